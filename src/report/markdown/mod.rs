//! `markdown`: a comment for a merge request, a pull request or an issue.
//!
//! One comment is written for all logs, within the size that forges accept. It starts with a hidden mark, so
//! that the next run can find and edit it. Text of a log stands in fences behind line numbers, or went through
//! [`escape`].

use std::io::{self, Write};

use super::{Format, Style, Writer};
use crate::model::{LogReport, Outcome, Problem, Status, Summary, ToolInfo};

pub(super) mod escape;
mod section;

/// The mark by which the comment can be found and edited.
pub const MARK: &str = "<!-- jobtriage:report -->";

/// Bytes of a comment. GitHub takes 65,536 characters, GitLab more.
const LIMIT: usize = 60_000;
/// Bytes reserved for the heading, notices and the line about the tool.
const FRAME: usize = 1_500;
/// Most failures in the table at the top.
const MOST_ROWS: usize = 50;
/// Unreadable inputs that are named.
const MOST_ERRORS: usize = 10;

/// The format.
#[derive(Debug)]
pub struct Markdown;

impl Format for Markdown {
    fn name(&self) -> &'static str {
        "markdown"
    }

    fn about(&self) -> &'static str {
        "a comment for a merge request, a pull request or an issue"
    }

    fn start<'w>(
        &self,
        out: Box<dyn Write + 'w>,
        style: &Style,
        tool: &ToolInfo,
    ) -> Box<dyn Writer + 'w> {
        Box::new(MarkdownWriter {
            out,
            style: style.clone(),
            tool: tool.clone(),
            most: style.max_bytes.unwrap_or(LIMIT),
            logs: 0,
            failures: 0,
            only: None,
            rows: Vec::new(),
            sections: Vec::new(),
            used: 0,
        })
    }
}

struct MarkdownWriter<'w> {
    out: Box<dyn Write + 'w>,
    style: Style,
    tool: ToolInfo,
    /// Most bytes of the comment.
    most: usize,
    logs: usize,
    failures: usize,
    /// The first log, which is shown alone if no other follows.
    only: Option<Box<LogReport>>,
    rows: Vec<String>,
    /// Failures in full, folded, as many as fit.
    sections: Vec<String>,
    used: usize,
}

impl Writer for MarkdownWriter<'_> {
    fn log(&mut self, report: &LogReport) -> io::Result<()> {
        self.logs += 1;
        if self.logs == 1 {
            self.only = Some(Box::new(report.clone()));
        }
        if report.status == Status::Clean {
            return Ok(());
        }
        self.failures += 1;
        let limit = self.most.saturating_sub(FRAME);
        let row = section::row(report, &self.style);
        if self.rows.len() < MOST_ROWS && self.used + row.len() <= limit {
            self.used += row.len();
            self.rows.push(row);
        }
        let folded = section::folded(report, &self.style, self.sections.is_empty());
        // Without gaps: only the end is ever left out.
        if self.sections.len() + 1 == self.failures && self.used + folded.len() <= limit {
            self.used += folded.len();
            self.sections.push(folded);
        }
        Ok(())
    }

    fn finish(&mut self, errors: &[Problem], summary: &Summary) -> io::Result<()> {
        let (labels, words) = (self.style.labels(), self.style.words());
        writeln!(self.out, "{MARK}")?;
        let end = self.end(errors)?;
        // The errors are known only now.
        let room = self.most.saturating_sub(FRAME.max(end.len() + FRAME / 3));
        while self.used > room
            && let Some(last) = self.sections.pop()
        {
            self.used -= last.len();
        }
        match self.only.take() {
            Some(only) if self.logs == 1 => {
                let room = self.most.saturating_sub(MARK.len() + 1 + end.len());
                let section = section::within(&only, &self.style, room);
                self.out.write_all(section.as_bytes())?;
            }
            _ => {
                let totals = words.totals(summary, errors.len()).join(" · ");
                writeln!(self.out, "### {totals}\n")?;
                if !self.rows.is_empty() {
                    let columns = [labels.log, labels.outcome, labels.cause, labels.who];
                    writeln!(self.out, "| {} |\n|---|---|---|---|", columns.join(" | "))?;
                    for row in &self.rows {
                        self.out.write_all(row.as_bytes())?;
                    }
                    writeln!(self.out)?;
                }
                for section in &self.sections {
                    self.out.write_all(section.as_bytes())?;
                }
                let left_out = self.failures - self.sections.len();
                if left_out > 0 {
                    writeln!(self.out, "{}\n", (labels.failures_left_out)(left_out))?;
                }
            }
        }
        self.out.write_all(&end)?;
        self.out.flush()
    }
}

impl MarkdownWriter<'_> {
    /// What could not be read, and which tool wrote the comment.
    fn end(&self, errors: &[Problem]) -> io::Result<Vec<u8>> {
        let (mut out, labels) = (Vec::new(), self.style.labels());
        if !errors.is_empty() {
            writeln!(out, "**{}**\n", labels.not_read)?;
        }
        for error in errors.iter().take(MOST_ERRORS) {
            let (source, message) = (section::path(&error.source), escape::text(&error.message));
            writeln!(out, "- {source}: {message}")?;
        }
        if errors.len() > MOST_ERRORS {
            let more = (labels.errors_left_out)(errors.len() - MOST_ERRORS);
            writeln!(out, "- … {more}")?;
        }
        if !errors.is_empty() {
            writeln!(out)?;
        }
        let version = escape::text(&self.tool.version);
        let by = (labels.written_by)(&version, self.tool.patterns);
        writeln!(out, "<sub>{by}</sub>")?;
        Ok(out)
    }
}

/// How a job ended: the first word of the comment.
fn status(report: &LogReport, style: &Style) -> &'static str {
    let words = style.words();
    match report.outcome {
        Outcome::Failed => words.failed,
        Outcome::TimedOut => words.timed_out,
        Outcome::Canceled => words.canceled,
        Outcome::Succeeded => words.ok,
        Outcome::Unknown => words.no_verdict,
    }
}

#[cfg(test)]
mod tests;
