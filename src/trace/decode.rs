//! Decodes the bytes of a file to UTF-8: byte-order marks, UTF-16, and the refusal of binary files.

use std::io::{self, Read};

use super::held::Held;
use super::wide;

/// Bytes that are probed to tell text from binary.
pub const PROBE: usize = 8 << 10;

/// What a source turned out to be.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Encoding {
    /// UTF-8, or bytes that are read as such.
    Utf8,
    /// UTF-16, little endian.
    Utf16Le,
    /// UTF-16, big endian.
    Utf16Be,
}

/// Detects the encoding from the first bytes, and the length of the byte-order mark.
///
/// UTF-16 without a mark (a PowerShell redirect whose start was cut off) shows by the zero bytes of its ASCII.
pub fn detect(head: &[u8]) -> (Encoding, usize) {
    match head {
        [0xef, 0xbb, 0xbf, ..] => (Encoding::Utf8, 3),
        [0xff, 0xfe, ..] => (Encoding::Utf16Le, 2),
        [0xfe, 0xff, ..] => (Encoding::Utf16Be, 2),
        _ => {
            let pairs = head.len().min(256) / 2;
            let zeros = |odd: usize| (0..pairs).filter(|k| head[2 * k + odd] == 0).count();
            if pairs >= 4 && zeros(1) * 10 >= pairs * 9 && zeros(0) == 0 {
                (Encoding::Utf16Le, 0)
            } else if pairs >= 4 && zeros(0) * 10 >= pairs * 9 && zeros(1) == 0 {
                (Encoding::Utf16Be, 0)
            } else {
                (Encoding::Utf8, 0)
            }
        }
    }
}

/// Where the first NUL stands that no line of UTF-16 explains: a sign of a binary file.
pub fn binary_at(head: &[u8]) -> Option<usize> {
    wide::unexplained_nul(&head[..head.len().min(PROBE)])
}

/// Bytes of UTF-16 held at a time.
const BUFFER: usize = 16 << 10;
/// Bytes that are read ahead at the start of a line to see whether it is still UTF-16.
const AHEAD: usize = 1 << 10;
/// Bytes behind plain lines that decide whether UTF-16 resumes there.
const BEHIND: usize = 64;
/// Fewest bytes that decide. Some Chinese characters look in UTF-16 like a newline or two letters.
const LEAST: usize = 32;

/// Converts UTF-16 to UTF-8 while reading.
///
/// Another program may have appended plain text (`cmd >> log` after PowerShell's `> log`). From the first
/// line that is plain UTF-8 on, bytes pass unchanged; if UTF-16 resumes soon behind such lines, only they do.
#[derive(Debug)]
pub struct Utf16<R> {
    held: Held<R>,
    big_endian: bool,
    /// A line begins here, so its encoding must be checked.
    starts: bool,
    /// The rest is plain UTF-8.
    narrow: bool,
    high: Option<u16>,
    out: Vec<u8>,
    at: usize,
}

impl<R: Read> Utf16<R> {
    /// Creates a reader whose source stands behind the byte-order mark.
    pub fn new(source: R, encoding: Encoding) -> Self {
        let big_endian = encoding == Encoding::Utf16Be;
        Self {
            held: Held::new(source),
            big_endian,
            starts: true,
            narrow: false,
            high: None,
            out: Vec::new(),
            at: 0,
        }
    }

    fn refill(&mut self) {
        self.out.clear();
        self.at = 0;
        self.held.fill(BUFFER);
        while !self.narrow && self.held.from < self.held.to {
            if self.starts {
                match (self.plain_lines(), self.is_narrow(self.held.from)) {
                    (Some(1..), _) if self.high.take().is_some() => {
                        self.push(char::REPLACEMENT_CHARACTER);
                    }
                    (Some(plain @ 1..), _) => {
                        let lines = &self.held.bytes()[..plain];
                        self.out.extend_from_slice(lines);
                        self.held.from += plain;
                    }
                    (Some(0), Some(narrow)) => self.starts(narrow),
                    (None, _) | (_, None) => break,
                }
            } else if self.held.from + 2 <= self.held.to {
                let pair = [
                    self.held.buffer[self.held.from],
                    self.held.buffer[self.held.from + 1],
                ];
                if !self.pair(pair) {
                    break;
                }
            } else if self.held.eof {
                self.held.from = self.held.to;
                self.push(char::REPLACEMENT_CHARACTER);
            } else {
                break;
            }
        }
        if self.narrow || self.held.eof && self.held.from == self.held.to {
            if self.high.take().is_some() {
                self.push(char::REPLACEMENT_CHARACTER);
            }
            self.out.extend_from_slice(self.held.bytes());
            self.held.from = self.held.to;
        }
    }

    fn starts(&mut self, narrow: bool) {
        self.starts = false;
        self.narrow = narrow;
    }

    /// Converts one unit; false if more input is needed to decide what it is.
    fn pair(&mut self, pair: [u8; 2]) -> bool {
        let unit = if self.big_endian {
            u16::from_be_bytes(pair)
        } else {
            u16::from_le_bytes(pair)
        };
        if unit == u16::from(b'\n') {
            self.starts = true;
        } else if pair[0] == b'\n' || pair[1] == b'\n' {
            let newline = usize::from(pair[0] != b'\n');
            // A character that looks like a newline, or text of odd length that is not UTF-16.
            let behind = self.held.from + newline + 1;
            match self.is_narrow(behind) {
                None => return false,
                Some(false) => {}
                Some(true) => {
                    self.held.from = behind;
                    self.narrow = true;
                    self.unit(u16::from(b'\n'));
                    return true;
                }
            }
        }
        self.held.from += 2;
        self.unit(unit);
        true
    }

    /// Length of the plain lines that begin here and have UTF-16 behind them; `None` if more input is needed.
    fn plain_lines(&self) -> Option<usize> {
        let bytes = self.held.bytes();
        if bytes.len() < AHEAD && !self.held.eof {
            return None;
        }
        let ahead = &bytes[..bytes.len().min(AHEAD)];
        let newline =
            memchr::memchr(0, ahead).and_then(|nul| memchr::memrchr(b'\n', &ahead[..nul]));
        let Some(newline) = newline else {
            return Some(0);
        };
        let (lines, behind) = ahead.split_at(newline + 1);
        let behind = &behind[..behind.len().min(BEHIND)];
        let zeros = |odd: usize| {
            behind
                .iter()
                .skip(odd)
                .step_by(2)
                .filter(|b| **b == 0)
                .count()
        };
        let high = usize::from(!self.big_endian);
        let least = (behind.len() / 2).clamp(1, 4);
        let wide = zeros(high) >= least.max(4 * zeros(1 - high));
        // Behind an odd number of bytes only the position of zeros can tell. Otherwise the newline is half of
        // a character: of Gurmukhi in little endian, of any script in big endian.
        let odd = lines.len() % 2 == 1;
        let text = || {
            let gurmukhi = lines.iter().skip(1).step_by(2).all(|b| *b == b'\n');
            !gurmukhi && std::str::from_utf8(lines).is_ok_and(|text| !text.contains(unusual))
        };
        let plain = wide && (odd || !self.big_endian && text());
        Some(if plain { lines.len() } else { 0 })
    }

    /// Whether plain UTF-8 begins at `at`; `None` if more input is needed.
    fn is_narrow(&self, at: usize) -> Option<bool> {
        let ahead = &self.held.buffer[at..self.held.to.min(at + AHEAD)];
        let newline = memchr::memchr_iter(b'\n', ahead).find(|k| k + 1 >= LEAST);
        // In UTF-16 the byte behind a newline is its other half.
        let seen = newline.map_or(ahead.len(), |k| (k + 2).min(ahead.len()));
        if ahead[..seen].contains(&0) {
            return Some(false);
        }
        let known = ahead.len() == AHEAD || self.held.eof || newline.is_some_and(|k| k + 2 <= seen);
        let text = &ahead[..newline.map_or(seen, |k| k + 1)];
        known.then(|| match std::str::from_utf8(text) {
            Ok(text) => !text.is_empty() && !text.contains(unusual),
            // The text was cut off within a character.
            Err(error) => error.error_len().is_none() && text.len() == AHEAD,
        })
    }

    fn unit(&mut self, unit: u16) {
        if let Some(high) = self.high.take() {
            if let Some(Ok(c)) = char::decode_utf16([high, unit]).next() {
                return self.push(c);
            }
            self.push(char::REPLACEMENT_CHARACTER);
        }
        match unit {
            0xd800..=0xdbff => self.high = Some(unit),
            _ => self.push(char::from_u32(u32::from(unit)).unwrap_or(char::REPLACEMENT_CHARACTER)),
        }
    }

    fn push(&mut self, c: char) {
        let mut bytes = [0; 4];
        self.out
            .extend_from_slice(c.encode_utf8(&mut bytes).as_bytes());
    }
}

/// Whether a log never holds this control character.
fn unusual(c: char) -> bool {
    c.is_ascii_control() && !matches!(c, '\t' | '\n' | '\r' | '\x08' | '\x0c' | '\x1b' | '\x07')
}

impl<R: Read> Read for Utf16<R> {
    fn read(&mut self, buf: &mut [u8]) -> io::Result<usize> {
        while self.at == self.out.len() {
            if self.held.eof && self.held.from == self.held.to {
                return self.held.error.take().map_or(Ok(0), Err);
            }
            if self.narrow && self.held.from == self.held.to {
                return self.held.source.read(buf);
            }
            self.refill();
        }
        let n = buf.len().min(self.out.len() - self.at);
        buf[..n].copy_from_slice(&self.out[self.at..self.at + n]);
        self.at += n;
        Ok(n)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn encode(text: &str, big: bool) -> Vec<u8> {
        text.encode_utf16()
            .flat_map(|u| {
                if big {
                    u.to_be_bytes()
                } else {
                    u.to_le_bytes()
                }
            })
            .collect()
    }

    #[test]
    fn both_byte_orders_are_told_and_read() {
        let text = "오류: error 😀\r\nnext line of plain ASCII text\n";
        for (big, encoding) in [(false, Encoding::Utf16Le), (true, Encoding::Utf16Be)] {
            let bytes = encode(text, big);
            let mut read = String::new();
            Utf16::new(&bytes[..], encoding)
                .read_to_string(&mut read)
                .unwrap();
            assert_eq!(read, text);
            assert_eq!(
                detect(&encode("ERROR: Job failed: exit code 1", big)),
                (encoding, 0)
            );
        }
        assert_eq!(detect(b"\xff\xfea\0"), (Encoding::Utf16Le, 2));
        assert_eq!(detect(b"\xef\xbb\xbfx"), (Encoding::Utf8, 3));
        assert_eq!(detect(b"plain"), (Encoding::Utf8, 0));
    }

    #[test]
    fn broken_units_become_replacement_characters() {
        let mut bytes = encode("a", false);
        bytes.extend([0x00, 0xd8, b'b', 0, 0x00, 0xdc, 1]);
        let mut read = String::new();
        Utf16::new(&bytes[..], Encoding::Utf16Le)
            .read_to_string(&mut read)
            .unwrap();
        assert_eq!(read, "a\u{fffd}b\u{fffd}\u{fffd}");
    }

    /// One byte at a time.
    struct Drip<'a>(&'a [u8]);

    impl Read for Drip<'_> {
        fn read(&mut self, buf: &mut [u8]) -> io::Result<usize> {
            let n = buf.len().min(1);
            self.0.read(&mut buf[..n])
        }
    }

    fn decoded(bytes: &[u8], encoding: Encoding) -> String {
        let read = |mut source: Box<dyn Read + '_>| {
            let mut text = Vec::new();
            source.read_to_end(&mut text).unwrap();
            String::from_utf8_lossy(&text).into_owned()
        };
        let whole = read(Box::new(Utf16::new(bytes, encoding)));
        let dripped = read(Box::new(Utf16::new(Drip(bytes), encoding)));
        assert_eq!(whole, dripped, "however the source chops its reads");
        whole
    }

    #[test]
    fn what_was_appended_to_utf16_is_read_as_it_is() {
        let wide = "\u{c624}\u{b958}: one\r\n\u{4e0a}\u{6d77}\r\n\u{665a}\u{4e0a}\r\n\r\nlast\r\n";
        for (big, encoding) in [(false, Encoding::Utf16Le), (true, Encoding::Utf16Be)] {
            for text in [
                "ok\n",
                "\nnpm error code E404\nmore\n",
                "\u{c624}\u{b958}: two\nx",
                "x",
            ] {
                let bytes = [&encode(wide, big)[..], text.as_bytes()].concat();
                assert_eq!(decoded(&bytes, encoding), format!("{wide}{text}"));
                assert_eq!(decoded(text.as_bytes(), encoding), text);
            }
            // Behind it there may be anything, and what has no end before it takes that line with it.
            let bytes = [&encode("odd", big)[..], b"x\r\nnpm error code E404\r\n"].concat();
            let text = decoded(&bytes, encoding);
            assert!(text.starts_with("odd") && text.ends_with("\nnpm error code E404\r\n"));
            let cp949 = [
                &encode(wide, big)[..],
                b"\xbf\xc0\xb7\xf9: x\r\nnpm error code E404\r\n",
            ];
            let text = decoded(&cp949.concat(), encoding);
            assert!(text.starts_with(wide) && text.ends_with("\nnpm error code E404\r\n"));
        }
    }

    #[test]
    fn plain_lines_among_utf16_garble_nothing() {
        let wide = "\u{c624}\u{b958}: one\r\nfatal: two\r\n\u{4e0a}\u{4e00}\u{6d77} three\r\n";
        let plain = [
            "ok\n",
            "yes\n",
            "\n",
            "ok\nyes!\n\nx\n",
            "oops\r\nmake: *** [all] Error 2, and some more\r\n",
            "\u{c624}\u{b958}\n",
        ];
        for text in plain {
            let encoded = encode(wide, false);
            let bytes = [
                &encoded[..],
                text.as_bytes(),
                &encoded,
                text.as_bytes(),
                &encoded,
            ]
            .concat();
            let expected = format!("{wide}{text}{wide}{text}{wide}");
            assert_eq!(decoded(&bytes, Encoding::Utf16Le), expected);
        }
        let encoded = encode(wide, true);
        for text in ["ok\n", "\n", "ok\nyes\n"] {
            let bytes = [&encoded[..], text.as_bytes(), &encoded].concat();
            assert_eq!(
                decoded(&bytes, Encoding::Utf16Be),
                format!("{wide}{text}{wide}")
            );
        }
        // Whatever its encoding, it takes nothing along.
        let encoded = encode(wide, false);
        let cp949 = [
            &encoded[..],
            b"\xbf\xc0\xb7\xf9: x\r\n".as_slice(),
            &encoded,
        ]
        .concat();
        let text = decoded(&cp949, Encoding::Utf16Le);
        assert!(text.starts_with(wide) && text.ends_with(wide), "{text}");
    }

    #[test]
    fn long_texts_of_utf16_stay_what_they_are() {
        let line = "\u{4e0a}\u{5348}\u{665a}\u{4e0a}\u{7ebf}\u{4e0a}".repeat(700);
        // Characters that are halves of a newline, of a zero, of two letters.
        let short = "\u{4e0a}\n\u{4e00}\u{4e0a}\u{4e00} ok\r\n\u{6f6b}\u{430a}\u{4e00}\r\n\u{665a}\u{4e0a}: error: x\n\u{0a38}\u{0a24}\r\n";
        let text = format!("{short}{line}\r\n{line}\n{line} x\r\n{short}").repeat(3);
        for (big, encoding) in [(false, Encoding::Utf16Le), (true, Encoding::Utf16Be)] {
            assert!(decoded(&encode(&text, big), encoding) == text);
        }
    }
}
