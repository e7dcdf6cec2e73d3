//! Lines of a tail, for tests.

use crate::model::{Place, TailLine};

/// Lines of output, numbered from 1; `$ ` begins a command, `+ ` a traced one.
pub(super) fn lines(texts: &[&str]) -> Vec<TailLine> {
    let line = |(k, text): (usize, &&str)| TailLine {
        place: Place {
            line: k as u64 + 1,
            ..Place::default()
        },
        text: (*text).to_owned(),
        content_at: 0,
        command: text.starts_with("$ "),
        echo: text.starts_with("$ ") || text.starts_with("+ "),
    };
    texts.iter().enumerate().map(line).collect()
}
