//! What pages make of single characters: blanks that do not break lines, quotation marks of typesetters, and the entities of HTML.

use memchr::memmem;

/// Entities that stand for characters of ASCII (HTML, "Named character references").
const ENTITIES: &[(&str, &str)] = &[
    ("&lt;", "<"),
    ("&gt;", ">"),
    ("&quot;", "\""),
    ("&#34;", "\""),
    ("&apos;", "'"),
    ("&#39;", "'"),
    ("&#x27;", "'"),
    ("&nbsp;", " "),
    ("&amp;", "&"),
];
/// Those that no log holds where it has the characters themselves nowhere.
const TELLING: usize = 7;
/// Quotation marks, the double ones first.
const QUOTES: &[(&str, &str)] = &[
    ("\u{201c}", "\""),
    ("\u{201d}", "\""),
    ("\u{2018}", "'"),
    ("\u{2019}", "'"),
];
const NO_BREAK: &str = "\u{a0}";

/// What is to be replaced in a text.
#[derive(Debug, Clone, Copy, Default)]
pub(super) struct Glyphs {
    blanks: bool,
    quotes: bool,
    entities: bool,
}

impl Glyphs {
    /// Tells by the beginning of a text what is to be replaced.
    pub(super) fn recognise(head: &[u8]) -> Self {
        let holds = |text: &str| memmem::find(head, text.as_bytes()).is_some();
        let foreign = !head.is_ascii();
        Self {
            blanks: foreign && holds(NO_BREAK),
            // Compilers print single ones; what sets the double ones leaves no plain mark.
            quotes: foreign && QUOTES[..2].iter().any(|(mark, _)| holds(mark)) && !holds("\""),
            // What quotes HTML has angle brackets of its own somewhere.
            entities: memchr::memchr(b'&', head).is_some()
                && ENTITIES[..TELLING].iter().any(|(entity, _)| holds(entity))
                && memchr::memchr2(b'<', b'>', head).is_none(),
        }
    }

    /// Is there nothing to replace?
    pub(super) fn is_none(self) -> bool {
        !(self.blanks || self.quotes || self.entities)
    }

    /// Appends a line to `out`, with the characters that it had.
    pub(super) fn replace(self, line: &[u8], out: &mut Vec<u8>) {
        let mut from = 0;
        for at in memchr::memchr3_iter(
            b'&',
            NO_BREAK.as_bytes()[0],
            QUOTES[0].0.as_bytes()[0],
            line,
        ) {
            if at < from {
                continue;
            }
            let rest = &line[at..];
            let of = |list: &'static [(&str, &str)]| {
                let mut known = list.iter().copied();
                known.find(|(shown, _)| rest.starts_with(shown.as_bytes()))
            };
            let found = match rest[0] {
                b'&' if self.entities => of(ENTITIES),
                0xc2 if self.blanks => of(&[(NO_BREAK, " ")]),
                0xe2 if self.quotes => of(QUOTES),
                _ => None,
            };
            if let Some((shown, text)) = found {
                out.extend_from_slice(&line[from..at]);
                out.extend_from_slice(text.as_bytes());
                from = at + shown.len();
            }
        }
        out.extend_from_slice(&line[from..]);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn replaced(text: &str) -> String {
        let mut out = Vec::new();
        Glyphs::recognise(text.as_bytes()).replace(text.as_bytes(), &mut out);
        String::from_utf8(out).unwrap()
    }

    #[test]
    fn characters_come_back() {
        for (text, was) in [
            ("a\u{a0}\u{a0}b", "a  b"),
            (
                "invalid argument \u{201c}x\u{201d} isn\u{2019}t…",
                "invalid argument \"x\" isn't…",
            ),
            (
                "cannot find &#39;x&#39; &amp;&amp; &quot;y&quot;",
                "cannot find 'x' && \"y\"",
            ),
            ("&lt;a&gt; &amp;lt;", "<a> &lt;"),
            ("&lt;\u{a0}&unknown; & &", "< &unknown; & &"),
        ] {
            assert_eq!(replaced(text), was);
        }
    }

    #[test]
    fn what_a_log_has_itself_stays() {
        for text in [
            "error: \u{2018}x\u{2019} undeclared",
            "echo \"\u{201c}x\u{201d}\"",
            "<p>&lt;b&gt;</p>",
            "curl a?b=1&amp;c=2",
            "é&",
            "x && y",
        ] {
            assert_eq!(replaced(text), text);
        }
    }
}
