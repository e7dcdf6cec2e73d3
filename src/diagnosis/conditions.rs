//! Decides which hits hold: checks the conditions that need the whole log, the whole case, or other patterns.

use crate::library::{Library, Loaded};
use crate::model::{Captures, Dialect, Hit, JobFacts, WatchHit};
use crate::pattern::checked::{Condition, Near, Pattern, names};

use super::Case;

/// A hit whose conditions all hold.
#[derive(Debug, Clone)]
pub struct Settled<'c> {
    /// The hit. `place.input` is the input of the case.
    pub hit: &'c Hit,
    /// Its captures, and those of its conditions.
    pub captures: Captures,
    /// Notes that apply, each with the captures it adds.
    pub notes: Vec<(usize, Captures)>,
    /// Conditions that held, in words.
    pub held: Vec<String>,
    loaded: &'c Loaded,
}

impl<'c> Settled<'c> {
    /// The pattern that hit.
    pub fn pattern(&self) -> &'c Pattern {
        &self.loaded.pattern
    }

    /// The last line that it relies on: its own, or a line below that a condition found.
    pub(super) fn last_line(&self) -> u64 {
        let near = self.pattern().conditions.iter().filter_map(|c| match c {
            Condition::Near { kind, .. } => Some(kind),
            _ => None,
        });
        let behind = near.zip(&self.hit.context).filter_map(|(kind, seen)| {
            let seen = seen.as_ref().filter(|_| matches!(kind, Near::After))?;
            Some(seen.place.line)
        });
        behind.fold(self.hit.place.line, u64::max)
    }
}

/// All hits of a case that hold, in the order of inputs and lines.
pub fn settle<'c>(case: &'c Case, library: &'c Library) -> Vec<Settled<'c>> {
    let mut first: Vec<Settled<'c>> = Vec::new();
    for input in case.inputs() {
        for hit in &input.scan.hits {
            let loaded = library.get(hit.pattern);
            let judge = Judge {
                case,
                library,
                sections: &input.scan.facts,
                loaded,
                hits: &input.scan.hits,
                seen: &[],
            };
            if let Some((captures, held)) =
                judge.all_hold(hit, Which::Conditions, |c| !is_reference(c))
            {
                first.push(Settled {
                    captures,
                    notes: Vec::new(),
                    held,
                    loaded,
                    hit,
                });
            }
        }
    }
    // One pass over what holds so far: a `seen` condition does not build on other `seen` conditions.
    let mut second = Vec::new();
    for settled in &first {
        let input = &case.inputs()[settled.hit.place.input as usize];
        let judge = Judge {
            case,
            library,
            sections: &input.scan.facts,
            loaded: settled.loaded,
            hits: &input.scan.hits,
            seen: &first,
        };
        let Some((more, held)) = judge.all_hold(settled.hit, Which::Conditions, is_reference)
        else {
            continue;
        };
        let mut settled = settled.clone();
        for (name, value) in more {
            settled.captures.entry(name).or_insert(value);
        }
        settled.held.extend(held);
        for k in 0..settled.pattern().notes.len() {
            if let Some((captures, _)) = judge.all_hold(settled.hit, Which::Note(k), |_| true) {
                settled.notes.push((k, captures));
            }
        }
        second.push(settled);
    }
    second
}

fn is_reference(condition: &Condition) -> bool {
    matches!(condition, Condition::Seen(_) | Condition::Unseen(_))
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Which {
    Conditions,
    Note(usize),
}

struct Judge<'a, 'c> {
    case: &'a Case,
    /// Facts of the input with the hit, for its sections.
    sections: &'a JobFacts,
    library: &'c Library,
    loaded: &'c Loaded,
    hits: &'a [Hit],
    seen: &'a [Settled<'c>],
}

impl Judge<'_, '_> {
    /// If all conditions of that kind hold, what they capture, and in words what held.
    fn all_hold(
        &self,
        hit: &Hit,
        which: Which,
        of: impl Fn(&Condition) -> bool,
    ) -> Option<(Captures, Vec<String>)> {
        let pattern = &self.loaded.pattern;
        let mut captures = match which {
            Which::Conditions => hit.captures.clone(),
            Which::Note(_) => Captures::new(),
        };
        let mut held = Vec::new();
        let (mut near, mut command) = (0, 0);
        let groups = std::iter::once((Which::Conditions, &pattern.conditions)).chain(
            pattern
                .notes
                .iter()
                .enumerate()
                .map(|(k, n)| (Which::Note(k), &n.conditions)),
        );
        for (group, conditions) in groups {
            for condition in conditions {
                let number = match condition {
                    Condition::Near { .. } => post_increment(&mut near),
                    Condition::Command(_) => post_increment(&mut command),
                    _ => 0,
                };
                if group != which || !of(condition) {
                    continue;
                }
                let (more, words) = self.holds(condition, number, hit)?;
                for (name, value) in more {
                    captures.entry(name).or_insert(value);
                }
                held.push(words);
            }
        }
        Some((captures, held))
    }

    fn holds(&self, condition: &Condition, number: usize, hit: &Hit) -> Option<(Captures, String)> {
        let facts = self.case.facts();
        let plain = |holds: bool, words: String| holds.then(|| (Captures::new(), words));
        match condition {
            Condition::Near { kind, .. } => {
                let other = hit.context.get(number).and_then(Option::as_ref);
                let stands = |word: &str, other: &WatchHit| {
                    let (line, far) = (other.place.line, apart(other.place.line, hit.place.line));
                    (
                        other.captures.clone(),
                        format!("{word}: line {line}, {far}"),
                    )
                };
                match (kind, other) {
                    (Near::Before, Some(other)) => Some(stands("before", other)),
                    (Near::After, Some(other)) => Some(stands("after", other)),
                    (Near::Absent(_), None) => plain(true, "absent: no such line".to_owned()),
                    _ => None,
                }
            }
            Condition::Section(list) => plain(
                self.in_section(list, hit),
                format!("section: {}", list.join(", ")),
            ),
            Condition::Dialect(list) => plain(
                list.contains(&facts.dialect),
                format!("dialect: {}", facts.dialect.as_str()),
            ),
            Condition::Executor(list) => {
                let found = facts.runner.executor.as_deref().unwrap_or("unknown");
                let holds = list.iter().any(|name| {
                    name == found
                        || found
                            .strip_prefix(name.as_str())
                            .is_some_and(|rest| rest.starts_with(['+', '-']))
                });
                plain(holds, format!("executor: {found}"))
            }
            Condition::Runner(range) => {
                let found = facts.runner.version.as_deref();
                plain(
                    range.holds(found),
                    format!("runner: {}", found.unwrap_or("unknown")),
                )
            }
            Condition::Outcome(list) => {
                let found = facts.outcome.as_str();
                plain(
                    list.iter().any(|word| word == found),
                    format!("outcome: {found}"),
                )
            }
            Condition::ExitCode(list) => {
                let code = facts.exit_code?;
                plain(list.contains(&code), format!("exit code: {code}"))
            }
            Condition::Command(_) => {
                let number = self.library.rule(hit.pattern).command(number)?;
                let probe = self.library.probe(hit.pattern, number)?;
                let command = hit.command.as_deref()?.as_bytes();
                let found = probe.find_at(command, 0)?;
                let captures = probe.captures(command, &found);
                Some((captures, "command: fits".to_owned()))
            }
            Condition::Seen(list) => self.captured_by_seen(list),
            Condition::Unseen(list) => {
                let seen = self.seen.iter().any(|s| names(list, &s.pattern().id));
                plain(!seen, format!("unseen: {}", list.join(", ")))
            }
            Condition::Times(least) => {
                let count = self.times(hit);
                plain(count >= *least, format!("times: {count}"))
            }
        }
    }

    /// What the patterns that were seen captured, and the first of them. Different values of one name are listed.
    fn captured_by_seen(&self, list: &[String]) -> Option<(Captures, String)> {
        let mut captures = Captures::new();
        let mut first = None;
        for other in self.seen.iter().filter(|s| names(list, &s.pattern().id)) {
            first.get_or_insert(&other.pattern().id);
            for (name, value) in &other.captures {
                let known = captures
                    .entry(name.clone())
                    .or_insert_with(|| value.clone());
                if !known.split(", ").any(|v| v == value) {
                    known.push_str(", ");
                    known.push_str(value);
                }
            }
        }
        first.map(|id| (captures, format!("seen: {id}")))
    }

    /// How often the pattern of a hit matched in the hit's stage, hits that were dropped included.
    fn times(&self, hit: &Hit) -> u64 {
        let stage = |hit: &Hit| {
            let sections = &self.sections.sections;
            sections.get(hit.place.section as usize).map(|s| s.stage)
        };
        let mut same = self
            .hits
            .iter()
            .filter(|h| h.pattern == hit.pattern && stage(h) == stage(hit))
            .peekable();
        let dropped = same.peek().map_or(0, |first| first.dropped);
        same.count() as u64 + dropped
    }

    fn in_section(&self, list: &[String], hit: &Hit) -> bool {
        let wants = |name: &str| list.iter().any(|l| l == name);
        let path = self
            .sections
            .sections
            .get(hit.place.section as usize)
            .and_then(|s| s.path.as_deref());
        if self.sections.dialect == Dialect::Github {
            return wants("step_script") || wants("unknown") || path.is_some_and(wants);
        }
        let Some(path) = path else {
            return wants("unknown");
        };
        let stage = path.split('/').next().unwrap_or(path);
        let is_runners =
            crate::trace::marker::STAGES.contains(&stage) || stage.starts_with("step_");
        path.split('/').any(wants)
            || (stage.starts_with("step_") || stage == "build_script") && wants("step_script")
            // A section of the user's own, in a log that does not show the stage around it.
            || !is_runners && (wants("unknown") || wants("step_script"))
    }
}

fn post_increment(n: &mut usize) -> usize {
    *n += 1;
    *n - 1
}

fn apart(a: u64, b: u64) -> String {
    match a.abs_diff(b) {
        0 => "on the same line".to_owned(),
        1 => "1 line away".to_owned(),
        n => format!("{n} lines away"),
    }
}
