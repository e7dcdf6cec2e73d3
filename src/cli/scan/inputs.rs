//! The inputs of a scan: files in order, from arguments, globs and lists.

use std::fs::File;
use std::io::{self, Read};
use std::path::Path;

use crate::cli::args::Scan;
use crate::cli::complaint::Complaint;
use crate::model::Problem;
use crate::redact;
use crate::source::walk::{self, Found, Root};
use crate::source::{self, glob, list};

/// Every file to read, once each, and problems with the arguments.
///
/// # Errors
/// A list that cannot be read.
pub fn files(args: &Scan) -> Result<(Vec<Found>, Vec<Problem>), Complaint> {
    let (mut roots, mut problems) = (Vec::new(), Vec::new());
    for path in &args.paths {
        if path.as_os_str() == "-" && !path.exists() {
            problems.push(Problem {
                source: "-".to_owned(),
                message: "a scan reads files".to_owned(),
                hint: Some(
                    "a log in a pipe: `jobtriage`; a list of files: `--files-from -`".to_owned(),
                ),
            });
        // `https://…/job.log?inline=false` is no glob, though it looks like one.
        } else if glob::is_glob(path) && source::address::problem(path).is_none() {
            match expanded(path) {
                Ok((fitting, unwalked)) => {
                    roots.extend(fitting);
                    problems.extend(unwalked);
                }
                Err(problem) => problems.push(problem),
            }
        } else {
            roots.extend(Root::named(std::slice::from_ref(path)));
        }
    }
    for path in &args.files_from {
        roots.extend(listed(path)?);
    }
    let (files, unwalked) = walk::files(&roots);
    problems.extend(unwalked);
    for Problem { source, .. } in &mut problems {
        // An address may contain a token.
        if source::address::problem(Path::new(source)).is_some() {
            *source = redact::text(source).into_owned();
        }
    }
    Ok((files, problems))
}

fn expanded(path: &Path) -> Result<(Vec<Root>, Vec<Problem>), Problem> {
    let problem = |message: String, hint: &str| Problem {
        source: path.display().to_string(),
        message,
        hint: Some(hint.to_owned()),
    };
    let (fitting, unwalked) = glob::expand(path).map_err(|e| {
        problem(
            format!("no such file, and no glob: {}", e.kind()),
            "quote a name that has wildcards in it",
        )
    })?;
    if fitting.is_empty() && unwalked.is_empty() {
        return Err(problem(
            "no file fits".to_owned(),
            "`*` stays within a folder, `**` goes below it",
        ));
    }
    Ok((met(fitting), unwalked))
}

/// Lists are sorted: `find` prints in the order of the disk, which nobody wants.
fn listed(path: &Path) -> Result<Vec<Root>, Complaint> {
    let source: Box<dyn Read> = if path.as_os_str() == "-" {
        Box::new(io::stdin().lock())
    } else {
        Box::new(File::open(path).map_err(|e| unreadable(path, &e))?)
    };
    let mut paths = list::paths(source).map_err(|e| unreadable(path, &e))?;
    paths.sort_unstable();
    Ok(met(paths))
}

fn met(paths: Vec<std::path::PathBuf>) -> Vec<Root> {
    let paths = paths.into_iter();
    paths.map(|path| Root { path, named: false }).collect()
}

fn unreadable(path: &Path, error: &io::Error) -> Complaint {
    Complaint::hint(
        format!(
            "--files-from '{}': {}",
            path.display(),
            source::reason(error)
        ),
        "give a file with a path a line, or `-` for standard input",
    )
}
