//! Lints regexes that are valid but mean something else, or are slow.

use regex_syntax::ast::{self, Ast, ClassSet, ClassSetItem};

use super::Remark;
use crate::authoring::workshop::{Draft, Workshop};
use crate::pattern::checked::Expr;
use crate::pattern::literal::MIN_LEN;
use crate::prefilter::background;

/// Cost from which a literal is common: its rarest four bytes occur that often in 8 MiB of ordinary text, some
/// hundred thousand lines.
const COMMON: u64 = 2048;

/// Endings with which `a.b` is a host or a file name.
const ENDINGS: &[&str] = &[
    "bat", "cfg", "class", "cnf", "com", "conf", "cpp", "cs", "csproj", "css", "dev", "dll",
    "docker", "exe", "go", "gradle", "gz", "hcl", "html", "ini", "internal", "io", "jar", "java",
    "js", "json", "jsx", "kts", "lock", "log", "md", "mod", "net", "org", "php", "pl", "ps1", "py",
    "rb", "rs", "service", "sh", "sln", "so", "sock", "sum", "tar", "tf", "tgz", "toml", "ts",
    "tsx", "txt", "war", "whl", "xml", "yaml", "yml", "zip",
];

/// Every regex of a file with its path: matches, conditions, notes and check outcomes.
fn all(draft: &Draft) -> Vec<(String, &str)> {
    let file = &draft.written;
    let mut out: Vec<(String, &str)> = Vec::new();
    for (k, table) in file.matches.iter().enumerate() {
        out.push((format!("match.{k}.regex"), &table.regex));
    }
    let whens = file
        .when
        .iter()
        .enumerate()
        .map(|(k, w)| (format!("when.{k}"), w));
    let notes = file
        .note
        .iter()
        .enumerate()
        .map(|(k, n)| (format!("note.{k}"), &n.when));
    for (path, table) in whens.chain(notes) {
        let regexes = [
            ("before", &table.before),
            ("after", &table.after),
            ("absent", &table.absent),
            ("command", &table.command),
        ];
        for (key, regex) in regexes {
            out.extend(regex.as_deref().map(|r| (format!("{path}.{key}"), r)));
        }
    }
    for (k, check) in file.check.iter().enumerate() {
        for (n, outcome) in check.outcome.iter().enumerate() {
            let path = format!("check.{k}.outcome.{n}.regex");
            out.extend(outcome.regex.as_deref().map(|r| (path, r)));
        }
    }
    out
}

pub(super) fn no_literal(draft: &Draft, _: &Workshop) -> Vec<Remark> {
    let alternatives = draft.pattern.matches.iter().enumerate();
    alternatives
        .filter(|(_, m)| m.regex.literals.is_empty())
        .map(|(k, _)| {
            Remark::at(
                format!("match.{k}.regex"),
                format!("no fixed text of {MIN_LEN} bytes, so this only runs on the last lines of a section"),
            )
            .hint("name more of what the tool prints, in every branch of an alternation")
        })
        .collect()
}

pub(super) fn common_literal(draft: &Draft, _: &Workshop) -> Vec<Remark> {
    let mut remarks = Vec::new();
    for (k, alternative) in draft.pattern.matches.iter().enumerate() {
        if let Some(literal) = common(&alternative.regex) {
            let path = format!("match.{k}.regex");
            let message =
                format!("the fixed text `{literal}` is common: the regex would run on many lines");
            remarks.push(Remark::at(path, message).hint(
                "name more of the text around it, or split the regex so that each has a rarer text",
            ));
        }
    }
    remarks
}

/// The most common literal of a regex, if it is too common.
fn common(expr: &Expr) -> Option<String> {
    let (cost, literal) = expr
        .literals
        .iter()
        .map(|literal| (background::stretch_cost(literal), literal))
        .max()?;
    (cost >= COMMON).then(|| String::from_utf8_lossy(literal).into_owned())
}

pub(super) fn leading_wildcard(draft: &Draft, _: &Workshop) -> Vec<Remark> {
    let mut remarks = Vec::new();
    for (path, regex) in all(draft) {
        let bare = regex.trim_start_matches('^');
        let wild = [".*", ".+", "(?:.*)", "(?:.+)"]
            .iter()
            .find(|w| bare.starts_with(**w));
        if let Some(wild) = wild {
            // In `^.+: x` the prefix requires a text; in `.*x` and `^.*x` it does nothing.
            if wild.contains('+') && regex.starts_with('^') {
                continue;
            }
            remarks.push(
                Remark::at(path, format!("begins with `{wild}`, which only costs time"))
                    .hint("drop it: a regex without `^` matches anywhere in the line"),
            );
        }
    }
    remarks
}

pub(super) fn suspicious_class(draft: &Draft, _: &Workshop) -> Vec<Remark> {
    let mut remarks = Vec::new();
    for (path, regex) in all(draft) {
        for class in classes(regex) {
            let text = &regex[class.span.start.offset..class.span.end.offset];
            let Some(what) = suspicious(&class.kind) else {
                continue;
            };
            let (message, hint) = match what {
                Suspicion::Alternation => (
                    format!("`{text}` is one character out of a set, `|` among them"),
                    "write `(?:…|…)` for one text or another",
                ),
                Suspicion::CaseRange => (
                    format!("`{text}` also holds the characters between `Z` and `a`"),
                    "write `[A-Za-z]`",
                ),
            };
            remarks.push(Remark::at(path.clone(), message).part(text).hint(hint));
        }
    }
    remarks
}

enum Suspicion {
    Alternation,
    CaseRange,
}

fn suspicious(set: &ClassSet) -> Option<Suspicion> {
    let ClassSet::Item(ClassSetItem::Union(union)) = set else {
        return match set {
            ClassSet::Item(item) => case_range(item).then_some(Suspicion::CaseRange),
            ClassSet::BinaryOp(_) => None,
        };
    };
    if union.items.iter().any(case_range) {
        return Some(Suspicion::CaseRange);
    }
    let word = |item: Option<&ClassSetItem>| matches!(item, Some(ClassSetItem::Literal(l)) if l.c.is_alphanumeric());
    let items = &union.items;
    let alternation = items.iter().enumerate().any(|(k, item)| {
        let bar = matches!(item, ClassSetItem::Literal(l) if l.c == '|' && l.kind == ast::LiteralKind::Verbatim);
        bar && k > 0 && word(items.get(k - 1)) && word(items.get(k + 1))
    });
    alternation.then_some(Suspicion::Alternation)
}

fn case_range(item: &ClassSetItem) -> bool {
    matches!(item, ClassSetItem::Range(r) if r.start.c.is_ascii_uppercase() && r.end.c.is_ascii_lowercase())
}

/// Every bracketed class of a regex.
fn classes(regex: &str) -> Vec<ast::ClassBracketed> {
    let mut out = Vec::new();
    walk(regex, &mut |node| {
        if let Ast::ClassBracketed(class) = node {
            out.push((**class).clone());
        }
    });
    out
}

pub(super) fn unescaped_dot(draft: &Draft, _: &Workshop) -> Vec<Remark> {
    let mut remarks = Vec::new();
    for (path, regex) in all(draft) {
        for name in loose_names(regex) {
            remarks.push(
                Remark::at(
                    path.clone(),
                    format!("the dot of `{name}` matches any character"),
                )
                .part(name.clone())
                .hint(format!("write `{}`", name.replace('.', "\\."))),
            );
        }
    }
    remarks
}

/// Names such as `docker.io` in a regex whose dot is a wildcard.
fn loose_names(regex: &str) -> Vec<String> {
    let mut out = Vec::new();
    walk(regex, &mut |node| {
        let Ast::Concat(concat) = node else { return };
        let letter = |node: &Ast| match node {
            Ast::Literal(l) if l.c.is_ascii_alphanumeric() || matches!(l.c, '-' | '_') => Some(l.c),
            _ => None,
        };
        for (k, part) in concat.asts.iter().enumerate() {
            if !matches!(part, Ast::Dot(_)) {
                continue;
            }
            let before: Vec<char> = concat.asts[..k].iter().rev().map_while(letter).collect();
            let after: String = concat.asts[k + 1..].iter().map_while(letter).collect();
            let before: String = before.into_iter().rev().collect();
            if before.len() >= 2 && ENDINGS.contains(&after.to_ascii_lowercase().as_str()) {
                out.push(format!("{before}.{after}"));
            }
        }
    });
    out
}

/// Calls `look` for every node of a regex.
fn walk(regex: &str, look: &mut dyn FnMut(&Ast)) {
    fn down(node: &Ast, look: &mut dyn FnMut(&Ast)) {
        look(node);
        match node {
            Ast::Repetition(inner) => down(&inner.ast, look),
            Ast::Group(inner) => down(&inner.ast, look),
            Ast::Alternation(inner) => inner.asts.iter().for_each(|a| down(a, look)),
            Ast::Concat(inner) => inner.asts.iter().for_each(|a| down(a, look)),
            _ => {}
        }
    }
    // The regexes of a loaded pattern parse.
    if let Ok(node) = ast::parse::Parser::new().parse(regex) {
        down(&node, look);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn classes_that_look_like_alternations() {
        let found = |regex: &str| {
            let classes = classes(regex);
            classes.iter().any(|c| suspicious(&c.kind).is_some())
        };
        for regex in ["5[00|02|03]", "[a|b]c", "x[^A-z]", "(?:y|[no|yes])"] {
            assert!(found(regex), "{regex}");
        }
        for regex in [
            "[^|]+",
            "[|/]",
            r"[\w|]",
            "[A-Za-z]",
            r"[a\|b]",
            "[0-9|]",
            "(?:00|02)",
        ] {
            assert!(!found(regex), "{regex}");
        }
    }

    #[test]
    fn dots_in_names() {
        assert_eq!(loose_names("^docker.io/(.*)"), ["docker.io"]);
        assert_eq!(loose_names("(?:package.json|x)"), ["package.json"]);
        for regex in [r"docker\.io", "can.t open", "a.*json", "x.y", r"\d.go"] {
            assert!(loose_names(regex).is_empty(), "{regex}");
        }
    }
}
