//! Keeps the text of a line that a pattern matched.

use crate::trace::cut;

/// Most bytes of a line that are kept as evidence.
const MAX_TEXT: usize = 2000;

/// At most [`MAX_TEXT`] bytes of a line around a match, and the match's offsets in them. A cut is marked by
/// `…`.
pub(super) fn bounded(text: &[u8], start: usize, end: usize) -> (String, (u32, u32)) {
    let (mut from, mut to) = (0, text.len());
    if text.len() <= MAX_TEXT
        && let Ok(whole) = std::str::from_utf8(text)
    {
        let (start, end) = (start.min(to), end.min(to));
        if whole.is_char_boundary(start) && whole.is_char_boundary(end) {
            return (whole.to_owned(), (start as u32, end as u32));
        }
    }
    if text.len() > MAX_TEXT {
        let spare = MAX_TEXT.saturating_sub(end.min(start + MAX_TEXT) - start);
        from = start.saturating_sub(spare / 2);
        to = (from + MAX_TEXT).min(text.len());
        from = from.min(to.saturating_sub(MAX_TEXT));
        from = cut::start(text, from, start.min(to));
        to = cut::end(text, end.min(to), to);
        while from > 0 && from < to && text[from] & 0xc0 == 0x80 {
            from += 1;
        }
        while to < text.len() && to > from && text[to] & 0xc0 == 0x80 {
            to -= 1;
        }
    }
    let lossy = |from: usize, to: usize| String::from_utf8_lossy(&text[from..to.max(from)]);
    let (start, end) = (start.clamp(from, to), end.clamp(from, to));
    let mut out = String::new();
    if from > 0 {
        out.push('…');
    }
    out.push_str(&lossy(from, start));
    let span_start = out.len() as u32;
    out.push_str(&lossy(start, end));
    let span_end = out.len() as u32;
    out.push_str(&lossy(end, to));
    if to < text.len() {
        out.push('…');
    }
    (out, (span_start, span_end))
}
