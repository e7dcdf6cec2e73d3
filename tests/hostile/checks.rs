//! What must hold whatever comes in: used by the property tests here and by the fuzz targets in `fuzz/`.
#![allow(dead_code)]

use std::io::{self, Read, Write};
use std::ops::ControlFlow;

use jobtriage::diagnosis::{Case, Input, diagnose};
use jobtriage::engine::Scanner;
use jobtriage::library::Library;
use jobtriage::model::{Lang, Summary, ToolInfo};
use jobtriage::pattern::{compile, text};
use jobtriage::report::{FORMATS, Style, sanitize};
use jobtriage::source::{self, Limits, Reading};

/// The library, decoded once.
fn library() -> &'static Library {
    static LIBRARY: std::sync::OnceLock<Library> = std::sync::OnceLock::new();
    LIBRARY.get_or_init(Library::embedded)
}

/// Hands bytes out a few at a time, as pipes do.
struct Dripping<'b>(&'b [u8], usize);

impl Read for Dripping<'_> {
    fn read(&mut self, buf: &mut [u8]) -> io::Result<usize> {
        let n = self.1.min(buf.len()).min(self.0.len());
        buf[..n].copy_from_slice(&self.0[..n]);
        self.0 = &self.0[n..];
        Ok(n)
    }
}

/// The reader: the same hits and facts however the bytes arrive.
pub fn reader(bytes: &[u8]) {
    let mut scanner = Scanner::new(library());
    let whole = scanner.scan(bytes);
    let dripped = scanner.scan(Dripping(bytes, 7));
    assert_eq!(whole.facts, dripped.facts);
    assert_eq!(whole.hits, dripped.hits);
    assert_eq!(whole.tail, dripped.tail);
    for hit in &whole.hits {
        let (from, to) = (hit.span.0 as usize, hit.span.1 as usize);
        assert!(hit.text.get(from..to).is_some(), "span {from}..{to}");
        assert!(hit.place.line >= 1);
    }
}

/// A pattern file: a pattern or an error with a place, never a panic; and what it compiles to can be run.
pub fn pattern_file(file: &str) {
    if let Ok((pattern, _)) = compile::compile("demo/fuzz.toml", "demo/fuzz", file, &|_| 1) {
        let library = Library::of(vec![pattern]);
        let scan = Scanner::new(&library).scan(file.as_bytes());
        let case = Case::single(Input {
            source: "fuzz".into(),
            scan,
        });
        diagnose(&case, &library, Lang::En);
    }
}

/// A template: bounded, and on one line if its parts are.
pub fn template(template: &str, value: &str) {
    let told = text::render(template, |_| Some(value));
    let values = text::placeholders(template).count();
    assert!(told.len() <= 4 * (template.len() + 64 + values * (value.len() + 64)) + 64);
    text::render(template, |_| None);
}

/// Every report of a log: nothing that a terminal obeys gets through, and nothing secret.
pub fn report(log: &[u8]) {
    let library = library();
    let scan = Scanner::new(library).scan(log);
    let report = diagnose(
        &Case::single(Input {
            source: String::from_utf8_lossy(&log[..log.len().min(40)]).into_owned(),
            scan,
        }),
        library,
        Lang::En,
    );
    let tool = ToolInfo {
        name: "jobtriage".into(),
        version: "0".into(),
        patterns: 1,
    };
    for format in FORMATS {
        let out = Shared::default();
        let style = Style {
            why: true,
            all: true,
            ..Style::default()
        };
        let mut writer = format.start(Box::new(out.clone()), &style, &tool);
        writer.log(&report).expect("memory takes everything");
        writer
            .finish(&[], &Summary::default())
            .expect("memory takes everything");
        drop(writer);
        let told = String::from_utf8(out.0.take()).expect("reports are UTF-8");
        let hostile = told
            .chars()
            .find(|c| *c != '\n' && *c != '\r' && *c != '\t' && sanitize::is_hostile(*c));
        assert_eq!(hostile, None, "{}: {told:?}", format.name());
    }
}

/// Redaction: twice is once, and offsets stay within the text.
pub fn redaction(text: &str) {
    let once = jobtriage::redact::text(text).into_owned();
    assert_eq!(jobtriage::redact::text(&once), once);
}

/// Anything as an archive: an end, in bounded memory, whatever it claims to be.
pub fn archive(path: &std::path::Path, bytes: &[u8]) {
    std::fs::write(path, bytes).expect("a scratch file can be written");
    let limits = Limits {
        total: 4 << 20,
        ratio: 1000,
        free: 1 << 20,
        members: 50,
    };
    let mut sources = 0;
    let _ = source::each_within(path, Reading { text: true }, limits, &mut |source, _| {
        sources += 1;
        if let Ok(mut source) = source {
            let _ = io::copy(&mut source.reader, &mut io::sink());
        }
        ControlFlow::Continue(())
    });
    assert!(sources <= 52, "{sources}");
}

/// A writer whose bytes can be had afterwards.
#[derive(Clone, Default)]
struct Shared(std::rc::Rc<std::cell::RefCell<Vec<u8>>>);

impl Write for Shared {
    fn write(&mut self, buf: &[u8]) -> io::Result<usize> {
        self.0.borrow_mut().extend_from_slice(buf);
        Ok(buf.len())
    }

    fn flush(&mut self) -> io::Result<()> {
        Ok(())
    }
}
