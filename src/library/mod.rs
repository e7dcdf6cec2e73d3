//! The patterns in force: the embedded ones, and the layers that users put on top.
//!
//! [`pack`] is the embedded form; [`layers`] reads pattern folders; [`select`] chooses by glob.

use std::borrow::Cow;
use std::sync::OnceLock;

use regex::bytes::Regex;
use sha2::{Digest, Sha256};

use crate::engine::gram::{self, Tables};
use crate::matcher;
use crate::pattern::compile::{Pattern, names};
use crate::pattern::literal;
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

/// The patterns in force and the tables that find them.
#[derive(Debug)]
pub struct Library {
    entries: Vec<Entry>,
    trailer: OnceLock<Trailer>,
    tables: Tables,
}

#[derive(Debug)]
struct Entry {
    id: Id,
    body: Body,
    layer: Layer,
    enabled: bool,
    rule: Ruled,
    /// Few of them are ever loaded: the others must cost no more than a pointer.
    loaded: OnceLock<Box<Loaded>>,
}

#[derive(Debug)]
enum Ruled {
    /// Where it lies in what is packed.
    Packed(usize),
    /// Made when first asked for.
    Own(OnceLock<Box<[u8]>>),
}

#[derive(Debug)]
enum Id {
    Embedded(&'static str),
    Own(String),
}

impl Id {
    fn as_str(&self) -> &str {
        match self {
            Id::Embedded(id) => id,
            Id::Own(id) => id,
        }
    }
}

#[derive(Debug)]
enum Body {
    Packed(&'static [u8]),
    Parsed(Box<Pattern>),
}

/// A pattern with its regexes, each compiled when first used.
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

    /// The regex of that number ([`rule`] tells their order), for what a program cannot do and for those who want to compare.
    pub fn regex(&self, number: usize) -> Option<&Regex> {
        self.regexes
            .get(number)?
            .get_or_init(|| self.pattern.exprs().nth(number)?.compile().ok())
            .as_ref()
    }
}

impl Library {
    /// The patterns that come with the program. Costs some microseconds: nothing is parsed.
    pub fn embedded() -> Self {
        let count = word(0);
        let entries = (0..count)
            .map(|k| {
                let at = HEAD + ENTRY * k;
                let (id, id_len, body, len) = (word(at), word(at + 4), word(at + 8), word(at + 12));
                // The build wrote the ids: they are ASCII.
                let id = std::str::from_utf8(&PACKED[id..id + id_len]).unwrap_or_default();
                Entry {
                    id: Id::Embedded(id),
                    body: Body::Packed(&PACKED[body..body + len]),
                    layer: Layer::BuiltIn,
                    enabled: true,
                    rule: Ruled::Packed(word(at + 16)),
                    loaded: OnceLock::new(),
                }
            })
            .collect();
        Self {
            entries,
            trailer: OnceLock::new(),
            tables: Tables::new(TABLES.into()),
        }
    }

    /// A library of these patterns only, with tables made now.
    pub fn of(patterns: Vec<Pattern>) -> Self {
        Self::build(patterns.into_iter().map(|p| (p, Layer::BuiltIn)).collect())
    }

    /// Patterns of several layers, with tables made now. Sorted by id.
    pub(crate) fn build(mut patterns: Vec<(Pattern, Layer)>) -> Self {
        patterns.sort_by(|(a, _), (b, _)| a.id.cmp(&b.id));
        let unkeyed = pack::unkeyed(patterns.iter().map(|(p, _)| p));
        let trailer = Trailer {
            redirects: packed_trailer().redirects,
            unkeyed,
        };
        let entries = pack::entries(patterns.iter().map(|(p, _)| p));
        let tables = gram::build(&entries, &crate::engine::background::gram_cost);
        let entries = patterns
            .into_iter()
            .map(|(pattern, layer)| Entry {
                id: Id::Own(pattern.id.clone()),
                body: Body::Parsed(Box::new(pattern)),
                layer,
                enabled: true,
                rule: Ruled::Own(OnceLock::new()),
                loaded: OnceLock::new(),
            })
            .collect();
        Self {
            entries,
            trailer: OnceLock::from(trailer),
            tables: Tables::new(tables.into()),
        }
    }

    /// A hash of the patterns in force: results of equal libraries are equal.
    pub fn digest(&self) -> [u8; 32] {
        let mut hash = Sha256::new();
        for entry in self.entries.iter().filter(|e| e.enabled) {
            let body = match &entry.body {
                Body::Packed(bytes) => Cow::Borrowed(*bytes),
                // What cannot be written is no pattern that was read.
                Body::Parsed(pattern) => postcard::to_allocvec(pattern).unwrap_or_default().into(),
            };
            for part in [entry.id.as_str().as_bytes(), &body] {
                hash.update((part.len() as u64).to_le_bytes());
                hash.update(part);
            }
        }
        hash.finalize().into()
    }

    /// The tables of the prefilter.
    pub fn tables(&self) -> &Tables {
        &self.tables
    }

    /// How many patterns there are, disabled ones included.
    pub fn len(&self) -> usize {
        self.entries.len()
    }

    /// Is there no pattern at all?
    pub fn is_empty(&self) -> bool {
        self.entries.is_empty()
    }

    /// How many patterns are in force.
    pub fn enabled(&self) -> usize {
        self.entries.iter().filter(|e| e.enabled).count()
    }

    /// Is this pattern in force?
    pub fn is_enabled(&self, index: u32) -> bool {
        self.entries.get(index as usize).is_some_and(|e| e.enabled)
    }

    /// The id of a pattern.
    pub fn id(&self, index: u32) -> &str {
        self.entries
            .get(index as usize)
            .map_or("", |e| e.id.as_str())
    }

    /// The layer a pattern comes from.
    pub fn layer(&self, index: u32) -> &Layer {
        self.entries
            .get(index as usize)
            .map_or(&Layer::BuiltIn, |e| &e.layer)
    }

    /// The pattern of an index.
    ///
    /// # Panics
    /// For an index that this library did not hand out.
    pub fn get(&self, index: u32) -> &Loaded {
        let entry = &self.entries[index as usize];
        entry.loaded.get_or_init(|| {
            Box::new(Loaded::new(match &entry.body {
                Body::Packed(bytes) => postcard::from_bytes(bytes).expect("the build packed it"),
                Body::Parsed(pattern) => (**pattern).clone(),
            }))
        })
    }

    /// What the engine asks of a pattern.
    ///
    /// # Panics
    /// For an index that this library did not hand out.
    #[inline]
    pub fn rule(&self, index: u32) -> Rule<'_> {
        match &self.entries[index as usize].rule {
            Ruled::Packed(at) => Rule::new(&PACKED[*at..]),
            Ruled::Own(cell) => Rule::new(
                cell.get_or_init(|| rule::pack(&self.get(index).pattern).into_boxed_slice()),
            ),
        }
    }

    /// A regex of a pattern, to be run.
    pub fn probe(&self, index: u32, number: usize) -> Option<Probe<'_>> {
        Probe::new(self, index, number)
    }

    /// The index of an id; renamed ids lead to their new name.
    pub fn find(&self, id: &str) -> Option<u32> {
        let search = |id: &str| {
            self.entries
                .binary_search_by(|e| e.id.as_str().cmp(id))
                .ok()
                .map(|k| k as u32)
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

    /// Alternatives without a literal: they are tried on the tail of a section only.
    pub fn unkeyed(&self) -> impl Iterator<Item = Target> + '_ {
        self.trailer()
            .unkeyed
            .iter()
            .map(|&word| Target::unpack(word))
    }

    fn trailer(&self) -> &Trailer {
        self.trailer.get_or_init(packed_trailer)
    }

    /// Every index in id order.
    pub fn indices(&self) -> impl Iterator<Item = u32> + use<> {
        0..self.entries.len() as u32
    }

    /// Every id that one of these names (or `family/*`) means.
    pub fn named<'l>(&'l self, list: &'l [String]) -> impl Iterator<Item = u32> + 'l {
        self.indices().filter(|&k| names(list, self.id(k)))
    }
}

fn word(at: usize) -> usize {
    u32::from_le_bytes([PACKED[at], PACKED[at + 1], PACKED[at + 2], PACKED[at + 3]]) as usize
}

fn packed_trailer() -> Trailer {
    postcard::from_bytes(&PACKED[word(4)..]).expect("the build packed it")
}
