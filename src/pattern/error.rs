//! A fault in a pattern file: file, line, column, what is wrong, and how to mend it.

use std::fmt;

/// A fault in a pattern file. `Display` is one line: `path:line:column: message`.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct PatternError {
    /// The kind of fault, as `jobtriage patterns lint` names it.
    pub slug: &'static str,
    /// The file, as it was named.
    pub file: String,
    /// Line (1-based), if the fault has a place.
    pub line: Option<usize>,
    /// Column (1-based, in characters).
    pub column: Option<usize>,
    /// What is wrong.
    pub message: String,
    /// How to mend it.
    pub hint: Option<String>,
}

impl PatternError {
    /// A fault of the file as a whole.
    pub fn whole(file: &str, message: impl Into<String>) -> Self {
        Self {
            slug: "bad-value",
            file: file.to_owned(),
            line: None,
            column: None,
            message: message.into(),
            hint: None,
        }
    }

    /// A fault at a byte offset of the source.
    pub fn at(file: &str, source: &str, offset: usize, message: impl Into<String>) -> Self {
        let (line, column) = line_and_column(source, offset);
        Self {
            slug: "bad-value",
            file: file.to_owned(),
            line: Some(line),
            column: Some(column),
            message: message.into(),
            hint: None,
        }
    }

    /// The same fault with advice.
    pub fn hint(mut self, hint: impl Into<String>) -> Self {
        self.hint = Some(hint.into());
        self
    }

    /// Replaces the slug.
    pub fn slug(mut self, slug: &'static str) -> Self {
        self.slug = slug;
        self
    }

    /// A parse error of the TOML reader, reworded if it is about an unknown key or word.
    pub fn from_toml(file: &str, source: &str, error: &toml::de::Error) -> Self {
        let offset = error.span().map_or(0, |span| span.start);
        let message = error.message();
        let mut quoted = message.split('`').skip(1).step_by(2);
        let (what, rest): (&str, Vec<&str>) = match quoted.next() {
            Some(first) => (first, quoted.collect()),
            None => ("", Vec::new()),
        };
        if message.starts_with("missing escaped value") {
            let said = "a backslash within \"…\" must be doubled";
            let fault = Self::at(file, source, offset, said).slug("bad-toml");
            return fault.hint("write a regex as '''…''', where it stands as it is");
        }
        if let Some((said, hint)) = in_plain_words(message) {
            return Self::at(file, source, offset, said).hint(hint);
        }
        let (slug, said) = match message {
            m if m.starts_with("unknown field") => ("unknown-key", format!("unknown key `{what}`")),
            m if m.starts_with("unknown variant") => {
                ("unknown-word", format!("unknown word `{what}`"))
            }
            m if m.starts_with("missing field") => {
                ("missing-key", format!("the key `{what}` is missing"))
            }
            m if ["invalid type:", "invalid value:", "invalid length"]
                .iter()
                .any(|start| m.starts_with(start)) =>
            {
                ("bad-value", m.lines().next().unwrap_or(m).to_owned())
            }
            m => {
                let first = m.lines().next().unwrap_or("not a TOML file");
                ("bad-toml", first.to_owned())
            }
        };
        let fault = Self::at(file, source, offset, said).slug(slug);
        match nearest(what, &rest).or_else(|| of_one_stem(what, &rest)) {
            Some(near) => fault.hint(format!("did you mean `{near}`?")),
            None if !rest.is_empty() => fault.hint(format!("known here: {}", rest.join(", "))),
            None => fault,
        }
    }
}

/// The candidate that a misspelt word most likely means.
pub fn nearest<'c>(word: &str, candidates: &[&'c str]) -> Option<&'c str> {
    candidates
        .iter()
        .map(|c| (strsim::damerau_levenshtein(word, c), *c))
        .filter(|(distance, c)| *distance <= 1 + c.len() / 4)
        .min()
        .map(|(_, c)| c)
}

/// A candidate that is another form of the word: `retries` for `retry`.
fn of_one_stem<'c>(word: &str, candidates: &[&'c str]) -> Option<&'c str> {
    let is_kin = |c: &&&str| {
        let same = word.bytes().zip(c.bytes()).take_while(|(a, b)| a == b);
        same.count() >= 4 && strsim::damerau_levenshtein(word, c) <= 3
    };
    candidates.iter().find(is_kin).copied()
}

/// Rewords an error about a value of the wrong type, and says how to write it.
fn in_plain_words(message: &str) -> Option<(String, &'static str)> {
    if message.starts_with("wanted string or table") {
        return Some((
            "a word is wanted here".to_owned(),
            "write it in quotation marks",
        ));
    }
    if let Some(rest) = message.strip_prefix("invalid value: integer `") {
        let (number, wanted) = rest.lines().next()?.split_once("`, expected ")?;
        let bounded = matches!(wanted, "u8" | "u16" | "u32" | "u64" | "usize");
        let (said, hint) = match number.starts_with('-') {
            true => ("a number of 0 or more is wanted here", "leave out the dash"),
            false => ("a smaller number is wanted here", "leave out some digits"),
        };
        return bounded.then(|| (format!("{said}, and this is {number}"), hint));
    }
    let said = message.lines().next()?.strip_prefix("invalid type: ")?;
    let (found, wanted) = said.rsplit_once(", expected ")?;
    let found = match found.split(' ').next()? {
        "string" => "a text",
        "map" => "a table",
        "sequence" => "a list",
        "boolean" => "true or false",
        "integer" | "floating" => "a number",
        _ => return None,
    };
    let (wanted, hint) = match wanted {
        "a sequence" if found == "a table" => (
            "a list of tables",
            "write its name in two brackets, `[[…]]`: there may be several",
        ),
        "a sequence" => ("a list", "write it in brackets: `[\"…\"]`"),
        "a string" => ("a text", "write it in quotation marks"),
        "a boolean" => ("true or false", "write it without quotation marks"),
        "u8" | "u32" | "u64" | "usize" | "i32" | "i64" => {
            ("a number", "write it without quotation marks")
        }
        _ => return None,
    };
    Some((
        format!("{wanted} is wanted here, and this is {found}"),
        hint,
    ))
}

/// Line and column (1-based, in characters) of a byte offset.
pub(super) fn line_and_column(source: &str, offset: usize) -> (usize, usize) {
    let upto = &source[..source.floor_char_boundary(offset)];
    let line = upto.matches('\n').count() + 1;
    let column = upto.rsplit('\n').next().unwrap_or("").chars().count() + 1;
    (line, column)
}

impl fmt::Display for PatternError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}", self.file)?;
        if let (Some(line), Some(column)) = (self.line, self.column) {
            write!(f, ":{line}:{column}")?;
        }
        write!(f, ": {}", self.message)
    }
}

impl std::error::Error for PatternError {}
