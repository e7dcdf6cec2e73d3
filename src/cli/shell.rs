//! `completions` and `man`: made from the argument definitions.

use std::io::{self, BufWriter, Write};

use clap::{Command, CommandFactory};
use clap_mangen::Man;

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

/// Prints the manual page: the main job, then a part for each command.
///
/// # Errors
/// What writing it met.
pub fn man() -> Result<Exit, Complaint> {
    let mut command = Cli::command();
    command.build();
    let mut out = BufWriter::new(io::stdout());
    Man::new(command.clone()).render(&mut out)?;
    part(&command, &mut out)?;
    out.flush()?;
    Ok(Exit::Explained)
}

/// Parts for the commands of a command, one level of headings down.
fn part(command: &Command, out: &mut dyn Write) -> io::Result<()> {
    for command in command.get_subcommands().filter(|c| c.get_name() != "help") {
        if command.has_subcommands() {
            part(command, out)?;
            continue;
        }
        let name = command.get_bin_name().unwrap_or(command.get_name());
        writeln!(out, ".SH \"{}\"", name.to_uppercase())?;
        let page = Man::new(command.clone());
        let mut text = Vec::new();
        page.render_description_section(&mut text)?;
        page.render_synopsis_section(&mut text)?;
        page.render_options_section(&mut text)?;
        if command.get_after_help().is_some() {
            page.render_extra_section(&mut text)?;
        }
        let text = String::from_utf8_lossy(&text).replace("\n.SH ", "\n.SS ");
        let text = text
            .strip_prefix(".SH ")
            .map_or(text.clone(), |rest| format!(".SS {rest}"));
        out.write_all(text.as_bytes())?;
    }
    Ok(())
}
