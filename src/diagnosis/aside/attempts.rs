//! Finds the output of attempts that failed before a later one succeeded: `attempt 1: curl: (7) …`, `attempt 2:
//! ok`.

use std::ops::RangeInclusive;

use crate::model::TailLine;

/// Most lines from one attempt to the next.
const OUTPUT: u64 = 30;
/// Longest end of a line with an attempt's result, in bytes.
const RESULT: usize = 40;

/// The lines from each failed attempt up to the later one that succeeded.
pub(super) fn failed(lines: &[TailLine]) -> Vec<RangeInclusive<u64>> {
    let mut found = Vec::new();
    let mut open: Option<(Attempt, u64, u64)> = None;
    for line in lines {
        let number = line.place.line;
        if line.command {
            open = None;
            continue;
        }
        let Some(attempt) = attempt(line.content()) else {
            continue;
        };
        let before = open
            .take()
            .filter(|(before, _, last)| before.words == attempt.words && number <= last + OUTPUT);
        let first = match before {
            Some((before, first, _)) if attempt.number > before.number => {
                if succeeds(line.content(), &attempt) {
                    found.push(first..=number);
                    continue;
                }
                first
            }
            // A further line about the same attempt.
            Some((before, first, _)) if attempt.number == before.number => first,
            _ => number,
        };
        open = Some((attempt, first, number));
    }
    found
}

/// A numbered attempt.
#[derive(Debug, PartialEq, Eq)]
struct Attempt {
    /// The words before the number, in lower case.
    words: String,
    number: u32,
}

/// Reads `attempt 1: curl: (7) …`, `[try 2/5] …`.
fn attempt(text: &str) -> Option<Attempt> {
    const WORDS: &[&str] = &["attempt", "try", "retry"];
    let lower = text.to_ascii_lowercase();
    let behind_word = WORDS.iter().find_map(|word| {
        let at = lower.find(word)?;
        let before = lower[..at].chars().next_back();
        (!before.is_some_and(char::is_alphanumeric)).then_some(at + word.len())
    })?;
    let behind = lower[behind_word..].trim_start_matches([' ', '#', ':', '(']);
    let number = behind.split(|c: char| !c.is_ascii_digit()).next()?;
    Some(Attempt {
        number: number.parse().ok()?,
        words: lower[..lower.len() - behind.len()].to_owned(),
    })
}

/// Whether an attempt's line says that it succeeded.
fn succeeds(text: &str, attempt: &Attempt) -> bool {
    const WELL: &[&str] = &[
        "ok",
        "okay",
        "succeeded",
        "success",
        "successful",
        "done",
        "passed",
        "connected",
        "ready",
    ];
    const DENIES: &[&str] = &[
        "not ", "n't", "no ", "never", "fail", "error", "giv", "abort", "skip", "un-",
    ];
    // Lower case does not change the length, so the offset holds in the original text.
    let rest = &text[attempt.words.len()..];
    let end = rest.trim_end_matches(|c: char| !c.is_alphanumeric());
    let last = end.rsplit(|c: char| !c.is_alphanumeric()).next();
    let lower = rest.to_ascii_lowercase();
    rest.len() <= RESULT
        && !DENIES.iter().any(|word| lower.contains(word))
        && last.is_some_and(|word| WELL.contains(&word.to_ascii_lowercase().as_str()))
}

#[cfg(test)]
mod tests {
    use super::super::found_in;
    use super::*;

    #[test]
    fn attempts_before_one_that_succeeded() {
        let log = "attempt 1: curl: (7) no\nattempt 2: ok\nerror: no\n";
        assert_eq!(found_in(failed, log), [1, 2]);
        let log = "try #1 of 3\ncurl: (7) no\n[Try 1/3] no\n[try 2/3] no\n[Try 3/3] Done.\n";
        assert_eq!(found_in(failed, log), [3, 4, 5]);
        for log in [
            "attempt 1: curl: (7) no\nattempt 2: curl: (7) no\n",
            "attempt 1: ok\nattempt 1: ok\n",
            "attempt 1: no\nattempt 2: not ok\n",
            "attempt 1: no\nattempt 2\n",
            "attempt 1: no\nattempt 2: failed, giving up, cleanup done\n",
            "attempt 1: no\nattempt 2: isn't ready\n",
            "attempt 1: no\nattempt 2: db un-ready\n",
            "attempt 1: no\ntry 2: ok\n",
            "attempt 1: no\n$ ./b\nattempt 2: ok\n",
            "attempt 1: no\nattempt 2: what was told to be done here, at great length, is done\n",
            "entry 1: no\nentry 2: ok\nattempts: no\nRetry\n",
        ] {
            assert_eq!(found_in(failed, log), [0; 0], "{log}");
        }
    }
}
