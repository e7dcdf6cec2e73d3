//! Finds output of a GitHub step's commands whose failure the script forgives. The log shows the whole script
//! above the output.

use std::collections::HashMap;
use std::ops::RangeInclusive;

use super::forgiven::{BEHIND, NOTHING, says};
use super::{TELLS, passed};
use crate::diagnosis::{shell, telling};
use crate::model::TailLine;

/// Most lines that a command printed before the shell said why it continues.
const OUTPUT: usize = 20;
/// Words of commands that only test, or that join others.
const ASK: &[&str] = &[
    "((", "[[", "case", "do", "done", "elif", "else", "esac", "fi", "for", "if", "set", "test",
    "then", "until", "while", "{", "}",
];
/// Commands that may precede the first relevant one.
pub(super) const QUIET: &[&str] = &["#", ":", "cd", "echo", "export", "printf", "set", "true"];
/// Words of commands that fetch, install or open something. Later commands may fail because such a command did,
/// even if it is forgiven.
const NEEDED: &[&str] = &[
    "add",
    "auth",
    "build",
    "checkout",
    "ci",
    "clone",
    "config",
    "configure",
    "create",
    "docker",
    "download",
    "fetch",
    "init",
    "install",
    "lfs",
    "login",
    "pull",
    "restore",
    "start",
    "submodule",
    "sync",
    "up",
    "use-context",
    "wget",
];

/// A line of the script, together with lines joined by `\`.
struct Command {
    /// Its number in the runner's script file.
    number: u64,
    text: String,
    forgiven: bool,
}

/// Lines of forgiven commands: known by the line number in the shell's message, by the name that begins their
/// errors, or by the text that `|| echo` prints behind them. At the top of the output either of the last two is
/// enough; further down it takes both.
pub(super) fn forgiven(lines: &[TailLine]) -> Vec<RangeInclusive<u64>> {
    let mut found = Vec::new();
    for (script, output) in of_steps(lines) {
        found.extend(passed(of_step(&commands(script), output)));
    }
    found
}

/// The script lines of such steps, and their output up to the runner's line about its end.
pub(super) fn steps(lines: &[TailLine]) -> Vec<(Vec<String>, &[TailLine])> {
    let texts = |script| commands(script).into_iter().map(|command| command.text);
    let steps = of_steps(lines).into_iter();
    steps
        .map(|(script, output)| (texts(script).collect(), printed(output)))
        .collect()
}

/// Headings and output of all steps with a known shell.
fn of_steps(lines: &[TailLine]) -> Vec<(&[TailLine], &[TailLine])> {
    let mut steps = Vec::new();
    let mut at = 0;
    while let Some(step) = lines.get(at..) {
        let Some(first) = step.iter().position(begins) else {
            break;
        };
        let step = &step[first..];
        let output = 1 + step[1..].iter().take_while(|line| !begins(line)).count();
        at += first + output;
        steps.extend(parts(&step[..output]));
    }
    steps
}

/// The output above the runner's line about the end of the step.
fn printed(output: &[TailLine]) -> &[TailLine] {
    let end = |line: &TailLine| {
        line.text[..line.text.floor_char_boundary(line.content_at)].ends_with("##[error]")
    };
    &output[..output.iter().position(end).unwrap_or(output.len())]
}

/// The title of the step whose header begins there.
pub(super) fn title(line: &TailLine) -> Option<&str> {
    line.content().strip_prefix("##[group]Run ")
}

fn begins(line: &TailLine) -> bool {
    title(line).is_some()
}

/// The heading with the script, and the output, of a step whose shell stops at the first error (runner:
/// ScriptHandler.cs): `shell: /usr/bin/bash -e {0}`.
fn parts(step: &[TailLine]) -> Option<(&[TailLine], &[TailLine])> {
    let end = step
        .iter()
        .position(|line| line.content().starts_with("##[endgroup]"))?;
    let (header, output) = step.split_at(end);
    let shell = header
        .iter()
        .rposition(|line| line.content().starts_with("shell: "))?;
    let words: Vec<&str> = header[shell].content().split_whitespace().collect();
    let program = words.get(1)?.rsplit('/').next()?;
    // In these cases a step may end for another reason than the first error.
    let unsure = |line: &TailLine| {
        let text = line.content().trim_end();
        let behind = text.ends_with('&') && !text.ends_with("&&");
        behind || text.contains("<<") || text.contains("set +")
    };
    let stops = matches!(program, "bash" | "sh") && words.contains(&"-e");
    let plain = stops && !header[..shell].iter().any(unsure);
    plain.then_some((&header[..shell], &output[1..]))
}

fn commands(script: &[TailLine]) -> Vec<Command> {
    let mut commands: Vec<Command> = Vec::new();
    let mut goes_on = false;
    let before = script[0].place.line;
    for line in &script[1..] {
        let text = line.content();
        let part = text.strip_suffix('\\').unwrap_or(text);
        match commands.last_mut() {
            Some(last) if goes_on => last.text.push_str(part),
            _ => commands.push(Command {
                number: line.place.line - before,
                text: part.to_owned(),
                forgiven: false,
            }),
        }
        goes_on = part.len() < text.len();
    }
    // The last command, or one that is only tested, may be the reason.
    let mut goes_on = false;
    for command in commands.iter_mut().rev() {
        command.forgiven =
            goes_on && shell::is_forgiven(&command.text) && !is_needed(&command.text);
        goes_on |= !command.forgiven && works(&command.text);
    }
    commands
}

/// Whether later commands may need what this one does.
pub(super) fn is_needed(text: &str) -> bool {
    // `-fsSLo`
    let writes = |word: &str| {
        let options = word.strip_prefix('-').filter(|rest| !rest.starts_with('-'));
        options.is_some_and(|rest| rest.ends_with(['o', 'O']))
    };
    text.split_whitespace()
        .any(|word| NEEDED.contains(&word) || writes(word))
}

/// Whether a line of the script runs something that can fail.
fn works(text: &str) -> bool {
    let first = text.split_whitespace().next().unwrap_or_default();
    let first = first.trim_end_matches(';');
    let idle = [NOTHING, BEHIND, ASK]
        .iter()
        .any(|words| words.contains(&first));
    !idle
        && !first.is_empty()
        && !first.starts_with('#')
        && !first.contains('=')
        && !shell::passes_on(text)
}

/// Output lines of forgiven commands: those whose line number the shell names, and those at the top, where no
/// other command can have printed yet.
fn of_step<'l>(commands: &[Command], output: &'l [TailLine]) -> Vec<&'l TailLine> {
    let output = printed(output);
    let is_own = |line: &&TailLine| {
        let number = number(line.content());
        let command = number.and_then(|number| commands.iter().rfind(|c| c.number <= number));
        command.is_some_and(|command| command.forgiven)
    };
    let mut found: Vec<&TailLine> = output.iter().filter(is_own).collect();
    // The last line is the reason, whoever printed it.
    let Some((_, before)) = output.split_last() else {
        return found;
    };
    let leads = |command: &&Command| {
        let first = command.text.split_whitespace().next().unwrap_or("#");
        let sets = first.contains('=') && !command.text.contains("$(");
        command.forgiven || QUIET.contains(&first) || first.starts_with('#') || sets
    };
    let first = commands.iter().take_while(leads).filter(|c| c.forgiven);
    let mut first: &[&Command] = &first.collect::<Vec<_>>();
    let mut said = 0;
    for (k, line) in before.iter().enumerate() {
        let says =
            |c: &&Command| message_behind(&c.text).is_some_and(|told| told == line.content());
        let Some(at) = first.iter().position(says).filter(|_| k - said <= OUTPUT) else {
            continue;
        };
        found.extend(&before[said..=k]);
        said = k + 1;
        first = &first[at + 1..];
    }
    let named = |line: &&TailLine| {
        let text = line.content();
        let name = speaker(text).filter(|name| says(name, text));
        name.is_some_and(|name| first.iter().any(|c| runs(&c.text, name)))
    };
    found.extend(before[said..].iter().take_while(named));
    found.extend(told_behind(commands, &before[said..]));
    found
}

/// The errors of forgiven commands, each right above the text that its `|| echo` prints, and that text.
fn told_behind<'l>(commands: &[Command], output: &'l [TailLine]) -> Vec<&'l TailLine> {
    let forgiven = commands.iter().filter(|c| c.forgiven);
    let by_message: HashMap<String, &str> = forgiven
        .filter_map(|c| Some((message_behind(&c.text)?, c.text.as_str())))
        .collect();
    let mut found = Vec::new();
    for (k, line) in output.iter().enumerate() {
        let Some(command) = by_message.get(line.content()) else {
            continue;
        };
        let own = |line: &&TailLine| {
            let text = line.content();
            speaker(text).is_some_and(|name| says(name, text) && runs(command, name))
        };
        let errors = output[..k].iter().rev().take(OUTPUT).take_while(own);
        let before = found.len();
        found.extend(errors);
        if found.len() > before {
            found.push(line);
        }
    }
    found
}

/// Whether a line of the script runs that program.
fn runs(text: &str, name: &str) -> bool {
    let commands = shell::commands(text).unwrap_or_default();
    let programs = commands.iter().filter_map(|command| {
        let word = command.words.iter().find(|word| **word != "sudo")?;
        word.rsplit('/').next()
    });
    programs.into_iter().any(|program| program == name)
}

/// The script's line number in the shell's message: `/home/…/_temp/ID.sh: line 3: foo: command not found`.
fn number(text: &str) -> Option<u64> {
    let (script, rest) = text.split_once(".sh: line ")?;
    script
        .contains("_temp/")
        .then(|| rest.split_once(':')?.0.parse().ok())?
}

/// The program that may have printed a line.
fn speaker(text: &str) -> Option<&str> {
    match text.split_once(": ")?.0 {
        "fatal" => Some("git"),
        name => Some(name),
    }
}

/// What such a command prints before the shell continues, unless that reports a failure by itself.
fn message_behind(text: &str) -> Option<String> {
    let last = text
        .rsplit_once("||")?
        .1
        .trim()
        .strip_prefix("echo ")?
        .trim();
    let quoted = |quote: char| last.strip_prefix(quote)?.strip_suffix(quote);
    let words = quoted('"').or_else(|| quoted('\'')).unwrap_or(last);
    if words.len() < 5
        || words.contains(['"', '\'', '$', '`', '\\', ';', '>', '|', '*'])
        || telling::score(words) >= TELLS
    {
        return None;
    }
    // A workflow command shows its own level.
    let command = words
        .strip_prefix("::")
        .and_then(|rest| rest.split_once("::"));
    Some(match command {
        Some((level, message)) => format!("##[{level}]{message}"),
        None => words.to_owned(),
    })
}

#[cfg(test)]
mod tests {
    use super::super::found_in;
    use super::*;

    fn step(script: &str, shell: &str, output: &str) -> Vec<u64> {
        let log = format!(
            "##[group]Run x\n{script}shell: {shell} {{0}}\nenv:\n  A: b\n##[endgroup]\n{output}"
        );
        found_in(forgiven, &log)
    }

    #[test]
    fn commands_that_a_step_forgives() {
        const BASH: &str = "/usr/bin/bash -e";
        let lines = |script: &str, output: &str| {
            let before = 5 + script.lines().count() as u64;
            let found = step(script, BASH, output);
            found.iter().map(|line| line - before).collect::<Vec<_>>()
        };
        // By the name of the program, by the text behind it, by the number of the line.
        let cat = "cat a || true\n./gate.sh\n";
        assert_eq!(lines(cat, "cat: a: no\nls: no\nno\n"), [1]);
        let jq = "cd b\njq . || echo \"no JSON, skipped\"\n./gate.sh\n";
        let said = "parse error: x\nat 3\nno JSON, skipped\nerror: no\n";
        assert_eq!(lines(jq, said), [1, 2, 3]);
        let warns = "jq . || echo '::warning::no JSON'\nmake\n";
        assert_eq!(
            lines(warns, "parse error: x\n##[warning]no JSON\nno\n"),
            [1, 2]
        );
        let script = "curl -f \\\n  a || true\nfoo || true\nbar\n";
        let shell =
            |n: u64| format!("/home/runner/_temp/1.sh: line {n}: x: command not found\nno\n");
        assert_eq!(lines(script, &shell(3)), [1]);
        assert_eq!(lines(script, &shell(4)), [0; 0]);
        assert_eq!(lines(script, "curl: (6) x\nno\n"), [1]);
        // Further down: its error right above its text.
        let shows = "make\necho now\nls dist || echo 'dist/ is not there'\n./gate.sh\n";
        let shown = "built\nnow\nls: cannot access 'dist': No such file\ndist/ is not there\nno\n";
        assert_eq!(lines(shows, shown), [3, 4]);
        for (script, output) in [
            // Another program's error, or one further above; what came last; later commands may need it.
            (shows, "built\nnow\ncat: dist: no\ndist/ is not there\nno\n"),
            (shows, "built\nls: dist: no\nnow\ndist/ is not there\nno\n"),
            (shows, "built\nnow\nls: dist: no\ndist/ is not there\n"),
            (
                "make\nwget a || echo 'no download'\nmake b\n",
                "built\nwget: no\nno download\nno\n",
            ),
            // What came last is why; others may have said it by then.
            (cat, "cat: a: no\n"),
            (
                cat,
                "cat: a: no\n##[error]Process completed with exit code 1.\nPost job cleanup.\n",
            ),
            (cat, "Deploying\ncat: b: no\nno\n"),
            (jq, "parse error: x\nno JSON, skipped\n"),
            ("make\ncat a || true\nmake b\n", "cat: a: no\nno\n"),
            (
                "if make; then\ncat a || true\nfi\nmake b\n",
                "cat: a: no\nno\n",
            ),
            // It is the last one, or asked about.
            ("make\ncat a || true\n", "cat: a: no\nno\n"),
            ("cat a || true\nexit 1\n", "cat: a: no\nno\n"),
            ("cat a || rc=1\n(( rc == 0 ))\n", "cat: a: no\nno\n"),
            // That is told to tell.
            (
                "jq . || echo \"error: no JSON\"\nmake\n",
                "parse error: x\nerror: no JSON\nno\n",
            ),
            (
                "jq . || echo \"no JSON $a\"\nmake\n",
                "parse error: x\nno JSON $a\nno\n",
            ),
            // Later ones may need it.
            ("curl -o i.sh a || true\nsh i.sh\n", "curl: (6) x\nno\n"),
            (
                "npm ci || echo 'went on'\nnpm test\n",
                "npm error code E401\nwent on\nno\n",
            ),
            // The step does not end with the first that fails.
            ("set +e\ncat a || true\nmake\n", "cat: a: no\nno\n"),
            (
                "npm start &\ncurl a || echo 'not up'\nmake\n",
                "error: x\nnot up\nno\n",
            ),
            ("cat <<E\nE\ncat a || true\nmake\n", "cat: a: no\nno\n"),
        ] {
            assert_eq!(lines(script, output), [0; 0], "{script}");
        }
        // A shell that does not stop tells nothing of what failed.
        for shell in ["/usr/bin/bash", "/usr/bin/pwsh -e"] {
            assert_eq!(step(cat, shell, "cat: a: no\nno\n"), [0; 0]);
        }
    }
}
