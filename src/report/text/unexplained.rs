//! The report without a known cause: the most telling lines, and how to write a pattern for them.

use std::io;

use super::advice::file_of;
use super::aftermath;
use super::evidence::{self, Shown};
use super::page::Page;
use crate::model::{LogReport, Unexplained};
use crate::report::paint::{Ink, Row};
use crate::report::{sanitize, width};

pub(super) fn write(
    page: &mut Page<'_>,
    report: &LogReport,
    unexplained: &Unexplained,
) -> io::Result<()> {
    let words = page.words;
    page.blank()?;
    let none = unexplained.lines.is_empty();
    let title = if none {
        words.no_telling_lines
    } else {
        words.telling_lines
    };
    page.bullet(0, Ink::Doubt, page.symbols.unknown, title, Ink::Strong)?;
    if !none {
        page.blank()?;
        let lines: Vec<Shown<'_>> = unexplained
            .lines
            .iter()
            .map(|line| Shown {
                label: match line.in_baseline {
                    Some(true) => format!("={}", line.line),
                    _ => line.line.to_string(),
                },
                text: &line.text,
                // An empty span marks the best line without underlining.
                span: (Some(line.line) == unexplained.line).then_some((0, 0)),
            })
            .collect();
        evidence::block(page, &lines)?;
        if unexplained
            .lines
            .iter()
            .any(|l| l.in_baseline == Some(true))
        {
            let mut row = Row::indented(2);
            row.push(Ink::Faint, words.usual_lines);
            page.row(&row)?;
        }
    }
    page.blank()?;
    if let Some(meaning) = &unexplained.exit_meaning {
        let code = report.exit_code.map(words.code).unwrap_or_default();
        page.labelled(words.exit_label, &format!("{code}{meaning}"))?;
    }
    // The command's echo is usually among the lines.
    let echoed = |command: &&String| {
        unexplained
            .lines
            .iter()
            .any(|line| line.text.trim_start_matches("$ ") == *command)
    };
    if let Some(command) = report.command.as_ref().filter(|command| !echoed(command)) {
        let mut row = page.label(words.last_command);
        let room = page.width.saturating_sub(row.width());
        let command = format!("$ {}", sanitize::clean(command.trim()));
        row.push(
            Ink::Code,
            &width::cut_middle(&command, room, 60, page.symbols.ellipsis),
        );
        page.row(&row)?;
    }
    let mark = format!("{} {}", unexplained.fingerprint, words.mark_means);
    page.labelled(words.mark, &mark)?;
    aftermath::also(page, report)?;
    teach(page, report, unexplained)
}

/// The command that begins a pattern from the best line.
fn teach(page: &mut Page<'_>, report: &LogReport, unexplained: &Unexplained) -> io::Result<()> {
    let Some(line) = unexplained.line else {
        return Ok(());
    };
    let log = file_of(&report.source);
    let from = sanitize::shell_word(&format!("{log}:{line}"));
    page.blank()?;
    let mut row = Row::indented(2);
    row.push(Ink::Label, page.words.teach);
    page.row(&row)?;
    let mut row = Row::indented(4);
    row.push(
        Ink::Code,
        &format!("jobtriage patterns new FAMILY/NAME --from {from}"),
    );
    page.row(&row)
}
