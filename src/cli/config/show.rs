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
    value: Value,
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
            let value = match &row.value {
                Value::Null => "–".to_owned(),
                // JSON's strings, numbers and lists are TOML's as well.
                value => value.to_string().replace("\",\"", "\", \""),
            };
            let line = format!("{:<14} = {value:<24} # {}", row.key, row.origin);
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
    let one = |found: Option<(Value, String)>, key, variable: Option<&str>, default: Value| {
        let set = variable.and_then(|name| Some((name, env::var(name).ok()?)));
        let (value, origin) = match (set.filter(|(_, value)| !value.is_empty()), found) {
            (Some((name, value)), _) => (json!(value), format!("environment: {name}")),
            (None, Some((value, place))) => (value, place),
            (None, None) => (default, "default".to_owned()),
        };
        Row { key, value, origin }
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
            json!("from the locale"),
        ),
        one(color, "color", Some("JOBTRIAGE_COLOR"), json!("auto")),
        one(
            plain(settings.first(|v| &v.width)),
            "width",
            None,
            json!("the terminal's"),
        ),
        one(
            flag(settings.first(|v| &v.ascii)),
            "ascii",
            None,
            json!(false),
        ),
        one(format, "format", None, json!("text; scan: table")),
        one(
            words(settings.first(|v| &v.fail_on)),
            "fail_on",
            None,
            json!([]),
        ),
        one(
            flag(settings.first(|v| &v.exit_zero)),
            "exit_zero",
            None,
            json!(false),
        ),
        one(words(settings.first(|v| &v.only)), "only", None, json!([])),
        one(words(settings.first(|v| &v.skip)), "skip", None, json!([])),
        one(
            words(settings.all(|v| &v.disable)),
            "disable",
            None,
            json!([]),
        ),
        one(
            words(settings.all(|v| &v.patterns)),
            "patterns",
            None,
            json!([]),
        ),
        one(
            plain(settings.first(|v| &v.jobs)),
            "jobs",
            Some("JOBTRIAGE_JOBS"),
            json!("processors"),
        ),
        one(
            words(settings.all(|v| &v.redact_names)),
            "redact.names",
            None,
            json!([]),
        ),
        one(None, "cache", Some("JOBTRIAGE_CACHE"), Value::Null),
    ]
}

fn word(value: &impl Display, place: String) -> (Value, String) {
    (json!(value.to_string()), place)
}
