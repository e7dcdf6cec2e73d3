//! What people see, written out. Longer than a file should be, since pictures take lines.

use super::page::TEXT;
use crate::model::{
    Advice, Confidence, Consequence, InputKind, Lang, LogReport, Outcome, Problem, Role,
};
use crate::report::testing::*;
use crate::report::{Style, width};

fn plain() -> Style {
    Style::default()
}

fn text(style: &Style, report: LogReport) -> String {
    written("text", style, &[report], &[])
}

/// Compares line by line, so that a failure shows the line.
fn same(actual: &str, expected: &str) {
    for (at, (actual, expected)) in actual.lines().zip(expected.lines()).enumerate() {
        assert_eq!(actual, expected, "line {}", at + 1);
    }
    assert_eq!(actual.lines().count(), expected.lines().count(), "{actual}");
}

#[test]
fn a_cause_in_full() {
    same(
        &text(&plain(), from_variable()),
        "\
FAILED  exit code 1 in step_script        02-docker-build-arg-without-arg.log:17

× FROM uses a variable that the Dockerfile never declares
  docker-build/from-variable-without-arg · high confidence
  you can fix it in the CI or build files · retry: no use

     2 │ $ docker build . --cache-from $CI_REGISTRY…-build-arg CI_REGISTRY_IMAGE
     5 │ Step 1/4 : FROM $CI_REGISTRY_IMAGE:$CI_COMMIT_BEFORE_SHA
     6 │ invalid reference format
       ╵ ^^^^^^^^^^^^^^^^^^^^^^^^

  Why    `FROM $CI_REGISTRY_IMAGE:$CI_COMMIT_BEFORE_SHA` is step 1 and no ARG
         comes before it, so the variables are empty and the image name is not
         valid. CI variables are not visible inside a Dockerfile.

  Note   `--build-arg CI_REGISTRY_IMAGE` was passed, but a build argument
         reaches FROM only if the Dockerfile declares `ARG CI_REGISTRY_IMAGE`
         above that FROM.

  Fix 1  Declare each variable above FROM with a default:
           ARG CI_REGISTRY_IMAGE=registry.example.com/group/app
      2  Pass the real value:
           docker build --build-arg CI_REGISTRY_IMAGE=\"$CI_REGISTRY_IMAGE\" .

  Verify Mended when: The build log shows `Step 1/… : ARG …` before the FROM
         step.
  Docs   https://docs.docker.com/reference/dockerfile/#arg
  More   jobtriage explain docker-build/from-variable-without-arg

  · line 17  ERROR: Job failed: command terminated with exit code 1
             is only the consequence
",
    );
}

#[test]
fn a_cause_that_a_check_settles() {
    same(
        &text(&plain(), back_off()),
        "\
FAILED  in prepare_script · kubernetes executor · runner 14.2.0       <stdin>:32

× The cluster could not pull image busybox:latest
  kubernetes/image-pull-backoff · medium confidence · for the platform team
  retry: may help · seen twice

    28 │ ContainersNotReady: \"containers with unready status: [build]\"
>   30 │ WARNING: Failed to pull image with policy \"\": image pull failed:
       │ Back-off pulling image \"busybox:latest\"

  Why    Kubernetes tried to pull `busybox:latest` several times and gave up for
         now (back-off), so the job pod never started.

  Fix    Allow the node to reach the registry on port 443, or set a mirror.

  Check  On the node: Pull the image by hand where the pod was scheduled.
           docker pull busybox:latest
         → `i/o timeout`: the node cannot reach the registry.
           (registry-image-pull/timeout)
         → It works: look at the pod's events.

  More   jobtriage explain kubernetes/image-pull-backoff
  Tip    Save what the check prints and have it read together with the log:
           jobtriage job.log check.txt --together
",
    );
}

#[test]
fn korean_words_and_widths() {
    let style = Style {
        lang: Lang::Ko,
        ..plain()
    };
    same(
        &text(&style, korean()),
        "\
실패  get_sources 단계에서 종료 코드 1 · docker executor · 러너 14.2.0
      04-git-ssl-error-syscall.log:22

× 소스를 가져오는 중 gitlab.example.com와의 TLS 연결이 끊겼습니다
  git/tls-ssl-error-syscall · 확신 높음 · 플랫폼 담당
  재실행: 대개 도움이 됨

>   17 │ fatal: unable to access 'https://gitlab.example.com/root/3path-ci-test.
       │ git/': OpenSSL SSL_connect: SSL_ERROR_SYSCALL in connection to
       │ gitlab.example.com:443

  원인   Git이 `gitlab.example.com:443`까지는 갔지만 TLS 협상 도중 상대가 아무
         알림 없이 연결을 끊었습니다. 인증서 문제가 아니라 경로나 서버의
         문제입니다.

  조치 1 한 번 다시 실행해 보세요.
       2 러너 호스트에서:
           openssl s_client -connect gitlab.example.com:443 </dev/null

  더보기 jobtriage explain git/tls-ssl-error-syscall
",
    );
}

#[test]
fn no_known_cause() {
    same(
        &text(&plain(), unexplained("job-8123.log")),
        "\
FAILED  exit code 2 in step_script · docker executor · runner 14.2.0
        job-8123.log:960

? No known cause. The most telling lines:

   911 │ $ make package
>  954 │ cp: cannot stat 'dist/app.bin': No such file or directory
   955 │ make: *** [Makefile:41: package] Error 1

  Exit   code 2: make stopped because a command failed
  Fingerprint 1:5f2c9e1ab04d77e3 (the same for equal failures)

  Teach it:
    jobtriage patterns new FAMILY/NAME --from job-8123.log:954
",
    );
}

#[test]
fn no_known_cause_and_nothing_to_show() {
    let mut report = unexplained("job.log");
    if let Some(unexplained) = &mut report.unexplained {
        unexplained.lines.clear();
        unexplained.line = None;
        unexplained.exit_meaning = None;
    }
    same(
        &text(&plain(), report),
        "\
FAILED  exit code 2 in step_script · docker executor · runner 14.2.0
        job.log:960

? No known cause, and no line that tells one.

  Last   $ make package
  Fingerprint 1:5f2c9e1ab04d77e3 (the same for equal failures)
",
    );
}

#[test]
fn a_log_without_a_failure() {
    let ok = |report| text(&plain(), report);
    assert_eq!(
        ok(clean("ok.log")),
        "OK  no failure in this log (Job succeeded)                             ok.log:31\n"
    );
    // Without a verdict nobody knows whether the job passed.
    let open = LogReport {
        outcome: Outcome::Unknown,
        verdict_line: None,
        ..clean("part.log")
    };
    same(
        &ok(open),
        "\
NO VERDICT  the log ends before the job's verdict ·
            nothing in it tells of a failure · docker executor · runner 14.2.0
            part.log
",
    );
    let stopped = LogReport {
        outcome: Outcome::Canceled,
        remark: Some("a newer pipeline took its place".into()),
        verdict_line: Some(9),
        ..clean("a.log")
    };
    same(
        &ok(stopped),
        "\
CANCELED  a newer pipeline took its place · docker executor · runner 14.2.0
          a.log:9
",
    );
}

#[test]
fn what_cut_the_log_is_told_with_its_remedy() {
    let cut = Advice {
        id: "gitlab-runner/log-limit".into(),
        line: 8140,
        title: "The log was cut at the output limit".into(),
        fix: vec!["Print less.".into(), "Raise it: `output_limit`".into()],
    };
    let report = LogReport {
        outcome: Outcome::Unknown,
        truncated: true,
        cut: Some(cut),
        verdict_line: None,
        ..clean("part.log")
    };
    let out = text(&plain(), report.clone());
    let (_, below) = out.split_once("\n\n").unwrap();
    same(
        below,
        "\
! The log was cut short: what was lost may say more than what is left.
  The log was cut at the output limit
  gitlab-runner/log-limit · line 8140

  Fix 1  Print less.
      2  Raise it:
           output_limit
",
    );
    for format in ["markdown", "html", "prompt"] {
        let out = written(format, &plain(), std::slice::from_ref(&report), &[]);
        assert!(
            out.contains("cut at the output limit") && out.contains("Print less."),
            "{format}: {out}"
        );
    }
}

#[test]
fn a_symptom_says_that_the_reason_is_elsewhere() {
    let mut cause = finding("resource/exit-137", 40, "Killed");
    cause.role = Role::Symptom;
    cause.confidence = Confidence::Low;
    let report = LogReport {
        outcome: Outcome::TimedOut,
        ..explained("a.log", cause)
    };
    same(
        &text(
            &plain(),
            LogReport {
                truncated: true,
                remark: Some("the limit was 1h".into()),
                ..report
            },
        ),
        "\
TIMED OUT  docker executor · runner 14.2.0                              a.log:31

! The log was cut short: what was lost may say more than what is left.

× A title
  resource/exit-137 · low confidence · you can fix it in the CI or build files
  retry: no use
  ! This is how the failure shows; the reason may stand near this line.

>   40 │ Killed

  More   jobtriage explain resource/exit-137

  i the limit was 1h
",
    );
}

#[test]
fn several_inputs_name_the_input_of_each_line() {
    let text_of_node = "Error response from daemon: dial tcp 192.0.2.7:443: i/o timeout";
    let mut cause = finding("registry-image-pull/timeout", 2, text_of_node);
    cause.span = (48, 63);
    cause.evidence = vec![
        evidence("job.log", 30, "WARNING: Failed to pull image"),
        evidence("node.txt", 2, text_of_node),
    ];
    let report = LogReport {
        inputs: vec![
            input("job.log", InputKind::Job),
            input("node.txt", InputKind::Evidence),
        ],
        ..explained("job.log", cause)
    };
    same(
        &text(&plain(), report.clone()),
        "\
FAILED  docker executor · runner 14.2.0                               job.log:31
        with node.txt

× A title
  registry-image-pull/timeout · high confidence
  you can fix it in the CI or build files · retry: no use

  job.log:30 │ WARNING: Failed to pull image
  node.txt:2 │ Error response from daemon: dial tcp 192.0.2.7:443: i/o timeout
             ╵                                                 ^^^^^^^^^^^^^^^

  More   jobtriage explain registry-image-pull/timeout
",
    );
    let short = written("short", &plain(), &[report], &[]);
    assert_eq!(
        short,
        "node.txt:2: × registry-image-pull/timeout: A title\n"
    );
}

#[test]
fn the_line_of_the_cause_is_shown_even_if_the_evidence_lacks_it() {
    let mut cause = finding("a/b", 5, "boom");
    cause.evidence = (1..=20)
        .filter(|n| *n != 5)
        .map(|n| evidence("a.log", n, "line"))
        .collect();
    let shown = text(&plain(), explained("a.log", cause.clone()));
    assert!(
        shown.contains("     4 │ line\n>    5 │ boom\n     6 │ line\n"),
        "{shown}"
    );
    assert!(
        shown.contains("    12 │ line\n       │ … 8 more (--all shows them)\n"),
        "{shown}"
    );
    // A cause beyond the lines that are shown takes the place of the last of them.
    cause.line = 99;
    let shown = text(&plain(), explained("a.log", cause.clone()));
    assert!(
        shown.contains("    12 │ line\n>   99 │ boom\n       │ … 8 more"),
        "{shown}"
    );
    let all = text(
        &Style {
            all: true,
            ..plain()
        },
        explained("a.log", cause),
    );
    assert!(all.contains("    20 │ line\n>   99 │ boom\n\n"), "{all}");
}

#[test]
fn a_match_far_in_a_long_line_is_seen() {
    let line = format!(
        "{}: No space left on device {}",
        "x".repeat(900),
        "y".repeat(900)
    );
    let mut cause = finding("a/b", 5, &line);
    cause.span = (902, 925);
    let shown = text(&plain(), explained("a.log", cause));
    let joined: String = shown
        .lines()
        .filter_map(|row| row.split_once(" │ ").map(|(_, text)| text))
        .collect();
    assert!(
        joined.starts_with("xxx") && joined.ends_with("yyy…"),
        "{joined}"
    );
    assert!(joined.contains("…No space left on device yyy"), "{joined}");
    assert!(width::of(&joined) <= 3 * (80 - TEXT));
}

#[test]
fn consequences_are_summed_up() {
    let consequence = |line| Consequence {
        id: "make/error".into(),
        line,
        text: "make: ***".into(),
    };
    let with = |n: u64| LogReport {
        consequences: (1..=n).map(|n| consequence(n * 10)).collect(),
        ..explained("a.log", finding("a/b", 5, "boom"))
    };
    let end = |report| {
        text(&plain(), report)
            .split_once("explain a/b\n\n")
            .unwrap()
            .1
            .to_owned()
    };
    assert_eq!(
        end(with(2)),
        "  · line 10  make: ***\n  · line 20  make: ***\n             are only consequences\n"
    );
    assert_eq!(
        end(with(20)),
        "  · 20 further lines are only consequences: 10, 20, 30, 40, 50, 60, 70, 80, 90,\n    \
         100, 110, 120, …\n"
    );
    let all = text(
        &Style {
            all: true,
            ..plain()
        },
        with(20),
    );
    assert!(
        all.contains("  · line 200  make: ***\n              make/error\n"),
        "{all}"
    );
}

#[test]
fn further_findings_in_short_or_in_full() {
    let mut other = finding("lint/mypy-errors", 40, "error: Missing return");
    other.title = "mypy type errors".into();
    other.cause = "The types do not fit.".into();
    let report = LogReport {
        also: vec![other],
        ..explained("a.log", finding("a/b", 5, "boom"))
    };
    let short = text(&plain(), report.clone());
    assert!(
        short.ends_with(
            "
  Also   found as well; mend it too if the job still fails:
         × mypy type errors
           lint/mypy-errors · line 40 · you can fix it in the CI or build files
"
        ),
        "{short}"
    );
    let full = text(
        &Style {
            all: true,
            ..plain()
        },
        report,
    );
    assert!(full.contains(">   40 │ error: Missing return\n\n  Why    The types do not fit."));
}

#[test]
fn how_the_verdict_was_reached() {
    let shown = text(
        &Style {
            why: true,
            ..plain()
        },
        from_variable(),
    );
    assert!(
        shown.ends_with(
            "
  How the verdict was reached

    62  docker-build/from-variable-without-arg · line 6 · root_cause
        role +40 · failing section +25 · far from the end -3
        holds: before: line 5, 1 line above

     –  gitlab-runner/job-failed · line 17 · wrapper
        out: explained by docker-build/from-variable-without-arg
"
        ),
        "{shown}"
    );
}

#[test]
fn the_same_advice_is_printed_once() {
    let logs = |all: bool| {
        let mut other = from_variable();
        other.source = "b.log".into();
        let mut third = other.clone();
        third.cause.as_mut().unwrap().cause.push_str(" More.");
        let style = Style { all, ..plain() };
        written("text", &style, &[from_variable(), other, third], &[])
    };
    let shown = logs(false);
    assert_eq!(shown.matches("Fix 1").count(), 2, "{shown}");
    assert_eq!(shown.matches("as above, for ").count(), 1, "{shown}");
    // The lines of each are shown.
    assert_eq!(
        shown.matches("FROM requires").count(),
        logs(true).matches("FROM requires").count()
    );
    assert_eq!(logs(true).matches("Fix 1").count(), 3);
}

#[test]
fn several_logs_have_rules_and_totals() {
    let logs = [clean("a.log"), clean("b.log")];
    let unread = Problem {
        source: "c.log".into(),
        message: "permission denied".into(),
        hint: None,
    };
    let rule = "─".repeat(80);
    same(
        &written("text", &plain(), &logs, std::slice::from_ref(&unread)),
        &format!(
            "\
OK  no failure in this log (Job succeeded)                              a.log:31

{rule}

OK  no failure in this log (Job succeeded)                              b.log:31

{rule}

2 logs · 0 failed · 0 explained · 0 unknown · 1 unreadable
"
        ),
    );
}

#[test]
fn forty_columns_of_ascii() {
    let style = Style {
        width: 40,
        ascii: true,
        ..plain()
    };
    same(
        &text(&style, unexplained("builds/job-8123.log")),
        "\
FAILED  exit code 2 in step_script -
        docker executor - runner 14.2.0
        builds/job-8123.log:960

? No known cause. The most telling
  lines:

   911 | $ make package
>  954 | cp: cannot stat 'dist/app.bin':
       | No such file or directory
   955 | make: *** [Makef...age] Error 1

  Exit   code 2: make stopped because a
         command failed
  Fingerprint 1:5f2c9e1ab04d77e3 (the
         same for equal failures)

  Teach it:
    jobtriage patterns new FAMILY/NAME --from builds/job-8123.log:954
",
    );
    let mut ascii = from_variable();
    if let Some(cause) = &mut ascii.cause {
        cause.verify = None;
    }
    assert!(text(&style, ascii).is_ascii());
    assert!(text(&style, back_off()).is_ascii());
}
