//! Places in whole logs, as tools print them.

use super::super::{Case, Input, diagnose};
use crate::engine::Scanner;
use crate::library::Library;
use crate::model::{Lang, LogReport};

/// What is told of a job that ran a command, which printed that.
fn report(command: &str, printed: &str) -> LogReport {
    let log = format!(
        "Running with gitlab-runner 17.5.0 (abcdef12)\n\
         Getting source from Git repository\n\
         Initialized empty Git repository in /builds/group/app/.git/\n\
         Executing \"step_script\" stage of the job script\n\
         $ {command}\n{printed}\n\
         ERROR: Job failed: exit code 1\n"
    );
    whole(&log)
}

fn whole(log: &str) -> LogReport {
    let library = Library::embedded();
    let scan = Scanner::new(&library).scan(log.as_bytes());
    let case = Case::single(Input {
        source: "job.log".into(),
        scan,
    });
    diagnose(&case, &library, Lang::En)
}

/// The cause, and the place it is about.
fn cause_and_place(report: &LogReport) -> (String, String) {
    let cause = report.cause.as_ref().expect("a cause");
    let place = cause.place.as_ref().map(|place| match place.line {
        Some(line) => format!("{}:{line}", place.path),
        None => place.path.clone(),
    });
    (cause.id.clone(), place.unwrap_or_default())
}

#[track_caller]
fn finds(id: &str, command: &str, printed: &str, place: &str) {
    let told = cause_and_place(&report(command, printed));
    assert_eq!((told.0.as_str(), told.1.as_str()), (id, place), "{printed}");
}

const RUSTC: &str = "error[E0308]: mismatched types
 --> src/main.rs:1:25
  |
1 | fn main(){ let x: i32 = \"a\"; }
  |                         ^^^ expected `i32`, found `&str`

error: could not compile `a` (bin \"a\") due to 1 previous error";

#[test]
fn compilers() {
    finds(
        "rust/cargo-compile-error",
        "cargo build",
        RUSTC,
        "src/main.rs:1",
    );
    let clippy = "error: unneeded `return` statement\n --> src/main.rs:2:5\n  |\n2 |     return 3;\n  |     ^^^^^^^^\n  |\n  = note: `-D clippy::needless-return` implied by `-D warnings`\n\nerror: could not compile `app` (bin \"app\") due to 1 previous error";
    finds(
        "rust/clippy-denied",
        "cargo clippy",
        clippy,
        "src/main.rs:2",
    );
    let manifest = "error: unclosed table, expected `]`\n --> Cargo.toml:1:9\n  |\n1 | [package\n  |         ^";
    finds(
        "rust/cargo-manifest-syntax",
        "cargo build",
        manifest,
        "Cargo.toml:1",
    );
    finds(
        "terraform/config-error",
        "terraform plan",
        "╷\n│ Error: No value for required variable\n│ \n│   on main.tf line 1:\n│    1: variable \"region\" {\n│ \n│ The root module input variable \"region\" is not set, and has no default value.\n╵",
        "main.tf:1",
    );
    finds(
        "other-languages/elixir-compile-error",
        "mix compile",
        "== Compilation error in file lib/shop/cart.ex ==\n** (CompileError) lib/shop/cart.ex:14: undefined function round_price/1 (expected Shop.Cart to define such a function, but none are available)",
        "lib/shop/cart.ex:14",
    );
    finds(
        "c-cpp/fortran-error",
        "gfortran a.f90",
        "a.f90:3:2:\n\n    3 |  x=1\n      |  1\nError: Symbol ‘x’ at (1) has no IMPLICIT type",
        "a.f90:3",
    );
    finds(
        "c-cpp/cmake-package-missing",
        "cmake -S . -B b",
        "CMake Error at CMakeLists.txt:3 (find_package):\n  By not providing \"FindFoobar.cmake\" in CMAKE_MODULE_PATH this project has\n  asked CMake to find a package configuration file provided by \"Foobar\", but\n  CMake did not find one.\n",
        "CMakeLists.txt:3",
    );
}

#[test]
fn linters() {
    finds(
        "lint/shellcheck-findings",
        "shellcheck a.sh",
        "\nIn a.sh line 2:\necho $1\n     ^-- SC2086 (info): Double quote to prevent globbing and word splitting.\n",
        "a.sh:2",
    );
    let eslint = "\n/builds/group/app/src/a.js\n  3:5  error  'x' is not defined  no-undef\n\n✖ 1 problem (1 error, 0 warnings)\n";
    finds("lint/eslint-errors", "npx eslint src", eslint, "src/a.js:3");
    let second = "\n/builds/group/app/src/b.js\n  1:1  warning  Unexpected console statement  no-console\n  9:5  error    'y' is not defined            no-undef\n";
    finds("lint/eslint-errors", "npx eslint src", second, "src/b.js:9");
    finds(
        "lint/yamllint-findings",
        "yamllint .",
        "./deploy/a.yml\n  3:1       error    trailing spaces  (trailing-spaces)\n",
        "deploy/a.yml:3",
    );
    finds(
        "lint/prettier-check",
        "npx prettier --check src",
        "Checking formatting...\n[warn] src/a.js\n[warn] Code style issues found in the above file. Run Prettier with --write to fix.",
        "src/a.js",
    );
    finds(
        "lint/black-ruff-format",
        "ruff format --check .",
        "unformatted: File would be reformatted\n --> a.py:1:6\n  |\n  - x = {  'a':1 }\n1 + x = {\"a\": 1}\n  |\n\n1 file would be reformatted",
        "a.py:1",
    );
    finds(
        "lint/hadolint-findings",
        "hadolint Dockerfile",
        "Dockerfile:3 DL3008 warning: Pin versions in apt get install.",
        "Dockerfile:3",
    );
    finds(
        "ansible/yaml-syntax",
        "ansible-playbook --syntax-check s.yml",
        "ERROR! 'nope' is not a valid attribute for a Play\n\nThe error appears to be in '/builds/group/app/roles/a/tasks/main.yml': line 3, column 5, but may\nbe elsewhere in the file depending on the exact syntax problem.",
        "roles/a/tasks/main.yml:3",
    );
}

#[test]
fn tests_that_fail() {
    finds(
        "tests/pytest-failed",
        "pytest",
        "___________________________________ test_div ___________________________________\n\n    def test_div():\n>       assert div(1, 2) == 0.25\nE       assert 0.5 == 0.25\n\ntests/test_calc.py:7: AssertionError\n___________________________________ test_sub ___________________________________\n\n    def test_sub():\n>       assert sub(1, 2) == 1\nE       assert -1 == 1\n\ntests/test_calc.py:11: AssertionError\n=========================== short test summary info ============================\nFAILED tests/test_calc.py::test_sub - assert -1 == 1\n1 failed, 2 passed in 0.13s",
        "tests/test_calc.py:11",
    );
    finds(
        "tests/pytest-failed",
        "pytest -q --tb=no",
        "FAILED tests/test_calc.py::test_sub - assert -1 == 1\n1 failed, 2 passed in 0.13s",
        "tests/test_calc.py",
    );
    finds(
        "rust/cargo-test-failed",
        "cargo test",
        "running 2 tests\ntest tests::sum ... FAILED\n\nfailures:\n\n---- tests::other stdout ----\n\nthread 'tests::other' (1) panicked at src/other.rs:9:9:\nx\n\n---- tests::sum stdout ----\n\nthread 'tests::sum' (16499) panicked at src/lib.rs:3:33:\nassertion `left == right` failed\n\ntest result: FAILED. 0 passed; 2 failed; 0 ignored\n",
        "src/lib.rs:3",
    );
    finds(
        "go/test-failed",
        "go test ./...",
        "--- FAIL: TestTotal (0.00s)\n    --- FAIL: TestTotal/one (0.00s)\n        a_test.go:8: got 1, want 2\nFAIL\nFAIL\tgitlab.example.com/group/app/cart\t0.048s\nFAIL",
        "cart/a_test.go:8",
    );
    finds(
        "go/test-failed",
        "go test -v ./...",
        "=== RUN   TestA\n    a_test.go:3: fine\n--- PASS: TestA (0.00s)\n=== RUN   TestTotal\n    a_test.go:8: got 1, want 2\n--- FAIL: TestTotal (0.00s)\n=== RUN   TestZ\n    a_test.go:99: fine\n--- PASS: TestZ (0.00s)\nFAIL\nFAIL\tgitlab.example.com/group/app/cart\t0.048s\nFAIL",
        "cart/a_test.go:8",
    );
    finds(
        "tests/jest-test-failed",
        "npx jest",
        " FAIL  ./cart.test.js\n  cart\n    ✕ totals items (3 ms)\n\n  ● cart › totals items\n\n    expect(received).toBe(expected) // Object.is equality\n\n      at fail (node_modules/x/index.js:1:1)\n      at Object.toBe (cart.test.js:3:54)\n\nTests:       1 failed, 1 total",
        "cart.test.js:3",
    );
    finds(
        "tests/jest-test-failed",
        "npx vitest run",
        " FAIL  src/a.test.ts > adds\nAssertionError: expected 3 to be 4 // Object.is equality\n\n- Expected\n+ Received\n\n ❯ src/a.test.ts:5:10\n\n Test Files  1 failed (1)\n      Tests  1 failed (1)",
        "src/a.test.ts:5",
    );
    finds(
        "tests/phpunit-failed",
        "vendor/bin/phpunit",
        "There was 1 failure:\n\n1) ATest::testTotal\nFailed asserting that 2 matches expected 3.\n\n/builds/group/app/vendor/x/Assert.php:9\n/builds/group/app/tests/ATest.php:12\n\nFAILURES!\nTests: 2, Assertions: 2, Failures: 1.",
        "tests/ATest.php:12",
    );
    finds(
        "tests/rspec-failed",
        "bundle exec rspec",
        "3 examples, 1 failure\n\nFailed examples:\n\nrspec ./spec/cart_spec.rb:13 # Cart#total multiplies",
        "spec/cart_spec.rb:13",
    );
    finds(
        "dotnet/test-failed",
        "dotnet test",
        "[xUnit.net 00:00:00.61]     Shop.Tests.CartTests.Multiplies [FAIL]\n  Failed Shop.Tests.CartTests.Multiplies [5 ms]\n  Error Message:\n   Assert.Equal() Failure: Values differ\n  Stack Trace:\n     at Shop.Tests.CartTests.Multiplies() in /builds/group/app/tests/Shop.Tests/CartTests.cs:line 21\n\nFailed!  - Failed:     1, Passed:     6",
        "tests/Shop.Tests/CartTests.cs:21",
    );
}

#[test]
fn others_name_the_file_in_a_heading() {
    finds(
        "lint/phpstan-finding",
        "vendor/bin/phpstan analyse",
        " ------ ------------\n  Line   src/Cart.php\n ------ ------------\n  12     Call to an undefined method App\\Cart::total().\n ------ ------------\n\n [ERROR] Found 1 error\n",
        "src/Cart.php:12",
    );
    finds(
        "lint/biome-errors",
        "npx biome ci .",
        "a.js:1:7 lint/correctness/noUnusedVariables  FIXABLE  ━━━━━━━━━━━━\n\n  ! This variable a is unused.\n\nb.js format ━━━━━━━━━━━━━━━\n\n  × Formatter would have printed the following content:\n\nFound 1 error.\n",
        "b.js",
    );
    finds(
        "node/sass-error",
        "npx sass a b",
        "Error: Undefined variable.\n    ╷\n135 │     --body-color: #{$body-color-dark};\n    │                     ^^^^\n    ╵\n  scss/_root.scss 135:21   @import\n  scss/styles.scss 45:9    root stylesheet",
        "scss/_root.scss:135",
    );
}

#[test]
fn the_innermost_frame_of_the_project() {
    let trace = "Traceback (most recent call last):\n  File \"/builds/group/app/app.py\", line 5, in <module>\n    load(\"cfg.json\")\n  File \"/builds/group/app/lib/cfg.py\", line 3, in load\n    return json.load(open(p))\n  File \"/usr/lib/python3.11/json/__init__.py\", line 293, in load\n    return loads(fp.read())\nRuntimeError: no config";
    finds("python/traceback", "python3 app.py", trace, "lib/cfg.py:3");
    let other = trace.replace("/builds/group/app/", "/opt/tool/");
    finds("python/traceback", "tool", &other, "");
    let packages = trace.replace(
        "/builds/group/app/",
        "/builds/group/app/.venv/lib/python3.11/site-packages/x/",
    );
    finds("python/traceback", "tool", &packages, "");
    finds(
        "go/panic",
        "go run .",
        "panic: assignment to entry in nil map\n\ngoroutine 1 [running]:\nruntime.x()\n\t/usr/local/go/src/runtime/x.go:9 +0x1\nmain.main()\n\t/builds/group/app/main.go:2 +0x2e\nexit status 2",
        "main.go:2",
    );
}

#[test]
fn what_stands_in_another_message_is_not_its_place() {
    let error = "error[E0601]: `main` function not found in crate `a`\n\n";
    finds(
        "rust/cargo-compile-error",
        "cargo build",
        &format!("{error}{RUSTC}").replace("E0601", "E0999"),
        "",
    );
    // A warning's arrow above, the next error's below.
    let near = " --> src/old.rs:9:9\nerror[E0433]: failed to resolve\nerror[E0308]: mismatched types\n --> src/main.rs:1:25\n";
    finds("rust/cargo-compile-error", "cargo build", near, "");
}

#[test]
fn paths_start_from_where_the_command_ran() {
    finds(
        "rust/cargo-compile-error",
        "cd core && cargo build",
        RUSTC,
        "core/src/main.rs:1",
    );
    finds(
        "rust/cargo-compile-error",
        "cd /src && cargo build",
        RUSTC,
        "",
    );
    finds(
        "rust/cargo-compile-error",
        "cd \"$DIR\" && cargo build",
        RUSTC,
        "",
    );
    finds(
        "rust/cargo-compile-error",
        "cargo build",
        &RUSTC.replace("src/", "../src/"),
        "",
    );
    finds(
        "rust/cargo-compile-error",
        "cargo build",
        &RUSTC.replace("src/", "/src/"),
        "",
    );
    finds(
        "rust/cargo-compile-error",
        "cargo build",
        &RUSTC.replace("src/", "/root/.cargo/registry/src/x/"),
        "",
    );
    let cmake = "CMake Error at CMakeLists.txt:3 (find_package):\n  By not providing \"FindFoobar.cmake\" in CMAKE_MODULE_PATH this project has\n  asked CMake to find a package configuration file provided by \"Foobar\", but\n  CMake did not find one.\n";
    finds(
        "c-cpp/cmake-package-missing",
        "cd build && cmake ..",
        cmake,
        "CMakeLists.txt:3",
    );
    finds(
        "c-cpp/cmake-package-missing",
        "cmake -S lib -B b",
        cmake,
        "lib/CMakeLists.txt:3",
    );
    finds("c-cpp/cmake-package-missing", "./configure-all", cmake, "");
    let made = "make[1]: Entering directory '/builds/group/app/lib'\ncc -c a.c\na.c:4:3: error: expected ‘;’ before ‘return’\nmake[1]: *** [Makefile:2: a.o] Error 1\nmake[1]: Leaving directory '/builds/group/app/lib'";
    finds("c-cpp/cc-compile-error", "make", made, "lib/a.c:4");
}

#[test]
fn packages_of_a_repository_have_folders_of_their_own() {
    let error = "src/a.ts(3,7): error TS2322: Type 'string' is not assignable to type 'number'.";
    let of = |command: &str, above: &str, place: &str| {
        let printed = format!("{above}{error}");
        finds("node/typescript-error", command, &printed, place);
    };
    let web = "web/src/a.ts:3";
    for (command, above, place) in [
        ("npx tsc -p .", "", "src/a.ts:3"),
        ("make deps && (cd web && npx tsc -p .)", "", ""),
        ("(cd web && npx tsc -p .)", "", web),
        ("for d in web api; do (cd $d && npx tsc -p .); done", "", ""),
        ("make web", "cd web && npx tsc -p .\n", web),
        (
            "npm run build",
            "\n> root@1.0.0 build\n> cd web && tsc -p .\n\n",
            web,
        ),
        ("npm run build -C web", "", web),
        ("env -C web npx tsc -p .", "", web),
        ("npx lerna run build", "", ""),
        ("npx nx run web:build", "\n> nx run web:build\n\n", ""),
        ("npm-run-all build", "", ""),
        ("cd \"my web\" && npx tsc", "", "my web/src/a.ts:3"),
        ("bash -x b.sh", "++ cd web\n++ npx tsc\n", web),
    ] {
        of(command, above, place);
    }
    let jenkins = format!(
        "Started by user ci\n[Pipeline] Start of Pipeline\n[Pipeline] node\n\
         Running on agent-1 in /var/jenkins/workspace/app\n[Pipeline] {{\n[Pipeline] dir\n\
         Running in /var/jenkins/workspace/app/web\n[Pipeline] {{\n[Pipeline] sh\n\
         + npx tsc -p .\n{error}\n[Pipeline] }}\n[Pipeline] // dir\n[Pipeline] }}\n\
         [Pipeline] // node\n[Pipeline] End of Pipeline\n\
         ERROR: script returned exit code 2\nFinished: FAILURE\n"
    );
    assert_eq!(cause_and_place(&whole(&jenkins)).1, web);
    let lost = jenkins.replace("workspace/app/web", "other");
    assert_eq!(cause_and_place(&whole(&lost)).1, "");
}

#[test]
fn what_nobody_knows_may_name_a_file_too() {
    let place = |printed: &str| {
        let unexplained = report("./check-docs", printed).unexplained;
        let place = unexplained.expect("nobody knows it").place?;
        Some((place.path, place.line))
    };
    let printed = "docs/a.md:12: error: a reference leads nowhere\nchecked 4 files";
    assert_eq!(place(printed), Some(("docs/a.md".to_owned(), Some(12))));
    assert_eq!(
        place("db.example.com:5432: error: a reference leads nowhere"),
        None
    );
    assert_eq!(
        place("/etc/a.md:12: error: a reference leads nowhere"),
        None
    );
}

#[test]
fn secrets_are_no_places() {
    let key = "glpat-ABCDEFabcdef12345678";
    let log = report(
        "cargo build",
        &RUSTC.replace("src/", &format!("src/{key}/")),
    );
    assert!(!format!("{log:?}").contains(key));
}

#[test]
fn hostile_lines_end_soon() {
    let rows = format!("{}\n", "(a.c:".repeat(400)).repeat(390);
    let log = report(
        "npx jest",
        &format!("  ● cart › totals\n\n{rows}\nTests:       1 failed, 1 total"),
    );
    assert_eq!(cause_and_place(&log).1, "");
}
