//! `jobtriage scan` as platform teams use it, through the real binary.

#[path = "../common/program.rs"]
mod program;

mod baseline;
mod cache;
mod config;
mod inputs;
mod interrupt;
mod large;
mod summary;

use std::fs;
use std::io::Write;
use std::path::{Path, PathBuf};
use std::process::{Command, Output, Stdio};

use serde_json::Value;

/// A log of a job that failed for a known reason, under markers whose times begin at `unix`.
pub fn failed(unix: i64) -> String {
    let (a, b, c) = (unix, unix + 1, unix + 2);
    format!(
        "Running with gitlab-runner 17.5.0 (abcdef12)\n\
         \x20 on runner-1 abcdefgh, system ID: s_1\n\
         section_start:{a}:prepare_executor\n\
         Preparing the \"docker\" executor\n\
         Using Docker executor with image alpine:3.20 ...\n\
         section_end:{b}:prepare_executor\n\
         section_start:{b}:step_script\n\
         Executing \"step_script\" stage of the job script\n\
         $ git clone https://git.example.com/group/app.git\n\
         fatal: unable to access 'https://git.example.com/group/app.git/': Could not resolve host: git.example.com\n\
         section_end:{c}:step_script\n\
         ERROR: Job failed: exit code 128\n"
    )
}

/// A pattern of a project, which knows [`UNKNOWN`].
pub const RELEASE_NOTES: &str = r#"
role = "root_cause"
confidence = "high"
owner = "project"
retry = "never"
category = "build"
provenance = { level = "report" }
[[match]]
regex = '^release notes are incomplete'
[text.en]
title = "The release notes lack a chapter"
cause = "They do."
fix = ["Write it."]
[tests]
matches = ["release notes are incomplete: x"]
ignores = ["release notes"]
"#;

/// A log of a job that failed for no known reason.
pub const UNKNOWN: &str = "\
$ ./release.sh
release notes are incomplete: chapter three has no heading
ERROR: Job failed: exit code 3
";

/// A log of a job that passed.
pub const PASSED: &str = "$ make\nall fine, 0 errors\nJob succeeded\n";

/// A folder of its own for each test.
pub struct Dir(pub PathBuf);

impl Dir {
    /// Empties the folder of an earlier run.
    pub fn new(name: &str) -> Self {
        let dir = Path::new(env!("CARGO_TARGET_TMPDIR")).join(format!("batch-{name}"));
        let _ = fs::remove_dir_all(&dir);
        fs::create_dir_all(&dir).unwrap();
        Self(dir)
    }

    /// Writes a file and the folders above it.
    pub fn write(&self, name: &str, content: impl AsRef<[u8]>) -> PathBuf {
        let path = self.0.join(name);
        fs::create_dir_all(path.parent().unwrap()).unwrap();
        fs::write(&path, content).unwrap();
        path
    }

    /// What a file holds.
    pub fn read(&self, name: &str) -> String {
        fs::read_to_string(self.0.join(name)).unwrap()
    }

    /// The program, in this folder, whose `home` holds the user's settings.
    pub fn command(&self, args: &[&str]) -> Command {
        let mut command = program::command(args);
        command
            .current_dir(&self.0)
            .env("XDG_CONFIG_HOME", self.0.join("home"));
        command
    }

    /// Exit code, stdout, stderr.
    pub fn run(&self, args: &[&str]) -> (i32, String, String) {
        told(self.command(args).output().unwrap())
    }

    /// The same with something on standard input.
    pub fn piped(&self, args: &[&str], input: &[u8]) -> (i32, String, String) {
        let mut command = self.command(args);
        let command = command.stdin(Stdio::piped()).stdout(Stdio::piped());
        let mut child = command.stderr(Stdio::piped()).spawn().unwrap();
        let _ = child.stdin.take().unwrap().write_all(input);
        told(child.wait_with_output().unwrap())
    }

    /// The JSON report of a scan.
    pub fn json(&self, args: &[&str]) -> Value {
        let (_, out, err) = self.run(&[&["scan", "-f", "json"], args].concat());
        serde_json::from_str(&out).unwrap_or_else(|e| panic!("{e}: {out}{err}"))
    }
}

/// Names of the logs in a report, in order.
pub fn sources(report: &Value) -> Vec<&str> {
    let logs = report["logs"].as_array().unwrap();
    logs.iter()
        .map(|log| log["source"].as_str().unwrap())
        .collect()
}

fn told(output: Output) -> (i32, String, String) {
    let text = |bytes: Vec<u8>| String::from_utf8(bytes).expect("UTF-8 comes out");
    (
        output.status.code().unwrap_or(-1),
        text(output.stdout),
        text(output.stderr),
    )
}
