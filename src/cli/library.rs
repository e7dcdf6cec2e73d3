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
    let origin = |value: &str| {
        let mut origins = choice.origins.iter();
        origins.find(|origin| origin.value == value)
    };
    for path in &choice.paths {
        if !path.exists() {
            let path = path.display().to_string();
            let message = match origin(&path) {
                Some(origin) => format!("{}: '{path}': no such file or folder", origin.setting),
                None => format!("--patterns '{path}': no such file or folder"),
            };
            return Err(Complaint::hint(
                message,
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
    // What the user's own file says is for all projects: patterns of another one need not be here.
    let is_here = |glob: &&String| {
        let Some(origin) = origin(glob).filter(|origin| origin.of_user) else {
            return true;
        };
        let Err(unfit) = library.fitting(glob) else {
            return true;
        };
        complaint::tell(
            &format!("{}: {}", origin.setting, unfit.message),
            Some("left out of this run"),
        );
        false
    };
    let here =
        |globs: &[String]| -> Vec<String> { globs.iter().filter(is_here).cloned().collect() };
    let (only, skip) = (here(&choice.only), here(&choice.skip));
    if !only.is_empty() || !skip.is_empty() {
        library.select(&only, &skip).map_err(|unfit| {
            let message = match origin(&unfit.glob) {
                Some(origin) => format!("{}: {}", origin.setting, unfit.message),
                None => unfit.message,
            };
            Complaint::hint(message, unfit.hint)
        })?;
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
