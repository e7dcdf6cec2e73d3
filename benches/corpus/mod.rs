//! Generated job logs to measure with: the same bytes from the same seed, on every machine.
//!
//! The form is that of a GitLab trace: section markers, echoed commands in green, coloured tool output, progress bars
//! redrawn with a lone CR, the runner's clock on a part of the logs, a verdict at the end. The words are made up.

#![allow(dead_code)] // Each bench uses a part.

use std::fs::{self, File};
use std::io::{self, BufWriter, Write};
use std::path::Path;

const WORDS: &[&str] = &[
    "build", "deploy", "cache", "stage", "module", "config", "service", "image", "layer",
    "package", "update", "release", "branch", "commit", "artifact", "target", "server", "client",
    "network", "volume", "bucket", "session", "handler", "worker", "queue", "index", "schema",
    "metric", "format", "parser", "stream", "buffer", "socket", "render", "router", "storage",
    "backend", "common", "utils", "adapter", "bridge", "core", "invoice", "harbour",
];
const PARTS: &[fn(&mut Gen) -> String] = &[npm, python, maven, image, rust, service, decoys];

/// Lines that look worse than they are; a log is full of them.
const DECOYS: &[&str] = &[
    "0 errors, 0 warnings",
    "Retrying in 2 s: connection reset by peer (attempt 1/5)",
    "WARNING: cache file does not exist, continuing",
    "error handling middleware registered",
    "    ok: should throw an error: invalid input",
    "test errors::fatal_is_reported ... ok",
    "note: the step is allowed to fail",
    "fallback: permission denied for optional probe, skipped",
];

/// How the failing step ends.
const FAILURES: &[&str] = &[
    "npm error code E404\nnpm error 404 Not Found - GET https://registry.example.com/left - Not found",
    "ModuleNotFoundError: No module named 'invoice_settings'",
    "denied: requested access to the resource is denied",
    "write /var/lib/docker/tmp/x: no space left on device",
    "fatal: unable to access 'https://git.example.com/a/b.git/': Could not resolve host: git.example.com",
    "make: *** [Makefile:12: check] Error 2",
    "error[E0425]: cannot find value `total` in this scope",
    "the invoice of harbour 7 does not add up",
];

/// A small generator of numbers and text.
pub struct Gen {
    state: u64,
    seconds: u64,
}

impl Gen {
    pub fn new(seed: u64) -> Self {
        Self {
            state: seed.wrapping_mul(0x9E37_79B9_7F4A_7C15) | 1,
            seconds: 0,
        }
    }

    /// A number below `n`.
    pub fn below(&mut self, n: usize) -> usize {
        self.state ^= self.state << 13;
        self.state ^= self.state >> 7;
        self.state ^= self.state << 17;
        ((self.state >> 11) % n.max(1) as u64) as usize
    }

    fn pick(&mut self, list: &[&'static str]) -> &'static str {
        list[self.below(list.len())]
    }

    fn word(&mut self) -> &'static str {
        self.pick(WORDS)
    }

    fn words(&mut self, least: usize, most: usize) -> String {
        let n = least + self.below(most - least + 1);
        let words: Vec<&str> = (0..n).map(|_| self.word()).collect();
        words.join(" ")
    }

    fn hex(&mut self, digits: usize) -> String {
        (0..digits)
            .map(|_| char::from(b"0123456789abcdef"[self.below(16)]))
            .collect()
    }

    fn version(&mut self) -> String {
        format!("{}.{}.{}", self.below(20), self.below(30), self.below(12))
    }

    fn path(&mut self) -> String {
        let end = self.pick(&["rs", "ts", "py", "java", "go", "yml"]);
        format!("src/{}/{}_{}.{end}", self.word(), self.word(), self.word())
    }

    /// So many lines of a kind.
    fn many(
        &mut self,
        least: usize,
        most: usize,
        mut line: impl FnMut(&mut Self) -> String,
    ) -> String {
        let n = least + self.below(most - least + 1);
        (0..n).map(|_| line(self) + "\n").collect()
    }

    /// A job log of about so many bytes; it fails unless told otherwise.
    pub fn log(&mut self, size: usize, fails: bool, out: &mut impl Write) -> io::Result<()> {
        let stamped = self.below(6) == 0;
        let mut left = size as i64;
        let mut write = |gen_: &mut Self, text: &str| -> io::Result<i64> {
            let mut written = 0;
            for line in text.split_inclusive('\n') {
                if stamped {
                    gen_.seconds += 1;
                    let (h, m, s) = (
                        gen_.seconds / 3600 % 24,
                        gen_.seconds / 60 % 60,
                        gen_.seconds % 60,
                    );
                    let stamp = format!(
                        "2026-03-01T{h:02}:{m:02}:{s:02}.{:06}Z 00O ",
                        gen_.below(1_000_000)
                    );
                    out.write_all(stamp.as_bytes())?;
                    written += stamp.len() as i64;
                }
                out.write_all(line.as_bytes())?;
                written += line.len() as i64;
            }
            Ok(written)
        };
        left -= write(
            self,
            "Running with gitlab-runner 17.10.3 (0a1b2c3d)\n  on shared-7 abcdefgh, system ID: s_0123456789ab\n\
             section_start:1767225600:prepare_executor\r\x1b[0K\x1b[36;1mPreparing the \"docker\" executor\x1b[0;m\n\
             Using Docker executor with image alpine:3.20 ...\nsection_end:1767225603:prepare_executor\r\x1b[0K\
             section_start:1767225603:step_script\r\x1b[0K\x1b[36;1mExecuting \"step_script\" stage of the job script\x1b[0;m\n",
        )?;
        while left > 0 {
            let part = PARTS[self.below(PARTS.len())](self);
            left -= write(self, &part)?;
        }
        if fails {
            let failure = format!("{}\n", self.pick(FAILURES));
            write(self, &failure)?;
            write(
                self,
                "section_end:1767225900:step_script\r\x1b[0K\x1b[31;1mERROR: Job failed: exit code 1\n\x1b[0;m\n",
            )?;
        } else {
            write(
                self,
                "section_end:1767225900:step_script\r\x1b[0K\x1b[32;1mJob succeeded\n\x1b[0;m\n",
            )?;
        }
        Ok(())
    }
}

fn npm(g: &mut Gen) -> String {
    let mut out = "\x1b[32;1m$ npm ci --prefer-offline\x1b[0;m\n".to_owned();
    for k in 0..4 + g.below(20) {
        let (bar, word, ms) = ("#".repeat(k), g.word(), g.below(900));
        out += &format!(
            "[{bar:<24}] / reify:{word}: \x1b[32mtiming\x1b[0m {word} http fetch GET 200 {ms}ms\r"
        );
    }
    out += "\x1b[0K\n";
    out += &g.many(2, 12, |g| {
        let (word, version) = (g.word(), g.version());
        format!("npm \x1b[33mWARN\x1b[0m \x1b[35mdeprecated\x1b[0m {word}@{version}: this version is no longer supported")
    });
    out + &g.many(20, 90, |g| {
        let (words, ms) = (g.words(3, 9), g.below(400));
        format!("  \x1b[32m✓\x1b[0m {words} ({ms} ms)")
    })
}

fn python(g: &mut Gen) -> String {
    let mut out = "\x1b[32;1m$ pip install -r requirements.txt\x1b[0;m\n".to_owned();
    out += &g.many(5, 40, |g| {
        let (word, version) = (g.word(), g.version());
        format!(
            "Collecting {word}=={version}\n  Downloading {word}-{version}-py3-none-any.whl (1.2 MB)"
        )
    });
    out + &g.many(10, 120, |g| {
        let (a, b, c, percent) = (g.word(), g.word(), g.word(), g.below(101));
        format!(
            "tests/{a}/test_{b}.py::test_{c} \x1b[32mPASSED\x1b[0m\x1b[32m [{percent:3}%]\x1b[0m"
        )
    })
}

fn maven(g: &mut Gen) -> String {
    let mut out = "\x1b[32;1m$ mvn -B verify\x1b[0;m\n".to_owned();
    out += &g.many(20, 200, |g| {
        let (a, b, version) = (g.word(), g.word(), g.version());
        match g.below(3) {
            0 => format!("[\x1b[1;34mINFO\x1b[m] Downloading from central: https://repo.example.com/{a}/{b}/{version}.pom"),
            1 => format!("Progress (1): 16/90 kB\rProgress (1): 90/90 kB\r[INFO] Downloaded from central: {a}/{b}.jar (90 kB)"),
            _ => format!("[\x1b[1;34mINFO\x1b[m] Tests run: {}, Failures: 0, Errors: 0, Skipped: 0 -- in {a}.{b}Test", g.below(90)),
        }
    });
    out
}

fn image(g: &mut Gen) -> String {
    let mut out =
        "\x1b[32;1m$ docker build --pull -t \"$CI_REGISTRY_IMAGE\" .\x1b[0;m\n".to_owned();
    out += &g.many(20, 90, |g| {
        let (step, word, version) = (g.below(20), g.word(), g.version());
        match g.below(3) {
            0 => format!("#{step} sha256:{} 1.20MB / 9.00MB 0.3s", g.hex(64)),
            1 => format!("#{step} 4.{:03} Get:7 http://deb.example.com/debian bookworm/main amd64 lib{word} amd64 {version}", g.below(999)),
            _ => format!("#{step} 9.{:03} Setting up lib{word} ({version}) ...", g.below(999)),
        }
    });
    out
}

fn rust(g: &mut Gen) -> String {
    let mut out = "\x1b[32;1m$ cargo test --locked\x1b[0;m\n".to_owned();
    out += &g.many(20, 140, |g| {
        let (word, version) = (g.word(), g.version());
        format!("\x1b[1m\x1b[32m   Compiling\x1b[0m {word} v{version}")
    });
    out += &g.many(0, 5, |g| {
        let (word, path) = (g.word(), g.path());
        format!("\x1b[1m\x1b[33mwarning\x1b[0m\x1b[1m: unused variable: `{word}`\x1b[0m\n  \x1b[1m\x1b[38;5;12m--> \x1b[0m{path}:12:9")
    });
    out + &g.many(10, 150, |g| {
        let (a, b, c) = (g.word(), g.word(), g.word());
        format!("test {a}::{b}::{c} ... \x1b[32mok\x1b[0m")
    })
}

fn service(g: &mut Gen) -> String {
    let mut out = "\x1b[32;1m$ ./ci/run-integration.sh\x1b[0;m\n".to_owned();
    out += &g.many(20, 160, |g| {
        let (a, words, path) = (g.word(), g.words(3, 10), g.path());
        match g.below(8) {
            0..3 => format!("2026-03-01T10:00:00.123Z INFO [{a}-{}] c.e.{a} - {words} took {} ms", g.below(16), g.below(3000)),
            3..6 => format!("{{\"level\":\"info\",\"caller\":\"{path}:7\",\"msg\":\"{words}\",\"trace\":\"{}\"}}", g.hex(32)),
            6 => format!("\tat com.example.{a}.Main({path}:{})", g.below(900)),
            _ => format!("→ {words} … 日本語 größe"),
        }
    });
    out
}

fn decoys(g: &mut Gen) -> String {
    g.many(1, 3, |g| g.pick(DECOYS).to_owned())
}

/// Source code and prose: text that is no log.
pub fn foreign(g: &mut Gen) -> String {
    match g.below(3) {
        0 => g.many(10, 40, |g| {
            let (a, b, c) = (g.word(), g.word(), g.word());
            format!(
                "    let {a}_{b} = self.{c}.get(&{a})?.{b}(|x| x.{c}() + {});",
                g.below(99)
            )
        }),
        1 => g.many(5, 20, |g| {
            let words = g.words(8, 18);
            format!(
                "The {words} of the {} is returned, unless an error occurs while it is read.",
                g.word()
            )
        }),
        _ => g.many(10, 30, |g| {
            let (a, b) = (g.word(), g.word());
            format!(
                "def test_{a}_{b}(self, {b}):\n    assert self.{a}({b}) == \"{}\"",
                g.hex(8)
            )
        }),
    }
}

/// Writes a file of about so many bytes, piece by piece.
pub fn write(path: &Path, size: u64, mut piece: impl FnMut(u64, &mut Vec<u8>)) -> io::Result<()> {
    if fs::metadata(path).is_ok_and(|m| m.len() >= size) {
        return Ok(());
    }
    let mut out = BufWriter::with_capacity(1 << 20, File::create(path)?);
    let (mut written, mut turn, mut text) = (0, 0, Vec::new());
    while written < size {
        text.clear();
        piece(turn, &mut text);
        turn += 1;
        out.write_all(&text)?;
        written += text.len() as u64;
    }
    out.flush()
}

/// One log of that size.
pub fn big(path: &Path, size: u64) -> io::Result<()> {
    if fs::metadata(path).is_ok_and(|m| m.len() >= size) {
        return Ok(());
    }
    let mut out = BufWriter::with_capacity(1 << 20, File::create(path)?);
    Gen::new(1).log(size as usize, true, &mut out)?;
    out.flush()
}

/// A folder of logs, 60 KB on the average, most of them of failed jobs.
pub fn folder(dir: &Path, files: usize) -> io::Result<()> {
    fs::create_dir_all(dir)?;
    for k in 0..files {
        let path = dir.join(format!("{k:05}.log"));
        if path.exists() {
            continue;
        }
        let mut g = Gen::new(1000 + k as u64);
        // Many small ones, few big ones.
        let size = 4_000 << g.below(7);
        let mut out = BufWriter::new(File::create(path)?);
        g.log(size, k % 5 != 0, &mut out)?;
        out.flush()?;
    }
    Ok(())
}

/// A made-up pattern with words that stand in no log.
pub fn pattern(g: &mut Gen, number: usize) -> jobtriage::pattern::Pattern {
    let phrase = format!("{} {} {}", g.word(), g.hex(3), g.word());
    let id = format!("made-up/{}-{number}", g.word());
    let source = format!(
        r#"role = "root_cause"
confidence = "high"
owner = "project"
retry = "never"
category = "build"
provenance = {{ level = "unverified" }}
[[match]]
regex = '''^{phrase} of (?P<what>\S+) failed'''
[text.en]
title = "{phrase}"
cause = "It is made up."
fix = ["Nothing."]
[tests]
matches = ["{phrase} of x failed"]
ignores = ["{phrase} of x"]
"#
    );
    let cost = &jobtriage::prefilter::background::literal_cost;
    jobtriage::pattern::compile::compile("made-up.toml", &id, &source, cost)
        .map(|(pattern, _)| pattern)
        .unwrap_or_else(|error| panic!("a made-up pattern is refused: {error}"))
}
