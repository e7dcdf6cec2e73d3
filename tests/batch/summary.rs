//! What many logs add up to, and which of them are told.

use crate::{Dir, PASSED, UNKNOWN, failed, sources};

/// 2023-11-14 22:13:20 UTC.
const T: i64 = 1_700_000_000;
const DAY: i64 = 86_400;

/// A clone that another runner did for another project, four days later.
fn other() -> String {
    let log = failed(T + 4 * DAY).replace("runner-1", "runner-2");
    log.replace(
        "$ git clone",
        "Initialized empty Git repository in /builds/group/app/.git/\n$ git clone",
    )
}

fn dir(name: &str) -> Dir {
    let dir = Dir::new(name);
    dir.write("logs/b/2.log", other());
    dir.write("logs/a/1.log", failed(T));
    dir.write("logs/a/3.log", UNKNOWN);
    dir.write("logs/c/4.log", PASSED);
    dir.write("logs/c/5.log", UNKNOWN);
    dir
}

#[test]
fn the_summary_says_what_breaks_and_when() {
    let dir = dir("summary");
    let summary = &dir.json(&["logs"])["summary"];
    for (key, value) in [
        ("logs", 5),
        ("failed", 4),
        ("succeeded", 1),
        ("canceled", 0),
        ("undated", 3),
    ] {
        assert_eq!(summary[key], value, "{key}: {summary}");
    }
    let cause = &summary["causes"][0];
    assert_eq!(cause["id"], "git/could-not-resolve-host");
    assert_eq!(cause["category"], "dns");
    assert_eq!(cause["owner"], "network");
    assert_eq!((&cause["logs"], &cause["share"]), (&2.into(), &0.5.into()));
    assert_eq!(cause["first_seen"], "2023-11-14T22:13:22Z");
    assert_eq!(cause["last_seen"], "2023-11-18T22:13:22Z");
    assert_eq!(
        (&cause["log"], &cause["line"]),
        (&"logs/a/1.log".into(), &10.into())
    );
    let group = &summary["unexplained_groups"][0];
    assert_eq!(
        (&group["logs"], &group["log"]),
        (&2.into(), &"logs/a/3.log".into())
    );
    assert_eq!(
        group["text"],
        "release notes are incomplete: chapter three has no heading"
    );
    assert!(group["fingerprint"].as_str().unwrap().starts_with("4:"));
    assert!(
        summary["retry"]["usually"].as_u64().unwrap() + summary["retry"]["maybe"].as_u64().unwrap()
            == 2
    );
    let (_, table, _) = dir.run(&["scan", "logs", "--width", "140"]);
    for part in [
        "5 logs · 4 failed · 2 explained (50 %) · 2 unknown",
        "1 succeeded",
        "2023-11-14 22:13 to 2023-11-18 22:13 UTC; 3 logs tell no time",
        "in 2 of 4 failures",
        "2023-11-14 … 2023-11-18",
        "2×  release notes are incomplete",
    ] {
        assert!(table.contains(part), "{part}: {table}");
    }
}

#[test]
fn a_log_tells_its_times_and_its_project() {
    let dir = Dir::new("times");
    let stamped = failed(0)
        .lines()
        .filter(|line| !line.starts_with("section_"))
        .map(|line| format!("2026-05-01T10:00:00.123456Z 00O {line}\n"))
        .collect::<String>();
    dir.write("stamped.log", stamped);
    dir.write("gitlab.log", other());
    dir.write(
        "github.log",
        "2026-01-02T03:04:05.6789012Z ##[group]Run actions/checkout@v4\n\
         2026-01-02T03:04:05.6789012Z ##[endgroup]\n\
         2026-01-02T03:04:06.6789012Z Syncing repository: owner/name\n\
         2026-01-02T03:04:09.6789012Z ##[error]Process completed with exit code 1.\n",
    );
    let report = dir.json(&["."]);
    let told: Vec<_> = report["logs"]
        .as_array()
        .unwrap()
        .iter()
        .map(|log| {
            (
                log["started"].as_str(),
                log["ended"].as_str(),
                log["project"].as_str(),
            )
        })
        .collect();
    let at = "2026-05-01T10:00:00Z";
    assert_eq!(
        told,
        [
            (
                Some("2026-01-02T03:04:05Z"),
                Some("2026-01-02T03:04:09Z"),
                Some("owner/name")
            ),
            (
                Some("2023-11-18T22:13:20Z"),
                Some("2023-11-18T22:13:22Z"),
                Some("group/app")
            ),
            (Some(at), Some(at), None),
        ]
    );
    let (_, tsv, _) = dir.run(&["scan", "gitlab.log", "-f", "tsv"]);
    assert!(
        tsv.contains("\t2023-11-18T22:13:20Z\t2023-11-18T22:13:22Z\tgroup/app\n"),
        "{tsv}"
    );
}

#[test]
fn logs_are_chosen_by_their_time() {
    let dir = dir("since");
    let told = |args: &[&str]| {
        let report = dir.json(&[&["logs"], args].concat());
        let names = sources(&report)
            .iter()
            .map(|s| (*s).to_owned())
            .collect::<Vec<_>>();
        (names, report["summary"]["outside"].as_u64().unwrap())
    };
    let both = vec!["logs/a/1.log".to_owned(), "logs/b/2.log".to_owned()];
    assert_eq!(told(&["--since", "2023-11-14"]), (both.clone(), 3));
    assert_eq!(told(&["--since", "2023-11-15"]), (both[1..].to_vec(), 4));
    // The whole of that day; to the second.
    assert_eq!(told(&["--until", "2023-11-14"]), (both[..1].to_vec(), 4));
    assert_eq!(told(&["--until", "2023-11-14T22:13:21"]), (vec![], 5));
    assert_eq!(
        told(&["--until", "2023-11-15T07:13:22+09:00"]),
        (both[..1].to_vec(), 4)
    );
    assert_eq!(told(&["--since", "7d"]), (vec![], 5));
    // What is left out fails nothing.
    let (code, out, _) = dir.run(&["scan", "logs", "--until", "2023-11-18"]);
    assert_eq!(code, 0, "{out}");
    assert!(
        out.contains("3 logs of other times, or without one, left out"),
        "{out}"
    );
    let (code, _, err) = dir.run(&["scan", "logs", "--since", "yesterday"]);
    assert_eq!(code, 2);
    assert!(
        err.contains("--since yesterday: no time") && err.contains("`7d`"),
        "{err}"
    );
    let (_, help, _) = dir.run(&["scan", "--help"]);
    assert!(help.contains("a log that tells none is left out"), "{help}");
}

#[test]
fn logs_are_sorted_and_summed_up_as_asked() {
    let dir = dir("sort");
    let sorted = |by: &str| {
        let report = dir.json(&["logs", "--sort", by]);
        sources(&report)
            .join(" ")
            .replace("logs/", "")
            .replace(".log", "")
    };
    assert_eq!(sorted("path"), "a/1 a/3 b/2 c/4 c/5");
    assert_eq!(sorted("time"), "a/3 c/4 c/5 a/1 b/2");
    assert_eq!(sorted("cause"), "a/1 b/2 a/3 c/5 c/4");
    let groups = |by: &str| {
        let report = dir.json(&["logs", "--group-by", by]);
        let groups = report["summary"]["groups"].as_array().unwrap().clone();
        let told = groups.iter().map(|g| {
            (
                g["key"].as_str().unwrap_or("-").to_owned(),
                g["logs"].as_u64().unwrap(),
                g["failures"].as_u64().unwrap(),
            )
        });
        told.collect::<Vec<_>>()
    };
    let group = |key: &str, logs, failures| (key.to_owned(), logs, failures);
    assert_eq!(groups("cause"), []);
    assert_eq!(groups("owner"), [group("-", 2, 2), group("network", 2, 2)]);
    assert_eq!(groups("category"), [group("-", 2, 2), group("dns", 2, 2)]);
    assert_eq!(
        groups("project"),
        [
            group("logs/a", 2, 2),
            group("logs/c", 2, 1),
            group("group/app", 1, 1)
        ]
    );
    assert_eq!(
        groups("runner"),
        [
            group("-", 3, 2),
            group("runner-1", 1, 1),
            group("runner-2", 1, 1)
        ]
    );
    let (_, table, _) = dir.run(&["scan", "logs", "--group-by", "project", "--width", "100"]);
    assert!(
        table.contains("PROJECT") && table.contains("group/app"),
        "{table}"
    );
    // Those that it might have helped are counted there as well.
    assert!(table.contains("RETRY MAY HELP"), "{table}");
    let (_, table, _) = dir.run(&["scan", "logs", "--group-by", "runner", "--lang", "ko"]);
    assert!(
        table.contains("러너") && table.contains("runner-2"),
        "{table}"
    );
}

#[test]
fn only_the_sums_are_shown() {
    let dir = dir("top");
    dir.write(
        "logs/d/6.log",
        UNKNOWN.replace("release notes are incomplete", "the gate is shut"),
    );
    let (code, out, _) = dir.run(&["scan", "logs", "--top", "1"]);
    assert_eq!(code, 1);
    assert!(!out.contains("OUTCOME") && out.contains("6 logs"), "{out}");
    assert!(
        out.contains("1 more unexplained log of other shapes"),
        "{out}"
    );
    assert_eq!(dir.run(&["scan", "logs", "--top", "0"]).0, 2);
    // For programs nothing is left out.
    assert_eq!(
        dir.json(&["logs", "--top", "1"])["logs"]
            .as_array()
            .unwrap()
            .len(),
        6
    );
}

#[test]
fn what_timed_out_is_a_part_of_what_failed() {
    let dir = Dir::new("summary-timed-out");
    dir.write("a.log", PASSED);
    dir.write("b.log", UNKNOWN);
    let late = failed(1_700_000_000).replace(
        "ERROR: Job failed: exit code 128",
        "ERROR: Job failed: execution took longer than 1h0m0s seconds",
    );
    dir.write("c.log", late);
    let (_, out, _) = dir.run(&["scan", ".", "--top", "3"]);
    assert!(out.contains("3 logs · 2 failed (1 timed out) · "), "{out}");
    assert!(out.contains("\n 1 succeeded\n"), "{out}");
    let (_, out, _) = dir.run(&["scan", ".", "--top", "3", "--lang", "ko"]);
    assert!(out.contains("실패 2 (시간 초과 1) · "), "{out}");
}
