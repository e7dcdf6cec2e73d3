//! Every command in the documentation runs: each block is run by a shell, with our program and stand-ins for others'. What those would
//! make of their arguments (the filters of `jq`, the requests of `curl`, all that `cargo` and `podman` build) is not tested.
#![cfg(unix)]

use std::fs;
use std::os::unix::fs::{PermissionsExt, symlink};
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};

/// Documents whose blocks are run, in this order, each in a folder of its own.
const DOCUMENTS: &[&str] = &[
    "README.md",
    "docs/scan.md",
    "docs/formats.md",
    "docs/ci.md",
    "docs/configuration.md",
    "docs/install.md",
];

/// What the jobs in docs/ci.md publish.
const PUBLISHED: &[&str] = &[
    "triage.xml",
    "gl-code-quality-report.json",
    "triage.md",
    "triage.html",
    "triage.sarif",
    "summary.md",
    "known.json",
];

/// Programs of others: what they would print, as far as our commands need it.
const STAND_INS: &[(&str, &str)] = &[
    ("glab", "cat \"$JOB_LOG\""),
    ("gh", "cat \"$JOB_LOG\""),
    ("cargo", "exit 0"),
    ("rustup", "exit 0"),
    ("podman", "exit 0"),
    (
        "curl",
        "out=''; for a do [ \"$last\" = --output ] && out=$a; last=$a; done\n\
         if [ -n \"$out\" ]; then cp \"$JOB_LOG\" \"$out\"; else echo '[{\"id\": 4711, \"name\": \"build job\"}]'; fi",
    ),
    (
        "jq",
        "case $* in -r*) echo '4711 build-job' ;; *) echo 17 ;; esac",
    ),
];

fn root() -> PathBuf {
    PathBuf::from(env!("CARGO_MANIFEST_DIR"))
}

/// A folder as the documents assume it, with the programs they call.
fn sandbox(name: &str) -> PathBuf {
    let dir = Path::new(env!("CARGO_TARGET_TMPDIR"))
        .join("docs")
        .join(name.replace('/', "-"));
    let _ = fs::remove_dir_all(&dir);
    let bin = dir.join("bin");
    fs::create_dir_all(&bin).unwrap();
    symlink(env!("CARGO_BIN_EXE_jobtriage"), bin.join("jobtriage")).unwrap();
    for (name, script) in STAND_INS {
        fs::write(bin.join(name), format!("#!/bin/sh\n{script}\n")).unwrap();
        fs::set_permissions(bin.join(name), fs::Permissions::from_mode(0o755)).unwrap();
    }
    let work = dir.join("work");
    // A repository may have a folder of its own for what a job wants to make.
    for folder in ["exported/app", "more/deep", ".git", "ci/patterns", "logs"] {
        fs::create_dir_all(work.join(folder)).unwrap();
    }
    for folder in ["bash-completion/completions", "man/man1"] {
        fs::create_dir_all(dir.join("home/.local/share").join(folder)).unwrap();
    }
    let sample = |name: &str| fs::read(root().join("samples").join(name)).unwrap();
    let docker = sample("02-docker-build-arg-without-arg.log");
    let pull = sample("03-kubernetes-image-back-off.log");
    for name in [
        "job.log",
        "other.log.gz",
        "exported/app/1.log",
        "more/deep/2.log",
    ] {
        fs::write(work.join(name), &docker).unwrap();
    }
    fs::write(work.join("exported/3.log"), &pull).unwrap();
    fs::write(
        work.join("passing.log"),
        "$ docker build .\nJob succeeded\n",
    )
    .unwrap();
    fs::write(
        work.join("node-check.txt"),
        "Error response from daemon: Get \"https://registry.example.com/v2/\": dial tcp 192.0.2.1:443: i/o timeout\n",
    )
    .unwrap();
    dir
}

/// A block of commands, and where it stands.
struct Block {
    line: usize,
    script: String,
}

/// What a document tells people to type: `sh` blocks, blocks without a language that begin with our program or a pipe to it, and
/// scripts within `yaml` blocks.
fn blocks(text: &str) -> Vec<Block> {
    let mut found = Vec::new();
    let mut lines = text.lines().enumerate();
    while let Some((at, line)) = lines.next() {
        let Some(language) = line.strip_prefix("```") else {
            continue;
        };
        let body: Vec<&str> = lines
            .by_ref()
            .map(|(_, l)| l)
            .take_while(|l| !l.starts_with("```"))
            .collect();
        let mut add = |script: String| {
            found.push(Block {
                line: at + 1,
                script,
            })
        };
        match language {
            "sh" => add(body.join("\n")),
            "yaml" => scripts(&body).into_iter().for_each(&mut add),
            "" if body
                .iter()
                .any(|l| l.starts_with("jobtriage ") && !l.starts_with("jobtriage  ")) =>
            {
                // One pastes into a terminal only.
                let typed = body.iter().filter(|l| !l.starts_with("jobtriage  "));
                add(typed.copied().collect::<Vec<_>>().join("\n"));
            }
            _ => {}
        }
    }
    found
}

/// The literal blocks (`- |`, `run: |`) of a YAML text.
fn scripts(yaml: &[&str]) -> Vec<String> {
    let indent = |line: &str| line.len() - line.trim_start().len();
    let mut found = Vec::new();
    for at in (0..yaml.len()).filter(|at| yaml[*at].ends_with(" |")) {
        let body = &yaml[at + 1..];
        let inner = body.first().map_or(0, |line| indent(line));
        let body = body
            .iter()
            .take_while(|line| line.trim().is_empty() || indent(line) >= inner);
        let body: Vec<&str> = body.map(|line| line.get(inner..).unwrap_or("")).collect();
        found.push(body.join("\n"));
    }
    found
}

#[test]
fn every_command_of_the_documents_runs() {
    let mut run = 0;
    for document in DOCUMENTS {
        let text = fs::read_to_string(root().join(document)).unwrap();
        let dir = sandbox(document);
        for block in blocks(&text) {
            let path = format!(
                "{}:{}",
                dir.join("bin").display(),
                std::env::var("PATH").unwrap()
            );
            let output = Command::new("sh")
                .args(["-eu", "-c", &block.script])
                .current_dir(dir.join("work"))
                .env_clear()
                .env("PATH", path)
                .env("HOME", dir.join("home"))
                .env("LANG", "C.UTF-8")
                .env("JOB_LOG", dir.join("work/job.log"))
                .env("TRIAGE_TOKEN", "token")
                .env("CI_API_V4_URL", "https://git.example.com/api/v4")
                .env("CI_PROJECT_ID", "1")
                .env("CI_PIPELINE_ID", "2")
                .env("CI_MERGE_REQUEST_IID", "3")
                .env("RUN", "4")
                .env("GITHUB_REPOSITORY", "owner/name")
                .env("GITHUB_STEP_SUMMARY", dir.join("work/summary.md"))
                .stdin(Stdio::null())
                .output()
                .unwrap();
            let told = |bytes: &[u8]| String::from_utf8_lossy(bytes).into_owned();
            assert!(
                output.status.success(),
                "{document}:{}: {}\n{}\n{}{}",
                block.line,
                output.status,
                block.script,
                told(&output.stdout),
                told(&output.stderr)
            );
            run += usize::from(block.script.contains("jobtriage"));
        }
        if *document == "docs/ci.md" {
            for published in PUBLISHED {
                let file = dir.join("work").join(published);
                let bytes = fs::metadata(&file).map_or(0, |data| data.len());
                assert!(bytes > 0, "{published} is published, and not written");
            }
        }
    }
    assert!(run > 15, "{run} blocks were found");
}

/// Whoever reads the manual finds every document.
#[test]
fn the_manual_lists_every_document() {
    let manual = fs::read_to_string(root().join("docs/README.md")).unwrap();
    for entry in fs::read_dir(root().join("docs")).unwrap() {
        let name = entry.unwrap().file_name().into_string().unwrap();
        if name.ends_with(".md") && name != "README.md" {
            assert!(manual.contains(&format!("]({name})")), "{name}");
        }
    }
}

/// Links between documents lead to files that are there, and to headings in them.
#[test]
fn links_between_documents_lead_somewhere() {
    for document in [
        "README.md",
        "docs/README.md",
        "docs/scan.md",
        "docs/formats.md",
        "docs/ci.md",
    ] {
        let text = fs::read_to_string(root().join(document)).unwrap();
        let folder = root().join(document).parent().unwrap().to_path_buf();
        for link in text
            .split("](")
            .skip(1)
            .filter_map(|rest| rest.split(')').next())
        {
            if link.starts_with("http") {
                continue;
            }
            let (file, anchor) = link.split_once('#').unwrap_or((link, ""));
            let path = if file.is_empty() {
                root().join(document)
            } else {
                folder.join(file)
            };
            assert!(path.exists(), "{document}: {link}");
            let slug = |line: &str| {
                line.trim_start_matches(['#', ' '])
                    .to_lowercase()
                    .replace(' ', "-")
            };
            if !anchor.is_empty() {
                let target = fs::read_to_string(&path).unwrap();
                let mut headings = target.lines().filter(|l| l.starts_with('#'));
                assert!(
                    headings.any(|line| slug(line) == anchor),
                    "{document}: {link}"
                );
            }
        }
    }
}
