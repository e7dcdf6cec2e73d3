//! `csv`: one row a log, separated by commas, for spreadsheets and data frames (RFC 4180).
//!
//! Every text is quoted, so that no reader guesses; lines end in LF, which all of them take.

use std::io::Write;

use super::columns::RowWriter;
use super::{Format, Style, Writer};
use crate::model::ToolInfo;

/// The format.
#[derive(Debug)]
pub struct Csv;

impl Format for Csv {
    fn name(&self) -> &'static str {
        "csv"
    }

    fn about(&self) -> &'static str {
        "one row a log, separated by commas, for spreadsheets and data frames"
    }

    fn start<'w>(
        &self,
        out: Box<dyn Write + 'w>,
        _style: &Style,
        _tool: &ToolInfo,
    ) -> Box<dyn Writer + 'w> {
        Box::new(RowWriter::new(out, ',', true))
    }
}

#[cfg(test)]
mod tests {
    use crate::report::Style;
    use crate::report::columns::{self, COLUMNS, Cell};
    use crate::report::testing::*;

    #[test]
    fn another_reader_reads_what_was_written() {
        let mut logs = every_shape();
        logs.extend(ATTACKS.iter().map(|attack| saying(attack)));
        let out = written("csv", &Style::default(), &logs, &[]);
        let mut reader = ::csv::Reader::from_reader(out.as_bytes());
        assert_eq!(reader.headers().unwrap(), &COLUMNS[..]);
        let rows: Vec<_> = reader.records().map(Result::unwrap).collect();
        assert_eq!(rows.len(), logs.len());
        for (row, log) in rows.iter().zip(&logs) {
            let cells = columns::of(log).map(|cell| match cell {
                Cell::None => String::new(),
                Cell::Text(text) => text,
                Cell::Number(number) => number.to_string(),
            });
            assert_eq!(row, &cells[..]);
        }
    }
}
