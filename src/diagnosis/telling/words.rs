//! Telling words of failures, calming words that make a line harmless, and how both are found.

use std::ops::Range;

/// Telling words and their scores.
const WORDS: &[(&str, i32)] = &[
    ("fatal", 8),
    ("panicked at", 9),
    ("panic:", 8),
    ("exception", 6),
    ("traceback", 5),
    ("segmentation fault", 9),
    ("core dumped", 7),
    ("assertion", 6),
    ("assert", 5),
    ("error:", 8),
    ("error", 6),
    ("err!", 6),
    ("failed", 6),
    ("failure", 5),
    ("fail:", 7),
    ("not ok ", 7),
    ("no such file", 7),
    ("not found", 6),
    ("could not", 6),
    ("couldn't", 6),
    ("cannot ", 6),
    ("can't ", 5),
    ("unable to", 6),
    ("denied", 6),
    ("forbidden", 5),
    ("unauthorized", 5),
    ("refused", 5),
    ("timed out", 6),
    ("timeout", 4),
    ("invalid", 6),
    ("illegal", 5),
    ("undefined", 5),
    ("unresolved", 5),
    ("unexpected", 5),
    ("unrecognized", 6),
    ("unknown", 5),
    ("unsupported", 5),
    ("missing", 5),
    ("required", 3),
    ("must ", 3),
    ("aborted", 5),
    ("aborting", 4),
    ("killed", 5),
    ("terminated", 5),
    ("mismatch", 5),
    ("not match", 6),
    ("conflict", 5),
    ("expected", 4),
    ("violation", 5),
    ("exceeded", 5),
    ("exceeds", 5),
    ("corrupt", 5),
    ("does not exist", 6),
    ("doesn't exist", 6),
    ("is not ", 4),
    ("no matching", 5),
    ("already exists", 5),
    ("out of date", 4),
    ("out of memory", 8),
    ("requires ", 4),
    ("not met", 6),
    ("not allowed", 6),
    ("not permitted", 6),
    ("not supported", 5),
    ("not installed", 6),
    ("not authorized", 6),
    ("not recognized", 6),
    ("not valid", 6),
    ("not enough", 5),
    ("incompatible", 6),
    ("no space left", 8),
    ("too large", 5),
    ("too old", 6),
    ("rate limit", 5),
    ("blocked", 4),
    ("rejected", 5),
    ("expired", 5),
    ("malformed", 6),
    ("crashed", 6),
    ("wrong", 5),
    ("usage:", 2),
    ("exit code", 2),
    ("exit status", 2),
    ("오류", 6),
    ("실패", 6),
    ("fehler", 6),
    ("fehlgeschlagen", 6),
    ("erreur", 6),
    ("échec", 5),
    ("Échec", 5),
    ("errore:", 6),
    ("エラー", 6),
    ("失敗", 6),
    ("失败", 6),
    ("错误", 6),
    ("錯誤", 6),
    ("шибка", 6),
];

/// Words that make a line harmless.
const CALMING: &[&str] = &[
    "warning",
    "warn:",
    "warn ",
    "deprecat",
    "errors: 0",
    "failures: 0",
    "failed: 0",
    "no errors",
    "no error",
    "without error",
    "ignored",
    "ignoring",
    "retrying",
    "will retry",
    "will be retried",
    "notice:",
    "info:",
    "info ",
    "debug",
    "skipping",
    "npm warn",
    "optional",
    "timeout set",
    "using default",
    "falling back",
    "layer already exists",
    "keine fehler",
    "ohne fehler",
    "fehlerfrei",
    "fehler: keine",
    "aucune erreur",
    "sans erreur",
    "エラーなし",
    "エラーはありません",
    "没有错误",
    "无错误",
    "沒有錯誤",
    "오류 없",
    "오류가 없",
    // These point at another line.
    "above",
    "log of this run",
    "for more information",
    "for details",
    "see the log",
    "help: ",
];

/// The first three bytes of all words, ignoring case.
static WORD: Starts = Starts::of_words();
static CALM: Starts = Starts::of_calming();

/// A set of three-byte prefixes. Only the lower five bits of each byte count, so case does not matter.
struct Starts([u64; 512]);

impl Starts {
    const fn key(text: &[u8], at: usize) -> usize {
        (text[at] as usize & 31) << 10
            | (text[at + 1] as usize & 31) << 5
            | text[at + 2] as usize & 31
    }

    const fn with(mut self, word: &str) -> Self {
        let key = Self::key(word.as_bytes(), 0);
        self.0[key / 64] |= 1 << (key % 64);
        self
    }

    const fn of_words() -> Self {
        let (mut starts, mut k) = (Self([0; 512]), 0);
        while k < WORDS.len() {
            starts = starts.with(WORDS[k].0);
            k += 1;
        }
        starts
    }

    const fn of_calming() -> Self {
        let (mut starts, mut k) = (Self([0; 512]), 0);
        while k < CALMING.len() {
            starts = starts.with(CALMING[k]);
            k += 1;
        }
        starts
    }

    /// The next place, from `from` on, where a word may begin.
    fn next(&self, text: &[u8], from: usize) -> Option<usize> {
        (from..text.len().saturating_sub(2)).find(|&at| {
            let key = Self::key(text, at);
            self.0[key / 64] >> (key % 64) & 1 != 0
        })
    }
}

/// Whether a word stands at `at`, ignoring case.
pub(super) fn stands(text: &[u8], at: usize, word: &str) -> bool {
    let word = word.as_bytes();
    // The first byte rules out most places.
    text[at] | 0x20 == word[0] | 0x20
        && text[at..]
            .get(..word.len())
            .is_some_and(|there| there.eq_ignore_ascii_case(word))
}

/// Calls `f` with the range and score of each word in a text. The leftmost words count, and of those at one
/// place the longest.
pub(super) fn words(text: &[u8], mut f: impl FnMut(Range<usize>, i32)) {
    let mut from = 0;
    while let Some(at) = WORD.next(text, from) {
        let there = WORDS.iter().filter(|(word, _)| stands(text, at, word));
        let longest = there.max_by_key(|(word, _)| word.len());
        if let Some((word, worth)) = longest {
            f(at..at + word.len(), *worth);
        }
        from = at + longest.map_or(1, |(word, _)| word.len());
    }
}

/// Whether a text holds a calming word.
pub(in crate::diagnosis) fn is_calm(text: &[u8]) -> bool {
    let mut from = 0;
    while let Some(at) = CALM.next(text, from) {
        if CALMING.iter().any(|word| stands(text, at, word)) {
            return true;
        }
        from = at + 1;
    }
    false
}

#[cfg(test)]
mod tests {
    use super::*;

    proptest::proptest! {
        #![proptest_config(proptest::prelude::ProptestConfig::with_cases(2000))]

        #[test]
        fn words_are_found_as_a_regex_finds_them(parts in proptest::collection::vec(
            proptest::sample::select(
                WORDS.iter().map(|(word, _)| *word).chain(CALMING.iter().copied())
                    .chain(["e", "er", "ERR", "Fail", "ASSERTION", "not", " ", "n", "0 ", "오", "실", "류", "no ", "\u{212a}illed"])
                    .collect::<Vec<_>>()
            ),
            0..10,
        )) {
            let text = parts.concat();
            // Longest first, so that a regex prefers the longest too.
            let regex = |words: &mut Vec<&str>| {
                words.sort_by_key(|word| std::cmp::Reverse(word.len()));
                let words: Vec<String> = words.iter().map(|word| regex::escape(word)).collect();
                regex::bytes::Regex::new(&format!("(?i-u){}", words.join("|"))).unwrap()
            };
            let telling = regex(&mut WORDS.iter().map(|(word, _)| *word).collect());
            let worth = |m: regex::bytes::Match<'_>| {
                WORDS.iter().find(|(word, _)| word.as_bytes().eq_ignore_ascii_case(m.as_bytes())).unwrap().1
            };
            let expected: Vec<i32> = telling.find_iter(text.as_bytes()).map(worth).collect();
            let mut found = Vec::new();
            words(text.as_bytes(), |_, worth| found.push(worth));
            proptest::prop_assert_eq!(found, expected);
            let calming = regex(&mut CALMING.to_vec());
            proptest::prop_assert_eq!(is_calm(text.as_bytes()), calming.is_match(text.as_bytes()));
        }
    }
}
