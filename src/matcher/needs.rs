//! Texts that every match of a regex contains: most lines lack one, and need no program.
//!
//! Layout: a byte with their number; for each a byte with its length, one with the place of its rarest byte, the text.

/// Longest text that is asked for; the rest of a longer one is left to the program.
const MAX_LEN: usize = 250;
/// Bytes of folded text from the most to the least frequent; those that are not here are rarer.
const FREQUENT: &[u8] = b" etoairnsdlcp/-.:mufghbyw_0v1k23x=4j56'q789z";

/// What the matches of a regex need, in the form in which [`Needs::pack`] wrote it.
#[derive(Debug, Clone, Copy)]
pub struct Needs<'p>(&'p [u8]);

impl<'p> Needs<'p> {
    /// Writes down folded texts that every match contains, in this order, side by side at most.
    pub fn pack(needs: &[Vec<u8>]) -> Vec<u8> {
        let needs = &needs[..needs.len().min(usize::from(u8::MAX))];
        let mut bytes = vec![needs.len() as u8];
        for need in needs {
            let need = &need[..need.len().min(MAX_LEN)];
            bytes.extend([need.len() as u8, rarest(need) as u8]);
            bytes.extend(need);
        }
        bytes
    }

    /// The needs that begin with these bytes; there may be more.
    pub fn new(bytes: &'p [u8]) -> Self {
        Self(bytes)
    }

    /// Do all of them stand in a text, one behind the other? The text is folded: bit 5 of each byte is set.
    pub fn are_met(self, folded: &[u8]) -> bool {
        let needs = self.0;
        let mut at = 1;
        let mut from = 0;
        for _ in 0..needs[0] {
            let (len, rare) = (usize::from(needs[at]), usize::from(needs[at + 1]));
            let need = &needs[at + 2..at + 2 + len];
            at += 2 + len;
            match find(&folded[from..], need, rare) {
                Some(found) => from += found + len,
                None => return false,
            }
        }
        true
    }
}

fn rarest(need: &[u8]) -> usize {
    let rank = |byte: &u8| {
        let frequent = FREQUENT.iter().position(|f| f == byte);
        frequent.unwrap_or(FREQUENT.len())
    };
    (0..need.len())
        .max_by_key(|&k| rank(&need[k]))
        .unwrap_or_default()
}

/// The first occurrence of a text, by its rarest byte.
fn find(text: &[u8], wanted: &[u8], rare: usize) -> Option<usize> {
    let last = text.len().checked_sub(wanted.len())?;
    let mut at = 0;
    while at <= last {
        let place = memchr::memchr(wanted[rare], &text[at + rare..=last + rare])?;
        at += place;
        if text[at..].starts_with(wanted) {
            return Some(at);
        }
        at += 1;
    }
    None
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn all_must_stand_there_in_their_order() {
        let bytes = Needs::pack(&[b"one ".to_vec(), b" two".to_vec()]);
        let met = |text: &[u8]| Needs::new(&bytes).are_met(text);
        assert!(met(b"say one and two"));
        assert!(!met(b" two one ") && !met(b"one two") && !met(b"") && !met(b"one  tw"));
        assert!(Needs::new(&Needs::pack(&[])).are_met(b""));
    }
}
