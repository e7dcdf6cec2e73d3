//! How the cause is picked, through the program itself: what a fragment tells, what hides a status, what passing runs print.

use std::fs;
use std::path::PathBuf;
use std::sync::atomic::{AtomicU32, Ordering};

use serde_json::Value;

#[path = "common/program.rs"]
mod program;

/// The report of a log, given further arguments.
fn report(name: &str, text: &str, args: &[&str]) -> Value {
    let log = file(name, text);
    let output = program::command(&["-f", "json"])
        .arg(&log)
        .args(args)
        .output()
        .unwrap();
    let report: Value = serde_json::from_slice(&output.stdout).unwrap();
    report["logs"][0].clone()
}

/// A file with that text, for this call alone: tests run side by side.
fn file(name: &str, text: &str) -> PathBuf {
    static CALLS: AtomicU32 = AtomicU32::new(0);
    let folder = PathBuf::from(env!("CARGO_TARGET_TMPDIR")).join("diagnosis");
    // Patterns stand in a folder together, which their names tell.
    let path = match name.contains('/') {
        true => folder.join(name),
        false => folder
            .join(CALLS.fetch_add(1, Ordering::Relaxed).to_string())
            .join(name),
    };
    fs::create_dir_all(path.parent().unwrap()).unwrap();
    fs::write(&path, text).unwrap();
    path
}

/// Numbers of the telling lines.
fn lines(log: &Value) -> Vec<u64> {
    let lines = log["unexplained"]["lines"].as_array().unwrap();
    lines.iter().map(|l| l["line"].as_u64().unwrap()).collect()
}

#[test]
fn stages_that_run_after_a_failure_tell_of_it() {
    let log = report(
        "on-failure.log",
        "$ ./suite.sh\nstage 3 went wrong\nUploading artifacts for failed job\nUploading artifacts...\n",
        &[],
    );
    assert_eq!(
        (&log["outcome"], &log["status"]),
        (&"failed".into(), &"unexplained".into())
    );
    assert_eq!(log["unexplained"]["line"], 2);
    let log = report(
        "on-success.log",
        "$ ./suite.sh\nstage 3 went wrong\nUploading artifacts for successful job\nUploading artifacts...\n",
        &[],
    );
    assert_eq!(
        (&log["outcome"], &log["status"]),
        (&"unknown".into(), &"clean".into())
    );
}

/// The id of the cause, and its line or that of the most telling line.
fn told(name: &str, text: &str) -> (String, u64) {
    let log = report(name, text, &[]);
    let id = log["cause"]["id"].as_str().unwrap_or_default().to_owned();
    let line = log["cause"]["line"].as_u64();
    let line = line.or_else(|| log["unexplained"]["line"].as_u64());
    (id, line.unwrap_or(0))
}

#[test]
fn what_tests_print_is_no_cause() {
    const END: &str = "ERROR: Job failed: exit code 1\n";
    let refused = "connect ECONNREFUSED 127.0.0.1:5432";
    let cases = [
        (
            "jest.log",
            format!(
                "$ jest\nFAIL t/a.test.js\n  console.error\n    Error: {refused}\n\n      at log (t/a.js:3:9)\n\n  \u{25cf} adds\n\n\
                 \x20   expect(received).toBe(expected)\n\nTests:       1 failed, 1 passed, 2 total\n{END}"
            ),
            ("tests/jest-test-failed", 8),
        ),
        (
            "go.log",
            format!(
                "$ go test -v ./...\n=== RUN   TestDown\ndial tcp 127.0.0.1:5432: connect: connection refused\n--- PASS: TestDown (0.00s)\n\
                 === RUN   TestAdd\n    a_test.go:7: got 3, want 4\n--- FAIL: TestAdd (0.00s)\nFAIL\nFAIL\texample.com/a\t0.01s\n{END}"
            ),
            ("go/test-failed", 7),
        ),
        (
            "phpunit.log",
            format!(
                "$ vendor/bin/phpunit\n.SQLSTATE[HY000] [2002] Connection refused\nF\n\nTime: 00:00.01\n\nThere was 1 failure:\n\n\
                 1) Tests\\AddTest::testAdd\nFailed asserting that 3 is identical to 4.\n\n/builds/g/app/tests/AddTest.php:9\n\n\
                 FAILURES!\nTests: 2, Assertions: 2, Failures: 1.\n{END}"
            ),
            ("tests/phpunit-failed", 10),
        ),
        (
            "make.log",
            format!(
                "$ make\ncat nothing.txt\ncat: nothing.txt: No such file or directory\nmake: [Makefile:4: clean] Error 1 (ignored)\n\
                 ./check\nlicence of b.c is not known\nmake: *** [Makefile:7: check] Error 1\n{END}"
            ),
            ("", 6),
        ),
    ];
    for (name, log, (id, line)) in cases {
        assert_eq!(told(name, &log), (id.to_owned(), line), "{name}");
    }
}

#[test]
fn a_command_that_goes_on_when_it_fails_is_no_cause() {
    let down = "Cannot connect to the Docker daemon at tcp://127.0.0.1:2375. Is the docker daemon running?";
    let cases = [
        (
            "true.log",
            format!("$ make\nmade\n$ docker ps || true\n{down}\n"),
        ),
        (
            "echo.log",
            format!(
                "$ make\nmade\n$ docker push registry.example.com/app || echo \"later\"\n{down}\nlater\n"
            ),
        ),
        // The last command has printed nothing yet: the line above is of the one above.
        (
            "next.log",
            format!("$ docker ps\n{down}\n$ docker login -u ci registry.example.com\n"),
        ),
    ];
    for (name, text) in cases {
        let log = report(name, &text, &[]);
        assert_eq!(log["status"], "clean", "{name}");
    }
    let cases = [
        (
            "exit.log",
            4,
            format!("$ make\nmade\n$ docker ps || exit 1\n{down}\n"),
        ),
        (
            "behind.log",
            4,
            format!("$ make\nmade\n$ docker ps || echo \"no docker\"\n{down}\n$ exit 1\n"),
        ),
        // Whoever gives it alone asks about it.
        (
            "alone.log",
            3,
            format!("$ cd app\n$ docker ps || true\n{down}\n"),
        ),
        (
            "list.log",
            4,
            format!("$ make\nmade\n$ docker ps; make || true\n{down}\n"),
        ),
        // It may leave the shell by itself.
        (
            "failed.log",
            2,
            format!("$ deploy || true\n{down}\nERROR: Job failed: exit code 1\n"),
        ),
        (
            "overtaken.log",
            2,
            format!(
                "$ docker ps\n{down}\n$ docker pull registry.example.com/app\nERROR: Job failed: exit code 1\n"
            ),
        ),
    ];
    for (name, line, text) in cases {
        assert_eq!(told(name, &text).1, line, "{name}");
    }
}

#[test]
fn what_a_script_went_on_behind_by_its_own_word_is_no_cause() {
    let down = "Cannot connect to the Docker daemon at tcp://127.0.0.1:2375. Is the docker daemon running?";
    let end = "ERROR: Job failed: exit code 1\n";
    let traced = format!(
        "$ ci/check.sh\n+ docker ps\n{down}\n+ true\n+ ./sums\nerror: table 3 differs\n{end}"
    );
    assert_eq!(told("traced.log", &traced), (String::new(), 6));
    let at_end = format!("$ ci/check.sh\n+ docker ps\n{down}\n+ true\n+ exit 1\n{end}");
    assert_eq!(told("traced-end.log", &at_end).1, 3);
    let failed = format!("$ ci/check.sh\n+ docker ps\n{down}\n{end}");
    assert_eq!(told("traced-failed.log", &failed).1, 3);
    let recipe = format!(
        "$ make check\ndropdb app || true\ndropdb: error: connection to server on socket \"/tmp/.s.PGSQL.5432\" failed: No such file or directory\n\
         ./sums\nerror: table 3 differs\nmake: *** [Makefile:3: check] Error 1\n{end}"
    );
    assert_eq!(told("recipe.log", &recipe), (String::new(), 5));
}

#[test]
fn how_a_program_is_used_is_no_command() {
    let log = "$ yarn build\nUsage Error: Couldn't find a script named \"build\".\n\n$ yarn run [--inspect] [-T,--top-level] <scriptName> ...\n\
               ERROR: Job failed: exit code 1\n";
    assert_eq!(
        told("usage.log", log),
        ("node/npm-missing-script".to_owned(), 2)
    );
    let own = "$ make\n$ ./x.sh || echo \"usage: x.sh [--all]\"\nERROR: Job failed: exit code 1\n";
    let command = report("own.log", own, &[])["command"].clone();
    assert_eq!(command, "./x.sh || echo \"usage: x.sh [--all]\"");
}

#[test]
fn a_wrapper_alone_is_a_failure_without_a_cause() {
    let log = report("wrapper.log", "make: *** [Makefile:12: all] Error 2\n", &[]);
    assert_eq!(log["status"], "unexplained");
    assert_eq!(log["unexplained"]["line"], 1);
}

#[test]
fn a_status_that_export_hides_comes_to_light_where_the_value_is_used() {
    let failing = |last: &str| {
        report(
            "hidden.log",
            &format!(
                "$ export TOKEN=\"$(vault kv get -field=x secret/app)\"\nError making API request.\n\n\
                 URL: GET https://vault.example.com:8200/v1/secret/app\nCode: 403. Errors:\n\n* permission denied\n\
                 $ {last}\nno value\nERROR: Job failed: exit code 1\n"
            ),
            &[],
        )
    };
    let used = failing("deploy --token \"$TOKEN\"");
    assert_eq!(used["cause"]["id"], "vault-secrets/permission-denied");
    assert_eq!(used["cause"]["confidence"], "medium");
    for other in ["deploy", "deploy $TOKENS"] {
        assert_eq!(failing(other)["status"], "unexplained", "{other}");
    }
}

#[test]
fn a_status_that_is_kept_for_the_last_command_is_that_of_its_own() {
    let failing = |first: &str, last: &str| {
        let text = format!(
            "$ {first}\ngrep: /nowhere: No such file or directory\n$ ./report.sh\nreport written\n\
             $ {last}\nERROR: Job failed: exit code 2\n"
        );
        report("kept.log", &text, &[])
    };
    let kept = failing("grep x /nowhere || RC=$?", "exit ${RC-0}");
    assert_eq!(kept["cause"]["line"], 2, "{kept}");
    for (first, last) in [
        ("grep x /nowhere || RC=$?", "exit ${RCODE-0}"),
        ("grep x /nowhere || RC=$?", "./deploy.sh $RC"),
        (
            "grep x /nowhere || RC=$?",
            "if [ $RC = 2 ]; then ./notify.sh; fi",
        ),
        ("grep x /nowhere", "exit ${RC-0}"),
        // Asked, overwritten or set anew on the way.
        (
            "grep x /nowhere || RC=$?",
            "[ $RC -eq 0 ]\n$ ./x; RC=$?\n$ exit $RC",
        ),
        ("grep x /nowhere || RC=$?", "./x; RC=$?\n$ exit $RC"),
        ("grep x /nowhere || RC=$?", "RC=0\n$ exit $RC"),
    ] {
        let other = failing(first, last);
        assert_ne!(other["cause"]["line"], 2, "{first}, {last}: {other}");
    }
    // What ran in between has passed, and a job that ran out of time has another reason.
    let text = "$ grep x /nowhere || RC=$?\ngrep: /nowhere: No such file or directory\n\
        $ ./wait.sh\npsql: error: connection to server at \"db\" (172.17.0.3), port 5432 failed: Connection refused\n\
        $ ./report.sh\n$ exit $RC\n";
    let failed = report(
        "between.log",
        &format!("{text}ERROR: Job failed: exit code 2\n"),
        &[],
    );
    assert_eq!(failed["cause"]["line"], 2, "{failed}");
    let late = "ERROR: Job failed: execution took longer than 1h0m0s seconds\n";
    let late = report("late.log", &format!("{text}{late}"), &[]);
    assert_ne!(late["cause"]["line"], 2, "{late}");
}

#[test]
fn the_name_of_a_step_is_told_without_its_secrets() {
    let text = "##[group]Run curl https://u:s3cr3tP4ssw0rd@git.example.org/x\n##[endgroup]\n\
        curl: (6) Could not resolve host: git.example.org\n##[error]Process completed with exit code 6.\n";
    let told = report("step.log", text, &[]);
    assert_eq!(told["cause"]["line"], 3, "{told}");
    let section = told["section"].as_str().unwrap_or_default();
    assert!(section.ends_with("@git.example.org/x"), "{section}");
    assert!(!told.to_string().contains("s3cr3tP4ssw0rd"), "{told}");
}

#[test]
fn a_failure_that_is_tried_again_gives_way_to_one_below() {
    let failing = |below: &str| {
        let text = format!(
            "$ ./server-tests\ndial tcp 127.0.0.1:6379: connect: connection refused, retrying\n{below}\
             ERROR: Job failed: exit code 2\n"
        );
        report("retried.log", &text, &[])
    };
    let panics =
        "panic: runtime error: index out of range [3] with length 3\n\ngoroutine 1 [running]:\n";
    let other = failing(panics);
    assert_eq!(other["cause"]["line"], 3, "{other}");
    // Alone it may be the reason: nothing says that a later try went well.
    assert_eq!(failing("")["cause"]["line"], 2);
}

#[test]
fn a_test_that_fails_in_silence_is_named_as_such() {
    let told = |text: &str| report("silent.log", text, &[]);
    let silent = told("$ test -f dist/app.js\nERROR: Job failed: exit code 1\n");
    assert_eq!(silent["cause"]["id"], "shell/silent-condition", "{silent}");
    assert_eq!(silent["cause"]["confidence"], "low", "{silent}");
    // What no pattern knows of.
    let silent = told("$ diff -q a b\nERROR: Job failed: exit code 1\n");
    let meaning = &silent["unexplained"]["exit_meaning"];
    assert!(meaning.is_string(), "{silent}");
    let speaks = told("$ test -f dist/app.js\nsh: out of range\nERROR: Job failed: exit code 1\n");
    assert_eq!(speaks["cause"], Value::Null, "{speaks}");
    assert_eq!(speaks["unexplained"]["exit_meaning"], Value::Null);
}

#[test]
fn a_block_of_commands_hides_which_of_them_failed() {
    let meaning = |command: &str, output: &str| {
        let log = format!(
            "$ {command} # collapsed multi-line command\n{output}ERROR: Job failed: exit code 1\n"
        );
        report("block.log", &log, &[])["unexplained"]["exit_meaning"].clone()
    };
    for (command, output) in [
        ("set -eo pipefail", ""),
        ("test -f dist/app.js", ""),
        ("./build.sh > build.log 2>&1", "checking\ntwo of three\n"),
    ] {
        let said = meaning(command, output);
        assert!(
            said.as_str().unwrap().contains("first line of this block"),
            "{said}"
        );
    }
    let told = meaning("set -eo pipefail", "error: the lamp went out\n");
    assert_eq!(told, Value::Null);
}

#[test]
fn output_that_was_sent_elsewhere_is_told_where_nothing_was_printed() {
    let meaning =
        |text: &str| report("silent.log", text, &[])["unexplained"]["exit_meaning"].clone();
    let failed = "ERROR: Job failed: exit code 2\n";
    for (command, words) in [
        ("./build.sh > build.log 2>&1", "went to `build.log`"),
        ("./build.sh &>/dev/null", "thrown away (`/dev/null`)"),
        (
            "wget -q https://example.com/x",
            "told to print nothing (`-q`)",
        ),
    ] {
        let silent = meaning(&format!("$ ./prepare.sh\nready\n$ {command}\n{failed}"));
        assert!(silent.as_str().unwrap().contains(words), "{silent}");
        let speaks = meaning(&format!("$ {command}\nthe lamp went out\n{failed}"));
        assert_eq!(speaks, Value::Null);
    }
    let silent = meaning(&format!("$ ./run.sh\n{failed}"));
    assert!(
        silent.as_str().unwrap().contains("printed nothing"),
        "{silent}"
    );
    assert_eq!(
        meaning("./run.sh\nmore\nERROR: Job failed: exit code 1\n"),
        Value::Null
    );
    let lost = meaning("$ ./run.sh > run.log 2>&1\nERROR: Job failed: exit code 255\n");
    let lost = lost.as_str().unwrap();
    assert!(lost.contains("ssh") && lost.contains("`run.log`"), "{lost}");
}

#[test]
fn what_a_passing_run_prints_is_no_cause() {
    let failed = "$ ./suite.sh\nfatal: could not read from db-17\nconnecting to 10.0.0.7\nthe lamp went out\n\
                  ERROR: Job failed: exit code 1\n";
    let passing = file(
        "passing.log",
        "\u{1b}[32;1m$ ./suite.sh\u{1b}[0m\nfatal: could not read from db-3\nconnecting to 10.0.0.9\nJob succeeded\n",
    );
    let alone = report("failed.log", failed, &[]);
    assert_eq!(alone["unexplained"]["line"], 2);
    assert_eq!(alone["unexplained"]["lines"][0]["in_baseline"], Value::Null);
    let passing = passing.to_str().unwrap();
    let compared = report("failed.log", failed, &["--baseline", passing]);
    assert_eq!(compared["unexplained"]["line"], 4);
    assert_eq!(lines(&compared), [1, 2, 4]);
    let marks: Vec<bool> = compared["unexplained"]["lines"]
        .as_array()
        .unwrap()
        .iter()
        .map(|l| l["in_baseline"].as_bool().unwrap())
        .collect();
    assert_eq!(marks, [true, true, false]);
}

#[test]
fn a_known_cause_that_passing_runs_print_gives_way() {
    let line = "cp: cannot stat 'dist/app.bin': No such file or directory";
    let failed =
        format!("$ ./suite.sh\n{line}\nthe lamp went out\nERROR: Job failed: exit code 1\n");
    let alone = report("known.log", &failed, &[]);
    assert_eq!(alone["cause"]["line"], 2);
    let folder = file("passing-runs/1.log", "");
    fs::write(&folder, format!("$ ./suite.sh\n{line}\nJob succeeded\n")).unwrap();
    let folder = folder.parent().unwrap().to_str().unwrap();
    let compared = report("known.log", &failed, &["--baseline", folder]);
    assert_eq!(compared["cause"], Value::Null);
    assert_eq!(compared["unexplained"]["line"], 3);
}

#[test]
fn a_baseline_that_is_not_there_is_an_error() {
    let log = file("some.log", "$ make\n");
    let output = program::command(&["--baseline", "no-such.log"])
        .arg(log)
        .output()
        .unwrap();
    assert_eq!(output.status.code(), Some(2));
    let told = String::from_utf8(output.stderr).unwrap();
    assert!(told.contains("--baseline: 'no-such.log'"), "{told}");
}

#[test]
fn a_heading_gives_way_to_the_first_entry_of_its_list() {
    let log = report(
        "check.log",
        "Running with gitlab-runner 17.5.3 (12030cf4)\n$ ./check.sh\nRepo invariant violation:\n\n  - version in app.toml is 1.3.0, the tag 1.3.1\n  - no changelog\nERROR: Job failed: exit code 2\n",
        &[],
    );
    assert_eq!(log["unexplained"]["line"], 5);
}

#[test]
fn what_was_overcome_is_not_the_line_that_tells() {
    let log = |below: &str| {
        let text = format!(
            "Running with gitlab-runner 17.5.3 (12030cf4)\n$ ./setup.sh\n\
             error: command 'gcc' failed: No such file or directory\n{below}\n\
             bundle rejected: signature of 3 files missing\nERROR: Job failed: exit code 1\n"
        );
        report("setup.log", &text, &[])
    };
    // The pattern that knows the line saw that pip went on without the compiler.
    let overcome = log("Successfully installed app-1.0");
    assert_eq!(overcome["unexplained"]["line"], 5);
    assert_eq!(lines(&overcome), [2, 5]);
    assert_eq!(log("done")["cause"]["line"], 3);
}

#[test]
fn what_is_only_tried_stays_in_doubt_though_nothing_came_up() {
    let log = "$ curl -fsSo lamps https://lamps.example.com/a || true; make\n\
        curl: (6) Could not resolve host: lamps.example.com\n\
        main.c:3:5: error: expected ';' before 'return'\n\
        make: *** [Makefile:2: main.o] Error 1\nERROR: Job failed: exit code 2\n";
    let (id, line) = told("tried-curl.log", log);
    assert_eq!((id.as_str(), line), ("c-cpp/cc-compile-error", 3));
}

#[test]
fn a_run_of_tests_that_passes_overcomes_none_that_failed() {
    let log = "pytest unit\nFAILED tests/a.py::test_b - lamp.Dark: no oil in lamp 3\n\
        1 failed in 0.10s\npytest integration\n5 passed in 0.20s\n\
        make: *** [Makefile:9: check] Error 1\n";
    assert_eq!(best("two-runs.log", log), 3);
}

#[test]
fn a_log_without_output_shows_nothing_of_the_runner() {
    let log = report(
        "empty.log",
        "Running with gitlab-runner 17.5.3 (12030cf4)\n\x1b[31;1mERROR: Job failed: exit code 1\x1b[0;m\n",
        &[],
    );
    assert_eq!(log["status"], "unexplained");
    assert_eq!(log["unexplained"]["line"], Value::Null);
    assert_eq!(lines(&log), [0; 0]);
}

#[test]
fn a_long_line_does_not_hide_what_was_said_before() {
    let rows: Vec<String> = (0..4000)
        .map(|k| format!("{{\"id\": {k}, \"state\": \"ready\"}}"))
        .collect();
    let text = format!(
        "Running with gitlab-runner 17.5.3 (12030cf4)\n$ ./smoke.sh\nchecking ledger\n\
         ledger said: 3 items lack a price, refusing\n[{}]\nERROR: Job failed: exit code 1\n",
        rows.join(", ")
    );
    let log = report("long.log", &text, &[]);
    assert_eq!(log["unexplained"]["line"], 4);
    assert_eq!(log["unexplained"]["exit_meaning"], Value::Null);
    // Where the end of the section holds nothing, nobody knows what stood above.
    let above = format!(
        "Running with gitlab-runner 17.5.3 (12030cf4)\n$ ./smoke.sh\nlamps are lit\n{}ERROR: Job failed: exit code 1\n",
        "\n".repeat(70_000)
    );
    let log = report("blank.log", &above, &[]);
    assert_eq!(log["status"], "unexplained");
    assert_eq!(log["unexplained"]["exit_meaning"], Value::Null);
}

#[test]
fn the_last_words_of_a_ci_system_tell_nothing() {
    let log = report(
        "jenkins.log",
        "+ ./watch.sh\nTIMEOUT: no heartbeat from sensor\nBuild step 'Execute shell' marked build as failure\nFinished: FAILURE\n",
        &[],
    );
    assert_eq!(log["unexplained"]["line"], 2);
}

#[test]
fn the_after_script_of_an_old_runner_fails_no_job() {
    let log = report(
        "old.log",
        "Running with gitlab-runner 11.2.0 (35e8515d)\n$ ./copy.sh\ncannot copy a.txt\nRunning after script...\n$ ./clean.sh\nrm: cannot remove 'b.txt': No such file or directory\nERROR: Job failed: exit status 4\n",
        &[],
    );
    assert_eq!(log["unexplained"]["line"], 3);
}

#[test]
fn what_nothing_bears_out_gives_way_to_what_the_end_does() {
    // A quiet finding far above, a summary at the end.
    let filler = "[INFO] Running com.example.ATest\n".repeat(120);
    let log = report(
        "maven.log",
        &format!(
            "dial: Connection timed out\n{filler}[ERROR] Tests run: 14, Failures: 0, Errors: 1, Skipped: 0\n[INFO] BUILD FAILURE\n"
        ),
        &[],
    );
    assert_eq!(log["cause"]["id"], "java/surefire-summary");
}

#[test]
fn words_of_gitlab_are_explained_where_a_log_is_of_github() {
    let github = "2026-01-02T10:00:01.1234567Z ##[group]Run tool\n2026-01-02T10:00:01.1234567Z tool\n\
        2026-01-02T10:00:01.1234567Z shell: /usr/bin/bash -e {0}\n2026-01-02T10:00:01.1234567Z ##[endgroup]\n\
        2026-01-02T10:00:02.1234567Z /home/runner/work/_temp/1.sh: line 1: tool: command not found\n\
        2026-01-02T10:00:02.1234567Z ##[error]Process completed with exit code 127.\n";
    let note = |text: &str| {
        let log = report("terms.log", text, &[]);
        assert_eq!(log["cause"]["id"], "shell/command-not-found");
        let notes = log["cause"]["notes"].as_array().unwrap().clone();
        notes
            .iter()
            .any(|note| note.as_str().unwrap().contains("GitHub Actions"))
    };
    assert!(note(github));
    assert!(!note(
        "$ tool\n/bin/bash: line 1: tool: command not found\nERROR: Job failed: exit code 127\n"
    ));
}

#[test]
fn steps_that_only_gitlab_knows_are_told_last_elsewhere() {
    let place = |end: &str| {
        let output = "+ npm ci\nnpm error code E401\nnpm error 401 Unauthorized - GET https://registry.example.com/left-pad\n";
        let log = report("dialect.log", &format!("{output}{end}"), &[]);
        assert_eq!(log["cause"]["id"], "node/npm-e401-e403");
        let steps = log["cause"]["fix"].as_array().unwrap();
        let named = |step: &Value| step.as_str().unwrap().contains("CI_JOB_TOKEN");
        (steps.iter().position(named).unwrap(), steps.len() - 1)
    };
    let (own, last) = place("ERROR: Job failed: exit code 1\n");
    assert!(own < last);
    let (elsewhere, last) = place("ERROR: script returned exit code 1\nFinished: FAILURE\n");
    assert_eq!(elsewhere, last);
}

#[test]
fn words_of_gitlab_are_explained_in_those_of_each_other_system() {
    for (end, begin) in [
        ("Finished: FAILURE\n", Some("In Jenkins ")),
        (
            "The command \"tool\" exited with 127.\n",
            Some("In Travis CI "),
        ),
        (
            "##[error]Bash exited with code '127'.\n",
            Some("In Azure Pipelines "),
        ),
        ("Exited with code exit status 127\n", Some("In CircleCI ")),
        ("ERROR: Job failed: exit code 127\n", None),
    ] {
        let text = format!("+ tool\n/bin/bash: line 1: tool: command not found\n{end}");
        let log = report("terms.log", &text, &[]);
        assert_eq!(log["cause"]["id"], "shell/command-not-found", "{end}");
        let notes = log["cause"]["notes"].as_array().unwrap();
        let mut notes = notes.iter().filter_map(Value::as_str);
        let told = notes.rfind(|note| note.starts_with("In "));
        match begin {
            Some(begin) => assert!(told.unwrap().starts_with(begin), "{told:?}"),
            None => assert_eq!(told, None),
        }
    }
}

#[test]
fn what_runs_behind_the_step_that_failed_is_no_cause() {
    let lines = [
        "##[group]Run scan",
        "scan",
        "shell: /usr/bin/bash -e {0}",
        "##[endgroup]",
        "image not scanned",
        "##[error]Process completed with exit code 1.",
        "##[group]Run rm -f a.txt",
        "rm -f a.txt",
        "shell: /usr/bin/bash -e {0}",
        "##[endgroup]",
        "rm: cannot remove 'a.txt': Permission denied",
    ];
    let log: String = lines
        .map(|line| format!("build\tScan\t2026-01-02T10:00:01.1234567Z {line}\n"))
        .concat();
    assert_eq!(told("composite.log", &log), (String::new(), 5));
}

#[test]
fn of_several_tasks_the_one_that_failed_tells() {
    const END: &str = "ERROR: Job failed: exit code 1\n";
    let tox = "$ tox\nprobe: commands[0]> ./metrics.sh\ncurl: (6) Could not resolve host: metrics.example.com\n\
        probe: OK \u{2714} in 1 second\ngen: commands[0]> ./gen.sh\ntemplate \"footer\" has no closing tag\n\
        gen: exit 3 (0.01 seconds) /builds/g/app> ./gen.sh pid=9\n  probe: OK (1.2=setup[1.0]+cmd[0.2] seconds)\n\
        \x20 gen: FAIL code 3 (0.1=setup[0.1]+cmd[0.01] seconds)\n  evaluation failed :( (2 seconds)\n";
    assert_eq!(told("tox.log", &format!("{tox}{END}")), (String::new(), 6));
    let turbo = "$ npx turbo build\napi:build: cache miss, executing 1234567890abcdef\n\
        web:build: cache miss, executing 1234567890abcdee\napi:build: Error: connect ECONNREFUSED 127.0.0.1:6379\n\
        web:build: route /a has no title\nweb:build:  ELIFECYCLE  Command failed with exit code 1.\n\
        \x20Tasks:    1 successful, 2 total\nFailed:    web#build\n ERROR  run failed: command  exited (1)\n";
    assert_eq!(
        told("turbo.log", &format!("{turbo}{END}")),
        (String::new(), 5)
    );
    // The same where that task failed.
    let other = turbo.replace("web#build", "api#build");
    let (id, line) = told("turbo-api.log", &format!("{other}{END}"));
    assert_eq!((id.is_empty(), line), (false, 4));
}

#[test]
fn where_only_a_wrapper_tells_the_line_before_it_is_shown() {
    let log =
        |said: &str| format!("$ node docs.js\n{said}error Command failed with exit code 1.\n");
    let said = "docs/a.md\nCommit what the build has written\n";
    assert_eq!(best("said.log", &log(said)), 4);
    // Nothing was said, or only by what ran well.
    assert_eq!(best("silent.log", &log("")), 3);
    assert_eq!(best("passed.log", &log("ok  \texample.com/app\t0.1s\n")), 4);
}

#[test]
fn of_a_chain_of_reasons_the_last_one_tells() {
    let log = report(
        "java-chain.log",
        "$ java -jar tool.jar\nException in thread \"main\" com.acme.A: migration failed\n\tat com.acme.Main.main(Main.java:1)\n\
         Caused by: com.acme.StepException: step failed\n\tat com.acme.Step.run(Step.java:2)\n\
         Caused by: java.lang.IllegalStateException: column exists\n\t... 2 more\nERROR: Job failed: exit code 1\n",
        &[],
    );
    assert_eq!(
        (&log["cause"]["id"], &log["cause"]["line"]),
        (&"java/caused-by".into(), &6.into())
    );
    assert_eq!(log["cause"]["captures"]["detail"], "column exists");
    let log = report(
        "rust-chain.log",
        "$ ./check\nError: could not validate config\n\nCaused by:\n    0: section `deploy`\n    1: key `target` is empty\n\
         ERROR: Job failed: exit code 1\n",
        &[],
    );
    assert_eq!(log["unexplained"]["line"], 6);
}

#[test]
fn noise_speaks_of_its_own_line_only() {
    let log = report(
        "noise.log",
        "HEAD is now at 3d50d2f Merge branch 'fix-error-handling'\n$ ./deploy.sh\n\
         ./deploy.sh: line 4: syntax error near unexpected token `fi'\nERROR: Job failed: exit code 2\n",
        &[],
    );
    assert_eq!(log["cause"]["line"], 3);
}

/// A pattern for lines that begin with that word.
fn pattern(role: &str, word: &str, supersedes: &str) -> String {
    format!(
        "role = \"{role}\"\nconfidence = \"high\"\nowner = \"project\"\nretry = \"never\"\ncategory = \"build\"\nprovenance = {{ level = \"source\", tool = \"acme\" }}\n\
         supersedes = [{supersedes}]\n[[match]]\nregex = '^{word}: (?P<what>.+)'\n[text.en]\ntitle = \"{word}\"\n\
         cause = \"It says: {{what}}.\"\nfix = [\"Mend it.\"]\n[tests]\nmatches = [\"{word}: x\"]\nignores = [\"none\"]\n"
    )
}

#[test]
fn what_is_noise_takes_nothing_else_along() {
    let folder = file(
        "noise/acme/calm.toml",
        &pattern("noise", "acme-(?:calm|store)", "\"acme/store\""),
    );
    file(
        "noise/acme/store.toml",
        &pattern("root_cause", "acme-store", "\"acme/tests\""),
    );
    file(
        "noise/acme/tests.toml",
        &pattern("root_cause", "acme-tests", ""),
    );
    let patterns = folder.parent().unwrap().parent().unwrap();
    let log = report(
        "noise.log",
        "$ acme test\nacme-store: no answer, as asked\nacme-tests: 1 of 2\nERROR: Job failed: exit code 1\n",
        &["--patterns", patterns.to_str().unwrap()],
    );
    assert_eq!(log["cause"]["id"], "acme/tests", "{log}");
}

#[test]
fn headings_of_melos_are_no_echoes() {
    let log = report(
        "melos.log",
        "$ melos run analyze\n\nmelos run analyze\n  \u{2514}> dart analyze\n     \u{2514}> RUNNING\n\n\
         lib/app.dart:3:7: Error: Expected ';' after this.\n\n$ melos run analyze\n  \u{2514}> dart analyze\n     \u{2514}> FAILED\n\
         ERROR: Job failed: exit code 1\n",
        &[],
    );
    assert_eq!(log["command"], "melos run analyze");
    assert_eq!(log["cause"]["line"], 7, "{}", log["unexplained"]);
}

#[test]
fn noise_right_above_a_cause_takes_nothing_from_it() {
    let log = report(
        "noise-above.log",
        "ERROR: Error cleaning up secrets: resource name may not be empty\n\
         ERROR: Job failed (system failure): prepare environment: setting up credentials: secrets is forbidden: \
         User \"system:serviceaccount:ci:default\" cannot create resource \"secrets\" in API group \"\" in the namespace \"ci\"\n",
        &[],
    );
    assert_eq!(log["cause"]["id"], "gitlab-runner/k8s-runner-forbidden");
}

#[test]
fn a_warning_far_below_bears_nothing_out() {
    let filler: String = (0..90).map(|k| format!("step {k} done\n")).collect();
    let log = report(
        "far.log",
        &format!(
            "The connection to the server localhost:8080 was refused - did you specify the right host or port?\n{filler}\
             ERROR: pip's dependency resolver does not currently take into account all the packages that are installed. \
             This behaviour is the source of the following dependency conflicts.\n\
             app 1.0 requires lib>=2, but you have lib 1.0 which is incompatible.\n{}",
            "2 passed in 0.22s\n"
        ),
        &[],
    );
    assert_eq!(log["cause"], Value::Null, "{log}");
}

/// A cause far above, then a test report.
fn far_above(end: &str) -> String {
    let filler: String = (0..300).map(|k| format!("request {k} served\n")).collect();
    format!(
        "$ npm run e2e\nfatal: unable to access 'https://git.example.com/a.git/': Could not resolve host: git.example.com\n\
         {filler}{end}"
    )
}

#[test]
fn another_failure_at_the_end_bears_out_a_cause_far_above() {
    let test = "  1) [chromium] › e2e/cart.spec.ts:3:1 › cart › adds ─────\n\n    Error: expect(page).toHaveURL(expected) failed\n";
    let summary = "  1 failed\n    [chromium] › e2e/cart.spec.ts:3:1 › cart › adds ─────\n  2 passed (3.2s)\n";
    let told = report(
        "tests-fail.log",
        &far_above(&format!("{test}{summary}")),
        &[],
    );
    assert_eq!(told["cause"]["id"], "git/could-not-resolve-host");
    // The summary counts, however long the report of the tests is.
    let page: String = (0..200).map(|k| format!("    - listitem {k}\n")).collect();
    let told = report(
        "long-report.log",
        &far_above(&format!("{test}{page}{summary}")),
        &[],
    );
    assert_eq!(told["cause"]["id"], "git/could-not-resolve-host");
    // What stands as far above bears nothing out.
    let rest: String = (0..200).map(|k| format!("page {k} written\n")).collect();
    let silent = report(
        "long-after.log",
        &far_above(&format!("{test}{summary}{rest}")),
        &[],
    );
    assert_eq!(silent["status"], "clean", "{silent}");
    let silent = report("tests-pass.log", &far_above("  3 passed (3.2s)\n"), &[]);
    assert_eq!(silent["status"], "clean", "{silent}");
}

#[test]
fn the_frames_of_a_stack_trace_put_no_distance_between_a_cause_and_the_end() {
    let error = "write /srv/cache/views/a.php: no space left on device\n";
    let frame =
        |k: usize| format!("#{k} /srv/app/vendor/console/Command.php({k}): Kernel->handle()\n");
    let frames: String = (0..200).map(frame).collect();
    let told = report("frames.log", &format!("{error}{frames}"), &[]);
    assert_eq!(told["cause"]["line"], 1, "{told}");
    let output = "copied a file\n".repeat(200);
    let silent = report("output.log", &format!("{error}{output}"), &[]);
    assert_eq!(silent["status"], "clean", "{silent}");
}

/// The most telling line of a job without a cause.
fn best(name: &str, text: &str) -> u64 {
    let log = report(
        name,
        &format!("$ ./run.sh\n{text}ERROR: Job failed: exit code 5\n"),
        &[],
    );
    assert_eq!(log["cause"], Value::Null, "{log}");
    log["unexplained"]["line"].as_u64().unwrap()
}

#[test]
fn a_title_gives_way_to_the_sentence_below_it() {
    let log =
        "Validation Check Failed\nChanges outside of overlays/sit are not allowed here.\nDetails\n";
    assert_eq!(best("title.log", log), 3);
    let log = "Error: 2 error(s) occurred:\n\n* name must be given\n* size must be given\n";
    assert_eq!(best("errors-occurred.log", log), 4);
    let log = "jscpd: Package \"linux-x64\" not installed. Add it: npm install linux-x64\nAlternatively, build it.\n";
    assert_eq!(best("not-installed.log", log), 2);
}

#[test]
fn what_only_announces_gives_way_to_what_stands_below_it() {
    let lines = [
        "frob: Packing failed with 1 error:\n\n./lamps/a.lamp:3:1\nThe shade of the lamp is upside down\n",
        "Error while weighing the parts of the lamp:\nParts 3 and 4 share one shade\n",
        "Error: [L-4804]\nThe lamp has two shades\n",
    ];
    let wanted = [5, 3, 3];
    for (k, (log, line)) in lines.into_iter().zip(wanted).enumerate() {
        assert_eq!(best(&format!("announced-{k}.log"), log), line, "{log}");
    }
    // What says what is wrong itself stays, whatever list follows.
    let log = "error: lamp 3 is not supported by the following shades:\n  oak shade of 2024\n";
    assert_eq!(best("specific.log", log), 2);
    let log = "Error: the shades differ:\n  what is right here\n+ what was left here\n";
    assert_eq!(best("differs.log", log), 2);
}

#[test]
fn what_a_cell_of_a_table_goes_on_with_is_shown() {
    let log = "$ sam deploy
UPDATE_FAILED   AWS::Lambda::Function   ApiFunction   Resource handler
                                                      returned message:
                                                      \"Unzipped size must be
                                                      smaller than 262144000
                                                      bytes\"
UPDATE_ROLLBACK_IN_PROGRESS AWS::CloudFormation::Stack app The following resource(s) failed to update: [ApiFunction].
Error: Failed to create/update the stack: app, Waiter StackUpdateComplete failed
ERROR: Job failed: exit code 1
";
    let log = report("cell.log", log, &[]);
    assert_eq!(log["cause"]["id"], "cloud-cli/cloudformation-failed");
    let shown = log["cause"]["evidence"].as_array().unwrap();
    let shown: Vec<_> = shown.iter().map(|line| line["line"].as_u64()).collect();
    assert_eq!(shown, (1..=8).map(Some).collect::<Vec<_>>(), "{log}");
}

/// The verdict on a log of a Jenkins pipeline.
fn of_jenkins(name: &str, stages: &str) -> Value {
    let end = "[Pipeline] }\n[Pipeline] // node\n[Pipeline] End of Pipeline\nERROR: script returned exit code 1\nFinished: FAILURE\n";
    report(
        name,
        &format!(
            "Started by user admin\n[Pipeline] Start of Pipeline\n[Pipeline] node\n[Pipeline] {{\n{stages}{end}"
        ),
        &[],
    )
}

#[test]
fn what_a_jenkins_run_left_behind_is_no_cause() {
    let stage = |name: &str, output: &str| {
        format!(
            "[Pipeline] stage\n[Pipeline] {{ ({name})\n[Pipeline] sh\n{output}[Pipeline] }}\n[Pipeline] // stage\n"
        )
    };
    let lost = "curl: (6) Could not resolve host: lamps.example.com\n";
    let probe = stage(
        "Probe",
        &format!("+ curl https://lamps.example.com\n{lost}+ echo none\nnone\n"),
    );
    let check = stage("Check", "+ ./check.sh\nerror: lamp 3 is frozen\n");
    let log = of_jenkins("jenkins-stages.log", &format!("{probe}{check}"));
    assert_eq!(log["cause"], Value::Null, "{log}");
    assert_eq!(log["unexplained"]["line"], 18, "{log}");
    // In one script.
    let log = of_jenkins(
        "jenkins-traced.log",
        &stage(
            "All",
            &format!(
                "+ curl https://lamps.example.com\n{lost}+ sleep 3\n+ ./check.sh\nerror: lamp 3 is frozen\n"
            ),
        ),
    );
    assert_eq!(log["unexplained"]["line"], 12, "{log}");
    // The last one is to blame, or nobody knows.
    let log = of_jenkins(
        "jenkins-last.log",
        &stage("All", &format!("+ curl https://lamps.example.com\n{lost}")),
    );
    assert_eq!(log["cause"]["line"], 9, "{log}");
    // It printed nothing.
    let log = of_jenkins(
        "jenkins-silent.log",
        &stage("All", "+ echo checking\nchecking\n+ grep -q lamp list\n"),
    );
    assert_eq!(log["unexplained"]["line"], 10, "{log}");
}

#[test]
fn an_attempt_of_jenkins_that_was_not_the_last_is_no_cause() {
    let attempt = |output: &str| {
        format!("[Pipeline] {{\n[Pipeline] sh\n+ ./get a.tgz\n{output}[Pipeline] }}\n")
    };
    let lost = "curl: (6) Could not resolve host: lamps.example.com\n";
    let first = attempt(lost);
    let again = format!("[Pipeline] retry\n{first}ERROR: script returned exit code 6\nRetrying\n");
    let verify = "[Pipeline] sh\n+ ./verify\nverify: signature of a.tgz does not match\n";
    let log = of_jenkins(
        "retry-went-on.log",
        &format!("{again}{}[Pipeline] // retry\n{verify}", attempt("")),
    );
    assert_eq!(
        (&log["cause"], log["unexplained"]["line"].as_u64()),
        (&Value::Null, Some(20))
    );
    // The last attempt failed in another way.
    let log = of_jenkins(
        "retry-last.log",
        &format!(
            "{again}{}[Pipeline] // retry\n",
            attempt("get: sum of a.tgz does not match\n")
        ),
    );
    assert_eq!(
        (&log["cause"], log["unexplained"]["line"].as_u64()),
        (&Value::Null, Some(16))
    );
    // It failed as the first did, which is told.
    let log = of_jenkins(
        "retry-vain.log",
        &format!("{again}{}[Pipeline] // retry\n", attempt(lost)),
    );
    assert_eq!(log["cause"]["line"], 16, "{log}");
}

#[test]
fn a_step_of_an_image_that_passed_is_no_cause() {
    let lost = "curl: (6) Could not resolve host: lamps.example.com";
    let log = format!(
        "#5 [1/2] RUN ./lamps.sh\n#5 0.5 {lost}\n#5 DONE 0.7s\n#6 [2/2] RUN ./gen.sh\n#6 0.3 lamp 3 is frozen\n\
         #6 ERROR: process \"/bin/sh -c ./gen.sh\" did not complete successfully: exit code: 3\n"
    );
    assert_eq!(best("steps.log", &log), 6);
    let log = log.replace("#5 DONE 0.7s", "#5 ERROR: process \"/bin/sh\"");
    let log = report(
        "step-failed.log",
        &format!("$ docker build .\n{log}ERROR: Job failed: exit code 1\n"),
        &[],
    );
    assert_eq!(log["cause"]["line"], 3, "{log}");
}

#[test]
fn how_a_tool_ended_gives_way_to_what_it_said_right_before() {
    let log = "reading 3 lamps\nlamp 3: shade does not exist here\nlamptool: error: packer returned 1 exit status\n";
    assert_eq!(best("ended.log", log), 3);
}

#[test]
fn a_failure_of_the_system_is_told_by_the_runners_own_reason() {
    let head = "Running with gitlab-runner 17.0.0 (abc)\n  on r1 abcdefgh\nPreparing the \"docker\" executor\n\
                Using Docker executor with image alpine:3 ...\n";
    let reason =
        "ERROR: Job failed (system failure): the lamp above the rack is out (lamp.go:1:0s)\n";
    let log = report("system.log", &format!("{head}{reason}"), &[]);
    assert_eq!(log["unexplained"]["line"], 5, "{log}");
    let ended = "ERROR: Job failed (system failure): prepare environment: exit status 3\n";
    let log = report("system-exit.log", &format!("{head}{ended}"), &[]);
    assert_ne!(log["unexplained"]["line"], 5, "{log}");
}

#[test]
fn the_heading_of_a_traceback_gives_way_to_the_exception_below_its_frames() {
    let log = "Traceback (most recent call last):\n  File \"a.py\", line 3, in <module>\n    lamp.light()\n\
               lamp.GoneOut: the lamp went out\nbye\n";
    assert_eq!(best("traceback.log", log), 5);
    let log = "Traceback (most recent call last):\n  File \"a.py\", line 3, in <module>\nbye\n";
    assert_eq!(best("half.log", log), 2);
}

#[test]
fn ant_says_below_its_verdict_why_a_target_failed() {
    let log = "test:\n     [lamp] it went out\n\nBUILD FAILED\n\
               /srv/app/build.xml:25: The following error occurred while executing this line:\n\
               /srv/app/lamp.xml:3: No lamp is lit\n\nTotal time: 3 seconds\n";
    assert_eq!(best("ant.log", log), 7);
}

#[test]
fn what_is_being_done_to_a_package_is_no_reason() {
    let log = "   Compiling thiserror v1.0.69\n    Checking lamp v0.1.0 (/srv/lamp)\n\
               error: could not compile `lamp` (lib) due to 1 previous error\n";
    assert_eq!(best("cargo.log", log), 4);
}

#[test]
fn what_nix_quotes_of_a_builder_says_why_it_failed() {
    let log = "error: builder for '/nix/store/0a1b2c3d4e5f-lamp-1.0.drv' failed with exit code 1;\n       last 3 log lines:\n\
               \x20      > building\n       > error: no lamp is lit\n       > bye\n\
               \x20      For full logs, run 'nix log /nix/store/0a1b2c3d4e5f-lamp-1.0.drv'.\n";
    // Without a verdict, and far from the end, the builder's failure is no cause.
    let output = "copied a file\n".repeat(30);
    let told = report("nix.log", &format!("$ nix build\n{log}{output}"), &[]);
    assert_eq!(told["unexplained"]["line"], 5, "{told}");
}

#[test]
fn what_is_done_to_one_thing_after_another_is_no_reason() {
    let released: String = (0..30).map(|n| format!("released buffer {n}\n")).collect();
    let said = format!("packed layers\nlayer 2: answered 413\n{released}");
    assert_eq!(best("series.log", &said), 3);
    // Where nothing else was said, the last of them.
    assert_eq!(best("only.log", &released), 31);
    // What was tried again until it was too late tells.
    let tried: String = (1..9)
        .map(|n| format!("waiting for db ({n}/8)\n"))
        .collect();
    assert_eq!(best("tried.log", &format!("started db\n{tried}")), 10);
}

#[test]
fn where_nothing_tells_what_is_not_so_may_and_advice_does_not() {
    let said = "12 files read\nstore.go lacks a header\n11 files written\n";
    assert_eq!(best("lacks.log", said), 3);
    let said = "cover: 61.2 of 70\nSee the page of the report\n";
    assert_eq!(best("advice.log", said), 2);
    let said = "2 entries:\n  - user jd left\n2 problems\n";
    assert_eq!(best("count.log", said), 3);
}

#[test]
fn before_words_that_only_say_that_a_script_failed_several_lines_are_shown() {
    let log = report(
        "npm.log",
        "$ npm run size\nvendor.js 212 kB\nmain.js 198 kB of 180 kB\nstyles.css 31 kB\n\
         npm error Lifecycle script `size` failed with error:\nnpm error code 1\nnpm error path /builds/app\n\
         npm error command failed\nnpm error command sh -c node size.js\nERROR: Job failed: exit code 1\n",
        &[],
    );
    assert_eq!(log["unexplained"]["line"], 4);
    let shown = lines(&log);
    assert!(shown.contains(&3) && !shown.contains(&7), "{shown:?}");
}

#[test]
fn of_programs_side_by_side_the_one_that_ended_with_a_code_says_why() {
    let said = "[api] ready\n[work] 3 jobs left, 0 wanted\n[work] node work.js exited with code 1\n\
                [api] terminated\n";
    assert_eq!(best("side.log", said), 3);
}

#[test]
fn below_the_box_of_rich_stands_the_exception_and_below_a_node_error_its_cause() {
    let box_of = "\u{256d}\u{2500}\u{2500} Traceback (most recent call last) \u{2500}\u{2500}\u{256e}\n\
                  \u{2502} \u{2771} 14 \u{2502}   run(error)  \u{2502}\n\u{2570}\u{2500}\u{2500}\u{2500}\u{256f}\n";
    let log = format!("{box_of}QueueGone: 'mail' was deleted\n");
    assert_eq!(best("rich.log", &log), 5);
    let log = "Error: upload stopped\n    at main (/app/job.js:3:9) {\n  \
               [cause]: Error: bucket answers 307\n      at up (/app/job.js:1:9)\n}\n";
    assert_eq!(best("cause.log", log), 4);
}

#[test]
fn a_job_that_ran_out_of_time_shows_what_was_running() {
    let marker = |edge: &str, name: &str| format!("section_{edge}:1700000000:{name}\r\u{1b}[0K");
    let echo = |command: &str| format!("\u{1b}[32;1m$ {command}\u{1b}[0;m\n");
    let (install, test) = (echo("npm ci"), echo("npm run e2e"));
    let output = format!("{install}added 3 packages\n{test}Running 5 tests using 1 worker\n");
    let warning =
        "WARNING: step_script could not run to completion because the timeout was exceeded.\n";
    let log = format!(
        "{}{output}{warning}{}{}Cleaning up project directory\n{}ERROR: Job failed: execution took longer than 1h0m0s seconds\n",
        marker("start", "step_script"),
        marker("end", "step_script"),
        marker("start", "cleanup_file_variables"),
        marker("end", "cleanup_file_variables"),
    );
    let lines = |log: &Value| -> Vec<u64> {
        let evidence = log["cause"]["evidence"].as_array().unwrap();
        evidence
            .iter()
            .map(|e| e["line"].as_u64().unwrap())
            .collect()
    };
    let told = report("ran-out.log", &log, &[]);
    assert_eq!(lines(&told), [3, 4, 5, 7], "{told}");
    let t = "2026-05-01T10:00:00.1234567Z";
    let log = format!(
        "{t} ##[group]Run npm test\n{t} npm test\n{t} ##[endgroup]\n{t} 5 tests\n{t} ##[error]The job running on runner r 1 has \
         exceeded the maximum execution time of 360 minutes.\n{t} ##[error]The operation was canceled.\n"
    );
    let told = report("ran-out-github.log", &log, &[]);
    assert_eq!(lines(&told), [1, 4, 5], "{told}");
}

#[test]
fn a_prefix_without_a_word_behind_it_tells_nothing() {
    let npm = "      npm ERR! Exit status 1\nnpm ERR! \nnpm ERR! Failed at the app@0.1.0 update script.\n\
               npm ERR! This is probably not a problem with npm. There is likely additional logging output above.\n\n\
               npm ERR! A complete log of this run can be found in:\nnpm ERR!     /root/.npm/_logs/1-debug.log\n";
    assert_eq!(best("npm.log", npm), 4);
    assert_eq!(
        best(
            "maven.log",
            "the lamp could not be lit\n[ERROR] \n[ERROR]\n"
        ),
        2
    );
    assert_eq!(best("bare.log", "the lamp went out\nerror:\n"), 2);
    assert_eq!(best("word.log", "the lamp went out\nFAILED\n"), 3);
}

#[test]
fn an_exit_code_alone_tells_less_than_what_failed() {
    let step = "Error: building at STEP \"RUN exit 5\": while running runtime: exit status 5\n";
    for code in [
        "exit code: 5\n",
        "exit status 5\n",
        "Error: Process exited with code 5.\n",
        "error: script exited with non-zero status 5\n",
    ] {
        assert_eq!(best("behind.log", &format!("{step}{code}")), 2, "{code}");
        assert_eq!(best("before.log", &format!("{code}{step}")), 3, "{code}");
        assert_eq!(
            best("alone.log", &format!("the lamp went out\n{code}")),
            2,
            "{code}"
        );
    }
    // It says what ended so.
    assert_eq!(
        best("lamp.log", "error: lamp exited with code 5\nusage: lamp\n"),
        2
    );
}

#[test]
fn a_symptom_that_is_out_takes_no_root_cause_away() {
    let downloads = "[INFO] Downloaded: a.pom\n".repeat(600);
    let log = format!("\
$ mvn -B verify
bash: line 97: bc: command not found
{downloads}[INFO] Running com.example.AppTest
Error creating bean with name 'ledger': Invocation of init method failed
[ERROR] com.example.AppTest.totals -- Time elapsed: 0.008 s <<< ERROR!
[ERROR] Failed to execute goal org.apache.maven.plugins:maven-surefire-plugin:3.2.5:test (default-test) on project app: There are test failures.
ERROR: Job failed: exit code 1
");
    let log = report("symptom_out", &log, &[]);
    assert_eq!(log["cause"]["id"], "java/surefire-test-failures");
    assert_eq!(log["cause"]["line"], 605);
}

/// Lines of a script that goes on.
fn goes_on(lines: usize) -> String {
    (0..lines)
        .map(|k| format!("compiled part {k} of the library\n"))
        .collect()
}

#[test]
fn what_a_script_went_on_behind_is_no_cause() {
    let id = |log: &Value| log["cause"]["id"].clone();
    let log = |first: &str, lines: usize, end: &str, code: u8| {
        let on = goes_on(lines);
        report(
            "went-on.log",
            &format!("$ ./build.sh\n{first}\n{on}{end}\nERROR: Job failed: exit code {code}\n"),
            &[],
        )
    };
    let option = "realpath: invalid option -- 'm'";
    let missing = "./build.sh: line 9: bc: command not found";
    let full = "cp: error writing '/builds/app/out.bin': No space left on device";
    let panic = "thread 'main' panicked at src/main.rs:12:5:\ncalled `Result::unwrap()` on an `Err` value: NotFound";
    assert_eq!(id(&log(option, 300, panic, 2)), "rust/panic");
    assert_eq!(
        id(&log(missing, 300, full, 1)),
        "disk-memory-limits/no-space"
    );
    // Nothing else is known, and the code is no shell's.
    let unknown = log(missing, 300, "the suite says no", 1);
    assert_eq!(unknown["status"], "unexplained");
    // It ended so, it was said to have failed, or it did not go on for long.
    let not_found = "shell/command-not-found";
    assert_eq!(id(&log(missing, 300, "the suite says no", 127)), not_found);
    let make = format!("{missing}\nmake: *** [Makefile:3: all] Error 127");
    assert_eq!(id(&log(&make, 300, full, 2)), not_found);
    assert_eq!(id(&log(missing, 40, panic, 1)), not_found);
    assert_eq!(id(&log(missing, 200, "the suite says no", 1)), not_found);
}

#[test]
fn what_a_logger_writes_every_day_is_no_cause() {
    let log = |head: &str| {
        report(
            "logger.log",
            &format!(
                "$ ./suite.sh\n{head}connection to db.example.com:5432 failed: java.net.ConnectException: Connection refused\n\
                 the suite says no\nERROR: Job failed: exit code 1\n"
            ),
            &[],
        )
    };
    for head in [
        "INFO: ",
        "2026-05-01 10:00:00,123 DEBUG o.e.Pool - ",
        "10:00:00.123 [main] INFO o.e.Pool - ",
        "DEBUG:root:",
    ] {
        assert_eq!(log(head)["status"], "unexplained", "{head}");
    }
    for head in ["", "[INFO] ", "2026-05-01 10:00:00,123 ERROR o.e.Pool - "] {
        assert_eq!(log(head)["status"], "explained", "{head}");
    }
}

#[test]
fn what_tests_print_is_no_cause_behind_the_time_either() {
    let refused = "psycopg2.OperationalError: could not connect to server: Connection refused";
    let stamp = "2026-05-01T10:00:00.123456Z 01O ";
    let lines = [
        "$ pytest -s -v",
        &format!("test_a.py::test_x {refused}"),
        "PASSED                                   [ 50%]",
        "test_a.py::test_y FAILED                 [100%]",
        "=== FAILURES ===",
        "E   assert 1 == 2",
        "=== short test summary info ===",
        "FAILED test_a.py::test_y - assert 1 == 2",
    ];
    let log: String = lines
        .iter()
        .map(|line| format!("{stamp}{line}\n"))
        .collect();
    let log = format!("{log}{stamp}ERROR: Job failed: exit code 1\n");
    let (id, _) = told("stamped.log", &log);
    assert!(!id.starts_with("services-databases/"), "{id}");
}

#[test]
fn what_ails_a_service_counts_where_the_job_needs_it() {
    let log = |command: &str, said: &str| {
        format!(
            "Running with gitlab-runner 17.5.3 (12030cf4)\n\
             section_start:1732600001:prepare_executor\r\x1b[0KPreparing the \"docker\" executor\n\
             *** WARNING: Service runner-1-project-1-concurrent-0-postgres-0 probably didn't start properly.\n\n\
             Service container logs:\n\
             2026-11-24T09:25:01.221100451Z Error: Database is uninitialized and superuser password is not specified.\n\n\
             *********\n\n\
             section_end:1732600006:prepare_executor\r\x1b[0Ksection_start:1732600019:step_script\r\x1b[0K$ {command}\n\
             {said}\n\
             section_end:1732600024:step_script\r\x1b[0KERROR: Job failed: exit code 1\n"
        )
    };
    let refused = "Error: connect ECONNREFUSED 172.17.0.3:5432";
    assert_eq!(
        told("service.log", &log("npm test", refused)),
        ("services-databases/postgres-init-password".to_owned(), 6)
    );
    // Nothing that failed comes of it.
    let (id, _) = told(
        "no-service.log",
        &log("make", "make: node: Command not found"),
    );
    assert_eq!(id, "shell/command-not-found");
    let (id, _) = told("nothing.log", &log("./run", "it does not work"));
    assert_eq!(id, "");
}

/// The log of a step of GitHub with that script and output.
fn step(script: &str, output: &str) -> String {
    let first = script.lines().next().unwrap_or_default();
    format!(
        "##[group]Run {first}\n{script}\nshell: /usr/bin/bash --noprofile --norc -e -o pipefail {{0}}\n##[endgroup]\n{output}\n\
         ##[error]Process completed with exit code 1.\nPost job cleanup.\n"
    )
}

#[test]
fn a_command_that_is_only_tried_gives_way_to_a_later_failure() {
    const NO_REMOTE: &str = "fatal: 'origin' does not appear to be a git repository\nfatal: Could not read from remote repository.";
    const CONFLICT: &str = "Auto-merging f\nCONFLICT (content): Merge conflict in f\nAutomatic merge failed; fix conflicts and then commit the result.";
    const EUSAGE: &str = "npm error code EUSAGE\nnpm error\nnpm error The `npm ci` command can only install with an existing package-lock.json or";
    const NO_SCRIPT: &str = "npm error Missing script: \"build\"";
    const FAST: &str = "fatal: Not possible to fast-forward, aborting.";
    let id = |log: &str| told("tried.log", log).0;
    let both = |script: &[&str], said: &[&str]| {
        let output = said.join("\n");
        let line = format!(
            "$ {}\n{output}\nERROR: Job failed: exit code 1\n",
            script.join("; ")
        );
        [id(&step(&script.join("\n"), &output)), id(&line)]
    };
    for (script, said, cause) in [
        (
            &[
                "git config user.name ci",
                "git fetch origin || true",
                "git merge x",
            ][..],
            &[NO_REMOTE, CONFLICT][..],
            "git/merge-conflict",
        ),
        (
            &[
                "git fetch origin main --depth=1 || true",
                "git merge-base HEAD HEAD~1",
            ],
            &[
                "fatal: couldn't find remote ref main",
                "fatal: Not a valid object name HEAD~1",
            ],
            "git/shallow-history",
        ),
        (
            &["mysqladmin ping || true", "mysql app < schema.sql"],
            &[
                "Waiting\u{7}mysqladmin: connect to server at '127.0.0.1' failed",
                "error: 'Can't connect to MySQL server on '127.0.0.1' (115)'",
                "bash: line 2: schema.sql: No such file or directory",
            ],
            "shell/no-such-file",
        ),
        (
            &["git merge --ff-only x || git merge x"],
            &[FAST, CONFLICT],
            "git/merge-conflict",
        ),
        // What is lacking may come of what did not arrive.
        (
            &[
                "git fetch origin || true",
                "git diff --name-only origin/main...HEAD",
            ],
            &[
                NO_REMOTE,
                "fatal: ambiguous argument 'origin/main...HEAD': unknown revision or path not in the working tree.",
            ],
            "git/remote-not-a-repository",
        ),
        (
            &["npm ci || true", "npm run build"],
            &[EUSAGE, "sh: 1: tsc: not found"],
            "node/npm-lockfile-missing",
        ),
        // Nothing says that it was tried, or something says that it counts.
        (
            &["git fetch origin", "git merge x"],
            &[NO_REMOTE, CONFLICT],
            "git/remote-not-a-repository",
        ),
        (
            &["git merge --ff-only x || hub merge x"],
            &[FAST, CONFLICT],
            "git/divergent-branches",
        ),
    ] {
        assert_eq!(both(script, said), [cause, cause], "{script:?}");
    }
    assert_eq!(
        id(&step(
            "npm ci || npm run build",
            &format!("{EUSAGE}\n{NO_SCRIPT}")
        )),
        "node/npm-missing-script"
    );
}

#[test]
fn what_a_command_overcame_by_itself_is_told_as_unsure_or_not_at_all() {
    let of = |output: &str| {
        let log = format!("$ ./e2e.sh\n{output}\nERROR: Job failed: exit code 1\n");
        let log = report("overcome.log", &log, &[]);
        let told = |key: &str| log["cause"][key].as_str().unwrap_or_default().to_owned();
        (told("id"), told("confidence"))
    };
    let refused = "psql: error: connection to server at \"db\" (172.18.0.2), port 5432 failed: Connection refused";
    let postgres = "services-databases/postgres-connection-refused";
    let is = |id: &str, confidence: &str| (id.to_owned(), confidence.to_owned());
    assert_eq!(of(&format!("{refused}\nno invoices")), is(postgres, "high"));
    assert_eq!(
        of(&format!("{refused}\ndatabase is up\nno invoices")),
        is(postgres, "low")
    );
    assert_eq!(
        of(&format!("{refused}\ndatabase is up\nconnect: timed out")).0,
        postgres
    );
    // Another failure is no consequence of it.
    let full = "cp: error writing '/builds/app/out.bin': No space left on device";
    let both = format!("{refused}\ndatabase is up\nchecking invoices\n{full}");
    assert_eq!(of(&both).0, "disk-memory-limits/no-space");
    let curl = "curl: (7) Failed to connect to api port 8080 after 2 ms: Connection refused";
    assert_eq!(
        of(&format!(
            "attempt 1: {curl}\nattempt 2: ok\nbundle rejected"
        )),
        is("", "")
    );
    assert_eq!(
        of(&format!(
            "attempt 1: {curl}\nattempt 2: {curl}\nbundle rejected"
        ))
        .1,
        "high"
    );
    let apt = "W: GPG error: http://deb.example.com stable InRelease: The following signatures couldn't be verified because the public key is not \
               available: NO_PUBKEY 0123456789ABCDEF";
    assert_eq!(
        of(&format!("{apt}\nReading package lists...\nschema drift")).1,
        "low"
    );
    assert_eq!(
        of(&format!(
            "{apt}\nE: The repository 'http://deb.example.com stable InRelease' is not signed."
        ))
        .1,
        "high"
    );
    let record =
        |level: &str, k: usize| format!("2026-01-26 01:58:{k:02} [{level:<9}] fetching page {k}\n");
    let error =
        "2026-01-26 01:58:31 [error    ] fetch failed error=[Errno -2] Name or service not known";
    let resolve = "network-dns-tls/temporary-failure";
    let lived_on: String = (0..30).map(|k| record("info", k)).collect();
    assert_eq!(
        of(&format!("{error}\n{lived_on}3 pages are missing")),
        is(resolve, "low")
    );
    let ended: String = (0..5).map(|k| record("info", k)).collect();
    assert_eq!(
        of(&format!("{error}\n{ended}3 pages are missing")),
        is(resolve, "high")
    );
}

#[test]
fn what_a_script_says_it_does_without_is_no_cause() {
    const GATE: &str = "release gate: owner approval for change 4711 is missing";
    let steps: String = (1..=30).map(|k| format!("step {k} of 30 done\n")).collect();
    let log = |said: &str, end: &str| {
        format!("$ ./ci/run.sh\n{said}\n{steps}{end}\nERROR: Job failed: exit code 1\n")
    };
    let pull = "Error response from daemon: manifest for reg.example.com/app:cache not found: manifest unknown: manifest unknown";
    let aws = "An error occurred (404) when calling the HeadObject operation: Not Found";
    let refused = "java.net.ConnectException: Connection refused (Connection refused)\n\tat java.net.PlainSocketImpl.socketConnect(Native Method)";
    for (name, said) in [
        ("pull", format!("{pull}\nno cache image, building from scratch")),
        ("aws", format!("{aws}\nno previous state, starting fresh")),
        ("java", format!("{refused}\nINFO retry ok, connected to broker")),
        (
            "init",
            "Error: Backend initialization required, please run \"terraform init\"\nInitializing the backend...\n\
             Terraform has been successfully initialized!"
                .to_owned(),
        ),
        (
            "helm",
            "Error: release: not found\nRelease \"web\" does not exist. Installing it now.".to_owned(),
        ),
        (
            "tag",
            "fatal: No names found, cannot describe anything.\nusing version 0.0.0".to_owned(),
        ),
    ] {
        let log = report(&format!("{name}.log"), &log(&said, GATE), &[]);
        assert_eq!(log["cause"], Value::Null, "{name}");
        let line = log["unexplained"]["line"].as_u64().unwrap();
        assert_eq!(line, 32 + said.lines().count() as u64, "{name}");
    }
    let cause = |said: &str, end: &str| {
        let log = report("went-on.log", &log(said, end), &[]);
        let told = |key: &str| log["cause"][key].as_str().unwrap_or_default().to_owned();
        (told("id"), told("confidence"))
    };
    let is = |id: &str, confidence: &str| (id.to_owned(), confidence.to_owned());
    // Where nothing below tells of a failure it stays the cause, but an unsure one.
    assert_eq!(
        cause(&format!("{aws}\nno previous state, starting fresh"), "bye"),
        is("cloud-cli/aws-not-found", "low")
    );
    // Long output below it alone says nothing.
    assert_eq!(cause(aws, GATE), is("cloud-cli/aws-not-found", "high"));
}

#[test]
fn what_a_database_refuses_gives_way_to_the_tests_of_another_service() {
    let told = |summary: &str| {
        let log = format!(
            "$ docker compose run tests\ndb-1  | FATAL:  password authentication failed for user \"probe\"\n\
             db-1  | LOG: database system is ready to accept connections\nweb-1  | starting\n{summary}\n\
             ERROR: Job failed: exit code 1\n"
        );
        let log = report("compose.log", &log, &[]);
        let told = |key: &str| log["cause"][key].as_str().unwrap_or_default().to_owned();
        (told("id"), told("confidence"))
    };
    let is = |id: &str, confidence: &str| (id.to_owned(), confidence.to_owned());
    let refused = "services-databases/postgres-auth";
    assert_eq!(
        told(
            "tests-1  | 12 examples, 1 failure\ntests-1  | rspec ./spec/cart_spec.rb:14 # Cart adds totals"
        ),
        is("tests/summary-failed", "low")
    );
    assert_eq!(
        told("tests-1  | 12 examples, 12 failures"),
        is(refused, "low")
    );
    assert_eq!(told("db-1  | 12 examples, 1 failure"), is(refused, "high"));
    assert_eq!(
        told(
            "tests-1  | FATAL:  password authentication failed for user \"app\"\ntests-1  | 12 examples, 1 failure"
        ),
        is(refused, "high")
    );
}

#[test]
fn what_pytest_captured_gives_way_to_why_the_test_failed() {
    let log = |captured: &str, why: &str| {
        format!(
            "$ pytest\n=== FAILURES ===\n_____ test_total _____\n\n>       assert cart.total() == 30\nE       {why}\n\n\
             tests/test_net.py:9: AssertionError\n---- Captured log call ----\n{captured}\n\
             === short test summary info ===\nFAILED tests/test_net.py::test_total - {why}\n\
             === 1 failed, 1 passed in 0.12s ===\nERROR: Job failed: exit code 1\n"
        )
    };
    let lost = "ERROR    net:client.py:12 Could not resolve host: nexus.example.com";
    let own = ("tests/pytest-failed".to_owned(), 12);
    assert_eq!(
        told(
            "captured.log",
            &log(lost, "AssertionError: assert 29 == 30")
        ),
        own
    );
    let curl = ("network-dns-tls/curl-could-not-resolve".to_owned(), 10);
    // The failure speaks of it, or of a command that says there why it failed.
    for why in [
        "Lost: Could not resolve host: nexus.example.com",
        "AssertionError: no answer of nexus.example.com",
        "subprocess.CalledProcessError: Command '['curl', 'x']' returned non-zero exit status 6.",
    ] {
        let lost = "curl: (6) Could not resolve host: nexus.example.com";
        let (id, _) = told("captured-same.log", &log(lost, why));
        assert_eq!(id, curl.0, "{why}");
    }
}

#[test]
fn what_apt_says_it_ignored_is_not_the_line_that_tells() {
    let log = |below: &str| {
        format!(
            "W: Failed to fetch http://deb.example.com/x/InRelease  Could not resolve 'deb.example.com'\n\
             W: Some index files failed to download. They have been ignored, or old ones used instead.\n{below}\n"
        )
    };
    let steps: String = (1..=30).map(|k| format!("step {k} of 30 done\n")).collect();
    let gate = "release gate: owner approval for change 4711 is missing";
    assert_eq!(
        best(
            "apt-ignored.log",
            &log(&format!("Setting up jq (1.6) ...\n{steps}{gate}"))
        ),
        35
    );
    assert_eq!(best("apt-alone.log", &log("Reading package lists...")), 2);
}

#[test]
fn what_python_says_of_a_command_gives_way_to_what_the_command_said() {
    let of = |command: &str| {
        let log = format!(
            "$ pytest\nError: creating IAM Role (app): AccessDenied: User: arn:aws:iam::123456789012:user/ci is not authorized to perform: iam:CreateRole\n\
             =========================== short test summary info ============================\n\
             ERROR tests/test_app.py::test_app - subprocess.CalledProcessError: Command '{command}' returned non-zero exit status 1.\n\
             ========================= 3 passed, 1 error in 12.31s ==========================\nERROR: Job failed: exit code 1\n"
        );
        told("called.log", &log)
    };
    let (id, line) = of("terraform apply -auto-approve");
    assert_eq!(line, 2, "{id}");
    assert_eq!(of("make docs").0, "tests/pytest-failed");
}

#[test]
fn a_travis_log_without_a_verdict_is_read_by_its_own_folds() {
    const SCRIPT: &str = "travis_fold:end:install\ntravis_time:start:01\n$ ./suite.sh\n";
    const CRASH: &str = "bash: line 1: 27986 Segmentation fault      (core dumped) ./phpunit\n";
    let part = |name: &str, output: &str| {
        format!(
            "travis_fold:start:{name}\ntravis_time:start:0{name}\n{output}travis_time:end:0{name}:start=1,finish=2,duration=1\n\
                 KO {name}\ntravis_fold:end:{name}\n"
        )
    };
    let log = format!(
        "travis_fold:start:install\n{SCRIPT}{}{}",
        part("twig", CRASH),
        part("yaml", "3 tests\n")
    );
    assert_eq!(told("folds.log", &log).0, "disk-memory-limits/segfault");
    // Phases that only run behind a failure, or a success.
    let phase = |name: &str| {
        report(
            "phase.log",
            &format!(
                "travis_fold:start:install\n{SCRIPT}stage 3 went wrong\ntravis_fold:start:{name}.1\n$ cat log\n"
            ),
            &[],
        )
    };
    assert_eq!(phase("after_failure")["outcome"], "failed");
    assert_eq!(phase("after_success")["status"], "clean");
    // R, whose files are shown in folds of their own.
    let check = "travis_fold:start:R-check\n$ R CMD check a.tar.gz\n* DONE\n\nStatus: 1 ERROR, 1 NOTE\ntravis_fold:end:R-check\n\
                 travis_fold:start:log\n$ cat 00check.log\n* installing\ntravis_fold:end:log\nR CMD check failed\n";
    let log = report("r.log", check, &[]);
    assert_eq!(
        (&log["outcome"], &log["section"]),
        (&"failed".into(), &"R-check".into())
    );
    assert_eq!(
        report("r.log", "R CMD check failed\n", &[])["outcome"],
        "unknown"
    );
}

#[test]
fn colours_of_a_tool_hide_no_command_of_travis() {
    let log = "travis_fold:start:a\r\x1b[0Ktravis_fold:end:a\r\x1b[0K$ phpunit\n\x1b[36;1mS\x1b[0m..\nNo tests executed!\n\
               The command \"phpunit\" exited with 0.\n$ phpstan analyse\n\nThe command \"phpstan analyse\" exited with 1.\n";
    assert_eq!(report("travis.log", log, &[])["command"], "phpstan analyse");
}

#[test]
fn an_excerpt_from_inside_a_section_of_the_script_keeps_its_cause() {
    let log = "lava-test-retry timed out after 1250 seconds\n\
         fatal: unable to access 'https://git.example.com/a/b.git/': Could not resolve host: git.example.com\n\
         section_end:1:lava\nbye\nsection_end:2:step_script\nERROR: Job failed: exit code 1\n";
    let report = report("inside-a-section.log", log, &[]);
    assert_eq!(report["section"], "step_script");
    assert_eq!(report["cause"]["id"], "git/could-not-resolve-host");
    assert_eq!(report["cause"]["evidence"][0]["line"], 2);
}

#[test]
fn a_finding_accounts_for_the_tests_that_say_so_and_for_no_others() {
    const MISSING: &str = "FileNotFoundError: [Errno 2] No such file or directory: 'audit.json'";
    let log = |others: usize| {
        let failed = |k: usize| format!("FAILED tests/test_a.py::test_{k} - KeyError: 'a{k}'\n");
        let others: String = (0..others).map(failed).collect();
        format!(
            "$ pytest\nE   {MISSING}\n=== short test summary info ===\n{others}FAILED tests/test_b.py::test_b - {MISSING}\n\
             === failed in 1.2s ===\nERROR: Job failed: exit code 1\n"
        )
    };
    let of = |others: usize| {
        let report = report("few-tests.log", &log(others), &[]);
        let also = report["also"].as_array().unwrap().iter();
        let also: Vec<String> = also
            .map(|one| one["id"].as_str().unwrap().to_owned())
            .collect();
        (report["cause"]["id"].as_str().unwrap().to_owned(), also)
    };
    let few = (
        "tests/pytest-failed".to_owned(),
        vec!["python/file-not-found".to_owned()],
    );
    assert_eq!(of(8), few);
    // The others may have failed by it.
    assert_eq!(of(4).0, "python/file-not-found");
    assert_eq!(of(0).0, "python/file-not-found");
    assert_eq!(of(1).0, "python/file-not-found");
    // nextest: one test overflowed its stack, another one hung.
    let log = "$ cargo nextest run\n    thread 't::overflow' (29323) has overflowed its stack\n\
         \x20   fatal runtime error: stack overflow, aborting\n\
         \x20       ABRT [   0.008s] (2/3) nx t::overflow\n     TIMEOUT [   2.012s] (3/3) nx t::hangs\n\
         error: test run failed\nERROR: Job failed: exit code 100\n";
    let report = report("nextest.log", &log.replace("    ABRT", "    SIGABRT"), &[]);
    assert_eq!(report["cause"]["id"], "rust/stack-overflow");
    assert_eq!(report["also"][0]["id"], "rust/cargo-test-failed");
    assert_eq!(report["also"][0]["line"], 5);
}

#[test]
fn export_hides_that_what_it_holds_failed() {
    let log = |set: &str| {
        format!(
            "$ {set}\nCode: 400. Errors:\n\
             * error validating claims: claim \"project_path\" does not match any associated bound claim values\n\
             $ vault read auth/token/lookup-self\nURL: GET https://vault.example.com:8200/v1/auth/token/lookup-self\n\
             Code: 400. Errors:\n* missing client token\nERROR: Job failed: exit code 2\n"
        )
    };
    let of = |set: &str| report("export.log", &log(set), &[])["cause"]["id"].clone();
    assert_eq!(
        of("export VAULT_TOKEN=\"$(vault write auth/jwt/login)\""),
        "vault-secrets/jwt-login-answer"
    );
    assert_eq!(
        of("vault write auth/jwt/login"),
        "vault-secrets/token-missing"
    );
}
