//! `jobtriage patterns …`: for those who write them.

use super::args::Patterns;
use super::complaint::Complaint;
use super::exit::Exit;
use super::library;

mod lint;
mod list;
mod test;

/// Runs it.
///
/// # Errors
/// What kept the work from being done.
pub fn run(command: &Patterns) -> Result<Exit, Complaint> {
    match command {
        Patterns::List(args) => list::run(args),
        Patterns::Lint(args) => lint::run(args),
        Patterns::Test(args) => test::run(args),
    }
}

/// The pattern files that the arguments name.
fn workshop(arguments: &[String]) -> Result<crate::authoring::Workshop, Complaint> {
    crate::authoring::Workshop::open(arguments, &library::own_layers(false))
        .map_err(|(message, hint)| Complaint::hint(message, hint))
}
