//! Settings: `jobtriage.toml` of the project and of the user, under flags and environment.
//!
//! [`file`](mod@file) is what a settings file may hold; [`apply`] puts it where no flag says otherwise; [`show`] tells where each value
//! comes from.

use std::env;
use std::path::{Path, PathBuf};

use super::args::{Basics, Choice, Cli, Command, ExitZero, Origin, Output, Patterns};
use super::complaint::Complaint;
use crate::library::layers;
use crate::redact;

mod file;
pub mod show;

use file::{Placed, Values};

/// The name of a settings file.
pub const NAME: &str = "jobtriage.toml";

/// The settings files in force, the one that counts most first.
#[derive(Debug, Default)]
pub struct Settings {
    files: Vec<File>,
}

/// A settings file.
#[derive(Debug)]
pub struct File {
    path: PathBuf,
    of_user: bool,
    values: Values,
}

/// A value, and where it stands.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Found<T> {
    value: T,
    /// `path:line`
    place: String,
    /// The user's own file has it, which is in force in every project.
    of_user: bool,
}

impl Settings {
    /// Reads the project's file, unless it is not wanted, and the user's.
    ///
    /// # Errors
    /// A file that cannot be read, or holds what is no setting.
    pub fn load(with_project: bool) -> Result<Self, Complaint> {
        let here = env::current_dir().ok().filter(|_| with_project);
        let project = here.and_then(|dir| of_project(&dir));
        let mut files = Vec::new();
        for (path, of_project) in [(project, true), (of_user(), false)] {
            let Some(path) = path.filter(|path| is_there(path)) else {
                continue;
            };
            if is_unusable(&path) {
                let what = if path.is_dir() {
                    "is a folder"
                } else {
                    "is a link that leads to nothing"
                };
                return Err(Complaint::hint(
                    format!("'{}': {what}", path.display()),
                    "settings stand in a file of that name",
                ));
            }
            let values = file::read(&path, of_project)?;
            files.push(File {
                path,
                of_user: !of_project,
                values,
            });
        }
        Ok(Self { files })
    }

    /// The value of the file that counts most.
    fn first<T: Clone>(&self, of: impl Fn(&Values) -> &Option<Placed<T>>) -> Option<Found<T>> {
        self.files.iter().find_map(|file| {
            let placed = of(&file.values).as_ref()?;
            Some(file.found(placed))
        })
    }

    /// The lists of all files, one behind the other.
    fn all(
        &self,
        of: impl Fn(&Values) -> &Option<Placed<Vec<String>>>,
    ) -> Option<Found<Vec<String>>> {
        let lists = self.files.iter().filter_map(|file| {
            let placed = of(&file.values).as_ref()?;
            Some((placed.value.clone(), file.place(placed.line)))
        });
        let (values, places): (Vec<_>, Vec<_>) = lists.unzip();
        (!values.is_empty()).then(|| Found {
            value: values.concat(),
            place: places.join(", "),
            of_user: self.files.iter().all(|file| file.of_user),
        })
    }
}

impl File {
    fn found<T: Clone>(&self, placed: &Placed<T>) -> Found<T> {
        Found {
            value: placed.value.clone(),
            place: self.place(placed.line),
            of_user: self.of_user,
        }
    }

    fn place(&self, line: usize) -> String {
        format!("{}:{line}", self.path.display())
    }
}

/// The nearest file in the [folders of the project](layers::of_project).
fn of_project(from: &Path) -> Option<PathBuf> {
    layers::of_project(from)
        .map(|dir| dir.join(NAME))
        .find(|path| is_there(path))
}

fn is_there(path: &Path) -> bool {
    path.is_file() || is_unusable(path)
}

/// Something of that name is there, and can hold no settings: a folder, or a link that leads to nothing.
fn is_unusable(path: &Path) -> bool {
    path.is_dir() || path.is_symlink() && !path.exists()
}

fn of_user() -> Option<PathBuf> {
    layers::user_config().map(|folder| folder.join(NAME))
}

/// Puts settings where no flag and no variable says otherwise.
///
/// # Errors
/// A file that cannot be read, or holds what is no setting.
pub fn apply(cli: &mut Cli) -> Result<(), Complaint> {
    let with_project = !without_project(cli);
    let settings = match &cli.command {
        // What needs none must not fail for a mistake in one. `patterns new` masks the secrets of its line, so it needs them.
        Some(Command::Completions { .. } | Command::Man | Command::Config(_)) => return Ok(()),
        Some(Command::Clean(clean)) if !clean.redact => return Ok(()),
        _ => Settings::load(with_project)?,
    };
    if settings.files.is_empty() {
        return Ok(());
    }
    match &mut cli.command {
        None => {
            settings.output(&mut cli.analyze.output, false);
            settings.choice(&mut cli.analyze.choice);
        }
        Some(Command::Scan(scan)) => {
            // What writes the first baseline has none to compare with.
            let may_gate = scan.baseline.is_some() || scan.write_baseline.is_none();
            settings.output(&mut scan.output, may_gate);
            settings.choice(&mut scan.choice);
            scan.jobs = scan
                .jobs
                .or(settings.first(|v| &v.jobs).map(|found| found.value));
        }
        Some(Command::Explain(explain)) => {
            settings.look(&mut explain.look);
            settings.choice(&mut explain.choice);
        }
        Some(Command::Patterns(Patterns::List(list))) => {
            settings.look(&mut list.look);
            settings.choice(&mut list.choice);
        }
        Some(Command::Patterns(Patterns::Lint(lint))) => settings.look(&mut lint.look.basics),
        Some(Command::Patterns(Patterns::Test(test))) => settings.look(&mut test.look.basics),
        Some(Command::Patterns(Patterns::New(new))) => {
            new.lang = new
                .lang
                .or(settings.first(|v| &v.lang).map(|found| found.value));
        }
        Some(Command::Patterns(Patterns::Try(tried))) => settings.look(&mut tried.look.basics),
        Some(_) => {}
    }
    if let Some(names) = settings.all(|v| &v.redact_names) {
        redact::also(&names.value).map_err(|bad| {
            Complaint::hint(
                format!("{}: `redact.names`: {bad}", names.place),
                bad.hint(),
            )
        })?;
    }
    Ok(())
}

fn without_project(cli: &Cli) -> bool {
    match &cli.command {
        None => cli.analyze.choice.no_project,
        Some(Command::Scan(scan)) => scan.choice.no_project,
        Some(Command::Explain(explain)) => explain.choice.no_project,
        Some(Command::Patterns(Patterns::List(list))) => list.choice.no_project,
        Some(_) => false,
    }
}

impl Settings {
    fn look(&self, look: &mut Basics) {
        look.lang = look
            .lang
            .or(self.first(|v| &v.lang).map(|found| found.value));
        look.color = look
            .color
            .or(self.first(|v| &v.color).map(|found| found.value));
        look.width = look
            .width
            .or(self.first(|v| &v.width).map(|found| found.value));
        look.ascii |= self.first(|v| &v.ascii).is_some_and(|found| found.value);
    }

    /// `new`: what is new may be asked for; else that gate is left out.
    fn output(&self, output: &mut Output, new: bool) {
        self.look(&mut output.look.basics);
        if output.formats.is_empty() && !output.short {
            output.formats = self
                .first(|v| &v.format)
                .map(|found| vec![found.value])
                .unwrap_or_default();
        }
        if output.fail_on.is_empty() {
            if let Some(found) = self.first(|v| &v.fail_on) {
                output.fail_on_origin = Some(format!("{}: `fail_on`", found.place));
                output.fail_on = found.value;
            }
            output.fail_on.retain(|gate| new || gate != "new");
        }
        let all = self.first(|v| &v.exit_zero).filter(|found| found.value);
        output.exit_zero = output.exit_zero.or(all.map(|_| ExitZero::All));
    }

    fn choice(&self, choice: &mut Choice) {
        // A flag that chooses patterns makes its own choice; what is disabled stays so.
        if choice.only.is_empty() && choice.skip.is_empty() {
            if let Some(only) = self.first(|v| &v.only) {
                note(&mut choice.origins, "only", &only);
                choice.only = only.value;
            }
            if let Some(skip) = self.first(|v| &v.skip) {
                note(&mut choice.origins, "skip", &skip);
                choice.skip = skip.value;
            }
        }
        let mut own = Vec::new();
        for file in &self.files {
            if let Some(disable) = &file.values.disable {
                let disabled = file.found(disable);
                note(&mut choice.origins, "disable", &disabled);
                choice.skip.extend(disabled.value);
            }
            // In the order of layers: those of flags come last, so that they win.
            if let Some(patterns) = &file.values.patterns {
                let paths = file.found(patterns);
                note(&mut choice.origins, "patterns", &paths);
                own.splice(0..0, paths.value.into_iter().map(PathBuf::from));
            }
        }
        choice.paths.splice(0..0, own);
    }
}

/// Keeps the place of each value of a setting, for what may have to be said of it.
fn note(origins: &mut Vec<Origin>, key: &str, found: &Found<Vec<String>>) {
    origins.extend(found.value.iter().map(|value| Origin {
        value: value.clone(),
        setting: format!("{}: `{key}`", found.place),
        of_user: found.of_user,
    }));
}
