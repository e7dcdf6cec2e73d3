//! AWS CodeBuild: the text behind `[Container] 2026/05/01 10:00:00.123456 ` (`[Instance] …` if no container
//! runs it).

use super::super::verdict::integer;
use crate::model::Outcome;

/// What such a line says.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Says<'t> {
    /// A phase begins.
    Enters(&'t str),
    /// A command of the build specification runs.
    Runs(&'t str),
    /// A command failed, with its exit code. A command of several lines has the code on the last of them.
    Failed(Option<i64>),
    /// A phase ended with that outcome.
    Ended(&'t str, Outcome),
}

/// Reads a line of CodeBuild's own; `None` for any other.
pub fn says(line: &str) -> Option<Says<'_>> {
    let said = own(line)?;
    if let Some(phase) = said.strip_prefix("Entering phase ") {
        return Some(Says::Enters(phase.trim_end()));
    }
    if let Some(command) = said.strip_prefix(RUNNING) {
        return Some(Says::Runs(command));
    }
    if let Some(command) = said.strip_prefix("Command did not exit successfully ") {
        let code = command.rsplit_once(" exit status ");
        return Some(Says::Failed(code.and_then(|(_, code)| integer(code))));
    }
    let (phase, state) = said.strip_prefix("Phase complete: ")?.split_once(' ')?;
    let outcome = match state.trim_end() {
        // The second form is that of builds before 2018.
        "State: SUCCEEDED" | "Success: true" => Outcome::Succeeded,
        "State: TIMED_OUT" => Outcome::TimedOut,
        "State: STOPPED" => Outcome::Canceled,
        "Success: false" => Outcome::Failed,
        // FAILED, FAULT, CLIENT_ERROR, FAILED_WITH_ABORT and any other state.
        state if state.starts_with("State: ") => Outcome::Failed,
        _ => return None,
    };
    Some(Says::Ended(phase, outcome))
}

/// Whether the line only repeats the command that runs next.
#[inline]
pub fn is_echo(line: &[u8]) -> bool {
    let marked = line.starts_with(b"[Container] ") || line.starts_with(b"[Instance] ");
    let said = || own(std::str::from_utf8(line).ok()?);
    marked && said().is_some_and(|said| said.starts_with(RUNNING))
}

const RUNNING: &str = "Running command ";

/// The text behind the mark and the time.
fn own(line: &str) -> Option<&str> {
    let line = line
        .strip_prefix("[Container] ")
        .or_else(|| line.strip_prefix("[Instance] "))?;
    let (date, line) = line.split_once(' ')?;
    let (time, said) = line.split_once(' ')?;
    let form = |text: &str, mark: char| {
        text.chars()
            .all(|c| c.is_ascii_digit() || c == mark || c == '.')
    };
    (form(date, '/') && form(time, ':')).then_some(said)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn read(said: &str) -> Option<Says<'static>> {
        let line = format!("[Container] 2026/05/01 10:00:00.123456 {said}").leak();
        says(line)
    }

    #[test]
    fn what_it_says_is_read() {
        assert_eq!(
            read("Entering phase PRE_BUILD"),
            Some(Says::Enters("PRE_BUILD"))
        );
        assert_eq!(
            read("Running command make test"),
            Some(Says::Runs("make test"))
        );
        assert_eq!(
            read("Command did not exit successfully make test exit status 2"),
            Some(Says::Failed(Some(2)))
        );
        assert_eq!(
            read("Command did not exit successfully set -e"),
            Some(Says::Failed(None))
        );
        assert_eq!(
            read("Phase complete: BUILD State: FAILED"),
            Some(Says::Ended("BUILD", Outcome::Failed))
        );
        assert_eq!(
            read("Phase complete: POST_BUILD Success: true"),
            Some(Says::Ended("POST_BUILD", Outcome::Succeeded))
        );
        let instance = "[Instance] 2026/04/27 10:05:15.841823 Entering phase BUILD";
        assert_eq!(says(instance), Some(Says::Enters("BUILD")));
        assert!(is_echo(
            b"[Container] 2026/05/01 10:00:00 Running command make"
        ));
    }

    #[test]
    fn other_lines_are_left_alone() {
        for line in [
            "Entering phase BUILD",
            "[Container] Entering phase BUILD",
            "[Container] 2026/05/01 ten Entering phase BUILD",
            "[web] 2026/05/01 10:00:00 Entering phase BUILD",
            "[Container] 2026/05/01 10:00:00 Phase complete: BUILD in 3 s",
            "[Container] 2026/05/01 10:00:00 Phase context status code: COMMAND_EXECUTION_ERROR",
        ] {
            assert_eq!(says(line), None, "{line}");
        }
        assert!(!is_echo(
            b"[Container] 2026/05/01 10:00:00 Entering phase BUILD"
        ));
    }
}
