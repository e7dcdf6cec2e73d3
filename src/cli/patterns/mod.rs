//! `jobtriage patterns …`: the commands for authors of patterns.

use std::io::{self, Write};

use serde::Serialize;

use super::args::Patterns;
use super::complaint::Complaint;
use super::exit::Exit;
use super::library;
use crate::report::sanitize;

mod lint;
mod list;
mod new;
mod test;
mod try_;

/// Runs it.
///
/// # Errors
/// What kept the work from being done.
pub fn run(command: &Patterns) -> Result<Exit, Complaint> {
    match command {
        Patterns::List(args) => list::run(args),
        Patterns::Lint(args) => lint::run(args),
        Patterns::Test(args) => test::run(args),
        Patterns::New(args) => new::run(args),
        Patterns::Try(args) => try_::run(args),
    }
}

/// One JSON document.
fn json(out: &mut dyn Write, value: &impl Serialize) -> io::Result<()> {
    let text = serde_json::to_string_pretty(value)?;
    writeln!(out, "{}", sanitize::clean_json(text))
}

/// The pattern files that the arguments name.
fn workshop(arguments: &[String]) -> Result<crate::authoring::Workshop, Complaint> {
    crate::authoring::Workshop::open(arguments, &library::own_layers(false))
        .map_err(|(message, hint)| Complaint::hint(message, hint))
}
