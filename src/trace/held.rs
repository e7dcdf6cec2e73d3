//! Buffers bytes of a source until it is known what they are.

use std::io::{self, Read};

/// A source with the bytes that were read from it and not yet taken.
#[derive(Debug)]
pub(super) struct Held<R> {
    pub source: R,
    pub buffer: Vec<u8>,
    /// Start of the held bytes in the buffer.
    pub from: usize,
    /// End of the held bytes.
    pub to: usize,
    pub eof: bool,
    /// The error that ended the source early.
    pub error: Option<io::Error>,
}

impl<R: Read> Held<R> {
    pub(super) fn new(source: R) -> Self {
        Self {
            source,
            buffer: Vec::new(),
            from: 0,
            to: 0,
            eof: false,
            error: None,
        }
    }

    pub(super) fn bytes(&self) -> &[u8] {
        &self.buffer[self.from..self.to]
    }

    /// Reads until `most` bytes are held, or the source ends.
    pub(super) fn fill(&mut self, most: usize) {
        self.buffer.copy_within(self.from..self.to, 0);
        self.to -= self.from;
        self.from = 0;
        if self.buffer.len() < most {
            self.buffer.resize(most, 0);
        }
        while self.to < most && !self.eof {
            match self.source.read(&mut self.buffer[self.to..most]) {
                Ok(0) => self.eof = true,
                Ok(n) => self.to += n,
                Err(e) if e.kind() == io::ErrorKind::Interrupted => {}
                Err(e) => {
                    self.error = Some(e);
                    self.eof = true;
                }
            }
        }
    }
}
