//! Globs in arguments, for shells that hand them on as they are.

use std::io;
use std::path::{Component, Path, PathBuf};

use globset::{Error, GlobBuilder};

use crate::model::Problem;

/// Is it a glob? A path that exists is none, whatever its name.
pub fn is_glob(path: &Path) -> bool {
    path.to_string_lossy().contains(['*', '?', '[', '{']) && path.symlink_metadata().is_err()
}

/// What fits a glob, in path order: files and folders. `*` stays within a folder, `**` does not; hidden names only fit a
/// pattern that begins with a dot. With them comes what could not be looked into.
///
/// # Errors
/// A glob that is none.
pub fn expand(glob: &Path) -> Result<(Vec<PathBuf>, Vec<Problem>), Error> {
    let matcher = GlobBuilder::new(&glob.to_string_lossy())
        .literal_separator(true)
        .build()?
        .compile_matcher();
    // What stands before the first wildcard is a folder: nothing outside of it is looked at.
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
            // That nothing is there is told of the glob as a whole.
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
