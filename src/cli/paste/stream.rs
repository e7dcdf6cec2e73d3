//! Converts a terminal's input to the pasted text.
//!
//! A terminal with bracketed paste sends `ESC [200~` before a paste and `ESC [201~` behind it, a carriage
//! return for every line end, and keys as single control characters. The input may be cut anywhere.

/// A key that does something other than typing.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Key {
    /// Ctrl-D: the paste is complete.
    End,
    /// Ctrl-C.
    Interrupt,
    /// Ctrl-\.
    Quit,
    /// Ctrl-Z.
    Suspend,
}

/// Which bytes are keys; terminals let people choose. `None` where a key is switched off.
#[derive(Debug, Clone, Copy)]
pub struct Keys {
    /// Usually Ctrl-D.
    pub end: Option<u8>,
    /// Usually Ctrl-C.
    pub interrupt: Option<u8>,
    /// Usually Ctrl-\.
    pub quit: Option<u8>,
    /// Usually Ctrl-Z.
    pub suspend: Option<u8>,
}

impl Keys {
    fn key(&self, byte: u8) -> Option<Key> {
        let keys = [
            (self.interrupt, Key::Interrupt),
            (self.end, Key::End),
            (self.quit, Key::Quit),
            (self.suspend, Key::Suspend),
        ];
        keys.into_iter()
            .find(|(code, _)| *code == Some(byte))
            .map(|(_, key)| key)
    }
}

/// What a piece of input held besides text.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Event {
    /// A key was pressed. Input behind it is ignored.
    Key(Key),
    /// The last byte is a key or part of the paste; only a pause decides. See [`Stream::pressed`].
    Perhaps,
}

const OPEN: &[u8] = b"\x1b[200~";
const CLOSE: &[u8] = b"\x1b[201~";

/// The state between two pieces of input.
#[derive(Debug)]
pub struct Stream {
    keys: Keys,
    /// Between the brackets of a paste.
    inside: bool,
    /// Pastes whose end was seen.
    pastes: u32,
    /// Text that came outside of brackets.
    typed: bool,
    /// The received part of a bracket.
    bracket: Vec<u8>,
    /// The last character was a carriage return, already written as a newline.
    cr: bool,
    perhaps: Option<u8>,
    lines: u64,
    open_line: bool,
}

impl Stream {
    /// Creates the state before any input.
    pub fn new(keys: Keys) -> Self {
        Self {
            keys,
            inside: false,
            pastes: 0,
            typed: false,
            bracket: Vec::new(),
            cr: false,
            perhaps: None,
            lines: 0,
            open_line: false,
        }
    }

    /// The number of lines received, including one that has not ended.
    pub fn lines(&self) -> u64 {
        self.lines + u64::from(self.open_line)
    }

    /// Whether a paste has ended and no other has begun.
    pub fn complete(&self) -> bool {
        self.pastes > 0 && !self.inside
    }

    /// Whether text came without a bracket: the terminal will not mark the end of the paste.
    pub fn unannounced(&self) -> bool {
        self.typed && self.pastes == 0 && !self.inside
    }

    /// Appends the text in `raw` to `out`.
    pub fn push(&mut self, raw: &[u8], out: &mut Vec<u8>) -> Option<Event> {
        if let Some(byte) = self.perhaps.take() {
            self.text(byte, out);
        }
        for (k, &byte) in raw.iter().enumerate() {
            if self.bracketed(byte, out) {
                continue;
            }
            if let Some(key) = self.keys.key(byte) {
                if !self.inside {
                    return Some(Event::Key(key));
                }
                // Most but not all terminals keep control characters out of pastes. A key arrives alone.
                if k + 1 == raw.len() {
                    self.perhaps = Some(byte);
                    return Some(Event::Perhaps);
                }
            }
            self.text(byte, out);
        }
        None
    }

    /// Called after a pause: the last byte was a key.
    pub fn pressed(&mut self) -> Option<Key> {
        self.perhaps.take().and_then(|byte| self.keys.key(byte))
    }

    /// Called at the end of the input: an incomplete bracket is text.
    pub fn finish(&mut self, out: &mut Vec<u8>) {
        if let Some(byte) = self.perhaps.take() {
            self.text(byte, out);
        }
        self.no_bracket(out);
    }

    /// Takes `byte` as a part of a bracket, if it is one.
    fn bracketed(&mut self, byte: u8, out: &mut Vec<u8>) -> bool {
        if self.bracket.is_empty() && byte != OPEN[0] {
            return false;
        }
        self.bracket.push(byte);
        if OPEN == self.bracket || CLOSE == self.bracket {
            let opens = OPEN == self.bracket;
            self.bracket.clear();
            self.pastes += u32::from(self.inside && !opens);
            self.inside = opens;
            // A line end behind a paste is a key of its own.
            self.cr = false;
        } else if !OPEN.starts_with(&self.bracket) && !CLOSE.starts_with(&self.bracket) {
            self.bracket.pop();
            self.no_bracket(out);
            let begins = byte == OPEN[0];
            self.bracket.extend(begins.then_some(byte));
            return begins;
        }
        true
    }

    fn no_bracket(&mut self, out: &mut Vec<u8>) {
        for byte in std::mem::take(&mut self.bracket) {
            self.text(byte, out);
        }
    }

    fn text(&mut self, byte: u8, out: &mut Vec<u8>) {
        self.typed |= !self.inside;
        if byte == b'\n' && std::mem::take(&mut self.cr) {
            return;
        }
        self.cr = byte == b'\r';
        if matches!(byte, b'\r' | b'\n') {
            self.lines += 1;
            self.open_line = false;
            out.push(b'\n');
        } else {
            self.open_line = true;
            out.push(byte);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const KEYS: Keys = Keys {
        end: Some(4),
        interrupt: Some(3),
        quit: Some(0x1c),
        suspend: Some(0x1a),
    };

    /// The text, the events, and the stream behind them, with the input cut into pieces of that size.
    fn run(raw: &[u8], size: usize) -> (String, Vec<Event>, Stream) {
        let (mut stream, mut out, mut events) = (Stream::new(KEYS), Vec::new(), Vec::new());
        for piece in raw.chunks(size) {
            events.extend(stream.push(piece, &mut out));
        }
        stream.finish(&mut out);
        (String::from_utf8_lossy(&out).into_owned(), events, stream)
    }

    #[test]
    fn a_paste_is_the_same_however_it_is_cut() {
        let raw = b"\x1b[200~one\rtwo\r\nthr\x1b[31mee\n\n\x1b[20x\x1b\x1b[201~\r";
        for size in 1..=raw.len() {
            let (text, events, stream) = run(raw, size);
            assert_eq!(text, "one\ntwo\nthr\x1b[31mee\n\n\x1b[20x\x1b\n", "{size}");
            assert_eq!(events, []);
            assert!(stream.complete() && !stream.unannounced());
            assert_eq!(stream.lines(), 5);
        }
    }

    #[test]
    fn an_open_line_counts_and_an_open_paste_is_not_complete() {
        let (text, _, stream) = run(b"\x1b[200~a\rb", 2);
        assert_eq!((text.as_str(), stream.lines()), ("a\nb", 2));
        assert!(!stream.complete());
        let (_, _, stream) = run(b"\x1b[200~a\x1b[201~\x1b[200~b", 3);
        assert!(!stream.complete());
    }

    #[test]
    fn keys_are_keys_outside_of_a_paste_only() {
        let (text, events, _) = run(b"typed\x04rest", 100);
        assert_eq!(
            (text.as_str(), events),
            ("typed", vec![Event::Key(Key::End)])
        );
        let (_, events, _) = run(b"\x03", 1);
        assert_eq!(events, [Event::Key(Key::Interrupt)]);
        let (text, events, _) = run(b"\x1b[200~a\x03b\x1b[201~", 100);
        assert_eq!((text.as_str(), events), ("a\x03b", vec![]));
    }

    #[test]
    fn a_key_behind_a_paste_that_never_ends_is_told_by_the_pause() {
        let mut out = Vec::new();
        let mut stream = Stream::new(KEYS);
        assert_eq!(
            stream.push(b"\x1b[200~a\x03", &mut out),
            Some(Event::Perhaps)
        );
        assert_eq!(stream.pressed(), Some(Key::Interrupt));
        let mut stream = Stream::new(KEYS);
        stream.push(b"\x1b[200~a\x04", &mut out);
        out.clear();
        assert_eq!(stream.push(b"b", &mut out), None);
        assert_eq!((out.as_slice(), stream.pressed()), (&b"\x04b"[..], None));
    }

    #[test]
    fn text_without_brackets_is_unannounced() {
        let (_, _, stream) = run(b"a\r", 1);
        assert!(stream.unannounced());
        let (_, _, stream) = run(b"\x1b[200~a\x1b[201~", 1);
        assert!(!stream.unannounced());
    }
}
