//! How much the words of a line say of what is wrong.

use super::around::within_name;
use super::words::{stands, words};

/// Words that say that something failed, and not what.
const GENERAL: &[&str] = &[
    "fatal",
    "exception",
    "error:",
    "error",
    "err!",
    "failed",
    "failure",
    "fail:",
    "panicked at",
    "panic:",
    "aborted",
    "aborting",
    "crashed",
    "exit code",
    "exit status",
    "terminated",
    "wrong",
    // In other languages.
    "오류",
    "실패",
    "fehler",
    "fehlgeschlagen",
    "erreur",
    "échec",
    "errore:",
    "エラー",
    "失敗",
    "失败",
    "错误",
    "錯誤",
    "шибка",
];

/// Words that say that something was not possible, and not why.
const VAIN: &[&str] = &[
    "could not",
    "couldn't",
    "cannot ",
    "can't ",
    "unable to",
    "invalid",
];

/// How much a line says of what is wrong.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(in crate::diagnosis) enum Says {
    /// That something failed.
    General,
    /// That something was not possible.
    Vain,
    /// What is wrong (`not found`, `denied`).
    Specific,
}

/// How much the words of a line say of what is wrong.
pub(in crate::diagnosis) fn says(line: &str) -> Says {
    let text = line.as_bytes();
    let mut says = Says::General;
    words(text, |at, _| {
        let is = |words: &[&str]| {
            words
                .iter()
                .any(|word| word.len() == at.len() && stands(text, at.start, word))
        };
        says = says.max(match () {
            () if within_name(text, at.clone()) || is(GENERAL) => Says::General,
            () if is(VAIN) => Says::Vain,
            () => Says::Specific,
        });
    });
    says
}
