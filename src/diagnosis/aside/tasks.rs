//! Finds output of tasks that passed, within one command that ran several, if the tool prints each result.

use std::collections::HashSet;
use std::ops::RangeInclusive;

use super::passed;
use crate::model::TailLine;

/// tox 4 prints an environment's result behind its output (util/spinner.py): `lint: OK ✔ in 1.2 seconds`. With
/// parallel output (`tox p -o`) the owner of a line is unknown.
pub(super) fn of_tox(lines: &[TailLine]) -> Vec<RangeInclusive<u64>> {
    let mut found = Vec::new();
    let mut after = 0;
    for (k, line) in lines.iter().enumerate() {
        let text = line.content();
        let ended = |how: &str| text.split_once(how).map(|(name, _)| name);
        let passed_by = ended(": OK \u{2714} in ");
        let Some(name) = passed_by.or_else(|| ended(": FAIL \u{2716} in ")) else {
            if line.command {
                after = k + 1;
            }
            continue;
        };
        let of = |line: &TailLine| {
            let (of, rest) = line.content().split_once(": ")?;
            rest.starts_with("commands[").then(|| of == name)
        };
        if lines[after..k].iter().any(|line| of(line) == Some(false)) {
            return Vec::new();
        }
        let is_own = |line: &TailLine| {
            let own = line.content().strip_prefix(name);
            own.is_some_and(|rest| rest.starts_with(": "))
        };
        // Other environments may have printed before its first line.
        let first = lines[after..k].iter().position(is_own);
        if passed_by.is_some() {
            found.extend(passed(&lines[first.map_or(k, |first| after + first)..=k]));
        }
        after = k + 1;
    }
    found
}

/// Least width of pre-commit's lines.
const WIDTH: usize = 79;

/// pre-commit (commands/run.py) prints a hook's result on a line of dots, and its output below.
pub(super) fn of_pre_commit(lines: &[TailLine]) -> Vec<RangeInclusive<u64>> {
    const RESULTS: &[&str] = &["Passed", "Failed", "Skipped"];
    let result = |line: &TailLine| {
        let ending = |result: &&&str| {
            let hook = line.content().strip_suffix(**result);
            hook.is_some_and(|hook| hook.ends_with("...") || hook.ends_with(".(no files to check)"))
        };
        let wide = line.content().chars().count() >= WIDTH;
        RESULTS.iter().find(ending).copied().filter(|_| wide)
    };
    between(lines, result, "Passed")
}

/// Lerna, up to 6, prints a package's output after its script has passed: `lerna info run Ran npm script
/// 'build' in 'a' in 1.0s:`.
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

/// Turborepo lists the failed tasks at its end (`Failed:    web#build`) and names the task before each line.
/// Other tasks passed if it counts all tasks (`Tasks:    1 successful, 2 total`); otherwise some were still
/// running.
pub(super) fn of_turbo(lines: &[TailLine]) -> Vec<RangeInclusive<u64>> {
    let mut found = Vec::new();
    for lines in lines.split(|line| line.command) {
        let told = |line: &TailLine, what: &str| {
            Some(line.content().trim_start().strip_prefix(what)?.to_owned())
        };
        let last = |what: &str| lines.iter().rev().find_map(|line| told(line, what));
        let (Some(failed), Some(count)) = (last("Failed:    "), last("Tasks:    ")) else {
            continue;
        };
        let failed: HashSet<String> = failed
            .split(", ")
            .map(|task| task.trim().replacen('#', ":", 1))
            .collect();
        let numbers: Vec<usize> = count
            .split(' ')
            .filter_map(|word| word.parse().ok())
            .collect();
        let [successful, total] = numbers[..] else {
            continue;
        };
        let of_others = |line: &&TailLine| prefix(line).is_some_and(|task| !failed.contains(task));
        // If a name is spelt differently, the failed task's lines would be dropped.
        let speaks = |name: &String| lines.iter().any(|line| prefix(line) == Some(name));
        let all = successful.checked_add(failed.len()) == Some(total);
        if all && failed.iter().all(speaks) {
            found.extend(passed(lines.iter().filter(of_others)));
        }
    }
    found
}

/// The task that Turborepo names before a line. Its tools may put further names behind it.
fn prefix(line: &TailLine) -> Option<&str> {
    let prefix = line.text.get(..line.content_at)?;
    prefix.split(' ').find_map(|word| word.strip_suffix(':'))
}

/// The lines from each result of that kind to the next result of the same command. Behind the last one anything
/// may stand.
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
        let log = "a: commands[0]> x\nerror\n$ tox\na: OK \u{2714} in 1 second\n";
        assert_eq!(found_in(of_tox, log), [4]);
        // Parallel output.
        let log = "a: commands[0]> x\nb: commands[0]> y\nerror\na: OK \u{2714} in 1 second\nerror\nb: FAIL \u{2716} in 2 seconds\n";
        assert_eq!(found_in(of_tox, log), [0; 0]);
    }

    #[test]
    fn hooks_that_passed() {
        let row = |name: &str, result: &str| {
            format!(
                "{name}{}{result}\n",
                ".".repeat(79 - name.len() - result.len())
            )
        };
        let log = row("lint", "Passed")
            + "- hook id: lint\nerror: a\n"
            + &row("gen", "Failed")
            + "error: b\n"
            + &row("last", "(no files to check)Skipped")
            + &row("end", "Passed")
            + "error: c\n";
        assert_eq!(found_in(of_pre_commit, &log), [1, 2, 3]);
        let log = row("lint", "Passed") + "error\n$ x\n" + &row("gen", "Passed");
        assert_eq!(found_in(of_pre_commit, &log), [0; 0]);
        // What others call so tells its result below the output.
        assert_eq!(
            found_in(of_pre_commit, "Types...Passed\nerror\nUnits...Failed\n"),
            [0; 0]
        );
    }

    #[test]
    fn scripts_of_lerna() {
        let log = "lerna info run Ran npm script 'build' in 'a' in 1.0s:\nerror: a\nlerna ERR! npm run build exited 1 in 'b'\nerror: b\n";
        assert_eq!(found_in(of_lerna, log), [1, 2]);
    }

    #[test]
    fn tasks_of_turbo() {
        const END: &str = " Tasks:    1 successful, 2 total\nFailed:    web#build\n";
        let log = format!(
            "api:build: cache miss, executing 12\napi:build: error: no redis\nweb:build: error: no route\n{END}"
        );
        assert_eq!(found_in(of_turbo, &log), [1, 2]);
        const MOST: &str = "api:build: error: a\nweb:build: error: b\n Tasks:    18446744073709551615 successful, 0 total\nFailed:    web#build\n";
        for log in [
            // More than can be counted.
            MOST.to_owned(),
            // Under a name that nothing was printed by; of another command; one that is running still.
            format!("api:build: error: a\nsite:build: error: b\n{END}"),
            format!("api:build: error: a\n$ b\n{END}"),
            format!(
                "api:build: error: a\nweb:build: error: b\n{}",
                END.replace("1 s", "0 s")
            ),
        ] {
            assert_eq!(found_in(of_turbo, &log), [0; 0], "{log}");
        }
    }
}
