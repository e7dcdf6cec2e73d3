//! Secrets on a command line: what stands behind an option, or is set in a program's configuration; [`input`] has what is
//! read from standard input, [`word`] what is a word of its own, [`login`] pairs of user and password, [`rare`] what few take.
//!
//! A long option says by its name what it takes. What `-p` means only the program tells: [`TOOLS`] knows those that take a
//! secret. Words may be in quotes, of a shell or of a list (`["mysql", "-psecret"]`).

use std::collections::HashMap;
use std::ops::Range;
use std::sync::LazyLock;

use super::place::{
    self, Found, is_argument, is_name, is_quote, is_space, is_word, run_end, run_end_within, words,
};

use tools::{Form, TOOLS, Tool};

pub(super) mod input;
pub(super) mod login;
pub(super) mod rare;
#[cfg(test)]
mod tests;
mod tools;
pub(super) mod word;

/// How far apart the words of one command may stand.
const REACH: usize = 300;
/// Longest value in quotes.
const QUOTED: usize = 400;
/// Most options between a command and the name it sets.
const MOST_OPTIONS: usize = 3;
/// Longest name of a program that counts.
const LONGEST: usize = 40;
/// A shorter one gives nothing to hide.
const LEAST: usize = 3;

/// An argument that begins at `at`: within its quotes, or up to a blank and what else ends a word.
fn argument(text: &[u8], at: usize) -> Option<Range<usize>> {
    let open = run_end_within(text, at, 2, |b| b == b'\\');
    if text.get(open).is_some_and(|&b| is_quote(b)) {
        let start = open + 1;
        if let Some(end) = closing(text, start, text[open]) {
            let begins = text.get(start).is_some_and(|&b| !is_space(b));
            return (begins && end >= start + LEAST).then_some(start..end);
        }
        return place::value(text, start, LEAST, is_argument);
    }
    place::value(text, at, LEAST, is_argument)
}

/// Where the quote ends that was opened before `start`.
fn closing(text: &[u8], start: usize, quote: u8) -> Option<usize> {
    let rest = &text[start..text.len().min(start + QUOTED)];
    let length = memchr::memchr(quote, rest)?;
    let escaped = rest[..length].iter().rev();
    Some(start + length - escaped.take_while(|b| **b == b'\\').count())
}

/// Where the value of an option begins that ends at `at`: behind a blank, `=`, or in a list the comma between two quotes.
fn behind(text: &[u8], at: usize) -> Option<usize> {
    let quoted = run_end_within(
        text,
        run_end_within(text, at, 2, |b| b == b'\\'),
        1,
        is_quote,
    );
    let starts = |end: usize| run_end_within(text, end + 1, 3, is_space);
    match text.get(quoted)? {
        b',' if quoted > at => Some(starts(quoted)),
        // Both are in quotes, or none is: `'--token' found`
        b if quoted > at && is_space(*b) => {
            let start = starts(quoted);
            text.get(start)
                .is_some_and(|&b| is_quote(b))
                .then_some(start)
        }
        b if quoted == at && (*b == b'=' || is_space(*b)) => Some(starts(at)),
        _ => None,
    }
}

/// User and secret of `user:secret`, whatever parts the two.
fn parted(text: &[u8], at: usize, by: u8) -> Option<Found> {
    let open = run_end_within(text, at, 2, |b| b == b'\\');
    let start = run_end_within(text, open, 1, is_quote);
    let start = if start > open { start } else { at };
    let user = start..run_end(text, start, |b| !is_space(b) && !is_quote(b) && b != by);
    if text.get(user.end) != Some(&by) {
        return None;
    }
    let found = user.end + 1;
    let whole = (start > at)
        .then(|| closing(text, start, text[start - 1]))
        .flatten();
    let value = match whole {
        Some(end) => (end >= found + LEAST).then_some(found..end)?,
        None => place::value(text, found, LEAST, is_argument)?,
    };
    Some(Found { key: user, value })
}

/// `--password value`, `--db-token=value`, `-password value`
pub(super) fn in_option(text: &[u8], from: usize) -> Option<Found> {
    const ENDS: &[&str] = &[
        "password",
        "passwd",
        "passphrase",
        "token",
        "api-key",
        "apikey",
        "api_key",
        "access-key",
        "auth-key",
        "authkey",
        "secret-string",
        "account-key",
        "secret-key",
        "storage-key",
        "client-secret",
        "app-secret",
        "webhook-secret",
        // Only their value makes those.
        "-pass",
        "_pass",
    ];
    const WHOLE: &[&str] = &["pass", "secret", "auth", "pat"];
    // Of programs whose long options have one dash.
    const ONE_DASH: &[&str] = &["password", "passwd", "passphrase", "token", "apikey"];
    memchr::memchr_iter(b'-', &text[from..]).find_map(|at| {
        let at = from + at;
        let begins = |b: u8| is_space(b) || is_quote(b) || b"([,=".contains(&b);
        if at > 0 && (at == from || !begins(text[at - 1])) {
            return None;
        }
        let dashes = run_end_within(text, at, 2, |b| b == b'-');
        let key = dashes..run_end(text, dashes, is_name);
        let name = &text[key.clone()];
        let is_any = |names: &[&str]| {
            names
                .iter()
                .any(|n| name.eq_ignore_ascii_case(n.as_bytes()))
        };
        let known = match dashes - at {
            1 => is_any(ONE_DASH),
            _ => is_any(WHOLE) || ENDS.iter().any(|end| place::strip(name, end).is_some()),
        };
        if !known {
            return None;
        }
        let value = argument(text, behind(text, key.end)?)?;
        Some(Found { key, value })
    })
}

/// The tools of a program.
fn tools(program: &[u8]) -> &'static [&'static Tool] {
    type ByName = HashMap<&'static [u8], Vec<&'static Tool>>;
    static BY_NAME: LazyLock<ByName> = LazyLock::new(|| {
        let mut by_name = ByName::new();
        for tool in TOOLS {
            for program in tool.programs {
                by_name.entry(program.as_bytes()).or_default().push(tool);
            }
        }
        by_name
    });
    BY_NAME.get(program).map_or(&[], Vec::as_slice)
}

/// `docker login -p value`, `mysql -pvalue`, `curl -u user:value`
pub(super) fn of_tool(text: &[u8], from: usize) -> Option<Found> {
    // A command may have several.
    words(text, from.saturating_sub(REACH)).find_map(|start| {
        let end = run_end_within(text, start, LONGEST, |b| is_word(b) || b == b'-');
        tools(&text[start..end])
            .iter()
            .filter(|tool| tool.may_run(&text[..start]))
            .find_map(|tool| tool.secret(text, end, from))
            .filter(|found| !is_published(text, start, &found.value))
    })
}

impl Tool {
    /// Could a program stand behind that text? A path of its name is another thing (`-I/usr/include/mysql -pthread`), but for the
    /// program itself.
    fn may_run(&self, before: &[u8]) -> bool {
        let sure = !self.verbs.is_empty() || matches!(self.form, Form::Behind(_));
        let begins = |b: &u8| is_space(*b) || is_quote(*b) || b"(`;|&@$>{[=\\".contains(b);
        sure || before.last().is_none_or(begins) || before.ends_with(b"/bin/")
    }

    /// The first secret of the command whose option stands at or behind `from`; the program's name ends at `at`.
    fn secret(&self, text: &[u8], at: usize, from: usize) -> Option<Found> {
        let end = command_end(text, at);
        let (at, end) = match self.verbs {
            [] if self.programs == ["sshpass"] => (at, other_program(text, at, end)),
            [] => (at, end),
            verbs => {
                let verb = words(&text[..end], at).find_map(|start| {
                    let end = run_end(text, start, |b| is_word(b) || b == b'-');
                    let whole = text.get(end).is_none_or(|&b| is_space(b) || is_quote(b));
                    let is = verbs.iter().any(|v| v.as_bytes() == &text[start..end]);
                    (whole && is && is_apart(text, start)).then_some(end)
                })?;
                (verb, command_end(text, verb))
            }
        };
        let at = at.max(from);
        let dashes = memchr::memchr_iter(b'-', text.get(at..end)?).map(|k| at + k);
        dashes
            .filter(|&dash| is_apart(text, dash))
            .find_map(|dash| self.value(text, dash))
    }

    /// The secret of the option that begins with that dash.
    fn value(&self, text: &[u8], dash: usize) -> Option<Found> {
        let rest = &text[dash..];
        let whole = |option: &&&str| {
            let next = rest.get(option.len());
            next.is_none_or(|&b| !is_name(b)) || option.len() == 2
        };
        let stands = |option: &&&str| rest.starts_with(option.as_bytes());
        let option = self.options.iter().filter(stands).find(whole);
        let (end, short) = match option {
            Some(option) => (dash + option.len(), option.len() == 2),
            // `-sSfu user:value`
            None if self.programs == ["curl"] && self.options.contains(&"-u") => {
                let end = run_end_within(text, dash + 1, 8, |b| b"sSfLkiIvgGjJNOqR#".contains(&b));
                let user = matches!(text.get(end), Some(b'u' | b'U'));
                (end > dash + 1 && user).then_some((end + 1, true))?
            }
            None => return None,
        };
        let glued = || {
            let quote = text[..dash].last().filter(|b| is_quote(**b));
            match quote.and_then(|quote| closing(text, end, *quote)) {
                Some(close) => (close >= end + LEAST).then_some(end..close),
                None => argument(text, end),
            }
        };
        let separate = |at: usize| argument(text, at).filter(|value| text[value.start] != b'-');
        let value = match (self.form, behind(text, end)) {
            (Form::Behind(by), Some(at)) => return parted(text, at, by),
            (Form::Behind(by), None) => return short.then(|| parted(text, end, by))?,
            (Form::Glued, _) => glued()?,
            // An equals sign may be of the value after all.
            (Form::Any, Some(at)) => separate(at).or_else(|| (text[end] == b'=').then(glued)?)?,
            (Form::Any, None) => short.then(glued)??,
            (Form::Apart | Form::Pass, at) => separate(at?)?,
        };
        if self.form == Form::Pass {
            let secret = value.start + "pass:".len()..value.end;
            let passed = text[value].starts_with(b"pass:") && secret.len() >= LEAST;
            return passed.then(|| Found::unnamed(secret));
        }
        // Where `altool` finds it: `@env:NAME`
        if text[value.start] == b'@' && self.programs == ["altool"] {
            return None;
        }
        // A parameter of AWS is a secret only if its type says so.
        let end = command_end(text, dash);
        let parameter = &text[dash.saturating_sub(REACH)..end];
        let plain = self.verbs == ["put-parameter"]
            && memchr::memmem::find(parameter, b"SecureString").is_none();
        if plain {
            return None;
        }
        // `gem push --key github` names one.
        let random = value.len() >= 16 && place::is_mixed(&text[value.clone()]);
        let named = self.programs == ["gem"] && !random;
        (!named && !is_ports(&text[value.clone()])).then(|| Found::unnamed(value))
    }
}

/// Ports: `docker run --name mysql -p3306:3306`.
fn is_ports(value: &[u8]) -> bool {
    let port = |b: &u8| b.is_ascii_digit() || b".:".contains(b);
    value.iter().all(port) && value.contains(&b':')
}

/// A port: `docker compose run mongo -p 27017`, where the program's name is that of an image or a service.
fn is_published(text: &[u8], program: usize, value: &Range<usize>) -> bool {
    let low = program.saturating_sub(REACH);
    let before = &text[low..program];
    let begin = before.iter().rposition(|b| b"|;&".contains(b));
    let before = &before[begin.map_or(0, |k| k + 1)..];
    let has = |text: &[u8], word: &[u8]| {
        words(text, 0).any(|at| &text[at..run_end(text, at, is_word)] == word)
    };
    value.len() <= "65535".len()
        && text[value.clone()].iter().all(u8::is_ascii_digit)
        && [&b"docker"[..], b"podman", b"nerdctl", b"compose"]
            .iter()
            .any(|c| has(before, c))
        && [&b"run"[..], b"create", b"up"]
            .iter()
            .any(|c| has(before, c))
        && !has(&text[program..value.start], b"u")
        && !has(&text[program..value.start], b"username")
}

/// Does a word begin there, behind a blank or in quotes?
fn is_apart(text: &[u8], at: usize) -> bool {
    at > 0 && (is_space(text[at - 1]) || is_quote(text[at - 1]))
}

/// The end of the command that goes on behind `at`, so far as it matters.
fn command_end(text: &[u8], at: usize) -> usize {
    run_end_within(text, at, REACH, |b| !b"|;&".contains(&b))
}

/// Where the program begins that is run by the one before: its options are its own.
fn other_program(text: &[u8], at: usize, end: usize) -> usize {
    const PROGRAMS: &[&str] = &["ssh", "scp", "sftp", "rsync", "git", "ansible"];
    let other = |start: &usize| {
        let end = run_end(text, *start, is_word);
        is_apart(text, *start) && PROGRAMS.iter().any(|p| p.as_bytes() == &text[*start..end])
    };
    words(&text[..end], at).find(other).unwrap_or(end)
}

/// `npm config set //host/:_authToken value`, `aws configure set aws_secret_access_key value`, `setx NPM_TOKEN value`
pub(super) fn set(text: &[u8], from: usize) -> Option<Found> {
    place::names(text, from).find_map(|key| {
        let low = key.start.saturating_sub(REACH);
        let blank = |&b: &u8| is_space(b) || is_quote(b);
        let start = low + text[low..key.start].iter().rposition(blank)? + 1;
        // `config set`, or the one of the two that says it alone; prose says to set a token, too.
        let word_before = |end: usize| {
            let text = text[low..end].trim_ascii_end();
            let text = text.strip_suffix(b"\"").unwrap_or(text).trim_ascii_end();
            let start = text.iter().rposition(|&b| is_space(b)).map_or(0, |k| k + 1);
            low + start..low + text.len()
        };
        let mut last = word_before(start);
        if text[last.clone()].eq_ignore_ascii_case(b"/m") {
            last = word_before(last.start);
        }
        // `set -x NAME value` of fish; where other shells take it, no value follows a name.
        let exports = matches!(&text[last.clone()], b"-x" | b"-gx" | b"-Ux" | b"-lx")
            && &text[word_before(last.start)] == b"set";
        // Options may stand between: `config set --secret name value`
        for _ in 0..MOST_OPTIONS {
            if exports || !text[last.clone()].starts_with(b"-") {
                break;
            }
            last = word_before(last.start);
        }
        if text[key.clone()].starts_with(b"-") {
            return None;
        }
        let config = |word: Range<usize>| matches!(&text[word], b"config" | b"configure");
        let sets = &text[last.clone()] == b"set" && config(word_before(last.start));
        // Of Windows: prose of it has no digits, as that of the others.
        let alone =
            !sets && (exports || config(last.clone()) || text[last].eq_ignore_ascii_case(b"setx"));
        let at = run_end_within(text, key.end, 1, is_quote);
        let blank = run_end(text, at, is_space);
        ((sets || alone) && blank > at).then_some(())?;
        let value = argument(text, blank).filter(|value| text[value.start] != b'-')?;
        let random = text[value.clone()].iter().any(u8::is_ascii_digit);
        (sets || random).then_some(Found { key, value })
    })
}

/// `-H "X-Auth: value"`, `--header 'apikey: value'`: a header by its name, up to the quote that closes it.
pub(super) fn in_header(text: &[u8], from: usize) -> Option<Found> {
    memchr::memchr2_iter(b'"', b'\'', &text[from..]).find_map(|at| {
        let open = from + at;
        let before = text[..open].strip_suffix(b"=").unwrap_or(&text[..open]);
        let before = before.trim_ascii_end();
        if !before.ends_with(b"-H") && !before.ends_with(b"--header") {
            return None;
        }
        let key = open + 1..run_end(text, open + 1, is_name);
        let name = &text[key.clone()];
        let known = place::is_secret_name(name) || place::strip(name, "-auth").is_some();
        if !known || text.get(key.end) != Some(&b':') {
            return None;
        }
        let start = run_end(text, key.end + 1, is_space);
        let end = closing(text, start, text[open])?;
        (end >= start + LEAST).then_some(Found {
            key,
            value: start..end,
        })
    })
}
