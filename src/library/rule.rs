//! The part of a pattern that the engine needs, in a form that is read in place: its regexes as programs, and
//! what its positional conditions look for. The texts for people stay packed until a report needs them.
//!
//! Layout, all words `u32` little endian: flags and counts; [`WORDS`] words for each regex; the
//! [needs](Needs) of their matches. The programs stand behind the rule, or in the library behind all rules,
//! since a rule is read far more often than a program is run. Regexes are numbered: alternatives, then
//! positional conditions ([`Pattern::near`]), then the conditions on commands.

use super::literal;
use super::matcher::{self, Needs, Program};
use crate::pattern::checked::{Condition, Expr, Near, Pattern};
use crate::pattern::schema::{On, PatternStatus, Scope, Side};

/// Words of a regex: its kind, the distance of a condition, the offset of its program from the rule's start,
/// and the offset of its needs.
const WORDS: usize = 4;
const RETIRED: u32 = 1 << 31;
/// Flag of a condition that no literal finds.
const UNKEYED: u32 = 1 << 8;
/// No distance is set.
const FAR: u32 = u32::MAX;

/// The rule of a pattern.
#[derive(Debug, Clone, Copy)]
pub struct Rule<'l>(&'l [u8]);

/// A positional condition.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Watch {
    /// Which of the three kinds.
    pub kind: Near,
    /// Most lines away.
    pub within: Option<u32>,
    /// How far it looks.
    pub scope: Scope,
    /// The prefilter finds its lines.
    pub keyed: bool,
}

/// A rule that has no place yet.
pub struct Packed {
    words: Vec<u32>,
    needs: Vec<u8>,
    programs: Vec<u8>,
}

impl Packed {
    /// Bytes of the rule.
    pub fn size(&self) -> usize {
        4 * self.words.len() + self.needs.len()
    }

    /// Its programs.
    pub fn programs(&self) -> &[u8] {
        &self.programs
    }

    /// The rule for a place at which its programs begin `distance` bytes behind its start.
    pub fn at_distance(&self, distance: usize) -> Vec<u8> {
        // Only the word with the program's offset changes.
        let is_place = |k: usize| k % WORDS == 3;
        let words = self.words.iter().enumerate();
        let placed = words.map(|(k, &word)| word + if is_place(k) { distance as u32 } else { 0 });
        let mut bytes: Vec<u8> = placed.flat_map(u32::to_le_bytes).collect();
        bytes.extend(&self.needs);
        bytes
    }

    /// The rule, directly followed by its programs.
    pub fn whole(&self) -> Vec<u8> {
        let mut bytes = self.at_distance(self.size());
        bytes.extend(&self.programs);
        bytes
    }
}

/// Packs the rule of a pattern.
pub fn pack(pattern: &Pattern) -> Packed {
    let near: Vec<&Condition> = pattern.near().collect();
    let commands: Vec<&Expr> = pattern.commands().collect();
    let counts = [pattern.matches.len(), near.len(), commands.len()];
    let mut words = vec![counts.iter().rev().fold(0, |all, &n| all << 10 | n as u32)];
    if pattern.status == PatternStatus::Retired {
        words[0] |= RETIRED;
    }
    let needs_at = 4 * (1 + WORDS * counts.iter().sum::<usize>());
    let (mut needs, mut programs) = (Vec::new(), Vec::new());
    let mut add = |what: u32, within: Option<u32>, expr: &Expr| {
        let at = [programs.len() as u32, (needs_at + needs.len()) as u32];
        words.extend([what, within.unwrap_or(FAR), at[0], at[1]]);
        // The parser accepts every regex of a loaded pattern.
        if let Ok(hir) = literal::parse(&expr.source, expr.ignore_case, expr.unicode) {
            programs.extend(matcher::make(&hir));
            needs.extend(Needs::pack(&literal::needs(&hir)));
        }
    };
    for one in &pattern.matches {
        add(u32::from(one.on == On::Command), None, &one.regex);
    }
    for condition in near {
        if let Condition::Near {
            kind,
            watch,
            within,
            scope,
        } = condition
        {
            let keyed = if watch.literals.is_empty() {
                UNKEYED
            } else {
                0
            };
            let kind = KINDS.iter().position(|k| k == kind).unwrap_or_default();
            let scope = SCOPES.iter().position(|s| s == scope).unwrap_or_default();
            add(keyed | (scope as u32) << 4 | kind as u32, *within, watch);
        }
    }
    for expr in commands {
        add(0, None, expr);
    }
    Packed {
        words,
        needs,
        programs,
    }
}

const KINDS: [Near; 5] = [
    Near::Before,
    Near::After,
    Near::Absent(Side::Before),
    Near::Absent(Side::After),
    Near::Absent(Side::Both),
];
const SCOPES: [Scope; 3] = [Scope::Command, Scope::Section, Scope::Job];

impl<'l> Rule<'l> {
    /// The rule at the start of these bytes; other data may follow.
    pub fn new(bytes: &'l [u8]) -> Self {
        Self(bytes)
    }

    #[inline]
    fn word(self, k: usize) -> u32 {
        matcher::word(self.0, 4 * k)
    }

    fn count(self, k: u32) -> usize {
        (self.word(0) >> (10 * k) & 0x3ff) as usize
    }

    /// Whether the pattern is kept only for its id.
    pub fn is_retired(self) -> bool {
        self.word(0) & RETIRED != 0
    }

    /// The number of alternatives.
    pub fn matches(self) -> usize {
        self.count(0)
    }

    /// The lines that an alternative matches; `None` if the number is not that of one.
    pub fn on(self, number: usize) -> Option<On> {
        (number < self.matches()).then(|| match self.word(1 + WORDS * number) {
            0 => On::Output,
            _ => On::Command,
        })
    }

    /// The positional condition with that number; `None` if the number is not that of one.
    pub fn watch(self, number: usize) -> Option<Watch> {
        let slot = number.checked_sub(self.matches())?;
        if slot >= self.count(1) {
            return None;
        }
        let (what, within) = (self.word(1 + WORDS * number), self.word(2 + WORDS * number));
        Some(Watch {
            kind: KINDS[(what & 0xf) as usize],
            within: (within != FAR).then_some(within),
            scope: SCOPES[(what >> 4 & 0xf) as usize],
            keyed: what & UNKEYED == 0,
        })
    }

    /// Every positional condition with its number.
    pub fn watches(self) -> impl Iterator<Item = (usize, Watch)> {
        (self.matches()..self.matches() + self.count(1))
            .filter_map(move |number| Some((number, self.watch(number)?)))
    }

    /// The number of the `k`-th condition on commands.
    pub fn command(self, k: usize) -> Option<usize> {
        (k < self.count(2)).then(|| self.matches() + self.count(1) + k)
    }

    /// The program of a regex, and the needs of its matches.
    pub fn program(self, number: usize) -> Option<(Program<'l>, Needs<'l>)> {
        let count: usize = (0..3).map(|k| self.count(k)).sum();
        if number >= count {
            return None;
        }
        let part = |k: usize| &self.0[self.word(k + WORDS * number) as usize..];
        Some((Program::new(part(3)), Needs::new(part(4))))
    }
}
