//! The reader against a terminal emulator that others wrote (`vt100`): a person sees the same text on both.
//!
//! What both agree to do, and nothing else, is generated: printable text, with double-width and combining characters; line ends;
//! CSI sequences that change no text (colours, modes, cursor shape), in every form that the standard lets a parameter take;
//! OSC, DCS, APC, PM and SOS strings with either end; charset and keypad escapes; BEL and NUL; a line that is erased before it
//! is written anew (`CR` + `CSI K`, `CSI 2K` + `CR` + text, `CSI K` anywhere at its end).
//!
//! They differ by intent where a log is no screen: the reader keeps what a lone CR overwrites in part (the shown line is what
//! stands behind the last CR, as GitLab shows it), drops cursor movements, backspaces and tab stops, ends every sequence at the
//! end of its line, and takes none longer than its bounds.

use std::num::NonZeroU16;

use jobtriage::trace::BlockReader;
use proptest::prelude::*;

const COLUMNS: u16 = 400;
const ROWS: u16 = 50;

/// The lines of the screen.
fn on_screen(log: &str) -> Vec<String> {
    let size = |n| NonZeroU16::new(n).unwrap();
    let mut terminal = vt100::Parser::new(size(ROWS), size(COLUMNS), 0);
    // A terminal driver puts the CR before every LF.
    terminal.process(log.replace('\n', "\r\n").as_bytes());
    let rows = terminal.screen().rows(0, COLUMNS);
    trimmed(rows.map(|row| row.trim_end().to_owned()).collect())
}

/// The lines that the reader shows: those that no lone CR overwrote.
fn read(log: &str, buffer: usize) -> Vec<String> {
    let mut reader = BlockReader::with_buffer(log.as_bytes(), buffer);
    let mut lines = Vec::new();
    while let Some(block) = reader.next_block() {
        let (bytes, mut at) = (block.bytes(), block.start());
        while at < block.owned() {
            let end = at + bytes[at..].iter().position(|b| *b == b'\n').unwrap();
            if !block.overwritten(end) {
                let text = String::from_utf8(bytes[at..end].to_vec()).unwrap();
                lines.push(text.trim_end().to_owned());
            }
            at = end + 1;
        }
    }
    trimmed(lines)
}

fn trimmed(mut lines: Vec<String>) -> Vec<String> {
    while lines.last().is_some_and(String::is_empty) {
        lines.pop();
    }
    lines
}

fn text() -> impl Strategy<Value = String> {
    prop_oneof![
        6 => "[ -~]{0,12}",
        1 => prop::sample::select(vec![
            "오류: 실패", "→ ●", "é", "e\u{301}", "日本", "│ 12 │", "✗", "$ make", "[0K", "[31;1m", "0;31m",
        ]).prop_map(str::to_owned),
    ]
}

/// Parameters of a CSI sequence: numbers, missing ones, colon forms.
fn parameters() -> impl Strategy<Value = String> {
    let one = prop_oneof![
        3 => (0u16..120).prop_map(|n| n.to_string()),
        1 => Just(String::new()),
        1 => Just("38;5;208".to_owned()),
        1 => Just("48;2;1;22;255".to_owned()),
        1 => Just("4:3".to_owned()),
        1 => Just("38:2::10:20:30".to_owned()),
    ];
    prop::collection::vec(one, 0..5).prop_map(|all| all.join(";"))
}

/// A sequence that leaves the text as it is.
fn invisible() -> impl Strategy<Value = String> {
    let body = prop_oneof![
        "[ -~]{0,20}",
        Just("8;;https://git.example.com/a?b=c".to_owned()),
        Just("0;작업 제목".to_owned()),
        Just("52;c;aGVsbG8=".to_owned()),
        Just("133;A".to_owned()),
    ];
    let end = prop::sample::select(vec!["\x07", "\x1b\\"]);
    prop_oneof![
        6 => parameters().prop_map(|p| format!("\x1b[{p}m")),
        1 => prop::sample::select(vec![
            "\x1b[?25l", "\x1b[?25h", "\x1b[?2004h", "\x1b[?2004l", "\x1b[>4;2m", "\x1b[?1l", "\x1b[ q", "\x1b[2 q",
        ]).prop_map(str::to_owned),
        1 => prop::sample::select(vec!["\x1b(B", "\x1b)0", "\x1b=", "\x1b>", "\x07", "\0", "\x1b#5"])
            .prop_map(str::to_owned),
        2 => (body, end).prop_map(|(body, end)| format!("\x1b]{body}{end}")),
        1 => (prop::sample::select(vec!['P', 'X', '^', '_']), "[ -~]{0,20}")
            .prop_map(|(kind, body)| format!("\x1b{kind}{body}\x1b\\")),
    ]
}

/// What erases the line so far, or nothing of it.
fn erasing() -> impl Strategy<Value = String> {
    prop::sample::select(vec![
        "\r\x1b[K",
        "\r\x1b[0K",
        "\x1b[2K\r.",
        "\r\x1b[2K",
        "\r\r\x1b[K",
        "\r\x1b[K\r",
        "\x1b[K",
    ])
    .prop_map(str::to_owned)
}

fn line() -> impl Strategy<Value = String> {
    let piece = prop_oneof![4 => text(), 4 => invisible(), 1 => erasing()];
    prop::collection::vec(piece, 0..14).prop_map(|pieces| narrow(&pieces.concat()))
}

/// The line without what makes it look like UTF-16: a second NUL, or one that is the other half of a last CR.
fn narrow(line: &str) -> String {
    let (before, behind) = line.split_once('\0').unwrap_or((line, ""));
    let behind = behind.replace('\0', "");
    let nul = if before.len() < line.len() && !(before.ends_with('\r') && behind.is_empty()) {
        "\0"
    } else {
        ""
    };
    format!("{before}{nul}{behind}")
}

fn log() -> impl Strategy<Value = String> {
    prop::collection::vec(line(), 0..20).prop_map(|lines| lines.join("\n"))
}

proptest! {
    #![proptest_config(ProptestConfig { failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn the_reader_shows_what_a_screen_shows(log in log()) {
        let read = read(&log, 16 << 10);
        prop_assert_eq!(&read, &on_screen(&log), "{:?}", log);
    }

    /// The same, where the sequences fall on every place of the reader's buffer.
    #[test]
    fn also_across_the_end_of_a_buffer(log in log(), before in 0usize..400) {
        let filler = format!("{}\n", "x".repeat(200)).repeat((16 << 10) / 201 - 1) + &"y".repeat(before) + "\n";
        let after = read(&format!("{filler}{log}"), 16 << 10);
        let lines = filler.lines().count();
        prop_assert_eq!(&after[lines.min(after.len())..], &on_screen(&log)[..], "{:?}", log);
    }
}

#[test]
fn progress_that_erases_its_line() {
    for log in [
        "10%\r\x1b[K20%\r\x1b[Kdone\nnext",
        "\x1b[32mok\x1b[0m\r\x1b[K\nnext",
        "a long line\x1b[2K\rshort\n",
        "\r\x1b[K\r\0",
        "\x1b]0;title\x07\x1b]8;;https://e.example.com\x1b\\link\x1b]8;;\x1b\\ text\n",
    ] {
        assert_eq!(read(log, 16 << 10), on_screen(log), "{log:?}");
    }
}
