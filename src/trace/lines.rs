//! Reads a byte stream line by line in bounded memory, for code that rewrites a text before it is read as a
//! log.

use std::io::{self, Read};

use super::held::Held;

/// Bytes held at a time.
const BUFFER: usize = 64 << 10;

/// The lines of a text in memory, including the one behind its last newline.
pub(super) fn of(text: &[u8]) -> impl Iterator<Item = &[u8]> + Clone {
    let ends = memchr::memchr_iter(b'\n', text).chain([text.len()]);
    ends.scan(0, |from, to| {
        let line = &text[*from..to];
        *from = to + 1;
        Some(line)
    })
}

/// A line, or a part of a long one.
#[derive(Debug, Clone, Copy)]
pub(super) struct Stretch<'b> {
    /// The bytes, with the newline if there is one.
    pub bytes: &'b [u8],
    /// The stretch begins its line.
    pub starts: bool,
}

/// Hands out lines; lines longer than the buffer come in stretches. The sizes of the source's reads do not
/// matter.
#[derive(Debug)]
pub(super) struct Lines<R> {
    held: Held<R>,
    in_line: bool,
}

impl<R: Read> Lines<R> {
    pub(super) fn new(source: R) -> Self {
        Self {
            held: Held::new(source),
            in_line: false,
        }
    }

    /// The first bytes of the text, at most `most`. Call it before anything is taken.
    pub(super) fn head(&mut self, most: usize) -> &[u8] {
        self.held.fill(most);
        self.held.bytes()
    }

    /// The next stretch, without taking it; `None` at the end, and after an error of the source: see
    /// [`Lines::take_error`].
    pub(super) fn peek(&mut self) -> Option<Stretch<'_>> {
        let mut searched = 0;
        loop {
            let held = self.held.bytes();
            if let Some(at) = memchr::memchr(b'\n', &held[searched..]) {
                return Some(self.stretch(searched + at + 1));
            }
            searched = held.len();
            if searched == BUFFER || self.held.eof {
                return (searched > 0).then(|| self.stretch(searched));
            }
            self.held.fill(BUFFER);
        }
    }

    /// Takes `n` bytes of the stretch seen last.
    pub(super) fn take(&mut self, n: usize) {
        if n > 0 {
            self.held.from += n;
            self.in_line = self.held.buffer[self.held.from - 1] != b'\n';
        }
    }

    pub(super) fn source(&self) -> &R {
        &self.held.source
    }

    /// The error that ended the source early.
    pub(super) fn take_error(&mut self) -> Option<io::Error> {
        self.held.error.take()
    }

    /// Copies the held bytes, then those of the source, for a text that needs no rewriting.
    pub(super) fn pass(&mut self, out: &mut [u8]) -> io::Result<usize> {
        if self.held.from == self.held.to {
            return match self.held.error.take() {
                Some(error) => Err(error),
                None => self.held.source.read(out),
            };
        }
        let n = out.len().min(self.held.to - self.held.from);
        out[..n].copy_from_slice(&self.held.buffer[self.held.from..self.held.from + n]);
        self.held.from += n;
        Ok(n)
    }

    fn stretch(&self, len: usize) -> Stretch<'_> {
        Stretch {
            bytes: &self.held.buffer[self.held.from..self.held.from + len],
            starts: !self.in_line,
        }
    }
}
