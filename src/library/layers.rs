//! Reads the pattern folders of users and projects, and puts them over the embedded library.
//!
//! Later layers replace earlier ones id by id: built in, user configuration, project (`.jobtriage/patterns`),
//! `--patterns PATH`.

use std::collections::BTreeMap;
use std::fmt;
use std::path::{Path, PathBuf};

use super::Library;
use crate::pattern::checked::Pattern;
use crate::pattern::compile::compile;
use crate::pattern::schema::{PatternFile, PatternStatus};
use crate::pattern::{PatternError, UNFINISHED};
use crate::prefilter::background;

/// Largest pattern file that is read, since files may come from strangers.
const MAX_FILE: u64 = 256 << 10;
/// Most pattern files in one folder.
const MAX_FILES: usize = 20_000;
/// Most regexes of all folders together, and of those without a literal, each of which costs time on every
/// log. A merge request may bring patterns along. The embedded library has less than half of each.
const MAX_REGEXES: usize = 20_000;
const MAX_UNKEYED: usize = 1_000;

/// Where a pattern comes from.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Layer {
    /// The program itself.
    BuiltIn,
    /// The user's configuration folder.
    User(PathBuf),
    /// The project's `.jobtriage/patterns`.
    Project(PathBuf),
    /// `--patterns`.
    Option(PathBuf),
}

impl fmt::Display for Layer {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Layer::BuiltIn => f.pad("built-in"),
            Layer::User(_) => f.pad("user"),
            Layer::Project(_) => f.pad("project"),
            Layer::Option(_) => f.pad("option"),
        }
    }
}

impl Layer {
    pub(crate) fn path(&self) -> Option<&Path> {
        match self {
            Layer::BuiltIn => None,
            Layer::User(path) | Layer::Project(path) | Layer::Option(path) => Some(path),
        }
    }
}

/// Loads the embedded library with these layers over it; returns also the faults of what was skipped.
pub fn load(layers: &[Layer]) -> (Library, Vec<PatternError>) {
    let mut faults = Vec::new();
    let mut own: BTreeMap<String, (Pattern, Layer)> = BTreeMap::new();
    let (mut regexes, mut unkeyed) = (0, 0);
    for layer in layers {
        let Some(path) = layer.path() else { continue };
        for file in files(path, &mut faults) {
            match read(path, &file) {
                Ok(pattern) => {
                    regexes += pattern.regexes();
                    unkeyed += pattern.unkeyed();
                    if regexes > MAX_REGEXES || unkeyed > MAX_UNKEYED {
                        faults.push(too_many(&file));
                        break;
                    }
                    own.insert(pattern.id.clone(), (pattern, layer.clone()));
                }
                Err(fault) => faults.push(fault),
            }
        }
    }
    let library = match own.is_empty() {
        true => Library::embedded(),
        false => Library::with(own.into_values().collect()),
    };
    (library, faults)
}

fn too_many(file: &Path) -> PatternError {
    let message = format!(
        "with this file there are more than {MAX_REGEXES} regexes, or {MAX_UNKEYED} without a fixed text"
    );
    PatternError::whole(&file.display().to_string(), message)
        .hint("it and what follows is left out; write fewer patterns, each with a fixed text of six bytes")
}

/// The pattern files of a folder, sorted, or the one file that was named.
pub(crate) fn files(path: &Path, faults: &mut Vec<PatternError>) -> Vec<PathBuf> {
    let name = path.display().to_string();
    if path.is_file() {
        return vec![path.to_owned()];
    }
    let mut found = Vec::new();
    // Links are not followed, so nothing outside of the folder is read.
    for entry in walkdir::WalkDir::new(path).max_depth(4).sort_by_file_name() {
        match entry {
            Ok(entry) => {
                let hidden = entry.file_name().to_string_lossy().starts_with(['_', '.']);
                if entry.file_type().is_file()
                    && !hidden
                    && entry.path().extension().is_some_and(|e| e == "toml")
                {
                    found.push(entry.into_path());
                }
            }
            Err(error) => {
                let reason = error
                    .io_error()
                    .map_or_else(|| error.to_string(), ToString::to_string);
                faults.push(
                    PatternError::whole(&name, format!("cannot be read: {reason}"))
                        .hint("give a folder with <family>/<name>.toml files, or one such file"),
                );
            }
        }
        if found.len() > MAX_FILES {
            faults.push(PatternError::whole(
                &name,
                format!("more than {MAX_FILES} pattern files"),
            ));
            break;
        }
    }
    found
}

/// Reads one pattern file. Its id is its path below the layer's folder, or for a single file the last two parts
/// of its path.
fn read(root: &Path, file: &Path) -> Result<Pattern, PatternError> {
    let name = file.display().to_string();
    let source = source_of(&name, file)?;
    let id = id_of(root, file);
    if let Some(fault) = without_family(file, &name) {
        return Err(fault);
    }
    let (mut pattern, written) = compile(&name, &id, &source, &background::literal_cost)?;
    if pattern.status == PatternStatus::Stable && is_unfinished(&source, &written) {
        pattern.status = PatternStatus::Preview;
    }
    Ok(pattern)
}

/// Whether a file still holds the words that `patterns new` leaves for its author to replace. Such a pattern
/// is in preview: it is matched and shown by `--why`, but never the cause.
pub fn is_unfinished(source: &str, written: &PatternFile) -> bool {
    // A regex may search for these very words.
    source.contains(UNFINISHED)
        && serde_json::to_value((
            (&written.text, &written.note, &written.check),
            (&written.link, &written.tests, &written.test),
        ))
        .is_ok_and(|texts| holds(&texts, UNFINISHED))
}

/// Whether a value contains a text. Tables of a pattern file are nested only a few levels deep.
fn holds(value: &serde_json::Value, text: &str) -> bool {
    match value {
        serde_json::Value::String(own) => own.contains(text),
        serde_json::Value::Array(all) => all.iter().any(|one| holds(one, text)),
        serde_json::Value::Object(all) => all.values().any(|one| holds(one, text)),
        _ => false,
    }
}

/// The text of a pattern file, if its size is within bounds.
pub(crate) fn source_of(name: &str, file: &Path) -> Result<String, PatternError> {
    let whole = |message: String| PatternError::whole(name, message);
    let size = std::fs::metadata(file)
        .map_err(|e| whole(format!("cannot be read: {e}")))?
        .len();
    if size > MAX_FILE {
        return Err(
            whole(format!("is larger than {} KiB", MAX_FILE >> 10)).hint("one failure is one file")
        );
    }
    std::fs::read_to_string(file).map_err(|e| whole(format!("cannot be read: {e}")))
}

/// A file right in a folder `patterns` lies in that of no family: `patterns/NAME` would be an id that nobody chose.
pub(crate) fn without_family(file: &Path, name: &str) -> Option<PatternError> {
    if file.parent()?.file_name()? != "patterns" {
        return None;
    }
    let stem = file.file_stem().unwrap_or_default().to_string_lossy();
    Some(
        PatternError::whole(name, "lies in no folder of a family, so it has no id")
            .slug("bad-id")
            .hint(format!("put it into a folder: `<family>/{stem}.toml`")),
    )
}

/// What the path of a pattern file makes of its id.
pub fn id_of(root: &Path, file: &Path) -> String {
    let below = match file.strip_prefix(root) {
        Ok(below) if below.components().count() >= 2 => below.to_owned(),
        _ => {
            let parts: Vec<_> = file.components().collect();
            parts[parts.len().saturating_sub(2)..].iter().collect()
        }
    };
    below
        .with_extension("")
        .to_string_lossy()
        .replace('\\', "/")
}

/// The folder with the user's own patterns, if it exists.
pub fn user_folder() -> Option<PathBuf> {
    let patterns = user_config()?.join("patterns");
    Some(patterns).filter(|p| p.is_dir())
}

/// The folder for the user's settings and patterns, whether or not it exists.
pub fn user_config() -> Option<PathBuf> {
    let base = std::env::var_os("XDG_CONFIG_HOME")
        .map(PathBuf::from)
        .filter(|p| p.is_absolute())
        .or_else(|| std::env::var_os("APPDATA").map(PathBuf::from))
        .or_else(|| std::env::var_os("HOME").map(|home| PathBuf::from(home).join(".config")))?;
    Some(base.join("jobtriage"))
}

/// The folders whose files may decide for who works in `from`, nearest first: up to the root of the repository, outside of
/// one that folder only. Above it somebody else may write, as into `/tmp` on a shared runner.
pub fn of_project(from: &Path) -> impl Iterator<Item = &Path> {
    up_to_root(from, |dir| dir.join(".git").exists())
}

fn up_to_root(from: &Path, is_root: impl Fn(&Path) -> bool) -> impl Iterator<Item = &Path> {
    let root = from.ancestors().position(is_root);
    from.ancestors().take(root.unwrap_or(0) + 1)
}

/// The project's patterns: `.jobtriage/patterns` in the nearest folder [of the project](of_project) that has it.
pub fn project_folder(from: &Path) -> Option<PathBuf> {
    of_project(from)
        .map(|dir| dir.join(".jobtriage").join("patterns"))
        .find(|p| p.is_dir())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn folders_decide_up_to_the_root_of_the_repository_only() {
        let folders = |root: &str| {
            up_to_root(Path::new("/tmp/site/docs/api"), |dir| {
                dir == Path::new(root)
            })
            .map(|dir| dir.display().to_string())
            .collect::<Vec<_>>()
            .join(" ")
        };
        assert_eq!(folders("/tmp/site/docs/api"), "/tmp/site/docs/api");
        assert_eq!(
            folders("/tmp/site"),
            "/tmp/site/docs/api /tmp/site/docs /tmp/site"
        );
        // Outside of a repository, only where one works.
        assert_eq!(folders("/no/root"), "/tmp/site/docs/api");
    }
}
