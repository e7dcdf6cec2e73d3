//! Replaces secrets in text by placeholders: reports are passed on, and logs hold what nobody meant to print.
//!
//! Only the secret is replaced. The host, the header's name, the user of a URL and the error stay, so that
//! evidence keeps its meaning. A machine-made secret (a token of a known form) becomes
//! `[redacted:KIND#HASH]`. Six digits of its SHA-256 tell two tokens apart and identify the same one across
//! logs, threads and runs, but are too few to find it. A secret that a person may have chosen (a password)
//! becomes `[redacted:secret]` without a hash, since a few digits would help to guess it.
//!
//! [`rules`] is the table of what is searched for, [`command`] knows the options of programs, [`file`](mod@file)
//! printed files, [`language`] statements and addresses of databases, [`judge`] values that are no secrets, [`block`] secrets over
//! many lines. One pass for a few
//! literals rules most texts out. Secrets known by their place are found without a regex ([`place`]). The
//! regexes of tokens are compiled only if something as long as a token is present.

use std::borrow::Cow;
use std::ops::Range;

use sha2::{Digest, Sha256};

use crate::model::{Captures, Hit, WatchHit};

pub mod block;
mod command;
mod file;
mod judge;
mod language;
mod own;
mod place;
mod rules;

pub use own::{BadName, also, fault, own_names};

/// Most rounds over a text; each follows one that found something.
const MOST_ROUNDS: usize = 4;
/// How many times its length a rule may search a text without result, since text that is no secret is searched
/// again.
const MOST_IN_VAIN: usize = 16;
/// The start of every placeholder.
const OPENING: &str = "[redacted:";

/// A secret in a text.
#[derive(Debug, Clone, PartialEq, Eq)]
struct Secret {
    range: Range<usize>,
    kind: &'static str,
    /// Made by a machine: so long and random that part of its hash reveals nothing.
    random: bool,
}

/// The text without its secrets.
pub fn text(text: &str) -> Cow<'_, str> {
    let secrets = find(text);
    if secrets.is_empty() {
        return Cow::Borrowed(text);
    }
    Cow::Owned(replace(text, 0..text.len(), &secrets))
}

/// A part of a text without its secrets, including those that only reach into it or are known by the text
/// around.
pub fn within(text: &str, part: Range<usize>) -> String {
    replace(text, part, &find(text))
}

/// Removes the secrets of a hit: its line, its captures, its conditions' lines and the command. The span of
/// the match moves with its text.
pub fn hit(hit: &mut Hit) {
    redact_line(&mut hit.text, Some(&mut hit.span), &mut hit.captures);
    for other in hit.context.iter_mut().flatten() {
        let WatchHit { text, captures, .. } = other;
        redact_line(text, None, captures);
    }
    if let Some(command) = &hit.command
        && let Cow::Owned(masked) = text(command)
    {
        hit.command = Some(masked.into());
    }
}

/// The captures of a hit and its conditions, as [`hit`] leaves them.
pub fn captures(of: &Hit, all: &Captures) -> Captures {
    let mut redacted = of.clone();
    hit(&mut redacted);
    let before =
        std::iter::once(&of.captures).chain(of.context.iter().flatten().map(|c| &c.captures));
    let after = std::iter::once(&redacted.captures)
        .chain(redacted.context.iter().flatten().map(|c| &c.captures));
    let pairs: Vec<(&Captures, &Captures)> = before.zip(after).collect();
    all.iter()
        .map(|(name, value)| {
            let known = pairs
                .iter()
                .find(|(before, _)| before.get(name) == Some(value))
                .and_then(|(_, after)| after.get(name));
            let value = known.map_or_else(|| text(value).into_owned(), String::clone);
            (name.clone(), value)
        })
        .collect()
}

/// Redacts a line and the captures taken from it.
fn redact_line(text: &mut String, span: Option<&mut (u32, u32)>, captures: &mut Captures) {
    let secrets = find(text);
    for value in captures.values_mut() {
        if let Some(masked) = replacement(text, value, &secrets) {
            *value = masked;
        }
    }
    if secrets.is_empty() {
        return;
    }
    if let Some(span) = span {
        *span = (
            moved_offset(text, span.0, &secrets, false),
            moved_offset(text, span.1, &secrets, true),
        );
    }
    *text = replace(text, 0..text.len(), &secrets);
}

/// The replacement for a value taken from a text with these secrets; `None` if it may stay.
///
/// A value may be the middle of a secret, which could not be recognised by itself.
fn replacement(text: &str, value: &str, secrets: &[Secret]) -> Option<String> {
    let mut first = None;
    let mut at = 0;
    while !value.is_empty()
        && let Some(found) = text[at..].find(value)
    {
        let range = at + found..at + found + value.len();
        if !secrets.iter().any(|s| overlap(&s.range, &range)) {
            // The masked text still shows it elsewhere, so nothing is revealed.
            return None;
        }
        first.get_or_insert(range.clone());
        at = range.start + value.chars().next().map_or(1, char::len_utf8);
    }
    match first {
        Some(range) => Some(replace(text, range, secrets)),
        None => match self::text(value) {
            Cow::Owned(masked) => Some(masked),
            Cow::Borrowed(_) => None,
        },
    }
}

fn overlap(a: &Range<usize>, b: &Range<usize>) -> bool {
    a.start < b.end && b.start < a.end
}

/// A part of a text with every secret that reaches into it replaced whole.
fn replace(text: &str, part: Range<usize>, secrets: &[Secret]) -> String {
    let mut out = String::with_capacity(part.len() + 32);
    let mut at = part.start;
    for secret in secrets.iter().filter(|s| overlap(&s.range, &part)) {
        out.push_str(&text[at..secret.range.start.max(at)]);
        out.push_str(&secret.placeholder(text));
        at = secret.range.end.min(part.end);
    }
    out.push_str(&text[at..part.end]);
    out
}

/// The offset after the replacements. An offset within a secret moves to the start or, with `end`, to the end
/// of its placeholder.
fn moved_offset(text: &str, offset: u32, secrets: &[Secret], end: bool) -> u32 {
    let offset = offset as usize;
    let mut shift = 0isize;
    for secret in secrets {
        let length = secret.placeholder(text).len();
        if secret.range.end <= offset {
            shift += length as isize - secret.range.len() as isize;
        } else if secret.range.start < offset {
            let start = secret.range.start.saturating_add_signed(shift);
            return (if end { start + length } else { start }) as u32;
        }
    }
    offset.saturating_add_signed(shift) as u32
}

impl Secret {
    fn placeholder_length(&self) -> usize {
        let hash = if self.random { "#012345".len() } else { 0 };
        OPENING.len() + self.kind.len() + hash + "]".len()
    }

    fn placeholder(&self, text: &str) -> String {
        if !self.random {
            return format!("{OPENING}{}]", self.kind);
        }
        let hash = Sha256::digest(&text.as_bytes()[self.range.clone()]);
        format!(
            "{OPENING}{}#{:02x}{:02x}{:02x}]",
            self.kind, hash[0], hash[1], hash[2]
        )
    }
}

/// The secrets of a text in order, without overlaps. Of two that overlap the earlier rule wins: it knows the
/// form, while a later one guesses from the words around.
fn find(text: &str) -> Vec<Secret> {
    let mut kept = by_rules(text);
    for mut range in own::values(text) {
        let covers = |k: &Secret| k.range.start <= range.start && range.end <= k.range.end;
        if kept.iter().any(covers) {
            continue;
        }
        // A list may hold what is known, and more.
        kept.retain(|k| {
            let is = overlap(&k.range, &range);
            if is {
                range = k.range.start.min(range.start)..k.range.end.max(range.end);
            }
            !is
        });
        kept.push(Secret {
            range,
            kind: "secret",
            random: false,
        });
    }
    kept.sort_by_key(|s| s.range.start);
    kept
}

/// Applies the rules, also to secrets that contain invisible characters.
fn by_rules(text: &str) -> Vec<Secret> {
    if text.is_ascii() || !text.contains(is_unseen) {
        return by_rules_in(text);
    }
    let seen = || text.char_indices().filter(|(_, c)| !is_unseen(*c));
    let plain: String = seen().map(|(_, c)| c).collect();
    // The offset in the text of each visible byte.
    let places: Vec<usize> = seen().flat_map(|(at, c)| at..at + c.len_utf8()).collect();
    let mut secrets = by_rules_in(&plain);
    for Secret { range, .. } in &mut secrets {
        *range = places[range.start]..places[range.end - 1] + 1;
    }
    secrets
}

/// Whether a character is invisible. A token copied from a web page may contain one.
fn is_unseen(c: char) -> bool {
    matches!(c, '\u{ad}' | '\u{180e}' | '\u{200b}'..='\u{200f}' | '\u{202a}'..='\u{202e}' | '\u{2060}'..='\u{2069}' | '\u{feff}')
}

/// Searches again in the text as it is told then: a `;` in a password ends no command, and a text that is redacted twice must
/// not change. Rules look only so far, so that a shorter text may tell more.
fn by_rules_in(text: &str) -> Vec<Secret> {
    let mut kept: Vec<Secret> = Vec::new();
    let mut plain = with_plain_blanks(text);
    blank_placeholders(&mut plain);
    for _ in 0..MOST_ROUNDS {
        let shown = Shown::of(&plain, &kept);
        let found = apply_rules(&shown);
        if found.is_empty() {
            break;
        }
        kept.extend(found);
        kept.sort_by_key(|s| s.range.start);
    }
    kept
}

/// A text with stars in place of its secrets, as many as their placeholders are long.
struct Shown<'t> {
    text: Cow<'t, str>,
    /// Where each of them stands: here, and in the text.
    parts: Vec<(Range<usize>, Range<usize>)>,
}

impl<'t> Shown<'t> {
    /// The secrets stand in order.
    fn of(plain: &'t str, secrets: &[Secret]) -> Self {
        let mut parts = Vec::with_capacity(secrets.len());
        if secrets.is_empty() {
            let text = Cow::Borrowed(plain);
            return Self { text, parts };
        }
        let mut text = String::with_capacity(plain.len());
        let mut at = 0;
        for secret in secrets {
            text.push_str(&plain[at..secret.range.start]);
            let start = text.len();
            text.extend(std::iter::repeat_n('*', secret.placeholder_length()));
            parts.push((start..text.len(), secret.range.clone()));
            at = secret.range.end;
        }
        text.push_str(&plain[at..]);
        let text = Cow::Owned(text);
        Self { text, parts }
    }

    /// The secret that reaches into a range, if any.
    fn taken(&self, range: &Range<usize>) -> Option<Range<usize>> {
        let after = self
            .parts
            .partition_point(|(here, _)| here.end <= range.start);
        let (here, _) = self.parts.get(after)?;
        overlap(here, range).then(|| here.clone())
    }

    /// A range outside of all secrets, as it stands in the text.
    fn in_text(&self, range: &Range<usize>) -> Range<usize> {
        let before = self
            .parts
            .partition_point(|(here, _)| here.end <= range.start);
        let shift = match before.checked_sub(1).and_then(|k| self.parts.get(k)) {
            Some((here, there)) => there.end as isize - here.end as isize,
            None => 0,
        };
        let moved = |at: usize| at.saturating_add_signed(shift);
        moved(range.start)..moved(range.end)
    }
}

/// What each rule finds, in their order, since a token may be the name of what follows it.
fn apply_rules(shown: &Shown<'_>) -> Vec<Secret> {
    let plain = &*shown.text;
    let wanted = rules::wanted(plain.as_bytes());
    let mut kept: Vec<Secret> = Vec::new();
    for (k, rule) in rules::RULES.iter().enumerate() {
        if wanted & (1 << k) != 0 {
            apply_rule(k, rule, shown, &mut kept);
        }
    }
    for secret in &mut kept {
        secret.range = shown.in_text(&secret.range);
    }
    kept
}

/// Adds what a rule finds.
fn apply_rule(k: usize, rule: &rules::Rule, shown: &Shown<'_>, kept: &mut Vec<Secret>) {
    let plain = &*shown.text;
    let mut at = 0;
    let mut in_vain = 0;
    while let Some(found) = rules::find_at(k, plain.as_bytes(), at) {
        let (key, value) = (plain.get(found.key), plain.get(found.value.clone()));
        let (start, end) = (found.value.start, found.value.end);
        // Every place ends in ASCII or at the end of the text.
        let range = (rule.is_secret)(key.unwrap_or_default(), value.unwrap_or_default())
            .map(|r| start + r.start..start + r.end);
        let taken = |range: &Range<usize>| {
            let known = kept.iter().find(|k| overlap(&k.range, range));
            known
                .map(|k| k.range.clone())
                .or_else(|| shown.taken(range))
        };
        // A match that is no secret, or already known, must not hide one that begins within it.
        let next = match &range {
            None => {
                in_vain += end - start;
                if in_vain > MOST_IN_VAIN * plain.len() {
                    end
                } else {
                    start
                }
            }
            Some(range) => taken(range).map_or(range.end, |known| known.end),
        };
        if let Some(range) = range.filter(|range| taken(range).is_none()) {
            kept.push(Secret {
                range,
                kind: rule.kind,
                random: rule.random,
            });
        }
        at = plain.ceil_char_boundary(next.max(at + 1));
        if at >= plain.len() {
            break;
        }
    }
}

/// Overwrites a part of the text with stars, so that all offsets stay.
fn blank(plain: &mut Cow<'_, str>, part: Range<usize>) {
    let stars = "*".repeat(part.len());
    plain.to_mut().replace_range(part, &stars);
}

/// Blanks earlier placeholders, so that redacting twice changes nothing: the colon of a placeholder separates
/// no user from a password. Only real placeholders are blanked; other text that begins like one is searched.
fn blank_placeholders(plain: &mut Cow<'_, str>) {
    let mut from = 0;
    while let Some(bracket) = memchr::memchr(b'[', &plain.as_bytes()[from..]) {
        let start = from + bracket;
        let Some(rest) = plain[start..].strip_prefix(OPENING) else {
            from = start + 1;
            continue;
        };
        from = start + OPENING.len();
        if let Some((kind, end)) = placeholder(rest)
            && rules::RULES.iter().any(|rule| rule.kind == &rest[..kind])
        {
            blank(plain, start..from + end);
            from += end;
        }
    }
}

/// Where the kind of a placeholder ends, and where the placeholder ends; both from behind its opening.
fn placeholder(text: &str) -> Option<(usize, usize)> {
    let kind = text.find(|c: char| !c.is_ascii_lowercase() && c != '-')?;
    let is_digit = |b: &u8| matches!(b, b'0'..=b'9' | b'a'..=b'f');
    let tail = &text.as_bytes()[kind..];
    let rest = match tail.first_chunk::<8>() {
        Some([b'#', digits @ .., b']']) if digits.iter().all(is_digit) => 8,
        _ if tail[0] == b']' => 1,
        _ => return None,
    };
    (kind > 0).then_some((kind, kind + rest))
}

/// The text with ASCII blanks in place of all others, with all offsets kept, since the rules know only those.
fn with_plain_blanks(text: &str) -> Cow<'_, str> {
    let other = |c: char| !c.is_ascii() && c.is_whitespace();
    if text.is_ascii() || !text.contains(other) {
        return Cow::Borrowed(text);
    }
    let mut plain = String::with_capacity(text.len());
    for c in text.chars() {
        if other(c) {
            plain.extend(std::iter::repeat_n(' ', c.len_utf8()));
        } else {
            plain.push(c);
        }
    }
    Cow::Owned(plain)
}

/// The text without the hashes of placeholders: a job token is new in every job, but the failure is the same.
pub fn without_hashes(text: &str) -> Cow<'_, str> {
    if !text.contains(OPENING) {
        return Cow::Borrowed(text);
    }
    let mut out = String::with_capacity(text.len());
    let mut rest = text;
    while let Some(at) = rest.find(OPENING) {
        let (before, behind) = rest.split_at(at + OPENING.len());
        out.push_str(before);
        rest = behind;
        if let Some((kind, end)) = placeholder(behind) {
            out.push_str(&behind[..kind]);
            // The closing bracket stays.
            rest = &behind[end - 1..];
        }
    }
    out.push_str(rest);
    Cow::Owned(out)
}

#[cfg(test)]
mod issued;
#[cfg(test)]
mod reference;
#[cfg(test)]
mod tests;
