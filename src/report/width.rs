//! Measures text in columns, and cuts it to fit.
//!
//! The text must be clean ([`super::sanitize`]). Cutting keeps track of a match. Columns are those of a
//! terminal: Hangul takes two, a combining accent none.

use std::ops::Range;

use unicode_width::UnicodeWidthChar;

use super::sanitize;

/// Columns of a character.
pub fn of_char(c: char) -> usize {
    c.width().unwrap_or(0)
}

/// Columns of a text.
pub fn of(text: &str) -> usize {
    if sanitize::is_printable(text) {
        return text.len();
    }
    text.chars().map(of_char).sum()
}

/// The longest beginning that takes at most `max` columns.
pub fn head(text: &str, max: usize) -> &str {
    let mut used = 0;
    for (at, c) in text.char_indices() {
        used += of_char(c);
        if used > max {
            return &text[..at];
        }
    }
    text
}

/// The longest end that takes at most `max` columns.
pub fn tail(text: &str, max: usize) -> &str {
    let mut used = 0;
    for (at, c) in text.char_indices().rev() {
        used += of_char(c);
        if used > max {
            return &text[at + c.len_utf8()..];
        }
    }
    text
}

/// Cuts the end of a text that does not fit.
pub fn cut_end(text: &str, max: usize, ellipsis: &str) -> String {
    if of(text) <= max {
        return text.to_owned();
    }
    format!(
        "{}{ellipsis}",
        head(text, max.saturating_sub(of(ellipsis))).trim_end()
    )
}

/// Cuts the middle of a text that does not fit; the beginning gets `keep` percent of the room.
pub fn cut_middle(text: &str, max: usize, keep: usize, ellipsis: &str) -> String {
    if of(text) <= max {
        return text.to_owned();
    }
    let room = max.saturating_sub(of(ellipsis));
    let first = head(text, room * keep / 100);
    format!("{first}{ellipsis}{}", tail(text, room - of(first)))
}

/// Cuts a line to fit such that its match stays visible; returns the new position of the match.
///
/// A line without a match loses its middle: its subject stands at the beginning, the error mostly at the end.
pub fn cut_around(
    text: &str,
    span: Range<usize>,
    max: usize,
    ellipsis: &str,
) -> (String, Range<usize>) {
    if of(text) <= max {
        return (text.to_owned(), span);
    }
    if span.is_empty() {
        return (cut_middle(text, max, 60, ellipsis), 0..0);
    }
    let (before, found, after) = (&text[..span.start], &text[span.clone()], &text[span.end..]);
    let dots = of(ellipsis);
    if of(before) + of(found) + dots <= max {
        // Blanks at the end may belong to the match, so they stay.
        return (
            format!("{}{ellipsis}", head(text, max.saturating_sub(dots))),
            span,
        );
    }
    let room = max.saturating_sub(of(found) + 2 * dots);
    if of(found) + 2 * dots <= max {
        // The beginning names the tool, so it gets the room that the words behind the match leave.
        let behind = cut_end(after, room.div_ceil(4) + dots, ellipsis);
        let front = head(before, (max - of(found) - dots).saturating_sub(of(&behind))).trim_end();
        let start = front.len() + ellipsis.len();
        return (
            format!("{front}{ellipsis}{found}{behind}"),
            start..start + found.len(),
        );
    }
    let front = if of(before) <= max / 4 {
        before
    } else {
        ellipsis
    };
    let behind = if after.trim().is_empty() {
        ""
    } else {
        ellipsis
    };
    let found = cut_middle(
        found,
        max.saturating_sub(of(front) + of(behind)),
        60,
        ellipsis,
    );
    (
        format!("{front}{found}{behind}"),
        front.len()..front.len() + found.len(),
    )
}

/// Breaks a text into byte ranges of at most `max` columns, at suitable blanks, or anywhere if that would take
/// more than `most` rows.
pub fn rows(text: &str, max: usize, most: usize) -> Vec<Range<usize>> {
    let at_blanks = broken(text, max, true);
    if at_blanks.len() > most {
        broken(text, max, false)
    } else {
        at_blanks
    }
}

fn broken(text: &str, max: usize, at_blanks: bool) -> Vec<Range<usize>> {
    let mut rows = Vec::new();
    let mut start = 0;
    while of(&text[start..]) > max {
        let fits = head(&text[start..], max);
        // A wide character never fits a single column; it is let through.
        let next = text[start..].chars().next().map_or(1, char::len_utf8);
        let hard = fits.len().max(next);
        let soft = fits.rfind(' ').map_or(0, |blank| blank + 1);
        let well = at_blanks && of(&fits[..soft]) * 3 >= max * 2;
        let mut end = start + if well { soft } else { hard };
        // A blank at the end of a row is invisible; at the start of the next it would not be.
        end += usize::from(text[end..].starts_with(' '));
        rows.push(start..end);
        start = end;
    }
    if start < text.len() || rows.is_empty() {
        rows.push(start..text.len());
    }
    rows
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn hangul_takes_two_columns() {
        assert_eq!(of("오류: e"), 7);
        assert_eq!(head("오류: e", 3), "오");
        assert_eq!(tail("e 오류", 3), "류");
        assert_eq!(cut_end("소스를 가져오는 중", 9, "…"), "소스를…");
    }

    #[test]
    fn the_middle_goes_first() {
        assert_eq!(
            cut_middle("exported/2024/build/8101.log", 17, 40, "…"),
            "export…d/8101.log"
        );
        assert_eq!(cut_middle("short", 17, 40, "…"), "short");
        assert_eq!(cut_middle("abcdef", 2, 50, "..."), "...");
    }

    fn around(text: &str, found: &str, max: usize) -> String {
        let at = text.find(found).unwrap();
        let (cut, span) = cut_around(text, at..at + found.len(), max, "…");
        assert!(of(&cut) <= max, "{cut}");
        assert!(span.start < span.end && cut.get(span).is_some());
        cut
    }

    #[test]
    fn the_match_stays_in_sight() {
        let line = "fatal: unable to access 'https://git.example.com/group/app.git/': OpenSSL \
                    SSL_connect: SSL_ERROR_SYSCALL in connection to git.example.com:443";
        assert_eq!(
            around(line, "fatal", 40),
            "fatal: unable to access 'https://git.ex…"
        );
        assert_eq!(
            around(line, "SSL_ERROR_SYSCALL", 40),
            "fatal: unable t…SSL_ERROR_SYSCALL in co…"
        );
        assert_eq!(
            around(line, "git.example.com:443", 40),
            "fatal: unable to acc…git.example.com:443"
        );
        // A match that is too long itself shows both its ends.
        assert_eq!(
            around(line, line, 40),
            "fatal: unable to access….example.com:443"
        );
    }

    #[test]
    fn a_line_without_a_match_keeps_both_ends() {
        let (cut, span) = cut_around("WARNING: Failed to pull image: Back-off", 0..0, 20, "…");
        assert_eq!((cut.as_str(), span), ("WARNING: Fa…Back-off", 0..0));
    }

    #[test]
    fn rows_break_at_blanks() {
        let text = "one two three four";
        let broken: Vec<_> = rows(text, 9, 3).into_iter().map(|row| &text[row]).collect();
        assert_eq!(broken, ["one two ", "three ", "four"]);
        let broken: Vec<_> = rows(text, 9, 2).into_iter().map(|row| &text[row]).collect();
        assert_eq!(broken, ["one two t", "hree four"]);
        let text = "abcdefghij";
        let broken: Vec<_> = rows(text, 4, 3).into_iter().map(|row| &text[row]).collect();
        assert_eq!(broken, ["abcd", "efgh", "ij"]);
        assert_eq!(rows("오류", 1, 9), [0..3, 3..6]);
    }
}
