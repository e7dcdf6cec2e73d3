//! The embedded form of the library: an index that needs no parsing, and patterns that are decoded one by one
//! on demand.
//!
//! Layout, all numbers `u32` little endian: count, where the trailer starts; for each pattern where its id starts and how
//! long it is, where its body starts and how long it is, where its rule starts, where what is [more](crate::pattern::checked::More)
//! starts and how long it is; ids, bodies (postcard), [rules](super::rule) and their programs, what is more (postcard).
//! Behind them a [`Trailer`] (postcard). What a scan reads lies together, what common text asks for in front: memory is
//! counted in pages.

use std::cmp::Reverse;
use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};

use super::gram::Entry;
use super::literals;
use super::rule;
use crate::pattern::checked::{Condition, More, Near, Pattern};
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
/// Bytes of an entry of the index.
pub const ENTRY: usize = 28;

/// Data of the library as a whole.
#[derive(Debug, Default, Serialize, Deserialize)]
pub struct Trailer {
    /// Old and new ids.
    pub redirects: Vec<(String, String)>,
    /// Alternatives without a literal, which run only on the tail of a section.
    pub unkeyed: Vec<u32>,
}

/// Alternatives without a literal, of patterns with their indices.
pub fn unkeyed<'p>(patterns: impl Iterator<Item = (u32, &'p Pattern)>) -> Vec<u32> {
    let mut out = Vec::new();
    for (index, pattern) in patterns {
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

/// A pattern, cut into what is read at different times.
struct Parts {
    /// Without what is more (postcard).
    body: Vec<u8>,
    rule: rule::Packed,
    /// What is more (postcard).
    more: Vec<u8>,
}

impl Parts {
    fn of(pattern: &Pattern) -> Self {
        let mut body = pattern.clone();
        let more: More = body.more.take().map(|more| *more).unwrap_or_default();
        Self {
            body: postcard::to_allocvec(&body).expect("patterns are plain data"),
            rule: rule::pack(pattern),
            more: postcard::to_allocvec(&more).expect("texts are plain data"),
        }
    }
}

/// Packs patterns, which are in id order; `cost` tells how common a literal is.
pub fn pack(
    patterns: &[Pattern],
    redirects: Vec<(String, String)>,
    cost: &dyn Fn(&[u8]) -> u64,
) -> Vec<u8> {
    let trailer = Trailer {
        redirects,
        unkeyed: unkeyed((0..).zip(patterns)),
    };
    let parts: Vec<Parts> = patterns.iter().map(Parts::of).collect();
    let sum = |size: fn(&Parts) -> usize| parts.iter().map(size).sum::<usize>();
    // Ids first: whoever looks for one reads a few pages, not all.
    let id_at = HEAD + ENTRY * patterns.len();
    let body_at = id_at + patterns.iter().map(|p| p.id.len()).sum::<usize>();
    let rule_at = body_at + sum(|p| p.body.len());
    let program_at = rule_at + sum(|p| p.rule.size());
    let more_at = program_at + sum(|p| p.rule.programs().len());
    let trailer_at = more_at + sum(|p| p.more.len());
    let mut index = vec![[0; ENTRY / 4]; patterns.len()];
    let [mut ids, mut bodies, mut rules, mut programs, mut more] = [const { Vec::new() }; 5];
    for k in by_commonness(patterns, cost) {
        let (id, part) = (patterns[k].id.as_bytes(), &parts[k]);
        let rule = rule_at + rules.len();
        index[k] = [
            id_at + ids.len(),
            id.len(),
            body_at + bodies.len(),
            part.body.len(),
            rule,
            more_at + more.len(),
            part.more.len(),
        ];
        rules.extend(part.rule.at_distance(program_at + programs.len() - rule));
        ids.extend(id);
        bodies.extend(&part.body);
        programs.extend(part.rule.programs());
        more.extend(&part.more);
    }
    let head = [patterns.len(), trailer_at];
    let words = head.iter().chain(index.iter().flatten());
    let mut bytes: Vec<u8> = words.flat_map(|&n| (n as u32).to_le_bytes()).collect();
    for area in [ids, bodies, rules, programs, more] {
        bytes.extend(area);
    }
    bytes.extend(postcard::to_allocvec(&trailer).expect("ids are plain data"));
    bytes
}

/// Indices of patterns, those first that ordinary text asks for most: what it touches lies in few pages.
fn by_commonness(patterns: &[Pattern], cost: &dyn Fn(&[u8]) -> u64) -> Vec<usize> {
    let common = |pattern: &Pattern| {
        let costs = pattern.exprs().map(|expr| {
            let costs = expr.literals.iter().map(|literal| cost(literal));
            // Without a literal it is tried on every tail.
            costs.max().unwrap_or(u64::MAX)
        });
        costs.max().unwrap_or_default()
    };
    let mut order: Vec<usize> = (0..patterns.len()).collect();
    order.sort_by_cached_key(|&k| Reverse(common(&patterns[k])));
    order
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

/// Every literal of patterns, which come with their indices, and its targets: a set that is looked for in every line, and one
/// that matters only while a hit waits for what comes behind it. `frame`: those of the frame of a log as well.
pub fn entries<'p>(
    patterns: impl Iterator<Item = (u32, &'p Pattern)>,
    frame: bool,
) -> [Vec<Entry>; 2] {
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
    for ((literal, regex), matters) in always.chain(ends).filter(|_| frame) {
        let frame = Target {
            pattern: Target::FRAME,
            regex,
        };
        add(literal.bytes().map(|b| b | 0x20).collect(), frame, matters);
    }
    for (index, pattern) in patterns {
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
