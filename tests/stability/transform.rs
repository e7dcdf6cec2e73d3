//! What may happen to a log between the runner and us, and what the runner printed before it happened.

use std::io::Write;

use flate2::Compression;
use flate2::write::GzEncoder;

/// A line, and whether the runner ends it or goes on behind it.
struct Printed {
    text: String,
    newline: bool,
    /// Stream number of the clock header: the runner itself, or the job's script.
    stream: &'static str,
}

/// The lines of a pasted log as the runner printed them: markers end in CR, titles and commands have their colours.
fn printed(log: &str) -> Vec<Printed> {
    const RUNNER: [&str; 4] = ["Running with ", "  on ", "Using ", "Pulling "];
    let mut out = Vec::new();
    let mut title = false;
    for line in log.lines() {
        let line = line.strip_prefix("[0K").unwrap_or(line);
        let marker = line.starts_with("section_start:") || line.starts_with("section_end:");
        let text = if marker {
            format!("{line}\r\x1b[0K")
        } else if title {
            format!("\x1b[0K\x1b[36;1m{line}\x1b[0;m\x1b[0;m")
        } else if line.starts_with("$ ") || line == "Job succeeded" {
            format!("\x1b[32;1m{line}\x1b[0;m")
        } else if line.starts_with("ERROR: ") {
            format!("\x1b[31;1m{line}\x1b[0;m")
        } else if line.starts_with("WARNING: ") {
            format!("\x1b[0;33m{line}\x1b[0;m")
        } else if RUNNER.iter().any(|start| line.starts_with(start)) {
            format!("\x1b[0K{line}\x1b[0;m")
        } else {
            line.to_owned()
        };
        title = line.starts_with("section_start:");
        let script = text == line;
        out.push(Printed {
            text,
            newline: !marker,
            stream: if script { "01" } else { "00" },
        });
    }
    out
}

/// A pasted log as the runner printed it.
pub fn restored(log: &str) -> Vec<u8> {
    let print = |p: Printed| p.text + if p.newline { "\n" } else { "" };
    let text: String = printed(log).into_iter().map(print).collect();
    text.into_bytes()
}

/// The same under the runner's clock: a header before each line, and a line of its own for each marker.
pub fn clocked(log: &str) -> Vec<u8> {
    let mut out = String::new();
    let mut goes_on = false;
    for (k, line) in printed(log).into_iter().enumerate() {
        let (minute, second) = (k / 60 % 60, k % 60);
        let sign = if goes_on { '+' } else { ' ' };
        out += &format!(
            "2026-05-01T10:{minute:02}:{second:02}.{:06}Z {}O{sign}{}\n",
            k % 1_000_000,
            line.stream,
            line.text
        );
        goes_on = !line.newline;
    }
    out.into_bytes()
}

/// A clock header before each line of the log as it is.
pub fn stamped(log: &str) -> Vec<u8> {
    let stamp = |line| format!("2026-05-01T10:00:00.123456Z 00O {line}\n");
    let text: String = log.lines().map(stamp).collect();
    text.into_bytes()
}

/// Windows line ends.
pub fn crlf(log: &[u8]) -> Vec<u8> {
    let mut out = Vec::new();
    for &b in log {
        if b == b'\n' {
            out.push(b'\r');
        }
        out.push(b);
    }
    out
}

/// Without that control character, as editors, trackers and `tr -d` leave it.
pub fn without(log: &[u8], gone: u8) -> Vec<u8> {
    log.iter().copied().filter(|&b| b != gone).collect()
}

/// Packed.
pub fn gzipped(log: &[u8]) -> Vec<u8> {
    let mut encoder = GzEncoder::new(Vec::new(), Compression::fast());
    encoder.write_all(log).unwrap();
    encoder.finish().unwrap()
}

/// UTF-16 with a byte-order mark, as PowerShell writes it.
pub fn utf16(log: &str) -> Vec<u8> {
    "\u{feff}"
        .encode_utf16()
        .chain(log.encode_utf16())
        .flat_map(u16::to_le_bytes)
        .collect()
}

/// 10 MB of ordinary output.
pub fn output() -> String {
    let mut out = String::new();
    let mut k = 0u32;
    while out.len() < 10_000_000 {
        k += 1;
        let (module, part) = (k % 977, k % 31);
        out += &format!("[{k:>6}] compiling module {module} of the application, part {part}\n");
    }
    out
}

/// The log with a text before the first line that begins so.
pub fn insert(log: &str, before: &str, text: &str) -> String {
    let at = log.find(&format!("\n{before}")).expect("the line is there");
    [&log[..=at], text, &log[at + 1..]].concat()
}
