//! `jobtriage clean`: the log as a person should see it.

use std::borrow::Cow;
use std::io::{self, BufWriter, Write};
use std::ops::{ControlFlow, Range};
use std::path::{Path, PathBuf};

use super::analyze;
use super::args::Clean;
use super::complaint::{self, Complaint};
use super::exit::Exit;
use crate::engine::Scanner;
use crate::library::Library;
use crate::model::{JobFacts, Section};
use crate::redact;
use crate::redact::block::Lines;
use crate::report::sanitize;
use crate::source::{self, Origin, Reading, Refusal, Source};
use crate::trace::block::OVERLAP;
use crate::trace::page::Page;
use crate::trace::{Block, BlockReader, marker};

/// Runs it.
///
/// # Errors
/// An input that cannot be read, an output that cannot be written.
pub fn run(args: &Clean) -> Result<Exit, Complaint> {
    let reading = Reading {
        text: args.reading.text,
        answers: true,
    };
    if let Some(folder) = args.files.iter().find(|path| path.is_dir()) {
        let name = folder.display();
        return Err(Complaint::hint(
            format!("'{name}': is a folder"),
            format!("name logs in it; `jobtriage scan {name}` analyses them all"),
        ));
    }
    let mut out = BufWriter::with_capacity(64 << 10, io::stdout());
    let mut exit = Exit::Explained;
    let mut written = Ok(());
    let mut each = |source: Result<Source<'_>, Refusal>, origin| {
        match source {
            Ok(source) => match one(&mut out, source, origin, args) {
                Ok(whole) => {
                    if !whole {
                        exit = Exit::Trouble;
                    }
                }
                Err(error) => written = Err(error),
            },
            Err(refusal) => {
                complaint::tell_problem(refusal.problem());
                if analyze::is_trouble(&refusal, origin) {
                    exit = Exit::Trouble;
                }
            }
        }
        match written {
            Ok(()) => ControlFlow::Continue(()),
            Err(_) => ControlFlow::Break(()),
        }
    };
    let none_named = args.files.is_empty().then(|| Path::new("-"));
    let mut paths = args.files.iter().map(PathBuf::as_path).chain(none_named);
    let _ = paths.try_for_each(|path| match path == Path::new("-") {
        true => analyze::standard_input(reading, &mut each),
        false => source::each(path, reading, &mut each),
    });
    written?;
    Ok(exit)
}

/// Prints one source; false if it was damaged.
fn one(out: &mut impl Write, source: Source<'_>, origin: Origin, args: &Clean) -> io::Result<bool> {
    let label = source.label;
    if origin == Origin::Member || args.files.len() > 1 {
        writeln!(out, "==> {} <==", sanitize::clean(&label))?;
    }
    let error = if args.sections {
        let library = Library::of(Vec::new());
        let (mut jobs, mut error) = (Vec::new(), None);
        Scanner::new(&library).scan_jobs(source.reader, |name, mut scan| {
            error = scan.error.take().or(error.take());
            jobs.push((name, scan.facts));
        });
        for (name, facts) in jobs {
            if let Some(name) = name {
                writeln!(out, "{}", sanitize::clean(&name))?;
            }
            outline(out, &facts)?;
        }
        error
    } else {
        let mut reader = BlockReader::new(Page::as_printed(source.reader));
        let mut page = Printer {
            out,
            line_open: false,
            keys: args.redact.then(Lines::default),
        };
        while let Some(block) = reader.next_block() {
            page.print(block)?;
        }
        if page.line_open {
            out.write_all(b"\n")?;
        }
        reader.take_error()
    };
    out.flush()?;
    if let Some(error) = &error {
        complaint::tell(
            &format!("'{label}': damaged: {}", source::reason(error)),
            Some("what could be read was printed"),
        );
    }
    Ok(error.is_none())
}

/// Writes clean text.
struct Printer<'o, W> {
    out: &'o mut W,
    /// The last line has not ended yet.
    line_open: bool,
    /// Set if secrets are removed; follows secrets over several lines.
    keys: Option<Lines>,
}

impl<W: Write> Printer<'_, W> {
    /// Prints the text of a block. Text that a lone CR overwrites is left out, as on a screen; markers are
    /// already gone.
    fn print(&mut self, block: &Block) -> io::Result<()> {
        let bytes = block.bytes();
        let mut at = block.start();
        let end = block.owned();
        while at < end {
            let stop = memchr::memchr(b'\n', &bytes[at..end]).map_or(end, |k| at + k);
            let piece = &bytes[at..stop];
            let skipped = block.overwritten(stop) || (!self.line_open && marker::alone(piece));
            if !skipped {
                let text = match &mut self.keys {
                    Some(keys) => Cow::Owned(without_secrets(bytes, at..stop, keys)),
                    None => String::from_utf8_lossy(piece),
                };
                let text = if stop < end {
                    text.trim_end_matches([' ', '\t'])
                } else {
                    &text
                };
                self.out.write_all(visible(text).as_bytes())?;
                if stop < end {
                    self.out.write_all(b"\n")?;
                }
            }
            self.line_open = stop == end && !skipped;
            at = stop + 1;
        }
        Ok(())
    }
}

/// A piece of text without its secrets. Secrets that cross the border between two stretches of a line are
/// removed too.
fn without_secrets(bytes: &[u8], piece: Range<usize>, keys: &mut Lines) -> String {
    let near = piece.start.saturating_sub(OVERLAP)..(piece.end + OVERLAP).min(bytes.len());
    let before = &bytes[near.start..piece.start];
    let before = &before[memchr::memrchr(b'\n', before).map_or(0, |k| k + 1)..];
    let behind = &bytes[piece.end..near.end];
    let behind = &behind[..memchr::memchr(b'\n', behind).unwrap_or(behind.len())];
    let mut text = String::from_utf8_lossy(before).into_owned();
    let start = text.len();
    text.push_str(&String::from_utf8_lossy(&bytes[piece]));
    let end = text.len();
    text.push_str(&String::from_utf8_lossy(behind));
    if let Some(told) = keys.redact_next(&text) {
        return told;
    }
    redact::within(&text, start..end)
}

/// The text with everything that a terminal obeys made visible, except tabs.
fn visible(text: &str) -> String {
    text.split('\t')
        .map(sanitize::clean)
        .collect::<Vec<_>>()
        .join("\t")
}

fn outline(out: &mut impl Write, facts: &JobFacts) -> io::Result<()> {
    for span in facts.sections.iter().filter(|s| s.path.is_some()) {
        let path = span.path.as_deref().unwrap_or_default();
        let depth = path.matches('/').count();
        let seconds = match (span.started, span.ended) {
            (Some(from), Some(to)) if to >= from => format!("  {} s", to - from),
            _ => String::new(),
        };
        let name = path.rsplit('/').next().unwrap_or(path);
        writeln!(
            out,
            "{:>7}–{:<7} {}{}{seconds}",
            span.first_line,
            span.last_line,
            "  ".repeat(depth),
            sanitize::clean(&Section::unescape(name))
        )?;
    }
    Ok(())
}
