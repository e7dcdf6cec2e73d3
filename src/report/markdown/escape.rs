//! The one place that makes foreign text harmless in Markdown, as GitLab and GitHub read it.
//!
//! It turns text with `code spans` into Markdown that shows the same text and nothing else: no link, image or
//! HTML, no mention of a person, no reference to an issue or a commit, no quick action at the start of a line.
//! Escaping characters is not enough: a forge searches the text for mentions and references after Markdown has
//! removed the backslashes. It does not search code, so every word with a possible meaning becomes code.

use crate::report::{prose, sanitize};

/// Running text with code spans, on one line.
pub fn text(text: &str) -> String {
    let mut atoms: Vec<Atom> = Vec::new();
    for (code, piece) in prose::spans(text) {
        let piece = piece.replace(['\t', '\n'], " ");
        if code {
            add(&mut atoms, true, &sanitize::clean(piece.trim()));
            continue;
        }
        for (at, word) in piece.split(' ').enumerate() {
            if at > 0 {
                atoms.push(Atom::Blank);
            }
            let first = atoms.iter().all(|atom| matches!(atom, Atom::Blank));
            let word = sanitize::clean(word);
            let (before, core, after) = bare(&word);
            add(&mut atoms, false, before);
            add(&mut atoms, !is_plain(core, first), core);
            add(&mut atoms, false, after);
        }
    }
    let mut out = String::new();
    for atom in atoms {
        match atom {
            Atom::Blank if out.is_empty() || out.ends_with(' ') => {}
            Atom::Blank => out.push(' '),
            Atom::Plain(text) => out.push_str(&text),
            Atom::Code(text) => out.push_str(&span(&text)),
        }
    }
    out.truncate(out.trim_end().len());
    out
}

/// A text as one code span.
pub fn code(text: &str) -> String {
    let text = sanitize::clean(text);
    let text = text.trim();
    if text.is_empty() {
        "–".to_owned()
    } else {
        span(text)
    }
}

/// The same within a table, where a pipe ends a cell even in code.
pub fn cell(markdown: &str) -> String {
    markdown.replace('|', "\\|")
}

/// A text as HTML code, where Markdown is not parsed.
pub fn html_code(text: &str) -> String {
    let mut out = String::from("<code>");
    for c in sanitize::clean(text).chars() {
        match c {
            '&' => out.push_str("&amp;"),
            '<' => out.push_str("&lt;"),
            '>' => out.push_str("&gt;"),
            '"' => out.push_str("&quot;"),
            '\'' => out.push_str("&#39;"),
            _ => out.push(c),
        }
    }
    out + "</code>"
}

/// A plain web address as a link; anything else as code.
pub fn link(url: &str) -> String {
    if sanitize::is_web_address(url) {
        format!("<{url}>")
    } else {
        code(url)
    }
}

/// The fence that no line of these can close.
pub fn fence<'t>(lines: impl Iterator<Item = &'t str>) -> String {
    let longest = lines.map(longest_run).max().unwrap_or(0);
    "`".repeat(3.max(longest + 1))
}

#[derive(Debug)]
enum Atom {
    Blank,
    Plain(String),
    Code(String),
}

/// Appends a part of a word. Adjacent code becomes one span, since two would run together.
fn add(atoms: &mut Vec<Atom>, code: bool, text: &str) {
    match atoms.last_mut() {
        _ if text.is_empty() => {}
        Some(Atom::Code(last)) if code => last.push_str(text),
        Some(Atom::Plain(last)) if !code => last.push_str(text),
        _ if code => atoms.push(Atom::Code(text.to_owned())),
        _ => atoms.push(Atom::Plain(text.to_owned())),
    }
}

/// A code span with more backticks than its text contains in a row.
fn span(text: &str) -> String {
    let ticks = "`".repeat(longest_run(text) + 1);
    let pad = if text.starts_with('`') || text.ends_with('`') {
        " "
    } else {
        ""
    };
    format!("{ticks}{pad}{text}{pad}{ticks}")
}

fn longest_run(text: &str) -> usize {
    let runs = text.split(|c| c != '`').map(str::len);
    runs.max().unwrap_or(0)
}

/// Splits punctuation off a word.
fn bare(word: &str) -> (&str, &str, &str) {
    let start = word.len() - word.trim_start_matches(['(', '"', '\'']).len();
    let mut core = &word[start..];
    while let Some(shorter) = core.strip_suffix(['.', ',', ';', ':', '?', '!', ')', '"', '\'']) {
        if core.ends_with(')') && shorter.contains('(') {
            break;
        }
        core = shorter;
    }
    let end = start + core.len();
    (&word[..start], &word[start..end], &word[end..])
}

/// Whether a word is ordinary language, without meaning to a forge.
fn is_plain(word: &str, first: bool) -> bool {
    let letter = |c: char| c.is_alphanumeric() || !c.is_ascii() || ".,;'\"()?/-%&".contains(c);
    // `-` and `1` would start a list before a mark.
    let list = first && (word == "-" || word.chars().all(|c| c.is_ascii_digit()));
    // `%v1` and `&3` are references; `50%` and `&` are not.
    let sign = |mark: char| word.split(mark).skip(1).any(|after| !after.is_empty());
    word.chars().all(letter)
        && !word.starts_with('/')
        && !word.contains("--")
        && !list
        && !sign('%')
        && !sign('&')
        && !word.to_ascii_lowercase().contains("www.")
        && !word.split(|c: char| !c.is_alphanumeric()).any(is_hash)
        && !word
            .split(|c: char| !c.is_alphanumeric() && c != '-')
            .any(is_ticket)
}

/// `0123abc`: a forge checks whether such a commit exists.
fn is_hash(word: &str) -> bool {
    word.len() >= 7
        && word.chars().all(|c| c.is_ascii_hexdigit())
        && word.contains(|c: char| c.is_ascii_digit())
}

/// `GH-1`, `ABC-123`: an issue, here or in another tracker.
fn is_ticket(word: &str) -> bool {
    word.split_once('-').is_some_and(|(key, number)| {
        key.len() >= 2
            && (key.eq_ignore_ascii_case("gh") || !key.contains(|c: char| c.is_ascii_lowercase()))
            && key.is_ascii()
            && number.starts_with(|c: char| c.is_ascii_digit())
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn prose_stays_prose() {
        for prose in [
            "Kubernetes tried to pull it several times (back-off), so the pod never started.",
            "Git이 여기까지는 갔지만, TLS 협상 도중 상대가 연결을 끊었습니다.",
            "It's 50% of all, and/or more; isn't it?",
            "gitlab.example.com에서 응답이 없습니다.",
            "Try again!",
            "Black & white",
        ] {
            assert_eq!(text(prose), prose);
        }
        assert_eq!(text("use `ARG X` above  FROM"), "use `ARG X` above FROM");
    }

    #[test]
    fn words_that_mean_something_become_code() {
        for (said, shown) in [
            ("ask @all, please", "ask `@all`, please"),
            ("see (#12) and !34, ~bug", "see (`#12`) and `!34`, `~bug`"),
            ("%v1 &3 $4 GH-5 ABC-6", "`%v1` `&3` `$4` `GH-5` `ABC-6`"),
            ("group/app#6", "`group/app#6`"),
            (
                "in 0123456789abcdef0123456789abcdef01234567.",
                "in `0123456789abcdef0123456789abcdef01234567`.",
            ),
            ("at abc-0123456...fedcba9", "at `abc-0123456...fedcba9`"),
            ("/close now", "`/close` now"),
            ("cannot open /etc/hosts.", "cannot open `/etc/hosts`."),
            ("<b>x</b> &amp;", "`<b>x</b>` `&amp`;"),
            ("[a](https://example.com)", "`[a](https://example.com)`"),
            ("*a* _b_ ~~c~~ :tada:", "`*a*` `_b_` `~~c~~` `:tada`:"),
            ("- item", "`-` item"),
            ("1. one", "`1`. one"),
            ("# head", "`#` head"),
            ("a | b", "a `|` b"),
            ("a\\b", "`a\\b`"),
            ("x\n/close", "x `/close`"),
            ("www.example.com", "`www.example.com`"),
            ("--flag", "`--flag`"),
        ] {
            assert_eq!(text(said), shown, "{said}");
        }
    }

    #[test]
    fn code_is_closed_by_its_own_backticks_only() {
        assert_eq!(code("a`b"), "``a`b``");
        assert_eq!(code("`a``"), "``` `a`` ```");
        assert_eq!(code(" \t"), "–");
        assert_eq!(text("$`x`$ y"), "`$x$` y");
        assert_eq!(text("lone ` backtick"), "lone `` ` `` backtick");
        assert_eq!(cell(&code("a|b")), "`a\\|b`");
        assert_eq!(fence(["a", "x ```` y"].into_iter()), "`````");
    }

    #[test]
    fn only_web_addresses_are_links() {
        assert_eq!(link("https://example.com/a#b"), "<https://example.com/a#b>");
        assert_eq!(link("javascript:alert(1)"), "`javascript:alert(1)`");
        assert_eq!(link("https://example.com/> x"), "`https://example.com/> x`");
    }

    #[test]
    fn html_is_text() {
        assert_eq!(
            html_code("</code>@all \"&"),
            "<code>&lt;/code&gt;@all &quot;&amp;</code>"
        );
    }
}
