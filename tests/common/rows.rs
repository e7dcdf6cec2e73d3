//! Reads a log the way the engine does, but line by line, and keeps what it sees of each line.

use std::io::{self, Read};

use jobtriage::model::JobFacts;
use jobtriage::trace::line::Kind;
use jobtriage::trace::{Block, BlockReader, Frame, Line, literals};

/// One piece of a line, or one window of a long one.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Row {
    /// Raw line number.
    pub line: u64,
    /// The clean bytes of the piece, stamps and all.
    pub piece: Vec<u8>,
    /// The line as people see it.
    pub text: String,
    /// What stands behind all prefixes.
    pub content: Vec<u8>,
    /// How many bytes of `text` a wrapper takes.
    pub content_at: usize,
    /// What kind of line.
    pub kind: Kind,
    /// Which of several parallel outputs.
    pub stream: u32,
    /// Not the start of its line.
    pub goes_on: bool,
    /// A screen would show what comes behind it in its place.
    pub overwritten: bool,
    /// The span it stands in, and its stage.
    pub span: u32,
    pub stage: u32,
    /// How many commands had been echoed.
    pub command: u32,
    /// Open sections, outermost first, as known at the end of the log.
    pub path: Vec<String>,
}

/// A log that has been read to its end.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Reading {
    pub rows: Vec<Row>,
    pub facts: JobFacts,
    /// Section markers that ended in CR.
    pub marks: Vec<String>,
    /// All clean bytes, in order, each once.
    pub clean: Vec<u8>,
    pub lines: u64,
    pub bytes: u64,
    pub mid_line: bool,
}

impl Reading {
    /// Where two readings of one log differ, in few words.
    pub fn difference(&self, other: &Self) -> Option<String> {
        let short = |row: &Row| {
            let text: String = row.text.chars().take(60).collect();
            let bytes = row.piece.len();
            format!("line {} {bytes} bytes {:?} {text:?}", row.line, row.path)
        };
        for (a, b) in self.rows.iter().zip(&other.rows) {
            if a != b {
                return Some(format!("{}\n{}", short(a), short(b)));
            }
        }
        if self.rows.len() != other.rows.len() {
            return Some(format!("{} and {} rows", self.rows.len(), other.rows.len()));
        }
        let rest = |r: &Self| (r.lines, r.bytes, r.mid_line);
        if rest(self) != rest(other) {
            return Some(format!("{:?} and {:?}", rest(self), rest(other)));
        }
        if self.facts != other.facts {
            return Some(format!("{:?}\n{:?}", self.facts, other.facts));
        }
        (self.clean != other.clean || self.marks != other.marks)
            .then(|| "clean bytes or markers".to_owned())
    }

    /// What a person is shown, with the open sections; empty lines dropped.
    pub fn shown(&self) -> Vec<(&str, Vec<&str>)> {
        self.rows
            .iter()
            .filter(|row| !row.overwritten && !row.text.is_empty())
            .map(|row| (&row.text[..], row.path.iter().map(String::as_str).collect()))
            .collect()
    }

    /// Text of every piece with its raw line number; empty ones dropped.
    pub fn numbered(&self) -> Vec<(u64, &str)> {
        self.rows
            .iter()
            .filter(|row| !row.text.is_empty())
            .map(|row| (row.line, &row.text[..]))
            .collect()
    }
}

pub fn read(source: impl Read) -> Reading {
    read_with(source, 256 << 10)
}

pub fn read_with(source: impl Read, buffer: usize) -> Reading {
    let mut reader = BlockReader::with_buffer(source, buffer);
    let mut frame = Frame::default();
    let mut rows = Vec::new();
    let mut clean = Vec::new();
    let mut marks = Vec::new();
    while let Some(block) = reader.next_block() {
        clean.extend_from_slice(&block.bytes()[block.start()..block.owned()]);
        let names = block.marks().iter();
        marks.extend(names.map(|mark| format!("{:?} {}", mark.edge, mark.name)));
        read_block(block, &mut frame, &mut rows);
    }
    assert!(reader.take_error().is_none());
    let (lines, bytes, mid_line) = (reader.lines(), reader.bytes(), reader.ends_in_mid_line());
    let facts = frame.finish(lines, bytes, mid_line);
    for row in &mut rows {
        let path = facts.sections[row.span as usize].path.as_deref();
        row.path = path
            .map(|path| path.split('/').map(str::to_owned).collect())
            .unwrap_or_default();
    }
    Reading {
        rows,
        facts,
        marks,
        clean,
        lines,
        bytes,
        mid_line,
    }
}

fn read_block(block: &Block, frame: &mut Frame, rows: &mut Vec<Row>) {
    let bytes = block.bytes();
    let mut counter = block.counter();
    let mut echoes = Vec::new();
    block.echoes(&mut echoes);
    let mut marks = block.marks().iter().peekable();
    let mut at = block.start();
    if block.column() == 0 && at < bytes.len() {
        frame.resume(first_line(&bytes[at..]));
    }
    while at < block.owned() {
        while let Some(mark) = marks.next_if(|mark| mark.at <= at) {
            let line = counter.line_at(block, mark.at);
            frame.marker(mark.edge, mark.unix, &mark.name, line);
        }
        let piece = block.piece(at);
        let line = counter.line_at(block, at);
        let text = &bytes[piece.from..piece.to];
        let echoed = echoes.iter().any(|echo| (at..piece.until).contains(echo));
        rows.push(row(
            block,
            text,
            piece.to,
            piece.goes_on,
            echoed,
            line,
            frame,
        ));
        let newline = usize::from(bytes.get(piece.until) == Some(&b'\n'));
        at = piece.until + newline;
    }
    for mark in marks {
        let line = counter.line_at(block, mark.at);
        frame.marker(mark.edge, mark.unix, &mark.name, line);
    }
}

fn row(
    block: &Block,
    piece: &[u8],
    end: usize,
    goes_on: bool,
    echoed: bool,
    line: u64,
    frame: &mut Frame,
) -> Row {
    let view = if goes_on {
        Line::inside(piece)
    } else {
        Line::new(piece, echoed).within(frame.wrappers())
    };
    if !goes_on && concerns(literals::FRAME, piece) {
        let next = block.bytes().get(end + 1..).filter(|rest| !rest.is_empty());
        frame.look(&view, piece, next.map(first_line), line);
    }
    let of_case = || concerns(literals::CASES, piece) || concerns(literals::CASE_ENDS, piece);
    if !goes_on && !view.command && of_case() {
        frame.case(view.content(), line);
    }
    if echoed {
        // Of a line that goes on behind its blank, only the sign may be here.
        let command = view.content().get(2..).unwrap_or_default();
        frame.echo(&String::from_utf8_lossy(command), line);
    }
    let kind = if view.command || view.text.starts_with(b"##[group]Run ") {
        Kind::Command
    } else if frame.in_step_header() {
        Kind::Source
    } else if goes_on {
        Kind::Output
    } else {
        view.kind()
    };
    let place = frame.place(line);
    Row {
        line,
        piece: piece.to_vec(),
        text: String::from_utf8_lossy(view.text).into_owned(),
        content: view.content().to_vec(),
        content_at: view.content_at,
        kind,
        stream: view.stream,
        goes_on,
        overwritten: block.overwritten(end),
        span: place.section,
        stage: frame.stage(),
        command: place.command,
        path: Vec::new(),
    }
}

fn first_line(bytes: &[u8]) -> &[u8] {
    &bytes[..memchr::memchr(b'\n', bytes).unwrap_or(bytes.len())]
}

/// Does the line carry one of these texts, letter case aside?
fn concerns(literals: &[&str], piece: &[u8]) -> bool {
    let folded = piece.to_ascii_lowercase();
    literals
        .iter()
        .any(|literal| memchr::memmem::find(&folded, literal.as_bytes()).is_some())
}

/// A source that gives at most so many bytes at a time as the list says, over and over.
pub struct Chunked<'a> {
    bytes: &'a [u8],
    sizes: &'a [usize],
    turn: usize,
}

impl<'a> Chunked<'a> {
    pub fn new(bytes: &'a [u8], sizes: &'a [usize]) -> Self {
        Self {
            bytes,
            sizes,
            turn: 0,
        }
    }
}

impl Read for Chunked<'_> {
    fn read(&mut self, buf: &mut [u8]) -> io::Result<usize> {
        let size = self.sizes.get(self.turn % self.sizes.len().max(1));
        self.turn += 1;
        let n = size.map_or(usize::MAX, |&n| n.max(1));
        let n = n.min(buf.len()).min(self.bytes.len());
        buf[..n].copy_from_slice(&self.bytes[..n]);
        self.bytes = &self.bytes[n..];
        Ok(n)
    }
}
