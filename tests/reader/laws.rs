//! What holds for every log, made of the things that logs are made of.

use jobtriage::trace::BlockReader;
use proptest::prelude::*;

use crate::naive;
use crate::rows::{Chunked, read, read_with};

/// Texts, control sequences, markers and damaged bytes; `clock` adds the runner's headers.
fn fragment(clock: bool) -> impl Strategy<Value = Vec<u8>> {
    let name = prop::sample::select(vec![
        "step_script",
        "get_sources",
        "after_script",
        "my.section-1",
        "section_script_step_0",
    ]);
    let edge = prop::sample::select(vec!["section_start", "section_end"]);
    let options = prop::sample::select(vec!["", "", "[collapsed=true, hide_duration=true]"]);
    let end = prop::sample::select(vec!["\r\x1b[0K", "\r\x1b[0K", "\n", "[0K", ""]);
    let marker = (edge, name, options, end).prop_map(|(edge, name, options, end)| {
        format!("{edge}:1700000000:{name}{options}{end}").into_bytes()
    });
    let header = if clock {
        prop::sample::select(vec![
            "\n2026-05-01T10:00:00.123456Z 01O+",
            "\n2026-05-01T10:00:00.123456Z 01E ",
            "\r\n2026-05-01T10:00:00.123456Z 00O+",
            "2026-05-01T10:00:00.123456Z 00O ",
        ])
    } else {
        prop::sample::select(vec!["\n2026-05-01T10:00:00.123456Z 01E ", "\n"])
    };
    let escapes = prop::sample::select(vec![
        "\x1b[0m",
        "\x1b[32;1m",
        "\x1b[38;2;1;2;3m",
        "\x1b[2K",
        "\x1b[0K",
        "\x1b[?25l",
        "\x1b]8;;https://example.com/a\x1b\\",
        "\x1b]0;title\x07",
        "\x1b]never ended",
        "\x1b(B",
        "\x1b",
        "\x1b[",
        "\x1b[1;",
        "\x1b\\",
        "\x1bP1;2q~\x1b\\",
    ]);
    let lines = prop::sample::select(vec![
        "Running with gitlab-runner 14.2.0 (58ba2b95)\n  on abcd RsSnGR_s\n",
        "\x1b[32;1m$ make test\x1b[0;m\n",
        "$ make test\n",
        "[32;1m$ make test[0;m\n",
        "\x1b[31;1mERROR: Job failed: exit code 1\n\x1b[0;m\n",
        "Job succeeded\n",
        "Executing \"step_script\" stage of the job script\n",
        "error: something + something else\n",
        "#12 3.456 E: Unable to locate package\n",
        "web-1  | panic: boom\n",
        "Receiving objects:  50% (1/2)\rReceiving objects: 100% (2/2)\n",
    ]);
    prop_oneof![
        4 => "[ -~]{0,30}".prop_map(String::into_bytes),
        2 => prop::sample::select(vec!["\n", "\n", "\r\n", "\r", "\r\r\n", "\t"])
            .prop_map(|s| s.as_bytes().to_vec()),
        3 => escapes.prop_map(|s| s.as_bytes().to_vec()),
        2 => marker,
        2 => header.prop_map(|s| s.as_bytes().to_vec()),
        3 => lines.prop_map(|s| s.as_bytes().to_vec()),
        1 => prop::sample::select(vec!["é", "한글", "😀", "\u{fffd}", "●│"])
            .prop_map(|s| s.as_bytes().to_vec()),
        1 => prop::collection::vec(prop_oneof![0u8..0x20, 0x7fu8..=0xff], 1..4),
        1 => (200usize..6000, any::<u8>()).prop_map(|(n, b)| vec![b; n]),
    ]
}

/// Bytes that show themselves in few words when a law is broken.
#[derive(Clone)]
struct Log(Vec<u8>);

impl std::fmt::Debug for Log {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        let end = self.0.len().saturating_sub(300);
        write!(
            f,
            "{} bytes, … {}",
            self.0.len(),
            self.0[end..].escape_ascii()
        )
    }
}

fn log(clock: bool) -> impl Strategy<Value = Log> {
    prop::collection::vec(fragment(clock), 0..60).prop_map(|parts| Log(parts.concat()))
}

/// A log that begins close to the border of the smallest buffer: there the reader has to decide where to cut.
fn log_at_a_border() -> impl Strategy<Value = Log> {
    let before = (any::<bool>(), 0usize..400).prop_map(|(one_line, room)| {
        let unit = if one_line {
            &b"padding "[..]
        } else {
            b"padding\n"
        };
        let length = (16 << 10) - room;
        unit.iter()
            .copied()
            .cycle()
            .take(length)
            .collect::<Vec<u8>>()
    });
    let long = (1usize..5).prop_map(|n| b"a long line goes on and on, ".repeat(n * 1500));
    (before, log(true), long, log(true))
        .prop_map(|(before, log, long, more)| Log([before, log.0, long, more.0].concat()))
}

fn stripped(log: &[u8]) -> Vec<u8> {
    let mut reader = BlockReader::new(log);
    let mut out = Vec::new();
    while let Some(block) = reader.next_block() {
        out.extend_from_slice(&block.bytes()[block.start()..block.owned()]);
    }
    out
}

type Pieces = [(u64, Vec<u8>)];

/// The first pair that differs, cut short.
fn differs(a: &Pieces, b: &Pieces) -> Option<(String, String)> {
    let short = |p: Option<&(u64, Vec<u8>)>| {
        p.map_or("none".to_owned(), |(line, bytes)| {
            let text = String::from_utf8_lossy(&bytes[bytes.len().saturating_sub(80)..]);
            format!("{line} ({} bytes): {text}", bytes.len())
        })
    };
    (0..a.len().max(b.len()))
        .find(|&k| a.get(k) != b.get(k))
        .map(|k| (short(a.get(k)), short(b.get(k))))
}

fn config(cases: u32) -> ProptestConfig {
    let asked = std::env::var("PROPTEST_CASES").ok();
    ProptestConfig {
        cases: asked.and_then(|n| n.parse().ok()).unwrap_or(cases),
        max_shrink_iters: 300,
        failure_persistence: None,
        ..ProptestConfig::default()
    }
}

#[test]
fn an_echo_may_be_nothing_but_its_sign() {
    for log in ["$ \n2026-05-01T10:00:00.123456Z 01O+", "$ \n", "$ "] {
        assert!(!read(log.as_bytes()).rows.is_empty());
    }
}

proptest! {
    #![proptest_config(config(400))]

    #[test]
    fn no_control_character_but_tab_and_newline_comes_out(log in log(true)) {
        for byte in stripped(&log.0) {
            prop_assert!(byte >= 0x20 && byte != 0x7f || byte == b'\t' || byte == b'\n');
        }
        for row in read(&log.0[..]).rows {
            let c0 = |c: char| c.is_ascii_control() && c != '\t';
            prop_assert!(!row.text.contains(c0));
        }
    }

    #[test]
    fn stripping_twice_changes_nothing(log in log(false)) {
        let once = stripped(&log.0);
        prop_assert_eq!(stripped(&once), once);
    }

    #[test]
    fn pieces_and_numbers_are_those_of_a_plain_reading(log in log(true)) {
        let reading = read(&log.0[..]);
        let pieces: Vec<(u64, Vec<u8>)> = reading
            .rows
            .iter()
            .filter(|row| !row.piece.is_empty())
            .map(|row| (row.line, row.piece.clone()))
            .collect();
        let naive = naive::read(&log.0);
        prop_assert!(pieces == naive.pieces, "{:?}", differs(&pieces, &naive.pieces));
        prop_assert_eq!(reading.marks, naive.marks);
    }

    #[test]
    fn numbers_count_newlines(lines in prop::collection::vec("[a-z +]{1,12}(\x1b\\[0m)?\r?", 1..80)) {
        let log = lines.join("\n");
        for row in read(log.as_bytes()).rows {
            let raw = log.split('\n').nth(row.line as usize - 1).unwrap();
            prop_assert!(raw.starts_with(&row.text));
        }
    }
}

proptest! {
    #![proptest_config(config(150))]

    #[test]
    fn chunks_and_buffers_make_no_difference(
        log in log_at_a_border(),
        sizes in prop::collection::vec(1usize..40_000, 1..5),
        buffer in 16usize << 10..80 << 10,
    ) {
        let whole = read(&log.0[..]);
        let other = read_with(Chunked::new(&log.0, &sizes), buffer);
        let difference = other.difference(&whole);
        prop_assert!(difference.is_none(), "{}", difference.unwrap_or_default());
    }

    #[test]
    fn the_smallest_buffer_reads_as_plainly_as_the_largest(log in log_at_a_border()) {
        let naive = naive::read(&log.0);
        let reading = read_with(&log.0[..], 0);
        let mut pieces: Vec<(u64, Vec<u8>)> = Vec::new();
        for row in reading.rows.iter().filter(|row| !row.piece.is_empty()) {
            pieces.push((row.line, row.piece.clone()));
        }
        prop_assert!(pieces == naive.pieces, "{:?}", differs(&pieces, &naive.pieces));
    }
}
