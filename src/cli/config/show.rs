//! `jobtriage config show` and `config path`: the settings in force, and where they come from.

use std::env;
use std::fmt::Display;
use std::io::{self, BufWriter, Write};

use serde_json::{Value, json};

use super::{Found, Settings};
use crate::cli::args::{Config, PlainFormat};
use crate::cli::complaint::Complaint;
use crate::cli::exit::Exit;
use crate::report::sanitize;

/// A setting: its key, its value as TOML writes it, and where it comes from.
struct Row {
    key: &'static str,
    /// `Null` if it is unset and its default cannot be written as a value.
    value: Value,
    /// What happens if it is unset.
    unset: &'static str,
    /// A settings file may contain it.
    is_setting: bool,
    origin: String,
}

/// The meaning of an unset value.
enum Unset {
    /// The same as this value.
    Value(Value),
    /// Something that no value expresses.
    Otherwise(&'static str),
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
    let rows = rows(&settings);
    let mut out = BufWriter::new(io::stdout());
    if format == PlainFormat::Json {
        let rows: Vec<Value> = rows
            .iter()
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
                value if row.is_setting => {
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

fn rows(settings: &Settings) -> Vec<Row> {
    let words = |found: Option<Found<Vec<String>>>| found.map(|f| (json!(f.value), f.place));
    let one = |found: Option<(Value, String)>, key, variable: Option<&str>, default: Unset| {
        let set = variable.and_then(|name| Some((name, env::var(name).ok()?)));
        let (value, origin) = match (set.filter(|(_, value)| !value.is_empty()), found) {
            (Some((name, value)), _) => {
                let number = value.parse::<u64>().ok().filter(|_| key == "jobs");
                let value = number.map_or_else(|| json!(value), |number| json!(number));
                (Some(value), format!("environment: {name}"))
            }
            (None, Some((value, place))) => (Some(value), place),
            (None, None) => (None, "default".to_owned()),
        };
        let (value, unset) = match (value, default) {
            (Some(value), _) | (None, Unset::Value(value)) => (value, ""),
            (None, Unset::Otherwise(what)) => (Value::Null, what),
        };
        Row {
            key,
            value,
            unset,
            is_setting: key != "cache",
            origin,
        }
    };
    let plain = |found: Option<Found<usize>>| found.map(|f| (json!(f.value), f.place));
    let flag = |found: Option<Found<bool>>| found.map(|f| (json!(f.value), f.place));
    let lang = settings.first(|v| &v.lang).map(|f| word(&f.value, f.place));
    let color = settings
        .first(|v| &v.color)
        .map(|f| word(&f.value, f.place));
    let format = settings
        .first(|v| &v.format)
        .map(|f| (json!(f.value), f.place));
    vec![
        one(
            lang,
            "lang",
            Some("JOBTRIAGE_LANG"),
            Unset::Otherwise("from the locale"),
        ),
        one(
            color,
            "color",
            Some("JOBTRIAGE_COLOR"),
            Unset::Value(json!("auto")),
        ),
        one(
            plain(settings.first(|v| &v.width)),
            "width",
            None,
            Unset::Otherwise("the terminal's"),
        ),
        one(
            flag(settings.first(|v| &v.ascii)),
            "ascii",
            None,
            Unset::Value(json!(false)),
        ),
        one(
            format,
            "format",
            None,
            Unset::Otherwise("text; of scan: table"),
        ),
        one(
            words(settings.first(|v| &v.fail_on)),
            "fail_on",
            None,
            Unset::Value(json!([])),
        ),
        one(
            flag(settings.first(|v| &v.exit_zero)),
            "exit_zero",
            None,
            Unset::Value(json!(false)),
        ),
        one(
            words(settings.first(|v| &v.only)),
            "only",
            None,
            Unset::Value(json!([])),
        ),
        one(
            words(settings.first(|v| &v.skip)),
            "skip",
            None,
            Unset::Value(json!([])),
        ),
        one(
            words(settings.all(|v| &v.disable)),
            "disable",
            None,
            Unset::Value(json!([])),
        ),
        one(
            words(settings.all(|v| &v.patterns)),
            "patterns",
            None,
            Unset::Value(json!([])),
        ),
        one(
            plain(settings.first(|v| &v.jobs)),
            "jobs",
            Some("JOBTRIAGE_JOBS"),
            Unset::Otherwise("as many as processors"),
        ),
        one(
            words(settings.all(|v| &v.redact_names)),
            "redact.names",
            None,
            Unset::Value(json!([])),
        ),
        one(
            None,
            "cache",
            Some("JOBTRIAGE_CACHE"),
            Unset::Otherwise("none"),
        ),
    ]
}

fn word(value: &impl Display, place: String) -> (Value, String) {
    (json!(value.to_string()), place)
}
