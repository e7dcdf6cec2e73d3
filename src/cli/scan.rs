//! `jobtriage scan PATH...`: many logs, several at a time, in path order.

use std::collections::BTreeMap;
use std::io::{self, IsTerminal};
use std::ops::ControlFlow;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::mpsc;
use std::thread;
use std::time::Duration;

use indicatif::{ProgressBar, ProgressStyle};

use super::analyze;
use super::args::Scan;
use super::complaint::{self, Complaint};
use super::exit::Exit;
use super::output::Reports;
use super::{console, library};
use crate::diagnosis::diagnose;
use crate::engine::Scanner;
use crate::library::Library;
use crate::model::{Lang, LogReport, Problem, Status};
use crate::source::walk::Found;
use crate::source::{self, Origin, Reading};

/// Results that may wait for an earlier one, a thread.
const AHEAD: usize = 64;

/// What became of one file.
struct Done {
    index: usize,
    /// One, or one a job where the file holds several.
    reports: Vec<LogReport>,
    problems: Vec<Problem>,
    /// The user asked for this very file, so its trouble is the run's.
    trouble: bool,
}

/// Runs it.
///
/// # Errors
/// What kept the work from being done at all.
pub fn run(args: &Scan) -> Result<Exit, Complaint> {
    let (library, loaded) = library::load(&args.choice)?;
    let lang = console::lang(&args.output.look);
    let no_redact = args.output.no_redact;
    let reading = Reading {
        text: args.reading.text,
    };
    let (files, problems) = source::walk::files(&args.paths);
    let mut reports = Reports::open(&args.output, &library, "table")?;
    if loaded == Exit::Trouble {
        reports.trouble();
    }
    for problem in problems {
        complaint::tell_problem(&problem);
        reports.error(problem);
        reports.trouble();
    }
    if files.is_empty() {
        complaint::tell(
            "no files there",
            Some("`jobtriage scan` wants files, or folders with logs"),
        );
        reports.trouble();
        return reports.finish();
    }
    let jobs = args
        .jobs
        .unwrap_or_else(|| thread::available_parallelism().map_or(1, Into::into))
        .clamp(1, files.len());
    let progress = progress(files.len());
    let next = AtomicUsize::new(0);
    let (send, receive) = mpsc::sync_channel::<Done>(AHEAD * jobs);
    let result = thread::scope(|scope| {
        for _ in 0..jobs {
            let send = send.clone();
            let (files, library, next) = (&files, &library, &next);
            scope.spawn(move || {
                let mut scanner = Scanner::new(library);
                loop {
                    let index = next.fetch_add(1, Ordering::Relaxed);
                    let Some(file) = files.get(index) else { break };
                    // A closed channel: nobody wants the rest.
                    if send
                        .send(one(
                            index,
                            file,
                            reading,
                            &mut scanner,
                            library,
                            lang,
                            no_redact,
                        ))
                        .is_err()
                    {
                        break;
                    }
                }
            });
        }
        drop(send);
        collect(receive, &mut reports, &progress)
    });
    progress.finish_and_clear();
    result?;
    reports.finish()
}

/// Puts results into path order.
fn collect(
    receive: mpsc::Receiver<Done>,
    reports: &mut Reports,
    progress: &ProgressBar,
) -> Result<(), Complaint> {
    let mut waiting: BTreeMap<usize, Done> = BTreeMap::new();
    let mut next = 0;
    let mut unexplained = 0u64;
    for done in receive {
        waiting.insert(done.index, done);
        while let Some(done) = waiting.remove(&next) {
            next += 1;
            progress.inc(1);
            for problem in done.problems {
                progress.suspend(|| complaint::tell_problem(&problem));
                reports.error(problem);
                if done.trouble {
                    reports.trouble();
                }
            }
            for report in done.reports {
                if report.status == Status::Unexplained {
                    unexplained += 1;
                    progress.set_message(format!("{unexplained} unexplained"));
                }
                reports.log(&report)?;
            }
        }
    }
    Ok(())
}

fn one(
    index: usize,
    file: &Found,
    reading: Reading,
    scanner: &mut Scanner<'_>,
    library: &Library,
    lang: Lang,
    no_redact: bool,
) -> Done {
    let mut done = Done {
        index,
        reports: Vec::new(),
        problems: Vec::new(),
        trouble: false,
    };
    let _ = source::each(&file.path, reading, &mut |source, origin| {
        match source {
            Ok(source) => analyze::jobs(scanner, source, |input, problem| {
                done.trouble |= file.named && problem.is_some();
                done.problems.extend(problem);
                let case = analyze::single(input, no_redact);
                done.reports.push(diagnose(&case, library, lang));
            }),
            Err(refusal) => {
                // Files met on a walk need not be logs.
                let origin = if file.named { origin } else { Origin::Member };
                done.trouble |= analyze::is_trouble(&refusal, origin);
                done.problems.push(refusal.problem().clone());
            }
        }
        ControlFlow::Continue(())
    });
    done
}

/// A bar on stderr; nothing where stderr is no terminal.
fn progress(files: usize) -> ProgressBar {
    if !io::stderr().is_terminal() {
        return ProgressBar::hidden();
    }
    let bar = ProgressBar::new(files as u64);
    if let Ok(style) =
        ProgressStyle::with_template("{spinner} {pos}/{len} logs · {per_sec} · {eta} left  {msg}")
    {
        bar.set_style(style);
    }
    bar.enable_steady_tick(Duration::from_millis(200));
    bar
}
