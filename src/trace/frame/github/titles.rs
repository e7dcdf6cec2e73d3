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
/// Tools that do what they are told to, and build if they are told nothing.
const BY_TARGET: &[&str] = &["make", "ninja", "nox", "tox"];
/// Words of commands, and of the names of steps, that put things away, set them up, or tell of them.
const NO_WORK: &[&str] = &[
    "clean",
    "cleanup",
    "delete",
    "deploy",
    "destroy",
    "distclean",
    "down",
    "env",
    "environment",
    "info",
    "install",
    "prune",
    "remove",
    "result",
    "results",
    "rm",
    "status",
    "stop",
    "teardown",
    "undeploy",
    "uninstall",
];
/// Words in the names of steps that do more than to print something.
const MORE: &[&str] = &[
    "and", "build", "deploy", "install", "login", "publish", "run", "test", "tests", "then",
];
/// Words of commands that later ones need.
const NEEDED: &[&str] = &[
    "add", "apply", "ci", "clone", "create", "deploy", "fetch", "install", "login", "publish",
    "pull", "push", "restore", "sync", "up",
];
/// Words between a tool and its task: `npm run lint`, `python -m mypy`.
const BETWEEN: &[&str] = &["dlx", "exec", "run", "run-script"];
/// Programs that check, and do nothing else.
const CHECKERS: &[&str] = &["bandit", "eslint", "mypy", "prettier", "safety", "snyk"];
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
        let plain = || !runs_work(&script) && !words(&script).any(|word| NEEDED.contains(&word));
        let tells =
            holds(TELLING) || words(&script).any(is_telling) || named_telling(&name) && plain();
        let of_script = kind == Kind::Script && !tells;
        let named = || named_work(&name) && !no_work(&script);
        let works = of_script && !optional && (runs_work(&script) || named());
        Self {
            optional,
            tells,
            works,
            looks: of_script && !works && (only_checks(&script) || only_looks(&script)),
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

/// Whether a step's name begins with such a word: `Print the logs`. `Log in to the registry` and `Show versions and run tests` do more.
fn named_telling(name: &str) -> bool {
    const SESSION: &[&str] = &["in", "into", "on", "out"];
    let words: Vec<&str> = words(name).filter(|word| !word.is_empty()).collect();
    let Some((first, rest)) = words.split_first() else {
        return false;
    };
    let session = *first == "log" && rest.first().is_some_and(|word| SESSION.contains(word));
    let more = rest.iter().any(|word| MORE.contains(word));
    !session && !more && (is_telling(first) || TELLING.contains(first))
}

fn no_work(text: &str) -> bool {
    words(text).any(|word| NO_WORK.contains(&word))
}

/// `Run tests`, `Build the site`; `Test report` only tells.
fn named_work(name: &str) -> bool {
    let name = name.strip_prefix("run ").unwrap_or(name);
    let tells = TELLING.iter().any(|word| name.contains(word)) || words(name).any(is_telling);
    !tells
        && !no_work(name)
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

/// What stands behind the program of a command.
fn arguments<'c>(program: &str, command: &'c str) -> impl Iterator<Item = &'c str> + Clone {
    let before = move |word: &&str| *word != program;
    let words = command.split_whitespace().skip_while(before);
    words.skip(1).collect::<Vec<_>>().into_iter()
}

/// `cd app && npm test`, `python -m pytest`, `python test.py`; names with more in them may be of anything.
fn runs_work(script: &str) -> bool {
    commands(script).any(|(program, command)| is_work(program, command))
}

fn is_work(program: &str, command: &str) -> bool {
    let name = base(program);
    if !TOOLS.contains(&name) || no_work(command) {
        return false;
    }
    let part = |word: &str| WORK.contains(&word);
    if BY_TARGET.contains(&name) {
        let mut targets = arguments(program, command).filter(|word| !word.contains('='));
        let named = |target: &str| {
            let first = words(target).next().unwrap_or_default();
            ["all", "check"].contains(&target) || part(first)
        };
        return targets.clone().all(is_number) || targets.any(named);
    }
    if name == "npx" {
        return arguments(program, command).next().is_some_and(part);
    }
    let mut words = command.split(|c: char| !(c.is_ascii_alphanumeric() || "_-".contains(c)));
    words.any(part)
}

/// What stands behind `-j`, and the like.
fn is_number(word: &str) -> bool {
    word.bytes().all(|b| b.is_ascii_digit())
}

/// `npm run lint`, `cd app && eslint .`, `cargo fmt`: all that it runs is a check, by the program's own name or its task.
fn only_checks(script: &str) -> bool {
    const BESIDES: &[&str] = &["cd", "echo", "export", "set"];
    let is_check = |(program, command): (&str, &str)| {
        let mut rest = arguments(program, command).filter(|word| !BETWEEN.contains(word));
        let task = rest.next().and_then(|task| task.split(':').next());
        let named = |task: &str| task != "coverage" && OPTIONAL.contains(&task);
        let tool = TOOLS.contains(&base(program)) && task.is_some_and(named);
        tool || CHECKERS.contains(&base(program))
    };
    let mut ran = commands(script).filter(|(program, _)| !BESIDES.contains(program));
    ran.next().is_some_and(is_check) && ran.all(is_check)
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
    let mut words = words(base(file));
    words.next().is_some_and(|word| LOOKS.contains(&word))
        // `check-out-submodules.sh`
        && !words.any(|word| word == "out" || NEEDED.contains(&word))
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
            "make clean",
            "make down",
            "make install",
            "make undeploy",
            "make stop",
            "make -C sub",
            "cargo clean -p build",
            "npm install jest",
            "tox -e docs",
            "npx size-bot build",
        ] {
            assert!(!of(command).works, "{command}");
        }
        for command in [
            "make -j 4",
            "make CC=clang",
            "make test-unit",
            "ninja -C build",
        ] {
            assert!(of(command).works, "{command}");
        }
        assert!(!Title::of(Kind::Action, "org/make@v1", None).works);
        let named = |name| Title::of(Kind::Script, "set -e", Some(name));
        assert!(named("Run tests").works && named("Build the site").works);
        assert!(!named("Test report").works && !named("Upload tests").works);
        for name in ["Test results", "Tests cleanup", "Test teardown"] {
            assert!(!named(name).works, "{name}");
        }
        let down = Title::of(Kind::Script, "docker compose down", Some("Test"));
        assert!(!down.works);
    }

    #[test]
    fn steps_that_only_look() {
        for command in [
            "python detect_build_time.py",
            "./check.sh",
            "bash scripts/validate-names.sh",
            "npm run lint",
            "cd app && npx eslint .",
            "npm run format:check",
            "cargo fmt --check",
            "npm audit",
            "mypy src",
        ] {
            assert!(of(command).looks, "{command}");
        }
        for command in [
            "python build_assets.py",
            "./install.sh",
            "check",
            "python",
            "make test",
            "pip install pytest coverage",
            "pip install -r requirements-lint.txt",
            "terraform apply -auto-approve security",
            "docker build -t org/scanner .",
            "npm ci --prefix tools/lint",
            "npm run lint && npm run deploy",
            "./check-out-submodules.sh",
            "cargo build --features format",
            "coverage run -m pytest",
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
        assert!(!named("Log in to the registry").tells);
        assert!(!named("Show versions and run tests").tells);
        let of = |command, name| Title::of(Kind::Script, command, Some(name)).tells;
        assert!(!of("npm ci", "Print versions") && !of("node -v; npm test", "Show versions"));
        assert!(of("find state", "Print the state (if any)"));
    }
}
