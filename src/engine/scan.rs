//! Drives a log through reader, frame, prefilter and regexes.
//!
//! The prefilter searches whole blocks for literals. Only lines with a literal, a marker or an echoed command
//! are checked, and only the regexes of the literals found there run. A line without a hit allocates nothing.

use std::cell::OnceCell;
use std::io::{self, Read};

use super::run::{Run, first_line};
use super::sought::{Occurrence, Sought};
use super::tail::Tail;
use super::unkeyed::Unkeyed;
use crate::library::{Library, Target};
use crate::model::{Hit, JobFacts, Outcome, TailLine};
use crate::trace::dialect::Jobs;
use crate::trace::page::{self, Page};
use crate::trace::reader::Buffers;
use crate::trace::{Block, BlockReader};

/// The result of scanning one log.
#[derive(Debug, Default)]
pub struct Scan {
    /// The facts of its frame.
    pub facts: JobFacts,
    /// The hits in line order. Positional conditions are settled, the others are not.
    pub hits: Vec<Hit>,
    /// The end of the section that may have failed; empty if the job did not fail.
    pub tail: Tail,
    /// The error that ended the source early.
    pub error: Option<io::Error>,
    /// The last line has no newline.
    pub ends_in_mid_line: bool,
}

impl Scan {
    /// The lines of the tail, empty ones left out.
    pub fn tail_lines(&self) -> Vec<TailLine> {
        self.tail.lines(&self.facts)
    }

    /// Removes the marks that [`Page`] added, so that lines are shown as they were printed.
    fn take_marks_out(&mut self) {
        self.tail.marked = true;
        for hit in &mut self.hits {
            let len = page::put_in(&hit.text);
            hit.text.drain(..len);
            let (start, end) = hit.span;
            hit.span = (
                start.saturating_sub(len as u32),
                end.saturating_sub(len as u32),
            );
            for other in hit.context.iter_mut().flatten() {
                other.text.drain(..page::put_in(&other.text));
            }
        }
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
    /// For each literal, the age ([`Run::age`]) at which nobody wants its lines.
    unwanted: Vec<u64>,
    age: u64,
    unkeyed: OnceCell<Unkeyed<'l>>,
}

impl<'l> Scanner<'l> {
    /// Creates a scanner, which keeps its buffers from log to log.
    pub fn new(library: &'l Library) -> Self {
        Self {
            library,
            buffers: Buffers::default(),
            found: Vec::new(),
            echoes: Vec::new(),
            targets: Vec::new(),
            unwanted: vec![0; Sought::of(library).count()],
            age: 0,
            unkeyed: OnceCell::new(),
        }
    }

    /// Reads the log of one job to its end.
    pub fn scan(&mut self, source: impl Read) -> Scan {
        let mut page = Page::new(source);
        let mut reader = BlockReader::reusing(&mut page, std::mem::take(&mut self.buffers));
        let mut scan = self.drive(&mut reader, 1);
        self.buffers = reader.into_buffers();
        if page.marks() {
            scan.take_marks_out();
        }
        scan.facts.bytes = scan.facts.bytes.saturating_add_signed(page.removed());
        scan
    }

    /// Reads a text job by job: `gh run view --log` prints all jobs of a run into one text, `cat *.log` joins
    /// logs. A job has the name that the text gives it; the second one without a name is `job 2`.
    pub fn scan_jobs(&mut self, source: impl Read, mut each: impl FnMut(Option<String>, Scan)) {
        let mut jobs = Jobs::new(Page::new(source));
        let mut removed = 0;
        while let Some(job) = jobs.next_job() {
            let mut name = job.name;
            let reader = BlockReader::reusing(&mut jobs, std::mem::take(&mut self.buffers));
            let mut reader = reader.starting_at(job.first_line);
            if name.is_none() {
                reader = reader.told_apart();
            }
            let mut first_line = job.first_line;
            for next in 2.. {
                let mut scan = self.drive(&mut reader, first_line);
                let jobs = reader.source();
                if jobs.source().marks() {
                    scan.take_marks_out();
                }
                let of_page = jobs.source().removed();
                let read = scan.facts.bytes + jobs.removed();
                scan.facts.bytes = read.saturating_add_signed(of_page - removed);
                removed = of_page;
                first_line = reader.lines() + 1;
                each(name, scan);
                if !reader.next_log() {
                    break;
                }
                name = Some(format!("job {next}"));
            }
            self.buffers = reader.into_buffers();
        }
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
            run.block_ends(block);
        }
        run.finish_header();
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
            // The verdict of a section that never ended stands inside that section.
            let behind = facts.verdict_line().filter(|v| !scan.tail.holds(v, &facts));
            let last = scan.tail.last_lines(&facts, behind.clone());
            let all = behind.into_iter().chain(scan.tail.from_end(&facts));
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
        run.follow_header(block, start);
        let mut counter = block.counter();
        let (mut hit, mut echo, mut mark) = (0, 0, 0);
        // Occurrences skipped since the last line that was checked.
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
            // A line is skipped if it would only settle a condition that nobody asks for.
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
            }
            let piece = block.piece(at);
            let line = counter.line_at(block, piece.since);
            targets.clear();
            // The line is checked after all and may begin a stage or a command, so the skipped occurrences on
            // it count again.
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
            run.piece(block, piece, line, command, targets);
            if !awaits && run.memory.awaits() {
                awaits = true;
                sought.find_awaited(block, piece.until, found, hit);
            }
        }
        *last_line = counter.line_at(block, block.bytes().len());
    }
}
