//! Checks a pattern file and compiles it for the engine and the diagnosis.

mod conditions;

use std::collections::{BTreeMap, BTreeSet};

use serde::Deserialize;

use super::captures::{CaptureNames, captured_by};
use super::checked::{Condition, Expr, Match, More, Note, Pattern};
use super::error::{PatternError, nearest};
use super::literal;
use super::places::Places;
use super::schema::{CONDITION_KEYS, Localized, MatchTable, PatternFile};
use super::text;

/// Longest name of a capture.
const MAX_NAME: usize = 64;
/// Most regexes of one kind in a pattern.
const MAX_REGEXES: usize = 1000;
/// How many lines a condition without a usable literal may look back.
pub const MAX_LOOKBACK: u32 = 40;
/// Cost above which a literal is common: some dozen lines of 8 MiB of ordinary text hold it.
pub const COMMON: u64 = 64;
/// Names that templates may use besides captures: facts of the job.
pub const FACT_NAMES: &[&str] = &[
    "executor",
    "namespace",
    "section",
    "job_image",
    "runner_version",
    "exit_code",
];

/// Keys of the pattern itself, which must stand above all tables.
const ABOVE_TABLES: &[&str] = &[
    "role",
    "confidence",
    "owner",
    "retry",
    "category",
    "status",
    "lead",
    "explains",
    "supersedes",
    "provenance",
];

/// How common a folded literal is in ordinary logs.
pub type Cost<'c> = &'c dyn Fn(&[u8]) -> u64;

/// Parses and checks one pattern file.
///
/// `file` is the name for messages, `id` the one that its path gives it.
pub fn compile(
    file: &str,
    id: &str,
    source: &str,
    cost: Cost<'_>,
) -> Result<(Pattern, PatternFile), PatternError> {
    let parsed: PatternFile = toml::from_str(source)
        .map_err(|e| below_a_table(PatternError::from_toml(file, source, &e)))?;
    if !parsed.note.is_empty() {
        note_keys(file, source)?;
    }
    let checker = Checker { file, source, cost };
    let pattern = checker.pattern(id, &parsed)?;
    Ok((pattern, parsed))
}

/// Adds advice if a correct key stands below a table header and so belongs to that table.
fn below_a_table(fault: PatternError) -> PatternError {
    let mut keys = ABOVE_TABLES.iter();
    if keys.any(|key| fault.message == format!("unknown key `{key}`")) {
        return fault.hint("this key is the pattern's: move it above the first table");
    }
    fault
}

/// Refuses unknown keys of notes. serde cannot, because the conditions are flattened into the note.
fn note_keys(file: &str, source: &str) -> Result<(), PatternError> {
    #[derive(Deserialize)]
    struct Notes {
        note: Vec<BTreeMap<toml::Spanned<String>, serde::de::IgnoredAny>>,
    }
    let notes: Notes =
        toml::from_str(source).map_err(|e| PatternError::from_toml(file, source, &e))?;
    for key in notes.note.iter().flat_map(BTreeMap::keys) {
        let word = key.get_ref().as_str();
        if word == "text" || CONDITION_KEYS.contains(&word) {
            continue;
        }
        let message = format!("unknown key `{word}`");
        let fault = PatternError::at(file, source, key.span().start, message).slug("unknown-key");
        return Err(match nearest(word, CONDITION_KEYS) {
            Some(near) => fault.hint(format!("did you mean `{near}`?")),
            None => fault.hint(format!("known here: text, {}", CONDITION_KEYS.join(", "))),
        });
    }
    Ok(())
}

struct Checker<'a> {
    file: &'a str,
    source: &'a str,
    cost: Cost<'a>,
}

impl Checker<'_> {
    /// A fault of the value at a path ([`Places`]), or of a part of it.
    fn fault(&self, path: &str, part: Option<&str>, message: impl Into<String>) -> PatternError {
        match Places::of(self.source).offset(path, part) {
            Some(offset) => PatternError::at(self.file, self.source, offset, message),
            None => PatternError::whole(self.file, message),
        }
    }

    fn pattern(&self, id: &str, file: &PatternFile) -> Result<Pattern, PatternError> {
        check_id(id).map_err(|message| PatternError::whole(self.file, message).slug("bad-id"))?;
        if file.matches.is_empty() {
            return Err(PatternError::whole(self.file, "no [[match]]")
                .slug("missing-key")
                .hint("give at least one regex"));
        }
        let matches = file
            .matches
            .iter()
            .enumerate()
            .map(|(k, m)| self.alternative(m, &format!("match.{k}")))
            .collect::<Result<Vec<_>, _>>()?;
        let mut conditions = Vec::new();
        for (k, table) in file.when.iter().enumerate() {
            conditions.extend(self.conditions(table, "[[when]]", &format!("when.{k}"))?);
        }
        let mut notes = Vec::new();
        for (k, note) in file.note.iter().enumerate() {
            let conditions = self.conditions(&note.when, "[[note]]", &format!("note.{k}"))?;
            notes.push(Note {
                conditions,
                text: note.text.clone(),
            });
        }
        for (k, check) in file.check.iter().enumerate() {
            for (n, outcome) in check.outcome.iter().enumerate() {
                if let Some(regex) = &outcome.regex {
                    let path = format!("check.{k}.outcome.{n}.regex");
                    self.expr(regex, false, false, &path)?;
                }
            }
        }
        for (k, link) in file.link.iter().enumerate() {
            if !link.url.starts_with("https://") {
                let message = format!("`{}` is not an https link", link.url);
                return Err(self
                    .fault(&format!("link.{k}.url"), None, message)
                    .slug("link-form"));
            }
        }
        let pattern = Pattern {
            id: id.to_owned(),
            role: file.role,
            confidence: file.confidence,
            owner: file.owner,
            retry: file.retry,
            category: file.category,
            status: file.status,
            lead: file.lead,
            explains: file.explains.clone(),
            supersedes: file.supersedes.clone(),
            provenance: file.provenance.clone(),
            matches,
            conditions,
            notes,
            checks: file.check.clone(),
            text: file.text.en.clone(),
            links: file.link.clone(),
            more: Some(Box::new(More {
                ko: file.text.ko.clone(),
                examples: file.tests.clone(),
            })),
        };
        let counts = [
            pattern.matches.len(),
            pattern.near().count(),
            pattern.commands().count(),
        ];
        if counts.iter().any(|&count| count > MAX_REGEXES) {
            let message = format!("more than {MAX_REGEXES} regexes of one kind");
            return Err(PatternError::whole(self.file, message)
                .slug("bad-value")
                .hint("write several patterns, or one regex with alternatives"));
        }
        self.placeholders(&pattern)?;
        Ok(pattern)
    }

    fn alternative(&self, table: &MatchTable, path: &str) -> Result<Match, PatternError> {
        let path = format!("{path}.regex");
        let regex = self.expr(&table.regex, table.ignore_case, table.unicode, &path)?;
        Ok(Match {
            regex,
            on: table.on,
        })
    }

    fn expr(
        &self,
        source: &str,
        ignore_case: bool,
        unicode: bool,
        path: &str,
    ) -> Result<Expr, PatternError> {
        let no_regex = |e: &dyn std::fmt::Display| {
            let message = format!("not a regex: {}", last_line(&e.to_string()));
            let fault = self.fault(path, None, message).slug("bad-regex");
            if fault.message.contains("look-around") {
                return fault.hint(
                    "say what must stand nearby, or must not, in a `[[when]]` table: `after`, `absent`",
                );
            }
            if fault.message.contains("Unicode") {
                return fault.hint("name the characters, or write `\\w` with `unicode = true`");
            }
            fault
        };
        let hir = literal::parse(source, ignore_case, unicode).map_err(|e| no_regex(&e))?;
        let mut expr = Expr {
            source: source.to_owned(),
            ignore_case,
            unicode,
            literals: Vec::new(),
        };
        // Compiled first, since that refuses a regex that is too big.
        let regex = expr.compile().map_err(|e| no_regex(&e))?;
        if let Some(name) = regex.capture_names().flatten().find(|n| n.len() > MAX_NAME) {
            let message = format!("a capture has a name of more than {MAX_NAME} bytes");
            return Err(self.fault(path, Some(name), message).slug("bad-regex"));
        }
        expr.literals = literal::derive(&hir, self.cost).unwrap_or_default();
        Ok(expr)
    }

    /// Checks that every placeholder names a capture or a fact, and that one which may be absent has a
    /// fallback.
    fn placeholders(&self, pattern: &Pattern) -> Result<(), PatternError> {
        let captures = CaptureNames::of(pattern);
        let none = BTreeSet::new();
        let texts = [
            ("en", Some(&pattern.text)),
            (
                "ko",
                pattern.more.as_ref().and_then(|more| more.ko.as_ref()),
            ),
        ];
        for (lang, text) in texts {
            let Some(text) = text else { continue };
            let steps = text.fix.iter().enumerate();
            let all = [
                ("title".to_owned(), &text.title),
                ("cause".to_owned(), &text.cause),
            ]
            .into_iter()
            .chain(steps.map(|(k, step)| (format!("fix.{k}"), step)))
            .chain(
                text.verify
                    .iter()
                    .map(|verify| ("verify".to_owned(), verify)),
            );
            for (key, template) in all {
                self.template(template, &format!("text.{lang}.{key}"), &captures, &none)?;
            }
        }
        for (k, note) in pattern.notes.iter().enumerate() {
            let own = note.conditions.iter().flat_map(captured_by).collect();
            // A note may use captures of the patterns it has `seen`, whose names are not known here.
            if note
                .conditions
                .iter()
                .any(|c| matches!(c, Condition::Seen(_)))
            {
                continue;
            }
            self.localized(&note.text, &format!("note.{k}.text"), &captures, &own)?;
        }
        for (k, check) in pattern.checks.iter().enumerate() {
            self.localized(&check.text, &format!("check.{k}.text"), &captures, &none)?;
            for (n, outcome) in check.outcome.iter().enumerate() {
                let path = format!("check.{k}.outcome.{n}.text");
                self.localized(&outcome.text, &path, &captures, &none)?;
            }
            if let Some(run) = &check.run {
                self.template(run, &format!("check.{k}.run"), &captures, &none)?;
            }
        }
        Ok(())
    }

    /// A text in its languages.
    fn localized(
        &self,
        text: &Localized,
        path: &str,
        captures: &CaptureNames,
        also: &BTreeSet<String>,
    ) -> Result<(), PatternError> {
        self.template(&text.en, &format!("{path}.en"), captures, also)?;
        match &text.ko {
            Some(ko) => self.template(ko, &format!("{path}.ko"), captures, also),
            None => Ok(()),
        }
    }

    fn template(
        &self,
        template: &str,
        path: &str,
        captures: &CaptureNames,
        also: &BTreeSet<String>,
    ) -> Result<(), PatternError> {
        for (name, has_fallback) in text::placeholders(template) {
            let sure = captures.sure.contains(name) || also.contains(name);
            let known = sure || captures.all.contains(name);
            if !known && !FACT_NAMES.contains(&name) {
                let all: Vec<&str> = captures.all.iter().map(String::as_str).collect();
                let fault = self
                    .fault(
                        path,
                        Some(&format!("{{{name}")),
                        format!("no capture is named `{name}`"),
                    )
                    .slug("unknown-placeholder");
                return Err(match nearest(name, &all) {
                    Some(near) => fault.hint(format!("did you mean `{{{near}}}`?")),
                    None => fault
                        .hint("name a capture of a regex in this file, or drop the placeholder"),
                });
            }
            if !sure && !has_fallback {
                return Err(self
                    .fault(
                        path,
                        Some(&format!("{{{name}}}")),
                        format!("`{{{name}}}` may be absent"),
                    )
                    .slug("no-fallback")
                    .hint(format!("give it a fallback: `{{{name}|the …}}`")));
            }
        }
        Ok(())
    }
}

/// `family/name`, lower case, digits and hyphens, at most 64 characters.
pub fn check_id(id: &str) -> Result<(), String> {
    let good = |part: &str| {
        !part.is_empty()
            && part
                .chars()
                .all(|c| c.is_ascii_lowercase() || c.is_ascii_digit() || c == '-')
            && part.starts_with(|c: char| c.is_ascii_lowercase() || c.is_ascii_digit())
    };
    let well_formed = id
        .split_once('/')
        .is_some_and(|(family, name)| good(family) && good(name));
    if well_formed && id.len() <= 64 {
        Ok(())
    } else {
        Err(format!(
            "`{id}` is not a pattern id: want family/name in lower case, digits and hyphens"
        ))
    }
}

fn last_line(text: &str) -> &str {
    text.lines()
        .last()
        .unwrap_or(text)
        .trim_start_matches("error: ")
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::pattern::schema::ConditionTable;

    const FILE: &str = r#"
role = "root_cause"
confidence = "high"
owner = "project"
retry = "never"
category = "build"
provenance = { level = "unverified" }
[[match]]
regex = "^frobnicator: cannot open"
[[note]]
absent = "second try"
witin = 3
text.en = "Once is enough."
[text.en]
title = "No file"
cause = "None."
fix = []
"#;

    #[test]
    fn a_misspelt_key_of_a_note_is_refused() {
        let fault = compile("f.toml", "demo/f", FILE, &|_| 0).unwrap_err();
        assert_eq!(fault.to_string(), "f.toml:12:1: unknown key `witin`");
        assert_eq!(fault.hint.as_deref(), Some("did you mean `within`?"));
        let right = FILE.replace("witin", "within");
        assert!(compile("f.toml", "demo/f", &right, &|_| 0).is_ok());
    }

    #[test]
    fn a_fault_is_placed_where_its_value_stands() {
        let right = FILE.replace("witin", "within");
        let told = |file: &str| {
            let fault = compile("f.toml", "demo/f", file, &|_| 0).unwrap_err();
            fault.to_string()
        };
        // The same word stands in a comment above.
        let file =
            format!("# borken, mostly\n{right}[[when]]\noutcome = [\"failed\", \"borken\"]\n");
        assert_eq!(told(&file), "f.toml:20:22: unknown outcome `borken`");
        let file = format!("{right}[[when]]\ndialect = [\"gitlab\", \"jenkin\"]\n");
        assert_eq!(told(&file), "f.toml:19:22: unknown dialect `jenkin`");
        let fault = compile("f.toml", "demo/f", &file, &|_| 0).unwrap_err();
        assert_eq!(fault.hint.as_deref(), Some("did you mean `jenkins`?"));
        // The value is spelt otherwise in the file.
        let file = right.replace("^frobnicator: cannot open", "^frob\\\\d( it");
        assert!(
            told(&file).starts_with("f.toml:9:9: not a regex"),
            "{}",
            told(&file)
        );
        let file = right.replace("\"None.\"", "\"{name} and {nome}\"");
        assert_eq!(told(&file), "f.toml:16:10: no capture is named `name`");
        let file = format!("{right}[[when]]\nwithin = 3\n");
        assert!(told(&file).starts_with("f.toml:18:"), "{}", told(&file));
    }

    #[test]
    fn what_would_cost_too_much_is_refused() {
        let with = |regex: &str| {
            FILE.replace("^frobnicator: cannot open", regex)
                .replace("witin", "within")
        };
        let refused = |file: &str| {
            compile("f.toml", "demo/f", file, &|_| 0)
                .unwrap_err()
                .to_string()
        };
        let long = format!("^frobnicator: (?P<{}>x)", "n".repeat(65));
        assert!(refused(&with(&long)).contains("a name of more than 64 bytes"));
        // Short to write, but written out it would fill any memory.
        let nested = format!("x{}aaaaaaaa{}y", "(?:".repeat(11), "){8}".repeat(11));
        assert!(refused(&with(&nested)).contains("not a regex"));
        let one = "[[match]]\nregex = \"^frobnicator: cannot open\"\n";
        let many = FILE
            .replace(one, &one.repeat(1001))
            .replace("witin", "within");
        assert!(refused(&many).contains("more than 1000 regexes"));
    }

    #[test]
    fn the_keys_of_conditions_are_those_of_the_table() {
        let schema = schemars::schema_for!(ConditionTable);
        let keys: Vec<&str> = schema.as_value()["properties"]
            .as_object()
            .into_iter()
            .flat_map(|properties| properties.keys().map(String::as_str))
            .collect();
        let mut known = CONDITION_KEYS.to_vec();
        known.sort_unstable();
        assert_eq!(keys, known);
    }
}
