//! `jobtriage config show` and `config path`: the settings in force, and where they come from.

use std::env;
use std::fmt::Display;
use std::io::{self, BufWriter, Write};

use serde::Serialize;
use serde_json::{Value, json};

use super::{Found, Settings};
use crate::cli::args::{Config, PlainFormat};
use crate::cli::complaint::Complaint;
use crate::cli::exit::Exit;
use crate::report::sanitize;

/// A setting of which this command tells.
struct Setting {
    key: &'static str,
    /// The environment variable that counts more than the files.
    variable: Option<&'static str>,
    /// What it means that it is unset.
    unset: Unset,
    /// Its value in the settings files, and the place.
    in_files: fn(&Settings) -> Option<(Value, String)>,
}

/// What an unset value means.
#[derive(Clone, Copy)]
enum Unset {
    /// The same as this word.
    Word(&'static str),
    /// The same as `false`.
    False,
    /// The same as an empty list.
    Empty,
    /// Something that no value expresses.
    Otherwise(&'static str),
}

/// All of them, in the order in which they are told.
const SETTINGS: &[Setting] = &[
    setting("lang", Unset::Otherwise("from the locale"), |s| {
        named(s.first(|v| &v.lang))
    })
    .or_variable("JOBTRIAGE_LANG"),
    setting("color", Unset::Word("auto"), |s| {
        named(s.first(|v| &v.color))
    })
    .or_variable("JOBTRIAGE_COLOR"),
    setting("width", Unset::Otherwise("the terminal's"), |s| {
        plain(s.first(|v| &v.width))
    }),
    setting("ascii", Unset::False, |s| plain(s.first(|v| &v.ascii))),
    setting("format", Unset::Otherwise("text; of scan: table"), |s| {
        plain(s.first(|v| &v.format))
    }),
    setting("fail_on", Unset::Empty, |s| plain(s.first(|v| &v.fail_on))),
    setting("exit_zero", Unset::False, |s| {
        plain(s.first(|v| &v.exit_zero))
    }),
    setting("only", Unset::Empty, |s| plain(s.first(|v| &v.only))),
    setting("skip", Unset::Empty, |s| plain(s.first(|v| &v.skip))),
    setting("disable", Unset::Empty, |s| plain(s.all(|v| &v.disable))),
    setting("patterns", Unset::Empty, |s| plain(s.all(|v| &v.patterns))),
    setting("jobs", Unset::Otherwise("as many as processors"), |s| {
        plain(s.first(|v| &v.jobs))
    })
    .or_variable("JOBTRIAGE_JOBS"),
    setting("redact.names", Unset::Empty, |s| {
        plain(s.all(|v| &v.redact_names))
    }),
    // No settings file may hold it.
    setting(CACHE, Unset::Otherwise("none"), |_| None).or_variable("JOBTRIAGE_CACHE"),
];
const CACHE: &str = "cache";

const fn setting(
    key: &'static str,
    unset: Unset,
    in_files: fn(&Settings) -> Option<(Value, String)>,
) -> Setting {
    Setting {
        key,
        variable: None,
        unset,
        in_files,
    }
}

fn plain<T: Serialize>(found: Option<Found<T>>) -> Option<(Value, String)> {
    found.map(|found| (json!(found.value), found.place))
}

fn named<T: Display>(found: Option<Found<T>>) -> Option<(Value, String)> {
    found.map(|found| (json!(found.value.to_string()), found.place))
}

impl Setting {
    const fn or_variable(mut self, name: &'static str) -> Self {
        self.variable = Some(name);
        self
    }

    /// What is in force, as a row.
    fn row(&self, settings: &Settings) -> Row {
        let set = self.in_environment().or_else(|| (self.in_files)(settings));
        let (value, origin) = set.map_or((None, "default".to_owned()), |(value, origin)| {
            (Some(value), origin)
        });
        Row {
            key: self.key,
            value: value.unwrap_or_else(|| self.unset.value()),
            unset: match self.unset {
                Unset::Otherwise(what) => what,
                _ => "",
            },
            origin,
        }
    }

    fn in_environment(&self) -> Option<(Value, String)> {
        let name = self.variable?;
        let value = env::var(name).ok().filter(|value| !value.is_empty())?;
        let number = value.parse::<u64>().ok().filter(|_| self.key == "jobs");
        let value = number.map_or_else(|| json!(value), |number| json!(number));
        Some((value, format!("environment: {name}")))
    }
}

impl Unset {
    fn value(self) -> Value {
        match self {
            Unset::Word(word) => json!(word),
            Unset::False => json!(false),
            Unset::Empty => json!([]),
            Unset::Otherwise(_) => Value::Null,
        }
    }
}

/// A setting in force: its key, its value as TOML writes it, and where it comes from.
struct Row {
    key: &'static str,
    /// `Null` if it is unset and its default cannot be written as a value.
    value: Value,
    /// What happens then.
    unset: &'static str,
    origin: String,
}

/// Runs it.
///
/// # Errors
/// A settings file that is none.
pub fn run(command: &Config) -> Result<Exit, Complaint> {
    match command {
        Config::Show { format, no_project } => show(*format, !no_project),
        Config::Path { no_project } => path(!no_project),
    }
}

fn show(format: PlainFormat, with_project: bool) -> Result<Exit, Complaint> {
    let settings = Settings::load(with_project)?;
    let rows = SETTINGS.iter().map(|setting| setting.row(&settings));
    let mut out = BufWriter::new(io::stdout());
    if format == PlainFormat::Json {
        let rows: Vec<Value> = rows
            .map(|row| json!({"key": row.key, "value": row.value, "origin": row.origin}))
            .collect();
        let rows = serde_json::to_string_pretty(&rows).map_err(io::Error::from)?;
        writeln!(out, "{}", sanitize::clean_json(rows))?;
    } else {
        for row in rows {
            let line = match &row.value {
                // It cannot be a value in a settings file, so it is printed as a comment and the rest can be
                // copied.
                Value::Null => format!("# {:<12} : {:<24} # {}", row.key, row.unset, row.origin),
                // JSON strings, numbers and lists are valid TOML too.
                value if row.key != CACHE => {
                    let value = value.to_string().replace("\",\"", "\", \"");
                    format!("{:<14} = {value:<24} # {}", row.key, row.origin)
                }
                value => {
                    let value = value.to_string();
                    format!("# {:<12} : {value:<24} # {}", row.key, row.origin)
                }
            };
            writeln!(out, "{}", sanitize::clean(&line))?;
        }
    }
    out.flush()?;
    Ok(Exit::Explained)
}

fn path(with_project: bool) -> Result<Exit, Complaint> {
    let mut out = BufWriter::new(io::stdout());
    let project = env::current_dir()
        .ok()
        .filter(|_| with_project)
        .and_then(|dir| super::of_project(&dir));
    if let Some(path) = project {
        writeln!(
            out,
            "project  {}",
            sanitize::clean(&path.display().to_string())
        )?;
    }
    if let Some(path) = super::of_user() {
        let there = if path.is_file() { "" } else { "  (not there)" };
        writeln!(
            out,
            "user     {}{there}",
            sanitize::clean(&path.display().to_string())
        )?;
    }
    out.flush()?;
    Ok(Exit::Explained)
}
