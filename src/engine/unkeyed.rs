//! Patterns without a literal: the filter cannot find their lines, so they are tried on the last ones only, those at the
//! end of the section that may have failed.

use super::near;
use super::scan::{captures, echo_mark};
use super::tail;
use crate::library::{Library, Loaded, Target};
use crate::model::{Hit, JobFacts, TailLine, WatchHit};
use crate::pattern::compile::{Condition, Near};
use crate::pattern::schema::{On, PatternStatus, Scope, Side};
use crate::trace::Line;

/// Hits on the tail, the verdict behind it. `known` are those of alternatives with a literal: a pattern that has one on a line needs no other.
pub(super) fn hits(
    library: &Library,
    tail: &[TailLine],
    facts: &JobFacts,
    known: &[Hit],
) -> Vec<Hit> {
    let mut hits: Vec<Hit> = Vec::new();
    for at in first(tail)..tail.len() {
        let line = &tail[at];
        for target in library.unkeyed() {
            let index = u32::from(target.pattern);
            if !library.is_enabled(index) {
                continue;
            }
            let loaded = library.get(index);
            if loaded.pattern.status == PatternStatus::Retired {
                continue;
            }
            let Some(hit) = try_line(loaded, target, line) else {
                continue;
            };
            let same = |h: &Hit| h.pattern == index && h.place.line == hit.place.line;
            if known.iter().chain(&hits).any(same) {
                continue;
            }
            hits.push(Hit {
                context: context(loaded, target.pattern, tail, at),
                command: command(facts, line),
                ..hit
            });
        }
    }
    hits
}

/// The first line that is looked at.
fn first(tail: &[TailLine]) -> usize {
    let mut bytes = 0;
    let too_far = |line: &TailLine| {
        bytes += line.text.len() + 1;
        bytes > tail::BYTES
    };
    tail.iter()
        .rposition(too_far)
        .map_or(0, |k| k + 1)
        .max(tail.len().saturating_sub(tail::LINES))
}

fn try_line(loaded: &Loaded, target: Target, line: &TailLine) -> Option<Hit> {
    let alternative = loaded.pattern.matches.get(target.regex as usize)?;
    let mut from = line.content_at.min(line.text.len());
    match alternative.on {
        On::Output if !line.echo => {}
        On::Command if line.command => from += echo_mark(&line.text.as_bytes()[from..]),
        _ => return None,
    }
    let content = &line.text.as_bytes()[from..];
    let regex = loaded.regex_for(target.regex as usize, content)?;
    let found = regex.captures(content)?;
    let whole = found.get(0)?;
    Some(Hit {
        pattern: target.pattern.into(),
        place: line.place,
        text: line.text.clone(),
        span: ((from + whole.start()) as u32, (from + whole.end()) as u32),
        captures: captures(regex, &found),
        context: Vec::new(),
        command: None,
        dropped: 0,
    })
}

/// The command in force, if the stage of the line has one.
fn command(facts: &JobFacts, line: &TailLine) -> Option<std::sync::Arc<str>> {
    let stage = |section: u32| facts.sections.get(section as usize).map(|s| s.stage);
    let command = facts
        .commands
        .iter()
        .rev()
        .find(|c| c.index == line.place.command)?;
    (stage(command.section) == stage(line.place.section)).then(|| command.text.clone())
}

/// Settles the positional conditions of a hit on the tail: its lines are all there is, whatever their scope.
fn context(loaded: &Loaded, pattern: u16, tail: &[TailLine], at: usize) -> Vec<Option<WatchHit>> {
    let first = loaded.pattern.matches.len();
    let stream = |line: &TailLine| Line::new(line.text.as_bytes(), line.command).stream;
    let (here, own) = (tail[at].place, stream(&tail[at]));
    let one = |(slot, condition): (usize, &Condition)| {
        let Condition::Near {
            kind,
            within,
            scope,
            ..
        } = condition
        else {
            return None;
        };
        let target = Target {
            pattern,
            regex: (first + slot) as u16,
        };
        let found = |line: &TailLine| {
            let near = within.is_none_or(|w| line.place.line.abs_diff(here.line) <= u64::from(w));
            let in_scope = *scope != Scope::Command || line.place.command == here.command;
            let other = stream(line);
            let same_output = within.is_none() || own == other || own == 0 || other == 0;
            if !near || !in_scope || !same_output {
                return None;
            }
            let text = line.text.as_bytes();
            near::watch_hit(loaded, target, line.place, text, line.content_at)
        };
        let above = || tail[..at].iter().rev().find_map(found);
        let below = || tail[at + 1..].iter().find_map(found);
        match kind {
            Near::Before | Near::Absent(Side::Before) => above(),
            Near::After | Near::Absent(Side::After) => below(),
            Near::Absent(Side::Both) => above().or_else(below),
        }
    };
    loaded.pattern.near().enumerate().map(one).collect()
}
