//! Cuts texts that are too long, but never within a word: half of a secret token would not be recognised and
//! redacted.

use std::borrow::Cow;

/// Longest word that is dropped whole to avoid a cut within it, in bytes.
const WORD: usize = 200;

/// Where a text may end, at most at `max`, and not before `min`.
pub fn end(text: &[u8], min: usize, max: usize) -> usize {
    if max >= text.len() || text[max].is_ascii_whitespace() {
        return max.min(text.len());
    }
    let low = max.saturating_sub(WORD).max(min).min(max);
    let blank = text[low..max].iter().rposition(u8::is_ascii_whitespace);
    blank.map_or(max, |at| low + at)
}

/// Where a text may begin, at least at `min`, and not behind `max`.
pub fn start(text: &[u8], min: usize, max: usize) -> usize {
    if min == 0 || text[min - 1].is_ascii_whitespace() {
        return min;
    }
    let high = (min + WORD).min(max).max(min);
    let blank = text[min..high].iter().position(u8::is_ascii_whitespace);
    blank.map_or(min, |at| min + at + 1)
}

/// At most `max` bytes of a text, and `…` where that is not all.
pub fn shortened(text: &str, max: usize) -> Cow<'_, str> {
    if text.len() <= max {
        return Cow::Borrowed(text);
    }
    let end = end(text.as_bytes(), 0, max);
    Cow::Owned(format!("{}…", &text[..text.floor_char_boundary(end)]))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn words_stay_whole() {
        let text = b"one two three";
        assert_eq!(
            (0..=14).map(|max| end(text, 0, max)).collect::<Vec<_>>(),
            [0, 1, 2, 3, 3, 3, 3, 7, 7, 7, 7, 7, 7, 13, 13]
        );
        assert_eq!(end(text, 5, 6), 6, "what must stay stays");
        assert_eq!(
            (0..=9).map(|min| start(text, min, 13)).collect::<Vec<_>>(),
            [0, 4, 4, 4, 4, 8, 8, 8, 8, 9]
        );
        assert_eq!(start(text, 5, 6), 5);
        assert_eq!(shortened("one two three", 9), "one two…");
        assert_eq!(shortened("one two three", 13), "one two three");
        let long = "오".repeat(300);
        assert_eq!(shortened(&long, 800), format!("{}…", "오".repeat(266)));
    }
}
