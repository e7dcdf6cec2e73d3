//! `jobtriage --baseline PATH`: what passing runs of the job print.
//!
//! `scan --baseline` is another thing: a list of known failures. Each flag says so where it is given what the
//! other one takes.

use std::io::{self, Read};
use std::ops::ControlFlow;
use std::path::{Path, PathBuf};
use std::sync::Arc;

use super::analyze::is_trouble;
use super::complaint::{self, Complaint};
use crate::diagnosis::Baseline;
use crate::source::walk::{self, Root};
use crate::source::{self, Origin, Reading, Refusal, Source};

/// The hint on what the flag expects.
const PASSING_RUN: &str = "give the log of a passing run of the same job, or a folder of them";
/// How a file begins that `scan --write-baseline` wrote.
const LIST: &[u8] = b"{\"jobtriage_baseline\"";
/// Most logs of failed runs that a warning names.
const MOST_NAMED: usize = 3;

/// Reads the logs of passing runs; `None` if there are none to read.
///
/// # Errors
/// A folder without logs, a file that cannot be read, a list of known failures.
pub fn read(paths: &[PathBuf], reading: Reading) -> Result<Option<Arc<Baseline>>, Complaint> {
    if paths.is_empty() {
        return Ok(None);
    }
    let (files, problems) = walk::files(&Root::named(paths));
    let holds_files = |folder: &Path| files.iter().any(|file| file.path().starts_with(folder));
    for folder in paths.iter().filter(|path| path.is_dir()) {
        // A folder that seems empty may hold files that were already read under another name.
        if !holds_files(folder) && is_empty(folder) {
            return Err(refusal(&format!(
                "'{}': no logs in this folder",
                folder.display()
            )));
        }
    }
    let mut runs = Runs::default();
    for found in &files {
        let mut each = |opened: Result<Source<'_>, Refusal>, origin| {
            let wrong = runs.read(opened, origin, found.named);
            runs.trouble = runs.trouble.take().or(wrong);
            ControlFlow::Continue(())
        };
        let _ = source::each(&found.path(), reading, &mut each);
    }
    let of_walk = || {
        let problem = problems.first()?;
        Some(format!("'{}': {}", problem.source, problem.message))
    };
    if let Some(trouble) = runs.trouble.or_else(of_walk) {
        return Err(refusal(&trouble));
    }
    tell_of_failed(&runs.failed);
    if runs.baseline.is_full() {
        complaint::tell(
            "--baseline: more distinct lines than are remembered",
            Some("give fewer logs: the last few passing runs do"),
        );
    }
    Ok(Some(Arc::new(runs.baseline)))
}

fn refusal(trouble: &str) -> Complaint {
    Complaint::hint(format!("--baseline: {trouble}"), PASSING_RUN)
}

fn is_empty(folder: &Path) -> bool {
    let (inside, problems) = walk::files(&Root::named(&[folder.to_owned()]));
    inside.is_empty() && problems.is_empty()
}

/// The runs that were read.
#[derive(Default)]
struct Runs {
    baseline: Baseline,
    /// Labels of runs that had failed.
    failed: Vec<String>,
    /// The first thing that was wrong.
    trouble: Option<String>,
}

impl Runs {
    /// Reads one source; says what is wrong with it, if anything is. Files that a folder holds need not be logs.
    fn read(
        &mut self,
        opened: Result<Source<'_>, Refusal>,
        origin: Origin,
        named: bool,
    ) -> Option<String> {
        let mut log = match opened {
            Ok(log) => log,
            Err(refusal) => {
                let problem = refusal.problem();
                return (named && is_trouble(&refusal, origin))
                    .then(|| format!("'{}': {}", problem.source, problem.message));
            }
        };
        let label = log.label;
        let unreadable = |e: &io::Error| format!("'{label}': {}", source::reason(e));
        let (start, is_list) = match is_list(&mut log.reader) {
            Ok(told) => told,
            Err(e) => return Some(unreadable(&e)),
        };
        if is_list {
            return named
                .then(|| format!("'{label}': a list of known failures, for `jobtriage scan`"));
        }
        let read = self.baseline.read(io::Read::chain(&start[..], log.reader));
        let wrong = read.err().map(|e| unreadable(&e));
        if self.baseline.has_failed() {
            self.failed.push(label);
        }
        wrong
    }
}

/// The beginning of a text, and whether `scan --write-baseline` wrote it.
fn is_list(reader: &mut impl Read) -> io::Result<(Vec<u8>, bool)> {
    let mut start = Vec::with_capacity(LIST.len());
    reader.take(LIST.len() as u64).read_to_end(&mut start)?;
    let is = start == LIST;
    Ok((start, is))
}

/// Warns of runs that had failed: what made them fail would be taken for harmless.
fn tell_of_failed(labels: &[String]) {
    if labels.is_empty() {
        return;
    }
    let named = labels
        .iter()
        .take(MOST_NAMED)
        .map(|label| format!("'{label}'"));
    let more = labels.len().saturating_sub(MOST_NAMED);
    let more = (more > 0).then(|| format!("{more} more"));
    for name in named.chain(more) {
        let message = format!(
            "--baseline: {name}: that of a failed run, and what it prints is taken for harmless"
        );
        complaint::tell(&message, None);
    }
    complaint::hint("give logs of passing runs of the same job");
}
