//! Writes reports: [`LogReport`] values come in one at a time, one output format leaves.
//!
//! One file is one format is one line in [`FORMATS`]. A format sees nothing but the report and a
//! [`Style`]; it never looks at a log, a pattern or the terminal. Whatever a log, a file name or
//! a pattern says passes [`sanitize`] on its way to a terminal.

use std::fmt;
use std::io::{self, Write};

use crate::model::{Finding, Lang, LogReport, Problem, Summary, ToolInfo};

mod codequality;
mod columns;
mod csv;
mod excerpt;
mod github;
mod grid;
mod groups;
mod html;
pub mod json;
mod jsonl;
mod junit;
mod labels;
#[cfg(test)]
mod laws;
mod markdown;
pub mod paint;
mod place;
mod prompt;
pub mod prose;
mod rows;
pub mod sanitize;
mod sarif;
mod short;
mod sums;
mod table;
mod tally;
#[cfg(test)]
mod testing;
mod text;
mod tsv;
pub mod width;
pub mod words;

pub use groups::best_text;
pub use tally::Tally;

use paint::Symbols;
use words::Words;

/// Every output format, in the order in which help lists them.
pub static FORMATS: &[&dyn Format] = &[
    &text::Text,
    &short::Short,
    &table::Table,
    &tsv::Tsv,
    &csv::Csv,
    &json::Json,
    &jsonl::JsonLines,
    &markdown::Markdown,
    &html::Html,
    &sarif::Sarif,
    &junit::Junit,
    &codequality::CodeQuality,
    &github::Github,
    &prompt::Prompt,
];

/// The format of that name.
pub fn by_name(name: &str) -> Option<&'static dyn Format> {
    FORMATS.iter().copied().find(|format| format.name() == name)
}

/// How people want to see it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Style {
    /// Colours and weights; without them, not one escape sequence is written.
    pub color: bool,
    /// Columns of the terminal; prose never uses more than 100 of them.
    pub width: usize,
    /// Language of the interface words. The texts of a finding come in the report's own.
    pub lang: Lang,
    /// Only ASCII for what the tool itself draws.
    pub ascii: bool,
    /// Show how the verdict was reached.
    pub why: bool,
    /// Show what is otherwise summed up.
    pub all: bool,
    /// Only the sums of many logs, and of those the first so many.
    pub top: Option<usize>,
    /// Most logs that a table lists: of more only the sums are shown. `None`: as many as it can.
    pub listed: Option<usize>,
    /// Most bytes, for the formats that must not be long: `markdown` and `prompt`.
    pub max_bytes: Option<usize>,
}

impl Default for Style {
    fn default() -> Self {
        Style {
            color: false,
            width: 80,
            lang: Lang::En,
            ascii: false,
            why: false,
            all: false,
            top: None,
            listed: None,
            max_bytes: None,
        }
    }
}

impl Style {
    /// Interface words in the wanted language.
    pub fn words(&self) -> &'static Words {
        words::of(self.lang)
    }

    /// Names of the parts of a page, in the wanted language.
    fn labels(&self) -> &'static labels::Labels {
        labels::of(self.lang)
    }

    /// What the tool draws with.
    pub fn symbols(&self) -> &'static Symbols {
        if self.ascii {
            &paint::ASCII
        } else {
            &paint::UNICODE
        }
    }

    /// Columns for prose: the terminal's, within what can be read and laid out.
    pub fn prose_width(&self) -> usize {
        self.width.clamp(30, 100)
    }
}

/// A way to write reports.
pub trait Format: Sync {
    /// What `--format` calls it.
    fn name(&self) -> &'static str;

    /// One line for the help.
    fn about(&self) -> &'static str;

    /// Does it show where in the repository a failure is?
    fn shows_places(&self) -> bool {
        false
    }

    /// Starts a run that writes to `out`.
    fn start<'w>(
        &self,
        out: Box<dyn Write + 'w>,
        style: &Style,
        tool: &ToolInfo,
    ) -> Box<dyn Writer + 'w>;
}

impl fmt::Debug for dyn Format {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Format({})", self.name())
    }
}

/// A run of one format: [`Writer::log`] for each log in order, then [`Writer::finish`] once.
///
/// What a writer keeps does not grow with the number of logs, or is bounded and says so.
pub trait Writer {
    /// Writes the report of one log.
    fn log(&mut self, report: &LogReport) -> io::Result<()>;

    /// Writes what can only be said at the end, and flushes.
    fn finish(&mut self, errors: &[Problem], summary: &Summary) -> io::Result<()>;
}

/// The input in which a finding's line stands: the job's log unless its evidence says otherwise.
fn source_of<'r>(report: &'r LogReport, finding: &'r Finding) -> &'r str {
    let own = |source: &str| {
        let mut evidence = finding.evidence.iter();
        evidence.any(|e| e.source == source && e.line == finding.line && e.text == finding.text)
    };
    if own(&report.source) {
        return &report.source;
    }
    let other = report
        .inputs
        .iter()
        .map(|input| input.source.as_str())
        .find(|source| own(source));
    other.unwrap_or(&report.source)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_are_unique_and_found() {
        for format in FORMATS {
            assert_eq!(
                by_name(format.name()).map(|f| f.name()),
                Some(format.name())
            );
            assert!(!format.about().is_empty());
        }
        let mut names: Vec<_> = FORMATS.iter().map(|f| f.name()).collect();
        names.sort_unstable();
        names.dedup();
        assert_eq!(names.len(), FORMATS.len());
        assert!(by_name("xml").is_none());
    }
}
