//! Lines that Windows PowerShell broke at the width of its window come out whole, and nothing else is joined.

use proptest::prelude::*;

use crate::naive;
use crate::rows::{Chunked, read, read_with};

/// Breaks a line as PowerShell does, between words or anywhere.
fn broken(line: &str, width: usize, words: bool) -> Vec<String> {
    let mut lines = vec![String::new()];
    let mut room = width;
    if line.chars().count() <= width {
        return vec![line.to_owned()];
    }
    let mut letters = |word: &str, room: &mut usize| {
        for c in word.chars() {
            if *room == 0 {
                lines.push(String::new());
                *room = width;
            }
            lines.last_mut().unwrap().push(c);
            *room -= 1;
        }
    };
    if !words {
        letters(line, &mut room);
        return lines;
    }
    for word in line.split_inclusive([' ', '\t']) {
        let len = word.chars().count();
        if len <= width && len > room {
            room = 0;
        }
        letters(word, &mut room);
    }
    lines
}

/// A window, and how the session breaks lines.
#[derive(Debug, Clone, Copy)]
struct Window {
    width: usize,
    words: bool,
}

impl Window {
    fn print(self, line: &str) -> String {
        let lines = broken(line, self.width, self.words);
        lines.iter().map(|line| format!("{line}\r\n")).collect()
    }

    /// A line of a frame: cut into pieces, each indented, all in one line again.
    fn framed(self, line: &str) -> String {
        let pieces: Vec<char> = line.chars().collect();
        let pieces = pieces.chunks(self.width - 5);
        let indented = pieces.map(|piece| format!("    {}", String::from_iter(piece)));
        self.print(&indented.collect::<String>())
    }

    /// The first record of a program: its message, the place, the command, the frame.
    fn record(self, program: &str, message: &str) -> String {
        let text = [
            self.print(&format!("{program} : {message}")),
            self.print("At line:1 char:1"),
            self.print(&format!("+ {program} build --all > build_log.txt 2>&1")),
            self.print(&format!("+ {}", "~".repeat(40))),
            self.framed(&format!(
                "+ CategoryInfo          : NotSpecified: ({message}:String) [], RemoteException"
            )),
            self.framed("+ FullyQualifiedErrorId : NativeCommandError"),
        ];
        text.concat() + " \r\n"
    }
}

const MESSAGE: &str = "error: cannot find symbol in C:/Users/dev/projects/shop/app/src/main.kt";
const LATER: &[&str] = &[
    "e: file:///C:/Users/dev/projects/shop/app/src/main/java/shop/cart/CartView.kt:81:29: unresolved reference 'total'.",
    "Your requirements could not be resolved to an installable set of packages.",
    "",
    "\tat shop.cart.CartViewModelFactory$Companion.createWithDefaultsAndLimits(CartViewModelFactory.kt:21)",
    "  Grüße aus dem Süden: 한글 in a message that is longer than any window of these is wide",
];

fn windows() -> impl Iterator<Item = Window> {
    let widths = [16, 21, 22, 23, 27, 38, 41, 49, 57, 64, 74, 79, 83, 100];
    widths
        .into_iter()
        .flat_map(|width| [true, false].map(|words| Window { width, words }))
}

#[test]
fn broken_lines_come_out_whole_under_the_number_of_their_first_piece() {
    // A line, or its last piece, that fills the window looks like one that goes on.
    let is_told = |window: &Window| {
        let lens = LATER.iter().map(|line| line.chars().count());
        let mut lens = lens.filter(|len| *len > 0);
        !lens.any(|len| len == window.width || !window.words && len % window.width == 0)
    };
    for window in windows().filter(is_told) {
        let mut log = "> Task :app:preBuild UP-TO-DATE\r\n".to_owned();
        let mut whole = vec![(1, "> Task :app:preBuild UP-TO-DATE".to_owned())];
        log += &window.record("./gradlew", MESSAGE);
        whole.push((2, "./gradlew :".to_owned()));
        let first = broken(
            &format!("./gradlew : {MESSAGE}"),
            window.width,
            window.words,
        );
        let is_alone = first[0] == "./gradlew : ";
        whole.push((2 + u64::from(is_alone), MESSAGE.to_owned()));
        for line in LATER {
            whole.push((log.lines().count() as u64 + 1, (*line).to_owned()));
            log += &window.print(line);
        }
        // What goes to stdout is not broken.
        let long = "> Task :app:compileDebugKotlin FAILED, and a long line that nobody broke anywhere at all";
        whole.push((log.lines().count() as u64 + 1, long.to_owned()));
        log += &format!("{long}\r\n");
        let reading = read(log.as_bytes());
        let rows: Vec<(u64, String)> = reading
            .rows
            .iter()
            .map(|row| (row.line, row.text.clone()))
            .collect();
        for row in &whole {
            let near = || rows.iter().filter(|(line, _)| *line >= row.0).take(2);
            assert!(
                rows.contains(row),
                "{window:?}: {row:?}\n{:#?}",
                near().collect::<Vec<_>>()
            );
        }
        let frame = "    + FullyQualifiedErrorId : NativeCommandError";
        assert!(rows.iter().any(|row| row.1 == frame), "{window:?}");
        let category = format!(
            "    + CategoryInfo          : NotSpecified: ({MESSAGE}:String) [], RemoteException"
        );
        assert!(rows.iter().any(|row| row.1 == category), "{window:?}");
        assert_eq!(reading.lines, log.lines().count() as u64);
        assert_eq!(reading.bytes, log.len() as u64);
    }
}

#[test]
fn the_clock_before_each_line_is_no_part_of_it() {
    for stamp in [
        "2026-05-01T10:00:00.123456Z 01E ",
        "2026-05-01T10:00:00.1234567Z ",
    ] {
        let window = Window {
            width: 79,
            words: true,
        };
        let text = window.record("npm", MESSAGE) + &window.print(LATER[0]);
        let log: String = text.lines().map(|l| format!("{stamp}{l}\n")).collect();
        let reading = read(log.as_bytes());
        assert!(reading.rows.iter().any(|row| row.text == LATER[0]));
    }
}

#[test]
fn a_command_that_powershell_runs_itself_keeps_its_name() {
    let log = "Copy-Item : Access to the path is denied.\n\
        At C:\\agent\\x.ps1:4 char:1\n+ Copy-Item a b\n+ ~~~~~~~~~~~~~\n    \
        + CategoryInfo          : PermissionDenied: (:) [Copy-Item], UnauthorizedAccessException\n    \
        + FullyQualifiedErrorId : CopyError,Microsoft.PowerShell.Commands.CopyItemCommand\n";
    let rows = read(log.as_bytes()).rows;
    assert_eq!(rows[0].text, "Copy-Item : Access to the path is denied.");
}

#[test]
fn lines_that_only_happen_to_be_as_long_stay_apart() {
    let window = Window {
        width: 79,
        words: true,
    };
    let ruler = format!("{:=^79}", " FAILURES ");
    let fits = format!("{:x<40} {:y<38}", "a", "b");
    let log = window.record("python", MESSAGE) + &format!("{ruler}\r\n{fits}\r\nnext line\r\n");
    let texts: Vec<String> = read(log.as_bytes())
        .rows
        .into_iter()
        .map(|row| row.text)
        .collect();
    for line in [&ruler[..], &fits, "next line"] {
        assert!(texts.iter().any(|text| text == line), "{line}");
    }
}

/// Reads a log whole, and in several buffers and reads; returns what every reading must be.
fn read_in_every_way(log: &str) -> crate::rows::Reading {
    let whole = read(log.as_bytes());
    for buffer in [16 << 10, 17_000, 20_011, 32 << 10, 64 << 10] {
        for sizes in [&[1_usize][..], &[97], &[4096], &[23_981, 11], &[40_000]] {
            let other = read_with(Chunked::new(log.as_bytes(), sizes), buffer);
            let difference = other.difference(&whole);
            assert!(
                difference.is_none(),
                "buffer {buffer}, reads {sizes:?}: {}",
                difference.unwrap_or_default()
            );
        }
    }
    whole
}

#[test]
fn a_line_longer_than_the_window_continues_none() {
    for words in [true, false] {
        let window = Window { width: 79, words };
        let long = "x".repeat(24_000);
        // It is full, and the words of the next line would not fit.
        let full = format!("{:y<79}", "error: ");
        for before in [0, 700, 3_000, 9_000, 12_500] {
            let padding = "padding of some kind\n".repeat(before / 21);
            let log =
                padding + &window.record("cargo", MESSAGE) + &format!("{full}\n{long}\nend\n");
            let texts: Vec<String> = read_in_every_way(&log)
                .rows
                .into_iter()
                .map(|row| row.text)
                .collect();
            for line in [&full, &long, "end"] {
                assert!(texts.iter().any(|text| text == line), "{}", line.len());
            }
        }
    }
}

#[test]
fn a_line_longer_than_the_window_is_no_part_of_a_frame() {
    let window = Window {
        width: 79,
        words: false,
    };
    let log = window.record("cargo", MESSAGE);
    // The name of the error fills the window, or ends in a blank before one.
    let at = log.find("    + FullyQ").unwrap();
    for (name, behind) in [
        (format!("{:z<79}", "    + FullyQualifiedErrorId : "), ""),
        (
            "    + FullyQualifiedErrorId : NativeCommandError ".to_owned(),
            " ",
        ),
    ] {
        let log = format!(
            "{}{name}\n{behind}{}\nend\n",
            &log[..at],
            "x".repeat(24_000)
        );
        let rows = read_in_every_way(&log).rows;
        assert!(rows.iter().any(|row| row.text == name.trim_end()), "{name}");
    }
}

#[test]
fn headers_that_are_taken_out_do_not_shorten_what_is_seen_ahead() {
    let window = Window {
        width: 79,
        words: true,
    };
    // A buffer of headers and little else, so that little text is left of it.
    let torn = |text: &str, len: usize| {
        let pieces: Vec<String> = text
            .as_bytes()
            .chunks(len)
            .map(|piece| String::from_utf8_lossy(piece).into_owned())
            .collect();
        pieces.join("\n2026-05-01T10:00:00.123456Z 01O+")
    };
    let record = window.record("cargo", &MESSAGE.repeat(20)) + &window.print(LATER[0]);
    for len in [usize::MAX, 60, 30] {
        let log = "padding of some kind\n".repeat(60) + &torn(&record.repeat(2), len) + "end\n";
        let rows = read_in_every_way(&log).rows;
        assert!(rows.iter().any(|row| row.text == LATER[0]), "{len}");
    }
}

fn config(cases: u32) -> ProptestConfig {
    let wanted = std::env::var("PROPTEST_CASES").ok();
    ProptestConfig {
        cases: wanted.and_then(|n| n.parse().ok()).unwrap_or(cases),
        max_shrink_iters: 300,
        failure_persistence: None,
        ..ProptestConfig::default()
    }
}

fn windowed() -> impl Strategy<Value = Window> {
    (
        prop::sample::select(vec![17, 22, 38, 79, 119]),
        any::<bool>(),
    )
        .prop_map(|(width, words)| Window { width, words })
}

/// Output of a program in a window, with parts of frames.
fn fragment() -> impl Strategy<Value = String> {
    let text = "[ -#%-~]{0,300}";
    let part = prop::sample::select(vec![
        "    + CategoryInfo          : NotSpecified: (x:String) [], RemoteException\n",
        "    + FullyQualifiedErrorId : NativeCommandError\n \n",
        "    + CategoryInfo   \n           : NotSpe  \n",
        "    + FullyQualified \n   ErrorId : Native  \n  CommandError\n",
        "+ Category: fiction\n",
        "npm : ",
        "\n",
        "2026-05-01T10:00:00.123456Z 01E ",
        "\n2026-05-01T10:00:00.123456Z 01O+",
        "\r",
        "\x1b[31m",
    ]);
    prop_oneof![
        3 => (windowed(), text).prop_map(|(window, text)| window.record("cargo", &text)),
        4 => (windowed(), text).prop_map(|(window, text)| window.print(&text)),
        3 => part.prop_map(str::to_owned),
        1 => (1usize..600).prop_map(|n| "word and ".repeat(n)),
        1 => (1usize..9000).prop_map(|n| "x".repeat(n)),
        // A full line with a long one behind it.
        1 => (windowed(), 1usize..30_000).prop_map(|(window, n)| format!("\n{}\n{}", "y".repeat(window.width), "x".repeat(n))),
        1 => (1usize..200).prop_map(|n| "\n2026-05-01T10:00:00.123456Z 01O+y".repeat(n)),
        1 => (1usize..200, windowed()).prop_map(|(n, window)| window.print(&"part/".repeat(n))),
    ]
}

proptest! {
    #![proptest_config(config(250))]

    #[test]
    fn chunks_and_buffers_make_no_difference(
        before in 0usize..17_000,
        parts in prop::collection::vec(fragment(), 1..40),
        sizes in prop::collection::vec(1usize..40_000, 1..5),
        buffer in 16usize << 10..80 << 10,
    ) {
        let padding = "padding of some kind\n".repeat(before / 21);
        let log = padding + &parts.concat();
        let whole = read(log.as_bytes());
        let other = read_with(Chunked::new(log.as_bytes(), &sizes), buffer);
        let difference = other.difference(&whole);
        prop_assert!(difference.is_none(), "{}", difference.unwrap_or_default());
        prop_assert_eq!(whole.bytes, log.len() as u64);
    }

    #[test]
    fn without_a_frame_nothing_is_joined(
        parts in prop::collection::vec((windowed(), "[ -#%-~]{0,300}"), 1..40),
    ) {
        let print = |(window, text): &(Window, String)| window.print(text);
        let log: String = parts.iter().map(print).collect();
        let pieces: Vec<(u64, Vec<u8>)> = read(log.as_bytes())
            .rows
            .into_iter()
            .filter(|row| !row.piece.is_empty())
            .map(|row| (row.line, row.piece))
            .collect();
        prop_assert_eq!(pieces, naive::read(log.as_bytes()).pieces);
    }
}
