//! What patterns say of the lines of a failure that none of them explains.

use std::collections::{HashMap, HashSet};

use super::super::recovered::Region;
use super::super::{Case, Settled};
use crate::model::Role;

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
    /// The log shows only what does no harm.
    pub harmless: bool,
}

impl Known {
    /// Of the hits of a case.
    pub fn of(case: &Case, settled: &[Settled<'_>], region: &Region) -> Self {
        let mut known = Self {
            harmless: region.harmless,
            ..Self::default()
        };
        for s in settled {
            let line = s.hit.place.line;
            known.hit(line, s.pattern().role);
            if s.pattern().role == Role::Wrapper && !case.is_evidence(s.hit.place) {
                let tells = REASONS.iter().any(|name| s.captures.contains_key(*name));
                let usual = case.in_baseline(&s.hit.text) == Some(true);
                known.wrapper(line, tells, usual);
            }
        }
        known
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
