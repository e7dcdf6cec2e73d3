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
                let script = cut::shortened(command, MAX_TEXT).to_lowercase();
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
                    && matches!((before.says, says), (Says::ExitCode(_), Says::ExitCode(_)))
                    && (self.since >= WENT_ON && line.saturating_sub(self.output) > GATE
                        || before.optional && line.saturating_sub(self.output) > WORK) =>
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

/// The message of an error: as the log has it, or as the web page shows it where it closes a step.
fn error_message(text: &str) -> Option<&str> {
    text.strip_prefix("##[error]")
        .or_else(|| shown_on_page(text))
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
mod tests {
    use super::*;

    /// Runs lines through; `Post` and titles count spans as the frame does.
    fn ending(log: &str) -> (Option<(Outcome, Option<i64>)>, Option<u64>) {
        let mut github = Github::default();
        let mut span = 0;
        for (k, text) in log.lines().enumerate() {
            let change = github.read(text, k as u64 + 1, span);
            span += u32::from(change.step.is_some());
        }
        let ending = github.ending();
        let line = ending.as_ref().and_then(|(_, _, v)| Some(v.as_ref()?.line));
        (ending.map(|(outcome, code, _)| (outcome, code)), line)
    }

    const POST: &str = "Post job cleanup.\nCleaning up orphan processes\n";

    #[test]
    fn the_first_script_that_fails_fails_the_job() {
        let log = format!(
            "##[group]Run make\n##[endgroup]\n##[error]Process completed with exit code 2.\n\
             ##[group]Run cat app.log\n##[endgroup]\n##[error]Process completed with exit code 1.\n{POST}"
        );
        assert_eq!(ending(&log), (Some((Outcome::Failed, Some(2))), Some(3)));
    }

    #[test]
    fn a_failure_before_further_setup_was_tolerated() {
        let lint = "##[group]Run npm run lint\n##[endgroup]\n##[error]Process completed with exit code 1.\n\
             ##[group]Run actions/setup-go@v5\n##[endgroup]\n";
        let passes = format!("{lint}{POST}");
        assert_eq!(ending(&passes).0, Some((Outcome::Succeeded, None)));
        let fails = format!(
            "{lint}##[group]Run go test\n##[endgroup]\n##[error]Process completed with exit code 3.\n{POST}"
        );
        assert_eq!(ending(&fails), (Some((Outcome::Failed, Some(3))), Some(8)));
    }

    #[test]
    fn of_two_scripts_that_fail_the_second_counts_behind_a_mere_check() {
        let log = |first: &str, second: &str, lines: usize| {
            let work = "ok\n".repeat(lines);
            ending(&format!(
                "##[group]Run {first}\n##[endgroup]\n##[error]Process completed with exit code 1.\n\
                 ##[group]Run {second}\n##[endgroup]\n{work}##[error]Process completed with exit code 2.\n{POST}"
            ))
        };
        let second = (Some((Outcome::Failed, Some(2))), Some(56));
        assert_eq!(log("npm audit", "make test", 50), second);
        let first = (Some((Outcome::Failed, Some(1))), Some(3));
        assert_eq!(log("npm audit", "make test", 5), first);
        assert_eq!(log("make", "make test", 50), first);
        assert_eq!(log("npm audit", "docker compose logs", 50), first);
    }

    #[test]
    fn a_step_behind_which_many_ran_was_tolerated() {
        let log = |between: usize, last: &str, lines: usize| {
            let work = "ok\n".repeat(lines);
            let between = "##[group]Run ./next\n##[endgroup]\n".repeat(between);
            ending(&format!(
                "##[group]Run ./first\n##[endgroup]\n##[error]Process completed with exit code 1.\n{between}\
                 ##[group]Run {last}\n##[endgroup]\n{work}##[error]Process completed with exit code 2.\n{POST}"
            ))
        };
        assert_eq!(log(3, "./last", 9).0, Some((Outcome::Failed, Some(2))));
        assert_eq!(log(2, "./last", 9).0, Some((Outcome::Failed, Some(1))));
        assert_eq!(log(3, "cat app.log", 9).0, Some((Outcome::Failed, Some(1))));
        assert_eq!(log(3, "exit 1", 1).0, Some((Outcome::Failed, Some(1))));
    }

    #[test]
    fn of_a_container_the_log_does_not_tell_how_it_ended() {
        let action = "##[group]Run org/check@v1\n##[endgroup]\n\
             ##[command]/usr/bin/docker run --name a1 --label b2 image\n[ERROR] no\n";
        assert_eq!(ending(&format!("{action}{POST}")).0, None);
        // Had it failed, no further step would have run.
        let goes_on = format!("{action}##[group]Run make\n##[endgroup]\nok\n{POST}");
        assert_eq!(ending(&goes_on).0, Some((Outcome::Succeeded, None)));
        let reports = format!("{action}##[error]no\n{POST}");
        assert_eq!(ending(&reports).0, Some((Outcome::Failed, None)));
        let script = "##[group]Run ./test\n##[endgroup]\n/usr/bin/docker run --name a1 image\n";
        assert_eq!(
            ending(&format!("{script}{POST}")).0,
            Some((Outcome::Succeeded, None))
        );
    }

    #[test]
    fn an_action_fails_by_its_closing_error() {
        let log = format!(
            "##[group]Run golangci/golangci-lint-action@v6\n##[endgroup]\n\
             ##[error]main.go:3:1: ineffectual assignment\n##[error]issues found\n\
             ##[group]Run actions/upload-artifact@v4\n##[endgroup]\n##[error]No files were found\n{POST}"
        );
        assert_eq!(ending(&log), (Some((Outcome::Failed, None)), Some(4)));
    }

    #[test]
    fn the_last_action_may_close_with_an_error_of_several_lines() {
        let log = |lines: usize| {
            let trace = "    at run (file:///a/index.js:12:1)\n".repeat(lines);
            ending(&format!(
                "##[group]Run org/setup@v1\n##[endgroup]\n##[error]ReferenceError: name is not defined\n{trace}{POST}"
            ))
        };
        assert_eq!(log(4), (Some((Outcome::Failed, None)), Some(3)));
        assert_eq!(log(20).0, Some((Outcome::Succeeded, None)));
        // An annotation, and what the action has to say besides.
        let annotated = format!(
            "##[group]Run org/report@v1\n##[endgroup]\n##[error]3 findings in src/a.ts\na\nb\nc\nd\ne\n{POST}"
        );
        assert_eq!(ending(&annotated).0, Some((Outcome::Succeeded, None)));
    }

    #[test]
    fn with_debug_logging_an_action_says_its_exit_code() {
        let log = |code: u8| {
            let more = "##[debug]Loading env\n".repeat(20);
            ending(&format!(
                "##[group]Run actions/deploy-pages@v4\n##[endgroup]\n##[error]Error: Multiple artifacts named \"x\"\n\
                 ##[debug]Node Action run completed with exit code {code}\n{more}{POST}"
            ))
        };
        assert_eq!(log(1), (Some((Outcome::Failed, None)), Some(3)));
        assert_eq!(log(0).0, Some((Outcome::Succeeded, None)));
    }

    #[test]
    fn an_annotation_is_no_failure() {
        let script = format!(
            "##[group]Run make\n##[endgroup]\n##[error]src/a.c:1: warning as error\n\
             a\nb\nc\nd\ne\n##[group]Run make test\n##[endgroup]\nok\n{POST}"
        );
        assert_eq!(ending(&script).0, Some((Outcome::Succeeded, None)));
        let action = format!(
            "##[group]Run org/report@v1\n##[endgroup]\n##[error]3 findings\n\
             a\nb\nc\nd\ne\n##[group]Run make test\n##[endgroup]\nok\n{POST}"
        );
        assert_eq!(ending(&action).0, Some((Outcome::Succeeded, None)));
    }

    #[test]
    fn the_runner_stops_scripts_without_an_exit_code() {
        let log =
            format!("##[group]Run make\n##[endgroup]\n##[error]No space left on device\n{POST}");
        assert_eq!(ending(&log), (Some((Outcome::Failed, None)), Some(3)));
    }

    #[test]
    fn canceled_and_timed_out_are_told_apart() {
        let head = "##[group]Run make\n##[endgroup]\n";
        let says = |lines: &str| ending(&format!("{head}{lines}{POST}")).0;
        let canceled = "##[error]The operation was canceled.\n";
        let limit = "##[error]The job running on runner GitHub Actions 2 has exceeded the maximum execution time of 10 minutes.\n";
        let step = "##[error]The action 'Test' has timed out after 30 minutes.\n";
        let killed = "##[error]Process completed with exit code 143.\n";
        let shutdown = "##[error]The runner has received a shutdown signal. This can happen when the runner service is stopped.\n";
        assert_eq!(says(canceled), Some((Outcome::Canceled, None)));
        assert_eq!(
            says(&format!("{limit}{canceled}")),
            Some((Outcome::TimedOut, None))
        );
        assert_eq!(
            says(&format!("{canceled}{limit}")),
            Some((Outcome::TimedOut, None))
        );
        assert_eq!(says(step), Some((Outcome::TimedOut, None)));
        assert_eq!(
            says(&format!("{killed}{canceled}")),
            Some((Outcome::Canceled, None))
        );
        assert_eq!(
            says(&format!("{shutdown}{killed}")),
            Some((Outcome::Failed, Some(143)))
        );
        assert_eq!(
            says(&format!("{killed}{shutdown}{canceled}")),
            Some((Outcome::Failed, Some(143)))
        );
        // Somebody canceled what ran behind the failure.
        let failed =
            "##[error]Process completed with exit code 1.\n##[group]Run sleep 99\n##[endgroup]\n";
        assert_eq!(
            says(&format!("{failed}{canceled}")),
            Some((Outcome::Failed, Some(1)))
        );
    }

    #[test]
    fn inner_steps_of_a_composite_action_say_how_they_ended() {
        let log = |conclusion: &str| {
            ending(&format!(
                "##[group]Run ./.github/actions/test\n##[endgroup]\n##[error]Process completed with exit code 1.\n\
                 ##[end-action id=t.__run;outcome=failure;conclusion={conclusion};duration_ms=3]\n{POST}"
            ))
            .0
        };
        assert_eq!(log("success"), Some((Outcome::Succeeded, None)));
        assert_eq!(log("failure"), Some((Outcome::Failed, Some(1))));
    }

    #[test]
    fn a_log_that_stops_tells_only_what_it_has_seen() {
        assert_eq!(
            ending("##[group]Run make\n##[endgroup]\ncc -c a.c\n").0,
            None
        );
        let seen = ending("##[group]Run make\n##[endgroup]\n##[error]no such file\n");
        assert_eq!(seen, (Some((Outcome::Failed, None)), Some(3)));
    }

    #[test]
    fn an_error_of_the_clean_up_counts_where_nothing_else_failed() {
        let log = "##[group]Run make\n##[endgroup]\nok\nPost job cleanup.\n##[error]cannot save\nCleaning up orphan processes\n";
        assert_eq!(ending(log), (Some((Outcome::Failed, None)), Some(5)));
    }

    #[test]
    fn actions_are_told_from_scripts() {
        for action in [
            "actions/checkout@v4",
            "a/b/c@main",
            "./.github/actions/x",
            "docker://alpine:3",
        ] {
            assert!(is_action(action), "{action}");
        }
        for script in [
            "npm test",
            "./gradlew",
            "make",
            "curl a@b",
            "docker/build.sh",
            "ssh user/x@host y",
        ] {
            assert!(!is_action(script), "{script}");
        }
        assert!(sets_up("actions/setup-go@v5") && sets_up("docker/login-action@v3"));
        assert!(!sets_up("actions/upload-artifact@v4") && !sets_up("setup/report@v1"));
    }

    #[test]
    fn what_starts_a_step_in_its_container_is_no_step() {
        let mut github = Github::default();
        let script = github.read("##[group]Run make test", 1, 0);
        assert_eq!(script.command, Some("make test"));
        github.read("##[endgroup]", 2, 0);
        let hook = github.read("##[group]Run '/home/runner/k8s/index.js'", 3, 0);
        assert_eq!(hook, Change::default());
        assert!(github.in_header());
    }

    #[test]
    fn the_columns_of_gh_open_steps_once() {
        let mut github = Github::default();
        assert_eq!(github.column("Run make", 1), Some(Step::Titled("Run make")));
        assert_eq!(github.column("Run make", 2), None);
        assert_eq!(github.column("UNKNOWN STEP", 3), None);
        assert_eq!(
            github.column("Post Run actions/checkout@v4", 4),
            Some(Step::Post)
        );
    }
}
