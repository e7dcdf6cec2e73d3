//! Interface words: one table per language.
//!
//! What a finding says comes from its pattern; here is only what the tool itself says. A word that
//! takes a value is a function, since languages put values in different places.

use crate::model::{Confidence, Lang, LogReport, Owner, Retry, Role, Summary};

/// Everything the tool says in one language.
#[derive(Debug)]
pub struct Words {
    // How the job ended.
    pub(crate) failed: &'static str,
    pub(crate) timed_out: &'static str,
    pub(crate) canceled: &'static str,
    pub(crate) ok: &'static str,
    pub(crate) no_verdict: &'static str,
    pub(crate) exit_code: fn(i64) -> String,
    pub(crate) in_section: fn(&str) -> String,
    pub(crate) both: fn(i64, &str) -> String,
    pub(crate) executor: &'static str,
    pub(crate) runner: &'static str,
    pub(crate) ends_early: &'static str,
    pub(crate) nothing_telling: &'static str,
    pub(crate) no_failure: &'static str,
    pub(crate) job_succeeded: &'static str,
    pub(crate) was_canceled: &'static str,
    pub(crate) truncated: &'static str,
    pub(crate) with: &'static str,

    // What is said of a finding.
    pub(crate) confidence: [&'static str; 3],
    pub(crate) owner: [&'static str; 7],
    pub(crate) who: [&'static str; 7],
    pub(crate) retry: [&'static str; 3],
    pub(crate) retry_short: [&'static str; 3],
    pub(crate) seen: fn(u64) -> String,
    pub(crate) symptom: &'static str,
    pub(crate) line: fn(u64) -> String,

    // Names of parts.
    pub(crate) why: &'static str,
    pub(crate) note: &'static str,
    pub(crate) fix: &'static str,
    pub(crate) check: &'static str,
    pub(crate) verify: &'static str,
    pub(crate) mended_when: &'static str,
    pub(crate) docs: &'static str,
    pub(crate) more: &'static str,
    pub(crate) tip: &'static str,
    pub(crate) add_output: &'static str,
    pub(crate) also: &'static str,
    pub(crate) reveals: &'static str,
    /// The same for what an earlier step said, where no cause is known.
    pub(crate) earlier: &'static str,
    pub(crate) may_be_why: &'static str,
    pub(crate) left_out: fn(usize) -> String,
    /// The reason and the fix are those of the finding in that place.
    pub(crate) as_above: fn(&str) -> String,

    // The page of a pattern.
    pub(crate) role: [&'static str; 4],
    pub(crate) in_preview: &'static str,
    pub(crate) retired: &'static str,
    pub(crate) looks: &'static str,
    pub(crate) looks_not: &'static str,
    pub(crate) only_if: &'static str,
    pub(crate) if_log: &'static str,
    pub(crate) beats: &'static str,
    pub(crate) causes: &'static str,
    pub(crate) known_from: &'static str,
    /// Provoked, read in the source, seen in a log, none of these.
    pub(crate) known_how: [&'static str; 4],
    pub(crate) counted: &'static str,

    // Where a check runs: node, runner, job container, workstation.
    pub(crate) places: [&'static str; 4],

    // What follows from the cause.
    pub(crate) only_consequence: fn(usize) -> &'static str,
    pub(crate) many_consequences: fn(usize) -> String,

    // No cause is known.
    pub(crate) no_known_cause: &'static str,
    pub(crate) telling_lines: &'static str,
    pub(crate) no_telling_lines: &'static str,
    pub(crate) usual_lines: &'static str,
    pub(crate) last_command: &'static str,
    pub(crate) exit_label: &'static str,
    pub(crate) code: fn(i64) -> String,
    pub(crate) mark: &'static str,
    pub(crate) mark_means: &'static str,
    pub(crate) teach: &'static str,
    pub(crate) unknown: &'static str,

    // How the verdict was reached.
    pub(crate) verdict_reached: &'static str,
    pub(crate) holds: &'static str,
    pub(crate) out: &'static str,

    // Many logs.
    pub(crate) logs: fn(usize) -> String,
    pub(crate) n_failed: fn(usize) -> String,
    pub(crate) n_timed_out: fn(usize) -> String,
    pub(crate) n_explained: fn(usize) -> String,
    pub(crate) n_unknown: fn(usize) -> String,
    pub(crate) n_unreadable: fn(usize) -> String,
    pub(crate) log_columns: [&'static str; 4],
    pub(crate) cause_columns: [&'static str; 5],
    pub(crate) logs_in: fn(&str) -> String,
    pub(crate) unknown_groups: &'static str,
    pub(crate) unreadable: &'static str,
    pub(crate) partial: &'static str,
    pub(crate) succeeded: &'static str,
    pub(crate) share: &'static str,
    pub(crate) category: &'static str,
    pub(crate) seen_column: &'static str,
    pub(crate) project: &'static str,
    pub(crate) runner_column: &'static str,
    pub(crate) group_columns: [&'static str; 5],
    pub(crate) between: fn(&str, &str, usize) -> String,
    pub(crate) outside: fn(usize) -> String,
    pub(crate) known: fn(usize) -> String,
    pub(crate) retry_helps: fn(usize, usize, usize) -> String,
    pub(crate) more_causes: fn(usize) -> String,
    pub(crate) more_group_logs: fn(usize) -> String,
    pub(crate) more_rows: fn(usize) -> String,
    pub(crate) rows_left_out: fn(usize) -> String,
    pub(crate) more_groups: fn(usize) -> String,
}

impl Words {
    /// How sure.
    pub fn confidence(&self, confidence: Confidence) -> &'static str {
        self.confidence[confidence as usize]
    }

    /// What is said of the findings besides the cause: a label, and what they are.
    pub fn of_others(&self, report: &LogReport) -> (&'static str, &'static str) {
        match report.cause {
            Some(_) => (self.also, self.reveals),
            None => (self.earlier, self.may_be_why),
        }
    }

    /// What a pattern stands for.
    pub fn role(&self, role: Role) -> &'static str {
        self.role[role as usize]
    }

    /// Who has to act, as a phrase.
    pub fn owner(&self, owner: Owner) -> &'static str {
        self.owner[owner as usize]
    }

    /// Who has to act, as a word for tables.
    pub fn who(&self, owner: Owner) -> &'static str {
        self.who[owner as usize]
    }

    /// Whether running again helps, as a phrase.
    pub fn retry(&self, retry: Retry) -> &'static str {
        self.retry[retry as usize]
    }

    /// Whether running again helps, as a word for tables.
    pub fn retry_short(&self, retry: Retry) -> &'static str {
        self.retry_short[retry as usize]
    }

    /// Totals over all logs; what is zero and good to be so is left out.
    pub fn totals(&self, summary: &Summary, unreadable: usize) -> Vec<String> {
        let mut failed = (self.n_failed)(summary.failed);
        if summary.timed_out > 0 {
            failed.push_str(&format!(" ({})", (self.n_timed_out)(summary.timed_out)));
        }
        let mut totals = vec![
            (self.logs)(summary.logs),
            failed,
            (self.n_explained)(summary.explained),
            (self.n_unknown)(summary.unexplained),
        ];
        if unreadable > 0 {
            totals.push((self.n_unreadable)(unreadable));
        }
        totals
    }

    /// Where a check is to be run; `None` for a place these tables do not know.
    pub fn place(&self, on: &str) -> Option<&'static str> {
        let known = ["node", "runner", "job container", "workstation"];
        known
            .iter()
            .position(|place| *place == on)
            .map(|at| self.places[at])
    }
}

/// The words of a language.
pub fn of(lang: Lang) -> &'static Words {
    match lang {
        Lang::En => &EN,
        Lang::Ko => &KO,
    }
}

fn s(n: usize) -> &'static str {
    if n == 1 { "" } else { "s" }
}

static EN: Words = Words {
    failed: "FAILED",
    timed_out: "TIMED OUT",
    canceled: "CANCELED",
    ok: "OK",
    no_verdict: "NO VERDICT",
    exit_code: |code| format!("exit code {code}"),
    in_section: |section| format!("in {section}"),
    both: |code, section| format!("exit code {code} in {section}"),
    executor: "executor",
    runner: "runner",
    ends_early: "the log ends before the job's verdict",
    nothing_telling: "nothing in it tells of a failure",
    no_failure: "no failure in this log",
    job_succeeded: "Job succeeded",
    was_canceled: "the job was stopped before it could end by itself",
    truncated: "The log was cut short: what was lost may say more than what is left.",
    with: "with",

    confidence: ["high confidence", "medium confidence", "low confidence"],
    owner: [
        "you can fix it in the project",
        "you can fix it in the CI or build files",
        "for the runner's administrators",
        "for the platform team",
        "for the network team",
        "for the registry's administrators",
        "lies with an outside service",
    ],
    who: [
        "project",
        "CI config",
        "runner admin",
        "platform",
        "network",
        "registry",
        "third party",
    ],
    retry: ["retry: no use", "retry: may help", "retry: usually helps"],
    retry_short: ["no use", "may help", "usually"],
    seen: |times| {
        if times == 2 {
            "seen twice".into()
        } else {
            format!("seen {times} times")
        }
    },
    symptom: "This is how the failure shows; the reason may stand near this line.",
    line: |line| format!("line {line}"),

    why: "Why",
    note: "Note",
    fix: "Fix",
    check: "Check",
    verify: "Verify",
    mended_when: "Mended when:",
    docs: "Docs",
    more: "More",
    tip: "Tip",
    add_output: "Save what the check prints and have it read together with the log:",
    also: "Also",
    reveals: "found as well; mend it too if the job still fails:",
    earlier: "Before",
    may_be_why: "an earlier step said this, and the job went on; it may be why:",
    left_out: |n| format!("{n} more (--all shows them)"),
    as_above: |place| format!("as above, for {place}; the same fix (--all repeats it)"),

    role: [
        "cause",
        "symptom",
        "wrapper: never the cause",
        "noise: never fails a job",
    ],
    in_preview: "preview: never the cause",
    retired: "retired: no longer matched",
    looks: "Looks",
    looks_not: "Not",
    only_if: "Only if",
    if_log: "only if",
    beats: "Beats",
    causes: "Causes",
    known_from: "Known",
    known_how: [
        "provoked with the real tool",
        "read in the tool's source",
        "seen in a public log",
        "written from experience",
    ],
    counted: "Counted",

    places: [
        "On the node:",
        "On the runner's host:",
        "In a job container:",
        "On your workstation:",
    ],

    only_consequence: |n| {
        if n == 1 {
            "is only the consequence"
        } else {
            "are only consequences"
        }
    },
    many_consequences: |n| format!("{n} further lines are only consequences:"),

    no_known_cause: "No known cause.",
    telling_lines: "No known cause. The most telling lines:",
    no_telling_lines: "No known cause, and no line that tells one.",
    usual_lines: "= a passing run prints this line as well",
    last_command: "Last",
    exit_label: "Exit",
    code: |code| format!("code {code}: "),
    mark: "Fingerprint",
    mark_means: "(the same for equal failures)",
    teach: "Teach it:",
    unknown: "unknown",

    verdict_reached: "How the verdict was reached",
    holds: "holds:",
    out: "out:",

    logs: |n| format!("{n} log{}", s(n)),
    n_failed: |n| format!("{n} failed"),
    n_timed_out: |n| format!("{n} timed out"),
    n_explained: |n| format!("{n} explained"),
    n_unknown: |n| format!("{n} unknown"),
    n_unreadable: |n| format!("{n} unreadable"),
    log_columns: ["LOG", "OUTCOME", "CAUSE", "LINE"],
    cause_columns: ["CAUSE", "LOGS", "WHO", "RETRY", "FIRST LOG"],
    logs_in: |folder| format!("Logs in {folder}"),
    unknown_groups: "UNKNOWN, grouped by shape",
    unreadable: "NOT READ",
    partial: "interrupted: these are not all logs",
    succeeded: "succeeded",
    share: "SHARE",
    category: "CATEGORY",
    seen_column: "SEEN",
    project: "PROJECT",
    runner_column: "RUNNER",
    group_columns: ["LOGS", "FAILED", "UNKNOWN", "RETRY MAY HELP", "MOSTLY"],
    between: |first, last, undated| {
        let undated = match undated {
            0 => String::new(),
            n => format!(
                "; {n} log{} tell{} no time",
                s(n),
                if n == 1 { "s" } else { "" }
            ),
        };
        format!("{first} to {last} UTC{undated}")
    },
    known: |n| {
        format!(
            "{n} log{} with failures that the baseline knows, left out",
            s(n)
        )
    },
    outside: |n| format!("{n} log{} of other times, or without one, left out", s(n)),
    retry_helps: |usually, maybe, of| match (usually, maybe) {
        (0, maybe) => format!("a retry might have helped in {maybe} of {of} failures"),
        (usually, 0) => format!("a retry would have helped in {usually} of {of} failures"),
        _ => format!(
            "a retry would have helped in {usually} of {of} failures, and might have in {maybe} more"
        ),
    },
    more_causes: |n| format!("{n} more cause{}", s(n)),
    more_group_logs: |n| format!("{n} more log{} in other groups", s(n)),
    more_rows: |n| format!("{n} more log{} not listed (counted below)", s(n)),
    rows_left_out: |n| format!("{n} log{} (--all lists them)", s(n)),
    more_groups: |n| format!("{n} more unexplained log{} of other shapes", s(n)),
};

static KO: Words = Words {
    failed: "실패",
    timed_out: "시간 초과",
    canceled: "취소됨",
    ok: "정상",
    no_verdict: "결과 없음",
    exit_code: |code| format!("종료 코드 {code}"),
    in_section: |section| format!("{section} 단계"),
    both: |code, section| format!("{section} 단계에서 종료 코드 {code}"),
    executor: "executor",
    runner: "러너",
    ends_early: "로그가 작업 결과보다 먼저 끝났습니다",
    nothing_telling: "실패를 알리는 줄은 없습니다",
    no_failure: "이 로그에는 실패가 없습니다",
    job_succeeded: "작업 성공",
    was_canceled: "작업이 스스로 끝나기 전에 중단되었습니다",
    truncated: "로그가 중간에 잘렸습니다. 남은 부분보다 잘린 부분에 더 중요한 내용이 있을 수 있습니다.",
    with: "함께 읽은 파일:",

    confidence: ["확신 높음", "확신 보통", "확신 낮음"],
    owner: [
        "프로젝트에서 직접 해결 가능",
        "CI·빌드 설정에서 직접 해결 가능",
        "러너 관리자 담당",
        "플랫폼 담당",
        "네트워크 담당",
        "레지스트리 담당",
        "외부 서비스 쪽 문제",
    ],
    who: [
        "프로젝트",
        "CI 설정",
        "러너 관리자",
        "플랫폼",
        "네트워크",
        "레지스트리",
        "외부 서비스",
    ],
    retry: [
        "재실행: 소용없음",
        "재실행: 도움이 될 수 있음",
        "재실행: 대개 도움이 됨",
    ],
    retry_short: ["소용없음", "가능성 있음", "대개 도움"],
    seen: |times| format!("{times}번 나타남"),
    symptom: "이 줄은 실패의 증상입니다. 원인이 로그에 있다면 이 줄 근처에 있습니다.",
    line: |line| format!("{line}번째 줄"),

    why: "원인",
    note: "참고",
    fix: "조치",
    check: "점검",
    verify: "확인",
    mended_when: "해결 기준:",
    docs: "문서",
    more: "더보기",
    tip: "도움말",
    add_output: "점검 결과를 파일로 저장해 로그와 함께 분석하세요:",
    also: "추가",
    reveals: "함께 발견되었습니다. job이 계속 실패하면 이것도 고치세요:",
    earlier: "이전",
    may_be_why: "앞 step에서 나온 오류이며 job은 계속 진행되었습니다. 이것이 원인일 수 있습니다:",
    left_out: |n| format!("{n}개 더 있음 (--all로 모두 표시)"),
    as_above: |place| {
        format!("위 {place}의 설명과 같습니다. 해결 방법도 같습니다 (--all로 다시 표시).")
    },

    role: [
        "원인",
        "증상",
        "다른 오류를 감싼 줄: 원인이 아님",
        "잡음: job을 실패시키지 않음",
    ],
    in_preview: "작성 중: 원인으로 표시되지 않음",
    retired: "폐기됨: 더 이상 찾지 않음",
    looks: "예",
    looks_not: "아님",
    only_if: "조건",
    if_log: "다음 경우에만:",
    beats: "우선",
    causes: "결과",
    known_from: "출처",
    known_how: [
        "실제 도구로 재현함",
        "도구의 소스에서 확인함",
        "공개된 로그에서 확인함",
        "경험을 바탕으로 작성함",
    ],
    counted: "집계",

    places: [
        "노드에서:",
        "러너 호스트에서:",
        "작업 컨테이너에서:",
        "내 PC에서:",
    ],

    only_consequence: |_| "위 원인의 결과일 뿐입니다",
    many_consequences: |n| format!("다음 {n}줄은 위 원인의 결과일 뿐입니다:"),

    no_known_cause: "알려진 원인이 없습니다.",
    telling_lines: "알려진 원인이 없습니다. 가장 의미 있는 줄:",
    no_telling_lines: "알려진 원인이 없고, 원인을 말해 주는 줄도 없습니다.",
    usual_lines: "= 성공한 실행에도 나오는 줄입니다",
    last_command: "명령",
    exit_label: "종료",
    code: |code| format!("코드 {code}: "),
    mark: "지문",
    mark_means: "(같은 실패는 같은 값)",
    teach: "패턴 추가:",
    unknown: "원인 모름",

    verdict_reached: "판단 근거",
    holds: "성립:",
    out: "제외:",

    logs: |n| format!("로그 {n}개"),
    n_failed: |n| format!("실패 {n}"),
    n_timed_out: |n| format!("시간 초과 {n}"),
    n_explained: |n| format!("원인 파악 {n}"),
    n_unknown: |n| format!("원인 모름 {n}"),
    n_unreadable: |n| format!("읽지 못함 {n}"),
    log_columns: ["로그", "결과", "원인", "줄"],
    cause_columns: ["원인", "로그", "담당", "재실행", "첫 로그"],
    logs_in: |folder| format!("로그 위치: {folder}"),
    unknown_groups: "원인 모름, 유형별",
    unreadable: "읽지 못한 파일",
    partial: "중단됨: 일부 로그만 분석했습니다",
    succeeded: "성공",
    share: "비율",
    category: "분류",
    seen_column: "기간",
    project: "프로젝트",
    runner_column: "러너",
    group_columns: ["로그", "실패", "원인 모름", "재실행 도움 가능", "주요 원인"],
    between: |first, last, undated| {
        let undated = match undated {
            0 => String::new(),
            n => format!(" (시각을 알 수 없는 로그 {n}개)"),
        };
        format!("{first} ~ {last} UTC{undated}")
    },
    known: |n| format!("기준 파일에 이미 있는 실패의 로그 {n}개 제외"),
    outside: |n| format!("기간 밖이거나 시각을 알 수 없는 로그 {n}개 제외"),
    retry_helps: |usually, maybe, of| {
        format!(
            "실패 {of}건 중 재실행이 도움이 되었을 것: {usually}건, 되었을 수도 있는 것: {maybe}건"
        )
    },
    more_causes: |n| format!("원인 {n}개 더 있음"),
    more_group_logs: |n| format!("다른 그룹의 로그 {n}개 더 있음"),
    more_rows: |n| format!("로그 {n}개는 목록에서 생략 (아래 합계에는 포함)"),
    rows_left_out: |n| format!("로그 {n}개 (--all로 나열)"),
    more_groups: |n| format!("다른 유형의 원인 모름 로그 {n}개 더 있음"),
};

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_word_of_a_closed_list_has_its_phrase() {
        for words in [&EN, &KO] {
            assert_eq!(words.confidence.len(), Confidence::ALL.len());
            assert_eq!(words.owner.len(), Owner::ALL.len());
            assert_eq!(words.who.len(), Owner::ALL.len());
            assert_eq!(words.retry.len(), Retry::ALL.len());
        }
        assert_eq!(EN.owner(Owner::ThirdParty), "lies with an outside service");
        assert_eq!(KO.who(Owner::RunnerAdmin), "러너 관리자");
        assert_eq!(EN.retry(Retry::Usually), "retry: usually helps");
        assert_eq!(KO.confidence(Confidence::Low), "확신 낮음");
        assert_eq!(EN.place("job container"), Some("In a job container:"));
        assert_eq!(EN.place("moon"), None);
    }

    #[test]
    fn numbers_agree() {
        assert_eq!((EN.logs)(1), "1 log");
        assert_eq!((EN.logs)(2), "2 logs");
        assert_eq!((EN.seen)(2), "seen twice");
    }
}
