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
        .map(|name| regex::escape(name.trim()).replace("\\*", r"[A-Za-z0-9_.-]*"))
        .collect();
    if !names.is_empty() {
        let _ = NAMES.set(Regex::new(&expression(&names)).ok());
    }
}

/// `NAME=value`, `NAME: value`, `"NAME": "value"`, `--name value`.
fn expression(names: &[String]) -> String {
    let names = names.join("|");
    format!(
        r#"(?i)(?:^|[^A-Za-z0-9_])(?:{names})(?:["']?\s*(?:=|:=|:)\s*|["']?\s+)(?:"(?P<a>[^"]+)"|'(?P<b>[^']+)'|(?P<c>[^\s"',;&]+))"#
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
    let values = found.filter_map(|c| c.name("a").or(c.name("b")).or(c.name("c")));
    values.map(|value| value.range()).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn values_of_names_are_found_in_every_dress() {
        let names = ["acme_[A-Za-z0-9_.-]*".to_owned(), "badge".to_owned()];
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
        ] {
            assert_eq!(values(text), ["sesame42"], "{text}");
        }
        assert!(values("my_acme_door=1 badges=2").is_empty());
    }
}
