//! Prefixes of wrapping tools that count only once the log has shown which tool runs.
//!
//! By form alone they could be anything: a bar before each line (act in colour, which prints no name there,
//! and BitBake), a name and a word before a colon (turbo, whose tasks have any name), a numbered step (Cloud
//! Build), a word in brackets (concurrently, yarn), a package before a colon (lerna), `err: ` (drone-ssh, on
//! which GitHub's ssh-action builds).

use std::sync::Arc;

use super::foreign::{self, Act};
use super::prefix::{self, Prefix, services};

/// Most packages of one run that are remembered.
const MAX_PACKAGES: usize = 2000;
/// Longest name of a task, in bytes.
const MAX_TASK: usize = 100;
/// drone-ssh's prefixes.
const STREAMS: [&[u8]; 2] = [b"err: ", b"out: "];

/// The wrapping tools that the log has shown so far.
#[derive(Debug, Clone, Default)]
pub struct Wrappers {
    act: bool,
    /// The packages whose tasks turbo runs.
    turbo: Option<Arc<[Box<[u8]>]>>,
    /// Nix quotes the end of a build's log.
    nix: bool,
    /// opam quotes what a build printed.
    opam: bool,
    /// BitBake quotes the log of a task.
    bitbake: bool,
    /// Cloud Build names the step before each of its lines.
    steps: bool,
    /// concurrently and `yarn workspaces foreach` put the name of a command, or its number, before each of its lines.
    named: bool,
    /// lerna streams: a package stands before each line.
    lerna: bool,
    /// drone-ssh says before each line of a remote script whether it went to `out` or to `err`.
    ssh: bool,
}

impl Wrappers {
    /// Reads a line that may show such a tool.
    pub(super) fn read(&mut self, text: &str) {
        if let Some(packages) = packages(text) {
            let packages = packages.split(", ").take(MAX_PACKAGES);
            let packages = packages.map(|name| name.trim().as_bytes().into());
            self.turbo = Some(packages.collect());
        }
        self.nix |= text.trim_end().ends_with(" log lines:") && text.contains("ast ");
        self.opam |= text.starts_with("### output ###");
        self.steps |= text.starts_with("Starting Step #") || text.starts_with("starting build \"");
        if let Some(command) = text.strip_prefix("> ") {
            self.named |= names_its_lines(command);
        }
        self.lerna |= text.starts_with("lerna info Executing command in ");
        self.bitbake |= text.ends_with("Log data follows:");
        self.ssh |= text.trim() == "======CMD======";
        let runs = |(job, says): (&str, Act<'_>)| !job.is_empty() && matches!(says, Act::Runs(_));
        self.act = self.act || foreign::act(text).is_some_and(runs);
    }

    /// Reads an echoed command, which ends the names of the one before.
    pub(super) fn read_command(&mut self, command: &str) {
        self.named = names_its_lines(command);
    }

    /// Whether any such tool is known.
    #[inline]
    pub(super) fn any(&self) -> bool {
        self.act
            || self.turbo.is_some()
            || self.nix
            || self.opam
            || self.bitbake
            || self.steps
            || self.named
            || self.lerna
            || self.ssh
    }

    /// Splits the prefixes of known tools off a line, and of other wrappers behind them.
    pub(super) fn split_off(&self, line: &[u8], prefix: &mut Prefix) {
        for _ in 0..2 {
            let starts = prefix.content == prefix.stamps;
            let Some((len, name)) = self.split(&line[prefix.content..], starts) else {
                break;
            };
            let stream = if name.is_empty() {
                0
            } else {
                prefix::stream(name)
            };
            prefix.behind(len, stream);
            prefix::wrappers(line, prefix);
        }
    }

    /// Length of one prefix, and the text that names its output. `starts` means that no other prefix precedes
    /// it.
    fn split<'t>(&self, text: &'t [u8], starts: bool) -> Option<(usize, &'t [u8])> {
        match text.first()? {
            b' ' | 0xe2 if self.nix && starts => nix(text).map(|len| (len, &[][..])),
            b'e' | b'o' if self.ssh && starts && STREAMS.iter().any(|s| text.starts_with(s)) => {
                Some((STREAMS[0].len(), &[]))
            }
            b'#' if self.opam && starts && text.starts_with(b"# ") => Some((2, &[])),
            b'S' if self.steps && starts => services::step(text),
            b'[' if self.named && starts => command(text),
            b'@' if self.lerna && starts => package(text),
            b'|' if (self.act || self.bitbake) && starts => match text.get(1) {
                None => Some((1, &[])),
                Some(b' ') => Some((2, &[])),
                Some(_) => None,
            },
            _ => task(text, self.turbo.as_deref()?),
        }
    }
}

/// Whether a command puts a name before each line of what it runs.
fn names_its_lines(command: &str) -> bool {
    const RUNS: &[&str] = &[
        "npx", "pnpx", "bunx", "yarn", "pnpm", "bun", "exec", "dlx", "run", "x", "&&", ";", "--",
    ];
    let mut before = "&&";
    command.contains("workspaces foreach")
        || command.split_whitespace().any(|word| {
            let by_name = word == "concurrently" && RUNS.contains(&before);
            before = word;
            by_name || word.ends_with("/.bin/concurrently")
        })
}

/// `[web] `, `[0] ` (concurrently), `[web]: ` (yarn), and the name. A level in brackets is a logger's.
fn command(text: &[u8]) -> Option<(usize, &[u8])> {
    let close = memchr::memchr(b']', &text[..text.len().min(MAX_TASK)])?;
    let name = text[1..close].trim_ascii();
    let end = close + 1 + usize::from(text.get(close + 1) == Some(&b':'));
    let known = !name.is_empty() && !prefix::is_level(name) && text.get(end) == Some(&b' ');
    known.then_some((end + 1, name))
}

/// `@scope/web: ` (lerna with `--stream`), and the name; one without a scope could be anything.
fn package(text: &[u8]) -> Option<(usize, &[u8])> {
    let (name, len) = prefix::before_colon(text)?;
    prefix::has_scope(name).then_some((len, name))
}

/// `       > ` (Nix, behind `last 10 log lines:`), and `┃       > ` where nom draws a frame.
fn nix(text: &[u8]) -> Option<usize> {
    let frame = "\u{2503}".as_bytes();
    let text_at = if text.starts_with(frame) {
        frame.len()
    } else {
        0
    };
    let blanks = text[text_at..].iter().take_while(|b| **b == b' ').count();
    let at = text_at + blanks;
    (blanks >= 2 && text[at..].starts_with(b"> ")).then_some(at + 2)
}

/// The packages in turbo's header `• Packages in scope: docs, web`. Its bullet may be misencoded.
fn packages(text: &str) -> Option<&str> {
    let (bullet, packages) = text.split_once("Packages in scope: ")?;
    let bullet = bullet.trim();
    let sign = !bullet.is_empty() && bullet.len() <= 8 && !bullet.is_ascii();
    sign.then_some(packages)
}

/// `web:build:prod: `, `@scope/web:test.unit: `, `//:build: `, `//#build: `: package, task.
fn task<'t>(text: &'t [u8], packages: &[Box<[u8]>]) -> Option<(usize, &'t [u8])> {
    let colon = memchr::memchr2(b':', b'#', text)?;
    let (package, behind) = (&text[..colon], &text[colon + 1..]);
    let root = package == b"//";
    if !root && (text[colon] == b'#' || !packages.iter().any(|name| **name == *package)) {
        return None;
    }
    let word = behind.iter().take(MAX_TASK + 1);
    let len = word.take_while(|b| !b.is_ascii_whitespace()).count();
    let task = behind[..len].strip_suffix(b":")?;
    if !task.first().is_some_and(u8::is_ascii_alphabetic) {
        return None;
    }
    let name = colon + 1 + task.len();
    Some(((name + 2).min(text.len()), &text[..name]))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn content<'t>(wrappers: &Wrappers, text: &'t str) -> &'t str {
        let split = wrappers.split(text.as_bytes(), true);
        &text[split.map_or(0, |(len, _)| len)..]
    }

    fn after_line(line: &str) -> Wrappers {
        let mut wrappers = Wrappers::default();
        wrappers.read(line);
        wrappers
    }

    #[test]
    fn tasks_have_any_name_once_their_packages_are_known() {
        let turbo = after_line("   \u{2022} Packages in scope: //, @Acme/ui, error, web");
        for (line, text) in [
            ("web:build:prod: error: x", "error: x"),
            ("web:test.unit: x", "x"),
            ("web:test.unit:", ""),
            ("@Acme/ui:e2e_smoke:  x", " x"),
            ("//:build: x", "x"),
            ("//#build: x", "x"),
            ("error:lint: x", "x"),
        ] {
            assert_eq!(content(&turbo, line), text, "{line}");
        }
        for line in [
            "error: x",
            "web: x",
            "web:build x: y",
            "web:3000: connection refused",
            "web:build:x",
            "web:",
            "web#build: x",
            "src/main.rs:3: x",
            "docs:build: x",
            "// build: x",
            "| x",
        ] {
            assert_eq!(content(&turbo, line), line);
        }
        assert!(after_line("\u{d4}\u{c7}\u{f3} Packages in scope: web").any());
    }

    #[test]
    fn nix_and_opam_quote_what_a_build_printed() {
        let nix = after_line("       last 10 log lines:");
        assert_eq!(content(&nix, "       > make: *** x"), "make: *** x");
        assert_eq!(
            content(&nix, "\u{2503}        > make: *** x"),
            "make: *** x"
        );
        assert_eq!(content(&nix, "> make"), "> make");
        assert_eq!(content(&nix, "  - > make"), "  - > make");
        let opam = after_line("### output ###");
        assert_eq!(content(&opam, "# Error: x"), "Error: x");
        assert_eq!(content(&opam, "## Error"), "## Error");
        assert_eq!(content(&opam, "    > x"), "    > x");
        for line in ["the last 10 lines:", "see the log lines:", "## output"] {
            assert!(!after_line(line).any(), "{line}");
        }
    }

    #[test]
    fn a_remote_script_is_quoted() {
        let ssh = after_line("======CMD======");
        assert_eq!(
            content(&ssh, "err: bash: line 1: docker: command not found"),
            "bash: line 1: docker: command not found"
        );
        assert_eq!(content(&ssh, "out:   indented"), "  indented");
        for line in ["error: x", "err:x", "output: x"] {
            assert_eq!(content(&ssh, line), line);
        }
        for line in ["err: x", "======END======"] {
            assert!(!after_line(line).any(), "{line}");
        }
    }

    #[test]
    fn steps_are_cloud_builds_once_one_has_started() {
        let steps = after_line("Starting Step #0 - \"unit tests\"");
        assert!(after_line("starting build \"1f2e\"").any());
        for (line, text) in [
            ("Step #0: npm error code E404", "npm error code E404"),
            ("Step #12 - \"unit tests\": npm error", "npm error"),
            ("Step #12 - \"unit tests\":", ""),
            ("Step #1 failed", "Step #1 failed"),
            ("Step #1: ", ""),
        ] {
            assert_eq!(content(&steps, line), text);
        }
        assert!(!after_line("Step #1: build").any());
    }

    #[test]
    fn a_word_in_brackets_is_a_command_where_some_run_concurrently() {
        for command in [
            "npx concurrently -k \"npm:build-*\"",
            "concurrently \"tsc -w\" \"vite\"",
            "cd web && yarn concurrently a b",
            "./node_modules/.bin/concurrently a b",
            "yarn workspaces foreach -Apv run test",
        ] {
            let mut runs = Wrappers::default();
            runs.read_command(command);
            assert_eq!(content(&runs, "[build-a] FAIL x"), "FAIL x", "{command}");
            assert_eq!(content(&runs, "[0]   indented"), "  indented");
            assert_eq!(content(&runs, "[web]: x"), "x");
            for line in [
                "[error] x",
                "[ INFO ] x",
                "[] x",
                "[0]x",
                "[0",
                "[0]",
                "[0]:",
            ] {
                assert_eq!(content(&runs, line), line);
            }
            runs.read_command("cat a.log");
            assert!(!runs.any(), "{command}");
        }
        assert!(after_line("> concurrently a").any());
        for line in [
            "tests run concurrently ",
            "concurrently a",
            "> run concurrently-all",
        ] {
            assert!(!after_line(line).any(), "{line}");
        }
        for command in [
            "npm ci",
            "echo they ran concurrently now",
            "echo concurrently",
        ] {
            let mut runs = Wrappers::default();
            runs.read_command(command);
            assert!(!runs.any(), "{command}");
        }
    }

    #[test]
    fn a_package_with_a_scope_is_lernas_once_it_has_said_so() {
        let lerna = after_line("lerna info Executing command in 2 packages: \"npm run test\"");
        assert_eq!(
            content(&lerna, "@acme/web: FAIL a.test.ts"),
            "FAIL a.test.ts"
        );
        assert_eq!(content(&lerna, "@acme/web:"), "");
        for line in ["@acme/web@1.0.0: x", "web: x", "@acme/web:x"] {
            assert_eq!(content(&lerna, line), line);
        }
        assert!(!after_line("lerna info version 6").any());
    }

    #[test]
    fn a_bar_is_bitbakes_where_the_log_of_a_task_follows() {
        let bitbake = after_line("Log data follows:");
        assert_eq!(content(&bitbake, "| a.c:3: error: x"), "a.c:3: error: x");
        assert_eq!(
            content(&bitbake, "ERROR: Task failed"),
            "ERROR: Task failed"
        );
        assert!(!after_line("Log data follows").any());
    }

    #[test]
    fn a_bar_is_acts_where_act_has_named_a_step() {
        let act = after_line("[ci/build] \u{2b50} Run Main npm ci");
        assert_eq!(content(&act, "| npm error x"), "npm error x");
        assert_eq!(content(&act, "|   indented"), "  indented");
        assert_eq!(content(&act, "|"), "");
        assert_eq!(content(&act, "||"), "||");
        assert_eq!(content(&act, "web:x.y: z"), "web:x.y: z");
        assert_eq!(act.split(b"| x", false), None);
        for line in [
            "",
            "| x",
            "Packages in scope: web",
            "see: Packages in scope: web",
            "\u{2b50} Run Main npm ci",
            "[ci/build] \u{1f3c1}  Job failed",
        ] {
            assert!(!after_line(line).any(), "{line}");
        }
    }
}
