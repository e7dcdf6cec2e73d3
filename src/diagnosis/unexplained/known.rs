//! What patterns say of the lines of a failure that none of them explains.

use std::collections::{HashMap, HashSet};

use super::super::candidates::Candidate;
use super::super::recovered::Region;
use super::super::{Case, Settled, overcome, telling};
use super::lines::Lines;
use crate::library::Library;
use crate::model::{Category, Hit, Role, WatchHit};
use crate::pattern::checked::{Condition, Near};
use crate::pattern::schema::PatternStatus;

/// Captures in which a wrapper tells the reason as well.
const REASONS: &[&str] = &["detail", "reason", "why"];

/// What hits say of lines, by number.
#[derive(Debug, Default)]
pub(super) struct Known {
    /// The roles of the patterns that hit.
    roles: HashMap<u64, Vec<Role>>,
    /// Lines that say only that something inside failed.
    wrapping: HashSet<u64>,
    /// Lines of wrappers that passing runs do not print.
    unusual_wrappers: Vec<u64>,
    /// Lines that a pattern knows, and that something below says were overcome.
    overcome: HashSet<u64>,
    /// Lines that the log itself says did no harm, whatever patterns take them for.
    harmless_lines: HashSet<u64>,
    /// The log shows only what does no harm.
    pub harmless: bool,
}

impl Known {
    /// Of the hits in the job's log.
    pub fn of(
        case: &Case,
        settled: &[Settled<'_>],
        candidates: &[Candidate<'_>],
        library: &Library,
        region: &Region,
    ) -> Self {
        let mut known = Self {
            harmless: region.harmless,
            ..Self::default()
        };
        for hit in &case.inputs()[case.job].scan.hits {
            if is_overcome(hit, library) {
                known.overcome(hit.place.line);
            }
        }
        let of_job = |s: &&Settled<'_>| {
            // A draft changes nothing but what `--why` shows.
            let draft = s.pattern().status == PatternStatus::Preview;
            usize::from(s.hit.place.input) == case.job && !draft
        };
        for s in settled.iter().filter(of_job) {
            let line = s.hit.place.line;
            known.hit(line, s.pattern().role);
            if s.pattern().role == Role::Wrapper && !case.is_evidence(s.hit.place) {
                let tells = REASONS.iter().any(|name| s.captures.contains_key(*name));
                let usual = case.in_baseline(&s.hit.text) == Some(true);
                known.wrapper(line, tells, usual);
            }
        }
        let by_script = candidates.iter().filter(|c| overcome::by_its_script(c));
        let hits = by_script.flat_map(|c| &c.hits);
        known
            .harmless_lines
            .extend(hits.map(|one| one.hit.place.line));
        known
    }

    /// Takes what apt only warned of for what did no harm.
    pub fn with_warnings_of_apt(mut self, lines: &Lines<'_>) -> Self {
        self.harmless_lines
            .extend(overcome::warnings_of_apt(&lines.all));
        self
    }

    /// A pattern with that role hit a line.
    pub fn hit(&mut self, line: u64, role: Role) {
        self.roles.entry(line).or_default().push(role);
    }

    /// It was a wrapper that has its say; `tells`: also why; `usual`: passing runs print the line as well.
    pub fn wrapper(&mut self, line: u64, tells: bool, usual: bool) {
        if !tells {
            self.wrapping.insert(line);
        }
        if !usual {
            self.unusual_wrappers.push(line);
        }
    }

    /// What a pattern knows that line by did not fail the job: its conditions saw below how it went on.
    pub fn overcome(&mut self, line: u64) {
        self.overcome.insert(line);
    }

    /// Is the line one that was overcome, and does no other pattern take it for a failure?
    pub fn is_overcome(&self, line: u64) -> bool {
        let fails = |role: &Role| matches!(role, Role::RootCause | Role::Symptom);
        self.harmless_lines.contains(&line)
            || self.overcome.contains(&line) && !self.roles(line).iter().any(fails)
    }

    /// The roles of the patterns that hit a line.
    pub fn roles(&self, line: u64) -> &[Role] {
        self.roles.get(&line).map_or(&[], Vec::as_slice)
    }

    /// Is the line known never to fail a job?
    pub fn is_noise(&self, line: u64) -> bool {
        !self.harmless && self.roles(line).contains(&Role::Noise)
    }

    /// Does a wrapper on the line say only that something inside failed?
    pub fn wraps(&self, line: u64) -> bool {
        self.wrapping.contains(&line)
    }

    /// Lines of wrappers that passing runs do not print.
    pub fn unusual_wrappers(&self) -> impl Iterator<Item = u64> + '_ {
        self.unusual_wrappers.iter().copied()
    }
}

/// Does a line below a hit say that the job went on (`absent`: a try that succeeded, a result that came all the same)? Of a test or a check
/// it speaks of others that passed, and where it tells of a failure itself it is the better reason.
fn is_overcome(hit: &Hit, library: &Library) -> bool {
    let below = |s: &WatchHit| s.place.line > hit.place.line;
    // Few have seen anything there, and a pattern is unpacked when it is asked for.
    if !hit.context.iter().flatten().any(below) {
        return false;
    }
    let pattern = &library.get(hit.pattern).pattern;
    let draft = pattern.status == PatternStatus::Preview;
    if draft || matches!(pattern.category, Category::Test | Category::Lint) {
        return false;
    }
    let near = pattern.conditions.iter().filter_map(|c| match c {
        Condition::Near { kind, .. } => Some(kind),
        _ => None,
    });
    near.zip(&hit.context).any(|(kind, seen)| {
        let went_on = |s: &WatchHit| below(s) && telling::score(&s.text) == 0;
        matches!(kind, Near::Absent(_)) && seen.as_ref().is_some_and(went_on)
    })
}
