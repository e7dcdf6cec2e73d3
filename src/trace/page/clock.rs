//! The time before every line, as web pages of CI services show it and exports keep it.
//!
//! The reader recognises ISO 8601 with a zone ([`stamp`]) and Jenkins' time ([`prefix`]) on any single line,
//! but not before GitLab's own frame. The other forms could be text of a program. They count only if the
//! whole text has them and no level follows: with a level, a logger wrote the line, and patterns expect all
//! of it.

use super::level::{LOUD, OF_SERVERS, QUIET};
use super::prefix::{self, services};
use super::stamp::{self, like};

/// A form of time, with what follows it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Form {
    /// `2026-05-01 10:00:00.123 `, also with `T`, slashes, a zone, brackets or a colon behind it; `| node | ` follows in Zuul's logs.
    Date,
    /// `2026-05-01T10:00:00.123Z ` before a trace of GitLab's runner (`kubectl logs --timestamps`, an archive of traces).
    Iso,
    /// `2026-05-01T10:00:00.123456789Z stdout F ` (the container runtimes of Kubernetes).
    Cri,
    /// `[10:00:00] `, `[10:00:00.123] ` (AppVeyor, Bitrise, Vercel); `[10:00:00]W:⇥ [Step 1/2] ` (TeamCity).
    Bracketed,
    /// `10:00:00.123 ` (Cloudflare Pages).
    Day,
    /// `10:00:00 AM: ` (Netlify).
    HalfDay,
    /// `May 01 10:00:00 host gitlab-runner[812]: `, also with ISO 8601 (syslog, journald); one program
    /// throughout the text.
    Syslog,
    /// `10:00:00 ` before a trace of GitLab's runner (its page, with times shown).
    Clock,
    /// `build⇥01-May-2026 10:00:00⇥` (Bamboo).
    Bamboo,
    /// `  63s ` (autopkgtest).
    Seconds,
    /// `Step #1 - "test": ` (part of a Cloud Build log).
    Step,
}

const FORMS: &[Form] = &[
    Form::Date,
    Form::Cri,
    Form::Syslog,
    Form::Iso,
    Form::Bracketed,
    Form::Day,
    Form::HalfDay,
    Form::Clock,
    Form::Bamboo,
    Form::Seconds,
    Form::Step,
];

/// How far behind the time a level may stand, in bytes.
const REACH: usize = 60;

/// The form of the time at the start of a line.
pub(super) fn form(line: &[u8]) -> Option<Form> {
    FORMS.iter().copied().find(|form| form.len(line) > 0)
}

impl Form {
    /// Length of the time at the start of a line with its separator; 0 if there is none.
    pub(super) fn len(self, line: &[u8]) -> usize {
        let len = match self {
            Form::Date => date(line),
            Form::Cri => cri(line),
            Form::Iso => iso(line),
            Form::Bracketed => bracketed(line),
            Form::Day => day(line),
            Form::HalfDay => half_day(line),
            Form::Syslog => syslog(line).map(|(_, len)| len),
            Form::Clock => Some(stamp::time_of_day(line)),
            Form::Bamboo => bamboo(line),
            Form::Seconds => seconds(line),
            Form::Step => services::step(line).map(|(len, _)| len),
        };
        len.unwrap_or(0)
    }

    /// Whether one line of it is enough, because it can be nothing else.
    pub(super) fn is_plain(self) -> bool {
        !matches!(self, Form::Day | Form::Seconds | Form::Step)
    }

    /// Whether a logger could print it. A level behind it then shows that one did.
    pub(super) fn may_be_a_loggers(self) -> bool {
        self != Form::HalfDay
    }

    /// Whether it counts only before GitLab's own frame.
    pub(super) fn needs_a_frame(self) -> bool {
        matches!(self, Form::Iso | Form::Clock)
    }

    /// The program that a line names behind the time; empty if the form names none.
    pub(super) fn speaker(self, line: &[u8]) -> &[u8] {
        if self != Form::Syslog {
            return b"";
        }
        syslog(line).map_or(b"", |(time, len)| {
            let names = &line[time..len];
            let pid = memchr::memrchr(b'[', names).unwrap_or(names.len());
            &names[..pid]
        })
    }
}

/// Whether a level stands near the start of the text behind a time. A logger then wrote the line.
pub(super) fn names_a_level(text: &[u8]) -> bool {
    let near = &text[..text.len().min(REACH)];
    let mut at = 0;
    near.split(|b| !b.is_ascii_alphabetic()).any(|word| {
        let bracketed = at > 0 && near[at - 1] == b'[';
        at += word.len() + 1;
        let levels = [QUIET, LOUD, OF_SERVERS].into_iter().flatten();
        let mut levels = levels.map(|level| level.as_bytes());
        levels.any(|level| level == word || bracketed && level.eq_ignore_ascii_case(word))
    })
}

fn date(line: &[u8]) -> Option<usize> {
    // The reader recognises those on any line.
    if stamp::iso(line) > 0 || stamp::bracketed(line) > 0 {
        return None;
    }
    let open = usize::from(line.first() == Some(&b'['));
    let mut at = open;
    at += like(&line[at..], "dddd-dd-dd").or_else(|| like(&line[at..], "dddd/dd/dd"))?;
    at += 1;
    if !matches!(line.get(at - 1), Some(b' ' | b'T')) {
        return None;
    }
    at += time(&line[at..])?;
    at += zone(&line[at..]);
    if open > 0 {
        at += like(&line[at..], "]")?;
    }
    at += usize::from(line.get(at) == Some(&b':'));
    at += blank(&line[at..])?;
    // Zuul names the node in a column.
    if let Some(rest) = line[at..].strip_prefix(b"| ") {
        at += 2;
        let node = rest.iter().take(64).position(|b| *b == b' ');
        if let Some(end) = node
            && rest[end..].starts_with(b" | ")
        {
            at += end + 3;
        }
    }
    Some(at)
}

fn cri(line: &[u8]) -> Option<usize> {
    let at = stamp::iso(line);
    let rest = line[at..].strip_prefix(b"std")?;
    let rest = rest
        .strip_prefix(b"out ")
        .or_else(|| rest.strip_prefix(b"err "))?;
    let rest = rest
        .strip_prefix(b"F")
        .or_else(|| rest.strip_prefix(b"P"))?;
    let end = line.len() - rest.len();
    (at > 0).then_some(end + blank(rest)?)
}

/// Stamps of GitHub and of the runner belong to their logs, so they are no margin.
fn iso(line: &[u8]) -> Option<usize> {
    let own = stamp::is_github(line) || stamp::header(line).is_some();
    let len = stamp::iso(line).max(stamp::bracketed(line));
    (len > 0 && !own).then_some(len)
}

fn bracketed(line: &[u8]) -> Option<usize> {
    let mut at = like(line, "[")?;
    at += time(&line[at..])?;
    at += like(&line[at..], "]")?;
    // TeamCity: the kind of the message, tabs by its depth, the step of the build.
    if let [kind, b':', ref rest @ ..] = line[at..]
        && (kind.is_ascii_alphabetic() && matches!(rest, [] | [b' ' | b'\t', ..])
            || kind == b' ' && (rest.starts_with(b"\t") || rest.starts_with(b" [Step ")))
    {
        at += 2;
        let blanks = line[at..].iter().take_while(|b| matches!(b, b'\t' | b' '));
        at += blanks.count();
        let step = line[at..].strip_prefix(b"[Step ");
        let close = step.and_then(|step| step.iter().take(12).position(|b| *b == b']'));
        if let Some(close) = close {
            at += "[Step ]".len() + close;
            at += blank(&line[at..]).unwrap_or(0);
        }
        return Some(at);
    }
    Some(at + blank(&line[at..])?)
}

fn day(line: &[u8]) -> Option<usize> {
    let clock = seconds_of(line)?;
    let at = time(line)?;
    // Without a fraction it is Jenkins' time, which the reader recognises on any line.
    (at > clock).then_some(at)?;
    Some(at + blank(&line[at..])?)
}

fn half_day(line: &[u8]) -> Option<usize> {
    let clock = seconds_of(line)?;
    let colon = like(&line[clock..], " AM:").or_else(|| like(&line[clock..], " PM:"))?;
    let at = clock + colon;
    Some(at + blank(&line[at..])?)
}

/// Length of a time of day up to its seconds.
fn seconds_of(line: &[u8]) -> Option<usize> {
    like(line, "dd:dd:dd").or_else(|| like(line, "d:dd:dd"))
}

/// Where the time ends, and where the text begins.
fn syslog(line: &[u8]) -> Option<(usize, usize)> {
    let day = like(line, "aaa dd ").or_else(|| like(line, "aaa  d "));
    let time = match day {
        Some(day) => {
            let end = day + time(&line[day..])?;
            end + like(&line[end..], " ")?
        }
        None => stamp::iso(line),
    };
    let word = |from: usize| {
        line[from..]
            .iter()
            .take(64)
            .take_while(|b| **b != b' ')
            .count()
    };
    let host = word(time);
    let tag = time + host + 1;
    if time == 0 || host == 0 || line.get(tag - 1) != Some(&b' ') {
        return None;
    }
    let end = tag + word(tag);
    let program = line[tag..end].strip_suffix(b":")?;
    // Other forms of time are common, so behind them only a process number proves that this is a syslog tag.
    let told = !program.is_empty() && (day.is_some() || program.ends_with(b"]"));
    told.then(|| Some((time, end + blank(&line[end..])?)))
        .flatten()
}

fn bamboo(line: &[u8]) -> Option<usize> {
    let word = line.iter().take_while(|b| b.is_ascii_lowercase()).count();
    let mut at = word + like(&line[word..], "\tdd-aaa-dddd dd:dd:dd")?;
    at += like(&line[at..], "\t")?;
    (word > 0).then_some(at)
}

fn seconds(line: &[u8]) -> Option<usize> {
    let pad = line.iter().take(4).take_while(|b| **b == b' ').count();
    let digits = prefix::digits(&line[pad..]);
    let at = pad + digits;
    (digits > 0 && at >= 3 && line[at..].starts_with(b"s ")).then_some(at + 2)
}

/// `10:00:00`, with a fraction where there is one.
pub(super) fn time(text: &[u8]) -> Option<usize> {
    let at = like(text, "dd:dd:dd")?;
    let fraction = match text.get(at) {
        Some(b'.' | b',') => prefix::digits(&text[at + 1..]),
        _ => 0,
    };
    Some(at + if fraction > 0 { fraction + 1 } else { 0 })
}

/// `Z`, ` UTC`, ` +0200`
fn zone(text: &[u8]) -> usize {
    let signed = || like(text, " +dddd").or_else(|| like(text, " -dddd"));
    match text {
        [b'Z', ..] => 1,
        [b' ', b'U', b'T', b'C', ..] | [b' ', b'G', b'M', b'T', ..] => 4,
        _ => signed().unwrap_or(0),
    }
}

/// The blank behind a time. More blanks belong to the text; an empty line has none.
fn blank(text: &[u8]) -> Option<usize> {
    match text.first() {
        None => Some(0),
        Some(b' ' | b'\t') => Some(1),
        Some(_) => None,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn forms_have_their_lengths() {
        for (line, want, rest) in [
            ("2026-05-01 10:00:00 $ make", Form::Date, "$ make"),
            (
                "2026-05-01 10:00:00.123456 | ubuntu-noble | TASK",
                Form::Date,
                "TASK",
            ),
            (
                "2026-05-01 10:00:00.123456 | PRE-RUN",
                Form::Date,
                "PRE-RUN",
            ),
            ("[2026-05-01 10:00:00]   x", Form::Date, "  x"),
            ("2026/05/01 10:00:00 UTC: x", Form::Date, "x"),
            ("2026-05-01T10:00:00,5 x", Form::Date, "x"),
            ("2026-05-01 10:00:00 +0200\tx", Form::Date, "x"),
            ("2026-05-01T10:00:00.123456789Z stdout F x", Form::Cri, "x"),
            ("2026-05-01T10:00:00.1Z $ make", Form::Iso, "$ make"),
            ("[2026-05-01T10:00:00.1Z] x", Form::Iso, "x"),
            ("[10:00:00]  x", Form::Bracketed, " x"),
            ("[10:00:00.123] x", Form::Bracketed, "x"),
            ("[10:00:00]", Form::Bracketed, ""),
            ("[10:00:00]W:", Form::Bracketed, ""),
            ("[10:00:00] :compileJava", Form::Bracketed, ":compileJava"),
            ("[10:00:00]W:\t [Step 1/2] x", Form::Bracketed, "x"),
            ("[10:00:00] :\t\tx", Form::Bracketed, "x"),
            ("[10:00:00]i:\t\tx", Form::Bracketed, "x"),
            ("10:00:00.123 x", Form::Day, "x"),
            ("9:00:00 AM: x", Form::HalfDay, "x"),
            ("10:00:00 PM:", Form::HalfDay, ""),
            (
                "May 01 10:00:00 host gitlab-runner[812]: x",
                Form::Syslog,
                "x",
            ),
            ("May  1 10:00:00 host build: x", Form::Syslog, "x"),
            ("May  1 10:00:00 host build[7]:", Form::Syslog, ""),
            (
                "2026-05-01T10:00:00.1+02:00 host build[7]: x",
                Form::Syslog,
                "x",
            ),
            (
                "2026-05-01T10:00:00Z npm error: x",
                Form::Iso,
                "npm error: x",
            ),
            ("10:00:00 x", Form::Clock, "x"),
            ("2026-05-01T10:00:00.1Z stderr P", Form::Cri, ""),
            ("build\t01-May-2026 10:00:00\tx", Form::Bamboo, "x"),
            ("Step #1: x", Form::Step, "x"),
            ("  3s x", Form::Seconds, "x"),
            ("1263s  x", Form::Seconds, " x"),
        ] {
            assert_eq!(form(line.as_bytes()), Some(want), "{line}");
            assert_eq!(&line[want.len(line.as_bytes())..], rest);
        }
        for line in [
            "2026-05-01T10:00:00.1234567Z x",
            "2026-05-01T10:00:00.123456Z 00O x",
            "2026-05-01 x",
            "10:00:00",
            "[10:00:00]x",
            "[10:00] x",
            "May 01 10:00:00 x",
            "3s x",
            "May be",
            "",
        ] {
            assert_eq!(form(line.as_bytes()), None, "{line}");
        }
    }

    #[test]
    fn loggers_name_a_level() {
        for (line, logger) in [
            ("2026-05-01 10:00:00,123 - app - ERROR - no", true),
            ("2026-05-01 10:00:00.123 UTC [12] FATAL:  no", true),
            ("2026-05-01 10:00:00 4 [Warning] no", true),
            ("2026-05-01 10:00:00 [ERROR] no", true),
            ("[10:00:00] [ERROR] no", true),
            ("[10:00:00] npm error code E404", false),
            ("[10:00:00] npm ERR! code E404", false),
            ("[10:00:00] Building wheels", false),
            ("[10:00:00] [Test worker/INFO]: x", true),
            ("[10:00:00] [main] INFO x", true),
            ("10:00:00.300 [info] x", true),
            ("2026-05-01 10:00:00 [INFO] x", true),
        ] {
            let form = form(line.as_bytes()).unwrap();
            let rest = &line[form.len(line.as_bytes())..];
            assert_eq!(names_a_level(rest.as_bytes()), logger, "{line}");
        }
    }
}
