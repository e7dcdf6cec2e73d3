//! The table's rows, kept in little memory.

use std::collections::HashMap;
use std::num::NonZeroU64;

use crate::model::{Outcome, Status};

/// What is kept of a log.
#[derive(Debug, Clone, Copy)]
pub(super) struct Row<'r> {
    pub log: &'r str,
    pub outcome: Outcome,
    pub status: Status,
    pub cause: Option<&'r str>,
    pub line: Option<u64>,
}

/// Rows in the order in which they came.
#[derive(Debug, Default)]
pub(super) struct Rows {
    kept: Vec<Kept>,
    /// The names of the logs, concatenated; each without the beginning it shares with the one before.
    names: String,
    last_name: String,
    /// The causes of the rows, each stored once.
    causes: Vec<String>,
    numbers: HashMap<String, u32>,
}

#[derive(Debug)]
struct Kept {
    /// Bytes of its name that it shares with the one before, and bytes of its own.
    shared: u32,
    own: u32,
    outcome: Outcome,
    status: Status,
    /// Its index in [`Rows::causes`].
    cause: Option<u32>,
    line: Option<NonZeroU64>,
}

impl Rows {
    pub fn len(&self) -> usize {
        self.kept.len()
    }

    pub fn is_empty(&self) -> bool {
        self.kept.is_empty()
    }

    pub fn push(&mut self, row: Row<'_>) {
        let same = self.last_name.bytes().zip(row.log.bytes());
        let shared = row
            .log
            .floor_char_boundary(same.take_while(|(a, b)| a == b).count());
        let own = &row.log[shared..];
        self.names.push_str(own);
        self.last_name.truncate(shared);
        self.last_name.push_str(own);
        let cause = row.cause.map(|id| self.number(id));
        self.kept.push(Kept {
            shared: shared as u32,
            own: own.len() as u32,
            outcome: row.outcome,
            status: row.status,
            cause,
            line: row.line.and_then(NonZeroU64::new),
        });
    }

    /// Calls `each` for every row in order.
    pub fn each(&self, mut each: impl FnMut(Row<'_>)) {
        let (mut name, mut at) = (String::new(), 0);
        for kept in &self.kept {
            let end = at + kept.own as usize;
            name.truncate(kept.shared as usize);
            name.push_str(&self.names[at..end]);
            at = end;
            each(Row {
                log: &name,
                outcome: kept.outcome,
                status: kept.status,
                cause: kept.cause.map(|number| &*self.causes[number as usize]),
                line: kept.line.map(NonZeroU64::get),
            });
        }
    }

    fn number(&mut self, id: &str) -> u32 {
        if let Some(number) = self.numbers.get(id) {
            return *number;
        }
        let number = self.causes.len() as u32;
        self.causes.push(id.to_owned());
        self.numbers.insert(id.to_owned(), number);
        number
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn rows_come_out_as_they_went_in() {
        let given = [
            ("a/1.log", Some("git/a"), Some(3)),
            ("a/12.log", None, None),
            ("a/1\u{e9}.log", Some("git/b"), Some(1)),
            ("a/1\u{e8}.log", Some("git/a"), None),
            ("", None, None),
            ("a/1.log", Some("git/b"), Some(u64::MAX)),
        ];
        let mut rows = Rows::default();
        for (log, cause, line) in given {
            rows.push(Row {
                log,
                outcome: Outcome::Failed,
                status: Status::Explained,
                cause,
                line,
            });
        }
        let mut told = Vec::new();
        rows.each(|row| told.push((row.log.to_owned(), row.cause.map(str::to_owned), row.line)));
        let given =
            given.map(|(log, cause, line)| (log.to_owned(), cause.map(str::to_owned), line));
        assert_eq!(told, given);
        assert_eq!(rows.len(), given.len());
    }
}
