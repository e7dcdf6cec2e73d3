//! Judges lines without a telling word: which may still say why, and which say nothing.

use super::telling;

/// Whether a line describes an option of a program: `  --required   treat what is missing as an error`.
pub(super) fn is_option(line: &str) -> bool {
    let Some(text) = line.strip_prefix([' ', '\t']) else {
        return false;
    };
    let text = text.trim_start();
    let named = text.strip_prefix("--").or_else(|| text.strip_prefix('-'));
    named.is_some_and(|name| {
        name.starts_with(|c: char| c.is_ascii_alphabetic())
            && (name.contains("  ") || name.contains('\t'))
    })
}

/// Whether a line quotes source with its number: `13 │ raise ValueError("…")`, `> 13 | throw …`.
pub(super) fn is_source(line: &str) -> bool {
    let text = line.trim_start();
    let text = ["\u{2502}", "\u{2771}", ">", "\u{2192}"]
        .iter()
        .fold(text, |text, mark| {
            text.strip_prefix(mark).unwrap_or(text).trim_start()
        });
    let behind = text.trim_start_matches(|c: char| c.is_ascii_digit());
    let numbered = behind.len() < text.len() && text.len() - behind.len() <= 5;
    numbered && behind.trim_start().starts_with(['\u{2502}', '|'])
}

/// Whether a line may say why if no line has a telling word: it says that something is not so, or should be
/// otherwise.
pub(super) fn may_tell(line: &str) -> bool {
    const WORDS: &[&str] = &[
        "absent",
        "allowed",
        "bad",
        "below",
        "breach",
        "broken",
        "didn't",
        "differ",
        "differs",
        "doesn't",
        "duplicate",
        "fehlt",
        "gave up",
        "has no",
        "have no",
        "held by",
        "in no",
        "instead of",
        "is no",
        "isn't",
        "lacks",
        "less than",
        "limit",
        "longer than",
        "more than",
        "never",
        "nicht",
        "nobody",
        "not",
        "only",
        "outdated",
        "should",
        "slower",
        "stale",
        "to no",
        "too",
        "twice",
        "unhealthy",
        "unreachable",
        "violates",
        "wanted",
    ];
    const SIGNS: &[&str] = &[
        "않습니다",
        "없습니다",
        "못했습니다",
        "아닙니다",
        "ません",
        "禁止",
        "不",
    ];
    if telling::is_calm(line.as_bytes()) || has_passed(line) {
        return false;
    }
    let lower = line.to_lowercase();
    let ends = |rest: &str| !rest.starts_with(char::is_alphanumeric);
    let alone = |at: usize, word: &str| {
        !lower[..at].ends_with(char::is_alphanumeric) && ends(&lower[at + word.len()..])
    };
    WORDS
        .iter()
        .any(|word| lower.match_indices(word).any(|(at, _)| alone(at, word)))
        || SIGNS.iter().any(|sign| line.contains(sign))
}

/// Words up to which a line says only that something ended (`rolled back`, `sync stopped`, `done.`).
const FEW: usize = 2;

/// Whether a line only says how something ended.
pub(super) fn is_end(line: &str) -> bool {
    const ENDS: &[&str] = &[
        "aborted",
        "back",
        "bye",
        "closed",
        "complete",
        "completed",
        "done",
        "ended",
        "exit",
        "exiting",
        "finished",
        "stopped",
        "up",
    ];
    let text = line.trim().trim_end_matches(['.', '!']);
    let last = text.rsplit(' ').next();
    text.split(' ').count() <= FEW
        && last.is_some_and(|word| ENDS.iter().any(|end| end.eq_ignore_ascii_case(word)))
}

/// Whether a line only gives advice, or says where to read more.
pub(super) fn is_advice(line: &str) -> bool {
    const BEGINS: &[&str] = &[
        "Docs: ",
        "Example: ",
        "Fix: ",
        "For ",
        "Hint: ",
        "Learn ",
        "More ",
        "Please ",
        "Report ",
        "Run ",
        "See ",
        "Tip: ",
        "To ",
        "Try ",
        "Usage: ",
        "Use ",
        "Visit ",
        "see ",
    ];
    let text = line.trim_start_matches(|c: char| !c.is_alphanumeric());
    // `app:check [--only NAME] [--force]`
    let synopsis = text
        .split_once(' ')
        .is_some_and(|(_, rest)| rest.starts_with("[-") && rest.ends_with(']'));
    synopsis || BEGINS.iter().any(|begin| text.starts_with(begin))
}

/// Whether a line reports success, whatever the name in it: `error handling: 12 passed`, `rejects invalid input
/// ... ok`.
pub(super) fn has_passed(text: &str) -> bool {
    let ends = ["passed", "PASSED", "... ok", "... OK", ": ok", ": OK"];
    let text = text.trim_end_matches(['.', '!', ')', ' ']);
    let counted = || text.bytes().any(|b| b.is_ascii_digit()) && words_of_failure(text);
    // `TEST PASSED: …`
    let heads = text
        .split_once(": ")
        .is_some_and(|(head, _)| head == "PASS" || head.ends_with("PASSED"));
    heads || ends.iter().any(|end| text.ends_with(end)) && !counted()
}

/// `2 failed, 10 passed`
fn words_of_failure(text: &str) -> bool {
    let lower = text.to_ascii_lowercase();
    [" failed", " failure", " failing", " errors"]
        .iter()
        .any(|word| lower.contains(word))
}

#[cfg(test)]
mod tests {
    use super::super::telling::score;
    use super::*;

    #[test]
    fn how_a_program_is_used_and_its_source_tell_nothing() {
        for line in [
            "  --required            treat missing targets as fatal",
            "  -f, --force\tgo on after errors",
            "  13 \u{2502} raise ValueError('error')",
            "\u{2502}   13 \u{2502}   if 'error' in cfg: raise ValueError('error')    \u{2502}",
            "> 13 | throw new Error('failed')",
            "error handling: 12 passed",
            "  rejects invalid input ... ok",
            "TEST PASSED: booked without 500 errors!",
        ] {
            assert_eq!(score(line), 0, "{line}");
        }
        for line in [
            "--required: missing",
            "| 3 | login failed |",
            "4 failed, 3 passed",
            "  - error in a.yml",
        ] {
            assert!(score(line) > 0, "{line}");
        }
    }

    #[test]
    fn what_says_that_something_is_not_so_may_tell() {
        for line in [
            "nl.json lacks cart.empty",
            "render is 30 % slower than the base",
            "d-7 never became healthy",
        ] {
            assert!(may_tell(line), "{line}");
        }
        for line in ["types: no errors found", "3112 lines read", "nothing to do"] {
            assert!(!may_tell(line), "{line}");
        }
        assert!(is_advice("See the report at https://ci.example.com/cov/81"));
        assert!(is_advice("app:check [--only NAME] [--force]"));
        assert!(!is_advice("Running 3 checks"));
        assert!(!is_end("Zugriff verweigert"));
        assert!(
            is_end("rolled back") && is_end("done.") && !is_end("store.go: 3") && !is_end("a b c")
        );
    }
}
