//! Attempts of Jenkins' `retry` that decided nothing: only the last one counts, and none where the run went on behind it
//! (`[Pipeline] retry`, `Retrying`, `[Pipeline] // retry`: workflow-basic-steps, RetryStepExecution).

use std::ops::RangeInclusive;

use super::forgiven::BEHIND;
use super::jenkins::{ALWAYS, CATCHES, mark};
use super::tells;
use crate::model::TailLine;

/// Steps that run a script.
const SCRIPTS: &[&str] = &["sh", "bat", "powershell", "pwsh"];

/// A `retry` that is open.
struct Retry {
    /// Where it began, and where its last attempt did.
    first: usize,
    last: usize,
    /// Blocks that are open in it.
    depth: usize,
    /// An attempt failed.
    again: bool,
}

/// The attempts that do not count.
pub(super) fn of_jenkins(lines: &[TailLine]) -> Vec<RangeInclusive<u64>> {
    // What runs side by side mixes its marks.
    let mixed = |mark: &str| mark.starts_with("parallel");
    if lines.iter().filter_map(mark).any(mixed) {
        return Vec::new();
    }
    let caught = lines
        .iter()
        .filter_map(mark)
        .any(|mark| CATCHES.contains(&mark));
    let mut found = Vec::new();
    let mut open: Vec<Retry> = Vec::new();
    for (k, line) in lines.iter().enumerate() {
        let mark = mark(line);
        if mark == Some("retry") {
            open.push(Retry {
                first: k,
                last: k,
                depth: 0,
                again: false,
            });
            continue;
        }
        let Some(inner) = open.last_mut() else {
            continue;
        };
        match mark {
            Some("// retry") => {
                let attempts = open.pop().filter(|retry| retry.again);
                found.extend(attempts.and_then(|retry| {
                    let of_last = &lines[retry.last + 1..k];
                    let last = if !caught && went_on(of_last, &lines[k + 1..]) {
                        k
                    } else if of_last.iter().any(is_output) {
                        retry.last
                    } else {
                        // It failed without a word, most likely as the others did.
                        return None;
                    };
                    Some(lines[retry.first].place.line..=lines[last].place.line)
                }));
            }
            Some("}") => inner.depth = inner.depth.saturating_sub(1),
            Some(mark) if mark.starts_with('{') => inner.depth += 1,
            None if inner.depth == 0 && line.content() == "Retrying" => {
                (inner.last, inner.again) = (k, true);
            }
            _ => {}
        }
    }
    found
}

/// Does a line hold what something printed?
fn is_output(line: &TailLine) -> bool {
    mark(line).is_none() && !line.echo && !line.command
}

/// Did the run go on behind the last attempt: does another script run below that tells of a failure, or any where the attempt told of none?
/// Scripts that run whatever happened, or look at what did, are none of these.
fn went_on(attempt: &[TailLine], below: &[TailLine]) -> bool {
    let told = attempt.iter().any(tells);
    let mut own = false;
    // Nothing of the script has been seen.
    let mut begins = false;
    for line in below {
        if let Some(mark) = mark(line) {
            let name = mark.strip_prefix("{ (").map(str::to_lowercase);
            if name.is_some_and(|name| ALWAYS.iter().any(|word| name.contains(word))) {
                return false;
            }
            own = SCRIPTS.contains(&mark);
            begins = own;
        } else if own {
            if begins && looks_behind(line.content()) {
                own = false;
            } else if !told || tells(line) {
                return true;
            }
            begins = false;
        }
    }
    false
}

/// Does a script clear away, or look at what happened?
fn looks_behind(first: &str) -> bool {
    first.split_whitespace().any(|word| {
        let word = word.rsplit('/').next().unwrap_or(word);
        BEHIND.contains(&word) || word.starts_with("cleanup")
    })
}

#[cfg(test)]
mod tests {
    use super::super::found_in;
    use super::*;

    /// Two attempts, and what stands behind them.
    fn log(last: &str, behind: &str) -> String {
        format!(
            "[Pipeline] node\n[Pipeline] retry\n[Pipeline] {{\n[Pipeline] sh\n+ ./get\ncurl: (6) no\n[Pipeline] }}\n\
             ERROR: script returned exit code 6\nRetrying\n[Pipeline] {{\n[Pipeline] sh\n+ ./get\n{last}[Pipeline] }}\n[Pipeline] // retry\n\
             {behind}[Pipeline] End of Pipeline\nERROR: script returned exit code 1\nFinished: FAILURE\n"
        )
    }

    #[test]
    fn attempts_before_the_last() {
        let found = found_in(of_jenkins, &log("sum is not that of the list\n", ""));
        assert_eq!(found, (2..=9).collect::<Vec<u64>>());
        // The last one failed without a word.
        assert_eq!(found_in(of_jenkins, &log("", "")), [0; 0]);
    }

    #[test]
    fn all_of_them_where_the_run_went_on() {
        let check = "[Pipeline] sh\n+ ./check\nlamp 3 is dark\n";
        let found = found_in(of_jenkins, &log("", check));
        assert_eq!(found, (2..=14).collect::<Vec<u64>>());
        let found = found_in(of_jenkins, &log("error: a warning\n", check));
        assert_eq!(found, (2..=9).collect::<Vec<u64>>());
        let check = check.replace("lamp 3 is dark", "error: lamp 3 is dark");
        let found = found_in(of_jenkins, &log("error: a warning\n", &check));
        assert_eq!(found, (2..=15).collect::<Vec<u64>>());
        for behind in [
            "[Pipeline] sh\n+ docker logs app\nerror: no\n",
            "[Pipeline] stage\n[Pipeline] { (Declarative: Post Actions)\n[Pipeline] sh\n+ ./tell\nerror: no\n",
            "[Pipeline] junit\nRecording test results\n",
        ] {
            assert_eq!(found_in(of_jenkins, &log("", behind)), [0; 0], "{behind}");
        }
    }

    #[test]
    fn what_runs_side_by_side_or_is_caught_tells_nothing_of_the_run() {
        let check = "[Pipeline] sh\n+ ./check\nlamp 3 is dark\n";
        let side_by_side = format!("[Pipeline] parallel\n{}", log("", check));
        assert_eq!(found_in(of_jenkins, &side_by_side), [0; 0]);
        let caught = format!("[Pipeline] catchError\n{}", log("", check));
        assert_eq!(found_in(of_jenkins, &caught), [0; 0]);
    }

    #[test]
    fn a_retry_in_a_retry() {
        let inner = "[Pipeline] retry\n[Pipeline] {\nerror: a\n[Pipeline] }\nERROR: a\nRetrying\n[Pipeline] {\nerror: b\n[Pipeline] }\n\
                     [Pipeline] // retry\n";
        let log = format!(
            "[Pipeline] retry\n[Pipeline] {{\n{inner}[Pipeline] }}\nERROR: b\nRetrying\n[Pipeline] {{\nerror: c\n[Pipeline] }}\n\
             [Pipeline] // retry\n[Pipeline] End of Pipeline\n"
        );
        assert_eq!(found_in(of_jenkins, &log), (1..=15).collect::<Vec<u64>>());
    }
}
