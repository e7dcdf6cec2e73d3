//! What other programs put before every line of somebody else's output.
//!
//! Two kinds are told apart. A *stamp* (the runner's clock header, an ISO stamp, `job⇥step⇥`, and what is left of section
//! markers and colours in a damaged log) says when and where a line was written: it is not part of the line. A *wrapper* (BuildKit's `#12 3.456 `, compose's `web-1  | `, `##[error]`)
//! is printed by a tool around an inner one: the line is shown with it, but `^` in a pattern holds behind it.

use super::{escape, marker, stamp};

/// Longest name of a job or a step, in bytes.
const MAX_NAME: usize = 256;

/// Where a line's own text begins.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Prefix {
    /// Bytes of stamps: the line as people know it starts here.
    pub stamps: usize,
    /// Where the innermost tool's text starts.
    pub content: usize,
    /// Tells parallel outputs apart; 0 where no wrapper names one.
    pub stream: u32,
}

/// Splits the prefixes off a clean line.
pub fn split(line: &[u8]) -> Prefix {
    let clock = clock(line);
    let stamps = clock + damage(&line[clock..]);
    let mut prefix = Prefix {
        stamps,
        content: stamps,
        stream: 0,
    };
    // Wrappers nest (compose around BuildKit), but not without end.
    for _ in 0..3 {
        let Some((len, stream)) = wrapper(&line[prefix.content..]) else {
            break;
        };
        prefix.content += len;
        prefix.stream = prefix.stream.wrapping_mul(31) ^ stream;
    }
    prefix
}

/// The job and step names of a `gh run view --log` line, and how long the prefix is.
pub fn job_and_step(line: &[u8]) -> Option<(&[u8], &[u8], usize)> {
    let first = memchr::memchr(b'\t', line.get(..MAX_NAME.min(line.len()))?)?;
    let rest = &line[first + 1..];
    let second = memchr::memchr(b'\t', &rest[..MAX_NAME.min(rest.len())])?;
    let mut len = first + second + 2;
    if line[len..].starts_with("\u{feff}".as_bytes()) {
        len += 3;
    }
    (stamp::iso(&line[len..]) > 0).then(|| (&line[..first], &rest[..second], len))
}

/// How long the columns are that `gh` puts before a line.
fn columns(line: &[u8]) -> usize {
    if memchr::memchr(b'\t', &line[..MAX_NAME.min(line.len())]).is_none() {
        return 0;
    }
    let both = job_and_step(line).map(|(_, _, len)| len);
    both.or_else(|| job_alone(line)).unwrap_or(0)
}

/// How long the name of a job is that stands alone before the stamp: somebody cut the step's column out.
fn job_alone(line: &[u8]) -> Option<usize> {
    let tab = memchr::memchr(b'\t', line.get(..MAX_NAME.min(line.len()))?)?;
    (tab > 0 && stamp::iso(&line[tab + 1..]) > 0).then_some(tab + 1)
}

/// Length of what a damaged log holds of markers and colours at the start of a line.
fn damage(line: &[u8]) -> usize {
    // Most lines begin with something else.
    if !matches!(
        line.trim_ascii_start().first(),
        Some(b's' | b'[' | b'^' | 0xe2 | 0xef)
    ) {
        return 0;
    }
    let mut at = escape::lost(line);
    while let Some((_, len)) = marker::leading(&line[at..]) {
        at += len;
        at += escape::lost(&line[at..]);
    }
    at
}

/// Length of the stamps that tell the time, and the job and step where the line has them.
pub fn clock(line: &[u8]) -> usize {
    let mut at = columns(line);
    if stamp::header(&line[at..]).is_some() {
        at += stamp::LEN;
    }
    at + stamp::iso(&line[at..]).max(stamp::bracketed(&line[at..]))
}

/// The time that the stamps of a line tell, in Unix seconds.
pub fn time(line: &[u8]) -> Option<i64> {
    let at = job_and_step(line).map_or(0, |(_, _, len)| len);
    stamp::time(&line[at..])
}

/// Length of a wrapper's prefix, and a number for the output it names.
fn wrapper(text: &[u8]) -> Option<(usize, u32)> {
    match text.first()? {
        b'#' => buildkit(text).or_else(|| text.starts_with(b"##[error]").then_some((9, 0))),
        b'a'..=b'z' | b'A'..=b'Z' | b'0'..=b'9' => compose(text),
        _ => None,
    }
}

/// `#12 3.456 ` or `#12 ` (BuildKit's plain progress: step number, seconds since its start).
fn buildkit(text: &[u8]) -> Option<(usize, u32)> {
    let digits = digits(&text[1..]);
    if digits == 0 || digits > 5 || text.get(1 + digits) != Some(&b' ') {
        return None;
    }
    let step = number(&text[1..=digits]);
    let mut at = digits + 2;
    let rest = &text[at..];
    let whole = self::digits(rest);
    if whole > 0 && rest.get(whole) == Some(&b'.') {
        let part = self::digits(&rest[whole + 1..]);
        let end = whole + 1 + part;
        if part > 0 && rest.get(end).is_none_or(|&b| b == b' ') {
            at += (end + 1).min(rest.len());
        }
    }
    Some((at, step + 1))
}

/// `web-1  | ` and `web_1 | ` (docker compose: service, replica, aligned bar).
fn compose(text: &[u8]) -> Option<(usize, u32)> {
    let window = &text[..text.len().min(80)];
    let bar = memchr::memchr(b'|', window)?;
    let name = window[..bar].trim_ascii_end();
    if bar == name.len()
        || !name
            .iter()
            .all(|b| b.is_ascii_alphanumeric() || matches!(b, b'-' | b'_' | b'.'))
    {
        return None;
    }
    let replica = name.iter().rev().take_while(|b| b.is_ascii_digit()).count();
    if replica == 0
        || replica == name.len()
        || !matches!(name[name.len() - replica - 1], b'-' | b'_')
    {
        return None;
    }
    let len = bar + 1 + usize::from(text.get(bar + 1) == Some(&b' '));
    let stream = name
        .iter()
        .fold(7u32, |hash, &b| hash.wrapping_mul(31) ^ u32::from(b));
    Some((len, stream | 1 << 31))
}

fn digits(text: &[u8]) -> usize {
    text.iter().take_while(|b| b.is_ascii_digit()).count()
}

fn number(text: &[u8]) -> u32 {
    text.iter().fold(0, |n, b| n * 10 + u32::from(b - b'0'))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn parts(line: &str) -> (&str, &str) {
        let prefix = split(line.as_bytes());
        (&line[prefix.stamps..], &line[prefix.content..])
    }

    #[test]
    fn stamps_are_not_part_of_a_line() {
        let lines = [
            "2026-05-01T10:00:00.123456Z 01E make: *** x",
            "2026-05-01T10:00:00.1234567Z make: *** x",
            "[2026-05-01T10:00:00.123Z] make: *** x",
            "build\tRun make\t2026-05-01T10:00:00.1234567Z make: *** x",
            "build\tUNKNOWN STEP\t\u{feff}2026-05-01T10:00:00.1234567Z make: *** x",
            "2026-05-01T10:00:00.123456Z 01E 2026-05-01T10:00:00Z make: *** x",
        ];
        for line in lines {
            assert_eq!(parts(line), ("make: *** x", "make: *** x"), "{line}");
        }
    }

    #[test]
    fn wrappers_are_shown_but_not_matched() {
        let cases = [
            ("#12 3.456 E: Unable to locate", "E: Unable to locate"),
            ("#7 ERROR: failed", "ERROR: failed"),
            ("#7 [3/5] RUN make", "[3/5] RUN make"),
            ("#12 3.456", ""),
            ("web-1  | panic: x", "panic: x"),
            ("db_1 | FATAL:  x", "FATAL:  x"),
            ("##[error]Process completed", "Process completed"),
            ("web-1  | #3 0.1 deep", "deep"),
        ];
        for (line, content) in cases {
            assert_eq!(parts(line), (line, content));
        }
    }

    #[test]
    fn tables_and_headings_have_no_prefix() {
        for line in [
            "# 12 things",
            "name | size",
            "app-x | y",
            "12 | let x",
            "#12",
            "a\tb\tc",
            "#1234567 x",
            "-1 | x",
        ] {
            assert_eq!(parts(line), (line, line));
        }
    }

    #[test]
    fn parallel_outputs_have_different_streams() {
        let stream = |line: &str| split(line.as_bytes()).stream;
        assert_eq!(stream("#12 3.4 a"), stream("#12 9.9 b"));
        assert_ne!(stream("#12 3.4 a"), stream("#13 3.4 a"));
        assert_ne!(stream("web-1 | a"), stream("db-1 | a"));
        assert_eq!(stream("plain"), 0);
    }
}
