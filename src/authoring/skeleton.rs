//! A pattern file begun from a line of a log: the regex, the captures and the first test stand there, the words are left
//! to be written.

use std::fmt::Write;
use std::io::Read;
use std::sync::LazyLock;

use regex::Regex;

use crate::model::Lang;
use crate::pattern::UNFINISHED;
use crate::pattern::literal;
use crate::prefilter::background;
use crate::redact;
use crate::trace::BlockReader;
use crate::trace::line::{Kind, Line};

/// Longest line a skeleton is made of, in bytes: a regex that spells out more is never met again.
const LONGEST: usize = 500;

/// A line to begin from.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Seed {
    /// The line as printed, without stamps.
    pub text: String,
    /// What a regex sees of it.
    pub content: String,
    /// It is a command that the runner echoed.
    pub command: bool,
    /// What else it is, if no match looks at such lines.
    pub unfit: Option<&'static str>,
}

/// Finds a line of a log by its raw number. Of what carriage returns overwrote, the last piece with text counts.
pub fn seed(log: impl Read, number: u64) -> Option<Seed> {
    let mut reader = BlockReader::new(log);
    let mut echoes = Vec::new();
    let mut seed = None;
    while let Some(block) = reader.next_block() {
        block.echoes(&mut echoes);
        let mut counter = block.counter();
        let bytes = block.bytes();
        let mut at = block.start();
        while at < block.owned() {
            let piece = block.piece(at);
            let line = counter.line_at(block, at);
            if line > number {
                return seed;
            }
            let text = &bytes[piece.from..piece.to.min(bytes.len())];
            if line == number && !text.trim_ascii().is_empty() && !piece.goes_on {
                let echoed = echoes.iter().any(|e| (piece.from..piece.to).contains(e));
                seed = Some(of_line(&Line::new(text, echoed)));
            }
            at = piece.until.max(at) + 1;
        }
    }
    seed
}

/// A text without secrets, as it may stand in a pattern: the runner's own mask in their place.
fn masked(text: &[u8]) -> String {
    static PLACEHOLDER: LazyLock<Option<Regex>> =
        LazyLock::new(|| Regex::new(r"\[redacted:[^\]\s]*\]").ok());
    let text = String::from_utf8_lossy(text);
    let without = redact::text(&text);
    match &*PLACEHOLDER {
        Some(placeholder) => placeholder.replace_all(&without, "[MASKED]").into_owned(),
        None => without.into_owned(),
    }
}

fn of_line(view: &Line<'_>) -> Seed {
    let content = masked(view.content());
    let kind = view.kind();
    let command = kind == Kind::Command;
    Seed {
        text: masked(view.text),
        content: match content.strip_prefix("$ ").filter(|_| command) {
            Some(command) => command.to_owned(),
            None => content,
        },
        command,
        unfit: match kind {
            Kind::Source => Some("a copy of source (`+ …`, a Dockerfile step, a code frame)"),
            Kind::Passing => Some("a passing test"),
            Kind::Output | Kind::Command => None,
        },
    }
}

/// The text of a pattern file for such a line. Korean text is left to be written where that is the language, else it stands in a
/// comment: whoever does not write it is done without it.
pub fn write(id: &str, seed: &Seed, lang: Lang) -> String {
    let content = &seed.content[..seed.content.floor_char_boundary(LONGEST)];
    let Shape { regex, captures } = shape(content, content.len() < seed.content.len());
    let shown = captures
        .iter()
        .map(|name| format!("{{{name}}}"))
        .collect::<Vec<_>>()
        .join(", ");
    let (known, known_ko) = if shown.is_empty() {
        (String::new(), String::new())
    } else {
        (
            format!(" The line tells {shown}."),
            format!(" 로그에 나온 값: {shown}."),
        )
    };
    let on = if seed.command {
        "on = \"command\"\n"
    } else {
        ""
    };
    let korean = format!(
        r#"[text.ko]
title = "{UNFINISHED}: 무엇이 실패했는지"
cause = "{UNFINISHED}: 무슨 일이 왜 일어났는지.{known_ko}"
fix = [
  "{UNFINISHED}: 어떻게 고치는지. 명령과 설정은 `backtick`으로 감쌉니다.",
]
"#
    );
    let korean = match lang {
        Lang::Ko => korean,
        Lang::En => korean.lines().map(|line| format!("# {line}\n")).collect(),
    };
    let mut out = String::new();
    // Writing to a string cannot fail.
    let _ = write!(
        out,
        r#"# {id}: every key is explained in docs/writing-patterns.md.
role = "root_cause"        # root_cause | symptom | wrapper | noise
confidence = "medium"      # high | medium | low
owner = "project"          # project | ci-config | runner-admin | platform | network | registry | third-party
retry = "maybe"            # never | maybe | usually
category = "build"         # configuration network tls dns registry auth permission resource timeout
                           # dependency build test lint runner service data
provenance = {{ level = "report" }}    # ran | source | report | unverified; add tool = "…", version = "…"

[[match]]
regex = {regex}
{on}
[text.en]
title = "{UNFINISHED}: what failed, in at most 72 characters"
cause = "{UNFINISHED}: what happened, and why.{known}"
fix = [
  "{UNFINISHED}: what a person does about it, with the command or setting in `backticks`.",
]

{korean}
# [[link]]
# url = "https://…"        # official documentation

[tests]
matches = [
  {line},
]
ignores = [
  "{UNFINISHED}: a near miss, such as the same words in the log of a passing job",
]
"#,
        regex = toml_regex(&regex),
        line = toml_string(if seed.command {
            content
        } else {
            &seed.text[..seed
                .text
                .floor_char_boundary(LONGEST + seed.text.len() - seed.content.len())]
        }),
    );
    out
}

/// A regex for lines like one, and the names of its captures.
#[derive(Debug, Clone, PartialEq, Eq)]
struct Shape {
    regex: String,
    captures: Vec<String>,
}

/// Generalises as much as leaves a fixed text for the prefilter.
fn shape(content: &str, cut: bool) -> Shape {
    let usable = |shape: &Shape| {
        literal::parse(&shape.regex, false, false)
            .is_ok_and(|hir| literal::derive(&hir, &background::literal_cost).is_some())
    };
    let all = generalise(content, cut, &TOKENS);
    if usable(&all) {
        return all;
    }
    let numbers_only = generalise(content, cut, &TOKENS[TOKENS.len() - 1..]);
    if usable(&numbers_only) {
        return numbers_only;
    }
    generalise(content, cut, &[])
}

/// A kind of text that differs from log to log.
struct Token {
    /// What it looks like.
    shape: Regex,
    /// What stands for it in the regex: `%` is where the name of a capture goes.
    regex: &'static str,
    /// Names of the captures, unless the word before tells a better one.
    names: &'static [&'static str],
}

/// What is generalised, most specific first; the last kind is numbers.
static TOKENS: LazyLock<Vec<Token>> = LazyLock::new(|| {
    let token = |shape: &str, regex, names| {
        Regex::new(&format!("^(?:{shape})"))
            .ok()
            .map(|shape| Token {
                shape,
                regex,
                names,
            })
    };
    [
        token(r#"https?://[^\s"'`/:)]+(?::\d+)?(?:/[^\s"'`),]*[^\s"'`),.:;])?"#, r#"(?P<%>https?://[^\s"']+[^\s"'.:,;)])"#, &["url"][..]),
        token(r#""[^"]{1,200}""#, r#""(?P<%>[^"]+)""#, &["name"]),
        token(r"'[^']{1,200}'", r"'(?P<%>[^']+)'", &["name"]),
        token(r"`[^`]{1,200}`", r"`(?P<%>[^`]+)`", &["name"]),
        token(r"\[MASKED\]", r"(?P<%>\[MASKED\]|\S+)", &["value"]),
        token(r"[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}\b", r"[0-9a-f-]{36}", &[]),
        token(r"sha256:[0-9a-f]{8,64}\b", r"sha256:[0-9a-f]+", &[]),
        token(r"\d{1,3}\.\d{1,3}\.\d{1,3}\.\d{1,3}:\d+\b", r"(?P<%>[\d.]+):(?P<%>\d+)", &["address", "port"]),
        token(r"\d{1,3}\.\d{1,3}\.\d{1,3}\.\d{1,3}\b", r"(?P<%>[\d.]+)", &["address"]),
        token(r"(?:\.{0,2}|~)/[\w@%+=.,~-]+(?:/[\w@%+=.,~-]*)*[\w/]", r"(?P<%>[^\s:'\x22]*/[^\s:'\x22]*)", &["path"]),
        token(r"[\w.-]+/[\w.-]+(?:/[\w.-]+)+\b", r"(?P<%>[^\s:'\x22]+/[^\s:'\x22]+)", &["path"]),
        token(r"(?:[a-z0-9-]+\.)+(?:com|org|net|io|dev|local|internal|cloud|svc)(?::\d+)?\b", r"(?P<%>[\w.-]+(?::\d+)?)", &["host"]),
        token(r"[\w-]+(?:\.[\w-]+)*\.(?:json|ya?ml|toml|xml|lock|txt|cfg|conf|ini|js|ts|tsx|py|rb|go|rs|java|kt|c|h|cpp|cs|php|sh|log|sql|tf|gradle)\b", r"(?P<%>\S+\.\w+)", &["file"]),
        token(r"v?\d+\.\d+(?:\.\d+)*(?:-[\w.]+)?\b", r"(?P<%>v?\d[\w.+-]*)", &["version"]),
        token(r"[0-9a-f]*(?:[0-9][a-f]|[a-f][0-9])[0-9a-f]*\b", r"[0-9a-f]+", &[]),
        token(r"\d+", r"\d+", &[]),
    ]
    .into_iter()
    .flatten()
    .collect()
});

/// Words that say what the value behind them is.
const TELLING: &[&str] = &[
    "image",
    "host",
    "port",
    "file",
    "module",
    "package",
    "branch",
    "command",
    "user",
    "container",
    "pod",
    "namespace",
    "service",
    "version",
    "target",
    "task",
    "job",
    "key",
    "variable",
    "table",
    "database",
    "repository",
    "directory",
    "path",
    "plugin",
    "tag",
    "ref",
    "code",
    "status",
    "line",
    "class",
    "function",
    "symbol",
    "property",
];

fn generalise(content: &str, cut: bool, tokens: &[Token]) -> Shape {
    static CLOCK: LazyLock<Option<Regex>> = LazyLock::new(|| {
        Regex::new(r"^[\[(]?(?:\d{4}[-/]\d\d[-/]\d\d[T ])?\d\d:\d\d:\d\d(?:[.,]\d+)?(?:Z|[+-]\d\d:?\d\d)?[\])]?[ :]*").ok()
    });
    let stamp = CLOCK
        .as_ref()
        .and_then(|c| c.find(content))
        .map_or(0, |m| m.end());
    let mut regex = String::new();
    if stamp == 0 {
        regex.push('^');
    }
    let mut captures: Vec<String> = Vec::new();
    let mut at = stamp;
    let indent = content[at..].len() - content[at..].trim_start().len();
    if indent > 0 {
        regex.push_str(r"\s*");
        at += indent;
    }
    while at < content.len() {
        let rest = &content[at..];
        let begins = content[..at]
            .chars()
            .next_back()
            .is_none_or(|c| !c.is_alphanumeric() && c != '_');
        let found = begins
            .then(|| {
                tokens
                    .iter()
                    .find_map(|t| Some((t, t.shape.find(rest)?.end())))
            })
            .flatten()
            .filter(|(_, len)| *len > 0);
        match found {
            Some((token, len)) => {
                let mut names = token.names.iter();
                for (k, part) in token.regex.split('%').enumerate() {
                    if k > 0 {
                        let own = names.next().copied().unwrap_or("value");
                        let name = if token.names.len() == 1 {
                            capture_name(&content[..at], own)
                        } else {
                            own
                        };
                        let name = unused(name, &captures);
                        regex.push_str(&name);
                        captures.push(name);
                    }
                    regex.push_str(part);
                }
                at += len;
            }
            None => {
                let Some(c) = rest.chars().next() else { break };
                if r"\.+*?()|[]{}^$".contains(c) {
                    regex.push('\\');
                }
                regex.push(c);
                at += c.len_utf8();
            }
        }
    }
    if !cut {
        regex.push('$');
    }
    Shape { regex, captures }
}

/// The name that the word before a value gives it.
fn capture_name<'n>(before: &str, own: &'n str) -> &'n str {
    let word = before
        .trim_end_matches(|c: char| !c.is_alphanumeric())
        .rsplit(|c: char| !c.is_alphanumeric())
        .next()
        .unwrap_or_default()
        .to_ascii_lowercase();
    TELLING.iter().find(|t| **t == word).copied().unwrap_or(own)
}

fn unused(name: &str, captures: &[String]) -> String {
    let taken = |candidate: &String| captures.contains(candidate);
    let mut candidate = name.to_owned();
    let mut number = 2;
    while taken(&candidate) {
        candidate = format!("{name}{number}");
        number += 1;
    }
    candidate
}

/// A regex as TOML spells it best.
fn toml_regex(regex: &str) -> String {
    if regex.contains("'''") || regex.ends_with('\'') {
        toml_string(regex)
    } else {
        format!("'''{regex}'''")
    }
}

/// A basic string of TOML.
fn toml_string(text: &str) -> String {
    let mut out = String::from("\"");
    for c in text.chars() {
        match c {
            '"' => out.push_str("\\\""),
            '\\' => out.push_str("\\\\"),
            '\t' => out.push_str("\\t"),
            c if c.is_control() => {
                let _ = write!(out, "\\u{:04x}", u32::from(c));
            }
            c => out.push(c),
        }
    }
    out.push('"');
    out
}

#[cfg(test)]
mod tests {
    use super::*;

    fn regex(line: &str) -> String {
        shape(line, false).regex
    }

    #[test]
    fn what_differs_from_log_to_log_becomes_a_capture() {
        assert_eq!(
            regex("Error: cannot reach 10.0.0.7:5432 after 3 tries"),
            r"^Error: cannot reach (?P<address>[\d.]+):(?P<port>\d+) after \d+ tries$"
        );
        assert_eq!(
            regex("failed to pull image \"registry.example.com/app:1\": not there"),
            r#"^failed to pull image "(?P<image>[^"]+)": not there$"#
        );
        assert_eq!(
            regex("frob: cannot open settings.json (code 3)"),
            r"^frob: cannot open (?P<file>\S+\.\w+) \(code \d+\)$"
        );
        let two = shape("no rule for 'a' in module 'b' nor in 'c'", false);
        assert_eq!(two.captures, ["name", "module", "name2"]);
    }

    #[test]
    fn a_clock_in_front_is_left_out_with_its_anchor() {
        assert_eq!(
            regex("[2026-01-02 10:11:12,345] migration failed: locked"),
            "migration failed: locked$"
        );
    }

    #[test]
    fn a_fixed_text_always_remains() {
        for line in [
            "/a/b/c/d: 17",
            "12345678",
            "'only a quoted text'",
            "x 1.2.3",
        ] {
            let shape = shape(line, false);
            let regex = Regex::new(&shape.regex).expect("a regex");
            assert!(regex.is_match(line), "{line}: {}", shape.regex);
        }
        assert_eq!(regex("'only a quoted text'"), "^'only a quoted text'$");
    }

    #[test]
    fn lines_are_found_by_their_raw_number() {
        let log = "one\nprogress 1\rprogress 2\r\n$ make all\n+ set\nlast";
        let text = |n| seed(log.as_bytes(), n).map(|s| s.content);
        assert_eq!(text(1).as_deref(), Some("one"));
        assert_eq!(text(2).as_deref(), Some("progress 2"));
        assert_eq!(text(3).as_deref(), Some("make all"));
        assert_eq!(text(5).as_deref(), Some("last"));
        assert_eq!(text(6), None);
        assert!(seed(log.as_bytes(), 3).is_some_and(|s| s.command));
        assert!(seed(log.as_bytes(), 4).is_some_and(|s| s.unfit.is_some()));
    }

    #[test]
    fn every_skeleton_loads_and_matches_its_line() {
        let lines = [
            "ERROR: Cannot connect to the Docker daemon at unix:///var/run/docker.sock.",
            "npm error code E401",
            "\tat com.example.App.main(App.java:17)",
            "fatal: unable to access 'https://git.example.com/a/b.git/': Could not resolve host: git.example.com",
            "a \"quote\" and a back\\slash, '''three''' and 100%",
            "#12 3.456 frob: no such target: ${TARGET} {x} [y] (z)",
            "테스트 실패: 3개 중 1개가 통과하지 못했습니다",
        ];
        for line in lines {
            let seed = seed(line.as_bytes(), 1).expect("the line");
            let source = write("acme/it-fails", &seed, Lang::En);
            let in_korean = write("acme/it-fails", &seed, Lang::Ko);
            assert!(in_korean.contains("\n[text.ko]\n"), "{in_korean}");
            assert!(source.contains("\n# [text.ko]\n# title = "), "{source}");
            let (pattern, file) = crate::pattern::compile::compile(
                "acme/it-fails.toml",
                "acme/it-fails",
                &source,
                &background::literal_cost,
            )
            .unwrap_or_else(|fault| panic!("{fault}\n{source}"));
            let bench = crate::authoring::bench::Bench::new(pattern, Vec::new());
            assert!(bench.matches(&file.tests.matches[0]), "{source}");
            assert!(bench.matches(line), "{source}");
        }
    }
}
