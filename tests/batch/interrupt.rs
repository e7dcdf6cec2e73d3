//! Ctrl-C in the middle of a scan.

#![cfg(unix)]

use std::fs::File;
use std::io::{BufRead, BufReader, Read};
use std::os::unix::process::ExitStatusExt;
use std::process::Stdio;

use rustix::process::{Pid, Signal, kill_process};
use serde_json::Value;

use crate::{Dir, PASSED, UNKNOWN, failed};

/// A file that takes an hour to read, and no room.
fn endless(dir: &Dir, name: &str) {
    let file = File::create(dir.0.join(name)).unwrap();
    file.set_len(1 << 42).unwrap();
}

/// What a scan says that is stopped by Ctrl-C.
struct Interrupted {
    /// The line of standard output that it was stopped behind, and what came then.
    first: String,
    rest: String,
    err: String,
    /// What ended it.
    signal: Option<i32>,
}

/// Runs a scan, and stops it when it has told of one log.
fn interrupted(dir: &Dir, args: &[&str]) -> Interrupted {
    let mut command = dir.command(args);
    let command = command.stdout(Stdio::piped()).stderr(Stdio::piped());
    let mut child = command.spawn().unwrap();
    let mut out = BufReader::new(child.stdout.take().unwrap());
    let (mut first, mut rest, mut err) = (String::new(), String::new(), String::new());
    out.read_line(&mut first).unwrap();
    kill_process(Pid::from_child(&child), Signal::INT).unwrap();
    out.read_to_string(&mut rest).unwrap();
    let mut told = child.stderr.take().unwrap();
    told.read_to_string(&mut err).unwrap();
    let signal = child.wait().unwrap().signal();
    Interrupted {
        first,
        rest,
        err,
        signal,
    }
}

#[test]
fn what_is_done_is_told_and_said_to_be_partial() {
    let dir = Dir::new("interrupt");
    dir.write("logs/a.log", PASSED);
    endless(&dir, "logs/b.log");
    dir.write("logs/c.log", PASSED);
    let args = [
        "scan",
        "logs",
        "--text",
        "-j",
        "1",
        "-f",
        "jsonl",
        "-f",
        "table=table.txt",
    ];
    let Interrupted {
        first,
        rest,
        err,
        signal,
    } = interrupted(&dir, &args);
    assert!(first.contains("logs/a.log"), "{first}");
    // The signal itself ends the program, so that a script around it stops as well; a shell calls that 130.
    assert_eq!(signal, Some(2), "{rest}{err}");
    let last: Value = serde_json::from_str(rest.lines().last().unwrap()).unwrap();
    assert_eq!(rest.lines().count(), 1, "{rest}");
    assert_eq!(last["summary"]["logs"], 1);
    assert_eq!(last["summary"]["partial"], true);
    assert!(err.contains("interrupted: 1 of 3 files were read"), "{err}");
    // Reports that are files are put in place.
    let table = dir.read("table.txt");
    assert!(
        table.contains("1 log") && table.contains("interrupted"),
        "{table}"
    );
    assert_eq!(dir.json(&["logs/a.log"])["summary"]["partial"], false);
}

#[test]
fn what_is_known_is_not_lost_where_not_everything_was_read() {
    let dir = Dir::new("interrupt-baseline");
    dir.write("logs/a.log", UNKNOWN);
    endless(&dir, "logs/b.log");
    dir.write("old/c.log", failed(1_700_000_000));
    dir.run(&["scan", "old", "-q", "--write-baseline", "known.json"]);
    let before = dir.read("known.json");
    for place in ["known.json", "new.json"] {
        let args = [
            "scan",
            "logs",
            "--text",
            "-j",
            "1",
            "-f",
            "jsonl",
            "--write-baseline",
            place,
        ];
        let err = interrupted(&dir, &args).err;
        assert!(err.contains(&format!("'{place}' was not written")), "{err}");
    }
    assert_eq!(dir.read("known.json"), before);
    assert!(
        !dir.0.join("new.json").exists(),
        "a part of all failures is no baseline"
    );
}
