//! The one place that makes foreign text harmless for a terminal.
//!
//! Cleaned text moves no cursor, hides nothing, starts no line and controls no CI system that shows it. Removed
//! characters stay visible as placeholders: `␛` for ESC, `<U+202E>` for a bidi override. Cleaning twice changes
//! nothing.

pub use crate::model::is_hostile;
use std::borrow::Cow;
use std::fmt::Write as _;
use std::ops::Range;
use std::sync::atomic::{AtomicBool, Ordering};

/// Columns of a tab. Its real width depends on its position, which the layout does not know.
const TAB: &str = "    ";

/// Words of GitHub's commands that only draw in the log. `##[word]` anywhere in a line is a command to the
/// GitHub runner (runner: ActionCommand.cs), `##vso[…]` to the agent of Azure Pipelines, `##teamcity[…]` to
/// that of TeamCity. Commands that affect the job that shows our report are always defused. These drawing words
/// stand in many logs and are defused only after [`on_runner`].
const DRAWING: [&str; 8] = [
    "error", "warning", "notice", "debug", "group", "endgroup", "command", "section",
];

/// A runner reads what is written.
static ON_RUNNER: AtomicBool = AtomicBool::new(false);

/// Declares that a runner reads what is written, so that drawing words are defused too. Otherwise they would
/// fold our report, and show another job's errors as those of the job that runs us.
pub fn on_runner() {
    ON_RUNNER.store(true, Ordering::Relaxed);
}

/// Whether a text is printable ASCII only, as most text is.
pub fn is_printable(text: &str) -> bool {
    let printable = |all, b: u8| all & matches!(b, b' '..=b'~');
    text.bytes().fold(true, printable)
}

fn has_command(text: &str) -> bool {
    memchr::memchr_iter(b'[', text.as_bytes()).any(|at| opens_command(&text[..at]).is_some())
}

/// Agents whose commands begin with their name.
const AGENTS: [&str; 2] = ["vso", "teamcity"];

/// Whether the bracket behind a text opens a command; then whether only some words do.
fn opens_command(before: &str) -> Option<bool> {
    if before.ends_with("##") {
        return Some(true);
    }
    let bytes = before.as_bytes();
    let named = AGENTS.iter().any(|agent| {
        let split = bytes.len().checked_sub(agent.len());
        let parts = split.map(|at| bytes.split_at(at));
        parts.is_some_and(|(rest, name)| {
            rest.ends_with(b"##") && name.eq_ignore_ascii_case(agent.as_bytes())
        })
    });
    named.then_some(false)
}

/// The text, harmless on one line of a terminal.
pub fn clean(text: &str) -> Cow<'_, str> {
    if (is_printable(text) || !text.contains(is_hostile)) && !has_command(text) {
        return Cow::Borrowed(text);
    }
    let mut out = String::with_capacity(text.len() + 16);
    for (at, c) in text.char_indices() {
        push(&mut out, text, at, c);
    }
    Cow::Owned(out)
}

/// Cleans a text and returns the new position of a byte range.
///
/// A range that is empty or outside of the text becomes empty.
pub fn clean_span(text: &str, span: (u32, u32)) -> (String, Range<usize>) {
    let span = span.0 as usize..span.1 as usize;
    if span.is_empty() || text.get(span.clone()).is_none() {
        return (clean(text).into_owned(), 0..0);
    }
    let mut out = String::with_capacity(text.len());
    let mut mapped = 0..0;
    for (at, c) in text.char_indices() {
        if at == span.start {
            mapped.start = out.len();
        }
        push(&mut out, text, at, c);
        if at < span.end {
            mapped.end = out.len();
        }
    }
    (out, mapped)
}

/// The same JSON value with every hostile character, and the bracket of `##[`, as `\uXXXX`.
///
/// The serialiser already escapes control characters. This covers what JSON allows and a terminal obeys. In
/// serialised text such a character can only stand inside a string.
pub fn clean_json(json: String) -> String {
    let hidden = |c| is_hostile(c) && c != '\n';
    if (json.split('\n').all(is_printable) || !json.contains(hidden)) && !has_command(&json) {
        return json;
    }
    let mut out = String::with_capacity(json.len() + 16);
    let mut units = [0; 2];
    for c in json.chars() {
        if hidden(c) || (c == '[' && opens_command(&out).is_some()) {
            for unit in c.encode_utf16(&mut units) {
                let _ = write!(out, "\\u{unit:04x}");
            }
        } else {
            out.push(c);
        }
    }
    out
}

/// Whether an address may become a link: only web addresses in standard notation.
pub fn is_web_address(url: &str) -> bool {
    let plain = |c: char| c.is_ascii_alphanumeric() || "-._~:/?#@!$&()*+,;=%".contains(c);
    (url.starts_with("https://") || url.starts_with("http://")) && url.chars().all(plain)
}

/// The text as one shell argument, for commands that reports propose.
pub fn shell_word(text: &str) -> String {
    let plain = |c: char| c.is_alphanumeric() || "._/+=:@%,-".contains(c);
    let text = clean(text);
    if text.is_empty() || text.starts_with('-') || !text.chars().all(plain) {
        // A leading dash would be read as an option even in quotes.
        let dash = if text.starts_with('-') { "./" } else { "" };
        format!("'{dash}{}'", text.replace('\'', r"'\''"))
    } else {
        text.into_owned()
    }
}

fn push(out: &mut String, text: &str, at: usize, c: char) {
    match c {
        '\t' => out.push_str(TAB),
        '\0'..='\u{1f}' => out.push(char::from_u32(0x2400 + c as u32).unwrap_or('?')),
        '\u{7f}' => out.push('␡'),
        _ if is_hostile(c) => placeholder(out, c),
        '[' if is_command(text, at) => placeholder(out, c),
        _ => out.push(c),
    }
}

fn placeholder(out: &mut String, c: char) {
    // Writing to a `String` cannot fail.
    let _ = write!(out, "<U+{:04X}>", c as u32);
}

/// Whether the bracket at `at` opens a command that does more than draw.
fn is_command(text: &str, at: usize) -> bool {
    opens_command(&text[..at]).is_some_and(|may_draw| {
        let word = &text[at + 1..];
        let end = word
            .find(|c: char| !c.is_ascii_alphabetic() && c != '-')
            .unwrap_or(word.len());
        let draws = |word: &&str| word.eq_ignore_ascii_case(&text[at + 1..at + 1 + end]);
        !may_draw || !DRAWING.iter().any(draws) || ON_RUNNER.load(Ordering::Relaxed)
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn harmless_text_is_not_copied() {
        for text in ["cp: cannot stat 'a'", "오류 · 경고 ⚠️", ""] {
            assert!(matches!(clean(text), Cow::Borrowed(same) if same == text));
        }
    }

    #[test]
    fn attacks_become_visible() {
        for (attack, shown) in [
            // Clears the screen, sets the title, makes a link, asks the terminal to answer.
            ("\x1b[2J\x1b[H", "␛[2J␛[H"),
            ("\x1b]0;owned\x07", "␛]0;owned␇"),
            ("\x1b]8;;http://evil\x1b\\x", "␛]8;;http://evil␛\\x"),
            ("\x1b[6n\x1bP$q\"p\x1b\\", "␛[6n␛P$q\"p␛\\"),
            // The same with the one-character introducers.
            ("\u{9b}31m\u{9d}0;x\u{9c}", "<U+009B>31m<U+009D>0;x<U+009C>"),
            // Overwrites the line, or starts a new one.
            ("ok\rFAKE", "ok␍FAKE"),
            ("a\nJob succeeded", "a␊Job succeeded"),
            (
                "a\u{85}b\u{2028}c\u{2029}d\x0b\x0c",
                "a<U+0085>b<U+2028>c<U+2029>d␋␌",
            ),
            ("rm\x08\x08ls\x7f", "rm␈␈ls␡"),
            // Trojan source, and what cannot be seen.
            ("a\u{202e}gnp.exe", "a<U+202E>gnp.exe"),
            ("\u{2066}x\u{2069}\u{200f}", "<U+2066>x<U+2069><U+200F>"),
            (
                "pay\u{200b}pal\u{feff}\u{ad}",
                "pay<U+200B>pal<U+FEFF><U+00AD>",
            ),
            ("x\u{3164}y\u{e0041}\u{fe01}", "x<U+3164>y<U+E0041><U+FE01>"),
            // A section marker that GitLab would open, a command that GitHub would run.
            ("section_start:1:a\r\x1b[0K", "section_start:1:a␍␛[0K"),
            (
                "x ##[set-output name=a]b",
                "x ##<U+005B>set-output name=a]b",
            ),
            ("##[error]real ##[]", "##[error]real ##<U+005B>]"),
            (
                "x ##vso[task.setvariable variable=a]b",
                "x ##vso<U+005B>task.setvariable variable=a]b",
            ),
            ("###TeamCity[x]", "###TeamCity<U+005B>x]"),
            (
                "####[x] # vso[a] ##vso [b]",
                "####<U+005B>x] # vso[a] ##vso [b]",
            ),
            ("a\tb", "a    b"),
        ] {
            assert_eq!(clean(attack), shown);
            assert_eq!(clean(shown), shown, "cleaning twice");
        }
    }

    #[test]
    fn a_span_moves_with_its_text() {
        let (text, span) = clean_span("\x1b\tfatal: \u{202e}x", (2, 7));
        assert_eq!(&text[span], "fatal");
        let (text, span) = clean_span("a\u{202e}b", (1, 4));
        assert_eq!(&text[span], "<U+202E>");
    }

    #[test]
    fn a_broken_span_is_no_span() {
        for span in [(0, 0), (3, 2), (0, 99), (1, 2)] {
            assert_eq!(clean_span("오류", span), ("오류".to_owned(), 0..0));
        }
    }

    #[test]
    fn json_keeps_its_value() {
        let text = "\u{9b}31m \u{202e} \u{e0041} 오류 ##[";
        let json = clean_json(serde_json::to_string(text).unwrap());
        assert_eq!(json, r#""\u009b31m \u202e \udb40\udc41 오류 ##\u005b""#);
        assert_eq!(serde_json::from_str::<String>(&json).unwrap(), text);
    }

    #[test]
    fn only_web_addresses_become_links() {
        assert!(is_web_address("https://docs.example.com/a?b=c#d"));
        for address in [
            "javascript:alert(1)",
            "data:text/html,x",
            "https://example.com/\"onclick=",
            "https://example.com/a b",
            "//example.com",
            "",
        ] {
            assert!(!is_web_address(address), "{address}");
        }
    }

    #[test]
    fn shell_words_stay_one_word() {
        for (text, word) in [
            ("logs/job-1.log", "logs/job-1.log"),
            ("my job.log", "'my job.log'"),
            ("a';rm -rf ~'", r"'a'\'';rm -rf ~'\'''"),
            ("-rf", "'./-rf'"),
            ("", "''"),
            ("$(id)\n", "'$(id)␊'"),
        ] {
            assert_eq!(shell_word(text), word);
        }
    }
}
