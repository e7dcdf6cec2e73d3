//! A grid of cells whose rows never wrap.
//!
//! Cells as they come go in; cleaned cells that fit the width leave, laid out by `tabled`. Two
//! columns may give way: a path loses its middle, a text its end.

use std::io::{self, Write};

use tabled::builder::Builder;
use tabled::settings::object::{Cell, Columns, Rows};
use tabled::settings::style::HorizontalLine;
use tabled::settings::{Alignment, Color};

use super::paint::Ink;
use super::{Style, sanitize, width};

/// `tabled` puts a blank on either side of a cell.
const PADDING: usize = 2;
/// Columns that a shortened cell keeps at least.
const LEAST: usize = 8;

/// A grid under construction.
pub struct Grid<'s> {
    style: &'s Style,
    header: Vec<String>,
    rows: Vec<Vec<(Ink, String)>>,
    path: Option<usize>,
    text: Option<usize>,
    right: Vec<usize>,
}

impl<'s> Grid<'s> {
    /// A grid with these column names; without any, a grid without a header.
    pub fn new(style: &'s Style, header: Vec<String>) -> Self {
        Grid {
            style,
            header,
            rows: Vec::new(),
            path: None,
            text: None,
            right: Vec::new(),
        }
    }

    /// Moves a column's name to the right, past the marks in its cells.
    pub fn indent_header(&mut self, column: usize, by: usize) -> &mut Self {
        if let Some(name) = self.header.get_mut(column) {
            name.insert_str(0, &" ".repeat(by));
        }
        self
    }

    /// The column whose cells lose their middle.
    pub fn path(&mut self, column: usize) -> &mut Self {
        self.path = Some(column);
        self
    }

    /// The column whose cells lose their end.
    pub fn text(&mut self, column: usize) -> &mut Self {
        self.text = Some(column);
        self
    }

    /// A column that is aligned on the right.
    pub fn right(&mut self, column: usize) -> &mut Self {
        self.right.push(column);
        self
    }

    /// Adds a row.
    pub fn row(&mut self, cells: Vec<(Ink, String)>) {
        let mut cells = cells;
        for (_, cell) in &mut cells {
            *cell = sanitize::clean(cell).into_owned();
        }
        // A line that starts with `::` is a command to the GitHub runner; a path can say the same
        // in another way.
        if let Some((_, first)) = cells
            .first_mut()
            .filter(|(_, first)| first.starts_with("::"))
        {
            first.insert_str(0, "./");
        }
        self.rows.push(cells);
    }

    /// Shortens, lays out, writes.
    pub fn write(mut self, out: &mut dyn Write) -> io::Result<()> {
        self.fit();
        let mut builder = Builder::default();
        let first_row = usize::from(!self.header.is_empty());
        if first_row > 0 {
            builder.push_record(&self.header);
        }
        for row in &self.rows {
            builder.push_record(row.iter().map(|(_, cell)| cell.as_str()));
        }
        let mut table = builder.build();
        let blank = tabled::settings::Style::empty();
        if first_row > 0 {
            let rule = self.style.symbols().rule.chars().next().unwrap_or('-');
            table.with(blank.horizontals([(1, HorizontalLine::new(rule))]));
        } else {
            table.with(blank);
        }
        for &right in &self.right {
            table.modify(Columns::one(right), Alignment::right());
        }
        if self.style.color {
            if first_row > 0 {
                table.modify(Rows::first(), color(Ink::Label));
            }
            for (at, row) in self.rows.iter().enumerate() {
                for (column, (ink, _)) in row.iter().enumerate() {
                    if *ink != Ink::Plain {
                        table.modify(Cell::new(at + first_row, column), color(*ink));
                    }
                }
            }
        }
        for line in table.to_string().lines() {
            writeln!(out, "{}", line.trim_end())?;
        }
        Ok(())
    }

    /// Gives the two columns that may shrink what the others leave.
    fn fit(&mut self) {
        let (Some(path), Some(text)) = (self.path, self.text) else {
            return;
        };
        let columns = self.rows.iter().map(Vec::len).max().unwrap_or(0);
        let wide: Vec<usize> = (0..columns).map(|column| self.columns(column)).collect();
        if path >= columns || text >= columns {
            return;
        }
        let others: usize = wide.iter().sum::<usize>() - wide[path] - wide[text];
        let room = self
            .style
            .width
            .max(40)
            .saturating_sub(others + columns * PADDING);
        if wide[path] + wide[text] <= room {
            return;
        }
        // What one does not need goes to the other; a path can lose more before it says nothing.
        let for_path = (room * 2 / 5)
            .max(room.saturating_sub(wide[text]))
            .min(wide[path])
            .max(LEAST);
        let for_text = room.saturating_sub(for_path).max(LEAST);
        let ellipsis = self.style.symbols().ellipsis;
        for row in &mut self.rows {
            if let Some((_, cell)) = row.get_mut(path) {
                *cell = width::cut_middle(cell, for_path, 35, ellipsis);
            }
            if let Some((_, cell)) = row.get_mut(text) {
                *cell = width::cut_end(cell, for_text, ellipsis);
            }
        }
    }

    /// Columns of the widest cell, the header included.
    fn columns(&self, column: usize) -> usize {
        let cells = self
            .rows
            .iter()
            .filter_map(|row| row.get(column))
            .map(|(_, cell)| cell);
        cells
            .chain(self.header.get(column))
            .map(|cell| width::of(cell))
            .max()
            .unwrap_or(0)
    }
}

fn color(ink: Ink) -> Color {
    let style = ink.style();
    Color::new(style.render().to_string(), style.render_reset().to_string())
}
