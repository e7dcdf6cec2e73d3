//! Sets of bytes, used while a program is written.

use std::ops::RangeInclusive;

use regex_syntax::hir::{Class, Hir, HirKind};
use regex_syntax::utf8::{Utf8Range, Utf8Sequences};

/// A set of any of the 256 bytes.
#[derive(Clone, Copy)]
pub(super) struct Set([bool; 256]);

impl Set {
    pub(super) const NONE: Self = Self([false; 256]);
    pub(super) const ALL: Self = Self([true; 256]);

    /// The bytes of these ranges.
    pub(super) fn of(ranges: impl IntoIterator<Item = RangeInclusive<u8>>) -> Self {
        let mut set = Self::NONE;
        for range in ranges {
            set.0[usize::from(*range.start())..=usize::from(*range.end())].fill(true);
        }
        set
    }

    pub(super) fn of_byte(byte: u8) -> Self {
        Self::of([byte..=byte])
    }

    /// One place of a UTF-8 sequence.
    pub(super) fn of_place(range: &Utf8Range) -> Self {
        Self::of([range.start..=range.end])
    }

    /// What a class matches, if it matches single bytes only.
    pub(super) fn of_class(class: &Class) -> Option<Self> {
        match class {
            Class::Bytes(class) => Some(Self::of(class.iter().map(|r| r.start()..=r.end()))),
            Class::Unicode(class) => class.is_ascii().then(|| {
                let ascii = |c: char| c as u8;
                Self::of(class.iter().map(|r| ascii(r.start())..=ascii(r.end())))
            }),
        }
    }

    /// The first bytes of everything that a class matches.
    pub(super) fn of_leads(class: &Class) -> Self {
        match (Self::of_class(class), class) {
            (None, Class::Unicode(class)) => {
                let sequences = class
                    .iter()
                    .flat_map(|r| Utf8Sequences::new(r.start(), r.end()));
                sequences.fold(Self::NONE, |all, one| {
                    all.with(&Self::of_place(&one.as_slice()[0]))
                })
            }
            (set, _) => set.unwrap_or(Self::NONE),
        }
    }

    /// What a regex matches, if it matches single bytes only.
    pub(super) fn of_one(hir: &Hir) -> Option<Self> {
        match hir.kind() {
            HirKind::Class(class) => Self::of_class(class),
            HirKind::Literal(literal) => match literal.0[..] {
                [byte] => Some(Self::of_byte(byte)),
                _ => None,
            },
            _ => None,
        }
    }

    /// The union of both.
    pub(super) fn with(mut self, other: &Self) -> Self {
        for (one, other) in self.0.iter_mut().zip(&other.0) {
            *one |= other;
        }
        self
    }

    pub(super) fn members(&self) -> impl Iterator<Item = u8> {
        (0..=u8::MAX).filter(|&byte| self.0[usize::from(byte)])
    }

    /// The set as programs keep it: one bit for each byte.
    pub(super) fn words(&self) -> [u32; 8] {
        let mut words = [0; 8];
        for byte in self.members() {
            words[usize::from(byte) / 32] |= 1 << (byte % 32);
        }
        words
    }
}
