//! `_redirects.toml`: renamed ids, so that old configurations and links keep working.

use std::collections::BTreeMap;

use serde::Deserialize;

/// One renamed id.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
struct Redirect {
    to: String,
    #[allow(dead_code)] // For people: the release that renamed it.
    since: String,
}

/// Parses old and new ids, sorted by the old one. The file holds `"old/id" = { to = "new/id", since = "0.2.0"
/// }`.
///
/// # Errors
/// A line that says what is wrong.
pub fn parse(text: &str) -> Result<Vec<(String, String)>, String> {
    let map: BTreeMap<String, Redirect> =
        toml::from_str(text).map_err(|e| e.message().to_owned())?;
    Ok(map
        .into_iter()
        .map(|(old, redirect)| (old, redirect.to))
        .collect())
}
