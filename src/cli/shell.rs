//! `completions` and `man`: made from the argument definitions.

use std::io::{self, Write};

use clap::CommandFactory;

use super::args::Cli;
use super::complaint::Complaint;
use super::exit::Exit;

/// Prints a completion script.
///
/// # Errors
/// What writing it met.
pub fn completions(shell: clap_complete::Shell) -> Result<Exit, Complaint> {
    // The generator panics where it cannot write: a closed pipe is enough.
    let mut script = Vec::new();
    clap_complete::generate(shell, &mut Cli::command(), "jobtriage", &mut script);
    io::stdout().write_all(&script)?;
    Ok(Exit::Explained)
}

/// Prints the manual page.
///
/// # Errors
/// What writing it met.
pub fn man() -> Result<Exit, Complaint> {
    clap_mangen::Man::new(Cli::command()).render(&mut io::stdout())?;
    Ok(Exit::Explained)
}
