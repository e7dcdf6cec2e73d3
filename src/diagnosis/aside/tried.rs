//! Finds commands at the top of a script that are only tried. Either later commands may need what they do (`git
//! fetch || true`), or the next command of the list does their work (`npm ci || npm install`). Their output may
//! or may not explain the failure; this module only names them.

use std::ops::RangeInclusive;

use super::forgiven::{NOTHING, says};
use super::github;
use crate::diagnosis::Case;
use crate::diagnosis::shell::{self, Command};
use crate::model::{self, Dialect, TailLine};

/// Lines at the top of the output that such commands may have printed.
const TOP: usize = 30;
/// Lines above a message in which the program may have printed its name.
const ABOVE: u64 = 3;

/// A script that begins with such commands.
#[derive(Debug)]
pub(in crate::diagnosis) struct Script {
    tries: Vec<Try>,
    /// The lines of its output.
    output: RangeInclusive<u64>,
    /// The first lines of the output.
    top: Vec<(u64, String)>,
}

/// A command that is only tried.
#[derive(Debug, PartialEq, Eq)]
pub(in crate::diagnosis) struct Try {
    programs: Vec<String>,
    words: Vec<String>,
    /// Later commands may need its effect, since it does not only test something.
    pub needed: bool,
    /// The next command does the same again.
    pub again: bool,
}

impl Script {
    /// Whether a line is part of its output.
    pub(in crate::diagnosis) fn holds(&self, line: u64) -> bool {
        self.output.contains(&line)
    }

    /// The command that may have printed the line of a finding with that id.
    pub(in crate::diagnosis) fn tried(&self, line: u64, id: &str) -> Option<&Try> {
        let at = self.top.iter().position(|(number, _)| *number == line)?;
        let near = self.top[..=at]
            .iter()
            .filter(|(number, _)| number + ABOVE >= line);
        let near: Vec<&str> = near.map(|(_, text)| text.as_str()).collect();
        let own = &self.top[at].1;
        let of = |program: &String| {
            says(program, own)
                || is_in(id, program)
                || near.iter().any(|text| speaks(text, program))
        };
        let own = self.tries.iter();
        let own = own.filter(|tried| tried.programs.iter().any(of));
        own.max_by_key(|tried| tried.needed)
    }
}

impl Try {
    /// Whether one of its words fits.
    pub(in crate::diagnosis) fn has(&self, word: impl Fn(&str) -> bool) -> bool {
        self.words.iter().any(|own| word(own))
    }
}

/// Whether a program is one of the words of an id: `git` of `git/merge-conflict`, `mysqladmin` of
/// `…/mysql-connection`. Families named after a language hold messages of many programs.
pub(in crate::diagnosis) fn is_in(id: &str, program: &str) -> bool {
    const LANGUAGES: &[&str] = &[
        "go", "java", "node", "php", "python", "ruby", "rust", "shell",
    ];
    let (family, name) = id.split_once('/').unwrap_or(("", id));
    let program = program.trim_end_matches(|c: char| c.is_ascii_digit() || c == '.');
    let is_it = |word: &str| word == program || word.len() >= 5 && program.starts_with(word);
    let family = family.split('-').filter(|word| !LANGUAGES.contains(word));
    family.chain(name.split('-')).any(is_it)
}

/// Whether a program prints its name in a line: `… mysqladmin: connect to server …`.
pub(in crate::diagnosis) fn speaks(text: &str, program: &str) -> bool {
    text.match_indices(program).any(|(at, _)| {
        let before = text[..at].chars().next_back();
        let own = !before.is_some_and(|c| c.is_ascii_alphanumeric() || "_-./".contains(c));
        own && text[at + program.len()..].starts_with(": ")
    })
}

/// The scripts in the tail of a job's log that begin with such commands.
pub(in crate::diagnosis) fn scripts(case: &Case) -> Vec<Script> {
    let facts = case.facts();
    let scan = &case.inputs()[case.job].scan;
    if facts.dialect == Dialect::Github {
        if memchr::memmem::find(scan.tail.text_from(0), b"||").is_none() {
            return Vec::new();
        }
        let lines = scan.tail.lines(facts);
        let of_step = |(script, output): (Vec<String>, &[TailLine])| {
            Script::of(tries(script.iter().map(String::as_str)), output)
        };
        return github::steps(&lines)
            .into_iter()
            .filter_map(of_step)
            .collect();
    }
    let has_two = |command: &model::Command| command.text.contains("||");
    if !facts.commands.iter().any(has_two) {
        return Vec::new();
    }
    let lines = scan.tail.lines(facts);
    let above = |number: u64| lines.partition_point(|line| line.place.line < number);
    let of_command = |(k, command): (usize, &model::Command)| {
        let next = facts.commands.get(k + 1);
        let output = above(command.line + 1)..next.map_or(lines.len(), |next| above(next.line));
        // Of most scripts the tail holds nothing.
        let shown = has_two(command) && !output.is_empty();
        shown.then(|| Script::of(tries([&*command.text]), &lines[output]))?
    };
    let commands = facts.commands.iter().enumerate();
    commands.filter_map(of_command).collect()
}

impl Script {
    fn of(tries: Vec<Try>, output: &[TailLine]) -> Option<Self> {
        let (first, last) = (output.first()?, output.last()?);
        let top = output.iter().take(TOP);
        let top = top.map(|line| (line.place.line, line.content().to_owned()));
        (!tries.is_empty()).then(|| Self {
            output: first.place.line..=last.place.line,
            top: top.collect(),
            tries,
        })
    }
}

/// The commands that a script only tries before the first one that may end it.
fn tries<'s>(script: impl IntoIterator<Item = &'s str>) -> Vec<Try> {
    let mut tries = Vec::new();
    for line in script {
        let Some(lists) = shell::lists(line) else {
            // An `if`, a loop or a here-document may run anything.
            return tries;
        };
        for list in &lists {
            if list.forgiven {
                tries.push(Try::of(&list.commands, needed(&list.commands), false));
            } else if !list.commands.iter().all(is_quiet) {
                tries.extend(first_of_two(&list.commands));
                return tries;
            }
        }
    }
    // No command is left that can have failed.
    Vec::new()
}

/// The first of two commands, if the second does its work: `npm ci || npm install`.
fn first_of_two(list: &[Command<'_>]) -> Option<Try> {
    let [before @ .., first, second] = list else {
        return None;
    };
    let same = program(first).is_some_and(|name| program(second) == Some(name));
    let alone = before.iter().all(|command| command.joint != "|");
    let again = same && alone && second.joint == "||" && do_the_same(first, second);
    again.then(|| Try::of(std::slice::from_ref(first), false, true))
}

/// Whether two commands of a program do the same. `docker compose up || docker compose logs` inspects the
/// failure.
fn do_the_same(first: &Command<'_>, second: &Command<'_>) -> bool {
    const INSTALL: &[&str] = &[
        "add", "ci", "i", "install", "pull", "restore", "sync", "update",
    ];
    const LOOK: &[&str] = &[
        "cache",
        "clean",
        "describe",
        "destroy",
        "down",
        "logs",
        "prune",
        "ps",
        "rollback",
        "rm",
        "show",
        "status",
        "stop",
        "--abort",
        "--version",
    ];
    let (first, second) = (behind(first), behind(second));
    let names = |word: &&&str| !word.starts_with('-');
    let one = first.iter().find(names).copied();
    let other = second.iter().find(names).copied();
    let install = |action: Option<&str>| action.is_some_and(|word| INSTALL.contains(&word));
    let looks = second
        .iter()
        .any(|word| LOOK.contains(word) && !first.contains(word));
    !looks && (one == other || install(one) && install(other))
}

impl Try {
    fn of(list: &[Command<'_>], needed: bool, again: bool) -> Self {
        let words = list.iter().flat_map(|command| &command.words);
        let programs = list.iter().filter_map(program);
        let programs = programs.filter(|name| !NOTHING.contains(name));
        Self {
            programs: programs.map(str::to_owned).collect(),
            words: words.map(|word| (*word).to_owned()).collect(),
            needed,
            again,
        }
    }
}

/// Whether later commands may need what these do. Commands that only test, inspect or clean up are not needed.
fn needed(list: &[Command<'_>]) -> bool {
    const ASK: &[&str] = &[
        "--version",
        "audit",
        "cat",
        "check",
        "curl",
        "delete",
        "describe",
        "diff",
        "down",
        "find",
        "get",
        "grep",
        "info",
        "inspect",
        "kill",
        "lint",
        "list",
        "logs",
        "ls",
        "nc",
        "outdated",
        "pg_isready",
        "ping",
        "prune",
        "ps",
        "rm",
        "rmi",
        "show",
        "status",
        "stop",
        "test",
        "uninstall",
        "version",
        "which",
    ];
    let asks = |command: &Command<'_>| {
        let mut words = command
            .words
            .iter()
            .take_while(|word| !word.starts_with('>'));
        let by_name =
            program(command).is_some_and(|name| NOTHING.contains(&name) || ASK.contains(&name));
        by_name || words.any(|word| ASK.contains(word))
    };
    let mut words = list.iter().flat_map(|command| &command.words);
    words.any(|word| github::is_needed(word)) || !list.iter().all(asks)
}

/// Whether a command prints nothing unless it fails, or nothing that looks like a failure.
fn is_quiet(command: &Command<'_>) -> bool {
    const SILENT: &[&str] = &[
        "chmod", "cp", "ln", "mkdir", "mv", "rm", "shopt", "touch", "ulimit", "umask",
    ];
    let (first, second) = (command.words[0], command.words.get(1));
    let runs = |word: &&str| word.contains("$(") || word.contains('`');
    github::QUIET.contains(&first)
        || SILENT.contains(&first)
        || first == "git" && second.is_some_and(|what| ["config", "remote"].contains(what))
        || command.words.iter().all(|word| shell::is_assignment(word))
            && !command.words.iter().any(runs)
}

/// The program of a command.
fn program<'c>(command: &Command<'c>) -> Option<&'c str> {
    let word = command.words.get(place(command)?)?;
    word.rsplit('/').next().filter(|name| !name.is_empty())
}

/// The words behind the program.
fn behind<'w, 'c>(command: &'w Command<'c>) -> &'w [&'c str] {
    let from = place(command).map_or(0, |at| at + 1);
    &command.words[from..]
}

/// The index of the word that names the program.
fn place(command: &Command<'_>) -> Option<usize> {
    const BEFORE: &[&str] = &["sudo", "env", "time", "exec", "nice", "command"];
    let calls = |word: &&str| !shell::is_assignment(word) && !BEFORE.contains(word);
    command.words.iter().position(calls)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn of(script: &str) -> Vec<String> {
        let shown = |tried: Try| {
            format!(
                "{}{}",
                tried.programs.join("+"),
                if tried.needed { "!" } else { "" }
            )
        };
        tries(script.lines()).into_iter().map(shown).collect()
    }

    #[test]
    fn what_a_script_only_tries() {
        let cases: &[(&str, &[&str])] = &[
            (
                "git config user.name ci\ngit fetch origin || true\ngit merge x",
                &["git!"],
            ),
            ("git fetch origin || true\ngit merge x", &["git!"]),
            ("cd a; X=1; sudo docker rm -f db || :; make", &["docker!"]),
            ("mysqladmin ping || true && mysql < a.sql", &["mysqladmin"]),
            ("npm ci || echo \"no lock file\"\nnpm run build", &["npm!"]),
            ("npm ci || npm install", &["npm"]),
            ("npm ci || npm cache clean", &[]),
            ("terraform apply -auto-approve || terraform destroy", &[]),
            ("docker compose up -d --wait || docker compose logs db", &[]),
            ("python -m pytest || python -c 'x'", &[]),
            (
                "kubectl config use-context x || true\nkubectl apply -f a",
                &["kubectl!"],
            ),
            ("kubectl get pods || true\nkubectl apply -f a", &["kubectl"]),
            (
                "curl -fsS x || true; curl -fsSo a x || :; make",
                &["curl", "curl!"],
            ),
            ("set -e\nmvn -s a.xml verify || ./bin/mvn verify && ls", &[]),
            ("A=1 pip install -i x y || sudo pip install y", &["pip"]),
            ("npm ci || yarn install", &[]),
            ("git fetch || true\nif x; then\n  y\nfi", &["git!"]),
            // Nothing is left behind it.
            ("git fetch || true", &[]),
            ("make\ngit fetch || true\ngit merge x", &[]),
            ("make 'a || b", &[]),
        ];
        for (script, tried) in cases {
            assert_eq!(of(script), *tried, "{script}");
        }
    }

    #[test]
    fn whose_words_a_line_may_be() {
        for (id, program) in [
            ("git/merge-conflict", "git"),
            ("node/npm-missing-script", "npm"),
            ("services-databases/mysql-connection", "mysqladmin"),
            ("python/pip-hash-mismatch", "pip3"),
            ("docker-daemon/unreachable-socket", "docker-compose"),
        ] {
            assert!(is_in(id, program), "{id} {program}");
        }
        for (id, program) in [
            ("node/npm-missing-script", "node"),
            ("git/merge-conflict", "gitleaks"),
            ("python/pip-hash-mismatch", "python3.11"),
            ("shell/command-not-found", "sh"),
        ] {
            assert!(!is_in(id, program), "{id} {program}");
        }
        assert!(speaks("Waiting\u{7}mysqladmin: connect to x", "mysqladmin"));
        assert!(speaks("curl: (7) no", "curl"));
        assert!(!speaks("/usr/bin/curl: no", "curl") && !speaks("mycurl: no", "curl"));
        assert!(!speaks("curl a: b", "curl"));
    }
}
