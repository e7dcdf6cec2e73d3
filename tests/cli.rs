//! What users rely on at the command line, through the real binary.

use std::fs;
use std::io::Write;
use std::path::{Path, PathBuf};
use std::process::{Command, Output, Stdio};

#[path = "common/program.rs"]
mod program;

const FAILED: &str = "\
Running with gitlab-runner 17.5.0 (abcdef12)
  on runner-1 abcdefgh, system ID: s_1
section_start:1700000000:prepare_executor
Preparing the \"docker\" executor
Using Docker executor with image alpine:3.20 ...
section_end:1700000001:prepare_executor
section_start:1700000001:step_script
Executing \"step_script\" stage of the job script
$ git clone https://git.example.com/group/app.git
Cloning into 'app'...
fatal: unable to access 'https://git.example.com/group/app.git/': Could not resolve host: git.example.com
section_end:1700000002:step_script
ERROR: Job failed: exit code 128
";

const UNKNOWN: &str = "\
$ ./release.sh
release notes are incomplete: chapter three has no heading
ERROR: Job failed: exit code 3
";

const PASSED: &str = "$ make\nall fine, 0 errors\nJob succeeded\n";

/// A folder of its own for each test.
struct Dir(PathBuf);

impl Dir {
    fn new(name: &str) -> Self {
        let dir = Path::new(env!("CARGO_TARGET_TMPDIR")).join(format!("cli-{name}"));
        let _ = fs::remove_dir_all(&dir);
        fs::create_dir_all(&dir).unwrap();
        Self(dir)
    }

    fn write(&self, name: &str, content: impl AsRef<[u8]>) -> PathBuf {
        let path = self.0.join(name);
        fs::create_dir_all(path.parent().unwrap()).unwrap();
        fs::write(&path, content).unwrap();
        path
    }
}

fn command(args: &[&str]) -> Command {
    program::command(args)
}

fn run(dir: &Dir, args: &[&str]) -> (i32, String, String) {
    told(command(args).current_dir(&dir.0).output().unwrap())
}

fn piped(args: &[&str], input: &[u8]) -> (i32, String, String) {
    let mut child = command(args)
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .stderr(Stdio::piped())
        .spawn()
        .unwrap();
    // A program that refuses its input early closes the pipe.
    let _ = child.stdin.take().unwrap().write_all(input);
    told(child.wait_with_output().unwrap())
}

fn told(output: Output) -> (i32, String, String) {
    let text = |bytes: Vec<u8>| String::from_utf8(bytes).expect("UTF-8 comes out");
    (
        output.status.code().unwrap_or(-1),
        text(output.stdout),
        text(output.stderr),
    )
}

#[test]
fn a_pipe_and_a_file_get_the_same_answer() {
    let dir = Dir::new("pipe");
    dir.write("job.log", FAILED);
    let (code, out, err) = run(&dir, &["job.log"]);
    assert_eq!((code, err.as_str()), (0, ""));
    assert!(
        out.starts_with("FAILED  exit code 128 in step_script"),
        "{out}"
    );
    assert!(out.contains("git/could-not-resolve-host"), "{out}");
    assert!(out.contains("   11 │ fatal: unable to access"), "{out}");
    let (code, from_pipe, _) = piped(&[], FAILED.as_bytes());
    assert_eq!(code, 0);
    assert_eq!(from_pipe.replace("<stdin>:13", "job.log:13"), out);
    assert_eq!(piped(&["-"], FAILED.as_bytes()).1, from_pipe);
}

#[test]
fn exit_codes_say_what_is_left_to_do() {
    let dir = Dir::new("exit");
    dir.write("failed.log", FAILED);
    dir.write("unknown.log", UNKNOWN);
    dir.write("passed.log", PASSED);
    let code = |args: &[&str]| run(&dir, args).0;
    assert_eq!(code(&["failed.log"]), 0);
    assert_eq!(code(&["passed.log"]), 0);
    assert_eq!(code(&["unknown.log"]), 1);
    assert_eq!(code(&["failed.log", "unknown.log"]), 1);
    assert_eq!(code(&["unknown.log", "missing.log"]), 2);
    assert_eq!(
        code(&[
            "--fail-on",
            "owner:network",
            "--fail-on",
            "category:dns",
            "failed.log"
        ]),
        3
    );
    assert_eq!(
        code(&["--fail-on", "git/*", "unknown.log", "failed.log"]),
        3
    );
    assert_eq!(code(&["--fail-on", "node/*", "failed.log"]), 0);
    assert_eq!(code(&["--exit-zero", "unknown.log"]), 0);
    assert_eq!(code(&["--exit-zero", "missing.log"]), 2);
    // A gate alone: what is unexplained is no trouble, what was asked for is.
    let gate = ["--fail-on", "owner:network", "--exit-zero=1"];
    let gated = |log: &'static str| code(&[&gate[..], &[log]].concat());
    assert_eq!(gated("unknown.log"), 0);
    assert_eq!(gated("failed.log"), 3);
    assert_eq!(gated("missing.log"), 2);
    assert_eq!(code(&["--fail-on", "any", "--exit-zero", "failed.log"]), 0);
    let (code, out, err) = run(&dir, &["-q", "unknown.log"]);
    assert_eq!((code, out.as_str(), err.as_str()), (1, "", ""));
}

#[test]
fn a_log_cut_at_the_limit_says_what_to_do() {
    let dir = Dir::new("cut");
    let whole = FAILED.split("fatal: ").next().unwrap();
    let cut = format!(
        "{whole}Compiling one of many things\n\u{1b}[33;1mJob's log exceeded limit of 4194304 bytes.\n\
         Job execution will continue but no more output will be collected.\u{1b}[0;m\n"
    );
    dir.write("cut.log", &cut);
    let (code, out, _) = run(&dir, &["cut.log"]);
    assert_eq!(code, 0, "{out}");
    let (_, below) = out.split_once("! The log was cut short").expect(&out);
    for part in ["gitlab-runner/log-limit", "output_limit", "Fix 1"] {
        assert!(below.contains(part), "{part}: {out}");
    }
    let (_, out, _) = run(&dir, &["cut.log", "--lang", "ko"]);
    assert!(out.contains("출력 제한에서 잘림"), "{out}");
    // With a verdict it fails no job, and nobody need mend it.
    dir.write("done.log", format!("{cut}Job succeeded\n"));
    let (_, out, _) = run(&dir, &["done.log"]);
    assert!(!out.contains("output_limit"), "{out}");
}

#[test]
fn an_address_is_told_from_a_file_that_is_not_there() {
    let dir = Dir::new("address");
    for args in [&[][..], &["scan"], &["clean"]] {
        let address = "https://git.example.com/a/b/-/jobs/8123?x=*";
        let (code, _, err) = run(&dir, &[args, &[address]].concat());
        assert_eq!(code, 2, "{err}");
        assert!(
            err.contains("is an address, and nothing is fetched")
                && err.contains("`glab ci trace 8123 | jobtriage`"),
            "{args:?}: {err}"
        );
    }
    let secret = "https://oauth2:glpat-abcdefghijklmnopqrst@git.example.com/job.log";
    for args in [&["-f", "json", secret][..], &["scan", "-f", "json", secret]] {
        let (_, out, err) = run(&dir, args);
        assert!(out.contains("is an address"), "{out}");
        assert!(!out.contains("glpat-abc") && !err.contains("glpat-abc"));
    }
}

#[test]
fn what_cannot_be_read_is_told_in_one_line_and_the_rest_is_done() {
    let dir = Dir::new("bad");
    dir.write("job.log", FAILED);
    dir.write("empty.log", "");
    dir.write("core.bin", b"\x7fELF\x02\x01\x01\0\0\0\0\0\0\0\0\0");
    dir.write("folder/inner.log", PASSED);
    for (name, says) in [
        ("missing.log", "no such file"),
        ("empty.log", "the file is empty"),
        ("core.bin", "looks binary (NUL at byte 7)"),
        ("folder", "is a folder"),
    ] {
        let (code, out, err) = run(&dir, &[name, "job.log"]);
        assert_eq!(code, 2, "{name}");
        let first = err.lines().next().unwrap_or_default();
        assert!(
            first.starts_with("jobtriage: ") && first.contains(name) && first.contains(says),
            "{err}"
        );
        assert!(
            err.lines()
                .nth(1)
                .is_some_and(|l| l.starts_with("  hint: ")),
            "{err}"
        );
        assert_eq!(err.lines().count(), 2, "{err}");
        assert!(
            out.contains("git/could-not-resolve-host"),
            "the other log is done: {out}"
        );
    }
    assert_eq!(run(&dir, &["--text", "core.bin"]).0, 0);
    let (code, _, err) = piped(&[], b"");
    assert_eq!(code, 2);
    assert!(
        err.contains("standard input is empty") && err.contains("hint: "),
        "{err}"
    );
}

#[cfg(unix)]
#[test]
fn a_file_without_permission_is_told() {
    use std::os::unix::fs::PermissionsExt;
    let dir = Dir::new("permission");
    let path = dir.write("secret.log", FAILED);
    fs::set_permissions(&path, fs::Permissions::from_mode(0o000)).unwrap();
    if fs::read(&path).is_ok() {
        return; // root may read everything
    }
    let (code, _, err) = run(&dir, &["secret.log"]);
    assert_eq!(code, 2);
    assert!(err.contains("permission denied"), "{err}");
}

fn gzip(text: &[u8]) -> Vec<u8> {
    let mut encoder = flate2::write::GzEncoder::new(Vec::new(), flate2::Compression::default());
    encoder.write_all(text).unwrap();
    encoder.finish().unwrap()
}

#[test]
fn packed_logs_are_read_and_damaged_ones_as_far_as_they_go() {
    let dir = Dir::new("packed");
    dir.write("job.log.gz", gzip(FAILED.as_bytes()));
    // Told by its first bytes, not by its name; several members are one log.
    let (head, rest) = FAILED.as_bytes().split_at(200);
    dir.write("two-members", [gzip(head), gzip(rest)].concat());
    for name in ["job.log.gz", "two-members"] {
        let (code, out, _) = run(&dir, &["-s", name]);
        assert_eq!(
            (code, out.trim_end()),
            (
                0,
                &*format!(
                    "{name}:11: × git/could-not-resolve-host: Host name of the git server does not resolve"
                )
            )
        );
    }
    // Text that does not compress, so that most of it is there when the end is missing.
    let mut state = 1u64;
    let noise: String = (0..40_000)
        .map(|k| {
            state = state
                .wrapping_mul(6364136223846793005)
                .wrapping_add(1442695040888963407);
            if k % 80 == 79 {
                '\n'
            } else {
                char::from(b'a' + (state >> 33) as u8 % 26)
            }
        })
        .collect();
    let whole = gzip(format!("{FAILED}{noise}").as_bytes());
    dir.write("cut.log.gz", &whole[..whole.len() / 2]);
    let (code, out, err) = run(&dir, &["-s", "cut.log.gz"]);
    assert_eq!(code, 2);
    assert!(out.contains("git/could-not-resolve-host"), "{out}");
    assert!(
        err.contains("damaged after ") && err.contains("what could be read was analysed"),
        "{err}"
    );
}

#[test]
fn every_encoding_is_simply_read() {
    let dir = Dir::new("encodings");
    let utf16: Vec<u8> = [0xfeff]
        .into_iter()
        .chain(FAILED.encode_utf16())
        .flat_map(u16::to_le_bytes)
        .collect();
    // PowerShell appends UTF-16 to whatever is there, and other programs append to what it wrote.
    let (head, tail) = FAILED.split_at(FAILED.find("fatal: ").unwrap());
    let wide = |text: &str, mark: Option<u16>| -> Vec<u8> {
        let text = text.replace('\n', "\r\n");
        let units = mark.into_iter().chain(text.encode_utf16());
        units.flat_map(u16::to_le_bytes).collect()
    };
    dir.write(
        "appended.log",
        [head.as_bytes(), &wide(tail, None)].concat(),
    );
    dir.write(
        "beneath.log",
        [wide(head, Some(0xfeff)), tail.into()].concat(),
    );
    dir.write("utf16.log", utf16);
    dir.write("bom.log", format!("\u{feff}{FAILED}"));
    dir.write(
        "latin1.log",
        [b"caf\xe9 \xff\xfe\n".as_slice(), FAILED.as_bytes()].concat(),
    );
    dir.write("crlf.log", FAILED.replace('\n', "\r\n"));
    for name in [
        "utf16.log",
        "bom.log",
        "latin1.log",
        "crlf.log",
        "appended.log",
        "beneath.log",
    ] {
        let (code, out, _) = run(&dir, &["-s", name]);
        assert_eq!(code, 0, "{name}");
        assert!(out.contains("git/could-not-resolve-host"), "{name}: {out}");
    }
    dir.write(
        "cut.log",
        &FAILED[..FAILED.find("ERROR: Job").unwrap() - 60],
    );
    let (_, out, _) = run(&dir, &["cut.log"]);
    assert!(
        out.starts_with("NO VERDICT") && out.contains("low confidence"),
        "{out}"
    );
}

#[test]
fn words_that_nobody_knows_come_with_a_suggestion() {
    let dir = Dir::new("words");
    dir.write("job.log", FAILED);
    for (args, hint) in [
        (&["-f", "jsno", "job.log"][..], "did you mean `json`?"),
        (&["sacn"], "did you mean `scan`?"),
        (
            &["explain", "git/could-not-resolve-hots"],
            "did you mean `git/could-not-resolve-host`?",
        ),
        (&["--skip", "nonsense/*", "job.log"], "patterns list"),
        (
            &["--fail-on", "owner:netwrok", "job.log"],
            "did you mean `network`?",
        ),
        (&["--lang", "fr", "job.log"], "possible values: en, ko"),
        (&["--colour", "always", "job.log"], "--color"),
        (
            &["-f", "json", "-f", "text", "job.log"],
            "-f json=report.json",
        ),
        (&["--patterns", "nowhere", "job.log"], "give a folder"),
    ] {
        let (code, out, err) = run(&dir, args);
        assert_eq!((code, out.as_str()), (2, ""), "{args:?}");
        assert!(err.contains(hint), "{args:?}: {err}");
    }
}

/// A pattern that says what release notes lack.
const NOTES: &str = r#"
role = "root_cause"
confidence = "high"
owner = "project"
retry = "never"
category = "data"
provenance = { level = "report" }
[[match]]
regex = '''^release notes are incomplete: (?P<what>.+)$'''
[text.en]
title = "Release notes lack something"
cause = "The release script refuses: {what}."
fix = ["Complete the release notes."]
[tests]
matches = ["release notes are incomplete: x"]
ignores = ["release notes are complete"]
"#;

#[test]
fn a_broken_pattern_file_is_told_with_its_place_and_the_rest_works() {
    let dir = Dir::new("overlay");
    dir.write("job.log", UNKNOWN);
    dir.write("patterns/acme/notes.toml", NOTES);
    dir.write(
        "patterns/acme/typo.toml",
        NOTES.replace("regex =", "regexp ="),
    );
    let (code, out, err) = run(&dir, &["--patterns", "patterns", "job.log"]);
    assert_eq!(code, 2, "{err}");
    assert!(
        out.contains("acme/notes") && out.contains("chapter three has no heading"),
        "{out}"
    );
    let file = Path::new("patterns")
        .join("acme")
        .join("typo.toml")
        .display()
        .to_string();
    assert!(
        err.contains(&format!("{file}:9:1: unknown key `regexp`")),
        "{err}"
    );
    assert!(err.contains("did you mean `regex`?"), "{err}");
    // A project's own patterns need no flag.
    dir.write("project/.jobtriage/patterns/acme/notes.toml", NOTES);
    dir.write("project/deep/job.log", UNKNOWN);
    let inside = Dir(dir.0.join("project/deep"));
    // Above the root of a repository somebody else may write.
    dir.write("project/deep/.git/HEAD", "ref: refs/heads/main\n");
    assert_eq!(run(&inside, &["-s", "job.log"]).0, 1);
    fs::remove_dir_all(dir.0.join("project/deep/.git")).unwrap();
    dir.write("project/.git/HEAD", "ref: refs/heads/main\n");
    let (code, out, _) = run(&inside, &["-s", "job.log"]);
    assert_eq!(
        (code, out.as_str()),
        (0, "job.log:2: × acme/notes: Release notes lack something\n")
    );
    assert_eq!(run(&inside, &["--no-project", "-s", "job.log"]).0, 1);
}

#[test]
fn colours_go_where_they_are_wanted() {
    let dir = Dir::new("colours");
    dir.write("job.log", FAILED);
    let escapes = |args: &[&str], env: &[(&str, &str)]| {
        let mut command = command(args);
        command.current_dir(&dir.0).envs(env.iter().copied());
        told(command.output().unwrap()).1.contains('\x1b')
    };
    assert!(!escapes(&["job.log"], &[]));
    assert!(escapes(&["--color", "always", "job.log"], &[]));
    assert!(escapes(
        &["--color", "always", "job.log"],
        &[("NO_COLOR", "1")]
    ));
    assert!(escapes(&["job.log"], &[("CLICOLOR_FORCE", "1")]));
    assert!(!escapes(
        &["job.log"],
        &[("CLICOLOR_FORCE", "1"), ("NO_COLOR", "1")]
    ));
    assert!(!escapes(
        &["--color", "never", "job.log"],
        &[("CLICOLOR_FORCE", "1")]
    ));
    // The page of a job shows them; what the job writes into a file is read elsewhere.
    for job in ["GITLAB_CI", "GITHUB_ACTIONS"] {
        assert!(escapes(&["job.log"], &[(job, "true")]), "{job}");
        let into_file = |color: &str| {
            let file = fs::File::create(dir.0.join("triage.txt")).unwrap();
            let mut command = command(&["--color", color, "job.log"]);
            command.current_dir(&dir.0).env(job, "true").stdout(file);
            assert!(command.status().unwrap().success());
            fs::read_to_string(dir.0.join("triage.txt"))
                .unwrap()
                .contains('\x1b')
        };
        assert_eq!(into_file("auto"), cfg!(not(unix)), "{job}");
        assert!(into_file("always"), "{job}");
    }
}

#[test]
fn nothing_of_a_log_reaches_the_terminal_as_anything_but_text() {
    let hostile = FAILED
        .replace("into 'app'", "\x1b]0;title\x07\u{202e}evil\u{9b}31m")
        .replace(
            "host: git.example.com\n",
            "host: \u{202e}git\x1b[31m.example.com\n",
        );
    let (_, out, _) = piped(&[], hostile.as_bytes());
    assert!(
        out.contains("git/could-not-resolve-host") && out.contains("<U+202E>git.example.com"),
        "{out}"
    );
    assert!(
        !out.contains(['\x1b', '\u{202e}', '\u{9b}', '\x07']),
        "{out:?}"
    );
}

#[test]
fn a_closed_pipe_is_a_quiet_end() {
    let dir = Dir::new("closed");
    let many = dir.0.join("many");
    for k in 0..40 {
        dir.write(&format!("many/{k}.log"), FAILED);
    }
    let files: Vec<String> = (0..40)
        .map(|k| many.join(format!("{k}.log")).display().to_string())
        .collect();
    let mut args: Vec<&str> = files.iter().map(String::as_str).collect();
    args.push("-A");
    let mut child = command(&args)
        .stdout(Stdio::piped())
        .stderr(Stdio::piped())
        .spawn()
        .unwrap();
    drop(child.stdout.take());
    let output = child.wait_with_output().unwrap();
    assert_eq!(output.status.code(), Some(0));
    assert!(
        output.stderr.is_empty(),
        "{}",
        String::from_utf8_lossy(&output.stderr)
    );
}

#[test]
fn one_analysis_writes_several_reports() {
    let dir = Dir::new("outputs");
    dir.write("job.log", FAILED);
    let (code, out, _) = run(&dir, &["-f", "short", "-f", "json=report.json", "job.log"]);
    assert_eq!(code, 0);
    assert!(out.starts_with("job.log:11: "), "{out}");
    let json: serde_json::Value =
        serde_json::from_slice(&fs::read(dir.0.join("report.json")).unwrap()).unwrap();
    assert_eq!(
        json["logs"][0]["cause"]["captures"]["host"],
        "git.example.com"
    );
    assert_eq!(json["logs"][0]["runner"]["version"], "17.5.0");
    assert_eq!(json["logs"][0]["runner"]["name"], "runner-1");
    assert_eq!(json["summary"]["explained"], 1);
    // No draft is left over.
    let left: Vec<_> = fs::read_dir(&dir.0)
        .unwrap()
        .map(|e| e.unwrap().file_name())
        .collect();
    assert_eq!(left.len(), 2, "{left:?}");
    let (code, _, err) = run(&dir, &["-f", "json=no/such/folder.json", "job.log"]);
    assert_eq!(code, 2);
    assert!(err.contains("cannot write"), "{err}");
}

#[test]
fn several_inputs_make_one_case() {
    let dir = Dir::new("together");
    dir.write("job.log", FAILED);
    dir.write("check.txt", "$ getent hosts git.example.com\n");
    let (code, out, _) = run(&dir, &["job.log", "check.txt", "--together"]);
    assert_eq!(code, 0);
    assert!(out.contains("with check.txt"), "{out}");
    assert_eq!(out.matches("FAILED").count(), 1);
    let (code, _, err) = run(&dir, &["job.log", "job.log", "--together"]);
    assert_eq!(code, 2);
    assert!(err.contains("2 of the inputs are logs of jobs"), "{err}");
    let (code, _, err) = run(&dir, &["check.txt", "check.txt", "--together"]);
    assert_eq!(code, 2);
    assert!(
        err.contains("none of the inputs is the log of a job"),
        "{err}"
    );
}

#[test]
fn a_folder_is_summed_up_and_one_bad_file_stops_nothing() {
    let dir = Dir::new("scan");
    for k in 0..5 {
        dir.write(&format!("logs/a/{k}.log"), FAILED);
    }
    dir.write("logs/b/unknown.log", UNKNOWN);
    dir.write("logs/b/passed.log.gz", gzip(PASSED.as_bytes()));
    dir.write("logs/b/notes.md", "ERROR: Job failed: no log at all\n");
    dir.write("logs/b/image.bin", b"\x89PNG\0\0\0\0");
    dir.write("logs/b/empty.log", "");
    let (code, out, err) = run(&dir, &["scan", "logs"]);
    assert_eq!(code, 1, "{err}");
    assert!(out.contains("git/could-not-resolve-host"), "{out}");
    assert!(
        err.contains("image.bin") && err.contains("empty.log"),
        "{err}"
    );
    let json = |jobs: &str| run(&dir, &["scan", "logs", "-j", jobs, "-f", "json"]).1;
    assert_eq!(json("1"), json("4"));
    let report: serde_json::Value = serde_json::from_str(&json("2")).unwrap();
    assert_eq!(report["summary"]["logs"], 7);
    assert_eq!(report["summary"]["causes"][0]["logs"], 5);
    assert_eq!(report["errors"].as_array().unwrap().len(), 2);
    assert_eq!(run(&dir, &["scan", "nowhere"]).0, 2);
}

#[test]
fn the_log_is_shown_as_a_person_should_see_it() {
    let raw = "section_start:1700000000:step_script\r\x1b[0K\x1b[0K\x1b[36;1mExecuting\x1b[0;m\n\x1b[32;1m$ make\x1b[0;m\n10%\r20%\rdone\r\n\ttabbed  \nsection_end:1700000009:step_script\r\x1b[0K\x1b[32;1mJob succeeded\x1b[0;m\n";
    let (code, out, _) = piped(&["clean"], raw.as_bytes());
    assert_eq!(
        (code, out.as_str()),
        (0, "Executing\n$ make\ndone\n\ttabbed\nJob succeeded\n")
    );
    let (_, out, _) = piped(&["clean", "--sections"], raw.as_bytes());
    assert!(out.contains("step_script  9 s"), "{out}");
}

#[test]
fn the_place_of_a_failure_is_told_to_tools() {
    let dir = Dir::new("place");
    let log = |said: &str| {
        format!(
            "Running with gitlab-runner 17.5.3 (12030cf4)\n\x1b[32;1m$ ./check\x1b[0;m\n{said}\n\
             \x1b[31;1mERROR: Job failed: exit code 1\x1b[0;m\n"
        )
    };
    dir.write(
        "known.log",
        log("error[E0425]: cannot find value `y` in this scope\n --> src/main.rs:3:9"),
    );
    dir.write(
        "unknown.log",
        log("src/lamp.zig:12: fatal: the lamp is dark"),
    );
    dir.write("nowhere.log", log("fatal: the lamp is dark"));
    let place = |log: &str, of: &str| {
        let (_, out, _) = run(&dir, &[log, "-f", "json"]);
        let report: serde_json::Value = serde_json::from_str(&out).unwrap();
        report["logs"][0][of].as_object().unwrap()["place"].clone()
    };
    let known = place("known.log", "cause");
    assert_eq!(known, serde_json::json!({"path": "src/main.rs", "line": 3}));
    let unknown = place("unknown.log", "unexplained");
    let zig = serde_json::json!({"path": "src/lamp.zig", "line": 12});
    assert_eq!(unknown, zig);
    assert!(place("nowhere.log", "unexplained").is_null());
    // A stream of many logs has none, whatever else is written.
    let (_, out, _) = run(
        &dir,
        &["known.log", "-f", "jsonl", "-f", "json=report.json"],
    );
    let line: serde_json::Value = serde_json::from_str(out.lines().next().unwrap()).unwrap();
    assert!(line["cause"]["line"].is_u64() && line["cause"]["place"].is_null());
}

#[test]
fn several_logs_are_shown_one_below_the_other() {
    let dir = Dir::new("clean-several");
    dir.write("a.log", "first");
    dir.write("b.log", "\x1b[31msecond\x1b[0m\n");
    let (code, out, _) = run(&dir, &["clean", "a.log", "b.log"]);
    let both = "==> a.log <==\nfirst\n==> b.log <==\nsecond\n";
    assert_eq!((code, out.as_str()), (0, both));
    // One that is missing is told, the others are shown.
    let (code, out, err) = run(&dir, &["clean", "a.log", "none.log", "b.log"]);
    assert_eq!((code, out.as_str()), (2, both));
    assert!(err.contains("'none.log'"), "{err}");
    assert_eq!(run(&dir, &["clean", "a.log"]).1, "first\n");
}

#[test]
fn one_failure_is_explained() {
    let dir = Dir::new("explain");
    let (code, out, _) = run(&dir, &["explain", "git/tls-ssl-error-syscall"]);
    assert_eq!(code, 0);
    for part in [
        "git/tls-ssl-error-syscall",
        "Looks",
        "Why",
        "Fix 1",
        "Docs",
        "extra_hosts",
    ] {
        assert!(out.contains(part), "{part}: {out}");
    }
    let (_, out, _) = run(
        &dir,
        &["explain", "--lang", "ko", "git/tls-ssl-error-syscall"],
    );
    assert!(out.contains("조치") || out.contains("원인"), "{out}");
    let (code, out, _) = run(&dir, &["explain", "image-pull-back"]);
    assert_eq!(code, 0);
    assert!(out.contains("kubernetes/image-pull-backoff"), "{out}");
    // What the page on the web says of it: when it counts, when a note does, in the language asked for.
    let page = |args: &[&str]| {
        let id = "docker-build/from-variable-without-arg";
        let (code, out, _) = run(&dir, &[&["explain", id, "--width", "100"], args].concat());
        assert_eq!(code, 0, "{out}");
        out
    };
    let out = page(&[]);
    for part in [
        "  Only if  ",
        "(only if ",
        " · cause · ",
        "Known    read in the tool",
    ] {
        assert!(out.contains(part), "{part}: {out}");
    }
    let out = page(&["--lang", "ko"]);
    for part in ["  조건 ", "(다음 경우에만: ", " · 원인 · ", "  출처 "] {
        assert!(out.contains(part), "{part}: {out}");
    }
    for label in ["Looks", "Only if", "Known", "root_cause"] {
        assert!(!out.contains(label), "{label}: {out}");
    }
    // A note for users of one system.
    let id = "services-databases/redis-connection";
    for (lang, said) in [
        ("en", "(only if the log comes from one of `github`)"),
        (
            "ko",
            "(다음 경우에만: 로그의 출처가 다음 중 하나: `github`)",
        ),
    ] {
        let (_, out, _) = run(&dir, &["explain", id, "--width", "200", "--lang", lang]);
        assert!(out.contains(said), "{out}");
    }
    // The only one that fits is shown.
    let (code, out, _) = run(&dir, &["explain", "tls-ssl-error-sysc"]);
    assert!(
        code == 0 && out.starts_with("git/tls-ssl-error-syscall "),
        "{out}"
    );
    assert!(out.contains("extra_hosts"), "{out}");
    // By glob as everywhere, and whatever the letter case.
    let (code, out, _) = run(&dir, &["explain", "git/tls-*"]);
    assert_eq!(code, 0, "{out}");
    assert!(
        out.contains("git/tls-ssl-error-syscall") && out.lines().all(|l| l.starts_with("git/tls-")),
        "{out}"
    );
    let (code, out, _) = run(&dir, &["explain", "Git/TLS-ssl-error-syscall"]);
    assert!(code == 0 && out.contains("extra_hosts"), "{out}");
    let (code, out, _) = run(&dir, &["explain", "IMAGE-pull-back"]);
    assert!(code == 0 && out.contains("kubernetes/image-pull-backoff"));
    let (code, _, err) = run(&dir, &["explain", "nosuch/*"]);
    assert!(
        code == 2 && err.contains("no pattern is called `nosuch/*`"),
        "{err}"
    );
}

#[test]
fn a_folder_is_not_cleaned() {
    let dir = Dir::new("clean-folder");
    dir.write("logs/a.log", PASSED);
    let (code, out, err) = run(&dir, &["clean", "logs"]);
    assert_eq!((code, out.as_str()), (2, ""));
    assert!(
        err.contains("'logs': is a folder") && err.contains("name logs in it"),
        "{err}"
    );
}

#[test]
fn help_shells_and_manual() {
    let dir = Dir::new("help");
    let (code, out, _) = run(&dir, &["--help"]);
    assert_eq!(code, 0);
    for part in [
        "Examples:",
        "glab ci trace",
        "--together",
        "Exit codes:",
        "scan",
        "explain",
    ] {
        assert!(out.contains(part), "{part}: {out}");
    }
    assert!(run(&dir, &["completions", "bash"]).1.contains("_jobtriage"));
    assert!(run(&dir, &["man"]).1.contains(".TH jobtriage"));
    assert!(run(&dir, &["--version"]).1.starts_with("jobtriage "));
}

#[test]
fn the_argument_definitions_hold_together() {
    use clap::CommandFactory;
    jobtriage::cli::args::Cli::command().debug_assert();
}

#[test]
fn secrets_are_in_no_report_unless_one_asks_to_see_them() {
    let dir = Dir::new("redact");
    let token = format!("{}-{}", "glpat", "a7Xb9Cd2Ef4Gh6Jk8Lm0");
    let known = FAILED.replace("https://git", &format!("https://ci:{token}@git"));
    let unknown = format!(
        "$ ./deploy.sh --token {token}\nerror: deploy rejected {token} at host.example.com\nERROR: Job failed: exit code 3\n"
    );
    let known = dir.write("known.log", known).display().to_string();
    let unknown = dir.write("unknown.log", unknown).display().to_string();
    for format in ["text", "short", "table", "json", "jsonl"] {
        let (_, text, _) = run(&dir, &[&known, &unknown, "-f", format, "--why"]);
        assert!(!text.contains(&token[6..]), "{format}: {text}");
        if format.starts_with("json") {
            assert!(
                text.contains("git.example.com") && text.contains("[redacted:gitlab-token#"),
                "{text}"
            );
        }
    }
    // A pipe, and formats for other systems, never get them.
    for args in [["-f", "text"], ["-f", "json=x.json"]] {
        let (code, _, err) = run(&dir, &[&known, "--no-redact", args[0], args[1]]);
        assert_eq!(code, 2);
        assert!(err.contains("--no-redact"), "{err}");
    }
    let file = dir.0.join("report.txt").display().to_string();
    let (code, _, err) = run(
        &dir,
        &[&known, "--no-redact", "-f", &format!("text={file}")],
    );
    assert_eq!(code, 0, "{err}");
    assert!(fs::read_to_string(&file).unwrap().contains(&token));
}

#[test]
fn of_logs_behind_one_another_each_is_told() {
    let log =
        |said: &str| format!("Running with gitlab-runner 17.5.3 (12030cf4)\n$ make\n{said}\n");
    let failed = log("make: node: Command not found\nERROR: Job failed: exit code 2");
    let passed = log("Job succeeded");
    let (code, out, _) = piped(&["-f", "json"], format!("{failed}{passed}").as_bytes());
    assert_eq!(code, 0);
    let report: serde_json::Value = serde_json::from_str(&out).unwrap();
    let jobs = report["logs"].as_array().unwrap();
    let told: Vec<_> = jobs
        .iter()
        .map(|job| (&job["source"], &job["outcome"]))
        .collect();
    assert_eq!(
        format!("{told:?}"),
        r#"[(String("<stdin>"), String("failed")), (String("<stdin> (job 2)"), String("succeeded"))]"#
    );
}

#[test]
fn a_gate_that_nothing_can_meet_is_refused() {
    let dir = Dir::new("gate-words");
    dir.write("job.log", FAILED);
    for (gate, hint) in [
        (
            "git/could-not-resolve-hots",
            "did you mean `git/could-not-resolve-host`?",
        ),
        ("netwrok", "patterns list"),
        ("network", "did you mean `owner:network`?"),
        ("dns", "did you mean `category:dns`?"),
        ("nofamily/*", "patterns list"),
    ] {
        let (code, out, err) = run(&dir, &["--fail-on", gate, "job.log"]);
        assert_eq!((code, out.as_str()), (2, ""), "{gate}");
        assert!(
            err.contains(&format!("--fail-on {gate}: ")) && err.contains(hint),
            "{err}"
        );
    }
    let (_, _, err) = run(&dir, &["--skip", "git/could-not-resolve-hots", "job.log"]);
    assert!(
        err.contains("did you mean `git/could-not-resolve-host`?"),
        "{err}"
    );
    // What is out of force is known all the same.
    assert_eq!(
        run(
            &dir,
            &["--skip", "node/*", "--fail-on", "node/*", "job.log"]
        )
        .0,
        0
    );
}

#[test]
fn each_report_has_a_place_of_its_own() {
    let dir = Dir::new("places");
    dir.write("job.log", FAILED);
    let (code, out, err) = run(
        &dir,
        &["-f", "json=x.json", "-f", "sarif=./x.json", "job.log"],
    );
    assert_eq!((code, out.as_str()), (2, ""));
    assert!(
        err.contains("two reports would be written to './x.json'"),
        "{err}"
    );
    assert!(!dir.0.join("x.json").exists());
    dir.write("x.json", "old");
    let (code, _, _) = run(
        &dir,
        &["-f", "json=x.json", "-f", "sarif=./x.json", "job.log"],
    );
    assert_eq!(code, 2);
    assert_eq!(fs::read_to_string(dir.0.join("x.json")).unwrap(), "old");
    for args in [
        &["-f", "json=job.log", "job.log"][..],
        &["-f", "json=./job.log", "job.log"],
        &["-f", "json=x.json", "job.log", "--baseline", "x.json"],
    ] {
        let (code, out, err) = run(&dir, args);
        assert_eq!((code, out.as_str()), (2, ""), "{args:?}");
        assert!(err.contains("is one of the files to read"), "{err}");
    }
    assert_eq!(fs::read_to_string(dir.0.join("job.log")).unwrap(), FAILED);
    // As other tools have it.
    let (code, out, _) = run(&dir, &["-f", "json=-", "job.log"]);
    assert!(
        code == 0 && out.starts_with('{') && !dir.0.join("-").exists(),
        "{out}"
    );
    assert_eq!(run(&dir, &["-f", "json=-", "-s", "job.log"]).0, 2);
}

#[test]
fn a_name_that_promises_an_archive_is_held_to_it() {
    let dir = Dir::new("misnamed");
    for name in ["a.zip", "a.tar", "a.tar.gz", "a.TGZ"] {
        dir.write(
            name,
            "{\"message\": \"Not Found\"}\nERROR: Job failed: exit code 1\n",
        );
        let (code, out, err) = run(&dir, &[name]);
        assert_eq!((code, out.as_str()), (2, ""), "{name}");
        assert!(
            err.contains("damaged: it is no ") && err.contains("hint: "),
            "{err}"
        );
        assert_eq!(run(&dir, &["--text", name]).0, 1, "read all the same");
    }
    // A browser that unpacks keeps the name: that is a whole log.
    dir.write("job.log.gz", FAILED);
    assert_eq!(run(&dir, &["job.log.gz"]).0, 0);
    for name in ["a.gz", "a.zst", "a.xz", "a.bz2"] {
        dir.write(name, b"\x01\x02\x8f\xa0\x1c\x7f\xee\x11\x9b\n\x03\x88");
        let (code, out, err) = run(&dir, &[name]);
        assert_eq!((code, out.as_str()), (2, ""), "{name}");
        assert!(err.contains("damaged: it is not "), "{err}");
    }
}

#[test]
fn help_can_be_asked_for_as_a_command() {
    let dir = Dir::new("help-command");
    let (code, out, _) = run(&dir, &["help"]);
    assert!(
        code == 0 && out.contains("Examples:") && out.contains("--together"),
        "{out}"
    );
    let (code, out, _) = run(&dir, &["help", "scan"]);
    assert!(code == 0 && out.contains("--files-from"), "{out}");
    let (code, out, _) = run(&dir, &["help", "patterns", "new"]);
    assert!(code == 0 && out.contains("LOG:LINE"), "{out}");
    let (code, _, err) = run(&dir, &["hlep"]);
    assert!(code == 2 && err.contains("did you mean `help`?"), "{err}");
}

#[test]
fn no_command_takes_options_that_do_nothing() {
    let dir = Dir::new("no-effect");
    for args in [
        &["explain", "git/could-not-resolve-host", "--why"][..],
        &["explain", "git/could-not-resolve-host", "-A"],
        &["patterns", "list", "--why"],
    ] {
        let (code, out, err) = run(&dir, args);
        assert_eq!((code, out.as_str()), (2, ""), "{args:?}");
        assert!(err.contains("unexpected argument"), "{err}");
    }
}

#[test]
fn a_list_of_nothing_says_so() {
    let dir = Dir::new("list-nothing");
    for args in [
        &["--layer", "project"][..],
        &["ZZZZ"],
        &["ZZZZ", "-f", "json"],
    ] {
        let (code, out, err) = run(&dir, &[&["patterns", "list"], args].concat());
        assert_eq!(code, 0, "{args:?}");
        assert_eq!(err, "jobtriage: no pattern fits\n");
        assert_eq!(out.trim(), if args.contains(&"json") { "[]" } else { "" });
    }
    // A family that there is none of is a mistake.
    let (code, out, err) = run(&dir, &["patterns", "list", "--family", "nodee"]);
    assert_eq!((code, out.as_str()), (2, ""));
    assert!(
        err.contains("family `nodee`") && err.contains("did you mean `node`?"),
        "{err}"
    );
    let (code, out, _) = run(&dir, &["patterns", "list", "TLS-ssl-ERROR-syscall"]);
    assert!(code == 0 && out.starts_with("git/tls-ssl-error-syscall "));
    let (_, _, err) = run(&dir, &["patterns", "list", "git/tls-ssl-eror-syscall"]);
    assert!(
        err.contains("did you mean `git/tls-ssl-error-syscall`?"),
        "{err}"
    );
}

#[test]
fn the_manual_has_the_usual_sections() {
    let dir = Dir::new("manual");
    let (_, man, _) = run(&dir, &["man"]);
    for section in [
        ".SH EXAMPLES",
        ".SH \"EXIT STATUS\"",
        ".SH ENVIRONMENT",
        ".SS EXAMPLES",
    ] {
        assert!(man.lines().any(|line| line == section), "{section}: {man}");
    }
    assert!(!man.contains("EXTRA"), "{man}");
    let plain = man.replace("\\-", "-");
    for text in [
        "jobtriage scan exported/ --since 7d --group-by owner --top 10",
        "JOBTRIAGE_CACHE",
        "NO_COLOR",
        "fail_on = [\"owner:ci-config\"]",
        "Ctrl-C ends the reading",
    ] {
        assert!(plain.contains(text), "{text}: {man}");
    }
}

#[test]
fn what_is_wrong_with_a_pattern_file_comes_with_advice() {
    let dir = Dir::new("advice");
    let when = "[[when]]\nafter = \"abcdefgh\"\n";
    for (from, to, hint) in [
        (
            r"'''^release notes are incomplete: (?P<what>.+)$'''",
            r#""^release \d""#,
            "write a regex as '''…'''",
        ),
        (
            "[\"Complete the release notes.\"]",
            "\"x\"",
            "write it in brackets",
        ),
        ("[[match]]", "[match]", "in two brackets"),
        ("\"never\"", "true", "in quotation marks"),
        (
            "[text.en]",
            &format!("{when}within = \"3\"\n[text.en]"),
            "without quotation marks",
        ),
        ("^release", r"\p{L}release", "`unicode = true`"),
        ("^release", "(?!x)release", "`absent`"),
        ("retry =", "retries =", "did you mean `retry`?"),
        (
            "[text.en]",
            &format!("{when}status = \"x\"\n[text.en]"),
            "above the first table",
        ),
    ] {
        dir.write("acme/notes.toml", NOTES.replace(from, to));
        let (code, out, err) = run(&dir, &["patterns", "test", "acme/notes.toml"]);
        assert_eq!(code, 2, "{to}");
        assert!(err.contains("hint: ") && err.contains(hint), "{to}: {err}");
        assert_eq!(out, "0 of 1 patterns pass; 1 could not be loaded\n");
    }
    dir.write("base.json", "[]");
    let (_, _, err) = run(&dir, &["scan", "acme", "--baseline", "base.json"]);
    assert!(
        err.contains("no baseline") && !err.contains("struct"),
        "{err}"
    );
    let (_, _, err) = run(&dir, &["scan", "missing.log"]);
    assert!(
        err.contains("no such file") && !err.contains("no files there"),
        "{err}"
    );
}

#[test]
fn blank_lines_are_nothing_to_read() {
    let (code, out, err) = piped(&[], b" \r\n\n");
    assert_eq!((code, out.as_str()), (2, ""), "{err}");
    assert!(err.contains("only blank lines"), "{err}");
}

#[test]
fn a_runner_that_shows_the_report_is_given_no_command() {
    let t = "2026-05-01T10:00:00.1234567Z";
    let log = format!(
        "{t} ##[group]Run ./deploy.sh\n{t} ./deploy.sh\n{t} ##[endgroup]\n{t} ##[error]the bridge is out\n{t} ##[error]Process completed with exit code 3.\n"
    );
    let dir = Dir::new("on-runner");
    dir.write("step.log", log);
    let (_, out, _) = run(&dir, &["step.log"]);
    assert!(out.contains("##[error]the bridge is out"), "{out}");
    for variable in ["GITHUB_ACTIONS", "TF_BUILD"] {
        for format in ["text", "short", "table", "markdown", "github"] {
            let mut command = command(&["step.log", "-f", format, "--color", "never"]);
            let output = command.env(variable, "True").current_dir(&dir.0).output();
            let (_, out, _) = told(output.unwrap());
            assert!(out.contains("the bridge is out"), "{out}");
            assert!(!out.contains("##["), "{format}: {out}");
        }
    }
}

#[test]
fn a_report_in_a_folder_that_is_not_there_is_told() {
    let dir = Dir::new("no-folder");
    dir.write("a.log", FAILED);
    let (code, _, err) = run(&dir, &["a.log", "-f", "html=none/a.html"]);
    assert_eq!(code, 2);
    assert!(
        err.contains("cannot write 'none/a.html': no such folder"),
        "{err}"
    );
}

#[cfg(unix)]
#[test]
fn standard_output_may_be_named_as_the_system_does() {
    let dir = Dir::new("dev-stdout");
    dir.write("a.log", FAILED);
    let (_, plain, _) = run(&dir, &["a.log", "-f", "json"]);
    let (code, named, err) = run(&dir, &["a.log", "-f", "json=/dev/stdout"]);
    assert_eq!((code, &named), (0, &plain), "{err}");
    let (code, _, err) = run(&dir, &["a.log", "-f", "json=/dev/stdout", "-f", "text"]);
    assert_eq!(code, 2);
    assert!(
        err.contains("two formats would be written to standard output"),
        "{err}"
    );
    let (code, out, err) = run(&dir, &["a.log", "-f", "json=/dev/fd/2", "-f", "short"]);
    assert_eq!(code, 0, "{err}");
    assert_eq!(err, plain);
    assert!(out.contains("could-not-resolve-host"), "{out}");
}

#[test]
fn a_failed_run_as_baseline_is_told() {
    let dir = Dir::new("failed-baseline");
    dir.write("a.log", UNKNOWN);
    dir.write("passed.log", PASSED);
    let (_, _, err) = run(&dir, &["a.log", "--baseline", "a.log"]);
    assert!(err.contains("that of a failed run"), "{err}");
    assert!(err.contains("'a.log'"), "{err}");
    let (_, _, err) = run(&dir, &["a.log", "--baseline", "passed.log"]);
    assert_eq!(err, "");
}

#[test]
fn what_is_no_log_of_a_passing_run_is_told() {
    let dir = Dir::new("odd-baseline");
    dir.write("a.log", UNKNOWN);
    dir.write("runs/1.log", PASSED);
    dir.write("runs/2.log", UNKNOWN);
    dir.write("runs/3.log", PASSED);
    fs::create_dir_all(dir.0.join("empty")).unwrap();
    let args = ["scan", "a.log", "-q", "--write-baseline", "known.json"];
    assert_eq!(run(&dir, &args).0, 1);
    for (path, says) in [
        ("empty", "'empty': no logs in this folder"),
        ("known.json", "'known.json': a list of known failures"),
    ] {
        let (code, out, err) = run(&dir, &["a.log", "--baseline", path]);
        assert_eq!((code, out.as_str()), (2, ""), "{path}");
        assert!(
            err.contains(says) && err.contains("hint: give the log of a passing run"),
            "{err}"
        );
    }
    // Of many the one that failed is named.
    let (code, _, err) = run(&dir, &["a.log", "--baseline", "runs"]);
    assert_eq!(code, 1);
    assert!(err.contains("runs/2.log': that of a failed run"), "{err}");
    assert!(!err.contains("1.log") && !err.contains("3.log"), "{err}");
}

#[test]
fn explain_keeps_to_the_patterns_that_were_chosen() {
    let dir = Dir::new("explain-choice");
    let (_, all, _) = run(&dir, &["explain", "could-not-resolve"]);
    assert!(all.contains("\ngit/") || all.starts_with("git/"), "{all}");
    let (code, some, _) = run(&dir, &["explain", "could-not-resolve", "--skip", "git/*"]);
    assert_eq!(code, 0);
    assert!(!some.contains("git/") && !some.is_empty(), "{some}");
    for args in [
        &["explain", "git/could-not-resolve-host", "--skip", "git/*"][..],
        &["explain", "git/could-not-resolve-host", "--only", "node/*"],
    ] {
        let (code, out, err) = run(&dir, args);
        assert_eq!((code, out.as_str()), (2, ""), "{args:?}");
        assert!(err.contains("left out by --only or --skip"), "{err}");
    }
    // What a settings file leaves out can be read about.
    dir.write("jobtriage.toml", "disable = [\"git/*\"]\n");
    let (code, out, _) = run(&dir, &["explain", "git/could-not-resolve-host"]);
    assert!(
        code == 0 && out.contains("git/could-not-resolve-host"),
        "{out}"
    );
}

#[test]
fn a_span_of_time_that_holds_nothing_is_told() {
    let dir = Dir::new("no-span");
    dir.write("a.log", FAILED);
    let span = |since: &str, until: &str| {
        run(
            &dir,
            &["scan", "a.log", "-q", "--since", since, "--until", until],
        )
    };
    let (code, _, err) = span("2026-01-02", "2025-01-01");
    assert_eq!(code, 2);
    assert!(
        err.contains("--since 2026-01-02 is later than --until 2025-01-01"),
        "{err}"
    );
    assert_eq!(span("2023-01-02", "2023-01-02").0, 0);
}

#[test]
fn quiet_writes_the_files_that_are_asked_for() {
    let dir = Dir::new("quiet-files");
    dir.write("a.log", FAILED);
    let (_, out, _) = run(&dir, &["a.log", "-q", "-f", "json=a.json"]);
    assert_eq!(out, "");
    assert!(dir.0.join("a.json").is_file());
    let (_, help, _) = run(&dir, &["--help"]);
    let help: Vec<&str> = help.split_whitespace().collect();
    assert!(
        help.join(" ").contains("and the files of `-f NAME=FILE`"),
        "{help:?}"
    );
}

#[test]
fn patterns_of_a_project_are_bounded_together() {
    let dir = Dir::new("many-patterns");
    dir.write("a.log", UNKNOWN);
    let text =
        "[text.en]\ntitle = \"The gate is shut\"\ncause = \"It is.\"\nfix = [\"Open it.\"]\n";
    for file in 0..3 {
        let regexes: String = (0..400)
            .map(|k| format!("[[match]]\nregex = '^x[0-9]{file}[a-z]{k:03}y'\n"))
            .collect();
        let head = "role = \"root_cause\"\nconfidence = \"high\"\nowner = \"project\"\nretry = \"never\"\ncategory = \"build\"\nprovenance = { level = \"report\" }\n";
        let tests = "[tests]\nmatches = []\n";
        dir.write(
            &format!(".jobtriage/patterns/acme/gate-{file}.toml"),
            format!("{head}{regexes}{text}{tests}"),
        );
    }
    let (code, _, err) = run(&dir, &["a.log"]);
    assert_eq!(code, 2);
    assert!(
        err.contains("gate-2.toml: with this file there are more than"),
        "{err}"
    );
}

#[test]
fn what_a_server_sent_in_place_of_a_log_is_told() {
    let dir = Dir::new("answer");
    dir.write("a.log", FAILED);
    dir.write("b.log", "{\"message\":\"401 Unauthorized\"}");
    let (code, out, err) = run(&dir, &["b.log"]);
    assert_eq!((code, out.as_str()), (2, ""));
    assert!(
        err.contains("'b.log': is no log but the answer of an API: 401 Unauthorized"),
        "{err}"
    );
    // In a folder of exported logs it is told and stops nothing.
    let (code, out, err) = run(&dir, &["scan", ".", "-f", "short"]);
    assert_eq!(code, 0, "{err}");
    assert!(
        out.contains("could-not-resolve-host") && err.contains("401 Unauthorized"),
        "{out}{err}"
    );
    assert_eq!(run(&dir, &["a.log", "b.log", "--together"]).0, 0);
    assert_eq!(run(&dir, &["b.log", "--text"]).0, 0);
}
