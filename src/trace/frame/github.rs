//! What the lines of a GitHub Actions log tell: steps, the source of their scripts, and which step failed the job.
//!
//! The log has no verdict of the job. A `run` step that fails says `##[error]Process completed with exit code N.`; an action
//! that fails ends in the `##[error]` it reports; an `##[error]` with more output behind it was an annotation. Steps behind the
//! failing one ran because they were asked to run always, unless they could not have been: nobody sets up a job that failed.

use super::super::header::{is_action, shown_on_page};
use super::super::verdict::Github as Says;
use super::super::{cut, verdict};
use crate::model::{Outcome, Verdict};

/// An action reports its error last; only so many lines may follow.
const CLOSING: u64 = 3;
/// The same where the job cleans up right behind what was thrown: a message, or a trace, of several lines.
const CLOSING_JOB: u64 = 12;
/// So many lines of output, and a script that fails as well is no report on the one that failed before it.
const WORK: u64 = 30;
/// Where so many scripts ran behind a step that failed, the last of which failed as well, the first was told to go on.
const WENT_ON: u32 = 4;
/// A gate at the end of a job prints no more lines than that.
const GATE: u64 = 4;
/// What checks are called that are told to go on when they fail.
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
/// What steps do that run always: they tell of what failed.
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
/// The same, as words of their own: not `docker login`.
const TELLING_WORDS: &[&str] = &["log", "logs", "print", "report", "reports", "show"];
/// How the runner starts the container of an action (ContainerActionHandler, DockerCommandManager).
const CONTAINER: &str = "/docker run --name ";
/// Longest text of a verdict that is kept, in bytes.
const MAX_TEXT: usize = 2000;

/// Groups of the runner itself, while it sets a job up.
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
    /// The step as `gh` names it before every line.
    column: Option<String>,
    kind: Kind,
    in_header: bool,
    in_post: bool,
    /// Something has passed that only GitHub's runner prints.
    own: bool,
    /// The runner has cleaned up: nothing is missing at the end.
    complete: bool,
    /// The last error of this step that names no exit code.
    error: Option<Failed>,
    failed: Option<Failed>,
    /// The step that is running is the one that failed.
    failed_here: bool,
    /// Where the output of the step begins.
    output: u64,
    /// By the first line of its script it is a check that may be told to go on, or tells of what failed.
    optional: bool,
    tells: bool,
    /// Scripts that began behind the step that failed, those not counted that tell of it.
    since: u32,
    /// The last step before the clean-up ran in a container: had it failed, the log would not say so.
    unsaid: bool,
}

/// What runs in a step.
#[derive(Debug, Default, Clone, Copy, PartialEq, Eq)]
enum Kind {
    /// Its header was not seen.
    #[default]
    Unknown,
    /// A script: it ends in an exit code.
    Script,
    /// An action: it ends as it likes.
    Action,
    /// An action that runs in a container of its own: of its exit code the log tells nothing.
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
    /// The step is a check that may be told to go on.
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
    /// Under that title.
    Titled(&'t str),
    /// The runner's clean-up behind all steps.
    Post,
}

impl Github {
    /// Do the lines here repeat the source of a step?
    pub(super) fn in_header(&self) -> bool {
        self.in_header
    }

    /// Is it GitHub for sure, and not only by marks that others use as well? A script on Azure Pipelines may open a group `Run …`.
    pub(super) fn is_own(&self) -> bool {
        self.own || self.column.is_some() || self.in_post
    }

    /// The span of the step that failed the job, as far as is known.
    pub(super) fn failed_span(&self) -> Option<u32> {
        self.failed.as_ref().map(|f| f.span)
    }

    /// The span that holds what failed, once everything has passed.
    pub(super) fn failing_span(&self) -> Option<u32> {
        self.failed.as_ref().or(self.error.as_ref()).map(|f| f.span)
    }

    /// How the job ended; `None` where the log does not tell.
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

    /// The step that `gh` names before a line; returns it where it is a new one.
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

    /// A step begins, so the one before has ended, and how it ended shows now.
    fn begin(&mut self, kind: Kind, post: bool, line: u64) {
        if let Some(error) = self.error.take()
            && self.failed.is_none()
        {
            let action = matches!(self.kind, Kind::Action | Kind::Container);
            let last = post && action && !self.in_post && is_thrown(&error.text);
            let most = if last { CLOSING_JOB } else { CLOSING };
            let closing = line.saturating_sub(error.line) <= most;
            // A script that fails names its exit code, unless the runner itself stops it.
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
            // Of several last words of one step, one tells why there are others.
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
            // A step that was tolerated (`continue-on-error`), and then the one that ended the job.
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
            }
            Some(_) => {}
        }
    }

    /// `id=…;outcome=failure;conclusion=success;…`: a step inside of a composite action has ended.
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

    /// The step failed: by the last error that it reported.
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

    /// The failure so far did not end the job (`continue-on-error`).
    fn tolerate(&mut self) {
        let tolerable = |f: &Failed| matches!(f.says, Says::ExitCode(_) | Says::Something);
        if self.failed.as_ref().is_some_and(tolerable) {
            self.failed = None;
            self.failed_here = false;
        }
    }
}

/// Was the job told to go on behind that failure? So many scripts began behind it, the last of which failed as well, after so many
/// lines of output. An action that checks fails by the error it reports.
fn tolerated(before: &Failed, scripts: u32, output: u64) -> bool {
    match before.says {
        Says::ExitCode(_) => {
            scripts >= WENT_ON && output > GATE || before.optional && output > WORK
        }
        Says::Something => before.optional && output > WORK,
        Says::Shutdown | Says::TimedOut | Says::Canceled => false,
    }
}

/// The words of a script in small letters, but its options: `--cov-report` is no report.
fn without_options(script: &str) -> String {
    let words = script
        .split_whitespace()
        .filter(|word| !word.starts_with('-'));
    words.collect::<Vec<_>>().join(" ").to_lowercase()
}

/// What the runner says of a summary that is too long: the step goes on (actions/runner, FileCommandManager.cs).
const SUMMARY: &str = "$GITHUB_STEP_SUMMARY upload aborted";

/// The message of an error: as the log has it, or as the web page shows it where it closes a step.
fn error_message(text: &str) -> Option<&str> {
    text.strip_prefix("##[error]")
        .or_else(|| shown_on_page(text))
        .filter(|message| !message.starts_with(SUMMARY))
}

/// Does the runner start the container of an action there? Its web page shows the mark of a command as nothing.
fn starts_container(text: &str) -> bool {
    let command = text.strip_prefix("##[command]").unwrap_or(text);
    let folder = command.split_once(CONTAINER).map(|(folder, _)| folder);
    folder.is_some_and(|folder| folder.starts_with('/') && !folder.contains(' '))
}

/// Is that what an action threw, or could not run (`ReferenceError: x`, `The process '/usr/bin/npx' failed with exit code 1`)?
fn is_thrown(message: &str) -> bool {
    let thrown = message.split_once(": ").is_some_and(|(kind, _)| {
        let named = kind.ends_with("Error") || kind.ends_with("Exception");
        named && kind.bytes().all(|b| b.is_ascii_alphanumeric())
    });
    let ran = message.starts_with("The process '") && message.contains("' failed with exit code ");
    thrown || ran
}

/// `Node Action run completed with exit code 1`, where the job runs with debug logging (`ActionRunner` of the runner).
fn action_failed(message: &str) -> bool {
    const SAYS: &str = " Action run completed with exit code ";
    let code = message.split_once(SAYS).map(|(_, code)| code.trim());
    code.is_some_and(|code| code.parse::<u8>().is_ok_and(|code| code != 0))
}

/// Is that the program through which a self-hosted runner starts a step in its container (`'/home/runner/k8s/index.js'`)?
/// It is announced behind the step itself.
fn is_hook(title: &str) -> bool {
    title.starts_with("'/") && title.ends_with(".js'") && !title.contains(' ')
}

/// Does that action make a job ready? No such step is told to run always.
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
