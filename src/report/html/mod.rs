//! `html`: one self-contained page: an overview of all logs, and a section for each failed one.
//!
//! Nothing is fetched, and only our own style and script may run: the page's policy names both by their hashes.
//! Without the script only the filter is missing. The overview stands first but is known last, so rows and
//! sections wait in spools. Rows, sections and everything else that is kept are bounded, and the page says what
//! it leaves out.

use std::collections::HashMap;
use std::io::{self, Seek, SeekFrom, Write};

use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use sha2::{Digest, Sha256};
use tempfile::SpooledTempFile;

use super::{Format, Style, Writer};
use crate::model::{LogReport, Problem, Status, Summary, ToolInfo};

mod chart;
mod overview;
mod page;
mod row;
mod section;
mod text;
mod timeline;

use overview::Overview;

const STYLE: &str = include_str!("style.css");
const SCRIPT: &str = include_str!("script.js");

/// Bytes that wait in memory; more wait in a temporary file.
const IN_MEMORY: usize = 1 << 20;

/// Rows in one body of the table, since browsers lay out only the bodies in sight.
const ROWS_OF_A_BODY: usize = 100;

/// Sizes that a browser shows without a pause.
const LIMITS: Limits = Limits {
    rows: 20_000,
    sections: 2_000,
    free_sections: 500,
    alike: 3,
    section_bytes: 16_000_000,
};

#[derive(Debug, Clone, Copy)]
struct Limits {
    /// Logs in the table.
    rows: usize,
    /// Logs with a section.
    sections: usize,
    /// Sections given to any failure; later ones go only to failures not yet shown often.
    free_sections: usize,
    /// Sections of failures that look the same, beyond those.
    alike: usize,
    /// Bytes of all sections.
    section_bytes: usize,
}

/// The format.
#[derive(Debug)]
pub struct Html;

impl Format for Html {
    fn name(&self) -> &'static str {
        "html"
    }

    fn about(&self) -> &'static str {
        "one page for a browser: overview, causes, every failed log"
    }

    fn start<'w>(
        &self,
        out: Box<dyn Write + 'w>,
        style: &Style,
        tool: &ToolInfo,
    ) -> Box<dyn Writer + 'w> {
        Box::new(HtmlWriter::new(out, style, tool, LIMITS))
    }
}

struct HtmlWriter<'w> {
    out: Box<dyn Write + 'w>,
    style: Style,
    tool: ToolInfo,
    limits: Limits,
    rows: SpooledTempFile,
    listed: usize,
    unlisted: usize,
    sections: SpooledTempFile,
    section_bytes: usize,
    /// Failed logs without a section.
    without: usize,
    /// Anchors in use, so that no two sections share one.
    anchors: HashMap<String, usize>,
    /// Sections by fingerprint.
    alike: HashMap<String, usize>,
    overview: Overview,
    /// The section of a first log without a failure. It is shown if no other log follows.
    only: Option<String>,
}

impl<'w> HtmlWriter<'w> {
    fn new(out: Box<dyn Write + 'w>, style: &Style, tool: &ToolInfo, limits: Limits) -> Self {
        HtmlWriter {
            out,
            style: style.clone(),
            tool: tool.clone(),
            limits,
            rows: SpooledTempFile::new(IN_MEMORY),
            listed: 0,
            unlisted: 0,
            sections: SpooledTempFile::new(IN_MEMORY),
            section_bytes: 0,
            without: 0,
            anchors: HashMap::new(),
            alike: HashMap::new(),
            overview: Overview::default(),
            only: None,
        }
    }

    /// Writes the section of a failed log if there is room; returns its anchor.
    fn section(&mut self, report: &LogReport) -> io::Result<Option<String>> {
        let mark = fingerprint(report);
        let shown: usize = self.anchors.values().sum();
        let alike = self.alike.get(mark).copied().unwrap_or(0);
        let free = shown < self.limits.free_sections;
        let rare = shown < self.limits.sections && alike < self.limits.alike;
        if self.section_bytes >= self.limits.section_bytes || !(free || rare) {
            self.without += 1;
            return Ok(None);
        }
        let anchor = self.anchor(&report.source);
        let section = section::of(report, &self.style, &anchor).into_string();
        self.section_bytes += section.len();
        self.sections.write_all(section.as_bytes())?;
        self.sections.write_all(b"\n")?;
        *self.alike.entry(mark.to_owned()).or_default() += 1;
        Ok(Some(anchor))
    }

    /// The anchor of a log, which is the same in every report.
    fn anchor(&mut self, source: &str) -> String {
        let digest = Sha256::digest(source.as_bytes());
        let hash: String = digest.iter().take(5).map(|b| format!("{b:02x}")).collect();
        let times = self.anchors.entry(hash.clone()).or_default();
        *times += 1;
        match *times {
            1 => format!("log-{hash}"),
            n => format!("log-{hash}-{n}"),
        }
    }
}

impl Writer for HtmlWriter<'_> {
    fn log(&mut self, report: &LogReport) -> io::Result<()> {
        let anchor = if report.status == Status::Clean {
            if self.overview.logs == 0 {
                let section = section::of(report, &self.style, "log-only");
                self.only = Some(section.into_string());
            }
            None
        } else {
            self.section(report)?
        };
        self.overview.add(report, anchor.as_deref());
        if self.listed == self.limits.rows {
            self.unlisted += 1;
            return Ok(());
        }
        if self.listed > 0 && self.listed.is_multiple_of(ROWS_OF_A_BODY) {
            self.rows.write_all(b"</tbody><tbody>\n")?;
        }
        self.listed += 1;
        let row = row::of(report, &self.style, anchor.as_deref());
        self.rows.write_all(row.into_string().as_bytes())?;
        self.rows.write_all(b"\n")
    }

    fn finish(&mut self, errors: &[Problem], summary: &Summary) -> io::Result<()> {
        let page = page::Page {
            style: &self.style,
            tool: &self.tool,
            overview: &self.overview,
            summary,
            errors,
            policy: policy(),
        };
        let out = &mut self.out;
        out.write_all(page.head().into_string().as_bytes())?;
        if self.overview.logs == 1 && errors.is_empty() {
            if let Some(only) = &self.only {
                out.write_all(only.as_bytes())?;
            }
        } else {
            out.write_all(page.overview().into_string().as_bytes())?;
            if self.listed > 0 {
                out.write_all(page.table_head().into_string().as_bytes())?;
                self.rows.seek(SeekFrom::Start(0))?;
                io::copy(&mut self.rows, out)?;
                out.write_all(b"</tbody></table></div>")?;
                let notes = page.table_notes(self.unlisted, self.without);
                out.write_all(notes.into_string().as_bytes())?;
                out.write_all(b"</section>\n")?;
            }
        }
        self.sections.seek(SeekFrom::Start(0))?;
        io::copy(&mut self.sections, out)?;
        out.write_all(page.foot().into_string().as_bytes())?;
        out.flush()
    }
}

/// The fingerprint that tells failures apart.
fn fingerprint(report: &LogReport) -> &str {
    match (&report.cause, &report.unexplained) {
        (Some(cause), _) => &cause.fingerprint,
        (None, Some(unknown)) => &unknown.fingerprint,
        (None, None) => "",
    }
}

/// A policy that allows only this style and this script.
fn policy() -> String {
    let hash = |text: &str| STANDARD.encode(Sha256::digest(text.as_bytes()));
    format!(
        "default-src 'none'; style-src 'sha256-{}'; script-src 'sha256-{}'; base-uri 'none'; \
         form-action 'none'",
        hash(STYLE),
        hash(SCRIPT)
    )
}

#[cfg(test)]
mod tests;
