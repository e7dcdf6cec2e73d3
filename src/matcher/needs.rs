//! Texts that every match of a regex contains. Most lines lack one, and then need no program.
//!
//! Layout: a byte with their number; then for each text its length, the offset of its rarest byte, and the
//! bytes.

/// Longest text that is required, in bytes; the program checks the rest of a longer one.
const MAX_LEN: usize = 250;
/// Bytes of folded text from the most to the least frequent; all others are rarer.
const FREQUENT: &[u8] = b" etoairnsdlcp/-.:mufghbyw_0v1k23x=4j56'q789z";

/// The needs of a regex, in the form that [`Needs::pack`] wrote.
#[derive(Debug, Clone, Copy)]
pub struct Needs<'p>(&'p [u8]);

impl<'p> Needs<'p> {
    /// Packs the folded texts that every match contains, in order and without overlaps.
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

    /// The needs at the start of these bytes; other data may follow.
    pub fn new(bytes: &'p [u8]) -> Self {
        Self(bytes)
    }

    /// Whether a text contains all of them in order. The text is folded: bit 5 of each byte is set.
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

/// The first occurrence of a text, found by its rarest byte.
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
