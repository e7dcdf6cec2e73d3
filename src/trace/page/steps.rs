//! Restores the marks of GitHub Actions steps in a copy of the web page. The page drops the log's marks
//! (`##[group]Run …`, `##[error]…`), indents the lines of a group and begins an action's error with `Error:
//! `.
//!
//! Steps and errors get their marks back, so that the log reads as the original. A script may print `Error: `
//! itself, so inside a script only the closing line counts, which is known by its words.

use memchr::memmem;

use super::header::{self, INDENT};
use super::{filled, lines};

/// How the title of a step begins.
const RUN: &[u8] = b"Run ";
const TITLE_BELOW: &[u8] = b"\nRun ";
/// Lines that are searched for the shell of a script.
const SCRIPT: usize = 200;
/// How the page shows the mark of an error.
const ERROR: &[u8] = b"Error: ";

/// The marks that are added before lines.
const GROUP: &str = "##[group]";
const REPORTED: &str = "##[error]";

/// How many bytes of a line are an added mark.
pub fn put_in(line: &str) -> usize {
    let mark = [GROUP, REPORTED]
        .into_iter()
        .find(|mark| line.starts_with(mark));
    mark.map_or(0, str::len)
}

/// The steps of a text, if it shows any.
#[derive(Debug, Clone, Default)]
pub(super) struct Steps {
    /// Ascending numbers, from 0, of the lines at the beginning of the text that open the step of a script.
    scripts: Vec<usize>,
    shown: bool,
    /// Lines that were searched for such steps.
    known: usize,
    line: usize,
    within: Within,
}

#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
enum Within {
    /// Before the first step, or in the step of a script.
    #[default]
    Script,
    /// In the inputs that an action's header repeats.
    Header,
    /// In the output of an action.
    Action,
}

impl Steps {
    /// Detects from the beginning of a text whether it shows steps. `whole` means that the text has no more
    /// than that.
    pub(super) fn recognise(head: &[u8], whole: bool) -> Self {
        let mut steps = Self::default();
        // Most logs have no line that could be a title.
        if !head.starts_with(RUN) && memmem::find(head, TITLE_BELOW).is_none() {
            return steps;
        }
        let all: Vec<&[u8]> = lines::of(head).map(<[u8]>::trim_ascii_end).collect();
        steps.known = all.len();
        let marked = |line: &&[u8]| line.starts_with(b"##[") || line.starts_with(b"section_");
        if all.iter().any(marked) {
            return steps;
        }
        // A title without a header counts only where the text begins with it; elsewhere any program may print
        // such a line.
        let first = all.iter().position(|line| !line.is_empty());
        let closed = || {
            let last = filled(head).last().and_then(|l| str::from_utf8(l).ok());
            whole && last.and_then(header::shown_on_page).is_some()
        };
        for (k, line) in all.iter().enumerate() {
            let Some(title) = line.strip_prefix(RUN) else {
                continue;
            };
            let below = all.get(k + 1).copied().unwrap_or_default();
            if is_action(title) {
                // The page would indent these lines, so this text went another way.
                if matches!(below, b"with:" | b"env:") {
                    return Self::default();
                }
                steps.shown |= matches!(below, b"  with:" | b"  env:") || Some(k) == first;
            } else if repeats(title, &all[k + 1..]) || Some(k) == first && closed() {
                steps.scripts.push(k);
                steps.shown = true;
            }
        }
        steps
    }

    /// Whether the text shows no steps.
    pub(super) fn is_none(&self) -> bool {
        !self.shown
    }

    /// The mark that a line had, if a line begins here.
    pub(super) fn mark(&mut self, line: &[u8]) -> &'static [u8] {
        let number = self.line;
        self.line += 1;
        let line = line.trim_ascii_end();
        if let Some(title) = line.strip_prefix(RUN) {
            let action = is_action(title);
            if action || self.scripts.binary_search(&number).is_ok() {
                self.within = if action {
                    Within::Header
                } else {
                    Within::Script
                };
                return GROUP.as_bytes();
            }
            // Below the lines that were searched, this may be a script's step too, so the action above has
            // ended.
            if number >= self.known {
                self.within = Within::Script;
            }
        }
        if line.starts_with(b"Post job cleanup.") {
            self.within = Within::Script;
        }
        if self.within == Within::Header && !line.is_empty() && !line.starts_with(INDENT) {
            self.within = Within::Action;
        }
        if self.within != Within::Action {
            return b"";
        }
        let said = line.strip_prefix(INDENT).unwrap_or(line);
        let closes =
            || str::from_utf8(said).is_ok_and(|said| header::shown_on_page(said).is_some());
        match said.starts_with(ERROR) && !closes() {
            true => REPORTED.as_bytes(),
            false => b"",
        }
    }
}

fn is_action(title: &[u8]) -> bool {
    str::from_utf8(title).is_ok_and(header::is_action)
}

/// Whether the lines below a title repeat its script and name the shell.
fn repeats(title: &[u8], below: &[&[u8]]) -> bool {
    let first = below.first().and_then(|line| line.strip_prefix(INDENT));
    first.map(<[u8]>::trim_ascii) == Some(title.trim_ascii())
        && below
            .iter()
            .take(SCRIPT)
            .map_while(|line| match line.is_empty() {
                true => Some(&b""[..]),
                false => line.strip_prefix(INDENT),
            })
            .any(header::is_shell)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn marked(text: &str) -> String {
        let mut steps = Steps::recognise(text.as_bytes(), true);
        if steps.is_none() {
            return text.to_owned();
        }
        text.split_inclusive('\n')
            .map(|line| {
                let mark = steps.mark(line.trim_end_matches('\n').as_bytes());
                format!("{}{line}", str::from_utf8(mark).unwrap())
            })
            .collect()
    }

    #[test]
    fn the_marks_of_an_action_are_put_back() {
        let shown = "Run org/upload@v4\n  with:\n    name: a\n    note: x\n  Error: y\n\n  env:\n    A: 1\nStarting\n\
             Warning: slow\n  Error: inner\nError: no such file\nError: Process completed with exit code 1.\n";
        let log = "##[group]Run org/upload@v4\n  with:\n    name: a\n    note: x\n  Error: y\n\n  env:\n    A: 1\nStarting\n\
             Warning: slow\n##[error]  Error: inner\n##[error]Error: no such file\nError: Process completed with exit code 1.\n";
        assert_eq!(marked(shown), log);
        let folded = "Run org/upload@v4\nError: no\nPost job cleanup.\nError: late\n";
        assert_eq!(
            marked(folded),
            "##[group]Run org/upload@v4\n##[error]Error: no\nPost job cleanup.\nError: late\n"
        );
    }

    #[test]
    fn what_a_script_says_stays() {
        let shown = "Run make\n  make\n  shell: /usr/bin/bash -e {0}\nRun tests\nError: x\n\
             Error: Process completed with exit code 2.\n";
        assert_eq!(marked(shown), format!("##[group]{shown}"));
        let folded = "Run make test\nError: x\nError: Process completed with exit code 2.\n";
        assert_eq!(marked(folded), format!("##[group]{folded}"));
    }

    #[test]
    fn a_copy_may_begin_with_the_runner() {
        let shown = "Current runner version: '2.320.0'\nRun a/b@v1\n  with:\n    x: y\nError: z\n";
        let log = shown
            .replace("Run a", "##[group]Run a")
            .replace("Error", "##[error]Error");
        assert_eq!(marked(shown), log);
    }

    #[test]
    fn other_texts_have_no_steps() {
        for text in [
            "Run tests\nError: x\n",
            "Run make\n  make\n  linking\nError: x\n",
            "$ echo\nRun make test\nError: Process completed with exit code 2.\n",
            "##[group]Run a/b@v1\nRun c/d@v2\nError: x\n",
            "Run a/b@v1 first\nError: x\n",
            "How to\nRun a/b@v1\nError: x\n",
            "How to\nRun ./.github/x\nError: x\n",
            "Run a/b@v1\nwith:\n  name: x\nError: y\n",
        ] {
            assert_eq!(marked(text), text);
        }
    }
}
