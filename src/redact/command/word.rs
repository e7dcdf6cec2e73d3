//! Secrets that a command takes as a word of its own: `vault login value`.

use std::ops::Range;

use super::super::place::{self, Found, few, is_argument, is_quote, is_space, is_word, run, words};
use super::{LEAST, LONGEST, REACH, argument, command_end};

/// A command with such a word.
struct Command {
    program: &'static str,
    /// One of these follows, each of one word or several.
    verbs: &'static [&'static str],
    /// The first word behind them begins so.
    first: &'static str,
    /// The secret's place among the words behind them.
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
    command("nuget", &["setapikey", "setApiKey"], "", 0),
    command("mc", &["alias set", "config host add"], "", 3),
    command("poetry", &["config"], "pypi-token.", 1),
    command("poetry", &["config"], "http-basic.", 2),
    command("composer", &["config"], "http-basic.", 2),
    command("composer", &["config"], "gitlab-token.", 1),
    command("composer", &["config"], "github-oauth.", 1),
    command("composer", &["config"], "bearer.", 1),
];

/// Options of theirs that take the next word.
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

/// What tells of such a command.
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
];

/// `vault login value`, `poetry config pypi-token.name value`
pub(in super::super) fn own(text: &[u8], from: usize) -> Option<Found> {
    words(text, from.saturating_sub(REACH)).find_map(|start| {
        let end = few(text, start, LONGEST, |b| is_word(b) || b == b'-');
        let known = COMMANDS
            .iter()
            .filter(|c| c.program.as_bytes() == &text[start..end]);
        let value = known.into_iter().find_map(|c| c.secret(text, end))?;
        // Prose has no digits where a command has its secret.
        let sure = is_run(&text[..start]) || text[value.clone()].iter().any(u8::is_ascii_digit);
        (value.start >= from && sure).then(|| Found::unnamed(value))
    })
}

/// Does what stands before say that a shell runs what follows?
fn is_run(before: &[u8]) -> bool {
    let marks: [&[u8]; 7] = [b"$", b"+", b"&&", b";", b"|", b"RUN", b"run:"];
    let before = before.trim_ascii_end();
    marks.iter().any(|mark| before.ends_with(mark))
}

impl Command {
    /// Where the secret of the command stands whose program ends at `at`.
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
            at = few(text, found.end, 1, is_quote);
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

    /// `cargo login is required before …`: more words follow than the command has.
    fn is_speech(&self, text: &[u8], at: usize) -> bool {
        let next = run(text, at, is_space);
        self.nth == 0 && next > at && text.get(next).is_some_and(u8::is_ascii_lowercase)
    }
}

/// The next word of a command, its quotes aside.
fn word(text: &[u8], at: usize) -> Option<Range<usize>> {
    let start = run(text, at, is_space);
    let word = argument(text, start).or_else(|| place::value(text, start, 1, is_argument))?;
    (start > at).then_some(word)
}
