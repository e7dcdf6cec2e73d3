//! The program, untouched by the settings of whoever runs the tests.

use std::path::Path;
use std::process::{Command, Stdio};

/// A run of it; `home` holds the user's settings.
pub fn command(args: &[&str], home: &Path) -> Command {
    let mut command = Command::new(env!("CARGO_BIN_EXE_jobtriage"));
    command.args(args);
    for name in [
        "NO_COLOR",
        "CLICOLOR_FORCE",
        "FORCE_COLOR",
        "GITLAB_CI",
        "GITHUB_ACTIONS",
        "TF_BUILD",
        "COLUMNS",
        "LC_ALL",
        "LC_MESSAGES",
        "JOBTRIAGE_LANG",
    ] {
        command.env_remove(name);
    }
    command
        .env("LANG", "C.UTF-8")
        .env("XDG_CONFIG_HOME", home)
        .stdin(Stdio::null());
    command
}
