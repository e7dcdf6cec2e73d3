//! Hits and facts in, the answer out: which line is the cause, and how we know. A pure function.
//!
//! [`conditions`] settles what a hit alone could not; [`candidates`] makes findings of hits; [`aside`], [`recovered`],
//! [`logger`], [`went_on`], [`overcome`], [`captured`], [`quoted`], [`noisy`] and [`listed`] drop or doubt what did not fail the job; [`relations`] applies `supersedes` and `explains`, [`each_test`] test by test, [`called`] what Python says of a command that it ran; [`rank`] scores what is left; [`evidence`] and [`render`] put
//! the winner into words, [`besides`] finds what another step said that failed too, [`earlier`] what one said that the job went on behind, [`spot`] says which file it is about; [`unexplained`] does what can be done without one, [`cut`] says what to do
//! about a log that was cut.

use std::borrow::Cow;
use std::sync::Arc;

use self::candidates::Candidate;
use crate::engine::Scan;
use crate::library::Library;
use crate::model::{
    Category, Confidence, Consequence, Diagnosis, Dialect, InputInfo, InputKind, JobFacts, Lang,
    LogReport, Outcome, Place, Role, RunnerInfo, Section, Status, Time,
};
use crate::redact;

mod aside;
mod baseline;
mod besides;
mod called;
mod candidates;
mod captured;
mod conditions;
mod cut;
mod difference;
mod each_test;
mod earlier;
mod evidence;
mod exit;
mod faint;
mod fingerprint;
mod hollow;
mod leads;
mod listed;
mod logger;
mod noisy;
mod overcome;
mod quoted;
mod rank;
mod record;
mod recovered;
mod refine;
mod relations;
mod render;
mod scope;
mod script;
mod shell;
mod silence;
mod spot;
mod success;
mod tap;
mod telling;
mod terms;
#[cfg(test)]
mod testing;
mod unexplained;
mod went_on;

pub use baseline::Baseline;
pub use conditions::{Settled, settle};
pub(crate) use fingerprint::{VERSION as FINGERPRINTS, mask};
pub(crate) use logger::everyday;

/// Most findings told besides the cause.
const MAX_ALSO: usize = 3;
/// Without a verdict: how far above the end the last word of a cause may stand.
const NEAR_END: usize = 80;
/// Lines that a verdict of several lines may take.
const VERDICT_LINES: u64 = 12;
/// Most failures that are compared with a baseline and not told.
const MAX_UNTOLD: usize = 1_000;
/// Most consequences told.
const MAX_CONSEQUENCES: usize = 100;

/// One input of a case.
#[derive(Debug)]
pub struct Input {
    /// File name or label.
    pub source: String,
    /// What was read there.
    pub scan: Scan,
}

/// What is diagnosed: the log of one job, and whatever else was given with it.
#[derive(Debug)]
pub struct Case {
    inputs: Vec<Input>,
    job: usize,
    with_secrets: bool,
    places: bool,
    untold: bool,
    baseline: Option<Arc<Baseline>>,
}

impl Case {
    /// The log of one job, secrets redacted.
    pub fn single(input: Input) -> Self {
        Self::single_with_secrets(input).redact()
    }

    /// The log of one job, told with its secrets. Fingerprints are those of the redacted case.
    pub fn single_with_secrets(input: Input) -> Self {
        Self {
            inputs: vec![input],
            job: 0,
            with_secrets: true,
            places: true,
            untold: true,
            baseline: None,
        }
    }

    /// Tells every hit which input it was read from.
    fn number(mut self) -> Self {
        for (k, input) in self.inputs.iter_mut().enumerate() {
            for hit in &mut input.scan.hits {
                hit.place.input = k as u16;
            }
        }
        self
    }

    /// Several inputs that make one case, secrets redacted. The job is the one with a runner header, markers or a verdict.
    ///
    /// # Errors
    /// The number of inputs that look like a job's log, if that is not one.
    pub fn together(inputs: Vec<Input>) -> Result<Self, usize> {
        Ok(Self::together_with_secrets(inputs)?.redact())
    }

    /// The same, told with its secrets.
    ///
    /// # Errors
    /// As [`Case::together`].
    pub fn together_with_secrets(inputs: Vec<Input>) -> Result<Self, usize> {
        let jobs: Vec<usize> = (0..inputs.len())
            .filter(|&k| is_job(&inputs[k].scan.facts))
            .collect();
        let job = match (jobs.as_slice(), inputs.len()) {
            (&[job], _) => job,
            (_, 1) => 0,
            (jobs, _) => return Err(jobs.len()),
        };
        Ok(Self {
            inputs,
            job,
            with_secrets: true,
            places: true,
            untold: true,
            baseline: None,
        }
        .number())
    }

    /// Asks for the place of a failure in the repository or not; to look for it takes time, and few reports show it.
    pub fn with_places(mut self, places: bool) -> Self {
        self.places = places;
        self
    }

    /// Asks for the failures that are not told or not; only a baseline, or a cache for one, compares them.
    pub fn with_untold(mut self, untold: bool) -> Self {
        self.untold = untold;
        self
    }

    /// Judges the case by what passing runs print.
    pub fn against(mut self, baseline: Option<Arc<Baseline>>) -> Self {
        self.baseline = baseline;
        self
    }

    /// Does a passing run print that line of the job as well? `None` where nothing is known of passing runs.
    fn in_baseline(&self, line: &str) -> Option<bool> {
        self.baseline.as_ref().map(|b| b.holds(line))
    }

    /// Takes the secrets out of everything that findings are made of.
    fn redact(mut self) -> Self {
        self.with_secrets = false;
        for input in &mut self.inputs {
            input.scan.hits.iter_mut().for_each(redact::hit);
            // A log may name its sections as it likes.
            for path in input
                .scan
                .facts
                .sections
                .iter_mut()
                .filter_map(|s| s.path.as_mut())
            {
                let names = path.split('/').map(|name| {
                    // Only whole addresses are known as such.
                    let name = Section::unescape(name);
                    Section::escape(&redact::text(&name))
                });
                *path = names.collect::<Vec<_>>().join("/");
            }
        }
        self
    }

    /// A text of the log as it may be told.
    fn redacted<'t>(&self, text: &'t str) -> Cow<'t, str> {
        if self.with_secrets {
            Cow::Borrowed(text)
        } else {
            redact::text(text)
        }
    }

    /// The inputs, in the order given.
    pub fn inputs(&self) -> &[Input] {
        &self.inputs
    }

    /// The facts of the job.
    pub fn facts(&self) -> &JobFacts {
        &self.inputs[self.job].scan.facts
    }

    fn source(&self, input: u16) -> &str {
        self.inputs.get(input as usize).map_or("", |i| &i.source)
    }

    /// Does a line stand in something that was given with the job: another input, or text below the verdict?
    fn is_evidence(&self, place: Place) -> bool {
        let facts = self.facts();
        let below = facts.dialect == Dialect::Gitlab
            && facts.outcome != Outcome::Unknown
            && facts
                .verdict
                .as_ref()
                .is_some_and(|v| place.line > v.line && !self.continues_verdict(place));
        usize::from(place.input) != self.job || below
    }

    /// A message of several lines: the verdict ends in a colon, and what follows belongs to it.
    fn continues_verdict(&self, place: Place) -> bool {
        let facts = self.facts();
        facts.verdict.as_ref().is_some_and(|v| {
            let goes_on = v.text.trim_end().ends_with(':');
            let near = goes_on && (v.line + 1..=v.line + VERDICT_LINES).contains(&place.line);
            // Asked last: every hit is asked, and a long log has thousands of commands.
            near && !facts
                .commands
                .iter()
                .any(|c| c.line > v.line && c.line <= place.line)
        })
    }
}

fn is_job(facts: &JobFacts) -> bool {
    facts.runner.version.is_some()
        || facts.verdict.is_some()
        || facts.sections.iter().any(|s| s.path.is_some())
}

/// Diagnoses a case. Secrets are redacted unless the case says otherwise.
pub fn diagnose(case: &Case, library: &Library, lang: Lang) -> LogReport {
    let facts = case.facts();
    let diagnosis = match facts.outcome {
        Outcome::Succeeded | Outcome::Canceled => Diagnosis::default(),
        Outcome::Unknown if facts.shows_success() || success::closes(case) => Diagnosis::default(),
        _ => find(case, library, lang),
    };
    let status = match (&diagnosis.cause, &diagnosis.unexplained) {
        (Some(_), _) => Status::Explained,
        (None, Some(_)) => Status::Unexplained,
        (None, None) if facts.outcome.is_failure() => Status::Unexplained,
        (None, None) => Status::Clean,
    };
    let failed = status != Status::Clean;
    let inputs = case.inputs.iter().enumerate().map(|(k, input)| InputInfo {
        source: input.source.clone(),
        kind: if k == case.job {
            InputKind::Job
        } else {
            InputKind::Evidence
        },
        lines: input.scan.facts.lines,
        bytes: input.scan.facts.bytes,
    });
    let command = facts
        .last_command()
        .map(|c| case.redacted(&c.text).into_owned());
    let told = |text: &Option<String>| text.as_deref().map(|text| case.redacted(text).into_owned());
    LogReport {
        source: case.inputs[case.job].source.clone(),
        inputs: inputs.collect(),
        dialect: facts.dialect,
        lang,
        truncated: facts.truncated,
        outcome: facts.outcome,
        exit_code: facts.exit_code,
        started: facts.started.and_then(Time::from_unix),
        ended: facts.ended.and_then(Time::from_unix),
        project: told(&facts.project),
        runner: RunnerInfo {
            version: told(&facts.runner.version),
            name: told(&facts.runner.name),
            executor: facts.runner.executor.clone(),
            image: told(&facts.runner.image),
        },
        section: failed
            .then(|| facts.failing_section_name().map(Section::unescape))
            .flatten(),
        command: failed.then_some(command).flatten(),
        status,
        cause: diagnosis.cause,
        also: diagnosis.also,
        consequences: diagnosis.consequences,
        unexplained: diagnosis.unexplained,
        why: diagnosis.why,
        verdict_line: facts.verdict.as_ref().map(|v| v.line),
        remark: told(&facts.ended_by).filter(|_| facts.outcome == Outcome::Canceled),
        cut: cut::advice(case, library, lang),
        untold: diagnosis.untold,
    }
}

/// Looks for the cause of a job that failed, or may have.
fn find(case: &Case, library: &Library, lang: Lang) -> Diagnosis {
    let settled = settle(case, library);
    let region = recovered::Region::of(case);
    let mut candidates = weigh(case, &settled, &region);
    let order = choose(&mut candidates, case, library, &settled, &region);
    let mut diagnosis = Diagnosis {
        why: rank::why(&candidates, &order),
        ..Diagnosis::default()
    };
    let mut context = render::Context {
        case,
        library,
        settled: &settled,
        lang,
    };
    let Some(&winner) = order.first() else {
        diagnosis.unexplained =
            unexplained::extract(case, &settled, &candidates, library, &region, lang);
        let hints = earlier::find(&candidates, case).into_iter();
        let finding = |k: usize| context.finding(&candidates[k], None, Confidence::Low);
        diagnosis.also = hints.map(finding).collect();
        return diagnosis;
    };
    let refined = refine::by_checks(case, library, &settled, &candidates[winner]);
    let cause = match &refined {
        Some(refined) => {
            let own = candidates::of_evidence(refined);
            context.finding(&own, Some(&candidates[winner]), own.pattern().confidence)
        }
        None => {
            let confidence = rank::confidence(&candidates, &order, facts_of(case));
            context.finding(&candidates[winner], None, confidence)
        }
    };
    if refined.is_none() {
        tell_others(&mut diagnosis, &mut context, &candidates, &order);
    }
    // What a check has refined is told at its own line, and all that led there follows from it.
    let own_line = refined.is_none().then_some(cause.line);
    diagnosis.consequences = consequences(&candidates, winner, own_line);
    diagnosis.cause = Some(cause);
    diagnosis
}

/// The candidates with all that drops or doubts them applied, and scored.
fn weigh<'c>(
    case: &'c Case,
    settled: &'c [Settled<'c>],
    region: &recovered::Region,
) -> Vec<Candidate<'c>> {
    let mut candidates = candidates::group(case, settled, region);
    listed::apply(&mut candidates, case);
    recovered::reveal_hidden(&mut candidates, case);
    relations::apply(&mut candidates);
    called::apply(&mut candidates);
    went_on::apply(&mut candidates, case, region);
    overcome::apply(&mut candidates, case, region);
    captured::apply(&mut candidates, case);
    quoted::apply(&mut candidates);
    noisy::apply(&mut candidates);
    rank::score(&mut candidates, case, region);
    candidates
}

/// The order of those that count, the cause first. Drops what comes first without good reason.
fn choose(
    candidates: &mut [Candidate<'_>],
    case: &Case,
    library: &Library,
    settled: &[Settled<'_>],
    region: &recovered::Region,
) -> Vec<usize> {
    let mut order = rank::order(candidates);
    if facts_of(case).outcome == Outcome::Unknown {
        // What the rest of the log does not bear out gives way to what it does.
        while let Some(&winner) = order.first()
            && !worth_telling(winner, candidates, case, region)
        {
            candidates[winner].dropped = Some("nothing near the end bears it out".into());
            order = rank::order(candidates);
        }
    }
    if facts_of(case).outcome.is_failure()
        && let Some(&winner) = order.first()
        && overcome::by_its_script(&candidates[winner])
        && let Some(line) = unexplained::line_that_tells(case, settled, candidates, library, region)
    {
        // What the script went on behind gives way to what tells of a failure further down.
        while let Some(&winner) = order.first()
            && overcome::by_its_script(&candidates[winner])
            && candidates[winner].last_line() < line
        {
            candidates[winner].dropped = candidates[winner].doubt.map(str::to_owned);
            order = rank::order(candidates);
        }
    }
    order
}

/// Adds what is told besides the cause: other failures, and those that only a comparison of logs asks for.
fn tell_others(
    diagnosis: &mut Diagnosis,
    context: &mut render::Context<'_>,
    candidates: &[Candidate<'_>],
    order: &[usize],
) {
    let case = context.case;
    let mut also = rank::also(candidates, order);
    also.truncate(MAX_ALSO);
    if let Some(&winner) = order.first()
        && also.len() < MAX_ALSO
    {
        also.extend(besides::find(candidates, winner, facts_of(case)));
    }
    if case.untold {
        let rivals = rank::rivals(candidates, order).filter(|k| !also.contains(k));
        let untold = rivals.flat_map(|other| context.untold(&candidates[other]));
        diagnosis.untold = untold.take(MAX_UNTOLD).collect();
    }
    for other in also {
        let confidence = rank::own_confidence(&candidates[other], facts_of(case));
        let finding = context.finding(&candidates[other], None, confidence);
        diagnosis.also.push(finding);
    }
}

/// The lines that only follow from the cause, whose own line is left out. Without such a line all that led to the
/// cause follows, too.
fn consequences(
    candidates: &[Candidate<'_>],
    winner: usize,
    own_line: Option<u64>,
) -> Vec<Consequence> {
    let others = candidates.iter().enumerate();
    let follow = others.filter(|(k, c)| *k != winner && c.follows());
    let led = own_line.is_none().then_some(&candidates[winner]);
    let mut all: Vec<Consequence> = follow
        .map(|(_, c)| c)
        .chain(led)
        .flat_map(|c| &c.hits)
        .filter(|s| Some(s.hit.place.line) != own_line)
        .map(|s| Consequence {
            id: s.pattern().id.clone(),
            line: s.hit.place.line,
            text: s.hit.text.clone(),
        })
        .collect();
    all.sort_by(|a, b| a.line.cmp(&b.line).then_with(|| a.id.cmp(&b.id)));
    all.dedup_by_key(|c| c.line);
    all.truncate(MAX_CONSEQUENCES);
    all
}

fn facts_of(case: &Case) -> &JobFacts {
    case.facts()
}

/// Without a verdict only a sound finding is worth telling, and only where what follows bears it out: little follows what fails
/// a job, but for words that it failed.
fn worth_telling(
    winner: usize,
    candidates: &[candidates::Candidate<'_>],
    case: &Case,
    region: &recovered::Region,
) -> bool {
    // A stack trace is as long as it is: its frames do not count. Nor does what npm adds to an error, such as all of its options.
    let tail = &case.inputs()[case.job].scan.tail;
    let of_npm = |text: &str| {
        ["npm error ", "npm ERR! "]
            .iter()
            .any(|p| text.starts_with(p))
    };
    let told = tail
        .from_end(case.facts())
        // `#7 ` before a line may be PHP's count of a frame or BuildKit's of a step.
        .filter(|line| !telling::is_frame(line.content()) && !telling::is_frame(&line.text))
        .filter(|line| !of_npm(line.content()));
    let near = told.take(NEAR_END).last();
    let near = near.map_or(u64::MAX, |line| line.place.line);
    let near = near.min(region.last_line.saturating_sub(NEAR_END as u64));
    let near_end = |c: &candidates::Candidate<'_>| {
        let last = c.hits.iter().map(|s| s.last_line()).max();
        last.is_some_and(|line| line >= near)
    };
    // Its consequences, what wraps it, the summary of tests behind it, or what would be told if it stood alone.
    let says_so = |c: &candidates::Candidate<'_>| {
        let pattern = c.pattern();
        let failed = match pattern.role {
            Role::Symptom => pattern.category == Category::Test,
            Role::RootCause => c.is_live() && pattern.confidence != Confidence::Low,
            Role::Wrapper | Role::Noise => false,
        };
        let stands = failed && c.place == recovered::Where::Command;
        (c.follows() || stands) && pattern.role != Role::Noise
    };
    let borne_out = candidates
        .iter()
        .enumerate()
        .any(|(k, c)| (k == winner || says_so(c)) && near_end(c));
    let pattern = candidates[winner].pattern();
    borne_out
        && matches!(pattern.role, Role::RootCause | Role::Symptom)
        && pattern.confidence != Confidence::Low
}
