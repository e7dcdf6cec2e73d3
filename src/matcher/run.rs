//! Runs a program over a text with backtracking. No place of the program is tried twice at one place of the
//! text.

use std::cell::RefCell;

use super::{
    ANCHORED, ANY, Beyond, FIRST, FIRST_BYTES, Found, HAS_FIRST, HEADER, LEADS, LOOP_WORDS,
    Program, SPLIT_WORDS, look, op,
};

/// Most words of tried places, 1 MiB: enough for any built-in program on the longest window of a line.
const MAX_TRIED: usize = 1 << 17;

/// Most frames on the stack.
const MAX_FRAMES: usize = 1 << 17;
/// Steps that a run may take for each row and each byte. Only regexes written to be slow need more.
const STEPS: usize = 8;

/// What to do when the current way fails.
#[derive(Debug, Clone, Copy)]
enum Frame {
    /// Continue at another place.
    Try { pc: u32, at: u32 },
    /// Restore a slot.
    Slot { slot: u32, old: u32 },
    /// Take one byte less in the loop at `pc`.
    Less { pc: u32, least: u32, at: u32 },
    /// Take one byte more, up to a place.
    More { pc: u32, most: u32, at: u32 },
}

/// A slot with no value.
const NONE: u32 = u32::MAX;

#[derive(Debug)]
struct Memory {
    tried: Vec<u64>,
    frames: Vec<Frame>,
    slots: Vec<u32>,
}

thread_local! {
    static MEMORY: RefCell<Memory> = const {
        RefCell::new(Memory { tried: Vec::new(), frames: Vec::new(), slots: Vec::new() })
    };
}

/// The leftmost match that begins at or behind `at`.
pub(super) fn find(program: Program<'_>, text: &[u8], at: usize) -> Result<Option<Found>, Beyond> {
    if at > text.len() || program.flags() & ANCHORED != 0 && at > 0 {
        return Ok(None);
    }
    let row = (text.len() - at) / 64 + 1;
    let words = row * program.rows();
    let steps = STEPS * (program.rows() + 4) * (text.len() - at + 64);
    if !program.is_complete() || words > MAX_TRIED || text.len() >= NONE as usize {
        return Err(Beyond);
    }
    MEMORY.with_borrow_mut(|memory| {
        memory.tried.clear();
        memory.tried.resize(words, 0);
        memory.slots.clear();
        memory.slots.resize(2 + 2 * program.captures(), NONE);
        let mut run = Run {
            program,
            text,
            base: at,
            row,
            memory,
            steps,
        };
        let found = run.find();
        let is_spent = run.steps == 0;
        memory.frames.shrink_to(MAX_FRAMES >> 5);
        if is_spent { Err(Beyond) } else { Ok(found) }
    })
}

/// Whether two texts of one length are equal. The first four bytes tell most of them apart.
#[inline(always)]
fn is_same(a: &[u8], b: &[u8]) -> bool {
    match (a.split_first_chunk::<4>(), b.split_first_chunk::<4>()) {
        (Some((a, a_rest)), Some((b, b_rest))) => a == b && a_rest == b_rest,
        _ => a == b,
    }
}

struct Run<'r> {
    program: Program<'r>,
    text: &'r [u8],
    /// The offset from which tried places are counted.
    base: usize,
    /// Words in a row.
    row: usize,
    memory: &'r mut Memory,
    /// Steps left; 0 after they ran out or the stack was full.
    steps: usize,
}

impl Run<'_> {
    fn find(&mut self) -> Option<Found> {
        let (flags, mut at) = (self.program.flags(), self.base);
        loop {
            if flags & HAS_FIRST != 0 {
                let upto = if flags & ANCHORED != 0 {
                    1
                } else {
                    self.text.len()
                };
                at = self.next_start(at, upto)?;
            }
            if let Some(end) = self.match_end(at) {
                return Some(self.found(at, end));
            }
            if self.steps == 0 {
                return None;
            }
            at += 1;
            if at > self.text.len() || flags & ANCHORED != 0 {
                return None;
            }
        }
    }

    /// The next place below `upto` whose bytes may begin a match.
    fn next_start(&self, mut at: usize, upto: usize) -> Option<usize> {
        let [a, b, c, count] = self.word(FIRST_BYTES).to_le_bytes();
        loop {
            let rest = self.text.get(at..upto)?;
            at += match count {
                1 => memchr::memchr(a, rest)?,
                2 => memchr::memchr2(a, b, rest)?,
                3 => memchr::memchr3(a, b, c, rest)?,
                _ => rest.iter().position(|&byte| self.is_in(FIRST, byte))?,
            };
            // A set is full if a match may end before it.
            let fits = |k: usize| match self.text.get(at + k) {
                Some(&byte) => self.is_in(FIRST + 8 * k, byte),
                None => true,
            };
            if (1..LEADS).all(fits) {
                return Some(at);
            }
            at += 1;
        }
    }

    fn found(&self, start: usize, end: usize) -> Found {
        let pair = |pair: &[u32]| match pair {
            [NONE, _] | [_, NONE] => None,
            pair => Some((pair[0] as usize, pair[1] as usize)),
        };
        Found {
            whole: (start, end),
            captures: self.memory.slots[2..].chunks(2).map(pair).collect(),
        }
    }

    #[inline(always)]
    fn is_in(&self, set: usize, byte: u8) -> bool {
        self.program.is_in(set, byte)
    }

    /// Whether a way may begin with that byte. [`ANY`] means that nothing is known about the way.
    #[inline(always)]
    fn may_begin(&self, class: u32, next: Option<u8>) -> bool {
        let set = || self.program.classes() + 8 * class as usize;
        class == ANY || next.is_some_and(|byte| self.is_in(set(), byte))
    }

    #[inline(always)]
    fn word(&self, k: usize) -> u32 {
        self.program.word(k)
    }

    /// Marks a place as tried; false if it already was.
    #[inline(always)]
    fn is_new(&mut self, row: u32, at: usize) -> bool {
        let at = at - self.base;
        let word = &mut self.memory.tried[row as usize * self.row + at / 64];
        let bit = 1 << (at % 64);
        let new = *word & bit == 0;
        *word |= bit;
        new
    }

    /// Marks where a loop may be left, from a place up to the first one that is already marked or that the
    /// class does not reach; returns that place.
    fn mark(&mut self, row: u32, set: usize, from: usize) -> usize {
        let rest = self.text.len() - self.base;
        let mut at = from - self.base;
        loop {
            let k = row as usize * self.row + at / 64;
            let (word, low) = (self.memory.tried[k], at % 64);
            let free = ((word >> low).trailing_zeros() as usize).min(64 - low);
            let bytes = &self.text[self.base + at..self.base + rest.min(at + free)];
            let other = bytes.iter().position(|&byte| !self.is_in(set, byte));
            let looked_at = other.unwrap_or(bytes.len());
            let (many, ends) = match other {
                Some(k) => (k + 1, true),
                // The end of the text is a place too.
                None if bytes.len() < free => (bytes.len() + 1, true),
                None => (free, free < 64 - low),
            };
            if many > 0 {
                self.memory.tried[k] |= u64::MAX >> (64 - many) << low;
            }
            at += many;
            self.spend(looked_at);
            if ends {
                return at + self.base;
            }
        }
    }

    /// The end of a match that begins at `start`.
    fn match_end(&mut self, start: usize) -> Option<usize> {
        let text = self.text;
        self.memory.frames.clear();
        let (mut pc, mut at) = (HEADER, start);
        loop {
            if self.memory.frames.len() > MAX_FRAMES {
                self.steps = 0;
            }
            if !self.spend(1) {
                return None;
            }
            let word = self.word(pc);
            let argument = word >> 8;
            let goes_on = match word & 0xff {
                op::MATCH => return Some(at),
                op::BYTE => {
                    let is = text
                        .get(at)
                        .is_some_and(|&byte| u32::from(byte) == argument);
                    at += 1;
                    pc += 1;
                    is
                }
                op::SET => {
                    let set = self.program.classes() + 8 * argument as usize;
                    let is = text.get(at).is_some_and(|&byte| self.is_in(set, byte));
                    at += 1;
                    pc += 1;
                    is
                }
                op::TEXT | op::FOLDED => {
                    let len = argument as usize;
                    let wanted = &self.program.0[4 * (pc + 1)..4 * (pc + 1) + len];
                    let here = text.get(at..at + len);
                    at += len;
                    pc += 1 + len.div_ceil(4);
                    here.is_some_and(|here| match word & 0xff {
                        op::TEXT => is_same(here, wanted),
                        _ => {
                            // The first byte alone tells most of them apart.
                            here[0] | 0x20 == wanted[0] | 0x20 && here.eq_ignore_ascii_case(wanted)
                        }
                    })
                }
                op::SAVE => {
                    let slot = &mut self.memory.slots[argument as usize];
                    let old = std::mem::replace(slot, at as u32);
                    let slot = argument;
                    self.memory.frames.push(Frame::Slot { slot, old });
                    pc += 1;
                    true
                }
                op::LOOK => {
                    pc += 1;
                    self.holds(argument, at)
                }
                op::JUMP => {
                    pc = self.word(pc + 1) as usize;
                    true
                }
                op::SPLIT | op::SPLIT_LAZY => {
                    let (mut first, mut second) = (pc + SPLIT_WORDS, self.word(pc + 1) as usize);
                    let next = text.get(at).copied();
                    let (mut leads, mut may) = (
                        self.may_begin(self.word(pc + 2), next),
                        self.may_begin(self.word(pc + 3), next),
                    );
                    if word & 0xff == op::SPLIT_LAZY {
                        std::mem::swap(&mut first, &mut second);
                        std::mem::swap(&mut leads, &mut may);
                    }
                    pc = if leads { first } else { second };
                    if leads && may && self.is_new(argument, at) {
                        let (pc, at) = (second as u32, at as u32);
                        self.memory.frames.push(Frame::Try { pc, at });
                        true
                    } else {
                        leads != may && self.is_new(argument, at)
                    }
                }
                op::LOOP | op::LOOP_LAZY => {
                    if let Some(frame) = self.enter(word, pc, at) {
                        self.memory.frames.push(frame);
                    }
                    false
                }
                _ => unreachable!("the build wrote the program"),
            };
            if !goes_on {
                (pc, at) = self.backtrack()?;
            }
        }
    }

    /// Takes steps off the rest; false if none are left.
    #[inline(always)]
    fn spend(&mut self, steps: usize) -> bool {
        self.steps = self.steps.saturating_sub(steps);
        self.steps > 0
    }

    /// Returns to the most recent untried way.
    fn backtrack(&mut self) -> Option<(usize, usize)> {
        loop {
            match self.memory.frames.pop()? {
                Frame::Try { pc, at } => return Some((pc as usize, at as usize)),
                Frame::Slot { slot, old } => self.memory.slots[slot as usize] = old,
                Frame::Less { pc, least, at } => {
                    if let Some(way) = self.leave_greedy(pc, least, at as usize) {
                        return Some(way);
                    }
                }
                Frame::More { pc, most, at } => {
                    if let Some(way) = self.leave_lazy(pc, most, at as usize) {
                        return Some(way);
                    }
                }
            }
        }
    }

    /// Runs through the least turns of a loop, and if it is greedy, through all that it can take.
    ///
    /// A loop without a bound marks where it may be left, since from a marked place there is nothing new to
    /// try. With a bound, the number of turns matters too, so entries and ways out are marked separately.
    fn enter(&mut self, word: u32, pc: usize, at: usize) -> Option<Frame> {
        let (row, least, most) = (word >> 8, self.word(pc + 2), self.word(pc + 3));
        let set = self.program.classes() + 8 * self.word(pc + 1) as usize;
        let text = self.text;
        let first = text.get(at..at + least as usize)?;
        if !first.iter().all(|&byte| self.is_in(set, byte)) || most != ANY && !self.is_new(row, at)
        {
            return None;
        }
        let start = at + least as usize;
        let until = match most {
            ANY => text.len(),
            most => text.len().min(at + most as usize),
        };
        if word & 0xff == op::LOOP_LAZY {
            let (pc, most, at) = (pc as u32, until as u32, start as u32);
            return Some(Frame::More { pc, most, at });
        }
        let end = match most {
            ANY => self.mark(row, set, start),
            _ => {
                let bytes = &text[start..until];
                let other = bytes.iter().position(|&byte| !self.is_in(set, byte));
                let end = other.map_or(until, |k| start + k) + 1;
                self.spend(end - start);
                end
            }
        };
        let (pc, least, at) = (pc as u32, start as u32, end as u32);
        Some(Frame::Less { pc, least, at })
    }

    /// Leaves a greedy loop at the last possible place from `least` to below `until`.
    fn leave_greedy(&mut self, pc: u32, least: u32, mut until: usize) -> Option<(usize, usize)> {
        let start = pc as usize;
        let (row, most, next) = (
            self.word(start) >> 8,
            self.word(start + 3),
            self.word(start + 4),
        );
        let least_at = least as usize;
        while until > least_at {
            let mut at = until - 1;
            if next != ANY {
                let upto = self.text.len().min(until);
                at = least_at + memchr::memrchr(next as u8, &self.text[least_at..upto])?;
            }
            if most == ANY || self.is_new(row + 1, at) {
                if at > least_at {
                    let at = at as u32;
                    self.memory.frames.push(Frame::Less { pc, least, at });
                }
                return Some((start + LOOP_WORDS, at));
            }
            until = at;
        }
        None
    }

    /// Leaves a lazy loop at the first possible place from `at` to `most`.
    fn leave_lazy(&mut self, pc: u32, most: u32, mut at: usize) -> Option<(usize, usize)> {
        let start = pc as usize;
        let (row, bound, next) = (
            self.word(start) >> 8,
            self.word(start + 3),
            self.word(start + 4),
        );
        let set = self.program.classes() + 8 * self.word(start + 1) as usize;
        loop {
            if bound == ANY && !self.is_new(row, at) {
                return None;
            }
            let fits = next == ANY || self.text.get(at).is_some_and(|&b| u32::from(b) == next);
            let leaves = fits && (bound == ANY || self.is_new(row + 1, at));
            let goes_on = at < most as usize && self.is_in(set, self.text[at]);
            if leaves {
                if goes_on {
                    let at = at as u32 + 1;
                    self.memory.frames.push(Frame::More { pc, most, at });
                }
                return Some((start + LOOP_WORDS, at));
            }
            if !goes_on || !self.spend(1) {
                return None;
            }
            at += 1;
        }
    }

    fn holds(&self, kind: u32, at: usize) -> bool {
        let before = at.checked_sub(1).map(|k| self.text[k]);
        let behind = self.text.get(at).copied();
        let word = |byte: Option<u8>| byte.is_some_and(|b| b.is_ascii_alphanumeric() || b == b'_');
        match kind {
            look::START => before.is_none(),
            look::END => behind.is_none(),
            look::START_LINE => before.is_none_or(|b| b == b'\n'),
            look::END_LINE => behind.is_none_or(|b| b == b'\n'),
            look::WORD => word(before) != word(behind),
            _ => word(before) == word(behind),
        }
    }
}
