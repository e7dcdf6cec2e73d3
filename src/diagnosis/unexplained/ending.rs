//! What the exit code means, and why nothing tells of the command that ended so.

use super::super::recovered::Region;
use super::super::{Case, exit, shell, silence};
use crate::model::{Dialect, Lang};

/// What the exit code means, and why nothing tells of the command that ended so. `said`: some line does.
pub(super) fn meaning(
    case: &Case,
    region: &Region,
    code: i64,
    said: bool,
    lang: Lang,
) -> Option<String> {
    let facts = case.facts();
    let meaning = exit::meaning(code, lang);
    let last = facts.last_command();
    let block = last.is_some_and(|c| !said && shell::is_block(&c.text));
    // What it printed may stand above what is left of the stage.
    let tail = &case.inputs()[case.job].scan.tail;
    let silent = last.filter(|c| region.is_silent(c.index) && tail.reaches(c.line));
    let tests = || exit::of_test(code, &silent?.text, lang);
    if !block && let Some(tests) = tests() {
        return Some(tests);
    }
    // GitHub shows a whole script at once: which of its commands failed nobody knows.
    let known = facts.dialect != Dialect::Github;
    let gitlab = facts.dialect == Dialect::Gitlab;
    let reason = || {
        if block {
            return Some(silence::of_block(lang).to_owned());
        }
        let command = case.told(&silent?.text);
        let own = silence::of_command(&command, gitlab, lang);
        // Where the code means something, that says enough.
        let any = || silence::of_any(&command, lang).filter(|_| meaning.is_none());
        own.or_else(|| any().map(str::to_owned))
    };
    let reason = known.then(reason).flatten();
    match (meaning, reason) {
        (Some(meaning), Some(reason)) => Some(format!("{meaning}; {reason}")),
        (meaning, reason) => meaning.or(reason),
    }
}
