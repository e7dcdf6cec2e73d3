//! `jobtriage patterns try`: what a draft would do on a folder of logs.

use std::io::{self, BufWriter, Write};
use std::ops::ControlFlow;
use std::path::PathBuf;

use crate::authoring::trial::{Comparison, Trial, Turn};
use crate::cli::analyze;
use crate::cli::args::PatternsTry;
use crate::cli::complaint::{self, Complaint};
use crate::cli::console;
use crate::cli::exit::Exit;
use crate::model::Problem;
use crate::report::paint::{Ink, Row};
use crate::report::{Style, sanitize, width};
use crate::source::walk::Found;
use crate::source::{self, Origin, Reading, Refusal};

/// Lines, and logs of a change, that are shown unless all are asked for.
const SHOWN: usize = 20;
const LOGS: usize = 3;
/// Problems told.
const PROBLEMS: usize = 20;

/// Runs it.
///
/// # Errors
/// What kept the work from being done.
pub fn run(args: &PatternsTry) -> Result<Exit, Complaint> {
    let workshop = super::workshop(std::slice::from_ref(&args.what))?;
    for fault in &workshop.faults {
        complaint::tell_pattern(fault);
    }
    let mut drafts = workshop.chosen();
    let (draft, more) = (drafts.next(), drafts.count());
    let draft = match (draft, more) {
        (Some(draft), 0) => draft,
        (None, _) if !workshop.faults.is_empty() => return Ok(Exit::Trouble),
        (None, _) => return Err(Complaint::new(format!("'{}': no pattern file", args.what))),
        (Some(_), more) => {
            return Err(Complaint::hint(
                format!("'{}' names {} patterns", args.what, more + 1),
                "try one at a time",
            ));
        }
    };
    let (trial, problems) = tried(&Comparison::of(draft, &workshop), &args.on);
    problems.tell();
    if trial.logs == 0 && problems.told.is_empty() {
        complaint::tell(
            "no logs there",
            Some("--on wants logs, or folders with logs"),
        );
    }
    let mut out = BufWriter::new(io::stdout());
    tell(&mut out, &draft.id, &trial, &console::style(&args.look))?;
    out.flush()?;
    Ok(if !problems.trouble && trial.logs > 0 {
        Exit::Explained
    } else {
        Exit::Trouble
    })
}

/// What could not be read.
#[derive(Default)]
struct Problems {
    told: Vec<Problem>,
    /// Something could not be done as asked. Files met on a walk, and members of archives, need not be logs.
    trouble: bool,
}

impl Problems {
    fn refused(&mut self, refusal: &Refusal, origin: Origin, named: bool) {
        let as_asked = if named { origin } else { Origin::Member };
        self.trouble |= analyze::is_trouble(refusal, as_asked);
        self.told.push(refusal.problem().clone());
    }

    fn tell(&self) {
        for problem in self.told.iter().take(PROBLEMS) {
            complaint::tell_problem(problem);
        }
        if let Some(more) = self.told.len().checked_sub(PROBLEMS + 1) {
            complaint::tell(&format!("{} more could not be read", more + 1), None);
        }
    }
}

/// Reads the logs as `jobtriage scan` does: what archives hold, job by job.
fn tried(comparison: &Comparison, paths: &[PathBuf]) -> (Trial, Problems) {
    let (files, unmet) = source::walk::files(&source::walk::Root::named(paths));
    let mut problems = Problems {
        trouble: !unmet.is_empty(),
        told: unmet,
    };
    let trial = comparison.run(files, |file: &Found, turn, scanner, each| {
        let first = turn == Turn::First;
        let _ = source::each(&file.path(), Reading::default(), &mut |opened, origin| {
            match analyze::redact_label(opened, origin, false) {
                Ok(source) => analyze::jobs(scanner, source, |input, damage| {
                    problems.trouble |= first && file.named && damage.is_some();
                    problems.told.extend(damage.filter(|_| first));
                    each(input);
                }),
                Err(refusal) if first => problems.refused(&refusal, origin, file.named),
                Err(_) => {}
            }
            ControlFlow::Continue(())
        });
    });
    (trial, problems)
}

fn tell(out: &mut dyn Write, id: &str, trial: &Trial, style: &Style) -> io::Result<()> {
    let lines: u64 = trial.lines.iter().map(|l| l.count).sum();
    let mut row = Row::new();
    row.push(Ink::Code, id);
    row.push(
        Ink::Plain,
        &format!(
            ": fires on {lines} {} in {} of {} logs",
            if lines == 1 { "line" } else { "lines" },
            trial.fires_in,
            trial.logs
        ),
    );
    row.write(style.color, out)?;
    let shown = if style.all { usize::MAX } else { SHOWN };
    for line in trial.lines.iter().take(shown) {
        let mut row = Row::new();
        row.push(Ink::Strong, &format!("{:>7}  ", line.count));
        let room = style.width.saturating_sub(9).max(20);
        row.push(
            Ink::Plain,
            &width::cut_end(&sanitize::clean(&line.text), room, style.symbols().ellipsis),
        );
        row.write(style.color, out)?;
        let mut row = Row::indented(9);
        row.push(Ink::Faint, &line.first);
        row.write(style.color, out)?;
    }
    rest(out, trial.lines.len(), shown, "more kinds of lines")?;
    if !trial.passing.is_empty() {
        let mut row = Row::new();
        row.push(
            Ink::Doubt,
            &format!("{} of these logs passed", trial.passing.len()),
        );
        row.push(
            Ink::Plain,
            &format!(": {}", some(&trial.passing, style.all)),
        );
        row.write(style.color, out)?;
    }
    if trial.changes.is_empty() {
        writeln!(out, "no verdict changes")?;
    }
    for change in &trial.changes {
        let mut row = Row::new();
        row.push(Ink::Strong, &format!("{:>7}  ", change.logs.len()));
        row.push(
            Ink::Plain,
            &format!("{} {} ", change.before, style.symbols().arrow),
        );
        row.push(Ink::Code, &change.after);
        row.push(Ink::Faint, &format!("  {}", some(&change.logs, style.all)));
        row.write(style.color, out)?;
    }
    for (other, count) in &trial.stays {
        let mut row = Row::new();
        row.push(Ink::Strong, &format!("{count:>7}  "));
        row.push(Ink::Plain, &format!("stay {other}"));
        row.write(style.color, out)?;
    }
    Ok(())
}

fn rest(out: &mut dyn Write, all: usize, shown: usize, what: &str) -> io::Result<()> {
    match all.saturating_sub(shown) {
        0 => Ok(()),
        n => writeln!(out, "         … {n} {what}; -A shows all"),
    }
}

fn some(logs: &[String], all: bool) -> String {
    let shown = if all { logs.len() } else { LOGS };
    let mut text = logs
        .iter()
        .take(shown)
        .cloned()
        .collect::<Vec<_>>()
        .join(", ");
    if logs.len() > shown {
        text.push_str(", …");
    }
    text
}
