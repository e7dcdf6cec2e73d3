//! What did not end a run of a Jenkins pipeline: stages behind which another one failed, and what is done after all of them
//! (`[Pipeline] ` marks: workflow-cps, LogActionImpl and the step's own block marks).

use std::ops::RangeInclusive;

use super::tells;
use crate::model::TailLine;

/// Names of stages that run whatever happened before.
pub(super) const ALWAYS: &[&str] = &[
    "always",
    "archiv",
    "clean",
    "collect",
    "debug",
    "diagnos",
    "dump",
    "finally",
    "logs",
    "notif",
    "post",
    "publish",
    "recover",
    "report",
    "restore",
    "result",
    "revert",
    "roll back",
    "rollback",
    "summary",
    "teardown",
    "tear down",
    "undo",
];

/// The last words of a step that failed: no other step is run behind them, but what is done after all.
const ENDED: &str = "ERROR: script returned exit code ";

/// A mark that Jenkins puts between the lines.
pub(in crate::diagnosis) fn mark(line: &TailLine) -> Option<&str> {
    line.content().strip_prefix("[Pipeline] ")
}

/// What catches the failure of what it holds, and lets the run go on.
pub(super) const CATCHES: &[&str] = &["catchError", "warnError", "unstable"];

/// Did a script end the run?
fn is_ended(lines: &[TailLine]) -> bool {
    let mut last = lines.iter().rev().take(4);
    last.any(|line| line.content().starts_with(ENDED))
}

/// Stages that ended, and behind which another one ran that tells of a failure of its own. What runs side by side ends in whatever
/// order, and what was caught may have failed the run all the same.
pub(super) fn stages(lines: &[TailLine]) -> Vec<RangeInclusive<u64>> {
    let unsure = |mark: &str| mark.starts_with("parallel") || CATCHES.contains(&mark);
    if !is_ended(lines) || lines.iter().filter_map(mark).any(unsure) {
        return Vec::new();
    }
    let mut found = Vec::new();
    let mut began = None;
    let mut ended: Option<RangeInclusive<u64>> = None;
    let mut always = false;
    for line in lines {
        let Some(mark) = mark(line) else {
            if began.is_some() && !always && tells(line) {
                found.extend(ended.take());
            }
            continue;
        };
        if let Some(name) = mark.strip_prefix("{ (") {
            let name = name.to_lowercase();
            always = ALWAYS.iter().any(|word| name.contains(word));
            began = Some(line.place.line);
        } else if mark == "// stage"
            && let Some(first) = began.take()
        {
            // Earlier ones were left behind with it.
            let first = ended.map_or(first, |earlier| *earlier.start());
            ended = Some(first..=line.place.line);
        }
    }
    found
}

/// What is done after all stages, where a script ended the run before.
pub(super) fn post(lines: &[TailLine]) -> Vec<RangeInclusive<u64>> {
    let first = lines
        .iter()
        .position(|line| mark(line) == Some("{ (Declarative: Post Actions)"));
    let last = lines.iter().rposition(|line| mark(line).is_some());
    let (Some(first), Some(last)) = (first, last) else {
        return Vec::new();
    };
    let own = |line: &TailLine| {
        let text = line.content();
        text.starts_with("Error when executing ") && text.contains(" post condition")
    };
    match is_ended(lines) && !lines[first..].iter().any(own) {
        true => vec![lines[first].place.line..=lines[last].place.line],
        false => Vec::new(),
    }
}

/// How near above the mark of a failed step it says why.
const TOLD: usize = 40;

/// What is done behind a build whose step failed: publishers and what the job adds.
pub(super) fn marked(lines: &[TailLine]) -> Vec<RangeInclusive<u64>> {
    let marks = |line: &TailLine| {
        let step = line.content().strip_prefix("Build step '");
        step.is_some_and(|step| step.ends_with("' marked build as failure"))
    };
    let mut marked = (0..lines.len()).filter(|&k| marks(&lines[k]));
    let (Some(at), None) = (marked.next(), marked.next()) else {
        return Vec::new();
    };
    // What failed in silence is told below, by what shows its log; and a later step may have failed as well.
    let told = lines[at.saturating_sub(TOLD)..at].iter().any(tells);
    let undecided = |line: &TailLine| line.content().contains("changed build result to ");
    if !told || lines[at..].iter().any(undecided) {
        return Vec::new();
    }
    match &lines[at + 1..] {
        [first, .., last] => vec![first.place.line..=last.place.line],
        [only] => vec![only.place.line..=only.place.line],
        [] => Vec::new(),
    }
}

#[cfg(test)]
mod tests {
    use super::super::found_in;
    use super::*;

    const STAGES: &str = "[Pipeline] stage\n[Pipeline] { (Lint)\n[Pipeline] sh\nerror\n[Pipeline] }\n[Pipeline] // stage\n\
                          [Pipeline] stage\n[Pipeline] { (Check)\n[Pipeline] sh\nno\n[Pipeline] }\n[Pipeline] // stage\n\
                          [Pipeline] End of Pipeline\nERROR: script returned exit code 1\nFinished: FAILURE\n";

    #[test]
    fn a_stage_behind_which_another_failed() {
        let failed = STAGES.replace("sh\nno", "sh\nerror: frozen");
        assert_eq!(found_in(stages, &failed), [2, 3, 4, 5, 6]);
        for log in [
            // It says nothing, or is done whatever happened.
            STAGES.to_owned(),
            failed.replace("Check", "Clean up"),
            // Side by side, caught, ended otherwise.
            format!("[Pipeline] parallel\n{failed}"),
            format!("[Pipeline] catchError\n{failed}"),
            failed.replace("ERROR: script", "WARN: script"),
        ] {
            assert_eq!(found_in(stages, &log), [0; 0], "{log}");
        }
    }

    #[test]
    fn what_is_done_after_all_stages() {
        let log = STAGES.replace("Check", "Declarative: Post Actions");
        assert_eq!(found_in(post, &log), [8, 9, 10, 11, 12, 13]);
        assert_eq!(
            found_in(post, &log.replace("ERROR: script", "WARN: script")),
            [0; 0]
        );
        let own = log.replace("sh\nno", "sh\nError when executing always post condition:");
        assert_eq!(found_in(post, &own), [0; 0]);
    }

    #[test]
    fn what_is_done_behind_a_build_that_failed() {
        const MARK: &str = "Build step 'Execute shell' marked build as failure\n";
        let behind = "Performing Post build task...\nmkdir: out: File exists\nFinished: FAILURE\n";
        let found = |above: &str, behind: &str| {
            found_in(marked, &format!("+ make\n{above}\n{MARK}{behind}"))
        };
        assert_eq!(found("error: no compiler", behind), [4, 5, 6]);
        // It failed in silence, or another one may have failed as well.
        assert_eq!(found("compiling", behind), [0; 0]);
        assert_eq!(found("error: no", &format!("{behind}{MARK}")), [0; 0]);
        let unstable = "Build step 'JUnit' changed build result to UNSTABLE\n";
        assert_eq!(found("error: no", unstable), [0; 0]);
    }
}
