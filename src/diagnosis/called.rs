//! Handles Python's report of a failed command (`CalledProcessError: Command 'terraform apply' returned
//! non-zero exit status 1.`). It says only that the command failed; if the command itself said why, that is
//! the cause.

use super::aside::tried;
use super::candidates::{Candidate, content};
use super::recovered::Where;
use super::shell;
use crate::model::{Confidence, Role};

/// The words of that report (CPython: Lib/subprocess.py). Libraries name their own errors after it.
const SAYS: &str = "CalledProcessError: Command '";
/// Lines below the error in which the raising library shows the command's output. Lines further below are not
/// the command's.
const SHOWN: u64 = 1;

/// Makes such findings consequences of what the command said.
pub(super) fn apply(candidates: &mut [Candidate<'_>]) {
    let mut explained = Vec::new();
    for (k, candidate) in candidates.iter().enumerate() {
        let programs = programs(candidate);
        if programs.is_empty() {
            continue;
        }
        let end = candidate.last_line() + SHOWN;
        let of_command = |other: &Candidate<'_>| {
            let before = other.last_line() <= end;
            let text = content(other.hits[0].hit);
            let root = other.pattern().role == Role::RootCause;
            let sure = other.pattern().confidence != Confidence::Low;
            let of = |program: &String| {
                tried::is_in(&other.pattern().id, program) || tried::speaks(text, program)
            };
            root && sure && before && is_told(other) && programs.iter().any(of)
        };
        let reason = (0..candidates.len()).find(|&o| o != k && of_command(&candidates[o]));
        explained.extend(reason.map(|reason| (k, reason)));
    }
    for (k, reason) in explained {
        let id = candidates[reason].pattern().id.clone();
        candidates[reason].explains += 1;
        candidates[k].explained = true;
        candidates[k].dropped = Some(format!("explained by {id}"));
    }
}

fn is_told(candidate: &Candidate<'_>) -> bool {
    candidate.is_live() && candidate.place == Where::Command
}

/// The programs of the command that a finding reports, if all its lines report commands.
fn programs(candidate: &Candidate<'_>) -> Vec<String> {
    let says = |k: usize| content(candidate.hits[k].hit).contains(SAYS);
    if !is_told(candidate) || !(0..candidate.hits.len()).all(says) {
        return Vec::new();
    }
    content(candidate.hits[0].hit)
        .split_once(SAYS)
        .map(|(_, command)| called(command))
        .unwrap_or_default()
}

/// The programs of a command as Python shows it: a shell's line, or a list of words.
fn called(text: &str) -> Vec<String> {
    let base = |word: &str| word.rsplit('/').next().unwrap_or(word).to_owned();
    if let Some(list) = text.strip_prefix("['").or_else(|| text.strip_prefix("[\"")) {
        let word = list.split(['\'', '"']).next();
        return word.map(base).into_iter().collect();
    }
    let line = text.split("' returned non-zero exit status ").next();
    // The text may be cut off within a quotation.
    let commands = line.and_then(shell::commands);
    let word = |command: shell::Command<'_>| base(command.words[0]);
    match commands {
        Some(commands) => commands.into_iter().map(word).collect(),
        None => text
            .split_whitespace()
            .next()
            .map(base)
            .into_iter()
            .collect(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn programs_that_python_ran() {
        for (text, programs) in [
            (
                "terraform apply -var-file=terraform.tfvars' returned non-zero exit status 1.",
                &["terraform"][..],
            ),
            (
                "['/usr/bin/node', 'a.js']' returned non-zero exit status 1.",
                &["node"],
            ),
            (
                "apt-get clean all && apt-get update > /dev/null 2>&1' returned non-zero exit status 127",
                &["apt-get", "apt-get"],
            ),
            ("sh -c \"make", &["sh"]),
            ("", &[]),
        ] {
            assert_eq!(called(text), programs, "{text}");
        }
    }
}
