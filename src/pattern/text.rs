//! Templates: `{capture}` and `{capture|fallback}`, also as `{capture:regex}`, nothing else.
//!
//! Everything that is not exactly a placeholder is literal text, so `${VAR}`, `{{.Size}}`, `{}` and
//! JSON stand as they are. A placeholder is `{`, a lower-case name, an optional `:regex` (the value
//! becomes a regular expression that finds it), an optional `|fallback`, `}`, and does not stand
//! behind `$` or another `{`.
//!
//! What a template is for decides what a value may be in it: [`Part`].

use std::borrow::Cow;

use super::word::{self, Place, VALUE};

/// What a template is for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Part {
    /// It says what happened: a title, a cause.
    Prose,
    /// It shows what the log says, and may propose commands in code spans: a note, the text of a check.
    Note,
    /// It says what to do: a step of a fix, how to verify it.
    Advice,
    /// All of it is a command: what a check runs.
    Command,
}

/// A piece of a template.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Piece<'t> {
    /// Text as it is.
    Literal(&'t str),
    /// `{name}`, `{name|fallback}`, `{name:regex}` or `{name:regex|fallback}`.
    Placeholder {
        /// Capture name.
        name: &'t str,
        /// The value becomes a regular expression that finds it.
        regex: bool,
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
        let (name, regex) = match name.strip_suffix(":regex") {
            Some(name) => (name, true),
            None => (name, false),
        };
        if !is_name(name) {
            continue;
        }
        if literal < open {
            out.push(Piece::Literal(&template[literal..open]));
        }
        out.push(Piece::Placeholder {
            name,
            regex,
            fallback,
        });
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
            Piece::Placeholder { name, fallback, .. } => Some((name, fallback.is_some())),
            Piece::Literal(_) => None,
        })
}

/// Fills in a template. A capture without value and without fallback becomes `…`; a value that could be more than a word to a shell
/// gives way, in a command, to the fallback or to the capture's name in capitals.
pub fn render<'v>(
    template: &str,
    part: Part,
    mut value: impl FnMut(&str) -> Option<&'v str>,
) -> String {
    let pieces = pieces(template);
    let mut places = places(&pieces, part).into_iter();
    let mut out = String::with_capacity(template.len() + 32);
    let mut pieces = pieces.into_iter().peekable();
    while let Some(piece) = pieces.next() {
        let (name, regex, fallback) = match piece {
            Piece::Literal(text) => {
                out.push_str(text);
                continue;
            }
            Piece::Placeholder {
                name,
                regex,
                fallback,
            } => (name, regex, fallback),
        };
        let place = places.next().unwrap_or(Spot::Text);
        let Some(value) = value(name).filter(|v| !v.is_empty()) else {
            out.push_str(fallback.unwrap_or("…"));
            continue;
        };
        let value = match pieces.peek() {
            Some(Piece::Literal(behind)) if goes_on(behind) => without_stop(value),
            _ => value,
        };
        let value = match regex {
            true => Cow::Owned(word::as_regex(value)),
            false => Cow::Borrowed(value),
        };
        match place {
            Spot::Text => push_short(&mut out, &value),
            // A backtick would end the span, or begin one.
            Spot::Quotation => push_short(&mut out, &value.replace('`', "'")),
            Spot::Shell(place) => match place.word(&value) {
                Some(word) if place == Place::Name => push_short(&mut out, &word),
                Some(word) => out.push_str(&word),
                None => match fallback.filter(|text| !text.is_empty()) {
                    Some(text) => out.push_str(text),
                    None => out.push_str(&name.to_ascii_uppercase()),
                },
            },
        }
    }
    out
}

/// What a value may be where it goes.
#[derive(Debug, Clone, Copy)]
enum Spot {
    /// Whatever it is.
    Text,
    /// Whatever it is, but for backticks.
    Quotation,
    /// What is harmless there for a shell.
    Shell(Place),
}

/// Where each placeholder of a template stands.
fn places(pieces: &[Piece<'_>], part: Part) -> Vec<Spot> {
    // The template with one character for each value.
    let mut text = String::new();
    let mut values = Vec::new();
    for piece in pieces {
        match piece {
            Piece::Literal(literal) => text.push_str(literal),
            Piece::Placeholder { .. } => {
                values.push(text.len());
                text.push(VALUE);
            }
        }
    }
    if part == Part::Command {
        let place = |at: usize| Spot::Shell(Place::of(&text, &text[..at], true));
        return values.into_iter().map(place).collect();
    }
    let mut spots = Vec::with_capacity(values.len());
    let mut values = values.into_iter().peekable();
    let mut start = 0;
    for (k, stretch) in text.split('`').enumerate() {
        let end = start + stretch.len();
        while let Some(at) = values.next_if(|at| *at < end) {
            let place = || Place::of(stretch, &stretch[..at - start], false);
            spots.push(match (part, k % 2 == 1) {
                (Part::Prose, false) => Spot::Text,
                (Part::Prose, true) | (_, false) => Spot::Quotation,
                (Part::Note, true) if place() == Place::Name => Spot::Quotation,
                (_, true) => Spot::Shell(place()),
            });
        }
        start = end + 1;
    }
    spots
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
        render(template, Part::Prose, |name| match name {
            "image" => Some("busybox:latest"),
            "empty" => Some(""),
            _ => None,
        })
    }

    #[test]
    fn a_sentence_has_one_stop() {
        let said = |value: &str, template: &str| render(template, Part::Prose, |_| Some(value));
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
        let short = |value: &str| render("{a}", Part::Prose, |_| Some(value));
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
    fn a_value_in_a_command_stays_a_word() {
        let told = |part, template: &str, value: &str| render(template, part, |_| Some(value));
        let fix = |template: &str, value: &str| told(Part::Advice, template, value);
        assert_eq!(
            fix(
                "Run it alone: `npx mocha -f '{test}'`.",
                "adds'; touch x; '"
            ),
            "Run it alone: `npx mocha -f 'TEST'`."
        );
        assert_eq!(
            fix("`go test -run '^{test:regex|NAME}$'`", "TestA/$(id)'"),
            "`go test -run '^TestA/..id..$'`"
        );
        assert_eq!(
            fix("`cat {file|FILE}` of {file|FILE}", "a`; id; `"),
            "`cat FILE` of a'; id; '"
        );
        assert_eq!(fix("`ls {path|}`", "`id`"), "`ls PATH`");
        assert_eq!(
            fix("`{file}:{line}`, see {file}", "a;b"),
            "`FILE:LINE`, see a;b"
        );
        assert_eq!(fix("Set `{from}`.", "$BASE"), "Set `$BASE`.");
        // A note shows what the log says.
        let note = |template: &str, value: &str| told(Part::Note, template, value);
        assert_eq!(
            note("The line is `{line}`.", "a `b`; c"),
            "The line is `a 'b'; c`."
        );
        assert_eq!(
            note("`apt-file search {library}`", "a; b"),
            "`apt-file search 'a; b'`"
        );
        assert_eq!(told(Part::Prose, "`{a}` {a}", "x `y`"), "`x 'y'` x `y`");
        assert_eq!(
            told(Part::Command, "nc -vz {host} 443", "h; id"),
            "nc -vz 'h; id' 443"
        );
        // A value without its middle would name nothing.
        let path = format!("/srv/{}", "a".repeat(200));
        assert_eq!(fix("`ls {path}`", &path), format!("`ls {path}`"));
    }

    #[test]
    fn placeholders_are_listed_with_whether_they_have_a_fallback() {
        let all: Vec<_> = placeholders("{a} {b|x} ${c}").collect();
        assert_eq!(all, [("a", false), ("b", true)]);
    }
}
