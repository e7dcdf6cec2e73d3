//! The same job in other clothes gets the same answer: only line numbers follow the input.

mod transform;

use std::collections::BTreeMap;
use std::fs;
use std::io::{self, Cursor, Read};
use std::path::Path;
use std::sync::LazyLock;

use jobtriage::diagnosis::{Case, Input, diagnose};
use jobtriage::engine::{Scan, Scanner};
use jobtriage::library::Library;
use jobtriage::model::{Lang, LogReport};
use jobtriage::source::{self, Reading};

static LIBRARY: LazyLock<Library> = LazyLock::new(Library::embedded);

/// A sample, what it must be told, and a line of its failing section before which more output may stand.
struct Incident {
    file: &'static str,
    id: &'static str,
    section: &'static str,
    text: &'static str,
    before: &'static str,
}

const INCIDENTS: [Incident; 4] = [
    Incident {
        file: "01-docker-invalid-reference-format.log",
        id: "docker-build/from-variable-without-arg",
        section: "step_script",
        text: "invalid reference format",
        before: "$ docker build",
    },
    Incident {
        file: "02-docker-build-arg-without-arg.log",
        id: "docker-build/from-variable-without-arg",
        section: "step_script",
        text: "invalid reference format",
        before: "$ docker build",
    },
    Incident {
        file: "03-kubernetes-image-back-off.log",
        id: "kubernetes/image-pull-backoff",
        section: "prepare_script",
        text: "Back-off pulling image \"busybox:latest\"",
        before: "Waiting for pod",
    },
    Incident {
        file: "04-git-ssl-error-syscall.log",
        id: "git/tls-ssl-error-syscall",
        section: "get_sources",
        text: "SSL_ERROR_SYSCALL in connection to gitlab.example.com:443",
        before: "Fetching changes",
    },
];

fn log(file: &str) -> String {
    let root = Path::new(env!("CARGO_MANIFEST_DIR"));
    fs::read_to_string(root.join("samples").join(file)).unwrap()
}

fn scan(bytes: &[u8]) -> Scan {
    let raw = Box::new(Cursor::new(bytes.to_vec()));
    let source = source::prepare("job.log".to_owned(), raw, Reading::default()).unwrap();
    Scanner::new(&LIBRARY).scan(source.reader)
}

fn report(scan: Scan) -> LogReport {
    let source = "job.log".to_owned();
    diagnose(&Case::single(Input { source, scan }), &LIBRARY, Lang::En)
}

/// What must not depend on the clothes: everything but numbers of lines and bytes.
#[derive(Debug, PartialEq, Eq)]
struct Answer {
    outcome: &'static str,
    exit_code: Option<i64>,
    section: Option<String>,
    command: Option<String>,
    id: String,
    confidence: String,
    captures: BTreeMap<String, Option<String>>,
    text: String,
    evidence: Vec<(String, Option<String>)>,
    cause: String,
    fix: Vec<String>,
    notes: Vec<String>,
    checks: Vec<Option<String>>,
    fingerprint: String,
    also: Vec<String>,
}

fn answer(report: &LogReport) -> Answer {
    let cause = report.cause.as_ref().expect("a cause");
    let evidence = cause.evidence.iter();
    let checks = cause.checks.iter();
    Answer {
        outcome: report.outcome.as_str(),
        exit_code: report.exit_code,
        section: report.section.clone(),
        command: report.command.clone(),
        id: cause.id.clone(),
        confidence: cause.confidence.to_string(),
        captures: cause.captures.clone(),
        text: cause.text.clone(),
        evidence: evidence
            .map(|e| (e.text.clone(), e.section.clone()))
            .collect(),
        cause: cause.cause.clone(),
        fix: cause.fix.clone(),
        notes: cause.notes.clone(),
        checks: checks.map(|check| check.run.clone()).collect(),
        fingerprint: cause.fingerprint.clone(),
        also: report.also.iter().map(|other| other.id.clone()).collect(),
    }
}

/// What is shown stands on the lines that the report names, in the bytes that were given.
#[track_caller]
fn points_at_its_lines(report: &LogReport, raw: &[u8]) {
    let raw = String::from_utf8_lossy(raw);
    let lines: Vec<&str> = raw.split('\n').collect();
    let cause = report.cause.as_ref().expect("a cause");
    let own = (cause.line, &cause.text);
    let evidence = cause.evidence.iter().map(|e| (e.line, &e.text));
    for (line, text) in [own].into_iter().chain(evidence) {
        let there = lines[line as usize - 1];
        assert!(
            there.contains(text.trim()),
            "line {line}: {there}, not {text}"
        );
    }
}

/// The same answer in other clothes for each incident; the numbers of lines must fit the clothes.
#[track_caller]
fn same_in(clothes: impl Fn(&Incident, &str) -> Vec<u8>) {
    for incident in &INCIDENTS {
        let log = log(incident.file);
        let plain = answer(&report(scan(log.as_bytes())));
        let bytes = clothes(incident, &log);
        let other = report(scan(&bytes));
        assert_eq!(answer(&other), plain, "{}", incident.file);
        points_at_its_lines(&other, &bytes);
    }
}

#[test]
fn the_incidents_are_told_as_they_were_solved() {
    for incident in &INCIDENTS {
        let log = log(incident.file);
        let report = report(scan(log.as_bytes()));
        let answer = answer(&report);
        assert_eq!(answer.id, incident.id);
        assert_eq!(answer.section.as_deref(), Some(incident.section));
        assert!(answer.text.contains(incident.text), "{}", answer.text);
        points_at_its_lines(&report, log.as_bytes());
    }
}

#[test]
fn as_the_runner_prints_it() {
    same_in(|_, log| transform::restored(log));
}

#[test]
fn under_the_clock_of_the_runner() {
    same_in(|_, log| transform::clocked(log));
    same_in(|_, log| transform::stamped(log));
}

#[test]
fn with_windows_line_ends() {
    same_in(|_, log| transform::crlf(log.as_bytes()));
    same_in(|_, log| transform::crlf(&transform::clocked(log)));
}

#[test]
fn without_carriage_returns_and_escape_characters() {
    same_in(|_, log| transform::without(&transform::restored(log), b'\r'));
    same_in(|_, log| transform::without(&transform::restored(log), 0x1b));
    same_in(|_, log| {
        let no_returns = transform::without(&transform::restored(log), b'\r');
        transform::without(&no_returns, 0x1b)
    });
}

#[test]
fn without_a_newline_at_the_end() {
    same_in(|_, log| log.trim_end().as_bytes().to_vec());
}

#[test]
fn behind_ten_megabytes_of_ordinary_output() {
    let output = transform::output();
    // In the section that fails.
    same_in(|incident, log| transform::insert(log, incident.before, &output).into_bytes());
    same_in(|incident, log| {
        let more = transform::insert(log, incident.before, &output);
        transform::clocked(&more)
    });
    // In one before it, and before everything.
    same_in(|_, log| {
        let cache = format!("section_start:1:restore_cache\n{output}section_end:2:restore_cache\n");
        [cache.as_bytes(), log.as_bytes()].concat()
    });
    same_in(|_, log| [output.as_bytes(), &transform::restored(log)].concat());
}

#[test]
fn gzipped_and_in_other_encodings() {
    for incident in &INCIDENTS {
        let log = log(incident.file);
        let plain = report(scan(log.as_bytes()));
        for bytes in [
            transform::gzipped(log.as_bytes()),
            transform::gzipped(&transform::crlf(log.as_bytes())),
            transform::utf16(&log),
            [&b"\xef\xbb\xbf"[..], log.as_bytes()].concat(),
        ] {
            let other = report(scan(&bytes));
            assert_eq!(answer(&other), answer(&plain), "{}", incident.file);
            let line = |report: &LogReport| report.cause.as_ref().map(|cause| cause.line);
            assert_eq!(line(&other), line(&plain));
        }
    }
}

/// Hands out one byte at a time.
struct Drip<'a>(&'a [u8]);

impl Read for Drip<'_> {
    fn read(&mut self, buf: &mut [u8]) -> io::Result<usize> {
        let n = usize::from(!self.0.is_empty() && !buf.is_empty());
        buf[..n].copy_from_slice(&self.0[..n]);
        self.0 = &self.0[n..];
        Ok(n)
    }
}

#[test]
fn a_byte_at_a_time() {
    for incident in &INCIDENTS {
        let log = log(incident.file);
        for bytes in [log.clone().into_bytes(), transform::clocked(&log)] {
            let whole = scan(&bytes);
            let dripped = Scanner::new(&LIBRARY).scan(Drip(&bytes));
            assert_eq!(dripped.hits, whole.hits);
            assert_eq!(dripped.facts, whole.facts);
            assert_eq!(dripped.tail_lines(), whole.tail_lines());
            assert_eq!(answer(&report(dripped)), answer(&report(whole)));
        }
    }
}

#[test]
fn a_job_that_passed_stays_silent() {
    let output = transform::output();
    for file in ["ok/11-docker-build.log", "ok/12-docker-executor.log"] {
        let log = log(file);
        for bytes in [
            log.clone().into_bytes(),
            transform::restored(&log),
            transform::clocked(&log),
            transform::crlf(log.as_bytes()),
            transform::without(&transform::restored(&log), 0x1b),
            [output.as_bytes(), log.as_bytes()].concat(),
        ] {
            let report = report(scan(&bytes));
            assert!(report.cause.is_none(), "{file}: {:?}", report.cause);
            assert!(report.unexplained.is_none(), "{file}");
        }
    }
}

#[test]
fn pieces_of_evidence_together() {
    let clothes: [fn(&str) -> Vec<u8>; 3] = [
        |log| log.as_bytes().to_vec(),
        transform::restored,
        |log| transform::crlf(log.as_bytes()),
    ];
    let files = [
        "03-kubernetes-image-back-off.log",
        "21-node-docker-pull-timeout.txt",
        "22-node-egress-check.txt",
    ];
    let mut answers = Vec::new();
    for clothe in clothes {
        let input = |file: &&str| Input {
            source: (*file).to_owned(),
            scan: scan(&clothe(&log(file))),
        };
        let case = Case::together(files.iter().map(input).collect()).expect("one job");
        let report = diagnose(&case, &LIBRARY, Lang::En);
        let cause = report.cause.as_ref().expect("a cause");
        assert_eq!(cause.id, "registry-image-pull/timeout");
        for file in files {
            assert!(cause.evidence.iter().any(|e| e.source == file), "{file}");
        }
        answers.push(answer(&report));
    }
    assert_eq!(answers[1], answers[0]);
    assert_eq!(answers[2], answers[0]);
}
