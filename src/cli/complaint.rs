//! Errors, reported in one line: what, where, and what to do.

use std::io;

use crate::model::Problem;
use crate::pattern::PatternError;
use crate::report::sanitize;

/// An error that ends a command.
#[derive(Debug)]
pub enum Complaint {
    /// An error with a message and advice.
    Say {
        /// What is wrong.
        message: String,
        /// What to do.
        hint: Option<String>,
    },
    /// The reader of the output has gone, so the program ends quietly.
    ClosedPipe,
}

impl Complaint {
    /// A trouble without advice.
    pub fn new(message: impl Into<String>) -> Self {
        Complaint::Say {
            message: message.into(),
            hint: None,
        }
    }

    /// A trouble with advice.
    pub fn hint(message: impl Into<String>, hint: impl Into<String>) -> Self {
        Complaint::Say {
            message: message.into(),
            hint: Some(hint.into()),
        }
    }

    /// Prints it on stderr.
    pub fn tell(&self) {
        if let Complaint::Say { message, hint } = self {
            tell(message, hint.as_deref());
        }
    }
}

impl From<io::Error> for Complaint {
    fn from(error: io::Error) -> Self {
        if error.kind() == io::ErrorKind::BrokenPipe {
            Complaint::ClosedPipe
        } else {
            Complaint::new(format!(
                "cannot write the result: {}",
                crate::source::reason(&error)
            ))
        }
    }
}

/// Prints what could not be read.
pub fn tell_problem(problem: &Problem) {
    tell(
        &format!("'{}': {}", problem.source, problem.message),
        problem.hint.as_deref(),
    );
}

/// Prints what is wrong with a pattern file.
pub fn tell_pattern(fault: &PatternError) {
    tell(&fault.to_string(), fault.hint.as_deref());
}

/// Prints advice below an error on stderr.
pub fn hint(hint: &str) {
    use std::io::Write;
    let _ = writeln!(io::stderr(), "  hint: {}", sanitize::clean(hint));
}

/// Prints one line on stderr, and one for the advice.
pub fn tell(message: &str, hint: Option<&str>) {
    use std::io::Write;
    let mut err = io::stderr().lock();
    // If stderr is closed, the message is lost.
    let _ = writeln!(err, "jobtriage: {}", sanitize::clean(message));
    if let Some(hint) = hint {
        let _ = writeln!(err, "  hint: {}", sanitize::clean(hint));
    }
}
