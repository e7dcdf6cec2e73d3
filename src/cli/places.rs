//! The files that a run writes: each has its own place, and none replaces an input.

use std::fs;
use std::path::{Path, PathBuf};

use super::complaint::Complaint;
use crate::source::identity::Identity;

/// The files that a run replaces.
pub struct Places {
    /// Those that exist, under the given names.
    existing: Vec<(Identity, PathBuf)>,
}

impl Places {
    /// Collects the targets of reports and other files.
    ///
    /// # Errors
    /// Two of them are the same file: the last would silently win.
    pub fn of<'p>(paths: impl IntoIterator<Item = &'p Path>) -> Result<Self, Complaint> {
        let mut places = Self {
            existing: Vec::new(),
        };
        let mut coming: Vec<PathBuf> = Vec::new();
        for path in paths {
            let taken = match fs::metadata(path) {
                // A device or a pipe accepts any number of reports.
                Ok(data) if !data.is_file() => continue,
                Ok(data) => {
                    let Some(identity) = Identity::known(path, &data) else {
                        continue;
                    };
                    let taken = places.existing.iter().any(|(there, _)| *there == identity);
                    places.existing.push((identity, path.to_owned()));
                    taken
                }
                Err(_) => {
                    let place = place(path);
                    let taken = coming.contains(&place);
                    coming.push(place);
                    taken
                }
            };
            if taken {
                return Err(Complaint::hint(
                    format!("two reports would be written to '{}'", path.display()),
                    "give each a file of its own",
                ));
            }
        }
        Ok(places)
    }

    /// Refuses targets that are among the inputs.
    ///
    /// # Errors
    /// A target that is one of the inputs.
    pub fn keep_from(&self, inputs: impl IntoIterator<Item = PathBuf>) -> Result<(), Complaint> {
        if self.existing.is_empty() {
            return Ok(());
        }
        for input in inputs {
            let Some(identity) = Identity::of(&input) else {
                continue;
            };
            let own = self.existing.iter().find(|(there, _)| *there == identity);
            if let Some((_, path)) = own {
                return Err(Complaint::hint(
                    format!(
                        "cannot write '{}': it is one of the files to read",
                        path.display()
                    ),
                    "name another file, outside of the folder that is read",
                ));
            }
        }
        Ok(())
    }
}

/// A unique spelling of the path of a file that does not exist yet.
fn place(path: &Path) -> PathBuf {
    let above = match path.parent() {
        Some(above) if !above.as_os_str().is_empty() => above,
        _ => Path::new("."),
    };
    let above = fs::canonicalize(above).unwrap_or_else(|_| above.to_owned());
    above.join(path.file_name().unwrap_or_default())
}
