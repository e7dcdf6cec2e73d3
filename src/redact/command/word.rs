//! Finds secrets that a command takes as a plain argument: `vault login value`.

use std::ops::Range;

use super::super::place::{
    self, Found, begins_word, is_argument, is_quote, is_space, is_word, run_end, run_end_within,
    words,
};
use super::{LEAST, LONGEST, REACH, argument, command_end};

/// A command with such an argument.
struct Command {
    program: &'static str,
    /// One of these follows the program; each has one or more words.
    verbs: &'static [&'static str],
    /// The first word behind the verb begins with this.
    first: &'static str,
    /// The secret's position among the words behind the verb.
    nth: usize,
}

const fn command(
    program: &'static str,
    verbs: &'static [&'static str],
    first: &'static str,
    nth: usize,
) -> Command {
    Command {
        program,
        verbs,
        first,
        nth,
    }
}

const COMMANDS: &[Command] = &[
    command("vault", &["login"], "", 0),
    command("cargo", &["login"], "", 0),
    command("wandb", &["login"], "", 0),
    command("snyk", &["auth"], "", 0),
    command("cf", &["auth"], "", 1),
    command("cachix", &["authtoken"], "", 0),
    command("ngrok", &["authtoken", "config add-authtoken"], "", 0),
    command("nuget", &["setapikey", "setApiKey"], "", 0),
    command("mc", &["alias set", "config host add"], "", 3),
    command("poetry", &["config"], "pypi-token.", 1),
    command("poetry", &["config"], "http-basic.", 2),
    command("composer", &["config"], "http-basic.", 2),
    command("composer", &["config"], "gitlab-token.", 1),
    command("composer", &["config"], "github-oauth.", 1),
    command("composer", &["config"], "bearer.", 1),
    command("rabbitmqctl", &["add_user", "change_password"], "", 1),
];

/// Options of these commands that take the next word as their value.
const TAKE_NEXT: &[&str] = &[
    "-method",
    "-path",
    "-address",
    "-namespace",
    "-field",
    "-format",
    "--registry",
    "--host",
    "--cloud",
    "--working-dir",
    "--directory",
    "-d",
    "-C",
];

/// Words that show that such a command may be present.
pub(in super::super) const VERBS: &[&str] = &[
    "vault login",
    "cargo login",
    "wandb login",
    "snyk auth",
    "cf auth",
    "authtoken",
    "setapikey",
    "alias set",
    "config host add",
    "pypi-token.",
    "http-basic.",
    "gitlab-token.",
    "github-oauth.",
    "bearer.",
    "rabbitmqctl",
];

/// `vault login value`, `poetry config pypi-token.name value`
pub(in super::super) fn own(text: &[u8], from: usize) -> Option<Found> {
    words(text, from.saturating_sub(REACH)).find_map(|start| {
        let end = run_end_within(text, start, LONGEST, |b| is_word(b) || b == b'-');
        let known = COMMANDS
            .iter()
            .filter(|c| c.program.as_bytes() == &text[start..end]);
        let value = known.into_iter().find_map(|c| c.secret(text, end))?;
        // Prose has no digits where a command has its secret.
        let sure = is_run(&text[..start]) || has_digit(&text[value.clone()]);
        (value.start >= from && sure).then(|| Found::unnamed(value))
    })
}

/// Every place where a command of that program may begin, and where the program's name ends.
pub(super) fn commands<'t>(
    text: &'t [u8],
    from: usize,
    program: &'static str,
) -> impl Iterator<Item = (usize, usize)> + 't {
    let low = from.saturating_sub(REACH);
    memchr::memmem::find_iter(&text[low..], program).filter_map(move |at| {
        let start = low + at;
        let end = run_end_within(text, start, LONGEST, |b| is_word(b) || b == b'-');
        let whole = &text[start..end] == program.as_bytes() && begins_word(text, start);
        whole.then_some((start, end))
    })
}

/// The words behind a command's program, and whether each is an option.
pub(super) fn arguments(text: &[u8], at: usize) -> impl Iterator<Item = (Range<usize>, bool)> + '_ {
    let end = command_end(text, at);
    let mut at = at;
    std::iter::from_fn(move || {
        let found = word(&text[..end], at)?;
        at = run_end_within(text, found.end, 1, is_quote);
        let option = text[found.start] == b'-';
        Some((found, option))
    })
}

fn has_digit(value: &[u8]) -> bool {
    value.iter().any(u8::is_ascii_digit)
}

/// `sqlplus user/value@host`
pub(in super::super) fn of_sqlplus(text: &[u8], from: usize) -> Option<Found> {
    commands(text, from, "sqlplus").find_map(|(start, end)| {
        let (login, _) = arguments(text, end).find(|(_, option)| !option)?;
        let user = run_end(text, login.start, |b| is_word(b) || b"$#.".contains(&b));
        if user == login.start || text.get(user) != Some(&b'/') || user >= login.end {
            return None;
        }
        let value = user + 1..run_end(&text[..login.end], user + 1, |b| b != b'@');
        let host = value.end < login.end;
        let known = host || is_run(&text[..start]) && !text[value.clone()].contains(&b'.');
        (known && value.start >= from && value.len() >= LEAST).then_some(Found {
            key: login.start..user,
            value,
        })
    })
}

/// `htpasswd -nb user value`, `htpasswd -cb file user value`
pub(in super::super) fn of_htpasswd(text: &[u8], from: usize) -> Option<Found> {
    commands(text, from, "htpasswd").find_map(|(_, end)| {
        let mut given = false;
        // The last of them is the secret. If the result is printed, there is no file name.
        let mut left = 3;
        for (found, option) in arguments(text, end) {
            if option {
                let letters = &text[found.clone()];
                given |= letters.contains(&b'b');
                left -= usize::from(left == 3 && letters.contains(&b'n'));
                continue;
            }
            left -= 1;
            if left == 0 {
                let is = given && found.start >= from && found.len() >= LEAST;
                return is.then(|| Found::unnamed(found));
            }
        }
        None
    })
}

/// `bundle config [set] [--local] host user:value`
pub(in super::super) fn of_bundler(text: &[u8], from: usize) -> Option<Found> {
    commands(text, from, "bundle").find_map(|(_, end)| {
        let own = |found: &Range<usize>| matches!(&text[found.clone()], b"config" | b"set");
        let mut words = arguments(text, end).filter(|(found, option)| !option && !own(found));
        let (host, _) = words.next()?;
        let (login, _) = words.next()?;
        let user = run_end(text, login.start, |b| is_word(b) || b".@-".contains(&b));
        let value = user + 1..login.end;
        let is = text[host].contains(&b'.')
            && text.get(user) == Some(&b':')
            && value.start >= from
            && value.len() >= LEAST
            && !text[value.clone()].starts_with(b"//")
            && !text[value.clone()].iter().all(u8::is_ascii_digit);
        is.then_some(Found {
            key: login.start..user,
            value,
        })
    })
}

/// Whether the text before a command shows that a shell runs it.
fn is_run(before: &[u8]) -> bool {
    let marks: [&[u8]; 7] = [b"$", b"+", b"&&", b";", b"|", b"RUN", b"run:"];
    let before = before.trim_ascii_end();
    marks.iter().any(|mark| before.ends_with(mark))
}

impl Command {
    /// The secret of the command whose program ends at `at`.
    fn secret(&self, text: &[u8], at: usize) -> Option<Range<usize>> {
        let at = self.verbs.iter().find_map(|verb| {
            verb.split(' ').try_fold(at, |at, verb| {
                let word = word(text, at)?;
                (&text[word.clone()] == verb.as_bytes()).then_some(word.end)
            })
        })?;
        let end = command_end(text, at);
        let mut left = self.nth;
        let mut first = true;
        let mut at = at;
        loop {
            let found = word(&text[..end], at)?;
            at = run_end_within(text, found.end, 1, is_quote);
            let own = &text[found.clone()];
            if own.starts_with(b"-") {
                if TAKE_NEXT.iter().any(|option| option.as_bytes() == own) {
                    at = word(&text[..end], at)?.end;
                }
                continue;
            }
            if std::mem::take(&mut first) && !own.starts_with(self.first.as_bytes()) {
                return None;
            }
            if left == 0 {
                // `vault login username=ci`, `snyk auth error: 401`
                let named = own
                    .iter()
                    .rposition(|&b| b != b'=')
                    .map_or(own, |k| &own[..k]);
                let is = own.len() >= LEAST
                    && !own.ends_with(b":")
                    && !named.contains(&b'=')
                    && !self.is_speech(text, at);
                return is.then_some(found);
            }
            // `cf auth failed: 401`
            if own.ends_with(b":") {
                return None;
            }
            left -= 1;
        }
    }

    /// Whether more words follow than the command has, as in prose: `cargo login is required before …`.
    fn is_speech(&self, text: &[u8], at: usize) -> bool {
        let next = run_end(text, at, is_space);
        self.nth == 0 && next > at && text.get(next).is_some_and(u8::is_ascii_lowercase)
    }
}

/// The next word of a command, without its quotes.
fn word(text: &[u8], at: usize) -> Option<Range<usize>> {
    let start = run_end(text, at, is_space);
    let word = argument(text, start).or_else(|| place::value(text, start, 1, is_argument))?;
    (start > at).then_some(word)
}
