//! How much the words of a line say about what is wrong.

use super::around::within_name;
use super::words::{stands, words};

/// Words that say that something failed, but not what.
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

/// Words that say that something was not possible, but not why.
const VAIN: &[&str] = &[
    "could not",
    "couldn't",
    "cannot ",
    "can't ",
    "unable to",
    "invalid",
];

/// How much a line says about what is wrong.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(in crate::diagnosis) enum Says {
    /// Something failed.
    General,
    /// Something was not possible.
    Vain,
    /// What is wrong (`not found`, `denied`).
    Specific,
}

/// Judges the words of a line.
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
