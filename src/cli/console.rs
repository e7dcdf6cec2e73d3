//! The terminal, asked once: colour, width, language.

use std::env;
use std::io::{self, IsTerminal};

use super::args::{Basics, Look, When};
use crate::model::Lang;
use crate::report::Style;

/// Width where nobody says any.
const WIDTH: usize = 80;

/// How to show things, from flags, environment and terminal.
pub fn style(look: &Look) -> Style {
    Style {
        why: look.why,
        all: look.all,
        ..plain_style(&look.basics)
    }
}

/// The same for commands that show neither more nor less.
pub fn plain_style(look: &Basics) -> Style {
    Style {
        color: color(look.color.unwrap_or(When::Auto)),
        width: look.width.unwrap_or_else(width),
        lang: lang(look),
        ascii: look.ascii || env::var("TERM").is_ok_and(|t| t == "linux"),
        why: false,
        all: false,
        // No flags of the looks, but of the output: who opens the reports knows them.
        top: None,
        listed: None,
        max_bytes: None,
    }
}

/// The language of causes and fixes: the flag, else the locale.
pub fn lang(look: &Basics) -> Lang {
    lang_of(look.lang)
}

/// The same where nothing else of the looks can be chosen.
pub fn lang_of(flag: Option<Lang>) -> Lang {
    flag.unwrap_or_else(|| {
        let locale = ["LC_ALL", "LC_MESSAGES", "LANG"]
            .iter()
            .find_map(|name| set(name));
        if locale.is_some_and(|l| l.starts_with("ko")) {
            Lang::Ko
        } else {
            Lang::En
        }
    })
}

fn color(when: When) -> bool {
    match when {
        When::Always => true,
        When::Never => false,
        When::Auto => {
            let off = set("NO_COLOR").is_some() || env::var("CLICOLOR").is_ok_and(|v| v == "0");
            let forced = ["CLICOLOR_FORCE", "FORCE_COLOR"]
                .iter()
                .any(|n| set(n).is_some_and(|v| v != "0"));
            if off {
                return false;
            }
            let dumb = env::var("TERM").is_ok_and(|t| t == "dumb");
            // GitLab and GitHub render colours in job logs; what a job writes into a file is not read there.
            let in_job = set("GITLAB_CI").is_some() || set("GITHUB_ACTIONS").is_some();
            let rendered = in_job && !goes_into_a_file();
            forced || (io::stdout().is_terminal() && !dumb) || rendered
        }
    }
}

/// Is standard output a regular file, as behind `> triage.txt`?
#[cfg(unix)]
fn goes_into_a_file() -> bool {
    use rustix::fs::{FileType, fstat};
    fstat(io::stdout())
        .is_ok_and(|stat| FileType::from_raw_mode(stat.st_mode) == FileType::RegularFile)
}

/// Nobody says; runners elsewhere hand a pipe to what they run.
#[cfg(not(unix))]
fn goes_into_a_file() -> bool {
    false
}

/// Does a runner read what is written, that takes `##[…]` for a command: GitHub's, the agent of Azure Pipelines?
pub fn is_runner() -> bool {
    set("GITHUB_ACTIONS").is_some() || set("TF_BUILD").is_some()
}

fn set(name: &str) -> Option<String> {
    env::var(name).ok().filter(|value| !value.is_empty())
}

fn width() -> usize {
    if let Some(columns) = set("COLUMNS").and_then(|c| c.parse().ok()) {
        return columns;
    }
    terminal_width().unwrap_or(WIDTH)
}

#[cfg(unix)]
fn terminal_width() -> Option<usize> {
    let size = rustix::termios::tcgetwinsize(io::stdout()).ok()?;
    (size.ws_col > 0).then_some(usize::from(size.ws_col))
}

#[cfg(not(unix))]
fn terminal_width() -> Option<usize> {
    None
}
