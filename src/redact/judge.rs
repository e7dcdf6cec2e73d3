//! The last word on a value that looks like a secret: what people put in a secret's place, and what only reads like one.

use std::ops::Range;

use fit::{fits, fits_key, names_a_secret};
use words::{NAMED, OF_VARIABLES, PROSE, SPEECH, WORDS};

use super::place;

mod fit;
mod words;

pub(super) use words::NAMES;

fn whole(value: &str) -> Option<Range<usize>> {
    (!value.is_empty()).then_some(0..value.len())
}

/// Whatever it is.
pub(super) fn any(_: &str, value: &str) -> Option<Range<usize>> {
    whole(value)
}

/// The form says it all; only a trailing dash or dot belongs to the sentence.
pub(super) fn token(_: &str, value: &str) -> Option<Range<usize>> {
    let kept = value.trim_end_matches(['.', '-']);
    (!is_stand_in(kept)).then_some(0..kept.len())
}

/// A token behind letters, where its form alone says little: `singlert-some-name`.
pub(super) fn random_token(key: &str, value: &str) -> Option<Range<usize>> {
    let kept = token(key, value)?;
    is_random(&value[kept.clone()]).then_some(kept)
}

/// Something long that must be random, since nothing around says that it is secret.
pub(super) fn residue(_: &str, value: &str) -> Option<Range<usize>> {
    // Of a header: its value follows.
    let scheme = value.eq_ignore_ascii_case("AWS4-HMAC-SHA256");
    if is_stand_in(value) || !is_mixed(value) || is_place(value) || scheme {
        return None;
    }
    whole(value)
}

/// What stands where a secret stands.
pub(super) fn value(_: &str, value: &str) -> Option<Range<usize>> {
    if is_stand_in(value) || is_word(value) {
        return None;
    }
    whole(value)
}

/// Does a text begin as what is said of a secret in its place: `not set`, `must be given`?
pub(super) fn is_said(text: &str) -> bool {
    let word = text.split_whitespace().next().unwrap_or_default();
    let word = word.trim_end_matches(['.', ',', ':', ')', '?', '!']);
    [WORDS, SPEECH, PROSE, OF_VARIABLES]
        .iter()
        .any(|words| words.iter().any(|known| known.eq_ignore_ascii_case(word)))
}

/// `Authorization: SCHEME value`
pub(super) fn credential(scheme: &str, value: &str) -> Option<Range<usize>> {
    // `authorization: key rotation`
    let speech = ["key", "bot"]
        .iter()
        .any(|word| word.eq_ignore_ascii_case(scheme));
    if speech && !is_mixed(value) {
        return None;
    }
    header("", value)
}

/// The value of a header, which Go prints as a list: `X-Api-Key:[value]`.
pub(super) fn header(key: &str, value: &str) -> Option<Range<usize>> {
    // They say where something is kept, or what it belongs to.
    const OTHERS: &[&str] = &[
        "cache-key",
        "idempotency-key",
        "partition-key",
        "primary-key",
        "public-key",
        "routing-key",
        "sort-key",
    ];
    let key = key.to_ascii_lowercase();
    if OTHERS.iter().any(|end| key.ends_with(end)) {
        return None;
    }
    let value = match value.contains('[') {
        true => value,
        false => value.trim_end_matches(']'),
    };
    self::value("", value)
}

/// `--key value`
pub(super) fn option(key: &str, value: &str) -> Option<Range<usize>> {
    // `--password PASSWORD` of a usage line.
    let stands_for = value.eq_ignore_ascii_case(key) && !value.contains(|c: char| c.is_lowercase());
    let named = NAMED.iter().any(|name| name.eq_ignore_ascii_case(key));
    // `--two-pass encode`
    let pass = key.to_ascii_lowercase().ends_with("-pass") && !is_mixed(value);
    if stands_for || named && !is_random(value) || pass || !fits(key, value) {
        return None;
    }
    let word = value.trim_end_matches(['.', ',', ':', ')', '?', '!']);
    let speech = SPEECH
        .iter()
        .any(|speech| speech.eq_ignore_ascii_case(word));
    let file = value.starts_with("file:") || value.starts_with("fileb:");
    if speech || file || value.starts_with("--") || !names_a_secret(key) {
        return None;
    }
    self::value(key, value)
}

/// What Kubernetes keeps as Base64; `stringData` as it is.
pub(super) fn encoded(key: &str, value: &str) -> Option<Range<usize>> {
    if key == "stringData" {
        return self::value(key, value);
    }
    let is = value.bytes().all(super::file::is_base64)
        && (value.len().is_multiple_of(4) || value.len() > 16);
    (is && !is_stand_in(value)).then_some(0..value.len())
}

/// `key = "value"`
pub(super) fn quoted(key: &str, value: &str) -> Option<Range<usize>> {
    let lower = key.to_ascii_lowercase();
    let chosen = ["pass", "pwd", "secret"]
        .iter()
        .any(|word| lower.contains(word));
    let told =
        value.contains(char::is_whitespace) && !is_mixed(value) && (!chosen || is_prose(value));
    if told || !names_a_secret(key) {
        return None;
    }
    sound(key, value)
}

/// A variable of a Dockerfile, whose value goes on to the end of the line.
pub(super) fn of_variable(key: &str, value: &str) -> Option<Range<usize>> {
    if is_prose(value) {
        return None;
    }
    assigned(key, value)
}

/// A row of a table, or of an environment that is printed as one: `DB_PASSWORD    value`.
pub(super) fn tabled(key: &str, value: &str) -> Option<Range<usize>> {
    let variable = key.contains('_') && !key.contains(|c: char| c.is_ascii_lowercase());
    let is = is_random(value) || variable && is_mixed(value) && value.len() >= 8;
    is.then(|| assigned(key, value))?
}

/// A login that no known program takes: `-u admin:value`, where others have a user and a group, a host and a port.
pub(super) fn login(_: &str, value: &str) -> Option<Range<usize>> {
    let is = value.len() >= 6 && is_mixed(value) && !is_word(value) && !is_stand_in(value);
    is.then_some(0..value.len())
}

/// A line that says what a password is.
pub(super) fn said(key: &str, value: &str) -> Option<Range<usize>> {
    let key = key.to_ascii_lowercase();
    let names = ["password", "passphrase", "token"];
    let value = value.trim_end_matches(['.', ',', ':', '!']);
    let is = names.iter().any(|name| key.ends_with(name)) && value.len() >= 12;
    (is && is_random(value) && !is_stand_in(value)).then(|| whole(value))?
}

/// ``key=`value` ``: of a sentence; a shell would run what stands there. The `token` that a compiler shows is no secret.
pub(super) fn back_quoted(key: &str, value: &str) -> Option<Range<usize>> {
    let is = is_mixed(value)
        && !value.contains(char::is_whitespace)
        && !key.eq_ignore_ascii_case("token");
    is.then(|| assigned(key, value))?
}

/// `key=value`
pub(super) fn assigned(key: &str, value: &str) -> Option<Range<usize>> {
    if !names_a_secret(key) || is_code(value) {
        return None;
    }
    sound(key, value.trim_end_matches(['.', ':', ']', '}']))
}

/// `key = value`, `key: value`: as a rule prose, or code.
pub(super) fn spaced(key: &str, value: &str) -> Option<Range<usize>> {
    if !is_mixed(value) || value.contains("==") {
        return None;
    }
    alone(key, value)
}

/// `key: value`, where `PASS: name` is a test.
pub(super) fn alone(key: &str, value: &str) -> Option<Range<usize>> {
    (key != "PASS").then(|| assigned(key, value))?
}

fn sound(written: &str, value: &str) -> Option<Range<usize>> {
    let key = written.to_ascii_lowercase();
    let is_name = key.ends_with("secret")
        && !["client_secret", "clientsecret", "client-secret"]
            .iter()
            .any(|end| key.ends_with(end))
        && (is_dashed_name(value) || written == "secret" && is_versioned_name(value));
    // `TESTS_PASS=12`
    let is_count = key.replace('-', "_").ends_with("_pass") && !is_mixed(value);
    let other = is_stand_in(value) || is_word(value) || is_place(value) || is_name || is_count;
    if other || !fits(written, value) || !fits_key(written, value) {
        return None;
    }
    whole(value)
}

/// What stands for a secret: a variable, a mask, an example.
fn is_stand_in(value: &str) -> bool {
    let mut chars = value.trim_start_matches(['"', '\'']).chars();
    let Some(first) = chars.next() else {
        return true;
    };
    let lower = value.to_ascii_lowercase();
    let variable = value.contains("${")
        || value.contains("{{")
        || value.contains("$(")
        || (first == '%' && value.ends_with('%') && value.len() > 1)
        || (first == '$'
            && chars
                .clone()
                .next()
                .is_some_and(|c| c.is_ascii_alphabetic() || c == '_'));
    variable
        || matches!(first, '<' | '{' | '[')
        || [
            "[masked]",
            "[redacted",
            "[filtered]",
            "redacted",
            "***",
            "xxxxx",
            "....",
        ]
        .iter()
        .any(|mask| lower.contains(mask))
        || chars.all(|c| c == first)
}

/// A word that says how it is about the secret.
fn is_word(value: &str) -> bool {
    let value = value.trim_end_matches(['.', ',', ':', '!', '?']);
    WORDS.iter().any(|word| word.eq_ignore_ascii_case(value))
}

/// A sentence about the secret: `must not be empty`.
fn is_prose(value: &str) -> bool {
    let mut words = value.split(|c: char| !c.is_alphanumeric() && c != '\'');
    words.any(|word| {
        let is = |of: &[&str]| of.iter().any(|w| w.eq_ignore_ascii_case(word));
        is(PROSE) || is(SPEECH) || is(WORDS) || is(&["password", "passphrase", "token"])
    })
}

/// A path or an address: where the secret is, not what it is.
fn is_place(value: &str) -> bool {
    let bytes = value.as_bytes();
    let drive = bytes.len() > 2 && bytes[0].is_ascii_alphabetic() && &bytes[1..3] == b":\\";
    let rooted = ["/", "./", "../", "~/"]
        .iter()
        .find_map(|root| value.strip_prefix(root));
    let path = rooted.is_some_and(|rest| {
        rest.split('/')
            .next()
            .is_some_and(|name| !name.is_empty() && !name.bytes().any(|b| b.is_ascii_uppercase()))
    });
    // Of a secret that a store keeps.
    let kept = value.starts_with("arn:")
        || value.starts_with("ssm:/")
        || value.starts_with("vault:secret/")
        || value.starts_with("projects/") && value.contains("/secrets/");
    drive || path || kept || value.contains("://")
}

/// `self.token`, `get_token()`, `db_password`: code that handles a secret.
fn is_code(value: &str) -> bool {
    let lower = value.to_ascii_lowercase();
    let plain = |c: char| c.is_ascii_alphabetic() || "_.-".contains(c);
    let names = [
        "password",
        "passwd",
        "token",
        "secret",
        "key",
        "credentials",
    ];
    value.chars().all(plain)
        && (names.iter().any(|name| lower.ends_with(name))
            || value.contains('.') && !value.ends_with('.'))
        || is_member(value)
        || lower.ends_with("array") && (lower.starts_with("uint") || lower.starts_with("int"))
}

/// `process.env.DB_PASSWORD1`, `random_password.db1.result`: what a value is taken from.
fn is_member(value: &str) -> bool {
    const ROOTS: &[&str] = &[
        "args", "config", "context", "ctx", "data", "env", "event", "inputs", "local", "module",
        "options", "opts", "os", "params", "process", "props", "req", "self", "settings", "steps",
        "this", "var",
    ];
    const PROVIDERS: &[&str] = &[
        "aws_",
        "azurerm_",
        "google_",
        "kubernetes_",
        "random_",
        "vault_",
    ];
    let Some((root, rest)) = value.split_once('.') else {
        return false;
    };
    let known = ROOTS.contains(&root) || PROVIDERS.iter().any(|p| root.starts_with(p));
    let is_name = |part: &str| {
        part.starts_with(|c: char| c.is_ascii_alphabetic() || c == '_')
            && part.bytes().all(place::is_word)
    };
    known && rest.split('.').all(is_name)
}

/// `my-registry-credentials`: how things are called.
fn is_dashed_name(value: &str) -> bool {
    value
        .bytes()
        .all(|b| b.is_ascii_lowercase() || b == b'-' || b == b'.')
}

/// `my-registry-v2`, `app-db-1`: how things are called of which there were others.
fn is_versioned_name(value: &str) -> bool {
    let is_part = |part: &str| {
        let digits = part.trim_start_matches(|c: char| c.is_ascii_lowercase());
        let short = digits.len() <= 2 && digits.bytes().all(|b| b.is_ascii_digit());
        short && !part.is_empty()
    };
    value.contains('-') && value.split('-').all(is_part)
}

/// Digits among letters of both cases, or a long one without parts: no name of a thing.
fn is_random(value: &str) -> bool {
    let has = |is: fn(&u8) -> bool| value.bytes().any(|b| is(&b));
    let part_of_other = |b: &u8| b"=,:/.".contains(b);
    let both = has(u8::is_ascii_uppercase) && has(u8::is_ascii_lowercase);
    let whole = value.len() >= 20 && value.bytes().all(|b| b.is_ascii_alphanumeric());
    value.len() >= 8
        && is_mixed(value)
        && (both || whole)
        && !value.bytes().any(|b| part_of_other(&b))
}

/// Letters and digits, as random text has.
fn is_mixed(value: &str) -> bool {
    place::is_mixed(value.as_bytes())
}
