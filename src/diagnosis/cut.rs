//! A log that the runner cut: what it lacks cannot be told, but what to do about it can.

use super::Case;
use crate::library::Library;
use crate::model::{Advice, Lang, Outcome};
use crate::pattern::text::{self, Part};

/// Patterns of the words with which a log is cut short. They are noise: a job that passed may end in them as well.
const CUT: &[&str] = &["gitlab-runner/log-limit"];

/// What to do about a log without a verdict that was cut at a limit; `None` for any other.
pub(super) fn advice(case: &Case, library: &Library, lang: Lang) -> Option<Advice> {
    let facts = case.facts();
    if !facts.truncated || facts.outcome != Outcome::Unknown {
        return None;
    }
    let index = CUT
        .iter()
        .filter_map(|id| library.find(id))
        .find(|&index| library.is_enabled(index))?;
    let mut hits = case.inputs[case.job].scan.hits.iter();
    let hit = hits.find(|hit| hit.pattern == index)?;
    let pattern = &library.get(index).pattern;
    let texts = library.text(index, lang);
    let fill = |part: Part, template: &str| {
        text::render(template, part, |name| {
            hit.captures.get(name).map(String::as_str)
        })
    };
    Some(Advice {
        id: pattern.id.clone(),
        line: hit.place.line,
        title: fill(Part::Prose, &texts.title),
        fix: texts
            .fix
            .iter()
            .map(|step| fill(Part::Advice, step))
            .collect(),
    })
}
