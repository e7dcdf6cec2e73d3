//! Line numbers are those of the raw file, counted in newlines.

use crate::rows::read;

#[test]
fn markers_and_pieces_take_no_numbers() {
    let log = "one\nsection_start:1:step_script\r\x1b[0K\x1b[36;1mtwo\x1b[0;m\n\
         10%\r20%\rthree\n\nfive\r\nsection_end:1:step_script\r\x1b[0Ksix\n";
    assert_eq!(
        read(log.as_bytes()).numbered(),
        [
            (1, "one"),
            (2, "two"),
            (3, "10%"),
            (3, "20%"),
            (3, "three"),
            (5, "five"),
            (6, "six")
        ]
    );
}

#[test]
fn continuations_take_the_numbers_of_their_newlines() {
    let header = "2026-05-01T10:00:00.123456Z 01O";
    let log = format!(
        "{header} one \n{header}+goes on\n{header}+ and on\n{header} four\n\
         {header} 50%\r\n{header}+100%\r\n{header}+\n{header} eight\n"
    );
    assert_eq!(
        read(log.as_bytes()).numbered(),
        [
            (1, "one goes on and on"),
            (4, "four"),
            (5, "50%"),
            (6, "100%"),
            (8, "eight")
        ]
    );
}

#[test]
fn sections_begin_and_end_on_lines_of_the_file() {
    let log = "a\nsection_start:1:x\r\x1b[0Kb\nc\nsection_end:2:x\r\x1b[0Kd\n";
    let facts = read(log.as_bytes()).facts;
    let spans: Vec<_> = facts
        .sections
        .iter()
        .map(|s| (s.path.as_deref(), s.first_line, s.last_line))
        .collect();
    assert_eq!(spans, [(None, 1, 1), (Some("x"), 2, 3), (None, 4, 4)]);
}

#[test]
fn lines_are_counted_to_the_end() {
    for (log, lines) in [
        ("", 0),
        ("\n", 1),
        ("a", 1),
        ("a\n", 1),
        ("a\nb", 2),
        ("a\n\n\n", 3),
        ("a\rb\rc\n", 1),
        ("a\r\nb\r\n", 2),
    ] {
        assert_eq!(read(log.as_bytes()).lines, lines, "{log:?}");
    }
}
