//! What is read: lists, globs, names.

use crate::{Dir, PASSED, UNKNOWN, failed, sources};

fn dir(name: &str) -> Dir {
    let dir = Dir::new(name);
    for log in [
        "logs/b.log",
        "logs/a.log",
        "logs/deep/c.log",
        "logs/.hidden.log",
    ] {
        dir.write(log, PASSED);
    }
    dir
}

#[test]
fn a_list_holds_a_path_a_line_or_one_before_each_nul() {
    let dir = dir("list");
    dir.write("logs/two\nlines.log", PASSED);
    let read = |list: &[u8]| {
        let (code, out, err) = dir.piped(&["scan", "--files-from", "-", "-f", "json"], list);
        assert_eq!(code, 0, "{err}");
        let report: serde_json::Value = serde_json::from_str(&out).unwrap();
        sources(&report)
            .iter()
            .map(|s| (*s).to_owned())
            .collect::<Vec<_>>()
    };
    // In path order, each once; a folder is walked.
    let list = b"logs/b.log\r\nlogs/a.log\n\nlogs/a.log\nlogs/deep";
    assert_eq!(read(list), ["logs/a.log", "logs/b.log", "logs/deep/c.log"]);
    assert_eq!(
        read(b"logs/two\nlines.log\0logs/a.log\0"),
        ["logs/a.log", "logs/two\nlines.log"]
    );
    dir.write("list.txt", "logs/deep/c.log\n");
    assert_eq!(
        sources(&dir.json(&["logs/b.log", "--files-from", "list.txt"])),
        ["logs/b.log", "logs/deep/c.log"]
    );
}

#[test]
fn what_is_wrong_with_a_list_is_told() {
    let dir = dir("list-bad");
    let (code, out, err) = dir.run(&["scan", "--files-from", "nowhere.txt"]);
    assert_eq!((code, out.as_str()), (2, ""));
    assert!(
        err.contains("--files-from 'nowhere.txt': no such file"),
        "{err}"
    );
    // Nothing listed, and something that is gone.
    let (code, _, err) = dir.piped(&["scan", "--files-from", "-"], b"");
    assert_eq!(code, 2);
    assert!(err.contains("no files there"), "{err}");
    let (code, out, err) = dir.piped(&["scan", "--files-from", "-"], b"gone.log\nlogs/a.log\n");
    assert_eq!(code, 2, "{err}");
    assert!(
        err.contains("'gone.log': cannot be read: no such file"),
        "{err}"
    );
    assert!(
        out.contains("logs/a.log") && out.contains("NOT READ"),
        "{out}"
    );
    // Whoever lists files need not know which are logs.
    dir.write("logs/core.bin", b"\x7fELF\0\0\0\0");
    let (code, out, _) = dir.piped(
        &["scan", "--files-from", "-"],
        b"logs/core.bin\nlogs/a.log\n",
    );
    assert_eq!(code, 0);
    assert!(out.contains("looks binary"), "{out}");
    let (code, _, err) = dir.run(&["scan"]);
    assert_eq!(code, 2);
    assert!(err.contains("<PATH>..."), "{err}");
}

#[test]
fn globs_are_expanded_where_the_shell_does_not() {
    let dir = dir("glob");
    let found = |glob: &str| {
        let report = dir.json(&[glob]);
        sources(&report)
            .iter()
            .map(|s| (*s).to_owned())
            .collect::<Vec<_>>()
    };
    assert_eq!(found("logs/*.log"), ["logs/a.log", "logs/b.log"]);
    assert_eq!(
        found("logs/**/*.log"),
        ["logs/a.log", "logs/b.log", "logs/deep/c.log"]
    );
    assert_eq!(found("*/[bc].log"), ["logs/b.log"]);
    assert_eq!(found("logs/d*"), ["logs/deep/c.log"]);
    assert_eq!(found("logs/.h*"), ["logs/.hidden.log"]);
    assert_eq!(found("./logs/{a,b}.log"), ["./logs/a.log", "./logs/b.log"]);
    let all = dir.0.join("logs/*.log").display().to_string();
    assert_eq!(found(&all).len(), 2);
    let (code, _, err) = dir.run(&["scan", "logs/*.txt", "logs"]);
    assert_eq!(code, 2);
    assert!(err.contains("'logs/*.txt': no file fits"), "{err}");
    let (code, _, err) = dir.run(&["scan", "logs/[a.log"]);
    assert_eq!(code, 2);
    assert!(err.contains("no glob"), "{err}");
    let (code, _, err) = dir.run(&["scan", "-"]);
    assert_eq!(code, 2);
    assert!(
        err.contains("a scan reads files") && err.contains("--files-from -"),
        "{err}"
    );
    // A name that looks like one is a name.
    dir.write("odd[1].log", UNKNOWN);
    assert_eq!(found("odd[1].log"), ["odd[1].log"]);
}

#[test]
fn a_file_reached_twice_is_read_once() {
    let dir = dir("twice");
    assert_eq!(
        sources(&dir.json(&["logs/b.log", "logs", "logs/b.log"])),
        ["logs/b.log", "logs/a.log", "logs/deep/c.log"]
    );
}

#[test]
fn a_file_that_was_named_is_named_in_whatever_order() {
    let dir = dir("named");
    dir.write("logs/core", b"\x7fELF\0\0\0\0");
    for args in [
        &["scan", "logs", "logs/core"][..],
        &["scan", "logs/core", "logs"],
    ] {
        assert_eq!(dir.run(args).0, 2, "{args:?}");
    }
    assert_eq!(dir.run(&["scan", "logs"]).0, 0);
}

#[cfg(unix)]
#[test]
fn a_pipe_that_is_named_is_read_and_one_that_is_met_is_not() {
    let dir = dir("fifo");
    let fifo = dir.0.join("logs/pipe.log");
    rustix::fs::mkfifoat(rustix::fs::CWD, &fifo, 0o600.into()).unwrap();
    let all = ["logs/a.log", "logs/b.log", "logs/deep/c.log"];
    assert_eq!(sources(&dir.json(&["logs"])), all);
    let writer = std::thread::spawn(move || std::fs::write(fifo, UNKNOWN).unwrap());
    assert_eq!(
        sources(&dir.json(&["logs/pipe.log", "--cache", "kept"])),
        ["logs/pipe.log"]
    );
    writer.join().unwrap();
}

#[test]
fn what_cannot_be_read_is_listed_at_the_end_with_its_reason() {
    let dir = Dir::new("unreadable");
    dir.write("logs/a.log", failed(1_700_000_000));
    for n in 0..25 {
        dir.write(&format!("logs/core.{n:02}"), b"\x7fELF\0\0\0\0");
    }
    dir.write("logs/z.log", "");
    let (code, out, err) = dir.run(&["scan", "logs"]);
    assert_eq!(code, 0, "{err}");
    let (_, listed) = out.split_once("NOT READ").expect("a list");
    assert!(
        listed.contains("logs/core.24: looks binary (NUL at byte 4)"),
        "{out}"
    );
    assert!(
        listed.contains("logs/z.log: nothing to read: the file is empty"),
        "{out}"
    );
    // stderr is for people: it is short.
    assert!(
        err.contains("logs/core.00") && !err.contains("logs/core.24"),
        "{err}"
    );
    assert!(err.contains("6 more could not be read"), "{err}");
    assert_eq!(dir.json(&["logs"])["errors"].as_array().unwrap().len(), 26);
}

#[test]
fn another_spelling_of_a_path_is_the_same_file() {
    let dir = dir("spelling");
    let args = [
        "logs/a.log",
        "./logs/a.log",
        "logs/../logs/a.log",
        "logs/deep",
    ];
    assert_eq!(sources(&dir.json(&args)), ["logs/a.log", "logs/deep/c.log"]);
    let all = dir.0.join("logs").display().to_string();
    assert_eq!(dir.json(&["logs", &all])["summary"]["logs"], 3);
}

#[cfg(unix)]
#[test]
fn a_link_to_a_file_is_that_file_and_one_to_nothing_is_told() {
    let dir = dir("links");
    std::os::unix::fs::symlink("a.log", dir.0.join("logs/latest.log")).unwrap();
    assert_eq!(
        sources(&dir.json(&["logs"])),
        ["logs/a.log", "logs/b.log", "logs/deep/c.log"]
    );
    std::os::unix::fs::symlink("gone.log", dir.0.join("logs/lost.log")).unwrap();
    std::os::unix::fs::symlink("gone.json", dir.0.join("logs/lost.json")).unwrap();
    let report = dir.json(&["logs"]);
    let errors = report["errors"].as_array().unwrap();
    assert_eq!(
        errors.len(),
        1,
        "a file that is no log by its name stays out: {errors:?}"
    );
    assert_eq!(errors[0]["source"], "logs/lost.log");
    assert_eq!(
        errors[0]["message"],
        "cannot be read: a link to a file that is not there"
    );
    // A folder of passing runs is none the worse for it.
    let (code, _, err) = dir.run(&["logs/b.log", "--baseline", "logs"]);
    assert_eq!(code, 0, "{err}");
}

#[test]
fn a_report_may_not_take_the_place_of_a_log() {
    let dir = dir("onto-itself");
    for args in [
        &["scan", "logs", "-f", "json=logs/a.log"][..],
        &["scan", "logs/*.log", "-f", "json=./logs/b.log"],
        &["scan", "logs", "--write-baseline", "logs/deep/c.log"],
    ] {
        let (code, out, err) = dir.run(args);
        assert_eq!((code, out.as_str()), (2, ""), "{args:?}: {err}");
        assert!(
            err.contains("is one of the files to read"),
            "{args:?}: {err}"
        );
    }
    for log in ["logs/a.log", "logs/b.log", "logs/deep/c.log"] {
        assert_eq!(dir.read(log), PASSED);
    }
    let (code, _, err) = dir.run(&[
        "scan",
        "logs",
        "-f",
        "json=x.json",
        "--write-baseline",
        "x.json",
    ]);
    assert_eq!(code, 2, "{err}");
}
