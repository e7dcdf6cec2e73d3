//! Finds the lines of a tail that repeat the source of a GitHub step.

use std::sync::LazyLock;

use memchr::memmem::Finder;

use crate::trace::header::{self, Header};
use crate::trace::line::Line;

/// How GitHub's marks begin, including those of groups.
static MARK: LazyLock<Finder<'_>> = LazyLock::new(|| Finder::new(b"##["));

/// The lines of a tail that repeat the source of a step. GitHub prints it between `##[group]Run` and
/// `##[endgroup]`.
#[derive(Debug, Clone, Default)]
pub(super) struct Groups {
    /// Where such stretches begin and end.
    stretches: Vec<(usize, usize)>,
    /// End of the stretch in which the log begins, if it begins inside one.
    before: usize,
}

impl Groups {
    /// Finds the stretches in a text.
    pub fn of(text: &[u8]) -> Self {
        let mut groups = Self::default();
        let (mut framed, mut fresh) = (None, true);
        let mut at = 0;
        while let Some(mark) = MARK.find(&text[at..]).map(|k| at + k) {
            let from = memchr::memrchr(b'\n', &text[at..mark]).map_or(at, |k| at + k + 1);
            let to = memchr::memchr(b'\n', &text[mark..]).map_or(text.len(), |k| mark + k);
            at = to;
            let view = Line::new(&text[from..to], false);
            let group = view.text.starts_with(b"##[group]");
            let end = view.text.starts_with(b"##[endgroup]");
            let error = view.text.starts_with(b"##[error]");
            if view.content().is_empty() || !(group || end || error) {
                continue;
            }
            if fresh && end && header::ends_with(&text[..from]) {
                groups.before = from;
            }
            fresh &= error;
            if end || error {
                let stretch = framed.take().map(|begin| (begin, from));
                groups.stretches.extend(stretch);
                continue;
            }
            let inside = groups.stretches.last().is_some_and(|(_, to)| from < *to);
            if framed.is_some() || inside || !view.text.starts_with(header::OPENING) {
                continue;
            }
            let behind = (to + 1).min(text.len());
            match Header::opened_by(&text[from..to]) {
                Some(mut header) => {
                    let end = header.end(text, behind, 0);
                    let end = end.unwrap_or_else(|| header.end_at_last());
                    let end = (end as usize).clamp(to, text.len());
                    groups.stretches.push((from, end));
                }
                None => framed = Some(from),
            }
        }
        groups
            .stretches
            .extend(framed.map(|begin| (begin, text.len())));
        groups
    }

    /// Whether the line at that offset is one of them.
    pub fn holds(&self, at: usize) -> bool {
        let upto = self.stretches.partition_point(|(from, _)| *from <= at);
        at < self.before || upto > 0 && at < self.stretches[upto - 1].1
    }
}
