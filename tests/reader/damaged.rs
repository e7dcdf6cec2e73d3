//! What is left of a trace that went through a browser, an issue tracker or `tr -d '\r'`.

use jobtriage::model::{Dialect, Outcome};

use crate::rows::{Reading, read};

type Shown<'a> = Vec<(&'a str, Vec<&'a str>)>;

#[track_caller]
fn shows(input: &str, want: Shown<'_>) -> Reading {
    let reading = read(input.as_bytes());
    assert_eq!(reading.shown(), want);
    reading
}

#[test]
fn bare_markers_on_lines_of_their_own() {
    let log = "Running with gitlab-runner 14.2.0 (58ba2b95)\n  on abcd RsSnGR_s\n\
         section_start:1632378985:prepare_executor\n\
         Preparing the \"docker\" executor\n\
         section_end:1632378990:prepare_executor\n\
         section_start:1632378990:get_sources\n\
         fatal: no\n\
         section_end:1632378993:get_sources\n\
         ERROR: Job failed: exit code 1\n";
    let facts = shows(
        log,
        vec![
            ("Running with gitlab-runner 14.2.0 (58ba2b95)", vec![]),
            ("  on abcd RsSnGR_s", vec![]),
            (
                "Preparing the \"docker\" executor",
                vec!["prepare_executor"],
            ),
            ("fatal: no", vec!["get_sources"]),
            ("ERROR: Job failed: exit code 1", vec![]),
        ],
    )
    .facts;
    assert_eq!(facts.failing_section_name(), Some("get_sources"));
    assert_eq!(facts.runner.name.as_deref(), Some("abcd"));
    assert_eq!(facts.runner.executor.as_deref(), Some("docker"));
}

#[test]
fn indented_markers() {
    shows(
        "    section_start:1:step_script\n    error\n    section_end:2:step_script\n    ERROR: Job failed: exit code 2\n",
        vec![
            ("    error", vec!["step_script"]),
            ("    ERROR: Job failed: exit code 2", vec![]),
        ],
    );
}

#[test]
fn a_log_pasted_from_its_middle() {
    // The end marker says what the lines above it were.
    let facts = shows(
        "$ make\nerror\nsection_end:1:step_script\nsection_start:1:after_script\nlater\n\
         section_end:2:after_script\nERROR: Job failed: exit code 1\n",
        vec![
            ("$ make", vec!["step_script"]),
            ("error", vec!["step_script"]),
            ("later", vec!["after_script"]),
            ("ERROR: Job failed: exit code 1", vec![]),
        ],
    )
    .facts;
    assert_eq!(facts.failing_section_name(), Some("step_script"));
    assert_eq!(facts.last_command().map(|c| &*c.text), Some("make"));
}

#[test]
fn a_log_pasted_from_inside_a_section_of_its_script() {
    // Ends without starts nest: the script's own section stood inside the stage.
    let facts = shows(
        "timed out\nsection_end:1:lava\nok\nsection_start:2:report\nsent\nsection_end:3:report\nbye\n\
         section_end:4:step_script\nsection_start:4:after_script\nlater\nsection_end:5:after_script\n\
         ERROR: Job failed: exit code 1\n",
        vec![
            ("timed out", vec!["step_script", "lava"]),
            ("ok", vec!["step_script"]),
            ("sent", vec!["step_script", "report"]),
            ("bye", vec!["step_script"]),
            ("later", vec!["after_script"]),
            ("ERROR: Job failed: exit code 1", vec![]),
        ],
    )
    .facts;
    assert_eq!(facts.failing_section_name(), Some("step_script"));
    let stage = |k: usize| facts.sections[k].stage;
    assert!((1..4).all(|k| stage(k) == stage(0)) && stage(4) != stage(0));
    // Nothing names the stage, and what follows belongs to it all the same.
    let facts = shows(
        "a\nsection_end:1:lint\nb\nsection_start:2:test\nc\nsection_end:3:test\nd\n",
        vec![
            ("a", vec!["lint"]),
            ("b", vec![]),
            ("c", vec!["test"]),
            ("d", vec![]),
        ],
    )
    .facts;
    assert!(facts.sections.iter().all(|s| s.stage == 0));
    // A stage that the log shows whole ends by itself.
    shows(
        "section_start:1:get_sources\nx\nsection_end:2:get_sources\ny\nsection_end:3:step_script\n",
        vec![("x", vec!["get_sources"]), ("y", vec!["step_script"])],
    );
}

#[test]
fn titles_run_on_to_their_markers() {
    // CR and escapes lost, nothing in their place.
    let facts = shows(
        "section_start:1:prepare_executorPreparing the \"docker\" executor\n\
         Using Docker executor with image alpine:3.20 ...\n\
         section_end:2:prepare_executorsection_start:2:prepare_scriptPreparing environment\n\
         Running on x via y...\n\
         section_end:3:prepare_scriptsection_start:3:step_scriptExecuting \"step_script\" stage of the job script\n\
         $ make\n\
         section_end:4:step_scriptsection_start:4:upload_artifacts_on_failureUploading artifacts for failed job\n\
         section_end:5:upload_artifacts_on_failuresection_start:5:cleanup_file_variablesCleaning up file based variables\n\
         section_end:5:cleanup_file_variablesERROR: Job failed: exit code 2\n",
        vec![
            ("Preparing the \"docker\" executor", vec!["prepare_executor"]),
            ("Using Docker executor with image alpine:3.20 ...", vec!["prepare_executor"]),
            ("Preparing environment", vec!["prepare_script"]),
            ("Running on x via y...", vec!["prepare_script"]),
            ("Executing \"step_script\" stage of the job script", vec!["step_script"]),
            ("$ make", vec!["step_script"]),
            ("Uploading artifacts for failed job", vec!["upload_artifacts_on_failure"]),
            ("Cleaning up file based variables", vec!["cleanup_file_variables"]),
            ("ERROR: Job failed: exit code 2", vec![]),
        ],
    )
    .facts;
    assert_eq!(facts.exit_code, Some(2));
    assert_eq!(facts.runner.executor.as_deref(), Some("docker"));
    assert_eq!(facts.failing_section_name(), Some("step_script"));
}

#[test]
fn carriage_returns_lost() {
    // `tr -d '\r'` on a raw trace: the escapes are still there.
    let log = "section_start:1:prepare_executor\x1b[0K\x1b[0K\x1b[36;1mPreparing the \"docker\" executor\x1b[0;m\x1b[0;m\n\
         section_end:2:prepare_executor\x1b[0Ksection_start:2:step_script\x1b[0K\x1b[0K\x1b[36;1mExecuting \"step_script\" stage of the job script\x1b[0;m\x1b[0;m\n\
         \x1b[32;1m$ make\x1b[0;m\n\
         section_end:3:step_script\x1b[0K\x1b[31;1mERROR: Job failed: exit code 2\n\x1b[0;m\n";
    let facts = shows(
        log,
        vec![
            (
                "Preparing the \"docker\" executor",
                vec!["prepare_executor"],
            ),
            (
                "Executing \"step_script\" stage of the job script",
                vec!["step_script"],
            ),
            ("$ make", vec!["step_script"]),
            ("ERROR: Job failed: exit code 2", vec![]),
        ],
    )
    .facts;
    assert_eq!(facts.exit_code, Some(2));
    assert_eq!(facts.failing_section_name(), Some("step_script"));
}

#[test]
fn escape_characters_lost() {
    // The brackets stay as text: what an issue tracker makes of a raw trace.
    let log = "[0KRunning with gitlab-runner 14.2.0 (58ba2b95)[0;m\n\
         [0K  on abcd RsSnGR_s[0;m\n\
         section_start:1:prepare_executor[0K[0K[36;1mPreparing the \"docker\" executor[0;m[0;m\n\
         [0KUsing Docker executor with image alpine ...[0;m\n\
         section_end:2:prepare_executor[0Ksection_start:2:step_script[0K[0K[36;1mExecuting \"step_script\" stage of the job script[0;m[0;m\n\
         [32;1m$ make[0;m\n\
         make: *** [all] Error 2\n\
         section_end:3:step_script[0K[31;1mERROR: Job failed: exit code 2\n[0;m\n";
    let facts = shows(
        log,
        vec![
            ("Running with gitlab-runner 14.2.0 (58ba2b95)", vec![]),
            ("  on abcd RsSnGR_s", vec![]),
            (
                "Preparing the \"docker\" executor",
                vec!["prepare_executor"],
            ),
            (
                "Using Docker executor with image alpine ...",
                vec!["prepare_executor"],
            ),
            (
                "Executing \"step_script\" stage of the job script",
                vec!["step_script"],
            ),
            ("$ make", vec!["step_script"]),
            ("make: *** [all] Error 2", vec!["step_script"]),
            ("ERROR: Job failed: exit code 2", vec![]),
        ],
    )
    .facts;
    assert_eq!(facts.runner.version.as_deref(), Some("14.2.0"));
    assert_eq!(facts.runner.name.as_deref(), Some("abcd"));
    assert_eq!(facts.runner.executor.as_deref(), Some("docker"));
    assert_eq!(facts.runner.image.as_deref(), Some("alpine"));
    assert_eq!(facts.exit_code, Some(2));
    assert_eq!(facts.commands.len(), 1);
    assert_eq!(&*facts.commands[0].text, "make");
    assert_eq!(facts.failing_section_name(), Some("step_script"));
}

#[test]
fn escape_characters_made_visible() {
    for esc in ["^[", "\u{241b}", "\u{fffd}"] {
        let log = format!(
            "section_start:1:step_script{esc}[0K{esc}[0K{esc}[36;1mExecuting \"step_script\" stage of the job script{esc}[0;m{esc}[0;m\n\
             {esc}[32;1m$ make{esc}[0;m\n\
             section_end:3:step_script{esc}[0K{esc}[31;1mERROR: Job failed: exit code 2{esc}[0;m\n"
        );
        let facts = shows(
            &log,
            vec![
                (
                    "Executing \"step_script\" stage of the job script",
                    vec!["step_script"],
                ),
                ("$ make", vec!["step_script"]),
                ("ERROR: Job failed: exit code 2", vec![]),
            ],
        )
        .facts;
        assert_eq!(&*facts.commands[0].text, "make");
        assert_eq!(facts.exit_code, Some(2));
    }
}

#[test]
fn markers_of_commands_that_lost_their_escapes() {
    let facts = shows(
        "section_start:1:step_script[0Ksection_start:1:section_script_step_0[hide_duration=true,collapsed=true][0K[32;1m$ make[0;m\n\
         gcc\n\
         section_end:2:section_script_step_0[0Ksection_end:2:step_script[0KJob succeeded\n",
        vec![
            ("$ make", vec!["step_script", "section_script_step_0"]),
            ("gcc", vec!["step_script", "section_script_step_0"]),
            ("Job succeeded", vec![]),
        ],
    )
    .facts;
    assert_eq!(facts.outcome, Outcome::Succeeded);
    assert_eq!(&*facts.commands[0].text, "make");
}

#[test]
fn brackets_of_ordinary_text_stay() {
    for line in [
        "[0/3] Building",
        "[1m 20s] elapsed",
        "[10K rows]",
        "[31m",
        "[36;1 x",
        "[WARN] x [0m 3s]",
        "^[a-z]+$",
    ] {
        shows(&format!("{line}\n"), vec![(line, vec![])]);
    }
}

#[test]
fn titles_alone_tell_the_stages() {
    // Text selected on the job's page has no markers, but durations.
    let facts = shows(
        "Running with gitlab-runner 16.0.0 (x)\n on shared y\n\
         Preparing the \"docker\" executor 00:03\n\
         Using Docker executor with image alpine:3 ...\n\
         Getting source from Git repository 00:01\n\
         Fetching changes...\n\
         Executing \"step_script\" stage of the job script 00:35\n\
         $ make\n\
         make: *** [all] Error 2\n\
         Cleaning up project directory and file based variables 00:00\n\
         ERROR: Job failed: exit code 2\n",
        vec![
            ("Running with gitlab-runner 16.0.0 (x)", vec![]),
            (" on shared y", vec![]),
            (
                "Preparing the \"docker\" executor 00:03",
                vec!["prepare_executor"],
            ),
            (
                "Using Docker executor with image alpine:3 ...",
                vec!["prepare_executor"],
            ),
            (
                "Getting source from Git repository 00:01",
                vec!["get_sources"],
            ),
            ("Fetching changes...", vec!["get_sources"]),
            (
                "Executing \"step_script\" stage of the job script 00:35",
                vec!["step_script"],
            ),
            ("$ make", vec!["step_script"]),
            ("make: *** [all] Error 2", vec!["step_script"]),
            (
                "Cleaning up project directory and file based variables 00:00",
                vec!["cleanup_file_variables"],
            ),
            ("ERROR: Job failed: exit code 2", vec![]),
        ],
    )
    .facts;
    assert_eq!(facts.failing_section_name(), Some("step_script"));
}

#[test]
fn github_groups_frame_steps() {
    let log = "2026-01-02T03:04:05.1234567Z ##[group]Run make test\n\
         2026-01-02T03:04:05.1234567Z \x1b[36;1mmake test\x1b[0m\n\
         2026-01-02T03:04:05.1234567Z shell: /usr/bin/bash -e {0}\n\
         2026-01-02T03:04:05.1234567Z ##[endgroup]\n\
         2026-01-02T03:04:06.1234567Z make: *** [test] Error 1\n\
         2026-01-02T03:04:06.1234567Z ##[error]Process completed with exit code 2.\n";
    let reading = read(log.as_bytes());
    let facts = &reading.facts;
    assert_eq!(facts.dialect, Dialect::Github);
    assert_eq!(facts.outcome, Outcome::Failed);
    assert_eq!(facts.exit_code, Some(2));
    assert_eq!(facts.failing_section_name(), Some("Run make test"));
    assert_eq!(facts.last_command().map(|c| &*c.text), Some("make test"));
    let row = &reading.rows[4];
    assert_eq!((row.line, &row.text[..]), (5, "make: *** [test] Error 1"));
    assert_eq!(row.path, ["Run make test"]);
}
