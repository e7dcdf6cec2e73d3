//! Splits one text into its jobs: `gh run view --log` prints the job's name in the first column.
//!
//! Jobs come out one after another, and their line numbers count through the whole text. Any other text is a
//! single job without a name and passes unchanged.

use std::io::{self, Read};

use super::lines::{self, Lines};
use super::prefix;

/// Bytes that are searched for the first column.
const HEAD: usize = 8 << 10;
/// Lines without columns that may stand above the first one with them (a prompt, a header of the paste).
const BEFORE: usize = 20;
/// Longest job or step name.
const MAX_NAME: usize = 256;
/// Most jobs that are split; the rest of the text stays in the last one.
const MAX_JOBS: u32 = 10_000;

/// A job of a text.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Job {
    /// Its name, where the text names jobs.
    pub name: Option<String>,
    /// The number of its first line in the text, from 1.
    pub first_line: u64,
}

/// The jobs of a text. Reading gives the text of the job that [`Jobs::next_job`] announced last.
#[derive(Debug)]
pub struct Jobs<R> {
    lines: Lines<R>,
    state: State,
    /// Name of the current job with its tab; empty if the text names none.
    name: Vec<u8>,
    jobs: u32,
    line: u64,
    removed: u64,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum State {
    /// Nothing was read.
    Fresh,
    /// Inside of a job.
    Inside,
    /// The next line belongs to the next job.
    Border,
    /// Everything was read.
    Done,
}

impl<R: Read> Jobs<R> {
    /// Creates a splitter over decoded bytes.
    pub fn new(source: R) -> Self {
        Self {
            lines: Lines::new(source),
            state: State::Fresh,
            name: Vec::new(),
            jobs: 0,
            line: 1,
            removed: 0,
        }
    }

    /// Moves on to the next job and skips what is left of the current one. The first job exists even in an
    /// empty text.
    pub fn next_job(&mut self) -> Option<Job> {
        if self.state == State::Fresh {
            self.name = first_name(self.lines.head(HEAD));
        }
        while self.state == State::Inside {
            match self.take(&mut [0; 4096]) {
                Ok(1..) => {}
                Ok(0) | Err(_) => break,
            }
        }
        if self.state == State::Done {
            return None;
        }
        self.state = State::Inside;
        self.jobs += 1;
        self.removed = 0;
        let name = self.name.split_last();
        let name = name.map(|(_, name)| String::from_utf8_lossy(name).into_owned());
        Some(Job {
            name,
            first_line: self.line,
        })
    }

    /// Bytes of the current job that were left out: the columns of lines without a time.
    pub fn removed(&self) -> u64 {
        self.removed
    }

    /// The underlying source.
    pub fn source(&self) -> &R {
        self.lines.source()
    }

    fn take(&mut self, out: &mut [u8]) -> io::Result<usize> {
        if self.name.is_empty() {
            let passed = self.lines.pass(out);
            if !matches!(passed, Ok(1..)) && !out.is_empty() {
                self.state = State::Done;
            }
            return passed;
        }
        let mut filled = 0;
        while filled < out.len() && self.state == State::Inside {
            let Some(stretch) = self.lines.peek() else {
                if filled == 0 {
                    self.state = State::Done;
                    return self.lines.take_error().map_or(Ok(0), Err);
                }
                break;
            };
            if stretch.starts {
                if let Some(other) = another_job(stretch.bytes, &self.name)
                    && self.jobs < MAX_JOBS
                {
                    self.name = other;
                    self.state = State::Border;
                    break;
                }
                let columns = bare_columns(stretch.bytes, &self.name);
                if columns > 0 {
                    self.removed += columns as u64;
                    self.lines.take(columns);
                    continue;
                }
            }
            let n = stretch.bytes.len().min(out.len() - filled);
            out[filled..filled + n].copy_from_slice(&stretch.bytes[..n]);
            filled += n;
            self.line += u64::from(stretch.bytes[n - 1] == b'\n');
            self.lines.take(n);
        }
        Ok(filled)
    }
}

impl<R: Read> Read for Jobs<R> {
    fn read(&mut self, buf: &mut [u8]) -> io::Result<usize> {
        match self.state {
            State::Inside => self.take(buf),
            State::Fresh | State::Border | State::Done => Ok(0),
        }
    }
}

/// The first job's name with its tab, if the text begins with columns.
fn first_name(head: &[u8]) -> Vec<u8> {
    lines::of(head)
        .take(BEFORE)
        .find_map(|line| another_job(line, b""))
        .unwrap_or_default()
}

/// The name, with its tab, of the job that a line begins, if that is not the current one.
fn another_job(line: &[u8], current: &[u8]) -> Option<Vec<u8>> {
    if !current.is_empty() && line.starts_with(current) {
        return None;
    }
    let (job, step, _) = prefix::job_and_step(line)?;
    (!job.is_empty() && !step.is_empty()).then(|| line[..=job.len()].to_vec())
}

/// Length of a line's columns if the line carries no time. The reader would not recognise columns without one.
fn bare_columns(line: &[u8], current: &[u8]) -> usize {
    if !line.starts_with(current) || prefix::job_and_step(line).is_some() {
        return 0;
    }
    let rest = &line[current.len()..];
    memchr::memchr(b'\t', &rest[..rest.len().min(MAX_NAME)])
        .map_or(0, |step| current.len() + step + 1)
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Reads one byte at a time.
    struct Drip<'a>(&'a [u8]);

    impl Read for Drip<'_> {
        fn read(&mut self, buf: &mut [u8]) -> io::Result<usize> {
            let n = buf.len().min(1);
            self.0.read(&mut buf[..n])
        }
    }

    fn split(source: impl Read) -> Vec<(Option<String>, u64, String)> {
        let mut jobs = Jobs::new(source);
        let mut all = Vec::new();
        while let Some(job) = jobs.next_job() {
            let mut text = Vec::new();
            jobs.read_to_end(&mut text).unwrap();
            all.push((job.name, job.first_line, String::from_utf8(text).unwrap()));
        }
        all
    }

    const T: &str = "2026-05-01T10:00:00.1234567Z";

    fn two_jobs() -> (String, String, String) {
        let build = format!(
            "build (1, x)\tSet up job\t\u{feff}{T} Current runner version: '2.320.0'\nbuild (1, x)\tRun make\t{T} ok\n"
        );
        let test = format!("test\tRun make\t{T} no\ntest\tRun make\t{T} ##[error]x\n");
        (format!("{build}{test}"), build, test)
    }

    #[test]
    fn the_first_column_tells_jobs_apart() {
        let (text, build, test) = two_jobs();
        let expected = vec![
            (Some("build (1, x)".to_owned()), 1, build),
            (Some("test".to_owned()), 3, test),
        ];
        assert_eq!(split(text.as_bytes()), expected);
        assert_eq!(
            split(Drip(text.as_bytes())),
            expected,
            "however the source chops its reads"
        );
    }

    #[test]
    fn a_job_may_be_left_half_read() {
        let (text, _, test) = two_jobs();
        let mut jobs = Jobs::new(text.as_bytes());
        jobs.next_job();
        jobs.read_exact(&mut [0; 5]).unwrap();
        let job = jobs.next_job().unwrap();
        let mut rest = String::new();
        jobs.read_to_string(&mut rest).unwrap();
        assert_eq!(
            (job.name.as_deref(), job.first_line, rest),
            (Some("test"), 3, test)
        );
        assert_eq!(jobs.next_job(), None);
    }

    #[test]
    fn other_texts_are_one_job_passed_on_as_they_are() {
        for text in ["", "a\tb\tc\n", "no newline", "x\ty\t2026-05-01 z\n"] {
            assert_eq!(split(text.as_bytes()), [(None, 1, text.to_owned())]);
        }
        let long = "line of a log\n".repeat(50_000);
        assert_eq!(split(long.as_bytes()), [(None, 1, long.clone())]);
    }

    #[test]
    fn lines_without_time_lose_their_columns_and_stay_in_their_job() {
        let text = format!(
            "$ gh run view --log 7\nbuild\tRun a\t{T} first\nbuild\tRun a\tsecond\nbuild\tRun a\t\nthird\nbuild\tRun a\t{T} x\n"
        );
        let expected = format!(
            "$ gh run view --log 7\nbuild\tRun a\t{T} first\nsecond\n\nthird\nbuild\tRun a\t{T} x\n"
        );
        assert_eq!(
            split(text.as_bytes()),
            [(Some("build".to_owned()), 1, expected)]
        );
        let mut jobs = Jobs::new(text.as_bytes());
        jobs.next_job();
        let mut read = Vec::new();
        jobs.read_to_end(&mut read).unwrap();
        assert_eq!(read.len() as u64 + jobs.removed(), text.len() as u64);
    }

    #[test]
    fn a_line_longer_than_the_buffer_stays_whole() {
        let long = format!("build\tRun a\t{T} {}\n", "x".repeat(200_000));
        let text = format!("{long}test\tRun a\t{T} y\n");
        let jobs = split(text.as_bytes());
        assert_eq!(jobs.len(), 2);
        assert_eq!(jobs[0].2, long);
        assert_eq!(jobs[1].1, 2);
    }

    #[test]
    fn a_source_that_fails_is_read_up_to_there() {
        struct Broken<'a>(&'a [u8]);
        impl Read for Broken<'_> {
            fn read(&mut self, buf: &mut [u8]) -> io::Result<usize> {
                match self.0.read(buf)? {
                    0 => Err(io::Error::other("damaged")),
                    n => Ok(n),
                }
            }
        }
        let (text, ..) = two_jobs();
        for text in [text.as_str(), "plain\n"] {
            let mut jobs = Jobs::new(Broken(text.as_bytes()));
            let mut read = Vec::new();
            let mut errors = 0;
            while jobs.next_job().is_some() {
                errors += u32::from(jobs.read_to_end(&mut read).is_err());
            }
            assert_eq!(read, text.as_bytes());
            assert_eq!(errors, 1);
        }
    }

    proptest::proptest! {
        #[test]
        fn nothing_is_lost_or_told_twice(parts in proptest::collection::vec(
            proptest::sample::select(vec![
                "build\tRun a\t2026-05-01T10:00:00Z ", "test\tRun a\t2026-05-01T10:00:00Z ", "build\tRun a\t", "test\t",
                "\t", "\n", "\r\n", "text", "\u{feff}",
            ]),
            0..40,
        ), piece in 1usize..50) {
            let text = parts.concat();
            let mut jobs = Jobs::new(text.as_bytes());
            let (mut bytes, mut lines) = (0, 1);
            while let Some(job) = jobs.next_job() {
                proptest::prop_assert_eq!(job.first_line, lines);
                let mut buf = vec![0; piece];
                loop {
                    let n = jobs.read(&mut buf).unwrap();
                    if n == 0 {
                        break;
                    }
                    bytes += n as u64;
                    lines += memchr::memchr_iter(b'\n', &buf[..n]).count() as u64;
                }
                bytes += jobs.removed();
            }
            proptest::prop_assert_eq!(bytes, text.len() as u64);
        }
    }
}
