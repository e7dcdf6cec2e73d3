//! What goes wrong around the program (full disks, signals, pipes, files that change) ends it cleanly: through the real binary.
#![cfg(unix)]

use std::ffi::OsStr;
use std::fs::{self, File, OpenOptions};
use std::io::{BufRead, BufReader, Read, Write};
use std::os::unix::fs::{FileTypeExt, PermissionsExt};
use std::os::unix::process::ExitStatusExt;
use std::path::{Path, PathBuf};
use std::process::{Command, Output, Stdio};
use std::thread;

use rustix::process::{Pid, Signal, kill_process};

#[path = "common/program.rs"]
mod program;

const FAILED: &str = "\
Running with gitlab-runner 17.5.0 (abcdef12)
  on runner-1 abcdefgh, system ID: s_1
section_start:1700000001:step_script
Executing \"step_script\" stage of the job script
$ git clone https://git.example.com/group/app.git
Cloning into 'app'...
fatal: unable to access 'https://git.example.com/group/app.git/': Could not resolve host: git.example.com
section_end:1700000002:step_script
ERROR: Job failed: exit code 128
";

/// A fresh folder for each test.
fn folder(name: &str) -> PathBuf {
    let folder = Path::new(env!("CARGO_TARGET_TMPDIR")).join(format!("calm-{name}"));
    let _ = fs::remove_dir_all(&folder);
    fs::create_dir_all(&folder).unwrap();
    folder
}

fn jobtriage(folder: &Path) -> Command {
    let mut command = program::command(&[]);
    command.current_dir(folder);
    command
}

/// The same behind a shell that first sets its limits.
fn limited(folder: &Path, limits: &str, args: &[&str]) -> Command {
    let mut command = Command::new("sh");
    program::settle(&mut command);
    command.current_dir(folder);
    command.args(["-c", &format!("{limits}; exec \"$0\" \"$@\"")]);
    command.arg(env!("CARGO_BIN_EXE_jobtriage")).args(args);
    command
}

/// Exit code, stdout, stderr.
fn told(output: Output) -> (Option<i32>, String, String) {
    let text = |bytes| String::from_utf8(bytes).unwrap();
    (
        output.status.code(),
        text(output.stdout),
        text(output.stderr),
    )
}

fn names(folder: &Path) -> Vec<String> {
    let mut names: Vec<String> = fs::read_dir(folder)
        .unwrap()
        .map(|entry| entry.unwrap().file_name().to_string_lossy().into_owned())
        .collect();
    names.sort();
    names
}

fn many_logs(folder: &Path, count: usize) {
    fs::create_dir_all(folder.join("logs")).unwrap();
    for k in 0..count {
        fs::write(folder.join(format!("logs/{k}.log")), FAILED).unwrap();
    }
}

#[test]
fn a_full_disk_leaves_nothing_half_written() {
    let folder = folder("full");
    many_logs(&folder, 60);
    // A file may not grow beyond 8 blocks of 512 bytes.
    let limits = "trap '' XFSZ; ulimit -f 8";
    for before in [None, Some("what was there before\n")] {
        if let Some(text) = before {
            fs::write(folder.join("all.json"), text).unwrap();
        }
        let args = ["scan", "logs", "-q", "-f", "json=all.json"];
        let (code, out, err) = told(limited(&folder, limits, &args).output().unwrap());
        assert_eq!(code, Some(2), "{out}{err}");
        assert!(
            err.starts_with("jobtriage: cannot write the result: ") && err.contains("all.json'"),
            "{err}"
        );
        let after = fs::read_to_string(folder.join("all.json")).ok();
        assert_eq!(after.as_deref(), before);
        let expected: &[&str] = if before.is_some() {
            &["all.json", "logs"]
        } else {
            &["logs"]
        };
        assert_eq!(names(&folder), expected);
    }
}

#[test]
fn standard_output_on_a_full_disk_is_said() {
    let folder = folder("full-stdout");
    fs::write(folder.join("job.log"), FAILED.repeat(200)).unwrap();
    let commands: &[&[&str]] = &[
        &["job.log"],
        &["job.log", "-f", "json"],
        &["job.log", "-f", "html"],
        &["scan", "job.log"],
        &["clean", "job.log"],
        &["explain", "git/could-not-resolve-host"],
        &["patterns", "list"],
        &["man"],
        &["completions", "zsh"],
        &["--help"],
        &["--version"],
    ];
    for args in commands {
        // A file that may not grow stands for a full disk.
        let full = File::create(folder.join("out")).unwrap();
        let mut command = limited(&folder, "trap '' XFSZ; ulimit -f 0", args);
        let (code, _, err) = told(command.stdout(full).output().unwrap());
        assert_eq!(code, Some(2), "{args:?}: {err}");
        assert!(
            err.contains("cannot write the result: File too large"),
            "{args:?}: {err}"
        );
        assert_eq!(err.lines().count(), 1, "{args:?}: {err}");
    }
}

#[test]
fn a_device_or_a_pipe_is_written_to_and_not_replaced() {
    let folder = folder("special");
    fs::write(folder.join("job.log"), FAILED).unwrap();
    let pipe = folder.join("pipe");
    assert!(
        Command::new("mkfifo")
            .arg(&pipe)
            .status()
            .unwrap()
            .success()
    );
    // Opened for both, so that neither side waits for the other.
    let mut reader = OpenOptions::new()
        .read(true)
        .write(true)
        .open(&pipe)
        .unwrap();
    let args = ["job.log", "-f", "short=pipe"];
    let (code, _, err) = told(jobtriage(&folder).args(args).output().unwrap());
    assert_eq!((code, err.as_str()), (Some(0), ""));
    assert!(fs::metadata(&pipe).unwrap().file_type().is_fifo());
    let mut line = String::new();
    BufReader::new(&mut reader).read_line(&mut line).unwrap();
    assert!(line.contains("git/could-not-resolve-host"), "{line}");
    assert_eq!(names(&folder), ["job.log", "pipe"]);
    // But not with secrets.
    let args = ["job.log", "--no-redact", "-f", "short=pipe"];
    let (code, _, err) = told(jobtriage(&folder).args(args).output().unwrap());
    assert_eq!(code, Some(2));
    assert!(err.contains("--no-redact: 'pipe' is no file"), "{err}");
}

#[test]
fn a_report_replaces_a_file_as_an_editor_would() {
    let folder = folder("replace");
    fs::write(folder.join("job.log"), FAILED).unwrap();
    fs::create_dir(folder.join("deep")).unwrap();
    fs::write(folder.join("deep/old.txt"), "old").unwrap();
    let mode = |path: &str| {
        fs::metadata(folder.join(path))
            .unwrap()
            .permissions()
            .mode()
            & 0o777
    };
    fs::set_permissions(
        folder.join("deep/old.txt"),
        fs::Permissions::from_mode(0o640),
    )
    .unwrap();
    std::os::unix::fs::symlink("deep/old.txt", folder.join("link")).unwrap();
    let args = ["job.log", "-f", "short=link", "-f", "json=new.json"];
    let mut command = limited(&folder, "umask 027", &args);
    let (code, _, err) = told(command.output().unwrap());
    assert_eq!((code, err.as_str()), (Some(0), ""));
    let text = fs::read_to_string(folder.join("deep/old.txt")).unwrap();
    assert!(text.contains("git/could-not-resolve-host"), "{text}");
    assert!(folder.join("link").is_symlink());
    assert_eq!((mode("deep/old.txt"), mode("new.json")), (0o640, 0o640));
    assert_eq!(names(&folder.join("deep")), ["old.txt"]);

    // A place that cannot be written to is said before anything is read.
    let args = ["-", "-f", "json=missing/new.json"];
    let (code, out, err) = told(jobtriage(&folder).args(args).output().unwrap());
    assert_eq!((code, out.as_str()), (Some(2), ""));
    assert!(
        err.starts_with("jobtriage: cannot write 'missing/new.json': no such folder"),
        "{err}"
    );
}

/// A script that starts the tests in the background has them ignore Ctrl-C, and so their children.
fn is_ignored(signal: Signal) -> bool {
    let status = fs::read_to_string("/proc/self/status").unwrap_or_default();
    let mask = status.lines().find_map(|line| line.strip_prefix("SigIgn:"));
    let mask = mask.and_then(|mask| u64::from_str_radix(mask.trim(), 16).ok());
    mask.is_some_and(|mask| mask >> (signal.as_raw() - 1) & 1 == 1)
}

#[test]
fn a_signal_leaves_no_files() {
    for signal in [Signal::INT, Signal::TERM, Signal::KILL] {
        if is_ignored(signal) {
            continue;
        }
        let folder = folder(&format!("signal-{}", signal.as_raw()));
        let mut child = jobtriage(&folder)
            .args(["-f", "json=report.json", "-f", "text"])
            .stdin(Stdio::piped())
            .stdout(Stdio::null())
            .spawn()
            .unwrap();
        let mut input = child.stdin.take().unwrap();
        // More than a pipe holds: once it is written, the outputs are open and the log is being read.
        input.write_all(FAILED.repeat(2000).as_bytes()).unwrap();
        kill_process(Pid::from_child(&child), signal).unwrap();
        let status = child.wait().unwrap();
        assert_eq!(status.signal(), Some(signal.as_raw()));
        assert_eq!(names(&folder), [""; 0]);
    }
}

#[test]
fn a_read_error_in_the_middle_is_told_behind_what_was_read() {
    use std::net::{TcpListener, TcpStream};
    use std::os::fd::OwnedFd;
    for command in [&[][..], &["clean"]] {
        let folder = folder("reset");
        let listener = TcpListener::bind("127.0.0.1:0").unwrap();
        let mut sender = TcpStream::connect(listener.local_addr().unwrap()).unwrap();
        let (mut input, _) = listener.accept().unwrap();
        // Closed with something unread, a connection is reset: what was sent can be read, then comes an error.
        input.write_all(b"unread").unwrap();
        sender.peek(&mut [0; 6]).unwrap();
        sender.write_all(FAILED.as_bytes()).unwrap();
        input.peek(&mut [0; 64]).unwrap();
        drop(sender);
        let output = jobtriage(&folder)
            .args(command)
            .stdin(OwnedFd::from(input))
            .output();
        let (code, out, err) = told(output.unwrap());
        assert_eq!(code, Some(2), "{out}{err}");
        assert!(
            out.contains("Could not resolve host: git.example.com"),
            "{out}"
        );
        assert!(err.contains("damaged") && err.contains("reset"), "{err}");
    }
}

#[test]
fn files_that_change_while_they_are_read_end_somewhere() {
    let folder = folder("changing");
    let line = format!("{}\n", "x".repeat(199));
    let whole = format!("{}{FAILED}", line.repeat(100_000));
    for grows in [true, false] {
        let path = folder.join("job.log");
        fs::write(&path, &whole).unwrap();
        let child = jobtriage(&folder)
            .args(["job.log", "-f", "json"])
            .stdout(Stdio::piped())
            .stderr(Stdio::piped())
            .spawn()
            .unwrap();
        let file = OpenOptions::new().append(true).open(&path).unwrap();
        let changer = thread::spawn(move || {
            for _ in 0..50 {
                if grows {
                    (&file).write_all(&b"and more\n".repeat(100)).unwrap();
                } else {
                    let length = file.metadata().unwrap().len();
                    file.set_len(length / 2).unwrap();
                }
            }
        });
        let (code, out, err) = told(child.wait_with_output().unwrap());
        changer.join().unwrap();
        if grows {
            assert_eq!((code, err.as_str()), (Some(0), ""));
        } else {
            // Cut anywhere, even to nothing before it was opened.
            assert!(matches!(code, Some(0..=2)), "{err}");
        }
        let report: serde_json::Value = serde_json::from_str(&out).unwrap();
        assert!(report["summary"]["logs"].is_u64());
    }
}

#[test]
fn an_archive_that_shrinks_is_told_and_what_was_read_counts() {
    let folder = folder("shrinking");
    let mut bytes = Vec::new();
    for name in ["1.log", "2.log"] {
        let mut header = tar::Header::new_gnu();
        header.set_path(name).unwrap();
        header.set_size(FAILED.len() as u64);
        header.set_cksum();
        bytes.extend_from_slice(header.as_bytes());
        bytes.extend_from_slice(FAILED.as_bytes());
        bytes.resize(bytes.len().next_multiple_of(512), 0);
    }
    bytes.resize(bytes.len() - 700, 0);
    fs::write(folder.join("all.tar"), &bytes).unwrap();
    let args = ["scan", "all.tar", "-f", "json"];
    let (code, out, err) = told(jobtriage(&folder).args(args).output().unwrap());
    assert_eq!(code, Some(2), "{err}");
    assert!(err.contains("all.tar"), "{err}");
    let report: serde_json::Value = serde_json::from_str(&out).unwrap();
    assert_eq!(
        report["logs"][0]["cause"]["id"],
        "git/could-not-resolve-host"
    );
    assert!(report["errors"].as_array().is_some_and(|e| !e.is_empty()));
}

#[test]
fn a_closed_pipe_is_quiet_for_every_command() {
    let folder = folder("closed");
    many_logs(&folder, 200);
    fs::write(folder.join("job.log"), FAILED.repeat(3000)).unwrap();
    let commands: &[&[&str]] = &[
        &["job.log", "-A", "-f", "json"],
        &["scan", "logs", "-f", "jsonl"],
        &["scan", "logs", "-f", "html"],
        &["clean", "job.log"],
        &["patterns", "list"],
        &["man"],
        &["completions", "bash"],
    ];
    for args in commands {
        let mut child = jobtriage(&folder)
            .args(*args)
            .stdout(Stdio::piped())
            .stderr(Stdio::piped())
            .spawn()
            .unwrap();
        // One byte is taken, as `head -c1` does.
        let mut out = child.stdout.take().unwrap();
        out.read_exact(&mut [0]).unwrap();
        drop(out);
        let (code, _, err) = told(child.wait_with_output().unwrap());
        assert_eq!((code, err.as_str()), (Some(0), ""), "{args:?}");
    }
}

#[test]
fn a_closed_standard_error_hurts_nobody() {
    let folder = folder("no-stderr");
    fs::write(folder.join("job.log"), FAILED).unwrap();
    let args = ["job.log", "missing.log", "-s"];
    let output = limited(&folder, "exec 2>&-", &args).output().unwrap();
    let (code, out, _) = told(output);
    assert_eq!(code, Some(2));
    assert!(out.contains("git/could-not-resolve-host"), "{out}");
    // Nor does a name that is no UTF-8.
    use std::os::unix::ffi::OsStrExt;
    let name = OsStr::from_bytes(b"\xff\x1b[2J.log");
    File::create(folder.join(name))
        .unwrap()
        .write_all(FAILED.as_bytes())
        .unwrap();
    let output = jobtriage(&folder).arg(name).arg("-s").output().unwrap();
    let (code, out, _) = told(output);
    assert_eq!(code, Some(0));
    assert!(!out.contains('\x1b'), "{out:?}");
}

#[test]
fn a_log_is_shown_as_it_is_unless_redaction_is_asked_for() {
    let folder = folder("clean");
    let token = format!("{}-{}", "glpat", "a7Qk3ZtYx92LmNp4RsVw");
    let key = "b3BlbnNzaC1rZXktdjEAAAAABG5vbmUAAAAEbm9uZQAAAAAAAAABAAAAMwAAAAtz";
    let (begin, end) = ("-----BEGIN OPENSSH ", "-----END OPENSSH ");
    let mut log = format!("\x1b[32;1m$ echo {token}\x1b[0;m\n50%\r{token} done\n");
    log += &format!("{begin}PRIVATE KEY-----\n{key}\n{end}PRIVATE KEY-----\n{key}\nlast {token}");
    // Over the border between two stretches of a long line, wherever it falls.
    for before in (61_000..66_000).step_by(47) {
        log += &format!("\n{}, {token}, end", "x".repeat(before));
    }
    fs::write(folder.join("job.log"), &log).unwrap();
    let run = |args: &[&str]| told(jobtriage(&folder).args(args).output().unwrap());
    let (code, out, err) = run(&["clean", "job.log"]);
    assert_eq!((code, err.as_str()), (Some(0), ""));
    assert!(
        out.starts_with(&format!("$ echo {token}\n{token} done\n")),
        "{}",
        &out[..200]
    );
    let (code, out, err) = run(&["clean", "--redact", "job.log"]);
    assert_eq!((code, err.as_str()), (Some(0), ""));
    for part in token.as_bytes()[6..].windows(8) {
        assert!(!out.contains(std::str::from_utf8(part).unwrap()));
    }
    let lines: Vec<&str> = out.lines().collect();
    assert!(
        lines[0].starts_with("$ echo [redacted:gitlab-token#"),
        "{}",
        lines[0]
    );
    assert_eq!((lines[3], lines[5]), ("[redacted:private-key]", key));
    assert_eq!(lines.len(), log.lines().count());
    let (_, help, _) = run(&["clean", "--help"]);
    assert!(help.contains("secrets included, unless --redact"), "{help}");
}
