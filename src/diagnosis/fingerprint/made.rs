//! Masks what each run chooses anew, anywhere in a text: the folder of its checkout, temporary folders,
//! UUIDs, dates, durations.
//!
//! | what | is told as |
//! |---|---|
//! | `/builds/group/app/`, `/builds/TOKEN/0/group/app/`, `…/_work/app/app/`, `C:\a\app\app\`, `…/jenkins/workspace/app@2/` | `<root>` |
//! | `/tmp/X`, `/var/folders/…/T/X`, `C:\…\Temp\X`, `…/_temp/X`, `tmp.X` | `<tmp>` |
//! | `550e8400-e29b-41d4-a716-446655440000` | `<hex>` |
//! | `Fri Nov 27`, `27/Nov` | `<date>` |
//! | `12.5s`, `1m3s`, `2 seconds` | `<time>` |
//!
//! The part of a path behind such a folder stays, since it names what failed. One pass over the text masks
//! everything.

use std::borrow::Cow;

/// Parts of a path that are checked; no root lies deeper.
const DEEPEST: usize = 24;
const DAYS: &[&str] = &[
    "Monday",
    "Tuesday",
    "Wednesday",
    "Thursday",
    "Friday",
    "Saturday",
    "Sunday",
];
const MONTHS: &[&str] = &[
    "January",
    "February",
    "March",
    "April",
    "May",
    "June",
    "July",
    "August",
    "September",
    "October",
    "November",
    "December",
];
/// Units, directly behind the number or behind a blank.
const UNITS: &[&str] = &["ns", "us", "µs", "μs", "ms", "s", "m", "h", "d"];
const SPOKEN: &[&str] = &[
    "ms", "s", "sec", "secs", "second", "seconds", "min", "mins", "minute", "minutes", "hour",
    "hours",
];

/// The masked text. `project` is the project's name in the log.
pub(super) fn without<'t>(text: &'t str, project: Option<&str>) -> Cow<'t, str> {
    let bytes = text.as_bytes();
    let (mut out, mut copied, mut at) = (String::new(), 0, 0);
    while at < bytes.len() {
        let begins = at == 0 || !bytes[at - 1].is_ascii_alphanumeric();
        let found =
            match bytes[at] {
                b'/' => path(text, at, project),
                b if !begins && !b.is_ascii_alphabetic() => None,
                b'A' | b'P' if half_of_day(bytes, at) => Some((at + 2, "<n>")),
                _ if !begins => None,
                b if b.is_ascii_alphanumeric() => uuid(bytes, at)
                    .or_else(|| date(text, at))
                    .or_else(|| match b.is_ascii_digit() {
                        true => duration(text, at),
                        false => path(text, at, project).or_else(|| temporary(bytes, at)),
                    }),
                _ => None,
            };
        match found {
            Some((end, mark)) => {
                out.push_str(&text[copied..at]);
                out.push_str(mark);
                (copied, at) = (end, end);
            }
            None => at += 1,
        }
    }
    match copied {
        0 => Cow::Borrowed(text),
        _ => Cow::Owned(out + &text[copied..]),
    }
}

/// Where the masked part ends, and what replaces it.
type Found = Option<(usize, &'static str)>;

fn uuid(bytes: &[u8], at: usize) -> Found {
    const LEN: usize = 36;
    let digits = bytes.get(at..at + LEN)?;
    let mut digits = digits.iter().enumerate();
    let is = digits.all(|(k, b)| match k {
        8 | 13 | 18 | 23 => *b == b'-',
        _ => b.is_ascii_hexdigit(),
    });
    let ends = !bytes.get(at + LEN).is_some_and(u8::is_ascii_alphanumeric);
    (is && ends).then_some((at + LEN, "<hex>"))
}

/// `10:22:33 AM`
fn half_of_day(bytes: &[u8], at: usize) -> bool {
    let before = bytes[..at].strip_suffix(b" ").unwrap_or(&bytes[..at]);
    let ends = !bytes.get(at + 2).is_some_and(u8::is_ascii_alphanumeric);
    bytes.get(at + 1) == Some(&b'M') && ends && before.last().is_some_and(u8::is_ascii_digit)
}

/// `Fri Nov 27`, `Friday, 27 November`, `27/Nov`; the day of the week alone where a number follows.
fn date(text: &str, at: usize) -> Found {
    let rest = &text[at..];
    if rest.starts_with(|c: char| c.is_ascii_lowercase()) {
        return None;
    }
    let behind_day = named(rest, DAYS).map(|rest| rest.trim_start_matches([',', ' ']));
    let day = behind_day.unwrap_or(rest);
    let between = |c: char| " -/.".contains(c);
    let behind = match named(day, MONTHS) {
        Some(month) => {
            let gap = month.len() - month.trim_start_matches(between).len();
            (1..=2)
                .contains(&gap)
                .then(|| number(&month[gap..]))
                .flatten()
        }
        None => number(day).and_then(|month| {
            let gap = month.len() - month.trim_start_matches(between).len();
            (gap == 1).then(|| named(&month[gap..], MONTHS)).flatten()
        }),
    };
    let end = match (behind, behind_day) {
        (Some(behind), _) => text.len() - behind.len(),
        // `Fri 27.11.2026`
        (None, Some(day)) if day.starts_with(|c: char| c.is_ascii_digit()) => {
            return Some((text.len() - day.len(), "<date> "));
        }
        _ => return None,
    };
    Some((end, "<date>"))
}

/// The text behind one of these names, or behind its first three letters.
fn named<'t>(text: &'t str, names: &[&str]) -> Option<&'t str> {
    let len = text.bytes().take_while(u8::is_ascii_alphabetic).count();
    let (word, rest) = text.split_at(len);
    let is = |name: &&str| word == *name || len == 3 && name.starts_with(word);
    (names.iter().any(is) && !rest.starts_with(['_', '='])).then_some(rest)
}

/// The text behind the number of a day.
fn number(text: &str) -> Option<&str> {
    let len = text.bytes().take_while(u8::is_ascii_digit).count();
    (1..=2).contains(&len).then(|| &text[len..])
}

/// `12.5s`, `1h2m`, `3 seconds`
fn duration(text: &str, at: usize) -> Found {
    // Not the end of `1.2s` or of `v1.2.3 s`.
    if at > 0 && b"._-".contains(&text.as_bytes()[at - 1]) {
        return None;
    }
    let (mut rest, mut end) = (&text[at..], None);
    while let Some(behind) = amount(rest) {
        let spaced = behind.strip_prefix(' ').filter(|_| end.is_none());
        let word = spaced.unwrap_or(behind);
        let len = word
            .find(|c: char| !c.is_alphabetic())
            .unwrap_or(word.len());
        let (unit, after) = word.split_at(len);
        let units = if spaced.is_some() { SPOKEN } else { UNITS };
        if !units.contains(&unit) || after.starts_with('_') {
            break;
        }
        (rest, end) = (after, Some(text.len() - after.len()));
        if spaced.is_some() {
            break;
        }
    }
    // A longer word is a name: `2d3x`.
    let goes_on = rest.starts_with(|c: char| c.is_alphanumeric());
    end.filter(|_| !goes_on).map(|end| (end, "<time>"))
}

/// The text behind a number that may have a fraction.
fn amount(text: &str) -> Option<&str> {
    let digits = |text: &str| text.bytes().take_while(u8::is_ascii_digit).count();
    let whole = digits(text);
    let behind = &text[whole..];
    let fraction = behind.strip_prefix('.').map_or(0, digits);
    let end = if fraction > 0 { fraction + 1 } else { 0 };
    (whole > 0).then(|| &behind[end..])
}

/// A temporary name of `mktemp` or Python in any folder: `tmp.QwErTyUiOp`, `tmpk3x9f0ab`.
fn temporary(bytes: &[u8], at: usize) -> Found {
    let rest = bytes[at..].strip_prefix(b"tmp")?;
    let (rest, lens): (_, &[usize]) = match rest.strip_prefix(b".") {
        Some(rest) => (rest, &[6, 8, 10]),
        None => (rest, &[8]),
    };
    let of_name = |b: &&u8| b.is_ascii_alphanumeric() || **b == b'_';
    let len = rest.iter().take_while(of_name).count();
    let name = &rest[..len];
    let mixed = name.iter().any(|b| !b.is_ascii_lowercase()) && name.first() != Some(&b'_');
    let end = bytes.len() - rest.len() + len;
    (lens.contains(&len) && mixed).then_some((end, "<tmp>"))
}

/// The root of a path, or a temporary folder with the name created in it.
fn path(text: &str, at: usize, project: Option<&str>) -> Found {
    let bytes = text.as_bytes();
    let drive = bytes[at] != b'/';
    if drive {
        let [b':', b'/' | b'\\', ..] = bytes[at + 1..] else {
            return None;
        };
    } else if !begins_path(bytes, at) {
        return None;
    }
    let mut parts: Vec<(&str, usize)> = Vec::new();
    let mut from = if drive { at + 2 } else { at };
    let separates = |c: char| c == '/' || drive && c == '\\';
    let of_name = |c: char| c.is_alphanumeric() || "._-+@~%=".contains(c);
    while parts.len() < DEEPEST && text[from..].starts_with(separates) {
        let rest = text[from..].trim_start_matches(separates);
        let len = rest.find(|c| !of_name(c)).unwrap_or(rest.len());
        if len == 0 {
            break;
        }
        from = text.len() - rest.len() + len;
        parts.push((&rest[..len], from));
    }
    let names: Vec<&str> = parts.iter().map(|(name, _)| *name).collect();
    let (count, mark) = root(&names, drive, project)?;
    let (_, end) = parts.get(count.min(parts.len()).checked_sub(1)?)?;
    Some((*end, mark))
}

/// Whether a path begins with the slash at `at`. One within a path, an address or a label (`//lib:all`) does
/// not count. One of a `file:` address does, as does one behind `=`, `(`, or the letter of an option
/// (`-I/usr`).
fn begins_path(bytes: &[u8], at: usize) -> bool {
    if matches!(bytes.get(at + 1), None | Some(b'/' | b' ')) {
        return false;
    }
    match bytes[..at] {
        [] => true,
        [.., b'-', letter] => letter.is_ascii_alphabetic(),
        [.., b'/'] => bytes[..at].ends_with(b"file://"),
        [.., last] => {
            !last.is_ascii_alphanumeric() && !b"._-~\\)}]%$".contains(&last) && last < 0x80
        }
    }
}

/// How many parts of a path form a root that the run has chosen, or a temporary folder.
fn root(names: &[&str], drive: bool, project: Option<&str>) -> Option<(usize, &'static str)> {
    const ROOT: &str = "<root>";
    const TEMPORARY: &str = "<tmp>";
    let at = |k: usize| names.get(k).copied().unwrap_or_default();
    let counts = |name: &str| !name.is_empty() && name.bytes().all(|b| b.is_ascii_digit());
    let twice = |k: usize| !at(k).is_empty() && at(k) == at(k + 1);
    // GitLab: below any folder that the runner's administrator chose.
    let group: Vec<&str> = project.map_or(Vec::new(), |project| project.split('/').collect());
    if group.len() > 1 {
        let found = names
            .windows(group.len())
            .skip(1)
            .position(|part| part == group);
        if let Some(before) = found {
            return Some((1 + before + group.len(), ROOT));
        }
    }
    match names {
        ["tmp", ..] => return Some((2, TEMPORARY)),
        ["var" | "private", "tmp", ..] | ["dev", "shm", ..] => return Some((3, TEMPORARY)),
        ["var", "folders", _, _, "T", ..] => return Some((6, TEMPORARY)),
        ["private", "var", "folders", _, _, "T", ..] => return Some((7, TEMPORARY)),
        ["github", "workspace", ..] => return Some((2, ROOT)),
        _ => {}
    }
    for (k, name) in names.iter().enumerate() {
        let is_temporary = *name == "_temp"
            || drive && ["temp", "tmp"].iter().any(|t| name.eq_ignore_ascii_case(t));
        if is_temporary {
            return Some((k + 2, TEMPORARY));
        }
        let of_work = matches!(*name, "work" | "_work" | "__w") || drive && k == 0 && *name == "a";
        let found = match *name {
            // GitHub has a folder for each repository, and repeats the name in it.
            _ if of_work && twice(k + 1) => 3,
            // Azure Pipelines numbers the folders, and has the sources in `s`.
            _ if of_work && counts(at(k + 1)) => 2,
            // A shell runner: its token, the number of the concurrent job, and the project.
            "builds" if counts(at(k + 2)) && names.len() > k + 4 => 5,
            "builds" if names[..k].iter().any(|n| n.starts_with("buildkite")) => 4,
            // If the log does not name the project, groups cannot be told from subgroups.
            "builds" if k == 0 && names.len() > 3 => 3,
            // Jenkins numbers the folders of concurrent jobs: `app@2`.
            "workspace"
                if at(k + 1).contains('@')
                    || names[..k]
                        .iter()
                        .any(|n| n.to_ascii_lowercase().contains("jenkins")) =>
            {
                2
            }
            _ => continue,
        };
        return Some((k + found, ROOT));
    }
    None
}

#[cfg(test)]
mod tests {
    use super::*;

    #[track_caller]
    fn is(text: &str, told: &str) {
        assert_eq!(without(text, Some("group/app")), told, "{text}");
    }

    #[test]
    fn the_root_of_a_checkout_goes_and_the_rest_stays() {
        for root in [
            "/builds/group/app",
            "/builds/Ab3xYz/0/group/app",
            "/builds/y/group/app",
            "/home/ci/builds/t3_x/12/group/app",
            "/srv/agent/_work/app/app",
            "/__w/app/app",
            "D:\\a\\app\\app",
            "D:/a/app/app",
            "C:\\actions-runner\\_work\\app\\app",
            "C:\\\\actions-runner\\\\_work\\\\app\\\\app",
            "C:\\GitLab-Runner\\builds\\x7Kq\\0\\group\\app",
            "/var/jenkins_home/workspace/app_main@2",
            "/github/workspace",
            "/var/lib/buildkite-agent/builds/ci-7/org/app",
        ] {
            is(&format!("cp: '{root}/a/x.ts'"), "cp: '<root>/a/x.ts'");
            is(&format!("dir={root}/a.c:3"), "dir=<root>/a.c:3");
        }
        is("-I/builds/group/app/include", "-I<root>/include");
        is("/srv/agent/_work/1/s/a.c", "<root>/s/a.c");
        // Hosted runners of both call that folder `work`.
        for (names, count) in [
            (&["home", "agent", "work", "app", "app", "a.c"][..], 5),
            (&["home", "agent", "work", "1", "s", "a.c"], 4),
        ] {
            assert_eq!(root(names, false, None), Some((count, "<root>")));
        }
        is("/builds/other/lib/a.c", "<root>/a.c");
        is("in /builds/group/app: x", "in <root>: x");
        // Where it does not name the project.
        let of = |path| without(path, None);
        assert_eq!(of("/builds/x/0/group/app/a.c"), "<root>/a.c");
        assert_eq!(of("/builds/group/Makefile"), "/builds/group/Makefile");
        for whole in [
            "//svc/pay:app",
            "https://x.example.com/builds/a/b/c",
            "src/tmp/a.c",
            "./builds/a/b/c",
            "/usr/include/a.h",
            "/opt/sdk/bin/foo",
            "/workspace/a/index.ts",
            "a/b /c",
            "/",
            "x:\\",
            "/가/나",
        ] {
            is(whole, whole);
        }
    }

    #[test]
    fn what_is_temporary_goes() {
        for (text, told) in [
            ("'/tmp/tmp.QwErTyUiOp/x.bin'", "'<tmp>/x.bin'"),
            ("file=/tmp/tmp.QwErTyUiOp/x.bin", "file=<tmp>/x.bin"),
            ("file:///tmp/a/x", "file://<tmp>/x"),
            ("(/var/folders/zz/a1b2/T/tmpk3/x)", "(<tmp>/x)"),
            (
                "C:\\Users\\ci\\AppData\\Local\\Temp\\tmpab12\\x.bin",
                "<tmp>\\x.bin",
            ),
            ("/srv/agent/_work/_temp/ab.sh: 3", "<tmp>: 3"),
            ("D:\\a\\_temp\\ab.ps1", "<tmp>"),
            ("./tmp.QwErTyUiOp/x tmpk3x9f0ab", "./<tmp>/x <tmp>"),
            ("/tmp", "<tmp>"),
            ("tmpfiles tmp tmp_build2", "tmpfiles tmp tmp_build2"),
        ] {
            is(text, told);
        }
    }

    #[test]
    fn times_and_ids_go() {
        for (text, told) in [
            ("id=550e8400-ab12-41d4-a716-446655440000,", "id=<hex>,"),
            ("x/550e8400-cafe-41d4-a716-446655440000", "x/<hex>"),
            (
                "550e8400-cafe-41d4-a716-4466554400001",
                "550e8400-cafe-41d4-a716-4466554400001",
            ),
            ("Fri Nov 27 10:00", "<date> 10:00"),
            ("Mon Dec  1 10:00", "<date> 10:00"),
            ("Fri, 27 Nov 2026", "<date> 2026"),
            ("[27/Nov/2026:10", "[<date>/2026:10"),
            ("Friday 2026-11-27", "<date> 2026-11-27"),
            ("10:22:33 AM", "10:22:33 <n>"),
            ("in 12.5ms, 1m3.2s 2h", "in <time>, <time> <time>"),
            ("after 1 second, 12 seconds", "after <time>, <time>"),
            (
                "May fail Sun Marc 3 h264 3dx v1.2s",
                "May fail Sun Marc 3 h264 3dx v1.2s",
            ),
            ("3 samples", "3 samples"),
        ] {
            is(text, told);
        }
    }

    #[test]
    fn odd_texts_are_no_harm() {
        for text in [
            "",
            "/",
            "//",
            "\\",
            "C:",
            "C:\\",
            "tmp",
            "tmp.",
            "Mon",
            "Mon ",
            "3",
            "3.",
            "1가",
            "/가:/나",
            "12µ",
            "Mon,가",
        ] {
            for cut in 0..text.len() {
                if let Some(text) = text.get(cut..) {
                    without(text, Some("a/b"));
                    without(text, Some(""));
                }
            }
        }
        let long = "/a".repeat(2_000) + &"Mon 1 ".repeat(2_000) + &"1.".repeat(2_000);
        without(&long, Some("a/a"));
    }
}
