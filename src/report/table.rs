//! `table`: many logs at a glance: a row each, then totals, causes, and what nobody knows yet.
//!
//! Reports come in one at a time; of each a short row is kept, and many are laid out part by part. Rows, groups and errors are
//! bounded: what goes beyond is counted and the table says so. Totals always cover everything.

use std::io::{self, Write};

use super::grid::Grid;
use super::groups::short;
use super::paint::{Ink, Row};
use super::rows::{self, Rows};
use super::sums::SumsWriter;
use super::{Format, Style, Writer, sanitize, source_of, width};
use crate::model::{LogReport, Outcome, Problem, Status, Summary, ToolInfo};

/// Logs listed.
const MOST_ROWS: usize = 10_000;
/// Rows laid out at once: cells take many times the memory of a row.
const AT_ONCE: usize = 200;

/// The format.
#[derive(Debug)]
pub struct Table;

impl Format for Table {
    fn name(&self) -> &'static str {
        "table"
    }

    fn about(&self) -> &'static str {
        "many logs: a row each, totals, causes with owners, unknowns grouped"
    }

    fn start<'w>(
        &self,
        out: Box<dyn Write + 'w>,
        style: &Style,
        _tool: &ToolInfo,
    ) -> Box<dyn Writer + 'w> {
        Box::new(TableWriter {
            out,
            style: style.clone(),
            rows: Rows::default(),
            unlisted: 0,
        })
    }
}

struct TableWriter<'w> {
    out: Box<dyn Write + 'w>,
    style: Style,
    rows: Rows,
    unlisted: usize,
}

impl Writer for TableWriter<'_> {
    fn log(&mut self, report: &LogReport) -> io::Result<()> {
        if self.rows.len() == MOST_ROWS {
            self.unlisted += 1;
            return Ok(());
        }
        let here = |line: &u64| {
            let cause = report.cause.as_ref();
            // A line of another input would be looked for in vain in this log.
            cause.is_none_or(|c| c.line != *line || source_of(report, c) == report.source)
        };
        let line = report.cause.as_ref().map(|cause| cause.line);
        let line = line
            .or(report.unexplained.as_ref().and_then(|u| u.line))
            .filter(here);
        self.rows.push(rows::Row {
            log: &short(&report.source),
            outcome: report.outcome,
            status: report.status,
            cause: report.cause.as_ref().map(|cause| &*cause.id),
            line,
        });
        Ok(())
    }

    fn finish(&mut self, errors: &[Problem], summary: &Summary) -> io::Result<()> {
        if self.style.top.is_none() {
            self.logs()?;
        }
        let (out, style) = (&mut *self.out, &self.style);
        SumsWriter {
            out,
            style,
            summary,
        }
        .write(errors)?;
        self.errors(errors)?;
        self.out.flush()
    }
}

impl TableWriter<'_> {
    fn logs(&mut self) -> io::Result<()> {
        if self.rows.is_empty() {
            return Ok(());
        }
        let (words, symbols) = (self.style.words(), self.style.symbols());
        let logs = self.rows.len() + self.unlisted;
        if self.style.listed.is_some_and(|most| logs > most) {
            let text = (words.rows_left_out)(logs);
            self.say(Ink::Faint, &format!(" {} {text}", symbols.ellipsis))?;
            return self.say(Ink::Plain, "");
        }
        let mut grid = Grid::new(&self.style, words.log_columns.map(str::to_owned).to_vec());
        grid.indent_header(2, 2).path(0).text(2).right(3);
        let cells = |row: rows::Row<'_>| {
            let (ink, outcome) = match row.outcome {
                Outcome::Failed => (Ink::Bad, words.failed),
                Outcome::TimedOut => (Ink::Bad, words.timed_out),
                Outcome::Canceled => (Ink::Doubt, words.canceled),
                Outcome::Succeeded => (Ink::Good, words.ok),
                Outcome::Unknown => (Ink::Doubt, words.no_verdict),
            };
            let cause = match (row.status, row.cause) {
                (_, Some(id)) => (Ink::Plain, format!("{} {id}", symbols.cross)),
                (Status::Unexplained, None) => {
                    (Ink::Doubt, format!("{} {}", symbols.unknown, words.unknown))
                }
                _ => (Ink::Plain, format!("  {}", symbols.none)),
            };
            let line = row
                .line
                .map_or_else(|| symbols.none.to_owned(), |line| line.to_string());
            vec![
                (Ink::Plain, row.log.to_owned()),
                (ink, outcome.to_lowercase()),
                cause,
                (Ink::Plain, line),
            ]
        };
        if self.rows.len() > AT_ONCE {
            self.rows.each(|row| grid.measure(cells(row)));
        }
        let (rows, out) = (&self.rows, &mut *self.out);
        let (mut at, mut written) = (0, Ok(()));
        rows.each(|row| {
            grid.row(cells(row));
            at += 1;
            if (at % AT_ONCE == 0 || at == rows.len()) && written.is_ok() {
                written = grid.write_rows(&mut *out);
            }
        });
        written?;
        if self.unlisted > 0 {
            let text = (words.more_rows)(self.unlisted);
            self.say(Ink::Doubt, &format!(" {} {text}", symbols.ellipsis))?;
        }
        self.say(Ink::Plain, "")
    }

    fn errors(&mut self, errors: &[Problem]) -> io::Result<()> {
        if errors.is_empty() {
            return Ok(());
        }
        self.say(Ink::Plain, "")?;
        self.say(Ink::Strong, &format!(" {}", self.style.words().unreadable))?;
        let max = self.style.width.max(40);
        for error in errors {
            let text = format!(
                " {} {}: {}",
                self.style.symbols().warning,
                error.source,
                error.message
            );
            self.say(Ink::Plain, &cut(&text, max, &self.style))?;
            if let Some(hint) = &error.hint {
                self.say(Ink::Faint, &cut(&format!("   {hint}"), max, &self.style))?;
            }
        }
        Ok(())
    }

    fn say(&mut self, ink: Ink, text: &str) -> io::Result<()> {
        let mut row = Row::new();
        row.push(ink, text);
        row.write(self.style.color, &mut *self.out)
    }
}

fn cut(text: &str, max: usize, style: &Style) -> String {
    width::cut_end(&sanitize::clean(text), max, style.symbols().ellipsis)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::model::{Lang, Owner, Retry};
    use crate::report::testing::*;

    fn logs() -> Vec<LogReport> {
        let cause = || finding("docker-build/from-variable-without-arg", 6, "boom");
        let mut back_off = finding("kubernetes/image-pull-backoff", 30, "back-off");
        (back_off.owner, back_off.retry) = (Owner::Platform, Retry::Maybe);
        let mut tls = finding("git/tls-ssl-error-syscall", 17, "fatal");
        (tls.owner, tls.retry) = (Owner::Network, Retry::Usually);
        vec![
            explained("build/8101.log", cause()),
            explained("build/8102.log", cause()),
            explained("deploy/8117.log", back_off),
            unexplained("deploy/8123.log.gz"),
            clean("lint/8130.log"),
            explained("test/8131.log", tls),
        ]
    }

    #[test]
    fn many_logs_at_a_glance() {
        let style = Style {
            width: 90,
            ..Style::default()
        };
        let error = Problem {
            source: "core.bin".into(),
            message: "looks binary (NUL at byte 17)".into(),
            hint: Some("use --text to read it all the same".into()),
        };
        assert_eq!(
            written("table", &style, &logs(), &[error]),
            "\x20LOG                 OUTCOME    CAUSE                                   LINE
─────────────────────────────────────────────────────────────────────────────
 build/8101.log      failed   × docker-build/from-variable-without-arg     6
 build/8102.log      failed   × docker-build/from-variable-without-arg     6
 deploy/8117.log     failed   × kubernetes/image-pull-backoff             30
 deploy/8123.log.gz  failed   ? unknown                                  954
 lint/8130.log       ok         –                                          –
 test/8131.log       failed   × git/tls-ssl-error-syscall                 17

 6 logs · 5 failed · 4 explained (80 %) · 1 unknown · 1 unreadable
 1 succeeded
 a retry would have helped in 1 of 5 failures, and might have in 1 more

 CAUSE                                   LOGS  WHO        RETRY     FIRST LOG
────────────────────────────────────────────────────────────────────────────────────
 docker-build/from-variable-without-arg     2  CI config  no use    build/8101.log
 git/tls-ssl-error-syscall                  1  network    usually   test/8131.log
 kubernetes/image-pull-backoff              1  platform   may help  deploy/8117.log

 UNKNOWN, grouped by shape
 1×  cp: cannot stat 'dist/app.bin': No such file or directory  deploy/8123.log.gz

 NOT READ
 ! core.bin: looks binary (NUL at byte 17)
   use --text to read it all the same
"
        );
    }

    #[test]
    fn rows_never_wrap() {
        for lang in [Lang::En, Lang::Ko] {
            for columns in 40..=130 {
                let style = Style {
                    width: columns,
                    lang,
                    ..Style::default()
                };
                for line in written("table", &style, &logs(), &[]).lines() {
                    assert!(width::of(line) <= columns, "{columns}: {line}");
                }
            }
        }
        let narrow = Style {
            width: 60,
            ..Style::default()
        };
        let out = written("table", &narrow, &logs(), &[]);
        assert!(out.contains(" deplo…123.log.gz  failed   ? unknown                   954\n"));
        assert!(out.contains(" build/8102.log    failed   × docker-build/from-vari…     6\n"));
    }

    #[test]
    fn a_folder_that_all_logs_lie_in_leaves_room_for_their_names() {
        let logs: Vec<_> = (1_180..1_183)
            .map(|n| {
                let id = format!("docker-build/from-variable-without-arg-{n}");
                explained(
                    &format!("exported/group/app{n}/{n}.log"),
                    finding(&id, 6, "boom"),
                )
            })
            .collect();
        let style = Style {
            width: 92,
            ..Style::default()
        };
        let out = written("table", &style, &logs, &[]);
        let (_, causes) = out.split_once("\n\n Logs in exported/group/\n").unwrap();
        for n in 1_180..1_183 {
            assert!(causes.contains(&format!("  app{n}/{n}.log\n")), "{out}");
        }
    }

    #[test]
    fn unlimited_width_shortens_nothing() {
        let style = Style {
            width: usize::MAX,
            ..Style::default()
        };
        let path = "a/".repeat(100) + "b.log";
        let out = written("table", &style, &[clean(&path)], &[]);
        assert!(out.contains(&path));
    }

    #[test]
    fn unknowns_of_one_shape_are_one_line_the_largest_first() {
        let mut logs: Vec<_> = (1..=3).map(|n| unexplained(&format!("{n}.log"))).collect();
        if let Some(rare) = &mut logs[0].unexplained {
            rare.fingerprint = "1:rare".into();
            rare.lines[1].text = "rare failure".into();
        }
        let out = written("table", &Style::default(), &logs, &[]);
        let (_, groups) = out.split_once("grouped by shape\n").unwrap();
        assert_eq!(
            groups,
            " 2×  cp: cannot stat 'dist/app.bin': No such file or directory  2.log\n \
             1×  rare failure                                               1.log\n"
        );
    }

    #[test]
    fn rows_of_all_parts_stand_below_each_other() {
        let mut logs = vec![clean("a.log"); 2 * AT_ONCE + 3];
        logs[AT_ONCE + 1] = explained("a/much/longer/name.log", finding("git/fetch", 12_345, "x"));
        let out = written("table", &Style::default(), &logs, &[]);
        let rows: Vec<&str> = out
            .lines()
            .take_while(|line| !line.trim().is_empty())
            .collect();
        assert_eq!(rows.len(), logs.len() + 2, "one header");
        let column = |row: &&str, word: &str| row.find(word).map(|at| row[..at].chars().count());
        let outcome = column(&rows[0], "OUTCOME");
        assert!(outcome.is_some());
        for row in &rows[2..] {
            let at = column(row, "failed").or_else(|| column(row, "ok"));
            assert_eq!(at, outcome, "{row}");
        }
        let ends = |row: &str| row.chars().count();
        assert_eq!(
            ends(rows[2]),
            ends(rows[AT_ONCE + 3]),
            "lines are aligned on the right"
        );
    }

    #[test]
    fn what_is_not_listed_is_counted() {
        let mut logs = vec![clean("a.log"); MOST_ROWS + 2];
        for (at, log) in logs.iter_mut().enumerate().take(43) {
            *log = unexplained("a.log");
            if let Some(unexplained) = &mut log.unexplained {
                unexplained.fingerprint = at.to_string();
            }
        }
        let out = written("table", &Style::default(), &logs, &[]);
        assert!(out.contains("\n … 2 more logs not listed (counted below)\n"));
        assert!(out.contains("\n 10002 logs · 43 failed"));
        assert!(out.ends_with("\n … 3 more unexplained logs of other shapes\n"));
    }

    #[test]
    fn where_a_terminal_would_scroll_for_long_only_the_sums_are_shown() {
        let style = Style {
            listed: Some(5),
            ..Style::default()
        };
        let out = written("table", &style, &logs(), &[]);
        let (first, rest) = out.split_once("\n\n").unwrap();
        assert_eq!(first, " … 6 logs (--all lists them)");
        assert!(rest.starts_with(" 6 logs · 5 failed"), "{out}");
        let out = written("table", &style, &logs()[1..], &[]);
        assert!(out.contains(" lint/8130.log "), "{out}");
    }

    #[test]
    fn color_does_not_move_columns() {
        let style = Style {
            color: true,
            ..Style::default()
        };
        let out = written("table", &style, &logs(), &[]);
        assert!(
            out.contains(" \u{1b}[1m\u{1b}[31mfailed\u{1b}[0m "),
            "{out:?}"
        );
        let mut bare = String::new();
        for (at, part) in out.split("\x1b[").enumerate() {
            bare.push_str(if at == 0 {
                part
            } else {
                part.split_once('m').unwrap().1
            });
        }
        let bare: Vec<_> = bare.lines().map(str::trim_end).collect();
        let plain = written("table", &Style::default(), &logs(), &[]);
        assert_eq!(bare, plain.lines().collect::<Vec<_>>());
    }
}
