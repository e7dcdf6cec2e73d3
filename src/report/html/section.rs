//! The section of one log. It says the same as the text report, in the same order.

use maud::{Markup, html};

use super::row::outcome;
use super::text::{Line, Prose, Short, Text};
use crate::model::{Check, Finding, InputKind, LogReport, Outcome, Role, Status, Unexplained};
use crate::report::excerpt::{self, Shown};
use crate::report::{Style, prose, sanitize};

/// Further findings and consequences that are named.
const NAMED: usize = 30;

/// The section of a log under this anchor.
pub(super) fn of(report: &LogReport, style: &Style, anchor: &str) -> Markup {
    let (class, ended) = outcome(report, style);
    let words = style.words();
    html! {
        article.log id=(anchor) {
            header {
                p.where {
                    span.badge.(class) { (ended) }
                    " " a.name href={ "#" (anchor) } { (Short(&report.source)) }
                    @for fact in facts(report, style) { " " span.fact { (fact) } }
                }
                @match (&report.cause, report.status) {
                    (Some(cause), _) => {
                        h2 { (Prose(&cause.title)) }
                        (chips(cause, style))
                    }
                    (None, Status::Clean) if report.outcome == Outcome::Succeeded => {
                        h2 { (style.labels().no_failure) }
                    }
                    (None, Status::Clean) => h2 { (not_failed(report, style)) },
                    (None, _) => h2 { (words.no_known_cause) },
                }
            }
            @if report.truncated { p.warn { (words.truncated) } }
            @if let Some(cut) = &report.cut {
                p { (Text(&cut.title)) " (" code { (Text(&cut.id)) } ", " ((words.line)(cut.line)) ")" }
                dl.advice { dt { (words.fix) } dd { ol { @for step in &cut.fix { li { (one_step(step)) } } } } }
            }
            @match (&report.cause, &report.unexplained) {
                (Some(cause), _) => {
                    @if cause.role == Role::Symptom { p.warn { (words.symptom) } }
                    (evidence(report, cause, style, anchor))
                    (advice(cause, style))
                    (aftermath(report, style, anchor))
                }
                (None, Some(unknown)) => {
                    (unexplained(report, unknown, style, anchor))
                    (aftermath(report, style, anchor))
                }
                (None, None) => {}
            }
            @if let (Some(remark), true) = (&report.remark, report.outcome != Outcome::Canceled) {
                p.warn { (Text(remark)) }
            }
            p.up { a href="#top" { "↑ " (style.labels().to_top) } }
        }
    }
}

fn not_failed(report: &LogReport, style: &Style) -> Markup {
    let words = style.words();
    match (report.outcome, &report.remark) {
        (Outcome::Canceled, Some(remark)) => html! { (Text(remark)) },
        (Outcome::Canceled, None) => html! { (words.was_canceled) },
        _ => html! { (words.ends_early) " · " (words.nothing_telling) },
    }
}

/// The facts beside the name of the log.
fn facts(report: &LogReport, style: &Style) -> Vec<Markup> {
    let words = style.words();
    let mut facts = Vec::new();
    let section = report.section.as_deref();
    if let Some(code) = report.exit_code {
        facts.push(html! { ((words.exit_code)(code)) });
    }
    if let Some(section) = section {
        facts.push(html! { (Text(&(words.in_section)(section))) });
    }
    let runner = &report.runner;
    if let Some(executor) = &runner.executor {
        facts.push(html! { (Text(executor)) " " (words.executor) });
    }
    if let Some(version) = &runner.version {
        facts.push(html! { (words.runner) " " (Text(version)) });
    }
    if let Some(image) = &runner.image {
        facts.push(html! { (Short(image)) });
    }
    let others = report
        .inputs
        .iter()
        .filter(|input| input.kind == InputKind::Evidence);
    for input in others {
        facts.push(html! { (words.with) " " (Short(&input.source)) });
    }
    facts
}

fn chips(cause: &Finding, style: &Style) -> Markup {
    let words = style.words();
    html! {
        p.chips {
            code { (Text(&cause.id)) }
            " " span { (words.confidence(cause.confidence)) }
            " " span { (words.owner(cause.owner)) }
            " " span { (words.retry(cause.retry)) }
            @if cause.count > 1 { " " span { ((words.seen)(cause.count)) } }
        }
    }
}

fn evidence(report: &LogReport, finding: &Finding, style: &Style, anchor: &str) -> Markup {
    let (lines, left_out) = excerpt::of_finding(report, finding, style.all);
    html! {
        (block(report, &lines, anchor))
        @if left_out > 0 { p.faint { "… " ((style.labels().lines_left_out)(left_out)) } }
    }
}

/// Lines with their numbers; lines of the job's log have anchors.
fn block(report: &LogReport, lines: &[Shown<'_>], anchor: &str) -> Markup {
    let mut named = std::collections::HashSet::new();
    html! {
        div.lines {
            @for line in lines {
                @let of_job = line.source.is_none_or(|source| source == report.source);
                @let own = of_job && named.insert(line.line);
                @let id = own.then(|| format!("{anchor}-L{}", line.line));
                div.line.best[line.best] id=[id.as_deref()] {
                    @if let Some(source) = line.source { span.source { (Short(source)) } }
                    @match &id {
                        Some(id) => a.n href={ "#" (id) } { (line.line) },
                        None => span.n { (line.line) },
                    }
                    code { (Line(line)) }
                }
            }
        }
    }
}

fn advice(finding: &Finding, style: &Style) -> Markup {
    let words = style.words();
    html! {
        dl.advice {
            @if !finding.cause.is_empty() {
                dt { (words.why) } dd { p { (Prose(&finding.cause)) } }
            }
            @for note in &finding.notes { dt { (words.note) } dd { p { (Prose(note)) } } }
            @if !finding.fix.is_empty() {
                dt { (words.fix) }
                dd { ol { @for step in &finding.fix { li { (one_step(step)) } } } }
            }
            @for check in &finding.checks { dt { (words.check) } dd { (one_check(check, style)) } }
            @if let Some(verify) = &finding.verify {
                dt { (words.verify) } dd { p { (words.mended_when) " " (Prose(verify)) } }
            }
            @if !finding.links.is_empty() {
                dt { (words.docs) }
                dd { @for url in &finding.links { p { (link(url)) } } }
            }
        }
    }
}

/// A step. A command at its end has a line of its own, for copying.
fn one_step(step: &str) -> Markup {
    match prose::trailing_command(step) {
        Some((says, command)) => html! {
            (Prose(says)) pre.command { code { (sanitize::clean(command.trim())) } }
        },
        None => html! { (Prose(step)) },
    }
}

fn one_check(check: &Check, style: &Style) -> Markup {
    html! {
        p {
            @match style.words().place(&check.on) {
                Some(place) => (place),
                None => { (Text(&check.on)) ":" },
            }
            " " (Prose(&check.text))
        }
        @if let Some(run) = &check.run {
            pre.command { code { (sanitize::clean(run.trim())) } }
        }
        @if !check.outcomes.is_empty() {
            ul {
                @for outcome in &check.outcomes {
                    li {
                        (Prose(&outcome.text))
                        @if let Some(id) = &outcome.id { " → " code { (Text(id)) } }
                    }
                }
            }
        }
    }
}

/// An address, as a link if it is a web address.
fn link(url: &str) -> Markup {
    if sanitize::is_web_address(url) {
        html! { a href=(url) rel="noopener noreferrer" { (url) } }
    } else {
        html! { code { (Text(url)) } }
    }
}

/// What follows from the cause, and what it hides; or what an earlier step said, where no cause is known.
fn aftermath(report: &LogReport, style: &Style, anchor: &str) -> Markup {
    let (labels, words) = (style.labels(), style.words());
    let (label, says) = words.of_others(report);
    let left_out = |all: usize| {
        html! {
            @if all > NAMED { li.faint { "… " ((labels.more_left_out)(all - NAMED)) } }
        }
    };
    html! {
        @if !report.also.is_empty() {
            details.after open {
                summary { (label) ": " (says) }
                ul {
                    @for other in report.also.iter().take(NAMED) {
                        li {
                            (Prose(&other.title)) " "
                            span.faint { code { (Text(&other.id)) } " · " ((words.line)(other.line)) }
                        }
                    }
                    (left_out(report.also.len()))
                }
            }
        }
        @if !report.consequences.is_empty() {
            details.after {
                summary { (labels.consequences) " (" (report.consequences.len()) ")" }
                ul {
                    @for consequence in report.consequences.iter().take(NAMED) {
                        li id={ (anchor) "-C" (consequence.line) } {
                            span.faint { ((words.line)(consequence.line)) } " "
                            @if consequence.text.is_empty() {
                                code { (Text(&consequence.id)) }
                            } @else {
                                code { (Short(&consequence.text)) }
                            }
                        }
                    }
                    (left_out(report.consequences.len()))
                }
            }
        }
    }
}

fn unexplained(report: &LogReport, unknown: &Unexplained, style: &Style, anchor: &str) -> Markup {
    let words = style.words();
    let lines = excerpt::of_unexplained(unknown);
    html! {
        @if lines.is_empty() {
            p { (words.no_telling_lines) }
        } @else {
            p { (words.telling_lines) }
            (block(report, &lines, anchor))
        }
        dl.advice {
            @if let Some(meaning) = &unknown.exit_meaning {
                dt { (words.exit_label) } dd { p { (Prose(meaning)) } }
            }
            @if let Some(command) = &report.command {
                dt { (words.last_command) } dd { p { code { (Short(command)) } } }
            }
            dt { (words.mark) }
            dd { p { code { (Text(&unknown.fingerprint)) } " " span.faint { (words.mark_means) } } }
        }
    }
}
