//! Names that the user calls secret: `redact.names` of the settings.
//!
//! A name that cannot be searched for is an error of the settings: printing what somebody called secret is
//! worse than printing nothing.

use std::fmt;
use std::ops::Range;
use std::sync::OnceLock;

use regex::Regex;

use super::judge;

/// Set once, before anything is read, so that redaction does not depend on when a text is read.
static NAMES: OnceLock<Names> = OnceLock::new();

/// Names in one regex; a single regex of all names would be too large.
const TOGETHER: usize = 500;
/// Most names, and most bytes of one name: each text is searched for all of them.
const MOST: usize = 10_000;
const LONGEST: usize = 200;

/// The names in force.
#[derive(Debug)]
struct Names {
    regexes: Vec<Regex>,
    /// All of them in one text.
    told: String,
}

/// Why a name is refused.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum BadName {
    /// It has no letter or digit, so it would fit everything or nothing.
    Empty(String),
    /// It contains a character that no name has.
    Sign(String, char),
    /// It is too long.
    Long(String),
    /// There are too many, or their regexes are too large.
    Many(usize),
}

impl fmt::Display for BadName {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            BadName::Empty(name) => write!(f, "`{name}` names nothing"),
            BadName::Sign(name, sign) => write!(f, "`{name}`: no name has `{sign}`"),
            BadName::Long(name) => {
                let start: String = name.chars().take(20).collect();
                write!(f, "`{start}…` has more than {LONGEST} bytes")
            }
            BadName::Many(count) => {
                write!(f, "{count} names are more than can be looked for")
            }
        }
    }
}

impl BadName {
    /// How to mend it.
    pub fn hint(&self) -> String {
        match self {
            BadName::Empty(_) | BadName::Long(_) => {
                "name a variable, an option or a key; `*` stands for any letters: `ACME_*`"
                    .to_owned()
            }
            BadName::Sign(..) => {
                "a name has letters, digits and `_-.:/@`, and `*` stands for any letters: `ACME_*`"
                    .to_owned()
            }
            BadName::Many(_) => {
                format!("at most {MOST}; `*` stands for any letters: `ACME_*`")
            }
        }
    }
}

/// Makes the values of variables, options and keys with these names secrets too; `*` stands for any letters.
/// Only the first call has an effect.
///
/// # Errors
/// A name that cannot be searched for. Nothing may be read then.
pub fn also(names: &[String]) -> Result<(), BadName> {
    if names.is_empty() {
        return Ok(());
    }
    let names = Names::of(names)?;
    let _ = NAMES.set(names);
    Ok(())
}

/// Why a text cannot be a name, if it cannot.
pub fn fault(name: &str) -> Option<BadName> {
    pattern(name.trim()).err()
}

impl Names {
    fn of(names: &[String]) -> Result<Self, BadName> {
        if names.len() > MOST {
            return Err(BadName::Many(names.len()));
        }
        let patterns = names.iter().map(|name| pattern(name.trim()));
        let patterns = patterns.collect::<Result<Vec<_>, _>>()?;
        let regexes = patterns
            .chunks(TOGETHER)
            .map(|some| Regex::new(&expression(some)).map_err(|_| BadName::Many(names.len())));
        Ok(Self {
            regexes: regexes.collect::<Result<_, _>>()?,
            told: patterns.join("|"),
        })
    }

    fn values(&self, text: &str) -> Vec<Range<usize>> {
        let found = self.regexes.iter().flat_map(|regex| in_text(regex, text));
        found.collect()
    }
}

/// The regex of a name: `*` is any letters, and an option has dashes in place of underscores (`--acme-key`).
fn pattern(name: &str) -> Result<String, BadName> {
    let known = |c: &char| c.is_alphanumeric() || "_-.:/@*".contains(*c);
    if let Some(sign) = name.chars().find(|c| !known(c)) {
        return Err(BadName::Sign(name.to_owned(), sign));
    }
    if !name.contains(char::is_alphanumeric) {
        return Err(BadName::Empty(name.to_owned()));
    }
    if name.len() > LONGEST {
        return Err(BadName::Long(name.to_owned()));
    }
    let part = |part: &str| {
        let words: Vec<String> = part.split(['_', '-']).map(regex::escape).collect();
        words.join("[_-]")
    };
    let parts: Vec<String> = name.split('*').map(part).collect();
    Ok(parts.join("[A-Za-z0-9_.-]*"))
}

/// The regex of `NAME=value`, `NAME: value`, `"NAME": "value"`, `--name value`; of a shell's list, `NAME=(a
/// b)`, all of it.
fn expression(names: &[String]) -> String {
    let names = names.join("|");
    format!(
        r#"(?i)(?:^|[^A-Za-z0-9_])(?:{names})(?:(?:\[[^\[\]]{{0,40}}\])?\+?["']?\s*(?:(?P<sign>=|:=)|:)\s*|["']?\s+(?:(?:is|was|to)\s+)?)(?:"(?P<a>(?:[^"\\]|\\.)+)"|"(?P<d>[^"]+)"|'(?P<b>[^']+)'|\((?P<e>[^()]+)|(?P<c>[^\s"',;&]+))"#
    )
}

/// The names in force as one text: other names give other results.
pub fn own_names() -> &'static str {
    NAMES.get().map_or("", |names| names.told.as_str())
}

/// The values of these names in a text.
pub(super) fn values(text: &str) -> Vec<Range<usize>> {
    NAMES.get().map_or(Vec::new(), |names| names.values(text))
}

fn in_text(regex: &Regex, text: &str) -> Vec<Range<usize>> {
    let found = regex.captures_iter(text);
    let values = found.filter_map(|c| {
        let value = ["a", "b", "d"].iter().find_map(|name| c.name(name));
        // `ACME_KEY is not set` and `ACME_KEY: unbound variable` are messages; behind `=` everything is the
        // value.
        let bare = c.name("c").or_else(|| c.name("e"));
        let bare = bare.filter(|bare| c.name("sign").is_some() || !judge::is_said(bare.as_str()));
        value.or(bare)
    });
    values.map(|value| value.range()).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn names(names: &[&str]) -> Result<Names, BadName> {
        let names: Vec<String> = names.iter().map(|name| (*name).to_owned()).collect();
        Names::of(&names)
    }

    #[test]
    fn values_of_names_are_found_in_every_dress() {
        let names = names(&["acme_*", "badge"]).unwrap();
        let values = |text: &'static str| -> Vec<&str> {
            let found = names.values(text).into_iter();
            found.map(|range| &text[range]).collect()
        };
        for text in [
            "ACME_DOOR=sesame42",
            "export ACME_DOOR='sesame42'; echo",
            "{\"acme_door\": \"sesame42\", \"x\": 1}",
            "open --badge sesame42 --now",
            "Badge: sesame42",
            "the badge is sesame42",
            "badge=\"sesame42\"",
            "open --acme-door sesame42",
        ] {
            assert_eq!(values(text), ["sesame42"], "{text}");
        }
        assert_eq!(values("ACME_LIST=(a \"b c\" d)"), ["a \"b c\" d"]);
        assert_eq!(
            values("declare -a ACME_LIST=([0]=\"a\" [1]=\"b\")").len(),
            1
        );
        assert_eq!(values("ACME_LIST+=(a b c"), ["a b c"]);
        assert_eq!(values("ACME_LIST[3]=sesame42"), ["sesame42"]);
        assert_eq!(values("badge=\"C:\\dir\\\" x"), ["C:\\dir\\"]);
        assert!(values("my_acme_door=1 badges=2").is_empty());
    }

    #[test]
    fn what_is_said_of_a_name_is_no_value() {
        let names = names(&["acme_*"]).unwrap();
        for text in [
            "ACME_KEY is not set",
            "ACME_KEY: unbound variable",
            "ACME_KEY: parameter null or not set",
            "ACME_KEY is required, but missing",
            "--acme-key must not be empty",
            "error: ACME_KEY (from the vault) was empty",
            "ACME_KEY has no value.",
            "ACME_KEY variable is undefined",
        ] {
            assert!(names.values(text).is_empty(), "{text}");
        }
        // Behind `=` or in quotes everything is a value, even if it reads like prose.
        for text in ["ACME_KEY=not", "ACME_KEY: \"not\"", "ACME_KEY='must not'"] {
            assert_eq!(names.values(text).len(), 1, "{text}");
        }
        // It hides no value behind it.
        let text = "ACME_KEY is not ACME_DOOR=sesame42";
        let found = names.values(text);
        assert_eq!(found.len(), 1);
        assert_eq!(&text[found[0].clone()], "sesame42");
    }

    #[test]
    fn names_that_cannot_be_looked_for_are_refused() {
        let refused = |name: &str| names(&[name]).expect_err(name).to_string();
        assert_eq!(refused("ACME_[A-Z"), "`ACME_[A-Z`: no name has `[`");
        assert_eq!(refused("ACME_(*"), "`ACME_(*`: no name has `(`");
        assert_eq!(refused("$ACME"), "`$ACME`: no name has `$`");
        assert_eq!(refused("a b"), "`a b`: no name has ` `");
        for name in ["", "*", " ** ", "_*"] {
            assert!(refused(name).ends_with("names nothing"), "{name}");
        }
        assert!(refused(&"a".repeat(LONGEST + 1)).contains("more than 200 bytes"));
        let many = |count: usize| {
            let all: Vec<String> = (0..count).map(|k| format!("ACME_{k}_KEY")).collect();
            Names::of(&all)
        };
        assert_eq!(many(MOST + 1).unwrap_err(), BadName::Many(MOST + 1));
        let all = many(MOST).expect("as many as may be");
        assert_eq!(all.values("ACME_9999_KEY=sesame42").len(), 1);
        assert_eq!(all.values("ACME_0_KEY=sesame42").len(), 1);
        for name in ["acme.door", "//registry.example.com/:_authToken", "비밀*"] {
            assert!(names(&[name]).is_ok(), "{name}");
        }
    }
}
