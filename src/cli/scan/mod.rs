//! `jobtriage scan PATH...`: many logs, several at a time, in path order.

use std::collections::BTreeMap;
use std::mem::ManuallyDrop;
use std::ops::ControlFlow;
use std::path::Path;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::mpsc::{self, RecvTimeoutError};
use std::thread;
use std::time::Duration;

use super::analyze;
use super::args::Scan;
use super::complaint::{self, Complaint};
use super::exit::Exit;
use super::output::{self, Reports, Sums};
use super::{console, library};
use crate::diagnosis::diagnose;
use crate::engine::Scanner;
use crate::library::Library;
use crate::model::{Lang, LogReport, Problem, Status};
use crate::source::walk::Found;
use crate::source::{self, Origin, Reading, Source};

mod baseline;
mod cache;
mod choice;
mod inputs;
mod progress;
mod stop;
mod turn;

use baseline::Baseline;
use cache::Cache;
use choice::Choice;
use progress::Progress;
use stop::{Stop, Stoppable};
use turn::Turn;

/// Files for each thread that may be done before their turn.
const AHEAD: usize = 64;
/// Results of one file that are passed on at once: an archive of thousands of logs passes on parts when its
/// turn comes.
const PART: usize = 64;
/// Parts that may wait for the collector.
const PARTS: usize = 2;
/// How long the results of a long scan gather before they are collected: waking up for each costs as much as a
/// log.
const GATHER: Duration = Duration::from_millis(1);
/// Most problems printed on stderr; the reports have all.
const MOST_TOLD: usize = 20;

/// The result of one file, or the next part of it.
#[derive(Default)]
struct Done {
    index: usize,
    /// More parts follow. Only the file whose turn it is comes in parts.
    goes_on: bool,
    /// One report, or one for each job in the file.
    reports: Vec<LogReport>,
    problems: Vec<Problem>,
    /// Something could not be done as asked.
    trouble: bool,
    /// Something is no log, or is damaged: an error if the user named this very file.
    trouble_if_named: bool,
}

/// What every thread needs to read files.
struct Work<'l> {
    library: &'l Library,
    lang: Lang,
    no_redact: bool,
    /// Some report, or a later one from the cache, shows places in the repository.
    places: bool,
    /// A baseline, or a later one from the cache, compares findings that are not shown.
    untold: bool,
    reading: Reading,
    cache: Option<Cache>,
    stop: Stop,
}

/// Where results go, in path order.
struct Sink<'r> {
    reports: &'r mut Reports,
    choice: Choice,
    baseline: Baseline,
    progress: Progress,
}

impl Sink<'_> {
    fn take_up(&mut self, done: Done) -> Result<(), Complaint> {
        if done.trouble {
            self.reports.trouble();
        }
        for problem in done.problems {
            self.reports.error(problem);
        }
        for report in done.reports {
            if report.status == Status::Unexplained {
                self.progress.unexplained();
            }
            if !self.choice.is_within(&report) {
                self.reports.outside();
            } else if self.baseline.knows(&report) {
                self.reports.known();
            } else {
                self.choice.take(report, self.reports)?;
            }
        }
        Ok(())
    }
}

/// Runs it.
///
/// # Errors
/// What kept the work from being done at all.
pub fn run(args: &Scan) -> Result<Exit, Complaint> {
    let (library, loaded) = library::load(&args.choice)?;
    // The library is not freed: the end of the program frees it at no cost.
    let library = ManuallyDrop::new(library);
    let choice = Choice::of(args)?;
    let baseline = Baseline::of(args)?;
    let sums = Sums {
        compared: args.baseline.is_some(),
        by: args.group_by,
        top: args.top.map(|n| n as usize),
    };
    let mut reports = Reports::open(
        &args.output,
        &library,
        "table",
        sums,
        args.write_baseline.as_deref(),
    )?;
    if loaded == Exit::Trouble {
        reports.trouble();
    }
    let (files, problems) = inputs::files(args)?;
    reports.keep_from(files.iter().map(Found::path))?;
    for problem in problems {
        reports.error(problem);
        reports.trouble();
    }
    if files.is_empty() {
        tell_problems(&reports);
        // The problems were already printed.
        if reports.problems().is_empty() {
            complaint::tell(
                "no files there",
                Some("`jobtriage scan` wants files, or folders with logs"),
            );
        }
        reports.trouble();
        return reports.finish();
    }
    let lang = console::lang(&args.output.look.basics);
    let cache = Cache::of(args, &library, lang)?;
    let work = Work {
        library: &library,
        lang,
        no_redact: args.output.no_redact,
        reading: Reading {
            text: args.reading.text,
            answers: false,
        },
        places: reports.shows_places() || cache.is_some(),
        untold: args.baseline.is_some() || args.write_baseline.is_some() || cache.is_some(),
        cache,
        stop: Stop::listen(),
    };
    let mut sink = Sink {
        reports: &mut reports,
        choice,
        baseline,
        progress: Progress::over(&files),
    };
    let read = all(args.jobs, &files, &work, &mut sink);
    sink.progress.clear();
    let read = read?;
    sink.choice.rest(sink.reports)?;
    let baseline = sink.baseline;
    tell_problems(&reports);
    if !work.stop.is_wanted() {
        baseline.finish()?;
        return reports.finish();
    }
    if let Some(path) = &args.write_baseline {
        // A partial list of failures would make known ones new.
        complaint::tell(
            &format!("'{}' was not written", path.display()),
            Some("a baseline needs a scan that comes to its end"),
        );
    }
    complaint::tell(
        &format!("interrupted: {read} of {} files were read", files.len()),
        Some("the report is of these only"),
    );
    reports.partial();
    reports.finish()?;
    output::flush()?;
    Ok(work.stop.end())
}

/// Reads all files with several threads. Returns how many were read.
fn all(
    jobs: Option<usize>,
    files: &[Found],
    work: &Work<'_>,
    sink: &mut Sink<'_>,
) -> Result<usize, Complaint> {
    let jobs = jobs
        .unwrap_or_else(|| thread::available_parallelism().map_or(1, Into::into))
        .clamp(1, files.len());
    if jobs == 1 && !sink.progress.may_show() {
        return one_by_one(files, work, sink);
    }
    let next = AtomicUsize::new(0);
    let turn = Turn::default();
    // The channel has room for everything that may be done before its turn.
    let (send, receive) = mpsc::sync_channel::<Done>(AHEAD * jobs);
    let (enter, leave) = mpsc::sync_channel::<()>(PARTS);
    thread::scope(|scope| {
        for _ in 0..jobs {
            let (send, enter, next, turn) = (send.clone(), enter.clone(), &next, &turn);
            scope.spawn(move || {
                let mut scanner = Scanner::new(work.library);
                while !work.stop.is_wanted() {
                    let index = next.fetch_add(1, Ordering::Relaxed);
                    let Some(file) = files.get(index) else { break };
                    if !turn.wait(index, AHEAD * jobs, &work.stop) {
                        break;
                    }
                    let mut hand_on = |mut part: Done| {
                        part.index = index;
                        part.goes_on = true;
                        turn.wait(index, 1, &work.stop)
                            && enter.send(()).is_ok()
                            && send.send(part).is_ok()
                    };
                    let mut done = work.known_or_read(file, &mut scanner, &mut hand_on);
                    done.index = index;
                    // A file that was being read when the end was asked for is incomplete. On a closed channel
                    // nobody wants the rest.
                    if work.stop.is_wanted() || send.send(done).is_err() {
                        break;
                    }
                }
            });
        }
        drop((send, enter));
        // The collector owns the receiver, so that a thread waiting for room sees when nobody wants the rest.
        let read = collect((receive, leave), files, jobs, &turn, sink);
        turn.end();
        read
    })
}

/// Reads all files one after another on this thread. Returns how many were read.
fn one_by_one(files: &[Found], work: &Work<'_>, sink: &mut Sink<'_>) -> Result<usize, Complaint> {
    let mut scanner = Scanner::new(work.library);
    for (read, file) in files.iter().enumerate() {
        if work.stop.is_wanted() {
            return Ok(read);
        }
        let mut taken = Ok(());
        let mut hand_on = |part: Done| {
            taken = sink.take_up(part);
            taken.is_ok()
        };
        let done = work.known_or_read(file, &mut scanner, &mut hand_on);
        taken?;
        // A file that was being read when the end was asked for is incomplete.
        if work.stop.is_wanted() {
            return Ok(read);
        }
        sink.take_up(done)?;
    }
    Ok(files.len())
}

/// Puts results into path order.
fn collect(
    (receive, leave): (mpsc::Receiver<Done>, mpsc::Receiver<()>),
    files: &[Found],
    jobs: usize,
    turn: &Turn,
    sink: &mut Sink<'_>,
) -> Result<usize, Complaint> {
    let mut waiting: BTreeMap<usize, Done> = BTreeMap::new();
    let mut next = 0;
    let mut read = 0;
    loop {
        let first = match receive.recv_timeout(Duration::from_millis(100)) {
            Ok(done) => Some(done),
            Err(RecvTimeoutError::Timeout) => None,
            Err(RecvTimeoutError::Disconnected) => break,
        };
        let mut came = 0;
        for done in first.into_iter().chain(receive.try_iter()) {
            came += 1;
            if done.goes_on {
                sink.take_up(done)?;
                // The part's place is free again; it was taken before the part was sent.
                let _ = leave.try_recv();
            } else {
                sink.progress
                    .file(files.get(done.index).map_or(0, |file| file.bytes));
                waiting.insert(done.index, done);
            }
        }
        sink.progress.tick();
        while let Some(done) = waiting.remove(&next) {
            next += 1;
            read += 1;
            sink.take_up(done)?;
            turn.pass(next);
        }
        // Do not wait for this while threads could be stalled, or near the end.
        if came < AHEAD * jobs / 4 && files.len() - read > AHEAD * jobs {
            thread::sleep(GATHER);
        }
    }
    // An interrupted scan leaves gaps.
    for (_, done) in waiting {
        read += 1;
        sink.take_up(done)?;
    }
    Ok(read)
}

impl Work<'_> {
    /// The cached result of a file, else the result of reading it; for a file with many logs, the last part.
    /// Results in parts are not cached.
    fn known_or_read(
        &self,
        file: &Found,
        scanner: &mut Scanner<'_>,
        hand_on: &mut dyn FnMut(Done) -> bool,
    ) -> Done {
        let path = file.path();
        let key = |cache: &Cache| cache.key(&path);
        let key = self
            .cache
            .as_ref()
            .and_then(|cache| Some((cache, key(cache)?)));
        let known = key.as_ref().and_then(|(cache, key)| cache.get(key, &path));
        let mut done = known.unwrap_or_else(|| {
            let mut whole = true;
            let done = read(&path, scanner, self, &mut |mut part| {
                whole = false;
                part.trouble |= file.named && part.trouble_if_named;
                hand_on(part)
            });
            if let Some((cache, key)) = &key
                && whole
                && !self.stop.is_wanted()
            {
                cache.put(key, &path, &done);
            }
            done
        });
        done.trouble |= file.named && done.trouble_if_named;
        done
    }
}

fn read(
    path: &Path,
    scanner: &mut Scanner<'_>,
    work: &Work<'_>,
    hand_on: &mut dyn FnMut(Done) -> bool,
) -> Done {
    let mut done = Done::default();
    let mut wanted = true;
    let _ = source::each(path, work.reading, &mut |source, origin| {
        match analyze::redact_label(source, origin, work.no_redact) {
            Ok(source) => {
                let source = Source {
                    label: source.label,
                    reader: Box::new(Stoppable {
                        inner: source.reader,
                        stop: work.stop.clone(),
                    }),
                };
                analyze::jobs(scanner, source, |input, problem| {
                    if !wanted {
                        return;
                    }
                    done.trouble_if_named |= problem.is_some();
                    done.problems.extend(problem);
                    let case = analyze::single(input, work.no_redact)
                        .with_places(work.places)
                        .with_untold(work.untold);
                    done.reports.push(diagnose(&case, work.library, work.lang));
                    if done.reports.len() >= PART {
                        wanted = hand_on(std::mem::take(&mut done));
                    }
                });
            }
            Err(refusal) => {
                // Files met on a walk need not be logs.
                done.trouble |= analyze::is_trouble(&refusal, Origin::Member);
                done.trouble_if_named |= analyze::is_trouble(&refusal, origin);
                done.problems.push(refusal.problem().clone());
            }
        }
        if done.problems.len() >= PART && wanted {
            wanted = hand_on(std::mem::take(&mut done));
        }
        if work.stop.is_wanted() || !wanted {
            ControlFlow::Break(())
        } else {
            ControlFlow::Continue(())
        }
    });
    done
}

/// Prints what could not be read, at the end, unless the report in the terminal shows it.
fn tell_problems(reports: &Reports) {
    if reports.shows_problems() {
        return;
    }
    let problems = reports.problems();
    for problem in problems.iter().take(MOST_TOLD) {
        complaint::tell_problem(problem);
    }
    if problems.len() > MOST_TOLD {
        let more = problems.len() - MOST_TOLD;
        complaint::tell(
            &format!("{more} more could not be read"),
            Some("the report has them all: `-f table`, `-f json`, `-f html`"),
        );
    }
}
