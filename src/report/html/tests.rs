use std::collections::BTreeSet;

use html5gum::{Token, Tokenizer};

use super::*;
use crate::report::testing::*;

fn page(logs: &[LogReport]) -> String {
    written("html", &Style::default(), logs, &[])
}

/// A start tag with its attributes, as a browser's tokenizer sees it.
type Tag = (String, Vec<(String, String)>);

/// Every start tag and all text of a page, without our own style and script.
fn read(html: &str) -> (Vec<Tag>, String) {
    let (style, script) = (
        format!("<style>{STYLE}</style>"),
        format!("<script>{SCRIPT}</script>"),
    );
    assert_eq!(html.matches(&style).count(), 1);
    assert_eq!(html.matches(&script).count(), 1);
    let html = html.replace(&style, "").replace(&script, "");
    let owned = |bytes: &[u8]| String::from_utf8(bytes.to_vec()).expect("UTF-8");
    let (mut tags, mut text) = (Vec::new(), String::new());
    let mut open = Vec::new();
    let empty = ["meta", "rect"];
    for token in Tokenizer::new(html.as_str()) {
        match token.expect("no input error") {
            Token::StartTag(tag) => {
                let attributes = tag.attributes.iter();
                let attributes = attributes.map(|(name, value)| (owned(name), owned(value)));
                let name = owned(&tag.name);
                if !empty.contains(&name.as_str()) {
                    open.push(name.clone());
                }
                tags.push((name, attributes.collect()));
            }
            Token::EndTag(tag) => {
                let name = owned(&tag.name);
                if !empty.contains(&name.as_str()) {
                    assert_eq!(open.pop(), Some(name), "tags are nested well");
                }
            }
            Token::String(string) => text.push_str(&owned(&string)),
            Token::Doctype(_) => {}
            other => panic!("nothing else is written: {other:?}"),
        }
    }
    assert!(open.is_empty(), "{open:?}");
    (tags, text)
}

fn attribute<'t>(tag: &'t Tag, name: &str) -> Option<&'t str> {
    let mut all = tag.1.iter();
    all.find(|(key, _)| key == name)
        .map(|(_, value)| value.as_str())
}

/// A page from which nothing is fetched and in which nothing foreign runs.
fn assert_harmless(html: &str, case: &str) {
    let known: BTreeSet<&str> = "html head meta title body main header section article footer div \
        h1 h2 p a b span ol ul li dl dt dd table thead tbody tr th td code pre mark details \
        summary svg rect"
        .split_whitespace()
        .collect();
    let attributes: BTreeSet<&str> = "lang charset http-equiv content name id class href rel \
        scope aria-label aria-hidden viewbox preserveaspectratio width height x y rx open \
        data-filter data-all data-sort"
        .split_whitespace()
        .collect();
    let (tags, _) = read(html);
    for tag in &tags {
        assert!(known.contains(tag.0.as_str()), "{case}: {tag:?}");
        for (name, value) in &tag.1 {
            assert!(attributes.contains(name.as_str()), "{case}: {tag:?}");
            if name == "href" {
                let within =
                    value.starts_with("#") || crate::report::sanitize::is_web_address(value);
                assert!(within, "{case}: {value}");
            }
        }
    }
    // Anchors are unique, and every link within the page has one.
    let ids: Vec<&str> = tags.iter().filter_map(|tag| attribute(tag, "id")).collect();
    let unique: BTreeSet<&str> = ids.iter().copied().collect();
    assert_eq!(unique.len(), ids.len(), "{case}: {ids:?}");
    for href in tags.iter().filter_map(|tag| attribute(tag, "href")) {
        if let Some(id) = href.strip_prefix('#') {
            assert!(unique.contains(id), "{case}: {id} is nowhere");
        }
    }
}

#[test]
fn attacks_stay_text() {
    for attack in ATTACKS {
        let known = saying(attack);
        let unknown = LogReport {
            cause: None,
            status: Status::Unexplained,
            ..known.clone()
        };
        let problem = Problem {
            source: (*attack).into(),
            message: (*attack).into(),
            hint: Some((*attack).into()),
        };
        for logs in [
            vec![known.clone()],
            vec![unknown.clone()],
            vec![known, unknown],
        ] {
            for errors in [&[][..], std::slice::from_ref(&problem)] {
                let html = written("html", &Style::default(), &logs, errors);
                assert_harmless(&html, attack);
            }
        }
    }
}

#[test]
fn every_shape_in_both_languages() {
    for lang in crate::model::Lang::ALL {
        let style = Style {
            lang: *lang,
            all: true,
            ..Style::default()
        };
        let html = written("html", &style, &every_shape(), &[]);
        assert_harmless(&html, "every shape");
        assert!(html.starts_with("<!DOCTYPE html><html lang=\""), "{html}");
    }
}

#[test]
fn what_the_log_says_is_there_as_text() {
    let (_, text) = read(&page(&[saying("a <b>bold</b> & \"quoted\" 'word'")]));
    assert!(text.contains("a <b>bold</b> & \"quoted\" 'word'"));
    let html = page(&[from_variable()]);
    assert!(html.contains("<mark>invalid reference format</mark>"));
    assert!(html.contains("<pre class=\"command\"><code>ARG CI_REGISTRY_IMAGE=registry"));
    assert!(
        html.contains("<title>FROM uses a variable that the Dockerfile never declares</title>")
    );
}

#[test]
fn the_policy_knows_our_style_and_script_and_nothing_else() {
    let html = page(&[from_variable()]);
    let (tags, _) = read(&html);
    let policy = tags
        .iter()
        .find(|tag| attribute(tag, "http-equiv") == Some("Content-Security-Policy"))
        .and_then(|tag| attribute(tag, "content"))
        .expect("a policy");
    assert!(policy.starts_with("default-src 'none'; style-src 'sha256-"));
    assert!(!policy.contains("unsafe") && !policy.contains("http") && !policy.contains('*'));
    let between = |start: &str, end: &str| {
        let (_, rest) = html.split_once(start).expect("it starts");
        rest.split_once(end).expect("it ends").0.to_owned()
    };
    for text in [
        between("<style>", "</style>"),
        between("<script>", "</script>"),
    ] {
        let hash = STANDARD.encode(Sha256::digest(text.as_bytes()));
        assert!(policy.contains(&format!("'sha256-{hash}'")));
    }
    // Nothing that the policy would refuse: it would be missing in the page.
    assert!(!html.contains(" style=\"") && !html.contains("url("));
}

#[test]
fn an_anchor_is_the_same_in_every_report() {
    let anchor = |html: &str| {
        let (_, rest) = html
            .split_once("<article class=\"log\" id=\"")
            .expect("a section");
        rest.split_once('"').expect("an end").0.to_owned()
    };
    let alone = anchor(&page(&[from_variable()]));
    assert_eq!(anchor(&page(&[clean("a.log"), from_variable()])), alone);
    assert!(page(&[from_variable()]).contains(&format!("id=\"{alone}-L6\"")));
    // Two logs of one name have two anchors.
    assert!(page(&[from_variable(), from_variable()]).contains(&format!("id=\"{alone}-2\"")));
}

#[test]
fn one_log_has_no_overview_but_a_section_even_if_nothing_failed() {
    let html = page(&[clean("ok.log")]);
    assert!(html.contains("No failure in this log") && !html.contains("id=\"logs\""));
    let html = page(&[clean("ok.log"), clean("ok2.log")]);
    assert!(!html.contains("<article") && html.contains("id=\"logs\""));
}

#[test]
fn a_large_batch_is_bounded_and_says_so() {
    let limits = Limits {
        rows: 30,
        sections: 8,
        free_sections: 4,
        alike: 2,
        section_bytes: 1_000_000,
    };
    let logs: Vec<LogReport> = (0..40)
        .map(|n| {
            let mut log = unexplained(&format!("{n}.log"));
            if let Some(unknown) = &mut log.unexplained {
                // A rare failure comes late.
                unknown.fingerprint = if n == 35 { "1:rare" } else { "1:same" }.to_owned();
                unknown.lines[1].text = unknown.fingerprint.clone();
            }
            log
        })
        .collect();
    let mut out = Vec::new();
    let mut writer = HtmlWriter::new(Box::new(&mut out), &Style::default(), &tool(), limits);
    for log in &logs {
        writer.log(log).unwrap();
    }
    writer.finish(&[], &summary(&logs)).unwrap();
    drop(writer);
    let html = String::from_utf8(out).unwrap();
    assert_harmless(&html, "bounded");
    assert_eq!(html.matches("<article").count(), 5);
    assert!(html.contains("<code class=\"said\">1:rare</code>"));
    assert!(html.contains("10 further logs not listed; the totals count them."));
    assert!(html.contains("35 failing logs stand in the table only"));
    let (_, sections) = html.split_once("<article").unwrap();
    assert!(
        sections.contains("1:rare"),
        "the rare failure has a section"
    );
}

#[test]
fn what_is_not_among_the_logs_is_said_and_failures_are_drawn_over_time() {
    let at = |unix: i64, log: LogReport| LogReport {
        ended: crate::model::Time::from_unix(unix),
        ..log
    };
    let mut logs = vec![
        at(1_700_000_000, from_variable()),
        at(1_700_900_000, hostile()),
    ];
    logs.push(unexplained("no time"));
    let mut out = Vec::new();
    let mut writer = Html.start(Box::new(&mut out), &Style::default(), &tool());
    logs.iter().for_each(|log| writer.log(log).unwrap());
    let summary = Summary {
        partial: true,
        known: 3,
        outside: 4,
        ..summary(&logs)
    };
    writer.finish(&[], &summary).unwrap();
    drop(writer);
    let html = String::from_utf8(out).unwrap();
    assert_harmless(&html, "over time");
    for part in [
        "<section id=\"over-time\">",
        "2023-11-14 22:13 to 2023-11-25 08:13 UTC; 1 log tells no time",
        "3 logs with failures that the baseline knows",
        "4 logs of other times",
        "interrupted: these are not all logs",
    ] {
        assert!(html.contains(part), "{part}: {html}");
    }
}

#[test]
fn rows_lie_in_bodies_of_a_hundred() {
    let logs: Vec<_> = (0..250).map(|n| clean(&format!("{n}.log"))).collect();
    let html = page(&logs);
    assert_harmless(&html, "bodies");
    assert_eq!(html.matches("<tbody>").count(), 3);
    assert_eq!(html.matches("<tr><td>").count(), 250);
}
