//! How the commands of a shell affect each other's status.

mod commands;

pub(super) use commands::{Command, commands, is_block};

/// Whether a command only passes on an earlier status: `exit 1`, `[ $RC -eq 0 ]`, `echo "${exit_code}"`.
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

/// Whether a variable's name is one for a status. `RESULT_FILE` and `STATUS_URL` hold something else.
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
    const THINGS: &[&str] = &[
        "dir", "doc", "file", "folder", "host", "html", "image", "json", "log", "name", "page",
        "path", "report", "repo", "root", "topic", "uri", "url", "xml",
    ];
    let part = |b: &u8| b.is_ascii_alphanumeric() || *b == b'_';
    let len = name.iter().take_while(|b| part(b)).count();
    let is_thing = || {
        let whole = String::from_utf8_lossy(&name[..len]).to_ascii_lowercase();
        THINGS.iter().any(|thing| whole.contains(thing))
    };
    WORDS.iter().any(|w| word(name, w)) || STARTS.iter().any(|s| starts(name, s)) && !is_thing()
}

/// The variable in `export NAME="$(command)"`. The shell sees the status of `export`, which is 0 whatever the
/// command inside returns (POSIX 2.9.1; ShellCheck SC2155).
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

/// A status that a line keeps for a later command.
#[derive(Debug, PartialEq, Eq)]
pub(super) struct KeptStatus<'c> {
    /// The variable.
    pub name: &'c str,
    /// It is set whatever the line does, so that what was kept in it before is lost.
    pub always: bool,
}

/// The status that a line keeps of what it ran, so that a later command can end the script with it:
/// `make lint || RC=$?`, `make lint; RC=$?`, `make lint || FAILED=1`.
pub(super) fn keeps_status(line: &str) -> Option<KeptStatus<'_>> {
    const SIGNS: &[&str] = &["true", "yes", "fail", "failed", "failure", "error"];
    if !line.contains('=') {
        return None;
    }
    let commands = commands(line.trim())?;
    commands.iter().skip(1).find_map(|command| {
        let (name, value) = assigned(command)?;
        let is_sign = value.parse().is_ok_and(|n: u8| n > 0) || SIGNS.contains(&value);
        let always = command.joint == ";";
        let kept = value == "$?" && command.joint != "|" || is_sign && command.joint == "||";
        kept.then_some(KeptStatus { name, always })
    })
}

/// Whether a line gives a variable a value that is no status.
pub(super) fn sets(line: &str, name: &str) -> bool {
    let sets = |command: &Command<'_>| {
        let of_name = assigned(command).filter(|(set, _)| *set == name);
        command.joint != "||" && of_name.is_some_and(|(_, value)| value != "$?")
    };
    line.contains('=') && commands(line.trim()).is_some_and(|all| all.iter().any(sets))
}

/// The name and value of a command that only sets a variable.
fn assigned<'c>(command: &Command<'c>) -> Option<(&'c str, &'c str)> {
    let ([word] | ["export", word]) = command.words[..] else {
        return None;
    };
    let (name, value) = word.split_once('=').filter(|_| is_assignment(word))?;
    Some((name, value.trim_matches(['"', '\''])))
}

/// The variable by whose value a command, and nothing else in it, ends its script or not: `exit ${RC-0}`,
/// `[ $RC -eq 0 ]`.
pub(super) fn ends_by(command: &str) -> Option<&str> {
    const ENDS: &[&str] = &["exit", "return", "[", "[[", "test"];
    let commands = commands(command.trim())?;
    let [Command { words, .. }] = &commands[..] else {
        return None;
    };
    let (first, rest) = words.split_first()?;
    let name = rest.iter().find_map(|word| {
        let word = word.trim_start_matches('"').strip_prefix('$')?;
        let word = word.strip_prefix('{').unwrap_or(word);
        let len = word.len() - word.trim_start_matches(in_name).len();
        (len > 0).then(|| &word[..len])
    });
    name.filter(|_| ENDS.contains(first))
}

/// Whether a command expands that variable: `$NAME`, `${NAME`.
pub(super) fn uses(command: &str, name: &str) -> bool {
    [format!("${{{name}"), format!("${name}")]
        .iter()
        .any(|use_| {
            command.match_indices(use_.as_str()).any(|(at, found)| {
                let next = command[at + found.len()..].chars().next();
                !next.is_some_and(in_name)
            })
        })
}

/// Whether a command cannot fail its script because it says so: `docker rm -f db || true`, `make lint || echo
/// "not yet"`.
///
/// In a list (`…; …`), all commands must say so or only print. A function that exits the shell looks like a
/// program.
pub(super) fn is_forgiven(command: &str) -> bool {
    // Most commands do not; `${A:?}` exits the shell.
    if !command.contains("||") || command.contains(":?") {
        return false;
    }
    let Some(commands) = commands(command.trim()) else {
        return false;
    };
    let mut lists = commands.chunk_by(|_, next| next.joint != ";");
    lists.all(goes_on) && commands.iter().any(|c| c.joint == "||")
}

/// Whether a word only sets a variable: `NAME=value`.
pub(super) fn is_assignment(word: &str) -> bool {
    let name = word.split_once('=').map_or("", |(name, _)| name);
    let of_name = |b: u8| b.is_ascii_alphanumeric() || b == b'_';
    !name.is_empty() && name.bytes().all(of_name)
}

/// Commands of a line that succeed or fail together.
#[derive(Debug, PartialEq, Eq)]
pub(super) struct List<'c> {
    /// The commands; never empty.
    pub commands: Vec<Command<'c>>,
    /// The shell continues behind them, because they say so.
    pub forgiven: bool,
}

/// The lists of a line in order. With `a || true && b` the shell always reaches `b`, so these are two lists.
/// `None` if the line cannot be parsed.
pub(super) fn lists(line: &str) -> Option<Vec<List<'_>>> {
    let mut lists: Vec<Vec<Command<'_>>> = Vec::new();
    for command in commands(line.trim())? {
        let succeeds = |before: &Command<'_>| {
            before.joint == "||" && matches!(before.words[0], "true" | ":" | "echo" | "printf")
        };
        let before = lists.last().and_then(|list| list.last());
        let begins = command.joint == ";" || command.joint == "&&" && before.is_some_and(succeeds);
        match lists.last_mut() {
            Some(list) if !begins => list.push(command),
            _ => lists.push(vec![command]),
        }
    }
    let leaves = line.contains(":?");
    let judged = lists.into_iter().map(|commands| List {
        forgiven: !leaves && goes_on(&commands) && commands.iter().any(|c| c.joint == "||"),
        commands,
    });
    Some(judged.collect())
}

/// Whether the shell continues behind a list, whatever fails in it.
fn goes_on(list: &[Command<'_>]) -> bool {
    let Some((last, before)) = list.split_last() else {
        return false;
    };
    let runs = |command: &Command<'_>, names: &[&str]| names.contains(&command.words[0]);
    let leaves = |command| runs(command, &["exit", "return"]);
    // What these run may exit the shell.
    let may_leave = |command| runs(command, &[".", "source", "eval", "exec"]);
    if before.iter().any(leaves) || list.iter().any(may_leave) {
        return false;
    }
    let (by_or, alone) = (last.joint == "||", before.is_empty());
    match last.words[..] {
        [
            "true" | "/bin/true" | "/usr/bin/true" | ":" | "echo" | "printf",
            ..,
        ] => {
            let runs_more = |word: &&str| word.contains("$(") || word.contains('`');
            by_or || alone && !last.words.iter().any(runs_more)
        }
        ["exit" | "return", "0", ..] => by_or,
        ["set", ..] => alone,
        _ => false,
    }
}

/// The text behind at least one blank.
fn after_blanks(text: &str) -> Option<&str> {
    let rest = text.trim_start_matches(['\t', '\n', '\x0b', '\x0c', '\r', ' ']);
    (rest.len() < text.len()).then_some(rest)
}

/// Whether a character may be in a shell name, which is ASCII.
fn in_name(c: char) -> bool {
    c.is_ascii_alphanumeric() || c == '_'
}

/// Whether a text begins with a lower-case word, ignoring case.
fn starts(text: &[u8], word: &[u8]) -> bool {
    text.get(..word.len())
        .is_some_and(|start| start.eq_ignore_ascii_case(word))
}

/// The same, if the word ends there.
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
            "test -s \"$RESULT_FILE\"",
            "diff -q \"$RESULT_DIR/a\" golden/a",
            "curl -f $STATUS_URL",
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
    fn what_keeps_a_status_for_later() {
        for (line, name, always) in [
            ("lintian *.changes | tee out || ECODE=$?", "ECODE", false),
            ("make lint; rc=$?", "rc", true),
            ("make lint && make test || export FAILED=1", "FAILED", false),
            ("make lint || failed=\"true\"", "failed", false),
        ] {
            assert_eq!(
                keeps_status(line),
                Some(KeptStatus { name, always }),
                "{line}"
            );
        }
        for line in [
            "make || true",
            "RC=$?",
            "V=$(git describe) || V=dev",
            "make || RC=0",
            "make | RC=$?",
            "make; FAILED=1",
            "make || RC=$? make",
            "make \"|| RC=$?\"",
        ] {
            assert_eq!(keeps_status(line), None, "{line}");
        }
        assert!(sets("RC=0", "RC") && sets("make && export RC='0'", "RC"));
        assert!(!sets("RC=$?", "RC") && !sets("make || RC=1", "RC") && !sets("RC=0 make", "RC"));
    }

    #[test]
    fn what_ends_a_script_by_a_variable() {
        for command in [
            "exit $RC",
            "exit ${RC-0}",
            "exit \"${RC:-0}\"",
            "return $RC",
            "[ $RC -eq 0 ]",
            "[[ ${RC} == 0 ]]",
            "test \"$RC\" = 0",
        ] {
            assert_eq!(ends_by(command), Some("RC"), "{command}");
        }
        for command in [
            "exit 1",
            "exit RC",
            "echo $RC",
            "exits $RC",
            "[ $RC -eq 0 ] || ./deploy.sh",
            "if [ $RC = 1 ]; then ./notify.sh; fi",
            "test -z \"$RC\" || npm ci",
        ] {
            assert_eq!(ends_by(command), None, "{command}");
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
            "docker ps || true>/dev/null",
            "echo `git tag -v v1` || true",
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
            "echo `git describe`; docker ps || true; make",
            "|| true",
            "make \"",
            "\\",
            "오류 || 참",
        ] {
            assert!(!is_forgiven(command), "{command}");
        }
    }

    #[test]
    fn lists_of_a_line() {
        let read = |line: &str| {
            let shown = |list: List<'_>| {
                let words = |c: &Command<'_>| format!("{} {}", c.joint, c.words.join(" "));
                let text: String = list.commands.iter().map(words).collect();
                format!("{}{}", text.trim(), if list.forgiven { " !" } else { "" })
            };
            lists(line).map(|lists| lists.into_iter().map(shown).collect::<Vec<_>>())
        };
        for (line, lists) in [
            ("a || true; b", &["a|| true !", "; b"][..]),
            ("a || true && b && c", &["a|| true !", "&& b&& c"]),
            (
                "a | b || echo no && c || :",
                &["a| b|| echo no !", "&& c|| : !"],
            ),
            ("a || b && c", &["a|| b&& c"]),
            ("a ${X:?} || true; b", &["a ${X:?}|| true", "; b"]),
            ("", &[]),
        ] {
            assert_eq!(
                read(line).as_deref(),
                Some(&lists.iter().map(|l| (*l).to_owned()).collect::<Vec<_>>()[..]),
                "{line}"
            );
        }
        assert_eq!(read("a || true; b &"), None);
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
