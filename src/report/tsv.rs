//! `tsv`: one row for each log, cells separated by tabs, for `cut`, `awk`, `sort` and spreadsheets.
//!
//! There are no quotes and no escapes: a tab or line end in a cell is replaced, so a line is always a row and a
//! tab always a border.

use std::io::Write;

use super::columns::RowWriter;
use super::{Format, Style, Writer};
use crate::model::ToolInfo;

/// The format.
#[derive(Debug)]
pub struct Tsv;

impl Format for Tsv {
    fn name(&self) -> &'static str {
        "tsv"
    }

    fn about(&self) -> &'static str {
        "one row a log, separated by tabs, for cut, awk and sort"
    }

    fn start<'w>(
        &self,
        out: Box<dyn Write + 'w>,
        _style: &Style,
        _tool: &ToolInfo,
    ) -> Box<dyn Writer + 'w> {
        Box::new(RowWriter::new(out, '\t', false))
    }
}

#[cfg(test)]
mod tests {
    use crate::report::Style;
    use crate::report::columns::COLUMNS;
    use crate::report::testing::*;

    #[test]
    fn a_line_is_a_row_and_a_tab_is_a_border() {
        let mut logs = every_shape();
        logs.extend(ATTACKS.iter().map(|attack| saying(attack)));
        let out = written("tsv", &Style::default(), &logs, &[]);
        let rows: Vec<_> = out.lines().map(|row| row.split('\t').count()).collect();
        assert_eq!(rows.len(), logs.len() + 1);
        assert!(rows.iter().all(|cells| *cells == COLUMNS.len()), "{rows:?}");
    }

    #[test]
    fn without_logs_the_names_stay() {
        let out = written("tsv", &Style::default(), &[], &[]);
        assert_eq!(out, COLUMNS.join("\t") + "\n");
    }
}
