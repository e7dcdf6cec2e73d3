//! Finds the files below folders, in path order.

use std::collections::HashMap;
use std::collections::hash_map::Entry;
use std::ffi::OsStr;
use std::path::{Path, PathBuf};
use std::sync::Arc;

use super::identity::Identity;
use crate::model::Problem;

/// Every file below these paths, once each, whatever spelling or link leads to it. A root may itself be a file.
///
/// Hidden files and folders, caches, and files whose names are not those of logs are skipped unless they are
/// roots. Links to folders are not followed.
pub fn files(roots: &[Root]) -> (Vec<Found>, Vec<Problem>) {
    let (mut files, mut problems) = (Vec::new(), Vec::new());
    let mut folder = Arc::new(PathBuf::new());
    let mut seen = HashMap::new();
    for Root { path: root, named } in roots {
        for entry in walkdir::WalkDir::new(root)
            .sort_by_file_name()
            .into_iter()
            .filter_entry(|e| e.depth() == 0 || !hidden(e.path()) && !is_cache(e))
        {
            match entry {
                Ok(entry) if is_wanted(&entry, *named) => {
                    let path = entry.path();
                    let named = entry.depth() == 0 && *named;
                    let data = path.metadata().ok();
                    let identity = data.as_ref().and_then(|data| Identity::known(path, data));
                    match identity.map(|identity| seen.entry(identity)) {
                        // One named path is enough.
                        Some(Entry::Occupied(at)) => {
                            let known: &mut Found = &mut files[*at.get()];
                            known.named |= named;
                            continue;
                        }
                        Some(Entry::Vacant(place)) => _ = place.insert(files.len()),
                        None => {}
                    }
                    let above = path.parent().unwrap_or(Path::new(""));
                    if folder.as_os_str() != above.as_os_str() {
                        folder = Arc::new(above.to_path_buf());
                    }
                    files.push(Found {
                        named,
                        bytes: data.map_or(0, |data| data.len()),
                        folder: Arc::clone(&folder),
                        name: path.file_name().unwrap_or(path.as_os_str()).into(),
                    });
                }
                Ok(_) => {}
                Err(error) => problems.push(problem(root, &error)),
            }
        }
    }
    files.shrink_to_fit();
    (files, problems)
}

/// Whether to read an entry. A pipe or another special file is read only if somebody named it.
fn is_wanted(entry: &walkdir::DirEntry, named: bool) -> bool {
    let kind = entry.file_type();
    if entry.depth() == 0 {
        return kind.is_file() || kind.is_symlink() || named && !kind.is_dir();
    }
    let is_file = kind.is_file() || kind.is_symlink() && leads_to_a_file(entry.path());
    is_file && !is_no_log(entry.path())
}

/// Whether a link leads to a file. A broken link counts too: opening it reports that the log is missing.
fn leads_to_a_file(link: &Path) -> bool {
    link.metadata().map_or(true, |there| there.is_file())
}

/// A path where a walk begins.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Root {
    /// A file or a folder.
    pub path: PathBuf,
    /// Somebody wrote its name, so it must be a log. Entries of a list or a glob need not be.
    pub named: bool,
}

impl Root {
    /// Roots that somebody named.
    pub fn named(paths: &[PathBuf]) -> Vec<Self> {
        let paths = paths.iter().cloned();
        paths.map(|path| Self { path, named: true }).collect()
    }
}

/// A file to read. Many files of one folder share its path.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Found {
    folder: Arc<PathBuf>,
    name: Box<OsStr>,
    /// Bytes on disk, if known, for the progress bar.
    pub bytes: u64,
    /// The user named it, so it must be readable. Files met on a walk need not be logs.
    pub named: bool,
}

impl Found {
    /// The path of the file.
    pub fn path(&self) -> PathBuf {
        self.folder.join(&*self.name)
    }
}

/// Endings of files that lie beside logs in exports and checkouts.
const NO_LOGS: &[&str] = &[
    "md", "toml", "json", "jsonl", "yml", "yaml", "xml", "html", "htm", "css", "js", "csv", "tsv",
    "png", "jpg", "jpeg", "gif", "svg", "pdf", "ico", "rs", "py", "go", "java", "sha256", "asc",
    "sig",
];

/// Whether a walk would skip a file by its name.
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

pub(super) fn hidden(path: &Path) -> bool {
    path.file_name()
        .is_some_and(|name| name.to_string_lossy().starts_with('.'))
}

/// Whether a folder is marked as a cache. Our own cache may lie among the logs.
fn is_cache(entry: &walkdir::DirEntry) -> bool {
    entry.file_type().is_dir() && entry.path().join("CACHEDIR.TAG").is_file()
}

pub(super) fn problem(root: &Path, error: &walkdir::Error) -> Problem {
    let not_there = |e: &std::io::Error| e.kind() == std::io::ErrorKind::NotFound;
    if error.depth() == 0
        && error.io_error().is_some_and(not_there)
        && let Some(problem) = super::address::problem(root)
    {
        return problem;
    }
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
