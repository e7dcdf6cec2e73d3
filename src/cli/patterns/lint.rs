//! `jobtriage patterns lint`: what is wrong with pattern files.

use std::collections::BTreeMap;
use std::env;
use std::io::{self, BufWriter, Write};

use serde::Serialize;

use crate::authoring::lint::{self, Finding, Healthy, LINTS, Level};
use crate::cli::args::{PatternsLint, PlainFormat};
use crate::cli::complaint::Complaint;
use crate::cli::console;
use crate::cli::exit::Exit;
use crate::report::paint::{Ink, Row};

/// The report as JSON.
#[derive(Serialize)]
struct Report<'f> {
    findings: &'f [Finding],
    summary: Summary,
}

#[derive(Serialize)]
struct Summary {
    files: usize,
    errors: usize,
    warnings: usize,
    by_slug: BTreeMap<&'static str, usize>,
}

/// Runs it.
///
/// # Errors
/// What kept the work from being done.
pub fn run(args: &PatternsLint) -> Result<Exit, Complaint> {
    let mut out = BufWriter::new(io::stdout());
    if args.list {
        for lint in LINTS {
            writeln!(
                out,
                "{:<20} {:<8} {}",
                lint.slug,
                lint.level.as_str(),
                lint.about
            )?;
        }
        out.flush()?;
        return Ok(Exit::Explained);
    }
    let workshop = super::workshop(&args.what)?;
    let mut folders = args.ok.clone();
    if let Some(missing) = folders.iter().find(|f| !f.exists()) {
        return Err(Complaint::hint(
            format!("--ok '{}': no such file or folder", missing.display()),
            "give a folder with logs of jobs that passed",
        ));
    }
    folders.extend(
        workshop
            .checkout
            .iter()
            .map(|root| root.join("samples/ok"))
            .filter(|f| f.is_dir()),
    );
    let healthy = Healthy::of(&folders, &env::current_dir().unwrap_or_default());
    let mut findings = lint::run(&workshop, &healthy);
    if !args.only.is_empty() {
        if let Some(unknown) = args.only.iter().find(|slug| lint::by_slug(slug).is_none()) {
            return Err(Complaint::hint(
                format!("no lint is called `{unknown}`"),
                "`jobtriage patterns lint --list` shows them all",
            ));
        }
        findings.retain(|f| args.only.iter().any(|slug| slug == f.slug));
    }
    let count = |level| findings.iter().filter(|f| f.level == level).count();
    let mut by_slug = BTreeMap::new();
    for finding in &findings {
        *by_slug.entry(finding.slug).or_default() += 1;
    }
    let summary = Summary {
        files: workshop.chosen().count() + workshop.faults.len(),
        errors: count(Level::Error),
        warnings: count(Level::Warning),
        by_slug,
    };
    let errors = summary.errors;
    match args.format {
        PlainFormat::Json => {
            let report = Report {
                findings: &findings,
                summary,
            };
            super::json(&mut out, &report)?;
        }
        PlainFormat::Text => text(
            &mut out,
            &findings,
            &summary,
            console::style(&args.look).color,
        )?,
    }
    out.flush()?;
    Ok(if errors > 0 {
        Exit::Trouble
    } else {
        Exit::Explained
    })
}

fn text(
    out: &mut dyn Write,
    findings: &[Finding],
    summary: &Summary,
    color: bool,
) -> io::Result<()> {
    for finding in findings {
        let mut row = Row::new();
        let (ink, level) = match finding.level {
            Level::Error => (Ink::Bad, "error"),
            Level::Warning => (Ink::Doubt, "warning"),
        };
        row.push(
            Ink::Plain,
            &format!("{}:{}:{}: ", finding.path, finding.line, finding.column),
        );
        row.push(ink, level);
        row.push(Ink::Faint, &format!("[{}]", finding.slug));
        row.push(Ink::Plain, &format!(" {}", finding.message));
        row.write(color, out)?;
        if let Some(hint) = &finding.hint {
            let mut row = Row::indented(2);
            row.push(Ink::Faint, &format!("hint: {hint}"));
            row.write(color, out)?;
        }
    }
    if !findings.is_empty() {
        writeln!(out)?;
        let mut by_count: Vec<_> = summary.by_slug.iter().collect();
        by_count.sort_by_key(|(slug, count)| (std::cmp::Reverse(**count), **slug));
        for (slug, count) in by_count {
            writeln!(out, "{count:>6}  {slug}")?;
        }
        writeln!(out)?;
    }
    let many = |n: usize, word: &str| format!("{n} {word}{}", if n == 1 { "" } else { "s" });
    writeln!(
        out,
        "{}: {}, {}",
        many(summary.files, "pattern"),
        many(summary.errors, "error"),
        many(summary.warnings, "warning")
    )
}
