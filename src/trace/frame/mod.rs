//! Follows the frame of a job log line by line: sections, commands, runner, verdict.
//!
//! It needs to see only section markers, echoed commands and lines with one of [`super::literals::FRAME`].
//! Its result is [`JobFacts`]. Each module keeps one independent part: [`spans`] the sections, with their
//! names in [`stages`], [`commands`], [`about`] the runner and the project. How the job ended comes from the
//! [`verdicts`] of GitLab Runner, the marks of [`github`] and the closing lines of [`others`]; [`signs`] knows GitHub's logs without marks.

use std::sync::Arc;

use super::cases::Cases;
use super::line::Line;
use super::marker::{self, Edge};
use super::{Wrappers, escape, foreign, header, prefix};
use crate::model::{Dialect, JobFacts, Outcome, Place, Time};

mod about;
mod commands;
mod github;
mod others;
mod signs;
mod spans;
mod stages;
mod verdicts;

pub use stages::{can_fail, title};

use about::About;
use commands::Commands;
use github::{Github, Step};
use others::{Change, Others};
use signs::Signs;
use spans::Spans;
use verdicts::Verdicts;

/// The state of the frame between two lines.
#[derive(Debug)]
pub struct Frame {
    /// What no module keeps: the dialect, the times, whether the log was cut off.
    facts: JobFacts,
    spans: Spans,
    commands: Commands,
    about: About,
    verdicts: Verdicts,
    github: Github,
    others: Others,
    signs: Signs,
    cases: Cases,
    wrappers: Wrappers,
    /// The last mark of GitHub had a clock before it.
    clocked: bool,
    /// GitHub's state before the end of a header that lacked the clock its beginning had.
    before_end: Option<Github>,
    /// No line has passed yet.
    fresh: bool,
}

impl Default for Frame {
    fn default() -> Self {
        Self::starting_at(1)
    }
}

impl Frame {
    /// Creates the frame of a log whose first line has that number, for one of several logs in a text.
    pub fn starting_at(line: u64) -> Self {
        Self {
            facts: JobFacts::default(),
            spans: Spans::starting_at(line),
            commands: Commands::default(),
            about: About::default(),
            verdicts: Verdicts::default(),
            github: Github::default(),
            others: Others::default(),
            signs: Signs::default(),
            cases: Cases::default(),
            wrappers: Wrappers::default(),
            clocked: false,
            before_end: None,
            fresh: true,
        }
    }

    /// The place of the line with that number.
    pub fn place(&self, line: u64) -> Place {
        Place {
            input: 0,
            line,
            section: self.span(),
            command: self.commands.count(),
        }
    }

    /// The number of the current stage. All spans of a stage share it.
    pub fn stage(&self) -> u32 {
        self.spans.stage()
    }

    /// The stage of a span.
    pub fn stage_of(&self, span: u32) -> u32 {
        self.spans.stage_of(span)
    }

    /// The index of the current span.
    pub fn span(&self) -> u32 {
        self.spans.current()
    }

    /// The outermost name of a span.
    pub fn stage_name(&self, span: u32) -> Option<&str> {
        self.spans.stage_name(span)
    }

    /// The stage of a step that has failed. Later stages only run because they run always.
    pub fn failed_stage(&self) -> Option<u32> {
        let span = self.github.failed_span().or(self.others.failed_span())?;
        Some(self.stage_of(span))
    }

    /// Whether the job's own script stands outside of all sections (Travis CI folds everything else).
    pub fn script_is_unnamed(&self) -> bool {
        self.others.travis() && self.facts.dialect == Dialect::Plain
    }

    /// The command in force.
    pub fn command(&self) -> Option<&Arc<str>> {
        self.commands.in_force()
    }

    /// Whether the current lines repeat the source of a step (GitHub prints it between `##[group]Run` and
    /// `##[endgroup]`).
    pub fn in_step_header(&self) -> bool {
        self.github.in_header()
    }

    /// The tools that are known to wrap lines.
    pub fn wrappers(&self) -> &Wrappers {
        &self.wrappers
    }

    /// Whether a verdict outside of all sections has passed.
    pub fn has_ended(&self) -> bool {
        self.verdicts.ended()
    }

    /// Reads a section marker that stands before this line.
    pub fn marker(&mut self, edge: Edge, unix: i64, name: &str, line: u64) {
        self.facts.dialect = Dialect::Gitlab;
        self.time(unix);
        if self.spans.marker(edge, unix, name, line) {
            self.cases.leave();
            self.commands.end();
        }
    }

    /// Reads a command that the runner echoed.
    pub fn echo(&mut self, text: &str, line: u64) {
        if self.others.prints(line) {
            return;
        }
        self.cases.leave();
        self.wrappers.read_command(text);
        self.commands.echo(text, line, self.spans.current());
    }

    /// Reads a line with one of [`super::literals::FRAME`]. `next` is the line below it, if it is at hand.
    pub fn look(&mut self, line: &Line<'_>, piece: &[u8], next: Option<&[u8]>, number: u64) {
        // Markers that lost their CR stand at the start of the line, possibly with text behind them.
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
            self.commands.take_back(number);
        }
        let checkout = |command: &Arc<str>| command.starts_with("actions/checkout");
        // A script may clone other projects, so only the runner's own lines count.
        let by_runner = self.commands.count() == 0 || self.command().is_some_and(checkout);
        if self.about.project.is_none() && by_runner {
            self.about.project_line(&text);
        }
        self.wrappers.read(&text);
        self.signs.read(&text);
        self.foreign_line(&text, next, number);
        let marked = text.starts_with("##[") || header::shown_on_page(&text).is_some();
        // In the header of a step GitHub stamps a value once, however many lines it has.
        let clocked = prefix::clock(piece) > 0;
        let of_value = self.github.in_header() && self.clocked && !clocked;
        let ends = text.starts_with("##[endgroup]");
        if clocked
            && marked
            && let Some(before) = self.before_end.take()
            && ends
        {
            // The end without a clock was part of a value.
            self.github = before;
        } else if of_value && ends {
            // Or it was a real end in a log put together by hand, of which only the first lines have a clock.
            self.before_end = Some(self.github.clone());
        }
        if of_value && !ends {
            // The line says nothing.
        } else if self.facts.dialect == Dialect::Github
            || marked && self.facts.dialect == Dialect::Plain && !self.others.azure()
        {
            self.clocked = clocked;
            self.github_line(&text, number);
        }
        if self.about.header(&text, next) {
            self.facts.dialect = Dialect::Gitlab;
        }
        if self.verdicts.read(&text, number, self.spans.inside()) {
            self.spans.leave_titled(number);
        }
        if !self.spans.marked()
            && let Some(stage) = title(text.as_bytes())
        {
            self.facts.dialect = Dialect::Gitlab;
            if self.spans.titled(stage, number) {
                self.commands.end();
            }
        }
        if text.contains("log exceeded limit of ") && text.contains("bytes") {
            self.facts.truncated = true;
        }
        if text.starts_with("WARNING: script canceled externally") {
            self.facts.ended_by = Some(text.trim_start_matches("WARNING: ").to_owned());
        }
    }

    /// Whether a test case is open, so that lines with one of [`super::literals::CASE_ENDS`] matter.
    pub fn awaits_case(&self) -> bool {
        self.cases.is_open()
    }

    /// Reads the content, behind all prefixes, of a line with one of [`super::literals::CASES`] or
    /// [`super::literals::CASE_ENDS`].
    pub fn case(&mut self, content: &[u8], number: u64) {
        if let Ok(text) = str::from_utf8(content) {
            self.cases.read(text, number);
        }
    }

    /// Reads the step that `gh` names before a line.
    fn column(&mut self, piece: &[u8], number: u64) {
        if let Some((_, step, _)) = prefix::job_and_step(piece) {
            self.facts.dialect = Dialect::Github;
            let step = String::from_utf8_lossy(step);
            if let Some(step) = self.github.column(&step, number) {
                self.github_step(step, number);
            }
        }
    }

    /// Reads the first line of a block. The first of a log may begin inside a step; that of a later block may
    /// stand below the runner's header.
    pub fn resume(&mut self, line: &[u8]) {
        if std::mem::take(&mut self.fresh) {
            self.column(line, self.spans.first_line());
        }
        self.about.resume(line);
    }

    /// Records the time of a line or a marker.
    fn time(&mut self, unix: i64) {
        if Time::from_unix(unix).is_some() {
            self.facts.started.get_or_insert(unix);
            self.facts.ended = Some(unix);
        }
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

    fn github_step(&mut self, step: Step<'_>, line: u64) {
        match step {
            Step::Titled(title) => self.open_step(title, line),
            Step::Post => self.open_step(stages::POST_STEP, line),
        }
    }

    fn open_step(&mut self, name: &str, line: u64) {
        self.cases.leave();
        self.commands.end();
        self.spans.step(name, line);
    }

    /// Reads closing lines of systems that have no dialect of their own.
    fn foreign_line(&mut self, text: &str, next: Option<&[u8]>, line: u64) {
        if !self.others.azure() && foreign::is_azure(text) && !self.github.is_own() {
            self.others.set_azure();
            if self.facts.dialect == Dialect::Github {
                self.facts.dialect = Dialect::Plain;
                self.github = Github::default();
            }
        }
        if self.facts.dialect != Dialect::Plain {
            return;
        }
        match self.others.read(text, next, line, self.spans.current()) {
            Change::Nothing => {}
            Change::Echo(step) => self.echo(step, line),
            Change::Step(name) => self.open_step(name, line),
            Change::StepEnds => {
                self.commands.end();
                self.spans.close_step(line + 1);
            }
        }
    }

    /// Returns the facts once the whole log has passed.
    pub fn finish(mut self, lines: u64, bytes: u64, mid_line: bool) -> JobFacts {
        let mut facts = self.facts;
        facts.passed_tests = self.cases.finish();
        facts.lines = lines;
        facts.bytes = bytes;
        // The clocks of two machines may differ.
        if facts.ended < facts.started {
            std::mem::swap(&mut facts.started, &mut facts.ended);
        }
        let foreign_span = self.others.failed_span();
        let unnamed = self.others.travis();
        let foreign = self.others.dialect();
        let mut commands = self.commands.finish();
        if let Some((verdict, parsed)) = self.verdicts.finish(lines) {
            facts.dialect = Dialect::Gitlab;
            if foreign_span.is_some() {
                // The marks came from a tool, and the log was all one stage.
                self.spans.rejoin();
            }
            facts.outcome = parsed.outcome;
            facts.exit_code = parsed.exit_code;
            facts.verdict = Some(verdict);
        } else if facts.dialect == Dialect::Github
            && let Some((outcome, code, verdict)) = self.github.ending()
        {
            facts.outcome = outcome;
            facts.exit_code = code;
            facts.verdict = verdict;
        } else if facts.dialect == Dialect::Plain {
            if self.others.several_jobs() {
                commands.clear();
            }
            if let Some(ending) = self.others.finish(lines) {
                facts.outcome = ending.outcome;
                facts.exit_code = ending.exit_code;
                facts.verdict = ending.verdict;
            }
        } else if mid_line && facts.dialect == Dialect::Gitlab {
            facts.truncated = true;
        }
        let failed_span = match facts.dialect {
            Dialect::Github => {
                facts.failed_besides = self.github.failed_besides();
                self.github.failing_span()
            }
            Dialect::Gitlab => None,
            _ => foreign_span,
        };
        facts.failing_section = failed_span.or_else(|| match unnamed {
            true => self.spans.last_of_any_name(),
            false => self.spans.last_that_can_fail(),
        });
        if facts.dialect == Dialect::Plain {
            let github = foreign == Dialect::Plain && self.signs.are_enough();
            facts.dialect = if github { Dialect::Github } else { foreign };
        }
        facts.runner = self.about.runner;
        facts.project = self.about.project;
        facts.commands = commands;
        facts.sections = self.spans.finish(lines);
        if facts.ended_by.is_some() && facts.outcome == Outcome::Unknown {
            facts.outcome = Outcome::Canceled;
        }
        if facts.outcome == Outcome::Unknown && facts.shows_failure() {
            facts.outcome = Outcome::Failed;
        }
        facts
    }
}
