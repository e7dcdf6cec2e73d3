//! What is known of the window: its width, and where it breaks lines.

use super::row::{Row, first_word, fits, is_blank, is_rule, last_word, units};

/// Plausible widths of a window.
pub(super) const WIDTHS: std::ops::RangeInclusive<usize> = 14..=500;
/// Line length in a window of the default size, one column less than the window.
const USUAL: usize = 119;
/// Lines of one length that must break within a word before the width is believed without a frame.
const ALIKE: u8 = 3;

/// Where the window breaks lines.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Breaks {
    Unknown,
    /// Behind a blank, where there is one.
    Words,
    Anywhere,
}

/// What is known of the window.
#[derive(Debug, Clone, Copy)]
pub(super) struct Window {
    /// Characters of the longest line; 0 where it is not known.
    pub(super) width: usize,
    /// Lower bound of the width.
    pub(super) least: usize,
    pub(super) breaks: Breaks,
    /// A line length that looks like the width, and how many lines had it.
    pub(super) guess: (usize, u8),
}

impl Window {
    /// Combines what a record tells with what was known before.
    pub(super) fn after(self, known: Option<Window>) -> Self {
        let Some(known) = known else {
            return self;
        };
        if self.width == 0 && known.width >= self.least {
            return known;
        }
        let same = known.width == self.width;
        Self {
            breaks: match self.breaks {
                Breaks::Unknown if same => known.breaks,
                breaks => breaks,
            },
            guess: if same { known.guess } else { self.guess },
            ..self
        }
    }

    /// Whether the window broke a line between these two.
    pub(super) fn breaks_between(self, line: &[u8], next: &[u8]) -> bool {
        let width = self.width;
        // What the window broke fits into it, also the last piece. A broken line has no control characters
        // but colours.
        if next.is_empty() || !fits(line, width) || !fits(next, width) {
            return false;
        }
        if line.contains(&b'\r') || line.contains(&0) {
            return false;
        }
        let letters = line.iter().any(u8::is_ascii_alphanumeric);
        if !letters || is_rule(line) || next.starts_with(b"+ ~") {
            return false;
        }
        let len = units(line, width);
        let is_full = len == width;
        let ends_in_blank = line.last().is_some_and(|b| is_blank(*b));
        let no_room = || {
            let word = first_word(next, width + 1);
            len + word > width && word <= width
        };
        let behind_blank = || ends_in_blank && no_room();
        // If a line only happens to be that long, its continuation is often indented.
        let is_torn = is_full && (ends_in_blank || !next.starts_with(b"  ") && !begins(next));
        match self.breaks {
            Breaks::Anywhere => is_torn,
            Breaks::Words if ends_in_blank => behind_blank(),
            Breaks::Words => is_full && last_word(line) + first_word(next, width + 1) > width,
            // The rows of a table are padded with blanks.
            Breaks::Unknown => !line.ends_with(b"  ") && (is_torn || behind_blank()),
        }
    }

    /// Learns the width from a line that is broken within a word too long for any line of its length.
    pub(super) fn learn(&mut self, line: &[u8], next: &[u8]) {
        if line.len() < self.least || line.len() > 4 * WIDTHS.end() || next.is_empty() {
            return;
        }
        let ends_in_word = line.last().is_some_and(|b| !is_blank(*b));
        if !ends_in_word || is_rule(line) || !line.iter().any(u8::is_ascii_alphanumeric) {
            return;
        }
        let len = units(line, WIDTHS.end() + 1);
        let last = last_word(line);
        let torn = last < len && last + first_word(next, len + 1) > len;
        if len < self.least || !WIDTHS.contains(&len) || !torn {
            return;
        }
        self.guess = match self.guess {
            (width, seen) if width == len => (len, seen + 1),
            _ => (len, 1),
        };
        if self.guess.1 == ALIKE {
            (self.width, self.breaks) = (len, Breaks::Words);
        }
    }

    /// Learns from a record's lines above its frame: its message, the place, the command and the marks below
    /// it.
    pub(super) fn look_at(&mut self, raw: &[u8], message: &[Row], rest: &[Row]) {
        if self.width == 0 {
            let (mut low, mut high) = (0, usize::MAX);
            for pair in message.windows(2) {
                let (line, next) = (pair[0].of(raw), pair[1].of(raw));
                let len = units(line, WIDTHS.end() + 1);
                let in_word = line.last().is_some_and(|b| !is_blank(*b));
                let word = if in_word { 1 } else { first_word(next, USUAL) };
                low = low.max(len);
                high = high.min((len + word).saturating_sub(1));
            }
            if low >= self.least && low <= high && WIDTHS.contains(&low) {
                let usual = (low..=high).contains(&USUAL);
                self.width = if usual { USUAL } else { low };
            }
        }
        let width = self.width;
        if width == 0 {
            return;
        }
        // The end of a message may be as long as the window is wide, so words are tried first.
        let pairs = || {
            message
                .windows(2)
                .chain(rest.windows(2))
                .map(|pair| (pair[0].of(raw), pair[1].of(raw)))
        };
        let word = |next: &[u8]| first_word(next, width + 1);
        let behind_word = |(line, next): (&[u8], &[u8])| {
            let len = units(line, width + 1);
            let fits_not = len < width && len + word(next) > width && word(next) <= width;
            fits_not && line.last().is_some_and(|b| is_blank(*b)) && !line.trim_ascii().is_empty()
        };
        let within_word = |(line, next): (&[u8], &[u8])| {
            let in_word = |b: Option<&u8>| b.is_some_and(|b| !is_blank(*b));
            let torn = in_word(line.last()) && in_word(next.first()) && !next.starts_with(b"+ ");
            torn && units(line, width + 1) == width && last_word(line) + word(next) <= width
        };
        if pairs().any(behind_word) {
            self.breaks = Breaks::Words;
        } else if pairs().any(within_word) {
            self.breaks = Breaks::Anywhere;
        }
    }
}

/// Whether a line begins as errors do. In a broken line a blank would stand before such a word.
fn begins(line: &[u8]) -> bool {
    const WORDS: &[&[u8]] = &[
        b"error",
        b"Error",
        b"ERROR",
        b"fatal",
        b"FATAL",
        b"FAIL",
        b"warning",
        b"Warning",
        b"WARN",
        b"Traceback",
        b"npm ",
        b"CMake ",
    ];
    let first = line.split(|b| *b == b' ').next().unwrap_or_default();
    let named = [&b"Error:"[..], b"Exception:"];
    WORDS.iter().any(|word| line.starts_with(word))
        || line.starts_with(b"--- ")
        || named.iter().any(|end| first.ends_with(end))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_window_breaks_lines_where_the_next_word_has_no_room() {
        let window = |breaks| Window {
            width: 22,
            least: 0,
            breaks,
            guess: (0, 0),
        };
        let broken = |breaks, line: &str, next: &str| {
            window(breaks).breaks_between(line.as_bytes(), next.as_bytes())
        };
        use Breaks::{Anywhere, Unknown, Words};
        for (line, next, words, anywhere) in [
            (
                "ts:81:29: Unresolved ",
                "reference 'minus' for ",
                true,
                false,
            ),
            ("FAILURE: Build failed ", "with an exception.", true, true),
            (
                "./gradlew : e: file://",
                "/C:/Users/dev/Desktop",
                true,
                true,
            ),
            // The next word had room.
            ("reference 'minus' ", "for it", false, false),
            ("operator '-'.", "At line:1 char:1", false, false),
            // Words that fit into a line are not broken.
            ("error: redefinition of", "x", false, true),
            ("======== FAILURES ====", "test_cart", false, false),
            ("+ ~~~~~~~~~~~~~~~~~~~~", "~~~~~~", false, false),
            ("longer than the window is", "wide", false, false),
            (
                "e: file:///C:/Users/de",
                "longer than the window is wide",
                false,
                false,
            ),
            (
                "FAILURE: Build failed ",
                "in what is too long here",
                false,
                false,
            ),
            (" ", "e: file:///C:/Users/de", false, false),
            ("FAILURE: Build failed ", "", false, false),
        ] {
            assert_eq!(broken(Words, line, next), words, "{line}");
            assert_eq!(broken(Anywhere, line, next), anywhere, "{line}");
            assert_eq!(broken(Unknown, line, next), words | anywhere, "{line}");
        }
    }

    #[test]
    fn lines_broken_within_long_words_tell_the_width() {
        let mut window = Window {
            width: 0,
            least: 73,
            breaks: Breaks::Unknown,
            guess: (0, 0),
        };
        let line = format!("\tat {:a<115}", "shop.cart.");
        for _ in 0..3 {
            assert_eq!(window.width, 0);
            window.learn(b"\tat shop.Cart.main(Cart.kt:3)", b"\tat x");
            window.learn(line.as_bytes(), b"ava:111)");
        }
        assert_eq!(window.width, 119);
    }
}
