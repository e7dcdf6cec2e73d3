//! Expands globs in arguments, for shells that pass them on unchanged.

use std::io;
use std::path::{Component, Path, PathBuf};

use globset::{Error, GlobBuilder};

use crate::model::Problem;

/// Whether a path is a glob. A path that exists is none, whatever its name.
pub fn is_glob(path: &Path) -> bool {
    path.to_string_lossy().contains(['*', '?', '[', '{']) && path.symlink_metadata().is_err()
}

/// The files and folders that fit a glob, in path order, and the problems met on the way. `*` stays within a
/// folder, `**` does not; a hidden name fits only a pattern that begins with a dot.
///
/// # Errors
/// The glob is malformed.
pub fn expand(glob: &Path) -> Result<(Vec<PathBuf>, Vec<Problem>), Error> {
    let matcher = GlobBuilder::new(&glob.to_string_lossy())
        .literal_separator(true)
        .build()?
        .compile_matcher();
    // Everything before the first wildcard is a fixed folder, so nothing outside of it is searched.
    let fixed: PathBuf = glob
        .components()
        .take_while(|part| !has_wildcard(*part))
        .collect();
    let start = if fixed.as_os_str().is_empty() {
        Path::new(".")
    } else {
        &fixed
    };
    let hidden_wanted = glob.components().any(|part| {
        let name = part.as_os_str().to_string_lossy();
        name.starts_with('.') && !matches!(part, Component::CurDir | Component::ParentDir)
    });
    let deep = glob.to_string_lossy().contains("**");
    let depth = glob
        .components()
        .count()
        .saturating_sub(fixed.components().count());
    let walk = walkdir::WalkDir::new(start)
        .min_depth(1)
        .max_depth(if deep { usize::MAX } else { depth })
        .sort_by_file_name();
    let entries = walk
        .into_iter()
        .filter_entry(|e| e.depth() == 0 || hidden_wanted || !super::walk::hidden(e.path()));
    let mut problems = Vec::new();
    let paths = entries.filter_map(|entry| match entry {
        Ok(entry) => Some(entry.into_path()),
        Err(error) => {
            // If nothing is there, that is reported for the glob as a whole.
            let is_gone = error.io_error().map(io::Error::kind) == Some(io::ErrorKind::NotFound);
            problems.extend((!is_gone).then(|| super::walk::problem(start, &error)));
            None
        }
    });
    let paths = paths.map(|path| match path.strip_prefix(".") {
        Ok(plain) if fixed.as_os_str().is_empty() => plain.to_path_buf(),
        _ => path,
    });
    let fitting = paths.filter(|path| matcher.is_match(path)).collect();
    Ok((fitting, problems))
}

fn has_wildcard(part: Component<'_>) -> bool {
    part.as_os_str()
        .to_string_lossy()
        .contains(['*', '?', '[', '{'])
}
