//! Whether two paths lead to one file.

use std::fs::{self, Metadata};
use std::path::Path;

/// What tells a file from every other one, by whatever name it is reached: device and inode on Unix.
#[cfg(unix)]
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub struct Identity(u64, u64);

/// What tells a file from every other one, by whatever name it is reached: its path without links and detours.
#[cfg(not(unix))]
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub struct Identity(std::path::PathBuf);

impl Identity {
    /// The identity of a file that is there.
    pub fn of(path: &Path) -> Option<Self> {
        Self::known(path, &fs::metadata(path).ok()?)
    }

    /// The same, where the file has been asked about already.
    #[cfg(unix)]
    pub fn known(_: &Path, data: &Metadata) -> Option<Self> {
        use std::os::unix::fs::MetadataExt;
        Some(Self(data.dev(), data.ino()))
    }

    /// The same, where the file has been asked about already.
    #[cfg(not(unix))]
    pub fn known(path: &Path, _: &Metadata) -> Option<Self> {
        fs::canonicalize(path).ok().map(Self)
    }
}
