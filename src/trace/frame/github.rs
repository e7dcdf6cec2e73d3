//! Follows the steps of a GitHub Actions log: where they begin, which lines repeat their source, and which
//! step failed the job.
//!
//! The log has no verdict on the job. A failed `run` step prints `##[error]Process completed with exit code
//! N.`; a failed action ends with the `##[error]` it reports; an `##[error]` with more output behind it was
//! an annotation. Steps behind the failing one ran because they run always, except for steps that set
//! something up: those never run after a failure.

use std::ops::RangeInclusive;

use super::super::header::{is_action, shown_on_page};
use super::super::verdict::Github as Says;
use super::super::{cut, verdict};
use crate::model::{Outcome, Verdict};

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
/// Words in the titles of checks that are often allowed to fail.
const OPTIONAL: &[&str] = &[
    "audit",
    "bandit",
    "clippy",
    "coverage",
    "deny",
    "eslint",
    "fmt",
    "format",
    "lint",
    "mypy",
    "outdated",
    "prettier",
    "safety",
    "scan",
    "security",
    "snyk",
    "spell",
    "style",
    "type-check",
    "typecheck",
];
/// Words for steps that run always and report on what failed.
const TELLING: &[&str] = &[
    "artifact",
    "cat ",
    "collect",
    "debug",
    "describe",
    "docker ps",
    "dump",
    "events",
    "journalctl",
    "notify",
    "summary",
    "upload",
];
/// The same, but as whole words: `docker login` is no `log`.
const TELLING_WORDS: &[&str] = &["log", "logs", "print", "report", "reports", "show"];
/// How the runner starts the container of an action (ContainerActionHandler, DockerCommandManager).
const CONTAINER: &str = "/docker run --name ";
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
    failed: Option<Failed>,
    /// The running step is the one that failed.
    failed_here: bool,
    /// Lines of a later script that failed as well. Whether it ran although the job had failed, or the earlier failure was
    /// tolerated, the log does not tell.
    besides: Option<RangeInclusive<u64>>,
    /// Where the output of the step begins.
    output: u64,
    /// By the first line of its script, the step is a check that is often allowed to fail (`optional`), or
    /// reports on a failure (`tells`).
    optional: bool,
    tells: bool,
    /// Scripts that began after the failed step, except those that report on it.
    since: u32,
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
    line: u64,
    says: Says,
    code: Option<i64>,
    text: String,
    /// The step is a check that is often allowed to fail.
    optional: bool,
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

    /// Lines of a later script that failed too.
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
                    self.kind = kind;
                }
                if is_action(command) && sets_up(command) {
                    self.tolerate();
                }
                self.in_header = true;
                let script = without_options(&cut::shortened(command, MAX_TEXT));
                let mut words = script.split(|c: char| !c.is_ascii_alphanumeric());
                let says = words.any(|word| TELLING_WORDS.contains(&word));
                let holds = |words: &[&str]| words.iter().any(|word| script.contains(word));
                (self.optional, self.tells) = (holds(OPTIONAL), says || holds(TELLING));
                self.since += u32::from(kind == Kind::Script && !self.tells);
                change.command = Some(command);
            }
        } else if text.starts_with("##[endgroup]") {
            if std::mem::take(&mut self.in_header) {
                self.output = line;
            }
        } else if starts_container(text) && self.kind != Kind::Script && !self.in_post {
            self.kind = Kind::Container;
        } else if let Some(message) = error_message(text) {
            // A copy of a log may have lost the end of the group.
            self.in_header = false;
            self.error(message, line, span);
        } else if let Some(result) = text.strip_prefix("##[end-action ") {
            self.own = true;
            self.inner_step_ended(result);
        } else if text.strip_prefix("##[debug]").is_some_and(action_failed) {
            self.fail_by_error();
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
        if let Some(error) = self.error.take()
            && self.failed.is_none()
        {
            let action = matches!(self.kind, Kind::Action | Kind::Container);
            let last = post && action && !self.in_post && is_thrown(&error.text);
            let most = if last { CLOSING_JOB } else { CLOSING };
            let closing = line.saturating_sub(error.line) <= most;
            // A failed script names its exit code, unless the runner itself stopped it.
            if closing && (self.kind != Kind::Script || post) {
                self.failed = Some(error);
            }
        }
        if post && !self.in_post {
            self.unsaid = self.kind == Kind::Container;
        }
        self.kind = kind;
        (self.optional, self.tells) = (false, false);
        self.output = line;
        self.in_header = false;
        self.in_post = post;
        self.failed_here = false;
    }

    fn error(&mut self, message: &str, line: u64, span: u32) {
        let says = verdict::github_says(message);
        self.own |= matches!(says, Says::ExitCode(_));
        let failed = Failed {
            span,
            line,
            says,
            code: match says {
                Says::ExitCode(code) => Some(code),
                _ => None,
            },
            text: cut::shortened(message, MAX_TEXT).into_owned(),
            optional: self.optional,
        };
        match &mut self.failed {
            None if says == Says::Something => self.error = Some(failed),
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
            // The earlier step was tolerated (`continue-on-error`); this one ended the job.
            Some(before)
                if !self.failed_here
                    && self.kind == Kind::Script
                    && !self.tells
                    && matches!(says, Says::ExitCode(_))
                    && tolerated(before, self.since, line.saturating_sub(self.output)) =>
            {
                *before = failed;
                self.failed_here = true;
                self.since = 0;
                self.besides = None;
            }
            Some(_)
                if !self.failed_here
                    && self.kind == Kind::Script
                    && !self.tells
                    && matches!(says, Says::ExitCode(_)) =>
            {
                self.besides.get_or_insert(self.output..=line);
            }
            Some(_) => {}
        }
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
            scripts >= WENT_ON && output > GATE || before.optional && output > WORK
        }
        Says::Something => before.optional && output > WORK,
        Says::Shutdown | Says::TimedOut | Says::Canceled => false,
    }
}

/// The words of a script in lower case, without its options: `--cov-report` is no report.
fn without_options(script: &str) -> String {
    let words = script
        .split_whitespace()
        .filter(|word| !word.starts_with('-'));
    words.collect::<Vec<_>>().join(" ").to_lowercase()
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

/// Whether the runner starts the container of an action here. Its web page drops the mark `##[command]`.
fn starts_container(text: &str) -> bool {
    let command = text.strip_prefix("##[command]").unwrap_or(text);
    let folder = command.split_once(CONTAINER).map(|(folder, _)| folder);
    folder.is_some_and(|folder| folder.starts_with('/') && !folder.contains(' '))
}

/// Whether an action threw this, or failed to run something (`ReferenceError: x`, `The process '/usr/bin/npx'
/// failed with exit code 1`).
fn is_thrown(message: &str) -> bool {
    let thrown = message.split_once(": ").is_some_and(|(kind, _)| {
        let named = kind.ends_with("Error") || kind.ends_with("Exception");
        named && kind.bytes().all(|b| b.is_ascii_alphanumeric())
    });
    let ran = message.starts_with("The process '") && message.contains("' failed with exit code ");
    thrown || ran
}

/// Whether debug logging says that an action failed: `Node Action run completed with exit code 1` (the runner's
/// `ActionRunner`).
fn action_failed(message: &str) -> bool {
    const SAYS: &str = " Action run completed with exit code ";
    let code = message.split_once(SAYS).map(|(_, code)| code.trim());
    code.is_some_and(|code| code.parse::<u8>().is_ok_and(|code| code != 0))
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
