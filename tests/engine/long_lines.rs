//! Hits in lines of more than 64 KiB, which are looked at in windows of 60 KiB that see 2 KiB beyond on both sides.

use jobtriage::engine::Scanner;
use jobtriage::library::Library;
use jobtriage::model::Hit;

use crate::patterns::library;
use crate::rows::Chunked;

const STEP: usize = 60 << 10;

/// The hits of a scan, the same for every buffer and every way to chop the source.
#[track_caller]
fn hits(library: &Library, log: &[u8]) -> Vec<Hit> {
    let whole = Scanner::new(library).scan(log);
    for buffer in [16 << 10, 33_333, 64 << 10, 130_000] {
        for sizes in [&[usize::MAX][..], &[5000, 1]] {
            let other = Scanner::new(library).scan_with_buffer(Chunked::new(log, sizes), buffer);
            assert_eq!(other.hits.len(), whole.hits.len(), "buffer {buffer}");
            assert!(other.hits == whole.hits, "buffer {buffer}");
            assert!(other.facts == whole.facts, "buffer {buffer}");
        }
    }
    whole.hits
}

/// One line of that length with texts at some places.
fn line(length: usize, texts: &[(usize, &str)]) -> Vec<u8> {
    let mut line = b"lorem ipsum dolor ".repeat(length / 18 + 1);
    line.truncate(length);
    for (at, text) in texts {
        line[*at..at + text.len()].copy_from_slice(text.as_bytes());
    }
    line.push(b'\n');
    line
}

#[test]
fn a_text_is_found_once_wherever_it_stands() {
    let library = library(&[(
        "t/x",
        "[[match]]\nregex = 'fatal: (?P<what>\\w+) is broken'\n",
    )]);
    let text = "fatal: everything is broken";
    for border in [STEP, 64 << 10, 2 * STEP, 2 * STEP + (4 << 10), 256 << 10] {
        for shift in [
            -3000, -2048, -2047, -28, -27, -26, -13, -7, -1, 0, 1, 2047, 2048, 3000,
        ] {
            let at = border.wrapping_add_signed(shift);
            let log = [b"before\n", &line(300_000, &[(at, text)])[..], b"after\n"].concat();
            let hits = hits(&library, &log);
            assert_eq!(hits.len(), 1, "at {at}");
            assert_eq!(hits[0].place.line, 2);
            assert_eq!(hits[0].captures["what"], "everything");
            let (from, to) = (hits[0].span.0 as usize, hits[0].span.1 as usize);
            assert_eq!(&hits[0].text[from..to], text);
        }
    }
}

#[test]
fn the_start_of_a_line_is_its_true_start() {
    let library = library(&[
        ("t/start", "[[match]]\nregex = '^fatal: broken'\n"),
        ("t/end", "[[match]]\nregex = 'fatal: broken$'\n"),
    ]);
    let places: Vec<(usize, &str)> = (0..5).map(|k| (k * STEP, "fatal: broken")).collect();
    assert!(
        hits(&library, &line(290_000, &places[1..])).is_empty(),
        "a window does not begin a line"
    );
    let hits = hits(
        &library,
        &line(200_000, &[(0, "fatal: broken"), (199_987, "fatal: broken")]),
    );
    let ids: Vec<&str> = hits.iter().map(|hit| library.id(hit.pattern)).collect();
    assert_eq!(ids, ["t/end", "t/start"]);
}

#[test]
fn several_hits_of_one_line() {
    let library = library(&[("t/x", "[[match]]\nregex = 'failure (?P<n>\\d)'\n")]);
    let log = line(
        200_000,
        &[
            (10, "failure 1"),
            (70_000, "failure 2"),
            (150_000, "failure 3"),
        ],
    );
    let found: Vec<String> = hits(&library, &log)
        .iter()
        .map(|hit| hit.captures["n"].clone())
        .collect();
    assert_eq!(found, ["1", "2", "3"]);
}

#[test]
fn conditions_hold_across_the_windows_of_a_line() {
    let library = library(&[(
        "t/x",
        "[[match]]\nregex = 'the failure'\n[[when]]\nbefore = 'the omen (?P<n>\\d)'\nwithin = 0\n\
         [[when]]\nafter = 'the end of it'\n",
    )]);
    let log = line(
        200_000,
        &[
            (10, "the omen 7"),
            (100_000, "the failure"),
            (190_000, "the end of it"),
        ],
    );
    let hits = hits(&library, &log);
    assert_eq!(hits.len(), 1);
    let other = hits[0].context[0].as_ref().unwrap();
    assert_eq!((other.place.line, &other.captures["n"][..]), (1, "7"));
    assert!(hits[0].context[1].is_some());
}

#[test]
fn what_a_condition_captures_may_stand_far_into_a_line() {
    let library = library(&[(
        "t/x",
        "[[match]]\nregex = '^the failure'\n[[when]]\nbefore = 'the omen (?P<n>\\d)'\n",
    )]);
    let log = [
        &line(20_000, &[(15_000, "the omen 7")])[..],
        b"the failure\n",
    ]
    .concat();
    let hits = hits(&library, &log);
    assert_eq!(hits[0].context[0].as_ref().unwrap().captures["n"], "7");
}
