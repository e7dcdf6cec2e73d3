//! The same job in other clothes gets the same answer: only line numbers follow the input.

use std::fs;
use std::io::{self, Read, Write};
use std::path::Path;

use jobtriage::diagnosis::{Case, Input, diagnose};
use jobtriage::engine::Scanner;
use jobtriage::library::Library;
use jobtriage::model::Lang;

const SAMPLES: &[&str] = &[
    "01-docker-invalid-reference-format.log",
    "02-docker-build-arg-without-arg.log",
    "03-kubernetes-image-back-off.log",
    "04-git-ssl-error-syscall.log",
];

fn sample(name: &str) -> String {
    let path = Path::new(env!("CARGO_MANIFEST_DIR"))
        .join("samples")
        .join(name);
    fs::read_to_string(path).expect("a bundled sample")
}

/// Everything of an answer that must not change.
fn answer(library: &Library, source: impl Read) -> String {
    let scan = Scanner::new(library).scan(source);
    let case = Case::single(Input {
        source: "x.log".into(),
        scan,
    });
    let report = diagnose(&case, library, Lang::En);
    let cause = report.cause.expect("a known failure");
    format!(
        "{:?} {:?} {:?} {} {:?} {} {:?} {:?} {:?}",
        report.outcome,
        report.exit_code,
        report.section,
        cause.id,
        cause.captures,
        cause.text,
        cause.fix,
        cause.notes,
        cause.confidence
    )
}

fn same_in_all(dress: impl Fn(&str) -> Vec<u8>) {
    let library = Library::embedded();
    for name in SAMPLES {
        let log = sample(name);
        let plain = answer(&library, log.as_bytes());
        assert_eq!(answer(&library, &dress(&log)[..]), plain, "{name}");
    }
}

/// Markers as a runner prints them: CR and erase-line behind each, no newline.
fn with_real_markers(log: &str) -> String {
    log.lines()
        .map(|line| {
            if line.starts_with("section_") {
                format!("{line}\r\x1b[0K")
            } else {
                format!("{line}\n")
            }
        })
        .collect()
}

#[test]
fn with_the_markers_a_runner_prints() {
    same_in_all(|log| with_real_markers(log).into_bytes());
}

#[test]
fn with_carriage_returns() {
    same_in_all(|log| log.replace('\n', "\r\n").into_bytes());
}

#[test]
fn under_clock_headers() {
    same_in_all(|log| {
        log.lines()
            .map(|line| format!("2026-05-01T10:00:00.123456Z 00O {line}\n"))
            .collect::<String>()
            .into_bytes()
    });
}

#[test]
fn behind_ten_megabytes_of_ordinary_output() {
    let noise = "Compiling module 17 of 400: 12 files, 0 warnings\n".repeat(210_000);
    same_in_all(|log| {
        // Where the log has a header, the noise stands in a section of its own before it.
        format!("section_start:1:restore_cache\n{noise}section_end:2:restore_cache\n{log}")
            .into_bytes()
    });
}

#[test]
fn gzipped() {
    let library = Library::embedded();
    for name in SAMPLES {
        let log = sample(name);
        let mut encoder = flate2::write::GzEncoder::new(Vec::new(), flate2::Compression::fast());
        encoder.write_all(log.as_bytes()).unwrap();
        let packed = encoder.finish().unwrap();
        let unpacked = flate2::read::MultiGzDecoder::new(&packed[..]);
        assert_eq!(
            answer(&library, unpacked),
            answer(&library, log.as_bytes()),
            "{name}"
        );
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
    let library = Library::embedded();
    for name in SAMPLES {
        let log = sample(name);
        assert_eq!(
            answer(&library, Drip(log.as_bytes())),
            answer(&library, log.as_bytes()),
            "{name}"
        );
    }
}
