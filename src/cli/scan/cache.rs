//! `--cache DIR`: the results for files, under the hash of their content.
//!
//! The folder has a subfolder for each way to analyse (program, patterns, options that change a result), with
//! one entry for each content. An entry is written beside its place and then moved, so several scans can share
//! a folder. A damaged entry, or one in another form, is ignored. A way to analyse that nobody used for a month
//! is removed. The folder may be deleted at any time.

use std::env;
use std::fs::{self, File};
use std::io::{self, Read};
use std::path::{Path, PathBuf};
use std::sync::atomic::{AtomicBool, AtomicUsize, Ordering};
use std::time::{Duration, SystemTime, UNIX_EPOCH};

use serde::{Deserialize, Serialize};
use sha2::{Digest, Sha256};

use super::Done;
use crate::cli::args::Scan;
use crate::cli::complaint::{self, Complaint};
use crate::library::Library;
use crate::model::{Advice, Lang, LogReport, Problem, Untold};
use crate::redact;
use crate::source;

/// Version of the form of entries.
const VERSION: u32 = 5;
/// Bytes of the checksum before an entry.
const CHECKSUM: usize = 16;
/// Digits in the name of a way to analyse.
const WAY: usize = 16;
/// Bytes hashed at a time.
const CHUNK: usize = 128 << 10;
/// The file whose time of change says when a way to analyse was last used.
const USED: &str = ".used";
/// How long an unused way to analyse is kept: an older and a newer program may alternate.
const UNUSED: Duration = Duration::from_secs(30 * 24 * 60 * 60);
/// The tag that tells backup programs to skip the folder.
const TAG: &str = "Signature: 8a477f597d28d172789f06886806bc55\n# Results of `jobtriage scan --cache`. May be deleted.\n";

/// The folder, for one way to analyse.
#[derive(Debug)]
pub struct Cache {
    folder: PathBuf,
    drafts: AtomicUsize,
    complained: AtomicBool,
}

/// The content of a file.
#[derive(Debug)]
pub struct Key {
    hash: String,
    /// The state before reading. If the file has changed since, nothing is kept.
    state: State,
}

/// Length and time of the last change.
type State = (u64, Option<SystemTime>);

/// The kept result of a file.
#[derive(Debug, Serialize, Deserialize)]
struct Entry {
    /// The name it had, which results contain in many places.
    label: String,
    reports: Vec<(LogReport, Unwritten)>,
    problems: Vec<Problem>,
    trouble: bool,
    trouble_if_named: bool,
}

/// The parts of a report that only people see and that are not serialised.
#[derive(Debug, Default, Serialize, Deserialize)]
struct Unwritten {
    verdict_line: Option<u64>,
    remark: Option<String>,
    cut: Option<Advice>,
    /// The match in the text of the cause and of further findings.
    spans: Vec<(u32, u32)>,
    consequences: Vec<String>,
    untold: Vec<Untold>,
}

impl Cache {
    /// Opens the folder that the flags name. `None` without one, and for results that must not be kept: with
    /// secrets (`--no-redact`) or with the way to the verdict (`--why`).
    ///
    /// # Errors
    /// The folder cannot be created.
    pub fn of(args: &Scan, library: &Library, lang: Lang) -> Result<Option<Self>, Complaint> {
        // An empty variable counts as unset.
        let named = args.cache.as_ref().filter(|p| !p.as_os_str().is_empty());
        let Some(folder) = named else {
            return Ok(None);
        };
        if args.output.no_redact || args.output.look.why {
            return Ok(None);
        }
        let mut hash = Sha256::new();
        let options = (
            VERSION,
            env!("CARGO_PKG_VERSION"),
            program(),
            lang,
            args.reading.text,
            redact::own_names(),
        );
        hash.update(postcard::to_allocvec(&options).unwrap_or_default());
        hash.update(library.digest());
        let way = folder.join(&hex(&hash.finalize())[..WAY]);
        let make = || -> io::Result<()> {
            fs::create_dir_all(&way)?;
            fs::write(way.join(USED), "")?;
            fs::write(folder.join("CACHEDIR.TAG"), TAG)?;
            fs::write(folder.join(".gitignore"), "*\n")
        };
        make().map_err(|e| {
            Complaint::hint(
                format!("--cache '{}': {}", folder.display(), source::reason(&e)),
                "name a folder that can be written; it is made where it is missing",
            )
        })?;
        tidy(folder);
        Ok(Some(Self {
            folder: way,
            drafts: AtomicUsize::new(0),
            complained: AtomicBool::new(false),
        }))
    }

    /// The content of a file, and what its name promises. `None` if it cannot be read, which the analysis will
    /// report, or can be read only once.
    pub fn key(&self, path: &Path) -> Option<Key> {
        if !path.is_file() {
            return None;
        }
        let mut file = File::open(path).ok()?;
        let state = state(&file)?;
        let mut hash = Sha256::new();
        hash.update(source::promise(path).unwrap_or_default());
        hash.update([0]);
        let mut chunk = vec![0; CHUNK];
        loop {
            match file.read(&mut chunk) {
                Ok(0) => break,
                Ok(n) => hash.update(&chunk[..n]),
                Err(e) if e.kind() == io::ErrorKind::Interrupted => {}
                Err(_) => return None,
            }
        }
        let hash = hex(&hash.finalize());
        Some(Key { hash, state })
    }

    /// The kept result for a content, under its current name.
    pub fn get(&self, key: &Key, path: &Path) -> Option<Done> {
        let bytes = fs::read(self.place(key)).ok()?;
        let (checksum, entry) = bytes.split_at_checked(CHECKSUM)?;
        if Sha256::digest(entry)[..CHECKSUM] != *checksum {
            return None;
        }
        let mut entry: Entry = postcard::from_bytes(entry).ok()?;
        let label = path.display().to_string();
        if entry.label != label {
            rename(&mut entry, &label);
        }
        let reports = entry.reports.into_iter();
        let reports = reports.map(|(mut report, unwritten)| {
            unwritten.put_back(&mut report);
            report
        });
        Some(Done {
            reports: reports.collect(),
            problems: entry.problems,
            trouble: entry.trouble,
            trouble_if_named: entry.trouble_if_named,
            ..Done::default()
        })
    }

    /// Keeps the result of a file, unless the file has changed meanwhile. If that fails, the scan continues
    /// without.
    pub fn put(&self, key: &Key, path: &Path, done: &Done) {
        if File::open(path).ok().and_then(|file| state(&file)) != Some(key.state) {
            return;
        }
        let entry = Entry {
            label: path.display().to_string(),
            reports: done
                .reports
                .iter()
                .map(|r| (r.clone(), Unwritten::of(r)))
                .collect(),
            problems: done.problems.clone(),
            trouble: done.trouble,
            trouble_if_named: done.trouble_if_named,
        };
        if let Err(error) = self.write(key, &entry)
            && !self.complained.swap(true, Ordering::Relaxed)
        {
            complaint::tell(
                &format!(
                    "--cache: cannot write to '{}': {}",
                    self.folder.display(),
                    source::reason(&error)
                ),
                Some("the scan goes on; the next one has to read more"),
            );
        }
    }

    fn write(&self, key: &Key, entry: &Entry) -> io::Result<()> {
        let entry = postcard::to_allocvec(entry).map_err(io::Error::other)?;
        let bytes = [&Sha256::digest(&entry)[..CHECKSUM], &entry].concat();
        let place = self.place(key);
        let number = self.drafts.fetch_add(1, Ordering::Relaxed);
        let draft = self
            .folder
            .join(format!(".{}-{number}", std::process::id()));
        let moved = fs::write(&draft, bytes).and_then(|()| {
            fs::rename(&draft, &place).or_else(|_| {
                fs::create_dir_all(place.parent().unwrap_or(&self.folder))?;
                fs::rename(&draft, &place)
            })
        });
        if moved.is_err() {
            let _ = fs::remove_file(&draft);
        }
        moved
    }

    /// A folder for each first byte keeps folders short.
    fn place(&self, key: &Key) -> PathBuf {
        self.folder.join(&key.hash[..2]).join(&key.hash[2..])
    }
}

impl Unwritten {
    fn of(report: &LogReport) -> Self {
        Self {
            verdict_line: report.verdict_line,
            remark: report.remark.clone(),
            cut: report.cut.clone(),
            spans: report.findings().map(|finding| finding.span).collect(),
            consequences: report.consequences.iter().map(|c| c.text.clone()).collect(),
            untold: report.untold.clone(),
        }
    }

    fn put_back(self, report: &mut LogReport) {
        report.verdict_line = self.verdict_line;
        report.remark = self.remark;
        report.cut = self.cut;
        report.untold = self.untold;
        let findings = report.cause.iter_mut().chain(&mut report.also);
        for (finding, span) in findings.zip(self.spans) {
            finding.span = span;
        }
        for (consequence, text) in report.consequences.iter_mut().zip(self.consequences) {
            consequence.text = text;
        }
    }
}

/// Gives all results the file's new name. What follows the name (members of an archive, jobs) stays.
fn rename(entry: &mut Entry, label: &str) {
    let old = std::mem::replace(&mut entry.label, label.to_owned());
    let renamed = |source: &mut String| {
        if let Some(rest) = source.strip_prefix(&old) {
            *source = format!("{label}{rest}");
        }
    };
    for (report, _) in &mut entry.reports {
        renamed(&mut report.source);
        report
            .inputs
            .iter_mut()
            .for_each(|input| renamed(&mut input.source));
        for finding in report.cause.iter_mut().chain(&mut report.also) {
            finding
                .evidence
                .iter_mut()
                .for_each(|e| renamed(&mut e.source));
        }
    }
    for problem in &mut entry.problems {
        renamed(&mut problem.source);
    }
}

/// Removes ways to analyse that nobody used for a month: each new program and each change of the patterns
/// leaves one. Unknown files stay, and what cannot be removed is tried again next time.
fn tidy(folder: &Path) {
    let entries = fs::read_dir(folder).into_iter().flatten().flatten();
    for path in entries.map(|entry| entry.path()) {
        let name = path.file_name().and_then(|name| name.to_str());
        let is_way = name
            .is_some_and(|name| name.len() == WAY && name.bytes().all(|b| b.is_ascii_hexdigit()));
        let used = is_way.then(|| fs::metadata(path.join(USED)).and_then(|data| data.modified()));
        let unused = used
            .and_then(Result::ok)
            .and_then(|used| SystemTime::now().duration_since(used).ok());
        if unused.is_some_and(|unused| unused > UNUSED) {
            let _ = fs::remove_dir_all(path);
        }
    }
}

fn state(file: &File) -> Option<State> {
    let data = file.metadata().ok()?;
    Some((data.len(), data.modified().ok()))
}

/// Identifies this very program, since builds under development share a version number.
fn program() -> (u64, u64) {
    let data = env::current_exe().and_then(fs::metadata).ok();
    let changed = data.as_ref().and_then(|data| data.modified().ok());
    let changed = changed.and_then(|time| time.duration_since(UNIX_EPOCH).ok());
    (
        data.map_or(0, |data| data.len()),
        changed.map_or(0, |since| since.as_millis() as u64),
    )
}

fn hex(bytes: &[u8]) -> String {
    bytes.iter().map(|b| format!("{b:02x}")).collect()
}
