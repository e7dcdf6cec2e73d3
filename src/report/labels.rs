//! The labels of a page's parts, for formats that are read as a page: one table for each language.
//!
//! The words about a finding are in [`super::words`].

use crate::model::{Lang, Outcome};

/// The names in one language.
#[derive(Debug)]
pub(super) struct Labels {
    pub log: &'static str,
    pub cause: &'static str,
    pub who: &'static str,
    pub retry: &'static str,
    pub command: &'static str,
    pub runner: &'static str,
    pub line: &'static str,
    pub outcome: &'static str,
    pub evidence: &'static str,
    pub details: &'static str,
    pub consequences: &'static str,
    pub no_failure: &'static str,
    pub not_read: &'static str,
    pub lines_left_out: fn(usize) -> String,
    pub more_left_out: fn(usize) -> String,
    pub failures_left_out: fn(usize) -> String,
    pub too_long: &'static str,
    pub written_by: fn(&str, usize) -> String,

    // The overview of many logs.
    pub title: &'static str,
    pub overview: &'static str,
    pub failures: &'static str,
    pub failed_known: &'static str,
    pub failed_unknown: &'static str,
    pub failed: &'static str,
    pub timed_out: &'static str,
    pub explained: &'static str,
    pub unexplained: &'static str,
    pub succeeded: &'static str,
    pub canceled: &'static str,
    pub no_verdict: &'static str,
    pub unreadable: &'static str,
    pub logs: &'static str,
    pub share_explained: fn(usize) -> String,
    pub outcomes: &'static str,
    pub causes: &'static str,
    pub over_time: &'static str,
    pub other_causes: &'static str,
    pub each_column: fn(i64, usize) -> String,
    pub by_owner: &'static str,
    pub by_retry: &'static str,
    pub retry_would_help: fn(usize, usize) -> String,
    pub of_failures: &'static str,
    pub unknown_groups: &'static str,
    pub more_causes: fn(usize) -> String,
    pub more_groups: fn(usize, usize) -> String,
    pub filter: &'static str,
    pub shown: &'static str,
    pub sort_hint: &'static str,
    pub to_top: &'static str,
    pub sections_left_out: fn(usize) -> String,
    pub rows_left_out: fn(usize) -> String,
    pub errors_left_out: fn(usize) -> String,
}

impl Labels {
    /// How a log is counted in an overview.
    pub fn outcome(&self, outcome: Outcome) -> &'static str {
        match outcome {
            Outcome::Failed | Outcome::TimedOut => self.failed,
            Outcome::Succeeded => self.succeeded,
            Outcome::Canceled => self.canceled,
            Outcome::Unknown => self.no_verdict,
        }
    }
}

/// The names in a language.
pub(super) fn of(lang: Lang) -> &'static Labels {
    match lang {
        Lang::En => &EN,
        Lang::Ko => &KO,
    }
}

fn s(n: usize) -> &'static str {
    if n == 1 { "" } else { "s" }
}

static EN: Labels = Labels {
    log: "Log",
    cause: "Cause",
    who: "Who acts",
    retry: "Run again",
    command: "Command",
    runner: "Runner",
    line: "Line",
    outcome: "Outcome",
    evidence: "Evidence",
    details: "Details",
    consequences: "Only consequences",
    no_failure: "No failure in this log",
    not_read: "Not read",
    lines_left_out: |n| format!("{n} more line{}", s(n)),
    more_left_out: |n| format!("{n} more"),
    failures_left_out: |n| {
        format!(
            "{n} further failure{} left out here to stay within the size that comments may have.",
            s(n)
        )
    },
    too_long: "Left out here: the report would be too long.",
    written_by: |version, patterns| {
        format!("jobtriage {version}, {patterns} patterns, from the log alone")
    },

    title: "Job triage",
    overview: "Overview",
    failures: "Failures",
    failed_known: "Failed, cause known",
    failed_unknown: "Failed, cause unknown",
    failed: "Failed",
    timed_out: "Timed out",
    explained: "Explained",
    unexplained: "Unexplained",
    succeeded: "Succeeded",
    canceled: "Canceled",
    no_verdict: "No verdict",
    unreadable: "Unreadable",
    logs: "Logs",
    share_explained: |percent| format!("{percent} % of failures"),
    outcomes: "How the jobs ended",
    causes: "Causes",
    over_time: "Failures over time",
    other_causes: "other causes",
    each_column: |hours, most| {
        let (n, unit) = if hours % 24 == 0 {
            (hours / 24, "day")
        } else {
            (hours, "hour")
        };
        let step = if n == 1 {
            format!("a column is one {unit}")
        } else {
            format!("a column is {n} {unit}s")
        };
        format!("{step}, the highest one {most} failure{}", s(most))
    },
    by_owner: "Who has to act",
    by_retry: "Would running again help?",
    retry_would_help: |n, of| {
        format!(
            "Running again would have helped, or might have, in {n} of {of} explained failures."
        )
    },
    of_failures: "of failures",
    unknown_groups: "Unexplained failures, grouped by what they look like",
    more_causes: |n| format!("{n} more cause{}", s(n)),
    more_groups: |groups, logs| {
        format!(
            "{groups} more group{} with {logs} log{}",
            s(groups),
            s(logs)
        )
    },
    filter: "Filter",
    shown: "shown",
    sort_hint: "Sort by this column",
    to_top: "Overview",
    sections_left_out: |n| {
        format!(
            "{n} failing log{} stand{} in the table only: of failures that look the same, the first ones are shown in full.",
            s(n),
            if n == 1 { "s" } else { "" }
        )
    },
    rows_left_out: |n| format!("{n} further log{} not listed; the totals count them.", s(n)),
    errors_left_out: |n| format!("{n} more"),
};

static KO: Labels = Labels {
    log: "로그",
    cause: "원인",
    who: "담당",
    retry: "재실행",
    command: "명령",
    runner: "러너",
    line: "줄",
    outcome: "결과",
    evidence: "근거",
    details: "자세히",
    consequences: "위 원인의 결과일 뿐인 줄",
    no_failure: "이 로그에는 실패가 없습니다",
    not_read: "읽지 못한 파일",
    lines_left_out: |n| format!("{n}줄 더 있음"),
    more_left_out: |n| format!("{n}개 더 있음"),
    failures_left_out: |n| format!("댓글 크기 제한 때문에 실패 {n}건은 여기서 생략했습니다."),
    too_long: "보고서가 너무 길어져 여기서는 생략했습니다.",
    written_by: |version, patterns| {
        format!("jobtriage {version}, 패턴 {patterns}개, 로그만으로 분석")
    },

    title: "작업 실패 분석",
    overview: "요약",
    failures: "실패한 로그",
    failed_known: "실패, 원인 파악",
    failed_unknown: "실패, 원인 모름",
    failed: "실패",
    timed_out: "시간 초과",
    explained: "원인 파악",
    unexplained: "원인 모름",
    succeeded: "성공",
    canceled: "취소됨",
    no_verdict: "결과 없음",
    unreadable: "읽지 못함",
    logs: "로그",
    share_explained: |percent| format!("실패의 {percent} %"),
    outcomes: "작업 결과",
    causes: "원인",
    over_time: "시간에 따른 실패",
    other_causes: "다른 원인",
    each_column: |hours, most| {
        let step = if hours % 24 == 0 {
            format!("{}일", hours / 24)
        } else {
            format!("{hours}시간")
        };
        format!("막대 하나는 {step}, 가장 높은 막대는 실패 {most}건")
    },
    by_owner: "담당",
    by_retry: "재실행이 도움이 됩니까?",
    retry_would_help: |n, of| {
        format!("원인을 아는 실패 {of}건 중 {n}건은 재실행이 도움이 되었거나 될 수 있었습니다.")
    },
    of_failures: "실패 대비",
    unknown_groups: "원인 모름, 유형별",
    more_causes: |n| format!("원인 {n}개 더 있음"),
    more_groups: |groups, logs| format!("유형 {groups}개 더 있음 (로그 {logs}개)"),
    filter: "필터",
    shown: "표시",
    sort_hint: "이 열로 정렬",
    to_top: "요약",
    sections_left_out: |n| {
        format!(
            "실패한 로그 {n}개는 표에만 있습니다. 같은 유형의 실패는 처음 몇 개만 전체를 보여 줍니다."
        )
    },
    rows_left_out: |n| format!("로그 {n}개는 목록에서 생략했습니다. 합계에는 포함됩니다."),
    errors_left_out: |n| format!("{n}개 더 있음"),
};
