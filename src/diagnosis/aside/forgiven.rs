//! Finds the output of commands inside a script that failed but were allowed to: as the shell traces them (`set
//! -x`), or as make prints the line of a recipe.

use std::ops::RangeInclusive;

use super::{github, jenkins, passed, tells};
use crate::diagnosis::shell;
use crate::model::TailLine;
use crate::trace::line::xtrace;

/// Commands that do nothing.
pub(super) const NOTHING: &[&str] = &[
    "exit", "return", "false", "true", ":", "echo", "printf", "[",
];

/// Most output lines of such a command.
const OUTPUT: u64 = 50;
/// Lines below a recipe's line that may be its output.
const BELOW: usize = 3;

/// The lines between `+ docker rm app` and `+ true`: the shell runs the part behind `||` only if the command
/// failed.
pub(super) fn traced(lines: &[TailLine]) -> Vec<RangeInclusive<u64>> {
    let mut open: Option<(usize, u64)> = None;
    let mut found = Vec::new();
    for (k, line) in lines.iter().enumerate() {
        let number = line.place.line;
        let Some((depth, command)) = command(line) else {
            open = open.filter(|_| !line.command);
            continue;
        };
        if matches!(command, "true" | ":")
            && let Some((of, first)) = open
            && of == depth
            && number <= first + OUTPUT
            && went_on(&lines[k + 1..])
        {
            found.push(first..=number);
        }
        // A deeper command runs inside this one and belongs to it.
        if open.is_none_or(|(of, _)| depth <= of) {
            open = Some((depth, number));
        }
    }
    found
}

/// Commands that inspect or clean up: they run after one that failed.
pub(super) const BEHIND: &[&str] = &[
    "cleanup", "describe", "down", "kill", "killall", "logs", "pkill", "popd", "ps", "rm", "stop",
    "teardown", "trap",
];

/// Commands that only pass on another's output.
const FILTERS: &[&str] = &[
    "awk", "base64", "bash", "cat", "cut", "grep", "gunzip", "gzip", "head", "jq", "sed", "sh",
    "sort", "tail", "tar", "tee", "tr", "uniq", "wait", "wc", "xargs", "xz", "zcat",
];

/// Output of traced commands after which the script waited or printed something, went on, and ended with a
/// command that reports a failure. A shell that stops at errors (Jenkins' `sh -xe`) would have stopped earlier;
/// any other takes its status from the end.
pub(super) fn outrun(lines: &[TailLine]) -> Vec<RangeInclusive<u64>> {
    let mut found = Vec::new();
    let mut at = 0;
    while at < lines.len() {
        let begins = |line: &TailLine| line.command || jenkins::mark(line).is_some();
        let len = lines[at + 1..].iter().take_while(|line| !begins(line));
        let until = at + 1 + len.count();
        // A traced script is traced from its start.
        let below = &lines[at + usize::from(begins(&lines[at]))..until];
        if below.first().is_some_and(|line| command(line).is_some()) {
            found.extend(passed(outrun_in(below).into_iter().flatten()));
        }
        at = until;
    }
    found
}

/// The same for the lines of one script.
fn outrun_in(lines: &[TailLine]) -> Option<Vec<&TailLine>> {
    let at_top = |(k, line)| Some((k, traced_at_top(line)?));
    let mut traced = lines.iter().enumerate().filter_map(at_top);
    let (first, _) = traced.next()?;
    // A single command has none before it.
    let (last, text) = traced.next_back()?;
    let program = text.split_whitespace().next()?.rsplit('/').next()?;
    let ends = NOTHING.contains(&program) || FILTERS.contains(&program) || program.contains('=');
    let behind = text.split_whitespace().any(|word| {
        let word = word.rsplit('/').next().unwrap_or(word);
        BEHIND.contains(&word) || word.starts_with("cleanup")
    });
    // The script kept a status (`+ rc=1`) and returns it at the end.
    let kept = lines[first..last]
        .iter()
        .filter_map(traced_at_top)
        .any(|text| {
            let words = ["local ", "export ", "declare ", "readonly "];
            let text = words
                .iter()
                .find_map(|word| text.strip_prefix(word))
                .unwrap_or(text);
            let value = text.split_once('=').map(|(_, value)| value);
            let name = |c: char| c.is_ascii_alphanumeric() || c == '_';
            let assigns = text.split('=').next().is_some_and(|n| n.chars().all(name));
            assigns && value.is_some_and(|v| v.bytes().all(|b| b.is_ascii_digit()) && v != "0")
        });
    if ends || behind || kept || !lines[last + 1..].iter().any(tells) {
        return None;
    }
    // After a final failure a trap may run anything. Only a retry waits, or says that it continues without.
    let waits = |line: &TailLine| {
        traced_at_top(line).is_some_and(|text| match text.split_whitespace().next() {
            Some("sleep") => true,
            Some("echo" | "printf") => !speaks_of_failure(text),
            _ => false,
        })
    };
    let mut found = Vec::new();
    let mut of_command = Vec::new();
    for line in &lines[first..last] {
        if traced_at_top(line).is_some() {
            let before = std::mem::take(&mut of_command);
            if waits(line) {
                found.extend(before);
            }
        }
        of_command.push(line);
    }
    Some(found)
}

/// Whether a script says that something failed, and not that it retries or continues. The commands behind such
/// words inspect the failure.
fn speaks_of_failure(said: &str) -> bool {
    const FAILED: &[&str] = &[
        "fail",
        "error",
        "abort",
        "unable",
        "could not",
        "couldn't",
        "cannot",
        "can't",
        "not ok",
        "broke",
        "crash",
        "dump",
        "debug",
        "diagnos",
        "state of",
        "status of",
        "logs of",
    ];
    const GOES_ON: &[&str] = &[
        "again", "retry", "retries", "attempt", "skip", "ignor", "continu", "going on", "fall",
        "instead", "optional", "wait",
    ];
    let said = said.to_lowercase();
    let any = |words: &[&str]| words.iter().any(|word| said.contains(word));
    any(FAILED) && !any(GOES_ON)
}

/// A command that is traced at the top level.
fn traced_at_top(line: &TailLine) -> Option<&str> {
    // An added line of a difference is usually indented; package managers list packages so (`+ async 2.11.0`).
    let version = |text: &str| {
        let second = text.split_whitespace().nth(1);
        second.is_some_and(|word| {
            word.contains('.') && word.starts_with(|c: char| c.is_ascii_digit())
        })
    };
    let found = command(line)
        .filter(|(depth, text)| *depth == 1 && !text.starts_with(' ') && !version(text));
    found.map(|(_, text)| text)
}

/// The program of such a command.
fn traced_program(line: &TailLine) -> Option<&str> {
    traced_at_top(line)?.split_whitespace().next()
}

/// Whether a line is a traced command at the top level that does something.
pub(in crate::diagnosis) fn is_traced(line: &TailLine) -> bool {
    let name = |c: char| c.is_ascii_alphanumeric() || "_./-".contains(c);
    let behind = |program: &&str| NOTHING.contains(program) || BEHIND.contains(program);
    traced_program(line).is_some_and(|program| !behind(&program) && program.chars().all(name))
}

/// The depth of a traced command, and the command.
fn command(line: &TailLine) -> Option<(usize, &str)> {
    let text = line.content();
    let depth = xtrace(text.as_bytes())?;
    Some((depth, &text[depth + 1..]))
}

/// Whether the script runs another effective command. A script may also reach `true` by testing a variable of
/// that value, right before it ends by itself: `$STRICT && exit 1`.
fn went_on(below: &[TailLine]) -> bool {
    let of_command = below.iter().take_while(|line| !line.command);
    of_command.filter_map(command).any(|(_, command)| {
        let first = command.split_whitespace().next().unwrap_or_default();
        !NOTHING.contains(&first) && !first.contains('=')
    })
}

/// Output of commands whose source stands in the log and says that they are forgiven.
pub(super) fn by_source(lines: &[TailLine]) -> Vec<RangeInclusive<u64>> {
    let mut found = of_recipe(lines);
    found.extend(github::forgiven(lines));
    found
}

/// Lines right below `docker rm -f app || true` that begin as that program's errors do.
fn of_recipe(lines: &[TailLine]) -> Vec<RangeInclusive<u64>> {
    let mut found = Vec::new();
    for (k, line) in lines.iter().enumerate() {
        let text = line.content();
        if line.command || text.contains("2>") || text.contains("&>") || !shell::is_forgiven(text) {
            continue;
        }
        let Some(name) = program(text) else { continue };
        let below = &lines[k + 1..];
        let says_so = |other: &&TailLine| !other.command && says(name, other.content());
        let own = below.iter().take(BELOW).take_while(says_so).count();
        // A complaint of make right behind it is about a recipe that was not printed.
        let ends = below
            .get(own)
            .is_none_or(|next| next.content().contains(": *** ["));
        if !ends {
            let own = below[..own].iter();
            found.extend(own.map(|other| other.place.line..=other.place.line));
        }
    }
    found
}

/// Programs whose errors do not begin with their name, and how those begin.
const OTHERS: &[(&[&str], &[&str])] = &[
    (
        &["docker", "podman"],
        &["Error: ", "Error response from daemon: "],
    ),
    (&["helm"], &["Error: "]),
    (&["kubectl", "oc"], &["Error from server", "error: "]),
    (&["git"], &["fatal: "]),
];

/// The program that a recipe's line runs.
fn program(recipe: &str) -> Option<&str> {
    let recipe = recipe.trim_start_matches(['-', '@', '+']);
    let mut words = recipe.split_whitespace();
    let word = words.find(|word| !word.contains('=') && *word != "sudo")?;
    word.rsplit('/').next()
}

/// Whether a program may print such a line.
pub(super) fn says(name: &str, text: &str) -> bool {
    let by_name = text.strip_prefix(name);
    by_name.is_some_and(|rest| rest.starts_with(": "))
        || OTHERS.iter().any(|(programs, starts)| {
            programs.contains(&name) && starts.iter().any(|start| text.starts_with(start))
        })
}

#[cfg(test)]
mod tests {
    use super::super::found_in;
    use super::*;

    #[test]
    fn what_a_traced_script_left_behind() {
        let log = "+ curl a\ncurl: (7) no\n+ sleep 0\n+ ./gate.sh\nerror: no\n";
        assert_eq!(found_in(outrun, log), [1, 2]);
        for log in [
            // It lists what it added.
            "error: no\n+ async 2.11.0\n+ meta 1.9.1\nerror\n",
            "$ pub get\n+ async 2.11.0\n+ meta 1.9.1\nerror\n",
            // The last one printed nothing, ends the script, clears up, or only passes on.
            "+ curl a\ncurl: (7) no\n+ ./gate.sh\n",
            "+ curl a\ncurl: (7) no\n+ echo sorry\nsorry\n+ exit 1\n",
            "+ curl a\ncurl: (7) no\n+ docker logs app\nerror: no\n",
            "+ make\nerror\n+ tee log\nerror\n",
            // The status was kept.
            "+ make\nerror\n+ rc=2\n+ ./report.sh\nerror: 3 lines\n",
            "+ make\nerror\n+ local rc=2\n+ ./report.sh\nerror: 3 lines\n",
            // What a trap runs.
            "+ make\nerror\n+ ./statistics.sh\nerror: no statistics\n",
            "+ make\nerror\n+ ./notify.sh\nsent\n",
            "+ curl a\n+ tar xz\ncurl: no\nerror\n",
            // A part of it.
            "++ curl a\ncurl: (7) no\n+ X=\n",
        ] {
            assert_eq!(found_in(outrun, log), [0; 0], "{log}");
        }
        let log = "[Pipeline] sh\n+ curl a\ncurl: no\n[Pipeline] sh\n+ a\nno\n";
        assert_eq!(found_in(outrun, log), [0; 0]);
    }

    #[test]
    fn commands_behind_which_the_shell_went_on() {
        let log = "+ docker rm app\nError: No such container: app\n+ true\n+ make\nerror\n+ true && x\n+ a\nno\n++ b\n++ :\nno\n+ :\n+ c\n\
             + d\nerror\n+ true\n+ echo no\n+ exit 1\n$ x\n+ true\n";
        assert_eq!(found_in(traced, log), [1, 2, 3, 7, 8, 9, 10, 11, 12]);
        assert_eq!(
            found_in(traced, "+ a\nerror\n++ true\n+ b\n$ c\n+ true\n"),
            [0; 0]
        );
    }

    #[test]
    fn lines_of_recipes() {
        let log = "docker rm -f app || true\nError response from daemon: No such container: app\nerror: x\n\
             /bin/rm a b || :\nrm: cannot remove 'a'\nrm: cannot remove 'b'\ncp: no\nrm c\nrm: no\n\
             kill 3 || exit 1\nkill: no such process\n$ rm d || true\nrm: no\n\
             git fetch || true\nfatal: no\nmake: *** [Makefile:3: all] Error 128\ncp a b 2>/dev/null || true\ncp: no\nend\n";
        assert_eq!(found_in(of_recipe, log), [2, 5, 6]);
    }
}
