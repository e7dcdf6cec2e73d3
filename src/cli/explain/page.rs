//! The page of one pattern, for a terminal.

use std::io::{self, Write};

use crate::authoring::conditions::{Spelling, in_words};
use crate::model::Lang;
use crate::pattern::checked::{Condition, Pattern};
use crate::pattern::schema::{LineTests, Localized, PatternStatus, ProvenanceLevel as Level, Text};
use crate::report::paint::{Ink, Row};
use crate::report::{Style, prose, width};

/// Columns of the labels at the left.
const LABEL: usize = 9;
/// Example lines shown.
const EXAMPLES: usize = 3;

/// Writes the page of a whole pattern with its texts in one language; `layer` says where the pattern comes from,
/// `figure` how often it was right.
///
/// # Errors
/// What writing meets.
pub(super) fn write(
    out: &mut dyn Write,
    pattern: &Pattern,
    text: &Text,
    layer: &str,
    figure: Option<&str>,
    style: &Style,
) -> io::Result<()> {
    let mut page = Page { out, style };
    head(&mut page, pattern, text)?;
    examples(&mut page, pattern)?;
    body(&mut page, pattern, text)?;
    origin(&mut page, pattern, layer, figure)
}

/// The id and what kind of failure it is, the title, who acts.
fn head(page: &mut Page<'_>, pattern: &Pattern, text: &Text) -> io::Result<()> {
    let words = page.style.words();
    let mut row = Row::new();
    row.push(Ink::Code, &pattern.id).space(2);
    row.push(
        Ink::Faint,
        &format!(
            "{} · {} · {}",
            pattern.category,
            words.role(pattern.role),
            words.confidence(pattern.confidence)
        ),
    );
    let status = match pattern.status {
        PatternStatus::Stable => "",
        PatternStatus::Preview => words.in_preview,
        PatternStatus::Retired => words.retired,
    };
    if !status.is_empty() {
        row.push(Ink::Doubt, &format!(" · {status}"));
    }
    page.row(&row)?;
    let mut row = Row::new();
    row.push(Ink::Strong, &text.title);
    page.row(&row)?;
    let mut row = Row::new();
    row.push(
        Ink::Plain,
        &format!(
            "{} · {}",
            words.owner(pattern.owner),
            words.retry(pattern.retry)
        ),
    );
    page.row(&row)?;
    page.blank()
}

/// Lines that match, and lines that look alike and do not.
fn examples(page: &mut Page<'_>, pattern: &Pattern) -> io::Result<()> {
    let words = page.style.words();
    let some = |of: fn(&LineTests) -> &Vec<String>| {
        let lines = pattern.examples().into_iter().flat_map(of);
        lines.take(EXAMPLES).enumerate()
    };
    for (k, line) in some(|e| &e.matches) {
        page.part(
            if k == 0 { words.looks } else { "" },
            line.trim_end(),
            Ink::Plain,
        )?;
    }
    for (k, line) in some(|e| &e.ignores) {
        page.part(
            if k == 0 { words.looks_not } else { "" },
            line.trim_end(),
            Ink::Faint,
        )?;
    }
    page.blank()
}

/// How the failure is known, where its pattern comes from, how often it was right, and its documentation.
fn origin(
    page: &mut Page<'_>,
    pattern: &Pattern,
    layer: &str,
    figure: Option<&str>,
) -> io::Result<()> {
    let words = page.style.words();
    let provenance = &pattern.provenance;
    let tool = [provenance.tool.as_deref(), provenance.version.as_deref()]
        .into_iter()
        .flatten()
        .collect::<Vec<_>>()
        .join(" ");
    let tool = match tool.is_empty() {
        true => String::new(),
        false => format!(" ({tool})"),
    };
    let level = match provenance.level {
        Level::Ran => words.known_how[0],
        Level::Source => words.known_how[1],
        Level::Report => words.known_how[2],
        Level::Unverified => words.known_how[3],
    };
    page.part(
        words.known_from,
        &format!("{level}{tool} · {layer}"),
        Ink::Faint,
    )?;
    if let Some(figure) = figure {
        page.part(words.counted, figure, Ink::Faint)?;
    }
    for (k, link) in pattern.links.iter().enumerate() {
        page.part(if k == 0 { words.docs } else { "" }, &link.url, Ink::Plain)?;
    }
    Ok(())
}

/// What is told of the failure: why it happens and where it counts, what to do, and when it is mended.
fn body(page: &mut Page<'_>, pattern: &Pattern, text: &Text) -> io::Result<()> {
    let words = page.style.words();
    page.part(words.why, &text.cause, Ink::Plain)?;
    page.blank()?;
    conditions(page, pattern)?;
    notes(page, pattern)?;
    steps(page, text)?;
    checks(page, pattern)?;
    if let Some(verify) = &text.verify {
        page.part(words.verify, verify, Ink::Plain)?;
        page.blank()?;
    }
    relations(page, pattern)
}

fn conditions(page: &mut Page<'_>, pattern: &Pattern) -> io::Result<()> {
    let (words, lang) = (page.style.words(), page.style.lang);
    for (k, condition) in pattern.conditions.iter().enumerate() {
        let label = if k == 0 { words.only_if } else { "" };
        page.part(label, &sentence(condition, lang), Ink::Plain)?;
    }
    if !pattern.conditions.is_empty() {
        page.blank()?;
    }
    Ok(())
}

fn notes(page: &mut Page<'_>, pattern: &Pattern) -> io::Result<()> {
    let (words, lang) = (page.style.words(), page.style.lang);
    for note in &pattern.notes {
        page.part(words.note, in_language(&note.text, lang), Ink::Plain)?;
        // Notes of one pattern may contradict each other: each is for another log.
        let when: Vec<String> = note.conditions.iter().map(|c| sentence(c, lang)).collect();
        if !when.is_empty() {
            let when = format!("({} {})", words.if_log, when.join("; "));
            page.part("", &when, Ink::Faint)?;
        }
        page.blank()?;
    }
    Ok(())
}

fn steps(page: &mut Page<'_>, text: &Text) -> io::Result<()> {
    let words = page.style.words();
    for (k, fix) in text.fix.iter().enumerate() {
        let label = if k == 0 {
            format!("{} 1", words.fix)
        } else {
            format!("{}{}", " ".repeat(width::of(words.fix) + 1), k + 1)
        };
        page.part(&label, fix, Ink::Plain)?;
    }
    page.blank()
}

fn checks(page: &mut Page<'_>, pattern: &Pattern) -> io::Result<()> {
    let (words, lang) = (page.style.words(), page.style.lang);
    for check in &pattern.checks {
        let place = words.place(check.on.as_str()).unwrap_or_default();
        page.part(
            words.check,
            &format!("{place} {}", in_language(&check.text, lang)),
            Ink::Plain,
        )?;
        if let Some(run) = &check.run {
            page.part("", &format!("`{run}`"), Ink::Plain)?;
        }
        for outcome in &check.outcome {
            let to = outcome
                .id
                .as_ref()
                .map(|id| format!(" → {id}"))
                .unwrap_or_default();
            page.part(
                "",
                &format!("· {}{to}", in_language(&outcome.text, lang)),
                Ink::Plain,
            )?;
        }
        page.blank()?;
    }
    Ok(())
}

/// The failures that it counts before, and those that it brings about.
fn relations(page: &mut Page<'_>, pattern: &Pattern) -> io::Result<()> {
    let words = page.style.words();
    let relations = [
        (words.beats, &pattern.supersedes),
        (words.causes, &pattern.explains),
    ];
    for (label, ids) in relations {
        if !ids.is_empty() {
            page.part(label, &ids.join(", "), Ink::Faint)?;
        }
    }
    Ok(())
}

/// The text in one language; English where it has no other.
fn in_language(text: &Localized, lang: Lang) -> &str {
    match (lang, &text.ko) {
        (Lang::Ko, Some(ko)) => ko,
        _ => &text.en,
    }
}

/// A condition, with what stands in a log as code.
fn sentence(condition: &Condition, lang: Lang) -> String {
    let code = |text: &str| match text.contains('`') {
        // It would end the span.
        true => text.to_owned(),
        false => format!("`{text}`"),
    };
    let spelling = Spelling {
        code: &code,
        id: &|id| id.to_owned(),
    };
    in_words(condition, lang, &spelling)
}

struct Page<'p> {
    out: &'p mut dyn Write,
    style: &'p Style,
}

impl Page<'_> {
    fn row(&mut self, row: &Row) -> io::Result<()> {
        row.write(self.style.color, self.out)
    }

    fn blank(&mut self) -> io::Result<()> {
        self.row(&Row::new())
    }

    /// A label and text beside it, wrapped.
    fn part(&mut self, label: &str, text: &str, ink: Ink) -> io::Result<()> {
        let room = self.style.prose_width().saturating_sub(2 + LABEL);
        for (k, line) in prose::wrap(text, ink, room, self.style.color)
            .iter()
            .enumerate()
        {
            let mut row = Row::indented(2);
            if k == 0 {
                row.push(Ink::Label, label);
            }
            row.pad_to(2 + LABEL);
            prose::pour(line, &mut row);
            self.row(&row)?;
        }
        Ok(())
    }
}
