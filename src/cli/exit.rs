//! The exit codes of the program.

use std::process::ExitCode;

/// The exit codes. If several apply, the most severe wins: 2, then 3, then 1.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Default)]
pub enum Exit {
    /// 0: every failed log got a cause, or none failed.
    #[default]
    Explained,
    /// 1: some failed log has no known cause.
    Unexplained,
    /// 3: a gate that was asked for (`--fail-on`) is met.
    Gate,
    /// 2: the work could not be done as asked.
    Trouble,
    /// 130: somebody stopped it; on Unix the signal itself ends the program.
    Interrupted,
}

impl Exit {
    /// The number.
    pub fn code(self) -> u8 {
        match self {
            Exit::Explained => 0,
            Exit::Unexplained => 1,
            Exit::Trouble => 2,
            Exit::Gate => 3,
            Exit::Interrupted => 130,
        }
    }

    /// The more severe of two.
    #[must_use]
    pub fn and(self, other: Exit) -> Exit {
        self.max(other)
    }
}

impl From<Exit> for ExitCode {
    fn from(exit: Exit) -> Self {
        ExitCode::from(exit.code())
    }
}
