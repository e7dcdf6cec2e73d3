//! `completions` and `man`: made from the argument definitions.

use std::io;

use clap::CommandFactory;

use super::args::Cli;
use super::complaint::Complaint;
use super::exit::Exit;

/// Prints a completion script.
pub fn completions(shell: clap_complete::Shell) -> Exit {
    clap_complete::generate(shell, &mut Cli::command(), "jobtriage", &mut io::stdout());
    Exit::Explained
}

/// Prints the manual page.
///
/// # Errors
/// What writing it met.
pub fn man() -> Result<Exit, Complaint> {
    clap_mangen::Man::new(Cli::command()).render(&mut io::stdout())?;
    Ok(Exit::Explained)
}
