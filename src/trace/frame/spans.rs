//! Sections, titles and steps: the spans that together cover a log.

use super::super::marker::{Edge, STAGES};
use super::stages::{can_fail, is_stage, name_of};
use crate::model::Section;

/// Most spans kept; the rest of the log stays in the last one.
const MAX_SPANS: usize = 8192;
/// Most sections open at a time. A script that never closes its sections then only replaces the innermost.
const MAX_OPEN: usize = 8;

/// The spans so far, and those that are open.
#[derive(Debug)]
pub(super) struct Spans {
    list: Vec<Section>,
    open: Vec<Open>,
    stage: u32,
    /// The log has section markers.
    marked: bool,
    /// A stage or a step has a name.
    staged: bool,
    /// The log begins inside a section that a script opened, and so inside a stage that only its end will name.
    within: bool,
}

#[derive(Debug)]
struct Open {
    name: String,
    titled: bool,
}

impl Spans {
    /// The spans of a log whose first line has that number.
    pub(super) fn starting_at(line: u64) -> Self {
        let mut spans = Self {
            list: Vec::new(),
            open: Vec::new(),
            stage: 0,
            marked: false,
            staged: false,
            within: false,
        };
        spans.push(line, None);
        spans
    }

    /// The index of the current span.
    pub(super) fn current(&self) -> u32 {
        self.list.len() as u32 - 1
    }

    /// The number of the current stage.
    pub(super) fn stage(&self) -> u32 {
        self.stage
    }

    /// The stage of a span.
    pub(super) fn stage_of(&self, span: u32) -> u32 {
        self.list.get(span as usize).map_or(self.stage, |s| s.stage)
    }

    /// The outermost name of a span.
    pub(super) fn stage_name(&self, span: u32) -> Option<&str> {
        self.list.get(span as usize)?.stage_name()
    }

    /// The first line of the log.
    pub(super) fn first_line(&self) -> u64 {
        self.list[0].first_line
    }

    /// Whether the log has section markers.
    pub(super) fn marked(&self) -> bool {
        self.marked
    }

    /// Whether a section with markers is open.
    pub(super) fn inside(&self) -> bool {
        self.open.iter().any(|o| !o.titled)
    }

    /// Reads a section marker; returns whether another stage begins.
    pub(super) fn marker(&mut self, edge: Edge, unix: i64, name: &str, line: u64) -> bool {
        if !self.marked {
            self.marked = true;
            if self.open.iter().any(|o| o.titled) {
                self.open.clear();
            }
        }
        let name = name_of(name);
        match edge {
            Edge::Start => self.start(name, unix, line),
            Edge::End => self.end(name, unix, line),
        }
    }

    fn start(&mut self, name: &str, unix: i64, line: u64) -> bool {
        if self.open.iter().any(|o| o.name == name) {
            if let Some(span) = self.list.last_mut() {
                span.started = Some(unix);
            }
            return false;
        }
        let in_stage = self.open.first().is_some_and(|o| is_stage(&o.name));
        if STAGES.contains(&name) || !in_stage && is_stage(name) {
            self.open.clear();
        }
        self.open.truncate(MAX_OPEN - 1);
        if is_stage(name) {
            (self.staged, self.within) = (true, false);
        }
        let outermost = self.open.is_empty() && !self.within;
        self.stage += u32::from(outermost);
        self.open.push(Open {
            name: name.to_owned(),
            titled: false,
        });
        self.push(line, Some(unix));
        outermost
    }

    fn end(&mut self, name: &str, unix: i64, line: u64) -> bool {
        if let Some(at) = self.open.iter().position(|o| o.name == name) {
            if let Some(span) = self.list.last_mut() {
                span.ended = Some(unix);
            }
            self.open.truncate(at);
        } else if self.open.is_empty()
            && let Some(span) = self.list.last_mut()
            && span.path.is_none()
        {
            // The log was pasted from its middle on, so the end marker names the section that has passed.
            span.path = Some(name.to_owned());
            span.ended = Some(unix);
            self.began_inside(name);
        } else {
            return false;
        }
        let outermost = self.open.is_empty() && !self.within;
        self.stage += u32::from(outermost);
        self.push(line, None);
        outermost
    }

    /// Reads what the end of a section tells whose start was cut off. A script opens its sections inside a stage, so
    /// that stage is still open; and the end of a stage, if it is the first, ends all that has passed.
    fn began_inside(&mut self, name: &str) {
        if self.staged {
            return;
        }
        self.staged = is_stage(name);
        self.within = !self.staged;
        if self.within {
            return;
        }
        for span in &mut self.list {
            span.stage = self.stage;
            span.path = match span.path.take() {
                Some(path) if path != name => Some(format!("{name}/{path}")),
                _ => Some(name.to_owned()),
            };
        }
    }

    /// Opens the stage of a title; returns whether it is a new one.
    pub(super) fn titled(&mut self, stage: &str, line: u64) -> bool {
        if self.open.last().is_some_and(|o| o.name == stage) {
            return false;
        }
        self.only(stage.to_owned(), line);
        true
    }

    /// Begins a step, which is a stage of its own.
    pub(super) fn step(&mut self, name: &str, line: u64) {
        self.only(Section::escape(name), line);
    }

    fn only(&mut self, name: String, line: u64) {
        (self.staged, self.within) = (true, false);
        self.open.clear();
        self.stage += 1;
        self.open.push(Open { name, titled: true });
        self.push(line, None);
    }

    /// Ends the step: the following lines belong to none.
    pub(super) fn close_step(&mut self, line: u64) {
        self.within = false;
        self.open.clear();
        self.stage += 1;
        self.push(line, None);
    }

    /// Ends a stage that a title opened. No line closes such a stage, so the caller decides by what follows.
    pub(super) fn leave_titled(&mut self, line: u64) {
        if self.open.iter().any(|o| o.titled) {
            self.close_step(line);
        }
    }

    fn push(&mut self, line: u64, started: Option<i64>) {
        if let Some(last) = self.list.last_mut() {
            last.last_line = line.saturating_sub(1).max(last.first_line);
        }
        let path = (!self.open.is_empty()).then(|| {
            self.open
                .iter()
                .map(|o| o.name.as_str())
                .collect::<Vec<_>>()
                .join("/")
        });
        if self.list.len() >= MAX_SPANS {
            // The stage must stay correct even then.
            if let Some(last) = self.list.last_mut() {
                last.path = path;
                last.stage = self.stage;
            }
            return;
        }
        self.list.push(Section {
            path,
            stage: self.stage,
            first_line: line,
            last_line: line,
            started,
            ended: None,
        });
    }

    /// Makes the spans without a name one stage.
    pub(super) fn rejoin(&mut self) {
        let unnamed = self.list.iter_mut().filter(|s| s.path.is_none());
        unnamed.for_each(|s| s.stage = 0);
    }

    /// The last span that could fail the job.
    pub(super) fn last_that_can_fail(&self) -> Option<u32> {
        let spans = &self.list;
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

    /// The last span that could fail the job, whether it has a name or not.
    pub(super) fn last_of_any_name(&self) -> Option<u32> {
        let last = self.list.iter().rposition(|s| can_fail(s.stage_name()));
        last.map(|k| k as u32)
    }

    /// All spans of a log that ends with that line.
    pub(super) fn finish(mut self, lines: u64) -> Vec<Section> {
        if let Some(last) = self.list.last_mut() {
            last.last_line = lines.max(last.first_line);
        }
        self.list
    }
}
