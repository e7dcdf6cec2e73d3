//! `text`: the report for people.
//!
//! Each log gets what broke, the lines that prove it, why, and what to type, within the terminal's width. What is
//! kept is the number of logs, and a bounded store of advice that was printed, so that it is printed once.

use std::io::{self, Write};

use super::paint::Ink;
use super::{Format, Style, Writer};
use crate::model::{LogReport, Outcome, Problem, Summary, ToolInfo};

mod advice;
mod aftermath;
mod evidence;
mod finding;
mod header;
mod page;
#[cfg(test)]
mod tests;
mod told;
mod unexplained;
mod why;

use page::Page;
use told::Told;

/// The format.
#[derive(Debug)]
pub struct Text;

impl Format for Text {
    fn name(&self) -> &'static str {
        "text"
    }

    fn about(&self) -> &'static str {
        "what broke, why, who must act and what to type, with the lines that prove it"
    }

    fn start<'w>(
        &self,
        out: Box<dyn Write + 'w>,
        style: &Style,
        _tool: &ToolInfo,
    ) -> Box<dyn Writer + 'w> {
        Box::new(TextWriter {
            out,
            style: style.clone(),
            logs: 0,
            told: Told::default(),
        })
    }
}

struct TextWriter<'w> {
    out: Box<dyn Write + 'w>,
    style: Style,
    logs: usize,
    told: Told,
}

impl Writer for TextWriter<'_> {
    fn log(&mut self, report: &LogReport) -> io::Result<()> {
        let mut page = Page::new(&mut *self.out, &self.style);
        if self.logs > 0 {
            page.blank()?;
            page.rule()?;
            page.blank()?;
        }
        self.logs += 1;
        write_report(&mut page, report, Some(&mut self.told))?;
        // Logs can take a while each, so the first answer is shown at once.
        self.out.flush()
    }

    /// Writes the totals of several logs. Unreadable inputs are only counted: the caller has already reported
    /// them on stderr.
    fn finish(&mut self, errors: &[Problem], summary: &Summary) -> io::Result<()> {
        let mut page = Page::new(&mut *self.out, &self.style);
        if self.logs > 1 || (self.logs == 1 && !errors.is_empty()) {
            let totals = page.words.totals(summary, errors.len());
            page.blank()?;
            page.rule()?;
            page.blank()?;
            page.facts(
                0,
                totals
                    .into_iter()
                    .map(|total| (Ink::Plain, total))
                    .collect(),
            )?;
        }
        self.out.flush()
    }
}

/// The report of one log as a text of its own, for formats that carry one.
pub(super) fn of(report: &LogReport, style: &Style) -> io::Result<String> {
    let mut out = Vec::new();
    write_report(&mut Page::new(&mut out, style), report, None)?;
    // Only strings were written.
    Ok(String::from_utf8_lossy(&out).into_owned())
}

/// The report of one log; with what was told of those before, if they stand above.
fn write_report(
    page: &mut Page<'_>,
    report: &LogReport,
    told: Option<&mut Told>,
) -> io::Result<()> {
    header::write(page, report)?;
    if report.truncated {
        page.blank()?;
        page.bullet(
            0,
            Ink::Doubt,
            page.symbols.warning,
            page.words.truncated,
            Ink::Plain,
        )?;
        if let Some(cut) = &report.cut {
            advice::of_cut(page, cut)?;
        }
    }
    match (&report.cause, &report.unexplained) {
        (Some(cause), _) => {
            let told = told.filter(|_| !page.style.all);
            let above = told.and_then(|told| told.before(report, cause));
            finding::write(page, report, cause, above)?;
            aftermath::write(page, report)?;
        }
        (None, Some(unexplained)) => unexplained::write(page, report, unexplained)?,
        (None, None) if report.outcome.is_failure() => {
            page.blank()?;
            let words = page.words.no_known_cause;
            page.bullet(0, Ink::Doubt, page.symbols.unknown, words, Ink::Strong)?;
        }
        (None, None) => {}
    }
    // The header of a canceled job already contains its remark.
    if let Some(remark) = report
        .remark
        .as_deref()
        .filter(|_| report.outcome != Outcome::Canceled)
    {
        page.blank()?;
        page.bullet(2, Ink::Label, page.symbols.info, remark, Ink::Plain)?;
    }
    if page.style.why {
        why::write(page, report)?;
    }
    Ok(())
}
