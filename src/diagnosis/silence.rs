//! Explains why a failed command printed nothing: its output was redirected, or it was told to be quiet.

use super::shell::{self, Command};
use crate::model::Lang;

/// Longest name of a file or option that is shown.
const LONGEST: usize = 80;

/// Where the output of a command went.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Away<'c> {
    File(&'c str),
    /// To the null device, under that name.
    Nowhere(&'c str),
    /// Nowhere: that option keeps the command quiet.
    Quiet(&'c str),
    /// Nowhere: curl's `-s` hides its errors too, unless `-S` shows them.
    Curl(&'c str),
}

/// One clause about a command that failed without output; `None` if the command gives no reason for that.
pub(super) fn of_command(command: &str, gitlab: bool, lang: Lang) -> Option<String> {
    let words = telling(command)?;
    let away = quiet(&words).or_else(|| redirected(&words))?;
    let text = match (away, lang) {
        (Away::File(file), Lang::En) if gitlab => format!(
            "what the command printed went to `{file}`: print that file in `after_script`, keep it as an artifact (`when: always`), or \
             let `tee` show it as well"
        ),
        (Away::File(file), Lang::En) => format!(
            "what the command printed went to `{file}`: print that file when the command fails, keep it as an artifact, or let `tee` \
             show it as well"
        ),
        (Away::File(file), Lang::Ko) if gitlab => format!(
            "이 명령의 출력은 `{file}` 파일에 기록되었습니다. `after_script`에서 그 파일을 출력하거나 artifact로 남기거나(`when: always`) \
             `tee`로 함께 출력하세요"
        ),
        (Away::File(file), Lang::Ko) => format!(
            "이 명령의 출력은 `{file}` 파일에 기록되었습니다. 실패할 때 그 파일을 출력하거나 artifact로 남기거나 `tee`로 함께 출력하세요"
        ),
        (Away::Nowhere(device), Lang::En) => format!(
            "what the command printed was thrown away (`{device}`): run it without that to see why it failed"
        ),
        (Away::Nowhere(device), Lang::Ko) => format!(
            "이 명령의 출력을 버렸습니다(`{device}`). 그 부분을 빼고 실행하면 실패한 이유가 보입니다"
        ),
        (Away::Quiet(option), Lang::En) => format!(
            "the command was told to print nothing (`{option}`): run it without that to see why it failed"
        ),
        (Away::Quiet(option), Lang::Ko) => format!(
            "이 명령은 아무것도 출력하지 않도록 실행되었습니다(`{option}`). 그 옵션을 빼고 실행하면 실패한 이유가 보입니다"
        ),
        (Away::Curl(option), Lang::En) => {
            format!(
                "curl was told to hide its errors (`{option}`): with `-S` it says why it failed"
            )
        }
        (Away::Curl(option), Lang::Ko) => {
            format!(
                "curl이 오류를 숨기도록 실행되었습니다(`{option}`). `-S`를 더하면 실패한 이유를 출력합니다"
            )
        }
    };
    Some(text)
}

/// The clause for a command that gives no reason.
pub(super) fn of_any(command: &str, lang: Lang) -> Option<&'static str> {
    telling(command)?;
    Some(match lang {
        Lang::En => {
            "the command printed nothing: have it say more (an option such as `--verbose`; `bash -x` for a script), or run it by hand where the \
             job runs"
        }
        Lang::Ko => {
            "이 명령은 아무것도 출력하지 않았습니다. 더 자세히 출력하게 하거나(`--verbose` 같은 옵션, script라면 `bash -x`) job이 실행되는 환경에서 직접 실행해 보세요"
        }
    })
}

/// The words of the command, if it could have said why it failed.
fn telling(command: &str) -> Option<Vec<&str>> {
    // For these the exit code is the result.
    const ANSWERS: &[&str] = &[
        "grep", "egrep", "fgrep", "rg", "diff", "cmp", "test", "[", "[[", "exit", "return",
        "false", "true", ":",
    ];
    let words = last_command(command)?;
    let program = program(&words)?;
    (!ANSWERS.contains(&program)).then_some(words)
}

/// The clause for a block of commands, of which the runner shows only the first line.
pub(super) fn of_block(lang: Lang) -> &'static str {
    match lang {
        Lang::En => {
            "only the first line of this block is shown. Where its output does not tell which command in it failed, have the shell print each \
             one (`set -x` as the first line), or give each an entry of its own in `script`; `grep` that finds nothing, `test`, and \
             `[ … ] && …` as the last line fail without a word"
        }
        Lang::Ko => {
            "이 블록은 첫 줄만 표시됩니다. 출력만으로 그 안의 어느 명령이 실패했는지 알 수 없으면 명령마다 출력하게 하거나(첫 줄에 `set -x`) \
             각 명령을 `script`의 별도 항목으로 나누세요. 찾은 것이 없는 `grep`, `test`, 마지막 줄의 `[ … ] && …`는 아무 말 없이 실패합니다"
        }
    }
}

/// The words of the only command that can have failed silently. Before it may stand commands that only change
/// a folder or a variable, behind it those that only pass its status on.
fn last_command(command: &str) -> Option<Vec<&str>> {
    // PowerShell's call operator.
    let mut commands = shell::commands(command.strip_prefix("& ").unwrap_or(command))?;
    let passes =
        |c: &Command<'_>| c.joint == "||" && matches!(c.words[0], "exit" | "return" | "false");
    while commands.last().is_some_and(passes) {
        commands.pop();
    }
    let last = commands.pop()?;
    let prepares = |c: &Command<'_>| {
        let sets = matches!(c.words[0], "cd" | "mkdir" | "export" | "set");
        sets && redirected(&c.words).is_none()
    };
    let in_a_row = |c: &Command<'_>| matches!(c.joint, "" | "&&" | ";");
    let row = in_a_row(&last) && commands.iter().all(|c| in_a_row(c) && prepares(c));
    (row && !last.words[0].starts_with('(')).then_some(last.words)
}

/// The redirections.
const REDIRECTIONS: &[(&str, Stream)] = &[
    (">", Stream::Output),
    (">>", Stream::Output),
    (">|", Stream::Output),
    ("1>", Stream::Output),
    ("1>>", Stream::Output),
    ("1>|", Stream::Output),
    ("2>", Stream::Error),
    ("2>>", Stream::Error),
    ("&>", Stream::Both),
    ("&>>", Stream::Both),
    ("*>", Stream::Both),
    ("*>>", Stream::Both),
    (">&", Stream::Both),
    ("2>&1", Stream::ErrorToOutput),
    (">&2", Stream::OutputToError),
    ("1>&2", Stream::OutputToError),
];

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Stream {
    Output,
    Error,
    Both,
    ErrorToOutput,
    OutputToError,
}

/// Where the errors of a command go. If only its standard output is redirected, it may still print errors.
fn redirected<'c>(words: &[&'c str]) -> Option<Away<'c>> {
    let (mut output, mut error) = (None, None);
    let mut words = words.iter();
    while let Some(&word) = words.next() {
        let Some((_, stream)) = REDIRECTIONS.iter().find(|(sign, _)| *sign == word) else {
            // Another stream: `3>&1`.
            let other = word.starts_with(|c: char| c.is_ascii_digit()) && word.contains('>');
            if other && word.len() <= "3>&1".len() {
                return None;
            }
            continue;
        };
        let mut target = || Some(target(words.next()?));
        match stream {
            Stream::Output => output = target()?,
            Stream::Error => error = target()?,
            Stream::Both => {
                output = target()?;
                error = output;
            }
            Stream::ErrorToOutput => error = output,
            Stream::OutputToError => output = error,
        }
    }
    error
}

/// The target of a redirection; `None` if the file's name is too long to show.
fn target(word: &str) -> Option<Away<'_>> {
    const NULL: &[&str] = &["/dev/null", "nul", "nul:", "$null"];
    let name = word.trim_matches(['"', '\'']);
    let terminal = matches!(name, "/dev/stdout" | "/dev/stderr" | "/dev/tty" | "CON");
    // Names that must not be printed.
    let lower = name.to_ascii_lowercase();
    let secret = [
        "key",
        "pem",
        "secret",
        "token",
        "passw",
        "credential",
        ".env",
        "kubeconfig",
    ];
    if secret.iter().any(|word| lower.contains(word)) {
        return None;
    }
    if terminal || name.is_empty() || name.len() > LONGEST || name.contains('`') {
        None
    } else if NULL.iter().any(|null| null.eq_ignore_ascii_case(name)) {
        Some(Away::Nowhere(name))
    } else {
        Some(Away::File(name))
    }
}

/// The program that a command runs, without its folder; assignments may precede it.
fn program<'c>(words: &[&'c str]) -> Option<&'c str> {
    let program = words.iter().find(|word| !word.contains('='))?;
    program.rsplit(['/', '\\']).next()
}

/// An option that keeps a command quiet.
fn quiet<'c>(words: &[&'c str]) -> Option<Away<'c>> {
    let program = program(words)?;
    let short = |letter: char| {
        let with = |word: &&&str| {
            let letters = word.strip_prefix('-').unwrap_or_default();
            letters.contains(letter) && letters.bytes().all(|b| b.is_ascii_alphabetic())
        };
        words[1..].iter().find(with).copied()
    };
    if matches!(program, "curl" | "curl.exe") {
        let silent = short('s').or_else(|| words.iter().find(|w| **w == "--silent").copied())?;
        let shows = short('S').is_some() || words.contains(&"--show-error");
        return (!shows).then_some(Away::Curl(silent));
    }
    if matches!(program, "wget" | "wget.exe")
        && let Some(option) = short('q')
    {
        return Some(Away::Quiet(option));
    }
    None
}

#[cfg(test)]
mod tests {
    use super::*;

    fn away(command: &str) -> Option<Away<'_>> {
        let words = last_command(command)?;
        quiet(&words).or_else(|| redirected(&words))
    }

    #[test]
    fn output_that_went_into_a_file_is_found() {
        for (command, file) in [
            ("make > build.log 2>&1", "build.log"),
            ("make >build.log 2>&1", "build.log"),
            ("make &> build.log", "build.log"),
            ("make &>>logs/$CI_JOB_ID.log", "logs/$CI_JOB_ID.log"),
            ("make > out.txt 2> err.txt", "err.txt"),
            ("make > \"my build.log\" 2>&1", "my build.log"),
            (
                "cd app && make all > ../build.log 2>&1 || exit 1",
                "../build.log",
            ),
            (
                "export A=1; make V=\"a; b\" $(opts > x) > b.log 2>&1",
                "b.log",
            ),
            ("& ./build.ps1 *> build.log", "build.log"),
            ("msbuild app.sln >> build.log 2>&1", "build.log"),
            ("make $(opts \")\") >build.log 2>&1 # quiet", "build.log"),
            ("sort {a,b}.txt <c.txt >build.log 2>&1", "build.log"),
        ] {
            let found = match away(command) {
                Some(Away::File(file)) => Some(file),
                _ => None,
            };
            assert_eq!(found, Some(file), "{command}");
        }
    }

    #[test]
    fn output_that_nobody_keeps_is_found() {
        for (command, device) in [
            ("make > /dev/null 2>&1", "/dev/null"),
            ("make &>/dev/null", "/dev/null"),
            ("make 2>/dev/null", "/dev/null"),
            ("make >NUL 2>&1", "NUL"),
            ("make > build.log 2>/dev/null", "/dev/null"),
        ] {
            assert_eq!(away(command), Some(Away::Nowhere(device)), "{command}");
        }
        assert_eq!(away("wget -q https://example.com"), Some(Away::Quiet("-q")));
        assert_eq!(
            away("curl -sf https://example.com"),
            Some(Away::Curl("-sf"))
        );
        assert_eq!(
            away("A=1 curl --silent -o x.tgz u"),
            Some(Away::Curl("--silent"))
        );
    }

    #[test]
    fn other_commands_tell_nothing() {
        for command in [
            "",
            "make",
            "make 2>&1",
            "make >&2",
            "make 2>&1 | tee build.log",
            "make > build.log 2>&1; ./check",
            "./check && make > build.log 2>&1",
            "make > build.log 2>&1 || cat build.log",
            "( make ) > build.log 2>&1",
            "make > build.log 2>&1 # collapsed multi-line command",
            "echo 'a > b'",
            "test \"a > b\" = x",
            "make > \"unclosed",
            "make > /dev/stderr",
            "make >",
            "curl -sSf https://example.com",
            "curl -fs --show-error https://example.com",
            "tar -xzf silent.tgz",
            "make -s",
            // Errors still go to the log.
            "make 2>&1 > build.log",
            "mysqldump app > dump.sql",
            "eslint --quiet src",
            "vault read -field=k secret/x > deploy_key 2>&1",
            "check 3>&1 1>&2 2>&3",
            "server > log 2>&1 &",
            "make > build.log 2>&3",
            "make > build.log 2>&1 | cat",
            "x=1 | make > build.log 2>&1",
        ] {
            assert_eq!(away(command), None, "{command}");
        }
    }

    #[test]
    fn a_command_that_says_nothing_may_say_more() {
        let any = |command: &str| of_any(command, Lang::En).is_some();
        for command in ["./run.sh", "cd app && ./run.sh", "make -s all || exit 1"] {
            assert!(any(command), "{command}");
        }
        for command in [
            "",
            "exit 1",
            "grep -c x y",
            "A=1",
            "./run.sh | tail",
            "[ -f x ] || false",
        ] {
            assert!(!any(command), "{command}");
        }
    }

    #[test]
    fn it_is_told_in_both_languages() {
        let told = |gitlab, lang| of_command("make > a.log 2>&1", gitlab, lang).unwrap();
        assert!(told(true, Lang::En).contains("`a.log`: print that file in `after_script`"));
        assert!(!told(false, Lang::En).contains("after_script"));
        assert!(told(true, Lang::Ko).contains("`a.log` 파일에 기록"));
        assert!(of_command("make test > a.log 2>&1", true, Lang::En).is_some());
        assert_eq!(
            of_command("grep -r x src > found.txt 2>&1", true, Lang::En),
            None
        );
    }
}
