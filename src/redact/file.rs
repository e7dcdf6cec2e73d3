//! Finds secrets in printed files, by the words around them: netrc, and Secrets of Kubernetes.
//!
//! This module reads single lines; [`super::block`] follows such files from line to line.

use std::ops::Range;

use super::place::{Found, is_mixed, is_quote, is_space, is_word, run_end, run_end_within};

#[cfg(test)]
mod tests;

/// Most words for one machine in a netrc.
const MOST_WORDS: usize = 8;
/// Longest of these words, in bytes.
const LONGEST: usize = 200;
/// Longest password, in bytes.
const LONGEST_VALUE: usize = 4000;
/// Most objects that are searched for the one that holds a value.
const MOST_OBJECTS: usize = 8;
/// Longest distance between the parts of a printed object, in bytes.
const REACH: usize = 16 << 10;

/// Skips separators backwards from `end`: blanks, and escaped newlines for a shell (`printf "machine x\nlogin
/// y"`).
fn gap_before(text: &[u8], mut end: usize) -> usize {
    loop {
        let before = &text[..end];
        match before {
            [.., b] if is_space(*b) => end -= 1,
            [.., b'\\', b'n' | b'r' | b't'] => end -= 2,
            _ => return end,
        }
    }
}

/// The word that ends before `end`.
fn word_before(text: &[u8], end: usize) -> Option<Range<usize>> {
    let low = end.saturating_sub(LONGEST);
    let mut start = end;
    while start > low && gap_before(text, start) == start {
        start -= 1;
    }
    (start < end && (start == 0 || start > low)).then_some(start..end)
}

/// Whether a word is the keyword, perhaps behind an opening quote.
fn ends_in(text: &[u8], word: &Range<usize>, keyword: &str) -> bool {
    let rest = text[word.clone()].strip_suffix(keyword.as_bytes());
    rest.is_some_and(|rest| !rest.last().is_some_and(|&b| is_word(b) || b == b'-'))
}

/// The word that begins at `at`, without its quotes.
pub(super) fn word_at(text: &[u8], at: usize) -> Range<usize> {
    let start = run_end_within(text, at, 1, is_quote);
    let blank = run_end_within(text, start, LONGEST_VALUE, |b| !is_space(b));
    let made = memchr::memmem::find(&text[start..blank], b"\\n");
    let mut end = made.map_or(blank, |made| start + made);
    while end > start && b"\"')]};\\".contains(&text[end - 1]) {
        end -= 1;
    }
    start..end
}

/// `machine git.example.com login ci password value`, `default login ci password value`. The machine may be
/// missing if the line holds nothing else.
pub(super) fn of_netrc(text: &[u8], from: usize) -> Option<Found> {
    let keyword = "password";
    memchr::memmem::find_iter(&text[from..], keyword).find_map(|at| {
        let at = from + at;
        let end = at + keyword.len();
        let gap = &text[end..];
        let value = if gap.first().is_some_and(|&b| is_space(b)) {
            run_end(text, end, is_space)
        } else {
            end + gap.starts_with(b"\\n").then_some(2)?
        };
        let found = word_at(text, value);
        if found.len() < 3 {
            return None;
        }
        let ends = run_end(text, found.end, |b| is_space(b) || is_quote(b)) == text.len();
        let secret = match before(text, at)? {
            Before::Machine => true,
            Before::Login => ends,
            Before::Nothing => ends && found.len() >= 6 && is_mixed(&text[found.clone()]),
        };
        secret.then(|| Found::unnamed(found))
    })
}

/// The text before the password of a netrc.
enum Before {
    Machine,
    /// The user, and nothing before it.
    Login,
    Nothing,
}

fn before(text: &[u8], at: usize) -> Option<Before> {
    let mut end = gap_before(text, at);
    if end == at && at > 0 {
        return None;
    }
    let mut login = false;
    for _ in 0..MOST_WORDS / 2 {
        if end == 0 {
            let nothing = if login {
                Before::Login
            } else {
                Before::Nothing
            };
            return Some(nothing);
        }
        let value = word_before(text, end)?;
        if login && ends_in(text, &value, "default") {
            return Some(Before::Machine);
        }
        let keyword = word_before(text, gap_before(text, value.start))?;
        let is = |word: &str| ends_in(text, &keyword, word);
        if is("machine") {
            return Some(Before::Machine);
        }
        // Prose: `login and password …`
        let speech = matches!(&text[value.clone()], b"and" | b"or" | b"with" | b"name");
        if speech || !is("login") && !is("account") {
            return None;
        }
        login = true;
        end = gap_before(text, keyword.start);
    }
    None
}

pub(super) fn is_base64(b: u8) -> bool {
    b.is_ascii_alphanumeric() || matches!(b, b'+' | b'/' | b'=')
}

/// Whether a byte is a quote, or escapes one within a quoted text.
fn is_quoting(b: u8) -> bool {
    is_quote(b) || b == b'\\'
}

/// `.dockerconfigjson: value`
pub(super) fn of_registry(text: &[u8], from: usize) -> Option<Found> {
    ["dockerconfigjson", "dockercfg"]
        .iter()
        .filter_map(|name| {
            memchr::memmem::find_iter(&text[from..], name).find_map(|at| {
                let key = from + at..from + at + name.len();
                let at = run_end_within(
                    text,
                    run_end_within(text, key.end, 3, is_quoting),
                    3,
                    is_space,
                );
                if !matches!(text.get(at), Some(b':' | b'=')) {
                    return None;
                }
                let at = run_end_within(
                    text,
                    run_end_within(text, at + 1, 3, is_space),
                    3,
                    is_quoting,
                );
                let value = at..run_end(text, at, is_base64);
                (value.len() >= 8).then_some(Found { key, value })
            })
        })
        .min_by_key(|found| found.value.start)
}

/// On a line of JSON that holds a `Secret`, each value of its `data`. An object whose kind was cut off counts
/// as one, since too much is better than too little.
pub(super) fn of_kubernetes(text: &[u8], from: usize) -> Option<Found> {
    let near = from.saturating_sub(REACH)..text.len().min(from.saturating_add(REACH));
    let kinds = memchr::memmem::find_iter(&text[near.clone()], "Secret");
    if !kinds.into_iter().any(|at| is_kind(text, near.start + at)) {
        return None;
    }
    let mut kinds = memchr::memmem::find_iter(&text[near.clone()], "kind");
    let mixed = kinds.any(|at| is_kind_of_secret(text, near.start + at) == Some(false));
    // First the object that began before `from`, then later ones.
    let mut low = from;
    let above = std::iter::from_fn(|| {
        low = near.start + memchr::memmem::rfind(text.get(near.start..low)?, b"ata")?;
        Some(low)
    });
    let below = memchr::memmem::find_iter(&text[from..], "ata").map(|at| from + at);
    above.take(MOST_OBJECTS).chain(below).find_map(|at| {
        let end = at + 3;
        let start = word_start(text, end);
        let key = start..end;
        if !matches!(&text[key.clone()], b"data" | b"stringData") {
            return None;
        }
        let at = run_end(text, run_end_within(text, end, 3, is_quoting), is_space);
        let open = run_end(text, at + 1, is_space);
        if text.get(at) != Some(&b':')
            || text.get(open) != Some(&b'{')
            || mixed && is_of_another(text, &key)
        {
            return None;
        }
        let mut at = open + 1;
        // `"name":"value"`, up to the end of the object.
        loop {
            let name = string(text, at)?;
            let colon = run_end(text, name.1, is_space);
            if text.get(colon) != Some(&b':') {
                return None;
            }
            let (value, behind) = string(text, colon + 1)?;
            if value.start >= from && !value.is_empty() {
                return Some(Found { key, value });
            }
            let comma = run_end(text, behind, is_space);
            if text.get(comma) != Some(&b',') {
                return None;
            }
            at = comma + 1;
        }
    })
}

/// Whether the object of this name says that it is no `Secret`.
fn is_of_another(text: &[u8], key: &Range<usize>) -> bool {
    // Within a quoted text, quotes of this level have this many escapes before them; those within its strings
    // have more.
    let level = run_end_within(text, key.end, 3, |b| b == b'\\') - key.end;
    let above = (key.start.saturating_sub(REACH)..key.start).rev();
    let below = key.end..text.len().min(key.end + REACH);
    let secret = kind_beside(text, above, level, *b"}]", *b"{[")
        .or_else(|| kind_beside(text, below, level, *b"{[", *b"}]"));
    secret == Some(false)
}

/// Walks from within a name to the end of its object; returns whether a `kind` beside it is `Secret`, if there
/// is one.
fn kind_beside(
    text: &[u8],
    walk: impl Iterator<Item = usize>,
    level: usize,
    enters: [u8; 2],
    leaves: [u8; 2],
) -> Option<bool> {
    let (mut depth, mut in_string) = (0u32, true);
    for at in walk {
        match text[at] {
            b'"' => {
                let escapes = text[..at].iter().rev().take(LONGEST);
                let escapes = escapes.take_while(|b| **b == b'\\').count();
                in_string ^= escapes % (2 * (level + 1)) == level;
            }
            b'k' if in_string && depth == 0 => {
                if let Some(secret) = is_kind_of_secret(text, at) {
                    return Some(secret);
                }
            }
            b if in_string || !b.is_ascii_punctuation() => {}
            b if enters.contains(&b) => depth += 1,
            b if leaves.contains(&b) => depth = depth.checked_sub(1)?,
            _ => {}
        }
    }
    None
}

/// Whether the value of a name `kind` at `at` is `Secret`; `None` if no such name stands there.
fn is_kind_of_secret(text: &[u8], at: usize) -> Option<bool> {
    let end = at + b"kind".len();
    if text.get(at..end) != Some(b"kind") {
        return None;
    }
    let colon = run_end(text, run_end_within(text, end, 4, is_quoting), is_space);
    let whole = text[..at].last().is_some_and(|&b| is_quoting(b));
    if !whole || colon == end || text.get(colon) != Some(&b':') {
        return None;
    }
    let (value, _) = string(text, colon + 1)?;
    Some(&text[value] == b"Secret")
}

fn word_start(text: &[u8], end: usize) -> usize {
    let most = text[..end].iter().rev().take(10);
    end - most.take_while(|b| is_word(**b)).count()
}

/// `"kind": "Secret"`
fn is_kind(text: &[u8], at: usize) -> bool {
    let closes = text
        .get(at + "Secret".len())
        .is_some_and(|&b| is_quoting(b));
    let back = |end: usize, is: fn(u8) -> bool| {
        end - text[..end]
            .iter()
            .rev()
            .take(3)
            .take_while(|b| is(**b))
            .count()
    };
    let value = back(at, is_quoting);
    let colon = back(value, is_space);
    let before = &text[..colon];
    closes && value < at && before.ends_with(b":") && {
        let name = back(back(colon - 1, is_space), is_quoting);
        text[..name].ends_with(b"kind")
    }
}

/// The quoted string at `at`, and where it ends.
fn string(text: &[u8], at: usize) -> Option<(Range<usize>, usize)> {
    let open = run_end(text, at, is_space);
    let start = run_end_within(text, open, 3, is_quoting);
    if start == open {
        return None;
    }
    let quote = memchr::memchr(b'"', &text[start..])? + start;
    let escapes = text[start..quote].iter().rev().take(2);
    let end = quote - escapes.take_while(|b| **b == b'\\').count();
    Some((start..end, quote + 1))
}

/// The only two words of a line, and the range of the second one.
pub(super) fn two_words(line: &str) -> Option<(&str, Range<usize>)> {
    let text = line.trim_ascii();
    let (keyword, value) = text.split_once(|c: char| c.is_ascii_whitespace())?;
    let value = value.trim_ascii_start();
    let end = line.trim_ascii_end().len();
    let one = !value.contains(|c: char| c.is_ascii_whitespace());
    one.then_some((keyword, end - value.len()..end))
}

/// Whether a line could hold a value that the lines above make a secret. Few do, so the lines above are read
/// only then.
pub(super) fn may_hold_value(line: &str) -> bool {
    line.contains("password") || value_of_yaml(line).is_some()
}

/// Whether it could continue a value that began above, as the least indented line of an entry below `data:`.
pub(super) fn may_go_on(line: &str) -> bool {
    line.starts_with("  ") && !line.trim_ascii().is_empty()
}

/// The value of `name: value` or `"name": "value",`, if the line holds nothing else.
pub(super) fn value_of_yaml(line: &str) -> Option<Range<usize>> {
    let colon = line.find(": ")?;
    let name = line[..colon].trim_ascii_start().trim_matches('"');
    let is_name = |b: u8| b.is_ascii_alphanumeric() || b"_.-".contains(&b);
    let value = line[colon + 2..].trim_ascii();
    let value = value.strip_suffix(',').unwrap_or(value);
    let bare = value.trim_matches('"').trim_matches('\'');
    let start = bare.as_ptr() as usize - line.as_ptr() as usize;
    let is = !bare.is_empty() && !name.is_empty() && name.bytes().all(is_name);
    is.then_some(start..start + bare.len())
}

/// Whether the value stands on the lines below as a block: `|`, `>-`, `|2`.
pub(super) fn is_block(value: &str) -> bool {
    let signs = value.strip_prefix(['|', '>']);
    signs.is_some_and(|signs| {
        signs.len() <= 2
            && signs
                .bytes()
                .all(|b| b.is_ascii_digit() || b == b'-' || b == b'+')
    })
}

/// Whether it looks like Base64 and nothing else.
pub(super) fn looks_encoded(value: &str) -> bool {
    let bytes = value.as_bytes();
    let has = |is: fn(&u8) -> bool| bytes.iter().any(is);
    let mixed =
        has(u8::is_ascii_uppercase) && has(u8::is_ascii_lowercase) && has(u8::is_ascii_digit);
    bytes.len().is_multiple_of(4)
        && bytes.iter().all(|&b| is_base64(b))
        && (value.ends_with('=') || bytes.len() >= 8 && mixed)
}
