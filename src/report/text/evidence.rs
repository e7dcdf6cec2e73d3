//! The lines that prove a finding, behind a gutter, so that no text of the log starts a line.

use std::io;
use std::ops::Range;

use super::page::Page;
use crate::model::{Finding, LogReport};
use crate::report::paint::{Ink, Row};
use crate::report::{excerpt, sanitize, width};

/// Most rows for the line of the cause.
const ROWS: usize = 3;
/// Fewest columns for line numbers, so that short logs line up with each other.
const DIGITS: usize = 4;

/// A line to be shown.
pub(super) struct Shown<'r> {
    /// The text before the gutter: the line number, and the input if there are several.
    pub label: String,
    /// As it stands in the log.
    pub text: &'r str,
    /// The range of the match, if this is the line that matters.
    pub span: Option<(u32, u32)>,
}

/// Writes the evidence of a finding.
pub(super) fn write(page: &mut Page<'_>, report: &LogReport, finding: &Finding) -> io::Result<()> {
    let (lines, at) = excerpt::proof(report, finding);
    let several = report.inputs.len() > 1 || lines.iter().any(|line| line.0 != report.source);
    let mut shown: Vec<Shown<'_>> = lines
        .iter()
        .map(|(source, line, text)| Shown {
            label: label(page, source, *line, several),
            text,
            span: None,
        })
        .collect();
    shown[at].span = Some(finding.span);
    let left_out = if page.style.all {
        0
    } else {
        excerpt::keep(&mut shown, at)
    };
    block(page, &shown)?;
    if left_out > 0 {
        let mut row = Row::indented(2);
        row.pad_to(2 + label_width(&shown) + 1);
        row.push(Ink::Faint, page.symbols.gutter).space(1);
        let text = format!(
            "{} {}",
            page.symbols.ellipsis,
            (page.words.left_out)(left_out)
        );
        row.push(Ink::Faint, &text);
        page.row(&row)?;
    }
    Ok(())
}

/// Writes lines one below the other. The one with a span is highlighted.
pub(super) fn block(page: &mut Page<'_>, lines: &[Shown<'_>]) -> io::Result<()> {
    let wide = label_width(lines);
    for line in lines {
        match line.span {
            Some(span) => telling(page, line, span, wide)?,
            None => plain(page, line, wide)?,
        }
    }
    Ok(())
}

/// A line of context: one row, its middle cut.
fn plain(page: &mut Page<'_>, line: &Shown<'_>, wide: usize) -> io::Result<()> {
    let mut row = gutter(page, &line.label, wide, false);
    let text = sanitize::clean(line.text.trim_end());
    let room = page.width.saturating_sub(row.width());
    row.push(
        Ink::Plain,
        &width::cut_middle(&text, room, 60, page.symbols.ellipsis),
    );
    page.row(&row)
}

/// The line that matters: up to three rows, with the match underlined if it is on one.
fn telling(page: &mut Page<'_>, line: &Shown<'_>, span: (u32, u32), wide: usize) -> io::Result<()> {
    let (text, found) = sanitize::clean_span(line.text.trim_end(), span);
    let start = gutter(page, "", wide, false).width();
    let room = page.width.saturating_sub(start).max(8);
    let (text, found) = width::cut_around(&text, found, room * ROWS, page.symbols.ellipsis);
    let rows = width::rows(&text, room, ROWS);
    // Without carets, a mark before the number shows which line it is.
    let underlined = rows.len() == 1 && !found.is_empty();
    for (at, part) in rows.into_iter().enumerate() {
        let label = if at == 0 { line.label.as_str() } else { "" };
        let mut row = gutter(page, label, wide, at == 0 && !underlined);
        highlight(&mut row, &text, part, &found);
        page.row(&row)?;
    }
    if underlined {
        let bare = text[found.clone()].trim();
        let blanks = text[found.clone()].len() - text[found.clone()].trim_start().len();
        let before = width::of(&text[..found.start + blanks]);
        let mut row = Row::indented(2 + wide + 1);
        row.push(Ink::Faint, page.symbols.corner).space(1 + before);
        row.push(Ink::Bad, &"^".repeat(width::of(bare)));
        page.row(&row)?;
    }
    Ok(())
}

/// Appends a part of a text, with the match highlighted.
fn highlight(row: &mut Row, text: &str, part: Range<usize>, found: &Range<usize>) {
    let inside = |at: usize| at.clamp(part.start, part.end);
    let (from, to) = (inside(found.start), inside(found.end));
    row.push(Ink::Plain, &text[part.start..from]);
    row.push(Ink::Match, &text[from..to]);
    row.push(Ink::Plain, &text[to..part.end]);
}

/// The start of a row: mark, label, gutter.
fn gutter(page: &Page<'_>, label: &str, wide: usize, marked: bool) -> Row {
    let mut row = Row::new();
    row.push(Ink::Bad, if marked { ">" } else { " " }).space(1);
    row.pad_to(2 + wide - width::of(label))
        .push(Ink::Faint, label)
        .space(1);
    row.push(Ink::Faint, page.symbols.gutter).space(1);
    row
}

/// The line number, with the input's name if there are several.
fn label(page: &Page<'_>, source: &str, line: u64, several: bool) -> String {
    if !several {
        return line.to_string();
    }
    let source = sanitize::clean(source);
    let source = width::cut_middle(&source, page.width / 4, 30, page.symbols.ellipsis);
    format!("{source}:{line}")
}

fn label_width(lines: &[Shown<'_>]) -> usize {
    lines
        .iter()
        .map(|line| width::of(&line.label))
        .max()
        .unwrap_or(0)
        .max(DIGITS)
}
