//! What tasks printed that passed, within one command that ran several of them: where the tool says how each of them ended.

use std::collections::HashSet;
use std::ops::RangeInclusive;

use super::passed;
use crate::model::TailLine;

/// tox 4 says behind each environment how it ended (util/spinner.py): `lint: OK ✔ in 1.2 seconds`.
pub(super) fn of_tox(lines: &[TailLine]) -> Vec<RangeInclusive<u64>> {
    let mut found = Vec::new();
    let mut after = 0;
    for (k, line) in lines.iter().enumerate() {
        let text = line.content();
        let ended = |how: &str| text.split_once(how).map(|(name, _)| name);
        if line.command || ended(": FAIL \u{2716} in ").is_some() {
            after = k + 1;
        } else if let Some(name) = ended(": OK \u{2714} in ") {
            let is_own = |line: &TailLine| {
                let own = line.content().strip_prefix(name);
                own.is_some_and(|rest| rest.starts_with(": "))
            };
            // Before its own first line others may have spoken.
            let first = lines[after..k].iter().position(is_own);
            found.extend(passed(&lines[first.map_or(k, |first| after + first)..=k]));
            after = k + 1;
        }
    }
    found
}

/// pre-commit (commands/run.py) tells the result of a hook on a line of dots, and its output below.
pub(super) fn of_pre_commit(lines: &[TailLine]) -> Vec<RangeInclusive<u64>> {
    const RESULTS: &[&str] = &["Passed", "Failed", "Skipped"];
    let result = |line: &TailLine| {
        let ending = |result: &&&str| {
            let hook = line.content().strip_suffix(**result);
            hook.is_some_and(|hook| hook.ends_with("...") || hook.ends_with(".(no files to check)"))
        };
        RESULTS.iter().find(ending).copied()
    };
    between(lines, result, "Passed")
}

/// Nx tells the result of a task above its output (tasks-runner/life-cycles/static-run-many-terminal-output-life-cycle.ts).
pub(super) fn of_nx(lines: &[TailLine]) -> Vec<RangeInclusive<u64>> {
    let result = |line: &TailLine| {
        let text = line.content().trim_start();
        let task = |mark: &str| text.strip_prefix(mark)?.strip_prefix("  nx run ");
        if task("\u{2714}").is_some() {
            return Some("passed");
        }
        let ends =
            task("\u{2716}").is_some() || text.starts_with("NX   ") || text.starts_with(">  NX   ");
        ends.then_some("")
    };
    between(lines, result, "passed")
}

/// Lerna, up to 6, tells what a package printed when its script has passed: `lerna info run Ran npm script 'build' in 'a' in 1.0s:`.
pub(super) fn of_lerna(lines: &[TailLine]) -> Vec<RangeInclusive<u64>> {
    let result = |line: &TailLine| {
        let said = line.content().strip_prefix("lerna ")?;
        Some(if said.starts_with("info run Ran npm script '") {
            "passed"
        } else {
            ""
        })
    };
    between(lines, result, "passed")
}

/// Maven runs a goal of a module when the one before it has passed; what tests of integration said is judged by a later one
/// (`failsafe:verify`). Goals of several modules at a time (`-T`) stand in one another's output.
pub(super) fn of_maven(lines: &[TailLine]) -> Vec<RangeInclusive<u64>> {
    let mut found = Vec::new();
    let mut last: Option<(&str, usize)> = None;
    for (k, line) in lines.iter().enumerate() {
        let text = line.content();
        if text.contains("Using the MultiThreadedBuilder implementation") {
            return Vec::new();
        }
        if line.command {
            last = None;
        }
        let Some(goal) = text.strip_prefix("[INFO] --- ") else {
            continue;
        };
        let Some((goal, module)) = goal
            .strip_suffix(" ---")
            .and_then(|goal| goal.rsplit_once(" @ "))
        else {
            continue;
        };
        if let Some((of, first)) = last.take()
            && of == module
        {
            found.extend(passed(&lines[first..k]));
        }
        last = (!goal.contains(":integration-test ")).then_some((module, k));
    }
    found
}

/// Turborepo names the tasks that failed at its end (`Failed:    web#build`), and before each line the task that printed it.
pub(super) fn of_turbo(lines: &[TailLine]) -> Vec<RangeInclusive<u64>> {
    let mut found = Vec::new();
    for lines in lines.split(|line| line.command) {
        let named = |line: &TailLine| {
            Some(
                line.content()
                    .trim_start()
                    .strip_prefix("Failed:    ")?
                    .to_owned(),
            )
        };
        let Some(failed) = lines.iter().rev().find_map(named) else {
            continue;
        };
        let failed: HashSet<String> = failed
            .split(", ")
            .map(|task| task.trim().replacen('#', ":", 1))
            .collect();
        let of_others = |line: &&TailLine| prefix(line).is_some_and(|task| !failed.contains(task));
        // A name that is spelt in another way would leave out what failed.
        let speaks = |name: &String| lines.iter().any(|line| prefix(line) == Some(name));
        if failed.iter().all(speaks) {
            found.extend(passed(lines.iter().filter(of_others)));
        }
    }
    found
}

/// The task that Turborepo names before a line.
fn prefix(line: &TailLine) -> Option<&str> {
    let prefix = line.text.get(..line.content_at)?;
    prefix.trim_end().strip_suffix(':')?.rsplit(' ').next()
}

/// The lines from each result of that kind to the next result of the same command; behind the last one anything may stand.
fn between<'r>(
    lines: &[TailLine],
    result: impl Fn(&TailLine) -> Option<&'r str>,
    kind: &str,
) -> Vec<RangeInclusive<u64>> {
    let mut found = Vec::new();
    let mut open = None;
    for (k, line) in lines.iter().enumerate() {
        if line.command {
            open = None;
            continue;
        }
        let Some(how) = result(line) else { continue };
        if let Some(first) = open.take() {
            found.extend(passed(&lines[first..k]));
        }
        open = (how == kind).then_some(k);
    }
    found
}

#[cfg(test)]
mod tests {
    use super::super::found_in;
    use super::*;

    #[test]
    fn environments_of_tox() {
        let log = "WARNING: x\nlint: commands[0]> flake8\nerror: a\nlint: OK \u{2714} in 1.2 seconds\ngen: commands[0]> b\nerror: b\n\
                   gen: FAIL \u{2716} in 1 second\nerror: c\nlast: OK \u{2714} in 2 seconds\n";
        assert_eq!(found_in(of_tox, log), [2, 3, 4, 9]);
        assert_eq!(
            found_in(
                of_tox,
                "a: commands[0]> x\nerror\n$ tox\na: OK \u{2714} in 1 second\n"
            ),
            [4]
        );
    }

    #[test]
    fn hooks_that_passed() {
        let log = "lint....Passed\n- hook id: lint\nerror: a\ngen....Failed\nerror: b\nlast....(no files to check)Skipped\n\
                   end....Passed\nerror: c\n";
        assert_eq!(found_in(of_pre_commit, log), [1, 2, 3]);
        assert_eq!(
            found_in(of_pre_commit, "lint....Passed\nerror\n$ x\ngen....Passed\n"),
            [0; 0]
        );
    }

    #[test]
    fn tasks_of_nx_and_lerna() {
        let log = "\u{2714}  nx run a:build (1s)\n   error: a\n\u{2716}  nx run b:build\n   error: b\n   \u{2714}  nx run c:build\nerror: c\n\n NX   Ran target\nerror\n";
        assert_eq!(found_in(of_nx, log), [1, 2, 5, 6]);
        let log = "lerna info run Ran npm script 'build' in 'a' in 1.0s:\nerror: a\nlerna ERR! npm run build exited 1 in 'b'\nerror: b\n";
        assert_eq!(found_in(of_lerna, log), [1, 2]);
    }

    #[test]
    fn goals_of_maven() {
        let log = "[INFO] --- surefire:3.2.5:test (default-test) @ a ---\njava.io.IOException: x\n[INFO] --- jar:3.4.1:jar (default-jar) @ a ---\n\
                   error\n[INFO] --- surefire:3.2.5:test (default-test) @ b ---\nerror\n";
        assert_eq!(found_in(of_maven, log), [1, 2]);
        let log = "[INFO] --- failsafe:3.2.5:integration-test (x) @ a ---\nerror\n[INFO] --- failsafe:3.2.5:verify (x) @ a ---\n";
        assert_eq!(found_in(of_maven, log), [0; 0]);
        let log = "[INFO] Using the MultiThreadedBuilder implementation with a thread count of 4\n[INFO] --- a:1:b (c) @ m ---\nerror\n[INFO] --- a:1:c (d) @ m ---\n";
        assert_eq!(found_in(of_maven, log), [0; 0]);
    }

    #[test]
    fn tasks_of_turbo() {
        let log = "api:build: cache miss, executing 12\napi:build: error: no redis\nweb:build: error: no route\n Tasks:    1 successful, 2 total\nFailed:    web#build\n";
        assert_eq!(found_in(of_turbo, log), [1, 2]);
        for log in [
            // Under a name that nothing was printed by.
            "api:build: error: a\nweb:build: error: b\nFailed:    site#build\n",
            "api:build: error: a\n$ b\nFailed:    web#build\n",
        ] {
            assert_eq!(found_in(of_turbo, log), [0; 0], "{log}");
        }
    }
}
