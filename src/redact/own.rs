//! Names that the user calls secret: `redact.names` of the settings.

use std::ops::Range;
use std::sync::OnceLock;

use regex::Regex;

/// Set once, before anything is read: what is secret must not depend on when a text is looked at.
static NAMES: OnceLock<Option<Regex>> = OnceLock::new();

/// Values of variables, options and keys of these names are secrets as well; `*` stands for any letters. Counts only the first time.
pub fn also(names: &[String]) {
    let names: Vec<String> = names
        .iter()
        .filter(|name| !name.trim_matches('*').is_empty())
        .map(|name| pattern(name.trim()))
        .collect();
    if !names.is_empty() {
        let _ = NAMES.set(Regex::new(&expression(&names)).ok());
    }
}

/// A name as a regex: `*` is any letters, an option has dashes where a variable has none (`--acme-key`).
fn pattern(name: &str) -> String {
    let part = |part: &str| {
        let words: Vec<String> = part.split(['_', '-']).map(regex::escape).collect();
        words.join("[_-]")
    };
    let parts: Vec<String> = name.split('*').map(part).collect();
    parts.join("[A-Za-z0-9_.-]*")
}

/// `NAME=value`, `NAME: value`, `"NAME": "value"`, `--name value`; of a list in a shell, `NAME=(a b)`, all of it.
fn expression(names: &[String]) -> String {
    let names = names.join("|");
    format!(
        r#"(?i)(?:^|[^A-Za-z0-9_])(?:{names})(?:(?:\[[^\[\]]{{0,40}}\])?\+?["']?\s*(?:=|:=|:)\s*|["']?\s+(?:(?:is|was|to)\s+)?)(?:"(?P<a>(?:[^"\\]|\\.)+)"|"(?P<d>[^"]+)"|'(?P<b>[^']+)'|\((?P<e>[^()]+)|(?P<c>[^\s"',;&]+))"#
    )
}

/// The names in force, in one text: results under other names are other results.
pub fn own_names() -> &'static str {
    NAMES
        .get()
        .and_then(Option::as_ref)
        .map_or("", Regex::as_str)
}

/// Where such values stand in a text.
pub(super) fn values(text: &str) -> Vec<Range<usize>> {
    let Some(regex) = NAMES.get().and_then(Option::as_ref) else {
        return Vec::new();
    };
    in_text(regex, text)
}

fn in_text(regex: &Regex, text: &str) -> Vec<Range<usize>> {
    let found = regex.captures_iter(text);
    let values = found.filter_map(|c| {
        ["a", "b", "c", "d", "e"]
            .iter()
            .find_map(|name| c.name(name))
    });
    values.map(|value| value.range()).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn values_of_names_are_found_in_every_dress() {
        let names = [pattern("acme_*"), pattern("badge")];
        let regex = Regex::new(&expression(&names)).unwrap();
        let values = |text: &'static str| -> Vec<&str> {
            in_text(&regex, text)
                .into_iter()
                .map(|range| &text[range])
                .collect()
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
}
