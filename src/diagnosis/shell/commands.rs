//! Parses a shell's line into its commands and their words, without running it.

/// A command of a line.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(in crate::diagnosis) struct Command<'c> {
    /// The operator before it: `;`, `&&`, `||`, `|` or `|&`; empty for the first command.
    pub joint: &'static str,
    /// Its words as written, with quotes. A redirection's operator (`2>&1`, `>`) is one word and its target
    /// another; a group (`( … )`) is one word.
    pub words: Vec<&'c str>,
}

/// Operators between commands, longer ones first.
const JOINTS: &[&str] = &["||", "&&", "|&", "|", ";"];

/// The runner's mark behind the first line of a command with several lines (runner: shells/abstract.go).
const COLLAPSED: &str = "# collapsed multi-line command";

/// Whether a line is only the first line of a command.
pub(in crate::diagnosis) fn is_block(line: &str) -> bool {
    line.ends_with(COLLAPSED)
}

/// The commands of a line in order (POSIX 2.9: lists, AND-OR lists, pipelines). `None` if the line cannot be
/// parsed: an unclosed quote, a background command, braces, or a here-document with commands.
pub(in crate::diagnosis) fn commands(line: &str) -> Option<Vec<Command<'_>>> {
    if is_block(line) {
        return None;
    }
    let mut commands = Vec::new();
    let mut now = Command {
        joint: "",
        words: Vec::new(),
    };
    let mut at = 0;
    while let Some(&first) = line.as_bytes().get(at) {
        let rest = &line[at..];
        if let b' ' | b'\t' = first {
            at += 1;
        } else if first == b'#' {
            // A comment.
            break;
        } else if let Some(joint) = JOINTS.iter().find(|joint| rest.starts_with(**joint)) {
            at += joint.len();
            if now.words.is_empty() {
                return None;
            }
            let words = Vec::new();
            commands.push(std::mem::replace(&mut now, Command { joint, words }));
        } else {
            let len = redirection(rest.as_bytes()).or_else(|| word(rest.as_bytes()))?;
            let word = &rest[..len];
            if matches!(word, "{" | "}") || word.starts_with("<<") && word != "<<<" {
                return None;
            }
            now.words.push(word);
            at += len;
        }
    }
    if !now.words.is_empty() {
        commands.push(now);
    } else if !matches!(now.joint, "" | ";") {
        return None;
    }
    Some(commands)
}

/// Length of a redirection's operator at the start of a text, with the stream before it and a stream behind
/// it (POSIX 2.7; `&>` of bash, `*>` of PowerShell).
fn redirection(text: &[u8]) -> Option<usize> {
    let from = match text {
        [b'0'..=b'9', b'<' | b'>', ..] | [b'&' | b'*', b'>', ..] => 1,
        _ => 0,
    };
    let sign = [">>", ">|", ">&", ">", "<<<", "<<", "<&", "<>", "<"]
        .into_iter()
        .find(|sign| text[from..].starts_with(sign.as_bytes()))?;
    let end = from + sign.len();
    let stream = sign.ends_with('&') && matches!(text.get(end), Some(b'0'..=b'9' | b'-'));
    Some(end + usize::from(stream))
}

/// Length of the word at the start of a text.
fn word(text: &[u8]) -> Option<usize> {
    let ends = |rest: &[u8]| {
        matches!(
            rest,
            [b' ' | b'\t' | b';' | b'|' | b'<' | b'>', ..] | [b'&', b'&' | b'>', ..]
        )
    };
    let mut at = 0;
    while at < text.len() && !ends(&text[at..]) {
        at += unit(&text[at..])?;
    }
    (at > 0).then_some(at)
}

/// Length of the unit at the start of a text: a byte, a quotation, an expansion, a group.
fn unit(text: &[u8]) -> Option<usize> {
    match text {
        [b'\\', _, ..] => Some(2),
        [b'\'', ..] => Some(2 + memchr::memchr(b'\'', &text[1..])?),
        [quote @ (b'"' | b'`'), ..] => quoted(text, *quote),
        [b'$', b'{', ..] => Some(1 + memchr::memchr(b'}', text)?),
        [b'(', ..] => group(text),
        [b')' | b'&' | b'\n' | b'\r', ..] => None,
        _ => Some(1),
    }
}

/// Length of the quotation at the start of a text, its quotes included.
fn quoted(text: &[u8], quote: u8) -> Option<usize> {
    let mut at = 1;
    loop {
        at += match *text.get(at)? {
            b'\\' => 2,
            byte if byte == quote => return Some(at + 1),
            _ => 1,
        };
    }
}

/// Length of the group at the start of a text, up to its closing parenthesis.
fn group(text: &[u8]) -> Option<usize> {
    let (mut at, mut depth) = (0, 0);
    loop {
        at += match text.get(at)? {
            b'(' => {
                depth += 1;
                1
            }
            b')' if depth == 1 => return Some(at + 1),
            b')' => {
                depth -= 1;
                1
            }
            b'\n' | b'&' => 1,
            _ => unit(&text[at..])?,
        };
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    /// The commands with their operators, words separated by a bar.
    fn read(line: &str) -> Option<String> {
        let command = |c: &Command<'_>| format!("{}[{}]", c.joint, c.words.join("|"));
        Some(commands(line)?.iter().map(command).collect())
    }

    #[test]
    fn a_line_is_read_into_commands_and_words() {
        for (line, commands) in [
            ("", ""),
            ("make", "[make]"),
            ("make  all;", "[make|all]"),
            ("a && b || c; d | e |& f", "[a]&&[b]||[c];[d]|[e]|&[f]"),
            ("a||b&&c", "[a]||[b]&&[c]"),
            ("a 'x; y' \"b || \\\"c\"", "[a|'x; y'|\"b || \\\"c\"]"),
            ("a x\\ y \\|| b", "[a|x\\ y|\\|]|[b]"),
            (
                "a `b; c` $(d; (e) ')' f) ${g:-h i}",
                "[a|`b; c`|$(d; (e) ')' f)|${g:-h i}]",
            ),
            ("( a; b & ) || c", "[( a; b & )]||[c]"),
            ("x=(a b) f", "[x=(a b)|f]"),
            ("a > b 2>&1", "[a|>|b|2>&1]"),
            ("a>>b 2>/dev/null", "[a|>>|b|2>|/dev/null]"),
            (
                "a &>b; c *> d; e >&2; f 2>&- 3<&0",
                "[a|&>|b];[c|*>|d];[e|>&2];[f|2>&-|3<&0]",
            ),
            ("a <b <<<c", "[a|<|b|<<<|c]"),
            ("diff <(a; b) c", "[diff|<|(a; b)|c]"),
            ("v2>x&>y&&z", "[v2|>|x|&>|y]&&[z]"),
            ("a # b; c", "[a]"),
            ("a; # b", "[a]"),
            ("test $# -gt 1#", "[test|$#|-gt|1#]"),
            ("cp {a,b} c", "[cp|{a,b}|c]"),
            ("git log HEAD@{1}", "[git|log|HEAD@{1}]"),
            ("오류 || 참", "[오류]||[참]"),
        ] {
            assert_eq!(read(line).as_deref(), Some(commands), "{line}");
        }
    }

    #[test]
    fn what_is_not_to_be_understood() {
        for line in [
            "a & b",
            "a &",
            "a \"b",
            "a 'b",
            "a `b",
            "a ${b",
            "a $(b",
            "(a",
            "a)",
            "{ a; }",
            "a || { b; }",
            "a\nb",
            "cat <<EOF",
            "|| a",
            "a ||",
            "a && ; b",
            ";",
            "a ;; b",
            "case x in y) z",
            "a # collapsed multi-line command",
        ] {
            assert_eq!(read(line), None, "{line}");
        }
    }

    proptest! {
        #[test]
        fn nothing_but_blanks_signs_and_comments_is_lost(parts in proptest::collection::vec(proptest::sample::select(vec![
            "a", " ", "\t", "'", "\"", "`", "$(", "${", "(", ")", "{", "}", ";", "|", "&", ">", "<", "\\", "2", "#", "\n", "오",
        ]), 0..14)) {
            let line = parts.concat();
            if let Some(read) = commands(&line) {
                let bare = |text: &str| text.replace([' ', '\t'], "");
                let all: String = read.iter().flat_map(|c| std::iter::once(c.joint).chain(c.words.iter().copied())).collect();
                let rest = bare(&line).strip_prefix(&bare(&all)).map(str::to_owned);
                let rest = rest.expect("words as they are written");
                prop_assert!(["", ";"].contains(&&*rest) || rest.starts_with('#') || rest.starts_with(";#"), "{rest}");
            }
        }
    }
}
