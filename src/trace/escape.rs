//! Measures terminal escape sequences. They are removed; no terminal is emulated, and no text moves.
//!
//! ECMA-48 names the forms. GitLab's own converters know only CSI; OSC and the other string sequences are
//! removed as well, so that titles and hyperlinks leave no fragments.

/// The escape character.
pub const ESC: u8 = 0x1b;
/// Longest CSI sequence; anything longer is text.
const MAX_CSI: usize = 128;
/// Longest OSC, DCS, SOS, PM or APC string.
pub const MAX_STRING: usize = 4096;

/// Length of the escape sequence at `s[0] == ESC`, never 0.
#[inline(always)]
pub fn len(s: &[u8]) -> usize {
    match s.first_chunk().map_or(0, short) {
        0 => len_any(s),
        len => len,
    }
}

/// Length of a CSI of at most 18 bytes at `s[0] == ESC`; 0 for any other sequence.
///
/// No loop depends on the data: the first byte with bit 6 set ends the sequence. Only 24-bit colours have
/// more than eight bytes behind `ESC [`.
#[inline(always)]
pub fn short(s: &[u8; 18]) -> usize {
    if s[1] != b'[' {
        return 0;
    }
    match csi_end(s, 2) {
        Some(end) => end,
        None => match csi_end(s, 10) {
            Some(end) if all_parameters(eight(s, 2)) => end,
            _ => 0,
        },
    }
}

/// Where a CSI sequence ends if it does so within eight bytes from `from`; everything before must be
/// parameters.
#[inline(always)]
fn csi_end(s: &[u8; 18], from: usize) -> Option<usize> {
    let word = eight(s, from);
    let at = (word & 0x4040_4040_4040_4040).trailing_zeros() as usize / 8;
    if at == 8 {
        return None;
    }
    let below = (1u64 << (at * 8)) - 1;
    let last = (word >> (at * 8)) as u8;
    // Bytes behind the end are set to a parameter, so that the check ignores them.
    let parameters = word & below | 0x2020_2020_2020_2020 & !below;
    (all_parameters(parameters) && last < 0x7f).then_some(from + at + 1)
}

/// Whether all bytes are in `0x20..=0x3f`.
#[inline(always)]
fn all_parameters(word: u64) -> bool {
    (word ^ 0x2020_2020_2020_2020) & 0xe0e0_e0e0_e0e0_e0e0 == 0
}

#[inline(always)]
fn eight(s: &[u8; 18], at: usize) -> u64 {
    s[at..]
        .first_chunk()
        .map_or(0, |eight| u64::from_le_bytes(*eight))
}

/// Length of a sequence of any form, byte by byte.
#[inline(never)]
pub fn len_any(s: &[u8]) -> usize {
    match s.get(1) {
        Some(b'[') => csi(s),
        // OSC, DCS, SOS, PM, APC: a string up to BEL or ESC \.
        Some(b']' | b'P' | b'X' | b'^' | b'_') => string(s),
        // nF sequences: intermediates, then a final byte (charsets, DECALN).
        Some(0x20..=0x2f) => {
            let end = s[1..]
                .iter()
                .take(8)
                .position(|b| !(0x20..=0x2f).contains(b));
            match end.map(|e| e + 1) {
                Some(e) if (0x30..=0x7e).contains(&s[e]) => e + 1,
                Some(e) => e,
                None => s.len().min(9),
            }
        }
        Some(0x30..=0x7e) => 2,
        // ESC ESC, ESC before a control or a non-ASCII byte, or at the end: only the ESC goes.
        _ => 1,
    }
}

fn csi(s: &[u8]) -> usize {
    for (i, &b) in s.iter().enumerate().take(MAX_CSI).skip(2) {
        match b {
            0x40..=0x7e => return i + 1,
            0x20..=0x3f => {}
            _ => return i, // malformed: what was read goes, the rest is text
        }
    }
    s.len().min(MAX_CSI)
}

fn string(s: &[u8]) -> usize {
    for (i, &b) in s.iter().enumerate().take(MAX_STRING).skip(2) {
        match b {
            0x07 => return i + 1,
            ESC => {
                return if s.get(i + 1) == Some(&b'\\') {
                    i + 2
                } else {
                    i
                };
            }
            // The string does not end on its line, so its text stays: a stray `ESC ]` could hide an error.
            b'\n' | b'\r' => return 2,
            _ => {}
        }
    }
    2
}

/// Length of the runner's escape sequences at the start of a line that lost the ESC character, or shows it as
/// `^[` or `␛`: `[0K[36;1m`. Only the runner's own forms count, since text may begin with a bracket.
pub fn lost(text: &[u8]) -> usize {
    let mut at = 0;
    while let Some(len) = lost_one(&text[at..]) {
        at += len;
    }
    at
}

/// Length of a line without such sequences at its end, where the runner resets its colours.
pub fn lost_at_end(text: &[u8]) -> usize {
    let mut rest = text;
    loop {
        let trimmed = rest.trim_ascii_end();
        let reset = [&b"[0;m"[..], b"[0m", b"[0K"]
            .iter()
            .find_map(|reset| trimmed.strip_suffix(*reset));
        let Some(before) = reset else {
            return trimmed.len();
        };
        rest = LOST_ESC
            .iter()
            .find_map(|esc| before.strip_suffix(esc.as_bytes()))
            .unwrap_or(before);
    }
}

/// What replaces an ESC that was made visible: by `cat -v`, as its control picture, as a damaged character.
const LOST_ESC: &[&str] = &["^[", "\u{241b}", "\u{fffd}"];

fn lost_one(text: &[u8]) -> Option<usize> {
    if !matches!(text.first(), Some(b'[' | b'^' | 0xe2 | 0xef)) {
        return None;
    }
    let esc = LOST_ESC
        .iter()
        .find(|esc| text.starts_with(esc.as_bytes()))
        .map_or(0, |esc| esc.len());
    let len = match &text[esc..] {
        [b'[', b'0', b'K' | b'm', ..] => 3,
        [b'[', b'0', b';', b'm', ..] => 4,
        [b'[', b'3', b'0'..=b'7', b';', b'1', b'm', ..] => 6,
        [b'[', b'0', b';', b'3', b'0'..=b'7', b'm', ..] => 6,
        _ => return None,
    };
    Some(esc + len)
}

/// Whether the sequence at `s[0] == ESC` could continue beyond the end of `s`.
pub fn unfinished(s: &[u8]) -> bool {
    match s.get(1) {
        None => true,
        Some(b'[') => s.len() < MAX_CSI && s[2..].iter().all(|b| (0x20..=0x3f).contains(b)),
        Some(b']' | b'P' | b'X' | b'^' | b'_') => {
            let body = &s[2..];
            s.len() < MAX_STRING
                && !body.iter().any(|b| matches!(b, 0x07 | b'\n' | b'\r'))
                && !body.iter().rev().skip(1).any(|&b| b == ESC)
        }
        Some(0x20..=0x2f) => s.len() < 9 && s[1..].iter().all(|b| (0x20..=0x2f).contains(b)),
        _ => false,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn forms_have_their_lengths() {
        let cases: [(&[u8], usize); 16] = [
            (b"\x1b[0Kx", 4),
            (b"\x1b[32;1mtext behind it", 7),
            (b"\x1b[38;2;249;38;114mtext", 18),
            (b"\x1b[3", 3),
            (b"\x1b[", 2),
            (b"\x1b", 1),
            (b"\x1b[1\nm", 3),
            (b"\x1b]0;title\x07rest", 10),
            (b"\x1b]8;;https://e.x/1\x1b\\link", 20),
            (b"\x1b]never ended\nnext", 2),
            (b"\x1b(Bx", 3),
            (b"\x1b#8x", 3),
            (b"\x1b\x1b[0m", 1),
            (b"\x1bM", 2),
            (b"\x1b\n", 1),
            (b"\x1bPq#0\x1b\\x", 7),
        ];
        for (bytes, want) in cases {
            assert_eq!(len(bytes), want, "{:?}", String::from_utf8_lossy(bytes));
        }
    }

    #[test]
    fn the_fast_way_equals_the_slow_one() {
        let alphabet = b"00;;99??118;m Kh[]\x1b\n\x7f\x80A~";
        let mut state = 1u64;
        for _ in 0..200_000 {
            let mut s = vec![ESC, b'['];
            for _ in 0..(state >> 40) % 40 {
                state = state
                    .wrapping_mul(6364136223846793005)
                    .wrapping_add(1442695040888963407);
                s.push(alphabet[(state >> 33) as usize % alphabet.len()]);
            }
            assert_eq!(len(&s), len_any(&s), "{s:?}");
        }
    }
}
