//! From the bytes of a file to UTF-8: byte-order marks, UTF-16, and the refusal of binary files.

use std::io::{self, Read};

/// How much is looked at to tell text from binary.
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

/// Tells the encoding by the first bytes; also how many of them are a byte-order mark.
///
/// UTF-16 without a mark (a PowerShell redirect cut at its start) is told by the zero bytes of its ASCII.
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

/// Where the first NUL of a UTF-8 source stands: a sign that it is no log.
pub fn binary_at(head: &[u8]) -> Option<usize> {
    memchr::memchr(0, &head[..head.len().min(PROBE)])
}

/// Turns UTF-16 into UTF-8 while it is read.
#[derive(Debug)]
pub struct Utf16<R> {
    source: R,
    big_endian: bool,
    odd: Option<u8>,
    high: Option<u16>,
    out: Vec<u8>,
    at: usize,
    done: bool,
}

impl<R: Read> Utf16<R> {
    /// A reader behind the byte-order mark.
    pub fn new(source: R, encoding: Encoding) -> Self {
        let big_endian = encoding == Encoding::Utf16Be;
        Self {
            source,
            big_endian,
            odd: None,
            high: None,
            out: Vec::new(),
            at: 0,
            done: false,
        }
    }

    fn refill(&mut self) -> io::Result<()> {
        self.out.clear();
        self.at = 0;
        let mut raw = [0; 16 << 10];
        let n = self.source.read(&mut raw)?;
        if n == 0 {
            self.done = true;
            if self.odd.take().is_some() || self.high.take().is_some() {
                self.push(char::REPLACEMENT_CHARACTER);
            }
            return Ok(());
        }
        for &byte in &raw[..n] {
            match self.odd.take() {
                None => self.odd = Some(byte),
                Some(first) => {
                    let pair = [first, byte];
                    let unit = if self.big_endian {
                        u16::from_be_bytes(pair)
                    } else {
                        u16::from_le_bytes(pair)
                    };
                    self.unit(unit);
                }
            }
        }
        Ok(())
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

impl<R: Read> Read for Utf16<R> {
    fn read(&mut self, buf: &mut [u8]) -> io::Result<usize> {
        while self.at == self.out.len() && !self.done {
            self.refill()?;
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
}
