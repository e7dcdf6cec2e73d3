//! Settings files, and where a value comes from.

use std::fs;

use crate::{Dir, RELEASE_NOTES, UNKNOWN, failed};

fn dir(name: &str) -> Dir {
    let dir = Dir::new(name);
    fs::create_dir_all(dir.0.join(".git")).unwrap();
    dir.write("ci/job.log", failed(1_700_000_000));
    dir
}

#[test]
fn the_nearest_file_up_to_the_root_of_the_repository_counts() {
    let dir = dir("config-nearest");
    let korean = |folder: &str, args: &[&str]| {
        let job = dir.0.join("ci/job.log").display().to_string();
        let mut command = dir.command(&[&[job.as_str()], args].concat());
        let out = command.current_dir(dir.0.join(folder)).output().unwrap();
        String::from_utf8(out.stdout).unwrap().contains("재실행")
    };
    assert!(!korean("ci", &[]));
    dir.write("jobtriage.toml", "lang = \"ko\"\n");
    assert!(korean("ci", &[]) && korean(".", &[]));
    dir.write("ci/jobtriage.toml", "color = \"never\"\n");
    assert!(!korean("ci", &[]), "the nearest one only");
    fs::remove_file(dir.0.join("ci/jobtriage.toml")).unwrap();
    // Flags, variables, and who wants none of it.
    assert!(!korean("ci", &["--lang", "en"]) && !korean("ci", &["--no-project"]));
    // The user's own counts less than the project's.
    dir.write("home/jobtriage/jobtriage.toml", "lang = \"en\"\n");
    assert!(korean("ci", &[]));
    fs::remove_file(dir.0.join("jobtriage.toml")).unwrap();
    dir.write("home/jobtriage/jobtriage.toml", "lang = \"ko\"\n");
    assert!(korean("ci", &[]));
    // Nothing above the repository counts.
    fs::create_dir_all(dir.0.join("ci/.git")).unwrap();
    dir.write("home/jobtriage/jobtriage.toml", "");
    dir.write("jobtriage.toml", "lang = \"ko\"\n");
    assert!(!korean("ci", &[]));
}

#[test]
fn settings_do_what_their_flags_do() {
    let dir = dir("config-keys");
    let run = |settings: &str, args: &[&str]| {
        dir.write("jobtriage.toml", settings);
        dir.run(args)
    };
    let job = &["ci/job.log"][..];
    assert!(run("format = \"json\"", job).1.starts_with('{'));
    assert!(
        run("format = \"json\"", &["ci/job.log", "-f", "short"])
            .1
            .starts_with("ci/job.log:10:")
    );
    assert_eq!(run("fail_on = [\"owner:network\"]", job).0, 3);
    assert_eq!(
        run("fail_on = [\"owner:network\"]\nexit_zero = true", job).0,
        0
    );
    assert_eq!(
        run(
            "fail_on = [\"owner:network\"]",
            &["ci/job.log", "--fail-on", "node/*"]
        )
        .0,
        0
    );
    // `new` is for scans with a baseline; others do not stumble over it.
    assert_eq!(run("fail_on = [\"new\"]", job).0, 0);
    let (code, _, err) = run("fail_on = [\"new\"]", &["scan", "ci", "-q"]);
    assert_eq!(code, 2);
    assert!(
        err.contains("jobtriage.toml:1: `fail_on`: new compared with what?"),
        "{err}"
    );
    // What writes the first baseline has none to compare with.
    let first = ["scan", "ci", "-q", "--write-baseline", "known.json"];
    assert_eq!(run("fail_on = [\"new\"]", &first).0, 0);
    let second = ["scan", "ci", "-q", "--baseline", "known.json"];
    assert_eq!(run("fail_on = [\"new\"]", &second).0, 0);
    assert!(run("color = \"always\"", job).1.contains('\u{1b}'));
    assert!(
        !run("color = \"always\"", &["ci/job.log", "--color", "never"])
            .1
            .contains('\u{1b}')
    );
    assert!(run("ascii = true", job).1.is_ascii());
    let known = |out: &str| out.contains("git/could-not-resolve-host");
    assert!(!known(&run("skip = [\"git/*\"]", job).1));
    assert!(known(
        &run("skip = [\"git/*\"]", &["ci/job.log", "--skip", "go/*"]).1
    ));
    assert!(!known(
        &run("disable = [\"git/*\"]", &["ci/job.log", "--skip", "go/*"]).1
    ));
    assert!(!known(
        &run("only = [\"go/*\"]\njobs = 1", &["scan", "ci"]).1
    ));
    let (code, _, err) = run("disable = [\"nonsense/*\"]", job);
    assert_eq!(code, 2);
    assert!(err.contains("nonsense/*"), "{err}");
}

#[test]
fn what_the_user_leaves_out_need_not_be_in_every_project() {
    let dir = dir("config-of-user");
    let of_user = "home/jobtriage/jobtriage.toml";
    dir.write(of_user, "skip = [\"acme/*\"]\ndisable = [\"acme/notes\"]\n");
    let (code, out, err) = dir.run(&["ci/job.log"]);
    assert_eq!(code, 0, "{err}");
    assert!(out.contains("git/could-not-resolve-host"), "{out}");
    for part in [
        "jobtriage.toml:1: `skip`: no pattern",
        "`disable`: no pattern",
    ] {
        assert!(err.contains(part), "{err}");
    }
    // There it counts.
    dir.write(".jobtriage/patterns/acme/notes.toml", RELEASE_NOTES);
    dir.write("odd.log", UNKNOWN);
    let (code, _, err) = dir.run(&["odd.log"]);
    assert_eq!((code, err.as_str()), (1, ""));
}

#[test]
fn what_needs_no_settings_does_not_fail_for_a_mistake_in_them() {
    let dir = dir("config-unneeded");
    dir.write("jobtriage.toml", "lang = \"xx\"\n");
    let (code, out, err) = dir.run(&["clean", "ci/job.log"]);
    assert_eq!((code, err.as_str()), (0, ""));
    assert!(out.contains("Could not resolve host"), "{out}");
    // Which names are secrets stands there.
    let (code, out, _) = dir.run(&["clean", "--redact", "ci/job.log"]);
    assert_eq!((code, out.as_str()), (2, ""));
}

#[test]
fn patterns_and_secrets_of_a_project() {
    let dir = dir("config-project");
    dir.write("ci/patterns/acme/notes.toml", RELEASE_NOTES);
    dir.write(
        "jobtriage.toml",
        "patterns = [\"ci/patterns\"]\n[redact]\nnames = [\"ACME_*\"]\n",
    );
    dir.write(
        "deep/job.log",
        format!("$ export ACME_DOOR=sesame42\n{UNKNOWN}"),
    );
    let mut command = dir.command(&["job.log"]);
    let out = command.current_dir(dir.0.join("deep")).output().unwrap();
    let told = String::from_utf8(out.stdout).unwrap();
    assert!(
        told.contains("acme/notes"),
        "{told}{}",
        String::from_utf8_lossy(&out.stderr)
    );
    dir.write("deep/odd.log", "$ ./open.sh\nerror: ACME_DOOR=sesame42 does not open the gate\nERROR: Job failed: exit code 1\n");
    let (_, told, _) = dir.run(&["deep/odd.log", "-f", "json"]);
    assert!(
        !told.contains("sesame42") && told.contains("ACME_DOOR=[redacted:secret]"),
        "{told}"
    );
}

#[test]
fn names_of_secrets_that_cannot_be_looked_for_end_the_run() {
    let dir = dir("config-names");
    let secret = "$ ./open.sh\nerror: ACME_KEY=hunter2hunter2 does not open\nERROR: Job failed: exit code 1\n";
    dir.write("odd.log", secret);
    let many: Vec<String> = (0..20_000).map(|k| format!("\"ACME_{k}_KEY\"")).collect();
    for (names, says) in [
        (
            "\"ACME_[A-Z\"",
            "jobtriage.toml:2:9: `redact.names`: `ACME_[A-Z`: no name has `[`",
        ),
        ("\"ACME_(*\"", "no name has `(`"),
        (
            &many.join(", "),
            "20000 names are more than can be looked for",
        ),
    ] {
        dir.write("jobtriage.toml", format!("[redact]\nnames = [{names}]\n"));
        for args in [&["odd.log"][..], &["scan", "odd.log", "-f", "json"]] {
            let (code, out, err) = dir.run(args);
            assert_eq!((code, out.as_str()), (2, ""), "{says}");
            assert!(err.contains(says) && err.contains("hint: "), "{err}");
        }
    }
    // Many together are still looked for.
    let names = format!("{}, \"ACME_KEY\"", many[..4_000].join(", "));
    dir.write("jobtriage.toml", format!("[redact]\nnames = [{names}]\n"));
    let (_, out, _) = dir.run(&["odd.log", "-f", "json"]);
    assert!(out.contains("ACME_KEY=[redacted:secret]"), "{out}");
    // What is said of a name is no value.
    dir.write("jobtriage.toml", "[redact]\nnames = [\"ACME_*\"]\n");
    let said = "$ ./open.sh\n./open.sh: line 3: ACME_KEY: unbound variable\nERROR: Job failed: exit code 1\n";
    dir.write("said.log", said);
    let (_, out, _) = dir.run(&["said.log"]);
    assert!(!out.contains("[redacted"), "{out}");
}

#[test]
fn what_is_shown_can_be_copied_into_a_file() {
    let dir = dir("config-copied");
    dir.write("jobtriage.toml", "width = 90\nskip = [\"go/*\"]\n");
    let mut command = dir.command(&["config", "show"]);
    command.env("JOBTRIAGE_JOBS", "3");
    let out = command.env("JOBTRIAGE_CACHE", "kept").output().unwrap();
    let shown = String::from_utf8(out.stdout).unwrap();
    for part in ["# lang ", "# format ", "# cache ", "jobs           = 3 "] {
        assert!(
            shown.lines().any(|l| l.starts_with(part)),
            "{part}: {shown}"
        );
    }
    dir.write("jobtriage.toml", &shown);
    let (code, again, err) = dir.run(&["config", "show"]);
    assert_eq!((code, err.as_str()), (0, ""), "{shown}");
    assert!(again.contains("width          = 90 "), "{again}");
    assert_eq!(dir.run(&["ci/job.log"]).0, 0);
    // No job at a time is no work at all.
    dir.write("jobtriage.toml", "jobs = 0\n");
    let (code, _, err) = dir.run(&["scan", "ci"]);
    assert!(code == 2 && err.contains("a number of 1 or more"), "{err}");
    assert_eq!(dir.run(&["scan", "ci", "-j", "0", "--no-project"]).0, 2);
}

#[test]
fn a_mistake_is_told_with_its_line() {
    let dir = dir("config-bad");
    dir.write("jobtriage.toml", "lang = \"ko\"\nskpi = [\"node/*\"]\n");
    for args in [&["ci/job.log"][..], &["scan", "ci"], &["config", "show"]] {
        let (code, out, err) = dir.run(args);
        assert_eq!((code, out.as_str()), (2, ""), "{args:?}");
        assert!(
            err.contains("jobtriage.toml:2:1: unknown key `skpi`"),
            "{err}"
        );
        assert!(err.contains("did you mean `skip`?"), "{err}");
    }
    assert_eq!(dir.run(&["ci/job.log", "--no-project"]).0, 0);
    assert_eq!(
        dir.run(&["man"]).0,
        0,
        "what needs no settings does not fail for them"
    );
    // A project's file names nothing to write, and nothing outside.
    dir.write("jobtriage.toml", "format = \"json=/tmp/x\"\n");
    assert!(dir.run(&["ci/job.log"]).2.contains("unknown format"));
    assert!(
        dir.run(&["ci/job.log"])
            .2
            .contains("names no file to write")
    );
    dir.write("jobtriage.toml", "width = -1\n");
    let (_, _, err) = dir.run(&["ci/job.log"]);
    assert!(
        err.contains("jobtriage.toml:1:9: a number of 0 or more"),
        "{err}"
    );
    let wide: Vec<u8> = std::iter::once(0xfeff)
        .chain("lang = \"ko\"\n".encode_utf16())
        .flat_map(u16::to_le_bytes)
        .collect();
    std::fs::write(dir.0.join("jobtriage.toml"), wide).unwrap();
    let (code, _, err) = dir.run(&["ci/job.log"]);
    assert_eq!(code, 2);
    assert!(
        err.contains("is in UTF-16") && err.contains("save it as UTF-8"),
        "{err}"
    );
    std::fs::remove_file(dir.0.join("jobtriage.toml")).unwrap();
    std::fs::create_dir(dir.0.join("jobtriage.toml")).unwrap();
    let (code, _, err) = dir.run(&["ci/job.log"]);
    assert!(code == 2 && err.contains("is a folder"), "{err}");
    std::fs::remove_dir(dir.0.join("jobtriage.toml")).unwrap();
    #[cfg(unix)]
    {
        std::os::unix::fs::symlink("nowhere", dir.0.join("jobtriage.toml")).unwrap();
        let (code, _, err) = dir.run(&["ci/job.log"]);
        assert!(
            code == 2 && err.contains("a link that leads to nothing"),
            "{err}"
        );
        std::fs::remove_file(dir.0.join("jobtriage.toml")).unwrap();
    }
    dir.write("jobtriage.toml", "patterns = [\"../elsewhere\"]\n");
    assert!(
        dir.run(&["ci/job.log"])
            .2
            .contains("outside of the project")
    );
}

#[test]
fn every_value_is_shown_with_its_origin() {
    let dir = dir("config-show");
    dir.write(
        "jobtriage.toml",
        "# of all\nlang = \"ko\"\ndisable = [\"node/*\"]\n",
    );
    dir.write(
        "home/jobtriage/jobtriage.toml",
        "disable = [\"go/*\"]\nwidth = 100\n",
    );
    let mut command = dir.command(&["config", "show"]);
    let out = command.env("JOBTRIAGE_JOBS", "3").output().unwrap();
    let out = String::from_utf8(out.stdout).unwrap();
    let line = |key: &str| {
        let line = out.lines().find(|line| line.split(' ').next() == Some(key));
        line.unwrap_or_else(|| panic!("{key}: {out}")).to_owned()
    };
    let project = dir.0.join("jobtriage.toml").display().to_string();
    let user = dir
        .0
        .join("home/jobtriage/jobtriage.toml")
        .display()
        .to_string();
    assert!(
        line("lang").contains("\"ko\"") && line("lang").ends_with(&format!("# {project}:2")),
        "{out}"
    );
    assert!(
        line("width").contains("100") && line("width").ends_with(&format!("{user}:2")),
        "{out}"
    );
    assert!(line("disable").contains("[\"node/*\", \"go/*\"]"), "{out}");
    assert!(
        line("disable").ends_with(&format!("{project}:3, {user}:1")),
        "{out}"
    );
    assert!(
        line("jobs").ends_with("# environment: JOBTRIAGE_JOBS"),
        "{out}"
    );
    assert!(
        line("color").contains("\"auto\"") && line("color").ends_with("# default"),
        "{out}"
    );
    let (_, json, _) = dir.run(&["config", "show", "-f", "json"]);
    let rows: serde_json::Value = serde_json::from_str(&json).unwrap();
    assert!(rows.as_array().unwrap().len() > 10);
    let (_, path, _) = dir.run(&["config", "path"]);
    assert_eq!(path, format!("project  {project}\nuser     {user}\n"));
}

#[test]
fn the_manual_and_the_completions_know_every_option() {
    let dir = dir("config-man");
    let (_, man, _) = dir.run(&["man"]);
    let man = man.replace("\\-", "-");
    let (_, bash, _) = dir.run(&["completions", "bash"]);
    for option in [
        "--files-from",
        "--since",
        "--until",
        "--sort",
        "--group-by",
        "--top",
        "--baseline",
        "--write-baseline",
        "--cache",
        "--fail-on",
    ] {
        assert!(man.contains(option), "{option} in the manual");
        assert!(bash.contains(option), "{option} in the completions");
    }
    for part in [
        ".SH \"JOBTRIAGE SCAN\"",
        ".SH \"JOBTRIAGE CONFIG SHOW\"",
        ".SH \"JOBTRIAGE PATTERNS LINT\"",
    ] {
        assert!(man.contains(part), "{part}: {man}");
    }
    assert!(man.contains("a log that tells none is left out"), "{man}");
}

#[test]
fn the_version_says_what_the_program_knows() {
    let dir = dir("config-version");
    let (_, out, _) = dir.run(&["--version"]);
    let words: Vec<&str> = out.split_whitespace().collect();
    assert_eq!(
        (words[0], words[1]),
        ("jobtriage", env!("CARGO_PKG_VERSION"))
    );
    let report = dir.json(&["ci/job.log"]);
    assert_eq!(words[2], format!("({}", report["tool"]["patterns"]));
    assert_eq!(
        (words[4], words[5].trim_end_matches(')').len()),
        ("library", 12),
        "{out}"
    );
}

#[test]
fn an_empty_variable_is_none_and_a_bad_one_is_named() {
    let dir = dir("config-variables");
    let run = |args: &[&str], name: &str, value: &str| {
        let out = dir.command(args).env(name, value).output().unwrap();
        let err = String::from_utf8(out.stderr).unwrap();
        (out.status.code().unwrap(), err)
    };
    for name in [
        "JOBTRIAGE_LANG",
        "JOBTRIAGE_COLOR",
        "JOBTRIAGE_JOBS",
        "JOBTRIAGE_CACHE",
    ] {
        assert_eq!(run(&["scan", "ci"], name, ""), (0, String::new()), "{name}");
    }
    for (name, flag) in [
        ("JOBTRIAGE_LANG", "--lang=xx"),
        ("JOBTRIAGE_COLOR", "--color=xx"),
        ("JOBTRIAGE_JOBS", "--jobs=xx"),
    ] {
        let (code, err) = run(&["scan", "ci"], name, "xx");
        assert_eq!(code, 2);
        assert!(
            err.contains(&format!("the value is that of the variable {name}")),
            "{err}"
        );
        let (code, err) = run(&["scan", "ci", flag], name, "xx");
        assert!(code == 2 && !err.contains("the variable"), "{err}");
    }
}

#[test]
fn a_setting_that_fits_nothing_is_told_with_its_place() {
    let dir = dir("config-places");
    let place = format!("{}:2: ", dir.0.join("jobtriage.toml").display());
    for (setting, says) in [
        (
            "disable = [\"nonsense/*\"]",
            "`disable`: no pattern is called `nonsense/*`",
        ),
        (
            "skip = [\"nonsense/*\"]",
            "`skip`: no pattern is called `nonsense/*`",
        ),
        (
            "only = [\"nonsense/*\"]",
            "`only`: no pattern is called `nonsense/*`",
        ),
        ("patterns = [\"nowhere\"]", "`patterns`: "),
        (
            "fail_on = [\"nonsense/*\"]",
            "`fail_on`: no pattern is called `nonsense/*`",
        ),
        (
            "fail_on = [\"owner:netwrok\"]",
            "`fail_on`: unknown word `netwrok`",
        ),
    ] {
        dir.write("jobtriage.toml", format!("\n{setting}\n"));
        let (code, _, err) = dir.run(&["ci/job.log"]);
        assert_eq!(code, 2, "{setting}");
        assert!(err.contains(&format!("{place}{says}")), "{setting}: {err}");
        assert!(!err.contains("--"), "no flag that nobody gave: {err}");
    }
    // A flag of the same words is the flag's.
    dir.write("jobtriage.toml", "disable = [\"go/*\"]");
    let (_, _, err) = dir.run(&["ci/job.log", "--skip", "nonsense/*"]);
    assert!(!err.contains("jobtriage.toml"), "{err}");
}

#[test]
fn what_a_project_brings_can_be_left_out_of_what_is_shown() {
    let dir = dir("config-no-project");
    dir.write("jobtriage.toml", "lang = \"ko\"\n");
    let (code, out, err) = dir.run(&["config", "show", "--no-project"]);
    assert!(code == 0 && !out.contains("\"ko\""), "{out}{err}");
    let (code, out, err) = dir.run(&["config", "path", "--no-project"]);
    assert!(code == 0 && !out.contains("project "), "{out}{err}");
}
