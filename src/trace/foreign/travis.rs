//! Travis CI: folds, and how a command ended.

use super::super::verdict::integer;

/// Is that a mark of Travis CI: a fold, or the time of a command?
#[inline]
pub fn is_mark(line: &[u8]) -> bool {
    line.starts_with(b"travis_fold:") || line.starts_with(b"travis_time:")
}

/// The fold that Travis CI opens (`Some(Some(name))`, the number of its command left out) or closes (`Some(None)`) in this
/// line (travis-build: bash/travis_fold.bash). What stands in no fold is mostly the job's own script.
pub fn fold(line: &str) -> Option<Option<&str>> {
    let (edge, name) = line.strip_prefix("travis_fold:")?.split_once(':')?;
    match edge {
        "start" => {
            let name = name.trim_end();
            let unnumbered = name.trim_end_matches(|c: char| c.is_ascii_digit());
            Some(Some(unnumbered.strip_suffix('.').unwrap_or(name)))
        }
        "end" => Some(None),
        _ => None,
    }
}

/// The exit code in `The command "make test" exited with 2.`, and in its last line where the command has several
/// (travis-build: bash/travis_result.bash).
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
        assert_eq!(fold("travis_fold:start:install.1"), Some(Some("install")));
        assert_eq!(fold("travis_fold:end:install.1"), Some(None));
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
