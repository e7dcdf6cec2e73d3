//! Follows the frame of a job log while its lines pass: sections, commands, runner, verdict.
//!
//! Only lines that carry one of [`super::literals::FRAME`], section markers and echoed commands need to be shown to it. What it
//! knows at the end is [`JobFacts`]. Each room keeps one part of it and knows nothing of the others: [`spans`] with the names in
//! [`stages`], [`commands`], [`about`] the runner and the project, and how the job ended, by the [`verdicts`] of GitLab Runner,
//! the marks of [`github`] and the last words of [`others`].

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
mod spans;
mod stages;
mod verdicts;

pub use stages::{can_fail, title};

use about::About;
use commands::Commands;
use github::{Github, Step};
use others::{Change, Others};
use spans::Spans;
use verdicts::Verdicts;

/// The state of the frame between two lines.
#[derive(Debug)]
pub struct Frame {
    /// What belongs to no room: the dialect, the times, what cut the log off.
    facts: JobFacts,
    spans: Spans,
    commands: Commands,
    about: About,
    verdicts: Verdicts,
    github: Github,
    others: Others,
    cases: Cases,
    wrappers: Wrappers,
    /// A clock stood before the last mark of GitHub.
    clocked: bool,
    /// What was known before the end of a header that had no clock, though its begin had one.
    before_end: Option<Github>,
    /// Nothing has passed.
    fresh: bool,
}

impl Default for Frame {
    fn default() -> Self {
        Self::starting_at(1)
    }
}

impl Frame {
    /// The frame of a log whose first line has that number: one of several in a text.
    pub fn starting_at(line: u64) -> Self {
        Self {
            facts: JobFacts::default(),
            spans: Spans::starting_at(line),
            commands: Commands::default(),
            about: About::default(),
            verdicts: Verdicts::default(),
            github: Github::default(),
            others: Others::default(),
            cases: Cases::default(),
            wrappers: Wrappers::default(),
            clocked: false,
            before_end: None,
            fresh: true,
        }
    }

    /// Where a line with that number stands.
    pub fn place(&self, line: u64) -> Place {
        Place {
            input: 0,
            line,
            section: self.span(),
            command: self.commands.count(),
        }
    }

    /// The number of the current stage: spans of one stage share it.
    pub fn stage(&self) -> u32 {
        self.spans.stage()
    }

    /// The stage that a span belongs to.
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

    /// The stage of a step that has failed: what comes behind it only runs because it was asked to run always.
    pub fn failed_stage(&self) -> Option<u32> {
        let span = self.github.failed_span().or(self.others.failed_span())?;
        Some(self.stage_of(span))
    }

    /// Does the job's own script run outside of all sections (Travis CI folds everything else)?
    pub fn script_is_unnamed(&self) -> bool {
        self.others.travis() && self.facts.dialect == Dialect::Plain
    }

    /// The command in force.
    pub fn command(&self) -> Option<&Arc<str>> {
        self.commands.in_force()
    }

    /// Do the lines here repeat the source of a step (GitHub prints it between `##[group]Run` and `##[endgroup]`)?
    pub fn in_step_header(&self) -> bool {
        self.github.in_header()
    }

    /// The tools that have said that they wrap lines.
    pub fn wrappers(&self) -> &Wrappers {
        &self.wrappers
    }

    /// A verdict that stands outside of all sections has passed.
    pub fn has_ended(&self) -> bool {
        self.verdicts.ended()
    }

    /// A section marker stands before this line.
    pub fn marker(&mut self, edge: Edge, unix: i64, name: &str, line: u64) {
        self.facts.dialect = Dialect::Gitlab;
        self.time(unix);
        if self.spans.marker(edge, unix, name, line) {
            self.cases.leave();
            self.commands.end();
        }
    }

    /// The runner echoed a command.
    pub fn echo(&mut self, text: &str, line: u64) {
        if self.others.prints(line) {
            return;
        }
        self.cases.leave();
        self.wrappers.read_command(text);
        self.commands.echo(text, line, self.spans.current());
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
            self.commands.take_back(number);
        }
        let checkout = |command: &Arc<str>| command.starts_with("actions/checkout");
        // A script may clone whatever it likes.
        let by_runner = self.commands.count() == 0 || self.command().is_some_and(checkout);
        if self.about.project.is_none() && by_runner {
            self.about.project_line(&text);
        }
        self.wrappers.read(&text);
        self.foreign_line(&text, next, number);
        let marked = text.starts_with("##[") || header::shown_on_page(&text).is_some();
        // GitHub stamps a value in the header of a step once, however many lines it has.
        let clocked = prefix::clock(piece) > 0;
        let of_value = self.github.in_header() && self.clocked && !clocked;
        let ends = text.starts_with("##[endgroup]");
        if clocked
            && marked
            && let Some(before) = self.before_end.take()
            && ends
        {
            // The end without a clock stood in a value.
            self.github = before;
        } else if of_value && ends {
            // Or somebody put a log together, of which only the first lines have one.
            self.before_end = Some(self.github.clone());
        }
        if of_value && !ends {
            // It says nothing.
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

    /// Is a test case open, so that lines with one of [`super::literals::CASE_ENDS`] are of interest?
    pub fn awaits_case(&self) -> bool {
        self.cases.is_open()
    }

    /// Looks at what stands on a line that carries one of [`super::literals::CASES`], or of those that end a case, behind all
    /// prefixes.
    pub fn case(&mut self, content: &[u8], number: u64) {
        if let Ok(text) = str::from_utf8(content) {
            self.cases.read(text, number);
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
            self.column(line, self.spans.first_line());
        }
        self.about.resume(line);
    }

    /// A line, or a marker, tells the time.
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

    /// Last words of systems that have no dialect of their own.
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

    /// Everything has passed.
    pub fn finish(mut self, lines: u64, bytes: u64, mid_line: bool) -> JobFacts {
        let mut facts = self.facts;
        facts.passed_tests = self.cases.finish();
        facts.lines = lines;
        facts.bytes = bytes;
        // Clocks of two machines may differ.
        if facts.ended < facts.started {
            std::mem::swap(&mut facts.started, &mut facts.ended);
        }
        let foreign_span = self.others.failed_span();
        let unnamed = self.others.travis();
        let mut commands = self.commands.finish();
        if let Some((verdict, parsed)) = self.verdicts.finish(lines) {
            facts.dialect = Dialect::Gitlab;
            if foreign_span.is_some() {
                // It was a tool that spoke, and the log went on in one piece.
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
            Dialect::Github => self.github.failing_span(),
            Dialect::Plain => foreign_span,
            Dialect::Gitlab => None,
        };
        facts.failing_section = failed_span.or_else(|| match unnamed {
            true => self.spans.last_of_any_name(),
            false => self.spans.last_that_can_fail(),
        });
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
