//! How much the engine keeps of what it finds.

use jobtriage::engine::{Scan, Scanner};
use jobtriage::library::Library;
use jobtriage::model::Hit;

use crate::patterns::library;

fn scan(library: &Library, log: &str) -> Scan {
    Scanner::new(library).scan(log.as_bytes())
}

fn lines<'h>(hits: impl Iterator<Item = &'h Hit>) -> Vec<u64> {
    hits.map(|hit| hit.place.line).collect()
}

#[test]
fn the_first_and_the_last_hundred_of_a_section_are_kept_and_all_are_counted() {
    let library = library(&[("t/often", "[[match]]\nregex = '^an error: (?P<n>\\d+)$'\n")]);
    let mut log = String::from("section_start:1:get_sources\r\x1b[0Kx\n");
    for k in 2..=1001 {
        log += &format!("an error: {k}\n");
    }
    log += "section_end:2:get_sources\r\x1b[0Ksection_start:2:step_script\r\x1b[0K\n";
    for k in 1003..=1012 {
        log += &format!("an error: {k}\n");
    }
    let scan = scan(&library, &log);
    let (first, second): (Vec<&Hit>, Vec<&Hit>) =
        scan.hits.iter().partition(|h| h.place.line < 1002);
    let want: Vec<u64> = (2..=101).chain(902..=1001).collect();
    assert_eq!(lines(first.iter().copied()), want);
    assert!(first.iter().all(|hit| hit.dropped == 800));
    assert_eq!(
        lines(second.iter().copied()),
        (1003..=1012).collect::<Vec<_>>()
    );
    assert!(second.iter().all(|hit| hit.dropped == 0));
    assert!(
        scan.hits
            .iter()
            .all(|h| h.captures["n"] == h.place.line.to_string())
    );
}

#[test]
fn two_hundred_are_all_kept() {
    let library = library(&[("t/often", "[[match]]\nregex = '^an error'\n")]);
    let scan = scan(&library, &"an error\n".repeat(200));
    assert_eq!(scan.hits.len(), 200);
    assert!(scan.hits.iter().all(|hit| hit.dropped == 0));
}

/// Of thousands of hits of one kind the first and the last are kept, and nothing else is missed for that.
#[test]
fn of_countless_hits_the_last_are_kept_and_what_else_their_lines_say() {
    let library = library(&[
        ("t/often", "[[match]]\nregex = '^an error: (?P<n>\\d+)$'\n"),
        (
            "t/seldom",
            "[[match]]\nregex = '^an error: (?P<what>[a-z]+)$'\n",
        ),
        (
            "t/behind",
            "[[match]]\nregex = '^quite another'\n\
             [[when]]\nbefore = '^an error: \\d+$'\nwithin = 3\n",
        ),
    ]);
    let mut log = String::from("section_start:1:get_sources\r\x1b[0Kx\n");
    for k in 2..=60_001 {
        log += &match k {
            30_000 => "an error: seldom\n".to_owned(),
            40_002 => "quite another\n".to_owned(),
            _ => format!("an error: {k}\n"),
        };
    }
    // However much comes behind them.
    log += &"and so on\n".repeat(300);
    log += "section_end:2:get_sources\r\x1b[0Ksection_start:2:step_script\r\x1b[0K\n";
    log += "an error: 7\n";
    let scan = scan(&library, &log);
    let of = |id: &str| {
        let hits = scan.hits.iter().filter(|hit| library.id(hit.pattern) == id);
        hits.collect::<Vec<_>>()
    };
    let often = of("t/often");
    let want = (2..=101).chain(59_902..=60_001).chain([60_303]);
    assert_eq!(lines(often.iter().copied()), want.collect::<Vec<_>>());
    let (last, others) = often.split_last().unwrap();
    assert!(others.iter().all(|hit| hit.dropped == 59_798));
    assert_eq!(last.dropped, 0);
    assert_eq!(lines(of("t/seldom").into_iter()), [30_000]);
    assert_eq!(lines(of("t/behind").into_iter()), [40_002]);
    let above = of("t/behind")[0].context[0]
        .as_ref()
        .map(|hit| hit.place.line);
    assert_eq!(above, Some(40_001));
}

/// Wherever a stage ends, and by whatever: a marker, words of the runner, or the end of a block.
#[test]
fn of_each_stage_the_first_and_the_last_hundred_are_kept() {
    let library = library(&[
        ("t/often", "[[match]]\nregex = '^an error: \\d+$'\n"),
        (
            "t/other",
            "[[match]]\nregex = '^an error: \\d+$|^much else$'\n",
        ),
    ]);
    const TITLES: [&str; 4] = [
        "Executing \"step_script\" stage of the job script",
        "Running after_script",
        "Uploading artifacts for failed job",
        "Cleaning up project directory and file based variables",
    ];
    for marked in [true, false] {
        let mut log = String::from("Running with gitlab-runner 17.0.0 (abcdef)\n");
        let (mut line, mut stages) = (1, Vec::new());
        for (k, title) in TITLES.iter().enumerate() {
            if marked {
                log += &format!("section_start:{k}:step_{k}\r\x1b[0K");
            }
            log += &format!("\x1b[0K\x1b[36;1m{title}\x1b[0;m\x1b[0;m\n");
            line += 1;
            let count = [4100, 150, 1, 30_000][k];
            stages.push((line + 1, line + count));
            for n in 0..count {
                log += &format!("an error: {n}\n");
            }
            line += count;
            if marked {
                log += &format!("section_end:{k}:step_{k}\r\x1b[0K");
            }
        }
        let want = stages.iter().flat_map(|&(first, last)| {
            (first..=last).filter(move |line| *line < first + 100 || *line > last - 100)
        });
        let want: Vec<u64> = want.collect();
        for size in [4 << 10, 256 << 10] {
            let scan = Scanner::new(&library).scan_with_buffer(log.as_bytes(), size);
            for pattern in [0, 1] {
                let hits = scan.hits.iter().filter(|hit| hit.pattern == pattern);
                assert_eq!(lines(hits), want, "{marked}, {size}, pattern {pattern}");
            }
            let all = scan.hits.iter().filter(|hit| hit.pattern == 0);
            let dropped = all
                .map(|hit| hit.dropped)
                .collect::<std::collections::BTreeSet<_>>();
            assert_eq!(dropped.into_iter().collect::<Vec<_>>(), [0, 3900, 29_800]);
        }
    }
}

#[test]
fn hits_of_countless_sections_stay_bounded() {
    let library = library(&[("t/often", "[[match]]\nregex = '^an error'\n")]);
    let mut log = String::new();
    for k in 0..60_000 {
        log += &format!("section_start:1:s{k}\r\x1b[0Kan error\nsection_end:2:s{k}\r\x1b[0K");
    }
    let scan = scan(&library, &log);
    assert!(scan.hits.len() < 20_000, "{} hits", scan.hits.len());
    assert_eq!(scan.hits[0].place.line, 1);
    assert_eq!(scan.hits.last().unwrap().place.line, 60_000);
    assert!(scan.facts.sections.len() < 10_000);
}

#[test]
fn a_condition_is_settled_for_the_hits_that_are_kept() {
    let library = library(&[(
        "t/often",
        "[[match]]\nregex = '^an error'\n[[when]]\nafter = '^it went on$'\n",
    )]);
    let log = format!("{}it went on\n", "an error\n".repeat(1000));
    let scan = scan(&library, &log);
    assert_eq!(scan.hits.len(), 200);
    assert!(scan.hits.iter().all(|hit| hit.context[0].is_some()));
}

#[test]
fn hits_of_earlier_sections_do_not_crowd_out_those_that_wait_now() {
    let library = library(&[(
        "t/often",
        "[[match]]\nregex = '^an error'\n[[when]]\nabsent = '^all is well$'\n",
    )]);
    let mut log = String::new();
    for name in ["get_sources", "step_script"] {
        log += &format!(
            "section_start:1:{name}\r\x1b[0K\n{}",
            "an error\n".repeat(180)
        );
    }
    log += "all is well\n";
    let scan = scan(&library, &log);
    let well: Vec<bool> = scan
        .hits
        .iter()
        .map(|hit| hit.context[0].is_some())
        .collect();
    assert_eq!(well, [[false; 180], [true; 180]].concat());
}

#[test]
fn evidence_and_captures_are_bounded() {
    let library = library(&[("t/long", "[[match]]\nregex = 'an error: (?P<what>.+)$'\n")]);
    let log = format!("{} an error: {}\n", "é".repeat(4000), "x".repeat(9000));
    let scan = scan(&library, &log);
    let hit = &scan.hits[0];
    assert!(hit.text.len() <= 2010, "{}", hit.text.len());
    assert!(hit.text.contains("an error: xxx"));
    assert!(hit.text.ends_with('…'));
    assert_eq!(hit.captures["what"].len(), 500);
    let (from, to) = (hit.span.0 as usize, hit.span.1 as usize);
    assert!(hit.text[from..to].starts_with("an error: "));
}

#[test]
fn evidence_around_a_short_match_shows_both_sides() {
    let library = library(&[("t/short", "[[match]]\nregex = 'an error here'\n")]);
    let log = format!("{}an error here{}\n", "한".repeat(2000), "글".repeat(2000));
    let scan = scan(&library, &log);
    let text = &scan.hits[0].text;
    assert!(text.starts_with("…한") && text.ends_with("글…"), "{text}");
    assert!(!text.contains('\u{fffd}'));
    let (before, behind) = text.split_once("an error here").unwrap();
    assert!(before.len().abs_diff(behind.len()) < 20);
}
