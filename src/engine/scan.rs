//! Drives a log through reader, frame, prefilter and regexes.
//!
//! Whole blocks are searched for literals; only lines with a literal, a marker or an echoed command are looked at. On
//! such a line the regexes of the literals found there run. Nothing is allocated for a
//! line where nothing hits.

use std::cell::OnceCell;
use std::io::{self, Read};

use super::near::{self, At, Memory};
use super::sought::{Occurrence, Sought};
use super::store::Store;
use super::tail::Tail;
use super::unkeyed::Unkeyed;
use crate::library::{Library, Probe, Target, Watch};
use crate::matcher::Found;
use crate::model::{Hit, JobFacts, Outcome, Place, TailLine, WatchHit};
use crate::pattern::literal;
use crate::pattern::schema::{On, Scope};
use crate::trace::dialect::Jobs;
use crate::trace::line::{Kind, Line};
use crate::trace::page::Page;
use crate::trace::reader::Buffers;
use crate::trace::{Block, BlockReader, Frame, Piece, cut, frame, prefix};

/// Occurrences at the end of a block whose lines are looked at though their patterns have had hits enough: the last hits of a
/// section are kept whatever there was before.
const LAST: usize = 256;
/// Most bytes of a line that are kept as evidence.
const MAX_TEXT: usize = 2000;

/// What one log held.
#[derive(Debug, Default)]
pub struct Scan {
    /// What its frame says.
    pub facts: JobFacts,
    /// Lines that patterns matched, in order; positional conditions are settled, the others are not.
    pub hits: Vec<Hit>,
    /// The end of the section that may have failed; empty for a job that did not fail.
    pub tail: Tail,
    /// The source could not be read to its end.
    pub error: Option<io::Error>,
    /// The last line has no newline.
    pub ends_in_mid_line: bool,
}

impl Scan {
    /// The lines of the tail, empty ones left out.
    pub fn tail_lines(&self) -> Vec<TailLine> {
        self.tail.lines(&self.facts)
    }
}

/// Scans one log after another with the same library.
#[derive(Debug)]
pub struct Scanner<'l> {
    library: &'l Library,
    buffers: Buffers,
    found: Vec<Occurrence>,
    echoes: Vec<usize>,
    targets: Vec<Target>,
    /// For each literal the age ([`Run::age`]) in which nobody wants its lines.
    unwanted: Vec<u64>,
    /// For each literal the age in which nobody needs more of its lines than the last ones.
    worn: Vec<u64>,
    age: u64,
    unkeyed: OnceCell<Unkeyed<'l>>,
}

impl<'l> Scanner<'l> {
    /// A scanner; it keeps its buffers from log to log.
    pub fn new(library: &'l Library) -> Self {
        Self {
            library,
            buffers: Buffers::default(),
            found: Vec::new(),
            echoes: Vec::new(),
            targets: Vec::new(),
            unwanted: vec![0; Sought::of(library).count()],
            worn: Vec::new(),
            age: 0,
            unkeyed: OnceCell::new(),
        }
    }

    /// Reads the log of one job to its end.
    pub fn scan(&mut self, source: impl Read) -> Scan {
        let mut page = Page::new(source);
        let mut scan = self.scan_from(&mut page, 1);
        scan.facts.bytes += page.removed();
        scan
    }

    /// Reads a text job after job: `gh run view --log` prints all of a run's into one.
    pub fn scan_jobs(&mut self, source: impl Read, mut each: impl FnMut(Option<String>, Scan)) {
        let mut jobs = Jobs::new(Page::new(source));
        let mut removed = 0;
        while let Some(job) = jobs.next_job() {
            let mut scan = self.scan_from(&mut jobs, job.first_line);
            let of_page = jobs.source().removed();
            scan.facts.bytes += jobs.removed() + (of_page - removed);
            removed = of_page;
            each(job.name, scan);
        }
    }

    fn scan_from(&mut self, source: impl Read, line: u64) -> Scan {
        let reader = BlockReader::reusing(source, std::mem::take(&mut self.buffers));
        let mut reader = reader.starting_at(line);
        let scan = self.drive(&mut reader, line);
        self.buffers = reader.into_buffers();
        scan
    }

    /// [`Scanner::scan`] with another buffer size, for tests.
    pub fn scan_with_buffer(&mut self, source: impl Read, size: usize) -> Scan {
        self.drive(&mut BlockReader::with_buffer(source, size), 1)
    }

    fn drive<R: Read>(&mut self, reader: &mut BlockReader<R>, first_line: u64) -> Scan {
        let mut run = Run::new(self.library, first_line, self.age + 1);
        let mut line = first_line;
        while let Some(block) = reader.next_block() {
            run.memory.expire(self.library, run.frame.stage(), line);
            self.block(block, &mut run, &mut line);
            run.stage_end_if_last(block, line);
        }
        self.age = run.age;
        let mid_line = reader.ends_in_mid_line();
        let mut facts = run.frame.finish(reader.lines(), reader.bytes(), mid_line);
        facts.lines -= first_line - 1;
        let mut scan = Scan {
            hits: run.store.into_hits(),
            error: reader.take_error(),
            ends_in_mid_line: mid_line,
            ..Scan::default()
        };
        if !matches!(facts.outcome, Outcome::Succeeded | Outcome::Canceled) {
            scan.tail = run.tail;
            let last = scan.tail.last_lines(&facts, verdict(&facts));
            let all = verdict(&facts).into_iter();
            let all = all.chain(scan.tail.from_end(&facts));
            let unkeyed = self.unkeyed.get_or_init(|| Unkeyed::of(self.library));
            let more = unkeyed.hits(&last, all, &facts, &scan.hits);
            scan.hits.extend(more);
            scan.hits.sort_by_key(|hit| (hit.place.line, hit.pattern));
        }
        scan.facts = facts;
        scan
    }

    fn block(&mut self, block: &Block, run: &mut Run<'l>, last_line: &mut u64) {
        let start = block.start();
        let (found, targets) = (&mut self.found, &mut self.targets);
        let sought = Sought::of(self.library);
        sought.find(block, found);
        let mut awaits = run.memory.awaits();
        if awaits {
            sought.find_awaited(block, start, found, 0);
        }
        block.echoes(&mut self.echoes);
        if block.column() == 0 && start < block.bytes().len() {
            run.frame.resume(first_line(&block.bytes()[start..]));
        }
        let mut counter = block.counter();
        let (mut hit, mut echo, mut mark) = (0, 0, 0);
        // What was passed over since the piece that was looked at last.
        let mut passed = 0;
        loop {
            let at = found
                .get(hit)
                .map_or(usize::MAX, |(at, _)| *at)
                .min(self.echoes.get(echo).copied().unwrap_or(usize::MAX));
            if let Some(found) = block.marks().get(mark).filter(|m| m.at <= at) {
                let line = counter.line_at(block, found.at);
                run.change(block, found.at, line, |frame| {
                    frame.marker(found.edge, found.unix, &found.name, line)
                });
                mark += 1;
                continue;
            }
            if at == usize::MAX {
                break;
            }
            // A line that would only settle what nobody wants to know is not worth a look.
            if let Some((place, literal)) = found.get(hit)
                && *place == at
            {
                let unwanted = &mut self.unwanted[*literal as usize];
                if *unwanted != run.age
                    && sought.is_conditional(*literal)
                    && !run.wants(sought.targets(*literal))
                {
                    *unwanted = run.age;
                }
                if *unwanted == run.age {
                    hit += 1;
                    continue;
                }
                if !run.enough.is_empty() && hit + LAST < found.len() {
                    self.worn.resize(self.unwanted.len(), 0);
                    let worn = &mut self.worn[*literal as usize];
                    if *worn != run.age && run.is_worn(sought.targets(*literal)) {
                        *worn = run.age;
                    }
                    if *worn == run.age {
                        hit += 1;
                        continue;
                    }
                }
            }
            let piece = block.piece(at);
            let line = counter.line_at(block, piece.since);
            targets.clear();
            // The line is looked at all the same, and may begin a stage or a command: then it counts what stood before.
            while hit > passed && found[hit - 1].0 >= piece.since {
                hit -= 1;
            }
            while let Some((_, literal)) = found.get(hit).filter(|(at, _)| *at < piece.until) {
                targets.extend(sought.targets(*literal));
                hit += 1;
            }
            passed = hit;
            let mut command = false;
            while self.echoes.get(echo).is_some_and(|at| *at < piece.until) {
                command = true;
                echo += 1;
            }
            targets.sort_unstable();
            targets.dedup();
            run.is_late = hit + LAST >= found.len();
            run.piece(block, piece, line, command, targets);
            if !awaits && run.memory.awaits() {
                awaits = true;
                sought.find_awaited(block, piece.until, found, hit);
            }
        }
        *last_line = counter.line_at(block, block.bytes().len());
    }
}

/// The state of one scan.
struct Run<'l> {
    library: &'l Library,
    frame: Frame,
    store: Store,
    memory: Memory,
    tail: Tail,
    /// The tail is of a stage with a name, and where it ends there is no doubt.
    tail_named: bool,
    tail_final: bool,
    /// The tail is of a stage that can fail the job.
    tail_kept: bool,
    ended: bool,
    /// Where the stage, and the command, began, in clean bytes of the log.
    stage_start: u64,
    command_start: u64,
    /// Goes up where lines that nobody wanted may become wanted: a stage or a command begins, a hit waits.
    age: u64,
    /// For each pattern whether it has had hits enough in this stage; empty where none has.
    enough: Vec<bool>,
    /// The line that is looked at is one of the last of its block.
    is_late: bool,
    /// The content of the line that is looked at, folded.
    folded: Vec<u8>,
}

/// A line that is looked at.
struct Looked<'a> {
    view: Line<'a>,
    folded: &'a [u8],
    at: At,
    own: Own,
    /// Where its own stretch begins in the block.
    since: usize,
}

impl<'l> Run<'l> {
    fn new(library: &'l Library, first_line: u64, age: u64) -> Self {
        Self {
            library,
            frame: Frame::starting_at(first_line),
            store: Store::default(),
            memory: Memory::default(),
            tail: Tail::default(),
            tail_named: false,
            tail_final: false,
            tail_kept: false,
            ended: false,
            stage_start: 0,
            command_start: 0,
            age,
            enough: Vec::new(),
            is_late: false,
            folded: Vec::new(),
        }
    }

    /// Lets the frame change at an offset; where that ends a stage, keeps its tail.
    fn change(&mut self, block: &Block, at: usize, line: u64, f: impl FnOnce(&mut Frame)) {
        let (stage, span) = (self.frame.stage(), self.frame.span());
        let command = self.frame.place(line).command;
        f(&mut self.frame);
        let failed = self.frame.failed_stage() == Some(stage) && self.frame.stage() != stage;
        let ended = self.frame.has_ended() && !self.ended;
        if self.frame.stage() != stage || ended {
            self.keep_tail(block, at, line, stage, span);
            self.ended |= ended;
            // A failure that turns out to have been tolerated frees the tail again.
            self.tail_final = failed || self.tail_final && self.frame.failed_stage().is_some();
        }
        if self.frame.stage() != stage {
            self.stage_start = block.base() + at as u64;
            self.command_start = self.stage_start;
            self.enough.clear();
            self.age += 1;
        } else if self.frame.place(line).command > command {
            self.command_start = block.base() + at as u64;
            self.age += 1;
        }
    }

    fn keep_tail(&mut self, block: &Block, to: usize, line: u64, stage: u32, span: u32) {
        let name = self.frame.stage_name(span);
        // A section that cannot fail the job is kept only while there is nothing better.
        let harmless = !frame::can_fail(name) && self.tail_kept;
        if self.tail_final || harmless || (name.is_none() && self.tail_named) {
            return;
        }
        let reach = self.stage_start.checked_sub(block.base());
        let from = reach.map_or(0, |from| (from as usize).min(to));
        if name.is_none() && block.bytes()[from..to].iter().all(u8::is_ascii_whitespace) {
            return;
        }
        self.tail_named = name.is_some() && frame::can_fail(name);
        self.tail_kept |= frame::can_fail(name);
        self.tail.copy(block, from, to, line, stage);
        // The block has forgotten where the stage began.
        self.tail.cut |= reach.is_none();
    }

    /// The log may end with this block: what stands at its end is a tail until more is read.
    fn stage_end_if_last(&mut self, block: &Block, line: u64) {
        if block.is_last() && !self.ended {
            let (stage, span) = (self.frame.stage(), self.frame.span());
            self.keep_tail(block, block.bytes().len(), line, stage, span);
        }
    }

    fn piece(&mut self, block: &Block, place: Piece, line: u64, command: bool, targets: &[Target]) {
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
            Line::new(piece, command)
        };
        if targets.last().is_some_and(|t| t.pattern == Target::FRAME) && !goes_on {
            let next = bytes.get(to + 1..).filter(|rest| !rest.is_empty());
            self.change(block, from, line, |frame| {
                frame.look(&view, piece, next.map(first_line), line)
            });
        }
        // Behind the frame: a marker that lost its CR stands on the same line, before the command.
        if command {
            self.command_start = block.base() + from as u64;
            self.age += 1;
            self.frame.echo(
                &String::from_utf8_lossy(view.content().get(2..).unwrap_or_default()),
                line,
            );
        }
        view.command |= view.text.starts_with(GITHUB_COMMAND);
        let source = self.frame.in_step_header() && !view.command;
        let at = At {
            place: self.frame.place(line),
            stage: self.frame.stage(),
            stream: view.stream,
        };
        let targets = match targets.iter().position(|t| t.pattern == Target::FRAME) {
            Some(frame) => &targets[..frame],
            None => targets,
        };
        if targets.is_empty() {
            return;
        }
        let mut folded = std::mem::take(&mut self.folded);
        folded.clear();
        folded.extend(view.content().iter().map(|&byte| literal::fold(byte)));
        let looked = Looked {
            own: Own::of(place, piece, &view),
            view,
            folded: &folded,
            at,
            since,
        };
        self.watches(&looked, targets, true);
        if !source {
            self.matches(block, &looked, targets);
        }
        self.watches(&looked, targets, false);
        self.folded = folded;
    }

    /// Does any of these conditions want a line here?
    fn wants(&self, mut targets: impl Iterator<Item = Target>) -> bool {
        let (stage, command) = (self.frame.stage(), self.frame.place(0).command);
        targets.any(|target| {
            let memory = &self.memory;
            memory.wants(self.library, target, stage, command)
        })
    }

    /// Has a pattern had hits enough in this stage?
    fn has_enough(&self, pattern: u16) -> bool {
        self.enough.get(usize::from(pattern)) == Some(&true)
    }

    /// Have all patterns that this literal concerns had hits enough, and does no condition want its lines?
    fn is_worn(&self, mut targets: impl Iterator<Item = Target>) -> bool {
        targets.all(|target| {
            target.pattern != Target::FRAME
                && match self
                    .library
                    .rule(target.pattern.into())
                    .watch(target.regex.into())
                {
                    Some(_) => !self.wants(std::iter::once(target)),
                    None => self.has_enough(target.pattern),
                }
        })
    }

    /// Lines that conditions ask for: first for the hits above (`arrive`), then, behind the hits of this line itself,
    /// for those below.
    fn watches(&mut self, line: &Looked<'_>, targets: &[Target], arrive: bool) {
        let (view, at) = (&line.view, line.at);
        for &target in targets {
            let index = target.pattern.into();
            if !self.library.is_enabled(index) {
                continue;
            }
            let Some(watch) = self.library.rule(index).watch(target.regex.into()) else {
                continue;
            };
            // Most watched lines concern nobody: then their regex need not run.
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

    fn matches(&mut self, block: &Block, line: &Looked<'_>, targets: &[Target]) {
        let (library, view, at) = (self.library, &line.view, line.at);
        let mut last = None;
        for &target in targets {
            let index = u32::from(target.pattern);
            if last == Some(index) || !library.is_enabled(index) {
                continue;
            }
            if !self.is_late && self.has_enough(target.pattern) {
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
            // Inside of a long line the form of a window tells nothing.
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
                look_up(block, line.since, floor, at, within, library, target)
            };
            let context = self.memory.look_back(library, target.pattern, at, unkeyed);
            let command = self.frame.command().cloned();
            let (key, are_enough) = self.store.add(index, at.stage, || {
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
                    passed_over: false,
                }
            });
            if are_enough && !self.has_enough(target.pattern) {
                self.enough.resize(library.len(), false);
                self.enough[index as usize] = true;
                self.age += 1;
            }
            if self.memory.wait(rule, target.pattern, key, at) {
                self.age += 1;
            }
        }
    }
}

/// A text up to its first newline.
fn first_line(text: &[u8]) -> &[u8] {
    &text[..memchr::memchr(b'\n', text).unwrap_or(text.len())]
}

/// What an alternative sees of a line, and how many bytes of the content it does not see.
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

/// How GitHub echoes a step's command.
const GITHUB_COMMAND: &[u8] = b"##[group]Run ";

/// How many bytes stand before a command that is echoed.
pub(super) fn echo_mark(content: &[u8]) -> usize {
    [&b"$ "[..], GITHUB_COMMAND]
        .iter()
        .find(|mark| content.starts_with(mark))
        .map_or(0, |mark| mark.len())
}

/// Which part of a text its matches must touch: of a window of a long line its own stretch, not what it sees beyond.
#[derive(Debug, Clone, Copy)]
struct Own {
    since: usize,
    until: usize,
    goes_on: bool,
}

impl Own {
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

    /// The first match there. Where a window does not begin its line, `^` does not hold: its very first byte is given up.
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

/// Looks up the few lines above a hit for a condition without a literal.
fn look_up(
    block: &Block,
    since: usize,
    floor: usize,
    at: At,
    within: u32,
    library: &Library,
    target: Target,
) -> Option<WatchHit> {
    let bytes = block.bytes();
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
        let view = Line::new(&bytes[start..end], false);
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

/// The verdict as a line of its own: it says how the script ended.
fn verdict(facts: &JobFacts) -> Option<TailLine> {
    let verdict = facts.verdict.as_ref()?;
    let section = facts
        .sections
        .partition_point(|s| s.first_line <= verdict.line)
        .saturating_sub(1) as u32;
    Some(TailLine {
        place: Place {
            line: verdict.line,
            section,
            command: facts.commands.last().map_or(0, |c| c.index),
            ..Place::default()
        },
        text: verdict.text.clone(),
        content_at: 0,
        command: false,
        echo: false,
    })
}

/// At most [`MAX_TEXT`] bytes of a line around a match, and where the match then stands. A cut is marked by `…`.
pub(super) fn bounded(text: &[u8], start: usize, end: usize) -> (String, (u32, u32)) {
    let (mut from, mut to) = (0, text.len());
    if text.len() <= MAX_TEXT
        && let Ok(whole) = std::str::from_utf8(text)
    {
        let (start, end) = (start.min(to), end.min(to));
        if whole.is_char_boundary(start) && whole.is_char_boundary(end) {
            return (whole.to_owned(), (start as u32, end as u32));
        }
    }
    if text.len() > MAX_TEXT {
        let spare = MAX_TEXT.saturating_sub(end.min(start + MAX_TEXT) - start);
        from = start.saturating_sub(spare / 2);
        to = (from + MAX_TEXT).min(text.len());
        from = from.min(to.saturating_sub(MAX_TEXT));
        from = cut::start(text, from, start.min(to));
        to = cut::end(text, end.min(to), to);
        while from > 0 && from < to && text[from] & 0xc0 == 0x80 {
            from += 1;
        }
        while to < text.len() && to > from && text[to] & 0xc0 == 0x80 {
            to -= 1;
        }
    }
    let lossy = |from: usize, to: usize| String::from_utf8_lossy(&text[from..to.max(from)]);
    let (start, end) = (start.clamp(from, to), end.clamp(from, to));
    let mut out = String::new();
    if from > 0 {
        out.push('…');
    }
    out.push_str(&lossy(from, start));
    let span_start = out.len() as u32;
    out.push_str(&lossy(start, end));
    let span_end = out.len() as u32;
    out.push_str(&lossy(end, to));
    if to < text.len() {
        out.push('…');
    }
    (out, (span_start, span_end))
}
