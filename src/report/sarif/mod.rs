//! `sarif`: SARIF 2.1.0, with what GitHub requires beyond the standard.
//!
//! Results are written as logs come in. Their rules, bounded by the library, follow at the end. A result is
//! placed in the repository's file that the log names, otherwise in the log itself.

use std::collections::HashMap;
use std::io::{self, Write};

use serde::Serialize;

use super::{Format, Style, Writer, sanitize};
use crate::model::{Finding, LogReport, Problem, Status, Summary, ToolInfo, Unexplained};

mod model;
mod results;
mod rules;

use model::{
    ArtifactLocation, Driver, Invocation, Level, Message, Notification, NotificationLocation,
    NotificationPlace, Rule, SarifResult, Tool,
};

/// Most results that GitHub accepts; it refuses a larger file.
const MOST_RESULTS: usize = 25_000;
/// Unreadable inputs that are named.
const MOST_ERRORS: usize = 1_000;
/// The rule for failures without a known cause.
const UNEXPLAINED: &str = "jobtriage/unexplained";

/// The format.
#[derive(Debug)]
pub struct Sarif;

impl Format for Sarif {
    fn name(&self) -> &'static str {
        "sarif"
    }

    fn about(&self) -> &'static str {
        "SARIF 2.1.0, for code scanning and other tools"
    }

    fn shows_places(&self) -> bool {
        true
    }

    fn start<'w>(
        &self,
        out: Box<dyn Write + 'w>,
        _style: &Style,
        tool: &ToolInfo,
    ) -> Box<dyn Writer + 'w> {
        Box::new(SarifWriter::new(out, tool, MOST_RESULTS))
    }
}

struct SarifWriter<'w> {
    out: Box<dyn Write + 'w>,
    tool: ToolInfo,
    most: usize,
    results: usize,
    left_out: usize,
    /// The index of each id in `rules`.
    index: HashMap<String, usize>,
    rules: Vec<Rule>,
}

impl Writer for SarifWriter<'_> {
    fn log(&mut self, report: &LogReport) -> io::Result<()> {
        if let Some(cause) = &report.cause {
            self.finding(report, cause, rules::level(cause))?;
            for other in &report.also {
                self.finding(report, other, Level::Warning)?;
            }
        } else if report.status == Status::Unexplained {
            self.unexplained(report, report.unexplained.as_ref())?;
        }
        Ok(())
    }

    fn finish(&mut self, errors: &[Problem], _summary: &Summary) -> io::Result<()> {
        self.head()?;
        let invocation = Invocation {
            execution_successful: errors.is_empty(),
            tool_execution_notifications: self.notifications(errors),
        };
        let tool = Tool {
            driver: Driver {
                name: self.tool.name.clone(),
                semantic_version: self.tool.version.clone(),
                rules: std::mem::take(&mut self.rules),
            },
        };
        let (invocation, tool) = (json(&[invocation])?, json(&tool)?);
        writeln!(
            self.out,
            "\n],\n\"invocations\": {invocation},\n\"tool\": {tool}\n}}]}}"
        )?;
        self.out.flush()
    }
}

impl<'w> SarifWriter<'w> {
    fn new(out: Box<dyn Write + 'w>, tool: &ToolInfo, most: usize) -> Self {
        SarifWriter {
            out,
            tool: tool.clone(),
            most,
            results: 0,
            left_out: 0,
            index: HashMap::new(),
            rules: Vec::new(),
        }
    }

    /// Writes the part before the results, once.
    fn head(&mut self) -> io::Result<()> {
        if self.results > 0 {
            return Ok(());
        }
        // `automationDetails.id` keeps our alerts apart from those of other tools.
        self.out.write_all(
            b"{\"$schema\": \"https://docs.oasis-open.org/sarif/sarif/v2.1.0/os/schemas/sarif-schema-2.1.0.json\",\n\
              \"version\": \"2.1.0\",\n\
              \"runs\": [{\n\
              \"automationDetails\": {\"id\": \"jobtriage/\"},\n\
              \"columnKind\": \"unicodeCodePoints\",\n\
              \"results\": [",
        )
    }

    fn finding(&mut self, report: &LogReport, finding: &Finding, level: Level) -> io::Result<()> {
        let id = plain(&finding.id);
        let index = self.rule(&id, || rules::of(&id, finding));
        self.result(results::of(report, finding, id, index, level))
    }

    fn unexplained(&mut self, report: &LogReport, unknown: Option<&Unexplained>) -> io::Result<()> {
        let index = self.rule(UNEXPLAINED, rules::unexplained);
        self.result(results::unexplained(report, unknown, UNEXPLAINED, index))
    }

    /// The index of a rule, which is made on first use.
    fn rule(&mut self, id: &str, make: impl FnOnce() -> Rule) -> usize {
        if let Some(index) = self.index.get(id) {
            return *index;
        }
        let index = self.rules.len();
        self.rules.push(make());
        self.index.insert(id.to_owned(), index);
        index
    }

    fn result(&mut self, result: SarifResult) -> io::Result<()> {
        if self.results == self.most {
            self.left_out += 1;
            return Ok(());
        }
        self.head()?;
        let comma = if self.results > 0 { "," } else { "" };
        self.results += 1;
        write!(self.out, "{comma}\n{}", json(&result)?)
    }

    fn notifications(&self, errors: &[Problem]) -> Vec<Notification> {
        let say = |level, text: String| Notification {
            level,
            message: message(&text),
            locations: Vec::new(),
        };
        let mut all: Vec<Notification> = errors
            .iter()
            .take(MOST_ERRORS)
            .map(|error| Notification {
                locations: vec![NotificationLocation {
                    physical_location: NotificationPlace {
                        artifact_location: ArtifactLocation {
                            uri: uri(&error.source),
                        },
                    },
                }],
                ..say(Level::Error, error.message.clone())
            })
            .collect();
        if errors.len() > MOST_ERRORS {
            let more = errors.len() - MOST_ERRORS;
            all.push(say(
                Level::Error,
                format!("{more} more inputs could not be read"),
            ));
        }
        if self.left_out > 0 {
            let text = format!(
                "{} results left out: a SARIF file may have {}",
                self.left_out, self.most
            );
            all.push(say(Level::Warning, text));
        }
        all
    }
}

fn json(value: &impl Serialize) -> io::Result<String> {
    Ok(sanitize::clean_json(serde_json::to_string(value)?))
}

/// The one place that escapes text in messages. Viewers show plain text, but turn `[text](target)` into links.
///
/// Braces stay: the standard doubles them because of placeholders, but viewers replace those only in messages
/// with arguments.
fn plain(text: &str) -> String {
    let text = text.replace(['\n', '\t'], " ");
    sanitize::clean(text.trim()).replace("](", "] (")
}

fn message(text: &str) -> Message {
    Message {
        text: plain(text),
        markdown: None,
    }
}

/// A source as a URI: relative for a relative path, `file:` for an absolute one.
fn uri(source: &str) -> String {
    let path = source.replace('\\', "/");
    let drive = path.as_bytes().get(1) == Some(&b':')
        && path.as_bytes().get(2) == Some(&b'/')
        && path.starts_with(|c: char| c.is_ascii_alphabetic());
    let (start, path) = match path.strip_prefix("./").unwrap_or(&path) {
        path if path.starts_with('/') => ("file://", path),
        path if drive => ("file:///", path),
        path => ("", path.trim_matches(['<', '>'])),
    };
    let mut out = start.to_owned();
    for byte in path.bytes() {
        match byte {
            b'a'..=b'z' | b'A'..=b'Z' | b'0'..=b'9' | b'-' | b'.' | b'_' | b'~' | b'/' => {
                out.push(byte.into());
            }
            // The drive's colon is kept, but not a colon that would form a scheme.
            b':' if drive && out.len() == start.len() + 1 => out.push(':'),
            _ => out.push_str(&format!("%{byte:02X}")),
        }
    }
    // An empty URI would mean the report itself.
    if out.is_empty() {
        "log".to_owned()
    } else {
        out
    }
}

#[cfg(test)]
mod tests;
