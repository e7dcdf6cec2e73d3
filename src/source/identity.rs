//! Whether two paths lead to one file.

use std::fs::{self, Metadata};
use std::path::{Path, PathBuf};

/// What tells a file from every other one, by whatever detour or link it is reached. Names of equal right for one content (hard
/// links, as programs make them that save space) are files of their own.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub enum Identity {
    /// Device and inode of a file with one name.
    Inode(u64, u64),
    /// The path without links and detours.
    Path(PathBuf),
}

impl Identity {
    /// The identity of a file that is there.
    pub fn of(path: &Path) -> Option<Self> {
        Self::known(path, &fs::metadata(path).ok()?)
    }

    /// The same, where the file has been asked about already.
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
