//! `short`: one line for each log, `file:line: × id: title`, as editors and `grep` expect it.

use std::io::{self, Write};

use super::paint::{Ink, Row};
use super::{Format, Style, Writer, source_of};
use crate::model::{LogReport, Outcome, Problem, Summary, ToolInfo};

/// The format.
#[derive(Debug)]
pub struct Short;

impl Format for Short {
    fn name(&self) -> &'static str {
        "short"
    }

    fn about(&self) -> &'static str {
        "one line a log: file:line: id: title"
    }

    fn start<'w>(
        &self,
        out: Box<dyn Write + 'w>,
        style: &Style,
        _tool: &ToolInfo,
    ) -> Box<dyn Writer + 'w> {
        Box::new(ShortWriter {
            out,
            style: style.clone(),
        })
    }
}

struct ShortWriter<'w> {
    out: Box<dyn Write + 'w>,
    style: Style,
}

impl Writer for ShortWriter<'_> {
    fn log(&mut self, report: &LogReport) -> io::Result<()> {
        line(report, &self.style).write(self.style.color, &mut *self.out)
    }

    fn finish(&mut self, _errors: &[Problem], _summary: &Summary) -> io::Result<()> {
        self.out.flush()
    }
}

/// The line. It is never shortened, since its reader may not be a terminal.
fn line(report: &LogReport, style: &Style) -> Row {
    let (words, symbols) = (style.words(), style.symbols());
    let mut row = Row::new();
    let mut place = |source: &str, line: Option<u64>| {
        row.push(Ink::Plain, source).push(Ink::Plain, ":");
        if let Some(line) = line {
            row.push(Ink::Plain, &format!("{line}:"));
        }
        row.space(1).clone()
    };
    if let Some(cause) = &report.cause {
        let mut row = place(source_of(report, cause), Some(cause.line));
        row.push(Ink::Bad, symbols.cross).space(1);
        row.push(Ink::Code, &cause.id)
            .push(Ink::Plain, ": ")
            .push(Ink::Strong, &cause.title);
        return row;
    }
    let unexplained = report.unexplained.as_ref();
    if unexplained.is_some() || report.outcome.is_failure() {
        let best = unexplained.and_then(|u| u.line);
        let text = unexplained
            .and_then(|u| u.lines.iter().find(|line| Some(line.line) == best))
            .map(|line| line.text.trim().to_owned())
            .or_else(|| unexplained.and_then(|u| u.exit_meaning.clone()))
            .or_else(|| report.exit_code.map(words.exit_code));
        let mut row = place(&report.source, best);
        row.push(Ink::Doubt, symbols.unknown)
            .space(1)
            .push(Ink::Plain, words.unknown);
        if let Some(text) = text {
            row.push(Ink::Plain, ": ").push(Ink::Plain, &text);
        }
        return row;
    }
    let mut row = place(&report.source, None);
    match report.outcome {
        Outcome::Canceled => row.push(Ink::Doubt, &words.canceled.to_lowercase()),
        Outcome::Unknown => row.push(Ink::Doubt, &words.no_verdict.to_lowercase()),
        _ => row.push(Ink::Good, &words.ok.to_lowercase()),
    };
    row
}

#[cfg(test)]
mod tests {
    use crate::model::{Lang, LogReport, Outcome};
    use crate::report::Style;
    use crate::report::testing::*;

    fn shapes() -> Vec<LogReport> {
        let open = LogReport {
            outcome: Outcome::Unknown,
            ..clean("part.log")
        };
        let canceled = LogReport {
            outcome: Outcome::Canceled,
            ..clean("stopped.log")
        };
        let mut bare = unexplained("bare.log");
        bare.unexplained = None;
        vec![
            from_variable(),
            unexplained("job.log"),
            bare,
            clean("ok.log"),
            open,
            canceled,
        ]
    }

    #[test]
    fn one_line_each() {
        assert_eq!(
            written("short", &Style::default(), &shapes(), &[]),
            "\
02-docker-build-arg-without-arg.log:6: × docker-build/from-variable-without-arg: \
FROM uses a variable that the Dockerfile never declares
job.log:954: ? unknown: cp: cannot stat 'dist/app.bin': No such file or directory
bare.log: ? unknown: exit code 2
ok.log: ok
part.log: no verdict
stopped.log: canceled
"
        );
    }

    #[test]
    fn in_korean_and_ascii() {
        let style = Style {
            lang: Lang::Ko,
            ascii: true,
            width: 10,
            ..Style::default()
        };
        let out = written("short", &style, &shapes(), &[]);
        assert!(out.contains(":6: x docker-build/"), "{out}");
        assert!(
            out.ends_with("ok.log: 정상\npart.log: 결과 없음\nstopped.log: 취소됨\n"),
            "{out}"
        );
    }
}
