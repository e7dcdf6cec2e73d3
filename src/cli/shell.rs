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

/// What the program looks at besides the flags.
const ENVIRONMENT: &str = "\
.SH ENVIRONMENT
.TP
JOBTRIAGE_LANG, JOBTRIAGE_COLOR, JOBTRIAGE_JOBS, JOBTRIAGE_CACHE
In place of \\-\\-lang, \\-\\-color, \\-\\-jobs and \\-\\-cache; empty ones count as unset.
.TP
LC_ALL, LC_MESSAGES, LANG
The language of causes and fixes, where nothing else says it.
.TP
NO_COLOR, CLICOLOR, CLICOLOR_FORCE, FORCE_COLOR, TERM
Whether to use colours, where nothing else says it.
.TP
COLUMNS
Columns to fill, where nothing else says it.
.TP
XDG_CONFIG_HOME, HOME
Where your own settings and patterns are: jobtriage/jobtriage.toml and jobtriage/patterns.
";

/// Prints the manual page: the main job, then a part for each command.
///
/// # Errors
/// What writing it met.
pub fn man() -> Result<Exit, Complaint> {
    let mut command = Cli::command();
    command.build();
    let mut out = BufWriter::new(io::stdout());
    let page = Man::new(command.clone());
    page.render_title(&mut out)?;
    page.render_name_section(&mut out)?;
    page.render_synopsis_section(&mut out)?;
    page.render_description_section(&mut out)?;
    page.render_options_section(&mut out)?;
    page.render_subcommands_section(&mut out)?;
    further(&command, &mut out)?;
    out.write_all(ENVIRONMENT.as_bytes())?;
    part(&command, &mut out)?;
    page.render_version_section(&mut out)?;
    out.flush()?;
    Ok(Exit::Explained)
}

/// Parts for the commands of a command, one level of headings down.
fn part(command: &Command, out: &mut dyn Write) -> io::Result<()> {
    for command in command.get_subcommands().filter(|c| c.get_name() != "help") {
        if command.has_subcommands() {
            part(command, out)?;
            if command.get_after_help().is_none() {
                continue;
            }
        }
        let name = command.get_bin_name().unwrap_or(command.get_name());
        writeln!(out, ".SH \"{}\"", name.to_uppercase())?;
        let page = Man::new(command.clone());
        let mut text = Vec::new();
        page.render_description_section(&mut text)?;
        page.render_synopsis_section(&mut text)?;
        page.render_options_section(&mut text)?;
        further(command, &mut text)?;
        let text = String::from_utf8_lossy(&text).replace("\n.SH ", "\n.SS ");
        let text = text
            .strip_prefix(".SH ")
            .map_or(text.clone(), |rest| format!(".SS {rest}"));
        out.write_all(text.as_bytes())?;
    }
    Ok(())
}

/// What the help says below the options, under the headings that manual pages have.
fn further(command: &Command, out: &mut dyn Write) -> io::Result<()> {
    let Some(text) = command.get_after_help() else {
        return Ok(());
    };
    let (mut heading, mut verbatim) = ("", false);
    for line in text.to_string().lines() {
        let (section, rest) = match line.split_once(':') {
            Some(("Examples" | "Example", rest)) => ("EXAMPLES", rest.trim()),
            Some(("Exit codes", rest)) => ("\"EXIT STATUS\"", rest.trim()),
            // What belongs to a heading is indented.
            _ if heading.is_empty() || !line.is_empty() && !line.starts_with(' ') => {
                ("NOTES", line)
            }
            _ => (heading, line),
        };
        if section != heading {
            heading = section;
            if verbatim {
                writeln!(out, ".fi")?;
            }
            verbatim = section == "EXAMPLES";
            writeln!(out, ".SH {section}")?;
            if verbatim {
                writeln!(out, ".nf")?;
            }
        }
        let indented = line.starts_with("  ");
        if !verbatim && indented {
            writeln!(out, ".br")?;
        }
        if !rest.trim().is_empty() {
            writeln!(
                out,
                "{}",
                escaped(if verbatim { rest } else { rest.trim() })
            )?;
        }
    }
    if verbatim {
        writeln!(out, ".fi")?;
    }
    Ok(())
}

/// Text that means nothing to roff.
fn escaped(line: &str) -> String {
    let line = line.replace('\\', "\\e").replace('-', "\\-");
    if line.starts_with(['.', '\'']) {
        format!("\\&{line}")
    } else {
        line
    }
}
