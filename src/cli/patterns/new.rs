//! `jobtriage patterns new`: a pattern file begun from a line of a log.

use std::io::Write;
use std::ops::ControlFlow;
use std::path::{Path, PathBuf};
use std::{env, fs, io};

use crate::authoring::skeleton::{self, Seed};
use crate::cli::args::PatternsNew;
use crate::cli::complaint::{self, Complaint};
use crate::cli::exit::Exit;
use crate::cli::{console, library};
use crate::diagnosis::{Case, Input, settle};
use crate::engine::Scanner;
use crate::library::{Library, layers};
use crate::pattern::compile::check_id;
use crate::redact;
use crate::report::sanitize;
use crate::source::{self, Reading, Refusal, Source};

/// Runs it.
///
/// # Errors
/// An id that is none, a line that is not there or that no match looks at, a file that is there already.
pub fn run(args: &PatternsNew) -> Result<Exit, Complaint> {
    check_id(&args.id).map_err(|message| {
        Complaint::hint(message, "name the failure: `acme/license-server-down`")
    })?;
    let (log, line) = place(&args.from)?;
    let bytes = read(&log)?;
    let seed = skeleton::seed(&bytes[..], line).ok_or_else(|| {
        Complaint::hint(
            format!("{}: no text on line {line}", log.display()),
            "lines are counted as `sed -n 17p` counts them; reports give these numbers",
        )
    })?;
    if let Some(what) = seed.unfit {
        return Err(Complaint::hint(
            format!("line {line} reads as {what}, which no match looks at"),
            "take the line in which the tool says what went wrong",
        ));
    }
    let folder = match &args.out {
        Some(folder) => folder.clone(),
        None => project_folder(),
    };
    let path = folder.join(format!("{}.toml", args.id));
    if path.exists() && !args.force {
        return Err(Complaint::hint(
            format!("'{}' is there already", path.display()),
            "choose another id, or overwrite it with --force",
        ));
    }
    if Library::embedded().find(&args.id).is_some() {
        complaint::tell(
            &format!(
                "`{}` is the id of a built-in pattern, which this file replaces",
                args.id
            ),
            Some("that is meant to be so? else choose another id"),
        );
    }
    known(&args.id, &bytes, line)?;
    put(
        &path,
        &skeleton::write(&args.id, &seed, console::lang_of(args.lang)),
    )?;
    print_next_steps(&path, &seed)
}

/// `LOG:LINE`
fn place(from: &str) -> Result<(PathBuf, u64), Complaint> {
    from.rsplit_once(':')
        .and_then(|(log, line)| Some((PathBuf::from(log), line.parse().ok()?)))
        .filter(|(log, line)| *line > 0 && !log.as_os_str().is_empty())
        .ok_or_else(|| {
            Complaint::hint(
                format!("--from {from}: not a place in a log"),
                "give file and line: `--from job.log:954`",
            )
        })
}

fn read(log: &Path) -> Result<Vec<u8>, Complaint> {
    if log == Path::new("-") {
        return source::stdin(Reading::default())
            .map_err(refused)
            .and_then(whole);
    }
    if let Some(archive) = archive_of(log) {
        let mut found = None;
        let _ = source::each(
            &archive,
            Reading::default(),
            &mut |member, _| match member {
                Ok(member) if names(log, &member.label) => {
                    found = Some(whole(member));
                    ControlFlow::Break(())
                }
                _ => ControlFlow::Continue(()),
            },
        );
        if let Some(found) = found {
            return found;
        }
    }
    source::open(log, Reading::default())
        .map_err(refused)
        .and_then(whole)
}

/// The archive of `logs.zip:build/2_Run make.txt`, as reports call a member.
fn archive_of(log: &Path) -> Option<PathBuf> {
    let name = log.to_str().filter(|_| !log.exists())?;
    let mut colons = name.match_indices(':').map(|(at, _)| &name[..at]);
    colons
        .find(|archive| Path::new(archive).is_file())
        .map(PathBuf::from)
}

/// Is a member called so? Reports tell its name without secrets.
fn names(log: &Path, label: &str) -> bool {
    log.to_str()
        .is_some_and(|log| log == label || log == redact::text(label))
}

fn refused(refusal: Refusal) -> Complaint {
    let problem = refusal.problem();
    let message = format!("'{}': {}", problem.source, problem.message);
    match &problem.hint {
        Some(hint) => Complaint::hint(message, hint),
        None => Complaint::new(message),
    }
}

fn whole(mut source: Source<'_>) -> Result<Vec<u8>, Complaint> {
    let mut bytes = Vec::new();
    io::Read::read_to_end(&mut source.reader, &mut bytes)
        .map_err(|e| Complaint::new(format!("'{}': {}", source.label, source::reason(&e))))?;
    Ok(bytes)
}

/// The project's folder of patterns; where there is none yet, one in the working folder.
fn project_folder() -> PathBuf {
    let here = env::current_dir().unwrap_or_default();
    let there = layers::project_folder(&here);
    let folder = there.unwrap_or_else(|| here.join(".jobtriage").join("patterns"));
    folder
        .strip_prefix(&here)
        .map(Path::to_owned)
        .unwrap_or(folder)
}

/// Says which patterns in force fire on that line already.
fn known(id: &str, log: &[u8], line: u64) -> Result<(), Complaint> {
    let stack = library::own_layers(false);
    let (library, _) = layers::load(&stack);
    let case = Case::single(Input {
        source: String::new(),
        scan: Scanner::new(&library).scan(log),
    });
    for settled in settle(&case, &library) {
        if settled.hit.place.line == line && settled.pattern().id != id {
            let other = &settled.pattern().id;
            complaint::tell(
                &format!("`{other}` fires on this line already"),
                Some(&format!(
                    "`jobtriage explain {other}` shows it; a more specific pattern says `supersedes = [\"{other}\"]`"
                )),
            );
        }
    }
    Ok(())
}

fn put(path: &Path, text: &str) -> Result<(), Complaint> {
    let fail = |e: io::Error| {
        Complaint::new(format!(
            "cannot write '{}': {}",
            path.display(),
            source::reason(&e)
        ))
    };
    if let Some(folder) = path.parent() {
        fs::create_dir_all(folder).map_err(fail)?;
    }
    fs::write(path, text).map_err(fail)
}

fn print_next_steps(path: &Path, seed: &Seed) -> Result<Exit, Complaint> {
    let mut out = io::stdout().lock();
    let path = path.display();
    writeln!(out, "{path}: begun from | {}", sanitize::clean(&seed.text))?;
    writeln!(
        out,
        "next: write what is marked (until then it is never the cause), then"
    )?;
    writeln!(out, "  jobtriage patterns lint {path}")?;
    writeln!(out, "  jobtriage patterns test {path}")?;
    writeln!(out, "  jobtriage patterns try {path} --on FOLDER")?;
    Ok(Exit::Explained)
}
