//! Prefixes of build services: the Open Build Service, Taskcluster with Firefox's tools, Tekton, Earthly,
//! Heroku.

use super::{digits, past, stamp, stream};

/// Longest name of a target, in bytes.
const MAX_TARGET: usize = 120;
/// Longest name of a step, in bytes.
const MAX_STEP: usize = 256;

/// `[  123s] ` (the Open Build Service and its `osc build`: seconds, right-aligned in five columns; obs-build, `build`).
pub(super) fn obs(text: &[u8]) -> Option<usize> {
    let window = &text[..text.len().min(12)];
    let close = memchr::memchr(b']', window)?;
    let seconds = window.get(1..close)?.strip_suffix(b"s")?;
    let number = seconds.trim_ascii_start();
    let fits = seconds.len() >= 5 && !number.is_empty() && digits(number) == number.len();
    let ends = matches!(text.get(close + 1), None | Some(b' '));
    (fits && ends).then(|| past(text, close))
}

/// `[task 2026-05-01T10:00:00.123Z] ` (Taskcluster's generic worker, and its scripts with a name of their own: `[vcs 2026-…] `).
pub(super) fn taskcluster(text: &[u8]) -> Option<usize> {
    let inside = text.strip_prefix(b"[")?;
    let name = inside.iter().take_while(|b| b.is_ascii_lowercase()).count();
    let stamped = inside[name..].strip_prefix(b" ")?;
    // `[taskcluster …] ` is the worker's own.
    let wraps = name > 0 && &inside[..name] != b"taskcluster";
    let close = stamp::closed(stamped).filter(|_| wraps)?;
    let at = 1 + name + 1 + close;
    let end = at + usize::from(text.get(at) == Some(&b' '));
    Some(mozharness(&text[end..]).map_or(end, |len| end + len))
}

/// `[build : compile] ` (Tekton's `tkn pipelinerun logs`: task, step).
pub(super) fn tekton(text: &[u8]) -> Option<(usize, u32)> {
    let window = &text[..text.len().min(MAX_TARGET)];
    let close = memchr::memchr(b']', window)?;
    let inside = window.get(1..close)?;
    let colon = memchr::memmem::find(inside, b" : ")?;
    let letters = |b: &u8| b.is_ascii_lowercase() || b.is_ascii_digit() || *b == b'-';
    let named = |name: &[u8]| !name.is_empty() && name.iter().all(letters);
    let known = named(&inside[..colon]) && named(&inside[colon + 3..]);
    let ends = matches!(text.get(close + 1), None | Some(b' '));
    (known && ends).then(|| (past(text, close), stream(inside)))
}

/// `10:00:00     INFO -  ` (mozharness, on Taskcluster and elsewhere: the level right-aligned in eight columns).
pub(super) fn mozharness(text: &[u8]) -> Option<usize> {
    const LEVELS: &[&[u8]] = &[
        b"INFO",
        b"DEBUG",
        b"WARNING",
        b"ERROR",
        b"CRITICAL",
        b"FATAL",
    ];
    let time = stamp::like(text, "dd:dd:dd ")?;
    let (level, behind) = text[time..].split_first_chunk::<8>()?;
    let said = behind.strip_prefix(b" - ")?;
    let known = LEVELS.contains(&level.trim_ascii_start());
    let blank = usize::from(said.first() == Some(&b' '));
    known.then(|| text.len() - said.len() + blank)
}

/// ` 0:01.23 ` (mach of Firefox: minutes and seconds since it began).
pub(super) fn mach(text: &[u8]) -> Option<usize> {
    let rest = text.strip_prefix(b" ")?;
    let minutes = digits(rest);
    let len = stamp::like(&rest[minutes..], ":dd.dd ")?;
    (1..=4).contains(&minutes).then_some(1 + minutes + len)
}

/// `             +build | ` and `   ./api+test *failed* | ` (Earthly: target, right-aligned).
pub(super) fn earthly(text: &[u8]) -> Option<(usize, u32)> {
    let window = &text[..text.len().min(MAX_TARGET)];
    let bar = memchr::memmem::find(window, b" | ")?;
    let target = window[..bar].trim_ascii_start();
    let target = target.strip_suffix(b" *failed*").unwrap_or(target);
    let plus = memchr::memchr(b'+', target)?;
    let letters = |b: &u8| b.is_ascii_alphanumeric() || b"-_./:@".contains(b);
    let (project, name) = (&target[..plus], &target[plus + 1..]);
    let named = !name.is_empty() && name.iter().all(letters) && project.iter().all(letters);
    (named && text.first() == Some(&b' ')).then(|| (bar + 3, stream(target)))
}

/// `Step #3: `, `Step #3 - "test": ` (Cloud Build): the length, and the text that names the step.
pub(in crate::trace) fn step(text: &[u8]) -> Option<(usize, &[u8])> {
    let rest = text.strip_prefix(b"Step #")?;
    let digits = digits(rest);
    if digits == 0 || digits > 3 {
        return None;
    }
    let mut behind = &rest[digits..];
    if let Some(name) = behind.strip_prefix(b" - \"") {
        let end = memchr::memchr(b'"', &name[..name.len().min(MAX_STEP)])?;
        behind = &name[end + 1..];
    }
    let name = text.len() - behind.len();
    behind
        .starts_with(b":")
        .then(|| (past(text, name), &text[..name]))
}

/// The long form only. Any program may print the short one, `Step #3: `; it counts once the log is known to be
/// Cloud Build's.
pub(super) fn cloud_build(text: &[u8]) -> Option<(usize, u32)> {
    let (len, name) = step(text)?;
    name.ends_with(b"\"").then(|| (len, stream(name)))
}

/// `remote:        ` (git, before what Heroku's build prints, which is indented by seven; other servers' messages are not).
pub(super) fn heroku(text: &[u8]) -> Option<usize> {
    const PREFIX: &[u8] = b"remote:        ";
    (text.starts_with(PREFIX) && text.len() > PREFIX.len()).then_some(PREFIX.len())
}
