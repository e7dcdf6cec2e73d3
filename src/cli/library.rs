//! The patterns that the flags put in force.

use std::env;

use super::args::Choice;
use super::complaint::{self, Complaint};
use super::exit::Exit;
use crate::library::{Layer, Library, layers};

/// The folders of patterns of one's own that are always in force: the user's, and (unless left out) the project's.
pub fn own_layers(no_project: bool) -> Vec<Layer> {
    let user = layers::user_folder().map(Layer::User);
    let here = env::current_dir().ok().filter(|_| !no_project);
    let project = here.and_then(|dir| layers::project_folder(&dir));
    user.into_iter()
        .chain(project.map(Layer::Project))
        .collect()
}

/// Loads the layers and applies `--only` and `--skip`. Broken files are told and skipped: the rest works, and the exit code
/// says that something was wrong.
///
/// # Errors
/// A `--patterns` path that does not exist, a glob that fits nothing.
pub fn load(choice: &Choice) -> Result<(Library, Exit), Complaint> {
    let mut stack = own_layers(choice.no_project);
    for path in &choice.paths {
        if !path.exists() {
            return Err(Complaint::hint(
                format!("--patterns '{}': no such file or folder", path.display()),
                "give a folder with <family>/<name>.toml files, or one such file",
            ));
        }
        stack.push(Layer::Option(path.clone()));
    }
    let (mut library, faults) = if stack.is_empty() {
        (Library::embedded(), Vec::new())
    } else {
        layers::load(&stack)
    };
    for fault in &faults {
        complaint::tell_pattern(fault);
    }
    if !choice.only.is_empty() || !choice.skip.is_empty() {
        library
            .select(&choice.only, &choice.skip)
            .map_err(|unfit| Complaint::hint(unfit.message, unfit.hint))?;
    }
    Ok((
        library,
        if faults.is_empty() {
            Exit::Explained
        } else {
            Exit::Trouble
        },
    ))
}
