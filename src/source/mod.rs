//! Opens what can be read: standard input, files, folders and archives, compressed or not.
//!
//! It knows nothing of logs. Its result is a label and a reader of decoded text.

use std::fs::File;
use std::io::{self, Cursor, Read};
use std::ops::ControlFlow;
use std::path::{Path, PathBuf};

use crate::model::Problem;
use crate::trace::decode::{self, Encoding, Utf16};

pub mod address;
mod answer;
#[cfg(feature = "archives")]
mod archive;
mod bounds;
pub mod glob;
pub mod identity;
pub mod list;
mod misnamed;
mod packed;
pub mod walk;

pub use bounds::Limits;

/// A readable input with the name that people know it by.
pub struct Source<'r> {
    /// File name, or `<stdin>`.
    pub label: String,
    /// UTF-8, or bytes that are read as such; decompressed.
    pub reader: Box<dyn Read + 'r>,
}

impl std::fmt::Debug for Source<'_> {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "Source({})", self.label)
    }
}

/// What to do with bytes that do not look like a log.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Reading {
    /// Read binary-looking bytes, and other bytes that look like no log, anyway (`--text`).
    pub text: bool,
    /// Read a server's answer too: it may be the output of a check that somebody wants to show (`--together`).
    pub answers: bool,
}

impl Reading {
    /// Read everything.
    pub fn anything() -> Self {
        Self {
            text: true,
            answers: true,
        }
    }
}

/// The label of standard input.
pub const STDIN: &str = "<stdin>";
/// The label of a log pasted into the terminal.
pub const PASTE: &str = "<paste>";

/// What a file's name promises about its bytes, if anything; that decides whether they are read.
pub fn promise(path: &Path) -> Option<&'static str> {
    misnamed::promise(&path.to_string_lossy())
}

/// Why a source cannot be read.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Refusal {
    /// It has no bytes.
    Empty(Problem),
    /// It is no log: not text, or a server's answer in place of a log.
    Binary(Problem),
    /// Any other reason.
    Unreadable(Problem),
}

impl Refusal {
    /// The problem to report.
    pub fn problem(&self) -> &Problem {
        match self {
            Refusal::Empty(p) | Refusal::Binary(p) | Refusal::Unreadable(p) => p,
        }
    }

    /// The same, mutable.
    pub fn problem_mut(&mut self) -> &mut Problem {
        match self {
            Refusal::Empty(p) | Refusal::Binary(p) | Refusal::Unreadable(p) => p,
        }
    }
}

/// Opens a file that is no archive.
///
/// # Errors
/// A missing file, a folder, no permission, no bytes, a binary file.
pub fn open(path: &Path, reading: Reading) -> Result<Source<'static>, Refusal> {
    let label = path.display().to_string();
    let file = file(path, &label)?;
    prepare(label, Box::new(file), reading)
}

/// Standard input that is no archive.
///
/// # Errors
/// No bytes, or bytes that are no text.
pub fn stdin(reading: Reading) -> Result<Source<'static>, Refusal> {
    prepare(STDIN.to_owned(), Box::new(io::stdin()), reading)
}

/// How a source was found.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Origin {
    /// Somebody named it, or a walk met it.
    Named,
    /// It is a member of an archive, where not every file need be a log.
    Member,
}

/// Receives each source, or why it cannot be read; returns whether it wants more.
pub type Each<'e> = dyn FnMut(Result<Source<'_>, Refusal>, Origin) -> ControlFlow<()> + 'e;

/// Opens a file by name: one source, or one for each member of an archive.
///
/// What cannot be opened arrives as a refusal: a missing file, a folder, no permission, no bytes, a binary
/// file, a damaged archive.
pub fn each(path: &Path, reading: Reading, each: &mut Each<'_>) -> ControlFlow<()> {
    each_within(path, reading, Limits::default(), each)
}

/// [`each`] with other limits on what archives may yield.
pub fn each_within(
    path: &Path,
    reading: Reading,
    limits: Limits,
    each: &mut Each<'_>,
) -> ControlFlow<()> {
    let label = path.display().to_string();
    match file(path, &label) {
        // A pipe cannot be read a second time.
        Ok(file) => each_of(label, Box::new(file), reading, limits, each, || {
            path.is_file().then(|| File::open(path).ok()).flatten()
        }),
        Err(refusal) => each(Err(refusal), Origin::Named),
    }
}

/// Opens standard input: one source, or one for each member of a tar archive.
pub fn each_of_stdin(reading: Reading, each: &mut Each<'_>) -> ControlFlow<()> {
    let (label, limits) = (STDIN.to_owned(), Limits::default());
    each_of(label, Box::new(io::stdin()), reading, limits, each, || None)
}

/// `reopened` opens the same bytes as a file, for archives that are read from their end.
fn each_of(
    label: String,
    raw: Box<dyn Read + '_>,
    reading: Reading,
    limits: Limits,
    each: &mut Each<'_>,
    reopened: impl FnOnce() -> Option<File>,
) -> ControlFlow<()> {
    let stream = match open_stream(label, raw, limits) {
        Ok(stream) => stream,
        Err(refusal) => return each(Err(refusal), Origin::Named),
    };
    #[cfg(feature = "archives")]
    {
        if archive::is_zip(&stream.head) && !stream.packed {
            return match reopened() {
                Some(file) => archive::zip(&stream.label, file, reading, limits, each),
                None => {
                    let problem = Problem {
                        source: stream.label,
                        message: "a zip archive cannot be read from a pipe".to_owned(),
                        hint: Some("name its file".to_owned()),
                    };
                    each(Err(Refusal::Unreadable(problem)), Origin::Named)
                }
            };
        }
        if archive::is_tar(&stream.head) {
            let whole = archive::rejoined(stream.head, stream.rest, stream.failed);
            return archive::tar(&stream.label, whole, reading, limits, each);
        }
    }
    #[cfg(not(feature = "archives"))]
    let _ = reopened;
    if let Some(refusal) = misnamed::refusal(&stream.label, &stream.head, stream.packed, reading) {
        return each(Err(refusal), Origin::Named);
    }
    each(stream.decode(reading), Origin::Named)
}

fn file(path: &Path, label: &str) -> Result<File, Refusal> {
    let fail = |message: String, hint: Option<String>| {
        Refusal::Unreadable(Problem {
            source: label.to_owned(),
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
    File::open(path).map_err(|error| {
        if error.kind() == io::ErrorKind::NotFound
            && let Some(problem) = address::problem(path)
        {
            return Refusal::Unreadable(problem);
        }
        if error.kind() == io::ErrorKind::NotFound && path.is_symlink() {
            let message = "cannot be read: a link to a file that is not there";
            return fail(message.to_owned(), None);
        }
        let hint = match error.kind() {
            io::ErrorKind::NotFound => {
                Some("check the name; a log can also be piped in".to_owned())
            }
            io::ErrorKind::PermissionDenied => Some("check who may read it".to_owned()),
            _ => None,
        };
        fail(format!("cannot be read: {}", reason(&error)), hint)
    })
}

/// A source of text in memory: a paste.
pub fn text(label: &str, bytes: Vec<u8>) -> Source<'static> {
    Source {
        label: label.to_owned(),
        reader: Box::new(Cursor::new(bytes)),
    }
}

/// Unpacks and decodes a stream of bytes.
///
/// # Errors
/// No bytes, or bytes that are no text.
pub fn prepare<'r>(
    label: String,
    raw: Box<dyn Read + 'r>,
    reading: Reading,
) -> Result<Source<'r>, Refusal> {
    open_stream(label, raw, Limits::default())?.decode(reading)
}

/// A stream, unpacked, whose first bytes have been read.
struct Stream<'r> {
    label: String,
    head: Vec<u8>,
    rest: Box<dyn Read + 'r>,
    /// An error met in the first bytes. It is kept, so that the reader meets it behind them.
    failed: Option<io::Error>,
    /// The stream was packed.
    #[cfg_attr(not(feature = "archives"), allow(dead_code))]
    packed: bool,
}

fn open_stream<'r>(
    label: String,
    raw: Box<dyn Read + 'r>,
    limits: Limits,
) -> Result<Stream<'r>, Refusal> {
    let problem = |message: String, hint: &str| Problem {
        source: label.clone(),
        message,
        hint: (!hint.is_empty()).then(|| hint.to_owned()),
    };
    let unreadable = |error: &io::Error| {
        Refusal::Unreadable(problem(format!("cannot be read: {}", reason(error)), ""))
    };
    let (head, rest) = peek(raw).map_err(|e| unreadable(&e))?;
    let packed::Unpacked {
        stream: mut rest,
        packed,
    } = packed::unpack(head, rest, limits);
    let mut head = Vec::new();
    let mut failed = None;
    let mut chunk = [0; decode::PROBE];
    while head.len() < decode::PROBE {
        match rest.read(&mut chunk[..decode::PROBE - head.len()]) {
            Ok(0) => break,
            Ok(n) => head.extend_from_slice(&chunk[..n]),
            Err(e) if e.kind() == io::ErrorKind::Interrupted => {}
            Err(e) => {
                failed = Some(e);
                break;
            }
        }
    }
    let is_whole = head.len() < decode::PROBE && failed.is_none();
    if head.is_empty() || is_whole && head.trim_ascii().is_empty() {
        if let Some(error) = failed {
            return Err(unreadable(&error));
        }
        let (what, hint) = match label.as_str() {
            _ if !head.is_empty() => (
                "nothing to read: there are only blank lines".to_owned(),
                "did the command that fetched the log fail?",
            ),
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
    Ok(Stream {
        label,
        head,
        rest,
        failed,
        packed,
    })
}

impl<'r> Stream<'r> {
    fn decode(self, reading: Reading) -> Result<Source<'r>, Refusal> {
        let Self {
            label,
            mut head,
            rest,
            failed,
            ..
        } = self;
        let is_whole = head.len() < decode::PROBE && failed.is_none();
        if let Some(refusal) = answer::refusal(&label, &head, is_whole, reading) {
            return Err(refusal);
        }
        let (encoding, mark) = decode::detect(&head);
        if encoding == Encoding::Utf8
            && !reading.text
            && let Some(at) = decode::binary_at(&head)
        {
            let message = format!("looks binary (NUL at byte {at})");
            return Err(Refusal::Binary(Problem {
                source: label,
                message,
                hint: Some("use --text to read it all the same".to_owned()),
            }));
        }
        head.drain(..mark);
        let rest: Box<dyn Read + 'r> = match failed {
            Some(error) => Box::new(Failing(Some(error))),
            None => rest,
        };
        let reader = Cursor::new(head).chain(rest);
        let reader: Box<dyn Read + 'r> = match encoding {
            Encoding::Utf8 => Box::new(reader),
            Encoding::Utf16Le | Encoding::Utf16Be => Box::new(Utf16::new(reader, encoding)),
        };
        Ok(Source { label, reader })
    }
}

/// First bytes, and the stream behind them.
type Peeked<'r> = (Vec<u8>, Box<dyn Read + 'r>);

/// Reads the first bytes of a stream.
fn peek(mut raw: Box<dyn Read + '_>) -> io::Result<Peeked<'_>> {
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

/// A reader that returns an error which came too early.
struct Failing(Option<io::Error>);

impl Read for Failing {
    fn read(&mut self, _: &mut [u8]) -> io::Result<usize> {
        self.0.take().map_or(Ok(0), Err)
    }
}

/// An I/O error in words, without the operating system's number.
pub fn reason(error: &io::Error) -> String {
    let text = match error.kind() {
        io::ErrorKind::NotFound => "no such file".to_owned(),
        io::ErrorKind::PermissionDenied => "permission denied".to_owned(),
        _ => error.to_string(),
    };
    text.split(" (os error").next().unwrap_or(&text).to_owned()
}

/// The path behind a label, if the label is a path.
pub fn path_of(label: &str) -> Option<PathBuf> {
    (!matches!(label, STDIN | PASTE)).then(|| PathBuf::from(label))
}
