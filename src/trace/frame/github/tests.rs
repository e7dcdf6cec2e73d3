//! What GitHub's logs say of their steps.

use super::*;

/// Runs lines through; `Post` and titles count spans as the frame does.
fn ending(log: &str) -> (Option<(Outcome, Option<i64>)>, Option<u64>) {
    let mut github = Github::default();
    let mut span = 0;
    for (k, text) in log.lines().enumerate() {
        let change = github.read(text, k as u64 + 1, span);
        span += u32::from(change.step.is_some());
    }
    let ending = github.ending();
    let line = ending.as_ref().and_then(|(_, _, v)| Some(v.as_ref()?.line));
    (ending.map(|(outcome, code, _)| (outcome, code)), line)
}

const POST: &str = "Post job cleanup.\nCleaning up orphan processes\n";

#[test]
fn the_first_script_that_fails_fails_the_job() {
    let log = format!(
        "##[group]Run make\n##[endgroup]\n##[error]Process completed with exit code 2.\n\
             ##[group]Run cat app.log\n##[endgroup]\n##[error]Process completed with exit code 1.\n{POST}"
    );
    assert_eq!(ending(&log), (Some((Outcome::Failed, Some(2))), Some(3)));
}

#[test]
fn a_failure_before_further_setup_was_tolerated() {
    let lint = "##[group]Run npm run lint\n##[endgroup]\n##[error]Process completed with exit code 1.\n\
             ##[group]Run actions/setup-go@v5\n##[endgroup]\n";
    let passes = format!("{lint}{POST}");
    assert_eq!(ending(&passes).0, Some((Outcome::Succeeded, None)));
    let fails = format!(
        "{lint}##[group]Run go test\n##[endgroup]\n##[error]Process completed with exit code 3.\n{POST}"
    );
    assert_eq!(ending(&fails), (Some((Outcome::Failed, Some(3))), Some(8)));
}

#[test]
fn of_two_scripts_that_fail_the_second_counts_behind_a_mere_check() {
    let log = |first: &str, second: &str, lines: usize| {
        let work = "ok\n".repeat(lines);
        ending(&format!(
            "##[group]Run {first}\n##[endgroup]\n##[error]Process completed with exit code 1.\n\
                 ##[group]Run {second}\n##[endgroup]\n{work}##[error]Process completed with exit code 2.\n{POST}"
        ))
    };
    let second = (Some((Outcome::Failed, Some(2))), Some(56));
    assert_eq!(log("npm audit", "make test", 50), second);
    assert_eq!(log("npm audit", "./check", 50), second);
    let first = (Some((Outcome::Failed, Some(1))), Some(3));
    assert_eq!(log("npm audit", "./check", 5), first);
    assert_eq!(log("make", "make test", 50), first);
    assert_eq!(log("npm audit", "docker compose logs", 50), first);
    // An option tells nothing of what a step is for.
    assert_eq!(
        log("mypy app/", "pytest --cov-report=term --summary", 50),
        second
    );
    assert_eq!(log("mypy app/", "./report --all", 50), first);
}

#[test]
fn a_build_or_test_that_failed_counts_behind_a_mere_look() {
    let log = |first: &str, second: &str, lines: usize| {
        let work = "ok\n".repeat(lines);
        ending(&format!(
            "##[group]Run {first}\n##[endgroup]\n##[error]Process completed with exit code 1.\n\
                 ##[group]Run {second}\n##[endgroup]\n{work}##[error]Process completed with exit code 2.\n\
                 ##[group]Run python send_mail.py\n##[endgroup]\n{POST}"
        ))
    };
    let (first, second) = (
        Some((Outcome::Failed, Some(1))),
        Some((Outcome::Failed, Some(2))),
    );
    assert_eq!(
        log("python detect_slow_builds.py", "python test.py", 9).0,
        second
    );
    assert_eq!(log("npm audit", "make test", 9).0, second);
    // A gate; what the tests may need; what is no test; of two builds the first.
    assert_eq!(
        log("python detect_slow_builds.py", "python test.py", 2).0,
        first
    );
    assert_eq!(log("python make_fixtures.py", "python test.py", 9).0, first);
    assert_eq!(
        log("python detect_slow_builds.py", "python deploy.py", 9).0,
        first
    );
    assert_eq!(log("make", "make test", 9).0, first);
}

#[test]
fn another_script_that_failed_too_is_known() {
    let besides = |first: &str, later: &str| {
        let log = format!(
            "##[group]Run {first}\n##[endgroup]\n##[error]Process completed with exit code 1.\n\
             ##[group]Run {later}\n##[endgroup]\n1\n2\n3\n4\n##[error]Process completed with exit code 2.\n{POST}"
        );
        let mut github = Github::default();
        for (k, text) in log.lines().enumerate() {
            github.read(text, k as u64 + 1, 0);
        }
        github.failed_besides()
    };
    assert_eq!(besides("make", "./deploy"), Some(5..=10));
    assert_eq!(besides("make", "cat app.log"), None);
    assert_eq!(besides("./check.sh", "make test"), Some(2..=3));
}

#[test]
fn of_three_scripts_that_failed_the_first_counts() {
    let step = |script: &str, code: u8| {
        format!(
            "##[group]Run {script}\n##[endgroup]\n1\n2\n3\n4\n5\n##[error]Process completed with exit code {code}.\n"
        )
    };
    let log = [
        step("./validate.sh", 1),
        step("terraform plan", 2),
        step("make test", 3),
        POST.to_owned(),
    ];
    assert_eq!(ending(&log.concat()).0, Some((Outcome::Failed, Some(1))));
}

#[test]
fn a_script_that_works_counts_behind_an_action_that_merely_checks() {
    let log = |first: &str, lines: usize| {
        let work = "ok\n".repeat(lines);
        ending(&format!(
            "##[group]Run {first}\n##[endgroup]\n##[error]golangci-lint exit with code 3\n\
             ##[group]Run go test ./...\n##[endgroup]\n{work}##[error]Process completed with exit code 1.\n{POST}"
        ))
    };
    let lint = "golangci/golangci-lint-action@v6";
    assert_eq!(log(lint, 50), (Some((Outcome::Failed, Some(1))), Some(56)));
    let first = (Some((Outcome::Failed, None)), Some(3));
    assert_eq!(log(lint, 5), first);
    assert_eq!(log("docker/build-push-action@v6", 50), first);
}

#[test]
fn a_step_behind_which_many_ran_was_tolerated() {
    let log = |between: usize, last: &str, lines: usize| {
        let work = "ok\n".repeat(lines);
        let between = "##[group]Run ./next\n##[endgroup]\n".repeat(between);
        ending(&format!(
            "##[group]Run ./first\n##[endgroup]\n##[error]Process completed with exit code 1.\n{between}\
                 ##[group]Run {last}\n##[endgroup]\n{work}##[error]Process completed with exit code 2.\n{POST}"
        ))
    };
    assert_eq!(log(3, "./last", 9).0, Some((Outcome::Failed, Some(2))));
    assert_eq!(log(2, "./last", 9).0, Some((Outcome::Failed, Some(1))));
    assert_eq!(log(3, "cat app.log", 9).0, Some((Outcome::Failed, Some(1))));
    assert_eq!(log(3, "exit 1", 1).0, Some((Outcome::Failed, Some(1))));
}

#[test]
fn of_a_container_the_log_does_not_tell_how_it_ended() {
    let action = "##[group]Run org/check@v1\n##[endgroup]\n\
             ##[command]/usr/bin/docker run --name a1 --label b2 image\n[ERROR] no\n";
    assert_eq!(ending(&format!("{action}{POST}")).0, None);
    // Had it failed, no further step would have run.
    let goes_on = format!("{action}##[group]Run make\n##[endgroup]\nok\n{POST}");
    assert_eq!(ending(&goes_on).0, Some((Outcome::Succeeded, None)));
    let reports = format!("{action}##[error]no\n{POST}");
    assert_eq!(ending(&reports).0, Some((Outcome::Failed, None)));
    let script = "##[group]Run ./test\n##[endgroup]\n/usr/bin/docker run --name a1 image\n";
    assert_eq!(
        ending(&format!("{script}{POST}")).0,
        Some((Outcome::Succeeded, None))
    );
}

#[test]
fn a_remote_script_says_how_it_ended() {
    let action = "##[group]Run appleboy/ssh-action@v1\nwith:\n  script: x\n##[endgroup]\n\
             /usr/bin/docker run --name a1 --label b2 image\n";
    let says = |lines: &str| ending(&format!("{action}{lines}{POST}"));
    let passed =
        "err: no such file\n====\n\u{2705} Successfully executed commands to all host.\n====\n";
    assert_eq!(says(passed).0, Some((Outcome::Succeeded, None)));
    let failed = "err: no such file\n2026/05/01 10:00:00 Process exited with status 3\n";
    assert_eq!(says(failed), (Some((Outcome::Failed, Some(3))), Some(7)));
    // Further output: who knows whose words those were.
    let goes_on = format!("{failed}{}", "out: ok\n".repeat(5));
    assert_eq!(says(&goes_on).0, None);
    let in_header = action.replace(
        "script: x",
        "script: x\n2026/05/01 10:00:00 Process exited with status 3",
    );
    assert_eq!(ending(&format!("{in_header}out: ok\n{POST}")).0, None);
    // Debug logging says it of any container.
    let code = "##[debug]Docker Action run completed with exit code 0\n";
    assert_eq!(says(code).0, Some((Outcome::Succeeded, None)));
    // A container that passed tells nothing of the next one.
    let next = "/usr/bin/docker run --name b1 --label b2 image\nerror\n";
    for passed in [passed, code] {
        assert_eq!(says(&format!("{passed}{next}")).0, None);
        let bad = "##[debug]Docker Action run completed with exit code 128\n";
        assert_eq!(says(&format!("{passed}{bad}")).0, None);
    }
    assert_eq!(
        says("2026/05/01 10:00:00 Process exited with status 0\n").0,
        None
    );
}

#[test]
fn a_script_says_nothing_of_the_step_behind_it_under_the_same_name() {
    let mut github = Github::default();
    let lines = "##[group]Run ./deploy\n##[endgroup]\n##[group]Run x/ssh@v1\n##[endgroup]\n\
        /usr/bin/docker run --name a1 image\n\u{2705} Successfully executed commands to all hosts.\n\
        ##[group]Run x/scp@v1\n##[endgroup]\n/usr/bin/docker run --name b1 image\nerror\n";
    github.column("Deploy", 1);
    for (k, text) in lines.lines().chain(POST.lines()).enumerate() {
        github.read(text, k as u64 + 1, 0);
    }
    assert_eq!(github.ending(), None);
}

#[test]
fn an_action_fails_by_its_closing_error() {
    let log = format!(
        "##[group]Run golangci/golangci-lint-action@v6\n##[endgroup]\n\
             ##[error]main.go:3:1: ineffectual assignment\n##[error]issues found\n\
             ##[group]Run actions/upload-artifact@v4\n##[endgroup]\n##[error]No files were found\n{POST}"
    );
    assert_eq!(ending(&log), (Some((Outcome::Failed, None)), Some(4)));
}

#[test]
fn the_last_action_may_close_with_an_error_of_several_lines() {
    let log = |lines: usize| {
        let trace = "    at run (file:///a/index.js:12:1)\n".repeat(lines);
        ending(&format!(
            "##[group]Run org/setup@v1\n##[endgroup]\n##[error]ReferenceError: name is not defined\n{trace}{POST}"
        ))
    };
    assert_eq!(log(4), (Some((Outcome::Failed, None)), Some(3)));
    assert_eq!(log(20).0, Some((Outcome::Succeeded, None)));
    // An action that begins with its own name passes on all that its tool printed.
    let deploy = format!(
        "##[group]Run x/deploy@v2\n##[endgroup]\n##[error]x/deploy failed with: Deploying\n{}{POST}",
        "step\n".repeat(8)
    );
    assert_eq!(ending(&deploy).0, Some((Outcome::Failed, None)));
    // An annotation, and what the action has to say besides.
    let annotated = format!(
        "##[group]Run org/report@v1\n##[endgroup]\n##[error]3 findings in src/a.ts\na\nb\nc\nd\ne\n{POST}"
    );
    assert_eq!(ending(&annotated).0, Some((Outcome::Succeeded, None)));
}

#[test]
fn an_action_may_put_its_house_in_order_behind_its_error() {
    let group = "##[group]Restore git configuration\na\nb\nc\nd\n##[endgroup]\n";
    let log = |error: &str, behind: &str| {
        ending(&format!(
            "##[group]Run org/propose@v1\n##[endgroup]\n##[error]{error}\n{behind}"
        ))
    };
    let failed = (Some((Outcome::Failed, None)), Some(3));
    assert_eq!(
        log("May not open a request.", &format!("{group}{POST}")),
        failed
    );
    let thrown = "The process '/usr/bin/sh' failed with exit code 2";
    let next =
        "##[group]Run cat app.log\n##[endgroup]\n##[error]Process completed with exit code 1.\n";
    assert_eq!(log(thrown, &format!("{group}{next}{POST}")), failed);
    // What goes on outside of groups, what was opened before the error, or has no end, does not.
    let succeeded = Some((Outcome::Succeeded, None));
    assert_eq!(
        log("3 findings", &format!("{group}a\nb\nc\nd\n{POST}")).0,
        succeeded
    );
    assert_eq!(
        log("3 findings", &format!("a\nb\nc\nd\n##[endgroup]\n{POST}")).0,
        succeeded
    );
    let open = group.replace("##[endgroup]\n", "");
    assert_eq!(log("3 findings", &format!("{open}{POST}")).0, succeeded);
    // Nor does an annotation above a step that passes.
    let passes = "##[group]Run make test\n##[endgroup]\nok\n";
    assert_eq!(
        log("3 findings", &format!("{group}{passes}{POST}")).0,
        succeeded
    );
    // A script names its code.
    let script = format!("##[group]Run ./report\n##[endgroup]\n##[error]3 findings\n{group}{POST}");
    assert_eq!(ending(&script).0, succeeded);
}

#[test]
fn an_action_that_goes_on_in_groups_has_not_failed() {
    let group = |title: &str| format!("##[group]{title}\na\nb\nc\nd\n##[endgroup]\n");
    let log = |error: &str, behind: &str| {
        ending(&format!(
            "##[group]Run org/report@v1\n##[endgroup]\n##[error]{error}\n{behind}{POST}"
        ))
        .0
    };
    let (succeeded, failed) = (
        Some((Outcome::Succeeded, None)),
        Some((Outcome::Failed, None)),
    );
    let restores = group("Restore git configuration");
    for title in ["Checking b.md", "CMake: build", "Retrying", "Diff of a.jl"] {
        assert_eq!(log("3 findings", &group(title)), succeeded, "{title}");
        let both = format!("{}{restores}", group(title));
        assert_eq!(log("3 findings", &both), succeeded, "{title}");
    }
    // The group in which the error stands has ended; a place in a source.
    let ended = format!("##[endgroup]\n{restores}");
    assert_eq!(log("3 findings", &ended), succeeded);
    assert_eq!(log("src/a.c:3:5: warning", &restores), succeeded);
    // A build that passes behind it; one that fails, too, or says that it may have.
    let thrown = "TypeError: fetch failed";
    let make = |lines: &str| format!("{restores}##[group]Run make\n##[endgroup]\n{lines}");
    assert_eq!(log(thrown, &make("ok\n")), succeeded);
    let fails = make("##[error]Process completed with exit code 2.\n");
    assert_eq!(log(thrown, &fails), failed);
    assert_eq!(
        log(thrown, &make("##[error]The operation was canceled.\n")),
        failed
    );
}

#[test]
fn with_debug_logging_an_action_says_its_exit_code() {
    let log = |code: u8| {
        let more = "##[debug]Loading env\n".repeat(20);
        ending(&format!(
            "##[group]Run actions/deploy-pages@v4\n##[endgroup]\n##[error]Error: Multiple artifacts named \"x\"\n\
                 ##[debug]Node Action run completed with exit code {code}\n{more}{POST}"
        ))
    };
    assert_eq!(log(1), (Some((Outcome::Failed, None)), Some(3)));
    assert_eq!(log(0).0, Some((Outcome::Succeeded, None)));
}

#[test]
fn an_annotation_is_no_failure() {
    let script = format!(
        "##[group]Run make\n##[endgroup]\n##[error]src/a.c:1: warning as error\n\
             a\nb\nc\nd\ne\n##[group]Run make test\n##[endgroup]\nok\n{POST}"
    );
    assert_eq!(ending(&script).0, Some((Outcome::Succeeded, None)));
    let action = format!(
        "##[group]Run org/report@v1\n##[endgroup]\n##[error]3 findings\n\
             a\nb\nc\nd\ne\n##[group]Run make test\n##[endgroup]\nok\n{POST}"
    );
    assert_eq!(ending(&action).0, Some((Outcome::Succeeded, None)));
}

#[test]
fn the_runner_stops_scripts_without_an_exit_code() {
    let log = format!("##[group]Run make\n##[endgroup]\n##[error]No space left on device\n{POST}");
    assert_eq!(ending(&log), (Some((Outcome::Failed, None)), Some(3)));
}

#[test]
fn what_a_problem_matcher_found_last_is_an_annotation() {
    let script = |error: &str| {
        ending(&format!(
            "##[group]Run tsc || true\n##[endgroup]\n##[error]{error}\n{POST}"
        ))
        .0
    };
    for error in [
        "src/a.ts(3,5): error TS2304: Cannot find name 'x'.",
        "main.go:3:1: undefined: x",
        "  3:5  error  'x' is not defined  no-undef",
    ] {
        assert_eq!(script(error), Some((Outcome::Succeeded, None)), "{error}");
        // With its code behind it the script has failed.
        let failed = format!("{error}\n##[error]Process completed with exit code 2.");
        assert_eq!(script(&failed), Some((Outcome::Failed, Some(2))), "{error}");
    }
    for error in [
        "No space left on device : '/home/runner/runners/2.320.0/_diag/Worker_20260501-100000-utc.log'",
        "Stopped at 10:00:00: the runner has no room",
        "x: 3: y (4)",
        "Unable to process file command 'output' successfully.\n##[error]Invalid format 'main.go:3:1: undefined: x'",
        "Unable to process file command 'env' successfully.\n##[error]Invalid format '  src/a.ts(3,5): error TS2304: no name'",
        "No space left on device : '/home/runner/_diag/Worker_1.log'\n##[error]src/a.c:3:5: fatal error: no space left",
    ] {
        assert_eq!(script(error), Some((Outcome::Failed, None)), "{error}");
    }
}

#[test]
fn canceled_and_timed_out_are_told_apart() {
    let head = "##[group]Run make\n##[endgroup]\n";
    let says = |lines: &str| ending(&format!("{head}{lines}{POST}")).0;
    let canceled = "##[error]The operation was canceled.\n";
    let limit = "##[error]The job running on runner GitHub Actions 2 has exceeded the maximum execution time of 10 minutes.\n";
    let step = "##[error]The action 'Test' has timed out after 30 minutes.\n";
    let killed = "##[error]Process completed with exit code 143.\n";
    let shutdown = "##[error]The runner has received a shutdown signal. This can happen when the runner service is stopped.\n";
    assert_eq!(says(canceled), Some((Outcome::Canceled, None)));
    assert_eq!(
        says(&format!("{limit}{canceled}")),
        Some((Outcome::TimedOut, None))
    );
    assert_eq!(
        says(&format!("{canceled}{limit}")),
        Some((Outcome::TimedOut, None))
    );
    assert_eq!(says(step), Some((Outcome::TimedOut, None)));
    assert_eq!(
        says(&format!("{killed}{canceled}")),
        Some((Outcome::Canceled, None))
    );
    assert_eq!(
        says(&format!("{shutdown}{killed}")),
        Some((Outcome::Failed, Some(143)))
    );
    assert_eq!(
        says(&format!("{killed}{shutdown}{canceled}")),
        Some((Outcome::Failed, Some(143)))
    );
    // Somebody canceled what ran behind the failure.
    let failed =
        "##[error]Process completed with exit code 1.\n##[group]Run sleep 99\n##[endgroup]\n";
    assert_eq!(
        says(&format!("{failed}{canceled}")),
        Some((Outcome::Failed, Some(1)))
    );
}

#[test]
fn inner_steps_of_a_composite_action_say_how_they_ended() {
    let log = |conclusion: &str| {
        ending(&format!(
                "##[group]Run ./.github/actions/test\n##[endgroup]\n##[error]Process completed with exit code 1.\n\
                 ##[end-action id=t.__run;outcome=failure;conclusion={conclusion};duration_ms=3]\n{POST}"
            ))
            .0
    };
    assert_eq!(log("success"), Some((Outcome::Succeeded, None)));
    assert_eq!(log("failure"), Some((Outcome::Failed, Some(1))));
}

#[test]
fn a_log_that_stops_tells_only_what_it_has_seen() {
    assert_eq!(
        ending("##[group]Run make\n##[endgroup]\ncc -c a.c\n").0,
        None
    );
    let seen = ending("##[group]Run make\n##[endgroup]\n##[error]no such file\n");
    assert_eq!(seen, (Some((Outcome::Failed, None)), Some(3)));
}

#[test]
fn an_error_of_the_clean_up_counts_where_nothing_else_failed() {
    let log = "##[group]Run make\n##[endgroup]\nok\nPost job cleanup.\n##[error]cannot save\nCleaning up orphan processes\n";
    assert_eq!(ending(log), (Some((Outcome::Failed, None)), Some(5)));
}

#[test]
fn actions_are_told_from_scripts() {
    for action in [
        "actions/checkout@v4",
        "a/b/c@main",
        "./.github/actions/x",
        "docker://alpine:3",
    ] {
        assert!(is_action(action), "{action}");
    }
    for script in [
        "npm test",
        "./gradlew",
        "make",
        "curl a@b",
        "docker/build.sh",
        "ssh user/x@host y",
    ] {
        assert!(!is_action(script), "{script}");
    }
    assert!(sets_up("actions/setup-go@v5") && sets_up("docker/login-action@v3"));
    assert!(!sets_up("actions/upload-artifact@v4") && !sets_up("setup/report@v1"));
}

#[test]
fn what_starts_a_step_in_its_container_is_no_step() {
    let mut github = Github::default();
    let script = github.read("##[group]Run make test", 1, 0);
    assert_eq!(script.command, Some("make test"));
    github.read("##[endgroup]", 2, 0);
    let hook = github.read("##[group]Run '/home/runner/k8s/index.js'", 3, 0);
    assert_eq!(hook, Change::default());
    assert!(github.in_header());
}

#[test]
fn the_columns_of_gh_open_steps_once() {
    let mut github = Github::default();
    assert_eq!(github.column("Run make", 1), Some(Step::Titled("Run make")));
    assert_eq!(github.column("Run make", 2), None);
    assert_eq!(github.column("UNKNOWN STEP", 3), None);
    assert_eq!(
        github.column("Post Run actions/checkout@v4", 4),
        Some(Step::Post)
    );
}
