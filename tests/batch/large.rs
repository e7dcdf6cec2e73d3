//! An archive of thousands of logs takes no more memory than one of a few.
#![cfg(all(target_os = "linux", feature = "archives"))]

use std::process::Command;

use super::{Dir, failed, program};

#[test]
fn results_of_a_large_archive_are_handed_on_while_it_is_read() {
    let dir = Dir::new("large");
    let mut archive = tar::Builder::new(Vec::new());
    for k in 0..6000 {
        let log = failed(1_700_000_000 + k);
        let mut header = tar::Header::new_gnu();
        header.set_size(log.len() as u64);
        let name = format!("{k:05}.log");
        archive
            .append_data(&mut header, name, log.as_bytes())
            .unwrap();
    }
    dir.write("logs/a.tar", archive.into_inner().unwrap());
    for k in 0..200 {
        dir.write(&format!("logs/b{k:03}.log"), failed(1_700_000_000));
    }
    // 40 MB of data, stacks included: well over what is needed, well under what all reports take.
    let mut command = Command::new("sh");
    program::settle(&mut command);
    let output = command
        .args(["-c", "ulimit -d 40000; exec \"$0\" \"$@\""])
        .arg(env!("CARGO_BIN_EXE_jobtriage"))
        .args(["scan", "logs", "-j2", "-q", "-f", "jsonl=all.jsonl"])
        .current_dir(&dir.0)
        .output()
        .unwrap();
    assert_eq!(
        output.status.code(),
        Some(0),
        "{}",
        String::from_utf8_lossy(&output.stderr)
    );
    let lines = dir.read("all.jsonl");
    let sources: Vec<&str> = lines
        .lines()
        .filter_map(|line| line.split("\"source\":\"").nth(1)?.split('"').next())
        .collect();
    assert_eq!(sources.len(), 6200);
    assert!(sources.is_sorted());
}
