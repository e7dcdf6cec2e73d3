//! Follows the closing lines of other systems ([`foreign`]).

use super::super::foreign::travis::{self, Fold, Timed};
use super::super::foreign::{self, Act, Closing, Reach, codebuild};
use super::super::line::Line;
use super::stages::name_of;
use super::verdicts;
use crate::model::{Dialect, Outcome, Verdict};

/// Lines that may follow another system's closing line of success.
const AT_END: u64 = 20;

/// Phases of AWS CodeBuild after which the log shows no more failures.
const LAST_PHASES: &[&str] = &["POST_BUILD", "UPLOAD_ARTIFACTS", "FINALIZING", "COMPLETED"];

/// How the names of Azure tasks begin that usually run after a failure too.
const RUNS_ALWAYS: &[&str] = &[
    "Archive", "Checkout", "Clean", "Collect", "Copy", "Finalize", "Post-job", "Publish", "Report",
    "Stop", "Upload",
];

/// What the closing lines have said so far.
#[derive(Debug, Default)]
pub(super) struct Others {
    /// The log is of Azure Pipelines, whose marks look like GitHub's.
    azure: bool,
    /// The last error of the running Azure task.
    error: Option<(u32, Verdict)>,
    /// The error of the first Azure task that ended with one and named no code.
    reported: Option<(u32, Verdict)>,
    travis: Travis,
    /// The first command that failed, and its span.
    failed: Option<(u32, Verdict, Closing)>,
    /// The span in which the job ran out of time.
    stalled: Option<u32>,
    /// What was said about the job.
    job: Option<(Verdict, Closing)>,
    last: Option<(Verdict, Closing)>,
    act: Jobs,
    /// The system whose line came first that only one writes.
    signed: Option<Dialect>,
}

/// The folds of Travis CI.
#[derive(Debug, Default)]
struct Travis {
    /// The log has folds.
    seen: bool,
    /// The open fold.
    open: Option<String>,
    /// The number of the running command. A command may itself time others and fold their output.
    runs: Option<String>,
    /// The line where the last command began, and its number.
    started: Option<(u64, String)>,
    /// The span of the last fold in which `R CMD check` ran.
    checked: Option<u32>,
}

/// Folds that only Travis CI itself begins, so no command is running.
const OWN_FOLDS: &[&str] = &["after_failure", "after_success", "after_script"];

impl Travis {
    /// Reads a line; `None` if it is no mark. Folds that a running command prints are output.
    fn read<'t>(&mut self, text: &'t str, line: u64, span: u32) -> Option<Change<'t>> {
        // The mark may follow output without a line feed.
        if let Some(runs) = &self.runs
            && let Some(at) = text.rfind("travis_time:end:")
            && let Some(Timed::End(number)) = travis::timed(&text[at..])
            && runs == name_of(number)
        {
            self.runs = None;
        }
        if let Some(edge) = travis::timed(text) {
            if let Timed::Start(number) = edge {
                let number = name_of(number).to_owned();
                self.started = Some((line, number.clone()));
                self.runs.get_or_insert(number);
            }
            return Some(Change::Nothing);
        }
        Some(match travis::fold(text)? {
            Fold::Start(name) if self.runs.is_none() || OWN_FOLDS.contains(&name) => {
                self.runs = None;
                self.seen = true;
                self.open = Some(name_of(name).to_owned());
                Change::Step(name)
            }
            Fold::End(name) if self.open.as_deref() == Some(name_of(name)) => {
                (self.open, self.runs) = (None, None);
                if name == travis::R_CHECK {
                    self.checked = Some(span);
                }
                Change::StepEnds
            }
            Fold::Start(_) | Fold::End(_) => Change::Nothing,
        })
    }

    /// Whether what looks like an echoed command is output of the running one. Travis CI echoes a command on
    /// the line of its start mark, or on the next line if the log lost the carriage return between them.
    fn prints(&mut self, line: u64) -> bool {
        if let Some((at, number)) = &self.started {
            let outermost = self.runs.as_ref() == Some(number);
            if line == *at || outermost && line == at + 1 {
                self.runs = Some(number.clone());
                return false;
            }
        }
        self.runs.is_some()
    }
}

/// The jobs of act.
#[derive(Debug, Default)]
struct Jobs {
    /// The first job that spoke.
    name: Option<String>,
    /// Several jobs spoke. Their lines are interleaved, and a step of one says nothing about the others.
    several: bool,
    /// The step that fails next was allowed to.
    goes_on: bool,
}

/// What a line changes in the frame.
#[derive(Debug, PartialEq, Eq)]
pub(super) enum Change<'t> {
    /// Nothing.
    Nothing,
    /// A command is echoed.
    Echo(&'t str),
    /// A step of that name begins.
    Step(&'t str),
    /// The following lines belong to no step.
    StepEnds,
}

/// How such a log ends.
#[derive(Debug)]
pub(super) struct Ending {
    pub(super) outcome: Outcome,
    pub(super) exit_code: Option<i64>,
    pub(super) verdict: Option<Verdict>,
}

impl Others {
    /// Records that the marks are those of Azure Pipelines.
    pub(super) fn set_azure(&mut self) {
        self.azure = true;
    }

    /// Whether the marks are those of Azure Pipelines.
    pub(super) fn azure(&self) -> bool {
        self.azure
    }

    /// Whether the log has folds of Travis CI.
    pub(super) fn travis(&self) -> bool {
        self.travis.seen
    }

    /// Whose log it is. Marks around every step are surer than a line, and the final word on the job is surer than a
    /// line that a tool may have printed.
    pub(super) fn dialect(&self) -> Dialect {
        if self.azure {
            return Dialect::Azure;
        }
        if self.travis.seen {
            return Dialect::Travis;
        }
        if self.act.name.is_some() {
            return Dialect::Act;
        }
        let last = self.last.as_ref().map(|(_, closing)| closing.by);
        let last = last.filter(|by| *by != Dialect::Plain);
        last.or(self.signed).unwrap_or_default()
    }

    /// Whether what looks like an echoed command is output of another.
    pub(super) fn prints(&mut self, line: u64) -> bool {
        self.travis.prints(line)
    }

    /// Whether several jobs speak in turn.
    pub(super) fn several_jobs(&self) -> bool {
        self.act.several
    }

    /// The span of the first command that failed, or of the one that ran out of time.
    pub(super) fn failed_span(&self) -> Option<u32> {
        let failed = self.failed.as_ref().map(|(span, ..)| *span);
        let reported = || self.reported.as_ref().map(|(span, _)| *span);
        failed.or(self.stalled).or_else(reported)
    }

    /// Reads a line in `span`. `next` is the line below it, if it is at hand.
    pub(super) fn read<'t>(
        &mut self,
        text: &'t str,
        next: Option<&[u8]>,
        line: u64,
        span: u32,
    ) -> Change<'t> {
        if let Some((job, says)) = foreign::act(text) {
            return self.act_line(job, says, text, next, line, span);
        }
        if let Some(says) = codebuild::says(text) {
            self.signed.get_or_insert(Dialect::Codebuild);
            return self.codebuild_line(says, text, line, span);
        }
        // In an excerpt only the last line shows that it is Azure's.
        if text.starts_with(foreign::ERROR) {
            self.error = Some((span, verdicts::of_line(text, line, false)));
        }
        if let Some(task) = foreign::azure_task(text) {
            self.end_task();
            return task.map_or(Change::StepEnds, |name| {
                self.begin_task(name);
                Change::Step(name)
            });
        }
        if let Some(change) = self.travis.read(text, line, span) {
            return change;
        }
        if let Some(checked) = self.travis.checked
            && travis::R_CHECK_FAILED.contains(&text.trim_end())
        {
            let closing = Closing::new(Outcome::Failed, None, Reach::Command);
            return self.close(closing, text, line, checked);
        }
        if travis::has_ended(text) {
            self.travis.runs = None;
        }
        match foreign::closing(text) {
            Some(closing) => {
                if closing.by != Dialect::Plain {
                    self.signed.get_or_insert(closing.by);
                }
                self.close(closing, text, line, span)
            }
            None => {
                self.signed = self.signed.or_else(|| foreign::sign(text));
                Change::Nothing
            }
        }
    }

    /// Ends an Azure task. A task that is no script names no code, so its errors show that it failed, unless
    /// another task is known to have failed or later tasks show that the job continued.
    fn end_task(&mut self) {
        if let Some(error) = self.error.take() {
            self.reported.get_or_insert(error);
        }
    }

    /// Begins an Azure task. It only runs if the one before did not fail the job, unless its name is one that
    /// runs always.
    fn begin_task(&mut self, name: &str) {
        if !RUNS_ALWAYS.iter().any(|begin| name.starts_with(begin)) {
            self.reported = None;
        }
    }

    /// Reads what AWS CodeBuild says about a build. `POST_BUILD` runs whatever the result of `BUILD`.
    fn codebuild_line<'t>(
        &mut self,
        says: codebuild::Says<'t>,
        text: &str,
        line: u64,
        span: u32,
    ) -> Change<'t> {
        use codebuild::Says;
        let (outcome, exit_code) = match says {
            Says::Enters(phase) => return Change::Step(phase),
            Says::Runs(command) => return Change::Echo(command),
            Says::Failed(code) => (Outcome::Failed, code),
            Says::Ended(phase, outcome) => {
                let succeeded = outcome == Outcome::Succeeded;
                if succeeded && (self.failed.is_some() || !LAST_PHASES.contains(&phase)) {
                    return Change::StepEnds;
                }
                (outcome, None)
            }
        };
        let reach = match outcome {
            Outcome::Succeeded => Reach::Last,
            _ => Reach::Command,
        };
        let closing = Closing::new(outcome, exit_code, reach);
        // The phase repeats the failure of its command.
        match self.close(closing, text, line, span) {
            Change::StepEnds if matches!(says, Says::Failed(_)) => Change::Nothing,
            change => change,
        }
    }

    /// Reads what act says about a job.
    fn act_line<'t>(
        &mut self,
        job: &str,
        says: Act<'t>,
        text: &str,
        next: Option<&[u8]>,
        line: u64,
        span: u32,
    ) -> Change<'t> {
        let jobs = &mut self.act;
        let job = name_of(job);
        let first = jobs.name.get_or_insert_with(|| job.to_owned());
        jobs.several |= first != job;
        match says {
            Act::Runs(step) => {
                jobs.goes_on = false;
                return Change::Echo(step);
            }
            Act::GoesOn => jobs.goes_on = true,
            Act::Failed if std::mem::take(&mut jobs.goes_on) => {}
            Act::Failed => {
                let next = next.map(|next| String::from_utf8_lossy(Line::new(next, false).text));
                let code = next.and_then(|next| foreign::act_code(&next));
                let closing = Closing::new(Outcome::Failed, code, Reach::Command);
                return self.close(closing, text, line, span);
            }
            Act::Ended(outcome) => {
                // One failed job is enough.
                let failed = |(_, c): &(_, Closing)| c.outcome == Outcome::Failed;
                let stays = jobs.several && self.last.as_ref().is_some_and(failed);
                if !stays {
                    let closing = Closing::new(outcome, None, Reach::Last);
                    return self.close(closing, text, line, span);
                }
            }
        }
        Change::Nothing
    }

    /// Records a closing line.
    fn close(&mut self, closing: Closing, text: &str, line: u64, span: u32) -> Change<'static> {
        self.travis.runs = None;
        let verdict = verdicts::of_line(text, line, false);
        match closing.reach {
            Reach::Command if self.failed.is_none() => {
                self.failed = Some((span, verdict, closing));
                return Change::StepEnds;
            }
            Reach::Command => {}
            Reach::Job if closing.outcome == Outcome::TimedOut => {
                self.stalled.get_or_insert(span);
                self.job = Some((verdict, closing));
            }
            Reach::Job => self.job = Some((verdict, closing)),
            Reach::Last => self.last = Some((verdict, closing)),
        }
        Change::Nothing
    }

    /// How a log of that many lines ended; `None` if no line told.
    pub(super) fn finish(mut self, lines: u64) -> Option<Ending> {
        self.end_task();
        let closing = Closing::new(Outcome::Failed, None, Reach::Command);
        let reported = self
            .reported
            .map(|(span, verdict)| (span, verdict, closing));
        self.failed = self.failed.or(reported);
        let failed = self.failed.map(|(_, verdict, closing)| (verdict, closing));
        // A success far from the end belonged to something else.
        let stands = |(verdict, closing): &(Verdict, Closing)| {
            closing.outcome != Outcome::Succeeded || lines.saturating_sub(verdict.line) <= AT_END
        };
        let (job, last) = (self.job, self.last.filter(stands));
        let said = [&failed, &job, &last];
        let (_, final_word) = last.as_ref().or(job.as_ref()).or(failed.as_ref())?;
        // After a time limit struck, later failures only follow from it.
        let ran_out = said
            .into_iter()
            .flatten()
            .any(|(_, c)| c.outcome == Outcome::TimedOut);
        let outcome = match final_word.outcome {
            Outcome::Failed | Outcome::Canceled if ran_out => Outcome::TimedOut,
            outcome => outcome,
        };
        let closes = |(_, c): &&(Verdict, Closing)| c.outcome == outcome;
        let verdict = said.into_iter().flatten().find(closes);
        let exit_code = said.into_iter().flatten().find_map(|(_, c)| c.exit_code);
        Some(Ending {
            outcome,
            exit_code: exit_code.filter(|_| outcome == Outcome::Failed),
            verdict: verdict.map(|(verdict, _)| verdict.clone()),
        })
    }
}
