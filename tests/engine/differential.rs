//! The whole library over generated logs: the engine finds what every regex on every line finds, no more and no less.

use std::path::Path;
use std::sync::LazyLock;

use jobtriage::engine::Scanner;
use jobtriage::library::{Layer, Library, layers};
use proptest::prelude::*;

use crate::naive::{Found, Naive, found};
use crate::patterns::library;
use crate::rows::{Chunked, read, read_with};

static LIBRARY: LazyLock<Library> = LazyLock::new(Library::embedded);
static NAIVE: LazyLock<Naive<'static>> = LazyLock::new(|| Naive::new(&LIBRARY));

/// Both ways over one log; says what differs.
fn compare(log: &[u8], sizes: &[usize], buffer: usize) -> Result<(), String> {
    let scan = Scanner::new(&LIBRARY).scan_with_buffer(Chunked::new(log, sizes), buffer);
    assert!(
        scan.hits.iter().all(|hit| hit.dropped == 0),
        "too many hits to compare"
    );
    let reading = read(log);
    if scan.facts != reading.facts {
        return Err(format!("facts: {:?}\n{:?}", scan.facts, reading.facts));
    }
    let (got, want) = (found(&scan, &LIBRARY), NAIVE.hits(&reading.rows, &scan));
    if got == want {
        return Ok(());
    }
    let only = |a: &[Found], b: &[Found]| -> Vec<Found> {
        a.iter()
            .filter(|f| !b.contains(f))
            .take(3)
            .cloned()
            .collect()
    };
    let lines: Vec<_> = only(&want, &got)
        .iter()
        .chain(&only(&got, &want))
        .filter_map(|f| reading.rows.iter().find(|row| row.line == f.line))
        .map(|row| (row.line, row.text.clone()))
        .collect();
    Err(format!(
        "missed: {:#?}\ntoo much: {:#?}\nlines: {lines:?}",
        only(&want, &got),
        only(&got, &want)
    ))
}

#[track_caller]
fn same(log: &[u8]) {
    for (sizes, buffer) in [(&[usize::MAX][..], 256 << 10), (&[1, 777, 4096], 16 << 10)] {
        if let Err(difference) = compare(log, sizes, buffer) {
            panic!("{difference}");
        }
    }
}

/// Own patterns have tables of their own beside those of the program: here they are patterns of the program, so all is found as before.
#[test]
fn patterns_over_those_of_the_program() {
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("patterns");
    let layers: Vec<Layer> = ["docker-build", "git", "node", "shell", "tests"]
        .iter()
        .map(|family| Layer::Option(root.join(family)))
        .collect();
    let (library, faults) = layers::load(&layers);
    assert!(faults.is_empty(), "{faults:?}");
    assert_eq!(library.len(), LIBRARY.len());
    let ids = |library: &Library| -> Vec<String> {
        let ids = library.indices().map(|k| library.id(k).to_owned());
        ids.collect()
    };
    assert_eq!(ids(&library), ids(&LIBRARY));
    for id in ids(&library) {
        assert_eq!(library.find(&id).map(|k| library.id(k)), Some(id.as_str()));
    }
    let own = |k: &u32| *library.layer(*k) != Layer::BuiltIn;
    assert!(library.indices().filter(own).count() > 500);
    let mut logs: Vec<Vec<u8>> = examples()
        .chunks(50) // Few enough for all hits to be kept.
        .map(|lines| job(lines).into_bytes())
        .collect();
    let samples = std::fs::read_dir(root.with_file_name("samples")).unwrap();
    let samples = samples.map(|entry| std::fs::read(entry.unwrap().path()));
    logs.extend(samples.filter_map(Result::ok));
    for log in &logs {
        let of = |library| found(&Scanner::new(library).scan(log.as_slice()), library);
        let (got, want) = (of(&library), of(&LIBRARY));
        let missed: Vec<_> = want.iter().filter(|f| !got.contains(f)).take(3).collect();
        let extra: Vec<_> = got.iter().filter(|f| !want.contains(f)).take(3).collect();
        assert!(
            missed.is_empty() && extra.is_empty(),
            "{missed:#?}\n{extra:#?}"
        );
    }
}

/// Every line that some pattern says it matches.
fn examples() -> Vec<String> {
    let mut lines: Vec<String> = LIBRARY
        .indices()
        .flat_map(|k| LIBRARY.more(k).examples.matches.clone())
        .collect();
    lines.sort();
    lines.dedup();
    lines
}

const VERDICT: &str = "\x1b[31;1mERROR: Job failed: exit code 1\n\x1b[0;m\n";

/// Lines in a job of two stages, so many lines each.
fn job(lines: &[String]) -> String {
    let (first, second) = lines.split_at(lines.len() / 2);
    format!(
        "Running with gitlab-runner 16.0.0 (x)\n  on shared y\n\
         section_start:1:get_sources\r\x1b[0K{}\nsection_end:2:get_sources\r\x1b[0K\
         section_start:2:step_script\r\x1b[0K\x1b[32;1m$ make all\x1b[0;m\n{}\n\
         section_end:3:step_script\r\x1b[0K{VERDICT}",
        first.join("\n"),
        second.join("\n")
    )
}

#[test]
fn every_example_of_the_library() {
    let examples = examples();
    assert!(examples.len() > 300);
    for lines in examples.chunks(80) {
        same(job(lines).as_bytes());
    }
}

#[test]
fn every_example_as_tools_wrap_it() {
    let clock = |k: usize| format!("2026-05-01T10:00:{:02}.123456Z 01O ", k % 60);
    let wrap = |(k, line): (usize, &String)| match k % 9 {
        0 => format!("{}{line}", clock(k)),
        1 => format!("#12 3.456 {line}"),
        2 => format!("web-1  | {line}"),
        3 => format!("\x1b[1m\x1b[31m{line}\x1b[0m\r"),
        4 => format!("50%\r{line}\r100%"),
        5 => format!("[ci/build]   | {line}"),
        6 => format!("@acme/web:build: {line}"),
        7 => format!("15:40:07  {line}"),
        _ => format!("\x1b[32;1m$ {line}\x1b[0;m"),
    };
    for (turn, lines) in examples().chunks(80).enumerate() {
        let wrapped: Vec<String> = lines
            .iter()
            .enumerate()
            .map(|(k, line)| wrap((k + turn, line)))
            .collect();
        same(job(&wrapped).as_bytes());
    }
}

#[test]
fn every_sample() {
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("samples");
    let mut folders = vec![root];
    let mut files = 0;
    while let Some(folder) = folders.pop() {
        for entry in std::fs::read_dir(folder).unwrap() {
            let path = entry.unwrap().path();
            if path.is_dir() {
                folders.push(path);
            } else if path.extension().is_some_and(|e| e == "log" || e == "txt") {
                files += 1;
                same(&std::fs::read(path).unwrap());
            }
        }
    }
    assert!(files > 0);
}

/// One line of a generated log.
#[derive(Debug, Clone)]
enum Part {
    Example(prop::sample::Index),
    Noise(String),
    Raw(&'static str),
}

fn part() -> impl Strategy<Value = Part> {
    let raw = prop::sample::select(vec![
        "\x1b[32;1m$ docker build . --tag app\x1b[0;m\n",
        "\x1b[32;1m$ npm ci\x1b[0;m\n",
        "section_end:2:step_script\r\x1b[0Ksection_start:2:after_script\r\x1b[0K",
        "section_start:3:step_script\r\x1b[0K",
        "\x1b[0Ksection_start:4:mine[collapsed=true]\r\x1b[0K",
        "\x1b[0Ksection_end:4:mine\r\x1b[0K\n",
        "\r",
        "\r\n",
        "\x1b[31m",
        "\x1b[0m",
        "#7 0.5 ",
        "#8 0.5 ",
        "web-1  | ",
        "[ci/build]   | ",
        "web:build: ",
        "15:40:07 ",
        "\n2026-05-01T10:00:00.123456Z 01E+",
        "\n2026-05-01T10:00:00.123456Z 01E ",
    ]);
    prop_oneof![
        6 => any::<prop::sample::Index>().prop_map(Part::Example),
        4 => "[ -~]{0,60}\n".prop_map(Part::Noise),
        3 => raw.prop_map(Part::Raw),
    ]
}

proptest! {
    #![proptest_config(ProptestConfig {
        cases: std::env::var("PROPTEST_CASES").ok().and_then(|n| n.parse().ok()).unwrap_or(60),
        max_shrink_iters: 500,
        failure_persistence: None,
        ..ProptestConfig::default()
    })]

    #[test]
    fn logs_of_examples_and_noise(
        parts in prop::collection::vec(part(), 1..150),
        padding in 0usize..2,
        ends in any::<bool>(),
        sizes in prop::collection::vec(1usize..9000, 1..4),
    ) {
        let examples = examples();
        let mut log = "ordinary output of a tool\n".repeat(padding * 620);
        log += "section_start:1:step_script\r\x1b[0K";
        for part in &parts {
            match part {
                Part::Example(index) => {
                    log += index.get::<String>(&examples);
                    log.push('\n');
                }
                Part::Noise(text) => log += text,
                Part::Raw(text) => log += text,
            }
        }
        if ends {
            log += "\nsection_end:9:step_script\r\x1b[0K";
            log += VERDICT;
        }
        let result = compare(log.as_bytes(), &sizes, 16 << 10);
        prop_assert!(result.is_ok(), "{}\n{log:?}", result.unwrap_err());
        // The frame sees no difference either.
        let small = read_with(Chunked::new(log.as_bytes(), &sizes), 16 << 10);
        prop_assert_eq!(small.difference(&read(log.as_bytes())), None);
    }
}

#[test]
fn lines_that_nix_quotes() {
    let quoted = "error: builder for '/nix/store/x-app.drv' failed with exit code 1; last 10 log lines:\n   > Could not GET 'https://nexus.example.com/lib.pom'. Received status code 401 from server: Unauthorized\n";
    same(quoted.as_bytes());
}

#[test]
fn a_verdict_within_a_section_that_never_ends_is_one_line() {
    // The first line is one of forty.
    let lines = "x\n".repeat(38);
    let log = format!(
        "section_start:1:step_script\r\x1b[0KError: boom\n{lines}ERROR: Job failed: exit code 1\n"
    );
    let scan = Scanner::new(&LIBRARY).scan(log.as_bytes());
    let on_first = scan.hits.iter().filter(|hit| hit.place.line == 1);
    assert!(on_first.count() > 0);
    same(log.as_bytes());
}

#[test]
fn a_line_end_is_not_the_star_that_a_literal_begins_with() {
    // Case aside they are the same to the filter.
    let library = library(&[("t/broken", "[[match]]\nregex = '\\*\\* broken'\n")]);
    let scan = Scanner::new(&library).scan(&b"one\n* broken\n** broken\n"[..]);
    let lines: Vec<u64> = scan.hits.iter().map(|hit| hit.place.line).collect();
    assert_eq!(lines, [3]);
}
