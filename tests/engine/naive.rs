//! The engine without prefilter, blocks and memory: every regex on every line, every condition on every other line.

use std::collections::{BTreeSet, HashMap};
use std::sync::Mutex;

use jobtriage::engine::Scan;
use jobtriage::library::Library;
use jobtriage::model::{Captures, TailLine};
use jobtriage::pattern::checked::{Condition, Near};
use jobtriage::pattern::schema::{On, PatternStatus, Scope, Side};
use jobtriage::trace::line::Kind;
use regex::bytes::Regex;

use crate::rows::Row;

/// A hit in the terms that both ways share.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub struct Found {
    pub line: u64,
    pub pattern: String,
    pub section: u32,
    pub command: u32,
    pub captures: Captures,
    /// For each positional condition the line that was found for it.
    pub context: Vec<Option<u64>>,
}

/// The hits of a scan.
pub fn found(scan: &Scan, library: &Library) -> Vec<Found> {
    let mut out: Vec<Found> = scan
        .hits
        .iter()
        .map(|hit| Found {
            line: hit.place.line,
            pattern: library.id(hit.pattern).to_owned(),
            section: hit.place.section,
            command: hit.place.command,
            captures: hit.captures.clone(),
            context: hit
                .context
                .iter()
                .map(|other| other.as_ref().map(|o| o.place.line))
                .collect(),
        })
        .collect();
    out.sort();
    out
}

struct Alternative<'l> {
    pattern: u32,
    regex: &'l Regex,
    on: On,
    keyed: bool,
}

/// A line: whether it goes on from an earlier window, and its bytes.
type LineKey = (bool, Vec<u8>);

/// Every regex of a library; remembers which lines fit, since logs repeat them.
pub struct Naive<'l> {
    library: &'l Library,
    alternatives: Vec<Alternative<'l>>,
    known: Mutex<HashMap<LineKey, Vec<usize>>>,
}

impl<'l> Naive<'l> {
    pub fn new(library: &'l Library) -> Self {
        let mut alternatives = Vec::new();
        for pattern in library.indices().filter(|&k| library.is_enabled(k)) {
            let loaded = library.get(pattern);
            if loaded.pattern.status == PatternStatus::Retired {
                continue;
            }
            for (number, one) in loaded.pattern.matches.iter().enumerate() {
                alternatives.push(Alternative {
                    pattern,
                    regex: loaded.regex(number).expect("a regex that compiles"),
                    on: one.on,
                    keyed: !one.regex.literals.is_empty(),
                });
            }
        }
        Self {
            library,
            alternatives,
            known: Mutex::default(),
        }
    }

    /// Alternatives that fit a line, in order.
    fn fitting(&self, content: &[u8], on: On) -> Vec<usize> {
        let key = (on == On::Command, content.to_vec());
        let mut known = self.known.lock().unwrap_or_else(|e| e.into_inner());
        let list = known.entry(key).or_insert_with(|| {
            let fits = |a: &Alternative| a.on == on && a.regex.is_match(content);
            (0..self.alternatives.len())
                .filter(|&k| fits(&self.alternatives[k]))
                .collect()
        });
        list.clone()
    }

    /// Hits of alternatives with a literal, on every line; of those without, on the last lines of the tail.
    pub fn hits(&self, rows: &[Row], scan: &Scan) -> Vec<Found> {
        let mut out = Vec::new();
        for (at, row) in rows.iter().enumerate() {
            let (content, on) = match row.kind {
                Kind::Output => (&row.content[..], On::Output),
                Kind::Command => (command(&row.content), On::Command),
                _ => continue,
            };
            let mut last = None;
            for k in self.fitting(content, on) {
                let one = &self.alternatives[k];
                if !one.keyed || last == Some(one.pattern) {
                    continue;
                }
                last = Some(one.pattern);
                out.push(Found {
                    line: row.line,
                    pattern: self.library.id(one.pattern).to_owned(),
                    section: row.span,
                    command: row.command,
                    captures: captures(one.regex, content),
                    context: self.context(one.pattern, rows, at),
                });
            }
        }
        let keyed = out.iter().map(|f| (f.line, f.pattern.clone())).collect();
        out.extend(self.on_tail(rows, scan, &keyed));
        out.sort();
        out
    }

    /// Hits of alternatives without a literal: on the last lines of the tail, and on the verdict behind it.
    fn on_tail(&self, rows: &[Row], scan: &Scan, keyed: &BTreeSet<(u64, String)>) -> Vec<Found> {
        let tail = scan.tail_lines();
        if tail.is_empty() && scan.facts.verdict.is_none() {
            return Vec::new();
        }
        // Their conditions see the section they stand in, whatever their scope.
        let stage = |section: u32| scan.facts.sections[section as usize].stage;
        let own = tail.last().map(|line| stage(line.place.section));
        let verdict = scan.facts.verdict.as_ref();
        let is_verdict =
            |row: &Row| verdict.is_some_and(|v| row.line == v.line && row.text == v.text);
        let mut seen: Vec<(Row, bool)> = Vec::new();
        for row in rows {
            let line = |line: &&TailLine| line.place.line == row.line && line.text == row.text;
            if let Some(line) = tail.iter().find(line)
                && Some(row.stage) == own
            {
                seen.push((row.clone(), line.echo && !line.command));
            } else if is_verdict(row) {
                seen.push((row.clone(), false));
            }
        }
        assert!(
            seen.len() >= tail.len(),
            "every line of the tail is one of the log"
        );
        let rows: Vec<Row> = seen.iter().map(|(row, _)| row.clone()).collect();
        let mut bytes = 0;
        let near_the_end = |row: &&Row| {
            bytes += row.text.len() + 1;
            bytes <= 4096
        };
        let count = rows.iter().rev().take(40).take_while(near_the_end).count();
        let mut out: Vec<Found> = Vec::new();
        for (at, row) in rows.iter().enumerate().skip(rows.len() - count) {
            let content = &row.text.as_bytes()[row.content_at..];
            let (content, on) = match (row.kind, seen[at].1) {
                (Kind::Command, _) => (command(content), On::Command),
                (_, false) => (content, On::Output),
                _ => continue,
            };
            for k in self.fitting(content, on) {
                let one = &self.alternatives[k];
                let id = self.library.id(one.pattern);
                let again = out.iter().any(|f| f.line == row.line && f.pattern == id);
                if one.keyed || again || keyed.contains(&(row.line, id.to_owned())) {
                    continue;
                }
                out.push(Found {
                    line: row.line,
                    pattern: id.to_owned(),
                    section: row.span,
                    command: row.command,
                    captures: captures(one.regex, content),
                    context: self.context(one.pattern, &rows, at),
                });
            }
        }
        out
    }

    /// What is found for each positional condition of a hit.
    pub fn context(&self, pattern: u32, rows: &[Row], at: usize) -> Vec<Option<u64>> {
        let loaded = self.library.get(pattern);
        let first = loaded.pattern.matches.len();
        let one = |(slot, condition): (usize, &Condition)| {
            let Condition::Near {
                kind,
                within,
                scope,
                ..
            } = condition
            else {
                return None;
            };
            let regex = loaded.regex(first + slot).expect("a regex that compiles");
            let hit = &rows[at];
            let fits = |row: &&Row| {
                let same_output = within.is_none()
                    || row.stream == hit.stream
                    || row.stream == 0
                    || hit.stream == 0;
                let in_scope = match scope {
                    Scope::Job => true,
                    Scope::Section => row.stage == hit.stage,
                    Scope::Command => row.stage == hit.stage && row.command == hit.command,
                };
                let near = within.is_none_or(|w| row.line.abs_diff(hit.line) <= u64::from(w));
                same_output && in_scope && near && regex.is_match(&row.content)
            };
            let above = || rows[..at].iter().rev().find(fits).map(|row| row.line);
            let below = || rows[at + 1..].iter().find(fits).map(|row| row.line);
            // What is not absent: where the whole scope counts, the first such line says so and no other is kept.
            let there = || match within {
                None => rows[..at].iter().find(fits).map(|row| row.line),
                Some(_) => above(),
            };
            match kind {
                Near::Before => above(),
                Near::Absent(Side::Before) => there(),
                Near::After | Near::Absent(Side::After) => below(),
                Near::Absent(Side::Both) => there().or_else(below),
            }
        };
        loaded.pattern.near().enumerate().map(one).collect()
    }
}

/// A command without what the runner puts before it.
fn command(content: &[u8]) -> &[u8] {
    content
        .strip_prefix(b"$ ")
        .or_else(|| content.strip_prefix(b"##[group]Run "))
        .unwrap_or(content)
}

fn captures(regex: &Regex, content: &[u8]) -> Captures {
    let found = regex.captures(content).expect("it fits");
    let name = |name: &str| {
        let text = String::from_utf8_lossy(found.name(name)?.as_bytes());
        let text = text.trim();
        Some((name.to_owned(), kept(text).to_owned()))
    };
    regex.capture_names().flatten().filter_map(name).collect()
}

/// At most 500 bytes; where a blank stands among the last 200 of them, no word is torn.
fn kept(text: &str) -> &str {
    if text.len() <= 500 {
        return text;
    }
    let torn = !text.as_bytes()[500].is_ascii_whitespace();
    let blank = text.as_bytes()[300..500]
        .iter()
        .rposition(u8::is_ascii_whitespace);
    let end = match blank {
        Some(at) if torn => 300 + at,
        _ => 500,
    };
    &text[..text.floor_char_boundary(end)]
}
