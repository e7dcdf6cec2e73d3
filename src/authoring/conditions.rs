//! A condition of a pattern as a sentence, for the pages that people read about it.

use super::bench;
use crate::model::{Dialect, Lang};
use crate::pattern::checked::{Condition, Near};
use crate::pattern::schema::{Scope, Side};

/// How a page spells what stands in a sentence.
pub struct Spelling<'s> {
    /// Regexes and words of a log.
    pub code: &'s dyn Fn(&str) -> String,
    /// Ids of patterns.
    pub id: &'s dyn Fn(&str) -> String,
}

impl Spelling<'_> {
    fn codes(&self, list: &[String]) -> String {
        listed(list.iter().map(String::as_str), self.code)
    }

    fn ids(&self, list: &[String]) -> String {
        listed(list.iter().map(String::as_str), self.id)
    }
}

fn listed<'w>(words: impl Iterator<Item = &'w str>, spell: &dyn Fn(&str) -> String) -> String {
    words.map(spell).collect::<Vec<String>>().join(", ")
}

fn dialects(list: &[Dialect], spelling: &Spelling<'_>) -> String {
    listed(list.iter().map(|one| one.as_str()), spelling.code)
}

/// The sentence.
pub fn in_words(condition: &Condition, lang: Lang, spelling: &Spelling<'_>) -> String {
    match lang {
        Lang::En => in_english(condition, spelling),
        Lang::Ko => in_korean(condition, spelling),
    }
}

fn in_english(condition: &Condition, spelling: &Spelling<'_>) -> String {
    match condition {
        Condition::Near {
            kind,
            watch,
            within,
            scope,
        } => {
            let (begin, place) = match kind {
                Near::Before => ("a line like", "above"),
                Near::After => ("a line like", "below"),
                Near::Absent(Side::Before) => ("no line like", "above"),
                Near::Absent(Side::After) => ("no line like", "below"),
                Near::Absent(Side::Both) => ("no line like", "above or below"),
            };
            let scope = match scope {
                Scope::Command => "output of the same command",
                Scope::Section => "same section",
                Scope::Job => "job",
            };
            let within = within
                .map(|n| format!(", at most {n} lines away"))
                .unwrap_or_default();
            let regex = (spelling.code)(&watch.source);
            format!("{begin} {regex} stands {place} in the {scope}{within}")
        }
        Condition::Section(list) => format!("the section is one of {}", spelling.codes(list)),
        Condition::Dialect(list) => {
            format!("the log comes from one of {}", dialects(list, spelling))
        }
        Condition::Executor(list) => format!("the executor is one of {}", spelling.codes(list)),
        Condition::Outcome(list) => format!("the job ended as one of {}", spelling.codes(list)),
        Condition::ExitCode(list) => format!("the exit code is one of {list:?}"),
        Condition::Command(expr) => {
            format!("the command looks like {}", (spelling.code)(&expr.source))
        }
        Condition::Seen(list) => format!("one of these fired as well: {}", spelling.ids(list)),
        Condition::Unseen(list) => format!("none of these fired: {}", spelling.ids(list)),
        Condition::Times(n) => format!("it stands there {n} times or more"),
        Condition::Runner(range) => {
            let range = (spelling.code)(&bench::bounds(range));
            format!("the runner's version is in {range}")
        }
    }
}

fn in_korean(condition: &Condition, spelling: &Spelling<'_>) -> String {
    match condition {
        Condition::Near {
            kind,
            watch,
            within,
            scope,
        } => {
            let (place, end) = match kind {
                Near::Before => ("위쪽에", "있음"),
                Near::After => ("아래쪽에", "있음"),
                Near::Absent(Side::Before) => ("위쪽에", "없음"),
                Near::Absent(Side::After) => ("아래쪽에", "없음"),
                Near::Absent(Side::Both) => ("위쪽에도 아래쪽에도", "없음"),
            };
            let scope = match scope {
                Scope::Command => "같은 명령의 출력에서",
                Scope::Section => "같은 섹션에서",
                Scope::Job => "job 전체에서",
            };
            let within = within.map(|n| format!(" {n}줄 이내")).unwrap_or_default();
            let regex = (spelling.code)(&watch.source);
            format!("{scope}{within} {place} {regex} 같은 줄이 {end}")
        }
        Condition::Section(list) => format!("섹션이 다음 중 하나: {}", spelling.codes(list)),
        Condition::Dialect(list) => {
            format!("로그의 출처가 다음 중 하나: {}", dialects(list, spelling))
        }
        Condition::Executor(list) => format!("executor가 다음 중 하나: {}", spelling.codes(list)),
        Condition::Outcome(list) => format!("job의 결과가 다음 중 하나: {}", spelling.codes(list)),
        Condition::ExitCode(list) => format!("종료 코드가 다음 중 하나: {list:?}"),
        Condition::Command(expr) => {
            format!("명령이 {} 형태", (spelling.code)(&expr.source))
        }
        Condition::Seen(list) => format!("다음 중 하나가 함께 나타남: {}", spelling.ids(list)),
        Condition::Unseen(list) => {
            format!("다음 중 어느 것도 나타나지 않음: {}", spelling.ids(list))
        }
        Condition::Times(n) => format!("{n}번 이상 나타남"),
        Condition::Runner(range) => {
            let range = (spelling.code)(&bench::bounds(range));
            format!("러너 버전이 {range} 범위")
        }
    }
}
