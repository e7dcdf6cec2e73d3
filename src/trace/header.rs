//! Finds where the header of a GitHub Actions step ends, from `##[group]Run …` to `##[endgroup]`.
//!
//! A script's header repeats the script, whose first line is also the title, then prints `shell: PATH … {0}`
//! and `env:` with its entries. An action's header has `with:` and `env:` (runner: Handlers/ScriptHandler.cs
//! and Handler.cs). A script that opens such a group itself names no shell, so that is no header. Source and
//! values may contain lines of any kind, so the end is known only further below: at the end of the group, or
//! at the next group if that was lost. GitHub stamps a value once, however many lines it has. Its web page
//! indents all lines of a header, so there the header ends with the indentation.

use super::line::Line;
use super::{prefix, verdict};

/// How GitHub opens the header of a step: with the first line of its command.
pub const OPENING: &[u8] = b"##[group]Run ";
/// The web page's indentation of each line of a group.
pub(super) const INDENT: &[u8] = b"  ";
/// Most lines that are searched.
const MAX_LINES: u32 = 10_000;
/// Bytes of a line that are compared.
const MAX_LINE: usize = 4096;

/// A header whose end has not been seen.
#[derive(Debug, Clone)]
pub struct Header {
    title: Box<[u8]>,
    /// Its lines begin with a clock.
    stamped: bool,
    phase: Phase,
    lines: u32,
    /// It may have ended before that line.
    doubt: Option<u64>,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Phase {
    /// Only the title has passed.
    Title,
    /// The source of the script.
    Script,
    /// The shell has been named.
    Shell,
    /// Inputs and variables.
    Values,
    /// The source of the script on the web page, which indents the lines of a group.
    ShownScript,
    /// The shell, on the web page.
    ShownShell,
    /// The variables behind the shell, on the web page.
    ShownVariables,
    /// The inputs of an action, on the web page.
    ShownInputs,
}

/// What a line means for a header.
enum Step {
    Part,
    /// It may belong to the header, or be the first line behind it.
    Doubtful,
    Ends,
    /// It proves that there was no header, or that the header ended at the doubtful line.
    Refutes,
}

impl Header {
    /// The header that a line opens, if its form is known. The line is as the log has it, with its stamps.
    pub fn opened_by(line: &[u8]) -> Option<Self> {
        let title = Line::new(line, false).text.strip_prefix(OPENING)?;
        let title = title.trim_ascii();
        // A program that starts a step in its container is announced below the step's own title.
        let known = !title.starts_with(b"'/");
        known.then(|| Self {
            title: title[..title.len().min(MAX_LINE)].into(),
            stamped: prefix::clock(line) > 0,
            phase: Phase::Title,
            lines: 0,
            doubt: None,
        })
    }

    /// Reads clean lines from `from` on; `base` is the offset of the text in the log. Once the end is known,
    /// returns where the first line behind the header begins: 0 if there was no header.
    pub fn end(&mut self, text: &[u8], mut from: usize, base: u64) -> Option<u64> {
        while from < text.len() {
            let to = memchr::memchr(b'\n', &text[from..]).map_or(text.len(), |k| from + k);
            let at = base + from as u64;
            match self.takes(&text[from..to]) {
                Step::Part => {}
                Step::Doubtful => self.doubt = self.doubt.or(Some(at)),
                Step::Ends => return Some(at),
                Step::Refutes => return Some(self.doubt.unwrap_or(0)),
            }
            from = to + 1;
        }
        None
    }

    /// The end if the log stops before any line decided it.
    pub fn end_at_last(&self) -> u64 {
        self.doubt.unwrap_or(u64::MAX)
    }

    /// Reads the next line.
    fn takes(&mut self, line: &[u8]) -> Step {
        self.lines += 1;
        if self.lines > MAX_LINES {
            return Step::Refutes;
        }
        // The title is compared without stamps.
        let line = &line[..line.len().min(2 * MAX_LINE)];
        let text = Line::new(line, false).text;
        let text = &text[..text.len().min(MAX_LINE)];
        let marks = !self.stamped || text.len() < line.len() && prefix::clock(line) > 0;
        let mark = marks.then(|| mark(text)).flatten();
        let group = matches!(mark, Some(b"endgroup" | b"group"));
        if self.phase == Phase::Title
            && let Some(shown) = self.shown(text)
        {
            self.phase = shown;
            return Step::Part;
        }
        let (next, step) = match (self.phase, text) {
            (Phase::Script, _) if group || mark.is_some() && is_closing(text) => {
                (Phase::Script, Step::Refutes)
            }
            (Phase::Values, _) if mark == Some(b"group") && self.doubt.is_some() => {
                (Phase::Values, Step::Refutes)
            }
            (Phase::Values, _) if mark.is_some() && !group && !self.stamped => {
                (Phase::Values, Step::Doubtful)
            }
            (Phase::Title | Phase::Shell | Phase::Values, _) if mark.is_some() => {
                (self.phase, Step::Ends)
            }
            (Phase::Title, b"") => (Phase::Title, Step::Part),
            (Phase::Title, b"with:" | b"env:") | (Phase::Shell, b"env:") => {
                (Phase::Values, Step::Part)
            }
            (Phase::ShownScript, _) if inner(text).is_some_and(is_shell) => {
                (Phase::ShownShell, Step::Part)
            }
            (Phase::ShownShell, b"  env:") => (Phase::ShownVariables, Step::Part),
            (Phase::ShownVariables, _) if text.starts_with(b"    ") => (self.phase, Step::Part),
            (Phase::ShownScript, b"") => (self.phase, Step::Part),
            (Phase::ShownScript | Phase::ShownInputs, _) if text.starts_with(INDENT) => {
                (self.phase, Step::Part)
            }
            (
                Phase::ShownScript | Phase::ShownShell | Phase::ShownVariables | Phase::ShownInputs,
                _,
            ) => (self.phase, Step::Ends),
            (Phase::Title, _) if text.trim_ascii() == &*self.title => (Phase::Script, Step::Part),
            (Phase::Title, _) => (Phase::Title, Step::Ends),
            (Phase::Script, _) if is_shell(text) => (Phase::Shell, Step::Part),
            // The script has a line like that of the shell, or the end of the group was lost.
            (Phase::Shell, _) => (Phase::Script, Step::Doubtful),
            (Phase::Script | Phase::Values, _) => (self.phase, Step::Part),
        };
        self.phase = next;
        step
    }

    /// The phase that the first line below the title begins on the web page.
    fn shown(&self, line: &[u8]) -> Option<Phase> {
        match inner(line)? {
            b"with:" | b"env:" => Some(Phase::ShownInputs),
            line if line == &*self.title => Some(Phase::ShownScript),
            line if is_shell(line) => Some(Phase::ShownShell),
            _ => None,
        }
    }
}

/// A line of a group without the web page's indentation.
fn inner(line: &[u8]) -> Option<&[u8]> {
    line.strip_prefix(INDENT)
}

/// Whether a title is an action (`owner/name@ref`, `./path`, `docker://image`) and not the first line of a
/// script.
pub(crate) fn is_action(title: &str) -> bool {
    let mut words = title.split_whitespace();
    let (Some(word), None) = (words.next(), words.next()) else {
        return false;
    };
    let path = |c: char| c.is_ascii_alphanumeric() || "-_./".contains(c);
    let versioned = word.split_once('@').is_some_and(|(name, version)| {
        name.contains('/') && name.chars().all(path) && !version.is_empty()
    });
    versioned || word.starts_with("docker://") || word.starts_with("./.github/")
}

/// `Error: Process completed with exit code 2.`, as the web page shows the line that closes a step.
pub(super) fn shown_on_page(text: &str) -> Option<&str> {
    let message = text.trim_start().strip_prefix("Error: ")?;
    (verdict::github_says(message) != verdict::Github::Something).then_some(message)
}

/// Whether a text above the first `##[endgroup]` of a log begins inside a header and ends with one.
pub fn ends_with(text: &[u8]) -> bool {
    let first = &text[..memchr::memchr(b'\n', text).unwrap_or(text.len())];
    let line = Line::new(first, false).text;
    let entry = || {
        let name = line
            .strip_prefix(b"  ")
            .map(|rest| rest.split(|b| *b == b':').next());
        let is_name = |b: &u8| b.is_ascii_alphanumeric() || matches!(b, b'-' | b'_');
        name.flatten().is_some_and(|name| {
            !name.is_empty() && name.iter().all(is_name) && line.len() > name.len() + 2
        })
    };
    let values = matches!(line, b"with:" | b"env:") || entry();
    let mut header = Header {
        title: Box::default(),
        stamped: prefix::clock(first) > 0,
        phase: if values { Phase::Values } else { Phase::Script },
        lines: 0,
        doubt: None,
    };
    let ended = header.end(text, 0, 0).is_some();
    !ended && header.doubt.is_none() && header.phase != Phase::Script
}

/// The runner's mark before a line of its own.
fn mark(text: &[u8]) -> Option<&'static [u8]> {
    const MARKS: &[&[u8]] = &[
        b"endgroup",
        b"group",
        b"error",
        b"warning",
        b"notice",
        b"debug",
        b"command",
    ];
    let mark = text.strip_prefix(b"##[")?;
    let begins = |name: &&&[u8]| mark.starts_with(name) && mark.get(name.len()) == Some(&b']');
    MARKS.iter().find(begins).copied()
}

/// Whether this is the closing line of a step, which scripts do not print.
fn is_closing(text: &[u8]) -> bool {
    let message = text
        .strip_prefix(b"##[error]")
        .and_then(|m| std::str::from_utf8(m).ok());
    message.is_some_and(|message| verdict::github_says(message) != verdict::Github::Something)
}

/// Whether a line names the shell: `shell: /usr/bin/bash -e {0}`. Every shell has the script's place `{0}`.
pub(super) fn is_shell(text: &[u8]) -> bool {
    text.starts_with(b"shell: ") && memchr::memmem::find(text, b"{0}").is_some()
}

#[cfg(test)]
mod tests {
    use super::*;

    /// The first line behind the header that the first line opens.
    fn ends_at(log: &str) -> Option<&str> {
        let (title, rest) = log.split_once('\n').unwrap();
        let mut header = Header::opened_by(title.as_bytes())?;
        let at = header.end(rest.as_bytes(), 0, 0)?;
        rest[at as usize..].lines().next()
    }

    const T: &str = "2026-05-01T10:00:00.1234567Z ";

    #[test]
    fn a_header_ends_with_its_group() {
        for log in [
            "##[group]Run make\nmake\necho error: x\n\nshell: /usr/bin/bash -e {0}\nenv:\n  A: 1\n  B: x\nerror: of B\n##[endgroup]\nx",
            "##[group]Run make\n\nmake\nshell: C:\\Program Files\\PowerShell\\7\\pwsh.EXE -command \". '{0}'\"\n##[endgroup]\nx",
            "##[group]Run make\nmake\ncat > x <<E\nshell: bash\nenv:\nE\nshell: bash -e {0}\n##[endgroup]\nx",
            "##[group]Run actions/checkout@v4\nwith:\n  repository: a/b\n  script: a\nb\nenv:\n  A: 1\n##[endgroup]\nx",
            "##[group]Run actions/checkout@v4\n##[endgroup]\nx",
            // Source and values may look like the runner's own lines.
            "##[group]Run make\nmake\ncat > x <<E\nshell: bash -e {0}\nerror: y\nE\nshell: bash -e {0}\nenv:\n  A: 1\n##[endgroup]\nx",
            "##[group]Run make\nmake\ncat > x <<E\n##[error]y\nE\nshell: bash -e {0}\n##[endgroup]\nx",
            "##[group]Run make\nmake\nshell: bash -e {0}\nenv:\n  A: x\n##[error]Process completed with exit code 2.\nerror: y\n##[endgroup]\nx",
        ] {
            assert_eq!(ends_at(log), Some("##[endgroup]"), "{log}");
            let stamped: Vec<String> = log.lines().map(|line| format!("{T}{line}")).collect();
            let stamped = stamped.join("\n");
            let end = format!("{T}##[endgroup]");
            if !log.contains("##[error]Process") {
                assert_eq!(ends_at(&stamped), Some(&*end), "{log}");
            }
        }
        // GitHub stamps a value once.
        let log = format!(
            "{T}##[group]Run a/b@v1\n{T}with:\n{T}  log: x\n##[endgroup]\n##[error]y\n##[group]Run z\n{T}##[endgroup]\n"
        );
        assert_eq!(ends_at(&log), Some(&*format!("{T}##[endgroup]")));
    }

    #[test]
    fn what_cannot_be_part_of_it_ends_it() {
        for log in [
            "##[group]Run make\nerror: x\n##[endgroup]\n",
            "##[group]Run all tests\nerror: x\nshell: bash -e {0}\n##[endgroup]\n",
            "##[group]Run make\nmake\nshell: /usr/bin/bash -e {0}\nerror: x\n##[error]Process completed with exit code 1.\n",
            "##[group]Run make\nmake\nshell: /usr/bin/bash -e {0}\nerror: x\n##[group]Run x\n",
            "##[group]Run actions/checkout@v4\nerror: x\n",
        ] {
            assert_eq!(ends_at(log), Some("error: x"), "{log}");
        }
        let cut = "##[group]Run make\nmake\nshell: bash -e {0}\nenv:\n  A: 1\n##[group]Run x\n";
        assert_eq!(ends_at(cut), Some("##[group]Run x"));
        let cut = "##[group]Run make\nmake\nshell: bash -e {0}\nenv:\n  A: 1\n##[error]y\nz\n##[group]Run x\n";
        assert_eq!(ends_at(cut), Some("##[error]y"));
        let stamped = cut.replace('\n', &format!("\n{T}"));
        assert_eq!(
            ends_at(&format!("{T}{stamped}")),
            Some(&*format!("{T}##[error]y"))
        );
        for log in [
            "##[group]Run make\nmake\nerror: x\n",
            "##[group]Run make\nmake\nshell: bash -e {0}\nenv:\n  A: 1\nerror: x\n",
            "##[group]Run '/home/runner/k8s/index.js'\nerror: x\n",
            "##[group]Runner Image\nerror: x\n",
        ] {
            assert_eq!(ends_at(log), None, "{log}");
        }
    }

    #[test]
    fn on_the_web_page_it_is_indented() {
        for log in [
            "##[group]Run make\n  make\n  echo error: y\n\n  shell: bash -e {0}\n  env:\n    A: 1\nerror: x\n",
            "##[group]Run a/b@v1\n  with:\n    A: 1\n  error: y\nerror: x\n",
            "##[group]Run a/b@v1\n  env:\n    A: 1\nerror: x\n",
            "##[group]Run make\n  shell: bash -e {0}\n  env:\n    A: 1\nerror: x\n",
        ] {
            assert_eq!(ends_at(log), Some("error: x"), "{log}");
        }
        for log in [
            "##[group]Run a/b@v1\n  error: x\n",
            "##[group]Run a/b@v1\n  with:\n    A: 1\n\n  error: x\n",
            "##[group]Run make\n  make\n  shell: bash -e {0}\n  error: x\n",
            "##[group]Run make\n  make\n  shell: bash -e {0}\n  env:\n    A: 1\n  error: x\n",
        ] {
            let end = ends_at(log).map(str::trim);
            assert!(matches!(end, Some("error: x" | "")), "{log}");
        }
    }

    #[test]
    fn a_group_of_that_name_in_the_output_is_none() {
        for log in [
            "##[group]Run tests\ntests\nerror: x\n##[endgroup]\n",
            "##[group]Run tests\ntests\nerror: x\n##[error]Process completed with exit code 1.\n",
            "##[group]Run tests\ntests\nerror: x\n##[group]Run more\nshell: bash -e {0}\n",
        ] {
            assert_eq!(ends_at(log), Some("tests"), "{log}");
        }
    }

    #[test]
    fn a_log_may_begin_within_a_header() {
        for above in [
            "echo error: x\nshell: bash -e {0}\n",
            "shell: bash -e {0}\nenv:\n  A: error: x\n",
            "env:\n  A: error: x\n",
            "  A: error: x\n  B: y\nz\n",
        ] {
            assert!(ends_with(above.as_bytes()), "{above}");
            let stamped: String = above.lines().map(|line| format!("{T}{line}\n")).collect();
            assert!(ends_with(stamped.as_bytes()), "{above}");
        }
        for above in [
            "",
            "error: x\n",
            "  error here\n",
            "make\nshell: bash -e {0}\nerror: x\n",
            "$ make\nerror: x\n##[error]y\n",
        ] {
            assert!(!ends_with(above.as_bytes()), "{above}");
        }
    }

    #[test]
    fn it_makes_no_difference_where_the_text_is_cut() {
        let log = "make\ntrue\nshell: bash -e {0}\nerror: x\nmore\n##[group]Run x\n";
        for (cut, _) in log.match_indices('\n') {
            let mut header = Header::opened_by(b"##[group]Run make").unwrap();
            let (first, rest) = log.split_at(cut + 1);
            let end = header.end(first.as_bytes(), 0, 0);
            let end = end.or_else(|| header.end(rest.as_bytes(), 0, first.len() as u64));
            assert_eq!(end, log.find("error").map(|at| at as u64));
        }
        let mut header = Header::opened_by(b"##[group]Run make").unwrap();
        assert_eq!(header.end(b"make\nshell: bash -e {0}\n", 0, 7), None);
        assert_eq!(header.end_at_last(), u64::MAX);
        assert_eq!(header.end(b"error: x\ny\n", 0, 31), None);
        assert_eq!(header.end_at_last(), 31);
    }
}
