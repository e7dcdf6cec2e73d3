//! `jobtriage patterns test`: the tests in pattern files.

use std::io::{self, BufWriter, Write};

use crate::authoring::{Draft, selftest};
use crate::cli::args::PatternsTest;
use crate::cli::complaint::{self, Complaint};
use crate::cli::console;
use crate::cli::exit::Exit;
use crate::pattern::UNFINISHED;
use crate::report::paint::{Ink, Row};

/// Up to this many patterns, passing ones are listed too.
const LISTED: usize = 20;

/// Runs it.
///
/// # Errors
/// What kept the work from being done.
pub fn run(args: &PatternsTest) -> Result<Exit, Complaint> {
    let workshop = super::workshop(&args.what)?;
    let color = console::style(&args.look).color;
    let mut out = BufWriter::new(io::stdout());
    for fault in &workshop.faults {
        complaint::tell_pattern(fault);
    }
    let drafts: Vec<&Draft> = workshop.chosen().collect();
    let list = args.look.all || drafts.len() <= LISTED;
    let (mut run, mut failed, mut broken, mut unfinished) = (0, 0, 0, 0);
    for draft in &drafts {
        let verdict = selftest::run(draft, &workshop);
        run += verdict.run;
        failed += verdict.failures.len();
        broken += usize::from(!verdict.failures.is_empty());
        unfinished += usize::from(draft.is_unfinished());
        if list || draft.is_unfinished() || !verdict.failures.is_empty() {
            one(&mut out, draft, &verdict, color)?;
        }
    }
    let broken = broken + workshop.faults.len();
    let trouble = broken > 0;
    let unread = workshop.faults.len();
    let all = drafts.len() + unread;
    write!(out, "{} of {all} patterns pass; ", all - broken)?;
    match (unread, drafts.is_empty()) {
        (0, _) => writeln!(out, "{failed} of {run} tests fail")?,
        (_, true) => writeln!(out, "{unread} could not be loaded")?,
        (_, false) => writeln!(
            out,
            "{failed} of {run} tests fail; {unread} could not be loaded"
        )?,
    }
    if unfinished > 0 {
        let are = if unfinished == 1 { "is" } else { "are" };
        writeln!(
            out,
            "{unfinished} {are} not finished (`{UNFINISHED}`), and never the cause until then: `patterns lint` shows what is left"
        )?;
    }
    out.flush()?;
    Ok(if trouble {
        Exit::Trouble
    } else {
        Exit::Explained
    })
}

fn one(
    out: &mut dyn Write,
    draft: &Draft,
    verdict: &selftest::Verdict,
    color: bool,
) -> io::Result<()> {
    let mut row = Row::new();
    if verdict.failures.is_empty() {
        row.push(Ink::Good, "pass");
    } else {
        row.push(Ink::Bad, "FAIL");
    }
    row.push(Ink::Strong, &format!("  {}", draft.id));
    row.push(Ink::Faint, &format!("  {} tests", verdict.run));
    if draft.is_unfinished() {
        row.push(Ink::Doubt, "  not finished");
    }
    row.write(color, out)?;
    for failure in &verdict.failures {
        let mut row = Row::indented(2);
        row.push(Ink::Plain, &failure.test);
        row.push(
            Ink::Faint,
            &format!("  {}:{}", draft.file, failure.line(draft)),
        );
        row.write(color, out)?;
        let parts = [
            ("want", Ink::Good, Some(&failure.wanted)),
            ("got", Ink::Bad, Some(&failure.got)),
            ("hint", Ink::Label, failure.hint.as_ref()),
        ];
        for (label, ink, text) in parts {
            let Some(text) = text else { continue };
            let mut row = Row::indented(4);
            row.push(ink, label).pad_to(10);
            row.push(Ink::Plain, text);
            row.write(color, out)?;
        }
    }
    Ok(())
}
