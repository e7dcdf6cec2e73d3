//! The header of a step of GitHub Actions, from `##[group]Run …` to `##[endgroup]`: which lines can be part of it.
//!
//! A script is repeated from its first line on, which the title names; then come `shell: PATH … {0}` and `env:` with its entries. An
//! action has `with:` and `env:` (runner: Handlers/ScriptHandler.cs and Handler.cs). What cannot be part of it ends it: the end of the group was lost, or a script opened a group of
//! that name itself. Values may have lines of any kind, so among them only the end of the group, or a mark of the runner, is one.

use super::line::Line;

/// How GitHub opens the header of a step: with the first line of its command.
pub const OPENING: &[u8] = b"##[group]Run ";
/// Most lines that are looked at; a header as long as that goes on to the end of its group.
const MAX_LINES: u32 = 10_000;
/// Most bytes of a line that count.
const MAX_LINE: usize = 4096;

/// A header whose end has not been seen.
#[derive(Debug, Clone)]
pub struct Header {
    title: Box<[u8]>,
    phase: Phase,
    lines: u32,
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
}

impl Header {
    /// The header that a line opens, if it opens one whose form is known.
    pub fn opened_by(text: &[u8]) -> Option<Self> {
        let title = text.strip_prefix(OPENING)?.trim_ascii();
        // What starts a step in its container is announced behind the step itself.
        let known = !title.starts_with(b"'/");
        known.then(|| Self {
            title: title[..title.len().min(MAX_LINE)].into(),
            phase: Phase::Title,
            lines: 0,
        })
    }

    /// Goes on over clean lines from `from` on. Once it is known, where the first line begins that is no part of the header: the
    /// end of its group, or one that ends it as well.
    pub fn end(&mut self, text: &[u8], mut from: usize) -> Option<usize> {
        while from < text.len() {
            let to = memchr::memchr(b'\n', &text[from..]).map_or(text.len(), |k| from + k);
            if !self.takes(&text[from..to]) {
                return Some(from);
            }
            from = to + 1;
        }
        None
    }

    /// Can that line be the next of it?
    fn takes(&mut self, line: &[u8]) -> bool {
        self.lines += 1;
        if self.lines > MAX_LINES {
            return true;
        }
        // The title, which it is compared with, is without stamps.
        let text = Line::new(&line[..line.len().min(2 * MAX_LINE)], false).text;
        let text = &text[..text.len().min(MAX_LINE)];
        if is_mark(text) {
            return false;
        }
        let next = match (self.phase, text) {
            (Phase::Title, b"") => Phase::Title,
            (Phase::Title, b"with:" | b"env:") | (Phase::Shell, b"env:") => Phase::Values,
            (Phase::Title, _) if text.trim_ascii() == &*self.title => Phase::Script,
            (Phase::Script, _) if is_shell(text) => Phase::Shell,
            (Phase::Script | Phase::Values, _) => self.phase,
            (Phase::Title | Phase::Shell, _) => return false,
        };
        self.phase = next;
        true
    }
}

/// Marks that the runner puts before its own lines.
fn is_mark(text: &[u8]) -> bool {
    const MARKS: &[&[u8]] = &[
        b"endgroup",
        b"group",
        b"error",
        b"warning",
        b"notice",
        b"debug",
        b"command",
    ];
    let Some(mark) = text.strip_prefix(b"##[") else {
        return false;
    };
    let begins = |name: &&[u8]| mark.starts_with(name) && mark.get(name.len()) == Some(&b']');
    MARKS.iter().any(begins)
}

/// `shell: /usr/bin/bash -e {0}`: the place of the script is part of every shell.
fn is_shell(text: &[u8]) -> bool {
    text.starts_with(b"shell: ") && memchr::memmem::find(text, b"{0}").is_some()
}

#[cfg(test)]
mod tests {
    use super::*;

    /// The first line that is no part of the header that the first line opens.
    fn ends_at(log: &str) -> Option<&str> {
        let (title, rest) = log.split_once('\n').unwrap();
        let mut header = Header::opened_by(title.as_bytes())?;
        let at = header.end(rest.as_bytes(), 0)?;
        rest[at..].lines().next()
    }

    #[test]
    fn a_header_ends_with_its_group() {
        for log in [
            "##[group]Run make\nmake\necho error: x\n\nshell: /usr/bin/bash -e {0}\nenv:\n  A: 1\n  B: x\nerror: of B\n##[endgroup]\nx",
            "##[group]Run make\n\nmake\nshell: C:\\Program Files\\PowerShell\\7\\pwsh.EXE -command \". '{0}'\"\n##[endgroup]\nx",
            "##[group]Run make\nmake\ncat > x <<E\nshell: bash\nenv:\nE\nshell: bash -e {0}\n##[endgroup]\nx",
            "##[group]Run actions/checkout@v4\nwith:\n  repository: a/b\n  script: a\nb\nenv:\n  A: 1\n##[endgroup]\nx",
            "##[group]Run actions/checkout@v4\n##[endgroup]\nx",
        ] {
            assert_eq!(ends_at(log), Some("##[endgroup]"), "{log}");
        }
    }

    #[test]
    fn what_cannot_be_part_of_it_ends_it() {
        for log in [
            "##[group]Run make\nerror: x\n##[endgroup]\n",
            "##[group]Run all tests\nerror: x\nshell: bash -e {0}\n##[endgroup]\n",
            "##[group]Run make\nmake\nshell: /usr/bin/bash -e {0}\nerror: x\n",
            "##[group]Run actions/checkout@v4\nerror: x\n",
        ] {
            assert_eq!(ends_at(log), Some("error: x"), "{log}");
        }
        let cut = "##[group]Run make\nmake\nshell: bash -e {0}\nenv:\n  A: 1\n##[group]Run x\n";
        assert_eq!(ends_at(cut), Some("##[group]Run x"));
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
    fn it_makes_no_difference_where_the_text_is_cut() {
        let log = "make\ntrue\nshell: bash -e {0}\nerror: x\n";
        for (cut, _) in log.match_indices('\n') {
            let mut header = Header::opened_by(b"##[group]Run make").unwrap();
            let (first, rest) = log.split_at(cut + 1);
            let end = header
                .end(first.as_bytes(), 0)
                .or_else(|| Some(first.len() + header.end(rest.as_bytes(), 0)?));
            assert_eq!(end, log.find("error"));
        }
    }
}
