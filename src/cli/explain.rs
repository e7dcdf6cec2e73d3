//! `jobtriage explain ID`: everything known about one failure.

use std::io::{self, BufWriter, Write};

use super::args::Explain;
use super::complaint::Complaint;
use super::exit::Exit;
use super::{console, library};
use crate::library::select::Unfit;
use crate::library::{Layer, Library, precision};
use crate::pattern::error::nearest;

mod page;

/// Runs it.
///
/// # Errors
/// An id that no pattern has.
pub fn run(args: &Explain) -> Result<Exit, Complaint> {
    let (library, exit) = library::load(&args.choice)?;
    let style = console::plain_style(&args.look);
    let mut out = BufWriter::new(io::stdout());
    let id = args
        .id
        .trim_end_matches(".toml")
        .trim_start_matches("patterns/");
    // What a settings file leaves out can be read about; a flag was meant for this very question.
    let origins = &args.choice.origins;
    let by_flag = |glob: &String| !origins.iter().any(|set| set.value == *glob);
    let chosen = args
        .choice
        .only
        .iter()
        .chain(&args.choice.skip)
        .any(by_flag);
    let is_wanted = |index: u32| !chosen || library.is_enabled(index);
    // All ids of the program are in lower case.
    let lower = id.to_ascii_lowercase();
    let found = library.find(id).map(|index| (id, index));
    let found = found.or_else(|| library.find(&lower).map(|index| (lower.as_str(), index)));
    match found {
        Some((id, index)) if !is_wanted(index) => {
            return Err(Complaint::hint(
                format!("`{id}` is left out by --only or --skip"),
                "leave the flag out to read about it",
            ));
        }
        Some((_, index)) => {
            let pattern = &library.get(index).pattern;
            let layer = library.layer(index);
            // What was counted was the built-in one.
            let figure = precision::built_in()
                .remove(&pattern.id)
                .filter(|_| *layer == Layer::BuiltIn)
                .map(|figure| figure.to_string());
            page::write(
                &mut out,
                pattern,
                &layer.to_string(),
                figure.as_deref(),
                &style,
            )?;
        }
        None => similar(&mut out, &library, id, is_wanted)?,
    }
    out.flush()?;
    Ok(exit)
}

/// Lists what a part of an id fits, or a glob.
fn similar(
    out: &mut impl Write,
    library: &Library,
    part: &str,
    is_wanted: impl Fn(u32) -> bool,
) -> Result<(), Complaint> {
    let all: Vec<&str> = library
        .indices()
        .filter(|&k| is_wanted(k))
        .map(|k| library.id(k))
        .collect();
    let is_glob = part.contains(['*', '?', '[', '{']);
    let fitting: Vec<&&str> = if is_glob {
        let fits = |unfit: Unfit| Complaint::hint(unfit.message, unfit.hint);
        let globs = library.fitting(part).map_err(fits)?;
        all.iter().filter(|id| globs.is_match(id)).collect()
    } else {
        let lower = part.to_ascii_lowercase();
        let holds = |id: &&&str| id.contains(part) || id.contains(&lower);
        all.iter()
            .filter(|id| !part.is_empty() && holds(id))
            .collect()
    };
    if fitting.is_empty() {
        let hint = nearest(part, &all).map_or_else(
            || "`jobtriage patterns list` shows them all".to_owned(),
            |near| format!("did you mean `{near}`?"),
        );
        return Err(Complaint::hint(
            format!("no pattern is called `{part}`"),
            hint,
        ));
    }
    for id in fitting {
        writeln!(out, "{id:<48} {}", title(library, id))?;
    }
    Ok(())
}

fn title<'l>(library: &'l Library, id: &str) -> &'l str {
    library
        .find(id)
        .map_or("", |k| &library.get(k).pattern.text.en.title)
}
