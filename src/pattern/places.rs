//! Where a value stands in a pattern file, so that a finding can point at it.

use std::ops::Range;

use toml::Spanned;
use toml::de::{DeTable, DeValue};

use super::error::line_and_column;

/// The values of a pattern file with their places.
#[derive(Debug)]
pub struct Places<'s> {
    source: &'s str,
    table: Option<Spanned<DeTable<'s>>>,
}

impl<'s> Places<'s> {
    /// The places in a file.
    pub fn of(source: &'s str) -> Self {
        let table = DeTable::parse(source).ok();
        Self { source, table }
    }

    /// The byte range of the value at a path such as `match.0.regex` or `text.en.fix.2`.
    ///
    /// Where the path leads to nothing, its longest part that exists: a missing key is shown at its table.
    pub fn span(&self, path: &str) -> Option<Range<usize>> {
        let mut best: Option<&Spanned<DeValue<'s>>> = None;
        for step in path.split('.') {
            let next = match best {
                None => self.table.as_ref()?.get_ref().get(step),
                Some(value) => match value.get_ref() {
                    DeValue::Table(inner) => inner.get(step),
                    DeValue::Array(items) => step.parse().ok().and_then(|k: usize| items.get(k)),
                    _ => None,
                },
            };
            let Some(next) = next else { break };
            best = Some(next);
        }
        best.map(Spanned::span)
    }

    /// Byte offset of a part of the value at a path, of the value itself where that part is spelt otherwise there.
    pub fn offset(&self, path: &str, part: Option<&str>) -> Option<usize> {
        let span = self.span(path)?;
        let value = self.source.get(span.clone()).unwrap_or_default();
        Some(span.start + part.and_then(|part| value.find(part)).unwrap_or(0))
    }

    /// Line and column of that; the first character of the file where there is none.
    pub fn place(&self, path: &str, part: Option<&str>) -> (usize, usize) {
        line_and_column(self.source, self.offset(path, part).unwrap_or(0))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const FILE: &str = "role = \"symptom\"\n\n[[match]]\nregex = '''a'''\n\n[[match]]\nregex = '''b'''\n\
                        [text.en]\nfix = [\n  \"one\",\n  \"two\",\n]\n";

    fn place(path: &str) -> Option<(usize, usize)> {
        let places = Places::of(FILE);
        places.span(path)?;
        Some(places.place(path, None))
    }

    #[test]
    fn values_are_found_by_their_path() {
        assert_eq!(place("role"), Some((1, 8)));
        assert_eq!(place("match.1.regex"), Some((7, 9)));
        assert_eq!(place("text.en.fix.1"), Some((11, 3)));
    }

    #[test]
    fn what_is_missing_is_shown_where_it_should_stand() {
        assert_eq!(place("match.1.on"), Some((6, 1)));
        assert_eq!(place("text.en.title"), Some((8, 1)));
        assert_eq!(place("text.ko"), Some((8, 2)));
        assert_eq!(place("link"), None);
    }
}
