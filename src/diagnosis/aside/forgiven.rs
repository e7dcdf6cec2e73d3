//! What a command printed that failed and was told to go on, inside of a script: as the shell traces it (`set -x`), or as make prints
//! the line of a recipe.

use std::ops::RangeInclusive;

use crate::diagnosis::shell;
use crate::model::TailLine;
use crate::trace::line::xtrace;

/// Most lines of such a command.
const OUTPUT: u64 = 50;
/// Lines below the line of a recipe that may be its own.
const BELOW: usize = 3;

/// Between `+ docker rm app` and `+ true`: the shell comes to what stands behind `||` only where the command failed.
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
        // What a command runs in a shell of its own stands deeper, and is a part of it.
        if open.is_none_or(|(of, _)| depth <= of) {
            open = Some((depth, number));
        }
    }
    found
}

/// How deep a traced command is, and the command.
fn command(line: &TailLine) -> Option<(usize, &str)> {
    let text = line.content();
    let depth = xtrace(text.as_bytes())?;
    Some((depth, &text[depth + 1..]))
}

/// Does the script run another command that does something? `true` is also what it comes to where a variable of that name is asked, right
/// before it ends by itself: `$STRICT && exit 1`.
fn went_on(below: &[TailLine]) -> bool {
    const NOTHING: &[&str] = &[
        "exit", "return", "false", "true", ":", "echo", "printf", "[",
    ];
    let of_command = below.iter().take_while(|line| !line.command);
    of_command.filter_map(command).any(|(_, command)| {
        let first = command.split_whitespace().next().unwrap_or_default();
        !NOTHING.contains(&first) && !first.contains('=')
    })
}

/// What stands right below `docker rm -f app || true` and begins as that program's errors do.
pub(super) fn of_recipe(lines: &[TailLine]) -> Vec<RangeInclusive<u64>> {
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
        // What make complains of right behind it is of a recipe that it did not print.
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

/// Programs whose errors do not begin with their name, and how they do.
const OTHERS: &[(&[&str], &[&str])] = &[
    (
        &["docker", "podman"],
        &["Error: ", "Error response from daemon: "],
    ),
    (&["helm"], &["Error: "]),
    (&["kubectl", "oc"], &["Error from server", "error: "]),
    (&["git"], &["fatal: "]),
];

/// The program that a line of a recipe runs.
fn program(recipe: &str) -> Option<&str> {
    let recipe = recipe.trim_start_matches(['-', '@', '+']);
    let mut words = recipe.split_whitespace();
    let word = words.find(|word| !word.contains('=') && *word != "sudo")?;
    word.rsplit('/').next()
}

/// May that program say that?
fn says(name: &str, text: &str) -> bool {
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
