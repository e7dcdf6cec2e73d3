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
use crate::model::Lang;
use crate::pattern::checked::{More, Pattern, names};
use crate::pattern::literal;
use crate::pattern::schema::Text;
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

/// The patterns in force and the tables that find them.
///
/// A pattern has an index: first come those of the program, which stay packed until they are asked for, then a user's own.
#[derive(Debug)]
pub struct Library {
    /// How many patterns of the program there are, replaced ones included; 0 for a library without them.
    built_in: u32,
    /// Patterns that do not come with the program, in id order.
    own: Vec<Own>,
    /// The indices of all patterns in id order, replaced ones left out; empty where that is how they are numbered.
    order: Vec<u32>,
    /// Patterns of the program whose ids the own ones have taken.
    replaced: BTreeSet<u32>,
    /// Few of them are ever loaded: the others must cost no more than a pointer.
    loaded: Box<[OnceLock<Box<Loaded>>]>,
    disabled: BTreeSet<u32>,
    trailer: OnceLock<Trailer>,
    /// Of the program, of the own patterns.
    tables: Vec<Tables>,
    awaited: Vec<Tables>,
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
    more: OnceLock<Box<More>>,
}

impl Loaded {
    fn new(pattern: Pattern) -> Self {
        let count = pattern.exprs().count();
        Self {
            regexes: (0..count).map(|_| OnceLock::new()).collect(),
            pattern,
            more: OnceLock::new(),
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
            built_in: word(0) as u32,
            own: Vec::new(),
            order: Vec::new(),
            replaced: BTreeSet::new(),
            loaded: cells(word(0)),
            disabled: BTreeSet::new(),
            trailer: OnceLock::new(),
            tables: vec![Tables::new(TABLES.into())],
            awaited: vec![Tables::new(AWAITED.into())],
        }
    }

    /// A library of only these patterns, with new tables.
    pub fn of(patterns: Vec<Pattern>) -> Self {
        let mut library = Self {
            built_in: 0,
            tables: Vec::new(),
            awaited: Vec::new(),
            ..Self::embedded()
        };
        let layers = patterns.into_iter().map(|p| (p, Layer::BuiltIn));
        library.add(layers.collect());
        library
    }

    /// The patterns of the program with these over them, each in place of the one that has its id. The tables of the program
    /// stay as they are: only those of the patterns that were added are made now.
    pub(crate) fn with(own: Vec<(Pattern, Layer)>) -> Self {
        let mut library = Self::embedded();
        library.replaced = own
            .iter()
            .filter_map(|(p, _)| library.search(&p.id))
            .collect();
        library.add(own);
        let mut order: Vec<u32> = (0..library.loaded.len() as u32)
            .filter(|index| !library.replaced.contains(index))
            .collect();
        order.sort_by(|&a, &b| library.id(a).cmp(library.id(b)));
        library.order = order;
        library
    }

    /// Puts own patterns behind those of the program.
    fn add(&mut self, mut patterns: Vec<(Pattern, Layer)>) {
        patterns.sort_by(|(a, _), (b, _)| a.id.cmp(&b.id));
        let numbered = || (self.built_in..).zip(patterns.iter().map(|(p, _)| p));
        let mut trailer = packed_trailer();
        if self.built_in == 0 {
            trailer.unkeyed.clear();
        }
        trailer.unkeyed.extend(pack::unkeyed(numbered()));
        let frame = self.built_in == 0;
        let [tables, awaited] = pack::entries(numbered(), frame).map(|set| {
            Tables::new(gram::build(&set, &crate::prefilter::background::gram_cost).into())
        });
        self.tables.push(tables);
        self.awaited.push(awaited);
        self.trailer = OnceLock::from(trailer);
        self.loaded = cells(self.built_in as usize + patterns.len());
        let own = patterns.into_iter().map(|(pattern, layer)| Own {
            pattern,
            layer,
            rule: OnceLock::new(),
        });
        self.own = own.collect();
    }

    /// A pattern that is not embedded.
    fn own(&self, index: u32) -> Option<&Own> {
        self.own.get(index.checked_sub(self.built_in)? as usize)
    }

    /// A hash of the patterns in force. Libraries with equal digests give equal results.
    pub fn digest(&self) -> [u8; 32] {
        let mut hash = Sha256::new();
        for index in self.indices().filter(|&k| self.is_enabled(k)) {
            let (body, more) = match self.own(index) {
                None => {
                    let packed = packed(index);
                    (Cow::Borrowed(packed.body), packed.more)
                }
                // What cannot be written is no pattern that was read.
                Some(own) => {
                    let whole = postcard::to_allocvec(&own.pattern).unwrap_or_default();
                    (whole.into(), [].as_slice())
                }
            };
            for part in [self.id(index).as_bytes(), &body, more] {
                hash.update((part.len() as u64).to_le_bytes());
                hash.update(part);
            }
        }
        hash.finalize().into()
    }

    /// The tables of the prefilter: each finds literals of its own.
    pub fn tables(&self) -> &[Tables] {
        &self.tables
    }

    /// The same for lines that matter only behind a hit that waits for them.
    pub fn awaited(&self) -> &[Tables] {
        &self.awaited
    }

    /// The number of patterns, disabled ones included.
    pub fn len(&self) -> usize {
        self.loaded.len() - self.replaced.len()
    }

    /// Whether there are no patterns.
    pub fn is_empty(&self) -> bool {
        self.len() == 0
    }

    /// The number of enabled patterns.
    pub fn enabled(&self) -> usize {
        self.len() - self.disabled.len()
    }

    /// Whether a pattern is enabled.
    pub fn is_enabled(&self, index: u32) -> bool {
        let there = (index as usize) < self.loaded.len() && !self.replaced.contains(&index);
        there && !self.disabled.contains(&index)
    }

    /// The id of a pattern.
    pub fn id(&self, index: u32) -> &str {
        match self.own(index) {
            Some(own) => &own.pattern.id,
            None if index < self.built_in => packed(index).id,
            None => "",
        }
    }

    /// The layer a pattern comes from.
    pub fn layer(&self, index: u32) -> &Layer {
        self.own(index).map_or(&Layer::BuiltIn, |own| &own.layer)
    }

    /// The pattern of an index, without what few runs ask for ([`Self::more`]).
    ///
    /// # Panics
    /// If the index is not one of this library's.
    pub fn get(&self, index: u32) -> &Loaded {
        self.loaded[index as usize].get_or_init(|| {
            Box::new(Loaded::new(match self.own(index) {
                None => postcard::from_bytes(packed(index).body).expect("the build packed it"),
                Some(own) => own.pattern.clone(),
            }))
        })
    }

    /// What few runs ask of a pattern: its other languages and its examples.
    ///
    /// # Panics
    /// For an index that this library did not hand out.
    pub fn more(&self, index: u32) -> &More {
        let loaded = self.get(index);
        loaded.pattern.more.as_deref().unwrap_or_else(|| {
            loaded.more.get_or_init(|| {
                postcard::from_bytes(packed(index).more).expect("the build packed it")
            })
        })
    }

    /// A copy of a pattern with all that belongs to it.
    ///
    /// # Panics
    /// For an index that this library did not hand out.
    pub fn whole(&self, index: u32) -> Pattern {
        let mut pattern = self.get(index).pattern.clone();
        pattern.more = Some(Box::new(self.more(index).clone()));
        pattern
    }

    /// The texts of a pattern in a language, in English where it has no others.
    ///
    /// # Panics
    /// For an index that this library did not hand out.
    pub fn text(&self, index: u32, lang: Lang) -> &Text {
        let other = match lang {
            Lang::En => None,
            Lang::Ko => self.more(index).ko.as_ref(),
        };
        other.unwrap_or(&self.get(index).pattern.text)
    }

    /// What the engine asks of a pattern.
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
        self.search(id)
            .or_else(|| self.search(self.redirected(id)?))
    }

    /// The index of an id that was not renamed.
    fn search(&self, id: &str) -> Option<u32> {
        // Few are ever asked for by name.
        let (mut low, mut high) = (0, self.len());
        while low < high {
            let middle = low.midpoint(high);
            let index = self.at(middle);
            match self.id(index).cmp(id) {
                Ordering::Equal => return Some(index),
                Ordering::Less => low = middle + 1,
                Ordering::Greater => high = middle,
            }
        }
        None
    }

    /// The index that is so far behind the first one in id order.
    fn at(&self, place: usize) -> u32 {
        self.order.get(place).copied().unwrap_or(place as u32)
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

    /// Every index in id order.
    pub fn indices(&self) -> impl Iterator<Item = u32> {
        (0..self.len()).map(|place| self.at(place))
    }

    /// All patterns that one of these names (or `family/*`) refers to.
    pub fn named<'l>(&'l self, list: &'l [String]) -> impl Iterator<Item = u32> + 'l {
        self.indices().filter(|&k| names(list, self.id(k)))
    }
}

fn word(at: usize) -> usize {
    matcher::word(PACKED, at) as usize
}

/// A pattern that the build packed.
struct Packed {
    id: &'static str,
    /// The pattern without what is more.
    body: &'static [u8],
    more: &'static [u8],
}

fn packed(index: u32) -> Packed {
    let at = HEAD + ENTRY * index as usize;
    // Where a part starts, and behind it its length.
    let part = |at: usize| &PACKED[word(at)..][..word(at + 4)];
    Packed {
        // The build wrote the ids: they are ASCII.
        id: std::str::from_utf8(part(at)).unwrap_or_default(),
        body: part(at + 8),
        more: part(at + 20),
    }
}

fn cells(count: usize) -> Box<[OnceLock<Box<Loaded>>]> {
    (0..count).map(|_| OnceLock::new()).collect()
}

fn packed_trailer() -> Trailer {
    postcard::from_bytes(&PACKED[word(4)..]).expect("the build packed it")
}
