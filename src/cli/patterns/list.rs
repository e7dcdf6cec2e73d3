//! `jobtriage patterns list`: the patterns in force.

use std::io::{self, BufWriter, Write};

use serde::Serialize;

use crate::cli::args::{LayerName, PatternsList, PlainFormat};
use crate::cli::complaint::{self, Complaint};
use crate::cli::exit::Exit;
use crate::cli::{console, library};
use crate::library::{Layer, Library};
use crate::model::{Category, Confidence, Lang, Owner, Retry, Role};
use crate::pattern::error::nearest;
use crate::pattern::schema::{PatternStatus, Provenance};
use crate::report::sanitize;

/// One pattern as JSON.
#[derive(Serialize)]
struct Listed<'l> {
    id: &'l str,
    title: &'l str,
    role: Role,
    confidence: Confidence,
    owner: Owner,
    retry: Retry,
    category: Category,
    status: PatternStatus,
    layer: String,
    provenance: &'l Provenance,
    explains: &'l [String],
    supersedes: &'l [String],
    links: Vec<&'l str>,
}

/// Runs it.
///
/// # Errors
/// What kept the work from being done.
pub fn run(args: &PatternsList) -> Result<Exit, Complaint> {
    let (library, exit) = library::load(&args.choice)?;
    known_families(args, &library)?;
    let lang = console::lang(&args.look);
    let mut out = BufWriter::new(io::stdout());
    let chosen: Vec<u32> = library
        .indices()
        .filter(|&k| library.is_enabled(k) && fits(args, &library, k))
        .collect();
    match args.format {
        PlainFormat::Json => {
            let all: Vec<Listed<'_>> = chosen.iter().map(|&k| listed(&library, k, lang)).collect();
            super::json(&mut out, &all)?;
        }
        PlainFormat::Text => text(&mut out, &library, &chosen, lang)?,
    }
    out.flush()?;
    tell_replaced(&library, &chosen);
    if chosen.is_empty() {
        // Else it looks as if nothing had happened.
        complaint::tell("no pattern fits", nearest_id(args, &library).as_deref());
    }
    Ok(exit)
}

/// Refuses a family that no pattern has: it is most likely misspelt.
fn known_families(args: &PatternsList, library: &Library) -> Result<(), Complaint> {
    let mut families: Vec<&str> = library.indices().map(|k| family(library.id(k))).collect();
    families.dedup();
    let is_unknown = |name: &&String| !families.contains(&name.as_str());
    let Some(unknown) = args.family.iter().find(is_unknown) else {
        return Ok(());
    };
    let hint = match nearest(unknown, &families) {
        Some(near) => format!("did you mean `{near}`?"),
        None => format!("known: {}", families.join(", ")),
    };
    Err(Complaint::hint(
        format!("--family: no pattern is of the family `{unknown}`"),
        hint,
    ))
}

/// The id that the text was most likely to be found in.
fn nearest_id(args: &PatternsList, library: &Library) -> Option<String> {
    let all: Vec<&str> = library.indices().map(|k| library.id(k)).collect();
    let near = nearest(args.text.as_deref()?, &all)?;
    Some(format!("did you mean `{near}`?"))
}

fn family(id: &str) -> &str {
    id.split('/').next().unwrap_or(id)
}

/// Which of the patterns stand in place of built-in ones: whoever wrote them may not know.
fn tell_replaced(library: &Library, chosen: &[u32]) {
    let own = || {
        chosen
            .iter()
            .filter(|&&k| *library.layer(k) != Layer::BuiltIn)
    };
    if own().next().is_none() {
        return;
    }
    let built_in = Library::embedded();
    for id in own().map(|&k| library.id(k)) {
        if built_in.find(id).is_some() {
            complaint::tell(
                &format!("`{id}` replaces the built-in pattern of that id"),
                None,
            );
        }
    }
}

/// Filters of different kinds must all hold; of one kind, any.
fn fits(args: &PatternsList, library: &Library, index: u32) -> bool {
    let id = library.id(index);
    // All ids are in lower case.
    let holds = |text: &str| id.contains(&text.to_ascii_lowercase());
    if args.text.as_deref().is_some_and(|text| !holds(text)) {
        return false;
    }
    if !args.family.is_empty() && !args.family.iter().any(|f| f == family(id)) {
        return false;
    }
    if !args.layer.is_empty() && !args.layer.contains(&layer(library.layer(index))) {
        return false;
    }
    let no_more = args.category.is_empty() && args.owner.is_empty() && args.role.is_empty();
    no_more || {
        let pattern = &library.get(index).pattern;
        (args.category.is_empty() || args.category.contains(&pattern.category))
            && (args.owner.is_empty() || args.owner.contains(&pattern.owner))
            && (args.role.is_empty() || args.role.contains(&pattern.role))
    }
}

fn layer(layer: &Layer) -> LayerName {
    match layer {
        Layer::BuiltIn => LayerName::BuiltIn,
        Layer::User(_) => LayerName::User,
        Layer::Project(_) => LayerName::Project,
        Layer::Option(_) => LayerName::Option,
    }
}

fn listed(library: &Library, index: u32, lang: Lang) -> Listed<'_> {
    let pattern = &library.get(index).pattern;
    Listed {
        id: &pattern.id,
        title: &library.text(index, lang).title,
        role: pattern.role,
        confidence: pattern.confidence,
        owner: pattern.owner,
        retry: pattern.retry,
        category: pattern.category,
        status: pattern.status,
        layer: library.layer(index).to_string(),
        provenance: &pattern.provenance,
        explains: &pattern.explains,
        supersedes: &pattern.supersedes,
        links: pattern.links.iter().map(|link| link.url.as_str()).collect(),
    }
}

/// A row each; where a pattern comes from only if not all come with the program.
fn text(out: &mut dyn Write, library: &Library, chosen: &[u32], lang: Lang) -> io::Result<()> {
    let own = chosen.iter().any(|&k| *library.layer(k) != Layer::BuiltIn);
    let wide = chosen
        .iter()
        .map(|&k| library.id(k).len())
        .max()
        .unwrap_or(0);
    for &index in chosen {
        let pattern = &library.get(index).pattern;
        write!(
            out,
            "{:<wide$}  {:<10}  {:<12}  ",
            pattern.id, pattern.role, pattern.owner
        )?;
        if own {
            write!(out, "{:<8}  ", library.layer(index))?;
        }
        writeln!(out, "{}", sanitize::clean(&library.text(index, lang).title))?;
    }
    Ok(())
}
