//! Runs patterns without a literal. The prefilter cannot find their lines, so they run only on the last lines
//! of the section that may have failed.

use std::cell::{OnceCell, RefCell};

use super::near;
use super::run::echo_mark;
use crate::library::{Library, Probe, Target, Watch};
use crate::model::{Hit, JobFacts, TailLine, WatchHit};
use crate::pattern::checked::Near;
use crate::pattern::literal;
use crate::pattern::schema::{On, Scope, Side};
use crate::trace::Line;

/// The enabled alternatives without a literal.
#[derive(Debug)]
pub(super) struct Unkeyed<'l> {
    library: &'l Library,
    alternatives: Vec<Alternative<'l>>,
    /// For each first byte, and for an empty text, the alternatives that may match a text beginning so; filled
    /// on demand.
    beginning: Vec<OnceCell<Box<[u32]>>>,
}

/// The index for an empty text, behind the 256 bytes.
const NO_BYTE: usize = 256;

#[derive(Debug)]
struct Alternative<'l> {
    target: Target,
    index: u32,
    on: On,
    probe: Probe<'l>,
}

impl<'l> Alternative<'l> {
    fn new(library: &'l Library, target: Target) -> Option<Self> {
        let (index, number) = (target.pattern.into(), target.regex.into());
        let rule = library.rule(index);
        Some(Self {
            target,
            index,
            on: rule.on(number).filter(|_| !rule.is_retired())?,
            probe: library.probe(index, number)?,
        })
    }
}

impl<'l> Unkeyed<'l> {
    /// Collects those of a library.
    pub(super) fn of(library: &'l Library) -> Self {
        let in_force = |target: &Target| library.is_enabled(target.pattern.into());
        let made = |target| Alternative::new(library, target);
        Self {
            library,
            alternatives: library
                .unkeyed()
                .filter(in_force)
                .filter_map(made)
                .collect(),
            beginning: vec![OnceCell::new(); NO_BYTE + 1],
        }
    }

    /// The alternatives that may match a text, in order. The first byte rules most of them out.
    fn beginning_like(&self, text: &[u8]) -> impl Iterator<Item = &Alternative<'l>> {
        let first = &text[..text.len().min(1)];
        let slot = first.first().map_or(NO_BYTE, |&byte| usize::from(byte));
        let may_begin = || {
            let all = self.alternatives.iter().enumerate();
            let may = all.filter(|(_, alternative)| alternative.probe.may_begin(first));
            may.map(|(k, _)| k as u32).collect()
        };
        let those = self.beginning[slot].get_or_init(may_begin);
        those.iter().map(|&k| &self.alternatives[k as usize])
    }

    /// The hits on the last lines of the tail and on the verdict behind them. `all` are the tail's lines, the
    /// last one first. `known` are the hits of alternatives with a literal: a pattern needs only one hit on a
    /// line.
    pub(super) fn hits(
        &self,
        last: &[TailLine],
        all: impl Iterator<Item = TailLine>,
        facts: &JobFacts,
        known: &[Hit],
    ) -> Vec<Hit> {
        let mut hits: Vec<Hit> = Vec::new();
        let mut folded = Vec::new();
        let all = FromEnd::new(all);
        for (at, line) in last.iter().enumerate() {
            let text = line.text.as_bytes();
            let mut from = line.content_at.min(text.len());
            let on = match (line.command, line.echo) {
                (true, _) => {
                    from += echo_mark(&text[from..]);
                    On::Command
                }
                (false, false) => On::Output,
                (false, true) => continue,
            };
            let content = &text[from..];
            folded.clear();
            for alternative in self.beginning_like(content) {
                if alternative.on != on {
                    continue;
                }
                if folded.is_empty() {
                    folded.extend(content.iter().map(|&byte| literal::fold(byte)));
                }
                let Some(hit) = try_line(alternative, line, from, &folded) else {
                    continue;
                };
                let same =
                    |h: &Hit| h.pattern == alternative.index && h.place.line == hit.place.line;
                if known.iter().chain(&hits).any(same) {
                    continue;
                }
                let pattern = alternative.target.pattern;
                hits.push(Hit {
                    context: context(self.library, pattern, &all, last.len() - at - 1),
                    command: command(facts, line),
                    ..hit
                });
            }
        }
        hits
    }
}

fn try_line(
    alternative: &Alternative<'_>,
    line: &TailLine,
    from: usize,
    folded: &[u8],
) -> Option<Hit> {
    let probe = alternative.probe;
    let content = &line.text.as_bytes()[from..];
    if !probe.may_match(folded) {
        return None;
    }
    let found = probe.find_at(content, 0)?;
    let (start, end) = found.whole;
    Some(Hit {
        pattern: alternative.index,
        place: line.place,
        text: line.text.clone(),
        span: ((from + start) as u32, (from + end) as u32),
        captures: probe.captures(content, &found),
        context: Vec::new(),
        command: None,
        dropped: 0,
    })
}

/// The command in force, if the line's stage has one.
fn command(facts: &JobFacts, line: &TailLine) -> Option<std::sync::Arc<str>> {
    let stage = |section: u32| facts.sections.get(section as usize).map(|s| s.stage);
    let command = facts.command(line.place.command)?;
    (stage(command.section) == stage(line.place.section)).then(|| command.text.clone())
}

/// Lines from the last to the first, each made on demand.
struct FromEnd<I> {
    made: RefCell<Vec<TailLine>>,
    rest: RefCell<I>,
}

impl<I: Iterator<Item = TailLine>> FromEnd<I> {
    fn new(lines: I) -> Self {
        Self {
            made: RefCell::default(),
            rest: RefCell::new(lines),
        }
    }

    /// Applies `f` to the line that has `behind` lines below it; `None` if there is no such line.
    fn with_line<T>(&self, behind: usize, f: impl FnOnce(&TailLine) -> T) -> Option<T> {
        let mut made = self.made.borrow_mut();
        while made.len() <= behind {
            made.push(self.rest.borrow_mut().next()?);
        }
        Some(f(&made[behind]))
    }
}

/// Settles the positional conditions of a hit in the tail. Only the tail's lines are searched, whatever their
/// scope. `behind` lines stand below the hit.
fn context(
    library: &Library,
    pattern: u16,
    tail: &FromEnd<impl Iterator<Item = TailLine>>,
    behind: usize,
) -> Vec<Option<WatchHit>> {
    let rule = library.rule(pattern.into());
    if rule.watches().next().is_none() {
        return Vec::new();
    }
    let stream = |line: &TailLine| Line::new(line.text.as_bytes(), line.command).stream;
    let (here, own) = tail
        .with_line(behind, |line| (line.place, stream(line)))
        .unwrap_or_default();
    let one = |(number, watch): (usize, Watch)| {
        let Watch {
            kind,
            within,
            scope,
            ..
        } = watch;
        let target = Target {
            pattern,
            regex: number as u16,
        };
        // Lines come nearest first, so after the first that is too far away no other can match.
        let is_near = |line: &TailLine| {
            within.is_none_or(|w| line.place.line.abs_diff(here.line) <= u64::from(w))
        };
        let found = |line: &TailLine| {
            let in_scope = scope != Scope::Command || line.place.command == here.command;
            let other = stream(line);
            let same_output = within.is_none() || own == other || own == 0 || other == 0;
            if !in_scope || !same_output {
                return None;
            }
            let text = line.text.as_bytes();
            near::watch_hit(library, target, line.place, text, line.content_at)
        };
        let look = |behind| tail.with_line(behind, |line| is_near(line).then(|| found(line)))?;
        let above = || (behind + 1..).map_while(look).find_map(|found| found);
        let below = || (0..behind).rev().map_while(look).find_map(|found| found);
        match kind {
            Near::Before | Near::Absent(Side::Before) => above(),
            Near::After | Near::Absent(Side::After) => below(),
            Near::Absent(Side::Both) => above().or_else(below),
        }
    };
    rule.watches().map(one).collect()
}
