//! The way of a pattern author, command by command: begin a pattern, lint it, test it, try it, list it.

use std::path::{Path, PathBuf};
use std::process::Output;
use std::{env, fs, process};

#[path = "common/program.rs"]
mod program;

/// A folder of its own for one test.
struct Folder(PathBuf);

impl Folder {
    fn new(name: &str) -> Self {
        let path = env::temp_dir().join(format!("jobtriage-authoring-{name}-{}", process::id()));
        let _ = fs::remove_dir_all(&path);
        fs::create_dir_all(&path).expect("a folder for the test");
        Self(path.canonicalize().expect("it was just made"))
    }

    fn put(&self, name: &str, text: &str) {
        let path = self.0.join(name);
        fs::create_dir_all(path.parent().expect("a name below the folder")).expect("its folder");
        fs::write(path, text).expect("a file for the test");
    }

    fn read(&self, name: &str) -> String {
        fs::read_to_string(self.0.join(name)).expect("a file that was written")
    }

    fn run(&self, arguments: &[&str]) -> Said {
        let output = program::command(&["patterns"])
            .args(arguments)
            .current_dir(&self.0)
            .env("XDG_CONFIG_HOME", self.0.join("config"))
            .output()
            .expect("the program runs");
        Said::of(&output)
    }
}

impl Drop for Folder {
    fn drop(&mut self) {
        let _ = fs::remove_dir_all(&self.0);
    }
}

struct Said {
    code: Option<i32>,
    out: String,
    err: String,
}

impl Said {
    fn of(output: &Output) -> Self {
        Self {
            code: output.status.code(),
            out: String::from_utf8_lossy(&output.stdout).into_owned(),
            err: String::from_utf8_lossy(&output.stderr).into_owned(),
        }
    }

    #[track_caller]
    fn holds(&self, code: i32, parts: &[&str]) {
        let all = format!("{}{}", self.out, self.err);
        assert_eq!(self.code, Some(code), "{all}");
        for part in parts {
            assert!(all.contains(part), "`{part}` is missing in\n{all}");
        }
    }
}

const LOG: &str = "$ license-check --server lic.example.com:7070\n\
    license-check: server lic.example.com:7070 has no seat left for 'compiler' (in use: 12)\n\
    ERROR: Job failed: exit code 3\n";
const FILE: &str = ".jobtriage/patterns/acme/no-seat-left.toml";

#[test]
fn from_a_line_of_a_log_to_a_pattern() {
    let folder = Folder::new("new");
    folder.put("logs/one.log", LOG);
    folder.put("logs/two.log", &LOG.replace("12)", "30)"));
    folder.put("logs/passed.log", "$ true\nJob succeeded\n");
    folder
        .run(&["new", "acme/no-seat-left", "--from", "logs/one.log:2"])
        .holds(0, &[FILE, "has no seat left", "jobtriage patterns lint"]);
    let skeleton = folder.read(FILE);
    assert!(
        skeleton.contains(
            "'''^license-check: server (?P<host>[\\w.-]+(?::\\d+)?) has no seat left for '(?P<name>[^']+)' \\(in use: \\d+\\)$'''"
        ),
        "{skeleton}"
    );
    // It works at once, and the linter says what is left to do.
    folder
        .run(&["test"])
        .holds(0, &["pass  acme/no-seat-left", "1 of 1 patterns pass"]);
    let lint = folder.run(&["lint"]);
    lint.holds(2, &["error[unfinished] not written yet", "4 errors"]);
    assert!(!lint.out.contains("test-fails"), "{}", lint.out);

    let tried = folder.run(&["try", FILE, "--on", "logs"]);
    tried.holds(
        0,
        &[
            "fires on 2 lines in 2 of 3 logs",
            "unexplained → acme/no-seat-left",
        ],
    );
    assert!(!tried.out.contains("of these logs passed"), "{}", tried.out);

    folder
        .run(&["new", "acme/no-seat-left", "--from", "logs/two.log:2"])
        .holds(2, &["is there already", "--force"]);
    let listed = folder.run(&["list", "--layer", "project", "--format", "json"]);
    listed.holds(
        0,
        &["\"id\": \"acme/no-seat-left\"", "\"layer\": \"project\""],
    );
    assert!(!listed.out.contains("git/"), "{}", listed.out);
}

#[test]
fn a_pattern_is_tried_on_what_a_scan_reads() {
    let folder = Folder::new("tried");
    folder.put("job.log", LOG);
    folder
        .run(&["new", "acme/no-seat-left", "--from", "job.log:2"])
        .holds(0, &[]);
    // Two jobs in one file, one of them known for something else.
    let running =
        "Running with gitlab-runner 17.5.0 (abcdef12)\n  on runner-1 abcdefgh, system ID: s_1\n";
    let finished = folder.read(FILE).replace("CHANGE ME", "Done");
    folder.put(FILE, &finished);
    let passed = format!("{running}$ true\nJob succeeded\n");
    folder.put("both/two.log", &format!("{passed}{running}{LOG}"));
    folder.put(
        "both/notes.bin",
        "\u{7f}ELF\u{2}\u{1}\u{1}\0\0\0\0\0\0\0\0\0\u{3}\0>\0",
    );
    let tried = folder.run(&["try", FILE, "--on", "both"]);
    tried.holds(
        0,
        &[
            "fires on 1 line in 1 of 2 logs",
            "unexplained → acme/no-seat-left",
            "notes.bin': looks binary",
        ],
    );
    folder
        .run(&["try", FILE, "--on", "both/notes.bin"])
        .holds(2, &["0 of 0 logs", "looks binary"]);
    fs::create_dir_all(folder.0.join("empty")).expect("a folder");
    folder
        .run(&["try", FILE, "--on", "empty"])
        .holds(2, &["no logs there"]);
}

#[test]
fn a_pattern_lies_in_the_folder_of_its_family() {
    let folder = Folder::new("family");
    let good = include_str!("lint/clean/demo/file.toml");
    folder.put(".jobtriage/patterns/readme.toml", good);
    let says = [
        "readme.toml: lies in no folder of a family",
        "`<family>/readme.toml`",
    ];
    folder.run(&["list", "--layer", "project"]).holds(2, &says);
    folder.run(&["lint"]).holds(2, &["error[bad-id]"]);
    // The folder of a family may be named, and a file in it.
    folder.put("mine/demo/file.toml", good);
    for what in ["mine/demo", "mine/demo/file.toml", "mine"] {
        folder.run(&["test", what]).holds(0, &["pass  demo/file"]);
    }
}

#[test]
fn a_team_that_writes_english_only_is_done_with_that() {
    let folder = Folder::new("english");
    folder.put("job.log", LOG);
    folder
        .run(&["new", "acme/no-seat-left", "--from", "job.log:2"])
        .holds(0, &[]);
    let english: String = folder
        .read(FILE)
        .lines()
        .map(|line| match line.starts_with('#') {
            true => format!("{line}\n"),
            false => format!("{}\n", line.replace("CHANGE ME", "Done")),
        })
        .collect();
    assert!(
        english.contains("# [text.ko]\n# title = \"CHANGE ME"),
        "{english}"
    );
    folder.put(FILE, &english);
    let test = folder.run(&["test"]);
    test.holds(0, &["1 of 1 patterns pass"]);
    assert!(!test.out.contains("finished"), "{}", test.out);
    let lint = folder.run(&["lint"]);
    for slug in ["unfinished", "ko-missing", "link-missing"] {
        assert!(!lint.out.contains(slug), "{}", lint.out);
    }
    folder
        .run(&["new", "acme/two", "--from", "job.log:2", "--lang", "ko"])
        .holds(0, &[]);
    let korean = folder.read(".jobtriage/patterns/acme/two.toml");
    assert!(
        korean.contains("\n[text.ko]\ntitle = \"CHANGE ME"),
        "{korean}"
    );
}

#[test]
fn a_pattern_that_is_not_finished_is_never_the_cause() {
    let folder = Folder::new("unfinished");
    folder.put("job.log", LOG);
    folder.put(
        "all.log",
        &LOG.replace("ERROR:", "license-check: error: giving up\nERROR:"),
    );
    let told = |args: &[&str]| {
        let output = program::command(args).current_dir(&folder.0).output();
        Said::of(&output.expect("the program runs"))
    };
    let reports = || ["text", "tsv"].map(|format| told(&["all.log", "-f", format]).out);
    let before = reports();
    folder
        .run(&["new", "acme/no-seat-left", "--from", "job.log:2"])
        .holds(0, &["until then it is never the cause"]);
    assert_eq!(reports(), before, "a draft changes what is told");
    for args in [&["job.log"][..], &["job.log", "--lang", "ko"]] {
        let said = told(args);
        said.holds(1, &["has no seat left"]);
        assert!(!said.out.contains("CHANGE ME"), "{}", said.out);
    }
    told(&["job.log", "--why", "--width", "200"]).holds(1, &["acme/no-seat-left", "not finished"]);
    folder.run(&["test"]).holds(
        0,
        &[
            "not finished\n",
            "1 of 1 patterns pass",
            "1 is not finished (`CHANGE ME`), and never the cause until then",
        ],
    );
    let finished = folder.read(FILE).replace("CHANGE ME", "Done");
    folder.put(FILE, &finished);
    told(&["job.log"]).holds(0, &["acme/no-seat-left"]);
    let test = folder.run(&["test"]);
    test.holds(0, &["1 of 1 patterns pass"]);
    assert!(!test.out.contains("finished"), "{}", test.out);
    // What a regex looks for may be these very words.
    folder.put(
        FILE,
        &finished.replace("regex = '''^", "regex = '''(?:CHANGE ME|^)"),
    );
    told(&["job.log"]).holds(0, &["acme/no-seat-left"]);
}

#[test]
fn a_pattern_is_begun_without_the_secrets_of_its_line() {
    let folder = Folder::new("secrets");
    folder.put(
        "a.log",
        "$ deploy\ndeploy: the gate is shut for password=hunter2Secret, ask\nERROR: Job failed: exit code 3\n",
    );
    let begun = folder.run(&["new", "acme/gate-shut", "--from", "a.log:2"]);
    begun.holds(0, &["password=[MASKED]"]);
    let skeleton = folder.read(".jobtriage/patterns/acme/gate-shut.toml");
    assert!(!skeleton.contains("hunter2"), "{skeleton}");
    folder.run(&["test"]).holds(0, &["1 of 1 patterns pass"]);
    folder
        .run(&[
            "try",
            ".jobtriage/patterns/acme/gate-shut.toml",
            "--on",
            ".",
        ])
        .holds(0, &["fires on 1 line"]);
}

#[test]
fn lines_that_cannot_be_matched_are_refused() {
    let folder = Folder::new("refused");
    folder.put("a.log", "+ make all\n\nok 1 - fails on error\n");
    let new = |from: &str| folder.run(&["new", "acme/x", "--from", from]);
    new("a.log:1").holds(2, &["reads as a copy of source"]);
    new("a.log:2").holds(2, &["no text on line 2"]);
    new("a.log:3").holds(2, &["reads as a passing test"]);
    new("a.log").holds(2, &["--from job.log:954"]);
    new("b.log:1").holds(2, &["'b.log': cannot be read"]);
    folder
        .run(&["new", "Acme", "--from", "a.log:1"])
        .holds(2, &["is not a pattern id"]);
    assert!(!folder.0.join(".jobtriage").exists());
}

#[test]
fn failing_tests_show_what_was_wanted_and_what_came() {
    let folder = Folder::new("failing");
    let good = include_str!("lint/clean/demo/file.toml");
    let longer = "\n[[when]]\nabsent = '''^frobnicator: second try went well$'''\n\n[text.en]";
    let test = "\n[[test]]\nname = \"fails\"\nlog = '''\n$ frob\nfrobnicator: cannot open a.cfg\n\
                frobnicator: second try went well\n'''\nline = 2\n";
    folder.put(FILE, &(good.replacen("\n[text.en]", longer, 1) + test));
    folder.run(&["test", "acme/no-seat-left"]).holds(
        2,
        &[
            "FAIL  acme/no-seat-left",
            "test 1 \"fails\"",
            "want  line 2 | frobnicator: cannot open a.cfg",
            "got   no hit",
            "line 2 matches, but this does not hold: absent = '^frobnicator: second try went well$'",
        ],
    );
    folder.put(
        FILE,
        &good.replace(
            "cannot open settings.cfg",
            "Error: frobnicator: cannot open it",
        ),
    );
    folder.run(&["test", FILE]).holds(
        2,
        &["matches 1", "[[match]] 1 would match without its anchors"],
    );
}

#[test]
fn findings_are_told_to_people_and_programs() {
    let folder = Folder::new("lint");
    let good = include_str!("lint/clean/demo/file.toml");
    folder.put(
        "mine/demo/file.toml",
        &good.replace("\"project\"", "\"projekt\""),
    );
    folder.put("mine/demo/other.toml", &good.replace("settings.cfg", "it"));
    folder.run(&["lint", "mine"]).holds(
        2,
        &[
            "mine/demo/file.toml:3:9: error[unknown-word] unknown word `projekt`",
            "did you mean `project`?",
        ],
    );
    let json = folder.run(&["lint", "mine", "--format", "json"]);
    json.holds(2, &[]);
    let report: serde_json::Value = serde_json::from_str(&json.out).expect("JSON");
    assert_eq!(report["summary"]["errors"], 1, "{}", json.out);
    assert_eq!(report["findings"][0]["slug"], "unknown-word");
    assert_eq!(report["findings"][0]["line"], 3);
    // Passing logs of one's own.
    folder.put(
        "green/a.log",
        "frobnicator: cannot open cache\nJob succeeded\n",
    );
    folder
        .run(&["lint", "mine/demo/other.toml", "--ok", "green"])
        .holds(
            0,
            &["warning[too-loose] fires in the log of a job that passed: green/a.log:1"],
        );
    folder
        .run(&["lint", "mine/demo/other.toml"])
        .holds(0, &["1 pattern: 0 errors, 0 warnings"]);
    folder
        .run(&["lint", "--list"])
        .holds(0, &["too-loose", "unescaped-dot"]);
    folder
        .run(&["lint"])
        .holds(2, &["no pattern files here", ".jobtriage/patterns"]);
    folder
        .run(&["lint", "nothing.toml"])
        .holds(2, &["no such file or folder"]);
    folder
        .run(&["lint", "nodir/"])
        .holds(2, &["'nodir/': no such file or folder"]);
    folder
        .run(&["test", "nosuch/id"])
        .holds(2, &["`nosuch/id`: no such file, folder or pattern"]);
}

#[test]
fn the_library_can_be_listed_by_what_matters() {
    let folder = Folder::new("list");
    let lines = |arguments: &[&str]| {
        let said = folder.run(&[&["list"], arguments].concat());
        said.holds(0, &[]);
        said.out.lines().map(str::to_owned).collect::<Vec<_>>()
    };
    let all = lines(&[]).len();
    let git = lines(&["--family", "git"]);
    assert!(git.len() > 5 && git.len() < all);
    assert!(git.iter().all(|line| line.starts_with("git/")));
    let network = lines(&["--family", "git", "--owner", "network"]);
    assert!(!network.is_empty() && network.len() < git.len());
    assert!(lines(&["--layer", "project"]).is_empty());
    assert_eq!(
        lines(&["--role", "symptom"]).len() + lines(&["--role", "root_cause"]).len(),
        lines(&["--role", "symptom", "--role", "root_cause"]).len()
    );
    folder
        .run(&["list", "--owner", "nobody"])
        .holds(2, &["nobody"]);
}

/// A pattern of one's own may stand in a built-in one's place, and whoever writes it should know.
#[test]
fn what_replaces_a_built_in_pattern_is_told() {
    let folder = Folder::new("replaces");
    folder.put(
        "job.log",
        "$ ./a\nthe gate is shut tonight\nERROR: Job failed: exit code 1\n",
    );
    let said = "the id of a built-in pattern, which this file replaces";
    let args = |id| ["new", id, "--from", "job.log:2"];
    folder
        .run(&args("git/could-not-resolve-host"))
        .holds(0, &["`git/could-not-resolve-host`", said]);
    let other = folder.run(&args("acme/gate-shut"));
    other.holds(0, &[]);
    let listed = folder.run(&["list", "could-not-resolve-host"]);
    listed.holds(
        0,
        &["`git/could-not-resolve-host` replaces the built-in pattern"],
    );
    folder
        .run(&[
            "list", "--layer", "built-in", "--family", "git", "-f", "json",
        ])
        .holds(0, &["\"layer\": \"built-in\""]);
}

/// In a checkout a single file is seen with all of its library.
#[test]
fn a_file_of_the_checkout_is_seen_with_its_library() {
    let root = Path::new(env!("CARGO_MANIFEST_DIR"));
    let output = program::command(&[
        "patterns",
        "lint",
        "patterns/git/could-not-resolve-host.toml",
        "--only",
        "unknown-id",
    ])
    .current_dir(root)
    .output()
    .expect("the program runs");
    Said::of(&output).holds(0, &["1 pattern: 0 errors, 0 warnings"]);
}

#[test]
fn what_a_logger_wrote_at_an_everyday_level_is_no_match_in_a_test_either() {
    const LINE: &str = "2026-05-01 10:00:00,123 INFO [main] --- Overall Status: FAILURE_LAMP";
    let folder = Folder::new("everyday");
    folder.put(
        "job.log",
        &format!("$ ./check\n{LINE}\nERROR: Job failed: exit code 1\n"),
    );
    folder.run(&["new", "acme/lamp", "--from", "job.log:2"]);
    let file = ".jobtriage/patterns/acme/lamp.toml";
    let begun = folder
        .read(file)
        .replace("INFO \\[main\\] --- Overall", "Overall");
    assert!(begun.contains("regex = '''Overall"), "{begun}");
    let test = format!(
        "\n[[test]]\nlog = \"\"\"\n$ ./check\n{LINE}\nERROR: Job failed: exit code 1\n\"\"\"\nline = 2\n"
    );
    folder.put(file, &(begun + &test));
    let said = folder.run(&["test", "acme/lamp"]);
    said.holds(
        2,
        &[
            "line 2 matches, but a logger wrote it at the level INFO",
            "not finished",
        ],
    );
}
