//! Explains the exit code, and why the failed command printed no reason.

use super::super::recovered::Region;
use super::super::{Case, exit, shell, silence};
use crate::model::{Dialect, Lang};

/// The meaning of the exit code, and why the failed command printed no reason. `said` means that some line
/// gives one.
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
    // Its output may stand above what is left of the stage.
    let tail = &case.inputs()[case.job].scan.tail;
    let silent = last.filter(|c| region.is_silent(c.index) && tail.reaches(c.line));
    let tests = || exit::of_test(code, &silent?.text, lang);
    if !block && let Some(tests) = tests() {
        return Some(tests);
    }
    // GitHub shows a whole script at once, so the failed command is unknown.
    let known = facts.dialect != Dialect::Github;
    let gitlab = facts.dialect == Dialect::Gitlab;
    let reason = || {
        if block {
            return Some(silence::of_block(lang).to_owned());
        }
        let command = case.redacted(&silent?.text);
        let own = silence::of_command(&command, gitlab, lang);
        // If the code has a meaning, that is enough.
        let any = || silence::of_any(&command, lang).filter(|_| meaning.is_none());
        own.or_else(|| any().map(str::to_owned))
    };
    let reason = known.then(reason).flatten();
    match (meaning, reason) {
        (Some(meaning), Some(reason)) => Some(format!("{meaning}; {reason}")),
        (meaning, reason) => meaning.or(reason),
    }
}
