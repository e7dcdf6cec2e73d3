//! `github`: annotations, as commands that the GitHub runner reads from a step's output.
//!
//! GitHub shows ten errors, ten warnings and ten notices of a step, and silently drops the rest. So equal
//! failures share one annotation, the most frequent come first, and the last notice says what was left out.

use std::collections::HashMap;
use std::io::{self, Write};

use super::groups::best_text;
use super::{Format, Style, Writer, place, sanitize, source_of, width};
use crate::model::{Finding, LogReport, Problem, Spot, Status, Summary, ToolInfo};

/// Most annotations of one kind for a step.
const MOST: usize = 10;
/// Most different failures that are told apart.
const MOST_GROUPS: usize = 1_000;
/// Columns of one part of a message.
const LONG: usize = 600;
/// Columns of a title.
const TITLE: usize = 120;

/// The format.
#[derive(Debug)]
pub struct Github;

impl Format for Github {
    fn name(&self) -> &'static str {
        "github"
    }

    fn about(&self) -> &'static str {
        "annotations of a GitHub Actions step"
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
        Box::new(GithubWriter {
            out,
            style: style.clone(),
            index: HashMap::new(),
            groups: Vec::new(),
            rest: 0,
        })
    }
}

struct GithubWriter<'w> {
    out: Box<dyn Write + 'w>,
    style: Style,
    /// The index of each failure in `groups`.
    index: HashMap<String, usize>,
    groups: Vec<Group>,
    /// Logs with failures beyond [`MOST_GROUPS`].
    rest: usize,
}

/// Failures that look the same: the first one in words, and their number.
struct Group {
    command: Command,
    logs: usize,
}

/// An annotation.
struct Command {
    kind: &'static str,
    place: Option<Spot>,
    title: String,
    message: Vec<String>,
}

impl Writer for GithubWriter<'_> {
    fn log(&mut self, report: &LogReport) -> io::Result<()> {
        let (key, command) = match (&report.cause, report.status) {
            (Some(cause), _) => (
                format!("{}\0{}", cause.id, cause.fingerprint),
                annotation_of(report, cause, &self.style),
            ),
            (None, Status::Unexplained) => {
                let unknown = report.unexplained.as_ref();
                let key = unknown.map_or("", |unknown| &unknown.fingerprint);
                (key.to_owned(), unexplained(report, &self.style))
            }
            (None, _) => return Ok(()),
        };
        if let Some(at) = self.index.get(&key) {
            self.groups[*at].logs += 1;
        } else if self.groups.len() < MOST_GROUPS {
            self.index.insert(key, self.groups.len());
            self.groups.push(Group { command, logs: 1 });
        } else {
            self.rest += 1;
        }
        Ok(())
    }

    fn finish(&mut self, errors: &[Problem], _summary: &Summary) -> io::Result<()> {
        let mut groups = std::mem::take(&mut self.groups);
        // The sort is stable: equally frequent failures stay in the order of the logs.
        groups.sort_by_key(|group| std::cmp::Reverse(group.logs));
        let mut left_out = self.rest;
        for kind in ["error", "warning"] {
            let ours = groups.iter_mut().filter(|g| g.command.kind == kind);
            for (at, group) in ours.enumerate() {
                if at >= MOST {
                    left_out += group.logs;
                    continue;
                }
                if group.logs > 1 {
                    let more = format!("The same in {} further logs.", group.logs - 1);
                    let more = more.replace("1 further logs", "1 further log");
                    group.command.message.push(more);
                }
                group.command.write(&mut *self.out)?;
            }
        }
        self.notices(errors, left_out)?;
        self.out.flush()
    }
}

impl GithubWriter<'_> {
    /// Annotates what could not be read and what was left out. The last notice is reserved for the latter.
    fn notices(&mut self, errors: &[Problem], left_out: usize) -> io::Result<()> {
        for error in errors.iter().take(MOST - 1) {
            let notice = Command {
                kind: "notice",
                place: None,
                title: format!("Not read: {}", line(&error.source)),
                message: vec![line(&error.message)],
            };
            notice.write(&mut *self.out)?;
        }
        let unread = errors.len().saturating_sub(MOST - 1);
        if left_out + unread == 0 {
            return Ok(());
        }
        let mut message = Vec::new();
        if left_out > 0 {
            message.push(format!(
                "Failures of {left_out} further logs are not shown here."
            ));
        }
        if unread > 0 {
            message.push(format!("{unread} further inputs could not be read."));
        }
        let last = Command {
            kind: "notice",
            place: None,
            title: "jobtriage: left out, since GitHub shows ten annotations of a kind".to_owned(),
            message,
        };
        last.write(&mut *self.out)
    }
}

fn annotation_of(report: &LogReport, cause: &Finding, style: &Style) -> Command {
    let words = style.words();
    let mut message = Vec::new();
    if !cause.cause.is_empty() {
        message.push(line(&cause.cause));
    }
    for (at, step) in cause.fix.iter().enumerate().take(6) {
        message.push(format!("{} {}: {}", words.fix, at + 1, line(step)));
    }
    let (owner, retry) = (words.owner(cause.owner), words.retry(cause.retry));
    message.push(format!("{} · {owner} · {retry}", line(&cause.id)));
    let source = line(source_of(report, cause));
    let own = format!("{source}:{}: {}", cause.line, line(&cause.text));
    let place = place::behind(&own, cause);
    message.push(own + &place);
    Command {
        kind: "error",
        place: place::of(cause).cloned(),
        title: width::cut_end(&line(&cause.title), TITLE, "…"),
        message,
    }
}

fn unexplained(report: &LogReport, style: &Style) -> Command {
    let unknown = report.unexplained.as_ref();
    let mut message = Vec::new();
    let source = line(&report.source);
    let own = match unknown.and_then(|u| u.line) {
        Some(number) => format!("{source}:{number}"),
        None => source,
    };
    match unknown.and_then(best_text) {
        Some(text) => message.push(format!("{own}: {}", line(text))),
        None => message.push(own),
    }
    if let Some(command) = &report.command {
        message.push(format!("$ {}", line(command)));
    }
    let ended = match (report.exit_code, &report.section) {
        (Some(code), Some(section)) => (style.words().both)(code, &line(section)),
        (Some(code), None) => (style.words().exit_code)(code),
        (None, Some(section)) => (style.words().in_section)(&line(section)),
        (None, None) => String::new(),
    };
    let title = style.words().no_known_cause.trim_end_matches('.');
    Command {
        kind: "warning",
        place: place::of_unknown(unknown).cloned(),
        title: if ended.is_empty() {
            title.to_owned()
        } else {
            width::cut_end(&format!("{title}: {ended}"), TITLE, "…")
        },
        message,
    }
}

/// Foreign text on one line of a message, shortened.
fn line(text: &str) -> String {
    let text = text.trim().replace(['\n', '\t'], " ");
    width::cut_end(&sanitize::clean(&text), LONG, "…")
}

impl Command {
    fn write(&self, out: &mut dyn Write) -> io::Result<()> {
        write!(out, "::{} ", self.kind)?;
        if let Some(place) = &self.place {
            write!(out, "file={},", property(&place.path))?;
            if let Some(line) = place.line {
                write!(out, "line={line},")?;
            }
        }
        let message = data(&self.message.join("\n"));
        writeln!(out, "title={}::{message}", property(&self.title))
    }
}

/// The one place that escapes text behind `::`; the runner undoes exactly this.
fn data(text: &str) -> String {
    text.replace('%', "%25")
        .replace('\r', "%0D")
        .replace('\n', "%0A")
}

/// The same for text between `::` and `::`, where more characters are separators.
fn property(text: &str) -> String {
    data(text).replace(':', "%3A").replace(',', "%2C")
}

#[cfg(test)]
mod tests {
    use super::{Problem, Style};
    use crate::model::{LogReport, Spot, Status};
    use crate::report::testing::*;

    /// What the GitHub runner makes of a line: the command, its properties, its message.
    fn parse(line: &str) -> (String, Vec<(String, String)>, String) {
        let (head, message) = line.strip_prefix("::").unwrap().split_once("::").unwrap();
        let (kind, properties) = head.split_once(' ').unwrap();
        let undo = |text: &str| {
            let text = text.replace("%0D", "\r").replace("%0A", "\n");
            text.replace("%3A", ":")
                .replace("%2C", ",")
                .replace("%25", "%")
        };
        let properties = properties.split(',').map(|property| {
            let (name, value) = property.split_once('=').unwrap();
            (name.to_owned(), undo(value))
        });
        (kind.to_owned(), properties.collect(), undo(message))
    }

    fn lines(logs: &[LogReport], errors: &[Problem]) -> Vec<String> {
        let out = written("github", &Style::default(), logs, errors);
        out.lines().map(str::to_owned).collect()
    }

    #[test]
    fn a_cause_is_an_error_with_its_way_out() {
        let mut log = from_variable();
        let cause = log.cause.as_mut().unwrap();
        cause.place = Some(Spot {
            path: "Dockerfile".into(),
            line: Some(1),
        });
        let lines = lines(&[log], &[]);
        assert_eq!(lines.len(), 1);
        let (kind, properties, message) = parse(&lines[0]);
        assert_eq!(kind, "error");
        let property = |at: usize| (properties[at].0.as_str(), properties[at].1.as_str());
        assert_eq!(property(0), ("file", "Dockerfile"));
        assert_eq!(property(1), ("line", "1"));
        let title = "FROM uses a variable that the Dockerfile never declares";
        assert_eq!(property(2), ("title", title));
        let said: Vec<_> = message.lines().collect();
        assert!(said[0].starts_with("`FROM $CI_REGISTRY_IMAGE:"));
        assert!(said[1].starts_with("Fix 1: Declare"));
        assert_eq!(
            said.last(),
            Some(&"02-docker-build-arg-without-arg.log:6: invalid reference format (Dockerfile:1)")
        );
    }

    #[test]
    fn nobody_else_starts_a_command_or_a_property() {
        for attack in ATTACKS {
            let log = saying(attack);
            let other = LogReport {
                cause: None,
                status: Status::Unexplained,
                ..log.clone()
            };
            let error = Problem {
                source: (*attack).into(),
                message: (*attack).into(),
                hint: None,
            };
            let lines = lines(&[log, other], &[error]);
            let kinds: Vec<_> = lines.iter().map(|line| parse(line).0).collect();
            assert_eq!(kinds, ["error", "warning", "notice"], "{attack}");
            for line in &lines {
                let mut properties = parse(line).1;
                // Where it could be a path, the place is all of it.
                properties.retain(|(name, value)| match name.as_str() {
                    "file" => value != attack,
                    name => name != "line" || value != "1",
                });
                let names: Vec<_> = properties.into_iter().map(|(name, _)| name).collect();
                assert_eq!(names, ["title"], "{attack}");
            }
        }
    }

    #[test]
    fn the_frequent_come_first_and_the_rest_is_counted() {
        let mut logs = Vec::new();
        for n in 0..14 {
            let mut log = explained("a.log", finding(&format!("family/name-{n}"), 1, "x"));
            log.cause.as_mut().unwrap().title = format!("title {n}");
            logs.push(log.clone());
            if n == 12 {
                logs.extend([log.clone(), log]);
            }
        }
        let mut other = unexplained("b.log");
        other.unexplained.as_mut().unwrap().fingerprint = "1:other".into();
        logs.extend([unexplained("b.log"), other]);
        let problem = Problem {
            source: "c.log".into(),
            message: "m".into(),
            hint: None,
        };
        let lines = lines(&logs, &vec![problem; 11]);
        let count = |kind: &str| lines.iter().filter(|line| line.starts_with(kind)).count();
        assert_eq!(
            (count("::error "), count("::warning "), count("::notice ")),
            (10, 2, 10)
        );
        assert!(lines[0].contains("title=title 12::"));
        assert!(lines[0].ends_with("%0AThe same in 2 further logs."));
        let last = parse(lines.last().unwrap()).2;
        assert_eq!(
            last,
            "Failures of 4 further logs are not shown here.\n2 further inputs could not be read."
        );
    }
}
