//! The patterns in force: the embedded ones and the layers that users put over them.
//!
//! [`pack`] is the embedded form, [`layers`] reads pattern folders, [`select`] chooses patterns by glob.

use std::borrow::Cow;
use std::cmp::Ordering;
use std::collections::BTreeSet;
use std::sync::OnceLock;

use regex::bytes::Regex;
use sha2::{Digest, Sha256};

use crate::matcher;
use crate::pattern::checked::{Pattern, names};
use crate::pattern::literal;
use crate::prefilter::gram::{self, Tables};
use crate::trace::literals;

pub mod layers;
pub mod pack;
pub mod precision;
mod probe;
pub mod rule;
pub mod select;

pub use layers::Layer;
pub use pack::Target;
use pack::{ENTRY, HEAD, Trailer};
pub use probe::Probe;
pub use rule::{Rule, Watch};

static PACKED: &[u8] = include_bytes!(concat!(env!("OUT_DIR"), "/library.bin"));
static TABLES: &[u8] = include_bytes!(concat!(env!("OUT_DIR"), "/tables.bin"));
static AWAITED: &[u8] = include_bytes!(concat!(env!("OUT_DIR"), "/awaited.bin"));

/// The patterns in force, with the tables that find their lines.
#[derive(Debug)]
pub struct Library {
    /// Patterns that were parsed, not embedded; `None` if all are embedded.
    own: Option<Vec<Own>>,
    /// Only a few are ever loaded, so each of the others costs one pointer.
    loaded: Box<[OnceLock<Box<Loaded>>]>,
    disabled: BTreeSet<u32>,
    trailer: OnceLock<Trailer>,
    tables: Tables,
    awaited: Tables,
}

/// A pattern that was parsed, not packed by the build.
#[derive(Debug)]
struct Own {
    pattern: Pattern,
    layer: Layer,
    /// Packed on first use.
    rule: OnceLock<Box<[u8]>>,
}

/// A pattern with its regexes, each compiled on first use.
#[derive(Debug)]
pub struct Loaded {
    /// The pattern.
    pub pattern: Pattern,
    regexes: Vec<OnceLock<Option<Regex>>>,
}

impl Loaded {
    fn new(pattern: Pattern) -> Self {
        let count = pattern.exprs().count();
        Self {
            regexes: (0..count).map(|_| OnceLock::new()).collect(),
            pattern,
        }
    }

    /// The regex with that number ([`rule`] defines their order): for what a program cannot express, and for
    /// comparison.
    pub fn regex(&self, number: usize) -> Option<&Regex> {
        self.regexes
            .get(number)?
            .get_or_init(|| self.pattern.exprs().nth(number)?.compile().ok())
            .as_ref()
    }
}

impl Library {
    /// The embedded patterns. This takes microseconds, since nothing is parsed.
    pub fn embedded() -> Self {
        Self {
            own: None,
            loaded: cells(word(0)),
            disabled: BTreeSet::new(),
            trailer: OnceLock::new(),
            tables: Tables::new(TABLES.into()),
            awaited: Tables::new(AWAITED.into()),
        }
    }

    /// A library of only these patterns, with new tables.
    pub fn of(patterns: Vec<Pattern>) -> Self {
        Self::build(patterns.into_iter().map(|p| (p, Layer::BuiltIn)).collect())
    }

    /// A library of patterns of several layers, sorted by id, with new tables.
    pub(crate) fn build(mut patterns: Vec<(Pattern, Layer)>) -> Self {
        patterns.sort_by(|(a, _), (b, _)| a.id.cmp(&b.id));
        let unkeyed = pack::unkeyed(patterns.iter().map(|(p, _)| p));
        let trailer = Trailer {
            redirects: packed_trailer().redirects,
            unkeyed,
        };
        let entries = pack::entries(patterns.iter().map(|(p, _)| p));
        let [tables, awaited] = entries.map(|set| {
            Tables::new(gram::build(&set, &crate::prefilter::background::gram_cost).into())
        });
        Self {
            loaded: cells(patterns.len()),
            own: Some(
                patterns
                    .into_iter()
                    .map(|(pattern, layer)| Own {
                        pattern,
                        layer,
                        rule: OnceLock::new(),
                    })
                    .collect(),
            ),
            disabled: BTreeSet::new(),
            trailer: OnceLock::from(trailer),
            tables,
            awaited,
        }
    }

    /// A pattern that is not embedded.
    fn own(&self, index: u32) -> Option<&Own> {
        self.own.as_ref()?.get(index as usize)
    }

    /// A hash of the patterns in force. Libraries with equal digests give equal results.
    pub fn digest(&self) -> [u8; 32] {
        let mut hash = Sha256::new();
        for index in self.indices().filter(|&k| self.is_enabled(k)) {
            let body = match self.own(index) {
                None => Cow::Borrowed(packed(index).1),
                // A pattern that was read can always be serialised.
                Some(own) => postcard::to_allocvec(&own.pattern)
                    .unwrap_or_default()
                    .into(),
            };
            for part in [self.id(index).as_bytes(), &body] {
                hash.update((part.len() as u64).to_le_bytes());
                hash.update(part);
            }
        }
        hash.finalize().into()
    }

    /// The prefilter's tables of literals that are always searched.
    pub fn tables(&self) -> &Tables {
        &self.tables
    }

    /// The tables of literals that matter only while a hit waits for their lines.
    pub fn awaited(&self) -> &Tables {
        &self.awaited
    }

    /// The number of patterns, disabled ones included.
    pub fn len(&self) -> usize {
        self.loaded.len()
    }

    /// Whether there are no patterns.
    pub fn is_empty(&self) -> bool {
        self.loaded.is_empty()
    }

    /// The number of enabled patterns.
    pub fn enabled(&self) -> usize {
        self.len() - self.disabled.len()
    }

    /// Whether a pattern is enabled.
    pub fn is_enabled(&self, index: u32) -> bool {
        (index as usize) < self.len() && !self.disabled.contains(&index)
    }

    /// The id of a pattern.
    pub fn id(&self, index: u32) -> &str {
        match self.own(index) {
            Some(own) => &own.pattern.id,
            None if (index as usize) < self.len() => packed(index).0,
            None => "",
        }
    }

    /// The layer a pattern comes from.
    pub fn layer(&self, index: u32) -> &Layer {
        self.own(index).map_or(&Layer::BuiltIn, |own| &own.layer)
    }

    /// The pattern at an index.
    ///
    /// # Panics
    /// If the index is not one of this library's.
    pub fn get(&self, index: u32) -> &Loaded {
        self.loaded[index as usize].get_or_init(|| {
            Box::new(Loaded::new(match self.own(index) {
                None => postcard::from_bytes(packed(index).1).expect("the build packed it"),
                Some(own) => own.pattern.clone(),
            }))
        })
    }

    /// The part of a pattern that the engine needs.
    ///
    /// # Panics
    /// If the index is not one of this library's.
    #[inline]
    pub fn rule(&self, index: u32) -> Rule<'_> {
        match self.own(index) {
            None => Rule::new(&PACKED[word(HEAD + ENTRY * index as usize + 16)..]),
            Some(own) => Rule::new(
                own.rule
                    .get_or_init(|| rule::pack(&own.pattern).whole().into_boxed_slice()),
            ),
        }
    }

    /// A regex of a pattern, ready to run.
    pub fn probe(&self, index: u32, number: usize) -> Option<Probe<'_>> {
        Probe::new(self, index, number)
    }

    /// The index of an id; a renamed id leads to its new name.
    pub fn find(&self, id: &str) -> Option<u32> {
        let search = |id: &str| {
            // Ids are sorted, so a binary search finds one.
            let (mut low, mut high) = (0, self.len() as u32);
            while low < high {
                let middle = low.midpoint(high);
                match self.id(middle).cmp(id) {
                    Ordering::Equal => return Some(middle),
                    Ordering::Less => low = middle + 1,
                    Ordering::Greater => high = middle,
                }
            }
            None
        };
        search(id).or_else(|| search(self.redirected(id)?))
    }

    /// The new name of a renamed id.
    pub fn redirected(&self, id: &str) -> Option<&str> {
        self.redirects()
            .iter()
            .find(|(old, _)| old == id)
            .map(|(_, new)| new.as_str())
    }

    /// Renamed ids: old and new.
    pub fn redirects(&self) -> &[(String, String)] {
        &self.trailer().redirects
    }

    /// Alternatives without a literal, which run only on the tail of a section.
    pub fn unkeyed(&self) -> impl Iterator<Item = Target> + '_ {
        self.trailer()
            .unkeyed
            .iter()
            .map(|&word| Target::unpack(word))
    }

    fn trailer(&self) -> &Trailer {
        self.trailer.get_or_init(packed_trailer)
    }

    /// All indices, in id order.
    pub fn indices(&self) -> impl Iterator<Item = u32> + use<> {
        0..self.len() as u32
    }

    /// All patterns that one of these names (or `family/*`) refers to.
    pub fn named<'l>(&'l self, list: &'l [String]) -> impl Iterator<Item = u32> + 'l {
        self.indices().filter(|&k| names(list, self.id(k)))
    }
}

fn word(at: usize) -> usize {
    matcher::word(PACKED, at) as usize
}

/// Id and body of an embedded pattern.
fn packed(index: u32) -> (&'static str, &'static [u8]) {
    let at = HEAD + ENTRY * index as usize;
    let (id, id_len, body, len) = (word(at), word(at + 4), word(at + 8), word(at + 12));
    // The build wrote the ids, which are ASCII.
    let id = std::str::from_utf8(&PACKED[id..id + id_len]).unwrap_or_default();
    (id, &PACKED[body..body + len])
}

fn cells(count: usize) -> Box<[OnceLock<Box<Loaded>>]> {
    (0..count).map(|_| OnceLock::new()).collect()
}

fn packed_trailer() -> Trailer {
    postcard::from_bytes(&PACKED[word(4)..]).expect("the build packed it")
}
