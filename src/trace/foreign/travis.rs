//! Travis CI: its folds, and how a command ended.

use super::super::verdict::integer;

/// Whether a line is a mark of Travis CI: a fold, or the time of a command.
#[inline]
pub fn is_mark(line: &[u8]) -> bool {
    line.starts_with(b"travis_fold:") || line.starts_with(b"travis_time:")
}

/// The start or the end of a command.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Timed<'t> {
    /// It begins; the text is its number.
    Start(&'t str),
    /// It has ended.
    End(&'t str),
}

/// Reads the time mark of a command (travis-build: bash/travis_time_start.bash, bash/travis_time_finish.bash).
pub fn timed(line: &str) -> Option<Timed<'_>> {
    let (edge, rest) = line.strip_prefix("travis_time:")?.split_once(':')?;
    let number = rest.split(':').next().unwrap_or(rest).trim_end();
    match edge {
        "start" => Some(Timed::Start(number)),
        "end" => Some(Timed::End(number)),
        _ => None,
    }
}

/// The start or the end of a fold.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Fold<'t> {
    /// It begins; the name is without the number of its command.
    Start(&'t str),
    /// It ends.
    End(&'t str),
}

/// Reads the mark of a fold (travis-build: bash/travis_fold.bash). Output outside of folds is mostly the job's
/// own script.
pub fn fold(line: &str) -> Option<Fold<'_>> {
    let (edge, name) = line.strip_prefix("travis_fold:")?.split_once(':')?;
    let name = name.trim_end();
    let unnumbered = name.trim_end_matches(|c: char| c.is_ascii_digit());
    let name = unnumbered.strip_suffix('.').unwrap_or(name);
    match edge {
        "start" => Some(Fold::Start(name)),
        "end" => Some(Fold::End(name)),
        _ => None,
    }
}

/// The fold in which `R CMD check` runs.
pub const R_CHECK: &str = "R-check";
/// Closing lines of a failed check, below the folds that show its files (travis-build: script/r.rb).
pub const R_CHECK_FAILED: &[&str] = &[
    "R CMD check failed",
    "Found warnings, treating as errors (as requested).",
];

/// Whether a line says how a command ended; for a command of several lines, the last line of that message.
pub fn has_ended(line: &str) -> bool {
    let begins = line.starts_with("The command \"") || line.starts_with("\" ");
    begins && exit_code(line).is_some()
}

/// The exit code in `The command "make test" exited with 2.`, or in the last line of that message if the
/// command has several lines (travis-build: bash/travis_result.bash).
pub(super) fn exit_code(line: &str) -> Option<i64> {
    let (_, said) = line.rsplit_once("\" ")?;
    let code = said
        .strip_prefix("exited with ")
        .or_else(|| said.strip_prefix("failed and exited with "))?;
    integer(code)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn phases_are_folded() {
        assert_eq!(
            fold("travis_fold:start:install.1"),
            Some(Fold::Start("install"))
        );
        assert_eq!(
            fold("travis_fold:end:install.1"),
            Some(Fold::End("install"))
        );
        let started = timed("travis_time:start:01ab");
        assert_eq!(started, Some(Timed::Start("01ab")));
        let ended = timed("travis_time:end:01ab:start=1,finish=2");
        assert_eq!(ended, Some(Timed::End("01ab")));
        assert_eq!(timed("travis_time:01ab"), None);
        for line in [
            "travis_fold: start",
            "travis_time:start:01ab",
            " travis_fold:start:x",
            "travis_fold:start",
        ] {
            assert_eq!(fold(line), None, "{line}");
        }
        assert!(is_mark(b"travis_time:end:01ab:start=1,finish=2,duration=1"));
        assert!(!is_mark(b"travis_wait 30 mvn test"));
    }
}
