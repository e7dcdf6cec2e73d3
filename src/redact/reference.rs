//! The regexes for what [`place`] finds: the two must agree on any text.

use proptest::prelude::*;
use regex::bytes::RegexBuilder;

use super::place::{self, Found};

/// The words of a name, as the regexes have them.
const NAMES: &str = r"passw(?:or)?d|passphrase|pass|sonar\.login|pwd|secret|secret_key_base|master_?-?key|token|api_?-?key|private_?-?key|access_?-?key|secret_?-?key|signing_?-?key|encryption_?-?key|cypress_record_?-?key|licen[sc]e_?-?key|(?:deploy|auth|account|storage|session|hmac|jwt|app|client)_?-?key|pat|pin|pw";

type Find = fn(&[u8], usize) -> Option<Found>;

const REFERENCE: &[(Find, &str)] = &[
    (
        place::in_address,
        r##"://(?<key>(?i:\[MASKED\])?[^\s/@:"'<>\[]*):(?<secret>[^\s/"'<>]+)@"##,
    ),
    (
        place::instead_of_user,
        r##"://(?<secret>[A-Za-z0-9_~.-]{20,})@"##,
    ),
    (
        place::with_scheme,
        r##"(?i)\bauthorization["']{0,2}\s{0,3}[:=]\s{0,3}(?:\[\s?)?["']?(?:(?<key>basic|bearer|token|digest|negotiate|ntlm|apikey|key|bot|geniekey|splunk)\s+(?<secret>[^\s"',;<>]{6,}))"##,
    ),
    (
        place::without_scheme,
        r##"(?i)\b(?:authorization["']{0,2}\s{0,3}[:=]\s{0,3}(?:\[\s?)?["']?|bearer\s+)(?<secret>[^\s"',;<>]{16,})"##,
    ),
    (
        place::in_token_header,
        r##"(?i)\b(?<key>(?:private|job|deploy|runner|registration|x-[a-z-]{2,24})-(?:token|key|art-api))["']{0,2}\s{0,3}[:=]\s{0,3}(?:\[\s?)?["']?(?<secret>[^\s"',;<>]{6,})"##,
    ),
    (
        place::of_aws,
        r##"(?i)\b(?:aws_?)?(?:secret_?access_?key|secret access key|session_?token|session token|secret_?key)["']{0,2}\s{0,3}(?:[:=]|=>)\s{0,3}["']?(?<secret>[A-Za-z0-9/+]{40,}={0,2})"##,
    ),
    (
        place::before_cut,
        r##"\b(?<secret>(?:gl[a-z]{2,6}-|gh[pousr]_|github_pat_|npm_|pypi-|xox[a-z]-|eyJ)[A-Za-z0-9_.-]+…)$"##,
    ),
    (place::at_cut, r##"^…(?<secret>[A-Za-z0-9_+/=.~-]{16,})"##),
    (
        place::double_quoted,
        r##"(?i)(?<key>[a-z0-9_.-]*(?:NAMES|credentials?|_auth))["']?\s{0,40}(?:=|:=|=>|:)\s?"(?<secret>[^"\s][^"]{2,})""##,
    ),
    (
        place::in_escaped_quotes,
        r##"(?i)(?<key>[a-z0-9_.-]*(?:NAMES|credentials?|_auth))\\{1,3}"\s?:\s?\\{1,3}"(?<secret>[^"\\]{3,})\\"##,
    ),
    (
        place::single_quoted,
        r##"(?i)(?<key>[a-z0-9_.-]*(?:NAMES|credentials?|_auth))["']?\s{0,40}(?:=|:=|=>|:)\s?'(?<secret>[^'\s][^']{2,})'"##,
    ),
    (
        place::back_quoted,
        r##"(?i)(?<key>[a-z0-9_.-]*(?:NAMES|credentials?|_auth))["']?\s{0,40}(?:=|:=|=>|:)\s?`(?<secret>[^`\s][^`]{2,})`"##,
    ),
    (
        place::assigned,
        r##"(?i)(?<key>[a-z0-9_.-]*(?:NAMES|credentials?|_auth))=(?<secret>[^\s"'`=,;&|()<>{}~][^\s"'`,;&|()<>]{3,})"##,
    ),
    (
        place::spaced,
        r##"(?i)(?<key>[a-z0-9_.-]*(?:NAMES|_auth))["']?(?:\s{1,3}(?:=|:=|=>)\s{1,3}|\s?:\s{0,3})(?<secret>[A-Za-z0-9+/_=!@#$%^*.-]{8,})(?:[\s,;]|$)"##,
    ),
    (
        place::alone,
        r##"(?i)^\s*(?:- )?["']?(?<key>[a-z0-9_.-]*(?:passw(?:or)?d|passphrase|pass|sonar\.login|secret|secret_key_base|master_?-?key|token|api_?-?key|private_?-?key|access_?-?key|secret_?-?key|licen[sc]e_?-?key|(?:deploy|auth|account|storage|session|hmac|jwt|app|client)_?-?key|pat|pin|pw))["']?:\s{1,40}(?<secret>[^\s"'<>\[\]{}]{6,})\s*$"##,
    ),
];

/// Texts made of relevant pieces, so that places are matched and nearly matched.
fn texts() -> impl Strategy<Value = String> {
    const PIECES: &[&str] = &[
        "://",
        "user",
        ":",
        "@",
        "/",
        "git.example.com",
        "Authorization",
        "bearer",
        "basic",
        "token",
        "TOKEN",
        "private",
        "job",
        "x-api",
        "-key",
        "-token",
        " ",
        " ",
        "  ",
        "    ",
        "\t",
        "\n",
        "=",
        "=",
        ":=",
        "=>",
        "\"",
        "'",
        "\"",
        "'",
        "`",
        "`",
        "--",
        "--password",
        "--token",
        "-p",
        "-u",
        "-U",
        "--user",
        "docker",
        "helm",
        "az",
        "login",
        "curl",
        "sshpass",
        "mysql",
        "mariadb",
        "-dump",
        "|",
        ";",
        "aws_",
        "secret_access_key",
        "session_token",
        "secretkey",
        "…",
        "glpat-",
        "ghp_",
        "npm_",
        "xoxb-",
        "eyJ",
        "password",
        "passwd",
        "sshpass",
        "DB_PASS",
        "_pass",
        "pwd",
        "pin",
        "DB_PW",
        "deploy",
        "[",
        " access ",
        "secret",
        "api",
        "key",
        "_",
        "-",
        ".",
        "credentials",
        "_auth",
        "signing_key",
        "licence",
        "PAT",
        "- ",
        ",",
        "(",
        "<",
        "{",
        "~",
        "$",
        "abc123",
        "hunter2secret9",
        "abcdefgh0123456789abcdef",
        "0123456789abcdefABCDEF/+0123456789abcdefABCDEF",
        "암호",
        "é",
    ];
    proptest::collection::vec(0..PIECES.len(), 0..24)
        .prop_map(|pieces| pieces.into_iter().map(|k| PIECES[k]).collect())
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 4000, failure_persistence: None, ..ProptestConfig::default() })]
    #[test]
    fn places_are_found_as_regexes_find_them(text in texts(), from in 0usize..12) {
        let from = text.floor_char_boundary(from.min(text.len()));
        for (find, regex) in compiled() {
            let want = regex.captures_at(text.as_bytes(), from).and_then(|found| {
                Some(Found {
                    key: found.name("key").map_or(0..0, |key| key.range()),
                    value: found.name("secret")?.range(),
                })
            });
            prop_assert_eq!(find(text.as_bytes(), from), want, "{}", regex.as_str());
        }
    }
}

fn compiled() -> &'static [(Find, regex::bytes::Regex)] {
    static COMPILED: std::sync::LazyLock<Vec<(Find, regex::bytes::Regex)>> =
        std::sync::LazyLock::new(|| {
            let compile = |regex: &str| {
                let regex = regex.replace("NAMES", NAMES);
                RegexBuilder::new(&regex).unicode(false).build().unwrap()
            };
            REFERENCE
                .iter()
                .map(|(find, regex)| (*find, compile(regex)))
                .collect()
        });
    &COMPILED
}
