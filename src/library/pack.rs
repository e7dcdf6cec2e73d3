//! The embedded form of the library: an index that needs no parsing, and patterns that are decoded one by one
//! on demand.
//!
//! Layout, all numbers `u32` little endian: the count, and where the trailer starts; for each pattern where
//! its id starts and its length, where its body starts and its length, where its rule starts; then ids,
//! bodies (postcard), [rules](super::rule) and their programs. At the end a [`Trailer`] (postcard).

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};

use super::gram::Entry;
use super::literals;
use super::rule;
use crate::pattern::checked::{Condition, Near, Pattern};
use crate::pattern::schema::Side;

/// The target of a literal's occurrences: a pattern and one of its regexes.
///
/// Regexes are numbered: first the alternatives, then the positional conditions in the order of
/// [`Pattern::near`].
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Target {
    /// Index in the library; [`Target::FRAME`] for lines that the frame reads.
    pub pattern: u16,
    /// Number of the regex.
    pub regex: u16,
}

impl Target {
    /// The `pattern` of literals for the frame; their `regex` is [`Target::MARK`] or [`Target::CASE`].
    pub const FRAME: u16 = u16::MAX;
    /// A line for the frame itself.
    pub const MARK: u16 = 0;
    /// A line of a test case.
    pub const CASE: u16 = 1;

    /// Packs the target as the tables store it.
    pub fn pack(self) -> u32 {
        u32::from(self.pattern) << 16 | u32::from(self.regex)
    }

    /// Unpacks a target of the tables.
    pub fn unpack(word: u32) -> Self {
        Self {
            pattern: (word >> 16) as u16,
            regex: word as u16,
        }
    }
}

/// Bytes before the index.
pub const HEAD: usize = 8;
/// Bytes of an index entry.
pub const ENTRY: usize = 20;

/// Data of the library as a whole.
#[derive(Debug, Default, Serialize, Deserialize)]
pub struct Trailer {
    /// Old and new ids.
    pub redirects: Vec<(String, String)>,
    /// Alternatives without a literal, which run only on the tail of a section.
    pub unkeyed: Vec<u32>,
}

/// The alternatives without a literal.
pub fn unkeyed<'p>(patterns: impl Iterator<Item = &'p Pattern>) -> Vec<u32> {
    let mut out = Vec::new();
    for (index, pattern) in patterns.enumerate() {
        for (number, alternative) in pattern.matches.iter().enumerate() {
            if alternative.regex.literals.is_empty() {
                out.push(
                    Target {
                        pattern: index as u16,
                        regex: number as u16,
                    }
                    .pack(),
                );
            }
        }
    }
    out
}

/// Packs patterns, which must be in id order.
pub fn pack(patterns: &[Pattern], redirects: Vec<(String, String)>) -> Vec<u8> {
    let trailer = Trailer {
        redirects,
        unkeyed: unkeyed(patterns.iter()),
    };
    let bodies: Vec<Vec<u8>> = patterns
        .iter()
        .map(|p| postcard::to_allocvec(p).expect("patterns are plain data"))
        .collect();
    let rules: Vec<rule::Packed> = patterns.iter().map(rule::pack).collect();
    // Ids come first, so that a search by id reads only a few pages.
    let mut id_at = HEAD + ENTRY * patterns.len();
    let mut body_at = id_at + patterns.iter().map(|p| p.id.len()).sum::<usize>();
    let mut rule_at = body_at + bodies.iter().map(Vec::len).sum::<usize>();
    let mut program_at = rule_at + rules.iter().map(rule::Packed::size).sum::<usize>();
    let trailer_at = program_at + rules.iter().map(|r| r.programs().len()).sum::<usize>();
    let mut index: Vec<u32> = vec![patterns.len() as u32, trailer_at as u32];
    let mut placed = Vec::new();
    for ((pattern, body), rule) in patterns.iter().zip(&bodies).zip(&rules) {
        let (id_len, body_len) = (pattern.id.len(), body.len());
        index.extend([id_at, id_len, body_at, body_len, rule_at].map(|n| n as u32));
        id_at += id_len;
        body_at += body_len;
        placed.extend(rule.at_distance(program_at - rule_at));
        rule_at += rule.size();
        program_at += rule.programs().len();
    }
    let mut bytes: Vec<u8> = index.iter().flat_map(|n| n.to_le_bytes()).collect();
    bytes.extend(patterns.iter().flat_map(|p| p.id.bytes()));
    bytes.extend(bodies.concat());
    bytes.extend(placed);
    rules.iter().for_each(|r| bytes.extend(r.programs()));
    bytes.extend(postcard::to_allocvec(&trailer).expect("ids are plain data"));
    bytes
}

/// When a line with a literal matters.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Matters {
    Always,
    /// Until the first one was seen, and while a hit waits; for the end of a test case, while one is open.
    First,
    /// Only while a hit waits for it.
    Awaited,
}

impl Matters {
    /// For a line that a positional condition watches.
    fn to(kind: Near, within: Option<u32>) -> Self {
        match kind {
            Near::After | Near::Absent(Side::After) => Self::Awaited,
            Near::Absent(_) if within.is_none() => Self::First,
            Near::Absent(_) | Near::Before => Self::Always,
        }
    }
}

/// Every literal of a library with its targets, in two sets: those searched in every line, and those that
/// matter only while a hit waits for a line below. Indices follow the order of the iterator.
pub fn entries<'p>(patterns: impl Iterator<Item = &'p Pattern>) -> [Vec<Entry>; 2] {
    let mut sets: [BTreeMap<Vec<u8>, Entry>; 2] = Default::default();
    let mut add = |literal: Vec<u8>, target: Target, matters: Matters| {
        let set = &mut sets[usize::from(matters == Matters::Awaited)];
        let entry = set.entry(literal.clone()).or_insert(Entry {
            literal,
            targets: Vec::new(),
            conditional: true,
        });
        entry.conditional &= matters != Matters::Always;
        let target = target.pack();
        if !entry.targets.contains(&target) {
            entry.targets.push(target);
        }
    };
    let marks = literals::FRAME.iter().map(|mark| (mark, Target::MARK));
    let cases = literals::CASES.iter().map(|case| (case, Target::CASE));
    let ends = literals::CASE_ENDS.iter().map(|end| (end, Target::CASE));
    let always = marks.chain(cases).map(|one| (one, Matters::Always));
    let ends = ends.map(|one| (one, Matters::First));
    for ((literal, regex), matters) in always.chain(ends) {
        let frame = Target {
            pattern: Target::FRAME,
            regex,
        };
        add(literal.bytes().map(|b| b | 0x20).collect(), frame, matters);
    }
    for (index, pattern) in patterns.enumerate() {
        let alternatives = pattern.matches.iter().map(|m| (&m.regex, Matters::Always));
        let watches = pattern.near().filter_map(|c| match c {
            Condition::Near {
                kind,
                watch,
                within,
                ..
            } => Some((watch, Matters::to(*kind, *within))),
            _ => None,
        });
        for (number, (expr, matters)) in alternatives.chain(watches).enumerate() {
            let target = Target {
                pattern: index as u16,
                regex: number as u16,
            };
            for literal in &expr.literals {
                add(literal.clone(), target, matters);
            }
        }
    }
    sets.map(|set| set.into_values().collect())
}
