//! Finds secrets in rare forms: HTTPie's login, pairs that are written to a vault, a command in place of a
//! file, and the first line that is sent to a server.

use std::ops::Range;

use super::super::place::{
    self, Found, is_argument, is_quote, is_space, is_word, run_end, run_end_within, words,
};
use super::word::{arguments, commands};
use super::{LEAST, REACH, argument, command_end, parted};

/// Words that show that such a form may be present.
pub(in super::super) const SIGNS: &[&str] = &[
    "--auth",
    " -a ",
    "vault write",
    "vault kv p",
    "<(echo",
    "<(printf",
    "AUTH ",
];

/// The first secret in one of these forms.
pub(in super::super) fn found(text: &[u8], from: usize) -> Option<Found> {
    let all = [
        of_httpie(text, from),
        of_vault(text, from),
        in_place_of_file(text, from),
        sent(text, from),
    ];
    all.into_iter().flatten().min_by_key(|f| f.value.start)
}

/// `http --auth user:value host`, `https -a user:value host`. In an address, `:` or `/` follows `http`.
fn of_httpie(text: &[u8], from: usize) -> Option<Found> {
    let programs = ["http", "https", "xh", "xhs"];
    let found = programs.iter().filter_map(|program| {
        commands(text, from, program).find_map(|(_, end)| {
            let blank = text.get(end).is_some_and(|&b| is_space(b));
            let mut words = arguments(text, end).filter(|_| blank);
            words.find_map(|(word, option)| {
                let name = &text[word.clone()];
                let at = if name.starts_with(b"--auth=") {
                    word.start + "--auth=".len()
                } else if option && (name == b"--auth" || name == b"-a") {
                    run_end(text, word.end, is_space)
                } else {
                    return None;
                };
                parted(text, at, b':').filter(|found| found.value.start >= from)
            })
        })
    });
    found.min_by_key(|found| found.value.start)
}

/// Paths of secrets engines. Pairs that are written elsewhere are mostly settings (`ttl=1h`, `policies=ci`).
const KEPT: &[&[u8]] = &[b"secret/", b"kv/"];
/// Names whose value is a secret at any path.
const NAMED: &[&[u8]] = &[b"value", b"secret_id", b"password", b"token", b"key"];

/// `vault write secret/x value=…`, `vault kv put secret/x name=…`: the second part of each pair. `name=@file`
/// and `name=-` hold no secret.
fn of_vault(text: &[u8], from: usize) -> Option<Found> {
    commands(text, from, "vault").find_map(|(_, end)| {
        let text = &text[..command_end(text, end)];
        let mut at = end;
        // The next word that is no option.
        let next = |at: &mut usize| {
            loop {
                let (found, option) = arguments(text, *at).next()?;
                *at = run_end_within(text, found.end, 1, is_quote);
                if !option {
                    return Some(found);
                }
            }
        };
        let verb = next(&mut at)?;
        let whole = match &text[verb] {
            b"write" => false,
            b"kv" => matches!(&text[next(&mut at)?], b"put" | b"patch").then_some(true)?,
            _ => return None,
        };
        let path = &text[next(&mut at)?];
        let kept = whole || KEPT.iter().any(|root| path.starts_with(root));
        pairs(text, at).find_map(|(key, value)| {
            let secret = kept || NAMED.contains(&&text[key.clone()]);
            let is = secret
                && value.len() >= LEAST
                && value.start >= from
                && !text[value.clone()].starts_with(b"@");
            is.then_some(Found { key, value })
        })
    })
}

/// The pairs `name=value` among the words of the command that goes on at `at`.
fn pairs(text: &[u8], at: usize) -> impl Iterator<Item = (Range<usize>, Range<usize>)> + '_ {
    let text = &text[..command_end(text, at)];
    let mut at = at;
    let words = std::iter::from_fn(move || {
        let (pair, option) = arguments(text, at).next()?;
        at = run_end_within(text, pair.end, 1, is_quote);
        // The quotes may be around the value alone: `name="value"`
        let quoted =
            text[pair.clone()].ends_with(b"=") && text.get(pair.end).is_some_and(|&b| is_quote(b));
        let value = quoted.then(|| argument(text, pair.end)).flatten();
        if let Some(value) = &value {
            at = value.end + 1;
        }
        Some((pair, value, option))
    });
    words.filter_map(|(pair, value, option)| {
        let equals = memchr::memchr(b'=', &text[pair.clone()])?;
        let key = pair.start..pair.start + equals;
        let value = value.unwrap_or(key.end + 1..pair.end);
        (!option).then_some((key, value))
    })
}

/// `fly secrets set NAME=value NAME=value`, `supabase secrets set NAME=value`
pub(in super::super) fn of_secrets(text: &[u8], from: usize) -> Option<Found> {
    near(text, from, b"secrets set").find_map(|at| {
        let mut pairs = pairs(text, at + "secrets set".len());
        let (key, value) = pairs.find(|(key, value)| {
            // Prose sets things up: `secrets set up: mode=strict`
            let is = |b: &u8| is_word(*b) && !b.is_ascii_lowercase();
            let is_name = text[key.clone()].iter().all(is);
            is_name && value.len() >= LEAST && value.start >= from
        })?;
        Some(Found { key, value })
    })
}

/// Most words of a command that are searched for its option.
const MOST_WORDS: usize = 20;

/// `signtool sign /f cert.pfx /p value a.exe`
pub(in super::super) fn of_signtool(text: &[u8], from: usize) -> Option<Found> {
    commands(text, from, "signtool").find_map(|(_, end)| {
        let words = arguments(text, run_end(text, end, |b| !is_space(b)));
        let mut words = words.take(MOST_WORDS);
        words.find(|(word, _)| text[word.clone()].eq_ignore_ascii_case(b"/p"))?;
        let (value, _) = words.next()?;
        (value.start >= from && value.len() >= LEAST).then(|| Found::unnamed(value))
    })
}

/// `--vault-password-file <(echo value)`, `--password-file=<(printf %s value)`
fn in_place_of_file(text: &[u8], from: usize) -> Option<Found> {
    near(text, from, b"<(").find_map(|open| {
        let low = open.saturating_sub(REACH);
        let before = text[low..open].trim_ascii_end();
        let before = before.strip_suffix(b"=").unwrap_or(before);
        let is_name = |b: &u8| is_word(*b) || *b == b'-';
        let start = before
            .iter()
            .rposition(|b| !is_name(b))
            .map_or(0, |k| k + 1);
        let name = before[start..].to_ascii_lowercase();
        let holds = |word: &str| memchr::memmem::find(&name, word.as_bytes()).is_some();
        if !["pass", "secret", "token", "key"]
            .iter()
            .any(|word| holds(word))
        {
            return None;
        }
        let value = printed(text, open + 2, |b| b != b')')?;
        (value.start >= from).then(|| Found::unnamed(value))
    })
}

/// The text that an `echo` or `printf` at `at` prints.
fn printed(text: &[u8], at: usize, is: impl Fn(u8) -> bool) -> Option<Range<usize>> {
    let mut at = place::any_here(text, run_end(text, at, is_space), &["echo ", "printf "])?;
    loop {
        at = run_end(text, at, is_space);
        let word = run_end(text, at, |b| !is_space(b) && is(b));
        let own = &text[at..word];
        let option = own.starts_with(b"-") || matches!(own, b"%s" | b"'%s'" | b"\"%s\"");
        if !option {
            break;
        }
        at = word;
    }
    if text.get(at).is_some_and(|&b| is_quote(b)) {
        return argument(text, at);
    }
    place::value(text, at, LEAST, |b| is_argument(b) && is(b))
}

/// The occurrences of a sign whose secret may be at or behind `from`.
fn near<'t>(text: &'t [u8], from: usize, sign: &'t [u8]) -> impl Iterator<Item = usize> + 't {
    let low = from.saturating_sub(REACH);
    memchr::memmem::find_iter(&text[low..], sign).map(move |at| low + at)
}

/// Programs that send a text to a server.
const SENDERS: &[&[u8]] = &[b"nc", b"ncat", b"netcat", b"telnet", b"socat", b"redis-cli"];

/// `nc host 6379 <<< "AUTH value"`, `echo AUTH user value | nc host 6379`, as Redis takes it (redis.io, AUTH)
fn sent(text: &[u8], from: usize) -> Option<Found> {
    near(text, from, b"AUTH ").find_map(|at| {
        let low = at.saturating_sub(REACH);
        let parts = |b: &u8| b"|;&".contains(b);
        let quoted = at > 0 && is_quote(text[at - 1]);
        let before = text[low..at - usize::from(quoted)].trim_ascii_end();
        let begin = before.iter().rposition(parts).map_or(0, |k| k + 1);
        let handed = before.ends_with(b"<<<") && sends(&before[begin..]);
        let start = at + "AUTH ".len();
        let close = match quoted {
            true => run_end_within(text, start, REACH, |b| b != text[at - 1]),
            false => run_end_within(text, start, REACH, |b| !parts(&b) && !is_quote(b)),
        };
        let end = start + text[start..close].trim_ascii_end().len();
        let pipe = run_end_within(text, close, LEAST, |b| is_quote(b) || is_space(b));
        let piped =
            text.get(pipe) == Some(&b'|') && sends(&text[pipe..command_end(text, pipe + 1)]);
        if !handed && !piped {
            return None;
        }
        // The user's name may precede it.
        let blank = text[start..end].iter().rposition(|&b| is_space(b));
        let value = start + blank.map_or(0, |k| k + 1)..end;
        (value.len() >= LEAST && value.start >= from).then(|| Found::unnamed(value))
    })
}

/// Whether a command sends a text to a server.
fn sends(command: &[u8]) -> bool {
    words(command, 0).any(|start| {
        let end = run_end(command, start, |b| is_word(b) || b == b'-');
        let apart = |b: Option<&u8>| b.is_none_or(|&b| is_space(b) || b == b'|');
        let before = start.checked_sub(1).and_then(|k| command.get(k));
        apart(before) && apart(command.get(end)) && SENDERS.contains(&&command[start..end])
    })
}
