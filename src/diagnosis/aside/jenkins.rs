//! What did not end a run of a Jenkins pipeline: stages behind which another one ran, and what is done after all of them
//! (`[Pipeline] ` marks: workflow-cps, LogActionImpl and the step's own block marks).

use std::ops::RangeInclusive;

use crate::model::TailLine;

/// Steps in which nothing runs, of all stages, those that are skipped as well.
const IDLE: &[&str] = &["stage", "getContext", "End of Pipeline", "node", "echo"];

/// Names of stages that run whatever happened before.
const ALWAYS: &[&str] = &[
    "always",
    "archiv",
    "clean",
    "collect",
    "finally",
    "log",
    "notif",
    "post",
    "publish",
    "report",
    "result",
    "summary",
    "teardown",
    "tear down",
];

/// The last words of a step that failed: no other step is run behind them, but what is done after all.
const ENDED: &str = "ERROR: script returned exit code ";

/// A mark that Jenkins puts between the lines.
fn mark(line: &TailLine) -> Option<&str> {
    line.content().strip_prefix("[Pipeline] ")
}

/// Stages that ended, and behind which another one ran steps.
pub(super) fn stages(lines: &[TailLine]) -> Vec<RangeInclusive<u64>> {
    // What runs side by side ends in whatever order.
    if lines
        .iter()
        .filter_map(mark)
        .any(|mark| mark.starts_with("parallel"))
    {
        return Vec::new();
    }
    let mut found = Vec::new();
    let mut began = None;
    let mut ended: Option<RangeInclusive<u64>> = None;
    let mut named = String::new();
    for line in lines {
        let Some(mark) = mark(line) else { continue };
        if let Some(name) = mark.strip_prefix("{ (") {
            named = name.to_lowercase();
            began = Some(line.place.line);
            continue;
        }
        if mark == "// stage" {
            if let Some(first) = began.take() {
                ended = Some(first..=line.place.line);
            }
            continue;
        }
        let runs = mark.starts_with(|c: char| c.is_ascii_alphabetic()) && !IDLE.contains(&mark);
        let always = ALWAYS.iter().any(|word| named.contains(word));
        if runs && began.is_some() && !always {
            found.extend(ended.take());
        }
    }
    found
}

/// What is done after all stages, where a script ended the run before.
pub(super) fn post(lines: &[TailLine]) -> Vec<RangeInclusive<u64>> {
    let script = |line: &TailLine| line.content().starts_with(ENDED);
    let ended = lines.iter().rev().take(4).any(script);
    let first = lines
        .iter()
        .find(|line| mark(line) == Some("{ (Declarative: Post Actions)"));
    let last = lines.iter().rev().find(|line| mark(line).is_some());
    match (first, last) {
        (Some(first), Some(last)) if ended => vec![first.place.line..=last.place.line],
        _ => Vec::new(),
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
    fn a_stage_behind_which_another_ran() {
        assert_eq!(found_in(stages, STAGES), [2, 3, 4, 5, 6]);
        // It was skipped, or runs whatever happened.
        let skipped = STAGES.replace("sh\nno", "getContext\nno");
        assert_eq!(found_in(stages, &skipped), [0; 0]);
        assert_eq!(
            found_in(stages, &STAGES.replace("Check", "Clean up")),
            [0; 0]
        );
        assert_eq!(
            found_in(stages, &format!("[Pipeline] parallel\n{STAGES}")),
            [0; 0]
        );
    }

    #[test]
    fn what_is_done_after_all_stages() {
        let log = STAGES.replace("Check", "Declarative: Post Actions");
        assert_eq!(found_in(post, &log), [8, 9, 10, 11, 12, 13]);
        assert_eq!(
            found_in(post, &log.replace("ERROR: script", "WARN: script")),
            [0; 0]
        );
    }
}
