//! Files below folders, in path order.

use std::path::{Path, PathBuf};

use crate::model::Problem;

/// Every file below these paths; a file named by itself counts as well.
///
/// Hidden files and folders, and files that are no logs by their name, are left out unless named. Links to folders are
/// not followed.
pub fn files(roots: &[PathBuf]) -> (Vec<Found>, Vec<Problem>) {
    let (mut files, mut problems) = (Vec::new(), Vec::new());
    for root in roots {
        for entry in walkdir::WalkDir::new(root)
            .sort_by_file_name()
            .into_iter()
            .filter_entry(|e| e.depth() == 0 || !hidden(e.path()))
        {
            match entry {
                Ok(entry)
                    if entry.file_type().is_file()
                        || (entry.file_type().is_symlink() && entry.path().is_file()) =>
                {
                    let named = entry.depth() == 0;
                    if named || !is_no_log(entry.path()) {
                        files.push(Found {
                            named,
                            path: entry.into_path(),
                        });
                    }
                }
                Ok(_) => {}
                Err(error) => problems.push(problem(root, &error)),
            }
        }
    }
    (files, problems)
}

/// A file to read.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Found {
    /// Where it is.
    pub path: PathBuf,
    /// The user named it, so it must be readable; files met on a walk need not be logs.
    pub named: bool,
}

/// Endings of files that lie beside logs in exports and checkouts.
const NO_LOGS: &[&str] = &[
    "md", "toml", "json", "jsonl", "yml", "yaml", "xml", "html", "htm", "css", "js", "csv", "tsv",
    "png", "jpg", "jpeg", "gif", "svg", "pdf", "ico", "rs", "py", "go", "java", "sha256", "asc",
    "sig",
];

/// Is a file, by its name, none that a walk would look into?
#[cfg_attr(not(feature = "archives"), allow(dead_code))]
pub(super) fn is_hidden_or_no_log(path: &Path) -> bool {
    hidden(path) || is_no_log(path)
}

fn is_no_log(path: &Path) -> bool {
    let ending = path
        .extension()
        .map(|e| e.to_string_lossy().to_ascii_lowercase());
    ending.is_some_and(|ending| NO_LOGS.contains(&ending.as_str()))
}

fn hidden(path: &Path) -> bool {
    path.file_name()
        .is_some_and(|name| name.to_string_lossy().starts_with('.'))
}

fn problem(root: &Path, error: &walkdir::Error) -> Problem {
    let path = error.path().unwrap_or(root).display().to_string();
    let message = error
        .io_error()
        .map_or_else(|| error.to_string(), super::reason);
    Problem {
        source: path,
        message: format!("cannot be read: {message}"),
        hint: None,
    }
}
