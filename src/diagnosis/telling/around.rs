//! Checks the text around a word: whether the word is part of a name or an address, or is counted as none.

use std::ops::Range;

/// Whether a word is part of an address (`https://docs.example.com/errors/missing`).
pub(super) fn within_address(text: &[u8], word: usize) -> bool {
    let start = text[..word].iter().rposition(u8::is_ascii_whitespace);
    let before = &text[start.map_or(0, |at| at + 1)..word];
    before.windows(3).any(|signs| signs == b"://")
}

/// Whether a word is part of a name (`libgpg-error`, `Error.swift`, `power_assert`, `build-aux/missing`,
/// `openfailed=0`). A code in capitals (`PERMISSION_DENIED`) is not a name, nor is a word before a colon
/// (`configparser.Error: …`).
pub(super) fn within_name(text: &[u8], word: Range<usize>) -> bool {
    // Some of the words include the colon.
    let said = text[word.start..].iter().find(|b| !b.is_ascii_alphabetic()) == Some(&b':');
    if said || !text[word.clone()].iter().any(u8::is_ascii_lowercase) {
        return false;
    }
    let is_part = |b: Option<&u8>| b.is_some_and(u8::is_ascii_alphanumeric);
    let before = text[..word.start].split_last();
    let behind = text[word.end..].split_first();
    let counted = || {
        is_part(before.map(|(last, _)| last))
            && behind.is_some_and(|b| *b.0 == b'=' && b.1.first() == Some(&b'0'))
    };
    counted()
        || before.is_some_and(|(sign, rest)| b"-_./".contains(sign) && is_part(rest.last()))
        || behind.is_some_and(|(sign, rest)| b"-_.".contains(sign) && is_part(rest.first()))
}

/// Whether a word's count is none (`0 failed`, `no errors`, `errors: 0`, `failed=0`, `"error": null`).
pub(super) fn is_none(text: &[u8], word: Range<usize>) -> bool {
    const BEFORE: &[&[u8]] = &[b"0 ", b"no ", b"zero ", b"keine "];
    const BEHIND: &[&[u8]] = &[
        b"0",
        b"null",
        b"none",
        b"None",
        b"nil",
        b"false",
        b"undefined",
    ];
    // The expected value is not the actual one.
    if text[word.clone()].eq_ignore_ascii_case(b"expected") {
        return false;
    }
    let before = &text[..word.start];
    let alone = |head: &[u8]| {
        !head
            .last()
            .is_some_and(|b| b.is_ascii_alphanumeric() || b",.".contains(b))
    };
    let ends = |of: &&[u8]| {
        before.len() >= of.len() && before[before.len() - of.len()..].eq_ignore_ascii_case(of)
    };
    if BEFORE
        .iter()
        .any(|of| ends(of) && alone(&before[..before.len() - of.len()]))
    {
        return true;
    }
    let behind = &text[word.end..];
    if counts_none(behind) {
        return true;
    }
    let sign = behind
        .iter()
        .position(|b| !b"s\" \t".contains(b))
        .unwrap_or(behind.len());
    let assigned = sign <= 4 && behind.get(sign).is_some_and(|b| b":=".contains(b));
    // The colon may belong to the word.
    let colon = text[word.clone()].ends_with(b":");
    let value = match (assigned, colon) {
        (true, _) => &behind[sign + 1..],
        (false, true) => behind,
        (false, false) => return false,
    };
    let value = value.trim_ascii_start();
    let ends = |b: &u8| match colon {
        true => b",;)]}".contains(b),
        false => !b.is_ascii_alphanumeric() && !b".:-_/".contains(b),
    };
    // Node prints `Error: undefined` for a thrown value that is no error.
    let values = BEHIND.iter().take(if colon { 1 } else { BEHIND.len() });
    let mut rests = values.filter_map(|of| value.strip_prefix(*of));
    rests.any(|rest| rest.first().is_none_or(ends))
}

/// Whether a text continues with a word or two and ends in a count of none: `Error count: 0`, `fatal errors:
/// 0`, `error rate: 0.0%`.
fn counts_none(behind: &[u8]) -> bool {
    let Some(sign) = behind.iter().position(|b| b":=".contains(b)) else {
        return false;
    };
    let (words, value) = (&behind[..sign], behind[sign + 1..].trim_ascii());
    let named = words.iter().all(|b| b.is_ascii_alphabetic() || *b == b' ')
        && words
            .split(|b| *b == b' ')
            .filter(|w| !w.is_empty())
            .count()
            <= 2;
    let number = value.strip_suffix(b"%").unwrap_or(value);
    let zero = number.first() == Some(&b'0') && number.iter().all(|b| b"0.".contains(b));
    named && zero
}
