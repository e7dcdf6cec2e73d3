//! Advice that stands further up already: several jobs of a file, or of a folder, mostly fail for one reason. It is printed once, and the
//! later ones point to it.

use std::collections::HashMap;
use std::collections::hash_map::Entry;

use crate::model::{Finding, LogReport};

/// Most advice that is remembered; what comes behind is printed in full.
const MOST: usize = 200;

/// What was printed, and where it was about.
#[derive(Debug, Default)]
pub(super) struct Told(HashMap<String, String>);

impl Told {
    /// The place of an earlier finding with the very same advice; else remembers this one.
    pub(super) fn before(&mut self, report: &LogReport, finding: &Finding) -> Option<&str> {
        let advice = format!(
            "{}\n{}\n{:?}\n{:?}\n{:?}\n{:?}",
            finding.id, finding.cause, finding.notes, finding.fix, finding.checks, finding.verify
        );
        let is_full = self.0.len() >= MOST;
        match self.0.entry(advice) {
            Entry::Occupied(place) => Some(place.into_mut()),
            Entry::Vacant(_) if is_full => None,
            Entry::Vacant(slot) => {
                slot.insert(format!("{}:{}", report.source, finding.line));
                None
            }
        }
    }
}
