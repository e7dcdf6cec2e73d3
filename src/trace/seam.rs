//! Finds where the next log begins in a text of several (`cat *.log | jobtriage`).
//!
//! A job may print another job's log, so a first line alone proves nothing: the end of a log must stand right
//! above it.

use memchr::memmem;

use super::lines;
use super::{escape, prefix};

/// How logs of one kind begin and end.
#[derive(Debug)]
struct Kind {
    begins: &'static [u8],
    ends: &'static [&'static [u8]],
}

const KINDS: &[Kind] = &[
    // GitLab Runner: common/build.go.
    Kind {
        begins: b"Running with gitlab-runner ",
        ends: &[b"Job succeeded", b"ERROR: Job failed"],
    },
    // GitHub's runner: Runner.Worker/JobExtension.cs.
    Kind {
        begins: b"Current runner version: '",
        ends: &[b"Cleaning up orphan processes"],
    },
    // Jenkins: hudson/model/Run.java, CauseAction.
    Kind {
        begins: b"Started by ",
        ends: &[b"Finished: "],
    },
];
/// Bytes of a log that are searched to tell its kind.
const HEAD: usize = 8 << 10;
/// Lines that are searched for its kind, not counting blank ones.
const FIRST: usize = 20;
/// Lines that may stand between two logs, not counting blank ones: terminated processes, the caption of a file.
const BETWEEN: usize = 8;
/// Bytes before a new log that are searched for the end of the previous one.
const LOOK_BACK: usize = 2 << 10;
/// Most logs that are split; the rest of the text stays in the last one.
const MAX_LOGS: u32 = 10_000;

/// Looks for the next log in what is read.
#[derive(Debug)]
pub(super) enum Seams {
    /// There is nothing to find: such logs have no known end, or the caller does not want to split.
    None,
    /// The kind of log is not known yet.
    Unknown,
    Sought(Box<Sought>),
}

#[derive(Debug)]
pub(super) struct Sought {
    kind: &'static Kind,
    begins: memmem::Finder<'static>,
    /// The last bytes that were read.
    behind: Vec<u8>,
    logs: u32,
}

impl Seams {
    /// Where the next log begins in `text`, which continues what was read before. It ends with a line or is
    /// part of one.
    pub(super) fn find(&mut self, text: &[u8]) -> Option<usize> {
        if matches!(self, Self::Unknown) {
            *self =
                Sought::in_log(text).map_or(Self::None, |sought| Self::Sought(Box::new(sought)));
        }
        match self {
            Self::Sought(sought) => sought.find(text),
            _ => None,
        }
    }
}

impl Sought {
    /// Detects the kind of log from its head; `None` if its ends are not known.
    fn in_log(text: &[u8]) -> Option<Self> {
        let lines = lines::of(&text[..text.len().min(HEAD)]);
        let begins = |line| KINDS.iter().find(|kind| starts(line, kind.begins));
        let kind = lines
            .filter(|line| !line.is_empty())
            .take(FIRST)
            .find_map(begins)?;
        Some(Self {
            kind,
            begins: memmem::Finder::new(kind.begins),
            behind: Vec::with_capacity(LOOK_BACK),
            logs: 1,
        })
    }

    fn find(&mut self, text: &[u8]) -> Option<usize> {
        if self.logs == MAX_LOGS {
            return None;
        }
        let seam = self.begins.find_iter(text).find_map(|at| {
            let from = memchr::memrchr(b'\n', &text[..at]).map(|end| end + 1);
            let from = from.or_else(|| self.at_line_start().then_some(0))?;
            let to = memchr::memchr(b'\n', &text[at..]).map_or(text.len(), |end| at + end);
            let is_seam =
                starts(&text[from..to], self.kind.begins) && self.has_ended(&text[..from]);
            is_seam.then_some(from)
        });
        match seam {
            Some(_) => {
                self.behind.clear();
                self.logs += 1;
            }
            None => self.remember(text),
        }
        seam
    }

    fn at_line_start(&self) -> bool {
        self.behind.last().is_none_or(|&last| last == b'\n')
    }

    /// Whether the last lines hold the end of a log.
    fn has_ended(&self, text: &[u8]) -> bool {
        let text = &text[text.len().saturating_sub(LOOK_BACK)..];
        let lines = lines::of(&self.behind).chain(lines::of(text));
        let all: Vec<&[u8]> = lines.filter(|line| !line.trim_ascii().is_empty()).collect();
        let mut last = all.iter().rev().take(BETWEEN);
        last.any(|line| self.kind.ends.iter().any(|end| starts(line, end)))
    }

    fn remember(&mut self, text: &[u8]) {
        let new = &text[text.len().saturating_sub(LOOK_BACK)..];
        let old = (self.behind.len() + new.len()).saturating_sub(LOOK_BACK);
        self.behind.drain(..old);
        self.behind.extend_from_slice(new);
    }
}

/// Whether a line starts with a text, apart from stamp, colour and section markers.
fn starts(line: &[u8], with: &[u8]) -> bool {
    let line = without_escapes(line);
    let prefix = prefix::split(line);
    // The runner writes its last line behind the marker that ends the last section, separated by a carriage
    // return.
    let behind_marker = memchr::memrchr(b'\r', line.trim_ascii_end()).map_or(0, |end| end + 1);
    [prefix.stamps, prefix.content, behind_marker]
        .iter()
        .any(|&at| without_escapes(&line[at..]).starts_with(with))
}

fn without_escapes(mut line: &[u8]) -> &[u8] {
    while line.first() == Some(&escape::ESC) {
        line = &line[escape::len(line).min(line.len())..];
    }
    line
}

#[cfg(test)]
mod tests {
    use std::io::Read;

    use crate::trace::BlockReader;

    /// Reads one byte at a time.
    struct Drip<'a>(&'a [u8]);

    impl Read for Drip<'_> {
        fn read(&mut self, buf: &mut [u8]) -> std::io::Result<usize> {
            let n = buf.len().min(1);
            self.0.read(&mut buf[..n])
        }
    }

    /// The logs of a text: number of the first line, bytes, clean text.
    fn split(source: impl Read) -> Vec<(u64, u64, String)> {
        let mut reader = BlockReader::with_buffer(source, 0).told_apart();
        let mut all = Vec::new();
        let mut first_line = 1;
        loop {
            let mut clean = Vec::new();
            while let Some(block) = reader.next_block() {
                clean.extend_from_slice(&block.bytes()[block.start()..block.owned()]);
            }
            all.push((
                first_line,
                reader.bytes(),
                String::from_utf8(clean).unwrap(),
            ));
            first_line = reader.lines() + 1;
            if !reader.next_log() {
                return all;
            }
        }
    }

    #[test]
    fn logs_behind_one_another_are_told_apart() {
        let gitlab = |end: &str| {
            format!(
                "\u{1b}[0KRunning with gitlab-runner 17.5.3 (12030cf4)\u{1b}[0;m\n$ make\n{end}\n"
            )
        };
        let failed = gitlab("\u{1b}[31;1mERROR: Job failed: exit code 1");
        let passed = gitlab("\u{1b}[32;1mJob succeeded\u{1b}[0;m");
        const T: &str = "2026-05-01T10:00:00.1234567Z";
        let stamp = "2026-05-01T10:00:00.123456Z 00O ";
        let stamped: String = passed.lines().map(|l| format!("{stamp}{l}\n")).collect();
        let github = |last: &str| {
            format!(
                "{T} Current runner version: '2.320.0'\n{T} x\n{T} Cleaning up orphan processes\n{T} {last}\n"
            )
        };
        let jenkins = "Started by user x\n+ make\nFinished: FAILURE\n";
        for logs in [
            vec![failed.clone(), passed.clone(), failed.clone()],
            vec![format!("{failed}\n==> b.log <==\n"), passed.clone()],
            vec![stamped.clone(), stamped],
            vec![
                github("Terminate orphan process: pid (7) (node)"),
                github(""),
            ],
            vec![jenkins.to_owned(), jenkins.to_owned()],
            // As the runner leaves it: its last word stands behind a marker, and a colour behind the last line end.
            vec![
                gitlab(
                    "section_end:1700000000:cleanup_file_variables\r\u{1b}[0K\u{1b}[31;1mERROR: Job failed: exit code 1",
                ),
                format!("\u{1b}[0;m{passed}"),
            ],
            // What a job prints of another is its own output.
            vec![format!(
                "{}{}Job succeeded\n",
                gitlab("$ cat other.log"),
                gitlab("x")
            )],
            vec![format!(
                "{passed}a job says Running with gitlab-runner 17\n"
            )],
        ] {
            let text = logs.concat();
            let mut line = 1;
            let alone = logs.iter().map(|log| {
                let first = line;
                line += log.matches('\n').count() as u64;
                let clean = split(log.as_bytes()).remove(0).2;
                (first, log.len() as u64, clean)
            });
            let alone: Vec<_> = alone.collect();
            assert_eq!(split(text.as_bytes()), alone);
            assert_eq!(split(Drip(text.as_bytes())), alone, "byte by byte");
        }
    }

    #[test]
    fn a_log_may_be_longer_than_what_is_held() {
        let log = |lines: usize, end: &str| {
            let output = "a line of output\n".repeat(lines);
            format!("Running with gitlab-runner 17.5.3 (12030cf4)\n{output}{end}\n")
        };
        // The border wanders over that of two reads.
        for lines in (940..980).chain([1, 5000]) {
            let text = log(lines, "Job succeeded") + &log(3, "ERROR: Job failed: exit code 1");
            let logs = split(text.as_bytes());
            let first: Vec<u64> = logs.iter().map(|log| log.0).collect();
            assert_eq!(first, [1, lines as u64 + 3]);
            assert_eq!(logs.iter().map(|log| &log.2[..]).collect::<String>(), text);
        }
    }

    #[test]
    fn an_error_belongs_to_the_log_in_which_it_occurs() {
        struct Broken<'a>(&'a [u8]);
        impl Read for Broken<'_> {
            fn read(&mut self, buf: &mut [u8]) -> std::io::Result<usize> {
                match self.0.read(buf)? {
                    0 => Err(std::io::Error::other("damaged")),
                    n => Ok(n),
                }
            }
        }
        let text = "Running with gitlab-runner 17\nJob succeeded\n".repeat(2);
        let mut reader = BlockReader::new(Broken(text.as_bytes())).told_apart();
        let mut errors = Vec::new();
        loop {
            while reader.next_block().is_some() {}
            errors.push(reader.take_error().is_some());
            if !reader.next_log() {
                break;
            }
        }
        assert_eq!(errors, [false, true]);
    }

    proptest::proptest! {
        #[test]
        fn nothing_is_lost_between_two_logs(parts in proptest::collection::vec(
            proptest::sample::select(vec![
                "Running with gitlab-runner 17\n", "Job succeeded\n", "\u{1b}[0K", "Running with ", "text", "\n", "ERROR: Job failed",
            ]),
            0..60,
        ), filler in 0usize..20_000, drip: bool) {
            let filler = "z".repeat(filler);
            let text = format!("Running with gitlab-runner 17\n{}{filler}{}", parts.concat(), parts.concat());
            let source: Box<dyn Read + '_> = if drip { Box::new(Drip(text.as_bytes())) } else { Box::new(text.as_bytes()) };
            let (mut lines, mut bytes, mut clean) = (1, 0, String::new());
            for (first_line, len, log) in split(source) {
                proptest::prop_assert_eq!(first_line, lines);
                lines += text.as_bytes()[bytes as usize..][..len as usize].iter().filter(|b| **b == b'\n').count() as u64;
                bytes += len;
                clean += &log;
            }
            proptest::prop_assert_eq!(bytes, text.len() as u64);
            let without = text.replace("\u{1b}[0K", "");
            proptest::prop_assert_eq!(clean.trim_end_matches('\n'), without.trim_end_matches('\n'));
        }
    }
}
