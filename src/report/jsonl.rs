//! `jsonl`: one log is one line, as soon as it is known; the last line is the summary.

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
        line(&mut self.out, report)
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

/// Writes and flushes: whoever reads along should not wait for a buffer to fill.
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
        assert_eq!(lines[0], serde_json::to_value(&logs[0]).unwrap());
        assert_eq!(lines[1], serde_json::to_value(&logs[1]).unwrap());
        assert_eq!(lines[2]["type"], "summary");
        assert_eq!(lines[2]["schema_version"], 1);
        assert_eq!(lines[2]["tool"]["name"], "jobtriage");
        assert_eq!(
            lines[2]["errors"],
            json!([{"source": "c.log", "message": "m", "hint": null}])
        );
        assert_eq!(lines[2]["summary"]["logs"], 2);
    }
}
