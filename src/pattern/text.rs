//! Templates: `{capture}` and `{capture|fallback}`, nothing else.
//!
//! Everything that is not exactly a placeholder is literal text, so `${VAR}`, `{{.Size}}`, `{}` and
//! JSON stand as they are. A placeholder is `{`, a lower-case name, an optional `|fallback`, `}`,
//! and does not stand behind `$` or another `{`.

/// A piece of a template.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Piece<'t> {
    /// Text as it is.
    Literal(&'t str),
    /// `{name}` or `{name|fallback}`.
    Placeholder {
        /// Capture name.
        name: &'t str,
        /// What stands in when the capture took no part.
        fallback: Option<&'t str>,
    },
}

/// Longest value a capture contributes, in characters.
const MAX_VALUE: usize = 120;
/// Characters of a word that is left out whole where a value is cut.
const MAX_WORD: usize = 15;

/// Splits a template into its pieces.
pub fn pieces(template: &str) -> Vec<Piece<'_>> {
    let bytes = template.as_bytes();
    let mut out = Vec::new();
    let (mut literal, mut at) = (0, 0);
    while let Some(open) = template[at..].find('{').map(|i| at + i) {
        at = open + 1;
        if open > 0 && matches!(bytes[open - 1], b'$' | b'{') {
            continue;
        }
        let Some(close) = template[at..].find(['}', '{']).map(|i| at + i) else {
            break;
        };
        if bytes[close] != b'}' {
            continue;
        }
        let inner = &template[at..close];
        let (name, fallback) = match inner.split_once('|') {
            Some((name, fallback)) => (name, Some(fallback)),
            None => (inner, None),
        };
        if !is_name(name) {
            continue;
        }
        if literal < open {
            out.push(Piece::Literal(&template[literal..open]));
        }
        out.push(Piece::Placeholder { name, fallback });
        at = close + 1;
        literal = at;
    }
    if literal < template.len() {
        out.push(Piece::Literal(&template[literal..]));
    }
    out
}

fn is_name(name: &str) -> bool {
    name.starts_with(|c: char| c.is_ascii_lowercase())
        && name
            .chars()
            .all(|c| c.is_ascii_lowercase() || c.is_ascii_digit() || c == '_')
}

/// Names of the placeholders of a template that have no fallback, and of those that have one.
pub fn placeholders(template: &str) -> impl Iterator<Item = (&str, bool)> {
    pieces(template)
        .into_iter()
        .filter_map(|piece| match piece {
            Piece::Placeholder { name, fallback } => Some((name, fallback.is_some())),
            Piece::Literal(_) => None,
        })
}

/// Fills in a template. A capture without value and without fallback becomes `…`.
pub fn render<'v>(template: &str, mut value: impl FnMut(&str) -> Option<&'v str>) -> String {
    let mut out = String::with_capacity(template.len() + 32);
    let mut pieces = pieces(template).into_iter().peekable();
    while let Some(piece) = pieces.next() {
        match piece {
            Piece::Literal(text) => out.push_str(text),
            Piece::Placeholder { name, fallback } => match value(name).filter(|v| !v.is_empty()) {
                Some(value) => {
                    let value = match pieces.peek() {
                        Some(Piece::Literal(behind)) if goes_on(behind) => without_stop(value),
                        _ => value,
                    };
                    push_short(&mut out, value);
                }
                None => out.push_str(fallback.unwrap_or("…")),
            },
        }
    }
    out
}

const STOPS: [char; 4] = ['.', ',', ';', ':'];

/// Does the sentence have a stop of its own behind a value?
fn goes_on(behind: &str) -> bool {
    behind
        .strip_prefix(STOPS)
        .is_some_and(|rest| rest.is_empty() || rest.starts_with(char::is_whitespace))
}

/// A value without the stop at its end. What is no end of a sentence (`.`, `..`, `v1...`) stays.
fn without_stop(value: &str) -> &str {
    match value.strip_suffix(STOPS) {
        Some(rest) if !rest.is_empty() && !rest.ends_with(STOPS) => rest,
        _ => value,
    }
}

/// A long value without its middle: a sentence says at its start what it is about, a chain of reasons at its end what it
/// comes from.
fn push_short(out: &mut String, value: &str) {
    if value.chars().nth(MAX_VALUE).is_none() {
        return out.push_str(value);
    }
    let part = |(at, _)| at;
    let starts = value.char_indices().nth(MAX_VALUE / 2).map_or(0, part);
    let ends = value
        .char_indices()
        .nth_back(MAX_VALUE / 2 - 1)
        .map_or(value.len(), part);
    let (head, tail) = (&value[..starts], &value[ends..]);
    // Rather a word less than half a word.
    let head = match head.char_indices().rev().take(MAX_WORD).find(is_blank) {
        Some((at, _)) => &head[..at],
        None => head,
    };
    let tail = match tail.char_indices().take(MAX_WORD).find(is_blank) {
        Some((at, _)) => &tail[at..],
        None => tail,
    };
    out.extend([head.trim_end(), " … ", tail.trim_start()]);
}

fn is_blank((_, c): &(usize, char)) -> bool {
    c.is_whitespace()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn fill(template: &str) -> String {
        render(template, |name| match name {
            "image" => Some("busybox:latest"),
            "empty" => Some(""),
            _ => None,
        })
    }

    #[test]
    fn a_sentence_has_one_stop() {
        let said = |value: &str, template: &str| render(template, |_| Some(value));
        assert_eq!(said("not found.", "It says: {a}."), "It says: not found.");
        assert_eq!(
            said("not found:", "({a}; {a}): {a}, so"),
            "(not found; not found:): not found, so"
        );
        assert_eq!(
            said("not found.", "{a}. Then {a}"),
            "not found. Then not found."
        );
        // Names and paths keep what is of them.
        for value in [".", "..", "app.", "wait..."] {
            let whole = ["`{a}`.", "{a}/x", "{a}.txt"].map(|template| said(value, template));
            assert_eq!(
                whole,
                [
                    format!("`{value}`."),
                    format!("{value}/x"),
                    format!("{value}.txt")
                ]
            );
        }
        assert_eq!(said("..", "Go to {a}."), "Go to ...");
    }

    #[test]
    fn captures_and_fallbacks_are_filled_in() {
        assert_eq!(fill("pull {image} now"), "pull busybox:latest now");
        assert_eq!(
            fill("{host|the host}: {image|x}"),
            "the host: busybox:latest"
        );
        assert_eq!(fill("{empty|nothing}{host|}"), "nothing");
        assert_eq!(fill("{host}"), "…");
    }

    #[test]
    fn what_is_no_placeholder_stands_as_it_is() {
        for text in [
            "${VAR}",
            "${image}",
            "{{.Size}}",
            "{{image}}",
            "{}",
            "{ image }",
            "{\"a\": {}}",
            "{Image}",
            "a { b",
            "}{",
        ] {
            assert_eq!(fill(text), text);
        }
    }

    #[test]
    fn long_values_lose_their_middle() {
        let short = |value: &str| render("{a}", |_| Some(value));
        let halves = "ä".repeat(60) + &"z".repeat(60);
        assert_eq!(short(&halves), halves);
        let cut = "ä".repeat(60) + " … " + &"z".repeat(60);
        assert_eq!(short(&("ä".repeat(500) + &"z".repeat(500))), cut);
        let chain = "failed to create the shim task of the container that runs the script: OCI runtime create failed: \
                     runc create failed: unable to start the container process: no such file or directory";
        assert_eq!(
            short(chain),
            "failed to create the shim task of the container that runs … to start the container process: no such file or \
             directory"
        );
    }

    #[test]
    fn placeholders_are_listed_with_whether_they_have_a_fallback() {
        let all: Vec<_> = placeholders("{a} {b|x} ${c}").collect();
        assert_eq!(all, [("a", false), ("b", true)]);
    }
}
