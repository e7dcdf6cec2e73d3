//! Where reports go: one analysis, one or more formats, to stdout or to files.

use std::io::{self, BufWriter, IsTerminal, Write};
use std::path::{Path, PathBuf};

use globset::GlobSet;

use super::args::{ExitZero, Output};
use super::complaint::Complaint;
use super::console;
use super::draft::{Content, Draft};
use super::exit::Exit;
use super::places::Places;
use crate::library::Library;
use crate::model::{GroupBy, LogReport, Problem, Status, ToolInfo};
use crate::pattern::error::nearest;
use crate::report::{self, Format, Tally, Writer};

/// Formats that people read, and do not pass on to other systems.
const FOR_ONESELF: &[&str] = &["text", "short", "table"];

/// Logs that a terminal lists: more would push the sums, which say more, far below.
const LISTED: usize = 200;

/// The reports of a run, and what they add up to.
pub struct Reports {
    writers: Vec<Box<dyn Writer>>,
    files: Vec<Draft>,
    gates: Vec<Gate>,
    exit_zero: Option<ExitZero>,
    errors: Vec<Problem>,
    tally: Tally,
    exit: Exit,
    /// The terminal shows a report that lists what could not be read.
    shows_problems: bool,
    shows_places: bool,
    places: Places,
}

/// How many logs are summed up.
#[derive(Debug, Clone, Copy, Default)]
pub struct Sums {
    /// Into which groups.
    pub by: GroupBy,
    /// Known failures are left out, so that what is told is new.
    pub compared: bool,
    /// Only the sums, and of those the first so many.
    pub top: Option<usize>,
}

enum Gate {
    Any,
    /// A failure, its cause known or not, that no baseline knows: those that it knows never come here.
    New,
    Owner(String),
    Category(String),
    Id(GlobSet),
}

impl Reports {
    /// Opens every output that the flags ask for. `also` is a file that others write.
    ///
    /// # Errors
    /// An unknown format or gate, a file that cannot be written, two formats for stdout or for one file.
    pub fn open(
        args: &Output,
        library: &Library,
        default: &str,
        sums: Sums,
        also: Option<&Path>,
    ) -> Result<Self, Complaint> {
        let style = report::Style {
            top: sums.top,
            max_bytes: args.max_bytes.map(|bytes| bytes as usize),
            ..console::style(&args.look)
        };
        let tool = ToolInfo {
            name: env!("CARGO_PKG_NAME").to_owned(),
            version: env!("CARGO_PKG_VERSION").to_owned(),
            patterns: library.enabled(),
        };
        let wanted = wanted(args, default)?;
        let files = wanted.iter().filter_map(|(_, path)| path.map(Path::new));
        let places = Places::of(files.chain(also))?;
        let mut reports = Self {
            writers: Vec::new(),
            files: Vec::new(),
            gates: args
                .fail_on
                .iter()
                .map(|g| gate(g, args.fail_on_origin.as_deref(), sums.compared, library))
                .collect::<Result<_, _>>()?,
            exit_zero: args.exit_zero,
            errors: Vec::new(),
            tally: Tally::by(sums.by),
            exit: Exit::Explained,
            shows_problems: false,
            shows_places: false,
            places,
        };
        for (name, path) in wanted {
            let format = format(name)?;
            // Nothing is written of what goes to a standard output that is to be quiet.
            reports.shows_places |= format.shows_places() && (path.is_some() || !args.quiet);
            match path {
                Some(path) => reports.start_file(format, Path::new(path), &style, &tool)?,
                None if args.quiet => {}
                None => {
                    let terminal = io::stdout().is_terminal();
                    reports.shows_problems = name == "table" && terminal;
                    reports.start_stdout(format, terminal, &style, &tool);
                }
            }
        }
        Ok(reports)
    }

    fn start_file(
        &mut self,
        format: &dyn Format,
        path: &Path,
        style: &report::Style,
        tool: &ToolInfo,
    ) -> Result<(), Complaint> {
        let (file, pending) = draft(path)?;
        let style = report::Style {
            color: false,
            width: 80,
            ..style.clone()
        };
        self.writers
            .push(format.start(Box::new(file), &style, tool));
        self.files.push(pending);
        Ok(())
    }

    fn start_stdout(
        &mut self,
        format: &dyn Format,
        terminal: bool,
        style: &report::Style,
        tool: &ToolInfo,
    ) {
        let style = report::Style {
            listed: (terminal && !style.all).then_some(LISTED),
            ..style.clone()
        };
        let out = BufWriter::with_capacity(32 << 10, io::stdout());
        self.writers.push(format.start(Box::new(out), &style, tool));
    }

    /// Does one of the reports show where in the repository a failure is?
    pub fn shows_places(&self) -> bool {
        self.shows_places
    }

    /// Makes sure that no report takes the place of what is read.
    ///
    /// # Errors
    /// One that would.
    pub fn keep_from(&self, inputs: impl IntoIterator<Item = PathBuf>) -> Result<(), Complaint> {
        self.places.keep_from(inputs)
    }

    /// Takes up the report of one log.
    ///
    /// # Errors
    /// What writing it met.
    pub fn log(&mut self, report: &LogReport) -> Result<(), Complaint> {
        self.tally.add(report);
        if self.gates.iter().any(|g| g.is_met(report)) {
            self.exit = self.exit.and(Exit::Gate);
        }
        if report.status == Status::Unexplained {
            self.exit = self.exit.and(Exit::Unexplained);
        }
        for writer in &mut self.writers {
            writer.log(report)?;
        }
        Ok(())
    }

    /// A log whose failure the baseline knows.
    pub fn known(&mut self) {
        self.tally.known();
    }

    /// A log that was asked to be left out by its time.
    pub fn outside(&mut self) {
        self.tally.outside();
    }

    /// Takes up something that could not be read.
    pub fn error(&mut self, problem: Problem) {
        self.errors.push(problem);
    }

    /// What could not be read so far.
    pub fn problems(&self) -> &[Problem] {
        &self.errors
    }

    /// Does a report in the terminal list what could not be read?
    pub fn shows_problems(&self) -> bool {
        self.shows_problems
    }

    /// Not everything was read that should have been.
    pub fn partial(&mut self) {
        self.tally.partial();
    }

    /// Something could not be done as asked.
    pub fn trouble(&mut self) {
        self.exit = self.exit.and(Exit::Trouble);
    }

    /// Closes every report and says what the shell should hear.
    ///
    /// # Errors
    /// What writing the end met.
    pub fn finish(mut self) -> Result<Exit, Complaint> {
        let summary = std::mem::take(&mut self.tally).summary();
        for writer in &mut self.writers {
            writer.finish(&self.errors, &summary)?;
        }
        self.writers.clear();
        for file in std::mem::take(&mut self.files) {
            let path = file.path().to_owned();
            file.finish().map_err(|e| cannot_write(&path, &e))?;
        }
        let exit = match (self.exit, self.exit_zero) {
            (Exit::Unexplained, Some(_)) | (Exit::Gate, Some(ExitZero::All)) => Exit::Explained,
            (exit, _) => exit,
        };
        Ok(exit)
    }
}

impl Gate {
    fn is_met(&self, report: &LogReport) -> bool {
        if matches!(self, Gate::New) {
            return report.status != Status::Clean;
        }
        report.cause.as_ref().is_some_and(|cause| match self {
            Gate::Any | Gate::New => true,
            Gate::Owner(owner) => cause.owner.as_str() == owner,
            Gate::Category(category) => cause.category.as_str() == category,
            Gate::Id(glob) => glob.is_match(&cause.id),
        })
    }
}

/// The formats that the flags ask for, each with the file it goes to or `None` for standard output.
///
/// # Errors
/// Two for standard output, one that may not show secrets.
fn wanted<'a>(
    args: &'a Output,
    default: &'a str,
) -> Result<Vec<(&'a str, Option<&'a str>)>, Complaint> {
    let mut wanted: Vec<_> = args.formats.iter().map(|f| name_and_path(f)).collect();
    if args.short {
        wanted.push(("short", None));
    }
    if wanted.is_empty() {
        wanted.push((default, None));
    }
    if wanted.iter().filter(|(_, path)| path.is_none()).count() > 1 {
        return Err(Complaint::hint(
            "two formats would be written to standard output",
            "give all but one a file: `-f json=report.json`",
        ));
    }
    if args.no_redact {
        for (name, path) in &wanted {
            may_show_secrets(name, *path, args.quiet)?;
        }
    }
    Ok(wanted)
}

/// `json=FILE`, and where it goes; `-` is standard output, as everywhere, and so is what the system calls it.
fn name_and_path(format: &str) -> (&str, Option<&str>) {
    const STDOUT: [&str; 4] = ["-", "/dev/stdout", "/dev/fd/1", "/proc/self/fd/1"];
    match format.split_once('=') {
        Some((name, path)) => (name, Some(path).filter(|path| !STDOUT.contains(path))),
        None => (format, None),
    }
}

fn gate(
    text: &str,
    origin: Option<&str>,
    compared: bool,
    library: &Library,
) -> Result<Gate, Complaint> {
    let asked = origin.map_or_else(|| format!("--fail-on {text}"), str::to_owned);
    use crate::model::{Category, Owner};
    let word = |word: &str, known: &[&str]| -> Result<String, Complaint> {
        if known.contains(&word) {
            return Ok(word.to_owned());
        }
        let hint = nearest(word, known).map_or_else(
            || format!("known: {}", known.join(", ")),
            |n| format!("did you mean `{n}`?"),
        );
        Err(Complaint::hint(
            format!("{asked}: unknown word `{word}`"),
            hint,
        ))
    };
    let owners: Vec<&str> = Owner::ALL.iter().map(|o| o.as_str()).collect();
    let categories: Vec<&str> = Category::ALL.iter().map(|c| c.as_str()).collect();
    Ok(match text.split_once(':') {
        None if text == "any" => Gate::Any,
        None if text == "new" && compared => Gate::New,
        None if text == "new" => {
            return Err(Complaint::hint(
                format!("{asked}: new compared with what?"),
                match origin {
                    Some(_) => "`jobtriage scan … --baseline FILE`",
                    None => "`jobtriage scan … --baseline FILE --fail-on new`",
                },
            ));
        }
        Some(("owner", name)) => Gate::Owner(word(name, &owners)?),
        Some(("category", name)) => Gate::Category(word(name, &categories)?),
        _ => {
            // A gate that can never be met is worse than none: somebody relies on it.
            let fitting = library.fitting(text).map_err(|unfit| {
                let hint = match text {
                    owner if owners.contains(&owner) => format!("did you mean `owner:{owner}`?"),
                    category if categories.contains(&category) => {
                        format!("did you mean `category:{category}`?")
                    }
                    _ => unfit.hint,
                };
                Complaint::hint(format!("{asked}: {}", unfit.message), hint)
            });
            Gate::Id(fitting?)
        }
    })
}

/// `--no-redact` is for the eyes of who asks: no pipe, no job log, no format that other systems show.
fn may_show_secrets(name: &str, path: Option<&str>, quiet: bool) -> Result<(), Complaint> {
    if !FOR_ONESELF.contains(&name) {
        return Err(Complaint::hint(
            format!("--no-redact: the format `{name}` is never written with secrets"),
            format!("formats that may be: {}", FOR_ONESELF.join(", ")),
        ));
    }
    // `/dev/stdout`, a named pipe: who knows where that ends.
    let special = |path: &&str| std::fs::metadata(path).is_ok_and(|there| !there.is_file());
    if let Some(path) = path.filter(special) {
        return Err(Complaint::hint(
            format!("--no-redact: '{path}' is no file"),
            format!("name one: `-f {name}=report.txt`"),
        ));
    }
    if path.is_none() && !quiet && !io::stdout().is_terminal() {
        return Err(Complaint::hint(
            "--no-redact: standard output is no terminal",
            format!("name a file: `-f {name}=report.txt`"),
        ));
    }
    Ok(())
}

fn format(name: &str) -> Result<&'static dyn Format, Complaint> {
    report::by_name(name).ok_or_else(|| {
        let names: Vec<&str> = report::FORMATS.iter().map(|f| f.name()).collect();
        let hint = match nearest(name, &names) {
            Some(near) => format!("did you mean `{near}`? formats: {}", names.join(", ")),
            None => format!("formats: {}", names.join(", ")),
        };
        Complaint::hint(format!("unknown format `{name}`"), hint)
    })
}

fn draft(path: &Path) -> Result<(Content, Draft), Complaint> {
    if path.file_name().is_none() || path.is_dir() {
        return Err(Complaint::hint(
            format!("cannot write '{}'", path.display()),
            "name a file: `-f json=report.json`",
        ));
    }
    Draft::open(path).map_err(|e| cannot_write(path, &e))
}

fn cannot_write(path: &Path, error: &io::Error) -> Complaint {
    // What is not there is the folder: the file is to be made.
    if error.kind() == io::ErrorKind::NotFound {
        return Complaint::hint(
            format!("cannot write '{}': no such folder", path.display()),
            "make it first",
        );
    }
    Complaint::new(format!(
        "cannot write '{}': {}",
        path.display(),
        crate::source::reason(error)
    ))
}

/// Writes the last of stdout; a closed pipe is no trouble.
pub fn flush() -> Result<(), Complaint> {
    io::stdout().flush().map_err(Complaint::from)
}
