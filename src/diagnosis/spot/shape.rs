//! Shapes of lines: literal text with holes in it.
//!
//! | hole | stands for |
//! |---|---|
//! | `{file}` | a path without blanks |
//! | `{path}` | a path |
//! | `{abs}` | a path from the root of the file system on |
//! | `{line}` | the number of a line |
//! | `{n}` | another number |
//! | `{*}` | any text |
//! | `{=name}` | what the pattern captured under that name |
//! | `{::name}` | the same behind its first `::`, with dots between the parts: `tests/test_a.py::TestA::test_b` is `TestA.test_b` |
//! | `{<name}` | a path: that of what was captured up to its first `::`, or the end of it |
//!
//! A shape describes a whole line without the blanks around it. Of several shapes, one on each line, the first
//! that fits counts.

use std::borrow::Cow;
use std::collections::BTreeMap;

/// The captures of the pattern.
pub(super) type Captured = BTreeMap<String, Option<String>>;

/// Longest path that is believed, in bytes.
pub(super) const LONGEST: usize = 300;
/// Digits of the longest number.
const DIGITS: usize = 7;

/// The place that a line names.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub(super) struct Named<'t> {
    pub path: &'t str,
    pub line: Option<u64>,
    /// Only its name shows that it is a file.
    pub bare: bool,
}

/// Reads lines by shapes. Logs are hostile, so the work of all shapes on all lines has one bound.
#[derive(Debug)]
pub(super) struct Shapes<'c> {
    captured: &'c Captured,
    steps: u32,
}

impl<'c> Shapes<'c> {
    pub(super) fn new(captured: &'c Captured, steps: u32) -> Self {
        Self { captured, steps }
    }

    /// The place that a line names, if it has that shape.
    pub(super) fn read<'t>(&mut self, shape: &str, line: &'t str) -> Option<Named<'t>> {
        shape.split('\n').find_map(|shape| {
            let mut named = Named::default();
            self.fits(shape, line.trim(), &mut named).then_some(named)
        })
    }

    fn fits<'t>(&mut self, shape: &str, text: &'t str, named: &mut Named<'t>) -> bool {
        let Some(steps) = self.steps.checked_sub(1) else {
            return false;
        };
        self.steps = steps;
        let (literal, rest) = split(shape);
        let Some(text) = text.strip_prefix(literal) else {
            return false;
        };
        let Some((hole, rest)) = rest.strip_prefix('{').and_then(|r| r.split_once('}')) else {
            return text.is_empty();
        };
        match hole {
            "*" => {
                let next = split(rest).0;
                if next.is_empty() {
                    return true;
                }
                let mut places = text.match_indices(next);
                places.any(|(at, _)| self.fits(rest, &text[at..], named))
            }
            "n" | "line" => {
                let digits = text.bytes().take_while(u8::is_ascii_digit).count();
                if digits == 0 || digits > DIGITS {
                    return false;
                }
                if hole == "line" {
                    named.line = text[..digits].parse().ok().filter(|line| *line > 0);
                }
                self.fits(rest, &text[digits..], named)
            }
            "file" | "path" | "abs" => {
                let run = path_length(text, hole == "path");
                if hole == "abs" && !(text.starts_with(['/', 'f']) || is_drive(text)) {
                    return false;
                }
                named.bare = hole == "file";
                let next = split(rest).0;
                let mut ends = |end: usize| {
                    named.path = &text[..end];
                    end > 0 && self.fits(rest, &text[end..], named)
                };
                if next.is_empty() {
                    return run == text.len() && ends(run);
                }
                let upto = text.ceil_char_boundary(run + next.len());
                let mut places = text[..upto].match_indices(next);
                places.any(|(at, _)| at <= run && ends(at))
            }
            _ => {
                let Some(value) = self.value(hole) else {
                    return false;
                };
                if hole.starts_with('<') {
                    let end = path_length(text, false);
                    named.path = &text[..end];
                    return is_end(&value, named.path) && self.fits(rest, &text[end..], named);
                }
                let behind = text.strip_prefix(value.as_ref());
                behind.is_some_and(|behind| self.fits(rest, behind, named))
            }
        }
    }

    fn value(&self, hole: &str) -> Option<Cow<'c, str>> {
        let captured = self.captured;
        let value = |name| captured.get(name)?.as_deref().map(str::trim);
        let value = match (hole.strip_prefix("::"), hole.strip_prefix('<')) {
            (Some(name), _) => Cow::Owned(value(name)?.split_once("::")?.1.replace("::", ".")),
            (_, Some(name)) => Cow::Borrowed(value(name)?.split_once("::")?.0),
            _ => Cow::Borrowed(value(hole.strip_prefix('=')?)?),
        };
        Some(value).filter(|value| !value.is_empty())
    }
}

/// The literal text that a shape begins with, and the rest.
fn split(shape: &str) -> (&str, &str) {
    shape.split_at(shape.find('{').unwrap_or(shape.len()))
}

/// The longest literal text of a shape, unless it is so short that every log has it; none for several shapes.
pub(super) fn words(shape: &str) -> Option<&str> {
    /// Shorter texts stand anywhere.
    const SHORTEST: usize = 3;
    if shape.contains('\n') {
        return None;
    }
    let literals = shape.split(['{', '}']).step_by(2).map(str::trim);
    let longest = literals.max_by_key(|literal| literal.len())?;
    (longest.len() >= SHORTEST).then_some(longest)
}

/// Whether one path is the other or its end. pytest prints tests relative to its configuration, but frames
/// relative to the current folder.
fn is_end(one: &str, other: &str) -> bool {
    let mut parts = one.rsplit(['/', '\\']).zip(other.rsplit(['/', '\\']));
    parts.all(|(one, other)| one == other)
}

/// Length of the path at the start of a text. It ends at a character that no path has, except in the beginnings
/// of Windows paths and file addresses.
fn path_length(text: &str, blanks: bool) -> usize {
    let of_address = text.strip_prefix("file://");
    let mut begin = text.len() - of_address.unwrap_or(text).len();
    if text[begin..].starts_with('/') && is_drive(&text[begin + 1..]) {
        begin += 1;
    }
    if is_drive(&text[begin..]) {
        begin += 2;
    }
    let ends = |c: char| c.is_control() || is_odd(c) || c.is_whitespace() && !(blanks && c == ' ');
    let run = text[begin..]
        .char_indices()
        .find(|(at, c)| *at >= LONGEST || ends(*c));
    run.map_or(text.len(), |(at, _)| begin + at)
}

/// `C:/` or `C:\`
pub(super) fn is_drive(path: &str) -> bool {
    matches!(path.as_bytes(), [letter, b':', b'/' | b'\\', ..] if letter.is_ascii_alphabetic())
}

/// Whether a character occurs in no plausible path.
pub(super) fn is_odd(c: char) -> bool {
    ":*?\"<>|$`{}'%#&;,".contains(c)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn captured(name: &str, value: &str) -> Captured {
        [(name.to_owned(), Some(value.to_owned()))].into()
    }

    fn read<'t>(shape: &str, line: &'t str) -> Option<(&'t str, Option<u64>)> {
        let captured = captured("test", "tests::total");
        let named = Shapes::new(&captured, 1_000).read(shape, line);
        named.map(|n| (n.path, n.line))
    }

    #[test]
    fn holes_take_what_is_theirs() {
        let yes = |shape, line, path, at| assert_eq!(read(shape, line), Some((path, at)), "{line}");
        let no = |shape, line| assert_eq!(read(shape, line), None, "{line}");
        let arrow = "--> {path}:{line}:{n}";
        yes(arrow, " --> src/main.rs:1:25", "src/main.rs", Some(1));
        yes(
            arrow,
            "  --> my app/src/a.rs:3:4",
            "my app/src/a.rs",
            Some(3),
        );
        no(arrow, " --> src/main.rs:1:25 and more");
        no(arrow, "src/main.rs:1:25");
        no(arrow, " --> :1:25");
        no(arrow, " --> src/main.rs:12345678:25");
        let at = "at {*} ({file}:{line}:{n})";
        yes(at, "    at f (g) (/b/a.js:5:10)", "/b/a.js", Some(5));
        no(at, "    at f (node:internal/a:5:10)");
        yes(
            "{file}:{line}",
            "file:///C:/b/a.mjs:3",
            "file:///C:/b/a.mjs",
            Some(3),
        );
        yes(
            "{file}({line},{n}): {*}",
            "C:\\b\\a.cs(3,4): error",
            "C:\\b\\a.cs",
            Some(3),
        );
        no("{file}:{line}", "two words.c:3");
        yes(
            "In {path} line {line}:",
            "In a line b.sh line 2:",
            "a line b.sh",
            Some(2),
        );
        yes("[warn] {file}", "[warn] src/a.js", "src/a.js", None);
        no("[warn] {file}", "[warn] Code style issues");
        yes("{file}:{line} {*}\n{file} {*}", "a.js format", "a.js", None);
        yes(
            "{file}:{line} {*}\n{file} {*}",
            "a.js:3 lint",
            "a.js",
            Some(3),
        );
        yes(
            "{*}: {abs}:{line}",
            "Get-Item: /b/a.ps1:3",
            "/b/a.ps1",
            Some(3),
        );
        no("{*}: {abs}:{line}", "Get-Item: a.ps1:3");
    }

    #[test]
    fn what_was_captured_ties_lines_together() {
        let shape = "thread '{=test}' panicked at {file}:{line}:{n}:";
        let line = "thread 'tests::total' panicked at src/lib.rs:3:33:";
        assert_eq!(read(shape, line), Some(("src/lib.rs", Some(3))));
        assert_eq!(read(shape, &line.replace("total", "sum")), None);
        assert_eq!(read("{=other} {file}", " a.c"), None);
        let captured = captured("test", "tests/test_a.py::TestA::test_b");
        let mut shapes = Shapes::new(&captured, 100);
        assert!(
            shapes
                .read("{*}_ {::test} _{*}", "____ TestA.test_b ____")
                .is_some()
        );
        assert!(
            shapes
                .read("{*}_ {::test} _{*}", "____ TestA.test_c ____")
                .is_none()
        );
        let frame = "tests/test_a.py:7: AssertionError";
        let named = shapes.read("{<test}:{line}: {*}", frame);
        let expected = Named {
            path: "tests/test_a.py",
            line: Some(7),
            bare: false,
        };
        assert_eq!(named, Some(expected));
        assert_eq!(shapes.read("{<test}:{line}: {*}", "tests/b.py:7: x"), None);
        let mut fits = |line| shapes.read("{<test}:{line}: {*}", line).is_some();
        assert!(fits("test_a.py:7: x") && fits("app\\tests\\test_a.py:7: x"));
        assert!(!fits("other/test_a.py:7: x") && !fits(":7: x"));
    }

    #[test]
    fn work_is_bounded_and_signs_stay_whole() {
        let captured = Captured::new();
        let line = "((".repeat(1_000);
        let mut shapes = Shapes::new(&captured, 500);
        assert_eq!(shapes.read("{*}({file}:{line})", &line), None);
        assert_eq!(shapes.steps, 0);
        for line in ["가.c", "가.c:", "가.c:3", "a가:3", "\u{202e}:3"] {
            for shape in [
                "{file}가{line}",
                "{file}:{line}",
                "{path}: {*}",
                "{*}: {file}",
            ] {
                read(shape, line);
            }
        }
    }
}
