//! Splits off what other programs put before every line of a tool's output.
//!
//! There are two kinds. A *stamp* says when and where a line was written and is not part of the line: the
//! runner's clock header, an ISO stamp, `job⇥step⇥`, and remains of section markers and colours in a damaged
//! log. A *wrapper* is printed by a tool around an inner one: BuildKit's `#12 3.456 `, and the `0.345 ` where
//! it repeats a failed step, the prefixes of build services in [`services`], compose's `web-1  | `, act's
//! `[ci/build]   | `, turbo's `web:build: `, pnpm's `apps/web build: `, yarn's `[@scope/web]: `, the time
//! that Jenkins puts before each line, `##[error]`. A line is shown with its wrapper, but `^` in a pattern
//! matches behind it.

pub(super) mod services;

use super::{escape, hosts, marker, stamp};

/// Longest run of properties of a workflow command, in bytes.
const MAX_PROPERTIES: usize = 1024;
/// Longest name of a job or a step, in bytes.
const MAX_NAME: usize = 256;

/// Common tasks of turbo and pnpm. A prefix with any other task needs a scoped package to be recognised.
const TASKS: &[&str] = &[
    "build",
    "bundle",
    "check",
    "check-types",
    "clean",
    "codegen",
    "compile",
    "deploy",
    "dev",
    "e2e",
    "format",
    "generate",
    "lint",
    "prepare",
    "start",
    "test",
    "type-check",
    "typecheck",
    "types",
];

/// Words before a colon that are levels, not packages.
const LEVELS: &[&str] = &[
    "debug", "err", "error", "fail", "failed", "fatal", "info", "note", "notice", "panic", "trace",
    "warn", "warning",
];

/// Where a line's own text begins.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Prefix {
    /// Bytes of stamps; the line as people know it starts behind them.
    pub stamps: usize,
    /// Where the innermost tool's text starts.
    pub content: usize,
    /// Tells parallel outputs apart; 0 if no wrapper names one.
    pub stream: u32,
}

impl Prefix {
    /// Skips a wrapper's prefix.
    pub(super) fn behind(&mut self, len: usize, stream: u32) {
        self.content += len;
        self.stream = self.stream.wrapping_mul(31) ^ stream;
    }
}

/// Splits the prefixes off a clean line.
pub fn split(line: &[u8]) -> Prefix {
    let clock = clock(line);
    let stamps = clock + damage(&line[clock..]);
    let mut prefix = Prefix {
        stamps,
        content: stamps,
        stream: 0,
    };
    wrappers(line, &mut prefix);
    prefix
}

/// Splits off the wrappers that follow.
pub(super) fn wrappers(line: &[u8], prefix: &mut Prefix) {
    // Wrappers nest (compose around BuildKit), but the depth is bounded.
    for _ in 0..3 {
        let Some((len, stream)) = wrapper(&line[prefix.content..]) else {
            break;
        };
        prefix.behind(len, stream);
    }
}

/// The job and step names of a `gh run view --log` line, and the length of the prefix.
pub fn job_and_step(line: &[u8]) -> Option<(&[u8], &[u8], usize)> {
    let first = memchr::memchr(b'\t', line.get(..MAX_NAME.min(line.len()))?)?;
    let rest = &line[first + 1..];
    let second = memchr::memchr(b'\t', &rest[..MAX_NAME.min(rest.len())])?;
    let mut len = first + second + 2;
    len += order_mark(&line[len..]);
    (stamp::iso(&line[len..]) > 0).then(|| (&line[..first], &rest[..second], len))
}

/// Length of a byte-order mark, or of its misreading by a code page (850, 437, 1252, 950; 866, 855, 1251,
/// 1250; 936, 949, 932). `gh` puts one before each step.
#[inline]
fn order_mark(text: &[u8]) -> usize {
    const MARKS: &[&str] = &[
        "\u{feff}",
        "\u{b4}\u{2557}\u{2510}",
        "\u{2229}\u{2557}\u{2510}",
        "\u{ef}\u{bb}\u{bf}",
        "\u{569c}?",
        "\u{44f}\u{2557}\u{2510}",
        "\u{2116}\u{2557}\u{2510}",
        "\u{43f}\u{bb}\u{457}",
        "\u{10f}\u{bb}\u{17c}",
        "\u{9518}?",
        "\u{7664}?",
        "\u{30fb}\u{ff7b}\u{ff7f}",
        "\u{fffd}\u{ff7b}\u{ff7f}",
    ];
    if text.first().is_none_or(u8::is_ascii) {
        return 0;
    }
    let mut marks = MARKS.iter();
    let mark = marks.find(|mark| text.starts_with(mark.as_bytes()));
    mark.map_or(0, |mark| mark.len())
}

/// Length of the columns that `gh` puts before a line.
fn columns(line: &[u8]) -> usize {
    if memchr::memchr(b'\t', &line[..MAX_NAME.min(line.len())]).is_none() {
        let mark = order_mark(line);
        return if mark > 0 && stamp::iso(&line[mark..]) > 0 {
            mark
        } else {
            0
        };
    }
    let both = job_and_step(line).map(|(_, _, len)| len);
    both.or_else(|| job_alone(line)).unwrap_or(0)
}

/// Length of a job's name that stands alone before the stamp, because the column of the step was cut out.
/// Other programs put a level or a name before a stamp too, but rarely in GitHub's form.
fn job_alone(line: &[u8]) -> Option<usize> {
    let tab = memchr::memchr(b'\t', line.get(..MAX_NAME.min(line.len()))?)?;
    (tab > 0 && stamp::is_github(&line[tab + 1..]) && !is_level(&line[..tab])).then_some(tab + 1)
}

/// Whether a word is the name of a level, as loggers print it.
pub(super) fn is_level(word: &[u8]) -> bool {
    LEVELS
        .iter()
        .any(|level| level.as_bytes().eq_ignore_ascii_case(word))
}

/// Length of damaged markers and colours at the start of a line.
fn damage(line: &[u8]) -> usize {
    // The first byte rules out most lines.
    if !matches!(
        line.trim_ascii_start().first(),
        Some(b's' | b'[' | b'^' | 0xe2 | 0xef)
    ) {
        return 0;
    }
    let mut at = escape::lost(line);
    while let Some((_, len)) = marker::leading(&line[at..]) {
        at += len;
        at += escape::lost(&line[at..]);
    }
    at
}

/// Length of the stamps with the time, and with job and step if the line has them.
pub fn clock(line: &[u8]) -> usize {
    let mut at = columns(line);
    if stamp::header(&line[at..]).is_some() {
        at += stamp::LEN;
    }
    at + stamp::iso(&line[at..]).max(stamp::bracketed(&line[at..]))
}

/// The time of a line's stamps, in Unix seconds.
pub fn time(line: &[u8]) -> Option<i64> {
    let at = job_and_step(line).map_or(0, |(_, _, len)| len);
    stamp::time(&line[at..])
}

/// Length of a wrapper's prefix, and a number for the output it names.
fn wrapper(text: &[u8]) -> Option<(usize, u32)> {
    match text.first()? {
        b'#' => buildkit(text).or_else(|| text.starts_with(b"##[error]").then_some((9, 0))),
        b':' => workflow_error(text),
        b'[' => act(text)
            .or_else(|| workspace(text))
            .or_else(|| {
                fastlane(text)
                    .or_else(|| flutter(text))
                    .or_else(|| services::obs(text))
                    .or_else(|| services::taskcluster(text))
                    .map(|len| (len, 0))
            })
            .or_else(|| services::tekton(text)),
        b'@' => turbo(text).or_else(|| scoped(text)),
        0xe2 => yarn(text).or_else(|| prompt(text)),
        b'0'..=b'9' => {
            stamp::twelve_hours(text)
                .map(|len| (len, 0))
                .or_else(|| match text.get(2) {
                    Some(b':') => match stamp::time_of_day(text) {
                        0 => None,
                        len => foreman(text)
                            .or_else(|| services::mozharness(text).map(|len| (len, 0)))
                            .or(Some((len, 0))),
                    },
                    _ => compose(text).or_else(|| elapsed(text)),
                })
        }
        b'a'..=b'z' => compose(text)
            .or_else(|| turbo(text))
            .or_else(|| pnpm(text))
            .or_else(|| hosts::powershell(text).map(|len| (len, 0)))
            .or_else(|| hosts::provisioner(text))
            .or_else(|| services::heroku(text).map(|len| (len, 0))),
        b'A'..=b'Z' => compose(text).or_else(|| {
            gradle_native(text)
                .or_else(|| fastlane_verbose(text))
                .map(|len| (len, 0))
                .or_else(|| services::cloud_build(text))
        }),
        b' ' => ant(text)
            .or_else(|| services::mach(text))
            .map(|len| (len, 0))
            .or_else(|| services::earthly(text)),
        _ => None,
    }
}

/// `::error::` and `::error file=app.js,line=1::`, as a step of GitHub Actions prints it; only GitHub's own log has
/// `##[error]` instead (docs.github.com, workflow commands).
fn workflow_error(text: &[u8]) -> Option<(usize, u32)> {
    const ERROR: &[u8] = b"::error";
    let rest = text.strip_prefix(ERROR)?;
    if !matches!(rest.first(), Some(b':' | b' ')) {
        return None;
    }
    let window = &rest[..rest.len().min(MAX_PROPERTIES)];
    let end = memchr::memmem::find(window, b"::")?;
    Some((ERROR.len() + end + 2, 0))
}

/// `[workflow/job] `, act's prefix of all lines about a job: the name, and the length of the prefix.
pub(super) fn act_job(text: &[u8]) -> Option<(&[u8], usize)> {
    let inside = text.strip_prefix(b"[")?;
    let close = memchr::memchr(b']', &inside[..inside.len().min(MAX_NAME)])?;
    let name = &inside[..close];
    let slash = memchr::memchr(b'/', name)?;
    (slash > 0 && slash + 1 < name.len() && inside.get(close + 1) == Some(&b' '))
        .then_some((name, close + 3))
}

/// `[workflow/job]   | ` (act, before each line that a step prints).
fn act(text: &[u8]) -> Option<(usize, u32)> {
    let (name, len) = act_job(text)?;
    let rest = text[len..].strip_prefix(b"  |")?;
    match rest.first() {
        None => Some((len + 3, stream(name))),
        Some(b' ') => Some((len + 4, stream(name))),
        Some(_) => None,
    }
}

/// `[17:57:03]: ` and `[17:57:03]: ▸ ` (fastlane, before its own lines and before those of what it runs).
fn fastlane(text: &[u8]) -> Option<usize> {
    let &[b'[', h, i, b':', m, n, b':', s, t, b']', b':', b' '] = text.first_chunk::<12>()? else {
        return None;
    };
    if ![h, i, m, n, s, t].iter().all(u8::is_ascii_digit) {
        return None;
    }
    Some(behind_arrow(text, 12))
}

/// The offset behind fastlane's arrow, if the text has one at `at`; else `at`.
fn behind_arrow(text: &[u8], at: usize) -> usize {
    const ARROW: &[u8] = "\u{25b8} ".as_bytes();
    at + usize::from(text[at..].starts_with(ARROW)) * ARROW.len()
}

/// `INFO [2026-05-01 17:57:03.21]: ▸ ` (fastlane in its verbose form).
fn fastlane_verbose(text: &[u8]) -> Option<usize> {
    const LEVELS: &[&[u8]] = &[b"INFO [", b"WARN [", b"ERROR [", b"DEBUG [", b"FATAL ["];
    let level = LEVELS.iter().find(|level| text.starts_with(level))?;
    let window = &text[..text.len().min(48)];
    let close = memchr::memchr(b']', window)?;
    let date = window.get(level.len()..close)?;
    let fits = |b: &u8| b.is_ascii_digit() || b"-:. ".contains(b);
    if date.len() < 19 || !date.iter().all(fits) || !text[close + 1..].starts_with(b": ") {
        return None;
    }
    Some(behind_arrow(text, close + 3))
}

/// `C/C++: ` (Android's Gradle plugin, before each line of CMake, ninja and clang).
fn gradle_native(text: &[u8]) -> Option<usize> {
    const PREFIX: &[u8] = b"C/C++: ";
    text.starts_with(PREFIX).then_some(PREFIX.len())
}

/// `     [exec] ` and `     [java] ` (Ant, before each line of the program that such a task runs; its own tools have patterns
/// of their own).
fn ant(text: &[u8]) -> Option<usize> {
    const TASKS: &[&[u8]] = &[b"     [exec]", b"     [java]"];
    let task = TASKS.iter().find(|task| text.starts_with(task))?;
    let blank = text.get(task.len());
    matches!(blank, None | Some(b' ')).then(|| (task.len() + 1).min(text.len()))
}

/// `[  +73 ms] ` and `[        ] ` (`flutter -v`: the time since the line before, in eight columns or more).
fn flutter(text: &[u8]) -> Option<usize> {
    let window = &text[..text.len().min(16)];
    let close = memchr::memchr(b']', window)?;
    let inside = window.get(1..close)?;
    let told = || {
        let since = inside.trim_ascii_start().strip_prefix(b"+")?;
        let digits = since.strip_suffix(b" ms")?;
        (!digits.is_empty() && digits.iter().all(u8::is_ascii_digit)).then_some(())
    };
    let fits = inside.len() >= 7 && (inside.iter().all(|b| *b == b' ') || told().is_some());
    (fits && text.get(close + 1) == Some(&b' ')).then_some(close + 2)
}

/// `web:build: ` and `@scope/web:build: ` (turbo: package, task).
fn turbo(text: &[u8]) -> Option<(usize, u32)> {
    let window = &text[..text.len().min(120)];
    let colon = memchr::memchr(b':', window)?;
    let (package, behind) = (&window[..colon], &window[colon + 1..]);
    let letters = |b: &u8| b.is_ascii_alphanumeric() || matches!(b, b'-' | b'_' | b':');
    let len = behind.iter().take_while(|b| letters(b)).count();
    let task = behind[..len].strip_suffix(b":")?;
    let ends = matches!(text.get(colon + 1 + len), None | Some(b' '));
    if !ends || !task.first().is_some_and(u8::is_ascii_lowercase) {
        return None;
    }
    // `main.c:test: ` is a compiler's.
    let plain = || package.len() > 1 && named(package, b"") && is_task(task) && !is_level(package);
    let known = has_scope(package) || plain();
    let end = past(text, colon + len);
    known.then(|| (end, stream(&text[..colon + len])))
}

/// `apps/web build: ` (pnpm with `-r`: the package's folder, the script).
fn pnpm(text: &[u8]) -> Option<(usize, u32)> {
    let window = &text[..text.len().min(120)];
    let blank = memchr::memchr(b' ', window)?;
    let (folder, behind) = (&window[..blank], &window[blank + 1..]);
    let letters = |b: &u8| b.is_ascii_lowercase() || b.is_ascii_digit() || matches!(b, b'-' | b':');
    let len = behind.iter().take_while(|b| letters(b)).count();
    let task = behind[..len].strip_suffix(b":")?;
    let ends = matches!(text.get(blank + 1 + len), None | Some(b' '));
    let nested = memchr::memchr(b'/', folder).is_some();
    let known = ends && nested && folder.split(|b| *b == b'/').all(|part| named(part, b""));
    let end = past(text, blank + len);
    (known && is_task(task)).then(|| (end, stream(&text[..blank + len])))
}

/// `@scope/web build: ` (bun with `--filter`).
fn scoped(text: &[u8]) -> Option<(usize, u32)> {
    let (name, len) = before_colon(text)?;
    let blank = memchr::memchr(b' ', name)?;
    let known = has_scope(&name[..blank]) && named(&name[blank + 1..], b":");
    known.then(|| (len, stream(name)))
}

/// The name before a colon and a blank, and its length with those. The name of a task may itself contain
/// colons.
pub(super) fn before_colon(text: &[u8]) -> Option<(&[u8], usize)> {
    let window = &text[..text.len().min(120)];
    let colon = memchr::memchr_iter(b':', window)
        .find(|colon| matches!(text.get(colon + 1), None | Some(b' ')))?;
    Some((&text[..colon], past(text, colon)))
}

/// `[@scope/web]: ` (`yarn workspaces foreach`); without a scope it could be any tool's own (`[vite]: `).
fn workspace(text: &[u8]) -> Option<(usize, u32)> {
    let (name, len) = bracketed(text)?;
    has_scope(name).then(|| (len, stream(name)))
}

/// `➤ YN0000: [web]: ` (the same of yarn 2 and 3).
fn yarn(text: &[u8]) -> Option<(usize, u32)> {
    const PLAIN: &str = "\u{27a4} YN0000: ";
    let (name, len) = bracketed(text.strip_prefix(PLAIN.as_bytes())?)?;
    Some((PLAIN.len() + len, stream(name)))
}

/// `│  text` (clack, as Nuxt and Storybook have it, between `┌` and `└`). Terraform has one blank there or three, tables another bar at the
/// end of the line.
fn prompt(text: &[u8]) -> Option<(usize, u32)> {
    const BAR: &[u8] = "│".as_bytes();
    let said = text.strip_prefix(BAR)?.strip_prefix(b"  ")?;
    let drawn = said.starts_with(&BAR[..1]) && matches!(said.get(1), Some(0x94 | 0x95));
    let first = said.first().filter(|b| !b.is_ascii_whitespace())?;
    (!drawn && *first != b'|' && !said.ends_with(BAR)).then_some((BAR.len() + 2, 0))
}

/// The name in `[name]: `, and the length of the prefix.
fn bracketed(text: &[u8]) -> Option<(&[u8], usize)> {
    let inside = text.strip_prefix(b"[")?;
    let close = memchr::memchr(b']', &inside[..inside.len().min(120)])?;
    let colon = inside[close + 1..].starts_with(b":");
    let ends = matches!(inside.get(close + 2), None | Some(b' '));
    (colon && ends).then(|| (&inside[..close], past(text, close + 2)))
}

/// `10:00:00 web.1  | ` (foreman and its likes: process, behind the time).
fn foreman(text: &[u8]) -> Option<(usize, u32)> {
    let window = &text[..text.len().min(80)];
    let bar = memchr::memchr(b'|', window)?;
    let name = window.get(9..bar)?.trim_ascii_end();
    let dot = memchr::memrchr(b'.', name)?;
    let replica = &name[dot + 1..];
    let known = window[bar - 1] == b' '
        && named(&name[..dot], b"")
        && !replica.is_empty()
        && digits(replica) == replica.len();
    known.then(|| (past(text, bar), stream(name)))
}

/// The offset behind a sign and the blank that may follow it.
pub(super) fn past(text: &[u8], sign: usize) -> usize {
    sign + 1 + usize::from(text.get(sign + 1) == Some(&b' '))
}

/// Whether a name has a scope: `@scope/web`, as npm allows it.
pub(super) fn has_scope(name: &[u8]) -> bool {
    let rest = name.strip_prefix(b"@");
    let slash = rest.and_then(|rest| memchr::memchr(b'/', rest));
    rest.zip(slash)
        .is_some_and(|(rest, slash)| named(&rest[..slash], b".") && named(&rest[slash + 1..], b"."))
}

/// Whether a name consists of characters that npm allows, and those in `more`.
fn named(name: &[u8], more: &[u8]) -> bool {
    let fits = |b: &u8| {
        b.is_ascii_lowercase() || b.is_ascii_digit() || b"-_".contains(b) || more.contains(b)
    };
    !name.is_empty() && name.iter().all(fits)
}

/// Whether a script's name begins with a task: `test:unit` is a `test`.
fn is_task(name: &[u8]) -> bool {
    let first = name.split(|b| *b == b':').next().unwrap_or(name);
    TASKS.iter().any(|task| task.as_bytes() == first)
}

/// `#12 3.456 ` or `#12 ` (BuildKit's plain progress: step number, seconds since its start).
fn buildkit(text: &[u8]) -> Option<(usize, u32)> {
    let digits = digits(&text[1..]);
    if digits == 0 || digits > 5 || text.get(1 + digits) != Some(&b' ') {
        return None;
    }
    let step = number(&text[1..=digits]);
    let mut at = digits + 2;
    let rest = &text[at..];
    let whole = self::digits(rest);
    if whole > 0 && rest.get(whole) == Some(&b'.') {
        let part = self::digits(&rest[whole + 1..]);
        let end = whole + 1 + part;
        if part > 0 && rest.get(end).is_none_or(|&b| b == b' ') {
            at += (end + 1).min(rest.len());
        }
    }
    Some((at, step + 1))
}

/// `0.345 `, `12.34 `, `123.4 ` (BuildKit, where it repeats what a failed step printed: seconds with three decimals below ten,
/// two below a hundred, then one; moby/buildkit util/progress/progressui/display.go).
fn elapsed(text: &[u8]) -> Option<(usize, u32)> {
    let text = &text[..text.len().min(10)];
    let whole = digits(text);
    let part = digits(text.get(whole + 1..)?);
    let form = matches!((whole, part), (1, 3) | (2, 2) | (3..=6, 1));
    let end = whole + 1 + part;
    (form && text[whole] == b'.' && text.get(end) == Some(&b' ')).then_some((end + 1, 0))
}

/// `web-1  | ` and `web_1 | ` (docker compose: service, replica, aligned bar).
fn compose(text: &[u8]) -> Option<(usize, u32)> {
    let window = &text[..text.len().min(80)];
    let bar = memchr::memchr(b'|', window)?;
    let name = window[..bar].trim_ascii_end();
    if bar == name.len()
        || !name
            .iter()
            .all(|b| b.is_ascii_alphanumeric() || matches!(b, b'-' | b'_' | b'.'))
    {
        return None;
    }
    let replica = name.iter().rev().take_while(|b| b.is_ascii_digit()).count();
    if replica == 0
        || replica == name.len()
        || !matches!(name[name.len() - replica - 1], b'-' | b'_')
    {
        return None;
    }
    Some((past(text, bar), stream(name)))
}

/// A number for the output with that name.
pub(super) fn stream(name: &[u8]) -> u32 {
    let hash = |hash: u32, b: &u8| hash.wrapping_mul(31) ^ u32::from(*b);
    name.iter().fold(7, hash) | 1 << 31
}

/// How many digits a text begins with.
pub(super) fn digits(text: &[u8]) -> usize {
    text.iter().take_while(|b| b.is_ascii_digit()).count()
}

/// The value of at most nine digits.
pub(super) fn number(text: &[u8]) -> u32 {
    text.iter().fold(0, |n, b| n * 10 + u32::from(b - b'0'))
}

#[cfg(test)]
mod tests;
