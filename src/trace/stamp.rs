//! The runner's clock header: 32 bytes before each line when `FF_TIMESTAMPS` is on (the default since 18.7).
//!
//! `YYYY-MM-DDTHH:MM:SS.uuuuuuZ` (27 bytes), a blank, two hex digits of the stream, `O` or `E`, then a blank, or `+`
//! where the line continues the one before (runner: common/buildlogger/internal/timestamper).

use crate::model::Time;

/// Length of the header.
pub const LEN: usize = 32;

/// Whether `line` begins with a clock header, and whether it continues the line before.
#[inline]
pub fn header(line: &[u8]) -> Option<bool> {
    if line.len() < LEN || line[26] != b'Z' || line[27] != b' ' || !date(line) || line[19] != b'.' {
        return None;
    }
    let digits = line[20..26].iter().all(u8::is_ascii_digit);
    let stream = line[28..30].iter().all(u8::is_ascii_hexdigit) && matches!(line[30], b'O' | b'E');
    (digits && stream && matches!(line[31], b' ' | b'+')).then_some(line[31] == b'+')
}

/// `YYYY-MM-DDTHH:MM:SS`
fn date(line: &[u8]) -> bool {
    const FORM: &[u8; 19] = b"0000-00-00T00:00:00";
    // Written without a branch for each byte.
    line.first_chunk::<19>().is_some_and(|line| {
        FORM.iter().zip(line).fold(true, |fits, (form, b)| {
            fits & if *form == b'0' {
                b.is_ascii_digit()
            } else {
                form == b
            }
        })
    })
}

/// Length of an ISO 8601 stamp with zone and the blank behind it (`2026-01-02T03:04:05.6789012Z `), as GitHub Actions,
/// `docker logs -t` and `kubectl logs --timestamps` print it; 0 where there is none.
pub fn iso(line: &[u8]) -> usize {
    match moment(line) {
        0 => 0,
        at if line.get(at) == Some(&b' ') => at + 1,
        _ => 0,
    }
}

/// Whether a line begins with a stamp of GitHub Actions, which has seven decimals.
pub fn is_github(line: &[u8]) -> bool {
    line.len() > 28 && line[19] == b'.' && line[27] == b'Z' && iso(line) == 29
}

/// The same in brackets (`[2026-01-02T03:04:05.678Z] `), as Jenkins prints it.
pub fn bracketed(line: &[u8]) -> usize {
    let inside = line.strip_prefix(b"[").and_then(closed);
    match inside {
        Some(end) if line.get(1 + end) == Some(&b' ') => end + 2,
        _ => 0,
    }
}

/// The offset behind an ISO 8601 stamp and its closing bracket (`2026-01-02T03:04:05.678Z]`).
pub fn closed(inside: &[u8]) -> Option<usize> {
    let at = moment(inside);
    (at > 0 && inside.get(at) == Some(&b']')).then_some(at + 1)
}

/// Length of a time of day and the one or two blanks behind it (`15:40:07 `), as Jenkins' timestamper puts it before each
/// line; 0 where there is none. `3:40:07 PM` and fractions are a tool's own.
pub fn time_of_day(line: &[u8]) -> usize {
    let Some(&[h, i, b':', m, n, b':', s, t, b' ']) = line.first_chunk::<9>() else {
        return 0;
    };
    let pair = |tens: u8, ones: u8, most: u8| {
        tens.is_ascii_digit() && ones.is_ascii_digit() && (tens - b'0') * 10 + ones - b'0' <= most
    };
    let rest = &line[9..];
    let half = rest.starts_with(b"AM ") || rest.starts_with(b"PM ");
    if half || !pair(h, i, 23) || !pair(m, n, 59) || !pair(s, t, 60) {
        return 0;
    }
    9 + usize::from(rest.first() == Some(&b' '))
}

/// Length of `9:20:31 AM: `, which Netlify puts before each line of a build.
pub fn twelve_hours(line: &[u8]) -> Option<usize> {
    let one = usize::from(line.get(1) == Some(&b':'));
    like(line, &"dd:dd:dd aM: "[one..])
}

/// Length of the form at the start of a text, if it fits: `d` is a digit, `a` a letter, any other character
/// itself.
pub fn like(text: &[u8], form: &str) -> Option<usize> {
    let fits = |(f, b): (u8, &u8)| match f {
        b'd' => b.is_ascii_digit(),
        b'a' => b.is_ascii_alphabetic(),
        f => f == *b,
    };
    (text.len() >= form.len() && form.bytes().zip(text).all(fits)).then_some(form.len())
}

/// Length of an ISO 8601 stamp with zone; 0 where there is none.
fn moment(line: &[u8]) -> usize {
    if line.len() < 20 || line[4] != b'-' || !date(line) {
        return 0;
    }
    let mut at = 19;
    if line[at] == b'.' {
        at += 1;
        while line.get(at).is_some_and(u8::is_ascii_digit) {
            at += 1;
        }
    }
    match line.get(at) {
        Some(b'Z') => at + 1,
        Some(b'+' | b'-') if line.len() >= at + 6 && line[at + 3] == b':' => at + 6,
        _ => 0,
    }
}

/// The time of a stamp at the start of a line, in Unix seconds.
pub fn time(line: &[u8]) -> Option<i64> {
    let line = line.strip_prefix(b"[").unwrap_or(line);
    let text = std::str::from_utf8(&line[..moment(line)]).ok()?;
    Time::parse(text).map(Time::unix)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn headers_are_told_from_other_stamps() {
        assert_eq!(header(b"2026-05-01T10:00:00.123456Z 00O text"), Some(false));
        assert_eq!(header(b"2026-05-01T10:00:00.123456Z 0fE+text"), Some(true));
        assert_eq!(
            header(b"2026-05-01T10:00:00.123456Z text and more of it"),
            None
        );
        assert_eq!(header(b"2026-05-01T10:00:00.123456Z 00O"), None);
    }

    #[test]
    fn stamps_tell_the_time() {
        let unix = Some(1_777_629_600);
        assert_eq!(time(b"2026-05-01T10:00:00.123456Z 00O text"), unix);
        assert_eq!(time(b"2026-05-01T19:00:00.1+09:00 text"), unix);
        assert_eq!(time(b"[2026-05-01T10:00:00Z] text"), unix);
        assert_eq!(time(b"2026-05-01T25:00:00Z text"), None);
        assert_eq!(time(b"2026-05-01 text"), None);
    }

    #[test]
    fn times_of_day_are_told_from_other_numbers() {
        for (line, len) in [
            ("15:40:07 x", 9),
            ("15:40:07  x", 10),
            ("15:40:07   x", 10),
            ("23:59:60 ", 9),
            ("15:40:07", 0),
            ("15:40:07x", 0),
            ("15:40:07.123 x", 0),
            ("11:40:07 AM [vite] x", 0),
            ("24:00:00 x", 0),
            ("12:60:00 x", 0),
            ("5:40:07 x", 0),
            ("12:34 x", 0),
            ("00:01 +1: loading", 0),
        ] {
            assert_eq!(time_of_day(line.as_bytes()), len, "{line}");
        }
    }

    #[test]
    fn the_clock_of_twelve_hours() {
        for (line, len) in [
            ("9:20:31 AM: Error", Some(12)),
            ("10:20:31 PM: Error", Some(13)),
            ("10:20:31 AM Error", None),
            ("10:20:31: Error", None),
        ] {
            assert_eq!(twelve_hours(line.as_bytes()), len, "{line}");
        }
    }

    #[test]
    fn iso_stamps_of_other_tools_are_measured() {
        assert_eq!(iso(b"2026-01-02T03:04:05.6789012Z x"), 29);
        assert_eq!(iso(b"2026-01-02T03:04:05Z x"), 21);
        assert_eq!(iso(b"2026-01-02T03:04:05.678+00:00 x"), 30);
        assert_eq!(iso(b"2026-01-02T03:04:05 INFO x"), 0);
        assert_eq!(iso(b"2026-01-02"), 0);
        assert_eq!(iso(b"2026-01-02T03:04:05Z"), 0);
        assert_eq!(bracketed(b"[2026-01-02T03:04:05.678Z] x"), 27);
        assert_eq!(bracketed(b"[2026-01-02T03:04:05.678Z]x"), 0);
        assert_eq!(bracketed(b"[INFO] 2026"), 0);
    }
}
