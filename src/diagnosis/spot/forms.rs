//! The table of forms in which tools print a place.
//!
//! A form consists of a [`shape`](super::shape) for the line, that line's position relative to the telling one,
//! and the texts that end the message. The first form that names a file of the project wins, so forms of one
//! tool stand before those that many tools use.

/// A form.
#[derive(Debug)]
pub(super) struct Form {
    /// The beginnings of the ids of patterns that the form is for; none means any pattern.
    pub of: &'static [&'static str],
    pub at: At,
    pub shape: &'static str,
    /// How a line begins that no longer belongs to the message, apart from blanks; behind `^` without blanks.
    pub ends: &'static [&'static str],
    pub from: From,
    /// A frame of a stack trace. It is the place only if the program has to be mended.
    pub frame: bool,
}

/// What a relative path starts from.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum From {
    /// The folder in which the command ran.
    Folder,
    /// The folder of the package, which `go test` names below.
    Package,
    /// The folder of the Dockerfile, which the command names.
    Build,
    /// The folder of CMake's sources, which the command names.
    Source,
}

/// The position of the line.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum At {
    /// The telling line itself.
    Own,
    /// The same, but not indented: an indented line may be the output of another program, which built other
    /// sources.
    Line,
    /// At most that many lines below; an empty line ends the message.
    Next(u64),
    /// At most that many lines below.
    Below(u64),
    /// At most that many lines above.
    Above(u64),
    /// At most that many lines above, if all lines between are indented: frames of a traceback.
    Head(u64),
    /// The first line above that is neither indented nor numbered as findings are: the name of their file.
    Title(u64),
    /// Anywhere; other parts of the shape tie the lines together.
    Anywhere,
    /// At most that many lines below a heading of that shape, which may stand anywhere.
    Under(&'static str, u64),
    /// At most that many lines above, the nearest first, up to a heading of that shape.
    Back(&'static str, u64),
}

const fn form(of: &'static [&'static str], at: At, shape: &'static str) -> Form {
    Form {
        of,
        at,
        shape,
        ends: &[],
        from: From::Folder,
        frame: false,
    }
}

const fn until(mut form: Form, ends: &'static [&'static str]) -> Form {
    form.ends = ends;
    form
}

const fn frame(mut form: Form) -> Form {
    form.frame = true;
    form
}

const fn from(mut form: Form, from: From) -> Form {
    form.from = from;
    form
}

use At::{Above, Anywhere, Back, Below, Head, Line, Next, Own, Title, Under};

const ANY: &[&str] = &[];
const DOTNET: &[&str] = &["dotnet/"];
const JEST: &[&str] = &[
    "tests/jest",
    "tests/vitest",
    "tests/mocha",
    "tests/jasmine",
    "tests/karma",
];
/// Linters that print the name of a file above its findings.
const STYLISH: &[&str] = &[
    "lint/eslint-errors",
    "lint/html-validate",
    "lint/jshint",
    "lint/stylelint-errors",
    "lint/yamllint",
];
const GRADLE: &[&str] = &["java/", "mobile/"];
const NODE: &[&str] = &["node/"];
const TERRAFORM: &[&str] = &["terraform/"];

/// What begins the next message of Jest and Vitest.
const NEXT_TEST: &[&str] = &[
    "● ",
    "FAIL ",
    "PASS ",
    "Test Suites:",
    "Test Files ",
    "Tests:",
];
/// What begins the next section of pytest.
const PYTEST: &[&str] = &["____", "===="];
/// What begins the next message of rustc.
const NEXT_ERROR: &[&str] = &["error:", "error[", "warning:", "For more information"];

#[rustfmt::skip] // One row, one form.
pub(super) const FORMS: &[Form] = &[
    // rustc and cargo; ruff, ty and uv print the same
    form(ANY, Own, "--> {path}:{line}:{n}"),
    until(form(ANY, Next(8), "--> {path}:{line}:{n}"), NEXT_ERROR),
    // oxlint and others by miette
    form(ANY, Next(4), "╭─[{path}:{line}:{n}]\n,-[{path}:{line}:{n}]"),
    // panics: of the test that failed, or of the program
    form(&["rust/"], Anywhere, "thread '{=test}'{*}panicked at {file}:{line}:{n}:"),
    form(&["rust/"], Anywhere, "thread '{=test}' panicked at '{*}', {file}:{line}:{n}"),
    form(ANY, Own, "thread '{*}panicked at {file}:{line}:{n}:"),
    form(ANY, Own, "thread '{*}panicked at '{*}', {file}:{line}:{n}"),
    // Terraform and OpenTofu, in a box or without
    until(form(TERRAFORM, Below(6), "on {path} line {line}{*}"), &["Error:", "│ Error:", "╵"]),
    until(form(TERRAFORM, Below(6), "│{*} on {path} line {line}{*}"), &["Error:", "│ Error:", "╵"]),
    // ShellCheck's tty form
    form(&["lint/shellcheck"], Above(8), "In {path} line {line}:"),
    // ESLint's stylish form, Stylelint, yamllint: the name of the file above its findings
    form(STYLISH, Title(200), "{file}"),
    form(&["lint/biome"], Above(8), "{file}:{line}:{n} {*}━━{*}\n{file} {*}━━{*}"),
    form(&["lint/phpstan"], Above(80), "Line {*} {file}"),
    form(&["lint/php"], Above(80), "FILE: {path}"),
    // Prettier, Black and Ruff name files only
    form(&["lint/prettier"], Above(1), "[warn] {path}"),
    form(&["lint/black"], Above(20), "would reformat {path}"),
    form(&["lint/black"], Above(20), "Would reformat: {path}"),
    // Python: the innermost frame of the project's; what its parsers and those of YAML say
    form(ANY, Own, "File \"{path}\", line {line}{*}"),
    frame(form(ANY, Head(400), "File \"{path}\", line {line}{*}")),
    form(ANY, Own, "{*}in \"{path}\", line {line}, column {n}{*}"),
    form(ANY, Next(4), "in \"{path}\", line {line}, column {n}{*}"),
    // pytest: the frame of the test in its section, else the file
    until(form(&["tests/pytest"], Under("{*}_ {::test} _{*}", 200), "{<test}:{line}: {*}"), PYTEST),
    until(form(&["tests/pytest", "tests/python"], Below(8), "{file}:{line}: {*}"), PYTEST),
    frame(until(form(&["python/"], Below(8), "{file}:{line}: {*}Error"), PYTEST)),
    frame(until(form(&["tests/pytest", "tests/python", "python/"], Above(60), "{file}:{line}: in {*}"), PYTEST)),
    form(&["tests/pytest"], Own, "FAILED {file}::{*}"),
    form(&["tests/pytest"], Own, "ERROR {file}::{*}"),
    form(&["tests/pytest"], Own, "ERROR {file} - {*}"),
    form(&["tests/pytest"], Own, "ERROR {file}"),
    // go test: testify names the whole path; panics and deadlocks
    until(form(&["go/"], Below(12), "Error Trace:\t{abs}:{line}"), &["--- "]),
    from(form(&["go/test"], Back("=== RUN   {=test}", 200), "{file}:{line}: {*}"), From::Package),
    from(until(form(&["go/test"], Below(40), "{file}:{line}: {*}"), &["^--- ", "--- PASS", "=== ", "FAIL", "ok "]), From::Package),
    frame(until(form(&["go/"], Below(60), "{abs}:{line} +0x{*}"), &["exit status", "FAIL", "--- "])),
    // Jest, Vitest and Mocha: the innermost frame of the project's, else the file of the test
    until(form(JEST, Below(80), "at {*} ({file}:{line}:{n})"), NEXT_TEST),
    until(form(JEST, Below(80), "at {file}:{line}:{n}"), NEXT_TEST),
    until(form(JEST, Below(80), "❯ {file}:{line}:{n}"), NEXT_TEST),
    until(form(JEST, Below(80), "❯ {*} {file}:{line}:{n}"), NEXT_TEST),
    form(JEST, Own, "FAIL {*} {file} > {*}"),
    form(JEST, Own, "FAIL {*} {file}"),
    form(JEST, Own, "FAIL {*} {file} ({*}"),
    form(JEST, Above(60), "FAIL {*} {file}"),
    form(JEST, Above(60), "FAIL {*} {file} ({*}"),
    // Node.js: the line that it could not read, or the innermost frame
    form(NODE, Above(6), "{abs}:{line}"),
    frame(until(form(NODE, Below(40), "at {*} ({abs}:{line}:{n})"), &["Node.js v"])),
    frame(until(form(NODE, Below(40), "at {abs}:{line}:{n}"), &["Node.js v"])),
    frame(until(form(NODE, Below(40), "at async {abs}:{line}:{n}"), &["Node.js v"])),
    until(form(&["tests/bun"], Above(12), "at {*} ({abs}:{line}:{n})"), &["(pass)", "(fail)"]),
    // what bundles and compiles for the web: below the message, or above it
    form(NODE, Below(3), "{file}:{line}:{n}:"),
    form(NODE, Below(6), "file: {abs}:{line}:{n}"),
    form(&["node/sass"], Below(10), "{file} {line}:{n} {*}"),
    form(NODE, Above(2), "{file}:{line}:{n}"),
    form(NODE, Above(3), "ERROR in {file}\nERROR in {file} {line}:{n}{*}"),
    // TAP: node --test, bats
    until(form(&["tests/tap"], Below(12), "location: '{path}:{line}:{n}'"), &["ok ", "not ok "]),
    until(form(&["tests/tap"], Below(12), "# (in test file {path}, line {line})\n# in test file {path}, line {line})"), &["ok ", "not ok "]),
    // PHPUnit; RSpec; minitest
    until(form(&["tests/phpunit"], Below(60), "{abs}:{line}"), &["FAILURES!", "ERRORS!", "Tests: "]),
    form(&["tests/rspec"], Own, "rspec {path}:{line} # {*}"),
    form(&["tests/rspec"], Own, "rspec '{path}:{line}' # {*}"),
    until(form(&["tests/rspec"], Below(40), "# {file}:{line}{*}"), &["Finished in", "Failed examples:"]),
    form(&["tests/minitest"], Own, "{*}[{path}:{line}]{*}"),
    // ExUnit; behave; Cucumber
    form(&["tests/exunit"], Next(2), "{file}:{line}"),
    form(&["tests/cucumber"], Above(2), "{*} # {path}:{line}"),
    form(&["tests/cucumber"], Next(8), "{file}:{line}:in {*}"),
    // .NET; sanitizers; CMake; gfortran
    until(form(DOTNET, Under("Failed {=test}{*}", 25), "at {*} in {path}:line {line}"), &["Failed ", "Failed!"]),
    until(form(&["tests/googletest"], Under("[ RUN      ] {=test}", 60), "{file}:{line}: Failure\n{file}({line}): error: {*}"), &["[ "]),
    until(form(&["c-cpp/sanitizer"], Next(20), "#{n} 0x{*} in {*} {file}:{line}:{n}"), &["SUMMARY"]),
    until(form(&["c-cpp/sanitizer"], Next(20), "#{n} 0x{*} in {*} {file}:{line}"), &["SUMMARY"]),
    from(form(&["c-cpp/cmake"], Own, "CMake Error at {path}:{line} ({*}"), From::Source),
    from(form(&["c-cpp/cmake"], Head(12), "CMake Error at {path}:{line} ({*}"), From::Source),
    from(until(form(&["c-cpp/cmake"], Below(30), "{file}:{line} ({*})"), &["CMake ", "-- "]), From::Source),
    form(&["c-cpp/fortran"], Above(6), "{file}:{line}:{n}:"),
    // Elixir: the old compiler, the new one, exceptions; Lua; Ruby
    form(&["other-languages/elixir"], Own, "** ({*}) {file}:{line}: {*}"),
    form(&["other-languages/elixir"], Below(14), "└─ {file}:{line}{*}"),
    form(&["other-languages/elixir"], Next(1), "{file}:{line}: {*}"),
    form(&["other-languages/lua"], Own, "{*}: {file}:{line}: {*}"),
    frame(form(&["ruby/"], Next(12), "{file}:{line}:in {*}\nfrom {file}:{line}:in {*}")),
    // Perl's tests, Pester, PowerShell
    form(&["tests/tap", "tests/prove"], Below(6), "#{*}at {path} line {line}."),
    form(&["tests/pester"], Next(3), "at {*}, {abs}:{line}"),
    form(ANY, Next(6), "At {file}:{line} char:{n}"),
    // Ansible, before 2.19 and from then on
    form(&["ansible/"], Own, "{*}The error appears to be in '{path}': line {line}, column {*}"),
    form(&["ansible/"], Below(6), "The error appears to be in '{path}': line {line}, column {*}"),
    form(&["ansible/"], Next(4), "Origin: {path}:{line}:{n}"),
    // Gradle's scripts; Bandit
    form(GRADLE, Above(8), "Build file '{path}' line: {line}\nSettings file '{path}' line: {line}"),
    form(GRADLE, Own, "{*}file '{path}': {line}: {*}\n{*}script '{path}': {line}: {*}"),
    form(GRADLE, Own, "e: {abs}:{line}:{n}{*}"),
    form(&["java/maven-pom"], Above(4), "{*} ({abs}) has {n} error{*}"),
    form(&["quality-security/"], Next(8), "Location: {path}:{line}:{n}"),
    form(&["quality-security/"], Next(8), "Location: {path}:{line}"),
    // BuildKit shows the step of the Dockerfile above its last words
    from(form(&["docker-build/"], Above(14), "{file}:{line}"), From::Build),
    from(form(&["docker-build/"], Below(14), "{file}:{line}"), From::Build),
    from(form(&["docker-build/dockerfile-parse"], Above(60), "{*}load build definition from {file}"), From::Build),
    // What many print on the line itself
    form(ANY, Line, "{file}:{line}:{n}: {*}"),
    form(ANY, Line, "{file}:{line}: {*}"),
    form(ANY, Line, "{file}:{line}:{n} {*}"),
    form(ANY, Line, "{file}:{line} {*}"),
    form(ANY, Line, "{file}:{line}:{n}"),
    form(ANY, Line, "{file}({line},{n}){*}"),
    form(ANY, Line, "{file}({line}): {*}"),
    form(ANY, Line, "{file}: line {line}: {*}"),
    form(ANY, Line, "{file}: {line}: {*}"),
    form(ANY, Line, "{*} in {file} on line {line}"),
    form(ANY, Line, "{*} at {file} line {line}.{*}"),
    form(ANY, Own, "{*} {abs}:{line}:{n}: {*}\n{*} {abs}:{line}: {*}\n{*} {abs}:{line}"),
    form(&["lint/", "tests/cucumber"], Own, "{file}:{line}:{n}: {*}"),
    form(&["lint/", "tests/cucumber"], Own, "{file}:{line}: {*}"),
    form(&["lint/", "tests/cucumber"], Own, "{file}:{line} {*}"),
];
