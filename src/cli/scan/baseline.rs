//! `--baseline FILE`, `--write-baseline FILE`: known failures, by fingerprint.
//!
//! The file is sorted JSON with one failure a line, so that it can be kept in a repository and its changes can
//! be read.

use std::collections::BTreeMap;
use std::fs;
use std::io::{self, Write};
use std::path::{Path, PathBuf};

use serde::{Deserialize, Serialize};
use serde_json::error::Category;

use crate::cli::args::Scan;
use crate::cli::complaint::{self, Complaint};
use crate::cli::draft::Draft;
use crate::diagnosis;
use crate::model::{LogReport, Status};
use crate::report::{best_text, sanitize};
use crate::source;

/// Version of the file's form.
const VERSION: u32 = 1;

/// The known failures, and those to be written.
#[derive(Debug, Default)]
pub struct Baseline {
    known: BTreeMap<String, Failure>,
    /// Failures are compared with the known ones.
    compares: bool,
    write: Option<(PathBuf, BTreeMap<String, Failure>)>,
}

#[derive(Debug, Serialize, Deserialize)]
struct File {
    jobtriage_baseline: u32,
    failures: Vec<Entry>,
}

#[derive(Debug, Serialize, Deserialize)]
struct Entry {
    fingerprint: String,
    #[serde(flatten)]
    failure: Failure,
}

/// The description of a known failure for people; only the fingerprint is compared.
#[derive(Debug, Clone, Serialize, Deserialize)]
struct Failure {
    /// The cause; `None` where none was known.
    id: Option<String>,
    text: String,
    /// A log it was seen in.
    log: String,
}

impl Baseline {
    /// What the flags ask for.
    ///
    /// # Errors
    /// A file that cannot be read, or is no baseline.
    pub fn of(args: &Scan) -> Result<Self, Complaint> {
        let known = match &args.baseline {
            Some(path) => {
                let known = read(path)?;
                tell_of_outdated(path, &known);
                known
            }
            None => BTreeMap::new(),
        };
        // A known failure stays known even if it does not occur today.
        let mut stays = known.clone();
        stays.retain(|mark, _| is_current(mark));
        let written = args.write_baseline.as_ref();
        Ok(Self {
            compares: args.baseline.is_some(),
            write: written.map(|path| (path.clone(), stays)),
            known,
        })
    }

    /// Whether all failures of a log are known. Records them for the file to be written.
    pub fn knows(&mut self, report: &LogReport) -> bool {
        let mut is_known = self.compares && report.status != Status::Clean;
        for failure in failures(report) {
            is_known &= self.known.contains_key(failure.fingerprint);
            if let Some((_, failures)) = &mut self.write {
                failures
                    .entry(failure.fingerprint.to_owned())
                    .or_insert_with(|| Failure {
                        id: failure.id.map(str::to_owned),
                        text: failure.text.to_owned(),
                        log: report.source.clone(),
                    });
            }
        }
        is_known
    }

    /// Writes the file, if one is asked for.
    ///
    /// # Errors
    /// What writing it met.
    pub fn finish(self) -> Result<(), Complaint> {
        let Some((path, failures)) = self.write else {
            return Ok(());
        };
        let result = write(&path, failures);
        result.map_err(|e| {
            Complaint::new(format!(
                "cannot write '{}': {}",
                path.display(),
                source::reason(&e)
            ))
        })
    }
}

/// Whether a fingerprint follows the rules of this release. Others never occur again.
fn is_current(fingerprint: &str) -> bool {
    fingerprint.starts_with(diagnosis::FINGERPRINTS)
}

fn tell_of_outdated(path: &Path, known: &BTreeMap<String, Failure>) {
    let outdated = known.keys().filter(|mark| !is_current(mark)).count();
    if outdated > 0 {
        complaint::tell(
            &format!(
                "--baseline '{}': {outdated} of {} fingerprints are of another release, and match nothing",
                path.display(),
                known.len()
            ),
            Some("write the file anew with `--write-baseline`"),
        );
    }
}

/// A failure that is compared, with its description.
struct Compared<'r> {
    fingerprint: &'r str,
    id: Option<&'r str>,
    text: &'r str,
}

/// All failures in a log's findings, shown or not, or the one that no pattern knows. All are compared, because
/// the order of the output may change which finding is the cause.
fn failures(report: &LogReport) -> Vec<Compared<'_>> {
    let mut all = Vec::new();
    // Where no cause is known, the job went on behind the others.
    let findings = report.findings().filter(|_| report.cause.is_some());
    for finding in findings {
        let id = Some(finding.id.as_str());
        all.push(Compared {
            fingerprint: &finding.fingerprint,
            id,
            text: &finding.text,
        });
        all.extend(finding.further.iter().map(|further| Compared {
            fingerprint: &further.fingerprint,
            id,
            text: &further.text,
        }));
    }
    all.extend(report.untold.iter().map(|other| Compared {
        fingerprint: &other.fingerprint,
        id: Some(&other.id),
        text: &other.text,
    }));
    if report.cause.is_none() {
        all.extend(report.unexplained.iter().map(|unknown| Compared {
            fingerprint: &unknown.fingerprint,
            id: None,
            text: best_text(unknown).unwrap_or_default(),
        }));
    }
    all
}

/// The complaint about a text that is no list of failures.
fn no_baseline(path: &Path, text: &str, error: &serde_json::Error) -> Complaint {
    let name = path.display();
    // The JSON reader's type names mean nothing to users.
    let is_broken = matches!(error.classify(), Category::Syntax | Category::Eof);
    let reason = if is_broken {
        format!(": {error}")
    } else {
        String::new()
    };
    // What is no JSON at all may be meant as the log of a passing run, which the main job takes.
    let hint = if is_broken && !text.trim_start().starts_with('{') {
        "it is a file that `jobtriage scan … --write-baseline FILE` has written; \
         the log of a passing run is for `jobtriage --baseline`"
    } else {
        "it is a file that `jobtriage scan … --write-baseline FILE` has written"
    };
    Complaint::hint(format!("--baseline '{name}': no baseline{reason}"), hint)
}

fn read(path: &Path) -> Result<BTreeMap<String, Failure>, Complaint> {
    let name = path.display();
    let text = fs::read_to_string(path).map_err(|e| {
        Complaint::hint(
            format!("--baseline '{name}': {}", source::reason(&e)),
            "write one first: `jobtriage scan … --write-baseline FILE`",
        )
    })?;
    let file: File = serde_json::from_str(&text).map_err(|e| no_baseline(path, &text, &e))?;
    if file.jobtriage_baseline != VERSION {
        return Err(Complaint::hint(
            format!(
                "--baseline '{name}': version {} of the file is not known here",
                file.jobtriage_baseline
            ),
            "write it anew, or use the release that wrote it",
        ));
    }
    let failures = file.failures.into_iter();
    Ok(failures.map(|e| (e.fingerprint, e.failure)).collect())
}

/// Writes the file; it appears in its place only when complete.
fn write(path: &Path, failures: BTreeMap<String, Failure>) -> io::Result<()> {
    let (mut out, draft) = Draft::open(path)?;
    write!(out, "{{\"jobtriage_baseline\": {VERSION}, \"failures\": [")?;
    let mut comma = "";
    for (fingerprint, failure) in failures {
        let entry = Entry {
            fingerprint,
            failure,
        };
        let entry = sanitize::clean_json(serde_json::to_string(&entry)?);
        write!(out, "{comma}\n  {entry}")?;
        comma = ",";
    }
    writeln!(out, "\n]}}")?;
    out.flush()?;
    draft.finish()
}
