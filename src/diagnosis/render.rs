//! A finding in words: texts of the pattern with the captured values filled in.

use std::collections::{BTreeMap, BTreeSet};

use super::candidates::Candidate;
use super::{Case, Settled, evidence, fingerprint, scope, spot, terms};
use crate::library::Library;
use crate::model::{Captures, Check, CheckOutcome, Confidence, Finding, Further, Lang, Untold};
use crate::pattern::checked::Pattern;
use crate::pattern::schema::{Lead, Localized, Text};
use crate::pattern::text::{self, Part};
use crate::redact;

/// Most failures of one finding that are told apart.
const FURTHER: usize = 100;

/// What findings are rendered from.
pub(super) struct Context<'c> {
    pub case: &'c Case,
    pub library: &'c Library,
    pub settled: &'c [Settled<'c>],
    pub lang: Lang,
}

impl Context<'_> {
    /// The finding of a candidate; `replaces` is the one in the job's log that it explains.
    pub(super) fn finding(
        &mut self,
        candidate: &Candidate<'_>,
        replaces: Option<&Candidate<'_>>,
        confidence: Confidence,
    ) -> Finding {
        let lead = candidate.lead();
        let pattern = candidate.pattern();
        let values = self.values(&lead.captures);
        let fill = |part: Part, template: &str| fill(template, part, &values);
        let texts = self.library.text(lead.hit.pattern, self.lang);
        let own = self.fingerprint(lead);
        let notes = lead.notes.iter().map(|(k, more)| {
            let mut values = values.clone();
            values.extend(more.iter().map(|(n, v)| (n.clone(), v.clone())));
            self::fill(self.localized(&pattern.notes[*k].text), Part::Note, &values)
        });
        let checks = pattern.checks.iter().map(|check| Check {
            run: check.run.as_deref().map(|run| fill(Part::Command, run)),
            on: check.on.as_str().to_owned(),
            text: fill(Part::Note, self.localized(&check.text)),
            outcomes: check
                .outcome
                .iter()
                .map(|o| CheckOutcome {
                    text: fill(Part::Note, self.localized(&o.text)),
                    id: o.id.clone(),
                })
                .collect(),
        });
        // What a step is for is told in English; other languages should have the same steps, but may have more.
        let order = scope::order(&pattern.text.fix, self.case.facts()).into_iter();
        let further = pattern.text.fix.len()..texts.fix.len();
        let steps = order.chain(further).filter_map(|k| texts.fix.get(k));
        // A check that has been run already is not asked for again.
        let checks = if replaces.is_some() {
            Vec::new()
        } else {
            checks.collect()
        };
        let mut finding = Finding {
            id: pattern.id.clone(),
            title: fill(Part::Prose, &texts.title),
            category: pattern.category,
            role: pattern.role,
            confidence,
            owner: pattern.owner,
            retry: pattern.retry,
            line: lead.hit.place.line,
            count: candidate.count(),
            text: lead.hit.text.clone(),
            evidence: evidence::collect(self.case, self.settled, candidate, replaces),
            place: None,
            captures: captures(pattern, &lead.captures, self.library, lead.hit.pattern),
            cause: fill(Part::Prose, &texts.cause),
            fix: steps.map(|step| fill(Part::Advice, step)).collect(),
            notes: notes.chain(self.terms(lead, texts)).collect(),
            checks,
            verify: texts.verify.as_deref().map(|v| fill(Part::Advice, v)),
            links: pattern.links.iter().map(|l| l.url.clone()).collect(),
            score: candidate.score(),
            further: self.further(candidate, &own),
            fingerprint: own,
            span: lead.hit.span,
        };
        let place = || spot::of(self.case, lead, &finding);
        finding.place = self.case.places.then(place).flatten();
        finding
    }

    /// What is compared of a candidate that is not told: each failure that it was said of.
    pub(super) fn untold(&self, candidate: &Candidate<'_>) -> Vec<Untold> {
        let lead = candidate.lead();
        let own = self.fingerprint(lead);
        let further = self.further(candidate, &own).into_iter();
        let further = further.map(|further| (further.text, further.fingerprint));
        let all = [(lead.hit.text.clone(), own)].into_iter().chain(further);
        let untold = |(text, fingerprint)| Untold {
            id: candidate.pattern().id.clone(),
            text,
            fingerprint,
        };
        all.map(untold).collect()
    }

    /// What the words of GitLab in the texts are called where the log comes from.
    fn terms(&self, lead: &Settled<'_>, texts: &Text) -> Option<String> {
        let pattern = lead.pattern();
        let notes = lead
            .notes
            .iter()
            .map(|(k, _)| self.localized(&pattern.notes[*k].text));
        let own = texts.fix.iter().chain([&texts.cause]).chain(&texts.verify);
        let all = own.map(String::as_str).chain(notes);
        terms::of(self.case.facts().dialect, &pattern.id, all, self.lang)
    }

    /// The fingerprint tells nothing that the redacted report would not.
    fn fingerprint(&self, one: &Settled<'_>) -> String {
        let id = &one.pattern().id;
        let project = self.case.facts().project.as_deref();
        if self.case.with_secrets {
            let captures = redact::captures(one.hit, &one.captures);
            return fingerprint::finding(id, &captures, project);
        }
        fingerprint::finding(id, &one.captures, project)
    }

    /// The failures that a finding was said of beside the first, whose fingerprint is `own`.
    fn further(&self, candidate: &Candidate<'_>, own: &str) -> Vec<Further> {
        // Where the last one speaks, those before it are of the same chain; the verdict repeats the one that ended the job.
        if candidate.pattern().lead == Lead::Last || candidate.in_verdict {
            return Vec::new();
        }
        let mut captures: BTreeSet<&Captures> = BTreeSet::from([&candidate.lead().captures]);
        let mut known = BTreeSet::from([own.to_owned()]);
        let mut all = Vec::new();
        let others = candidate.hits.iter();
        for one in others.filter(|one| captures.insert(&one.captures)) {
            let fingerprint = self.fingerprint(one);
            if known.insert(fingerprint.clone()) {
                all.push(Further {
                    line: one.hit.place.line,
                    text: one.hit.text.clone(),
                    fingerprint,
                });
            }
            if all.len() == FURTHER {
                break;
            }
        }
        all
    }

    fn localized<'p>(&self, text: &'p Localized) -> &'p str {
        match (self.lang, &text.ko) {
            (Lang::Ko, Some(ko)) => ko,
            _ => &text.en,
        }
    }

    /// Captures, and the facts that templates may name.
    fn values(&self, captures: &Captures) -> BTreeMap<String, String> {
        let facts = self.case.facts();
        let runner = &facts.runner;
        let code = facts.exit_code.map(|c| c.to_string());
        let known = [
            ("executor", runner.executor.as_deref()),
            ("namespace", runner.namespace.as_deref()),
            ("section", facts.failing_section_name()),
            ("job_image", runner.image.as_deref()),
            ("runner_version", runner.version.as_deref()),
            ("exit_code", code.as_deref()),
        ];
        let mut values: BTreeMap<String, String> = known
            .into_iter()
            .filter_map(|(name, value)| Some((name.to_owned(), value?.to_owned())))
            .collect();
        values.extend(captures.iter().map(|(n, v)| (n.clone(), v.clone())));
        values
    }
}

fn fill(template: &str, part: Part, values: &BTreeMap<String, String>) -> String {
    text::render(template, part, |name| values.get(name).map(String::as_str))
}

/// Every capture that the pattern's alternatives name, and those of its conditions; absent ones are `None`.
fn captures(
    pattern: &Pattern,
    found: &Captures,
    library: &Library,
    index: u32,
) -> BTreeMap<String, Option<String>> {
    let mut all: BTreeMap<String, Option<String>> = BTreeMap::new();
    let programs = (0..pattern.matches.len()).filter_map(|k| library.rule(index).program(k));
    for name in programs.flat_map(|(program, _)| program.names()) {
        all.insert(name.to_owned(), None);
    }
    all.extend(found.iter().map(|(n, v)| (n.clone(), Some(v.clone()))));
    all
}
