//! `labels.tsv`: what is known of the logs in a folder.
//!
//! Columns are found by name: `file`; `passes` (yes/no) or `family` (`ok` for a passing job); `evidence_line` or
//! `evidence_lines` (1-based, separated by `,` or blanks); `evidence_text`; `ids` (catalogue ids that are right).

#![allow(dead_code)] // Not every example needs every column.

use std::path::Path;
use std::{fs, process};

/// What is known of one log.
pub struct Label {
    pub file: String,
    pub family: String,
    pub passes: bool,
    pub lines: Vec<u64>,
    pub text: String,
    pub ids: Vec<String>,
    pub about: String,
}

impl Label {
    /// Is this the labelled line, or next to it, or does it hold the labelled text?
    pub fn names(&self, line: u64, text: &str) -> bool {
        self.lines.iter().any(|l| l.abs_diff(line) <= 1)
            || (!self.text.is_empty()
                && (text.contains(&self.text)
                    || (text.len() > 20 && self.text.contains(text.trim()))))
    }
}

/// The labels of a folder; a folder without any ends the program.
pub fn labels(dir: &Path) -> Vec<Label> {
    let text = fs::read_to_string(dir.join("labels.tsv")).unwrap_or_else(|e| {
        eprintln!("{}: {e}", dir.join("labels.tsv").display());
        process::exit(2);
    });
    let mut rows = text.lines().map(|row| row.split('\t').collect::<Vec<_>>());
    let head = rows.next().unwrap_or_default();
    let column = |names: &[&str]| head.iter().position(|h| names.contains(h));
    let (file, family, passes) = (column(&["file"]), column(&["family"]), column(&["passes"]));
    let (lines, text, ids) = (
        column(&["evidence_line", "evidence_lines"]),
        column(&["evidence_text"]),
        column(&["ids"]),
    );
    let about = column(&["root_cause", "cause"]);
    rows.map(|row| {
        let cell = |k: Option<usize>| {
            k.and_then(|k| row.get(k))
                .map_or("", |c| c.trim())
                .to_owned()
        };
        let numbers = cell(lines);
        let split = |text: &str| {
            text.split([',', ' ', ';', '|'])
                .filter(|w| !w.is_empty())
                .map(str::to_owned)
                .collect::<Vec<_>>()
        };
        Label {
            file: cell(file),
            family: cell(family),
            passes: cell(passes) == "yes" || cell(family) == "ok",
            lines: split(&numbers)
                .iter()
                .filter_map(|n| n.parse().ok())
                .collect(),
            text: cell(text),
            ids: split(&cell(ids)),
            about: cell(about),
        }
    })
    .filter(|label| !label.file.is_empty())
    .collect()
}
