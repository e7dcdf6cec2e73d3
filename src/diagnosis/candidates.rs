//! Groups hits into candidates: all hits of one pattern in one place.

use super::Case;
use super::aside::Aside;
use super::conditions::Settled;
use super::logger;
use super::recovered::{Region, Where};
use crate::model::{Hit, Place, Role, WhyTerm};
use crate::pattern::checked::{Pattern, names};
use crate::pattern::schema::{Lead, PatternStatus};
use crate::trace::prefix;

/// One pattern's hits in one place.
#[derive(Debug)]
pub(super) struct Candidate<'s> {
    /// Its hits, in line order; never empty.
    pub hits: Vec<&'s Settled<'s>>,
    /// The kind of place where they stand.
    pub place: Where,
    /// Why it is out of the race, if it is.
    pub dropped: Option<String>,
    /// A better finding accounts for it.
    pub explained: bool,
    /// How many others it accounts for.
    pub explains: u32,
    /// The terms of its score.
    pub terms: Vec<WhyTerm>,
    /// The verdict repeats it.
    pub in_verdict: bool,
    /// Why it may not have failed the job after all.
    pub doubt: Option<&'static str>,
}

impl<'s> Candidate<'s> {
    pub(super) fn new(hits: Vec<&'s Settled<'s>>, place: Where) -> Self {
        let mut candidate = Self {
            hits,
            place,
            dropped: None,
            explained: false,
            explains: 0,
            terms: Vec::new(),
            in_verdict: false,
            doubt: None,
        };
        candidate.dropped = candidate.unfit().map(str::to_owned);
        candidate
    }

    /// The pattern.
    pub(super) fn pattern(&self) -> &'s Pattern {
        self.hits[0].pattern()
    }

    /// The hit that represents the finding.
    pub(super) fn lead(&self) -> &'s Settled<'s> {
        match self.pattern().lead {
            // A hit that the verdict repeats stands below the chain and is not part of it.
            Lead::Last if !self.in_verdict => self.hits[self.hits.len() - 1],
            Lead::First | Lead::Last => self.hits[0],
        }
    }

    /// How often it occurred, dropped hits included.
    pub(super) fn count(&self) -> u64 {
        self.hits.len() as u64 + self.hits[0].hit.dropped
    }

    /// Whether it is still in the race.
    pub(super) fn is_live(&self) -> bool {
        self.dropped.is_none()
    }

    /// Whether it names a reason, in what failed, and is still in the race. A finding that the verdict repeats
    /// does not count, since the verdict already tells it.
    pub(super) fn is_reason(&self) -> bool {
        self.is_live()
            && self.place == Where::Command
            && !self.in_verdict
            && self.pattern().role == Role::RootCause
    }

    /// Whether it is a root cause, and nothing but its place speaks against it.
    pub(super) fn is_out_by_place(&self) -> bool {
        self.pattern().role == Role::RootCause && self.dropped.as_deref() == self.place.excuse()
    }

    /// Whether its pattern explains or supersedes that of the other one.
    pub(super) fn accounts_for(&self, other: &Candidate<'_>) -> bool {
        let (own, id) = (self.pattern(), &other.pattern().id);
        names(&own.explains, id) || names(&own.supersedes, id)
    }

    /// The line of its last hit.
    pub(super) fn last_line(&self) -> u64 {
        self.hits[self.hits.len() - 1].hit.place.line
    }

    /// Whether it is a consequence of the cause.
    pub(super) fn follows(&self) -> bool {
        let wrapper = self.pattern().role == Role::Wrapper
            && matches!(self.place, Where::Command | Where::Verdict);
        wrapper || self.explained
    }

    pub(super) fn score(&self) -> i64 {
        self.terms.iter().map(|t| t.points).sum()
    }

    /// Why it can never be the cause, whatever else was found.
    fn unfit(&self) -> Option<&'static str> {
        match self.pattern().role {
            Role::Wrapper => return Some("says only that something inside it failed"),
            Role::Noise => return Some("never fails a job"),
            Role::RootCause | Role::Symptom => {}
        }
        if self.pattern().status == PatternStatus::Preview {
            return Some("the pattern is in preview, or not finished");
        }
        self.place.excuse()
    }
}

/// The content of a hit's line, without stamps and prefixes.
pub(super) fn content(hit: &Hit) -> &str {
    let at = prefix::split(hit.text.as_bytes()).content;
    hit.text.get(at..).unwrap_or_default()
}

/// Groups the hits that hold by pattern and place. A hit that the verdict repeats joins the finding it repeats.
pub(super) fn group<'s>(
    case: &Case,
    settled: &'s [Settled<'s>],
    region: &Region,
) -> Vec<Candidate<'s>> {
    let mut groups: Vec<(Where, Vec<&'s Settled<'s>>)> = Vec::new();
    let warnings = services(settled);
    for one in settled {
        let place = match region.locate_hit(case, one.hit) {
            Where::Before if is_of_service(one, &warnings) => Where::Service,
            place => place,
        };
        let same = |other: &Settled<'_>| {
            other.hit.pattern == one.hit.pattern && other.hit.place.input == one.hit.place.input
        };
        match groups
            .iter_mut()
            .find(|(w, hits)| *w == place && same(hits[0]))
        {
            Some((_, hits)) => hits.push(one),
            None => groups.push((place, vec![one])),
        }
    }
    let mut out = drop_usual(case, &mut groups);
    out.append(&mut drop_quiet(&mut groups));
    out.append(&mut drop_aside(case, &mut groups));
    let mut candidates: Vec<Candidate<'s>> = Vec::new();
    let (verdict, rest): (Vec<_>, Vec<_>) = groups
        .into_iter()
        .partition(|(place, _)| *place == Where::Verdict);
    for (place, hits) in rest {
        candidates.push(Candidate::new(hits, place));
    }
    for (place, hits) in verdict {
        let twin = candidates
            .iter_mut()
            .find(|c| c.place == Where::Command && c.lead().hit.pattern == hits[0].hit.pattern);
        match twin {
            Some(twin) => {
                twin.hits.extend(hits);
                twin.in_verdict = true;
            }
            None => {
                let mut candidate = Candidate::new(hits, place);
                candidate.in_verdict = true;
                candidates.push(candidate);
            }
        }
    }
    candidates.append(&mut out);
    candidates
}

/// How the runner begins its report about a service that is not ready (executors/docker/services.go).
const SERVICE: &str = "*** WARNING: Service ";
/// Lines of the service's own log below that report, with some to spare.
const SERVICE_LOG: u64 = 200;

/// Where the runner reports services that are not ready.
fn services(settled: &[Settled<'_>]) -> Vec<Place> {
    let said = |one: &&Settled<'_>| one.hit.text.trim_start().starts_with(SERVICE);
    settled
        .iter()
        .filter(said)
        .map(|one| one.hit.place)
        .collect()
}

/// Whether a hit stands in the runner's report about a service.
fn is_of_service(one: &Settled<'_>, warnings: &[Place]) -> bool {
    let place = one.hit.place;
    warnings.iter().any(|warning| {
        warning.input == place.input
            && warning.section == place.section
            && (1..=SERVICE_LOG).contains(&place.line.saturating_sub(warning.line))
    })
}

/// Drops hits whose lines passing runs print too.
fn drop_usual<'s>(
    case: &Case,
    groups: &mut Vec<(Where, Vec<&'s Settled<'s>>)>,
) -> Vec<Candidate<'s>> {
    drop_hits(groups, |one, place| {
        // A verdict never occurs in a passing run, and noise is what passing runs print anyway.
        let usual = place != Where::Verdict
            && usize::from(one.hit.place.input) == case.job
            && case.in_baseline(&one.hit.text) == Some(true);
        usual.then(|| "a passing run prints it as well".to_owned())
    })
}

/// Drops hits that a logger wrote at an everyday level.
fn drop_quiet<'s>(groups: &mut Vec<(Where, Vec<&'s Settled<'s>>)>) -> Vec<Candidate<'s>> {
    drop_hits(groups, |one, _| {
        let level = logger::everyday(one.pattern().role, one.hit)?;
        Some(format!("a logger wrote it at the level {level}"))
    })
}

/// Drops hits that are no evidence because of the lines around them.
fn drop_aside<'s>(
    case: &Case,
    groups: &mut Vec<(Where, Vec<&'s Settled<'s>>)>,
) -> Vec<Candidate<'s>> {
    let own = |one: &Settled<'_>| usize::from(one.hit.place.input) == case.job;
    // A hit that cannot be a cause anyway need not be checked.
    let may_be = |one: &&&Settled<'_>| {
        own(one) && matches!(one.pattern().role, Role::RootCause | Role::Symptom)
    };
    let first = groups
        .iter()
        .filter(|(place, _)| place.excuse().is_none())
        .flat_map(|(_, hits)| hits.iter().filter(may_be))
        .map(|one| one.hit.place.line)
        .min();
    let Some(first) = first else {
        return Vec::new();
    };
    let aside = Aside::near(case, first);
    drop_hits(groups, |one, _| {
        let why = aside.why(one.hit.place.line).filter(|_| own(one));
        why.map(str::to_owned)
    })
}

/// Drops hits, and returns the findings that have no other hit, with the reason.
fn drop_hits<'s>(
    groups: &mut Vec<(Where, Vec<&'s Settled<'s>>)>,
    reason: impl Fn(&Settled<'s>, Where) -> Option<String>,
) -> Vec<Candidate<'s>> {
    let mut out = Vec::new();
    groups.retain_mut(|(place, hits)| {
        let Some(why) = hits.iter().find_map(|one| reason(one, *place)) else {
            return true;
        };
        if hits.iter().any(|one| reason(one, *place).is_none()) {
            hits.retain(|one| reason(one, *place).is_none());
            return true;
        }
        let mut candidate = Candidate::new(std::mem::take(hits), *place);
        candidate.dropped.get_or_insert(why);
        out.push(candidate);
        false
    });
    out
}

/// The candidate of hits in an input that was given with the job.
pub(super) fn of_evidence<'s>(hits: &[&'s Settled<'s>]) -> Candidate<'s> {
    Candidate {
        dropped: None,
        ..Candidate::new(hits.to_vec(), Where::Evidence)
    }
}
