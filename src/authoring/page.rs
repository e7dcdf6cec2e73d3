//! The page of a pattern, and the index of all of them, as Markdown: `docs/patterns/` is made of these.

use std::collections::{BTreeMap, BTreeSet};
use std::fmt::Write;

use super::conditions::{Spelling, in_words};
use crate::library::precision::Precision;
use crate::model::{Category, Confidence, Lang, Owner, Retry, Role};
use crate::pattern::checked::Pattern;
use crate::pattern::schema::{CheckTable, Localized, PatternStatus, ProvenanceLevel, Text};

/// Lines shown of each kind.
const EXAMPLES: usize = 3;

/// Figures by id.
pub type Figures = BTreeMap<String, Precision>;

/// Every file of `docs/patterns/`: name and text.
pub fn all(patterns: &[&Pattern], figures: &Figures) -> Vec<(String, String)> {
    let mut families: BTreeMap<&str, Vec<&Pattern>> = BTreeMap::new();
    for pattern in patterns {
        families
            .entry(split(&pattern.id).0)
            .or_default()
            .push(pattern);
    }
    let known: BTreeSet<&str> = patterns.iter().map(|p| p.id.as_str()).collect();
    let mut files = vec![("README.md".to_owned(), index(&families))];
    for (family, members) in &families {
        let mut out = format!(
            "<!-- Generated from patterns/{family}/: `UPDATE=1 cargo test --test pages`. -->\n\n# {family}\n\n\
             {} · [all families](README.md)\n",
            many(members.len())
        );
        for pattern in members {
            out.push('\n');
            out.push_str(&section(pattern, figures.get(&pattern.id).copied(), &known));
        }
        files.push((format!("{family}.md"), out));
    }
    files
}

fn many(count: usize) -> String {
    format!("{count} pattern{}", if count == 1 { "" } else { "s" })
}

fn split(id: &str) -> (&str, &str) {
    id.split_once('/').unwrap_or((id, id))
}

/// The index: by family, by category, by owner.
fn index(families: &BTreeMap<&str, Vec<&Pattern>>) -> String {
    let all: Vec<&Pattern> = families.values().flatten().copied().collect();
    let mut out = format!(
        "<!-- Generated from patterns/: `UPDATE=1 cargo test --test pages`. -->\n\n# Failures that jobtriage knows\n\n\
         {} in {} families. `jobtriage explain ID` shows the same in a terminal; \
         [writing patterns](../writing-patterns.md) tells how to add one.\n\n\
         | family | patterns | causes | symptoms | wrappers and noise |\n|---|--:|--:|--:|--:|\n",
        many(all.len()),
        families.len()
    );
    for (family, members) in families {
        let count = |roles: &[Role]| members.iter().filter(|p| roles.contains(&p.role)).count();
        let _ = writeln!(
            out,
            "| [{family}]({family}.md) | {} | {} | {} | {} |",
            members.len(),
            count(&[Role::RootCause]),
            count(&[Role::Symptom]),
            count(&[Role::Wrapper, Role::Noise])
        );
    }
    out.push_str("\n## By category\n");
    for category in Category::ALL {
        list(
            &mut out,
            category.as_str(),
            all.iter().filter(|p| p.category == *category),
        );
    }
    out.push_str("\n## By owner\n\nWho has to act.\n");
    for owner in Owner::ALL {
        list(
            &mut out,
            owner.as_str(),
            all.iter().filter(|p| p.owner == *owner),
        );
    }
    out
}

fn list<'p>(out: &mut String, title: &str, patterns: impl Iterator<Item = &'p &'p Pattern>) {
    let mut families: BTreeMap<&str, Vec<String>> = BTreeMap::new();
    for pattern in patterns.filter(|p| matches!(p.role, Role::RootCause | Role::Symptom)) {
        let (family, name) = split(&pattern.id);
        families
            .entry(family)
            .or_default()
            .push(format!("[{name}]({family}.md#{name})"));
    }
    if families.is_empty() {
        return;
    }
    let _ = writeln!(out, "\n### {title}\n");
    for (family, links) in families {
        let _ = writeln!(out, "- {family}: {}", links.join(", "));
    }
}

/// The section of one pattern.
fn section(pattern: &Pattern, figure: Option<Precision>, known: &BTreeSet<&str>) -> String {
    let mut out = String::new();
    head(&mut out, pattern);
    examples(&mut out, pattern);
    body(&mut out, pattern, &pattern.text, Words::EN, |l| {
        l.en.as_str()
    });
    conditions(&mut out, pattern, known);
    relations(&mut out, pattern, known);
    origin(&mut out, pattern, figure);
    if let Some(ko) = pattern.more.as_ref().and_then(|more| more.ko.as_ref()) {
        let _ = write!(
            out,
            "\n<details><summary>한국어</summary>\n\n**{}**\n\n",
            prose(&ko.title)
        );
        body(&mut out, pattern, ko, Words::KO, |l| {
            l.ko.as_deref().unwrap_or(&l.en)
        });
        out.push_str("</details>\n");
    }
    out
}

/// The title, and what kind of failure it is.
fn head(out: &mut String, pattern: &Pattern) {
    let name = split(&pattern.id).1;
    let _ = write!(out, "## {name}\n\n**{}**\n\n", prose(&pattern.text.title));
    let status = match pattern.status {
        PatternStatus::Stable => "",
        PatternStatus::Preview => " · preview: never the cause",
        PatternStatus::Retired => " · retired: no longer matched",
    };
    let _ = writeln!(
        out,
        "`{}` · {} · {} · {} confidence · {} acts · {}{status}\n",
        pattern.id,
        role(pattern.role),
        pattern.category,
        confidence(pattern.confidence),
        pattern.owner,
        retry(pattern.retry)
    );
}

/// Lines that match.
fn examples(out: &mut String, pattern: &Pattern) {
    fence(
        out,
        "text",
        pattern
            .examples()
            .iter()
            .flat_map(|examples| &examples.matches)
            .take(EXAMPLES)
            .map(String::as_str),
    );
}

/// Where alone a line counts.
fn conditions(out: &mut String, pattern: &Pattern, known: &BTreeSet<&str>) {
    let family = split(&pattern.id).0;
    let spelling = Spelling {
        code: &code,
        id: &|id| link(id, known, family),
    };
    let conditions: Vec<String> = pattern
        .conditions
        .iter()
        .map(|c| in_words(c, Lang::En, &spelling))
        .collect();
    if !conditions.is_empty() {
        out.push_str("Only where:\n\n");
        for condition in conditions {
            let _ = writeln!(out, "- {condition}");
        }
        out.push('\n');
    }
}

/// The failures that it accounts for, and those that it counts before.
fn relations(out: &mut String, pattern: &Pattern, known: &BTreeSet<&str>) {
    let family = split(&pattern.id).0;
    for (label, ids) in [
        ("Accounts for", &pattern.explains),
        ("Counts before", &pattern.supersedes),
    ] {
        if !ids.is_empty() {
            let links: Vec<String> = ids.iter().map(|id| link(id, known, family)).collect();
            let _ = writeln!(out, "{label}: {}\n", links.join(", "));
        }
    }
}

/// How the failure is known, how often the pattern was right, and the documentation.
fn origin(out: &mut String, pattern: &Pattern, figure: Option<Precision>) {
    let provenance = &pattern.provenance;
    let tool: Vec<&str> = [&provenance.tool, &provenance.version]
        .into_iter()
        .flatten()
        .map(String::as_str)
        .collect();
    let from = match provenance.level {
        ProvenanceLevel::Ran => "provoked with the real tool",
        ProvenanceLevel::Source => "read in the tool's source",
        ProvenanceLevel::Report => "seen in a public log",
        ProvenanceLevel::Unverified => "written from experience",
    };
    let _ = write!(out, "Known: {from}");
    if !tool.is_empty() {
        let _ = write!(out, " ({})", prose(&tool.join(" ")));
    }
    if let Some(figure) = figure {
        let _ = write!(out, "; {figure}");
    }
    out.push_str(".\n");
    for link in &pattern.links {
        let title = link.title.as_deref().unwrap_or(&link.url);
        let _ = write!(out, "\n[{}]({})\n", prose(title), link.url);
    }
}

/// Words around the texts of a pattern.
struct Words {
    fix: &'static str,
    check: &'static str,
    note: &'static str,
    verify: &'static str,
    places: [&'static str; 4],
}

impl Words {
    const EN: Words = Words {
        fix: "What to do",
        check: "To be sure",
        note: "Depending on the log",
        verify: "Done when",
        places: [
            "on the node",
            "on the runner",
            "in the job's container",
            "anywhere",
        ],
    };
    const KO: Words = Words {
        fix: "해결 방법",
        check: "확인 방법",
        note: "로그에 따라",
        verify: "해결되면",
        places: [
            "노드에서",
            "runner에서",
            "job container에서",
            "아무 곳에서나",
        ],
    };

    fn place(&self, check: &CheckTable) -> &'static str {
        use crate::pattern::schema::CheckPlace;
        let [node, runner, job, anywhere] = self.places;
        match check.on {
            CheckPlace::Node => node,
            CheckPlace::Runner => runner,
            CheckPlace::JobContainer => job,
            CheckPlace::Workstation => anywhere,
        }
    }
}

/// What the texts of one language say.
fn body<'p>(
    out: &mut String,
    pattern: &'p Pattern,
    text: &Text,
    words: Words,
    say: impl Fn(&'p Localized) -> &'p str,
) {
    let _ = writeln!(out, "{}\n", prose(&text.cause));
    if !text.fix.is_empty() {
        let _ = writeln!(out, "{}:\n", words.fix);
        for (k, step) in text.fix.iter().enumerate() {
            let _ = writeln!(out, "{}. {}", k + 1, prose(step));
        }
        out.push('\n');
    }
    if !pattern.notes.is_empty() {
        let _ = writeln!(out, "{}:\n", words.note);
        for note in &pattern.notes {
            let _ = writeln!(out, "- {}", prose(say(&note.text)));
        }
        out.push('\n');
    }
    for check in &pattern.checks {
        let _ = writeln!(
            out,
            "{} ({}): {}\n",
            words.check,
            words.place(check),
            prose(say(&check.text))
        );
        fence(out, "sh", check.run.as_deref().into_iter());
        for outcome in &check.outcome {
            let to = outcome
                .id
                .as_ref()
                .map(|id| format!(" → `{id}`"))
                .unwrap_or_default();
            let _ = writeln!(out, "- {}{to}", prose(say(&outcome.text)));
        }
        if !check.outcome.is_empty() {
            out.push('\n');
        }
    }
    if let Some(verify) = &text.verify {
        let _ = writeln!(out, "{}: {}\n", words.verify, prose(verify));
    }
}

/// A block of code, longer in its fence than anything inside.
fn fence<'t>(out: &mut String, language: &str, lines: impl Iterator<Item = &'t str>) {
    let lines: Vec<String> = lines
        .map(|line| line.trim_end().replace('\r', "␍"))
        .collect();
    if lines.is_empty() {
        return;
    }
    let longest = lines
        .iter()
        .flat_map(|l| l.split(|c| c != '`'))
        .map(str::len)
        .max()
        .unwrap_or(0);
    let ticks = "`".repeat((longest + 1).max(3));
    let _ = writeln!(out, "{ticks}{language}\n{}\n{ticks}\n", lines.join("\n"));
}

/// Text with what Markdown would take for its own made harmless outside of code spans.
fn prose(text: &str) -> String {
    let mut out = String::new();
    for (k, part) in text.split('`').enumerate() {
        if k > 0 {
            out.push('`');
        }
        if k % 2 == 1 {
            out.push_str(part);
            continue;
        }
        for c in part.chars() {
            match c {
                '<' => out.push_str("&lt;"),
                '*' | '_' | '[' | ']' | '\\' => {
                    out.push('\\');
                    out.push(c);
                }
                c => out.push(c),
            }
        }
    }
    out
}

fn link(id: &str, known: &BTreeSet<&str>, here: &str) -> String {
    let (family, name) = split(id);
    if name == "*" {
        return format!("[{id}]({family}.md)").replace('*', "\\*");
    }
    if !known.contains(id) {
        return format!("`{id}`");
    }
    let page = if family == here {
        String::new()
    } else {
        format!("{family}.md")
    };
    format!("[{id}]({page}#{name})")
}

fn role(role: Role) -> &'static str {
    match role {
        Role::RootCause => "cause",
        Role::Symptom => "symptom",
        Role::Wrapper => "wrapper: never the cause",
        Role::Noise => "noise: never fails a job",
    }
}

fn confidence(confidence: Confidence) -> &'static str {
    confidence.as_str()
}

fn retry(retry: Retry) -> &'static str {
    match retry {
        Retry::Never => "running again does not help",
        Retry::Maybe => "running again may help",
        Retry::Usually => "running again usually helps",
    }
}

/// A code span, whatever stands in it.
fn code(text: &str) -> String {
    let longest = text.split(|c| c != '`').map(str::len).max().unwrap_or(0);
    let ticks = "`".repeat(longest + 1);
    let pad = if longest > 0 || text.starts_with(' ') {
        " "
    } else {
        ""
    };
    format!("{ticks}{pad}{text}{pad}{ticks}")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn markdown_of_others_stays_text() {
        assert_eq!(
            prose("`a_b <c>` is _not_ <b>"),
            "`a_b <c>` is \\_not\\_ &lt;b>"
        );
        assert_eq!(code("a`b"), "`` a`b ``");
        let mut out = String::new();
        fence(&mut out, "text", ["```", "x "].into_iter());
        assert_eq!(out, "````text\n```\nx\n````\n\n");
    }
}
