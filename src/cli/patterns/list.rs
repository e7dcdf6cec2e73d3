//! `jobtriage patterns list`: the patterns in force.

use std::io::{self, BufWriter, Write};

use crate::cli::args::PatternsList;
use crate::cli::complaint::Complaint;
use crate::cli::exit::Exit;
use crate::cli::{console, library};
use crate::model::Lang;

/// Runs it.
///
/// # Errors
/// What kept the work from being done.
pub fn run(args: &PatternsList) -> Result<Exit, Complaint> {
    let (library, exit) = library::load(&args.choice)?;
    let lang = console::lang(&args.look);
    let mut out = BufWriter::new(io::stdout());
    for index in library.indices().filter(|&k| library.is_enabled(k)) {
        let id = library.id(index);
        if args.text.as_deref().is_some_and(|text| !id.contains(text)) {
            continue;
        }
        let pattern = &library.get(index).pattern;
        let title = match (lang, &pattern.text.ko) {
            (Lang::Ko, Some(ko)) => &ko.title,
            _ => &pattern.text.en.title,
        };
        writeln!(
            out,
            "{id:<48} {:<10} {:<12} {title}",
            pattern.role, pattern.owner
        )?;
    }
    out.flush()?;
    Ok(exit)
}
