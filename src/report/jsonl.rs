//! `jsonl`: one line for each log as soon as it is known; the last line is the summary.

use std::borrow::Cow;
use std::io::{self, Write};

use serde::Serialize;

use super::{Format, Style, Writer, sanitize};
use crate::model::{LogReport, Problem, SCHEMA_VERSION, Summary, ToolInfo};

/// The format.
#[derive(Debug)]
pub struct JsonLines;

impl Format for JsonLines {
    fn name(&self) -> &'static str {
        "jsonl"
    }

    fn about(&self) -> &'static str {
        "one JSON object a line and log as soon as it is read, then the summary"
    }

    fn start<'w>(
        &self,
        out: Box<dyn Write + 'w>,
        _style: &Style,
        tool: &ToolInfo,
    ) -> Box<dyn Writer + 'w> {
        Box::new(LinesWriter {
            out,
            tool: tool.clone(),
        })
    }
}

/// The last line.
#[derive(Serialize)]
struct Last<'r> {
    #[serde(rename = "type")]
    kind: &'static str,
    schema_version: u32,
    tool: &'r ToolInfo,
    errors: &'r [Problem],
    summary: &'r Summary,
}

struct LinesWriter<'w> {
    out: Box<dyn Write + 'w>,
    tool: ToolInfo,
}

impl Writer for LinesWriter<'_> {
    fn log(&mut self, report: &LogReport) -> io::Result<()> {
        line(&mut self.out, &*without_places(report))
    }

    fn finish(&mut self, errors: &[Problem], summary: &Summary) -> io::Result<()> {
        let (kind, tool) = ("summary", &self.tool);
        let last = Last {
            kind,
            schema_version: SCHEMA_VERSION,
            tool,
            errors,
            summary,
        };
        line(&mut self.out, &last)
    }
}

/// The report without the places of failures. Many logs are written in this format, and the search for places
/// took a sixth of the time. The output does not depend on whether another format asked for places.
fn without_places(report: &LogReport) -> Cow<'_, LogReport> {
    let unknown = report.unexplained.as_ref();
    let mut places = report.findings().map(|finding| &finding.place);
    if places.all(Option::is_none) && unknown.is_none_or(|u| u.place.is_none()) {
        return Cow::Borrowed(report);
    }
    let mut report = report.clone();
    let findings = report.cause.iter_mut().chain(&mut report.also);
    findings.for_each(|finding| finding.place = None);
    if let Some(unexplained) = &mut report.unexplained {
        unexplained.place = None;
    }
    Cow::Owned(report)
}

/// Writes and flushes a line, so that a reader need not wait for a full buffer.
fn line(out: &mut dyn Write, value: &impl Serialize) -> io::Result<()> {
    let json = sanitize::clean_json(serde_json::to_string(value)?);
    writeln!(out, "{json}")?;
    out.flush()
}

#[cfg(test)]
mod tests {
    use serde_json::{Value, json};

    use crate::model::Problem;
    use crate::report::Style;
    use crate::report::testing::*;

    #[test]
    fn one_line_a_log_then_the_summary() {
        let logs = [from_variable(), hostile()];
        let error = Problem {
            source: "c.log".into(),
            message: "m".into(),
            hint: None,
        };
        let out = written("jsonl", &Style::default(), &logs, &[error]);
        let lines: Vec<Value> = out
            .lines()
            .map(|line| serde_json::from_str(line).unwrap())
            .collect();
        assert_eq!(lines.len(), 3);
        for (line, log) in lines.iter().zip(&logs) {
            let whole = serde_json::to_value(super::without_places(log)).unwrap();
            assert_eq!(*line, whole);
        }
        assert_eq!(lines[2]["type"], "summary");
        assert_eq!(lines[2]["schema_version"], 1);
        assert_eq!(lines[2]["tool"]["name"], "jobtriage");
        assert_eq!(
            lines[2]["errors"],
            json!([{"source": "c.log", "message": "m", "hint": null}])
        );
        assert_eq!(lines[2]["summary"]["logs"], 2);
    }

    #[test]
    fn no_line_has_a_place_whoever_asked_for_it() {
        for log in every_shape() {
            let out = written("jsonl", &Style::default(), &[log], &[]);
            let line: Value = serde_json::from_str(out.lines().next().unwrap()).unwrap();
            let of = |of: &Value| of.is_null() || of["place"].is_null();
            let also = line["also"].as_array().unwrap();
            assert!(of(&line["cause"]) && of(&line["unexplained"]) && also.iter().all(of));
        }
    }
}
