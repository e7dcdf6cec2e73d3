//! Where bytes come from: standard input, files, folders, compressed or not.
//!
//! Knows nothing of logs: a label and a reader of decoded text leave.

use std::fs::File;
use std::io::{self, Cursor, Read};
use std::path::{Path, PathBuf};

use crate::model::Problem;
use crate::trace::decode::{self, Encoding, Utf16};

mod packed;
pub mod walk;

/// Something to read, under the name that people know it by.
pub struct Source {
    /// File name, or `<stdin>`.
    pub label: String,
    /// UTF-8, or bytes that are read as such; decompressed.
    pub reader: Box<dyn Read + Send>,
}

impl std::fmt::Debug for Source {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "Source({})", self.label)
    }
}

/// What to do with bytes that do not look like text.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Reading {
    /// Read binary-looking bytes all the same (`--text`).
    pub text: bool,
}

/// The label of standard input.
pub const STDIN: &str = "<stdin>";
/// The label of a log pasted into the terminal.
pub const PASTE: &str = "<paste>";

/// Why a source cannot be read.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Refusal {
    /// It has no bytes.
    Empty(Problem),
    /// It is no text.
    Binary(Problem),
    /// Everything else.
    Unreadable(Problem),
}

impl Refusal {
    /// What to tell people.
    pub fn problem(&self) -> &Problem {
        match self {
            Refusal::Empty(p) | Refusal::Binary(p) | Refusal::Unreadable(p) => p,
        }
    }
}

/// Opens a file by name.
///
/// # Errors
/// A missing file, a folder, no permission, no bytes, a binary file.
pub fn open(path: &Path, reading: Reading) -> Result<Source, Refusal> {
    let label = path.display().to_string();
    let fail = |message: String, hint: Option<String>| {
        Refusal::Unreadable(Problem {
            source: label.clone(),
            message,
            hint,
        })
    };
    if path.is_dir() {
        return Err(fail(
            "is a folder".to_owned(),
            Some(format!("use `jobtriage scan {label}`")),
        ));
    }
    let file = File::open(path).map_err(|error| {
        let hint = match error.kind() {
            io::ErrorKind::NotFound => {
                Some("check the name; a log can also be piped in".to_owned())
            }
            io::ErrorKind::PermissionDenied => Some("check who may read it".to_owned()),
            _ => None,
        };
        fail(format!("cannot be read: {}", reason(&error)), hint)
    })?;
    prepare(label, Box::new(file), reading)
}

/// Standard input.
///
/// # Errors
/// No bytes, or bytes that are no text.
pub fn stdin(reading: Reading) -> Result<Source, Refusal> {
    prepare(STDIN.to_owned(), Box::new(io::stdin()), reading)
}

/// Text that is already at hand: a paste.
pub fn text(label: &str, bytes: Vec<u8>) -> Source {
    Source {
        label: label.to_owned(),
        reader: Box::new(Cursor::new(bytes)),
    }
}

/// Unpacks and decodes a stream of bytes.
///
/// # Errors
/// No bytes, or bytes that are no text.
pub fn prepare(
    label: String,
    raw: Box<dyn Read + Send>,
    reading: Reading,
) -> Result<Source, Refusal> {
    let problem = |message: String, hint: &str| Problem {
        source: label.clone(),
        message,
        hint: (!hint.is_empty()).then(|| hint.to_owned()),
    };
    let unreadable = |error: &io::Error| {
        Refusal::Unreadable(problem(format!("cannot be read: {}", reason(error)), ""))
    };
    let (head, rest) = peek(raw).map_err(|e| unreadable(&e))?;
    let mut unpacked = packed::unpack(head, rest).map_err(|e| unreadable(&e))?;
    let mut head = Vec::new();
    // A damaged archive may fail right here; the analysis then meets the same error behind what was read.
    let mut failed = None;
    let mut chunk = [0; decode::PROBE];
    while head.len() < decode::PROBE {
        match unpacked.read(&mut chunk[..decode::PROBE - head.len()]) {
            Ok(0) => break,
            Ok(n) => head.extend_from_slice(&chunk[..n]),
            Err(e) if e.kind() == io::ErrorKind::Interrupted => {}
            Err(e) => {
                failed = Some(e);
                break;
            }
        }
    }
    if head.is_empty() {
        if let Some(error) = failed {
            return Err(unreadable(&error));
        }
        let (what, hint) = match label.as_str() {
            STDIN => (
                "nothing to read: standard input is empty".to_owned(),
                "did the command before the pipe fail? `gh run view --log` prints nothing for runs still in progress",
            ),
            PASTE => (
                "nothing to read: nothing was pasted".to_owned(),
                "copy the log's text first, or name its file: `jobtriage job.log`",
            ),
            _ => (
                "nothing to read: the file is empty".to_owned(),
                "was the log erased, or the job still running?",
            ),
        };
        return Err(Refusal::Empty(problem(what, hint)));
    }
    let (encoding, mark) = decode::detect(&head);
    if encoding == Encoding::Utf8
        && !reading.text
        && let Some(at) = decode::binary_at(&head)
    {
        let message = format!("looks binary (NUL at byte {at})");
        return Err(Refusal::Binary(problem(
            message,
            "use --text to read it all the same",
        )));
    }
    head.drain(..mark);
    let rest: Box<dyn Read + Send> = match failed {
        Some(error) => Box::new(Failing(Some(error))),
        None => unpacked,
    };
    let reader = Cursor::new(head).chain(rest);
    let reader: Box<dyn Read + Send> = match encoding {
        Encoding::Utf8 => Box::new(reader),
        Encoding::Utf16Le | Encoding::Utf16Be => Box::new(Utf16::new(reader, encoding)),
    };
    Ok(Source { label, reader })
}

/// The first bytes of a stream, and the stream behind them.
fn peek(mut raw: Box<dyn Read + Send>) -> io::Result<(Vec<u8>, Box<dyn Read + Send>)> {
    let mut head = vec![0; 8];
    let mut filled = 0;
    while filled < head.len() {
        match raw.read(&mut head[filled..]) {
            Ok(0) => break,
            Ok(n) => filled += n,
            Err(e) if e.kind() == io::ErrorKind::Interrupted => {}
            Err(e) => return Err(e),
        }
    }
    head.truncate(filled);
    Ok((head, raw))
}

/// Hands out an error that came too early.
struct Failing(Option<io::Error>);

impl Read for Failing {
    fn read(&mut self, _: &mut [u8]) -> io::Result<usize> {
        self.0.take().map_or(Ok(0), Err)
    }
}

/// An I/O error in words, without the number of the operating system.
pub fn reason(error: &io::Error) -> String {
    let text = match error.kind() {
        io::ErrorKind::NotFound => "no such file".to_owned(),
        io::ErrorKind::PermissionDenied => "permission denied".to_owned(),
        _ => error.to_string(),
    };
    text.split(" (os error").next().unwrap_or(&text).to_owned()
}

/// The path behind a label, for those that have one.
pub fn path_of(label: &str) -> Option<PathBuf> {
    (!matches!(label, STDIN | PASTE)).then(|| PathBuf::from(label))
}
