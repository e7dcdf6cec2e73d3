//! Finds secrets that only their place shows: behind a name, in an address, in a header. Those of commands
//! are found by [`super::command`].
//!
//! Each function finds the first such value whose place begins at or behind an offset, as a regex would, but
//! without compiling one: most logs hold a word like `token` somewhere. `reference` has the regexes, for
//! tests.

use std::ops::Range;

/// A value and the name it is given to (empty if the place has none).
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Found {
    pub key: Range<usize>,
    pub value: Range<usize>,
}

impl Found {
    pub(super) fn unnamed(value: Range<usize>) -> Self {
        Self { key: 0..0, value }
    }
}

/// Most blanks before the operator of an aligned assignment.
const ALIGNED: usize = 40;

/// Whether a value has both letters and digits, as random text has.
pub(super) fn is_mixed(value: &[u8]) -> bool {
    value.iter().any(u8::is_ascii_digit) && value.iter().any(u8::is_ascii_alphabetic)
}

pub(super) fn is_space(b: u8) -> bool {
    matches!(b, b' ' | b'\t'..=b'\r')
}

pub(super) fn is_word(b: u8) -> bool {
    b.is_ascii_alphanumeric() || b == b'_'
}

/// Whether a byte may be part of a header's value.
fn is_header_value(b: u8) -> bool {
    !is_space(b) && !b"\"',;<>".contains(&b)
}

pub(super) fn is_argument(b: u8) -> bool {
    !is_space(b) && !b"\"'<>;|&".contains(&b)
}

pub(super) fn is_quote(b: u8) -> bool {
    b == b'"' || b == b'\''
}

/// The end of the run of bytes from `from` on for which `is` holds.
pub(super) fn run_end(text: &[u8], from: usize, is: impl Fn(u8) -> bool) -> usize {
    let rest = text.get(from..).unwrap_or_default();
    from + rest.iter().position(|&b| !is(b)).unwrap_or(rest.len())
}

/// The same for a run of at most `most` bytes.
pub(super) fn run_end_within(
    text: &[u8],
    from: usize,
    most: usize,
    is: impl Fn(u8) -> bool,
) -> usize {
    run_end(&text[..text.len().min(from + most)], from, is)
}

/// The run from `from` on, if it has at least `least` bytes.
pub(super) fn value(
    text: &[u8],
    from: usize,
    least: usize,
    is: impl Fn(u8) -> bool,
) -> Option<Range<usize>> {
    let end = run_end(text, from, is);
    (end >= from + least).then_some(from..end)
}

/// Whether a word begins at `at`, where a letter stands. In a quoted text it may follow `\n`.
pub(super) fn begins_word(text: &[u8], at: usize) -> bool {
    at == 0 || !is_word(text[at - 1]) || matches!(text[..at], [.., b'\\', b'n' | b'r' | b't'])
}

/// The end of a word, ignoring case, if it stands at `at`.
fn word_end(text: &[u8], at: usize, word: &str) -> Option<usize> {
    let end = at + word.len();
    text.get(at..end)?
        .eq_ignore_ascii_case(word.as_bytes())
        .then_some(end)
}

/// The end of the first of these words that stands at `at`.
pub(super) fn any_here(text: &[u8], at: usize, words: &[&str]) -> Option<usize> {
    words.iter().find_map(|word| word_end(text, at, word))
}

/// `://user:password@`
pub(super) fn in_address(text: &[u8], from: usize) -> Option<Found> {
    memchr::memmem::find_iter(&text[from..], b"://").find_map(|at| {
        let user = from + at + 3;
        // A bracket begins a host's address, except in the runner's own mask.
        let masked = word_end(text, user, "[MASKED]").unwrap_or(user);
        let colon = run_end(text, masked, |b| !is_space(b) && !b"/@:\"'<>[".contains(&b));
        if text.get(colon) != Some(&b':') {
            return None;
        }
        let end = run_end(text, colon + 1, |b| !is_space(b) && !b"/\"'<>".contains(&b));
        let length = memchr::memrchr(b'@', &text[colon + 1..end])?;
        (length > 0).then(|| Found {
            key: user..colon,
            value: colon + 1..colon + 1 + length,
        })
    })
}

/// `://token@`
pub(super) fn instead_of_user(text: &[u8], from: usize) -> Option<Found> {
    memchr::memmem::find_iter(&text[from..], b"://").find_map(|at| {
        let is = |b: u8| b.is_ascii_alphanumeric() || b"_~.-".contains(&b);
        let found = value(text, from + at + 3, 20, is)?;
        (text.get(found.end) == Some(&b'@')).then(|| Found::unnamed(found))
    })
}

/// The offsets behind `name:` or `name =` of a header, with or without quotes, where its value may begin: within a list, as
/// programs print headers (`'x-api-key': [ 'value' ]`), or at once.
fn behind_header(text: &[u8], at: usize) -> impl Iterator<Item = usize> {
    let at = run_end_within(text, at, 2, is_quote);
    let at = run_end_within(text, at, 3, is_space);
    let operator = matches!(text.get(at), Some(b':' | b'='));
    let at = run_end_within(text, (at + 1).min(text.len()), 3, is_space);
    let listed = (text.get(at) == Some(&b'['))
        .then(|| run_end_within(text, at + 1, 1, is_space))
        .into_iter();
    let starts = listed.chain([at]).filter(move |_| operator);
    starts.map(|at| run_end_within(text, at, 1, is_quote))
}

/// Every offset at or behind `from` where a word begins.
pub(super) fn words(text: &[u8], from: usize) -> impl Iterator<Item = usize> + '_ {
    (from..text.len()).filter(|&at| is_word(text[at]) && begins_word(text, at))
}

/// `Authorization: SCHEME value`
pub(super) fn with_scheme(text: &[u8], from: usize) -> Option<Found> {
    const SCHEMES: &[&str] = &[
        "basic",
        "bearer",
        "token",
        "digest",
        "negotiate",
        "ntlm",
        "apikey",
        "key",
        "bot",
        "geniekey",
        "splunk",
    ];
    words(text, from).find_map(|at| {
        behind_header(text, word_end(text, at, "authorization")?).find_map(|at| {
            let key = at..any_here(text, at, SCHEMES)?;
            let at = run_end(text, key.end, is_space);
            let value = value(text, at, 6, is_header_value)?;
            (at > key.end).then_some(Found { key, value })
        })
    })
}

/// `Authorization: value`, `Bearer value`
pub(super) fn without_scheme(text: &[u8], from: usize) -> Option<Found> {
    words(text, from).find_map(|at| {
        let bearer = || {
            let blank = word_end(text, at, "bearer")?;
            let at = run_end(text, blank, is_space);
            (at > blank).then_some(at)
        };
        let header = word_end(text, at, "authorization");
        let starts = header.into_iter().flat_map(|at| behind_header(text, at));
        let found = |at: usize| value(text, at, 16, is_header_value).map(Found::unnamed);
        starts.chain(bearer()).find_map(found)
    })
}

/// `PRIVATE-TOKEN: value`, `X-Api-Key: value`
pub(super) fn in_token_header(text: &[u8], from: usize) -> Option<Found> {
    words(text, from).find_map(|start| {
        let known = ["private", "job", "deploy", "runner", "registration"];
        let ends = |at: usize| any_here(text, at, &["-token", "-key", "-art-api"]);
        let plain = any_here(text, start, &known).and_then(ends);
        // `x-`, then 2 to 24 letters and dashes, as many as leave the ending.
        let own = || {
            let name = word_end(text, start, "x-")?;
            let most = run_end_within(text, name, 24, |b| b.is_ascii_alphabetic() || b == b'-');
            (name + 2..=most).rev().find_map(ends)
        };
        let end = plain.or_else(own)?;
        let mut starts = behind_header(text, end);
        let found = starts.find_map(|at| value(text, at, 6, is_header_value))?;
        Some(Found {
            key: start..end,
            value: found,
        })
    })
}

/// `Cookie: name=value; name=value`, `Set-Cookie: name=value; path=/`: from the first value to the last that stands behind a name.
pub(super) fn in_cookie(text: &[u8], from: usize) -> Option<Found> {
    const ATTRIBUTES: &[&str] = &["path", "domain", "expires", "max-age", "samesite"];
    let is_value = |b: u8| !is_space(b) && !is_quote(b) && b != b';';
    let pair = |at: usize| {
        let name = at..run_end(text, at, |b| is_name(b) || b == b'*' || b == b'~');
        let is_attribute = ATTRIBUTES
            .iter()
            .any(|own| text[name.clone()].eq_ignore_ascii_case(own.as_bytes()));
        let start = name.end + 1;
        let known = !name.is_empty() && !is_attribute && text.get(name.end) == Some(&b'=');
        known.then(|| (name, start..run_end(text, start, is_value)))
    };
    let names = words(text, from).filter_map(|at| word_end(text, at, "cookie"));
    names.into_iter().find_map(|end| {
        let colon = run_end_within(text, end, 2, is_quote);
        if text.get(colon) != Some(&b':') {
            return None;
        }
        let (key, mut value) = pair(run_end(text, colon + 1, |b| is_space(b) || is_quote(b)))?;
        while text.get(value.end) == Some(&b';')
            && let Some((_, next)) = pair(run_end(text, value.end + 1, is_space))
        {
            value.end = next.end;
        }
        (value.len() >= 6).then_some(Found { key, value })
    })
}

/// `aws_secret_access_key = value`
pub(super) fn of_aws(text: &[u8], from: usize) -> Option<Found> {
    const NAMES: &[&str] = &[
        "secret_access_key",
        "secretaccess_key",
        "secret_accesskey",
        "secretaccesskey",
        "secret access key",
        "session_token",
        "sessiontoken",
        "session token",
        "secret_key",
        "secretkey",
    ];
    words(text, from).find_map(|start| {
        let start = any_here(text, start, &["aws_", "aws"]).unwrap_or(start);
        let at = run_end_within(text, any_here(text, start, NAMES)?, 2, is_quote);
        let at = run_end_within(text, at, 3, is_space);
        let at = any_here(text, at, &["=>", "=", ":"])?;
        let at = run_end_within(text, run_end_within(text, at, 3, is_space), 1, is_quote);
        let is = |b: u8| b.is_ascii_alphanumeric() || b == b'/' || b == b'+';
        let found = value(text, at, 40, is)?;
        let padded = run_end_within(text, found.end, 2, |b| b == b'=');
        Some(Found::unnamed(found.start..padded))
    })
}

/// A token at the end of a kept text whose rest was cut off.
pub(super) fn before_cut(text: &[u8], from: usize) -> Option<Found> {
    const STARTS: &[&str] = &["github_pat_", "npm_", "pypi-", "eyJ"];
    let end = text.strip_suffix("…".as_bytes())?.len();
    let is = |b: &u8| b.is_ascii_alphanumeric() || b"_.-".contains(b);
    let start = end - text[..end].iter().rev().take_while(|b| is(b)).count();
    words(&text[..end], start.max(from)).find_map(|at| {
        let rest = &text[at..end];
        let lower =
            |at: usize, most: usize| run_end_within(rest, at, most, |b| b.is_ascii_lowercase());
        let known = STARTS
            .iter()
            .find(|start| rest.starts_with(start.as_bytes()));
        let length = known.map(|start| start.len()).or(match rest {
            [b'g', b'l', ..] => Some(lower(2, 6))
                .filter(|&end| end >= 4 && rest.get(end) == Some(&b'-'))
                .map(|end| end + 1),
            [b'g', b'h', b'p' | b'o' | b'u' | b's' | b'r', b'_', ..] => Some(4),
            [b'x', b'o', b'x', b'a'..=b'z', b'-', ..] => Some(5),
            _ => None,
        })?;
        (rest.len() > length).then(|| Found::unnamed(at..text.len()))
    })
}

/// The first word of a kept text whose beginning was cut off.
pub(super) fn at_cut(text: &[u8], from: usize) -> Option<Found> {
    let cut = "…".len();
    if from > 0 || !text.starts_with("…".as_bytes()) {
        return None;
    }
    let is = |b: u8| b.is_ascii_alphanumeric() || b"_+/=.~-".contains(&b);
    value(text, cut, 16, is).map(Found::unnamed)
}

pub(super) fn is_name(b: u8) -> bool {
    b.is_ascii_alphanumeric() || b"_.-".contains(&b)
}

/// Names at or behind `from` that end like names of secrets.
pub(super) fn names(text: &[u8], from: usize) -> impl Iterator<Item = Range<usize>> + '_ {
    let mut at = from;
    std::iter::from_fn(move || {
        while at < text.len() {
            let start = run_end(text, at, |b| !is_name(b));
            at = run_end(text, start, is_name);
            if is_secret_name(&text[start..at]) {
                return Some(start..at);
            }
        }
        None
    })
}

/// Does a name end with a word for something secret?
pub(super) fn is_secret_name(name: &[u8]) -> bool {
    const ENDS: &[&str] = &[
        "password",
        "passwd",
        "passphrase",
        "pwd",
        "secret",
        "token",
        "credential",
        "credentials",
        "_auth",
        "secret_key_base",
        "sonar.login",
        // For these the value decides.
        "pat",
        "pass",
        "pin",
        "pw",
    ];
    const KEYS: &[&str] = &[
        "api",
        "private",
        "access",
        "secret",
        "signing",
        "encryption",
        "master",
        "cypress_record",
        "license",
        "licence",
        // For these the value decides.
        "deploy",
        "auth",
        "account",
        "storage",
        "session",
        "hmac",
        "jwt",
        "app",
        "client",
    ];
    if ENDS.iter().any(|end| strip(name, end).is_some()) {
        return true;
    }
    // `apikey`, `api_key`, `api-key`, `api_-key`
    let Some(rest) = strip(name, "key") else {
        return false;
    };
    let rest = rest.strip_suffix(b"-").unwrap_or(rest);
    let rest = rest.strip_suffix(b"_").unwrap_or(rest);
    KEYS.iter().any(|key| strip(rest, key).is_some())
}

/// The name without an ending, ignoring case.
pub(super) fn strip<'t>(name: &'t [u8], end: &str) -> Option<&'t [u8]> {
    let (rest, last) = name.split_at(name.len().checked_sub(end.len())?);
    last.eq_ignore_ascii_case(end.as_bytes()).then_some(rest)
}

fn ends_with_any(text: &[u8], name: &Range<usize>, ends: &[&str]) -> bool {
    ends.iter()
        .any(|end| strip(&text[name.clone()], end).is_some())
}

/// `name = "value"`, `"name": "value"`
pub(super) fn double_quoted(text: &[u8], from: usize) -> Option<Found> {
    in_quotes(text, from, b'"')
}

/// `\"name\": \"value\"`, in a text that is itself in quotes.
pub(super) fn in_escaped_quotes(text: &[u8], from: usize) -> Option<Found> {
    names(text, from).find_map(|key| {
        let is_escape = |b: u8| b == b'\\';
        let quote = run_end_within(text, key.end, 3, is_escape);
        let at = run_end_within(
            text,
            run_end_within(text, quote, 1, |b| b == b'"'),
            1,
            is_space,
        );
        if quote == key.end || text.get(quote) != Some(&b'"') || text.get(at) != Some(&b':') {
            return None;
        }
        let escape = run_end_within(text, at + 1, 1, is_space);
        let open = run_end_within(text, escape, 3, is_escape);
        if open == escape || text.get(open) != Some(&b'"') {
            return None;
        }
        let value = value(text, open + 1, 3, |b| !b"\"\\".contains(&b))?;
        is_escape(*text.get(value.end)?).then_some(Found { key, value })
    })
}

/// `"name": "DB_PASSWORD", "value": "secret"`, `<env name="DB_PASSWORD" value="secret"/>`: the value beside the name of a variable.
pub(super) fn beside(text: &[u8], from: usize) -> Option<Found> {
    const WORDS: &[&str] = &["value"];
    let between = |b: u8| is_space(b) || is_quote(b) || b",\\".contains(&b);
    names(text, from).find_map(|key| {
        let word = run_end_within(text, key.end, ALIGNED, between);
        let escape = run_end_within(text, key.end, 3, |b| b == b'\\');
        let quoted = text.get(escape).is_some_and(|&b| is_quote(b));
        let end = any_here(text, word, WORDS).filter(|_| quoted)?;
        let at = run_end_within(text, end, 3, |b| is_quote(b) || b == b'\\');
        let at = run_end_within(text, at, ALIGNED, is_space);
        if !matches!(text.get(at), Some(b'=' | b':')) {
            return None;
        }
        let at = run_end_within(text, at + 1, 3, is_space);
        let open = run_end_within(text, at, 3, |b| b == b'\\');
        let quote = *text.get(open).filter(|b| is_quote(**b))?;
        let is = |b: u8| b != quote && b != b'\\';
        let value = value(text, open + 1, 3, is)?;
        // Words are a message about it: `{"name":"token","value":"is too short"}`.
        let words = text[value.clone()].contains(&b' ');
        (value.end < text.len() && !words).then_some(Found { key, value })
    })
}

/// A row of two words, the first one a name: what `vault kv get` prints, or an environment in PowerShell.
pub(super) fn tabled(text: &[u8], from: usize) -> Option<Found> {
    if from > 0 {
        return None;
    }
    let start = run_end(text, 0, is_space);
    let key = start..run_end(text, start, is_name);
    let at = run_end(text, key.end, is_space);
    let apart = at >= key.end + 2 || text.get(key.end) == Some(&b'\t');
    if !apart || !is_secret_name(&text[key.clone()]) {
        return None;
    }
    let value = value(text, at, 8, is_argument)?;
    (run_end(text, value.end, is_space) == text.len()).then_some(Found { key, value })
}

/// `name = 'value'`, `'name': 'value'`
pub(super) fn single_quoted(text: &[u8], from: usize) -> Option<Found> {
    in_quotes(text, from, b'\'')
}

/// The offset behind the operator of an assignment. Tools align operators with blanks.
fn behind_operator(text: &[u8], name_end: usize) -> Option<usize> {
    let at = run_end_within(text, name_end, 1, is_quote);
    let at = run_end_within(text, at, ALIGNED, is_space);
    let operator = ["=>", ":=", "=", ":"]
        .iter()
        .find(|operator| text[at..].starts_with(operator.as_bytes()))?;
    Some(run_end_within(text, at + operator.len(), 1, is_space))
}

/// `name = "old" -> "new"`: the new one.
pub(super) fn changed(text: &[u8], from: usize) -> Option<Found> {
    names(text, from).find_map(|key| {
        let at = behind_operator(text, key.end)?;
        let old = match text.get(at)? {
            quote if is_quote(*quote) => at + 2 + memchr::memchr(*quote, &text[at + 1..])?,
            b'(' => at + 1 + memchr::memchr(b')', &text[at..text.len().min(at + ALIGNED)])?,
            b'n' => at + text[at..].starts_with(b"null").then_some(4)?,
            b'*' => run_end(text, at, |b| b == b'*'),
            // Code: `Token::Comma => ","`
            _ => return None,
        };
        let arrow = run_end_within(text, old, 3, is_space);
        if arrow == old || !text[arrow..].starts_with(b"->") && !text[arrow..].starts_with(b"=>") {
            return None;
        }
        let open = run_end_within(text, arrow + 2, 3, is_space);
        let quote = *text.get(open).filter(|b| is_quote(**b))?;
        let length = memchr::memchr(quote, &text[open + 1..])?;
        (length >= 3).then(|| Found {
            key,
            value: open + 1..open + 1 + length,
        })
    })
}

/// `name = """value"""`, or the part of it on this line.
pub(super) fn triple_quoted(text: &[u8], from: usize) -> Option<Found> {
    names(text, from).find_map(|key| {
        let at = behind_operator(text, key.end)?;
        let quotes = text.get(at..at + 3)?;
        let start = at + 3;
        let known = is_quote(quotes[0]) && quotes.iter().all(|b| *b == quotes[0]);
        if !known || text.get(start).is_none_or(|&b| is_space(b)) {
            return None;
        }
        let closing = memchr::memmem::find(&text[start..], quotes);
        let value = start..closing.map_or(text.trim_ascii_end().len(), |k| start + k);
        (value.len() >= 3).then_some(Found { key, value })
    })
}

/// `ENV NAME value`, perhaps behind the number of its step.
pub(super) fn of_dockerfile(text: &[u8], from: usize) -> Option<Found> {
    memchr::memmem::find_iter(&text[from..], b"ENV ").find_map(|at| {
        let at = from + at;
        let before = text[..at].trim_ascii_end();
        let step = before.last().is_none_or(|b| b"]:>|".contains(b));
        if !step || before.len() == at && at > 0 {
            return None;
        }
        let start = run_end(text, at + "ENV ".len(), is_space);
        let key = start..run_end(text, start, is_name);
        let open = run_end(text, key.end, is_space);
        if open == key.end || !is_secret_name(&text[key.clone()]) {
            return None;
        }
        let mut value = open..text.trim_ascii_end().len();
        if value.len() > 2
            && is_quote(text[value.start])
            && text[value.end - 1] == text[value.start]
        {
            value = value.start + 1..value.end - 1;
        }
        let begins = text.get(value.start).is_some_and(|b| *b != b'=');
        (begins && value.len() >= 4).then_some(Found { key, value })
    })
}

/// `Root password set to value`, `The password for the user is value`, `A password is generated for root: value`
pub(super) fn said(text: &[u8], from: usize) -> Option<Found> {
    told(text, from).or_else(|| at_end(text, from))
}

/// The last word of a sentence that speaks of a password, behind its colon.
fn at_end(text: &[u8], from: usize) -> Option<Found> {
    const FARTHEST: usize = 120;
    const REFUSED: &[&str] = &[
        "bad ",
        "cannot",
        "could not",
        "denied",
        "error",
        "expired",
        "fail",
        "incorrect",
        "invalid",
        "mismatch",
        "missing",
        "no ",
        "not ",
        "policy",
        "reject",
        "unable",
        "unknown",
        "violat",
        "wrong",
    ];
    let last = text.trim_ascii_end();
    let inner = last.strip_suffix(b"'").unwrap_or(last);
    let length = inner.iter().rev().take_while(|b| is_argument(**b)).count();
    let value = inner.len() - length..inner.len();
    let before = &text[..value.start];
    let before = match inner.len() < last.len() {
        true => before.strip_suffix(b"'")?,
        false => before,
    };
    let said = before.trim_ascii_end();
    let tells = said.len() < before.len() && said.ends_with(b":");
    let upper = text[value.clone()].iter().any(u8::is_ascii_uppercase);
    if !tells || !upper || length < 12 {
        return None;
    }
    let low = from.max(said.len().saturating_sub(FARTHEST));
    let mut keys = names(said, low).filter(|key| {
        let apart = key.start > 0 && is_space(said[key.start - 1]);
        apart && said.get(key.end) == Some(&b' ')
    });
    let key = keys.find(|key| ends_with_any(said, key, &["password", "passphrase"]));
    // `password missing for user: DeployBot2024` names the user.
    let key = key?;
    let said = said[low..].to_ascii_lowercase();
    let refused = |word: &&str| memchr::memmem::find(&said, word.as_bytes()).is_some();
    (!REFUSED.iter().any(refused)).then_some(Found { key, value })
}

fn told(text: &[u8], from: usize) -> Option<Found> {
    const MOST_WORDS: usize = 6;
    names(text, from).find_map(|key| {
        let mut at = key.end;
        for _ in 0..MOST_WORDS {
            let start = run_end_within(text, at, 2, is_space);
            let end = run_end_within(text, start, 12, |b| b.is_ascii_alphabetic());
            let tells = matches!(&text[start..end], b"is" | b"was" | b"to");
            at = end;
            if start == end || !tells && text.get(end).is_none_or(|&b| !is_space(b)) {
                return None;
            }
            if !tells {
                continue;
            }
            let at = run_end_within(text, end, 1, |b| b == b':');
            let start = run_end(text, at, is_space);
            if start == at {
                return None;
            }
            let start = run_end_within(text, start, 1, is_quote);
            let value = value(text, start, 10, is_argument)?;
            let ends = run_end(text, value.end, |b| is_quote(b) || is_space(b)) == text.len();
            return ends.then_some(Found { key, value });
        }
        None
    })
}

fn in_quotes(text: &[u8], from: usize, quote: u8) -> Option<Found> {
    names(text, from).find_map(|key| {
        let at = behind_operator(text, key.end)?;
        if text.get(at) != Some(&quote) || text.get(at + 1).is_none_or(|&b| is_space(b)) {
            return None;
        }
        let length = memchr::memchr(quote, &text[at + 1..])?;
        (length >= 3).then(|| Found {
            key,
            value: at + 1..at + 1 + length,
        })
    })
}

/// `name=value`
pub(super) fn assigned(text: &[u8], from: usize) -> Option<Found> {
    names(text, from).find_map(|key| {
        let start = key.end + 1;
        let first = *text.get(start).filter(|_| text[key.end] == b'=')?;
        let is = |b: u8| !is_space(b) && !b"\"'`,;&|()<>".contains(&b);
        if !is(first) || b"={}~".contains(&first) {
            return None;
        }
        let value = value(text, start, 4, is)?;
        Some(Found { key, value })
    })
}

/// A line of an environment that holds only `NAME=a;b`, whose value may contain what ends a word for a shell.
pub(super) fn listed(text: &[u8], from: usize) -> Option<Found> {
    const PARTS: &[u8] = b"\"'`,;&|()<>";
    let key = names(text, from).find(|key| text.get(key.end) == Some(&b'='))?;
    let value = key.end + 1..text.trim_ascii_end().len();
    let bytes = text.get(value.clone())?;
    let part = bytes.iter().position(|b| PARTS.contains(b))?;
    // Behind a prompt it is a command. In a connection string or an address, another name follows.
    let before = text[..key.start].trim_ascii_end();
    let alone = before.len() < key.start || key.start == 0;
    let prompt = matches!(
        before.last(),
        Some(b'$' | b'#' | b'>' | b'+' | b'|' | b'&' | b';')
    );
    let one = !bytes.iter().any(|&b| is_space(b)) && !bytes[part..].contains(&b'=');
    // In quotes, in what a shell would replace, or in a call.
    let quoted = matches!(bytes[0], b'"' | b'\'' | b'(' | b'<' | b'&')
        || bytes.contains(&b'$')
        || (bytes.contains(&b'(') && bytes.contains(&b')'));
    let closed = bytes[0] == b'`' && bytes[1..].contains(&b'`');
    let is = alone && !prompt && one && !quoted && !closed && is_mixed(bytes) && value.len() >= 4;
    is.then_some(Found { key, value })
}

/// ``name=`value` ``, ``name: `value` ``
pub(super) fn back_quoted(text: &[u8], from: usize) -> Option<Found> {
    in_quotes(text, from, b'`')
}

/// `name = value`, `name: value`
pub(super) fn spaced(text: &[u8], from: usize) -> Option<Found> {
    names(text, from).find_map(|key| {
        if ends_with_any(text, &key, &["credential", "credentials"]) {
            return None;
        }
        let take = |at: usize| {
            let is = |b: u8| b.is_ascii_alphanumeric() || b"+/_=!@#$%^*.-".contains(&b);
            let found = value(text, at, 8, is)?;
            let ends = text
                .get(found.end)
                .is_none_or(|&b| is_space(b) || b == b',' || b == b';');
            ends.then_some(found)
        };
        let name_end = run_end_within(text, key.end, 1, is_quote);
        let between_blanks = || {
            let at = run_end_within(text, name_end, 3, is_space);
            let operator = ["=>", ":=", "="]
                .iter()
                .find(|operator| text[at..].starts_with(operator.as_bytes()))?;
            let blank = at + operator.len();
            let start = run_end_within(text, blank, 3, is_space);
            (at > name_end && start > blank).then(|| take(start))?
        };
        let behind_colon = || {
            let at = run_end_within(text, name_end, 1, is_space);
            (text.get(at) == Some(&b':'))
                .then(|| take(run_end_within(text, at + 1, 3, is_space)))?
        };
        let value = between_blanks().or_else(behind_colon)?;
        Some(Found { key, value })
    })
}

/// A line of YAML: `name: value`, and nothing else.
pub(super) fn alone(text: &[u8], from: usize) -> Option<Found> {
    if from > 0 {
        return None;
    }
    let at = run_end(text, 0, is_space);
    let at = at + 2 * usize::from(text[at..].starts_with(b"- "));
    let at = run_end_within(text, at, 1, is_quote);
    let key = at..run_end(text, at, is_name);
    if !is_secret_name(&text[key.clone()])
        || ends_with_any(
            text,
            &key,
            &[
                "pwd",
                "credential",
                "credentials",
                "_auth",
                "signing_key",
                "signing-key",
                "signingkey",
                "signing_-key",
                "encryption_key",
                "encryption-key",
                "encryptionkey",
                "encryption_-key",
            ],
        )
    {
        return None;
    }
    let colon = run_end_within(text, key.end, 1, is_quote);
    // `kubectl describe` aligns the values of an environment.
    let start = run_end_within(text, colon + 1, ALIGNED, is_space);
    if text.get(colon) != Some(&b':') || start == colon + 1 {
        return None;
    }
    let is = |b: u8| !is_space(b) && !b"\"'<>[]{}".contains(&b);
    let value = value(text, start, 6, is)?;
    (run_end(text, value.end, is_space) == text.len()).then_some(Found { key, value })
}
