//! Compiles a parsed regex to a program.

use regex_syntax::hir::{Class, Hir, HirKind, Look, Repetition};
use regex_syntax::utf8::{Utf8Sequence, Utf8Sequences};

use super::set::Set;
use super::{ANCHORED, ANY, FIRST, HAS_FIRST, HEADER, LOOP_WORDS, SPLIT_WORDS, begin, look, op};

/// Longest code, in words; a longer one is that of a regex with thousands of states.
const MAX_CODE: usize = 4096;
/// Most byte sequences one Unicode class may need.
const MAX_SEQUENCES: usize = 24;
/// Most named captures.
const MAX_NAMES: usize = 64;

/// Writes the program of a regex; without code if the regex needs what programs cannot express.
pub fn make(hir: &Hir) -> Vec<u8> {
    let names = hir_names(hir);
    let mut writer = Writer::new(&names);
    let complete = names.len() <= MAX_NAMES && writer.whole(hir).is_some();
    if !complete {
        writer = Writer::new(&names);
    }
    writer.hints();
    let first = begin::first(hir);
    let anchored = hir.properties().look_set_prefix().contains(Look::Start);
    let mut flags = 0;
    flags |= if first.is_some() { HAS_FIRST } else { 0 };
    flags |= if anchored { ANCHORED } else { 0 };
    let classes = HEADER + writer.code.len();
    let names_at = 4 * (classes + 8 * writer.classes.len());
    let mut tail = Vec::new();
    for name in &names {
        let name = &name.as_bytes()[..name.len().min(usize::from(u8::MAX))];
        tail.push(name.len() as u8);
        tail.extend(name);
    }
    let mut words = vec![
        if complete { HEADER as u32 } else { 0 },
        writer.rows,
        names.len() as u32,
        flags,
        classes as u32,
        names_at as u32,
        first.as_ref().map_or(0, packed_members),
    ];
    debug_assert_eq!(words.len(), FIRST);
    words.extend(begin::leads(hir).iter().flat_map(Set::words));
    words.extend(&writer.code);
    words.extend(writer.classes.iter().flatten());
    let mut bytes: Vec<u8> = words.iter().flat_map(|word| word.to_le_bytes()).collect();
    bytes.extend(tail);
    bytes
}

/// The members of a set of one to three bytes, packed as the header keeps them.
fn packed_members(set: &Set) -> u32 {
    let members: Vec<u8> = set.members().take(4).collect();
    match members[..] {
        [a] => u32::from_le_bytes([a, 0, 0, 1]),
        [a, b] => u32::from_le_bytes([a, b, 0, 2]),
        [a, b, c] => u32::from_le_bytes([a, b, c, 3]),
        _ => 0,
    }
}

/// The lower-case letter of a class that is one letter in either case.
fn either_case(class: &Class) -> Option<u8> {
    let set = Set::of_class(class)?;
    let mut members = set.members();
    let (upper, lower) = (members.next()?, members.next()?);
    (members.next().is_none() && upper.is_ascii_uppercase() && lower == upper.to_ascii_lowercase())
        .then_some(lower)
}

/// The names of captures, in order.
fn hir_names(hir: &Hir) -> Vec<&str> {
    let mut names = Vec::new();
    let mut rest = vec![hir];
    while let Some(hir) = rest.pop() {
        if let HirKind::Capture(capture) = hir.kind()
            && let Some(name) = capture.name.as_deref()
            && !names.contains(&name)
        {
            names.push(name);
        }
        rest.extend(hir.kind().subs().iter().rev());
    }
    names
}

struct Writer<'h> {
    code: Vec<u32>,
    classes: Vec<[u32; 8]>,
    names: &'h [&'h str],
    rows: u32,
}

/// `None` if a program cannot express it.
type Written = Option<()>;

impl<'h> Writer<'h> {
    fn new(names: &'h [&'h str]) -> Self {
        Self {
            code: Vec::new(),
            classes: Vec::new(),
            names,
            rows: 0,
        }
    }

    fn whole(&mut self, hir: &Hir) -> Written {
        self.node(hir)?;
        self.code.push(op::MATCH);
        Some(())
    }

    fn here(&self) -> u32 {
        (HEADER + self.code.len()) as u32
    }

    fn emit(&mut self, op: u32, argument: u32) -> Written {
        if self.code.len() >= MAX_CODE {
            return None;
        }
        self.code.push(op | argument << 8);
        Some(())
    }

    fn row(&mut self) -> u32 {
        self.rows += 1;
        self.rows - 1
    }

    fn class(&mut self, set: &Set) -> u32 {
        let words = set.words();
        let known = self.classes.iter().position(|class| *class == words);
        known.unwrap_or_else(|| {
            self.classes.push(words);
            self.classes.len() - 1
        }) as u32
    }

    fn node(&mut self, hir: &Hir) -> Written {
        match hir.kind() {
            HirKind::Empty => Some(()),
            HirKind::Literal(literal) => self.text(op::TEXT, &literal.0),
            HirKind::Class(Class::Unicode(class)) if !class.is_ascii() => {
                let mut ways = Vec::new();
                for range in class.iter() {
                    ways.extend(Utf8Sequences::new(range.start(), range.end()));
                    if ways.len() > MAX_SEQUENCES {
                        return None;
                    }
                }
                let first = |way: &Utf8Sequence| Some(Set::of_place(&way.as_slice()[0]));
                self.ways(&ways, first, |writer, way| {
                    let mut ranges = way.as_slice().iter();
                    ranges.try_for_each(|range| writer.set(&Set::of_place(range)))
                })
            }
            HirKind::Class(class) => self.set(&Set::of_class(class)?),
            HirKind::Look(kind) => {
                let kind = match kind {
                    Look::Start => look::START,
                    Look::End => look::END,
                    Look::StartLF => look::START_LINE,
                    Look::EndLF => look::END_LINE,
                    Look::WordAscii => look::WORD,
                    Look::WordAsciiNegate => look::NO_WORD,
                    _ => return None,
                };
                self.emit(op::LOOK, kind)
            }
            HirKind::Capture(capture) => {
                let Some(name) = &capture.name else {
                    return self.node(&capture.sub);
                };
                let number = self.names.iter().position(|known| **known == **name)? as u32;
                self.emit(op::SAVE, 2 * number + 2)?;
                self.node(&capture.sub)?;
                self.emit(op::SAVE, 2 * number + 3)
            }
            HirKind::Concat(parts) => self.parts(parts),
            HirKind::Alternation(ways) => {
                self.ways(&begin::grouped(ways), begin::first, |writer, way| {
                    writer.node(way)
                })
            }
            HirKind::Repetition(rep) => self.repetition(rep),
        }
    }

    /// Writes parts one after the other. Neighbouring letters in either case become one text.
    fn parts(&mut self, parts: &[Hir]) -> Written {
        let mut at = 0;
        while at < parts.len() {
            let mut folded: Vec<u8> = Vec::new();
            let mut letters = 0;
            let mut next = at;
            while let Some(part) = parts.get(next) {
                match part.kind() {
                    HirKind::Literal(literal) if !literal.0.iter().any(u8::is_ascii_alphabetic) => {
                        folded.extend(&literal.0);
                    }
                    HirKind::Class(class) => match either_case(class) {
                        Some(letter) => {
                            folded.push(letter);
                            letters += 1;
                        }
                        None => break,
                    },
                    _ => break,
                }
                next += 1;
            }
            if letters >= 1 && next > at + 1 {
                self.text(op::FOLDED, &folded)?;
                at = next;
            } else {
                self.node(&parts[at])?;
                at += 1;
            }
        }
        Some(())
    }

    fn set(&mut self, set: &Set) -> Written {
        let mut members = set.members();
        match (members.next(), members.next()) {
            (Some(only), None) => self.emit(op::BYTE, u32::from(only)),
            _ => {
                let class = self.class(set);
                self.emit(op::SET, class)
            }
        }
    }

    fn text(&mut self, op: u32, text: &[u8]) -> Written {
        match text {
            [] => Some(()),
            [byte] if op == op::TEXT => self.emit(op::BYTE, u32::from(*byte)),
            _ => {
                self.emit(op, text.len() as u32)?;
                for four in text.chunks(4) {
                    let mut word = [0; 4];
                    word[..four.len()].copy_from_slice(four);
                    self.code.push(u32::from_le_bytes(word));
                }
                (self.code.len() <= MAX_CODE).then_some(())
            }
        }
    }

    /// Writes an alternation, whose first matching way wins. `first` gives the bytes that a way may begin
    /// with, unless it may be empty.
    fn ways<W>(
        &mut self,
        ways: &[W],
        first: impl Fn(&W) -> Option<Set>,
        write: impl Fn(&mut Self, &W) -> Written,
    ) -> Written {
        let Some((last, others)) = ways.split_last() else {
            // A class without members.
            return self.set(&Set::NONE);
        };
        let firsts: Vec<Option<Set>> = ways.iter().map(first).collect();
        let mut ends = Vec::new();
        for (k, way) in others.iter().enumerate() {
            let rest = firsts[k + 1..]
                .iter()
                .copied()
                .reduce(|all, one| Some(all?.with(&one?)));
            let split = self.split(op::SPLIT, firsts[k], rest.flatten())?;
            write(self, way)?;
            self.emit(op::JUMP, 0)?;
            ends.push(self.code.len());
            self.code.push(0);
            self.code[split] = self.here();
        }
        write(self, last)?;
        let here = self.here();
        for end in ends {
            self.code[end] = here;
        }
        Some(())
    }

    /// Writes a split whose ways begin with these bytes; returns where its target is to be filled in.
    fn split(&mut self, op: u32, here: Option<Set>, there: Option<Set>) -> Option<usize> {
        let row = self.row();
        self.emit(op, row)?;
        let class = |writer: &mut Self, set: Option<Set>| set.map_or(ANY, |s| writer.class(&s));
        let (here, there) = (class(self, here), class(self, there));
        self.code.extend([0, here, there]);
        Some(self.code.len() - 3)
    }

    fn repetition(&mut self, rep: &Repetition) -> Written {
        if let Some(set) = Set::of_one(&rep.sub) {
            let (class, row) = (self.class(&set), self.row());
            let op = if rep.greedy { op::LOOP } else { op::LOOP_LAZY };
            self.emit(op, row)?;
            let most = rep.max.unwrap_or(ANY);
            // Two rows: one for the ways out, one for the entries.
            self.rows += u32::from(most != ANY);
            self.code.extend([class, rep.min, most, ANY]);
            return Some(());
        }
        let first = begin::first(&rep.sub);
        let op = if rep.greedy {
            op::SPLIT
        } else {
            op::SPLIT_LAZY
        };
        let empty = rep
            .sub
            .properties()
            .minimum_len()
            .is_none_or(|len| len == 0);
        match (rep.min, rep.max) {
            (0, None) if !empty => {
                let top = self.here();
                let split = self.split(op, first, None)?;
                self.node(&rep.sub)?;
                self.jump(top)?;
                self.code[split] = self.here();
            }
            // A body that may be empty: `(x+)?`, so that an empty turn ends the loop after its captures.
            (0, None) => {
                let split = self.split(op, first, None)?;
                self.once_or_more(rep)?;
                self.code[split] = self.here();
            }
            (least, None) => {
                for _ in 1..least {
                    self.node(&rep.sub)?;
                }
                self.once_or_more(rep)?;
            }
            (least, Some(most)) => {
                for _ in 0..least {
                    self.node(&rep.sub)?;
                }
                let mut splits = Vec::new();
                for _ in least..most {
                    splits.push(self.split(op, first, None)?);
                    self.node(&rep.sub)?;
                }
                let here = self.here();
                for split in splits {
                    self.code[split] = here;
                }
            }
        }
        Some(())
    }

    fn once_or_more(&mut self, rep: &Repetition) -> Written {
        let top = self.here();
        self.node(&rep.sub)?;
        // A greedy loop tries another turn first.
        let op = if rep.greedy {
            op::SPLIT_LAZY
        } else {
            op::SPLIT
        };
        let split = self.split(op, None, begin::first(&rep.sub))?;
        self.code[split] = top;
        Some(())
    }

    fn jump(&mut self, to: u32) -> Written {
        self.emit(op::JUMP, 0)?;
        self.code.push(to);
        Some(())
    }

    /// Tells each loop the byte that must follow it, if there is exactly one.
    fn hints(&mut self) {
        let mut at = 0;
        while at < self.code.len() {
            let words = words_of(self.code[at]);
            if matches!(self.code[at] & 0xff, op::LOOP | op::LOOP_LAZY) {
                self.code[at + LOOP_WORDS - 1] = self.byte_at(at + words);
            }
            at += words;
        }
    }

    /// The one byte that the code at a place must begin with.
    fn byte_at(&self, mut at: usize) -> u32 {
        loop {
            let word = self.code[at];
            match word & 0xff {
                op::SAVE => at += 1,
                op::JUMP => {
                    let to = self.code[at + 1] as usize - HEADER;
                    // Only forward, since a cycle of jumps would never end.
                    if to <= at {
                        return ANY;
                    }
                    at = to;
                }
                op::BYTE => return word >> 8,
                op::TEXT => return self.code[at + 1] & 0xff,
                _ => return ANY,
            }
        }
    }
}

/// Length of an instruction, in words.
fn words_of(word: u32) -> usize {
    match word & 0xff {
        op::TEXT | op::FOLDED => 1 + ((word >> 8) as usize).div_ceil(4),
        op::JUMP => 2,
        op::SPLIT | op::SPLIT_LAZY => SPLIT_WORDS,
        op::LOOP | op::LOOP_LAZY => LOOP_WORDS,
        _ => 1,
    }
}
