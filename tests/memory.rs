//! Logs without end, and lines without end, are read in flat memory.
//!
//! What is asserted is how much is allocated at a time, not how long it takes; the texts are made while they are read.

use std::io::{self, Read, Write};
use std::sync::{LazyLock, Mutex};

use jobtriage::engine::{Scan, Scanner};
use jobtriage::library::Library;
use jobtriage::source::{self, Reading};
use peak_alloc::PeakAlloc;

#[global_allocator]
static PEAK: PeakAlloc = PeakAlloc;

/// One at a time: the allocator knows of no threads.
static TURN: Mutex<()> = Mutex::new(());
static LIBRARY: LazyLock<Library> = LazyLock::new(Library::embedded);

const MB: usize = 1_000_000;
/// What these logs may take: buffers, kept text, bounded hits and sections. A log that holds a long line for each of the patterns
/// takes more, as a few lines of each are kept.
const BOUND: usize = 16 << 20;

/// A text that is made piece by piece.
struct Stream<F> {
    make: F,
    piece: Vec<u8>,
    at: usize,
    turn: u64,
    left: usize,
}

impl<F: FnMut(u64, &mut Vec<u8>)> Stream<F> {
    fn new(size: usize, make: F) -> Self {
        Self {
            make,
            piece: Vec::new(),
            at: 0,
            turn: 0,
            left: size,
        }
    }
}

impl<F: FnMut(u64, &mut Vec<u8>)> Read for Stream<F> {
    fn read(&mut self, buf: &mut [u8]) -> io::Result<usize> {
        let mut filled = 0;
        while filled < buf.len() && self.left > 0 {
            if self.at == self.piece.len() {
                self.piece.clear();
                self.at = 0;
                (self.make)(self.turn, &mut self.piece);
                self.turn += 1;
            }
            let n = (self.piece.len() - self.at)
                .min(buf.len() - filled)
                .min(self.left);
            buf[filled..filled + n].copy_from_slice(&self.piece[self.at..self.at + n]);
            filled += n;
            self.at += n;
            self.left -= n;
        }
        Ok(filled)
    }
}

/// Scans a stream made of one text over and over.
fn again(size: usize, text: &str) -> Scan {
    let text = text.as_bytes().to_vec();
    // In pieces of some size, so that making them costs little.
    let times = 1 + 10_000 / text.len();
    let many = text.repeat(times);
    flat(size, move |_, piece| piece.extend_from_slice(&many))
}

/// Scans a stream; fails when that takes more memory than any log may.
fn flat(size: usize, make: impl FnMut(u64, &mut Vec<u8>)) -> Scan {
    let _turn = TURN.lock().unwrap_or_else(|e| e.into_inner());
    let mut scanner = Scanner::new(&LIBRARY);
    measured(|| scanner.scan(Stream::new(size, make)), size)
}

fn measured(run: impl FnOnce() -> Scan, size: usize) -> Scan {
    let before = PEAK.current_usage();
    PEAK.reset_peak_usage();
    let scan = run();
    let taken = PEAK.peak_usage().saturating_sub(before);
    assert!(taken < BOUND, "{taken} bytes");
    assert_eq!(scan.facts.bytes, size as u64);
    scan
}

#[test]
fn a_line_without_end() {
    let scan = again(200 * MB, "lorem ipsum dolor sit amet ");
    assert_eq!(scan.facts.lines, 1);
}

#[test]
fn ordinary_output_without_end() {
    let scan = flat(128 * MB, |turn, piece| {
        for k in 0..100 {
            writeln!(
                piece,
                "[{turn:>8}.{k}] compiling module {k} of the application"
            )
            .unwrap();
        }
    });
    assert!(scan.facts.lines > 1_000_000);
}

#[test]
fn control_sequences_without_end() {
    for text in [
        "\x1b",
        "\x1b[0m",
        "\x1b]",
        "\x1b]0;title",
        "\x1b[38;5;1",
        "a\x1b[32;1mb",
        "\x1b]8;;https://example.com\x1b\\",
        "\0",
    ] {
        again(10 * MB, text);
    }
}

#[test]
fn carriage_returns_without_end() {
    again(32 * MB, "\r");
    again(32 * MB, "a\r");
    again(32 * MB, "50% [=====>     ]\r");
}

#[test]
fn continuations_without_end() {
    let header = "2026-05-01T10:00:00.123456Z 01O+";
    let scan = again(32 * MB, &format!("\n{header}"));
    assert!(scan.facts.lines > 900_000);
    again(32 * MB, &format!("\r\n{header}"));
    again(32 * MB, &format!("goes on\n{header}"));
}

#[test]
fn sections_without_end() {
    let scan = flat(32 * MB, |turn, piece| {
        write!(piece, "section_start:1:s{turn}\r\x1b[0K").unwrap();
    });
    assert!(scan.facts.sections.len() < 10_000);
    flat(32 * MB, |turn, piece| {
        let name = "n".repeat(500);
        write!(piece, "section_start:1:{name}{turn}\r\x1b[0Kx\n").unwrap();
    });
    flat(32 * MB, |turn, piece| {
        write!(
            piece,
            "section_start:1:s{turn}\r\x1b[0Kfatal: not a git repository (or any of the parent directories): .git\n\
             section_end:2:s{turn}\r\x1b[0K"
        )
        .unwrap();
    });
}

#[test]
fn commands_without_end() {
    again(32 * MB, "$ ");
    let scan = flat(32 * MB, |turn, piece| {
        let name = "n".repeat(3000);
        writeln!(piece, "\x1b[32;1m$ make {turn} {name}\x1b[0;m").unwrap();
    });
    assert!(scan.facts.commands.len() < 2000);
}

#[test]
fn errors_without_end() {
    let error = "fatal: not a git repository (or any of the parent directories): .git\n";
    let scan = again(4 * MB, error);
    assert!(scan.hits.len() < 10_000);
    assert!(scan.hits.iter().any(|hit| hit.dropped > 50_000));
    again(4 * MB, "ERROR: Job failed: exit code 1\n");
    again(4 * MB, "Running with gitlab-runner 16.0.0 (x)\n");
    again(
        16 * MB,
        "##[group]Run make\n##[error]Process completed with exit code 1.\n",
    );
}

#[test]
fn parallel_outputs_without_end() {
    flat(8 * MB, |turn, piece| {
        writeln!(
            piece,
            "#{} 0.1 ERROR: failed to solve: exit code: 1",
            turn % 90_000
        )
        .unwrap();
    });
}

#[test]
fn much_text_in_a_small_file() {
    let mut encoder = flate2::write::GzEncoder::new(Vec::new(), flate2::Compression::best());
    let line = "the same line over and over\n".repeat(10_000);
    let size = 80 * line.len();
    for _ in 0..80 {
        encoder.write_all(line.as_bytes()).unwrap();
    }
    let packed = encoder.finish().unwrap();
    assert!(packed.len() < MB);
    let _turn = TURN.lock().unwrap_or_else(|e| e.into_inner());
    let mut scanner = Scanner::new(&LIBRARY);
    measured(
        || {
            let raw = Box::new(io::Cursor::new(packed));
            let source = source::prepare("x.gz".into(), raw, Reading::default()).unwrap();
            scanner.scan(source.reader)
        },
        size,
    );
}
