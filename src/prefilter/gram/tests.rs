//! What is found is what trying every literal everywhere finds.

use super::hash::{FACTORS, neighbourhood};
use super::*;

fn random(state: &mut u64) -> usize {
    *state = state
        .wrapping_mul(6364136223846793005)
        .wrapping_add(1442695040888963407);
    (*state >> 33) as usize
}

#[test]
fn every_occurrence_is_found_and_nothing_else() {
    let literals: [&[u8]; 8] = [
        b"error:",
        b"no space left",
        b"aaaaaaa",
        b"aaaaaaab",
        b"failed to pull",
        b"ababab",
        b"x12345",
        b"   x   ",
    ];
    let entries: Vec<Entry> = literals
        .iter()
        .enumerate()
        .map(|(k, l)| Entry {
            literal: l.iter().map(|b| b | 0x20).collect(),
            targets: vec![k as u32, 77],
            conditional: k == 3,
        })
        .collect();
    let tables = Tables::new(build(&entries, &|_| 0).into());
    let mut state = 1;
    for round in 0..4000 {
        let mut text: Vec<u8> = (0..random(&mut state) % 200)
            .map(|_| b"aAbB xe\n"[random(&mut state) % 8])
            .collect();
        for _ in 0..random(&mut state) % 4 {
            let literal = literals[random(&mut state) % literals.len()];
            let at = random(&mut state) % (text.len() + 1);
            text.splice(at..at, literal.iter().copied());
        }
        let mut got = Vec::new();
        tables.scan(&text, |id, at| got.push((id, at)));
        got.sort_unstable();
        let want = naive(&entries, &text);
        assert_eq!(got, want, "round {round}");
    }
    assert_eq!(tables.targets(2).collect::<Vec<_>>(), [2, 77]);
    assert_eq!(tables.targets(3).collect::<Vec<_>>(), [3, 77]);
    assert!(tables.is_conditional(3) && !tables.is_conditional(2));
}

/// Every occurrence, letter case aside, by trying every literal everywhere.
fn naive(entries: &[Entry], text: &[u8]) -> Vec<(u32, usize)> {
    let folded: Vec<u8> = text.iter().map(|b| b | 0x20).collect();
    let mut found = Vec::new();
    for (id, entry) in entries.iter().enumerate() {
        let windows = folded.windows(entry.literal.len()).enumerate();
        let here = windows.filter(|(_, window)| *window == entry.literal);
        found.extend(here.map(|(at, _)| (id as u32, at)));
    }
    found.sort_unstable();
    found
}

#[test]
fn literals_that_share_their_words_are_told_apart() {
    const WORDS: &[&str] = &[
        "error", " error ", "error: ", "failed", " to ", "x", "yz", "7",
    ];
    let mut state = 5;
    for round in 0..60 {
        let mut words = |n: usize| -> Vec<u8> {
            let words = (0..n).map(|_| WORDS[random(&mut state) % WORDS.len()]);
            words.collect::<String>().into_bytes()
        };
        let mut entries: Vec<Entry> = Vec::new();
        while entries.len() < 20 * (1 + round % 10) {
            let mut literal = words(2 + entries.len() % 4);
            literal.iter_mut().for_each(|b| *b |= 0x20);
            let is_new = entries.iter().all(|entry| entry.literal != literal);
            if literal.len() >= WINDOW && is_new {
                entries.push(Entry {
                    literal,
                    targets: vec![0],
                    conditional: false,
                });
            }
        }
        let tables = Tables::new(build(&entries, &|_| 0).into());
        let text = words(400);
        let mut got = Vec::new();
        tables.scan(&text, |id, at| got.push((id, at)));
        got.sort_unstable();
        assert_eq!(got, naive(&entries, &text), "round {round}");
    }
}

#[test]
fn every_byte_beside_a_gram_counts() {
    for before in 0..FACTORS.len() {
        let text = u64::from_le_bytes(*b"res: 1\0\0");
        let (word, _) = neighbourhood(text, before);
        for byte in 0..6 {
            let (other, _) = neighbourhood(text ^ 1 << (8 * byte), before);
            assert_ne!(word & 0xff, other & 0xff, "byte {byte}, {before} before");
        }
    }
}

#[test]
fn an_empty_library_finds_nothing() {
    let tables = Tables::new(build(&[], &|_| 0).into());
    tables.scan(b"anything at all, of any length whatsoever", |_, _| {
        panic!("found")
    });
}
