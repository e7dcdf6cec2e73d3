//! What must hold whatever comes in: used by the property tests here and by the fuzz targets in `fuzz/`.
#![allow(dead_code)]

use std::io::{self, Read, Write};
use std::ops::ControlFlow;

use jobtriage::diagnosis::{Case, Input, diagnose};
use jobtriage::engine::Scanner;
use jobtriage::library::Library;
use jobtriage::matcher::{Found, Needs, Program, make};
use jobtriage::model::{Lang, LogReport, Summary, ToolInfo};
use jobtriage::pattern::text::{self, Part};
use jobtriage::pattern::{compile, literal};
use jobtriage::report::{FORMATS, Style, sanitize};
use jobtriage::source::{self, Limits, Reading};
use jobtriage::trace::BlockReader;
use jobtriage::trace::dialect::Jobs;
use jobtriage::trace::page::Page;
use jobtriage::trace::stamp;

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
    assert_eq!(whole.tail_lines(), dripped.tail_lines());
    for hit in &whole.hits {
        let (from, to) = (hit.span.0 as usize, hit.span.1 as usize);
        assert!(hit.text.get(from..to).is_some(), "span {from}..{to}");
        assert!(hit.place.line >= 1);
    }
}

/// How systems that keep logs dress their lines up.
pub const DRESSES: u8 = 8;

/// A text as one of them shows it.
pub fn dressed(text: &[u8], dress: u8) -> Vec<u8> {
    const TIME: &str = "2026-05-01T10:00:00.1234567Z";
    let mut out = Vec::with_capacity(text.len() * 2);
    for (k, line) in text.split_inclusive(|b| *b == b'\n').enumerate() {
        let before = match dress % DRESSES {
            // GitHub Actions, as downloaded.
            1 => format!("{TIME} "),
            // `gh run view --log`: the job changes where the text says so.
            2 => format!("job {}\tRun step {}\t{TIME} ", job_of(line), k / 3),
            3 => format!("job {}\tUNKNOWN STEP\t\u{feff}{TIME} ", job_of(line)),
            // The web page of a job: a number before each line, or on a line of its own.
            4 => format!("{}", k + 1),
            5 => format!("{}\n", k + 1),
            // `docker logs -t`, `kubectl logs --timestamps`.
            6 => "2026-05-01T10:00:00.123456789Z ".to_owned(),
            // The runner's clock.
            7 => format!(
                "2026-05-01T10:00:{:02}.123456Z 0{}{} ",
                k % 60,
                k % 2,
                ['O', 'E'][k % 2]
            ),
            _ => String::new(),
        };
        out.extend_from_slice(before.as_bytes());
        out.extend_from_slice(line);
    }
    out
}

fn job_of(line: &[u8]) -> u8 {
    line.first().map_or(0, |b| b % 3)
}

/// Dialects: however a log is dressed up, nothing of it is lost or told twice, the same jobs come out however the bytes
/// arrive, and every line number is that of the line.
pub fn dialects(text: &[u8], dress: u8) {
    let text = dressed(text, dress);
    let jobs = split(&text[..]);
    assert_eq!(jobs, split(Dripping(&text, 5)));
    let numbers: Vec<u64> = jobs.iter().map(|job| job.1).collect();
    assert_eq!(numbers.first(), Some(&1));
    assert!(numbers.is_sorted());
    let newlines = |bytes: &[u8]| bytes.iter().filter(|b| **b == b'\n').count();
    let held: usize = jobs.iter().map(|job| newlines(&job.2)).sum();
    assert_eq!(held, newlines(&text));

    let scans = |source: &mut dyn Read| {
        let mut scans = Vec::new();
        Scanner::new(library()).scan_jobs(source, |name, scan| scans.push((name, scan)));
        scans
    };
    let (whole, dripped) = (scans(&mut &text[..]), scans(&mut Dripping(&text, 7)));
    // Logs that stand one behind the other in a text without columns are told apart by the reader.
    let logs: usize = jobs
        .iter()
        .map(|job| match job.0 {
            Some(_) => 1,
            None => logs_in(&job.2),
        })
        .sum();
    assert_eq!(whole.len(), logs);
    assert_eq!(whole.len(), dripped.len());
    let bytes: u64 = whole.iter().map(|(_, scan)| scan.facts.bytes).sum();
    assert_eq!(bytes, text.len() as u64);
    // As the reader gets it: without what a web page adds, line for line the same.
    let read: Vec<u8> = jobs.iter().flat_map(|job| job.2.clone()).collect();
    let lines: Vec<&[u8]> = read.split(|b| *b == b'\n').collect();
    for ((name, scan), (other_name, other)) in whole.iter().zip(&dripped) {
        assert_eq!(name, other_name);
        assert_eq!(scan.facts, other.facts);
        assert_eq!(scan.hits, other.hits);
        assert_eq!(scan.tail_lines(), other.tail_lines());
        assert!(scan.facts.sections.len() <= 8192 && scan.facts.commands.len() <= 1001);
        for hit in &scan.hits {
            stands_in(&hit.text, hit.place.line, &lines);
        }
        for line in &scan.tail_lines() {
            stands_in(&line.text, line.place.line, &lines);
        }
    }
}

fn logs_in(text: &[u8]) -> usize {
    let mut reader = BlockReader::new(Dripping(text, 11)).told_apart();
    let mut logs = 1;
    loop {
        while reader.next_block().is_some() {}
        if !reader.next_log() {
            return logs;
        }
        logs += 1;
    }
}

/// The jobs of a text: name, first line, and what stands there.
fn split(source: impl Read) -> Vec<(Option<String>, u64, Vec<u8>)> {
    let mut jobs = Jobs::new(Page::new(source));
    let mut all = Vec::new();
    while let Some(job) = jobs.next_job() {
        let mut text = Vec::new();
        jobs.read_to_end(&mut text).expect("memory can be read");
        all.push((job.name, job.first_line, text));
    }
    all
}

/// A text that was found on a line stands on that line, as it reads by itself.
fn stands_in(found: &str, line: u64, lines: &[&[u8]]) {
    let at = line.checked_sub(1).expect("lines count from 1") as usize;
    assert!(at < lines.len(), "the line exists");
    let goes_on = |line: &&&[u8]| stamp::header(line) == Some(true);
    // What a line above left open, with which the runner's clock joins it, takes from its beginning.
    let above = lines[..=at].iter().rev().take_while(goes_on).count();
    let mut readings = readings_of(lines, at);
    if above > 0 && above <= at {
        readings.extend(readings_of(lines, at - above));
    }
    let found = found.trim_start_matches('…').trim_end_matches('…').trim();
    assert!(
        readings.iter().any(|text| text.contains(found)),
        "line {line}: {found:?} is in none of {readings:?}"
    );
}

/// How a line reads by itself, with those that the runner's clock joins to it: the rest of a text stands on them.
fn readings_of(lines: &[&[u8]], at: usize) -> Vec<String> {
    let raw = lines[at];
    let joined = lines[at..].iter().skip(1);
    let joined = joined.take_while(|next| stamp::header(next) == Some(true));
    let joined: Vec<&[u8]> = joined.copied().collect();
    // What would be UTF-16 by itself is none where the clock tore it: its NULs are dropped.
    let narrow = |raw: &[u8]| raw.iter().copied().filter(|b| *b != 0).collect();
    let without: Vec<Vec<u8>> = joined.iter().map(|raw| narrow(raw)).collect();
    let without: Vec<&[u8]> = without.iter().map(|raw| &raw[..]).collect();
    let mut readings = read_alone(raw, &joined).to_vec();
    readings.extend(read_alone(&narrow(raw), &without));
    readings
}

/// A line and those that it is joined with, cleaned each by itself, and all at once: characters and control strings, too, may go on in
/// the next, where no CR ends them.
fn read_alone(raw: &[u8], joined: &[&[u8]]) -> [String; 2] {
    let clean = |raw: &[u8]| {
        let mut reader = BlockReader::new(raw);
        let mut clean = Vec::new();
        while let Some(block) = reader.next_block() {
            clean.extend_from_slice(&block.bytes()[block.start()..block.owned()]);
        }
        clean
    };
    let (mut each, mut at_once) = (clean(raw), raw.to_vec());
    for next in joined {
        for text in [&mut each, &mut at_once] {
            while text.ends_with(b"\n") || text.ends_with(b"\r") {
                text.pop();
            }
        }
        let rest = next.get(32..).unwrap_or_default();
        each.extend(clean(rest));
        at_once.extend(rest);
    }
    let text = |bytes: Vec<u8>| String::from_utf8_lossy(&bytes).into_owned();
    [text(each), text(clean(&at_once))]
}

/// Texts around a secret that people meet in logs; what stands for the secret is `@`.
const PLACES: &[&str] = &[
    "\n@\n",
    " @ ",
    "\nfatal: unable to access 'https://oauth2:@@git.example.com/a.git/': Could not resolve host: git.example.com\n",
    "\nfatal: Authentication failed for 'https://ci:@@git.example.com/a.git/'\n",
    "\nerror: header Authorization: Bearer @\n",
    "\ncurl: (22) PRIVATE-TOKEN: @ The requested URL returned error: 401\n",
    "\n$ deploy --token @\n",
    "\n$ export API_TOKEN=@\nERROR: Job failed: exit code 1\n",
    "\nError: token '@' was refused\n",
    "\npanic: \"@\"\n",
    "\nsection_start:1700000000:step_script\r\x1b[0K\x1b[32;1m$ ./run \"@\"\x1b[0;m\nno\nERROR: Job failed: exit code 7\n",
];

/// Secrets, in pieces, so that none stands in the repository.
const SECRETS: &[(&str, &str)] = &[
    ("glpat-", "a7Qk3ZtYx92LmNp4RsVw"),
    ("ghp_", "a7Qk3ZtYx92LmNp4RsVwB5cDfGh6JkMn8PqR"),
    ("npm_", "a7Qk3ZtYx92LmNp4RsVwB5cDfGh6JkMn8PqR"),
    ("AKIA", "Q3ZTYX27LMNPQRSV"),
    ("xoxb-", "123456789012-a7Qk3ZtYx92LmNp4RsVwB5cD"),
    ("hvs.", "a7Qk3ZtYx92LmNp4RsVwB5cDfGh6JkMn8PqR"),
];

/// The whole way: jobs, diagnoses, every report. Nothing that a terminal obeys, nothing that is broken, nothing secret.
///
/// `secret` and `place` choose what is planted into the text, `at` where.
pub fn pipeline(text: &[u8], secret: u8, place: u8, at: u16) {
    let (form, random) = SECRETS[secret as usize % SECRETS.len()];
    let parts = |n: usize| random.as_bytes().windows(n);
    if parts(8).any(|part| memchr(text, part)) {
        return;
    }
    let planted =
        PLACES[place as usize % PLACES.len()].replacen('@', &format!("{form}{random}"), 1);
    let at = at as usize % (text.len() + 1);
    // On a line of its own, so that no escape sequence takes a part of the secret.
    let log = [&text[..at], b"\n", planted.as_bytes(), &text[at..]].concat();

    let library = library();
    let tool = ToolInfo {
        name: "jobtriage".into(),
        version: "0".into(),
        patterns: 1,
    };
    let mut reports = Vec::new();
    Scanner::new(library).scan_jobs(&log[..], |name, scan| {
        let source = name.unwrap_or_else(|| "job.log".to_owned());
        let case = Case::single(Input { source, scan });
        reports.push(diagnose(&case, library, Lang::En));
    });
    for (format, color) in FORMATS.iter().flat_map(|f| [(f, false), (f, true)]) {
        let style = Style {
            why: true,
            all: true,
            color,
            ..Style::default()
        };
        let told = written(*format, &style, &tool, &reports);
        for part in parts(10) {
            assert!(!memchr(told.as_bytes(), part), "{}: {told}", format.name());
        }
        harmless(format.name(), &told, color);
        sound(format.name(), &told);
    }
}

fn memchr(text: &[u8], part: &[u8]) -> bool {
    text.windows(part.len()).any(|window| window == part)
}

fn written(
    format: &dyn jobtriage::report::Format,
    style: &Style,
    tool: &ToolInfo,
    reports: &[LogReport],
) -> String {
    let out = Shared::default();
    let mut writer = format.start(Box::new(out.clone()), style, tool);
    for report in reports {
        writer.log(report).expect("memory takes everything");
    }
    writer
        .finish(&[], &Summary::default())
        .expect("memory takes everything");
    drop(writer);
    String::from_utf8(out.0.take()).expect("reports are UTF-8")
}

/// Nothing that a terminal obeys, but the colours that were asked for.
fn harmless(format: &str, told: &str, color: bool) {
    let mut chars = told.chars();
    while let Some(c) = chars.next() {
        if c == '\x1b' && color {
            let end = chars.find(|c| !matches!(c, '[' | '0'..='9' | ';'));
            assert_eq!(end, Some('m'), "{format}: {told:?}");
            continue;
        }
        assert!(
            matches!(c, '\n' | '\r' | '\t') || !sanitize::is_hostile(c),
            "{format}: {c:?} in {told:?}"
        );
    }
}

/// What programs read is well formed, and a page holds no script but its own.
fn sound(format: &str, told: &str) {
    let parses = |text: &str| serde_json::from_str::<serde_json::Value>(text).is_ok();
    match format {
        "json" | "sarif" | "gitlab-codequality" => assert!(parses(told), "{format}: {told}"),
        "jsonl" => assert!(told.lines().all(parses), "{told}"),
        "html" => {
            let scripts = told.to_ascii_lowercase().matches("<script").count();
            assert!(scripts <= 1, "{told}");
        }
        _ => {}
    }
}

/// A line that is too long to keep, with a secret `before` bytes in front of what matched or behind it: no half of it is told.
pub fn long_line(before: usize, behind: bool) {
    let token = SECRETS[0];
    let jwt = (
        "eyJhbGciOiJIUzI1NiJ9.eyJ",
        "a7Qk3ZtYx92LmNp4RsVw".repeat(15),
    );
    let secrets = [
        ("https://ci:", "hunter2swordfish9", "@git.example.com/x"),
        ("Authorization: Bearer ", "Zm9vOmJhcjEyMzQ1Njc4OTA", ""),
        ("DB_PASSWORD=", "hunter2swordfish9", " make"),
        (&format!("url={}", token.0), token.1, "&x=1"),
        (&format!("jwt={}", jwt.0), &jwt.1, ".x7Qk3ZtYx92LmNp4"),
    ];
    let matched = "fatal: unable to access 'https://git.example.com/a.git/': Could not resolve host: git.example.com";
    for (open, secret, close) in secrets {
        let (far, near) = (
            "word ".repeat(600),
            "w ".repeat(before / 2) + &" ".repeat(before % 2),
        );
        let line = if behind {
            format!("{matched} {near}{open}{secret}{close} {far}")
        } else {
            format!("{far}{open}{secret}{close} {near}{matched}")
        };
        let log = format!("$ {line}\n{line}\n{line}\nERROR: Job failed: exit code 1\n");
        let scan = Scanner::new(library()).scan(log.as_bytes());
        let source = "job.log".to_owned();
        let report = diagnose(&Case::single(Input { source, scan }), library(), Lang::En);
        let told = serde_json::to_string(&report).expect("a report is JSON");
        for part in secret.as_bytes().windows(6) {
            assert!(
                !memchr(told.as_bytes(), part),
                "{before} {behind}: {open}{secret}: {told}"
            );
        }
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

/// A regex made ready: what it finds in a text, from its start and from behind, is what `regex` finds.
pub fn matcher(source: &str, ignore_case: bool, text: &[u8]) {
    let regex = regex::bytes::RegexBuilder::new(source)
        .unicode(false)
        .case_insensitive(ignore_case)
        .size_limit(1 << 18)
        .build();
    let (Ok(regex), Ok(hir)) = (regex, literal::parse(source, ignore_case, false)) else {
        return;
    };
    let bytes = make(&hir);
    let needs = Needs::pack(&literal::needs(&hir));
    let program = Program::new(&bytes);
    let folded: Vec<u8> = text.iter().map(|&b| literal::fold(b)).collect();
    for at in [0, text.len() / 2, text.len()] {
        let want = Found::by_regex(&regex, text, at);
        assert!(
            want.is_none() || Needs::new(&needs).are_met(&folded),
            "{source:?}"
        );
        let Ok(told) = program.find_at(text, at) else {
            continue;
        };
        assert_eq!(told, want, "{source:?} on {text:?} from {at}");
    }
}

/// A template: bounded, and on one line if its parts are.
pub fn template(template: &str, value: &str) {
    let values = text::placeholders(template).count();
    for part in [Part::Prose, Part::Note, Part::Advice, Part::Command] {
        let told = text::render(template, part, |_| Some(value));
        assert!(told.len() <= 4 * (template.len() + 64 + values * (value.len() + 64)) + 64);
        text::render(template, part, |_| None);
    }
}

/// A value from a log within the commands that reports propose: a POSIX shell that reads them finds the words of the template and the
/// value as a part of one of them, or something else in its place.
pub fn command(value: &str) {
    const TEMPLATES: &[&str] = &[
        "run {a} end",
        "run --x={a} end",
        "run '{a}' end",
        "run '^{a:regex}$' end",
        "run \"{a}\" end",
        "run \"$(run {a})\" end",
        "run -c 'x \"{a}\"' end",
        "{a} end",
    ];
    for template in TEMPLATES {
        let told = text::render(template, Part::Command, |_| Some(value));
        let words = |line: &str| words_of_shell(line).map(|words| words.len());
        let want = words(&template.replace("{a}", "w").replace("{a:regex}", "w"));
        assert_eq!(words(&told), want, "{template:?} {value:?}: {told:?}");
        assert!(want.is_some());
        let told = text::render(&format!("`{template}`"), Part::Advice, |_| Some(value));
        assert_eq!(told.matches('`').count(), 2, "{told:?}");
    }
}

/// The words of a command line; `None` where a shell would run, read or write anything more than it.
fn words_of_shell(line: &str) -> Option<Vec<String>> {
    let mut words = vec![String::new()];
    let mut chars = line.chars().peekable();
    let mut quotes: Vec<char> = Vec::new();
    while let Some(c) = chars.next() {
        match (quotes.last(), c) {
            (Some('\''), '\'') | (Some('"'), '"') | (Some(')'), ')') => drop(quotes.pop()),
            (Some('\''), c) => words.last_mut()?.push(c),
            (_, '\\') => words.last_mut()?.push(chars.next()?),
            // That of a template.
            (Some('"'), '$') if chars.peek() == Some(&'(') => {
                (quotes.len() < 2 && line.matches("$(run ").count() == 1).then_some(())?;
                chars.next();
                quotes.push(')');
            }
            (_, '$' | '`') => return None,
            (Some('"'), c) => words.last_mut()?.push(c),
            (_, '"' | '\'') => quotes.push(c),
            (_, ';' | '|' | '&' | '<' | '>' | '(' | ')' | '\n' | '{' | '}') => return None,
            (None, ' ') => words.push(String::new()),
            (_, c) => words.last_mut()?.push(c),
        }
    }
    quotes.is_empty().then_some(words)
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
        let style = Style {
            why: true,
            all: true,
            ..Style::default()
        };
        let told = written(*format, &style, &tool, std::slice::from_ref(&report));
        harmless(format.name(), &told, false);
    }
}

/// Redaction: twice is once, and any part of a text comes out as it does in the whole.
pub fn redaction(text: &str) {
    let once = jobtriage::redact::text(text).into_owned();
    let twice = jobtriage::redact::text(&once).into_owned();
    // Rules look only so far, and what is replaced may bring something nearer. That is searched again, but only so often, which a
    // long text may exceed.
    if text.len() < 2000 {
        assert_eq!(twice, once);
    } else {
        let count = |text: &str| text.matches("[redacted:").count();
        assert!(count(&twice) >= count(&once), "{once:?} -> {twice:?}");
    }
    let half = text.floor_char_boundary(text.len() / 2);
    let parts = |part| jobtriage::redact::within(text, part);
    let (start, end) = (parts(0..half), parts(half..text.len()));
    assert!(
        once.starts_with(&start) || start.ends_with(']'),
        "{start:?}"
    );
    assert!(
        once.ends_with(&end) || end.starts_with("[redacted:"),
        "{end:?}"
    );
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
    let _ = source::each_within(path, Reading::anything(), limits, &mut |source, _| {
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
