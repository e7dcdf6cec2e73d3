//! A grid of cells whose rows never wrap.
//!
//! The grid cleans cells, cuts them to fit the width, and `tabled` lays them out. Two columns may shrink: a
//! path loses its middle, a text its end.

use std::io::{self, Write};

use tabled::builder::Builder;
use tabled::settings::object::{Cell, Columns, Rows};
use tabled::settings::style::HorizontalLine;
use tabled::settings::{Alignment, Color};

use super::paint::Ink;
use super::{Style, sanitize, width};

/// Columns that `tabled` adds around a cell.
const PADDING: usize = 2;
/// Fewest columns of a shortened cell.
const LEAST: usize = 8;

/// A grid under construction.
pub struct Grid<'s> {
    style: &'s Style,
    header: Vec<String>,
    rows: Vec<Vec<(Ink, String)>>,
    /// Widths of the columns in rows that come later, as far as they were measured.
    widest: Vec<usize>,
    path: Option<usize>,
    text: Option<usize>,
    right: Vec<usize>,
}

impl<'s> Grid<'s> {
    /// Creates a grid with these column names, or without a header if there are none.
    pub fn new(style: &'s Style, header: Vec<String>) -> Self {
        Grid {
            style,
            header,
            rows: Vec::new(),
            widest: Vec::new(),
            path: None,
            text: None,
            right: Vec::new(),
        }
    }

    /// Indents a column's name by the width of the marks in its cells.
    pub fn indent_header(&mut self, column: usize, by: usize) -> &mut Self {
        if let Some(name) = self.header.get_mut(column) {
            name.insert_str(0, &" ".repeat(by));
        }
        self
    }

    /// Sets the column whose cells lose their middle.
    pub fn path(&mut self, column: usize) -> &mut Self {
        self.path = Some(column);
        self
    }

    /// Sets the column whose cells lose their end.
    pub fn text(&mut self, column: usize) -> &mut Self {
        self.text = Some(column);
        self
    }

    /// Aligns a column on the right.
    pub fn right(&mut self, column: usize) -> &mut Self {
        self.right.push(column);
        self
    }

    /// Reserves room for a row that comes later.
    pub fn measure(&mut self, cells: Vec<(Ink, String)>) {
        let cells = tidy(cells);
        if self.widest.is_empty() {
            self.widest = self.header.iter().map(|name| width::of(name)).collect();
        }
        self.widest.resize(cells.len().max(self.widest.len()), 0);
        for (widest, (_, cell)) in self.widest.iter_mut().zip(&cells) {
            *widest = width::of(cell).max(*widest);
        }
    }

    /// Adds a row.
    pub fn row(&mut self, cells: Vec<(Ink, String)>) {
        self.rows.push(tidy(cells));
    }

    /// Must cells be shortened?
    pub fn is_too_wide(&self) -> bool {
        let columns = self.rows.iter().map(Vec::len).max().unwrap_or(0);
        let all: usize = (0..columns)
            .map(|column| self.columns(column) + PADDING)
            .sum();
        all > self.style.width.max(40)
    }

    /// Shortens, lays out, writes.
    pub fn write(mut self, out: &mut dyn Write) -> io::Result<()> {
        self.write_rows(out)
    }

    /// Writes the rows added so far, and the header with the first of them. If all rows were measured, their
    /// columns line up.
    pub fn write_rows(&mut self, out: &mut dyn Write) -> io::Result<()> {
        let wide = self.fit();
        self.pad(&wide);
        self.lay_out(out)?;
        self.header.clear();
        self.rows.clear();
        Ok(())
    }

    fn lay_out(&self, out: &mut dyn Write) -> io::Result<()> {
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

    /// Pads the first row to the widths of rows that are written separately.
    fn pad(&mut self, wide: &[usize]) {
        if self.widest.is_empty() {
            return;
        }
        for (column, (_, cell)) in self.rows.iter_mut().take(1).flatten().enumerate() {
            let room = wide[column].saturating_sub(width::of(cell));
            let at = if self.right.contains(&column) {
                0
            } else {
                cell.len()
            };
            cell.insert_str(at, &" ".repeat(room));
        }
    }

    /// Gives the two columns that may shrink the room that the others leave. Returns the widths of all columns.
    fn fit(&mut self) -> Vec<usize> {
        let columns = self.rows.iter().map(Vec::len).max().unwrap_or(0);
        let mut wide: Vec<usize> = (0..columns).map(|column| self.columns(column)).collect();
        let (Some(path), Some(text)) = (self.path, self.text) else {
            return wide;
        };
        if path >= columns || text >= columns {
            return wide;
        }
        let others: usize = wide.iter().sum::<usize>() - wide[path] - wide[text];
        let room = self
            .style
            .width
            .max(40)
            .saturating_sub(others + columns * PADDING);
        if wide[path] + wide[text] <= room {
            return wide;
        }
        // Room that one of them does not need goes to the other. A path can lose more before it becomes
        // meaningless.
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
        wide[path] = wide[path].min(for_path);
        wide[text] = wide[text].min(for_text);
        wide
    }

    /// Width of the widest cell in a column, with the header.
    fn columns(&self, column: usize) -> usize {
        let cells = self
            .rows
            .iter()
            .filter_map(|row| row.get(column))
            .map(|(_, cell)| cell);
        cells
            .chain(self.header.get(column))
            .map(|cell| width::of(cell))
            .chain(self.widest.get(column).copied())
            .max()
            .unwrap_or(0)
    }
}

/// Cells that contain no line break and no command for a runner.
fn tidy(mut cells: Vec<(Ink, String)>) -> Vec<(Ink, String)> {
    for (_, cell) in &mut cells {
        *cell = sanitize::clean(cell).into_owned();
    }
    // A line that starts with `::` is a command to the GitHub runner. A path can be written without it.
    if let Some((_, first)) = cells
        .first_mut()
        .filter(|(_, first)| first.starts_with("::"))
    {
        first.insert_str(0, "./");
    }
    cells
}

fn color(ink: Ink) -> Color {
    let style = ink.style();
    Color::new(style.render().to_string(), style.render_reset().to_string())
}
