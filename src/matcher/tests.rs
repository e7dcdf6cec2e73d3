use proptest::prelude::*;
use regex::bytes::RegexBuilder;

use super::{Beyond, Found, Needs, Program, make};
use crate::pattern::literal;

/// What `regex` finds.
fn reference(
    source: &str,
    ignore_case: bool,
    unicode: bool,
    text: &[u8],
    at: usize,
) -> Option<Found> {
    let regex = RegexBuilder::new(source)
        .unicode(unicode)
        .case_insensitive(ignore_case)
        .build()
        .unwrap();
    Found::by_regex(&regex, text, at)
}

fn program(source: &str, ignore_case: bool, unicode: bool) -> Vec<u8> {
    let hir = literal::parse(source, ignore_case, unicode).unwrap();
    make(&hir)
}

fn are_met(source: &str, ignore_case: bool, unicode: bool, folded: &[u8]) -> bool {
    let hir = literal::parse(source, ignore_case, unicode).unwrap();
    Needs::new(&Needs::pack(&literal::needs(&hir))).are_met(folded)
}

fn same(source: &str, ignore_case: bool, unicode: bool, text: &[u8], at: usize) {
    let bytes = program(source, ignore_case, unicode);
    let program = Program::new(&bytes);
    let want = reference(source, ignore_case, unicode, text, at);
    let told = String::from_utf8_lossy(text);
    assert_eq!(
        program.find_at(text, at),
        Ok(want.clone()),
        "{source} on {told:?} from {at}"
    );
    let folded: Vec<u8> = text.iter().map(|&b| literal::fold(b)).collect();
    assert!(
        want.is_none() || are_met(source, ignore_case, unicode, &folded),
        "{source} on {told:?}"
    );
}

#[test]
fn forms_mean_what_they_mean_to_regex() {
    let sources = [
        "abc",
        "a.c",
        "^abc",
        "abc$",
        r"\babc\b",
        r"a\Bb",
        "a|ab|abc",
        "(?:a|ab)c",
        "a*",
        "a*?",
        "a+b",
        "a+?b",
        "(?P<x>a+)(?P<y>b*)",
        "(?P<x>a|b)*c",
        "(?P<x>a*)*",
        "(?P<x>a*)+b",
        "(?:a?){3}b",
        "(?P<x>a{2,3}?)b",
        "(?:ab){2,}",
        "[^ ]+ (?P<rest>.*)$",
        ".*b",
        ".*?b.*a",
        "(?:a*b?)*c",
        "(?P<x>(?:a|b)+?)c?",
        "(?m)^b",
        "(?m)a$",
        "x{0}a",
        "(?:)",
        "a(?:|b)c",
        r"\d+(?:\.\d+){1,2}",
        "[a-c]{2,4}[b-d]",
        "(?:[ab]*c)*d",
        "(?:a+|b)*?c",
        "(?s).b",
        "(?P<q>[\"'])?a(?P<r>[\"'])?",
        "(?:a|b|c|ab|bc)+$",
        "[ab]*?b{2}",
        "a[^\n]*b[^\n]*c",
        "abc|abd|ab|b|ba|bab",
        "(?P<x>abc|ab(?P<y>c+|b)?|a)c",
        "(?:ab|abc){2}",
    ];
    let texts = [
        "",
        "a",
        "b",
        "abc",
        "xabcx",
        "aabbcc",
        "abcabc",
        "a b c",
        "ab\nba\n",
        "cabab",
        "aaaaab",
        "a1.2.3",
        "12.5.7 ",
        "\"a'",
        "ABC aBc",
        "bacabcabbabcd",
        "aaaa bbbb cccc",
        "  abc ",
        "ab_c abc",
        "\u{e4}a\u{f6}b",
        "aXbYc\nabc",
    ];
    for source in sources {
        for text in texts {
            for ignore_case in [false, true] {
                for at in 0..=text.len().min(3) {
                    same(source, ignore_case, false, text.as_bytes(), at);
                }
            }
        }
    }
}

#[test]
fn unicode_classes_are_sequences_of_bytes() {
    let sources = ["[가-힣]+", "a.c", "[^ ]+é", "(?P<x>.)(?P<y>.)", "(?i)é|k"];
    let texts = [
        "오류: 빌드",
        "a오c",
        "aéé é",
        "ÉK\u{212a}k",
        "\u{10ffff}x",
        "",
    ];
    for source in sources {
        for text in texts {
            same(source, false, true, text.as_bytes(), 0);
        }
        same(source, false, true, b"a\xffc \xe4\xb8", 0);
    }
}

#[test]
fn what_asks_for_big_tables_has_no_code() {
    let bytes = program(r"error \w+", false, true);
    let program = Program::new(&bytes);
    assert!(!program.is_complete());
    assert!(program.find_at(b"error x", 0).is_err());
}

#[test]
fn long_texts_take_steps_in_proportion() {
    // Steps that grow with the square would be more than a run may take.
    let text = b"ab".repeat(30_000);
    for source in [
        "[^x]*x",
        "[^x]*?x",
        ".*a.*x",
        "(?:a|b)*x",
        "(?:[ab]*b)*x",
        "[ab]+?[ab]+?x",
        r"\w+ \w+",
        "(?:a[^x]{0,9}b)+x",
        r"b(?P<y>\S+): (?P<z>.*) failed",
    ] {
        let bytes = program(source, false, false);
        assert_eq!(Program::new(&bytes).find_at(&text, 0), Ok(None), "{source}");
    }
}

#[test]
fn what_was_written_to_take_long_is_given_up() {
    // Two hundred ways to one place, and what stands there is long: no place on it is marked.
    let ways: String = (0..200)
        .map(|k| format!("a(?:|[{}])|", char::from(b'A' + k % 26)))
        .collect();
    let source = format!("(?:{ways}a)(?:[ab][ba]){{300}} z");
    let text = b"ab".repeat(4000);
    let told = Program::new(&program(&source, false, false)).find_at(&text, 0);
    assert_eq!(told, Err(Beyond));
    // Empty turns that wait without end.
    let source = "(?:(?:|a){100}a)*y";
    let told = Program::new(&program(source, false, false)).find_at(&b"a".repeat(60_000), 0);
    assert!(matches!(told, Ok(None) | Err(Beyond)), "{told:?}");
}

/// Regexes over few letters, nested a little.
fn sources() -> impl Strategy<Value = String> {
    let leaf = prop_oneof![
        4 => "[abc]",
        2 => Just(".".to_owned()),
        2 => Just("[ab]".to_owned()),
        2 => Just("[^a]".to_owned()),
        1 => Just("ab".to_owned()),
        1 => Just("bc ".to_owned()),
        1 => Just(r"\b".to_owned()),
        1 => Just("^".to_owned()),
        1 => Just("$".to_owned()),
        1 => Just("".to_owned()),
    ];
    leaf.prop_recursive(4, 24, 4, |inner| {
        let repeat = prop_oneof![
            Just("*"), Just("+"), Just("?"), Just("*?"), Just("+?"), Just("??"), Just("{2}"), Just("{1,3}"), Just("{2,}?"),
        ];
        prop_oneof![
            3 => prop::collection::vec(inner.clone(), 1..4).prop_map(|parts| parts.concat()),
            2 => prop::collection::vec(inner.clone(), 1..4).prop_map(|ways| format!("(?:{})", ways.join("|"))),
            3 => (inner.clone(), repeat).prop_map(|(sub, repeat)| format!("(?:{sub}){repeat}")),
            2 => inner.prop_map(|sub| format!("(?P<NAME>{sub})")),
        ]
    })
    .prop_map(|source| {
        // Each capture a name of its own.
        let mut parts = source.split("NAME");
        let first = parts.next().unwrap_or_default().to_owned();
        parts.enumerate().fold(first, |all, (k, part)| format!("{all}n{k}{part}"))
    })
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 1000, ..ProptestConfig::default() })]

    #[test]
    fn generated_regexes_mean_what_they_mean_to_regex(
        source in sources(),
        texts in prop::collection::vec("[abcAB \n_é]{0,14}", 6),
        ignore_case in any::<bool>(),
        at in 0usize..3,
    ) {
        for text in &texts {
            same(&source, ignore_case, false, text.as_bytes(), at.min(text.len()));
        }
    }
}
