//! What people read: titles, steps, links, and the two languages beside each other.

use std::collections::BTreeSet;

use super::Remark;
use crate::authoring::workshop::{Draft, Workshop};
use crate::model::Role;
use crate::pattern::schema::{Localized, Text};
use crate::pattern::{UNFINISHED, text};

/// Longest title, in characters: it has to fit a table and the first line of a report.
const TITLE: usize = 72;
/// Longest step, in characters: three lines of a terminal.
const STEP: usize = 240;

fn languages(draft: &Draft) -> Vec<(&'static str, &Text)> {
    let text = &draft.written.text;
    let korean = text.ko.as_ref().map(|ko| ("ko", ko));
    [("en", &text.en)].into_iter().chain(korean).collect()
}

pub(super) fn title(draft: &Draft, _: &Workshop) -> Vec<Remark> {
    let mut remarks = Vec::new();
    for (lang, text) in languages(draft) {
        let title = text.title.trim();
        let mut say = |what: String, hint: &str| {
            remarks.push(Remark::at(format!("text.{lang}.title"), what).hint(hint));
        };
        let length = title.chars().count();
        if title.is_empty() {
            say("no title".into(), "name the failure");
        }
        if length > TITLE {
            say(
                format!("a title of {length} characters; at most {TITLE} fit"),
                "name the failure; the reason belongs into the cause",
            );
        }
        if title.ends_with('.') && !title.ends_with("...") {
            say("a title that ends in a full stop".into(), "drop it");
        }
        if title.to_ascii_lowercase().starts_with("error:") {
            say(
                "a title that is a message".into(),
                "name the failure, not what the tool prints",
            );
        }
        if lang == "en" && !begins_well(draft, title) {
            say(
                "a title that begins in lower case".into(),
                "begin with a capital",
            );
        }
    }
    remarks
}

pub(super) fn fix(draft: &Draft, _: &Workshop) -> Vec<Remark> {
    let mut remarks = Vec::new();
    for (lang, text) in languages(draft) {
        for (k, step) in text.fix.iter().enumerate() {
            let mut say = |what: String, hint: &str| {
                remarks.push(Remark::at(format!("text.{lang}.fix.{k}"), what).hint(hint));
            };
            let length = step.chars().count();
            if length > STEP {
                say(
                    format!("a step of {length} characters"),
                    "make it two steps",
                );
            }
            if step.trim().is_empty() {
                say("an empty step".into(), "drop it");
            } else if lang == "en" && !begins_well(draft, step) {
                say(
                    "a step that begins in lower case".into(),
                    "begin with a verb in the imperative: `Add …`, `Run …`",
                );
            }
        }
        if text.fix.is_empty() && matches!(draft.written.role, Role::RootCause | Role::Symptom) {
            let at = format!("text.{lang}.fix");
            remarks.push(
                Remark::at(at, "a cause without a step that mends it")
                    .hint("say what a person can do now: a command, a setting, a line of YAML"),
            );
        }
    }
    remarks
}

/// Does a sentence begin with a capital, with no letter at all, or with a name that has none?
fn begins_well(draft: &Draft, sentence: &str) -> bool {
    let first = sentence.split_whitespace().next().unwrap_or_default();
    if !first.starts_with(|c: char| c.is_lowercase()) {
        return true;
    }
    let name: String = first
        .trim_end_matches("'s")
        .trim_end_matches(|c: char| !c.is_alphanumeric())
        .to_ascii_lowercase();
    if name.contains(|c: char| !c.is_alphanumeric()) {
        return true;
    }
    let tool = draft.written.provenance.tool.iter().map(String::as_str);
    let regexes = draft.written.matches.iter().map(|m| m.regex.as_str());
    [draft.id.as_str()]
        .into_iter()
        .chain(tool)
        .chain(regexes)
        .any(|text| text.to_ascii_lowercase().contains(&name))
}

/// Every text that people read, with its path.
fn all(draft: &Draft) -> Vec<(String, &str)> {
    let mut out: Vec<(String, &str)> = Vec::new();
    for (lang, text) in languages(draft) {
        out.push((format!("text.{lang}.title"), &text.title));
        out.push((format!("text.{lang}.cause"), &text.cause));
        let steps = text.fix.iter().enumerate();
        out.extend(steps.map(|(k, step)| (format!("text.{lang}.fix.{k}"), step.as_str())));
        let verify = text.verify.as_deref();
        out.extend(verify.map(|v| (format!("text.{lang}.verify"), v)));
    }
    for (path, text) in localized(draft) {
        out.push((format!("{path}.en"), &text.en));
        out.extend(text.ko.as_deref().map(|ko| (format!("{path}.ko"), ko)));
    }
    out
}

/// The texts of notes and checks.
fn localized(draft: &Draft) -> Vec<(String, &Localized)> {
    let file = &draft.written;
    let mut out = Vec::new();
    for (k, note) in file.note.iter().enumerate() {
        out.push((format!("note.{k}.text"), &note.text));
    }
    for (k, check) in file.check.iter().enumerate() {
        out.push((format!("check.{k}.text"), &check.text));
        for (n, outcome) in check.outcome.iter().enumerate() {
            out.push((format!("check.{k}.outcome.{n}.text"), &outcome.text));
        }
    }
    out
}

pub(super) fn code_span(draft: &Draft, _: &Workshop) -> Vec<Remark> {
    all(draft)
        .into_iter()
        .filter(|(_, text)| text.matches('`').count() % 2 == 1)
        .map(|(path, _)| Remark::at(path, "an odd number of backticks").hint("close the code span"))
        .collect()
}

pub(super) fn link(draft: &Draft, _: &Workshop) -> Vec<Remark> {
    let mut remarks = Vec::new();
    let links = &draft.written.link;
    for (k, link) in links.iter().enumerate() {
        let mut say = |what: String, hint: &str| {
            remarks.push(Remark::at(format!("link.{k}.url"), what).hint(hint));
        };
        let query = link.url.split_once('?').map_or("", |(_, query)| query);
        let tracks = |p: &str| {
            p.starts_with("utm_")
                || p.starts_with("fbclid=")
                || p.starts_with("gclid=")
                || p.starts_with("ref=")
        };
        if query.split('&').any(tracks) {
            say("a link that tracks its readers".into(), "cut it at the `?`");
        }
        if link.url.contains(char::is_whitespace) || link.url.contains("#:~:text=") {
            say(
                "a link that only some browsers follow".into(),
                "link to the page or a heading of it",
            );
        }
        if links[..k].iter().any(|other| other.url == link.url) {
            say("the same link twice".into(), "drop one");
        }
    }
    remarks
}

/// What a team writes for itself has mostly no official documentation.
pub(super) fn link_missing(draft: &Draft, workshop: &Workshop) -> Vec<Remark> {
    let needs = workshop.for_all && draft.written.role == Role::RootCause;
    if !needs || !draft.written.link.is_empty() {
        return Vec::new();
    }
    let hint = "add a [[link]] to the official documentation where there is any";
    vec![Remark::at("link", "a cause without a link").hint(hint)]
}

/// What a team writes for itself is in whatever language its people read.
pub(super) fn ko_missing(draft: &Draft, workshop: &Workshop) -> Vec<Remark> {
    if !workshop.for_all || draft.written.text.ko.is_some() {
        return Vec::new();
    }
    let hint = "add [text.ko] with title, cause and the same steps";
    vec![Remark::at("text", "no Korean text").hint(hint)]
}

pub(super) fn ko_incomplete(draft: &Draft, _: &Workshop) -> Vec<Remark> {
    let text = &draft.written.text;
    let Some(ko) = &text.ko else {
        return Vec::new();
    };
    let mut remarks = parts_in_one_language(&text.en, ko);
    let localized = localized(draft);
    let untranslated = localized.iter().filter(|(_, text)| text.ko.is_none());
    remarks.extend(
        untranslated.map(|(path, _)| Remark::at(path.clone(), "no Korean text").hint("add `ko`")),
    );
    let whole = pairs(&text.en, ko).into_iter();
    let short = localized.iter().filter_map(|(path, text)| {
        Some((format!("{path}.ko"), text.en.as_str(), text.ko.as_deref()?))
    });
    for (path, en, ko) in whole.chain(short) {
        remarks.extend(untrue_to(&path, en, ko));
    }
    remarks
}

/// Steps and `verify` that one of the two languages has and the other lacks.
fn parts_in_one_language(en: &Text, ko: &Text) -> Vec<Remark> {
    let mut remarks = Vec::new();
    let (steps, wanted) = (ko.fix.len(), en.fix.len());
    if steps != wanted {
        let what = format!("steps in Korean: {steps}, in English: {wanted}");
        remarks.push(Remark::at("text.ko.fix", what).hint("give the same steps in the same order"));
    }
    let lopsided = match (&en.verify, &ko.verify) {
        (Some(_), None) => Some(("English", "Korean")),
        (None, Some(_)) => Some(("Korean", "English")),
        _ => None,
    };
    if let Some((has, lacks)) = lopsided {
        let what = format!("`verify` in {has}, none in {lacks}");
        remarks.push(Remark::at("text.ko.verify", what).hint("give it in both languages"));
    }
    remarks
}

/// Each text that both languages have: the path of the Korean one, the English text, the Korean text.
fn pairs<'t>(en: &'t Text, ko: &'t Text) -> Vec<(String, &'t str, &'t str)> {
    let mut pairs: Vec<(String, &str, &str)> = vec![
        ("text.ko.title".into(), &en.title, &ko.title),
        ("text.ko.cause".into(), &en.cause, &ko.cause),
    ];
    for (k, (en, ko)) in en.fix.iter().zip(&ko.fix).enumerate() {
        pairs.push((format!("text.ko.fix.{k}"), en, ko));
    }
    if let (Some(en), Some(ko)) = (&en.verify, &ko.verify) {
        pairs.push(("text.ko.verify".into(), en, ko));
    }
    pairs
}

/// What a Korean text fails to say of its English one.
fn untrue_to(path: &str, en: &str, ko: &str) -> Vec<Remark> {
    if !ko.contains(is_hangul) && prose(ko) > 20 {
        return vec![Remark::at(path, "not Korean").hint("translate it")];
    }
    let mut remarks = Vec::new();
    if let Some(lacks) = lacking(&placeholders(en), &placeholders(ko)) {
        let what = format!("the English text shows {lacks}, this one does not");
        remarks.push(Remark::at(path, what).hint("show the same captures in both languages"));
    }
    if let Some(lacks) = lacking(&commands(en), &commands(ko)) {
        let what = format!("the English text says {lacks}, this one does not");
        remarks.push(
            Remark::at(path, what)
                .hint("was the English text changed later? bring the Korean one up to it"),
        );
    }
    remarks
}

/// What the first has and the second has not, as a list to read.
fn lacking(wanted: &BTreeSet<String>, there: &BTreeSet<String>) -> Option<String> {
    let lacks: Vec<&str> = wanted.difference(there).map(String::as_str).collect();
    (!lacks.is_empty()).then(|| lacks.join(", "))
}

/// Letters of a text outside of its code spans and placeholders.
fn prose(template: &str) -> usize {
    let outside = template.split('`').step_by(2);
    outside
        .flat_map(text::pieces)
        .map(|piece| match piece {
            text::Piece::Literal(text) => text.chars().filter(|c| c.is_alphabetic()).count(),
            text::Piece::Placeholder { .. } => 0,
        })
        .sum()
}

fn is_hangul(c: char) -> bool {
    matches!(c, '\u{ac00}'..='\u{d7a3}' | '\u{3130}'..='\u{318f}')
}

fn placeholders(template: &str) -> BTreeSet<String> {
    let names = text::placeholders(template);
    names.map(|(name, _)| format!("{{{name}}}")).collect()
}

/// Commands of a text: code spans with a blank in them, without what stands in for absent captures. Single words may be
/// translated, commands may not.
fn commands(template: &str) -> BTreeSet<String> {
    let mut plain = String::new();
    for piece in text::pieces(template) {
        match piece {
            text::Piece::Literal(text) => plain.push_str(text),
            text::Piece::Placeholder { name, regex, .. } => {
                let how = if regex { ":regex" } else { "" };
                plain.push_str(&format!("{{{name}{how}}}"));
            }
        }
    }
    let spans = plain.split('`').skip(1).step_by(2);
    spans
        .filter(|span| {
            // What stands for something is translated: `-o <파일>`, upper-case names too.
            span.contains(' ') && !span.contains(['<', '…']) && span.is_ascii()
        })
        .map(|span| format!("`{span}`"))
        .collect()
}

pub(super) fn unfinished(draft: &Draft, _: &Workshop) -> Vec<Remark> {
    let (lines, logs) = (&draft.written.tests, &draft.written.test);
    let matches = lines.matches.iter().enumerate();
    let ignores = lines.ignores.iter().enumerate();
    let urls = draft.written.link.iter().enumerate();
    let tests = matches
        .map(|(k, line)| (format!("tests.matches.{k}"), line.as_str()))
        .chain(ignores.map(|(k, line)| (format!("tests.ignores.{k}"), line.as_str())))
        .chain(
            logs.iter()
                .enumerate()
                .map(|(k, t)| (format!("test.{k}.log"), t.log.as_str())),
        )
        .chain(urls.map(|(k, link)| (format!("link.{k}.url"), link.url.as_str())));
    all(draft)
        .into_iter()
        .chain(tests)
        .filter(|(_, text)| text.contains(UNFINISHED))
        .map(|(path, _)| {
            Remark::at(path, "not written yet").hint("`jobtriage patterns new` left this for you")
        })
        .collect()
}
