//! What a settings file may hold.

use std::fs;
use std::path::Path;

use clap::ValueEnum;
use serde::Deserialize;
use toml::Spanned;

use crate::cli::args::When;
use crate::cli::complaint::Complaint;
use crate::model::Lang;
use crate::pattern::PatternError;
use crate::pattern::error::nearest;
use crate::redact;
use crate::report;

/// A value and the line it stands on.
#[derive(Debug, Clone)]
pub struct Placed<T> {
    pub value: T,
    pub line: usize,
}

/// The values of a file.
#[derive(Debug, Default)]
pub struct Values {
    pub lang: Option<Placed<Lang>>,
    pub color: Option<Placed<When>>,
    pub width: Option<Placed<usize>>,
    pub ascii: Option<Placed<bool>>,
    pub format: Option<Placed<String>>,
    pub fail_on: Option<Placed<Vec<String>>>,
    pub exit_zero: Option<Placed<bool>>,
    pub only: Option<Placed<Vec<String>>>,
    pub skip: Option<Placed<Vec<String>>>,
    pub disable: Option<Placed<Vec<String>>>,
    pub patterns: Option<Placed<Vec<String>>>,
    pub jobs: Option<Placed<usize>>,
    pub redact_names: Option<Placed<Vec<String>>>,
}

/// As the file has it.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
struct Raw {
    lang: Option<Spanned<String>>,
    color: Option<Spanned<String>>,
    width: Option<Spanned<usize>>,
    ascii: Option<Spanned<bool>>,
    format: Option<Spanned<String>>,
    fail_on: Option<Spanned<Vec<String>>>,
    exit_zero: Option<Spanned<bool>>,
    only: Option<Spanned<Vec<String>>>,
    skip: Option<Spanned<Vec<String>>>,
    disable: Option<Spanned<Vec<String>>>,
    patterns: Option<Spanned<Vec<String>>>,
    jobs: Option<Spanned<usize>>,
    redact: Option<Redact>,
}

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
struct Redact {
    names: Option<Spanned<Vec<String>>>,
}

/// Reads a file. One of a project is written by others than who runs the program: it names no file to write.
///
/// # Errors
/// What is wrong, with its line.
pub fn read(path: &Path, of_project: bool) -> Result<Values, Complaint> {
    let name = path.display().to_string();
    let bytes = fs::read(path).map_err(|e| {
        Complaint::new(format!(
            "'{name}': cannot be read: {}",
            crate::source::reason(&e)
        ))
    })?;
    let text = String::from_utf8(bytes).map_err(|e| {
        let wide = e.as_bytes().starts_with(b"\xff\xfe") || e.as_bytes().starts_with(b"\xfe\xff");
        let is = if wide {
            "is in UTF-16"
        } else {
            "is not in UTF-8"
        };
        Complaint::hint(format!("'{name}': {is}"), "save it as UTF-8")
    })?;
    parse(&name, &text, path, of_project).map_err(|fault| Complaint::Say {
        message: fault.to_string(),
        hint: fault.hint,
    })
}

fn parse(name: &str, text: &str, path: &Path, of_project: bool) -> Result<Values, PatternError> {
    let raw: Raw = toml::from_str(text).map_err(|e| PatternError::from_toml(name, text, &e))?;
    let file = Text { name, text };
    let mut values = Values {
        lang: file.word(raw.lang)?,
        color: file.word(raw.color)?,
        width: file.placed(raw.width),
        ascii: file.placed(raw.ascii),
        fail_on: file.placed(raw.fail_on),
        exit_zero: file.placed(raw.exit_zero),
        only: file.placed(raw.only),
        skip: file.placed(raw.skip),
        disable: file.placed(raw.disable),
        ..Values::default()
    };
    if let Some(jobs) = raw.jobs {
        if *jobs.get_ref() == 0 {
            let fault = file.fault(&jobs, "a number of 1 or more".to_owned());
            return Err(fault.hint("leave it out for as many as there are processors"));
        }
        values.jobs = file.placed(Some(jobs));
    }
    if let Some(names) = raw.redact.and_then(|redact| redact.names) {
        if let Some(bad) = names.get_ref().iter().find_map(|name| redact::fault(name)) {
            return Err(file
                .fault(&names, format!("`redact.names`: {bad}"))
                .hint(bad.hint()));
        }
        values.redact_names = file.placed(Some(names));
    }
    if let Some(format) = raw.format {
        let names: Vec<&str> = report::FORMATS.iter().map(|f| f.name()).collect();
        if !names.contains(&format.get_ref().as_str()) {
            let fault = file.fault(&format, format!("unknown format `{}`", format.get_ref()));
            if format.get_ref().contains('=') {
                return Err(fault.hint(
                    "a settings file names no file to write: `-f NAME=FILE` on the command line does",
                ));
            }
            return Err(match nearest(format.get_ref(), &names) {
                Some(near) => fault.hint(format!("did you mean `{near}`?")),
                None => fault.hint(format!("formats: {}", names.join(", "))),
            });
        }
        values.format = file.placed(Some(format));
    }
    if let Some(patterns) = raw.patterns {
        // Where they are is told from where the file is.
        let folder = path.parent().unwrap_or(Path::new("."));
        let span = patterns.span();
        let mut placed = file.place(patterns);
        for path in &mut placed.value {
            if of_project
                && (Path::new(path).is_absolute() || path.split(['/', '\\']).any(|p| p == ".."))
            {
                let message = format!("`{path}` is outside of the project");
                let list = text.get(span.clone()).unwrap_or_default();
                let at = span.start + list.find(path.as_str()).unwrap_or(0);
                return Err(PatternError::at(name, text, at, message)
                    .hint("name a folder below that of this file"));
            }
            *path = folder.join(&path).display().to_string();
        }
        values.patterns = Some(placed);
    }
    Ok(values)
}

struct Text<'t> {
    name: &'t str,
    text: &'t str,
}

impl Text<'_> {
    fn place<T>(&self, value: Spanned<T>) -> Placed<T> {
        let before = self.text.get(..value.span().start).unwrap_or_default();
        Placed {
            line: before.matches('\n').count() + 1,
            value: value.into_inner(),
        }
    }

    fn placed<T>(&self, value: Option<Spanned<T>>) -> Option<Placed<T>> {
        value.map(|value| self.place(value))
    }

    fn fault<T>(&self, value: &Spanned<T>, message: String) -> PatternError {
        PatternError::at(self.name, self.text, value.span().start, message)
    }

    /// One of a closed list.
    fn word<T: ValueEnum>(
        &self,
        value: Option<Spanned<String>>,
    ) -> Result<Option<Placed<T>>, PatternError> {
        let Some(value) = value else { return Ok(None) };
        match T::from_str(value.get_ref(), false) {
            Ok(word) => Ok(Some(Placed {
                value: word,
                line: self.place(value).line,
            })),
            Err(_) => {
                let known: Vec<String> = T::value_variants()
                    .iter()
                    .filter_map(|word| Some(word.to_possible_value()?.get_name().to_owned()))
                    .collect();
                let message = format!("unknown word `{}`", value.get_ref());
                Err(self
                    .fault(&value, message)
                    .hint(format!("known here: {}", known.join(", "))))
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn fault(text: &str) -> String {
        let path = Path::new("jobtriage.toml");
        let fault = parse("jobtriage.toml", text, path, true).expect_err(text);
        format!("{fault} ({})", fault.hint.clone().unwrap_or_default())
    }

    #[test]
    fn what_is_wrong_is_told_with_its_line() {
        for (text, says) in [
            (
                "lang = \"en\"\nskpi = []\n",
                ":2:1: unknown key `skpi` (did you mean `skip`?)",
            ),
            (
                "\nlang = \"fr\"\n",
                ":2:8: unknown word `fr` (known here: en, ko)",
            ),
            (
                "format = \"jsn\"",
                ":1:10: unknown format `jsn` (did you mean `json`?)",
            ),
            ("format = \"json=/etc/x\"", "unknown format"),
            ("color = true", ":1:9: "),
            (
                "[redact]\nname = []",
                ":2:1: unknown key `name` (did you mean `names`?)",
            ),
            ("patterns = [\"../x\"]", "outside of the project"),
            ("jobs = -1", ":1:8: "),
            ("jobs = 0", ":1:8: a number of 1 or more (leave it out"),
            (
                "[redact]\nnames = [\"ACME_*\", \"ACME_[A-Z\"]",
                ":2:9: `redact.names`: `ACME_[A-Z`: no name has `[`",
            ),
            ("[redact]\nnames = [\"*\"]", "`*` names nothing"),
        ] {
            assert!(fault(text).contains(says), "{text}: {}", fault(text));
        }
    }
}
