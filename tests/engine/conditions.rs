//! `before`, `after` and `absent`: each operator on its own, then all of them against a naive reading.

use jobtriage::engine::Scanner;
use jobtriage::library::Library;
use proptest::prelude::*;

use crate::naive::{Naive, found};
use crate::patterns::library;
use crate::rows::{Chunked, read};

/// The line that each condition of the only pattern found, for every hit: number of the hit, numbers of the others.
fn context(conditions: &str, log: &str) -> Vec<(u64, Vec<Option<u64>>)> {
    let library = one(conditions);
    let scan = Scanner::new(&library).scan(log.as_bytes());
    let other = |hit: &jobtriage::model::Hit| {
        let context = hit.context.iter();
        context.map(|c| c.as_ref().map(|c| c.place.line)).collect()
    };
    scan.hits
        .iter()
        .map(|hit| (hit.place.line, other(hit)))
        .collect()
}

fn one(conditions: &str) -> Library {
    let tables = format!("[[match]]\nregex = '^the error$'\n{conditions}");
    library(&[("t/one", &tables)])
}

#[test]
fn before_is_the_nearest_line_above() {
    let before = "[[when]]\nbefore = '^the omen'\n";
    let log = "the omen 1\nx\nthe omen 2\nthe error\nthe omen 3\n";
    assert_eq!(context(before, log), [(4, vec![Some(3)])]);
    assert_eq!(context(before, "the error\nthe omen\n"), [(1, vec![None])]);
}

#[test]
fn after_is_the_nearest_line_below() {
    let after = "[[when]]\nafter = '^the end'\n";
    let log = "the end 0\nthe error\nx\nthe end 1\nthe end 2\n";
    assert_eq!(context(after, log), [(2, vec![Some(4)])]);
    let log = "the error\nthe error\nthe end\nthe error\n";
    assert_eq!(
        context(after, log),
        [(1, vec![Some(3)]), (2, vec![Some(3)]), (4, vec![None])]
    );
}

#[test]
fn absent_looks_where_it_is_told_to() {
    let log = "all is well\nthe error\nx\nall is well\n";
    let side = |side: &str| {
        let condition = format!("[[when]]\nabsent = '^all is well'\n{side}");
        context(&condition, log)[0].1[0]
    };
    assert_eq!(side("side = 'before'\n"), Some(1));
    assert_eq!(side("side = 'after'\n"), Some(4));
    assert_eq!(side(""), Some(1));
    let below = context(
        "[[when]]\nabsent = '^all is well'\n",
        "the error\nall is well\n",
    );
    assert_eq!(below, [(1, vec![Some(2)])]);
}

#[test]
fn within_counts_lines_of_the_file() {
    for (within, want) in [(1, None), (2, None), (3, Some(1)), (4, Some(1))] {
        let condition = format!("[[when]]\nbefore = '^the omen'\nwithin = {within}\n");
        // Three newlines lie between: an empty line and a progress bar take one each.
        let log = "the omen\n\n10%\r20%\r30%\nthe error\n";
        assert_eq!(context(&condition, log), [(4, vec![want])], "{within}");
        let condition = format!("[[when]]\nafter = '^the omen'\nwithin = {within}\n");
        let log = "the error\n\n10%\r20%\r30%\nthe omen\n";
        let want = want.map(|_| 4);
        assert_eq!(context(&condition, log), [(1, vec![want])], "{within}");
    }
}

#[test]
fn pieces_of_one_line_are_not_apart() {
    let condition = "[[when]]\nbefore = '^the omen'\nwithin = 0\n";
    assert_eq!(
        context(condition, "the omen\rthe error\n"),
        [(1, vec![Some(1)])]
    );
    assert_eq!(
        context(condition, "the omen\nthe error\n"),
        [(2, vec![None])]
    );
}

#[test]
fn a_line_is_no_other_line_than_itself() {
    let conditions = "[[when]]\nbefore = 'the error'\n[[when]]\nabsent = 'the error'\n[[when]]\nafter = 'the error'\n";
    assert_eq!(
        context(conditions, "the error\n"),
        [(1, vec![None, None, None])]
    );
    assert_eq!(
        context(conditions, "the error\nthe error\n"),
        [
            (1, vec![None, Some(2), Some(2)]),
            (2, vec![Some(1), Some(1), None])
        ]
    );
}

#[test]
fn scopes_end_where_commands_sections_and_logs_end() {
    let log = "section_start:1:get_sources\r\x1b[0Kthe omen 1\nsection_end:2:get_sources\r\x1b[0K\
         section_start:2:step_script\r\x1b[0Kthe omen 2\n\x1b[32;1m$ make\x1b[0;m\n\
         the omen 3\nthe error\nthe omen 4\n\x1b[32;1m$ make more\x1b[0;m\nthe omen 5\n\
         section_end:3:step_script\r\x1b[0Kthe omen 6\n";
    let scoped = |operator: &str, n: &str, scope: &str| {
        let condition = format!("[[when]]\n{operator} = '^the omen {n}'\nscope = '{scope}'\n");
        context(&condition, log)[0].1[0]
    };
    assert_eq!(scoped("before", "3", "command"), Some(4));
    assert_eq!(scoped("before", "2", "command"), None);
    assert_eq!(scoped("before", "2", "section"), Some(2));
    assert_eq!(scoped("before", "1", "section"), None);
    assert_eq!(scoped("before", "1", "job"), Some(1));
    assert_eq!(scoped("after", "4", "command"), Some(6));
    assert_eq!(scoped("after", "5", "command"), None);
    assert_eq!(scoped("after", "5", "section"), Some(8));
    assert_eq!(scoped("after", "6", "section"), None);
    assert_eq!(scoped("after", "6", "job"), Some(9));
    assert_eq!(scoped("absent", "[15]", "command"), None);
    assert_eq!(scoped("absent", "[15]", "section"), Some(8));
    assert_eq!(scoped("absent", "[15]", "job"), Some(1));
}

#[test]
fn the_section_is_the_stage_whatever_a_script_opens_within() {
    let log = "section_start:1:step_script\r\x1b[0Kthe omen\nsection_start:2:mine\r\x1b[0Kthe error\n\
         section_end:3:mine\r\x1b[0Kthe end\nsection_end:4:step_script\r\x1b[0K";
    let conditions = "[[when]]\nbefore = '^the omen'\n[[when]]\nafter = '^the end'\n";
    assert_eq!(context(conditions, log), [(2, vec![Some(1), Some(3)])]);
}

#[test]
fn distances_are_those_within_one_of_several_outputs() {
    let conditions =
        "[[when]]\nbefore = '^the omen'\nwithin = 9\n[[when]]\nafter = '^the end'\nwithin = 9\n";
    let log =
        "#7 0.1 the omen\n#8 0.1 the omen\n#7 0.2 the error\n#8 0.3 the end\n#7 0.3 the end\n";
    assert_eq!(context(conditions, log), [(3, vec![Some(1), Some(5)])]);
    // What names no output concerns all of them.
    let log = "the omen\n#8 0.1 the omen\n#7 0.2 the error\nthe end\n";
    assert_eq!(context(conditions, log), [(3, vec![Some(1), Some(4)])]);
    let log = "#8 0.1 the omen\nthe error\n#9 0.2 the end\n";
    assert_eq!(context(conditions, log), [(2, vec![Some(1), Some(3)])]);
    // Without a distance a step of a build may be about another.
    let conditions = "[[when]]\nbefore = '^the omen'\n[[when]]\nafter = '^the end'\n";
    let log = "#8 0.1 the omen\n#7 0.2 the error\n#9 0.3 the end\n";
    assert_eq!(context(conditions, log), [(2, vec![Some(1), Some(3)])]);
}

#[test]
fn conditions_see_commands_and_copies_of_source() {
    let conditions = "[[when]]\nbefore = '^\\$ make (?P<what>\\w+)'\n[[when]]\nbefore = '^\\+ make (?P<inner>\\w+)'\n";
    let log = "\x1b[32;1m$ make all\x1b[0;m\n+ make some\nthe error\n";
    assert_eq!(context(conditions, log), [(3, vec![Some(1), Some(2)])]);
    let library = one(conditions);
    let scan = Scanner::new(&library).scan(log.as_bytes());
    let captures: Vec<&str> = scan.hits[0]
        .context
        .iter()
        .flatten()
        .flat_map(|other| other.captures.values())
        .map(String::as_str)
        .collect();
    assert_eq!(captures, ["all", "some"]);
}

#[test]
fn a_condition_without_a_literal_looks_a_few_lines_back() {
    let condition = "[[when]]\nbefore = '^E\\d+$'\nwithin = 3\n";
    assert_eq!(
        context(condition, "E1\nE2\nx\nthe error\n"),
        [(4, vec![Some(2)])]
    );
    assert_eq!(
        context(condition, "E1\nx\nx\nx\nthe error\n"),
        [(5, vec![None])]
    );
    assert_eq!(
        context(
            condition,
            "section_start:1:a\r\x1b[0KE1\nsection_end:1:a\r\x1b[0Kthe error\n"
        ),
        [(2, vec![None])]
    );
    let clock = "2026-05-01T10:00:00.123456Z 01O";
    let log = format!("{clock} E1\n{clock} x\n{clock}+y\n{clock} the error\n");
    assert_eq!(context(condition, &log), [(4, vec![Some(1)])]);
}

/// One line, or a part of one, of a generated log.
fn part() -> impl Strategy<Value = &'static str> {
    prop::sample::select(vec![
        "the error\n",
        "the error\n",
        "the omen 1\n",
        "the omen 2\n",
        "E7\n",
        "x\n",
        "x\n",
        "\n",
        "\r",
        "#7 0.1 ",
        "#8 0.1 ",
        "web-1 | ",
        "\x1b[32;1m$ make\x1b[0;m\n",
        "+ the omen 1\n",
        "section_start:1:step_script\r\x1b[0K",
        "section_end:1:step_script\r\x1b[0K",
        "section_start:1:mine\r\x1b[0K",
        "section_end:1:mine\r\x1b[0K",
        "section_end:1:get_sources\n",
        "section_start:1:after_script\n",
        "\n2026-05-01T10:00:00.123456Z 01E+",
        "\n2026-05-01T10:00:00.123456Z 01E ",
    ])
}

fn condition() -> impl Strategy<Value = String> {
    let operator = prop::sample::select(vec![
        "before = '^the omen'\n",
        "after = '^the omen 1'\n",
        "absent = 'the omen (?P<n>2)'\n",
        "absent = 'the omen'\nside = 'before'\n",
        "absent = 'the omen'\nside = 'after'\n",
    ]);
    let scope = prop::sample::select(vec![
        "",
        "scope = 'command'\n",
        "scope = 'section'\n",
        "scope = 'job'\n",
    ]);
    let within = prop::option::of(0u32..12)
        .prop_map(|within| within.map_or(String::new(), |n| format!("within = {n}\n")));
    let keyed =
        (operator, scope.clone(), within).prop_map(|(o, s, w)| format!("[[when]]\n{o}{s}{w}"));
    let near = (scope, 0u32..12)
        .prop_map(|(s, n)| format!("[[when]]\nbefore = '^E\\d$'\nwithin = {n}\n{s}"));
    prop_oneof![4 => keyed, 1 => near]
}

proptest! {
    #![proptest_config(ProptestConfig {
        cases: std::env::var("PROPTEST_CASES").ok().and_then(|n| n.parse().ok()).unwrap_or(300),
        failure_persistence: None,
        ..ProptestConfig::default()
    })]

    #[test]
    fn conditions_are_settled_as_a_naive_reading_settles_them(
        conditions in prop::collection::vec(condition(), 1..4),
        parts in prop::collection::vec(part(), 0..120),
        padding in 0usize..2,
        sizes in prop::collection::vec(1usize..9000, 1..4),
    ) {
        let library = one(&conditions.concat());
        // With padding the log lies across the border of the smallest buffer.
        let log = "ordinary output\n".repeat(padding * 1000) + &parts.concat();
        let scan = Scanner::new(&library).scan_with_buffer(Chunked::new(log.as_bytes(), &sizes), 16 << 10);
        let reading = read(log.as_bytes());
        prop_assert_eq!(&scan.facts, &reading.facts);
        prop_assert_eq!(found(&scan, &library), Naive::new(&library).hits(&reading.rows, &scan));
    }
}
