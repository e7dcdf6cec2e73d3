//! Doubts what stands in a string of JSON: a program's record of what another one printed (`{"type":"item","output":"fatal: …"}`), which
//! may have ended well. A pattern that takes in the keys reads the record itself, and a record at an error's level says that it failed.

use super::candidates::{Candidate, content};
use super::record::{self, Level};
use crate::model::Hit;

const QUOTED: &str = "a record in JSON quotes it";
/// Levels that stand before such a record.
const LEVELS: &[&str] = &["[INFO] ", "INFO ", "[DEBUG] ", "DEBUG "];

/// Doubts findings all of whose lines are such records.
pub(super) fn apply(candidates: &mut [Candidate<'_>]) {
    let found = candidates
        .iter_mut()
        .filter(|c| c.is_reason() && c.doubt.is_none());
    for candidate in found {
        if candidate.hits.iter().all(|one| is_quoted(one.hit)) {
            candidate.doubt = Some(QUOTED);
        }
    }
}

fn is_quoted(hit: &Hit) -> bool {
    let text = content(hit);
    let record = LEVELS.iter().find_map(|level| text.strip_prefix(level));
    let record = record.unwrap_or(text).trim();
    if !record.starts_with("{\"") || !record.ends_with('}') {
        return false;
    }
    let (from, to) = (hit.span.0 as usize, hit.span.1 as usize);
    let matched = hit.text.get(from..to).unwrap_or_default();
    let before = hit.text.get(..from).unwrap_or_default();
    let begins = before.trim_end().len() <= hit.text.len() - text.len();
    !begins && !has_quote(matched) && record::level(record) != Some(Level::Error)
}

/// Whether a quote stands there that ends or begins a string, and is no part of one.
fn has_quote(text: &str) -> bool {
    let bytes = text.as_bytes();
    memchr::memchr_iter(b'"', bytes).any(|at| at == 0 || bytes[at - 1] != b'\\')
}

#[cfg(test)]
mod tests {
    use super::*;

    fn quoted(text: &str, matched: &str) -> bool {
        let from = text.find(matched).unwrap() as u32;
        is_quoted(&Hit {
            pattern: 0,
            place: crate::model::Place::default(),
            text: text.to_owned(),
            span: (from, from + matched.len() as u32),
            captures: crate::model::Captures::default(),
            context: Vec::new(),
            command: None,
            dropped: 0,
        })
    }

    #[test]
    fn records_quote_what_others_printed() {
        let record =
            r#"{"type":"item","output":"fatal: Could not resolve host: a\n","exit_code":0}"#;
        let said = "Could not resolve host: a";
        assert!(quoted(record, said));
        assert!(quoted(&format!("[INFO] {record}"), said));
        for (text, matched) in [
            ("fatal: Could not resolve host: a", said),
            (
                r#"{"message":"401 Unauthorized"}"#,
                r#""message":"401 Unauthorized""#,
            ),
            (
                r#"{"level":"error","msg":"Could not resolve host: a"}"#,
                said,
            ),
            (r#"curl: {"output":"Could not resolve host: a"}"#, said),
        ] {
            assert!(!quoted(text, matched), "{text}");
        }
    }
}
