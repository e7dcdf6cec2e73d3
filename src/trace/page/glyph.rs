//! Undoes what web pages do to single characters: no-break spaces, typographic quotation marks, entities of
//! HTML.

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
/// Messages of Apple's libraries that have typographic quotation marks themselves.
const OF_APPLE: &[&str] = &[
    "The file \u{201c}",
    "The folder \u{201c}",
    "couldn\u{2019}t be ",
];
/// Quotation marks, the double ones first.
const QUOTES: &[(&str, &str)] = &[
    ("\u{201c}", "\""),
    ("\u{201d}", "\""),
    ("\u{2018}", "'"),
    ("\u{2019}", "'"),
];
const NO_BREAK: &str = "\u{a0}";

/// The kinds of characters to replace in a text.
#[derive(Debug, Clone, Copy, Default)]
pub(super) struct Glyphs {
    blanks: bool,
    quotes: bool,
    entities: bool,
}

impl Glyphs {
    /// Detects them from the beginning of a text.
    pub(super) fn recognise(head: &[u8]) -> Self {
        let holds = |text: &str| memmem::find(head, text.as_bytes()).is_some();
        let foreign = !head.is_ascii();
        let marks = || QUOTES[..2].iter().any(|(mark, _)| holds(mark));
        Self {
            blanks: foreign && wide_blanks(head),
            // Compilers print single marks themselves. Whatever made the double ones typographic left no plain
            // mark.
            quotes: foreign && marks() && !holds("\"") && !OF_APPLE.iter().any(|of| holds(of)),
            entities: memchr::memchr(b'&', head).is_some() && escaped(head),
        }
    }

    /// Whether nothing needs to be replaced.
    pub(super) fn is_none(self) -> bool {
        !(self.blanks || self.quotes || self.entities)
    }

    /// Appends a line to `out` with its original characters.
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

/// Whether a no-break space stands beside another one, or at the start of a line. A single one between words
/// may be text.
fn wide_blanks(text: &[u8]) -> bool {
    memmem::find_iter(text, NO_BREAK).any(|at| {
        let (before, behind) = (&text[..at], &text[at + NO_BREAK.len()..]);
        let starts = before.last().is_none_or(|b| matches!(b, b' ' | b'\n'));
        starts || behind.starts_with(b" ") || behind.starts_with(NO_BREAK.as_bytes())
    })
}

/// Whether a text holds entities and none of the characters they stand for. A test about escaping has both.
fn escaped(text: &[u8]) -> bool {
    let holds = |what: &str| memmem::find(text, what.as_bytes()).is_some();
    let mut found = false;
    for (entity, character) in ENTITIES {
        if *character != " " && *character != "&" && holds(entity) {
            if holds(character) {
                return false;
            }
            found = true;
        }
    }
    found && !holds("<") && !holds(">")
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
            ("&lt;\u{a0} &unknown; & &", "<  &unknown; & &"),
        ] {
            assert_eq!(replaced(text), was);
        }
    }

    #[test]
    fn what_a_log_has_itself_stays() {
        for text in [
            "AssertionError: 'it&#39;s' != \"it's\"",
            "got &quot;a&quot;, want \"a\"",
            "expected '1\u{a0}234' to equal '1 234'",
            "The file \u{201c}config.json\u{201d} couldn\u{2019}t be opened.",
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
