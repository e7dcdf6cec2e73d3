//! The command line: one file is one command.

pub mod analyze;
pub mod args;
mod baseline;
mod clean;
mod complaint;
mod config;
mod console;
mod draft;
mod exit;
mod explain;
mod library;
mod output;
mod paste;
mod patterns;
mod places;
mod scan;
mod shell;
mod variables;

use std::env;

use args::{Cli, Command};
use clap::{CommandFactory, FromArgMatches};
pub use complaint::Complaint;
pub use exit::Exit;

use crate::report::sanitize;

/// Parses the command line, does the work, and returns the exit code.
pub fn main() -> Exit {
    let mut command = variables::without_empty(Cli::command());
    let parsed = command.try_get_matches_from_mut(env::args_os());
    let parsed = parsed.and_then(|matches| Cli::from_arg_matches(&matches));
    let mut cli = match parsed {
        Ok(cli) => cli,
        Err(error) => {
            // Help and version go to stdout and are no errors.
            let written = error.print().map_err(Complaint::from);
            if let Some(name) = variables::behind(&error, &command) {
                complaint::hint(&format!("the value is that of the variable {name}"));
            }
            return match written {
                _ if error.use_stderr() => Exit::Trouble,
                Ok(()) => Exit::Explained,
                Err(complaint) => ended(complaint),
            };
        }
    };
    match config::apply(&mut cli)
        .and_then(|()| run(&cli))
        .and_then(|exit| output::flush().map(|()| exit))
    {
        Ok(exit) => exit,
        Err(complaint) => ended(complaint),
    }
}

/// Ends the program: quietly for a closed pipe, else with a message.
fn ended(complaint: Complaint) -> Exit {
    complaint.tell();
    match complaint {
        Complaint::ClosedPipe => Exit::Explained,
        Complaint::Say { .. } => Exit::Trouble,
    }
}

fn run(cli: &Cli) -> Result<Exit, Complaint> {
    if console::is_runner() {
        sanitize::on_runner();
    }
    match &cli.command {
        None => analyze::run(&cli.analyze),
        Some(Command::Scan(args)) => scan::run(args),
        Some(Command::Explain(args)) => explain::run(args),
        Some(Command::Patterns(command)) => patterns::run(command),
        Some(Command::Clean(args)) => clean::run(args),
        Some(Command::Config(command)) => config::show::run(command),
        Some(Command::Completions { shell }) => shell::completions(*shell),
        Some(Command::Man) => shell::man(),
    }
}
