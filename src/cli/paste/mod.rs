//! A log pasted into the terminal.
//!
//! [`stream`] converts the terminal's input to text; `terminal` turns line mode off and restores it on every
//! way out. The text is analysed while it arrives, so a paste of any size needs no memory of its own.

use std::io::{self, Write};

use crate::source::{self, Reading, Refusal, Source};

#[cfg(unix)]
mod stream;
#[cfg(unix)]
mod terminal;

/// Asks for a paste. What is pasted is read while the source is.
///
/// # Errors
/// An empty paste, or one that is no text.
pub fn receive(reading: Reading) -> Result<Source<'static>, Refusal> {
    source::prepare(source::PASTE.to_owned(), open(), reading)
}

#[cfg(unix)]
fn open() -> Box<dyn io::Read + Send> {
    use std::io::IsTerminal;
    if io::stdin().is_terminal()
        && let Ok(terminal) = terminal::Terminal::open(io::stdin())
    {
        return Box::new(terminal);
    }
    prompt("Paste the job log here, then press Ctrl-D.");
    Box::new(io::stdin())
}

#[cfg(not(unix))]
fn open() -> Box<dyn io::Read + Send> {
    prompt("Paste the job log here, then press Ctrl-Z and Enter.");
    Box::new(io::stdin())
}

/// Says what to do. Where stderr is closed, nobody can be told anything.
fn prompt(what: &str) {
    let _ = writeln!(io::stderr(), "{what}        (or: jobtriage FILE · --help)");
}
