//! Lines longer than a window, and cuts in the middle of things.

use crate::rows::{Chunked, Reading, read, read_with};

/// Every way of cutting must give the same.
#[track_caller]
fn same_however_cut(log: &[u8]) -> Reading {
    same_with(&[16 << 10, 20_001, 64 << 10, 100_003], log)
}

#[track_caller]
fn same_with(buffers: &[usize], log: &[u8]) -> Reading {
    let whole = read(log);
    for &buffer in buffers {
        for sizes in [&[usize::MAX][..], &[4096, 1, 7], &[16 << 10]] {
            let other = read_with(Chunked::new(log, sizes), buffer);
            if let Some(difference) = other.difference(&whole) {
                panic!("buffer {buffer}, {} bytes: {difference}", log.len());
            }
        }
    }
    whole
}

/// A line of that length that tells where one is in it.
fn ruler(length: usize) -> Vec<u8> {
    let mut out = Vec::new();
    while out.len() < length {
        out.extend(format!("{:07} ", out.len()).bytes());
    }
    out.truncate(length);
    if let Some(last) = out.last_mut() {
        *last = b'.';
    }
    out
}

#[test]
fn a_line_of_any_length_is_cut_the_same_way() {
    const STEP: usize = 60 << 10;
    for base in [
        16 << 10,
        STEP,
        64 << 10,
        2 * STEP,
        2 * STEP + (4 << 10),
        256 << 10,
    ] {
        for more in [0, 1, 2, 33, 4096] {
            for length in [base + more, base - more] {
                let log = [b"before\n", &ruler(length)[..], b"\nbehind\n"].concat();
                let reading = same_however_cut(&log);
                assert_eq!(reading.lines, 3, "{length}");
                assert!(reading.clean == log, "{length}");
                let last = reading.rows.last().unwrap();
                assert_eq!((last.line, &last.text[..]), (3, "behind"));
            }
        }
    }
}

#[test]
fn windows_overlap_and_only_the_first_begins_the_line() {
    let log = [&ruler(200_000)[..], b"\n"].concat();
    let reading = same_however_cut(&log);
    let rows = &reading.rows;
    assert!(rows.len() >= 4);
    assert!(!rows[0].goes_on && rows[1..].iter().all(|row| row.goes_on));
    assert!(rows.iter().all(|row| row.line == 1));
    for pair in rows.windows(2) {
        let end = &pair[0].piece[pair[0].piece.len() - 4096..];
        assert!(pair[1].piece.starts_with(end), "4 KB are seen twice");
    }
}

#[test]
fn characters_are_not_torn_at_the_border_of_a_window() {
    for shift in 0..3 {
        let log = format!("{}{}\n", "x".repeat(shift), "한".repeat(60_000));
        for row in same_however_cut(log.as_bytes()).rows {
            assert!(!row.text.contains('\u{fffd}'), "shift {shift}");
        }
    }
}

#[test]
fn nothing_is_torn_at_the_border_of_a_buffer() {
    let header = "2026-05-01T10:00:00.123456Z 01O";
    let things = [
        "\x1b[38;2;1;2;3m".to_owned(),
        format!("\x1b]8;;https://example.com/{}\x1b\\", "p".repeat(3000)),
        "\x1b]0;title\x07".to_owned(),
        "\x1b(B".to_owned(),
        "\r\r\r\n".to_owned(),
        "\r".repeat(700),
        format!("\n{header}+"),
        format!("\n{header} "),
        format!("\r\n{header}+\n{header}+\n"),
        format!("\x1b[3\n{header}+2m"),
        format!("\x1b]8;;https://example.com\n{header}+/a\x1b\\"),
        "\rsection_start:1700000000:build_things[collapsed=true]\r\x1b[0K".to_owned(),
        "section_end:1700000000:build_things\r\x1b[0K".to_owned(),
        "한글😀".to_owned(),
        "\n\x1b[32;1m$ make all\x1b[0;m\n".to_owned(),
    ];
    for thing in &things {
        for before in [0, 1, 2, 3, thing.len() / 2, thing.len() - 1, thing.len()] {
            for line in [&b"one long line "[..], b"a line\n"] {
                let mut log = format!("{header} ").into_bytes();
                log.extend(line.iter().cycle().take((16 << 10) - log.len() - before));
                log.extend(thing.bytes());
                log.extend(b"and then\nsome more\n");
                same_with(&[16 << 10], &log);
            }
        }
    }
}

#[test]
fn a_run_of_carriage_returns_longer_than_the_buffer_is_one() {
    let log = [
        "a",
        &"\r".repeat(50_000),
        "\nb",
        &"\r".repeat(50_000),
        "c\n",
    ]
    .concat();
    let reading = same_however_cut(log.as_bytes());
    assert_eq!(reading.numbered(), [(1, "a"), (2, "b"), (2, "c")]);
    assert_eq!(reading.shown(), [("a", vec![]), ("c", vec![])]);
}
