//! `--why`: every candidate with the terms of its score.

use std::io;

use super::page::Page;
use crate::model::{LogReport, WhyRow};
use crate::report::paint::{Ink, Row};
use crate::report::width;

/// Candidates shown unless all are asked for.
const MOST: usize = 10;

pub(super) fn write(page: &mut Page<'_>, report: &LogReport) -> io::Result<()> {
    if report.why.is_empty() {
        return Ok(());
    }
    page.blank()?;
    let mut row = Row::indented(2);
    row.push(Ink::Label, page.words.verdict_reached);
    page.row(&row)?;
    let most = if page.style.all {
        report.why.len()
    } else {
        MOST
    };
    let shown = &report.why[..report.why.len().min(most)];
    // Width of the widest score. A dropped candidate has none.
    let wide = shown
        .iter()
        .map(|row| width::of(&score(page, row)))
        .max()
        .unwrap_or(0)
        .max(4);
    for candidate in shown {
        write_candidate(page, candidate, wide)?;
    }
    if report.why.len() > most {
        let text = (page.words.left_out)(report.why.len() - most);
        let text = format!("{} {text}", page.symbols.ellipsis);
        page.prose(Row::indented(wide + 4), wide + 4, &text, Ink::Faint)?;
    }
    Ok(())
}

fn score(page: &Page<'_>, row: &WhyRow) -> String {
    match row.dropped {
        Some(_) => page.symbols.none.to_owned(),
        None => row.score().to_string(),
    }
}

fn write_candidate(page: &mut Page<'_>, candidate: &WhyRow, wide: usize) -> io::Result<()> {
    page.blank()?;
    let score = score(page, candidate);
    let mut row = Row::indented(2 + wide - width::of(&score));
    row.push(Ink::Strong, &score).space(2);
    let indent = row.width();
    let facts = vec![
        (Ink::Code, candidate.id.clone()),
        (Ink::Plain, (page.words.line)(candidate.line)),
        (Ink::Plain, candidate.role.to_string()),
    ];
    let row = page.open_facts(row, facts)?;
    page.row(&row)?;
    let terms: Vec<_> = candidate
        .terms
        .iter()
        .map(|term| (Ink::Plain, format!("{} {:+}", term.name, term.points)))
        .collect();
    if !terms.is_empty() {
        page.facts(indent, terms)?;
    }
    for condition in &candidate.conditions {
        let text = format!("{} {condition}", page.words.holds);
        page.prose(Row::indented(indent), indent + 2, &text, Ink::Faint)?;
    }
    if let Some(reason) = &candidate.dropped {
        let text = format!("{} {reason}", page.words.out);
        page.prose(Row::indented(indent), indent + 2, &text, Ink::Faint)?;
    }
    Ok(())
}
