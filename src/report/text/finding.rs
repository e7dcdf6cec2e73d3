//! A finding in full: title, owner, proof, reason and fix.

use std::io;

use super::page::Page;
use super::{advice, evidence};
use crate::model::{Finding, LogReport, Role};
use crate::report::paint::Ink;
use crate::report::width;

/// Writes a finding; `above` is the place of an earlier one with the very same advice, which then is not repeated.
pub(super) fn write(
    page: &mut Page<'_>,
    report: &LogReport,
    finding: &Finding,
    above: Option<&str>,
) -> io::Result<()> {
    page.blank()?;
    page.bullet(0, Ink::Bad, page.symbols.cross, &finding.title, Ink::Strong)?;
    let words = page.words;
    let mut what = vec![
        (Ink::Code, finding.id.clone()),
        (Ink::Plain, words.confidence(finding.confidence).to_owned()),
    ];
    let owner = (Ink::Plain, words.owner(finding.owner).to_owned());
    let mut then = vec![(Ink::Plain, words.retry(finding.retry).to_owned())];
    if finding.count > 1 {
        then.push((Ink::Plain, (words.seen)(finding.count)));
    }
    // The owner stands where there is room.
    let used: usize = what
        .iter()
        .chain([&owner])
        .map(|(_, fact)| width::of(fact) + 3)
        .sum();
    if 2 + used - 3 <= page.width {
        what.push(owner);
    } else {
        then.insert(0, owner);
    }
    page.facts(2, what)?;
    page.facts(2, then)?;
    if finding.role == Role::Symptom {
        page.bullet(
            2,
            Ink::Doubt,
            page.symbols.warning,
            words.symptom,
            Ink::Plain,
        )?;
    }
    page.blank()?;
    evidence::write(page, report, finding)?;
    match above {
        Some(place) => {
            page.blank()?;
            page.labelled(words.why, &(words.as_above)(place))
        }
        None => advice::write(page, report, finding),
    }
}
