//! Files that appear in their place whole or not at all.
//!
//! A report has no name until it is finished. Whatever ends the program (a full disk, Ctrl-C, `kill -9`), no
//! half-written file is left anywhere, and the earlier file is still in its place.

use std::fs::{self, File, OpenOptions, Permissions};
use std::io::{self, BufWriter, Seek, Write};
use std::path::{Path, PathBuf};

/// A file that is being written.
pub struct Draft {
    path: PathBuf,
    /// The nameless file; `None` if the target is written directly: a device, a named pipe.
    content: Option<File>,
    /// The permissions of the earlier file.
    permissions: Option<Permissions>,
}

/// Writes the content; its errors name the file.
pub struct Content {
    file: BufWriter<File>,
    path: PathBuf,
}

impl Content {
    fn named(&self, error: &io::Error) -> io::Error {
        // The kind is changed too: a named pipe that is closed must not end the program quietly.
        io::Error::other(format!(
            "'{}': {}",
            self.path.display(),
            crate::source::reason(error)
        ))
    }
}

impl Write for Content {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        self.file.write(bytes).map_err(|error| self.named(&error))
    }

    fn flush(&mut self) -> io::Result<()> {
        self.file.flush().map_err(|error| self.named(&error))
    }
}

impl Draft {
    /// Prepares a file; returns also the writer of its content.
    ///
    /// # Errors
    /// The file could not be written there.
    pub fn open(path: &Path) -> io::Result<(Content, Self)> {
        let before = fs::metadata(path).ok();
        let special = before.as_ref().is_some_and(|b| !b.is_file());
        // A link stays, and its target is replaced. The link of a pipe has no named target.
        let path = match &before {
            Some(_) if !special => fs::canonicalize(path)?,
            _ => path.to_owned(),
        };
        if before.is_some() {
            let file = OpenOptions::new().write(true).open(&path)?;
            if special {
                let draft = Self {
                    path,
                    content: None,
                    permissions: None,
                };
                return Ok((draft.content_of(file), draft));
            }
        }
        let content = nameless(folder(&path))?;
        let draft = Self {
            content: Some(content.try_clone()?),
            permissions: before.map(|b| b.permissions()),
            path,
        };
        Ok((draft.content_of(content), draft))
    }

    fn content_of(&self, file: File) -> Content {
        Content {
            file: BufWriter::new(file),
            path: self.path.clone(),
        }
    }

    /// The place it is for.
    pub fn path(&self) -> &Path {
        &self.path
    }

    /// Puts the file into its place.
    ///
    /// # Errors
    /// What the file system says.
    pub fn finish(self) -> io::Result<()> {
        let Some(mut content) = self.content else {
            return Ok(());
        };
        let name = self.path.file_name().unwrap_or_default().to_string_lossy();
        let beside = self
            .path
            .with_file_name(format!(".{name}.{}", std::process::id()));
        let placed = named(&mut content, &beside).and_then(|()| {
            if let Some(permissions) = self.permissions {
                fs::set_permissions(&beside, permissions)?;
            }
            fs::rename(&beside, &self.path)
        });
        if placed.is_err() {
            let _ = fs::remove_file(&beside);
        }
        placed
    }
}

fn folder(path: &Path) -> &Path {
    match path.parent() {
        Some(parent) if !parent.as_os_str().is_empty() => parent,
        _ => Path::new("."),
    }
}

/// Creates a file in a folder without a name.
fn nameless(folder: &Path) -> io::Result<File> {
    #[cfg(target_os = "linux")]
    {
        use rustix::fs::{Mode, OFlags, open};
        // If the file system does not support this, the other way is tried, which also reports errors.
        let flags = OFlags::TMPFILE | OFlags::RDWR | OFlags::CLOEXEC;
        if let Ok(file) = open(folder, flags, Mode::from_raw_mode(0o666)) {
            return Ok(File::from(file));
        }
    }
    tempfile::tempfile_in(folder)
}

/// Gives a nameless file a name, by a link if possible, else by a copy.
fn named(content: &mut File, path: &Path) -> io::Result<()> {
    #[cfg(target_os = "linux")]
    {
        use rustix::fs::{AtFlags, CWD, linkat};
        use std::os::fd::AsRawFd;
        let open = format!("/proc/self/fd/{}", content.as_raw_fd());
        if linkat(CWD, open, CWD, path, AtFlags::SYMLINK_FOLLOW).is_ok() {
            return Ok(());
        }
    }
    let mut copy = OpenOptions::new().write(true).create_new(true).open(path)?;
    content.rewind()?;
    io::copy(content, &mut copy).map(|_| ())
}
