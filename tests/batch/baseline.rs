//! What is known already, and what is new since.

use crate::{Dir, PASSED, UNKNOWN, failed, sources};

fn dir(name: &str) -> Dir {
    let dir = Dir::new(name);
    dir.write("monday/1.log", failed(1_700_000_000));
    dir.write("monday/2.log", UNKNOWN);
    dir.write("monday/3.log", PASSED);
    let (code, _, err) = dir.run(&["scan", "monday", "-q", "--write-baseline", "known.json"]);
    assert_eq!(code, 1, "{err}");
    dir
}

/// A failure that was not there on Monday.
const NEW: &str =
    "$ ./deploy.sh\nthe gate is shut: nobody may pass today\nERROR: Job failed: exit code 4\n";

#[test]
fn only_what_is_new_is_reported_and_the_rest_is_counted() {
    let dir = dir("baseline");
    // The same failures in other logs.
    dir.write("tuesday/4.log", failed(1_700_100_000));
    dir.write("tuesday/5.log", UNKNOWN);
    dir.write("tuesday/6.log", PASSED);
    let scan = ["scan", "tuesday", "--baseline", "known.json"];
    let (code, out, _) = dir.run(&scan);
    assert_eq!(code, 0, "nothing new is unexplained: {out}");
    assert!(
        out.contains("2 logs with failures that the baseline knows"),
        "{out}"
    );
    dir.write("tuesday/7.log", NEW);
    let (code, out, _) = dir.run(&scan);
    assert_eq!(code, 1, "{out}");
    let report = dir.json(&scan[1..]);
    assert_eq!(sources(&report), ["tuesday/6.log", "tuesday/7.log"]);
    let summary = &report["summary"];
    assert_eq!(
        (&summary["known"], &summary["logs"], &summary["unexplained"]),
        (&2.into(), &2.into(), &1.into())
    );
    assert!(summary["causes"].as_array().unwrap().is_empty());
    // Without the flag nothing is known.
    assert_eq!(dir.json(&["tuesday"])["summary"]["known"], 0);
}

#[test]
fn a_gate_stands_for_what_is_new() {
    let dir = dir("baseline-gate");
    let gate = |folder: &str| {
        dir.run(&[
            "scan",
            folder,
            "--baseline",
            "known.json",
            "--fail-on",
            "new",
        ])
        .0
    };
    assert_eq!(gate("monday"), 0);
    dir.write("monday/4.log", NEW);
    assert_eq!(gate("monday"), 3);
    // Other gates are for new failures as well.
    let args = [
        "scan",
        "monday",
        "--baseline",
        "known.json",
        "--fail-on",
        "owner:network",
        "--exit-zero",
    ];
    assert_eq!(dir.run(&args[..6]).0, 1);
    assert_eq!(dir.run(&args).0, 0);
    for args in [
        &["scan", "monday", "--fail-on", "new"][..],
        &["monday/1.log", "--fail-on", "new"],
    ] {
        let (code, _, err) = dir.run(args);
        assert_eq!(code, 2);
        assert!(
            err.contains("--fail-on new") && err.contains("--baseline"),
            "{err}"
        );
    }
}

#[test]
fn a_baseline_grows_and_reads_well() {
    let dir = dir("baseline-grows");
    let first = dir.read("known.json");
    assert_eq!(first.lines().count(), 4, "{first}");
    assert!(
        first.contains("git/could-not-resolve-host") && first.contains("monday/2.log"),
        "{first}"
    );
    dir.write("new.log", NEW);
    // Written over what it was read from: what was known stays known.
    let args = [
        "scan",
        "new.log",
        "-q",
        "--baseline",
        "known.json",
        "--write-baseline",
        "known.json",
    ];
    assert_eq!(dir.run(&args).0, 1);
    let second = dir.read("known.json");
    assert_eq!(second.lines().count(), 5, "{second}");
    assert!(
        first
            .lines()
            .all(|line| second.contains(line.trim_end_matches(','))),
        "{second}"
    );
    assert_eq!(dir.run(&args).0, 0);
    assert_eq!(dir.read("known.json"), second);
    let left: Vec<_> = std::fs::read_dir(&dir.0)
        .unwrap()
        .map(|e| e.unwrap().file_name())
        .collect();
    assert_eq!(left.len(), 3, "nothing half-written stays: {left:?}");
}

#[test]
fn what_is_no_baseline_is_told() {
    let dir = dir("baseline-bad");
    dir.write("odd.json", "[1, 2]");
    dir.write(
        "future.json",
        r#"{"jobtriage_baseline": 99, "failures": []}"#,
    );
    for (file, says) in [
        ("nowhere.json", "no such file"),
        ("odd.json", "no baseline"),
        ("future.json", "version 99"),
        ("monday/1.log", "no baseline"),
    ] {
        let (code, out, err) = dir.run(&["scan", "monday", "--baseline", file]);
        assert_eq!((code, out.as_str()), (2, ""), "{file}");
        assert!(
            err.contains(&format!("--baseline '{file}'")) && err.contains(says),
            "{err}"
        );
        assert!(err.contains("hint: "), "{err}");
        // The flag of the same name that the main job has takes logs.
        let is_log = file.ends_with(".log");
        assert_eq!(err.contains("`jobtriage --baseline`"), is_log, "{err}");
    }
    let (code, _, err) = dir.run(&[
        "scan",
        "monday",
        "-q",
        "--write-baseline",
        "nowhere/known.json",
    ]);
    assert_eq!(code, 2);
    assert!(err.contains("cannot write 'nowhere/known.json'"), "{err}");
}

#[cfg(unix)]
#[test]
fn what_a_link_leads_to_is_written_and_the_link_stays() {
    let dir = Dir::new("baseline-link");
    dir.write("logs/a.log", failed(1_700_000_000));
    dir.write("real.json", "");
    std::os::unix::fs::symlink("real.json", dir.0.join("known.json")).unwrap();
    let (code, _, err) = dir.run(&["scan", "logs", "-q", "--write-baseline", "known.json"]);
    assert_eq!(code, 0, "{err}");
    assert!(dir.0.join("known.json").is_symlink());
    let written = std::fs::read_to_string(dir.0.join("real.json")).unwrap();
    assert!(written.contains("jobtriage_baseline"), "{written}");
}

/// A run of pytest in which these tests fail.
fn pytest(tests: &[&str]) -> String {
    let mut log = "$ pytest\n".to_owned();
    for test in tests {
        log += &format!("FAILED tests/test_a.py::{test} - assert 1 == 2\n");
    }
    log += &format!("===== {} failed in 0.1s =====\n", tests.len());
    log + "ERROR: Job failed: exit code 1\n"
}

#[test]
fn a_new_failure_beside_a_known_one_is_new() {
    let dir = Dir::new("baseline-beside");
    dir.write("a.log", pytest(&["test_v1"]));
    dir.run(&["scan", "a.log", "-q", "--write-baseline", "known.json"]);
    let gate = |log: &str| {
        let args = ["scan", log, "--baseline", "known.json", "--fail-on", "new"];
        dir.run(&args).0
    };
    assert_eq!(gate("a.log"), 0);
    dir.write("b.log", pytest(&["test_v1", "test_other"]));
    assert_eq!(gate("b.log"), 3);
    // A number in a name is part of it.
    dir.write("c.log", pytest(&["test_v2"]));
    assert_eq!(gate("c.log"), 3);

    let further = &dir.json(&["b.log"])["logs"][0]["cause"]["further"];
    assert_eq!(further[0]["line"], 3, "{further}");
    assert!(further[0]["text"].as_str().unwrap().contains("test_other"));
    assert_eq!(further.as_array().unwrap().len(), 1, "{further}");

    // All of them are taken up, so that one which is mended leaves the rest known.
    dir.run(&["scan", "b.log", "-q", "--write-baseline", "known.json"]);
    dir.write("d.log", pytest(&["test_other"]));
    assert_eq!((gate("b.log"), gate("d.log"), gate("c.log")), (0, 0, 3));
}

#[test]
fn fingerprints_of_another_release_are_complained_of() {
    let dir = Dir::new("baseline-outdated");
    dir.write("a.log", pytest(&["test_v1"]));
    let old = r#"{"jobtriage_baseline": 1, "failures": [
  {"fingerprint":"2:00","id":null,"text":"x","log":"a.log"}
]}"#;
    dir.write("known.json", old);
    let (_, _, err) = dir.run(&["scan", "a.log", "--baseline", "known.json"]);
    assert!(
        err.contains("1 of 1 fingerprints are of another release"),
        "{err}"
    );
}

/// A run in which that many tools fail, of which only a few are told.
fn many(more: &str) -> String {
    format!(
        "Running with gitlab-runner 17.5.0 (abcdef12)\n\
         Executing \"step_script\" stage of the job script\n\
         $ make -k check\n\
         src/a.c:3:5: error: expected expression\n\
         src/a.py:3: error: Incompatible return value type (got \"int\", expected \"str\")  [return-value]\n\
         Found 1 error in 1 file (checked 12 source files)\n\
         src/a.ts(3,7): error TS2322: Type 'string' is not assignable to type 'number'.\n\
         {more}--- FAIL: TestA (0.00s)\n    a_test.go:3: bad\nFAIL\nFAIL\texample.com/x\t0.1s\n\
         FAILED tests/test_a.py::test_a - AssertionError: assert 1 == 2\n\
         1 failed in 0.1s\n\
         ERROR: Job failed: exit code 1\n"
    )
}

#[test]
fn what_is_not_told_is_compared_as_well() {
    let dir = Dir::new("baseline-untold");
    dir.write("logs/a.log", many(""));
    dir.run(&["scan", "logs", "-q", "--write-baseline", "known.json"]);
    let gate = |cache: &[&str]| {
        let args = [
            "scan",
            "logs",
            "--baseline",
            "known.json",
            "--fail-on",
            "new",
        ];
        dir.run(&[&args[..], cache].concat()).0
    };
    let cache: &[&str] = &["--cache", "kept"];
    assert_eq!((gate(&[]), gate(cache), gate(cache)), (0, 0, 0));
    let also = dir.json(&["logs"])["logs"][0]["also"].clone();
    assert_eq!(
        also.as_array().unwrap().len(),
        3,
        "no more are told: {also}"
    );
    let new = "error[E0308]: mismatched types\n --> src/main.rs:3:5\n";
    dir.write("logs/a.log", many(new));
    assert!(!dir.json(&["logs"])["logs"][0].to_string().contains("E0308"));
    assert_eq!((gate(&[]), gate(cache), gate(cache)), (3, 3, 3));
}

/// A run of a script that ends with that line, in that folder of a runner.
fn run(checkout: &str, line: &str) -> String {
    format!(
        "Running with gitlab-runner 17.5.0 (abcdef12)\n\
         Getting source from Git repository\n\
         Initialized empty Git repository in {checkout}/.git/\n\
         Executing \"step_script\" stage of the job script\n\
         $ ./ci/build.sh\n{line}\n\
         ERROR: Job failed: exit code 1\n"
    )
    .replace("CHECKOUT", checkout)
}

#[test]
fn what_failed_tells_failures_apart_and_the_runner_does_not() {
    let dir = Dir::new("baseline-paths");
    let (one, other) = ("/builds/group/app", "/home/ci/builds/Ab3xYz/0/group/app");
    for (known, new) in [
        (
            "FAILED: //lib/geo:geo_test (Exit 1)",
            "FAILED: //lib/route:route_test (Exit 1)",
        ),
        (
            "cp: cannot stat 'CHECKOUT/dist': No such file or directory",
            "cp: cannot stat 'CHECKOUT/coverage': No such file or directory",
        ),
        (
            "CHECKOUT/src/net/util.c:3:5: error: expected expression",
            "CHECKOUT/src/disk/util.c:3:5: error: expected expression",
        ),
        (
            "bash: ./gradlew: No such file or directory",
            "bash: ./mvnw: No such file or directory",
        ),
        (
            "ledger error: status 404 from api",
            "ledger error: status 500 from api",
        ),
    ] {
        dir.write("logs/a.log", run(one, known));
        let write = ["scan", "logs", "-q", "--write-baseline", "known.json"];
        dir.run(&write);
        let args = ["--baseline", "known.json", "--fail-on", "new"];
        let gate = || dir.run(&[&["scan", "logs"], &args[..]].concat()).0;
        assert_eq!(gate(), 0, "{known}");
        dir.write("logs/a.log", run(other, known));
        assert_eq!(gate(), 0, "{known}");
        dir.write("logs/a.log", run(one, new));
        assert_eq!(gate(), 3, "{new}");
    }
}
