//! Logs in every form that people have them in, through the program itself: GitHub Actions and `gh`, GitLab's web page, texts
//! copied from a terminal, and what other systems print.

use std::fs;
use std::io::Write;
use std::path::PathBuf;
use std::process::Stdio;

use serde_json::Value;

#[path = "common/program.rs"]
mod program;

struct Run {
    code: Option<i32>,
    out: String,
}

fn jobtriage(args: &[&str], input: &str) -> Run {
    let mut child = program::command(args)
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .spawn()
        .unwrap();
    child
        .stdin
        .take()
        .unwrap()
        .write_all(input.as_bytes())
        .unwrap();
    let output = child.wait_with_output().unwrap();
    Run {
        code: output.status.code(),
        out: String::from_utf8(output.stdout).unwrap(),
    }
}

/// The reports of a text.
fn logs(text: &str) -> Vec<Value> {
    let run = jobtriage(&["-f", "json"], text);
    let report: Value = serde_json::from_str(&run.out).unwrap();
    report["logs"].as_array().unwrap().clone()
}

/// The report of a text that holds one job.
fn log(text: &str) -> Value {
    let mut logs = logs(text);
    assert_eq!(logs.len(), 1);
    logs.remove(0)
}

/// `dialect outcome exit_code section command`, with `-` for what the report does not tell.
fn facts(log: &Value) -> String {
    let part = |name: &str| match &log[name] {
        Value::Null => "-".to_owned(),
        Value::String(text) => text.clone(),
        other => other.to_string(),
    };
    ["dialect", "outcome", "exit_code", "section", "command"]
        .map(part)
        .join(" | ")
}

/// The id and the line of the cause, or the best line of a failure that nothing explains.
fn cause(log: &Value) -> (String, u64) {
    let (cause, unexplained) = (&log["cause"], &log["unexplained"]);
    match cause["id"].as_str() {
        Some(id) => (id.to_owned(), cause["line"].as_u64().unwrap()),
        None => ("?".to_owned(), unexplained["line"].as_u64().unwrap_or(0)),
    }
}

fn is(log: &Value, id: &str, line: u64) {
    assert_eq!(cause(log), (id.to_owned(), line), "{}", facts(log));
}

/// Puts GitHub's stamps before the lines.
fn stamped(text: &str) -> String {
    let stamp =
        |(k, line): (usize, &str)| format!("2026-05-01T10:00:{:02}.{k:07}Z {line}\n", k % 60);
    text.lines().enumerate().map(stamp).collect()
}

/// What `gh run view --log` makes of the log of a step.
fn columns(job: &str, step: &str, text: &str) -> String {
    let first = |k: usize| if k == 0 { "\u{feff}" } else { "" };
    let lines = stamped(text);
    lines
        .lines()
        .enumerate()
        .map(|(k, line)| format!("{job}\t{step}\t{}{line}\n", first(k)))
        .collect()
}

const SET_UP: &str = "\
Current runner version: '2.320.0'
##[group]Operating System
Ubuntu
##[endgroup]
Prepare all required actions
";

const CHECKOUT: &str = "\
##[group]Run actions/checkout@v4
with:
  repository: group/app
##[endgroup]
[command]/usr/bin/git fetch --no-tags origin
";

const NPM_FAILS: &str = "\
##[group]Run npm ci
\u{1b}[36;1mnpm ci\u{1b}[0m
shell: /usr/bin/bash -e {0}
##[endgroup]
fatal: unable to access 'https://git.example.com/group/lib.git/': Could not resolve host: git.example.com
npm error A complete log of this run can be found in: /home/runner/.npm/_logs/debug-0.log
##[error]Process completed with exit code 1.
";

const ALWAYS: &str = "\
##[group]Run cat app.log
\u{1b}[36;1mcat app.log\u{1b}[0m
shell: /usr/bin/bash -e {0}
##[endgroup]
cat: app.log: No such file or directory
##[error]Process completed with exit code 1.
";

const POST: &str = "\
Post job cleanup.
[command]/usr/bin/git version
Cleaning up orphan processes
";

#[test]
fn a_raw_log_of_github_names_step_command_and_code() {
    let log = log(&stamped(&format!("{SET_UP}{CHECKOUT}{NPM_FAILS}{POST}")));
    assert_eq!(facts(&log), "github | failed | 1 | Run npm ci | npm ci");
    is(&log, "git/could-not-resolve-host", 15);
}

#[test]
fn steps_that_run_always_are_not_blamed() {
    let log = log(&stamped(&format!("{SET_UP}{NPM_FAILS}{ALWAYS}{POST}")));
    assert_eq!(facts(&log), "github | failed | 1 | Run npm ci | npm ci");
    is(&log, "git/could-not-resolve-host", 10);
}

#[test]
fn a_failure_that_the_job_went_on_from_is_none() {
    let tolerated = ALWAYS.replace("cat app.log", "cat lint.log");
    let setup = "##[group]Run actions/setup-node@v4\nwith:\n  node-version: 20\n##[endgroup]\nFound in cache\n";
    let fails = log(&stamped(&format!(
        "{SET_UP}{tolerated}{setup}{NPM_FAILS}{POST}"
    )));
    assert_eq!(facts(&fails), "github | failed | 1 | Run npm ci | npm ci");
    is(&fails, "git/could-not-resolve-host", 21);
    let passes = log(&stamped(&format!("{SET_UP}{tolerated}{setup}{POST}")));
    assert_eq!(facts(&passes), "github | succeeded | - | - | -");
}

#[test]
fn of_two_steps_that_failed_the_one_that_ended_the_job_tells() {
    let tolerated = ALWAYS.replace("cat app.log", "npm run lint")
        + "fatal: could not read Username for 'https://git.example.com': No such device or address\n\
           ##[error]Process completed with exit code 128.\n";
    let work = "added 1 package\n".repeat(40);
    let fails = NPM_FAILS.replace("##[endgroup]\n", &format!("##[endgroup]\n{work}"));
    let report = log(&stamped(&format!("{SET_UP}{tolerated}{fails}{POST}")));
    assert_eq!(facts(&report), "github | failed | 1 | Run npm ci | npm ci");
    assert_eq!(cause(&report).0, "git/could-not-resolve-host");
    let unknown = fails.replace("fatal: unable to access", "the release is frozen:");
    let unknown = unknown.replace("Could not resolve host: git.example.com", "ask its owner");
    let report = log(&stamped(&format!("{SET_UP}{tolerated}{unknown}{POST}")));
    let text = report["unexplained"]["lines"].to_string();
    assert!(text.contains("ask its owner"), "{text}");
}

#[test]
fn a_later_step_that_failed_too_is_told_besides_the_cause() {
    let lint = ALWAYS.replace("cat app.log", "./fetch-rules").replace(
        "cat: app.log: No such file or directory",
        "sh: 1: rulefetch: not found",
    );
    let report = log(&stamped(&format!("{SET_UP}{lint}{NPM_FAILS}{POST}")));
    assert_eq!(cause(&report).0, "shell/command-not-found");
    let also: Vec<&str> = report["also"]
        .as_array()
        .unwrap()
        .iter()
        .map(|one| one["id"].as_str().unwrap())
        .collect();
    assert_eq!(also, ["git/could-not-resolve-host"]);
    // Where that step only reports, it tells nothing.
    let reports = NPM_FAILS.replace("npm ci", "cat app.log");
    let report = log(&stamped(&format!("{SET_UP}{lint}{reports}{POST}")));
    assert_eq!(report["also"].as_array().unwrap().len(), 0);
}

#[test]
fn what_ended_in_a_container_is_told_without_a_verdict() {
    let action = "\
##[group]Run group/publish-action@v1
with:
  user: ci
##[endgroup]
##[command]/usr/bin/docker run --name a1b2 --label c3 --workdir /github/workspace image
Uploading app-1.0.0.tar.gz
ERROR: the release is frozen by its owner
";
    let report = log(&stamped(&format!("{SET_UP}{action}{POST}")));
    assert_eq!(report["outcome"], "unknown");
    is(&report, "?", 12);
}

#[test]
fn an_action_fails_by_the_error_that_it_reports() {
    let action = "\
##[group]Run group/deploy-action@v1
with:
  target: staging
##[endgroup]
Connecting to staging.example.com
##[error]Deployment was refused: the environment staging is locked by another deployment
";
    let text = stamped(&format!("{SET_UP}{action}{ALWAYS}{POST}"));
    let log = log(&text);
    assert_eq!(
        facts(&log),
        "github | failed | - | Run group/deploy-action@v1 | group/deploy-action@v1"
    );
    is(&log, "?", 11);
    let report = jobtriage(&[], &text).out;
    assert!(report.contains("Deployment was refused"), "{report}");
}

#[test]
fn an_action_fails_by_its_error_though_it_tidies_up_behind_it() {
    let action = "\
##[group]Run group/propose-action@v5
with:
  branch: release
##[endgroup]
##[group]Create the request
Attempting creation of pull request
##[error]GitHub Actions is not permitted to create or approve pull requests.
##[group]Restore git configuration
[command]/usr/bin/git config --local --unset http.https://git.example.com/.extraheader
Unset config key
Persisted git credentials restored
[command]/usr/bin/git config --global --unset safe.directory /home/runner/work/app/app
##[endgroup]
";
    let report = log(&stamped(&format!("{SET_UP}{action}{POST}")));
    assert_eq!(report["outcome"], "failed");
    is(&report, "github-actions/pull-request-refused", 12);
    let report = log(&columns("release", "Propose", &format!("{action}{POST}")));
    assert_eq!(report["outcome"], "failed");
}

#[test]
fn a_program_that_an_action_ran_failed_and_what_runs_always_is_not_blamed() {
    let action = "\
##[group]Run group/emulator-action@v2
with:
  script: ./test.sh
##[endgroup]
[command]/usr/bin/sh -c while true; do
/usr/bin/sh: 1: Syntax error: end of file unexpected (expecting \"done\")
##[error]The process '/usr/bin/sh' failed with exit code 2
##[group]Terminate Emulator
[command]/usr/bin/adb -s emulator-5554 emu kill
OK: killing emulator, bye bye
##[endgroup]
";
    let lists = "\
##[group]Run find state
find state
shell: /usr/bin/bash -e {0}
##[endgroup]
find: 'state': No such file or directory
##[error]Process completed with exit code 1.
";
    let text = [
        columns("smoke", "Set up job", SET_UP),
        columns("smoke", "Build and Test", action),
        columns("smoke", "Print the state (if any)", lists),
        columns("smoke", "Complete job", POST),
    ];
    let report = log(&text.concat());
    assert_eq!(report["section"], "Build and Test");
    is(&report, "shell/syntax-error", 11);
}

#[test]
fn tests_that_failed_tell_behind_a_step_that_only_looked() {
    let looks = NPM_FAILS.replace("npm ci", "python detect_slow_builds.py");
    let looks = looks.replace("/home/runner/.npm/", "/home/runner/");
    let tests = "\
##[group]Run python test.py
\u{1b}[36;1mpython test.py\u{1b}[0m
shell: /usr/bin/bash -e {0}
##[endgroup]
Traceback (most recent call last):
  File \"/home/runner/work/app/app/test.py\", line 3, in <module>
    import requests
ModuleNotFoundError: No module named 'requests'

Ran 0 tests in 0.000s
##[error]Process completed with exit code 1.
";
    let mails = "##[group]Run python send_mail.py\npython send_mail.py\nshell: /usr/bin/bash -e {0}\n##[endgroup]\nsent\n";
    let report = log(&stamped(&format!("{SET_UP}{looks}{tests}{mails}{POST}")));
    assert_eq!(report["command"], "python test.py");
    assert_eq!(report["cause"]["line"], 20);
    // Which of both ended the job the log does not tell.
    assert_eq!(report["also"][0]["id"], "git/could-not-resolve-host");
    assert_eq!(report["also"][0]["line"], 10);
}

/// A step whose script swallows the exit code of xcodebuild, and one that fails for want of what it was to build.
const SWALLOWED: &str = "\
##[group]Run xcodebuild -project App.xcodeproj | tee build.log
\u{1b}[36;1mxcodebuild -project App.xcodeproj | tee build.log\u{1b}[0m
shell: /bin/bash -e {0}
##[endgroup]
xcodebuild: error: Unable to read project 'App.xcodeproj'.
\tReason: The project \u{2018}App\u{2019} is damaged and cannot be opened due to a parse error. Examine the project file for invalid edits or unresolved source control conflicts.
##[group]Run ./package.sh
\u{1b}[36;1m./package.sh\u{1b}[0m
shell: /bin/bash -e {0}
##[endgroup]
Looking for App.app
App.app is nowhere to be seen
##[error]Process completed with exit code 1.
";

#[test]
fn what_an_earlier_step_said_is_a_hint_where_no_cause_is_known() {
    let text = stamped(&format!("{SET_UP}{SWALLOWED}{POST}"));
    let report = log(&text);
    assert_eq!(report["status"], "unexplained");
    assert_eq!(report["command"], "./package.sh");
    let also = report["also"].as_array().unwrap();
    assert_eq!(also.len(), 1);
    assert_eq!(also[0]["id"], "mobile/xcode-project-damaged");
    assert_eq!(also[0]["confidence"], "low");
    for (format, says) in [
        ("text", "it may be why"),
        ("markdown", "it may be why"),
        ("html", "it may be why"),
        ("prompt", "which the log does not prove"),
    ] {
        let run = jobtriage(&["-f", format], &text);
        assert_eq!(run.code, Some(1));
        assert!(run.out.contains(says), "{format}: {}", run.out);
        assert!(run.out.contains("mobile/xcode-project-damaged"), "{format}");
    }
    // Its script goes on where a command fails, or swallows nothing; others ran in between.
    let other = "##[group]Run ./a.sh\n./a.sh\n##[endgroup]\nok\n";
    let behind = |times: usize| format!("{}##[group]Run ./package", other.repeat(times));
    for (from, to, hints) in [
        (" | tee build.log", " || true", 0),
        (" | tee build.log", "", 0),
        ("##[group]Run ./package", &behind(3), 0),
        ("##[group]Run ./package", &behind(1), 1),
    ] {
        let text = SWALLOWED.replace(from, to);
        let report = log(&stamped(&format!("{SET_UP}{text}{POST}")));
        assert_eq!(report["also"].as_array().unwrap().len(), hints, "{to}");
    }
    // An action ends by itself, and a known cause needs no hint.
    let action = SWALLOWED.replace(
        "Run xcodebuild -project App.xcodeproj | tee build.log",
        "Run group/build@v1",
    );
    let report = log(&stamped(&format!("{SET_UP}{action}{POST}")));
    assert_eq!(report["also"].as_array().unwrap().len(), 0);
    let known = format!(
        "{SET_UP}{}{NPM_FAILS}{POST}",
        SWALLOWED.split("##[group]Run ./package").next().unwrap()
    );
    let report = log(&stamped(&known));
    assert_eq!(cause(&report).0, "git/could-not-resolve-host");
    assert_eq!(report["also"].as_array().unwrap().len(), 0);
}

/// What GitHub's ssh-action prints of a script on another host.
fn over_ssh(last: &str) -> String {
    format!(
        "\
##[group]Run appleboy/ssh-action@v1.0.3
with:
  host: app.example.com
  script: ./deploy.sh
##[endgroup]
##[command]/usr/bin/docker run --name a1b2 --label c3 --workdir /github/workspace --rm image
======CMD======
./deploy.sh
======END======
err: rm: cannot remove '/var/log/old': Operation not permitted
err: cat: notes.txt: No such file or directory
err: dependency failed to start: container app-db is unhealthy
out: done
{last}"
    )
}

const ON_ALL_HOSTS: &str = "\
==============================================
\u{2705} Successfully executed commands to all host.
==============================================
";

#[test]
fn what_a_remote_script_said_that_passed_is_no_cause() {
    let passed = over_ssh(ON_ALL_HOSTS);
    let report = log(&stamped(&format!("{SET_UP}{passed}{POST}")));
    assert_eq!(facts(&report), "github | succeeded | - | - | -");
    // The log of that step alone.
    let report = log(&stamped(&passed));
    assert_eq!(report["status"], "clean");
    // Neither is it one of what follows in the step.
    let later = format!(
        "{passed}tar: backup.tar: Cannot open: No such file or directory\n##[error]Process completed with exit code 2.\n"
    );
    let report = log(&stamped(&format!("{SET_UP}{later}{POST}")));
    assert_eq!(report["outcome"], "failed");
    assert!(cause(&report).1 >= 22, "{:?}", cause(&report));
    // Under Drone the plugin's log has no frame.
    let plain = passed.split_once("image\n").unwrap().1;
    assert_eq!(log(plain)["status"], "clean");
}

#[test]
fn what_failed_above_a_remote_script_that_passed_is_told() {
    let npm = "npm error code E404\nnpm error 404 Not Found - GET https://registry.example.com/lib - Not found\n";
    let step = "##[group]Run ./deploy.sh\n./deploy.sh\nshell: /usr/bin/bash -e {0}\n##[endgroup]\n";
    let text = format!(
        "{SET_UP}{step}{npm}{ON_ALL_HOSTS}##[error]Process completed with exit code 1.\n{POST}"
    );
    is(&log(&stamped(&text)), "node/npm-e404-url", 11);
    // Under Woodpecker a failure ends the log so.
    let text = format!("+ npm ci\n{npm}+ drone-ssh\n{ON_ALL_HOSTS}exit status 1\n");
    assert_eq!(cause(&log(&text)).0, "node/npm-e404-url");
}

#[test]
fn what_a_script_wrote_to_a_file_of_the_runner_is_only_quoted() {
    let text = "\
##[group]Run ./lint.sh >> \"$GITHUB_OUTPUT\"
./lint.sh >> \"$GITHUB_OUTPUT\"
shell: /usr/bin/bash -e {0}
##[endgroup]
##[error]Unable to process file command 'output' successfully.
##[error]Invalid format 'src/b.ts(4,1): error TS2322: Type 'string' is not assignable to type 'number'.'
";
    let report = log(&stamped(&format!("{SET_UP}{text}{POST}")));
    is(&report, "github-actions/file-command-invalid", 10);
}

#[test]
fn the_error_of_an_action_follows_from_the_network_above_it() {
    let action = "\
##[group]Run group/fetch-tool@v4
with:
  version: 99
##[endgroup]
getaddrinfo ENOTFOUND dist.example.com
##[error]Unable to find Node version '99' for platform linux and architecture x64.
";
    let report = log(&stamped(&format!("{SET_UP}{action}{POST}")));
    assert_eq!(cause(&report).1, 10, "{:?}", cause(&report));
}

#[test]
fn a_remote_script_that_failed_says_its_code() {
    let failed = over_ssh("2026/05/01 10:00:00 Process exited with status 1\n");
    let report = log(&stamped(&format!("{SET_UP}{failed}{POST}")));
    assert_eq!(report["outcome"], "failed");
    assert_eq!(report["exit_code"], 1);
    assert_eq!(report["section"], "Run appleboy/ssh-action@v1.0.3");
    assert_eq!(report["status"], "explained");
}

#[test]
fn the_source_of_a_script_is_no_evidence() {
    let text = NPM_FAILS.replace(
        "npm ci\u{1b}[0m\n",
        "npm ci || { echo 'docker: invalid reference format'; exit 1; }\u{1b}[0m\n",
    );
    is(&log(&stamped(&text)), "git/could-not-resolve-host", 5);
}

#[test]
fn canceled_and_timed_out_jobs_of_github_say_so() {
    let run = "##[group]Run make test\nmake test\nshell: /usr/bin/bash -e {0}\n##[endgroup]\ntests/a.py PASSED\n";
    let canceled = stamped(&format!(
        "{SET_UP}{run}##[error]The operation was canceled.\n{POST}"
    ));
    assert_eq!(facts(&log(&canceled)), "github | canceled | - | - | -");
    assert_eq!(jobtriage(&["-q"], &canceled).code, Some(0));
    for limit in [
        "##[error]The job running on runner GitHub Actions 2 has exceeded the maximum execution time of 5 minutes.\n##[error]The operation was canceled.\n",
        "##[error]The action 'Test' has timed out after 5 minutes.\n",
    ] {
        let log = log(&stamped(&format!("{SET_UP}{run}{limit}{POST}")));
        assert_eq!(
            facts(&log),
            "github | timed_out | - | Run make test | make test"
        );
    }
}

#[test]
fn a_log_of_github_that_is_complete_and_without_errors_has_passed() {
    let text = stamped(&format!("{SET_UP}{CHECKOUT}{POST}"));
    assert_eq!(facts(&log(&text)), "github | succeeded | - | - | -");
    let cut = stamped(&format!("{SET_UP}{CHECKOUT}"));
    assert_eq!(log(&cut)["outcome"], "unknown");
}

#[test]
fn a_step_of_a_log_archive_is_a_log() {
    let text = format!("\u{feff}{}", stamped(NPM_FAILS));
    let log = log(&text);
    assert_eq!(facts(&log), "github | failed | 1 | Run npm ci | npm ci");
    is(&log, "git/could-not-resolve-host", 5);
}

/// Three jobs as `gh run view --log` prints them: the second and the third fail.
fn three_jobs() -> String {
    [
        columns("lint (20, x64)", "Set up job", SET_UP),
        columns("lint (20, x64)", "Run actions/checkout@v4", CHECKOUT),
        columns("lint (20, x64)", "Complete job", "Cleaning up orphan processes\n"),
        columns("build", "Set up job", SET_UP),
        columns("build", "Install", NPM_FAILS),
        columns("build", "Post Run actions/checkout@v4", "Post job cleanup.\n"),
        columns("deploy / staging", "Fetch", "##[group]Run git fetch\ngit fetch\n##[endgroup]\n"),
        "deploy / staging\tFetch\tfatal: unable to access 'https://git.example.com/a.git/': Could not resolve host: git.example.com\n".to_owned(),
        columns("deploy / staging", "Fetch", "##[error]Process completed with exit code 128.\n"),
    ]
    .concat()
}

#[test]
fn one_text_of_gh_holds_many_jobs() {
    let logs = logs(&three_jobs());
    let names: Vec<&str> = logs
        .iter()
        .filter_map(|log| log["source"].as_str())
        .collect();
    assert_eq!(
        names,
        [
            "<stdin> (lint (20, x64))",
            "<stdin> (build)",
            "<stdin> (deploy / staging)"
        ]
    );
    assert_eq!(facts(&logs[0]), "github | succeeded | - | - | -");
    assert_eq!(facts(&logs[1]), "github | failed | 1 | Install | npm ci");
    assert_eq!(facts(&logs[2]), "github | failed | 128 | Fetch | git fetch");
    // Lines are those of the whole text.
    is(&logs[1], "git/could-not-resolve-host", 21);
    is(&logs[2], "git/could-not-resolve-host", 28);
    let lines: Vec<u64> = logs
        .iter()
        .map(|l| l["inputs"][0]["lines"].as_u64().unwrap())
        .collect();
    assert_eq!(lines, [11, 13, 5]);
    let bytes: u64 = logs
        .iter()
        .map(|l| l["inputs"][0]["bytes"].as_u64().unwrap())
        .sum();
    assert_eq!(bytes, three_jobs().len() as u64);
}

#[test]
fn failed_steps_alone_are_enough() {
    let text = columns("build", "Install", NPM_FAILS);
    let log = log(&text);
    assert_eq!(facts(&log), "github | failed | 1 | Install | npm ci");
    let older = columns("build", "UNKNOWN STEP", NPM_FAILS);
    assert_eq!(
        facts(&self::log(&older)),
        "github | failed | 1 | Run npm ci | npm ci"
    );
}

#[test]
fn scan_and_short_tell_the_jobs_of_one_file_apart() {
    let folder = PathBuf::from(env!("CARGO_TARGET_TMPDIR")).join("dialects-scan");
    fs::create_dir_all(&folder).unwrap();
    fs::write(folder.join("gh.txt"), three_jobs()).unwrap();
    let path = folder.to_str().unwrap();
    let run = jobtriage(&["scan", path, "--short"], "");
    assert!(run.out.contains("gh.txt (build):21:"), "{}", run.out);
    assert!(
        run.out.contains("gh.txt (deploy / staging):28:"),
        "{}",
        run.out
    );
    assert_eq!(run.code, Some(0));
    let outline = jobtriage(&["clean", "--sections"], &three_jobs()).out;
    assert!(outline.contains("\ndeploy / staging\n"), "{outline}");
    assert!(outline.contains("Install"), "{outline}");
}

#[test]
fn advice_names_the_file_not_the_job() {
    let text = columns(
        "build (1, x)",
        "Make",
        "##[group]Run make\nmake\n##[endgroup]\nthe frobnicator refused: error\n##[error]Process completed with exit code 2.\n",
    );
    let file = PathBuf::from(env!("CARGO_TARGET_TMPDIR")).join("dialects-advice.txt");
    fs::write(&file, text).unwrap();
    let run = jobtriage(&[file.to_str().unwrap()], "");
    assert!(
        run.out.contains("dialects-advice.txt (build (1, x))"),
        "{}",
        run.out
    );
    assert!(run.out.contains("dialects-advice.txt:4"), "{}", run.out);
}

#[test]
fn a_page_of_github_is_told_by_its_closing_words() {
    let text = "Run npm ci\nfatal: unable to access 'https://git.example.com/group/lib.git/': Could not resolve host: git.example.com\nError: Process completed with exit code 1.\n";
    let log = log(text);
    assert_eq!(facts(&log), "github | failed | 1 | Run npm ci | npm ci");
    is(&log, "git/could-not-resolve-host", 2);
}

const GITLAB: &[&str] = &[
    "Running with gitlab-runner 17.3.0 (abcdef12)",
    "  on runner-1 abcd, system ID: s_1",
    "Preparing the \"docker\" executor",
    "Using Docker executor with image alpine:3 ...",
    "Preparing environment",
    "Running on runner-abcd via host...",
    "Getting source from Git repository",
    "Fetching changes with git depth set to 20...",
    "Executing \"step_script\" stage of the job script",
    "$ git fetch --tags",
    "3 tags fetched",
    "$ git clone https://git.example.com/group/app.git",
    "fatal: unable to access 'https://git.example.com/group/app.git/': Could not resolve host: git.example.com",
    "Cleaning up project directory and file based variables",
    "ERROR: Job failed: exit code 128",
];

const GITLAB_FACTS: &str =
    "gitlab | failed | 128 | step_script | git clone https://git.example.com/group/app.git";

#[test]
fn a_page_of_gitlab_is_read_with_its_numbers_in_every_place() {
    let line = |k: usize| GITLAB[k];
    let page = |form: &dyn Fn(usize) -> String| -> String { (0..GITLAB.len()).map(form).collect() };
    let cases = [
        (page(&|k| format!("{}\n", line(k))), 13),
        (page(&|k| format!("{}{}\n", k + 1, line(k))), 13),
        (page(&|k| format!("{}{}\n", k + 95, line(k))), 13),
        (page(&|k| format!("{}\n{}\n", k + 1, line(k))), 26),
    ];
    for (text, at) in cases {
        let log = log(&text);
        assert_eq!(facts(&log), GITLAB_FACTS, "{text}");
        assert_eq!(log["runner"]["version"], "17.3.0", "{text}");
        assert_eq!(log["runner"]["executor"], "docker", "{text}");
        is(&log, "git/could-not-resolve-host", at);
        assert_eq!(log["inputs"][0]["bytes"], text.len());
    }
}

#[test]
fn durations_and_buttons_of_a_page_do_no_harm() {
    let titles = [
        "Preparing the",
        "Preparing environment",
        "Getting source",
        "Executing",
        "Cleaning up",
    ];
    let titled = |line: &str| titles.iter().any(|t| line.starts_with(t));
    let behind: String = GITLAB
        .iter()
        .map(|line| format!("{line}{}\n", if titled(line) { "00:04" } else { "" }))
        .collect();
    let below: String = GITLAB
        .iter()
        .map(|line| {
            format!(
                "{line}\n{}",
                if titled(line) {
                    "00:04\nCollapse\n"
                } else {
                    ""
                }
            )
        })
        .collect();
    for (text, at) in [(behind, 13), (below, 21)] {
        let log = log(&text);
        assert_eq!(facts(&log), GITLAB_FACTS, "{text}");
        is(&log, "git/could-not-resolve-host", at);
        let clean = jobtriage(&["clean"], &text).out;
        assert!(
            !clean.contains("00:04") && !clean.contains("Collapse"),
            "{clean}"
        );
        assert_eq!(clean.lines().count(), text.lines().count());
    }
}

#[test]
fn numbers_that_a_tool_prints_stay() {
    let tool = "$ ctest\n1/3 Test #1: a ... Passed\n2/3 Test #2: b ... Passed\n3/3 Test #3: c ... Passed\n1\n2\n3\n00:04\n";
    let text = GITLAB.join("\n").replace("3 tags fetched\n", tool);
    assert_eq!(jobtriage(&["clean"], &text).out, format!("{text}\n"));
    assert_eq!(facts(&log(&text)), GITLAB_FACTS);
}

#[test]
fn a_mark_of_github_in_a_log_of_gitlab_is_output() {
    let text = GITLAB.join("\n").replace(
        "3 tags fetched",
        "##[error]Process completed with exit code 3.\nFinished: SUCCESS",
    );
    assert_eq!(facts(&log(&text)), GITLAB_FACTS);
}

#[test]
fn jenkins_says_how_it_ended() {
    let pipeline = "\
Started by user dev
[Pipeline] Start of Pipeline
[Pipeline] { (Build)
[Pipeline] sh
+ git clone https://git.example.com/group/app.git
fatal: unable to access 'https://git.example.com/group/app.git/': Could not resolve host: git.example.com
[Pipeline] }
[Pipeline] End of Pipeline
ERROR: script returned exit code 128
Finished: FAILURE
";
    let report = log(pipeline);
    assert_eq!(facts(&report), "jenkins | failed | 128 | - | -");
    is(&report, "git/could-not-resolve-host", 6);
    let stamps: String = pipeline
        .lines()
        .map(|line| format!("[2026-05-01T10:00:00.123Z] {line}\n"))
        .collect();
    assert_eq!(facts(&log(&stamps)), "jenkins | failed | 128 | - | -");
    is(&log(&stamps), "git/could-not-resolve-host", 6);
    let freestyle = "+ make\nmake: *** [all] Error 2\nBuild step 'Execute shell' marked build as failure\nFinished: FAILURE\n";
    assert_eq!(log(freestyle)["outcome"], "failed");
    assert_eq!(
        log("+ make\nok\nFinished: SUCCESS\n")["outcome"],
        "succeeded"
    );
    assert_eq!(
        log("+ make\nAborted by dev\nFinished: ABORTED\n")["outcome"],
        "canceled"
    );
    let timeout = "+ make\nCancelling nested steps due to timeout\nSending interrupt signal to process\nFinished: ABORTED\n";
    assert_eq!(log(timeout)["outcome"], "timed_out");
}

#[test]
fn azure_pipelines_names_the_task_that_failed() {
    let text = stamped("\
##[section]Starting: Clone
==============================================================================
Task         : Bash
==============================================================================
[command]/usr/bin/bash /home/agent/work/_temp/script.sh
fatal: unable to access 'https://git.example.com/group/app.git/': Could not resolve host: git.example.com
##[error]Bash exited with code '128'.
##[section]Finishing: Clone
##[section]Starting: Publish test results
##[error]No test result files were found
##[section]Finishing: Publish test results
");
    let log = log(&text);
    assert_eq!(facts(&log), "azure | failed | 128 | Clone | -");
    is(&log, "git/could-not-resolve-host", 6);
}

#[test]
fn azure_pipelines_is_known_by_its_last_words_too() {
    // The end of a task: the heading of the task is not part of the copy.
    let text = "\
fatal: unable to access 'https://git.example.com/group/app.git/': Could not resolve host: git.example.com
##[debug]Exit code 128 received from tool '/bin/bash'
##[error]Bash exited with code '128'.
##[debug]Processed: ##vso[task.issue type=error;]Bash exited with code '128'.
##[section]Finishing: Clone
";
    let short: String = text
        .lines()
        .filter(|line| !line.contains("##[debug]") && !line.contains("##[section]"))
        .map(|line| format!("{line}\n"))
        .collect();
    for text in [text.to_owned(), short.clone(), stamped(&short)] {
        let log = log(&text);
        assert_eq!(facts(&log), "azure | failed | 128 | - | -", "{text}");
        is(&log, "git/could-not-resolve-host", 1);
    }
}

#[test]
fn an_excerpt_of_azure_may_end_with_the_task_that_failed() {
    let text = stamped("\
[command]/usr/bin/git fetch origin
fatal: unable to access 'https://git.example.com/group/app.git/': Could not resolve host: git.example.com
##[error]Git fetch failed with exit code: 128
##[section]Finishing: Clone
");
    let log = log(&text);
    assert_eq!(facts(&log), "azure | failed | - | - | -");
    is(&log, "git/could-not-resolve-host", 2);
}

#[test]
fn azure_pipelines_says_when_a_task_died() {
    let log = log("\
##[error]Exit code 137 returned from process: file name '/usr/bin/docker', arguments 'exec -i -u 1001 4c1d node'.
##[section]Finishing: Build
");
    assert_eq!(facts(&log), "azure | failed | 137 | - | -");
    is(&log, "disk-memory-limits/oom-exit-137", 1);
}

#[test]
fn travis_names_the_first_command_that_failed() {
    let text = "\
$ git clone https://git.example.com/group/app.git
fatal: unable to access 'https://git.example.com/group/app.git/': Could not resolve host: git.example.com
The command \"git clone https://git.example.com/group/app.git\" exited with 128.
$ cat app.log
cat: app.log: No such file or directory
The command \"cat app.log\" exited with 1.
Done. Your build exited with 1.
";
    let log = log(text);
    assert_eq!(
        facts(&log),
        "travis | failed | 128 | - | git clone https://git.example.com/group/app.git"
    );
    is(&log, "git/could-not-resolve-host", 2);
}

#[test]
fn azure_pipelines_has_tasks_that_fail_without_a_code() {
    let text = "\
##[section]Starting: Run code analysis
INFO: EXECUTION FAILURE
##[error]fatal: unable to access 'https://git.example.com/a.git/': Could not resolve host: git.example.com
##[error]The process '/usr/bin/dotnet' failed with exit code 1
##[section]Finishing: Run code analysis
##[section]Starting: Publish test results
cat: results.xml: No such file or directory
##[section]Finishing: Publish test results
";
    let log = log(text);
    assert_eq!(facts(&log), "azure | failed | - | Run code analysis | -");
    is(&log, "git/could-not-resolve-host", 3);
}

#[test]
fn azure_pipelines_looks_after_the_checkout_behind_a_failure() {
    let text = "\
##[section]Starting: Checkout app@main to s
##[section]Finishing: Checkout app@main to s
##[section]Starting: Restore
##[error]fatal: unable to access 'https://git.example.com/a.git/': Could not resolve host: git.example.com
##[error]The process '/usr/bin/dotnet' failed with exit code 1
##[section]Finishing: Restore
##[section]Starting: Checkout app@main to s
Cleaning any cached credential from repository: app (Git)
##[section]Finishing: Checkout app@main to s
##[section]Starting: Finalize Job
##[section]Finishing: Finalize Job
";
    let log = log(text);
    assert_eq!(facts(&log), "azure | failed | - | Restore | -");
    is(&log, "git/could-not-resolve-host", 4);
}

#[test]
fn a_task_of_azure_may_report_errors_and_go_on() {
    let text = "\
##[section]Starting: Lint
##[error]a.yml:3: too long
##[section]Finishing: Lint
##[section]Starting: Build
make: foo: Command not found
##[error]Bash exited with code '127'.
##[section]Finishing: Build
";
    let seen = log(text);
    assert_eq!(facts(&seen), "azure | failed | 127 | Build | -");
    is(&seen, "shell/command-not-found", 5);
    let passed: String = text
        .lines()
        .filter(|line| !line.contains("127") && !line.contains("foo:"))
        .map(|line| format!("{line}\n"))
        .collect();
    assert_eq!(log(&passed)["outcome"], "unknown");
}

#[test]
fn travis_folds_all_but_the_script() {
    let fold = |edge: &str, name: &str| format!("travis_fold:{edge}:{name}\r\x1b[0K");
    let start = "travis_time:start:01ab\r\x1b[0K";
    let end = "\ntravis_time:end:01ab:start=1,finish=2,duration=1\r\x1b[0K";
    let text = [
        &fold("start", "install.1"),
        start,
        "$ ./setup.sh\ncat: version.txt: No such file or directory\n",
        end,
        &fold("end", "install.1"),
        "$ export PATH=bin:$PATH\n",
        start,
        "$ git clone https://git.example.com/group/app.git\n",
        "fatal: unable to access 'https://git.example.com/group/app.git/': Could not resolve host: git.example.com\n",
        end,
        "\n\x1b[31;1mThe command \"git clone https://git.example.com/group/app.git\" exited with 128.\x1b[0m\n",
        &fold("start", "after_script"),
        start,
        "$ cat app.log\ncat: app.log: No such file or directory\n",
        end,
        &fold("end", "after_script"),
        "\nDone. Your build exited with 1.\n",
    ]
    .concat();
    let seen = log(&text);
    assert_eq!(
        facts(&seen),
        "travis | failed | 128 | - | git clone https://git.example.com/group/app.git"
    );
    is(&seen, "git/could-not-resolve-host", 6);
    // The marks when their CR became a newline, and a command of a fold that fails.
    let text = text
        .replace('\r', "\n")
        .replace("exited with 128.", "exited with 0.");
    let text = text.replace(
        "travis_fold:end:install.1",
        "The command \"./setup.sh\" failed and exited with 1 during .\ntravis_fold:end:install.1",
    );
    assert_eq!(
        facts(&log(&text)),
        "travis | failed | 1 | install | ./setup.sh"
    );
}

#[test]
fn travis_runs_commands_that_print_folds() {
    let text = "\
travis_fold:start:install\r\x1b[0Ktravis_time:start:0a\r\x1b[0K$ make deps
travis_time:end:0a:start=1,finish=2,duration=1\r\x1b[0Ktravis_fold:end:install\r\x1b[0Ktravis_time:start:0b\r\x1b[0K$ ci/script.sh
travis_fold:start:clone\r\x1b[0Kfatal: unable to access 'https://git.example.com/a.git/': Could not resolve host: git.example.com
travis_fold:end:clone\r\x1b[0K
travis_fold:start:report\r\x1b[0Kdone
travis_fold:end:report\r\x1b[0K
travis_time:end:0b:start=1,finish=2,duration=1\r\x1b[0K
The command \"ci/script.sh\" exited with 1.
";
    let log = log(text);
    assert_eq!(facts(&log), "travis | failed | 1 | - | ci/script.sh");
    is(&log, "git/could-not-resolve-host", 3);
}

#[test]
fn github_says_when_a_container_cannot_be_set_up() {
    let text = stamped("\
##[group]Starting job container
##[command]/usr/bin/docker pull registry.example.com/tools:3.14t
Error response from daemon: manifest for registry.example.com/tools:3.14t not found: manifest unknown: manifest unknown
##[warning]Docker pull failed with exit code 1, back off 5.2 seconds before retry.
##[error]Docker pull failed with exit code 1
Cleaning up orphan processes
");
    let log = log(&text);
    assert_eq!(log["outcome"], "failed");
    assert_eq!(log["exit_code"], 1);
    is(&log, "registry-image-pull/manifest-unknown", 3);
}

#[test]
fn travis_runs_out_of_time_in_its_script() {
    let text = "\
travis_fold:start:install\r\x1b[0K$ make deps\ntravis_fold:end:install\r\x1b[0K$ make test
connecting

No output has been received in the last 10 minutes, this potentially indicates a stalled build or something wrong with the build itself.
";
    assert_eq!(facts(&log(text)), "travis | timed_out | - | - | make test");
}

#[test]
fn codebuild_names_phase_and_command() {
    let own = |said: &str| format!("[Container] 2026/05/01 10:00:00.123456 {said}\n");
    let text = [
        own("Entering phase INSTALL"),
        own("Running command ./setup.sh"),
        "cat: version.txt: No such file or directory\n".to_owned(),
        own("Phase complete: INSTALL State: SUCCEEDED"),
        own("Entering phase BUILD"),
        own("Running command git clone https://git.example.com/a.git"),
        "fatal: unable to access 'https://git.example.com/a.git/': Could not resolve host: git.example.com\n".to_owned(),
        own("Command did not exit successfully git clone https://git.example.com/a.git exit status 128"),
        own("Phase complete: BUILD State: FAILED"),
        own("Entering phase POST_BUILD"),
        own("Running command cat app.log"),
        "cat: app.log: No such file or directory\n".to_owned(),
        own("Phase complete: POST_BUILD State: SUCCEEDED"),
    ];
    let seen = log(&text.concat());
    assert_eq!(
        facts(&seen),
        "codebuild | failed | 128 | BUILD | git clone https://git.example.com/a.git"
    );
    is(&seen, "git/could-not-resolve-host", 7);
    let passed = text.concat().replace("FAILED", "SUCCEEDED");
    let passed: String = passed
        .lines()
        .filter(|line| !line.contains("did not exit"))
        .map(|line| format!("{line}\n"))
        .collect();
    assert_eq!(facts(&log(&passed)), "codebuild | succeeded | - | - | -");
}

#[test]
fn a_piece_of_a_log_that_ends_well_has_no_cause() {
    let error =
        "java.net.ConnectException: Connection refused\n\tat com.example.Retry.run(Retry.java:1)\n";
    let all = "[INFO] Tests run: 4, Failures: 0, Errors: 0, Skipped: 0\n[INFO] BUILD SUCCESS\n[INFO] Total time: 4 s\n";
    let seen = log(&format!("{error}{all}"));
    assert_eq!(seen["status"], "clean");
    // One part passed, and beside it stands what did not.
    let part = "Test Suites: 1 failed, 16 passed, 17 total\nTests:       82 passed, 82 total\nTime:        4.6 s\n";
    assert_eq!(log(&format!("{error}{part}"))["status"], "explained");
    let coverage = "Jest: \"global\" coverage threshold for lines (80%) not met: 17.81%\n";
    let passed = part.replace("1 failed, 16 passed", "17 passed");
    assert_eq!(log(&format!("{coverage}{passed}"))["status"], "explained");
    assert_eq!(
        log(&format!("{error}{}{passed}", "x\n".repeat(12)))["status"],
        "clean"
    );
    // One tool passed, another did not.
    let others = "src/a.c:3:5: error: expected expression before x\nmake: *** [Makefile:5: lib] Error 1\nBUILD SUCCESSFUL in 12s\n";
    assert_eq!(log(others)["status"], "explained");
    // A job that failed has failed, whatever it says last.
    let failed = format!("{error}{all}ERROR: Job failed: exit code 1\n");
    assert_eq!(log(&failed)["outcome"], "failed");
}

#[test]
fn other_systems_end_in_words_of_their_own() {
    let output = "fatal: unable to access 'https://git.example.com/a.git/': Could not resolve host: git.example.com\n";
    for (words, dialect) in [
        ("\nExited with code exit status 128\n", "circleci"),
        ("Command exited with code 128\n", "plain"),
        (
            "🚨 Error: The command exited with status 128\n",
            "buildkite",
        ),
        (
            "[Container] 2026/05/01 10:00:00.123456 Command did not exit successfully git clone exit status 128\n",
            "codebuild",
        ),
    ] {
        let log = log(&format!("{output}{words}"));
        let told = format!("{dialect} | failed | 128 | - | -");
        assert_eq!(facts(&log), told, "{words}");
        is(&log, "git/could-not-resolve-host", 1);
    }
}

#[test]
fn colours_that_gh_shows_in_carets_are_colours() {
    let text = NPM_FAILS
        .replace("fatal:", "^[[1m^[[91mfatal:^[[0m")
        .replace('\u{1b}', "^[");
    let log = log(&columns("build", "Run npm ci", &text));
    is(&log, "git/could-not-resolve-host", 5);
    assert!(
        log["cause"]["text"]
            .as_str()
            .unwrap()
            .starts_with("fatal: unable")
    );
    let pasted = "$ git fetch\n^[[31mfatal: unable to access 'https://git.example.com/a.git/': Could not resolve host: git.example.com^[[0m\n";
    is(&crate::log(pasted), "git/could-not-resolve-host", 2);
}

#[test]
fn an_excerpt_of_gh_may_begin_inside_of_a_step() {
    let lines: Vec<&str> = NPM_FAILS.lines().skip(4).collect();
    let log = log(&columns("build", "Run npm ci", &lines.join("\n")));
    is(&log, "git/could-not-resolve-host", 1);
    assert_eq!(facts(&log), "github | failed | 1 | Run npm ci | -");
}

const UNRESOLVED: &str = "fatal: unable to access 'https://git.example.com/a.git/': Could not resolve host: git.example.com";

/// A step `make` with that source, those variables, and what it prints before it fails.
fn step(source: &str, env: &str, output: &str) -> String {
    format!(
        "##[group]Run make\nmake\n{source}shell: /usr/bin/bash -e {{0}}\n{env}##[endgroup]\n{output}\
         ##[error]Process completed with exit code 1.\n{POST}"
    )
}

#[test]
fn a_group_in_the_output_that_looks_like_a_step_hides_nothing() {
    for group in [
        format!("##[group]Run tests\ntests\n{UNRESOLVED}\n##[endgroup]\n"),
        format!("##[group]Run tests\ntests\n{UNRESOLVED}\n"),
    ] {
        let text = step("", "", &group);
        is(&log(&stamped(&text)), "git/could-not-resolve-host", 7);
        is(&log(&text), "git/could-not-resolve-host", 7);
        // However far below it is told.
        let far = "waiting for it\n".repeat(40_000);
        let text = step(
            "",
            "",
            &group.replace("tests\nfatal", &format!("tests\n{far}fatal")),
        );
        is(&log(&text), "git/could-not-resolve-host", 40_007);
    }
}

#[test]
fn the_source_of_a_step_is_no_evidence_whatever_it_says() {
    let source = |more: &str| format!("cat > x <<E\n{more}{UNRESOLVED}\nE\n");
    for (source, env) in [
        (source(""), String::new()),
        (source("shell: bash -e {0}\n"), String::new()),
        (source("##[error]no such thing\n"), String::new()),
        (
            source("shell: bash -e {0}\n"),
            format!("env:\n  A: {UNRESOLVED}\n"),
        ),
        (String::new(), format!("env:\n  A: x\n{UNRESOLVED}\n")),
        (
            String::new(),
            format!("env:\n  A: x\n##[error]y\n{UNRESOLVED}\n"),
        ),
        // Longer than what is read at a time.
        (
            source("shell: bash -e {0}\n"),
            format!("env:\n  A: {}\n", "x".repeat(400_000)),
        ),
    ] {
        let text = step(&source, &env, "src/a.c:1: it went wrong\n");
        let log = log(&text);
        assert_eq!(cause(&log).0, "?", "{source:.60}{env:.60}");
        assert_eq!(facts(&log), "github | failed | 1 | Run make | make");
    }
    // GitHub stamps a value once, however many lines it has: none of them is a mark.
    let env = format!(
        "env:\n  A: x\n##[error]Process completed with exit code 7.\n{UNRESOLVED}\n##[endgroup]\n"
    );
    let text = stamped(&step("", &env, "src/a.c:1: it went wrong\n"));
    let unstamped: String = text
        .lines()
        .enumerate()
        .map(|(k, line)| {
            format!(
                "{}\n",
                if (5..8).contains(&k) {
                    &line[29..]
                } else {
                    line
                }
            )
        })
        .collect();
    let log = log(&unstamped);
    assert_eq!(facts(&log), "github | failed | 1 | Run make | make");
    assert_eq!(cause(&log), ("?".to_owned(), 10));
}

#[test]
fn a_log_may_lose_its_clock_on_the_way() {
    let header = stamped("Current runner version: '2.320.0'\n##[group]Run npm ci\n");
    let rest = NPM_FAILS.lines().skip(1).collect::<Vec<_>>().join("\n");
    let log = log(&format!("{header}{rest}\n{POST}"));
    is(&log, "git/could-not-resolve-host", 6);
    assert_eq!(facts(&log), "github | failed | 1 | Run npm ci | npm ci");
}

#[test]
fn the_script_above_the_output_of_circleci_is_no_evidence() {
    let step = |output: &str| {
        format!(
            "#!/bin/bash -eo pipefail\nif ! ./fetch; then\n  echo \"{UNRESOLVED}\"\n  echo \"error: no mirror\"\n  exit 1\nfi\n\n\
             {output}\nExited with code exit status 1\nCircleCI received exit code 1\n"
        )
    };
    let unknown = log(&step("error: the mirror says no"));
    is(&unknown, "?", 8);
    is(&log(&step(UNRESOLVED)), "git/could-not-resolve-host", 8);
}

#[test]
fn an_excerpt_may_begin_within_the_header_of_a_step() {
    let fails = "src/a.c:1: it went wrong\n##[error]Process completed with exit code 1.\n";
    for head in [
        format!("echo '{UNRESOLVED}'\n{UNRESOLVED}\nshell: /usr/bin/bash -e {{0}}\n"),
        format!("env:\n  A: x\n  B: y\n{UNRESOLVED}\n"),
        format!("  A: x\n  B: y\n{UNRESOLVED}\n"),
    ] {
        let log = log(&stamped(&format!("{head}##[endgroup]\n{fails}")));
        let line = head.lines().count() as u64 + 2;
        assert_eq!(cause(&log), ("?".to_owned(), line), "{head}");
    }
    // Or within a group of the output.
    let text = format!(
        "building\n{UNRESOLVED}\n##[endgroup]\n##[error]Process completed with exit code 1.\n"
    );
    is(&log(&stamped(&text)), "git/could-not-resolve-host", 2);
}

#[test]
fn an_excerpt_of_azure_may_begin_with_a_group_of_its_own() {
    let text = format!(
        "##[group]Run tests\n{UNRESOLVED}\n##[endgroup]\n##[error]Bash exited with code '3'.\n##[section]Finishing: Tests\n"
    );
    for text in [
        stamped(&text),
        text.clone(),
        text.replace("tests\n", "tests\ntests\n"),
    ] {
        let log = log(&text);
        assert_eq!(cause(&log).0, "git/could-not-resolve-host");
        assert_eq!(
            (&log["dialect"], &log["exit_code"]),
            (&"azure".into(), &3.into())
        );
    }
    // GitHub's own step stays one, whatever it prints.
    let text = format!("{SET_UP}{}", step("", "", "##[section]Starting: x\n"));
    assert_eq!(
        facts(&log(&stamped(&text))),
        "github | failed | 1 | Run make | make"
    );
}

#[test]
fn names_that_a_log_gives_are_told_without_their_secrets() {
    let token = ["glpat", "-a7Qk3ZtYx92LmNp4RsVw"].concat();
    let title = format!("Run ./deploy --token {token}");
    let gh = columns(&format!("job {token}"), &title, &format!("{UNRESOLVED}\n"));
    let raw = stamped(&format!(
        "##[group]{title}\n##[endgroup]\nit went wrong\n##[error]Process completed with exit code 1.\n"
    ));
    let gitlab = format!(
        "Running with gitlab-runner 17.5.0-{token} (abcdef12)\nsection_start:1:{token}\r\u{1b}[0K{token}\n\
         it went wrong\nERROR: Job failed: exit code 1\n"
    );
    for text in [gh, raw, gitlab] {
        for format in [
            "text", "table", "tsv", "json", "markdown", "html", "sarif", "junit", "github",
            "prompt",
        ] {
            let told = jobtriage(&["-f", format], &text).out;
            assert!(
                !told.is_empty() && !told.contains(&token),
                "{format}: {told}"
            );
        }
    }
}

#[test]
fn numbers_run_into_the_text_of_the_shortest_copy_of_a_page() {
    let two = "1016ERROR: something went wrong\n1017fatal: unable to access 'https://git.example.com/a.git/': Could not resolve host: git.example.com\n";
    is(&log(two), "git/could-not-resolve-host", 2);
    for list in [
        "10.5 seconds\n11.5 seconds\n",
        "10 files\n11 files\n",
        "1st\n2nd\n",
        "10th\n12th\n",
    ] {
        assert_eq!(jobtriage(&["clean"], list).out, list);
    }
}

#[test]
fn words_of_a_failure_at_the_end_bear_out_a_cause_far_above() {
    let report: String = (0..300).map(|k| format!("at frame {k}\n")).collect();
    let cause = "$ ./build.sh\nfatal: unable to access 'https://git.example.com/a.git/': Could not resolve host: git.example.com\n";
    let told = log(&format!(
        "{cause}{report}make: *** [Makefile:3: all] Error 1\n"
    ));
    is(&told, "git/could-not-resolve-host", 2);
    let silent = log(&format!("{cause}{report}all done\n"));
    assert_eq!(silent["status"], "clean");
}

const UNREACHABLE: &str = "fatal: unable to access 'https://git.example.com/group/app.git/': Could not resolve host: git.example.com";

/// Puts a prefix before the lines.
fn behind(prefix: &str, text: &str) -> String {
    text.lines()
        .map(|line| format!("{prefix}{line}\n"))
        .collect()
}

#[test]
fn what_cannot_be_part_of_a_steps_header_is_output() {
    let failed = "##[error]Process completed with exit code 1.\n";
    let output = "> black --check\nwould reformat app/main.py\n";
    let shell = "black --check .\nshell: /usr/bin/bash -e {0}\n";
    // Its end was lost, or a script opened a group of such a name.
    for (header, line) in [
        (format!("##[group]Run black --check .\n{shell}"), 5),
        ("##[group]Run black --check .\n".to_owned(), 3),
        ("##[group]Run all checks\n".to_owned(), 3),
    ] {
        for end in ["", "##[endgroup]\n"] {
            let text = format!("{header}{output}{end}{failed}");
            is(&log(&text), "lint/black-ruff-format", line);
        }
    }
    // Among values nobody can tell.
    let header =
        format!("##[group]Run black --check .\n{shell}env:\n  HELP: >\n{output}##[endgroup]\n");
    let report = log(&format!("{header}the frobnicator refused: error\n{failed}"));
    assert_eq!(cause(&report), ("?".to_owned(), 9), "{report}");
}

/// A step as act prints it.
fn act_step(job: &str, name: &str, output: &str, ends: &str) -> String {
    format!(
        "[{job}] ⭐ Run Main {name}\n[{job}]   🐳  docker exec cmd=[bash -e /run/1.sh] user= workdir=\n{}\
         [{job}]   {ends} - Main {name} [1.204s]\n",
        behind(&format!("[{job}]   | "), output)
    )
}

const PASSES: &str = "✅  Success";
const FAILS: &str = "❌  Failure";

#[test]
fn act_names_the_step_that_failed() {
    let job = "CI checks/build";
    let text = [
        format!("[{job}] ⭐ Run Set up job\n[{job}]   ✅  Success - Set up job\n"),
        act_step(
            job,
            "Look around",
            "fatal: unable to access 'https://old.example.com/a.git/': Could not resolve host: old.example.com",
            PASSES,
        ),
        act_step(job, "Fetch", UNREACHABLE, FAILS),
        format!("[{job}] exitcode '128': failure\n"),
        act_step(job, "Show the log", "cat: app.log: No such file or directory", PASSES),
        format!("[{job}] ⭐ Run Complete job\n[{job}]   ✅  Success - Complete job\n"),
        format!("[{job}] 🏁  Job failed\nError: Job 'build' failed\n"),
    ]
    .concat();
    let report = log(&text);
    assert_eq!(facts(&report), "act | failed | 128 | - | Fetch");
    is(&report, "git/could-not-resolve-host", 9);
    let shown = report["cause"]["text"].as_str().unwrap();
    assert!(shown.starts_with("[CI checks/build]   | fatal"), "{shown}");
    let passed = text
        .replace(FAILS, PASSES)
        .replace("Job failed\nError: Job 'build' failed", "Job succeeded");
    assert_eq!(log(&passed)["outcome"], "succeeded");
}

#[test]
fn what_act_was_told_to_go_on_from_is_no_failure() {
    let job = "ci/build";
    let tolerated = act_step(job, "Lint", UNREACHABLE, FAILS).replace(
        "[ci/build]   ❌",
        "[ci/build] Failed but continue next step\n[ci/build]   ❌",
    );
    let passes = format!("{tolerated}[{job}] 🏁  Job succeeded\n");
    assert_eq!(facts(&log(&passes)), "act | succeeded | - | - | -");
    let fails = act_step(
        job,
        "Build",
        "make: *** No rule to make target 'all'.  Stop.",
        FAILS,
    );
    let report = log(&format!("{tolerated}{fails}[{job}] 🏁  Job failed\n"));
    assert_eq!(facts(&report), "act | failed | - | - | Build");
    assert_eq!(cause(&report).1, 8, "{report}");
}

#[test]
fn jobs_that_act_runs_side_by_side_hide_nothing_of_each_other() {
    let (one, two) = ("ci/build   ", "ci/test-all");
    let lines = [
        format!("[{one}] ⭐ Run Main Fetch\n[{one}]   | {UNREACHABLE}\n"),
        format!("[{two}] ⭐ Run Main Count\n[{two}]   | 12\n"),
        format!("[{one}]   ❌  Failure - Main Fetch\n[{one}] 🏁  Job failed\n"),
        format!("[{two}]   ✅  Success - Main Count\n[{two}] 🏁  Job succeeded\n"),
    ];
    let report = log(&lines.concat());
    assert_eq!(report["outcome"], "failed");
    is(&report, "git/could-not-resolve-host", 2);
}

#[test]
fn act_in_colour_names_the_job_once_and_puts_a_bar_before_the_output() {
    let job = |text: &str| format!("\x1b[34m[ci/build] \x1b[0m{text}\n");
    // A line that a pattern knows by its beginning, and a table.
    let output = behind(
        "\x1b[34m|\x1b[0m ",
        "> black --check\nwould reformat app/main.py\n| name | error |",
    );
    let text = [
        job("⭐ Run Main Format"),
        job("  🐳  docker exec cmd=[bash -e /run/1.sh] user= workdir="),
        output,
        job("  ❌  Failure - Main Format [1.204s]"),
        job("exitcode '1': failure"),
        job("🏁  Job failed"),
    ]
    .concat();
    let pasted = text.replace("\x1b[34m", "").replace("\x1b[0m", "");
    for text in [&text, &pasted] {
        let report = log(text);
        assert_eq!(facts(&report), "act | failed | 1 | - | Format");
        is(&report, "lint/black-ruff-format", 4);
        let shown = report["cause"]["text"].as_str().unwrap();
        assert!(shown.starts_with("| would reformat"), "{shown}");
    }
    let other = pasted.replace("⭐ Run Main", "Run");
    assert_ne!(cause(&log(&other)).0, "lint/black-ruff-format");
}

#[test]
fn words_of_act_in_other_texts_are_none() {
    for text in [
        "Job failed\n",
        "🏁  Job failed to start\n",
        "[release] 🏁  Job failed\n",
        "see [ci/build] 🏁  Job failed\n",
    ] {
        assert_eq!(log(text)["outcome"], "unknown", "{text}");
    }
}

#[test]
fn tasks_that_turbo_runs_are_told_apart_from_their_output() {
    for prefix in ["web:build: ", "@acme/web:codegen:ts: "] {
        // A line that a pattern knows by its beginning.
        let output =
            "> black --check\nwould reformat app/main.py\nERROR: command finished with error\n";
        let report = log(&format!(
            "$ npx turbo run build\n{}ERROR: Job failed: exit code 1\n",
            behind(prefix, output)
        ));
        is(&report, "lint/black-ruff-format", 3);
        let shown = report["cause"]["text"].as_str().unwrap();
        assert!(shown.starts_with(prefix), "{shown}");
    }
}

#[test]
fn tasks_of_turbo_have_any_name_where_its_header_stands() {
    let output = "would reformat app/main.py\nERROR: command finished with error\n";
    for prefix in ["web:build.all: ", "//#format: ", "Web:build:prod: "] {
        let text = |header: &str| {
            let run = behind(prefix, output);
            format!("$ npx turbo run build\n{header}{run}ERROR: Job failed: exit code 1\n")
        };
        let header = "   • Packages in scope: //, Web, web\n   • Running build.all in 3 packages\n";
        is(&log(&text(header)), "lint/black-ruff-format", 4);
        assert_ne!(cause(&log(&text(""))).0, "lint/black-ruff-format");
    }
}

#[test]
fn jenkins_may_put_the_time_before_each_line() {
    let pipeline = format!(
        "Started by user dev\n+ git clone https://git.example.com/group/app.git\n{UNREACHABLE}\n\
         ERROR: script returned exit code 128\nFinished: FAILURE\n"
    );
    for stamp in ["15:40:07 ", "15:40:07  "] {
        let report = log(&behind(stamp, &pipeline));
        assert_eq!(
            facts(&report),
            "jenkins | failed | 128 | - | -",
            "{stamp:?}"
        );
        is(&report, "git/could-not-resolve-host", 3);
    }
    let formats = behind(
        "15:40:07 ",
        "+ black --check .\nwould reformat app/main.py\nERROR: script returned exit code 1\n",
    );
    is(&log(&formats), "lint/black-ruff-format", 2);
    let freestyle = "make: *** [all] Error 2\nBuild step 'Execute shell' marked build as failure\n";
    assert_eq!(log(&behind("15:40:07 ", freestyle))["outcome"], "failed");
    assert_eq!(
        log("15:40:07 see: Finished: FAILURE\n15:40:07.5 Finished: FAILURE\n")["outcome"],
        "unknown"
    );
}

#[test]
fn whose_log_it_is_is_told() {
    let dialect = |text: &str| log(text)["dialect"].as_str().unwrap().to_owned();
    for (text, is) in [
        (
            "+ make\nmake: *** [all] Error 2\nFinished: FAILURE\n",
            "jenkins",
        ),
        (
            "[Pipeline] sh\n+ make\nmake: *** [all] Error 2\n",
            "jenkins",
        ),
        (
            "travis_fold:start:git.1\ntravis_fold:end:git.1\nmake: *** [all] Error 2\n",
            "travis",
        ),
        (
            "make: *** [all] Error 2\nCommand exited with code 2\n",
            "plain",
        ),
        // A tool on Jenkins says it as Travis does.
        (
            "The command \"make\" exited with 2.\nFinished: FAILURE\n",
            "jenkins",
        ),
        // The runner of GitLab says that it is its log, whatever stands in it.
        (
            "[Pipeline] sh\nFinished: FAILURE\nERROR: Job failed: exit code 1\n",
            "gitlab",
        ),
    ] {
        assert_eq!(dialect(text), is, "{text}");
    }
}

#[test]
fn a_window_of_github_without_marks_is_known_by_two_lines_of_its_runner() {
    let dialect = |text: &str| log(text)["dialect"].as_str().unwrap().to_owned();
    let fails = format!("{UNRESOLVED}\n");
    let checkout = "Run actions/checkout@v4\n";
    let shell = "shell: /usr/bin/bash -e {0}\n";
    let version = "Current runner version: '2.320.0'\n";
    for proofs in [
        format!("Fetching\n{checkout}npm ci\n{shell}"),
        format!("Fetching\nnpm ci\n  {shell}{checkout}"),
        format!("{version}Prepare workflow directory\n"),
        format!("Download action repository 'actions/cache@v4' (SHA:0057852)\nnpm ci\n{shell}"),
        format!("{version}Complete job name: build\n"),
    ] {
        let text = format!("{proofs}{fails}");
        assert_eq!(dialect(&text), "github", "{text}");
        // GitLab's own lines and those of others are surer.
        let gitlab = format!("{text}ERROR: Job failed: exit code 1\n");
        assert_eq!(dialect(&gitlab), "gitlab", "{text}");
        let jenkins = format!("{text}Finished: FAILURE\n");
        assert_eq!(dialect(&jenkins), "jenkins", "{text}");
    }
    // One alone, or the same twice, may be anybody's.
    for proofs in [
        format!("Fetching\n{checkout}{checkout}"),
        format!("npm ci\n{shell}{shell}"),
        version.to_owned(),
        format!("see: Run actions/checkout@v4\n{shell}"),
        format!("{checkout}shell: /bin/bash\n").replacen("Run", "How to\nrun", 1),
    ] {
        let text = format!("{proofs}{fails}");
        assert_eq!(dialect(&text), "plain", "{text}");
    }
}
