//! Finds secrets that a program reads from its standard input, through a pipe or a here-string.

use std::ops::Range;

use super::super::place::{self, Found, begins_word, is_space, is_word, run_end, words};
use super::{LEAST, REACH, argument, command_end};

/// Words that show that a program reads its secret from standard input.
pub(in super::super) const TAKERS: &[&str] = &[
    "password-stdin",
    "passphrase-stdin",
    "token-stdin",
    "key-stdin",
    "passwd --stdin",
    "--with-token",
    "--passphrase-fd",
    "sudo -S",
    "chpasswd",
    "vault login",
    "gh secret set",
    "wrangler secret put",
    "docker secret create",
    "kinit ",
];

/// `echo value | docker login --password-stdin`, `docker login --password-stdin <<< value`
pub(in super::super) fn given(text: &[u8], from: usize) -> Option<Found> {
    let first = [piped(text, from), handed(text, from)];
    first.into_iter().flatten().min_by_key(|f| f.value.start)
}

/// The taker that a command contains, at the start of a word.
fn taker(command: &[u8]) -> Option<&'static str> {
    let stands = |taker: &&&str| {
        memchr::memmem::find_iter(command, taker.as_bytes())
            .any(|at| at == 0 || !is_word(command[at - 1]))
    };
    TAKERS.iter().find(stands).copied()
}

/// The secret in a value that a taker reads: of `user:value` the second part.
fn taken(text: &[u8], value: Range<usize>, taker: &str) -> Option<Found> {
    if taker != "chpasswd" {
        return Some(Found::unnamed(value));
    }
    let length = memchr::memchr(b':', &text[value.clone()])?;
    let found = value.start + length + 1..value.end;
    (found.len() >= LEAST).then(|| Found::unnamed(found))
}

/// `echo value | docker login --password-stdin`, `echo user:value | chpasswd`
fn piped(text: &[u8], from: usize) -> Option<Found> {
    let pipes = memchr::memchr_iter(b'|', &text[from..]).map(|k| from + k);
    pipes.into_iter().find_map(|pipe| {
        let taker = taker(&text[pipe + 1..command_end(text, pipe + 1)])?;
        let low = pipe.saturating_sub(REACH).max(from);
        let echo = words(&text[..pipe], low)
            .filter(|&at| begins_word(text, at))
            .filter_map(|at| place::any_here(text, at, &["echo ", "printf "]))
            .last()?;
        let mut at = echo;
        let value = loop {
            at = run_end(&text[..pipe], at, is_space);
            let found = argument(&text[..pipe], at);
            let option = text.get(at) == Some(&b'-') && at < pipe;
            let format = found
                .as_ref()
                .is_some_and(|value| text[value.clone()].starts_with(b"%s"));
            if !option && !format && !text[at..pipe].starts_with(b"'%s'") {
                break found?;
            }
            at = run_end(&text[..pipe], at, |b| !is_space(b));
        };
        taken(text, value, taker)
    })
}

/// `docker login --password-stdin <<< value`
fn handed(text: &[u8], from: usize) -> Option<Found> {
    let strings = memchr::memmem::find_iter(&text[from..], b"<<<").map(|k| from + k);
    strings.into_iter().find_map(|at| {
        let start = at + "<<<".len();
        if at > 0 && text[at - 1] == b'<' || text.get(start) == Some(&b'<') {
            return None;
        }
        let value = argument(text, run_end(text, start, is_space))?;
        let low = at.saturating_sub(REACH);
        let parts = |b: &u8| b"|;&".contains(b);
        let begin = text[low..at].iter().rposition(parts).map_or(0, |k| k + 1);
        let behind = &text[value.end..command_end(text, value.end)];
        let taker = taker(&text[low + begin..at]).or_else(|| taker(behind))?;
        taken(text, value, taker)
    })
}
