//! What holds for every format and every report.

use proptest::prelude::*;

use super::paint::Ink;
use super::testing::*;
use super::{FORMATS, Style, prose, sanitize, width};
use crate::model::{Lang, LogReport, Problem, Status};

/// Where the text behind a label, and further in a command, starts.
const COMMAND: usize = 11;

#[test]
fn prose_keeps_to_the_width() {
    for columns in 1..=120 {
        for lang in [Lang::En, Lang::Ko] {
            let style = Style {
                width: columns,
                lang,
                why: true,
                ..Style::default()
            };
            for report in every_shape() {
                for row in text_of(&style, report).lines() {
                    // What is there to be copied is never broken.
                    // The guard against workflow commands widens a row when it is written.
                    let words = [
                        "http",
                        "jobtriage",
                        "  Docs",
                        "  문서",
                        "  More",
                        "<U+003A>",
                    ];
                    let copied = row.starts_with(&" ".repeat(COMMAND))
                        || words.iter().any(|word| row.contains(word));
                    assert!(
                        copied || width::of(row) <= style.prose_width(),
                        "{columns}: {row}"
                    );
                }
            }
        }
    }
}

#[test]
fn color_only_if_asked_for_and_then_only_color() {
    for format in FORMATS {
        for all in [false, true] {
            let style = Style {
                why: true,
                all,
                ..Style::default()
            };
            let out = written(format.name(), &style, &every_shape(), &[]);
            assert!(!out.contains('\x1b'), "{}", format.name());
        }
    }
    let style = Style {
        color: true,
        ..Style::default()
    };
    let out = text_of(&style, from_variable());
    assert!(
        out.starts_with("\x1b[1m\x1b[31mFAILED\x1b[0m  exit code 1"),
        "{out:?}"
    );
    assert!(out.contains("\x1b[36mdocker-build/from-variable-without-arg\x1b[0m"));
    assert!(out.contains("\x1b[36m--build-arg CI_REGISTRY_IMAGE\x1b[0m was passed"));
    assert!(!out.contains('`'));
    // The same text, once the colours and the backticks are gone.
    let bare = |out: &str| {
        let parts = out.split("\x1b[").enumerate();
        parts
            .map(|(at, part)| {
                if at == 0 {
                    part
                } else {
                    part.split_once('m').unwrap().1
                }
            })
            .collect::<String>()
    };
    assert!(bare(&out).contains("  · line 17  ERROR: Job failed: command terminated"));
}

#[test]
fn hostile_text_does_nothing_anywhere() {
    let evil = Problem {
        source: "\x1b[2J\u{202e}::error::x".into(),
        message: "\n::error::x".into(),
        hint: Some("\r##[add-mask]x".into()),
    };
    let mut logs = vec![hostile(), hostile_unexplained()];
    logs.push(LogReport {
        source: "::error::x".into(),
        ..clean("")
    });
    logs.push(LogReport {
        status: Status::Clean,
        cause: None,
        unexplained: None,
        ..hostile()
    });
    for attack in ATTACKS {
        logs.push(saying(attack));
        logs.push(LogReport {
            cause: None,
            status: Status::Unexplained,
            ..saying(attack)
        });
    }
    for format in FORMATS {
        for style in [
            Style {
                why: true,
                ..Style::default()
            },
            Style {
                all: true,
                width: 40,
                ..Style::default()
            },
            Style {
                color: true,
                why: true,
                all: true,
                ..Style::default()
            },
        ] {
            let out = written(format.name(), &style, &logs, std::slice::from_ref(&evil));
            for (at, line) in out.split('\n').enumerate() {
                let at = format!("{} line {}: {line:?}", format.name(), at + 1);
                // A border between cells; what else a tab would be is shown otherwise.
                let line = match format.name() {
                    "tsv" => line.replace('\t', " "),
                    _ => line.to_owned(),
                };
                let line = line.as_str();
                let own = format.name() == "github"
                    && ["::error ", "::warning ", "::notice "]
                        .iter()
                        .any(|command| line.starts_with(command));
                assert!(own || !line.trim_start().starts_with("::"), "{at}");
                assert!(!line.contains("##["), "{at}");
                assert!(
                    !line.contains(|c| c != '\x1b' && sanitize::is_hostile(c)),
                    "{at}"
                );
                for sequence in line.split('\x1b').skip(1) {
                    let end = sequence.find(|c: char| !"[0123456789;".contains(c));
                    assert!(
                        end.is_some_and(|end| sequence[end..].starts_with('m')),
                        "{at}"
                    );
                }
            }
        }
    }
}

fn text_of(style: &Style, report: LogReport) -> String {
    written("text", style, &[report], &[])
}

/// Text as attackers and tests of terminals write it.
fn any_text() -> impl Strategy<Value = String> {
    let piece = prop_oneof![
        4 => "[a-z ]{0,9}",
        2 => any::<String>(),
        1 => prop::sample::select(vec![
            "\u{1b}[2J", "\u{9b}31m", "\u{202e}", "##[add-mask]", "##", "[", "::", "`", "` ", "오류",
            "\r\n", "\t", "\u{200b}", "👩\u{200d}💻", "⚠\u{fe0f}", "e\u{301}",
        ]).prop_map(str::to_owned),
    ];
    prop::collection::vec(piece, 0..8).prop_map(|pieces| pieces.concat())
}

proptest! {
    #[test]
    fn clean_text_is_clean_and_stays_so(text in any_text()) {
        let clean = sanitize::clean(&text);
        prop_assert!(!clean.contains(sanitize::is_hostile));
        prop_assert_eq!(sanitize::clean(&clean), clean.clone());
        let json = serde_json::to_string(&text).unwrap();
        let value: String = serde_json::from_str(&sanitize::clean_json(json)).unwrap();
        prop_assert_eq!(value, text);
    }

    #[test]
    fn whatever_is_cut_fits_and_keeps_its_match(
        text in any_text(), from in 0u32..60, length in 0u32..60, max in 4usize..50,
    ) {
        let (text, span) = sanitize::clean_span(&text, (from, from + length));
        prop_assert!(text.get(span.clone()).is_some());
        let found = text[span.clone()].to_owned();
        let (cut, place) = width::cut_around(&text, span, max, "…");
        prop_assert!(width::of(&cut) <= max);
        let kept = cut.get(place);
        prop_assert!(kept.is_some());
        if width::of(&found) + 2 <= max {
            prop_assert_eq!(kept.unwrap(), found);
        }
        let rows = width::rows(&text, max, 3);
        let whole: String = rows.iter().map(|row| &text[row.clone()]).collect();
        prop_assert!(rows.iter().all(|row| width::of(text[row.clone()].trim_end()) <= max));
        prop_assert_eq!(whole, text);
    }

    #[test]
    fn wrapping_loses_nothing_but_blanks(text in any_text(), max in 2usize..50) {
        let lines = prose::wrap(&text, Ink::Plain, max, false);
        let mut shown = String::new();
        for line in &lines {
            let line: String = line.iter().map(|(_, text)| text.as_str()).collect();
            prop_assert!(width::of(&line) <= max, "{:?}", line);
            shown.push_str(&line);
        }
        let bare = |text: &str| text.replace([' ', '\t', '\n'], "");
        // Cleaned word by word, as a tab or a newline between words is no character to show.
        let clean: String = text.split([' ', '\t', '\n']).map(sanitize::clean).collect();
        prop_assert_eq!(bare(&shown), bare(&clean));
    }
}
