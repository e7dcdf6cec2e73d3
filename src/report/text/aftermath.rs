//! The part below the cause: what follows from it, and what it hides.

use std::io;

use super::finding;
use super::page::{Page, TEXT};
use crate::model::{Consequence, Finding, LogReport};
use crate::report::paint::{Ink, Row};
use crate::report::{sanitize, source_of, width};

/// Consequences that are quoted; of the others only the line numbers are shown.
const QUOTED: usize = 3;
/// Most line numbers shown.
const TOLD: usize = 12;
/// Further findings that are named.
const NAMED: usize = 5;

pub(super) fn write(page: &mut Page<'_>, report: &LogReport) -> io::Result<()> {
    consequences(page, &report.consequences)?;
    also(page, report)
}

fn consequences(page: &mut Page<'_>, consequences: &[Consequence]) -> io::Result<()> {
    if consequences.is_empty() {
        return Ok(());
    }
    page.blank()?;
    if consequences.len() > QUOTED && !page.style.all {
        let lines: Vec<String> = consequences.iter().map(|c| c.line.to_string()).collect();
        let mut text = (page.words.many_consequences)(lines.len());
        text.push_str(&format!(" {}", lines[..lines.len().min(TOLD)].join(", ")));
        if lines.len() > TOLD {
            text.push_str(&format!(", {}", page.symbols.ellipsis));
        }
        return page.bullet(2, Ink::Faint, page.symbols.dot, &text, Ink::Plain);
    }
    let wide = consequences
        .iter()
        .map(|c| width::of(&(page.words.line)(c.line)))
        .max();
    let start = 4 + wide.unwrap_or(0) + 2;
    for consequence in consequences {
        let mut row = Row::indented(2);
        row.push(Ink::Faint, page.symbols.dot).space(1);
        row.push(Ink::Faint, &(page.words.line)(consequence.line))
            .pad_to(start);
        let text = if consequence.text.is_empty() {
            &consequence.id
        } else {
            &consequence.text
        };
        let room = page.width.saturating_sub(start);
        let text = sanitize::clean(text.trim());
        row.push(
            Ink::Plain,
            &width::cut_middle(&text, room, 60, page.symbols.ellipsis),
        );
        page.row(&row)?;
        if page.style.all && !consequence.text.is_empty() {
            let mut row = Row::indented(start);
            row.push(Ink::Code, &consequence.id);
            page.row(&row)?;
        }
    }
    let text = (page.words.only_consequence)(consequences.len());
    page.prose(Row::indented(start), start, text, Ink::Faint)
}

/// Findings besides the cause; or what an earlier step said, where no cause is known.
pub(super) fn also(page: &mut Page<'_>, report: &LogReport) -> io::Result<()> {
    if report.also.is_empty() {
        return Ok(());
    }
    page.blank()?;
    let (label, says) = page.words.of_others(report);
    page.labelled(label, says)?;
    if page.style.all {
        return report
            .also
            .iter()
            .try_for_each(|other| finding::write(page, report, other, None));
    }
    for other in report.also.iter().take(NAMED) {
        short(page, report, other)?;
    }
    if report.also.len() > NAMED {
        let text = (page.words.left_out)(report.also.len() - NAMED);
        let text = format!("{} {text}", page.symbols.ellipsis);
        page.prose(Row::indented(TEXT), TEXT + 2, &text, Ink::Faint)?;
    }
    Ok(())
}

/// A further finding in two lines.
fn short(page: &mut Page<'_>, report: &LogReport, other: &Finding) -> io::Result<()> {
    page.bullet(TEXT, Ink::Bad, page.symbols.cross, &other.title, Ink::Plain)?;
    let source = source_of(report, other);
    let line = (page.words.line)(other.line);
    let line = if source == report.source {
        line
    } else {
        format!("{source}:{}", other.line)
    };
    page.facts(
        TEXT + 2,
        vec![
            (Ink::Code, other.id.clone()),
            (Ink::Plain, line),
            (Ink::Plain, page.words.owner(other.owner).to_owned()),
        ],
    )
}
