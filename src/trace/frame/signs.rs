//! Lines by which a log of GitHub Actions is known where its marks (`##[…]`) are lost, as in a window that was
//! copied from the web page.
//!
//! Each may also stand in what a program prints, so two kinds of them are needed (runner: JobRunner.cs,
//! ActionManager.cs and Handlers/ScriptHandler.cs).

use super::super::header::{is_action, is_shell};

/// How lines begin that the runner prints while it sets up a job, and when it has ended.
const OWN: &[&str] = &[
    "Current runner version: '",
    "Complete job name: ",
    "Download action repository '",
    "Prepare workflow directory",
    "Post job cleanup.",
    "Cleaning up orphan processes",
];

/// Which kinds were seen, a bit each.
#[derive(Debug, Default)]
pub(super) struct Signs(u8);

impl Signs {
    /// Reads a line. The web page indents the lines of a step's header.
    pub(super) fn read(&mut self, text: &str) {
        let line = text.trim();
        let kind = if line.strip_prefix("Run ").is_some_and(is_action) {
            Some(OWN.len())
        } else if is_shell(line.as_bytes()) {
            Some(OWN.len() + 1)
        } else {
            OWN.iter().position(|begin| line.starts_with(begin))
        };
        if let Some(kind) = kind {
            self.0 |= 1 << kind;
        }
    }

    /// Whether two kinds were seen.
    pub(super) fn are_enough(&self) -> bool {
        self.0.count_ones() >= 2
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn known(lines: &[&str]) -> bool {
        let mut signs = Signs::default();
        lines.iter().for_each(|line| signs.read(line));
        signs.are_enough()
    }

    #[test]
    fn two_kinds_of_lines_are_needed() {
        let (step, shell) = ("Run actions/checkout@v4", "  shell: /usr/bin/bash -e {0}");
        assert!(known(&[step, shell]));
        assert!(known(&[shell, "Complete job name: build (20, x64)"]));
        assert!(known(&[
            "Prepare workflow directory",
            "Current runner version: '2.320.0'"
        ]));
        assert!(known(&[step, "Post job cleanup."]));
        assert!(!known(&[step, "Run actions/cache@v4"]));
        assert!(!known(&[shell]));
        assert!(!known(&[step, "shell: bash"]));
        assert!(!known(&["Run actions of all kinds", shell]));
        assert!(!known(&["- run: Run actions/checkout@v4", shell]));
    }
}
