//! The program, untouched by the settings of whoever runs the tests.

use std::env;
use std::process::{Command, Stdio};

/// What decides of the program's words, colours and width.
const SETTINGS: &[&str] = &[
    "NO_COLOR",
    "CLICOLOR",
    "CLICOLOR_FORCE",
    "FORCE_COLOR",
    "TERM",
    "CI",
    "GITLAB_CI",
    "GITHUB_ACTIONS",
    "TF_BUILD",
    "COLUMNS",
    "LC_ALL",
    "LC_MESSAGES",
];

/// A run of it.
pub fn command(args: &[&str]) -> Command {
    let mut command = Command::new(env!("CARGO_BIN_EXE_jobtriage"));
    command.args(args);
    settle(&mut command);
    command
}

/// Takes the settings of whoever runs the tests from a command that will start it.
pub fn settle(command: &mut Command) {
    for name in SETTINGS {
        command.env_remove(name);
    }
    for (name, _) in env::vars_os() {
        if name.to_string_lossy().starts_with("JOBTRIAGE_") {
            command.env_remove(name);
        }
    }
    command
        .env("LANG", "C.UTF-8")
        .env("XDG_CONFIG_HOME", "/nonexistent")
        .stdin(Stdio::null());
}
