//! `jobtriage explain ID`: everything known about one failure.

use std::io::{self, BufWriter, Write};

use super::args::Explain;
use super::complaint::Complaint;
use super::exit::Exit;
use super::{console, library};
use crate::library::select::Unfit;
use crate::library::{Layer, Library, precision};
use crate::pattern::error::nearest;
use crate::report::{Style, sanitize};

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
        Some((_, index)) => page(&mut out, &library, index, &style)?,
        None => match &similar(&library, id, is_wanted)?[..] {
            // Its page begins with its id, so nobody takes it for what was asked.
            &[only] => page(&mut out, &library, only, &style)?,
            several => {
                for &index in several {
                    let title = sanitize::clean(&library.text(index, style.lang).title);
                    writeln!(out, "{:<48} {title}", library.id(index))?;
                }
            }
        },
    }
    out.flush()?;
    Ok(exit)
}

/// The page of one pattern.
fn page(out: &mut dyn Write, library: &Library, index: u32, style: &Style) -> io::Result<()> {
    let pattern = &library.whole(index);
    let text = library.text(index, style.lang);
    let layer = library.layer(index);
    // What was counted was the built-in one.
    let figure = precision::built_in()
        .remove(&pattern.id)
        .filter(|_| *layer == Layer::BuiltIn)
        .map(|figure| figure.to_string());
    let layer = layer.to_string();
    page::write(out, pattern, text, &layer, figure.as_deref(), style)
}

/// What a part of an id fits, or a glob: one pattern or more.
///
/// # Errors
/// A part that fits none, with the id that is nearest to it.
fn similar(
    library: &Library,
    part: &str,
    is_wanted: impl Fn(u32) -> bool,
) -> Result<Vec<u32>, Complaint> {
    let all: Vec<u32> = library.indices().filter(|&k| is_wanted(k)).collect();
    let is_glob = part.contains(['*', '?', '[', '{']);
    let fitting: Vec<u32> = if is_glob {
        let fits = |unfit: Unfit| Complaint::hint(unfit.message, unfit.hint);
        let globs = library.fitting(part).map_err(fits)?;
        let is_named = |k: &u32| globs.is_match(library.id(*k));
        all.iter().copied().filter(is_named).collect()
    } else {
        let lower = part.to_ascii_lowercase();
        let holds = |k: &u32| library.id(*k).contains(part) || library.id(*k).contains(&lower);
        let fits = |k: &u32| !part.is_empty() && holds(k);
        all.iter().copied().filter(fits).collect()
    };
    if !fitting.is_empty() {
        return Ok(fitting);
    }
    let ids: Vec<&str> = all.iter().map(|&k| library.id(k)).collect();
    let hint = nearest(part, &ids).map_or_else(
        || "`jobtriage patterns list` shows them all".to_owned(),
        |near| format!("did you mean `{near}`?"),
    );
    Err(Complaint::hint(
        format!("no pattern is called `{part}`"),
        hint,
    ))
}
