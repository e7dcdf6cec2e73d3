//! Archives, sound and hostile, each built here: what is readable is read, the rest is told, nothing is written.
#![cfg(feature = "archives")]

use std::fs;
use std::io::{Cursor, Read, Write};
use std::ops::ControlFlow;
use std::path::{Path, PathBuf};

use jobtriage::source::{self, Limits, Reading};

#[path = "common/program.rs"]
mod program;

const LOG: &str =
    "$ make\nmake: *** No rule to make target 'all'.  Stop.\nERROR: Job failed: exit code 2\n";

fn file(name: &str, bytes: &[u8]) -> PathBuf {
    let dir = Path::new(env!("CARGO_TARGET_TMPDIR")).join("archives");
    fs::create_dir_all(&dir).unwrap();
    let path = dir.join(name);
    fs::write(&path, bytes).unwrap();
    path
}

/// Each source: its label behind the folder, and its text or what is wrong with it.
fn read_within(path: &Path, limits: Limits) -> Vec<(String, Result<String, String>)> {
    let mut out = Vec::new();
    let place = format!("{}/", path.parent().unwrap().display());
    let short = |label: &str| label.replace(&place, "");
    let _ = source::each_within(path, Reading::default(), limits, &mut |source, _| {
        out.push(match source {
            Ok(mut source) => {
                let mut text = Vec::new();
                let result = source.reader.read_to_end(&mut text);
                let text = String::from_utf8_lossy(&text).into_owned();
                (
                    short(&source.label),
                    result.map(|_| text).map_err(|e| e.to_string()),
                )
            }
            Err(refusal) => {
                let problem = refusal.problem();
                (short(&problem.source), Err(problem.message.clone()))
            }
        });
        ControlFlow::Continue(())
    });
    out
}

fn read(path: &Path) -> Vec<(String, Result<String, String>)> {
    read_within(path, Limits::default())
}

fn zip(members: &[(&str, &[u8])]) -> Vec<u8> {
    let mut writer = zip::ZipWriter::new(Cursor::new(Vec::new()));
    let options = zip::write::SimpleFileOptions::default()
        .compression_method(zip::CompressionMethod::Deflated);
    for (name, bytes) in members {
        writer.start_file(*name, options).unwrap();
        writer.write_all(bytes).unwrap();
    }
    writer.finish().unwrap().into_inner()
}

/// A header with any name, as no tar program would write it.
fn tar_member(name: &str, kind: tar::EntryType, bytes: &[u8]) -> Vec<u8> {
    let mut header = tar::Header::new_gnu();
    header.as_old_mut().name[..name.len()].copy_from_slice(name.as_bytes());
    header.set_entry_type(kind);
    header.set_size(bytes.len() as u64);
    header.set_mode(0o644);
    header.set_cksum();
    let mut out = header.as_bytes().to_vec();
    out.extend_from_slice(bytes);
    out.resize(out.len().next_multiple_of(512), 0);
    out
}

fn tar(members: &[(&str, &[u8])]) -> Vec<u8> {
    let mut out: Vec<u8> = members
        .iter()
        .flat_map(|(name, bytes)| tar_member(name, tar::EntryType::Regular, bytes))
        .collect();
    out.resize(out.len() + 1024, 0);
    out
}

fn gz(bytes: &[u8]) -> Vec<u8> {
    let mut writer = flate2::write::GzEncoder::new(Vec::new(), flate2::Compression::best());
    writer.write_all(bytes).unwrap();
    writer.finish().unwrap()
}

fn zst(bytes: &[u8]) -> Vec<u8> {
    ruzstd::encoding::compress_to_vec(bytes, ruzstd::encoding::CompressionLevel::Fastest)
}

fn bz2(bytes: &[u8]) -> Vec<u8> {
    let mut writer = bzip2::write::BzEncoder::new(Vec::new(), bzip2::Compression::fast());
    writer.write_all(bytes).unwrap();
    writer.finish().unwrap()
}

fn xz(bytes: &[u8]) -> Vec<u8> {
    let options = lzma_rust2::XzOptions::with_preset(1);
    let mut writer = lzma_rust2::XzWriter::new(Vec::new(), options).unwrap();
    writer.write_all(bytes).unwrap();
    writer.finish().unwrap()
}

fn ok(label: &str, text: &str) -> (String, Result<String, String>) {
    (label.to_owned(), Ok(text.to_owned()))
}

#[test]
fn single_files_packed_in_four_ways() {
    for (name, bytes) in [
        ("one.log.gz", gz(LOG.as_bytes())),
        ("one.log.xz", xz(LOG.as_bytes())),
        ("one.log.bz2", bz2(LOG.as_bytes())),
        ("one.log.zst", zst(LOG.as_bytes())),
        (
            "two.log.zst",
            [zst(b"$ make\n"), zst(&LOG.as_bytes()[7..])].concat(),
        ),
        (
            "two.log.bz2",
            [bz2(b"$ make\n"), bz2(&LOG.as_bytes()[7..])].concat(),
        ),
        (
            "two.log.xz",
            [xz(b"$ make\n"), xz(&LOG.as_bytes()[7..])].concat(),
        ),
    ] {
        assert_eq!(read(&file(name, &bytes)), [ok(name, LOG)], "{name}");
    }
}

#[test]
fn members_come_one_by_one_under_their_names() {
    let packed = gz(LOG.as_bytes());
    let members: &[(&str, &[u8])] = &[
        ("jobs/1 build.txt", LOG.as_bytes()),
        ("jobs/2.log.gz", &packed),
        ("README.md", b"no log\n"),
        (".hidden", b"no log\n"),
        ("/etc/passwd.log", b"absolute\n"),
        ("../../up.log", b"above\n"),
        ("empty.log", b""),
    ];
    let tarred = tar(members);
    for (name, bytes) in [
        ("all.zip", zip(members)),
        ("all.tar", tarred.clone()),
        ("all.tar.gz", gz(&tarred)),
        ("all.tar.xz", xz(&tarred)),
        ("all.tar.bz2", bz2(&tarred)),
        ("all.tar.zst", zst(&tarred)),
    ] {
        let path = file(name, &bytes);
        let read = read(&path);
        assert_eq!(
            read[..4],
            [
                ok(&format!("{name}:jobs/1 build.txt"), LOG),
                ok(&format!("{name}:jobs/2.log.gz"), LOG),
                ok(&format!("{name}:/etc/passwd.log"), "absolute\n"),
                ok(&format!("{name}:../../up.log"), "above\n"),
            ],
            "{name}"
        );
        assert_eq!(read[4].0, format!("{name}:empty.log"));
        assert!(read[4].1.as_ref().unwrap_err().contains("empty"));
        assert_eq!(read.len(), 5);
        // Names are labels: nothing was unpacked.
        assert!(
            !path.with_file_name("jobs").exists() && !path.with_file_name("empty.log").exists()
        );
    }
}

#[test]
fn links_are_skipped_and_long_names_are_read() {
    let long = format!("{}/job.log", "deep/".repeat(40));
    let mut bytes = tar_member("link.log", tar::EntryType::Symlink, b"");
    bytes.extend(tar_member("hard.log", tar::EntryType::Link, b""));
    bytes.extend(tar_member("fifo.log", tar::EntryType::Fifo, b""));
    bytes.extend(tar_member(
        "././@LongLink",
        tar::EntryType::GNULongName,
        long.as_bytes(),
    ));
    bytes.extend(tar(&[("deep", LOG.as_bytes())]));
    assert_eq!(
        read(&file("links.tar", &bytes)),
        [ok(&format!("links.tar:{long}"), LOG)]
    );

    let mut writer = zip::ZipWriter::new(Cursor::new(Vec::new()));
    let options = zip::write::SimpleFileOptions::default();
    writer
        .add_symlink("link.log", "/etc/passwd", options)
        .unwrap();
    writer.add_directory("dir.log", options).unwrap();
    writer.start_file("job.log", options).unwrap();
    writer.write_all(LOG.as_bytes()).unwrap();
    let bytes = writer.finish().unwrap().into_inner();
    assert_eq!(
        read(&file("links.zip", &bytes)),
        [ok("links.zip:job.log", LOG)]
    );
}

#[test]
fn steps_of_a_job_that_is_there_as_a_whole_are_not_read_again() {
    let log = LOG.as_bytes();
    let members: &[(&str, &[u8])] = &[
        ("0_build (a).txt", log),
        ("build (a)/1_Set up job.txt", log),
        ("build (a)/system.txt", log),
        ("build (a)/notes.txt", log),
        ("other/1_Run make.txt", log),
    ];
    let read = read(&file("run.zip", &zip(members)));
    let kept = [
        "0_build (a).txt",
        "build (a)/notes.txt",
        "other/1_Run make.txt",
    ];
    assert_eq!(read, kept.map(|name| ok(&format!("run.zip:{name}"), LOG)));
}

#[test]
fn an_archive_within_an_archive_is_told_and_not_opened() {
    let inner = zip(&[("a.log", LOG.as_bytes())]);
    let inner_tar = tar(&[("a.log", LOG.as_bytes())]);
    let packed = gz(&inner_tar);
    let members: &[(&str, &[u8])] = &[
        ("inner.zip", &inner),
        ("inner.tar", &inner_tar),
        ("inner.tar.gz", &packed),
        ("job.log", LOG.as_bytes()),
    ];
    for (name, bytes) in [("nested.zip", zip(members)), ("nested.tar", tar(members))] {
        let read = read(&file(name, &bytes));
        assert_eq!(read.len(), 4);
        for (label, result) in &read[..3] {
            let message = result.as_ref().unwrap_err();
            assert!(message.contains("within an archive"), "{label}: {message}");
        }
        assert_eq!(read[3], ok(&format!("{name}:job.log"), LOG));
    }
}

#[test]
fn bombs_go_off_within_bounds() {
    let zeros = vec![b'0'; 8 << 20];
    let limits = Limits {
        total: 20 << 20,
        ratio: 100,
        free: 1 << 20,
        members: 3,
    };
    let told = |path: &Path, what: &str| {
        let read = read_within(path, limits);
        let found = read
            .iter()
            .any(|(_, r)| r.as_ref().is_err_and(|e| e.contains(what)));
        assert!(
            found,
            "{path:?}: {:?}",
            read.iter()
                .map(|(l, r)| (l, r.as_ref().err()))
                .collect::<Vec<_>>()
        );
    };
    for (name, bytes) in [
        ("b.gz", gz(&zeros)),
        ("b.xz", xz(&zeros)),
        ("b.bz2", bz2(&zeros)),
        ("b.zst", zst(&zeros)),
        ("b.zip", zip(&[("b.log", &zeros)])),
    ] {
        told(&file(name, &bytes), "100 times its size");
    }
    told(
        &file("b.tar.gz", &gz(&tar(&[("b.log", &zeros)]))),
        "100 times its size",
    );

    let plain = Limits {
        ratio: u64::MAX,
        ..limits
    };
    let many: &[(&str, &[u8])] = &[("1.log", &zeros), ("2.log", &zeros), ("3.log", &zeros)];
    for path in [file("t.zip", &zip(many)), file("t.tar", &tar(many))] {
        let read = read_within(&path, plain);
        assert!(read[0].1.is_ok() && read[1].1.is_ok());
        assert!(
            read[2].1.as_ref().unwrap_err().contains("more than 20 MiB"),
            "{:?}",
            read[2]
        );
    }
    let crowd: Vec<(String, &[u8])> = (0..9)
        .map(|k| (format!("{k}.log"), LOG.as_bytes()))
        .collect();
    let crowd: Vec<(&str, &[u8])> = crowd.iter().map(|(n, b)| (n.as_str(), *b)).collect();
    for path in [
        file("crowd.zip", &zip(&crowd)),
        file("crowd.tar", &tar(&crowd)),
    ] {
        let read = read_within(&path, limits);
        assert_eq!(read.len(), 4);
        assert!(
            read[3]
                .1
                .as_ref()
                .unwrap_err()
                .contains("more than 3 members")
        );
    }
    // A directory that would not fit into memory is not read; its members are, one after another.
    let names: Vec<String> = (0..20_000).map(|k| format!("{k:0>230}.log")).collect();
    let many: Vec<(&str, &[u8])> = names.iter().map(|n| (n.as_str(), &b"x\n"[..])).collect();
    let read = read_within(&file("directory.zip", &zip(&many)), limits);
    assert!(
        read[0]
            .1
            .as_ref()
            .unwrap_err()
            .contains("larger than 4 MiB"),
        "{:?}",
        read[0]
    );
    assert_eq!(read.iter().filter(|(_, r)| r.is_ok()).count(), 3);
    assert_eq!(read.len(), 5);
    // A name of gigabytes is not kept.
    let name = vec![b'n'; 1 << 20];
    let mut bytes = tar_member("././@LongLink", tar::EntryType::GNULongName, &name);
    bytes.extend(tar(&[("x", LOG.as_bytes())]));
    let read = read_within(&file("name.tar", &bytes), plain);
    assert!(read[0].0.len() < 70_000 && read[0].1.is_ok());
}

#[test]
fn what_is_damaged_is_told_and_the_rest_is_read() {
    let noise: Vec<u8> = (0..200_000u32)
        .flat_map(|k| {
            (k.wrapping_mul(2_654_435_761) >> 7)
                .to_string()
                .into_bytes()
        })
        .collect();
    let members: &[(&str, &[u8])] = &[
        ("1.log", LOG.as_bytes()),
        ("2.log", &noise),
        ("3.log", LOG.as_bytes()),
    ];

    // Without its directory.
    let whole = zip(members);
    let cut = read(&file("cut.zip", &whole[..whole.len() / 2]));
    assert!(
        cut[0].1.as_ref().unwrap_err().contains("directory"),
        "{cut:?}"
    );
    assert_eq!(cut[1], ok("cut.zip:1.log", LOG));
    assert!(cut[2].1.is_err());

    // One member's bytes.
    let mut broken = whole.clone();
    for byte in &mut broken[whole.len() / 2..whole.len() / 2 + 64] {
        *byte ^= 0x5a;
    }
    let read_broken = read(&file("broken.zip", &broken));
    assert_eq!(read_broken[0], ok("broken.zip:1.log", LOG));
    assert!(read_broken[1].1.is_err());
    assert_eq!(read_broken[2], ok("broken.zip:3.log", LOG));

    for (name, bytes) in [
        ("cut.tar", tar(members)),
        ("cut.tar.gz", gz(&tar(members))),
        ("cut.tar.xz", xz(&tar(members))),
        ("cut.tar.bz2", bz2(&tar(members))),
        ("cut.tar.zst", zst(&tar(members))),
    ] {
        let read = read(&file(name, &bytes[..bytes.len() / 2]));
        assert_eq!(read[0], ok(&format!("{name}:1.log"), LOG), "{name}");
        assert!(
            read.iter().any(|(_, r)| r.is_err()),
            "{name}: {}",
            read.len()
        );
    }
    // Any byte may be wrong: never a panic, always an end.
    let small = [
        zip(&members[..1]),
        tar(&members[..1]),
        gz(&tar(&members[..1])),
        xz(LOG.as_bytes()),
        bz2(LOG.as_bytes()),
        zst(LOG.as_bytes()),
    ];
    for bytes in &small {
        for at in (0..bytes.len()).step_by(7) {
            let mut bytes = bytes.clone();
            bytes[at] ^= 0xff;
            read(&file("flipped", &bytes));
            read(&file("flipped", &bytes[..at]));
        }
    }
}

#[test]
fn an_xz_header_cannot_ask_for_gigabytes() {
    let mut options = lzma_rust2::XzOptions::with_preset(1);
    options.lzma_options.dict_size = 1 << 30;
    let Ok(mut writer) = lzma_rust2::XzWriter::new(Vec::new(), options) else {
        return;
    };
    writer.write_all(LOG.as_bytes()).unwrap();
    let path = file("memory.xz", &writer.finish().unwrap());
    assert!(read(&path)[0].1.as_ref().unwrap_err().contains("memory"));
}

#[test]
fn every_command_reads_archives() {
    let path = file(
        "cli.zip",
        &zip(&[
            ("a/1.txt", LOG.as_bytes()),
            ("a/2.bin", b"\0\0\0"),
            ("a/3.txt", b"Job succeeded\n"),
        ]),
    );
    let run = |args: &[&str]| {
        let out = program::command(args).arg(&path).output().unwrap();
        (
            out.status.code(),
            String::from_utf8(out.stdout).unwrap(),
            String::from_utf8(out.stderr).unwrap(),
        )
    };
    for args in [&["-f", "json"][..], &["scan", "-f", "json"]] {
        let (code, out, err) = run(args);
        let report: serde_json::Value = serde_json::from_str(&out).unwrap();
        let labels: Vec<&str> = report["logs"]
            .as_array()
            .unwrap()
            .iter()
            .map(|l| l["source"].as_str().unwrap())
            .collect();
        assert!(
            labels[0].ends_with("cli.zip:a/1.txt") && labels[1].ends_with("cli.zip:a/3.txt"),
            "{labels:?}"
        );
        assert_ne!(report["logs"][0]["status"], "clean");
        // A member that is no log is listed, and no trouble.
        assert!(err.contains("a/2.bin") && code != Some(2), "{code:?} {err}");
        assert_eq!(report["errors"].as_array().unwrap().len(), 1);
    }
    let (_, out, _) = run(&["clean"]);
    assert!(out.contains("cli.zip:a/1.txt <==") && out.contains("No rule to make target"));
}

#[test]
fn the_name_of_a_member_is_told_without_its_secrets_and_can_be_given_back() {
    let token = format!("glpat-{}", "AbCdEf1234567890wxyz");
    let name = format!("build/2_Run deploy --token {token}.txt");
    let log = "$ deploy\nthe gate is shut and nobody has the key\nERROR: Job failed: exit code 3\n";
    let path = file("named.zip", &zip(&[(&name, log.as_bytes())]));
    let run = |args: &[&str]| {
        let output = program::command(args).output().unwrap();
        String::from_utf8_lossy(&[output.stdout, output.stderr].concat()).into_owned()
    };
    let place = path.to_str().unwrap();
    for args in [&[place, "-f", "json"][..], &["scan", place, "-f", "text"]] {
        let told = run(args);
        assert!(
            told.contains("deploy --token [redacted:gitlab-token"),
            "{told}"
        );
        assert!(!told.contains(&token), "{told}");
    }
    let report: serde_json::Value = serde_json::from_str(&run(&[place, "-f", "json"])).unwrap();
    let member = report["logs"][0]["source"].as_str().unwrap();
    let out = path.parent().unwrap().join("begun");
    let _ = fs::remove_dir_all(&out);
    let from = format!("{member}:2");
    let begun = run(&[
        "patterns",
        "new",
        "acme/gate",
        "--from",
        &from,
        "-o",
        out.to_str().unwrap(),
    ]);
    assert!(begun.contains("the gate is shut"), "{begun}");
    assert!(out.join("acme/gate.toml").is_file());
}
