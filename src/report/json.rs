//! `json`: the contract of `model::Batch`, written log by log, so that memory stays flat.
//!
//! The bytes are those of `serde_json::to_string_pretty` on the whole batch, except that
//! characters which a terminal obeys are written as `\uXXXX`; the value is the same.

use std::io::{self, Write};

use serde::Serialize;

use super::{Format, Style, Writer, sanitize};
use crate::model::{Batch, LogReport, Problem, SCHEMA_VERSION, Summary, ToolInfo};

/// The format.
#[derive(Debug)]
pub struct Json;

impl Format for Json {
    fn name(&self) -> &'static str {
        "json"
    }

    fn about(&self) -> &'static str {
        "one document for other tools; its schema is schema/report.schema.json"
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
        Box::new(JsonWriter {
            out,
            tool: tool.clone(),
            logs: 0,
        })
    }
}

/// The JSON schema of a report, made from the types.
pub fn schema() -> serde_json::Value {
    let settings = schemars::generate::SchemaSettings::draft2020_12().for_serialize();
    let mut schema = settings.into_generator().into_root_schema_for::<Batch>();
    schema.insert("title".to_owned(), "jobtriage report".into());
    schema.to_value()
}

struct JsonWriter<'w> {
    out: Box<dyn Write + 'w>,
    tool: ToolInfo,
    logs: usize,
}

impl JsonWriter<'_> {
    fn head(&mut self) -> io::Result<()> {
        let tool = pretty(&self.tool, 2)?;
        write!(
            self.out,
            "{{\n  \"schema_version\": {SCHEMA_VERSION},\n  \"tool\": {tool},\n  \"logs\": ["
        )
    }
}

impl Writer for JsonWriter<'_> {
    fn log(&mut self, report: &LogReport) -> io::Result<()> {
        if self.logs == 0 {
            self.head()?;
        }
        let comma = if self.logs == 0 { "" } else { "," };
        self.logs += 1;
        write!(self.out, "{comma}\n    {}", pretty(report, 4)?)
    }

    fn finish(&mut self, errors: &[Problem], summary: &Summary) -> io::Result<()> {
        if self.logs == 0 {
            self.head()?;
        } else {
            self.out.write_all(b"\n  ")?;
        }
        let (errors, summary) = (pretty(&errors, 2)?, pretty(summary, 2)?);
        writeln!(
            self.out,
            "],\n  \"errors\": {errors},\n  \"summary\": {summary}\n}}"
        )?;
        self.out.flush()
    }
}

/// A value as it stands at a depth of `indent` blanks.
fn pretty(value: &impl Serialize, indent: usize) -> io::Result<String> {
    let json = sanitize::clean_json(serde_json::to_string_pretty(value)?);
    // A newline can only stand between values: within a string it is escaped.
    Ok(json.replace('\n', &format!("\n{}", " ".repeat(indent))))
}

#[cfg(test)]
mod tests {
    use crate::model::{Batch, LogReport, Problem, SCHEMA_VERSION};
    use crate::report::testing::*;
    use crate::report::{Style, sanitize};

    fn batch(logs: &[LogReport], errors: &[Problem]) -> Batch {
        Batch {
            schema_version: SCHEMA_VERSION,
            tool: tool(),
            logs: logs.to_vec(),
            errors: errors.to_vec(),
            summary: summary(logs),
        }
    }

    #[test]
    fn streaming_writes_what_the_whole_would_be() {
        let error = Problem {
            source: "c.log".into(),
            message: "permission denied".into(),
            hint: None,
        };
        let shapes = every_shape();
        for (logs, errors) in [
            (&shapes[..0], &[][..]),
            (&shapes[..1], &[][..]),
            (&shapes[..], &[error][..]),
        ] {
            let whole = serde_json::to_string_pretty(&batch(logs, errors)).unwrap();
            let whole = sanitize::clean_json(whole) + "\n";
            assert_eq!(written("json", &Style::default(), logs, errors), whole);
        }
    }

    #[test]
    fn hostile_text_keeps_its_value() {
        let logs = [hostile()];
        let out = written("json", &Style::default(), &logs, &[]);
        let value: serde_json::Value = serde_json::from_str(&out).unwrap();
        assert_eq!(value, serde_json::to_value(batch(&logs, &[])).unwrap());
    }

    #[test]
    fn the_schema_is_deterministic() {
        assert_eq!(super::schema().to_string(), super::schema().to_string());
    }
}
