use pulldown_cmark::{Event, Options, Parser, Tag, TagEnd};

use super::*;
use crate::model::LogReport;
use crate::report::testing::*;

fn comment(logs: &[LogReport]) -> String {
    written("markdown", &Style::default(), logs, &[])
}

/// What another reader makes of it: text outside of code, text in code, raw HTML, links.
#[derive(Debug, Default)]
struct Read {
    prose: String,
    code: String,
    html: String,
    links: Vec<String>,
}

fn read(markdown: &str) -> Read {
    let mut read = Read::default();
    let mut in_block = false;
    for event in Parser::new_ext(markdown, Options::all()) {
        match event {
            Event::Start(Tag::CodeBlock(_)) => in_block = true,
            Event::End(TagEnd::CodeBlock) => in_block = false,
            Event::Start(Tag::Link { dest_url, .. } | Tag::Image { dest_url, .. }) => {
                read.links.push(dest_url.to_string());
            }
            Event::Text(text) if in_block => read.code.push_str(&text),
            Event::Text(text) => read.prose.push_str(&text),
            Event::Code(text) => read.code.push_str(&text),
            Event::Html(html) | Event::InlineHtml(html) => read.html.push_str(&html),
            Event::SoftBreak | Event::HardBreak | Event::End(_) => read.prose.push('\n'),
            _ => {}
        }
    }
    read
}

#[test]
fn attacks_stay_text() {
    for attack in ATTACKS {
        for log in [
            saying(attack),
            LogReport {
                cause: None,
                status: Status::Unexplained,
                ..saying(attack)
            },
        ] {
            for logs in [vec![log.clone()], vec![log.clone(), log]] {
                let out = comment(&logs);
                let read = read(&out);
                let bare = |html: &str| {
                    // Summaries quote the log's name, escaped, in code.
                    let mut rest = html;
                    let mut bare = String::new();
                    while let Some((before, after)) = rest.split_once("<code>") {
                        let (quoted, after) = after.split_once("</code>").expect("closed");
                        assert!(!quoted.contains(['<', '>', '"']), "{attack}: {quoted}");
                        bare.push_str(before);
                        rest = after;
                    }
                    bare + rest
                };
                for line in bare(&read.html).lines().filter(|line| !line.is_empty()) {
                    let ours = [
                        MARK,
                        "<details>",
                        "<details open>",
                        "</details>",
                        "<sub>",
                        "</sub>",
                        "<sub></sub>",
                    ];
                    let summary = line.starts_with("<summary>") && line.ends_with("</summary>");
                    assert!(ours.contains(&line) || summary, "{attack}: {line}\n{out}");
                }
                assert!(
                    read.links.iter().all(|url| attack.contains(url.as_str())),
                    "{attack}: {:?}",
                    read.links
                );
                let shady = ['@', '#', '~', '<', '[', '$', '\\', '*', '_', '{'];
                assert!(!read.prose.contains(shady), "{attack}: {}", read.prose);
                assert_eq!(
                    out.matches(MARK).count(),
                    1 + quoted_marks(&out),
                    "{attack}"
                );
                for line in out.lines() {
                    assert!(!line.trim_start().starts_with('/'), "{attack}: {line}");
                    let fence = line.starts_with("```");
                    assert!(
                        !fence || line.trim_matches('`').len() <= 4,
                        "{attack}: {line}"
                    );
                }
            }
        }
    }
}

/// Marks that the log itself wrote: they stand within lines, ours is a line.
fn quoted_marks(out: &str) -> usize {
    let lines = out.lines().filter(|line| *line != MARK);
    lines.map(|line| line.matches(MARK).count()).sum()
}

#[test]
fn a_table_row_stays_a_row() {
    let out = comment(&[saying("a | b"), saying("c\n| d |")]);
    let rows = out.lines().take_while(|line| !line.starts_with("<details"));
    for row in rows.filter(|row| row.starts_with('|')) {
        assert_eq!(row.replace("\\|", "").matches('|').count(), 5, "{row}");
    }
}

#[test]
fn one_log_has_no_overview() {
    let out = comment(&[from_variable()]);
    assert!(out.starts_with(
        "<!-- jobtriage:report -->\n### FROM uses a variable that the Dockerfile never declares\n\n"
    ));
    assert!(out.contains("> 6 │ invalid reference format\n"));
    assert!(out.ends_with("<sub>jobtriage 0.1.0, 700 patterns, from the log alone</sub>\n"));
}

#[test]
fn a_comment_is_never_too_long_and_says_what_it_lacks() {
    let mut logs = vec![clean("ok.log")];
    logs.extend((0..300).map(|n| unexplained(&format!("{n}.log"))));
    for max_bytes in [None, Some(3_000), Some(8_000)] {
        let style = Style {
            max_bytes,
            ..Style::default()
        };
        let out = written("markdown", &style, &logs, &[]);
        assert!(out.len() <= max_bytes.unwrap_or(LIMIT), "{}", out.len());
        let shown = out.matches("<summary>").count();
        let left_out = format!("{} further failures left out here", 300 - shown);
        assert!(out.contains(&left_out), "{out}");
    }
    let mut huge = from_variable();
    if let Some(cause) = &mut huge.cause {
        cause.fix = vec!["word ".repeat(400); 60];
    }
    let out = comment(&[huge]);
    assert!(
        out.len() <= LIMIT && out.contains("the report would be too long"),
        "{out}"
    );
}

#[test]
fn no_failure_is_said() {
    let out = comment(&[clean("ok.log")]);
    assert!(out.contains("### No failure in this log\n"));
    assert!(out.contains("| OK |  |"));
}
