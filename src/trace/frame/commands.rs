//! The echoed commands, and the one in force.

use std::sync::Arc;

use super::super::cut;
use crate::model::Command;

/// Most commands kept, from the start of a log and from its end.
const MAX_COMMANDS: usize = 500;
/// Longest command text kept, in bytes.
const MAX_COMMAND: usize = 2000;

/// The commands so far.
#[derive(Debug, Default)]
pub(super) struct Commands {
    list: Vec<Command>,
    count: u32,
    in_force: Option<Arc<str>>,
}

impl Commands {
    /// How many were echoed.
    pub(super) fn count(&self) -> u32 {
        self.count
    }

    /// The command in force.
    pub(super) fn in_force(&self) -> Option<&Arc<str>> {
        self.in_force.as_ref()
    }

    /// Records an echoed command.
    pub(super) fn echo(&mut self, text: &str, line: u64, section: u32) {
        let text: Arc<str> = cut::shortened(text.trim(), MAX_COMMAND).into();
        self.count += 1;
        self.in_force = Some(text.clone());
        if self.list.len() >= 2 * MAX_COMMANDS {
            self.list.remove(MAX_COMMANDS);
        }
        self.list.push(Command {
            line,
            section,
            index: self.count,
            text,
        });
    }

    /// Removes the command echoed on that line, because it was a heading: melos prints `$ melos exec` and
    /// `  └> dart analyze` around what it runs.
    pub(super) fn take_back(&mut self, line: u64) {
        if self
            .list
            .last()
            .is_some_and(|c| c.line + 1 == line && c.index == self.count)
        {
            self.list.pop();
            self.count -= 1;
            self.in_force = self.list.last().map(|c| c.text.clone());
        }
    }

    /// Another stage begins, so no command is in force.
    pub(super) fn end(&mut self) {
        self.in_force = None;
    }

    /// All commands.
    pub(super) fn finish(self) -> Vec<Command> {
        self.list
    }
}
