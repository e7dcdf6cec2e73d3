//! Reads zip and tar archives member by member. Nothing is written to disk, and a member's name is only a
//! label, whatever path it contains.
//!
//! Links and special files are skipped. An archive within an archive is reported, not opened. Damaged members
//! are reported, and the others are read.

use std::cell::Cell;
use std::collections::HashSet;
use std::fs::File;
use std::io::{self, BufReader, Cursor, Read, Seek, SeekFrom};
use std::ops::ControlFlow;
use std::path::Path;
use std::rc::Rc;

use super::bounds::{Bounded, Limits};
use super::{Each, Origin, Reading, Refusal, open_stream, walk};
use crate::model::Problem;

/// The first bytes of a zip archive, with members and without.
const ZIP: [&[u8]; 2] = [b"PK\x03\x04", b"PK\x05\x06"];
/// Size of a tar header.
const BLOCK: usize = 512;
/// Longest name in a header of its own, in bytes.
const NAME: u64 = 64 << 10;
/// Largest directory of a zip archive, in bytes. It is held in memory; this is enough for 10,000 members with
/// long names.
const DIRECTORY: u64 = 4 << 20;

/// Whether these first bytes begin a zip archive.
pub(super) fn is_zip(head: &[u8]) -> bool {
    ZIP.iter().any(|magic| head.starts_with(magic))
}

/// Whether these first bytes begin a tar archive: a header whose checksum is right.
pub(super) fn is_tar(head: &[u8]) -> bool {
    let Some(header) = head.get(..BLOCK) else {
        return false;
    };
    let digits = |c: &&u8| (b'0'..=b'7').contains(*c);
    let stated = header[148..156]
        .iter()
        .skip_while(|c| **c == b' ')
        .take_while(digits)
        .fold(0u64, |sum, c| sum * 8 + u64::from(c - b'0'));
    let sum =
        |range: std::ops::Range<usize>| header[range].iter().map(|b| u64::from(*b)).sum::<u64>();
    header[257..].starts_with(b"ustar")
        && stated == sum(0..148) + sum(156..BLOCK) + 8 * u64::from(b' ')
}

/// Reads the members of a zip archive. If its directory at the end is missing, it is read as a stream.
pub(super) fn zip(
    label: &str,
    mut file: File,
    reading: Reading,
    limits: Limits,
    each: &mut Each<'_>,
) -> ControlFlow<()> {
    let total = Rc::new(Cell::new(0));
    let left = Rc::new(Cell::new(DIRECTORY));
    let rationed = Rationed {
        inner: BufReader::new(&file),
        left: left.clone(),
    };
    let mut archive = match zip::ZipArchive::new(rationed) {
        Ok(archive) => archive,
        Err(error) => {
            report_refusal(
                each,
                damaged(
                    label,
                    &format!("its directory cannot be read: {error}"),
                    true,
                ),
            )?;
            if file.rewind().is_err() {
                return ControlFlow::Continue(());
            }
            return zip_stream(label, file, reading, limits, each);
        }
    };
    let names: Vec<String> = archive
        .file_names()
        .take(limits.members)
        .filter_map(|name| Some(name.ok()?.into_owned()))
        .collect();
    let repeated = steps_of_whole_jobs(&names);
    // The size of unpacked members is bounded elsewhere.
    left.set(u64::MAX);
    for index in 0..archive.len() {
        if index >= limits.members {
            return report_refusal(each, too_many(label, limits));
        }
        let name = match archive.name_for_index(index) {
            Some(Ok(name)) => name.into_owned(),
            _ => format!("member {}", index + 1),
        };
        if repeated.contains(name.as_str()) {
            continue;
        }
        match archive.by_index(index) {
            Ok(member) if member.is_dir() || member.is_symlink() => {}
            Ok(member) => {
                let packed = Rc::new(Cell::new(member.compressed_size()));
                let bounded = Bounded::new(member, packed, Some(total.clone()), limits);
                read_member(label, &name, Box::new(bounded), reading, limits, each)?;
            }
            Err(error) => {
                let member = member_label(label, &name);
                report_refusal(each, damaged(&member, &error.to_string(), false))?;
            }
        }
    }
    ControlFlow::Continue(())
}

/// The members of a GitHub log archive that repeat parts of others: beside `0_build.txt`, the log of a job,
/// stand its steps as `build/1_Set up job.txt`, and the runner's own log as `build/system.txt`.
fn steps_of_whole_jobs(names: &[String]) -> HashSet<&str> {
    let jobs: HashSet<&str> = names
        .iter()
        .filter(|name| !name.contains('/'))
        .filter_map(|name| numbered(name))
        .collect();
    let repeats = |name: &&str| {
        name.split_once('/').is_some_and(|(job, file)| {
            jobs.contains(job) && (numbered(file).is_some() || file == "system.txt")
        })
    };
    names.iter().map(String::as_str).filter(repeats).collect()
}

/// `build` of `0_build.txt`.
fn numbered(file: &str) -> Option<&str> {
    let (number, name) = file.strip_suffix(".txt")?.split_once('_')?;
    number.parse::<u32>().ok().map(|_| name)
}

/// Lets only as many bytes through as are left.
struct Rationed<R> {
    inner: R,
    left: Rc<Cell<u64>>,
}

impl<R: Read> Read for Rationed<R> {
    fn read(&mut self, buf: &mut [u8]) -> io::Result<usize> {
        let n = self.inner.read(buf)?;
        match self.left.get().checked_sub(n as u64) {
            Some(left) => self.left.set(left),
            None => {
                return Err(io::Error::other(format!(
                    "it is larger than {}",
                    super::bounds::size(DIRECTORY)
                )));
            }
        }
        Ok(n)
    }
}

impl<R: Seek> Seek for Rationed<R> {
    fn seek(&mut self, to: SeekFrom) -> io::Result<u64> {
        self.inner.seek(to)
    }
}

/// Reads what it can of a zip archive whose end is missing.
fn zip_stream(
    label: &str,
    file: File,
    reading: Reading,
    limits: Limits,
    each: &mut Each<'_>,
) -> ControlFlow<()> {
    let total = Rc::new(Cell::new(0));
    let mut stream = BufReader::new(file);
    for index in 0..limits.members {
        let member = match zip::read::read_zipfile_from_stream(&mut stream) {
            Ok(Some(member)) => member,
            // The archive is already reported as damaged, so its end is no news.
            Ok(None) | Err(_) => return ControlFlow::Continue(()),
        };
        if member.is_dir() || member.is_symlink() {
            continue;
        }
        let name = member.name().map_or_else(
            |_| format!("member {}", index + 1),
            |name| name.into_owned(),
        );
        let packed = Rc::new(Cell::new(member.compressed_size()));
        let bounded = Bounded::new(member, packed, Some(total.clone()), limits);
        read_member(label, &name, Box::new(bounded), reading, limits, each)?;
    }
    report_refusal(each, too_many(label, limits))
}

/// Reads the members of an unpacked tar stream. Long names are read here, within bounds.
pub(super) fn tar(
    label: &str,
    stream: Box<dyn Read + '_>,
    reading: Reading,
    limits: Limits,
    each: &mut Each<'_>,
) -> ControlFlow<()> {
    // Bytes that are only skipped count too.
    let passed = Rc::new(Cell::new(0));
    let whole = Bounded::new(stream, Rc::new(Cell::new(u64::MAX)), Some(passed), limits);
    let mut archive = ::tar::Archive::new(whole);
    let entries = match archive.entries() {
        Ok(entries) => entries.raw(true),
        Err(error) => return report_refusal(each, damaged(label, &super::reason(&error), true)),
    };
    let mut long_name: Option<Vec<u8>> = None;
    let mut members = 0;
    for entry in entries {
        let mut entry = match entry {
            Ok(entry) => entry,
            // The start of the next member is unknown.
            Err(error) => {
                return report_refusal(each, damaged(label, &super::reason(&error), true));
            }
        };
        let kind = entry.header().entry_type();
        if kind.is_gnu_longname() || kind.is_pax_local_extensions() {
            let mut text = Vec::new();
            if let Err(error) = entry.by_ref().take(NAME).read_to_end(&mut text) {
                return report_refusal(each, damaged(label, &super::reason(&error), true));
            }
            if kind.is_gnu_longname() {
                text.retain(|b| *b != 0);
                long_name = Some(text);
            } else {
                long_name = pax_path(&text).or(long_name);
            }
            continue;
        }
        let name = long_name
            .take()
            .unwrap_or_else(|| entry.path_bytes().into_owned());
        if !(kind.is_file() || kind.is_contiguous()) {
            continue;
        }
        members += 1;
        if members > limits.members {
            return report_refusal(each, too_many(label, limits));
        }
        let name = String::from_utf8_lossy(&name).into_owned();
        read_member(label, &name, Box::new(entry), reading, limits, each)?;
    }
    ControlFlow::Continue(())
}

/// The path of a PAX header: records `LENGTH path=VALUE\n`.
fn pax_path(text: &[u8]) -> Option<Vec<u8>> {
    text.split(|b| *b == b'\n').find_map(|record| {
        let key = b" path=";
        let at = record.windows(key.len()).position(|w| w == key)?;
        record[..at]
            .iter()
            .all(u8::is_ascii_digit)
            .then(|| record[at + key.len()..].to_vec())
    })
}

/// Reads a member, unless its name shows that it is no log.
fn read_member(
    label: &str,
    name: &str,
    member: Box<dyn Read + '_>,
    reading: Reading,
    limits: Limits,
    each: &mut Each<'_>,
) -> ControlFlow<()> {
    if walk::is_hidden_or_no_log(Path::new(name)) {
        return ControlFlow::Continue(());
    }
    let label = member_label(label, name);
    let source = open_stream(label.clone(), member, limits).and_then(|stream| {
        if is_zip(&stream.head) || is_tar(&stream.head) {
            return Err(Refusal::Binary(Problem {
                source: label.clone(),
                message: "an archive within an archive is not opened".to_owned(),
                hint: Some("unpack the outer one first".to_owned()),
            }));
        }
        match super::misnamed::refusal(&label, &stream.head, stream.packed, reading) {
            Some(refusal) => Err(refusal),
            None => stream.decode(reading),
        }
    });
    each(source, Origin::Member)
}

fn member_label(archive: &str, name: &str) -> String {
    format!("{archive}:{name}")
}

fn report_refusal(each: &mut Each<'_>, (refusal, origin): (Refusal, Origin)) -> ControlFlow<()> {
    each(Err(refusal), origin)
}

fn damaged(label: &str, why: &str, whole: bool) -> (Refusal, Origin) {
    let problem = Problem {
        source: label.to_owned(),
        message: format!("damaged: {why}"),
        hint: Some("what could be read was analysed".to_owned()),
    };
    let origin = if whole { Origin::Named } else { Origin::Member };
    (Refusal::Unreadable(problem), origin)
}

fn too_many(label: &str, limits: Limits) -> (Refusal, Origin) {
    let problem = Problem {
        source: label.to_owned(),
        message: format!(
            "has more than {} members; the others were not read",
            limits.members
        ),
        hint: Some("unpack it, and scan the folder".to_owned()),
    };
    (Refusal::Unreadable(problem), Origin::Named)
}

/// A stream whose first bytes were already read.
pub(super) fn rejoined<'r>(
    head: Vec<u8>,
    rest: Box<dyn Read + 'r>,
    failed: Option<io::Error>,
) -> Box<dyn Read + 'r> {
    match failed {
        Some(error) => Box::new(Cursor::new(head).chain(super::Failing(Some(error)))),
        None => Box::new(Cursor::new(head).chain(rest)),
    }
}
