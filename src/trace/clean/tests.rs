//! Cleaning, fast and slow.

use super::*;

#[test]
fn both_masks_agree() {
    let mut state = 7u64;
    for _ in 0..20_000 {
        let chunk: [u8; 64] = std::array::from_fn(|_| {
            state = state
                .wrapping_mul(6364136223846793005)
                .wrapping_add(1442695040888963407);
            (state >> 33) as u8 >> (state >> 60 & 3)
        });
        assert_eq!(mask(&chunk), mask_portable(&chunk));
    }
}

/// Byte by byte: what the fast way must agree with.
fn slow(src: &[u8], joins: &[usize], at_eof: bool, block: &mut Block) {
    block.reserve(src.len() + 66);
    let mut buf = std::mem::take(&mut block.buf);
    let (mut i, mut o, mut join) = (0, block.len, 0);
    loop {
        while joins.get(join).is_some_and(|at| *at <= i) {
            block.joins.push((o, 1));
            join += 1;
        }
        match src.get(i) {
            None => break,
            Some(&ESC) => {
                while src.get(i) == Some(&ESC) {
                    note_colours(&src[i..], &buf[..o], block);
                    i += escape::len_any(&src[i..]);
                }
            }
            Some(b'\r') => {
                while src.get(i) == Some(&b'\r') {
                    i += 1;
                }
                let mut behind = i;
                while src.get(behind) == Some(&0) {
                    behind += 1;
                }
                if !(behind == src.len() && at_eof || src.get(behind) == Some(&b'\n')) {
                    o = slow_lone_cr(&mut buf, o, block);
                }
            }
            Some(&b) if special(b) => i += 1,
            Some(&b) => {
                buf[o] = b;
                o += 1;
                i += 1;
            }
        }
    }
    block.buf = buf;
    block.len = o;
}

fn slow_lone_cr(buf: &mut [u8], mut o: usize, block: &mut Block) -> usize {
    let low = block.fresh.max(o.saturating_sub(MARKER_REACH));
    let newline = buf[low..o].iter().rposition(|b| *b == b'\n');
    let piece = newline.map_or(low, |k| low + k + 1);
    let found = marker::at_end(&buf[piece..o])
        .map(|(at, m)| (piece + at, m.edge, m.unix, m.name.to_owned()));
    let mut border = Border::Overwritten;
    if let Some((at, ..)) = found {
        o = at;
        border = Border::Marker;
        for join in block.joins.iter_mut().filter(|join| join.0 > o) {
            join.0 = o;
        }
    }
    if o > piece {
        buf[o] = b'\n';
        block.borders.push(PieceEnd::new(o, border));
        o += 1;
    }
    if let Some((_, edge, unix, name)) = found {
        let mark = SectionMark {
            at: o,
            edge,
            unix,
            name,
        };
        block.marks.push(mark);
    }
    o
}

type State<'b> = (
    &'b [u8],
    &'b [PieceEnd],
    &'b [(usize, u64)],
    &'b [SectionMark],
    &'b [usize],
    Option<usize>,
);

fn state(block: &Block) -> State<'_> {
    (
        &block.buf[..block.len],
        &block.borders,
        &block.joins,
        &block.marks,
        &block.greens,
        block.coloured_from,
    )
}

const FRAGMENTS: &[&[u8]] = &[
    b"\x1b",
    b"\x1b\x1b\x1b\x1b\x1b\x1b\x1b\x1b\x1b\x1b",
    b"\r",
    b"\r\r\r\r\r\r\r\r\r",
    b"\n",
    b"\r\n",
    b"\0",
    b"\x08\x08",
    b"\x7f",
    b"\x1b[0m",
    b"\x1b[32;1m$ make",
    b"\x1b[0K",
    b"travis_fold:start:x\r\x1b[0K",
    b"\x1b[0;m",
    b"\x1b[38;2;249;38;114m",
    b"\x1b[38;2;249;38;1144;1m",
    b"\x1b]0;title\x07",
    b"\x1b]8;;https://example.com/\x1b\\",
    b"\x1b(B",
    b"\x1b[",
    b"\x1b[1\xc3",
    b"section_start:1:a_b",
    b"section_end:22:step_script\r\x1b[0K",
    b"section_start:3:x[collapsed=true]\r",
    b"word ",
    b"1:a",
    b"0123456789abcdefghij",
    b"a tab\t and \xc3\xa9 and no control character in more than sixty-four bytes, to the end of it",
];

proptest::proptest! {
    #![proptest_config(proptest::prelude::ProptestConfig { cases: 3000, failure_persistence: None, ..Default::default() })]

    #[test]
    fn the_fast_way_equals_the_slow_one(
        parts in proptest::collection::vec((0..FRAGMENTS.len() + 1, 1usize..150), 0..60),
        joins in proptest::collection::vec(0usize..1000, 0..4),
        at_eof: bool,
        before in proptest::option::of(0..FRAGMENTS.len()),
    ) {
        let mut src = Vec::new();
        for &(k, count) in &parts {
            match FRAGMENTS.get(k) {
                Some(fragment) => src.extend_from_slice(fragment),
                None => src.resize(src.len() + count, 0),
            }
        }
        let mut joins: Vec<usize> = joins.into_iter().map(|join| join.min(src.len())).collect();
        joins.sort_unstable();
        let (mut block, mut other) = (Block::default(), Block::default());
        for block in [&mut block, &mut other] {
            // Something may have been carried over.
            let carried = before.map_or(&b""[..], |k| FRAGMENTS[k]);
            clean(b"history\n", &[], false, block);
            block.fresh = block.len;
            slow(carried, &[], false, block);
        }
        clean(&src, &joins, at_eof, &mut block);
        slow(&src, &joins, at_eof, &mut other);
        proptest::prop_assert_eq!(state(&block), state(&other));
    }
}

fn cleaned(src: &[u8]) -> String {
    let mut block = Block::default();
    clean(src, &[], true, &mut block);
    String::from_utf8(block.buf[..block.len].to_vec()).unwrap()
}

#[test]
fn escapes_and_controls_go_and_lone_carriage_returns_end_pieces() {
    assert_eq!(cleaned(b"\x1b[32;1m$ make\x1b[0;m\n"), "$ make\n");
    assert_eq!(
        cleaned(b"10%\r20%\rdone\r\nnext\r\r\n\x07\x00\x08x\ty\n"),
        "10%\n20%\ndone\nnext\nx\ty\n"
    );
    assert_eq!(cleaned(b"a\r\x1b[K\r\x1b[Kb\n"), "a\nb\n");
    assert_eq!(cleaned(b"last\r"), "last");
}

#[test]
fn markers_are_taken_out_and_end_the_line_before() {
    let mut block = Block::default();
    clean(
        b"left section_start:7:a_b[x=y]\r\x1b[0Kright\n",
        &[],
        true,
        &mut block,
    );
    assert_eq!(&block.buf[..block.len], b"left \nright\n");
    assert_eq!(block.marks.len(), 1);
    assert_eq!(
        (block.marks[0].at, block.marks[0].name.as_str()),
        (6, "a_b")
    );
    assert_eq!(block.borders, [PieceEnd::new(5, Border::Marker)]);
}
