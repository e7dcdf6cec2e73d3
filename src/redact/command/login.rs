//! Finds user and password as a pair (`user:value`) where no known program takes them.

use super::super::place::{
    self, Found, is_quote, is_space, is_word, run_end, run_end_within, words,
};
use super::{REACH, is_apart, parted};

/// Programs that mean other pairs: user and group, a module and its object, a host and a path.
const OTHERS: &[&[u8]] = &[
    b"docker",
    b"docker-compose",
    b"compose",
    b"podman",
    b"nerdctl",
    b"buildah",
    b"kubectl",
    b"oc",
    b"apptainer",
    b"chroot",
    b"gosu",
    b"ktlint",
    b"sbt",
    b"setpriv",
    b"start-stop-daemon",
    b"unshare",
    b"crictl",
    b"chown",
    b"install",
    b"su",
    b"sudo",
    b"runuser",
    b"useradd",
    b"usermod",
    b"rsync",
    b"scp",
    b"systemctl",
    b"journalctl",
    b"git",
    b"python",
    b"python3",
    b"uvicorn",
    b"gunicorn",
    b"uwsgi",
];

/// `-u user:value`, `--user user:value`. The value decides: `-u 1000:1000` are a user and a group.
pub(in super::super) fn of_any(text: &[u8], from: usize) -> Option<Found> {
    memchr::memmem::find_iter(&text[from..], b"-u").find_map(|at| {
        let long = at > 0 && text[from + at - 1] == b'-';
        let dash = from + at - usize::from(long);
        let option: &[u8] = if long { b"--user" } else { b"-u" };
        let end = dash + option.len();
        let begins = dash == 0 || is_apart(text, dash);
        if !begins || !text[dash..].starts_with(option) {
            return None;
        }
        let found = parted(text, super::behind(text, end)?, b':')?;
        let (user, value) = (&text[found.key.clone()], &text[found.value.clone()]);
        let is_user = user.iter().any(u8::is_ascii_alphabetic)
            && user
                .iter()
                .all(|&b| place::is_name(b) || b"@+".contains(&b));
        // `a:v1.2`, `a:1.2-rc1`: an image and its version.
        let number = value.strip_prefix(b"v").unwrap_or(value);
        let version = number.first().is_some_and(u8::is_ascii_digit) && number.contains(&b'.');
        let is = is_user && !version && !value.contains(&b'/') && !is_of_other(text, dash);
        is.then_some(found)
    })
}

/// Does the command before an option run a program that means another pair?
fn is_of_other(text: &[u8], at: usize) -> bool {
    let low = at.saturating_sub(REACH);
    let begin = text[low..at].iter().rposition(|b| b"|;&".contains(b));
    let low = low + begin.map_or(0, |k| k + 1);
    words(&text[..at], low).any(|start| {
        let end = run_end(text, start, |b| is_word(b) || b == b'-');
        OTHERS.contains(&&text[start..end])
    })
}

/// `BUNDLE_GEMS__EXAMPLE__COM=user:value`: Bundler's login for a host, whose dots are two underscores (bundler.io, `config`)
pub(in super::super) fn of_bundle(text: &[u8], from: usize) -> Option<Found> {
    const LONGEST_USER: usize = 200;
    let is = |b: u8| b.is_ascii_uppercase() || b.is_ascii_digit() || b == b'_';
    let mut next = from;
    let mut names = std::iter::from_fn(|| {
        let start = next + memchr::memmem::find(text.get(next..)?, b"BUNDLE_")?;
        // No name begins within another.
        next = run_end(text, start, is);
        Some((start, next))
    });
    names.find_map(|(start, end)| {
        let name = &text[start..end];
        let host = memchr::memmem::find(name, b"__").is_some();
        // Options to build a gem with, and addresses.
        let other = name.starts_with(b"BUNDLE_BUILD_") || name.starts_with(b"BUNDLE_MIRROR_");
        if !host || other || !matches!(text.get(end), Some(b'=' | b':')) {
            return None;
        }
        let at = run_end_within(text, end + 1, 2, is_space);
        let near = &text[at..text.len().min(at + LONGEST_USER)];
        memchr::memchr(b':', near)?;
        let found = parted(text, at, b':')?;
        let value = &text[found.value.clone()];
        let is_port = value.iter().all(u8::is_ascii_digit);
        let is = !is_port && !value.starts_with(b"//") && !is_quote(value[0]);
        is.then_some(found)
    })
}
