//! What the first line of a step tells of the step: whether the job may go on behind its failure, and whether it
//! may run behind the failure of another one.
//!
//! The log does not show `continue-on-error` or `if: always()`. It shows the command, and `gh` the step's name.

use super::Kind;

/// What a step is for, as far as its title tells.
#[derive(Debug, Default, Clone, Copy, PartialEq, Eq)]
pub(super) struct Title {
    /// A check that is often allowed to fail.
    pub optional: bool,
    /// It reports on what failed, so it may run always.
    pub tells: bool,
    /// It builds or tests, which is rarely told to run always.
    pub works: bool,
    /// It looks at something, and no later build or test needs what it makes.
    pub looks: bool,
}

/// Words in the titles of checks that are often allowed to fail.
const OPTIONAL: &[&str] = &[
    "audit",
    "bandit",
    "clippy",
    "coverage",
    "deny",
    "eslint",
    "fmt",
    "format",
    "lint",
    "mypy",
    "outdated",
    "prettier",
    "safety",
    "scan",
    "security",
    "snyk",
    "spell",
    "style",
    "type-check",
    "typecheck",
];
/// Words for steps that run always and report on what failed.
const TELLING: &[&str] = &[
    "artifact",
    "cat ",
    "collect",
    "debug",
    "describe",
    "docker ps",
    "dump",
    "events",
    "journalctl",
    "notify",
    "summary",
    "upload",
];
/// The same, but as whole words: `docker login` is no `log`.
const TELLING_WORDS: &[&str] = &["log", "logs", "print", "report", "reports", "show"];
/// Programs that build or test something, most of them if told to.
const TOOLS: &[&str] = &[
    "bazel",
    "bundle",
    "bun",
    "cargo",
    "composer",
    "coverage",
    "ctest",
    "dart",
    "deno",
    "dotnet",
    "flutter",
    "go",
    "gradle",
    "gradlew",
    "jest",
    "make",
    "mix",
    "mocha",
    "mvn",
    "mvnw",
    "ninja",
    "node",
    "nox",
    "npm",
    "npx",
    "php",
    "phpunit",
    "pnpm",
    "poetry",
    "pytest",
    "python",
    "python3",
    "rake",
    "rspec",
    "sbt",
    "swift",
    "tox",
    "uv",
    "vitest",
    "xcodebuild",
    "yarn",
    "zig",
];
/// Words of commands that build or test.
const WORK: &[&str] = &[
    "assemble",
    "build",
    "compile",
    "ctest",
    "jest",
    "make",
    "mocha",
    "ninja",
    "nox",
    "package",
    "phpunit",
    "pytest",
    "rspec",
    "test",
    "tests",
    "tox",
    "unittest",
    "verify",
    "vitest",
    "xcodebuild",
];
/// Words in the names of steps that build or test, behind `Run`.
const WORK_NAMES: &[&str] = &[
    "build",
    "compile",
    "e2e",
    "integration",
    "pytest",
    "test",
    "tests",
    "unit",
];
/// What runs a project's own script.
const RUNNERS: &[&str] = &[
    "bash", "bun", "deno", "node", "perl", "php", "pnpm", "python", "python3", "ruby", "sh",
];
/// First words in the names of scripts that only look at something.
const LOOKS: &[&str] = &[
    "analyse", "analyze", "assess", "check", "detect", "estimate", "evaluate", "inspect",
    "measure", "monitor", "predict", "validate",
];

impl Title {
    /// Of a step of that kind, by the first line of its script, or its action, and its name where `gh` prints it.
    pub fn of(kind: Kind, command: &str, name: Option<&str>) -> Self {
        let script = without_options(command);
        let name = name.unwrap_or_default().to_lowercase();
        let holds = |words: &[&str]| words.iter().any(|word| script.contains(word));
        let optional = holds(OPTIONAL);
        let tells = holds(TELLING) || words(&script).any(is_telling) || named_telling(&name);
        let of_script = kind == Kind::Script && !tells;
        let works = of_script && !optional && (runs_work(&script) || named_work(&name));
        Self {
            optional,
            tells,
            works,
            looks: of_script && !works && (optional || only_looks(&script)),
        }
    }
}

/// The words of a script in lower case, without its options: `--cov-report` is no report.
fn without_options(script: &str) -> String {
    let words = script
        .split_whitespace()
        .filter(|word| !word.starts_with('-'));
    words.collect::<Vec<_>>().join(" ").to_lowercase()
}

fn words(text: &str) -> impl Iterator<Item = &str> {
    text.split(|c: char| !c.is_ascii_alphanumeric())
}

fn is_telling(word: &str) -> bool {
    TELLING_WORDS.contains(&word)
}

/// Whether a step's name begins with such a word: `Print the logs`.
fn named_telling(name: &str) -> bool {
    let first = name.split_whitespace().next().unwrap_or_default();
    !first.is_empty() && (is_telling(first) || TELLING.contains(&first))
}

/// `Run tests`, `Build the site`; `Test report` only tells.
fn named_work(name: &str) -> bool {
    let name = name.strip_prefix("run ").unwrap_or(name);
    let tells = TELLING.iter().any(|word| name.contains(word)) || words(name).any(is_telling);
    !tells
        && words(name)
            .next()
            .is_some_and(|word| WORK_NAMES.contains(&word))
}

/// The commands of a line, each with its program.
fn commands(script: &str) -> impl Iterator<Item = (&str, &str)> {
    script
        .split("&&")
        .flat_map(|part| part.split(';'))
        .filter_map(|command| {
            let mut words = command.split_whitespace();
            let before =
                |word: &&str| word.contains('=') || ["sudo", "time", "exec"].contains(word);
            let program = words.find(|word| !before(word))?;
            Some((program, command))
        })
}

/// The last part of a path.
fn base(path: &str) -> &str {
    path.rsplit('/').next().unwrap_or(path)
}

/// `cd app && npm test`, `python -m pytest`, `python test.py`; names with more in them may be of anything.
fn runs_work(script: &str) -> bool {
    let part = |word: &str| WORK.contains(&word);
    let is_work = |command: &str| {
        let mut words = command.split(|c: char| !(c.is_ascii_alphanumeric() || "_-".contains(c)));
        words.any(part)
    };
    commands(script).any(|(program, command)| TOOLS.contains(&base(program)) && is_work(command))
}

/// `python detect_slow_builds.py`, `./check.sh`: a script of the project whose name begins so.
fn only_looks(script: &str) -> bool {
    let Some((program, command)) = commands(script).next() else {
        return false;
    };
    let file = if RUNNERS.contains(&base(program)) {
        let mut words = command
            .split_whitespace()
            .skip_while(|word| *word != program);
        words.nth(1).unwrap_or_default()
    } else if program.contains('/') {
        program
    } else {
        return false;
    };
    words(base(file))
        .next()
        .is_some_and(|word| LOOKS.contains(&word))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn of(command: &str) -> Title {
        Title::of(Kind::Script, command, None)
    }

    #[test]
    fn steps_that_build_or_test() {
        for command in [
            "make",
            "make -j4 all",
            "python test.py",
            "python -m pytest tests/",
            "python3 manage.py test",
            "cd app && npm test",
            "npm run build",
            "CI=1 yarn test",
            "sudo ./gradlew assemble",
            "go test ./...",
            "cargo build --release",
            "mvn -B verify",
        ] {
            assert!(of(command).works, "{command}");
        }
        for command in [
            "echo \"build failed\"",
            "python detect_build_time.py",
            "python upload.py test",
            "make lint",
            "npm ci",
            "cat test.log",
            "rm -rf build",
            "cargo clippy --tests",
            "",
        ] {
            assert!(!of(command).works, "{command}");
        }
        assert!(!Title::of(Kind::Action, "org/make@v1", None).works);
        let named = |name| Title::of(Kind::Script, "set -e", Some(name));
        assert!(named("Run tests").works && named("Build the site").works);
        assert!(!named("Test report").works && !named("Upload tests").works);
    }

    #[test]
    fn steps_that_only_look() {
        for command in [
            "python detect_build_time.py",
            "./check.sh",
            "bash scripts/validate-names.sh",
            "npm run lint",
        ] {
            assert!(of(command).looks, "{command}");
        }
        for command in [
            "python build_assets.py",
            "./install.sh",
            "check",
            "python",
            "make test",
        ] {
            assert!(!of(command).looks, "{command}");
        }
    }

    #[test]
    fn steps_that_tell_of_what_failed() {
        for command in [
            "cat app.log",
            "docker compose logs",
            "echo \"=== Print ===\"",
        ] {
            assert!(of(command).tells, "{command}");
        }
        for command in ["docker login", "pytest --cov-report=term --summary"] {
            assert!(!of(command).tells, "{command}");
        }
        let named = |name| Title::of(Kind::Script, "set -e", Some(name));
        assert!(named("Print the state").tells && named("Dump it").tells);
        assert!(!named("Build and upload").tells);
    }
}
