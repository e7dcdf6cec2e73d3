//! Whether two paths lead to the same file.

use std::fs::{self, Metadata};
use std::path::{Path, PathBuf};

/// Identifies a file, whatever detour or link leads to it. Hard links to one content, which programs create
/// to save space, count as separate files.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub enum Identity {
    /// Device and inode of a file with one name.
    Inode(u64, u64),
    /// The path without links and detours.
    Path(PathBuf),
}

impl Identity {
    /// The identity of an existing file.
    pub fn of(path: &Path) -> Option<Self> {
        Self::known(path, &fs::metadata(path).ok()?)
    }

    /// The same, if its metadata is already known.
    pub fn known(path: &Path, data: &Metadata) -> Option<Self> {
        inode(data).or_else(|| fs::canonicalize(path).ok().map(Self::Path))
    }
}

#[cfg(unix)]
fn inode(data: &Metadata) -> Option<Identity> {
    use std::os::unix::fs::MetadataExt;
    (data.nlink() == 1).then(|| Identity::Inode(data.dev(), data.ino()))
}

#[cfg(not(unix))]
fn inode(_: &Metadata) -> Option<Identity> {
    None
}
