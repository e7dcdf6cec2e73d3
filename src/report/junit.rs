//! `junit`: one test case for each log, for the test reports of GitLab, Jenkins and others.
//!
//! A failed log is a failed test whose text is the whole text report; a log that no pattern explains is an
//! error. The totals stand before the cases, so cases wait in a spool.

use std::collections::HashMap;
use std::hash::BuildHasher;
use std::io::{self, Seek, SeekFrom, Write};

use tempfile::SpooledTempFile;

use super::groups::best_text;
use super::{Format, Style, Writer, place, sanitize, text, width};
use crate::model::{LogReport, Outcome, Problem, Status, Summary, ToolInfo};

/// Bytes of cases that wait in memory; more wait in a temporary file.
const IN_MEMORY: usize = 1 << 20;
/// Columns of the texts.
const WIDTH: usize = 80;
/// Columns of a message.
const LONG: usize = 300;

/// Limits of a file. GitLab refuses 30 MB or more, and more than 250,000 elements, attributes and texts; a case
/// has six of them.
const LIMITS: Limits = Limits {
    texts: 24_000_000,
    cases: 30_000,
};

#[derive(Debug, Clone, Copy)]
struct Limits {
    /// Bytes of cases from which the texts are left out.
    texts: u64,
    cases: usize,
}

/// The format.
#[derive(Debug)]
pub struct Junit;

impl Format for Junit {
    fn name(&self) -> &'static str {
        "junit"
    }

    fn about(&self) -> &'static str {
        "JUnit XML, one test case a log, for test reports"
    }

    fn shows_places(&self) -> bool {
        true
    }

    fn start<'w>(
        &self,
        out: Box<dyn Write + 'w>,
        style: &Style,
        _tool: &ToolInfo,
    ) -> Box<dyn Writer + 'w> {
        Box::new(JunitWriter::new(out, style, LIMITS))
    }
}

struct JunitWriter<'w> {
    out: Box<dyn Write + 'w>,
    style: Style,
    limits: Limits,
    cases: SpooledTempFile,
    /// How often a name was used, by its hash.
    names: HashMap<u64, u32>,
    bytes: u64,
    totals: Totals,
    without_text: usize,
    left_out: usize,
}

#[derive(Debug, Default)]
struct Totals {
    tests: usize,
    failures: usize,
    errors: usize,
    skipped: usize,
}

impl<'w> JunitWriter<'w> {
    fn new(out: Box<dyn Write + 'w>, style: &Style, limits: Limits) -> Self {
        let style = Style {
            color: false,
            width: WIDTH,
            why: false,
            ..style.clone()
        };
        JunitWriter {
            out,
            style,
            limits,
            cases: SpooledTempFile::new(IN_MEMORY),
            names: HashMap::new(),
            bytes: 0,
            totals: Totals::default(),
            without_text: 0,
            left_out: 0,
        }
    }

    fn case(&mut self, case: &str) -> io::Result<()> {
        if self.totals.tests == self.limits.cases {
            self.left_out += 1;
            return Ok(());
        }
        self.totals.tests += 1;
        self.bytes += case.len() as u64;
        self.cases.write_all(case.as_bytes())
    }

    /// A name that no other case has, since GitLab keeps one case of each name. Long paths may become equal
    /// when shortened.
    fn unique(&mut self, name: String) -> String {
        let hash = self.names.hasher().hash_one(&name);
        let used = self.names.entry(hash).or_default();
        *used += 1;
        match *used {
            1 => name,
            n => format!("{name} ({n})"),
        }
    }

    /// The text of a case, if there is still room for texts.
    fn text(&mut self, text: impl FnOnce() -> io::Result<String>) -> io::Result<String> {
        if self.bytes < self.limits.texts {
            return text();
        }
        self.without_text += 1;
        Ok(
            "The report of this log is left out, so that the file does not become too large."
                .into(),
        )
    }
}

impl Writer for JunitWriter<'_> {
    fn log(&mut self, report: &LogReport) -> io::Result<()> {
        let failed = report.outcome.is_failure() || report.status != Status::Clean;
        let style = self.style.clone();
        let case = match &report.cause {
            Some(cause) => {
                self.totals.failures += 1;
                let text = self.text(|| text::of(report, &style))?;
                let file = place::of(cause).map(|place| place.path.as_str());
                let name = self.unique(format!("{}: {}", line(&report.source), line(&cause.id)));
                let kind = line(&cause.id);
                let outcome = element("failure", Some(&kind), &line(&cause.title), &text);
                case(&name, file, &outcome)
            }
            None if failed => {
                self.totals.errors += 1;
                let text = self.text(|| text::of(report, &style))?;
                let best = report.unexplained.as_ref().and_then(best_text);
                let message = line(best.unwrap_or(style.words().no_known_cause));
                let name = self.unique(format!("{}: unexplained", line(&report.source)));
                let outcome = element("error", Some("unexplained"), &message, &text);
                let file = place::of_unknown(report.unexplained.as_ref());
                case(&name, file.map(|place| place.path.as_str()), &outcome)
            }
            None if report.outcome == Outcome::Succeeded => {
                case(&self.unique(line(&report.source)), None, "")
            }
            None => {
                self.totals.skipped += 1;
                let words = style.words();
                let why = match report.outcome {
                    Outcome::Canceled => words.was_canceled,
                    _ => words.ends_early,
                };
                let outcome = element("skipped", None, why, why);
                case(&self.unique(line(&report.source)), None, &outcome)
            }
        };
        self.case(&case)
    }

    fn finish(&mut self, errors: &[Problem], _summary: &Summary) -> io::Result<()> {
        for error in errors {
            self.totals.errors += 1;
            let message = line(&error.message);
            let hint = error.hint.as_deref().map(line).unwrap_or_default();
            let text = format!("{message}\n{hint}");
            let outcome = element("error", Some("unreadable"), &message, text.trim_end());
            let name = self.unique(format!("{}: unreadable", line(&error.source)));
            self.case(&case(&name, None, &outcome))?;
        }
        let Totals {
            tests,
            failures,
            errors,
            skipped,
        } = self.totals;
        let counts = format!(
            "name=\"jobtriage\" tests=\"{tests}\" failures=\"{failures}\" errors=\"{errors}\" \
             skipped=\"{skipped}\""
        );
        writeln!(
            self.out,
            "<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n<testsuites {counts}>\n\
             <testsuite {counts}>"
        )?;
        self.cases.seek(SeekFrom::Start(0))?;
        io::copy(&mut self.cases, &mut self.out)?;
        if self.without_text + self.left_out > 0 {
            let notice = format!(
                "{} failed logs without their reports, {} logs left out: the file would become \
                 too large",
                self.without_text, self.left_out
            );
            writeln!(self.out, "<system-out>{notice}</system-out>")?;
        }
        self.out.write_all(b"</testsuite>\n</testsuites>\n")?;
        self.out.flush()
    }
}

/// A test case. Its name contains the cause: a different cause is a different failing test.
fn case(name: &str, file: Option<&str>, outcome: &str) -> String {
    let file = file.map(|file| format!(" file=\"{}\"", escape(file)));
    format!(
        "<testcase classname=\"jobtriage\" name=\"{}\"{}>{outcome}</testcase>\n",
        escape(name),
        file.unwrap_or_default()
    )
}

fn element(name: &str, kind: Option<&str>, message: &str, text: &str) -> String {
    let kind = kind.map(|kind| format!(" type=\"{}\"", escape(kind)));
    format!(
        "<{name}{} message=\"{}\">{}</{name}>",
        kind.unwrap_or_default(),
        escape(message),
        escape(text)
    )
}

/// Foreign text on one line, shortened.
fn line(text: &str) -> String {
    width::cut_end(&sanitize::clean(text.trim()), LONG, "…")
}

/// The one place that escapes text for XML. [`sanitize::clean`] has already removed what XML 1.0 cannot
/// express: only line ends are left of the control characters.
fn escape(text: &str) -> String {
    let mut out = String::with_capacity(text.len() + 16);
    for c in text.chars() {
        match c {
            '&' => out.push_str("&amp;"),
            '<' => out.push_str("&lt;"),
            '>' => out.push_str("&gt;"),
            '"' => out.push_str("&quot;"),
            '\'' => out.push_str("&apos;"),
            _ => out.push(c),
        }
    }
    out
}

#[cfg(test)]
mod tests {
    use quick_xml::Reader;
    use quick_xml::events::Event;

    use super::*;
    use crate::report::testing::*;

    /// Elements in order, with attributes and text, as another reader sees them.
    #[derive(Debug, Default)]
    struct Element {
        name: String,
        attributes: Vec<(String, String)>,
        text: String,
    }

    impl Element {
        fn get(&self, name: &str) -> Option<&str> {
            let mut all = self.attributes.iter();
            all.find(|(key, _)| key == name)
                .map(|(_, value)| value.as_str())
        }
    }

    fn read(xml: &str) -> Vec<Element> {
        let mut reader = Reader::from_str(xml);
        reader.config_mut().check_end_names = true;
        let (mut all, mut open) = (Vec::<Element>::new(), Vec::new());
        loop {
            match reader.read_event().expect("well-formed") {
                Event::Start(start) => {
                    let attributes = start.attributes().map(|attribute| {
                        let attribute = attribute.expect("an attribute");
                        let value = quick_xml::escape::unescape(&attribute.value).expect("escaped");
                        let key: &str = attribute.key.as_ref();
                        (key.to_owned(), value.into_owned())
                    });
                    let element = Element {
                        name: start.name().as_ref().to_owned(),
                        attributes: attributes.collect(),
                        text: String::new(),
                    };
                    open.push(all.len());
                    all.push(element);
                }
                Event::Text(text) => {
                    if let Some(at) = open.last() {
                        all[*at].text.push_str(&text);
                    }
                }
                Event::GeneralRef(name) => {
                    let text = quick_xml::escape::unescape(&format!("&{};", &*name))
                        .expect("known")
                        .into_owned();
                    if let Some(at) = open.last() {
                        all[*at].text.push_str(&text);
                    }
                }
                Event::End(_) => {
                    open.pop();
                }
                Event::Eof => break,
                Event::Decl(_) => {}
                other => panic!("nothing else is written: {other:?}"),
            }
        }
        assert!(open.is_empty());
        all
    }

    fn cases(elements: &[Element]) -> Vec<&Element> {
        elements.iter().filter(|e| e.name == "testcase").collect()
    }

    #[test]
    fn no_two_cases_have_one_name() {
        let source = |end: &str| format!("{}/{end}.log", "long/".repeat(100));
        let logs = [clean(&source("a")), clean(&source("b"))];
        let all = read(&written("junit", &Style::default(), &logs, &[]));
        let names: Vec<_> = cases(&all).iter().map(|case| case.get("name")).collect();
        assert_eq!(names.len(), 2);
        assert_ne!(names[0], names[1]);
    }

    #[test]
    fn one_case_a_log() {
        let error = Problem {
            source: "core.bin".into(),
            message: "looks binary".into(),
            hint: Some("use --text".into()),
        };
        let logs = every_shape();
        let all = read(&written("junit", &Style::default(), &logs, &[error]));
        assert_eq!(cases(&all).len(), logs.len() + 1);
        let root = &all[0];
        assert_eq!(root.name, "testsuites");
        let count = |name: &str| all.iter().filter(|e| e.name == name).count().to_string();
        assert_eq!(root.get("tests"), Some(count("testcase").as_str()));
        assert_eq!(root.get("failures"), Some(count("failure").as_str()));
        assert_eq!(root.get("errors"), Some(count("error").as_str()));
        assert_eq!(root.get("skipped"), Some(count("skipped").as_str()));
        assert_eq!(
            cases(&all)[0].get("name"),
            Some("02-docker-build-arg-without-arg.log: docker-build/from-variable-without-arg")
        );
        let failure = all.iter().find(|e| e.name == "failure").unwrap();
        assert_eq!(
            failure.get("type"),
            Some("docker-build/from-variable-without-arg")
        );
        assert!(failure.text.contains("6 │ invalid reference format\n"));
        assert!(failure.text.contains("Fix 1"));
    }

    #[test]
    fn attacks_stay_text() {
        for attack in ATTACKS {
            let logs = [saying(attack), clean("ok.log")];
            let out = written("junit", &Style::default(), &logs, &[]);
            let names: Vec<_> = read(&out).into_iter().map(|e| e.name).collect();
            assert_eq!(
                names,
                ["testsuites", "testsuite", "testcase", "failure", "testcase"],
                "{attack}"
            );
            assert!(!out.contains("<![CDATA["));
        }
    }

    #[test]
    fn what_goes_beyond_the_limits_is_told() {
        let logs = vec![unexplained("a.log"); 5];
        let limits = Limits { texts: 1, cases: 3 };
        let mut out = Vec::new();
        let mut writer = JunitWriter::new(Box::new(&mut out), &Style::default(), limits);
        for log in &logs {
            writer.log(log).unwrap();
        }
        writer.finish(&[], &summary(&logs)).unwrap();
        drop(writer);
        let all = read(std::str::from_utf8(&out).unwrap());
        assert_eq!(cases(&all).len(), 3);
        assert!(all[3].text.contains("No known cause"));
        assert!(all[5].text.contains("left out"));
        let notice = &all.iter().find(|e| e.name == "system-out").unwrap().text;
        assert!(notice.starts_with("4 failed logs without their reports, 2 logs left out"));
    }
}
