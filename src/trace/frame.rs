//! Follows the frame of a job log while its lines pass: sections, commands, runner, verdict.
//!
//! Only lines that carry one of [`super::literals::FRAME`], section markers and echoed commands need to be shown to it. What it
//! knows at the end is [`JobFacts`].

use std::sync::Arc;

use super::foreign::{self, Act, Closing, Reach};
use super::github::{self, Github, Step};
use super::line::Line;
use super::marker::{self, Edge, STAGES};
use super::{cut, escape, prefix, verdict};
use crate::model::{Command, Dialect, JobFacts, Outcome, Place, Section, Time, Verdict};

/// Stages whose failure does not fail the job (runner: common/build.go).
const HARMLESS: &[&str] = &[
    "restore_cache",
    "archive_cache",
    "archive_cache_on_failure",
    "after_script",
    "upload_artifacts_on_failure",
    "cleanup_file_variables",
    POST_STEP,
];
/// GitHub's clean-up of the steps: nothing in it fails the job first.
const POST_STEP: &str = "post-job";
/// Most spans kept; beyond it a log only goes on in the last one.
const MAX_SPANS: usize = 8192;
/// Commands kept from the start of a log, and from its end.
const MAX_COMMANDS: usize = 500;
/// Lines that may follow the last word of another system that all went well.
const AT_END: u64 = 20;
/// Most sections open at a time: a script that never closes its own only moves the innermost on.
const MAX_OPEN: usize = 8;
/// Longest name kept, of a section or a runner, in bytes.
const MAX_NAME: usize = 128;
/// Longest command text kept, in bytes.
const MAX_COMMAND: usize = 2000;

/// The state of the frame between two lines.
#[derive(Debug)]
pub struct Frame {
    facts: JobFacts,
    open: Vec<Open>,
    stage: u32,
    marked: bool,
    commands: u32,
    command: Option<Arc<str>>,
    /// Nothing has passed.
    fresh: bool,
    /// The runner's header has passed, the line below it has not.
    name_comes: bool,
    inner_verdict: Option<(Verdict, verdict::Parsed)>,
    outer_verdict: Option<(Verdict, verdict::Parsed)>,
    github: Github,
    foreign: Foreign,
}

#[derive(Debug)]
struct Open {
    name: String,
    titled: bool,
}

/// What the last words of other systems tell.
#[derive(Debug, Default)]
struct Foreign {
    /// Azure Pipelines: its marks look like GitHub's.
    azure: bool,
    /// The first command that failed, and the span it stands in.
    failed: Option<(u32, Verdict, Closing)>,
    /// What was said of the job.
    job: Option<(Verdict, Closing)>,
    last: Option<(Verdict, Closing)>,
    act: Jobs,
}

/// The jobs of act.
#[derive(Debug, Default)]
struct Jobs {
    /// The first that spoke.
    name: Option<String>,
    /// Others spoke as well: their lines run into each other, and a step of one says nothing of the others.
    several: bool,
    /// The step that fails next was allowed to.
    goes_on: bool,
}

impl Default for Frame {
    fn default() -> Self {
        let mut frame = Self {
            facts: JobFacts::default(),
            open: Vec::new(),
            stage: 0,
            marked: false,
            commands: 0,
            command: None,
            fresh: true,
            name_comes: false,
            inner_verdict: None,
            outer_verdict: None,
            github: Github::default(),
            foreign: Foreign::default(),
        };
        frame.push_span(1, None);
        frame
    }
}

impl Frame {
    /// The frame of a log whose first line has that number: one of several in a text.
    pub fn starting_at(line: u64) -> Self {
        let mut frame = Self::default();
        frame.facts.sections[0].first_line = line;
        frame
    }

    /// Where a line with that number stands.
    pub fn place(&self, line: u64) -> Place {
        Place {
            input: 0,
            line,
            section: self.span(),
            command: self.commands,
        }
    }

    /// The number of the current stage: spans of one stage share it.
    pub fn stage(&self) -> u32 {
        self.stage
    }

    /// The stage that a span belongs to.
    pub fn stage_of(&self, span: u32) -> u32 {
        self.facts
            .sections
            .get(span as usize)
            .map_or(self.stage, |s| s.stage)
    }

    /// The index of the current span.
    pub fn span(&self) -> u32 {
        self.facts.sections.len() as u32 - 1
    }

    /// The outermost name of a span.
    pub fn stage_name(&self, span: u32) -> Option<&str> {
        self.facts.sections.get(span as usize)?.stage_name()
    }

    /// The stage of a step that has failed: what comes behind it only runs because it was asked to run always.
    pub fn failed_stage(&self) -> Option<u32> {
        let foreign = self.foreign.failed.as_ref().map(|(span, ..)| *span);
        let span = self.github.failed_span().or(foreign)?;
        Some(self.stage_of(span))
    }

    /// The command in force.
    pub fn command(&self) -> Option<&Arc<str>> {
        self.command.as_ref()
    }

    /// Do the lines here repeat the source of a step (GitHub prints it between `##[group]Run` and `##[endgroup]`)?
    pub fn in_step_header(&self) -> bool {
        self.github.in_header()
    }

    /// A verdict that stands outside of all sections has passed.
    pub fn has_ended(&self) -> bool {
        self.outer_verdict.is_some()
    }

    /// A section marker stands before this line.
    pub fn marker(&mut self, edge: Edge, unix: i64, name: &str, line: u64) {
        self.facts.dialect = Dialect::Gitlab;
        self.time(unix);
        if !self.marked {
            self.marked = true;
            if self.open.iter().any(|o| o.titled) {
                self.open.clear();
            }
        }
        match edge {
            Edge::Start => self.start(name, unix, line),
            Edge::End => self.end(name, unix, line),
        }
    }

    /// The runner echoed a command.
    pub fn echo(&mut self, text: &str, line: u64) {
        let text: Arc<str> = cut::shortened(text.trim(), MAX_COMMAND).into();
        self.commands += 1;
        self.command = Some(text.clone());
        let commands = &mut self.facts.commands;
        if commands.len() >= 2 * MAX_COMMANDS {
            commands.remove(MAX_COMMANDS);
        }
        let section = self.facts.sections.len() as u32 - 1;
        commands.push(Command {
            line,
            section,
            index: self.commands,
            text,
        });
    }

    /// The line above that one looked like an echo and was a heading: melos prints `$ melos exec` and `  └> dart analyze` around
    /// what it runs.
    fn take_back_echo(&mut self, line: u64) {
        let commands = &mut self.facts.commands;
        if commands
            .last()
            .is_some_and(|c| c.line + 1 == line && c.index == self.commands)
        {
            commands.pop();
            self.commands -= 1;
            self.command = commands.last().map(|c| c.text.clone());
        }
    }

    /// Looks at a line that carries one of [`super::literals::FRAME`]; `next` is the line below it, where it is at hand.
    pub fn look(&mut self, line: &Line<'_>, piece: &[u8], next: Option<&[u8]>, number: u64) {
        // Markers that lost their CR stand at the start of the line; there may be text behind them.
        let mut at = prefix::clock(piece);
        at += escape::lost(&piece[at..]);
        while let Some((marker, len)) = marker::leading(&piece[at..]) {
            self.marker(marker.edge, marker.unix, marker.name, number);
            at += len;
            at += escape::lost(&piece[at..]);
        }
        self.column(piece, number);
        if let Some(unix) = prefix::time(piece) {
            self.time(unix);
        }
        let text = String::from_utf8_lossy(line.text);
        if text.trim_start().starts_with("\u{2514}> ") {
            self.take_back_echo(number);
        }
        let checkout = |command: &Arc<str>| command.starts_with("actions/checkout");
        // A script may clone whatever it likes.
        let by_runner = self.commands == 0 || self.command.as_ref().is_some_and(checkout);
        if self.facts.project.is_none() && by_runner {
            self.facts.project = project(&text).map(|name| name_of(name).to_owned());
        }
        self.foreign_line(&text, next, number);
        let marked = text.starts_with("##[") || github::shown_on_page(&text).is_some();
        if self.facts.dialect == Dialect::Github
            || marked && self.facts.dialect == Dialect::Plain && !self.foreign.azure
        {
            self.github_line(&text, number);
        }
        self.header(&text, next);
        self.verdict_line(&text, number);
        if !self.marked
            && let Some(stage) = title(text.as_bytes())
        {
            self.facts.dialect = Dialect::Gitlab;
            self.start_titled(stage, number);
        }
        if text.contains("log exceeded limit of ") && text.contains("bytes") {
            self.facts.truncated = true;
        }
        if text.starts_with("WARNING: script canceled externally") {
            self.facts.ended_by = Some(text.trim_start_matches("WARNING: ").to_owned());
        }
    }

    /// The step that `gh` names before a line.
    fn column(&mut self, piece: &[u8], number: u64) {
        if let Some((_, step, _)) = prefix::job_and_step(piece) {
            self.facts.dialect = Dialect::Github;
            let step = String::from_utf8_lossy(step);
            if let Some(step) = self.github.column(&step, number) {
                self.github_step(step, number);
            }
        }
    }

    /// A block begins with that line: the first of a log, which may begin inside of a step, or the one below the runner's
    /// header, if the header ended the block before.
    pub fn resume(&mut self, line: &[u8]) {
        if std::mem::take(&mut self.fresh) {
            self.column(line, self.facts.sections[0].first_line);
        }
        if std::mem::take(&mut self.name_comes) {
            self.runner_name(line);
        }
    }

    /// A line, or a marker, tells the time.
    fn time(&mut self, unix: i64) {
        if Time::from_unix(unix).is_some() {
            self.facts.started.get_or_insert(unix);
            self.facts.ended = Some(unix);
        }
    }

    /// The line below the runner's header: `on NAME TOKEN, system ID: …`.
    fn runner_name(&mut self, line: &[u8]) {
        let line = String::from_utf8_lossy(Line::new(line, false).text);
        let Some(name) = line.trim_start().strip_prefix("on ") else {
            return;
        };
        let name = name.split(", system ID").next().unwrap_or(name);
        // The last word is the short token.
        let name = name.rsplit_once(' ').map_or(name, |(name, _)| name);
        self.facts.runner.name = Some(name_of(name).to_owned());
    }

    /// Everything has passed.
    pub fn finish(mut self, lines: u64, bytes: u64, mid_line: bool) -> JobFacts {
        if let Some(last) = self.facts.sections.last_mut() {
            last.last_line = lines.max(last.first_line);
        }
        self.facts.lines = lines;
        self.facts.bytes = bytes;
        // Clocks of two machines may differ.
        if self.facts.ended < self.facts.started {
            std::mem::swap(&mut self.facts.started, &mut self.facts.ended);
        }
        let verdict = self.outer_verdict.take().or_else(|| {
            // A script may print the words of a verdict: inside of a section they count only at the very end.
            self.inner_verdict
                .take()
                .filter(|(v, _)| lines.saturating_sub(v.line) <= 2)
        });
        if let Some((verdict, parsed)) = verdict {
            self.facts.dialect = Dialect::Gitlab;
            if self.foreign.failed.is_some() {
                // It was a tool that spoke, and the log went on in one piece.
                let spans = self.facts.sections.iter_mut();
                spans.filter(|s| s.path.is_none()).for_each(|s| s.stage = 0);
            }
            self.facts.outcome = parsed.outcome;
            self.facts.exit_code = parsed.exit_code;
            self.facts.verdict = Some(verdict);
        } else if self.facts.dialect == Dialect::Github
            && let Some((outcome, code, verdict)) = self.github.ending()
        {
            self.facts.outcome = outcome;
            self.facts.exit_code = code;
            self.facts.verdict = verdict;
        } else if self.facts.dialect == Dialect::Plain {
            self.foreign_ending(lines);
            if self.foreign.act.several {
                self.facts.commands.clear();
            }
        } else if mid_line && self.facts.dialect == Dialect::Gitlab {
            self.facts.truncated = true;
        }
        if self.facts.ended_by.is_some() && self.facts.outcome == Outcome::Unknown {
            self.facts.outcome = Outcome::Canceled;
        }
        if self.facts.outcome == Outcome::Unknown && self.facts.shows_failure() {
            self.facts.outcome = Outcome::Failed;
        }
        self.facts.failing_section = self.failing();
        self.facts
    }

    /// The span that holds what failed the job: the last one that could.
    fn failing(&self) -> Option<u32> {
        let foreign = || self.foreign.failed.as_ref().map(|(span, ..)| *span);
        let failed = match self.facts.dialect {
            Dialect::Github => self.github.failing_span(),
            Dialect::Plain => foreign(),
            Dialect::Gitlab => None,
        };
        if failed.is_some() {
            return failed;
        }
        let spans = &self.facts.sections;
        let named = spans
            .iter()
            .rposition(|s| s.path.is_some() && can_fail(s.stage_name()));
        let first_unnamed = || {
            let harmless = spans
                .iter()
                .position(|s| s.path.is_some())
                .unwrap_or(spans.len());
            harmless.checked_sub(1)
        };
        named.or_else(first_unnamed).map(|k| k as u32)
    }

    fn start(&mut self, name: &str, unix: i64, line: u64) {
        let name = name_of(name);
        if self.open.iter().any(|o| o.name == name) {
            if let Some(span) = self.facts.sections.last_mut() {
                span.started = Some(unix);
            }
            return;
        }
        let in_stage = self.open.first().is_some_and(|o| is_stage(&o.name));
        if STAGES.contains(&name) || !in_stage && is_stage(name) {
            self.open.clear();
        }
        self.open.truncate(MAX_OPEN - 1);
        if self.open.is_empty() {
            self.stage += 1;
            self.command = None;
        }
        self.open.push(Open {
            name: name.to_owned(),
            titled: false,
        });
        self.push_span(line, Some(unix));
    }

    fn start_titled(&mut self, stage: &str, line: u64) {
        if self.open.last().is_some_and(|o| o.name == stage) {
            return;
        }
        self.open.clear();
        self.stage += 1;
        self.command = None;
        self.open.push(Open {
            name: stage.to_owned(),
            titled: true,
        });
        self.push_span(line, None);
    }

    fn end(&mut self, name: &str, unix: i64, line: u64) {
        let name = name_of(name);
        if let Some(at) = self.open.iter().position(|o| o.name == name) {
            if let Some(span) = self.facts.sections.last_mut() {
                span.ended = Some(unix);
            }
            self.open.truncate(at);
        } else if self.open.is_empty()
            && let Some(span) = self.facts.sections.last_mut()
            && span.path.is_none()
        {
            // A log pasted from its middle: the end marker names what has passed.
            span.path = Some(name.to_owned());
            span.ended = Some(unix);
        } else {
            return;
        }
        if self.open.is_empty() {
            self.stage += 1;
            self.command = None;
        }
        self.push_span(line, None);
    }

    fn push_span(&mut self, line: u64, started: Option<i64>) {
        if let Some(last) = self.facts.sections.last_mut() {
            last.last_line = line.saturating_sub(1).max(last.first_line);
        }
        let path = (!self.open.is_empty()).then(|| {
            self.open
                .iter()
                .map(|o| o.name.as_str())
                .collect::<Vec<_>>()
                .join("/")
        });
        if self.facts.sections.len() >= MAX_SPANS {
            // The stage must stay right even then.
            if let Some(last) = self.facts.sections.last_mut() {
                last.path = path;
                last.stage = self.stage;
            }
            return;
        }
        let stage = self.stage;
        self.facts.sections.push(Section {
            path,
            stage,
            first_line: line,
            last_line: line,
            started,
            ended: None,
        });
    }

    /// The lines at the top of a trace (runner: common/build.go, the executors' `Prepare`).
    fn header(&mut self, text: &str, next: Option<&[u8]>) {
        let runner = &mut self.facts.runner;
        if let Some(rest) = text.strip_prefix("Running with gitlab-runner ") {
            self.facts.dialect = Dialect::Gitlab;
            runner.version = rest
                .split_whitespace()
                .next()
                .map(|v| v.trim_start_matches('v').to_owned());
            self.name_comes = next.is_none();
            if let Some(next) = next {
                self.runner_name(next);
            }
            return;
        }
        if let Some(rest) = text.strip_prefix("Preparing the \"")
            && let Some((executor, _)) = rest.split_once("\" executor")
        {
            runner.executor = Some(executor.to_ascii_lowercase());
        } else if let Some(rest) = text.strip_prefix("Using ")
            && let Some((executor, image)) = rest.split_once(" executor with image ")
        {
            if runner.executor.is_none() {
                runner.executor = executor
                    .split_whitespace()
                    .next()
                    .map(str::to_ascii_lowercase);
            }
            runner.image = Some(
                image
                    .trim_end_matches(" ...")
                    .trim_end_matches("...")
                    .trim_end()
                    .to_owned(),
            );
        } else if text.starts_with("Using Shell (") && runner.executor.is_none() {
            runner.executor = Some("shell".to_owned());
        } else if let Some(namespace) = text.strip_prefix("Using Kubernetes namespace: ") {
            runner.namespace = Some(namespace.trim().to_owned());
        }
    }

    fn verdict_line(&mut self, text: &str, line: u64) {
        // A paste may be indented.
        let Some(parsed) = verdict::gitlab(text.trim_start()) else {
            return;
        };
        let verdict = Verdict {
            line,
            text: cut::shortened(text, MAX_COMMAND).into_owned(),
            system_failure: parsed.system_failure,
        };
        let inside = self.open.iter().any(|o| !o.titled);
        if inside {
            self.inner_verdict = Some((verdict, parsed));
            return;
        }
        if self.open.iter().any(|o| o.titled) {
            self.open.clear();
            self.stage += 1;
            self.push_span(line, None);
        }
        self.outer_verdict = Some((verdict, parsed));
    }

    fn github_step(&mut self, step: Step<'_>, line: u64) {
        match step {
            Step::Titled(title) => self.open_step(title, line),
            Step::Post => self.open_step(POST_STEP, line),
        }
    }

    fn open_step(&mut self, name: &str, line: u64) {
        self.open.clear();
        self.stage += 1;
        self.command = None;
        self.open.push(Open {
            name: Section::escape(name),
            titled: true,
        });
        self.push_span(line, None);
    }

    fn github_line(&mut self, text: &str, line: u64) {
        self.facts.dialect = Dialect::Github;
        let change = self.github.read(text, line, self.span());
        if let Some(step) = change.step {
            self.github_step(step, line);
        }
        if let Some(command) = change.command {
            self.echo(command, line);
        }
    }

    /// Last words of systems that have no dialect of their own.
    fn foreign_line(&mut self, text: &str, next: Option<&[u8]>, line: u64) {
        if !self.foreign.azure && foreign::is_azure(text) && !self.github.has_steps() {
            self.foreign.azure = true;
            if self.facts.dialect == Dialect::Github {
                self.facts.dialect = Dialect::Plain;
                self.github = Github::default();
            }
        }
        if self.facts.dialect != Dialect::Plain {
            return;
        }
        if let Some((job, says)) = foreign::act(text) {
            self.act_line(job, says, text, next, line);
            return;
        }
        if let Some(task) = foreign::azure_task(text) {
            match task {
                Some(name) => self.open_step(name, line),
                None => self.close_step(line + 1),
            }
        }
        if let Some(closing) = foreign::closing(text) {
            self.close(closing, text, line);
        }
    }

    /// What act says of a job.
    fn act_line(&mut self, job: &str, says: Act<'_>, text: &str, next: Option<&[u8]>, line: u64) {
        let jobs = &mut self.foreign.act;
        let job = name_of(job);
        let first = jobs.name.get_or_insert_with(|| job.to_owned());
        jobs.several |= first != job;
        let closing = |outcome, exit_code, reach| Closing {
            outcome,
            exit_code,
            reach,
        };
        match says {
            Act::Runs(step) => {
                jobs.goes_on = false;
                self.echo(step, line);
            }
            Act::GoesOn => jobs.goes_on = true,
            Act::Failed if std::mem::take(&mut jobs.goes_on) => {}
            Act::Failed => {
                let next = next.map(|next| String::from_utf8_lossy(Line::new(next, false).text));
                let code = next.and_then(|next| foreign::act_code(&next));
                self.close(closing(Outcome::Failed, code, Reach::Command), text, line);
            }
            Act::Ended(outcome) => {
                // One job that fails is enough.
                let last = self.foreign.last.as_ref();
                let stays = jobs.several && last.is_some_and(|(_, c)| c.outcome == Outcome::Failed);
                if !stays {
                    self.close(closing(outcome, None, Reach::Last), text, line);
                }
            }
        }
    }

    /// A last word.
    fn close(&mut self, closing: Closing, text: &str, line: u64) {
        let verdict = Verdict {
            line,
            text: cut::shortened(text, MAX_COMMAND).into_owned(),
            system_failure: false,
        };
        match closing.reach {
            Reach::Command if self.foreign.failed.is_none() => {
                self.foreign.failed = Some((self.span(), verdict, closing));
                self.close_step(line + 1);
            }
            Reach::Command => {}
            Reach::Job => self.foreign.job = Some((verdict, closing)),
            Reach::Last => self.foreign.last = Some((verdict, closing)),
        }
    }

    /// What follows stands in no step.
    fn close_step(&mut self, line: u64) {
        self.open.clear();
        self.stage += 1;
        self.command = None;
        self.push_span(line, None);
    }

    fn foreign_ending(&mut self, lines: u64) {
        let failed = self.foreign.failed.as_ref();
        let failed = failed.map(|(_, verdict, closing)| (verdict.clone(), *closing));
        let job = self.foreign.job.clone();
        // A success far from the end was that of something else.
        let stands = |(verdict, closing): &(Verdict, Closing)| {
            closing.outcome != Outcome::Succeeded || lines.saturating_sub(verdict.line) <= AT_END
        };
        let last = self.foreign.last.clone().filter(stands);
        let said = [&failed, &job, &last];
        let Some((_, final_word)) = last.as_ref().or(job.as_ref()).or(failed.as_ref()) else {
            return;
        };
        // What follows a limit that struck only follows from it.
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
        self.facts.verdict = verdict.map(|(verdict, _)| verdict.clone());
        if outcome == Outcome::Failed {
            self.facts.exit_code = said.into_iter().flatten().find_map(|(_, c)| c.exit_code);
        }
        self.facts.outcome = outcome;
    }
}

/// Could a section of that (outermost) name fail the job?
pub fn can_fail(stage: Option<&str>) -> bool {
    stage.is_none_or(|name| !HARMLESS.contains(&name))
}

/// Stages of later runners are called `step_NAME`; a script may call a section of its own so as well.
fn is_stage(name: &str) -> bool {
    STAGES.contains(&name) || name.starts_with("step_")
}

/// The runner's titles and the stages they open.
const TITLES: &[(&str, &str)] = &[
    ("Resolving secrets", "resolve_secrets"),
    ("Preparing the \"", "prepare_executor"),
    ("Preparing environment", "prepare_script"),
    ("Getting source from Git repository", "get_sources"),
    ("Restoring cache", "restore_cache"),
    ("Downloading artifacts", "download_artifacts"),
    ("Running after_script", "after_script"),
    ("Saving cache for successful job", "archive_cache"),
    ("Saving cache for failed job", "archive_cache_on_failure"),
    ("Saving cache for ", "archive_cache"),
    (
        "Uploading artifacts for successful job",
        "upload_artifacts_on_success",
    ),
    (
        "Uploading artifacts for failed job",
        "upload_artifacts_on_failure",
    ),
    ("Uploading artifacts for ", "upload_artifacts_on_success"),
    (
        "Cleaning up project directory and file based variables",
        "cleanup_file_variables",
    ),
    ("Cleaning up file based variables", "cleanup_file_variables"),
];

/// The stage that one of the runner's titles opens (runner: shells/abstract.go), for logs that lost their markers.
/// A web page adds the duration behind it.
pub fn title(text: &[u8]) -> Option<&'static str> {
    // Most lines get no further than here.
    if !matches!(
        text,
        [b'C', b'l', ..]
            | [b'D', b'o', ..]
            | [b'E', b'x', ..]
            | [b'G', b'e', ..]
            | [b'P', b'r', ..]
            | [b'R', b'e' | b'u', ..]
            | [b'S', b'a', ..]
            | [b'U', b'p', ..]
    ) {
        return None;
    }
    if text.starts_with(b"Executing \"")
        && memchr::memmem::find(text, b"\" stage of the job script").is_some()
    {
        return Some("step_script");
    }
    let begins = |title: &str| text.starts_with(title.as_bytes());
    let (title, stage) = TITLES.iter().find(|(title, _)| begins(title))?;
    let duration = |rest: &str| rest.trim().chars().all(|c| c.is_ascii_digit() || c == ':');
    (title.ends_with(['"', ' ']) || std::str::from_utf8(&text[title.len()..]).is_ok_and(duration))
        .then_some(stage)
}

/// The project, where a line tells it: `Initialized empty Git repository in /builds/group/project/.git/` of GitLab Runner,
/// `Syncing repository: owner/name` of GitHub's checkout.
fn project(text: &str) -> Option<&str> {
    if let Some(name) = text.strip_prefix("Syncing repository: ") {
        return Some(name.trim()).filter(|name| name.contains('/'));
    }
    let (said, path) = text.split_once(" Git repository in /")?;
    if !matches!(said, "Initialized empty" | "Reinitialized existing") {
        return None;
    }
    let (_, path) = path.split_once("builds/")?;
    let path = path
        .trim_end()
        .trim_end_matches('/')
        .strip_suffix("/.git")?;
    // A shell executor's folders: the runner's token, and a number.
    let mut parts = path.splitn(3, '/');
    let (_, number, rest) = (parts.next()?, parts.next()?, parts.next());
    let concurrent = number.bytes().all(|b| b.is_ascii_digit()) && !number.is_empty();
    let path = rest
        .filter(|rest| concurrent && rest.contains('/'))
        .unwrap_or(path);
    path.contains('/').then_some(path)
}

/// At most [`MAX_NAME`] bytes, cut at a character border.
fn name_of(text: &str) -> &str {
    &text[..text.floor_char_boundary(MAX_NAME)]
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn titles_are_known_with_and_without_a_duration() {
        for (text, stage) in TITLES {
            assert_eq!(title(text.as_bytes()), Some(*stage), "{text}");
            assert_eq!(title(format!("{text} 00:12").as_bytes()), Some(*stage));
        }
        for text in [
            "",
            "R",
            "Restoring",
            "Restoring cache of npm",
            " Restoring cache",
            "restoring cache",
            "Executing \"step_script\"",
        ] {
            assert_eq!(title(text.as_bytes()), None, "{text}");
        }
        let executing = b"Executing \"step_script\" stage of the job script";
        assert_eq!(title(executing), Some("step_script"));
        assert_eq!(title(b"Restoring cache \xff"), None);
        assert_eq!(title(b"Preparing the \"\xff"), Some("prepare_executor"));
    }
}
