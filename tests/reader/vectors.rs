//! Bytes as GitLab Runner prints them, and the lines they stand for.

use crate::rows::{Chunked, read, read_with};

type Shown<'a> = Vec<(&'a str, Vec<&'a str>)>;

#[track_caller]
fn shows(input: impl AsRef<[u8]>, want: Shown<'_>) {
    assert_eq!(read(input.as_ref()).shown(), want);
}

#[test]
fn v1_a_stage_with_a_coloured_title() {
    shows(
        "section_start:1700000000:prepare_executor\r\x1b[0K\x1b[0K\x1b[36;1mPreparing the \"docker\" executor\x1b[0;m\x1b[0;m\n\
         \x1b[0KUsing Docker executor with image alpine ...\x1b[0;m\n\
         section_end:1700000002:prepare_executor\r\x1b[0K",
        vec![
            (
                "Preparing the \"docker\" executor",
                vec!["prepare_executor"],
            ),
            (
                "Using Docker executor with image alpine ...",
                vec!["prepare_executor"],
            ),
        ],
    );
}

#[test]
fn v2_two_markers_on_one_physical_line() {
    shows(
        "section_start:1:a\r\x1b[0Kone\n\
         section_end:2:a\r\x1b[0Ksection_start:2:b\r\x1b[0Ktwo\n\
         section_end:3:b\r\x1b[0K\x1b[32;1mJob succeeded\x1b[0;m\n",
        vec![
            ("one", vec!["a"]),
            ("two", vec!["b"]),
            ("Job succeeded", vec![]),
        ],
    );
}

#[test]
fn v3_the_reset_stands_before_or_behind_the_newline() {
    for log in [
        "\x1b[31;1mERROR: Job failed: exit code 1\n\x1b[0;m\n",
        "\x1b[31;1mERROR: Job failed: exit code 1\x1b[0;m\n",
    ] {
        shows(log, vec![("ERROR: Job failed: exit code 1", vec![])]);
        assert_eq!(read(log.as_bytes()).facts.exit_code, Some(1));
    }
    shows(
        "\x1b[0;33mWARNING: x\n\x1b[0;m\x1b[31;1mERROR: Job failed: exit code 1\n\x1b[0;m",
        vec![
            ("WARNING: x", vec![]),
            ("ERROR: Job failed: exit code 1", vec![]),
        ],
    );
}

#[test]
fn v4_clock_headers_and_a_continuation_behind_a_marker() {
    let log = "2026-05-01T10:00:00.123456Z 00O section_start:1777629600:step_script\r\x1b[0K\n\
         2026-05-01T10:00:00.123460Z 00O+\x1b[0K\x1b[36;1mExecuting \"step_script\" stage of the job script\x1b[0;m\x1b[0;m\n\
         2026-05-01T10:00:01.000000Z 01O \x1b[32;1m$ make\x1b[0;m\n\
         2026-05-01T10:00:02.000000Z 01E make: *** [all] Error 2\n";
    shows(
        log,
        vec![
            (
                "Executing \"step_script\" stage of the job script",
                vec!["step_script"],
            ),
            ("$ make", vec!["step_script"]),
            ("make: *** [all] Error 2", vec!["step_script"]),
        ],
    );
    let reading = read(log.as_bytes());
    let numbers: Vec<u64> = reading.numbered().iter().map(|(line, _)| *line).collect();
    assert_eq!(numbers, [2, 3, 4]);
    assert_eq!(&*reading.facts.commands[0].text, "make");
    assert_eq!(reading.facts.sections[1].started, Some(1777629600));
}

#[test]
fn v5_progress_is_overwritten_but_seen() {
    let log = "Receiving objects:  50% (1/2)\rReceiving objects: 100% (2/2), done.\n";
    shows(log, vec![("Receiving objects: 100% (2/2), done.", vec![])]);
    assert_eq!(
        read(log.as_bytes()).numbered(),
        [
            (1, "Receiving objects:  50% (1/2)"),
            (1, "Receiving objects: 100% (2/2), done.")
        ]
    );
}

#[test]
fn v6_carriage_returns_before_a_newline_belong_to_it() {
    shows(
        "a\r\nb\r\r\nc\n",
        vec![("a", vec![]), ("b", vec![]), ("c", vec![])],
    );
}

#[test]
fn v7_a_user_section_with_options_inside_of_a_stage() {
    shows(
        "section_start:1:step_script\r\x1b[0K\x1b[0Ksection_start:2:my_section[collapsed=true,hide_duration=true]\r\x1b[0KHeader\n\
         body\n\
         \x1b[0Ksection_end:9:my_section\r\x1b[0K\n\
         after\n\
         section_end:10:step_script\r\x1b[0K",
        vec![
            ("Header", vec!["step_script", "my_section"]),
            ("body", vec!["step_script", "my_section"]),
            ("after", vec!["step_script"]),
        ],
    );
}

#[test]
fn v8_a_marker_spelt_with_backslashes_is_text() {
    shows(
        "section_start:1:x\\r\\e[0KHeader\n",
        vec![("section_start:1:x\\r\\e[0KHeader", vec![])],
    );
}

#[test]
fn v9_the_end_of_a_section_closes_those_inside_of_it() {
    shows(
        "section_start:1:a\r\x1b[0KA\nsection_start:2:b\r\x1b[0KB\nsection_end:3:a\r\x1b[0KC\n",
        vec![("A", vec!["a"]), ("B", vec!["a", "b"]), ("C", vec![])],
    );
}

#[test]
fn v10_an_end_without_a_start_opens_nothing() {
    shows("section_end:1:zzz\r\x1b[0Khello\n", vec![("hello", vec![])]);
}

#[test]
fn v11_hyperlinks_leave_their_text() {
    shows(
        "\x1b]8;;https://e.x/1\x1b\\link\x1b]8;;\x1b\\ end\n",
        vec![("link end", vec![])],
    );
    shows("\x1b]0;a title\x07text\n", vec![("text", vec![])]);
}

#[test]
fn v12_invalid_bytes_are_replaced() {
    shows(b"caf\xe9 fails\n", vec![("caf\u{fffd} fails", vec![])]);
}

#[test]
fn v13_the_helper_pads_its_messages() {
    shows(
        "\x1b[31;1mERROR: No files to upload                         \x1b[0;m \n",
        vec![("ERROR: No files to upload", vec![])],
    );
}

#[test]
fn v14_the_fields_of_the_helper() {
    shows(
        "\x1b[31;1mERROR: Uploading artifacts as \"archive\" to coordinator... 413 Request Entity Too Large\x1b[0;m  \
         \x1b[31;1mid\x1b[0;m=1 \x1b[31;1mresponseStatus\x1b[0;m=413 Request Entity Too Large \
         \x1b[31;1mstatus\x1b[0;m=413\n",
        vec![(
            "ERROR: Uploading artifacts as \"archive\" to coordinator... 413 Request Entity Too Large  \
             id=1 responseStatus=413 Request Entity Too Large status=413",
            vec![],
        )],
    );
}

#[test]
fn v15_256_colours_and_true_colour() {
    shows(
        "\x1b[38;5;196mred\x1b[39m \x1b[38;2;1;2;3mrgb\x1b[0m\n",
        vec![("red rgb", vec![])],
    );
}

#[test]
fn v16_a_log_cut_inside_of_an_escape() {
    shows("abc\x1b[3", vec![("abc", vec![])]);
    shows("abc\x1b", vec![("abc", vec![])]);
}

#[test]
fn v17_the_output_limit() {
    let log = "last\n\x1b[33;1mJob's log exceeded limit of 4194304 bytes.\n\
         Job execution will continue but no more output will be collected.\x1b[0;m\n";
    shows(
        log,
        vec![
            ("last", vec![]),
            ("Job's log exceeded limit of 4194304 bytes.", vec![]),
            (
                "Job execution will continue but no more output will be collected.",
                vec![],
            ),
        ],
    );
    assert!(read(log.as_bytes()).facts.truncated);
}

#[test]
fn v18_a_cleared_line_before_a_marker() {
    let log = "section_start:1:step_script\r\x1b[0K50%\rsection_end:5:step_script\r\x1b[0K\
         \x1b[31;1mERROR: Job failed: exit status 1\x1b[0;m\n";
    shows(log, vec![("ERROR: Job failed: exit status 1", vec![])]);
    // Matching sees what the screen has lost, and where it stood.
    let reading = read(log.as_bytes());
    assert_eq!(reading.rows[0].text, "50%");
    assert_eq!(reading.rows[0].path, ["step_script"]);
    assert!(reading.rows[0].overwritten);
    assert_eq!(reading.facts.exit_code, Some(1));
}

#[test]
fn v19_a_masked_exit_code() {
    let log = "\x1b[31;1mERROR: Job failed: exit code [MASKED]\x1b[0;m\n";
    shows(log, vec![("ERROR: Job failed: exit code [MASKED]", vec![])]);
    let facts = read(log.as_bytes()).facts;
    assert!(facts.outcome.is_failure());
    assert_eq!(facts.exit_code, None);
}

#[test]
fn v20_options_with_a_blank_behind_the_comma() {
    shows(
        "section_start:1:x[collapsed=true, hide_duration=true]\r\x1b[0KH\n",
        vec![("H", vec!["x"])],
    );
}

#[test]
fn v21_a_line_of_more_than_8_kib_is_put_together_again() {
    let header = "2026-05-01T10:00:00.123456Z 01";
    let a = "a".repeat(8192);
    let joined = format!("{a}b");
    shows(
        format!("{header}O {a}\n{header}O+b\n"),
        vec![(&joined, vec![])],
    );
}

#[test]
fn every_command_may_be_a_section_of_its_own() {
    shows(
        "section_start:1:step_script\r\x1b[0K\
         section_start:2:section_script_step_0[hide_duration=true,collapsed=true]\r\x1b[0K\x1b[32;1m$ make\x1b[0;m\n\
         gcc -c x.c\n\
         section_end:3:section_script_step_0\r\x1b[0K\
         section_start:3:section_script_step_1[hide_duration=true,collapsed=true]\r\x1b[0K\x1b[32;1m$ make test\x1b[0;m\n\
         section_end:4:section_script_step_1\r\x1b[0Ksection_end:4:step_script\r\x1b[0K",
        vec![
            ("$ make", vec!["step_script", "section_script_step_0"]),
            ("gcc -c x.c", vec!["step_script", "section_script_step_0"]),
            ("$ make test", vec!["step_script", "section_script_step_1"]),
        ],
    );
}

#[test]
fn a_section_of_a_script_may_be_called_like_a_stage() {
    shows(
        "section_start:1:step_script\r\x1b[0K\x1b[0Ksection_start:2:step_1\r\x1b[0KHeader\n\
         body\n\x1b[0Ksection_end:3:step_1\r\x1b[0K\nafter\nsection_end:4:step_script\r\x1b[0K",
        vec![
            ("Header", vec!["step_script", "step_1"]),
            ("body", vec!["step_script", "step_1"]),
            ("after", vec!["step_script"]),
        ],
    );
}

#[test]
fn a_marker_ends_the_line_before_it() {
    shows(
        "section_start:1:step_script\r\x1b[0Kno newline behind thissection_end:2:step_script\r\x1b[0K\
         section_start:2:after_script\r\x1b[0KRunning after_script\n",
        vec![
            ("no newline behind this", vec!["step_script"]),
            ("Running after_script", vec!["after_script"]),
        ],
    );
}

#[test]
fn a_stage_that_is_tried_again_repeats_its_markers() {
    shows(
        "section_start:1:get_sources\r\x1b[0Kfirst\nsection_end:2:get_sources\r\x1b[0K\
         section_start:2:get_sources\r\x1b[0Ksecond\nsection_end:3:get_sources\r\x1b[0Kout\n",
        vec![
            ("first", vec!["get_sources"]),
            ("second", vec!["get_sources"]),
            ("out", vec![]),
        ],
    );
}

#[test]
fn a_stage_closes_whatever_is_open() {
    shows(
        "section_start:1:step_script\r\x1b[0Ka\nsection_start:2:mine\r\x1b[0Kb\n\
         section_start:3:after_script\r\x1b[0Kc\n",
        vec![
            ("a", vec!["step_script"]),
            ("b", vec!["step_script", "mine"]),
            ("c", vec!["after_script"]),
        ],
    );
}

#[test]
fn sections_nested_without_end_stay_bounded() {
    let mut log = String::new();
    for k in 0..20_000 {
        log += &format!("section_start:1:never_closed_{k}\r\x1b[0Kx\n");
    }
    let facts = read(log.as_bytes()).facts;
    let bytes: usize = facts
        .sections
        .iter()
        .flat_map(|s| &s.path)
        .map(String::len)
        .sum();
    assert!(bytes < 4 << 20, "{bytes} bytes of section names");
}

#[test]
fn utf16_in_the_middle_is_read_whatever_the_buffers() {
    let wide = |text: &str| -> Vec<u8> { text.encode_utf16().flat_map(u16::to_le_bytes).collect() };
    let part = [
        &b"$ build\r\n"[..],
        &wide("\u{c624}\u{b958}: error 1\r\n\r\n  at x.ps1\r\n"),
        b"plain \xed\x95\x9c\n",
    ]
    .concat();
    let log = part.repeat(2000);
    let whole = read(&log[..]);
    let mut wanted = Vec::new();
    for k in 0..2000 {
        let line = 5 * k + 1;
        wanted.push((line, "$ build"));
        wanted.push((line + 1, "\u{c624}\u{b958}: error 1"));
        wanted.push((line + 3, "  at x.ps1"));
        wanted.push((line + 4, "plain \u{d55c}"));
    }
    assert!(whole.numbered() == wanted);
    let small = read_with(Chunked::new(&log, &[7, 4096, 1]), 16 << 10);
    assert!(small.rows == whole.rows && small.clean == whole.clean);
}

#[test]
fn a_nul_between_cr_and_lf_is_nothing() {
    let both = || vec![("hello", vec![]), ("world", vec![])];
    shows("hello\r\0\nworld\n", both());
    shows("hello\r\r\0\0\nworld\r\0", both());
    shows("he\rhello\r\0\nworld\n", both());
}
