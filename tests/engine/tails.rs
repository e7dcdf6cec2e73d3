//! The end of the section that may have failed: what patterns without a literal and the search for telling lines see.

use jobtriage::engine::{Scan, Scanner};
use jobtriage::library::Library;
use jobtriage::trace::line::Kind;
use proptest::prelude::*;

use crate::patterns::library;
use crate::rows::{Chunked, read};

fn scan(log: &str, buffer: usize) -> Scan {
    let library = Library::of(Vec::new());
    Scanner::new(&library).scan_with_buffer(Chunked::new(log.as_bytes(), &[4096, 7]), buffer)
}

/// The tail, the same for every buffer: number, text, command.
#[track_caller]
fn tail(log: &str) -> Vec<(u64, String, bool)> {
    let whole = scan(log, 256 << 10);
    for buffer in [16 << 10, 60_000] {
        let small = scan(log, buffer);
        assert_eq!(small.tail_lines(), whole.tail_lines());
        assert_eq!(small.tail.cut, whole.tail.cut);
    }
    whole
        .tail_lines()
        .iter()
        .map(|line| (line.place.line, line.text.clone(), line.command))
        .collect()
}

/// What the reader sees of a stage.
fn rows(log: &str, name: &str) -> Vec<(u64, String, bool)> {
    let reading = read(log.as_bytes());
    let rows = reading.rows.iter();
    rows.filter(|row| row.path.first().is_some_and(|n| n == name) && !row.goes_on)
        .filter(|row| !row.text[row.content_at..].is_empty())
        .map(|row| (row.line, row.text.clone(), row.kind == Kind::Command))
        .collect()
}

const VERDICT: &str = "\x1b[31;1mERROR: Job failed: exit code 1\n\x1b[0;m\n";

#[test]
fn the_failing_section_is_kept_whole() {
    let log = format!(
        "section_start:1:get_sources\r\x1b[0Kearlier\nsection_end:2:get_sources\r\x1b[0K\
         section_start:2:step_script\r\x1b[0K\x1b[32;1m$ make\x1b[0;m\n10%\r50%\rdone\n\n\
         #12 0.1 error\nno newline section_end:3:step_script\r\x1b[0K\
         section_start:3:after_script\r\x1b[0Klater\nsection_end:4:after_script\r\x1b[0K{VERDICT}"
    );
    assert_eq!(tail(&log), rows(&log, "step_script"));
    let scan = scan(&log, 0);
    let tail = scan.tail_lines();
    let names: Vec<_> = tail
        .iter()
        .map(|line| {
            scan.facts.sections[line.place.section as usize]
                .path
                .as_deref()
        })
        .collect();
    assert_eq!(names, vec![Some("step_script"); tail.len()]);
    assert!(!scan.tail.cut);
}

#[test]
fn lines_behind_a_joined_marker_keep_their_numbers() {
    let clock = "2026-05-01T10:00:00.123456Z 01O";
    let log = format!(
        "{clock} section_start:1:step_script\r\x1b[0K\n{clock}+\x1b[0KExecuting\n\
         {clock} \x1b[32;1m$ make\x1b[0;m\n{clock} one \n{clock}+goes on\n{clock} two\n\
         {clock} section_end:2:step_script\r\x1b[0K\n{clock}+\x1b[31;1mERROR: Job failed: exit code 1\x1b[0;m\n"
    );
    let want = [
        (2, "Executing".to_owned(), false),
        (3, "$ make".to_owned(), true),
        (4, "one goes on".to_owned(), false),
        (6, "two".to_owned(), false),
    ];
    assert_eq!(tail(&log), want);
    assert_eq!(rows(&log, "step_script"), want);
}

#[test]
fn the_end_of_a_long_section_is_kept() {
    for padding in [0, 1, 100, 3000] {
        let mut log = "x".repeat(padding);
        log += "\nsection_start:1:step_script\r\x1b[0K";
        for k in 0..20_000 {
            log += &format!("line {k}\n");
        }
        log += &format!("section_end:3:step_script\r\x1b[0K{VERDICT}");
        let tail = tail(&log);
        let rows = rows(&log, "step_script");
        assert!(tail.len() > 4000);
        assert_eq!(tail, rows[rows.len() - tail.len()..]);
        assert!(scan(&log, 0).tail.cut);
    }
}

#[test]
fn a_section_that_just_fits_is_not_cut() {
    // 64 KiB are kept; the buffers of the reader end somewhere within.
    for (lines, cut) in [(6553, false), (6554, true)] {
        let log = format!(
            "{}\nsection_start:1:step_script\r\x1b[0K{}section_end:3:step_script\r\x1b[0K{VERDICT}",
            "before\n".repeat(9000),
            "123456789\n".repeat(lines),
        );
        assert_eq!(tail(&log).len(), 6553);
        assert_eq!(scan(&log, 0).tail.cut, cut, "{lines}");
        assert_eq!(scan(&log, 256 << 10).tail.cut, cut, "{lines}");
    }
}

#[test]
fn a_line_longer_than_the_tail_is_kept_by_its_beginning() {
    let log = format!(
        "section_start:1:step_script\r\x1b[0Kfirst {} the end\nsection_end:3:step_script\r\x1b[0K{VERDICT}",
        "한".repeat(40_000)
    );
    let tail = tail(&log);
    assert_eq!(tail.len(), 1);
    assert!(tail[0].1.starts_with("first 한"));
    assert!(!tail[0].1.contains('\u{fffd}'));
    // The stage is there from its first line on.
    assert!(!scan(&log, 0).tail.cut);
}

#[test]
fn a_long_line_leaves_room_for_those_before_it() {
    for length in [
        4000, 8191, 8192, 8193, 60_000, 65_500, 65_536, 70_000, 130_000, 600_000,
    ] {
        let long = "{\"id\": 1}, ".repeat(length / 11 + 1);
        let log = format!(
            "section_start:1:step_script\r\x1b[0K\x1b[32;1m$ ./smoke.sh\x1b[0;m\nledger is empty\n{}\n{}\nlast\n\
             section_end:3:step_script\r\x1b[0K{VERDICT}",
            &long[..length],
            &long[..length / 2],
        );
        let tail = tail(&log);
        let numbers: Vec<u64> = tail.iter().map(|line| line.0).collect();
        assert_eq!(numbers, [1, 2, 3, 4, 5], "{length}");
        assert_eq!(tail[0].1, "$ ./smoke.sh");
        assert_eq!(tail[1].1, "ledger is empty");
        assert!(tail[2].1.starts_with(&long[..1900]));
        assert_eq!(tail[4].1, "last");
        assert!(!scan(&log, 0).tail.cut);
    }
}

#[test]
fn a_line_without_end_takes_no_more_than_its_share() {
    let log = format!(
        "section_start:1:step_script\r\x1b[0Kfirst\n{}\nlast\nsection_end:3:step_script\r\x1b[0K{VERDICT}",
        "x".repeat(3 << 20)
    );
    let tail = tail(&log);
    let texts: Vec<&str> = tail
        .iter()
        .map(|line| &line.1[..line.1.len().min(5)])
        .collect();
    assert_eq!(texts, ["first", "xxxxx", "last"]);
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(20))]

    #[test]
    fn the_tail_of_long_lines_is_the_same_for_every_buffer(
        lines in proptest::collection::vec((0usize..6, any::<u16>(), any::<bool>(), any::<bool>()), 1..300),
        above in 0usize..200_000,
    ) {
        let clock = "2026-05-01T10:00:00.123456Z 01O";
        let mut log = "above\n".repeat(above / 6);
        log += &format!("{clock} section_start:1:step_script\r\x1b[0K\n");
        for (k, (kind, length, torn, pieces)) in lines.iter().enumerate() {
            let length = *length as usize;
            let length = match kind {
                0 => length,
                1 => 8182 + length % 12,
                2 => 4086 + length % 12,
                _ => length % 120,
            };
            log += &format!("{clock} line {k} ");
            let text = "ab한 ".repeat(length / 6 + 1);
            let half = text.floor_char_boundary(length / 2);
            log += &text[..half];
            if *torn {
                log += &format!("\n{clock}+");
            }
            if *pieces {
                log += "\r50% ";
            }
            log += &text[half..text.floor_char_boundary(length)];
            log += ".\n";
        }
        log += &format!("{clock} section_end:3:step_script\r\x1b[0K\n{clock} {VERDICT}");
        let tail = tail(&log);
        let start = |(line, text, _): &(u64, String, bool)| {
            (*line, text[..text.floor_char_boundary(1900)].to_owned())
        };
        let rows: Vec<_> = rows(&log, "step_script").iter().map(start).collect();
        let tail: Vec<_> = tail.iter().map(start).collect();
        prop_assert!(tail.len() <= rows.len());
        prop_assert_eq!(&tail[..], &rows[rows.len() - tail.len()..]);
    }
}

#[test]
fn a_log_without_end_has_a_tail_as_well() {
    let log = "$ make\nerror one\nerror two";
    let texts: Vec<String> = tail(log).into_iter().map(|(_, text, _)| text).collect();
    assert_eq!(texts, ["$ make", "error one", "error two"]);
}

#[test]
fn nothing_is_kept_of_a_job_that_succeeded() {
    assert!(tail("$ make\nfine\nJob succeeded\n").is_empty());
}

#[test]
fn patterns_without_a_literal_see_the_last_lines_only() {
    let library = library(&[("t/code", "[[match]]\nregex = '^E\\d{3} (?P<what>\\w+)$'\n")]);
    let mut log = String::from("section_start:1:step_script\r\x1b[0KE100 early\n");
    log += &"some output\n".repeat(60);
    log += &format!("E200 late\nsection_end:3:step_script\r\x1b[0K{VERDICT}");
    let scan = Scanner::new(&library).scan(log.as_bytes());
    assert_eq!(scan.hits.len(), 1);
    assert_eq!(scan.hits[0].captures["what"], "late");
    assert_eq!(scan.hits[0].place.line, 62);
}

#[test]
fn a_line_is_hit_once_by_a_pattern() {
    let library = library(&[(
        "t/two",
        "[[match]]\nregex = '^E\\d+'\n[[match]]\nregex = '^E1 something is wrong'\n[[match]]\nregex = 'wrong$'\n",
    )]);
    let log = format!("E1 something is wrong\nE2 is wrong\n{VERDICT}");
    let scan = Scanner::new(&library).scan(log.as_bytes());
    let hits: Vec<(u64, (u32, u32))> = scan.hits.iter().map(|h| (h.place.line, h.span)).collect();
    assert_eq!(hits, [(1, (0, 21)), (2, (0, 2))]);
}

#[test]
fn commands_are_matched_without_their_mark_on_the_tail_too() {
    let library = library(&[(
        "t/command",
        "[[match]]\nregex = '^rm -r (?P<what>\\w+)$'\non = 'command'\n",
    )]);
    let log = format!("\x1b[32;1m$ rm -r x\x1b[0;m\nrm -r y\n{VERDICT}");
    let scan = Scanner::new(&library).scan(log.as_bytes());
    assert_eq!(scan.hits.len(), 1);
    assert_eq!(scan.hits[0].captures["what"], "x");
    assert_eq!(scan.hits[0].span, (2, 9));
}
