//! The patterns in force: the embedded ones, and the layers that users put on top.
//!
//! [`pack`] is the embedded form; [`layers`] reads pattern folders; [`select`] chooses by glob.

use std::borrow::Cow;
use std::sync::OnceLock;

use regex::bytes::Regex;
use sha2::{Digest, Sha256};

use crate::engine::gram::{self, Tables};
use crate::pattern::compile::{Condition, Expr, Pattern, names};
use crate::pattern::literal;
use crate::trace::literals;

pub mod layers;
pub mod pack;
pub mod precision;
pub mod select;

pub use layers::Layer;
pub use pack::Target;
use pack::Trailer;

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
    /// Few of them are ever loaded: the others must cost no more than a pointer.
    loaded: OnceLock<Box<Loaded>>,
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
    commands: Vec<OnceLock<Option<Regex>>>,
}

impl Loaded {
    fn new(pattern: Pattern) -> Self {
        let regexes = pattern.matches.len() + pattern.near().count();
        let commands = conditions(&pattern)
            .filter(|c| matches!(c, Condition::Command(_)))
            .count();
        let cells = |n| (0..n).map(|_| OnceLock::new()).collect();
        Self {
            regexes: cells(regexes),
            commands: cells(commands),
            pattern,
        }
    }

    /// The regex of that number: alternatives first, then positional conditions.
    pub fn regex(&self, number: usize) -> Option<&Regex> {
        self.regexes
            .get(number)?
            .get_or_init(|| self.expr(number).and_then(|e| e.compile().ok()))
            .as_ref()
    }

    /// The same, unless it has not been compiled and cannot match that text: most lines that hold a literal lack the rest.
    pub fn regex_for(&self, number: usize, text: &[u8]) -> Option<&Regex> {
        if self.regexes.get(number)?.get().is_none() {
            let needs = &self.expr(number)?.needs;
            if !literal::has_all(needs, text) {
                return None;
            }
        }
        self.regex(number)
    }

    fn expr(&self, number: usize) -> Option<&Expr> {
        match number.checked_sub(self.pattern.matches.len()) {
            None => Some(&self.pattern.matches[number].regex),
            Some(k) => self.pattern.near().nth(k).and_then(|c| match c {
                Condition::Near { watch, .. } => Some(watch),
                _ => None,
            }),
        }
    }

    /// The regex of the `k`-th `command` condition (conditions first, then notes).
    pub fn command_regex(&self, k: usize) -> Option<&Regex> {
        self.commands
            .get(k)?
            .get_or_init(|| {
                let mut all = conditions(&self.pattern).filter_map(|c| match c {
                    Condition::Command(expr) => Some(expr),
                    _ => None,
                });
                all.nth(k).and_then(|e| e.compile().ok())
            })
            .as_ref()
    }
}

fn conditions(pattern: &Pattern) -> impl Iterator<Item = &Condition> {
    pattern
        .conditions
        .iter()
        .chain(pattern.notes.iter().flat_map(|n| n.conditions.iter()))
}

impl Library {
    /// The patterns that come with the program. Costs some microseconds: nothing is parsed.
    pub fn embedded() -> Self {
        let count = word(0);
        let entries = (0..count)
            .map(|k| {
                let at = 4 + 16 * k;
                let (id, id_len, body, len) = (word(at), word(at + 4), word(at + 8), word(at + 12));
                // The build wrote the ids: they are ASCII.
                let id = std::str::from_utf8(&PACKED[id..id + id_len]).unwrap_or_default();
                Entry {
                    id: Id::Embedded(id),
                    body: Body::Packed(&PACKED[body..body + len]),
                    layer: Layer::BuiltIn,
                    enabled: true,
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
    let at = match word(0) {
        0 => 4,
        count => word(16 * count - 4) + word(16 * count),
    };
    postcard::from_bytes(&PACKED[at..]).expect("the build packed it")
}
