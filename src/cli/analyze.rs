//! `jobtriage [FILE]...`: the main job.

use std::borrow::Cow;
use std::io::{self, IsTerminal};
use std::mem::ManuallyDrop;
use std::ops::ControlFlow;
use std::path::{Path, PathBuf};

use super::args::Analyze;
use super::complaint::{self, Complaint};
use super::exit::Exit;
use super::output::{Reports, Sums};
use super::{baseline, console, library, paste};
use crate::diagnosis::{Case, Input, diagnose};
use crate::engine::{Scan, Scanner};
use crate::model::Problem;
use crate::redact;
use crate::source::{self, Each, Origin, Reading, Refusal, Source};

/// Runs it.
///
/// # Errors
/// What kept the work from being done at all.
pub fn run(args: &Analyze) -> Result<Exit, Complaint> {
    if let Some(complaint) = misspelt_command(&args.files) {
        return Err(complaint);
    }
    let reading = Reading {
        text: args.reading.text,
        answers: args.together,
    };
    let (library, loaded) = library::load(&args.choice)?;
    // The library is not freed: the end of the program frees it at no cost.
    let library = ManuallyDrop::new(library);
    let mut reports = Reports::open(&args.output, &library, "text", Sums::default(), None)?;
    reports.keep_from(args.files.iter().chain(&args.baseline).cloned())?;
    let mut scanner = Scanner::new(&library);
    let lang = console::lang(&args.output.look.basics);
    if loaded == Exit::Trouble {
        reports.trouble();
    }
    let baseline = baseline::read(&args.baseline, reading)?;
    let places = reports.shows_places();
    let mut inputs = Vec::new();
    let mut written = Ok(());
    // Runs last, so that nobody pastes a log only to learn of a misspelt flag.
    let _ = sources(args, reading, &mut |source, origin| {
        match redact_label(source, origin, args.output.no_redact) {
            Ok(source) => jobs(&mut scanner, source, |input, problem| {
                if let Some(problem) = problem {
                    refused(&mut reports, &problem, true);
                }
                if args.together {
                    inputs.push(input);
                } else if written.is_ok() {
                    let case = single(input, args.output.no_redact).against(baseline.clone());
                    let case = case.with_places(places).with_untold(false);
                    written = reports.log(&diagnose(&case, &library, lang));
                }
            }),
            Err(refusal) => refused(
                &mut reports,
                refusal.problem(),
                is_trouble(&refusal, origin),
            ),
        }
        match written {
            Ok(()) => ControlFlow::Continue(()),
            Err(_) => ControlFlow::Break(()),
        }
    });
    written?;
    if args.together {
        let case = together(inputs, args.output.no_redact)?;
        if let Some(case) = case {
            let case = case
                .against(baseline)
                .with_places(places)
                .with_untold(false);
            reports.log(&diagnose(&case, &library, lang))?;
        }
    }
    reports.finish()
}

fn together(inputs: Vec<Input>, no_redact: bool) -> Result<Option<Case>, Complaint> {
    if inputs.is_empty() {
        return Ok(None);
    }
    let case = if no_redact {
        Case::together_with_secrets(inputs)
    } else {
        Case::together(inputs)
    };
    case.map(Some).map_err(|jobs| match jobs {
        0 => Complaint::hint(
            "--together: none of the inputs is the log of a job",
            "one of them needs a runner header, section markers or a verdict",
        ),
        n => Complaint::hint(
            format!("--together: {n} of the inputs are logs of jobs"),
            "give one job's log, and what checks printed; several jobs are several runs",
        ),
    })
}

/// The case of one log, redacted or not.
pub fn single(input: Input, no_redact: bool) -> Case {
    if no_redact {
        Case::single_with_secrets(input)
    } else {
        Case::single(input)
    }
}

/// Redacts the label of a source or refusal. The names of archive members and steps come from a log, a server's
/// answer is quoted, and a given address may contain a token.
pub fn redact_label(
    opened: Result<Source<'_>, Refusal>,
    origin: Origin,
    no_redact: bool,
) -> Result<Source<'_>, Refusal> {
    if no_redact {
        return opened;
    }
    let without = |label: &mut String| {
        if let Cow::Owned(without) = redact::text(label) {
            *label = without;
        }
    };
    match opened {
        Ok(mut source) => {
            if origin == Origin::Member {
                without(&mut source.label);
            }
            Ok(source)
        }
        Err(mut refusal) => {
            let problem = refusal.problem_mut();
            without(&mut problem.message);
            let is_address = source::address::problem(Path::new(&problem.source)).is_some();
            if origin == Origin::Member || is_address {
                without(&mut problem.source);
            }
            Err(refusal)
        }
    }
}

/// Reads a source to its end: one input, or one for each job in the text. Damage behind good parts is reported
/// with the last of them.
pub fn jobs(
    scanner: &mut Scanner<'_>,
    source: Source<'_>,
    mut each: impl FnMut(Input, Option<Problem>),
) {
    let label = source.label;
    scanner.scan_jobs(source.reader, |name, mut scan| {
        let source = match name {
            // A job's name comes from the log, unlike a file's name.
            Some(name) => format!("{label} ({})", redact::text(&name)),
            None => label.clone(),
        };
        let error = scan.error.take();
        let problem = error.map(|error| damage(&source, &scan, &error));
        each(Input { source, scan }, problem);
    });
}

/// The problem to report for a source that ended with an error.
fn damage(label: &str, scan: &Scan, error: &io::Error) -> Problem {
    Problem {
        source: label.to_owned(),
        message: format!(
            "damaged after {} ({})",
            size(scan.facts.bytes),
            source::reason(error)
        ),
        hint: Some("what could be read was analysed".to_owned()),
    }
}

fn refused(reports: &mut Reports, problem: &Problem, trouble: bool) {
    complaint::tell_problem(problem);
    reports.error(problem.clone());
    if trouble {
        reports.trouble();
    }
}

/// Whether an unreadable source makes the run fail. It must have been asked for: archive members, like files
/// met on a walk, need not be logs.
pub fn is_trouble(refusal: &Refusal, origin: Origin) -> bool {
    origin == Origin::Named || matches!(refusal, Refusal::Unreadable(_))
}

/// Opens the sources one after another: files and members of archives, standard input, or a paste.
fn sources(args: &Analyze, reading: Reading, each: &mut Each<'_>) -> ControlFlow<()> {
    let none_named = args.files.is_empty().then(|| Path::new("-"));
    let mut paths = args.files.iter().map(PathBuf::as_path).chain(none_named);
    paths.try_for_each(|path| {
        if path.as_os_str() != "-" {
            source::each(path, reading, each)
        } else if args.paste {
            each(paste::receive(reading), Origin::Named)
        } else {
            standard_input(reading, each)
        }
    })
}

/// Opens standard input, or asks for a paste if it is a terminal.
pub fn standard_input(reading: Reading, each: &mut Each<'_>) -> ControlFlow<()> {
    if io::stdin().is_terminal() {
        each(paste::receive(reading), Origin::Named)
    } else {
        source::each_of_stdin(reading, each)
    }
}

/// `jobtriage sacn logs/`: the first argument is neither a file nor a command.
fn misspelt_command(files: &[PathBuf]) -> Option<Complaint> {
    const COMMANDS: &[&str] = &[
        "scan",
        "explain",
        "patterns",
        "clean",
        "config",
        "completions",
        "man",
        "help",
    ];
    let first = files.first()?.to_str()?;
    if first.contains(['/', '.', '\\']) || first == "-" || Path::new(first).exists() {
        return None;
    }
    let near = crate::pattern::error::nearest(first, COMMANDS)?;
    Some(Complaint::hint(
        format!("no file or command `{first}`"),
        format!("did you mean `{near}`?"),
    ))
}

/// A number of bytes for people.
pub fn size(bytes: u64) -> String {
    match bytes {
        0..1_000 => format!("{bytes} bytes"),
        1_000..1_000_000 => format!("{:.1} kB", bytes as f64 / 1e3),
        1_000_000..1_000_000_000 => format!("{:.1} MB", bytes as f64 / 1e6),
        _ => format!("{:.1} GB", bytes as f64 / 1e9),
    }
}
