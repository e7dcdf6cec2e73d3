//! The reader once more, without streams, blocks and tables: what it must agree with.

use jobtriage::trace::{escape, marker, stamp};

/// Pieces with their raw line numbers, empty ones left out, and the markers taken out.
#[derive(Debug, Default, PartialEq, Eq)]
pub struct Naive {
    pub pieces: Vec<(u64, Vec<u8>)>,
    pub marks: Vec<String>,
}

/// Reads a whole log.
pub fn read(log: &[u8]) -> Naive {
    let (bytes, lines) = join(log);
    let mut out = Naive::default();
    let mut piece: Vec<(u64, u8)> = Vec::new();
    let mut at = 0;
    while at < bytes.len() {
        match bytes[at] {
            b'\n' => {
                end_piece(&mut out, &mut piece);
                at += 1;
            }
            b'\r' => {
                while bytes.get(at) == Some(&b'\r') {
                    at += 1;
                }
                if at < bytes.len() && bytes[at] != b'\n' {
                    let text: Vec<u8> = piece.iter().map(|(_, b)| *b).collect();
                    if let Some((from, mark)) = marker::at_end(&text) {
                        out.marks.push(format!("{:?} {}", mark.edge, mark.name));
                        piece.truncate(from);
                    }
                    end_piece(&mut out, &mut piece);
                }
            }
            0x1b => at += escape::len_any(&bytes[at..]),
            b if b < 0x20 && b != b'\t' || b == 0x7f => at += 1,
            b => {
                piece.push((lines[at], b));
                at += 1;
            }
        }
    }
    end_piece(&mut out, &mut piece);
    out
}

/// Keeps what was read. A piece of more than 64 KiB is looked at in windows that see 2 KiB beyond their 60 KiB on both
/// sides.
fn end_piece(out: &mut Naive, piece: &mut Vec<(u64, u8)>) {
    const STEP: usize = 60 << 10;
    const SIGHT: usize = 2 << 10;
    let piece = std::mem::take(piece);
    let bytes: Vec<u8> = piece.iter().map(|(_, b)| *b).collect();
    if piece.is_empty() {
        return;
    }
    if bytes.len() <= 64 << 10 {
        out.pieces.push((piece[0].0, bytes));
        return;
    }
    let torn = |at: usize| bytes.get(at).is_some_and(|b| b & 0xc0 == 0x80);
    for start in (0..bytes.len()).step_by(STEP) {
        // No character is torn; bytes that are none may be.
        let (from, to) = (start.saturating_sub(SIGHT), start + STEP + SIGHT);
        let first = (from..from + 4).find(|&at| from == 0 || !torn(at));
        let last = (to - 3..=to).rev().find(|&at| !torn(at));
        let (from, to) = (first.unwrap_or(from), last.unwrap_or(to).min(bytes.len()));
        out.pieces.push((piece[start].0, bytes[from..to].to_vec()));
    }
}

/// Takes out the newlines and headers of continuations; tells the raw line of every byte left.
fn join(log: &[u8]) -> (Vec<u8>, Vec<u64>) {
    let (mut bytes, mut lines) = (Vec::new(), Vec::new());
    let (mut at, mut line) = (0, 1);
    while at < log.len() {
        if log[at] == b'\n' && stamp::header(&log[at + 1..]) == Some(true) {
            at += 1 + stamp::LEN;
            line += 1;
            continue;
        }
        bytes.push(log[at]);
        lines.push(line);
        line += u64::from(log[at] == b'\n');
        at += 1;
    }
    (bytes, lines)
}
