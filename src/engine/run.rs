//! The state of one scan: checks lines, follows the frame and collects hits.

use std::ops::Range;

use super::evidence::bounded;
use super::near::{self, At, Memory};
use super::store::{Key, Store};
use super::tail::{EarlierText, Tail};
use crate::library::{Library, Probe, Target, Watch};
use crate::matcher::Found;
use crate::model::{Hit, Place, WatchHit};
use crate::pattern::literal;
use crate::pattern::schema::{On, Scope};
use crate::trace::header::{self, Header};
use crate::trace::line::{Kind, Line};
use crate::trace::{Block, Frame, Piece, Wrappers, frame, prefix};

/// The state of one scan.
pub(super) struct Run<'l> {
    library: &'l Library,
    pub frame: Frame,
    pub store: Store,
    pub memory: Memory,
    pub tail: Tail,
    earlier: EarlierText,
    source: Source,
    /// A group has begun or ended.
    grouped: bool,
    /// Hits, with their offsets, in the header of a step whose end is not known yet.
    undecided: Vec<(u64, Key)>,
    /// `tail_named`: the tail is of a stage with a name. `tail_final`: no later stage may replace it.
    tail_named: bool,
    tail_final: bool,
    /// The tail is of a stage that can fail the job.
    tail_kept: bool,
    ended: bool,
    /// Where the current stage and the current command began, in clean bytes of the log.
    stage_start: u64,
    command_start: u64,
    /// Rises whenever lines that nobody wanted may become wanted: a stage or a command begins, or a hit waits.
    pub age: u64,
    /// The folded content of the line being checked.
    folded: Vec<u8>,
}

/// Most hits kept until it is known whether they stand in a header.
const UNDECIDED: usize = 1000;

/// How far from its start a log that begins inside a header may leave it, in bytes.
const FIRST: usize = 8 << 10;

/// Which lines repeat the source of a step.
enum Source {
    /// As the frame says.
    Framed,
    /// Lines from an open header on; its end is not known yet.
    Open(Header),
    /// Lines up to that offset, in clean bytes of the log.
    Until(u64),
}

/// A line that is checked.
struct CheckedLine<'a> {
    view: Line<'a>,
    folded: &'a [u8],
    at: At,
    own: OwnStretch,
    /// Where its own stretch begins in the block.
    since: usize,
}

impl<'l> Run<'l> {
    pub(super) fn new(library: &'l Library, first_line: u64, age: u64) -> Self {
        Self {
            library,
            frame: Frame::starting_at(first_line),
            store: Store::default(),
            memory: Memory::default(),
            tail: Tail::default(),
            earlier: EarlierText::default(),
            source: Source::Framed,
            grouped: false,
            undecided: Vec::new(),
            tail_named: false,
            tail_final: false,
            tail_kept: false,
            ended: false,
            stage_start: 0,
            command_start: 0,
            age,
            folded: Vec::new(),
        }
    }

    /// Applies a change of the frame at an offset. If that ends a stage, keeps the stage's tail.
    pub(super) fn change(
        &mut self,
        block: &Block,
        at: usize,
        line: u64,
        f: impl FnOnce(&mut Frame),
    ) {
        let (stage, span) = (self.frame.stage(), self.frame.span());
        let command = self.frame.place(line).command;
        f(&mut self.frame);
        let failed = self.frame.failed_stage() == Some(stage) && self.frame.stage() != stage;
        let ended = self.frame.has_ended() && !self.ended;
        if self.frame.stage() != stage || ended {
            // Of two failed stages, the first one was tolerated.
            self.tail_final &= !failed;
            self.keep_tail(block, at, line, stage, span);
            self.ended |= ended;
            // If a failure turns out to have been tolerated, a later tail may replace its own.
            self.tail_final = failed || self.tail_final && self.frame.failed_stage().is_some();
        }
        if self.frame.stage() != stage {
            self.stage_start = block.base() + at as u64;
            self.command_start = self.stage_start;
            self.age += 1;
        } else if self.frame.place(line).command > command {
            self.command_start = block.base() + at as u64;
            self.age += 1;
        }
    }

    fn keep_tail(&mut self, block: &Block, to: usize, line: u64, stage: u32, span: u32) {
        let name = self.frame.stage_name(span);
        // The tail of a section that cannot fail the job is kept only while there is no better one.
        let harmless = !frame::can_fail(name) && self.tail_kept;
        let passed_by = name.is_none() && self.tail_named && !self.frame.script_is_unnamed();
        if self.tail_final || harmless || passed_by {
            return;
        }
        let from = self.stage_start.saturating_sub(block.base());
        let from = (from as usize).min(to);
        if name.is_none() && block.bytes()[from..to].iter().all(u8::is_ascii_whitespace) {
            return;
        }
        self.tail_named = name.is_some() && frame::can_fail(name);
        self.tail_kept |= frame::can_fail(name);
        self.tail
            .copy(block, &self.earlier, self.stage_start, to, line, stage);
        self.tail.wrappers.clone_from(self.frame.wrappers());
    }

    /// Prepares for the next block, which holds only the end of this one.
    pub(super) fn block_ends(&mut self, block: &Block) {
        if !block.is_last() {
            self.earlier.remember(block, self.stage_start);
        }
    }

    /// Keeps the tail at the end of the last block, where the log may end.
    pub(super) fn stage_end_if_last(&mut self, block: &Block, line: u64) {
        if block.is_last() && !self.ended {
            let (stage, span) = (self.frame.stage(), self.frame.span());
            self.keep_tail(block, block.bytes().len(), line, stage, span);
        }
    }

    /// Looks for the end of the header from that offset on.
    pub(super) fn follow_header(&mut self, block: &Block, mut from: usize) {
        let Source::Open(header) = &mut self.source else {
            return;
        };
        let text = &block.bytes()[..block.owned()];
        if from == block.start() && block.column() > 0 {
            // Skips the rest of a line whose beginning was read.
            from = memchr::memchr(b'\n', &text[from..]).map_or(text.len(), |k| from + k + 1);
        }
        if let Some(end) = header.end(text, from, block.base()) {
            self.decide(end);
        }
    }

    /// If the log begins inside the header of a step, drops the hits found before that header's end.
    fn begins_within_header(&mut self, block: &Block, from: usize, line: u64, text: &[u8]) {
        let end = text.starts_with(b"##[endgroup]");
        if self.grouped || !(end || text.starts_with(b"##[group]")) {
            return;
        }
        self.grouped = true;
        // Every first block holds this much.
        let near = block.base() == 0 && from <= FIRST;
        if end && near && header::ends_with(&block.bytes()[block.start()..from]) {
            self.store.forget_above(line);
        }
    }

    /// Ends an open header at the end of the log.
    pub(super) fn finish_header(&mut self) {
        if let Source::Open(header) = &self.source {
            self.decide(header.end_at_last());
        }
    }

    /// Ends the header at that offset and drops the hits inside it.
    fn decide(&mut self, end: u64) {
        self.source = Source::Until(end);
        for (at, key) in self.undecided.drain(..) {
            if at < end {
                self.store.forget(key);
            }
        }
    }

    /// Whether a line at that offset may be evidence; `None` if that is not known yet.
    fn may_tell(&self, at: u64) -> Option<bool> {
        match &self.source {
            Source::Framed => Some(!self.frame.in_step_header()),
            Source::Open(_) if self.undecided.len() < UNDECIDED => None,
            Source::Open(_) => Some(false),
            Source::Until(end) => Some(at >= *end),
        }
    }

    pub(super) fn piece(
        &mut self,
        block: &Block,
        place: Piece,
        line: u64,
        command: bool,
        targets: &[Target],
    ) {
        let Piece {
            from,
            since,
            to,
            goes_on,
            ..
        } = place;
        let bytes = block.bytes();
        let piece = &bytes[from..to];
        let mut view = if goes_on {
            Line::inside(piece)
        } else {
            Line::new(piece, command).within(self.frame.wrappers())
        };
        let of_frame = targets.partition_point(|t| t.pattern != Target::FRAME);
        let (targets, of_frame) = targets.split_at(of_frame);
        let wants = |regex: u16| !goes_on && of_frame.iter().any(|t| t.regex == regex);
        if wants(Target::CASE) && !view.command {
            let awaited = self.frame.awaits_case();
            self.frame.case(view.content(), line);
            self.age += u64::from(awaited != self.frame.awaits_case());
        }
        if wants(Target::MARK) {
            let next = bytes.get(to + 1..).filter(|rest| !rest.is_empty());
            self.change(block, from, line, |frame| {
                frame.look(&view, piece, next.map(first_line), line)
            });
            self.begins_within_header(block, from, line, view.text);
            // Inside another header it is an ordinary line of that header.
            let begins = view.text.starts_with(header::OPENING)
                && self.frame.in_step_header()
                && match &self.source {
                    Source::Framed => true,
                    Source::Open(_) => false,
                    Source::Until(end) => block.base() + from as u64 >= *end,
                };
            if begins {
                let opened = Header::opened_by(piece);
                self.source = opened.map_or(Source::Framed, Source::Open);
                self.follow_header(block, to + 1);
            }
        }
        // Runs after the frame, because a marker that lost its CR stands on the same line before the command.
        if command {
            self.command_start = block.base() + from as u64;
            self.age += 1;
            self.frame.echo(
                &String::from_utf8_lossy(view.content().get(2..).unwrap_or_default()),
                line,
            );
        }
        view.command |= view.text.starts_with(header::OPENING);
        let offset = block.base() + from as u64;
        let tells = if view.command {
            Some(true)
        } else {
            self.may_tell(offset)
        };
        let at = At {
            place: self.frame.place(line),
            stage: self.frame.stage(),
            stream: view.stream,
        };
        if targets.is_empty() {
            return;
        }
        let mut folded = std::mem::take(&mut self.folded);
        folded.clear();
        folded.extend(view.content().iter().map(|&byte| literal::fold(byte)));
        let looked = CheckedLine {
            own: OwnStretch::of(place, piece, &view),
            view,
            folded: &folded,
            at,
            since,
        };
        self.watches(&looked, targets, true);
        if tells != Some(false) {
            let undecided = tells.is_none().then_some(offset);
            self.matches(block, &looked, targets, undecided);
        }
        self.watches(&looked, targets, false);
        self.folded = folded;
    }

    /// Whether any of these targets matters here.
    pub(super) fn wants(&self, mut targets: impl Iterator<Item = Target>) -> bool {
        let (stage, command) = (self.frame.stage(), self.frame.place(0).command);
        targets.any(|target| match target.pattern {
            Target::FRAME => target.regex == Target::MARK || self.frame.awaits_case(),
            _ => self.memory.wants(self.library, target, stage, command),
        })
    }

    /// Checks watched lines: with `arrive` for the hits above, else, after the hits of this line itself, for
    /// those below.
    fn watches(&mut self, line: &CheckedLine<'_>, targets: &[Target], arrive: bool) {
        let (view, at) = (&line.view, line.at);
        for &target in targets {
            let index = target.pattern.into();
            if !self.library.is_enabled(index) {
                continue;
            }
            let Some(watch) = self.library.rule(index).watch(target.regex.into()) else {
                continue;
            };
            // Most watched lines matter to no hit, so their regexes need not run.
            let wanted = if arrive {
                self.memory.is_awaited(target)
            } else {
                self.memory
                    .is_news(watch, target, at.stage, at.place.command)
            };
            let fits = || {
                let probe = self.library.probe(index, target.regex.into())?;
                let may = probe.may_match(line.folded);
                may.then(|| line.own.find(probe, view.content()))?
            };
            if !wanted || fits().is_none() {
                continue;
            }
            if arrive {
                self.memory
                    .arrive(self.library, target, view, at, &mut self.store);
            } else {
                self.memory.remember(self.library, target, view, at);
            }
        }
    }

    /// Runs the regexes of a line's targets. `undecided` is the line's offset if it may be part of a header.
    #[inline(always)]
    fn matches(
        &mut self,
        block: &Block,
        line: &CheckedLine<'_>,
        targets: &[Target],
        undecided: Option<u64>,
    ) {
        let (library, view, at) = (self.library, &line.view, line.at);
        let mut last = None;
        for &target in targets {
            let index = u32::from(target.pattern);
            if last == Some(index) || !library.is_enabled(index) {
                continue;
            }
            let rule = library.rule(index);
            let Some(on) = rule.on(target.regex.into()).filter(|_| !rule.is_retired()) else {
                continue;
            };
            let Some((content, skipped)) = seen_by(on, view) else {
                continue;
            };
            let Some(probe) = library.probe(index, target.regex.into()) else {
                continue;
            };
            if !probe.may_match(&line.folded[skipped..]) {
                continue;
            }
            let Some(found) = line.own.find(probe, content) else {
                continue;
            };
            // The form of a window inside a long line proves nothing.
            if on == On::Output && !line.own.goes_on && view.kind() != Kind::Output {
                continue;
            }
            last = Some(index);
            let unkeyed = |number: usize, watch: Watch| {
                let target = Target {
                    pattern: target.pattern,
                    regex: number as u16,
                };
                let start = match watch.scope {
                    Scope::Command => self.command_start,
                    Scope::Section => self.stage_start,
                    Scope::Job => 0,
                };
                let floor = start.saturating_sub(block.base()) as usize;
                let within = watch.within.unwrap_or(0);
                let wrappers = self.frame.wrappers();
                look_up(
                    block,
                    floor..line.since,
                    at,
                    within,
                    library,
                    target,
                    wrappers,
                )
            };
            let context = self.memory.look_back(library, target.pattern, at, unkeyed);
            let command = self.frame.command().cloned();
            let key = self.store.add(index, at.stage, || {
                let shift = view.content_at + skipped;
                let (start, end) = found.whole;
                let (text, span) = bounded(view.text, shift + start, shift + end);
                Hit {
                    pattern: index,
                    place: at.place,
                    text,
                    span,
                    captures: probe.captures(content, &found),
                    context,
                    command,
                    dropped: 0,
                }
            });
            self.undecided.extend(undecided.map(|at| (at, key)));
            if self.memory.wait(rule, target.pattern, key, at) {
                self.age += 1;
            }
        }
    }
}

/// A text up to its first newline.
pub(super) fn first_line(text: &[u8]) -> &[u8] {
    &text[..memchr::memchr(b'\n', text).unwrap_or(text.len())]
}

/// The part of a line that an alternative sees, and how many bytes of the content come before that part.
fn seen_by<'a>(on: On, view: &Line<'a>) -> Option<(&'a [u8], usize)> {
    let content = view.content();
    match on {
        On::Output => (!view.command).then_some((content, 0)),
        On::Command if view.command => {
            let skipped = echo_mark(content);
            Some((&content[skipped..], skipped))
        }
        On::Command => None,
    }
}

/// Length of the mark before an echoed command.
pub(super) fn echo_mark(content: &[u8]) -> usize {
    [&b"$ "[..], header::OPENING]
        .iter()
        .find(|mark| content.starts_with(mark))
        .map_or(0, |mark| mark.len())
}

/// The part of a text that a match must touch. A window of a long line owns only a stretch of what it sees.
#[derive(Debug, Clone, Copy)]
struct OwnStretch {
    since: usize,
    until: usize,
    goes_on: bool,
}

impl OwnStretch {
    /// For the content of a piece.
    fn of(place: Piece, piece: &[u8], view: &Line<'_>) -> Self {
        let until = if place.until == place.to {
            usize::MAX
        } else {
            let skipped = if place.goes_on {
                0
            } else {
                prefix::split(piece).stamps + view.content_at
            };
            (place.until - place.from).saturating_sub(skipped)
        };
        Self {
            since: place.since.saturating_sub(place.from),
            until,
            goes_on: place.goes_on,
        }
    }

    /// The first match that touches the part. If the window does not begin its line, its first byte is
    /// skipped, so that `^` cannot match there.
    fn find(self, probe: Probe<'_>, text: &[u8]) -> Option<Found> {
        let mut at = usize::from(self.goes_on);
        while at <= text.len() {
            let found = probe.find_at(text, at)?;
            let (start, end) = found.whole;
            if start >= self.until {
                return None;
            }
            if end >= self.since {
                return Some(found);
            }
            at = end.max(at + 1);
        }
        None
    }
}

/// Checks the few lines above a hit for a condition without a literal.
fn look_up(
    block: &Block,
    above: Range<usize>,
    at: At,
    within: u32,
    library: &Library,
    target: Target,
    wrappers: &Wrappers,
) -> Option<WatchHit> {
    let bytes = block.bytes();
    let Range {
        start: floor,
        end: since,
    } = above;
    let mut end = since.checked_sub(1)?;
    for _ in 0..4 * within.max(1) {
        let start = memchr::memrchr(b'\n', &bytes[..end]).map_or(0, |k| k + 1);
        if start < floor {
            return None;
        }
        let line = block.line_before(start, since, at.place.line);
        if at.place.line.saturating_sub(line) > u64::from(within) {
            return None;
        }
        let view = Line::new(&bytes[start..end], false).within(wrappers);
        let same_output = view.stream == at.stream || view.stream == 0 || at.stream == 0;
        if same_output {
            let place = Place { line, ..at.place };
            if let Some(hit) = near::watch_hit(library, target, place, view.text, view.content_at) {
                return Some(hit);
            }
        }
        end = start.checked_sub(1)?;
    }
    None
}
