//! A log as a row of named cells, shared by `tsv` and `csv`.
//!
//! Both end up in spreadsheets, so this is the one place that keeps cells from becoming formulas.

use std::borrow::Cow;
use std::io::{self, Write};

use super::groups::best_text;
use super::{Writer, sanitize, source_of};
use crate::model::{LogReport, Problem, Status, Summary};

/// Names of the cells in order. Names and order are stable; new cells come last.
pub(super) const COLUMNS: [&str; 22] = [
    "log",
    "outcome",
    "status",
    "exit_code",
    "section",
    "command",
    "id",
    "title",
    "category",
    "role",
    "confidence",
    "owner",
    "retry",
    "source",
    "line",
    "count",
    "text",
    "fingerprint",
    "executor",
    "started",
    "ended",
    "project",
];

/// What a cell holds.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum Cell {
    /// Unknown.
    None,
    /// Clean text that is no formula.
    Text(String),
    Number(i128),
}

type Row = [Cell; COLUMNS.len()];

/// Writes rows.
pub(super) struct RowWriter<'w> {
    out: Box<dyn Write + 'w>,
    separator: char,
    /// Whether every text is quoted.
    quoted: bool,
    started: bool,
}

impl<'w> RowWriter<'w> {
    pub fn new(out: Box<dyn Write + 'w>, separator: char, quoted: bool) -> Self {
        RowWriter {
            out,
            separator,
            quoted,
            started: false,
        }
    }

    /// Writes the names, once.
    fn head(&mut self) -> io::Result<()> {
        if !self.started {
            self.started = true;
            let names = COLUMNS.join(&self.separator.to_string());
            writeln!(self.out, "{names}")?;
        }
        Ok(())
    }

    fn row(&mut self, cells: &Row) -> io::Result<()> {
        self.head()?;
        for (at, cell) in cells.iter().enumerate() {
            if at > 0 {
                write!(self.out, "{}", self.separator)?;
            }
            match cell {
                Cell::None => {}
                Cell::Text(text) if self.quoted => {
                    write!(self.out, "\"{}\"", text.replace('"', "\"\""))?;
                }
                Cell::Text(text) => self.out.write_all(text.as_bytes())?,
                Cell::Number(number) => write!(self.out, "{number}")?,
            }
        }
        writeln!(self.out)
    }
}

impl Writer for RowWriter<'_> {
    fn log(&mut self, report: &LogReport) -> io::Result<()> {
        self.row(&of(report))
    }

    fn finish(&mut self, errors: &[Problem], _summary: &Summary) -> io::Result<()> {
        self.head()?;
        for error in errors {
            self.row(&unreadable(error))?;
        }
        self.out.flush()
    }
}

/// The row of a log.
pub(super) fn of(report: &LogReport) -> Row {
    let cause = report.cause.as_ref();
    let unknown = report.unexplained.as_ref().filter(|_| cause.is_none());
    let word = |word: Option<&str>| word.map_or(Cell::None, text);
    let status = match report.status {
        Status::Explained => "explained",
        Status::Unexplained => "unexplained",
        Status::Clean => "clean",
    };
    let line = cause.map(|c| c.line).or(unknown.and_then(|u| u.line));
    let source = match cause {
        Some(cause) => source_of(report, cause),
        None => &report.source,
    };
    [
        text(&report.source),
        text(report.outcome.as_str()),
        text(status),
        number(report.exit_code),
        word(report.section.as_deref()),
        word(report.command.as_deref()),
        word(cause.map(|c| c.id.as_str())),
        word(cause.map(|c| c.title.as_str())),
        word(cause.map(|c| c.category.as_str())),
        word(cause.map(|c| c.role.as_str())),
        word(cause.map(|c| c.confidence.as_str())),
        word(cause.map(|c| c.owner.as_str())),
        word(cause.map(|c| c.retry.as_str())),
        word(line.map(|_| source)),
        number(line),
        number(cause.map(|c| c.count)),
        word(
            cause
                .map(|c| c.text.as_str())
                .or(unknown.and_then(best_text)),
        ),
        word(
            cause
                .map(|c| c.fingerprint.as_str())
                .or(unknown.map(|u| u.fingerprint.as_str())),
        ),
        word(report.runner.executor.as_deref()),
        report
            .started
            .map_or(Cell::None, |time| text(&time.to_string())),
        report
            .ended
            .map_or(Cell::None, |time| text(&time.to_string())),
        word(report.project.as_deref()),
    ]
}

/// The row of an input that could not be read, so that every input has a row.
pub(super) fn unreadable(problem: &Problem) -> Row {
    COLUMNS.map(|column| match column {
        "log" => text(&problem.source),
        "status" => text("unreadable"),
        "text" => text(&problem.message),
        _ => Cell::None,
    })
}

fn number(number: Option<impl Into<i128>>) -> Cell {
    number.map_or(Cell::None, |number| Cell::Number(number.into()))
}

fn text(text: &str) -> Cell {
    let text = sanitize::clean(text.trim_end());
    if text.is_empty() {
        Cell::None
    } else {
        Cell::Text(no_formula(&text).into_owned())
    }
}

/// The text in a form that no spreadsheet computes: an apostrophe precedes what would start a formula, as
/// people type it themselves. It also keeps a text from being a command to the GitHub runner, which reads a
/// line that starts with `::` as one.
///
/// A cell can also start in the middle of a text: in a locale that separates with `;`, the quotes around a
/// comma-separated field have no meaning.
fn no_formula(text: &str) -> Cow<'_, str> {
    let starts = |text: &str| {
        let text = text.trim_start_matches([' ', '"', '\'']);
        text.starts_with(['=', '+', '-', '@', '＝', '＋', '－', '＠'])
    };
    let mut rest = text.trim_start();
    let mut out = String::new();
    if starts(rest) || rest.starts_with("::") {
        out.push('\'');
    }
    while let Some(at) = rest.find(';') {
        out.push_str(&rest[..=at]);
        rest = &rest[at + 1..];
        if starts(rest) {
            out.push('\'');
        }
    }
    if out.is_empty() {
        return Cow::Borrowed(rest);
    }
    out.push_str(rest);
    Cow::Owned(out)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::report::testing::*;

    fn cell(row: &Row, column: &str) -> Cell {
        let at = COLUMNS.iter().position(|name| *name == column).unwrap();
        row[at].clone()
    }

    #[test]
    fn a_row_says_what_broke() {
        let row = of(&from_variable());
        for (column, value) in [
            ("log", "02-docker-build-arg-without-arg.log"),
            ("status", "explained"),
            ("owner", "ci-config"),
            ("text", "invalid reference format"),
        ] {
            assert_eq!(cell(&row, column), Cell::Text(value.into()), "{column}");
        }
        assert_eq!(cell(&row, "line"), Cell::Number(6));
        assert_eq!(cell(&row, "exit_code"), Cell::Number(1));
        let row = of(&unexplained("a.log"));
        assert_eq!(cell(&row, "id"), Cell::None);
        assert_eq!(cell(&row, "line"), Cell::Number(954));
        assert_eq!(
            cell(&row, "fingerprint"),
            Cell::Text("1:5f2c9e1ab04d77e3".into())
        );
    }

    #[test]
    fn what_could_not_be_read_has_a_row() {
        let row = unreadable(&Problem {
            source: "core.bin".into(),
            message: "looks binary".into(),
            hint: None,
        });
        assert_eq!(cell(&row, "log"), Cell::Text("core.bin".into()));
        assert_eq!(cell(&row, "status"), Cell::Text("unreadable".into()));
        assert_eq!(cell(&row, "text"), Cell::Text("looks binary".into()));
    }

    #[test]
    fn no_cell_is_a_formula() {
        for (attack, harmless) in [
            ("=cmd|' /C calc'!A0", "'=cmd|' /C calc'!A0"),
            ("+1", "'+1"),
            ("-1", "'-1"),
            ("@SUM(A1)", "'@SUM(A1)"),
            ("  =1", "'=1"),
            ("\t=1", "'=1"),
            ("\"=1\"", "'\"=1\""),
            ("＝1", "'＝1"),
            ("x;=1", "x;'=1"),
            ("x; \"=1", "x;' \"=1"),
            ("::error::x", "'::error::x"),
            ("a=b; c", "a=b; c"),
            ("1-2", "1-2"),
        ] {
            assert_eq!(text(attack), Cell::Text(harmless.into()), "{attack}");
        }
        // Numbers are ours.
        assert_eq!(number(Some(-1073741819i64)), Cell::Number(-1073741819));
    }
}
