//! What a command of a shell does to the status of another.

/// Does a command only pass on the status of an earlier one: `exit 1`, `[ $RC -eq 0 ]`, `echo "${exit_code}"`?
pub(super) fn passes_on(command: &str) -> bool {
    let command = command.as_bytes();
    [&b"exit"[..], b"return", b"false"]
        .iter()
        .any(|name| word(command, name))
        || memchr::memchr_iter(b'$', command).any(|at| {
            let rest = &command[at + 1..];
            is_status(rest.strip_prefix(b"{").unwrap_or(rest))
        })
}

/// Is that what a variable is called that holds a status?
fn is_status(name: &[u8]) -> bool {
    const WORDS: &[&[u8]] = &[b"rc", b"ret", b"res", b"err"];
    const STARTS: &[&[u8]] = &[
        b"?",
        b"result",
        b"status",
        b"exitcode",
        b"exit_code",
        b"errorcode",
        b"error_code",
    ];
    WORDS.iter().any(|w| word(name, w)) || STARTS.iter().any(|s| starts(name, s))
}

/// `export NAME="$(command)"`: the shell sees the status of `export`, which is 0 whatever the command inside says (POSIX
/// 2.9.1; ShellCheck SC2155). The name of what is set so.
pub(super) fn hides(command: &str) -> Option<&str> {
    const SETTERS: &[&str] = &["export", "declare", "local", "readonly", "typeset"];
    let behind = |name: &&str| command.strip_prefix(*name);
    let mut rest = after_blanks(SETTERS.iter().find_map(behind)?)?;
    while let Some(option) = rest.strip_prefix('-') {
        rest = after_blanks(option.trim_start_matches(in_name))
            .filter(|_| option.starts_with(in_name))?;
    }
    let value = rest.trim_start_matches(in_name);
    let name = &rest[..rest.len() - value.len()];
    let value = value.strip_prefix('=').filter(|_| !name.is_empty())?;
    let inside = value.strip_prefix(['"', '\'']).unwrap_or(value);
    (inside.starts_with("$(") || inside.starts_with('`')).then_some(name)
}

/// Can a command not fail the script that runs it, because it says so: `docker rm -f db || true`, `make lint || echo "not yet"`?
///
/// In a row (`…; …`) all must be so, or only speak. A function that leaves the shell by itself is not told from a program.
pub(super) fn is_forgiven(command: &str) -> bool {
    // The runner shows only the first line of these; `${A:?}` leaves the shell.
    if command.ends_with("# collapsed multi-line command") || command.contains(":?") {
        return false;
    }
    if !command.contains("||") {
        return false;
    }
    let mut rest = command.trim();
    let mut forgiven = false;
    while !rest.is_empty() {
        let Some((parts, behind)) = list(rest) else {
            return false;
        };
        if !goes_on(&parts) {
            return false;
        }
        forgiven |= parts.iter().any(|part| part.joint == "||");
        rest = behind.trim_start();
    }
    forgiven
}

/// A command, and what joins it to the one before.
#[derive(Debug, Clone, Copy)]
struct Part<'c> {
    joint: &'static str,
    text: &'c str,
}

impl<'c> Part<'c> {
    fn words(self) -> impl Iterator<Item = &'c str> {
        self.text.split_whitespace()
    }

    fn begins_with(self, names: &[&str]) -> bool {
        self.words()
            .next()
            .is_some_and(|word| names.contains(&word))
    }
}

/// Does the shell go on behind such a list, whatever fails in it?
fn goes_on(parts: &[Part<'_>]) -> bool {
    let Some((last, before)) = parts.split_last() else {
        return false;
    };
    let leaves = |part: &Part<'_>| part.begins_with(&["exit", "return"]);
    // What these run may leave the shell.
    let may_leave = |part: &Part<'_>| part.begins_with(&[".", "source", "eval", "exec"]);
    if before.iter().any(leaves) || parts.iter().any(may_leave) {
        return false;
    }
    let (by_or, alone) = (last.joint == "||", before.is_empty());
    let mut words = last.words();
    match words.next() {
        Some("true" | "/bin/true" | "/usr/bin/true" | ":" | "echo" | "printf") => {
            by_or || alone && !last.text.contains("$(")
        }
        Some("exit" | "return") => by_or && words.next() == Some("0"),
        Some("set") => alone,
        Some(_) => false,
        // What is left of a comment.
        None => alone,
    }
}

/// Joints of the commands of a list.
const JOINTS: &[&str] = &["||", "&&", "|&", "|"];

/// The commands of the first list of a text (POSIX 2.9.3, AND-OR lists and pipelines), and what stands behind it; `None` where it is not
/// to be understood.
fn list(text: &str) -> Option<(Vec<Part<'_>>, &str)> {
    let bytes = text.as_bytes();
    let (mut parts, mut joint, mut from) = (Vec::new(), "", 0);
    let (mut at, mut depth) = (0, 0usize);
    let blank = |b: Option<&u8>| b.is_none_or(|b| b.is_ascii_whitespace() || *b == b';');
    let mut behind = "";
    while at < bytes.len() {
        let rest = &bytes[at..];
        let begins = blank(at.checked_sub(1).and_then(|k| bytes.get(k)));
        let next = JOINTS
            .iter()
            .find(|joint| rest.starts_with(joint.as_bytes()));
        if depth == 0
            && let Some(next) = next
        {
            let text = &text[from..at];
            parts.push(Part { joint, text });
            at += next.len();
            (joint, from) = (next, at);
            continue;
        }
        at += match rest {
            [b'\\', _, ..] => 2,
            [b'\'', ..] => 2 + memchr::memchr(b'\'', &rest[1..])?,
            [b'"', ..] => quoted(rest)?,
            [b'$', b'{', ..] => 1 + memchr::memchr(b'}', rest)?,
            // A group is one command, whatever stands in it.
            [b'(', ..] => {
                depth += 1;
                1
            }
            [b')', ..] => {
                depth = depth.checked_sub(1)?;
                1
            }
            _ if depth > 0 => 1,
            [b'>', b'&', ..] | [b'&', b'>', ..] => 2,
            [b';', ..] => {
                behind = &text[at + 1..];
                break;
            }
            [b'#', ..] if begins => break,
            // What has parts of its own is not looked into.
            [b'{' | b'}', ..] if begins && blank(rest.get(1)) => return None,
            [b'\n' | b'&' | b'`', ..] => return None,
            _ => 1,
        };
    }
    let text = text.get(from..at)?;
    parts.push(Part { joint, text });
    (depth == 0).then_some((parts, behind))
}

/// Length of what stands in double quotes at the start of a text, the quotes included.
fn quoted(text: &[u8]) -> Option<usize> {
    let mut at = 1;
    loop {
        at += match text.get(at)? {
            b'\\' => 2,
            b'"' => return Some(at + 1),
            _ => 1,
        };
    }
}

/// What follows at least one blank.
fn after_blanks(text: &str) -> Option<&str> {
    let rest = text.trim_start_matches(['\t', '\n', '\x0b', '\x0c', '\r', ' ']);
    (rest.len() < text.len()).then_some(rest)
}

/// The names of a shell are ASCII.
fn in_name(c: char) -> bool {
    c.is_ascii_alphanumeric() || c == '_'
}

/// Does a text begin with that word, which is in lower case, whatever its own case?
fn starts(text: &[u8], word: &[u8]) -> bool {
    text.get(..word.len())
        .is_some_and(|start| start.eq_ignore_ascii_case(word))
}

/// The same, and the word ends there.
fn word(text: &[u8], word: &[u8]) -> bool {
    starts(text, word)
        && !text
            .get(word.len())
            .is_some_and(|b| b.is_ascii_alphanumeric() || *b == b'_')
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn what_passes_a_status_on() {
        for command in [
            "exit 1",
            "EXIT",
            "return $x",
            "false",
            "test $? -eq 0",
            "[ ${RC} -eq 0 ]",
            "echo $ret;",
            "if [ \"$result_of_tests\" ]; then",
            "exit-code",
            "echo $EXIT_CODE",
            "echo ${exitcode}",
            "echo $$err",
            "echo $Error_Code2",
        ] {
            assert!(passes_on(command), "{command}");
        }
        for command in [
            "",
            "exits",
            "exit_now",
            "falsehood",
            " exit 1",
            "echo exit",
            "echo rc",
            "echo $rcs",
            "echo ${{?}",
            "echo $errors",
            "echo $exit_",
            "echo $exit__code",
            "echo $",
            "echo ${",
            "echo $reset",
        ] {
            assert!(!passes_on(command), "{command}");
        }
    }

    #[test]
    fn what_hides_a_status() {
        for (command, name) in [
            ("export A=$(make)", "A"),
            ("export  A_1=`make`", "A_1"),
            ("declare -x -r b=\"$(make)\"", "b"),
            ("local\tx='`", "x"),
            ("readonly 1=$(", "1"),
            ("typeset -A  -b c='$(x", "c"),
        ] {
            assert_eq!(hides(command), Some(name), "{command}");
        }
        for command in [
            "A=$(make)",
            "exportA=$(make)",
            "export A=$B",
            "export A=x$(make)",
            "export A=\"'$(make)",
            "export A =$(make)",
            "export =$(make)",
            "export - A=$(make)",
            "export -x",
            "export -xA=$(make)",
            "export --x A=$(make)",
            " export A=$(make)",
            "export A B=$(make)",
            "export 이름=$(make)",
        ] {
            assert_eq!(hides(command), None, "{command}");
        }
    }

    #[test]
    fn what_is_forgiven() {
        for command in [
            "docker ps || true",
            "docker ps ||true",
            "a && b || :",
            "a || b || /bin/true",
            "make lint 2>&1 | tee lint.txt || echo \"lint: exit $?; see lint.txt\"",
            "make lint |& tee lint.txt || true",
            "npm audit || echo \"it's \\\"known\\\"\"",
            "( set +e; false; cat /nope ) || true",
            "curl -s $(cat url) || printf 'down; going on'",
            "cmd &> log || true",
            "x || exit 0",
            "git tag -v v1 || true; git describe || echo v0",
            "echo now; docker ps || true;",
            "docker rm -f ${APP} || true",
            "docker rm -f ${APP:-web} || true # may be off",
            "git log HEAD@{1} || true",
            "test $# -gt 1 || true",
            "set +e; docker ps || true",
        ] {
            assert!(is_forgiven(command), "{command}");
        }
        for command in [
            "",
            " ",
            ";",
            "true",
            "echo \"$(git describe)\"",
            "docker ps",
            "a || b",
            "a || exit 1",
            "a || exit",
            "a || exit 1 || true",
            "a || false",
            "make; docker ps || true",
            "make & docker ps || true",
            "a || echo failed && exit 1",
            "a || echo failed; exit 1",
            "a || { echo failed; exit 1; }",
            "a || (echo failed && exit 1)",
            "a || true && b",
            "a || true | b",
            "make 'a || true'",
            "make \"a || true\"",
            "a || echo \"b",
            "a || true # collapsed multi-line command",
            "a # || true",
            "a; # || true",
            "if a; then b || true",
            "a \\|| true",
            "(a || true",
            "a) || true",
            ". ./deploy.env || true",
            "eval \"$SETUP\" || true",
            "a || source b || true",
            "echo ${TAG:?} || true",
            "docker rm ${APP || true",
            "make \"",
            "\\",
            "오류 || 참",
        ] {
            assert!(!is_forgiven(command), "{command}");
        }
    }

    fn text(parts: &'static [&'static str]) -> impl Strategy<Value = String> {
        proptest::collection::vec(proptest::sample::select(parts), 0..12).prop_map(|p| p.concat())
    }

    proptest! {
        #![proptest_config(ProptestConfig::with_cases(4000))]

        #[test]
        fn a_status_is_passed_on_as_the_regex_says(command in text(&[
            "exit", "return", "false", "$", "{", "?", "rc", "ret", "res", "result", "status", "exit", "_", "code", "err", "error",
            "EXIT", "Rc", "s", " ", "1", "}", ";", "$rc", "${", "$exit", "오", "ſ", "\u{212a}",
        ])) {
            let words = r"(?i-u)^(?:exit|return|false)\b|\$\{?(?:\?|rc\b|ret\b|res\b|result|status|exit_?code|err\b|error_?code)";
            let regex = regex::Regex::new(words).unwrap();
            prop_assert_eq!(passes_on(&command), regex.is_match(&command));
        }

        #[test]
        fn a_status_is_hidden_as_the_regex_says(setter in text(&["export", "declare", "local", "readonly", "typeset", "", " "]),
            command in text(&[
            " ", "\t", "\u{b}", "\n", "-", "-x ", "x", "_", "1", "=", "A=", "\"", "'", "$(", "`", "$", "(", "오",
        ])) {
            let words = r#"(?-u)^(?:export|declare|local|readonly|typeset)\s+(?:-\w+\s+)*(\w+)=["']?(?:\$\(|`)"#;
            let regex = regex::Regex::new(words).unwrap();
            let found = |text: &str| regex.captures(text).map(|found| found[1].to_owned());
            for command in [format!("{setter}{command}"), format!("export {command}"), format!("local -x A={command}")] {
                prop_assert_eq!(hides(&command).map(str::to_owned), found(&command));
            }
        }
    }
}
