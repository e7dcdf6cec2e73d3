//! Bash's word that a command was killed (jobs.c): `run.sh: line 94: 2132488 Killed  ./server > server.log`. It does not tell whether
//! the script waited for that command, and a script that ends stops what it left running. So it tells of no failure where one stands
//! above, and the script ended with a code that does not come of a kill.

use super::super::candidates::{Candidate, content};
use super::super::recovered::{Region, Where};
use super::super::{Case, telling};
use crate::model::{Hit, Role};

/// The pattern of that word.
const PATTERN: &str = "disk-memory-limits/oom-killed-message";
/// Exit codes that a kill may lead to: SIGKILL as the shell and Python count it, what a script returns that noticed it, and make.
const BY_KILL: &[i64] = &[1, 2, 9, 137, -9];
/// SIGKILL as a tool tells it that ran the command.
const TOLD: &str = "137";
/// Lines above that may tell why the script ended.
const ABOVE: u64 = 50;
/// What a line is worth that tells for itself.
const TELLS: i32 = 8;

/// Drops such words below what failed.
pub(super) fn apply(candidates: &mut [Candidate<'_>], case: &Case, region: &Region) {
    let by_kill = |code: i64| BY_KILL.contains(&code);
    if case.facts().exit_code.is_none_or(by_kill) {
        return;
    }
    let may_be = |c: &Candidate<'_>| {
        let symptom = c.is_live() && c.pattern().role == Role::Symptom && c.pattern().id == PATTERN;
        symptom && c.hits.iter().all(|one| is_of_a_script(one.hit))
    };
    let found: Vec<usize> = (0..candidates.len())
        .filter(|&k| may_be(&candidates[k]))
        .collect();
    let scan = &case.inputs()[case.job].scan;
    for k in found {
        let first = candidates[k].hits[0].hit.place.line;
        let lines = scan
            .tail
            .lines_from(&scan.facts, first.saturating_sub(ABOVE));
        let own = lines
            .iter()
            .filter(|line| !line.echo && region.locate(case, line.place) == Where::Command);
        let (mut failed, mut told) = (false, false);
        for line in own {
            if line.place.line < first {
                failed |= telling::score(line.content()) >= TELLS;
            } else if line.place.line > first {
                told |= line.content().contains(TOLD);
            }
        }
        if failed && !told {
            candidates[k].dropped = Some("the script had failed before".into());
        }
    }
}

/// Does bash say it of a line of a script?
fn is_of_a_script(hit: &Hit) -> bool {
    content(hit).contains(": line ")
}
