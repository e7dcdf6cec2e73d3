//! Files that come to their place whole or not at all.
//!
//! Until it is finished a report has no name: whatever ends the program (a full disk, Ctrl-C, `kill -9`), nothing
//! half-written is left, neither at its place nor beside it, and what stood there before still does.

use std::fs::{self, File, OpenOptions, Permissions};
use std::io::{self, BufWriter, Seek, Write};
use std::path::{Path, PathBuf};

/// A file that is being written.
pub struct Draft {
    path: PathBuf,
    /// What is to be put into place; `None` for what is written as it stands: a device, a named pipe.
    content: Option<File>,
    /// Of the file that stood there before.
    permissions: Option<Permissions>,
}

/// Takes what is written; its errors name the file.
pub struct Content {
    file: BufWriter<File>,
    path: PathBuf,
}

impl Content {
    fn named(&self, error: &io::Error) -> io::Error {
        // Of another kind, too: a pipe that somebody named is no quiet end when it is closed.
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
    /// Prepares a file, and says where to write its content.
    ///
    /// # Errors
    /// What would keep it from being written there.
    pub fn open(path: &Path) -> io::Result<(Content, Self)> {
        let before = fs::metadata(path).ok();
        let special = before.as_ref().is_some_and(|b| !b.is_file());
        // A link stays, and what it points to is replaced; that of a pipe leads to nothing that has a name.
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

/// A file in that folder that no name leads to.
fn nameless(folder: &Path) -> io::Result<File> {
    #[cfg(target_os = "linux")]
    {
        use rustix::fs::{Mode, OFlags, open};
        // Where the file system cannot, the other way is tried, which also knows what is wrong.
        let flags = OFlags::TMPFILE | OFlags::RDWR | OFlags::CLOEXEC;
        if let Ok(file) = open(folder, flags, Mode::from_raw_mode(0o666)) {
            return Ok(File::from(file));
        }
    }
    tempfile::tempfile_in(folder)
}

/// Gives a nameless file a name, by a link if that can be had, else by a copy.
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
