//! Results that are kept.

use std::fs;
use std::io::Write;
use std::path::{Path, PathBuf};
use std::time::{Duration, SystemTime};

use crate::{Dir, PASSED, RELEASE_NOTES, UNKNOWN, failed};

fn dir(name: &str) -> Dir {
    let dir = Dir::new(name);
    dir.write("logs/1.log", failed(1_700_000_000));
    dir.write("logs/2.log", UNKNOWN);
    dir.write("logs/3.log", PASSED);
    dir.write("logs/core.bin", b"\x7fELF\0\0\0\0");
    dir
}

/// Every entry below the folder.
fn entries(folder: &Path) -> Vec<PathBuf> {
    let mut found = Vec::new();
    for entry in fs::read_dir(folder).unwrap() {
        let path = entry.unwrap().path();
        if path.is_dir() {
            found.extend(entries(&path));
        } else if path.file_name().unwrap().len() == 62 {
            found.push(path);
        }
    }
    found.sort();
    found
}

#[test]
fn a_second_run_tells_the_same_without_reading_anew() {
    let dir = dir("cache");
    let scan = ["scan", "logs", "--cache", "kept"];
    for format in [
        "text", "table", "json", "html", "markdown", "sarif", "prompt",
    ] {
        let fresh = dir.run(&["scan", "logs", "-f", format]);
        let args = [&scan[..], &["-f", format]].concat();
        assert_eq!(dir.run(&args), fresh, "{format}");
        assert_eq!(dir.run(&args), fresh, "{format}, from the cache");
    }
    let kept = entries(&dir.0.join("kept"));
    assert_eq!(kept.len(), 4);
    // A result that only the cache can know of is told: the file was not analysed.
    dir.write("logs/2.log", PASSED);
    assert_eq!(dir.run(&scan).0, 0, "another content is another file");
    dir.write("logs/2.log", UNKNOWN);
    dir.write("other.log", UNKNOWN);
    let changed = kept[0].metadata().unwrap().modified().unwrap();
    dir.run(&scan);
    assert_eq!(kept[0].metadata().unwrap().modified().unwrap(), changed);
    // Under another name it is told with that.
    let moved = dir.json(&["other.log", "--cache", "kept"]);
    assert_eq!(moved, dir.json(&["other.log"]));
    assert_eq!(entries(&dir.0.join("kept")).len(), 4);
}

#[test]
fn the_place_of_a_failure_is_kept_as_well() {
    let dir = Dir::new("cache-place");
    let failed = |printed: &str| format!("$ ./check\n{printed}\nERROR: Job failed: exit code 1\n");
    let known = "error[E0308]: mismatched types\n --> src/main.rs:1:25\n  |\n";
    dir.write("logs/known.log", failed(known));
    let unknown = "docs/a.md:12: error: a reference leads nowhere";
    dir.write("logs/unknown.log", failed(unknown));
    for format in ["github", "gitlab-codequality", "sarif", "junit"] {
        let args = ["scan", "logs", "-f", format];
        let fresh = dir.run(&args);
        assert!(fresh.1.contains("src/main.rs"), "{fresh:?}");
        assert!(fresh.1.contains("docs/a.md"), "{fresh:?}");
        let kept = [&args[..], &["--cache", "kept"]].concat();
        for _ in 0..2 {
            assert_eq!(dir.run(&kept), fresh, "{format}");
        }
    }
}

#[test]
fn what_a_name_promises_is_part_of_what_is_known() {
    let dir = Dir::new("promise");
    dir.write("logs/a.log", UNKNOWN);
    dir.write("logs/b.zip", UNKNOWN);
    let fresh = dir.json(&["logs"]);
    assert_eq!(fresh["errors"][0]["source"], "logs/b.zip", "{fresh}");
    for _ in 0..2 {
        assert_eq!(dir.json(&["logs", "--cache", "kept"]), fresh);
    }
}

#[test]
fn an_entry_that_is_damaged_is_as_good_as_none() {
    let dir = dir("cache-damaged");
    let scan = ["scan", "logs", "--cache", "kept", "-f", "json"];
    let fresh = dir.run(&scan);
    let whole: Vec<_> = entries(&dir.0.join("kept"))
        .iter()
        .map(|p| fs::read(p).unwrap())
        .collect();
    for damage in [
        |bytes: &mut Vec<u8>| bytes.clear(),
        |bytes: &mut Vec<u8>| bytes.truncate(20),
        |bytes: &mut Vec<u8>| {
            let at = bytes.len() - 3;
            bytes[at] ^= 1;
        },
        |bytes: &mut Vec<u8>| bytes.fill(0xff),
    ] {
        for path in entries(&dir.0.join("kept")) {
            let mut bytes = fs::read(&path).unwrap();
            damage(&mut bytes);
            fs::write(&path, bytes).unwrap();
        }
        assert_eq!(dir.run(&scan), fresh);
        let mended: Vec<_> = entries(&dir.0.join("kept"))
            .iter()
            .map(|p| fs::read(p).unwrap())
            .collect();
        assert_eq!(mended, whole);
    }
    fs::remove_dir_all(dir.0.join("kept")).unwrap();
    assert_eq!(dir.run(&scan), fresh);
}

#[test]
fn other_patterns_and_options_are_other_results() {
    let dir = dir("cache-options");
    let told = |args: &[&str]| {
        dir.run(&[&["scan", "logs", "--cache", "kept"], args].concat())
            .1
    };
    let plain = told(&[]);
    assert!(plain.contains("git/could-not-resolve-host"), "{plain}");
    assert!(!told(&["--skip", "git/*"]).contains("git/could-not-resolve-host"));
    let korean = told(&["--lang", "ko", "-f", "text"]);
    assert!(korean.contains("조치"), "{korean}");
    assert!(told(&["--text"]).contains("4 logs"));
    dir.write(".jobtriage/patterns/acme/notes.toml", RELEASE_NOTES);
    let own = told(&[]);
    assert!(own.contains("acme/notes"), "{own}");
    // How a verdict was reached is not kept, nor is anything that is not redacted.
    assert!(told(&["--why", "-f", "text"]).contains("How the verdict was reached"));
    fs::remove_dir_all(dir.0.join("kept")).unwrap();
    assert!(told(&["--no-redact", "-f", "text=full.txt"]).is_empty());
    assert!(!dir.0.join("kept").exists());
}

#[test]
fn two_scans_share_a_folder() {
    let dir = Dir::new("cache-shared");
    for n in 0..60 {
        dir.write(&format!("logs/{n}.log"), failed(1_700_000_000 + n));
    }
    let fresh = dir.run(&["scan", "logs", "-f", "json"]).1;
    let start = || {
        let mut command = dir.command(&["scan", "logs", "--cache", "kept", "-f", "json"]);
        command
            .stdout(std::process::Stdio::piped())
            .spawn()
            .unwrap()
    };
    let runs: Vec<_> = (0..3).map(|_| start()).collect();
    for run in runs {
        let out = run.wait_with_output().unwrap();
        assert!(out.status.success());
        assert_eq!(String::from_utf8(out.stdout).unwrap(), fresh);
    }
    assert_eq!(entries(&dir.0.join("kept")).len(), 60);
    let drafts = |folder: &Path| {
        fs::read_dir(folder)
            .unwrap()
            .filter(|e| {
                e.as_ref()
                    .unwrap()
                    .file_name()
                    .to_string_lossy()
                    .starts_with(".")
            })
            .count()
    };
    // CACHEDIR.TAG and .gitignore; nothing half-written.
    assert_eq!(drafts(&dir.0.join("kept")), 1);
}

#[test]
fn a_cache_among_the_logs_is_no_log() {
    let dir = dir("cache-among");
    let scan = ["scan", "logs", "--cache", "logs/kept", "-f", "json"];
    let first = dir.run(&scan);
    assert!(dir.0.join("logs/kept/CACHEDIR.TAG").is_file());
    assert_eq!(dir.run(&scan), first);
    // An empty variable is none.
    let mut command = dir.command(&["scan", "logs", "-f", "json"]);
    let out = command.env("JOBTRIAGE_CACHE", "").output().unwrap();
    assert_eq!(String::from_utf8(out.stdout).unwrap(), first.1);
    assert_eq!(fs::read_dir(&dir.0).unwrap().count(), 1);
}

#[test]
fn a_folder_that_cannot_be_is_told() {
    let dir = dir("cache-bad");
    let mut file = fs::File::create(dir.0.join("kept")).unwrap();
    file.write_all(b"a file").unwrap();
    let (code, out, err) = dir.run(&["scan", "logs", "--cache", "kept"]);
    assert_eq!((code, out.as_str()), (2, ""));
    assert!(
        err.contains("--cache 'kept': ") && err.contains("hint: "),
        "{err}"
    );
}

#[test]
fn what_nobody_asked_for_in_a_month_goes() {
    let dir = dir("cache-old");
    let scan = ["scan", "logs", "--cache", "kept"];
    dir.run(&scan);
    let days_ago = |days: u64| SystemTime::now() - Duration::from_secs(days * 24 * 60 * 60);
    let way = |name: &str, used: u64| {
        dir.write(&format!("kept/{name}/ab/entry"), "kept");
        let file = fs::File::create(dir.0.join(format!("kept/{name}/.used"))).unwrap();
        file.set_modified(days_ago(used)).unwrap();
    };
    way("00112233445566aa", 31);
    way("00112233445566bb", 29);
    way("not-one-of-ours!", 400);
    dir.write("kept/00112233445566cc/ab/entry", "without a mark");
    dir.run(&scan);
    let there = |name: &str| dir.0.join("kept").join(name).exists();
    assert!(!there("00112233445566aa"));
    assert!(there("00112233445566bb/ab/entry"));
    assert!(there("not-one-of-ours!/ab/entry"));
    assert!(there("00112233445566cc/ab/entry"));
    assert_eq!(entries(&dir.0.join("kept")).len(), 4);
}
