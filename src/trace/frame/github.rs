//! Follows the steps of a GitHub Actions log: where they begin, which lines repeat their source, and which
//! step failed the job.
//!
//! The log has no verdict on the job. A failed `run` step prints `##[error]Process completed with exit code
//! N.`; a failed action ends with the `##[error]` it reports, and may put its house in order behind it, in groups; an
//! `##[error]` with more output behind it was an annotation. Steps behind the failing one ran because they run always,
//! except for steps that set something up: those never run after a failure. A step that builds or tests does rarely.
//!
//! [`titles`] tells what a step is for, [`containers`] how an action in a container ended.

use std::ops::RangeInclusive;

use super::super::header::{is_action, shown_on_page};
use super::super::verdict::Github as Says;
use super::super::{cut, remote, verdict};
use crate::model::{Outcome, Verdict};

mod containers;
mod titles;

use titles::Title;

/// First words in the titles of groups in which an action puts things in order before it ends.
const TIDIES: &[&str] = &[
    "clean",
    "cleaning",
    "cleanup",
    "remove",
    "removing",
    "reset",
    "resetting",
    "restore",
    "restoring",
    "terminate",
    "terminating",
];
/// Lines that may follow the closing error of an action.
const CLOSING: u64 = 3;
/// The same if the job's clean-up follows directly: a thrown message or trace has several lines.
const CLOSING_JOB: u64 = 12;
/// A script that printed this many lines and then failed did work of its own; it does not report on the step
/// before.
const WORK: u64 = 30;
/// If this many scripts ran after a failed step and the last of them failed too, the first failure was
/// tolerated.
const WENT_ON: u32 = 4;
/// Most lines that a gate at the end of a job prints.
const GATE: u64 = 4;
/// Longest text of a verdict that is kept, in bytes.
const MAX_TEXT: usize = 2000;

/// Groups that the runner itself prints while it sets up a job.
const OWN_GROUPS: &[&str] = &[
    "Operating System",
    "Runner Image",
    "Runner Image Provisioner",
    "Virtual Environment",
    "GITHUB_TOKEN Permissions",
];

/// The state between two lines.
#[derive(Debug, Default, Clone)]
pub(super) struct Github {
    /// The step that `gh` names before every line.
    column: Option<String>,
    kind: Kind,
    in_header: bool,
    in_post: bool,
    /// A line has passed that only GitHub's runner prints.
    own: bool,
    /// The runner has cleaned up, so the log's end is not missing.
    complete: bool,
    /// The last error of this step that names no exit code.
    error: Option<Failed>,
    /// Where the group begins in which the action puts things in order behind that error, and the lines of those that have ended.
    group: Option<u64>,
    grouped: u64,
    /// The action has ended another group behind that error, or the one in which the error stands: it went on.
    went_on: bool,
    failed: Option<Failed>,
    /// The running step is the one that failed.
    failed_here: bool,
    /// The running step has printed an error.
    complained: bool,
    /// Lines of another script that failed as well. Whether the later one ran although the job had failed, or the earlier failure was
    /// tolerated, the log does not tell.
    besides: Option<RangeInclusive<u64>>,
    /// Where the output of the step begins.
    output: u64,
    /// What the step is for.
    title: Title,
    /// Scripts that began after the failed step, except those that report on it.
    since: u32,
    /// What ran in the step's container has said that all went well.
    passed: bool,
    /// The last step before the clean-up ran in a container, so the log would not show its failure.
    unsaid: bool,
}

/// What runs in a step.
#[derive(Debug, Default, Clone, Copy, PartialEq, Eq)]
enum Kind {
    /// Its header was not seen.
    #[default]
    Unknown,
    /// A script. If it fails, it ends with an exit code.
    Script,
    /// An action. It may end with any words.
    Action,
    /// An action in a container of its own. The log does not show its exit code.
    Container,
}

/// Where and how a step failed.
#[derive(Debug, Clone)]
struct Failed {
    span: u32,
    /// Where the output of the step begins.
    output: u64,
    line: u64,
    says: Says,
    code: Option<i64>,
    text: String,
    /// What the step is for.
    title: Title,
    /// Only what was put in order stands between the error and the end of its step, so that it may have been survived.
    tidied: bool,
}

/// What a line changes in the frame.
#[derive(Debug, Default, PartialEq, Eq)]
pub(super) struct Change<'t> {
    /// A step begins.
    pub step: Option<Step<'t>>,
    /// A command is echoed.
    pub command: Option<&'t str>,
}

/// A step of the job.
#[derive(Debug, PartialEq, Eq)]
pub(super) enum Step<'t> {
    /// A step with that title.
    Titled(&'t str),
    /// The runner's clean-up after all steps.
    Post,
}

impl Github {
    /// Whether the current lines repeat the source of a step.
    pub(super) fn in_header(&self) -> bool {
        self.in_header
    }

    /// Whether the log is certainly GitHub's. Others use some of its marks: a script on Azure Pipelines may
    /// open a group `Run …`.
    pub(super) fn is_own(&self) -> bool {
        self.own || self.column.is_some() || self.in_post
    }

    /// The span of the step that failed the job, as far as is known.
    pub(super) fn failed_span(&self) -> Option<u32> {
        self.failed.as_ref().map(|f| f.span)
    }

    /// The span that holds the failure, once the whole log has passed.
    pub(super) fn failing_span(&self) -> Option<u32> {
        self.failed.as_ref().or(self.error.as_ref()).map(|f| f.span)
    }

    /// Lines of another script that failed too.
    pub(super) fn failed_besides(&self) -> Option<RangeInclusive<u64>> {
        self.besides.clone()
    }

    /// How the job ended; `None` if the log does not tell.
    pub(super) fn ending(&self) -> Option<(Outcome, Option<i64>, Option<Verdict>)> {
        match self.failed.as_ref().or(self.error.as_ref()) {
            Some(failed) => {
                let outcome = match failed.says {
                    Says::TimedOut => Outcome::TimedOut,
                    Says::Canceled => Outcome::Canceled,
                    Says::ExitCode(_) | Says::Shutdown | Says::Something => Outcome::Failed,
                };
                let verdict = Verdict {
                    line: failed.line,
                    text: failed.text.clone(),
                    system_failure: failed.says == Says::Shutdown,
                };
                Some((outcome, failed.code, Some(verdict)))
            }
            None => (self.complete && !self.unsaid).then_some((Outcome::Succeeded, None, None)),
        }
    }

    /// Reads the step that `gh` names before a line; returns it if it is a new one.
    pub(super) fn column<'t>(&mut self, step: &'t str, line: u64) -> Option<Step<'t>> {
        if step == "UNKNOWN STEP" || self.column.as_deref() == Some(step) {
            return None;
        }
        self.column = Some(step.to_owned());
        let post = step.starts_with("Post ") || step == "Complete job";
        self.begin(Kind::Unknown, post, line);
        Some(if post { Step::Post } else { Step::Titled(step) })
    }

    /// Reads a line; `span` is where it stands.
    pub(super) fn read<'t>(&mut self, text: &'t str, line: u64, span: u32) -> Change<'t> {
        let mut change = Change::default();
        let output = !self.in_header && !self.in_post;
        if let Some(title) = text.strip_prefix("##[group]") {
            self.own |= OWN_GROUPS.contains(&title.trim_end());
            if title.strip_prefix("Run ").is_some_and(is_hook) {
                self.in_header = true;
            } else if let Some(command) = title.strip_prefix("Run ") {
                let kind = if is_action(command) {
                    self.own = true;
                    Kind::Action
                } else {
                    Kind::Script
                };
                if self.column.is_none() {
                    self.begin(kind, false, line);
                    change.step = Some(Step::Titled(title));
                } else {
                    (self.kind, self.passed) = (kind, false);
                }
                if is_action(command) && sets_up(command) {
                    self.tolerate();
                }
                self.in_header = true;
                let script = cut::shortened(command, MAX_TEXT);
                self.title = Title::of(kind, &script, self.column.as_deref());
                self.since += u32::from(kind == Kind::Script && !self.title.tells);
                change.command = Some(command);
            } else if self.error.is_some() && tidies(title) {
                self.group.get_or_insert(line);
            }
        } else if text.starts_with("##[endgroup]") {
            if std::mem::take(&mut self.in_header) {
                self.output = line;
            } else if let Some(first) = self.group.take() {
                self.grouped += line.saturating_sub(first) + 1;
            } else {
                self.went_on = true;
            }
        } else if containers::starts(text) && self.kind != Kind::Script && !self.in_post {
            (self.kind, self.passed) = (Kind::Container, false);
        } else if output && self.kind == Kind::Container && remote::passed_on_all_hosts(text) {
            (self.passed, self.error) = (true, None);
        } else if output
            && self.kind == Kind::Container
            && let Some(code) = remote::exit_code(text)
        {
            let failed = self.failed_at(text, Says::ExitCode(code), line, span);
            self.set_error(failed);
        } else if let Some(message) = error_message(text) {
            // A copy of a log may have lost the end of the group.
            self.in_header = false;
            self.error(message, line, span);
        } else if let Some(result) = text.strip_prefix("##[end-action ") {
            self.own = true;
            self.inner_step_ended(result);
        } else if let Some(code) = text
            .strip_prefix("##[debug]")
            .and_then(containers::action_code)
        {
            self.passed = code == 0;
            if code != 0 {
                self.fail_by_error();
            }
        } else if text.starts_with("Post job cleanup.") {
            change.step = self.post(line);
        } else if text.starts_with("Cleaning up orphan processes") {
            change.step = self.post(line);
            self.complete = true;
        }
        change
    }

    fn post(&mut self, line: u64) -> Option<Step<'static>> {
        if self.in_post {
            return None;
        }
        self.begin(Kind::Action, true, line);
        Some(Step::Post)
    }

    /// Begins a step, and decides how the one before ended.
    fn begin(&mut self, kind: Kind, post: bool, line: u64) {
        // A build or a test rarely runs behind a failure, so what an action put in order was no end.
        let survived = self.title.works && !self.complained;
        if survived && self.failed.as_ref().is_some_and(|f| f.tidied) {
            (self.failed, self.besides) = (None, None);
        }
        if let Some(mut error) = self.error.take()
            && self.failed.is_none()
        {
            let action = matches!(self.kind, Kind::Action | Kind::Container);
            let (last, thrown) = (post && action && !self.in_post, is_thrown(&error.text));
            let most = if last && thrown { CLOSING_JOB } else { CLOSING };
            // What an action does in groups behind its error puts things in order (`Restore git configuration`).
            let place = names_place(&error.text);
            let tidies = action && !self.in_post && (post || thrown) && !place && !self.went_on;
            let grouped = if tidies { self.grouped } else { 0 };
            let away = line.saturating_sub(error.line);
            let closing = away.saturating_sub(grouped) <= most;
            error.tidied = away > most;
            // A failed script names its exit code, unless the runner itself stopped it; a problem matcher does not.
            let stopped = post && !place;
            if closing && (self.kind != Kind::Script || stopped) {
                self.failed = Some(error);
            }
        }
        if post && !self.in_post {
            self.unsaid = self.kind == Kind::Container && !self.passed;
        }
        self.kind = kind;
        self.title = Title::default();
        self.passed = false;
        self.forget_groups();
        self.output = line;
        self.in_header = false;
        self.in_post = post;
        (self.failed_here, self.complained) = (false, false);
    }

    fn error(&mut self, message: &str, line: u64, span: u32) {
        let says = verdict::github_says(message);
        self.own |= matches!(says, Says::ExitCode(_));
        self.complained = true;
        let failed = self.failed_at(message, says, line, span);
        let beside = self.is_found_beside(&failed);
        match &mut self.failed {
            None if says == Says::Something && beside => {}
            None if says == Says::Something => self.set_error(failed),
            None => {
                self.failed = Some(failed);
                self.failed_here = true;
                self.since = 0;
            }
            // Of several closing errors of one step, the one that explains the others is kept.
            Some(before) if self.failed_here && says.outranks(before.says) => {
                let code = before.code;
                *before = failed;
                if says == Says::Shutdown {
                    before.code = code;
                }
            }
            Some(before) if self.failed_here && before.says == Says::Shutdown => {
                before.code = before.code.or(failed.code);
            }
            Some(before)
                if !self.failed_here
                    && self.kind == Kind::Script
                    && !self.title.tells
                    && matches!(says, Says::ExitCode(_)) =>
            {
                let output = line.saturating_sub(self.output);
                // The earlier step was tolerated (`continue-on-error`); this one ended the job.
                let tolerated = tolerated(before, self.since, output);
                let alone = self.besides.is_none();
                if tolerated || alone && outweighs(self.title, before, output) {
                    self.besides = (!tolerated).then_some(before.output..=before.line);
                    *before = failed;
                    self.failed_here = true;
                    self.since = 0;
                } else {
                    self.besides.get_or_insert(self.output..=line);
                }
            }
            Some(_) => {}
        }
    }

    /// The failure of this step by what a line says.
    fn failed_at(&self, message: &str, says: Says, line: u64, span: u32) -> Failed {
        Failed {
            span,
            output: self.output,
            line,
            says,
            code: match says {
                Says::ExitCode(code) => Some(code),
                _ => None,
            },
            text: cut::shortened(message, MAX_TEXT).into_owned(),
            title: self.title,
            tidied: false,
        }
    }

    /// Whether a problem matcher found this in a script right behind an error of the runner itself, which says more.
    fn is_found_beside(&self, failed: &Failed) -> bool {
        let of_runner = |before: &Failed| {
            failed.line.saturating_sub(before.line) <= CLOSING && !names_place(&before.text)
        };
        self.kind == Kind::Script
            && names_place(&failed.text)
            && self.error.as_ref().is_some_and(of_runner)
    }

    fn set_error(&mut self, failed: Failed) {
        self.error = Some(failed);
        self.forget_groups();
    }

    fn forget_groups(&mut self) {
        (self.group, self.grouped, self.went_on) = (None, 0, false);
    }

    /// Reads the result of a step inside a composite action: `id=…;outcome=failure;conclusion=success;…`.
    fn inner_step_ended(&mut self, result: &str) {
        if !result.contains(";outcome=failure;") {
            return;
        }
        if result.contains(";conclusion=success") {
            self.error = None;
            self.tolerate_here();
        } else {
            self.fail_by_error();
        }
    }

    /// Marks the step as failed by the last error that it reported.
    fn fail_by_error(&mut self) {
        if self.failed.is_none() {
            self.failed = self.error.take();
            self.failed_here = self.failed.is_some();
        }
    }

    fn tolerate_here(&mut self) {
        if self.failed_here {
            self.tolerate();
        }
    }

    /// Drops the failure so far, which did not end the job (`continue-on-error`).
    fn tolerate(&mut self) {
        let tolerable = |f: &Failed| matches!(f.says, Says::ExitCode(_) | Says::Something);
        if self.failed.as_ref().is_some_and(tolerable) {
            self.failed = None;
            self.failed_here = false;
            self.besides = None;
        }
    }
}

/// Whether a failure was tolerated: enough scripts began after it, of which the last failed too, and enough
/// lines of output followed. An action that checks fails by the error it reports.
fn tolerated(before: &Failed, scripts: u32, output: u64) -> bool {
    match before.says {
        Says::ExitCode(_) => {
            scripts >= WENT_ON && output > GATE || before.title.optional && output > WORK
        }
        Says::Something => before.title.optional && output > WORK,
        Says::Shutdown | Says::TimedOut | Says::Canceled => false,
    }
}

/// Whether a script that failed is rather what ended the job than one that failed before it: it builds or tests, and the other one only
/// looked at something.
fn outweighs(title: Title, before: &Failed, output: u64) -> bool {
    let failed = matches!(before.says, Says::ExitCode(_));
    failed && title.works && before.title.looks && output > GATE
}

/// Whether the title of a group tells that an action puts things in order there: `Restore git configuration`.
fn tidies(title: &str) -> bool {
    let first = title.split(|c: char| !c.is_ascii_alphabetic()).next();
    first.is_some_and(|word| TIDIES.contains(&word.to_ascii_lowercase().as_str()))
}

/// The runner's message about a summary that is too long; the step continues (actions/runner,
/// FileCommandManager.cs).
const SUMMARY: &str = "$GITHUB_STEP_SUMMARY upload aborted";

/// The message of an error as the log has it, or as the web page shows the one that closes a step.
fn error_message(text: &str) -> Option<&str> {
    text.strip_prefix("##[error]")
        .or_else(|| shown_on_page(text))
        .filter(|message| !message.starts_with(SUMMARY))
}

/// Whether an action threw this, or failed to run something (`ReferenceError: x`, `The process '/usr/bin/npx'
/// failed with exit code 1`, `google-github-actions/deploy-cloudrun failed with: …`).
fn is_thrown(message: &str) -> bool {
    let thrown = message.split_once(": ").is_some_and(|(kind, _)| {
        let named = kind.ends_with("Error") || kind.ends_with("Exception");
        named && kind.bytes().all(|b| b.is_ascii_alphanumeric())
    });
    let ran = message.starts_with("The process '") && message.contains("' failed with exit code ");
    let named = message.split_once(" failed with: ");
    let named = named.is_some_and(|(name, _)| name.contains('/') && !name.contains([' ', ':']));
    thrown || ran || named
}

/// Whether a message begins with a place in a source, as those do that the runner's problem matchers find in the output of a compiler or a
/// linter (`src/a.ts(3,5): error …`, `main.go:3:1: …`, `  3:5  error  …`).
fn names_place(message: &str) -> bool {
    let number = |text: &str| text.bytes().take_while(u8::is_ascii_digit).count();
    // `3:5` or `3,5`
    let pair = |text: &str| {
        let line = number(text);
        let rest = text[line..].strip_prefix([':', ',']);
        line > 0 && rest.is_some_and(|rest| number(rest) > 0)
    };
    let word = message.split_whitespace().next().unwrap_or_default();
    let of_file = |(at, _): (usize, &str)| {
        let file = word[..at].ends_with(|c: char| c.is_ascii_alphabetic());
        file && pair(&word[at + 1..])
    };
    pair(word) || word.match_indices([':', '(']).any(of_file)
}

/// Whether this title is the program with which a self-hosted runner starts a step in its container
/// (`'/home/runner/k8s/index.js'`). It appears below the step's own title.
fn is_hook(title: &str) -> bool {
    title.starts_with("'/") && title.ends_with(".js'") && !title.contains(' ')
}

/// Whether an action prepares a job. Such steps are never told to run always.
fn sets_up(action: &str) -> bool {
    const WORDS: &[&str] = &[
        "checkout",
        "cache",
        "login-action",
        "configure-aws-credentials",
        "auth",
    ];
    let name = action.split('@').next().unwrap_or(action);
    let name = name.split('/').nth(1).unwrap_or(name);
    name.starts_with("setup-") || WORDS.contains(&name)
}

#[cfg(test)]
mod tests;
