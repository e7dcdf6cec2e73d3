//! What is looked for. One entry a kind of secret: literals that a text must hold before its regex runs, the regex, and the last
//! word on a value. Earlier rules have the say where two find the same.
//!
//! Token forms are facts of those who issue them, as the rule sets of secret scanners (gitleaks, GitLab's own) collect them; the
//! words around (assignments, headers, options) are our own, since a report must not lose `token: unexpected end of file`.

use std::ops::Range;
use std::sync::OnceLock;

use aho_corasick::{AhoCorasick, MatchKind};
use regex::Regex;

use super::judge;

/// One kind of secret.
pub(super) struct Rule {
    /// The word of its placeholder.
    pub kind: &'static str,
    /// Any of these, in either case, stands in every text with such a secret.
    pub literals: &'static [&'static str],
    /// The group `secret`, or the whole match, is the secret; `key` the name it is given to.
    pub regex: &'static str,
    /// Made by a machine.
    pub random: bool,
    /// Is the value of that key a secret, and which part of it?
    pub is_secret: fn(&str, &str) -> Option<Range<usize>>,
}

const fn token(kind: &'static str, literals: &'static [&'static str], regex: &'static str) -> Rule {
    Rule {
        kind,
        literals,
        regex,
        random: true,
        is_secret: judge::token,
    }
}

const fn given(
    literals: &'static [&'static str],
    regex: &'static str,
    is_secret: fn(&str, &str) -> Option<Range<usize>>,
) -> Rule {
    Rule {
        kind: "secret",
        literals,
        regex,
        random: false,
        is_secret,
    }
}

/// At most 64 rules: a text's rules are one word of bits.
pub(super) static RULES: &[Rule] = &[
    Rule {
        kind: "private-key",
        literals: &["PRIVATE KEY"],
        regex: r"-----BEGIN [A-Z0-9 ]{0,20}PRIVATE KEY(?: BLOCK)?-----(?:\s|\\{1,2}[nr])*(?<secret>(?:[A-Za-z0-9+/=\s]|\\{1,2}[nr])*[A-Za-z0-9+/=])",
        random: true,
        is_secret: judge::any,
    },
    token(
        "jwt",
        &["eyJ"],
        r"(?-u:\b)eyJ[A-Za-z0-9_-]{10,}\.eyJ[A-Za-z0-9_-]{6,}(?:\.[A-Za-z0-9_-]+)?",
    ),
    token(
        "gitlab-token",
        &[
            "glpat-",
            "gldt-",
            "glrt-",
            "glrtr-",
            "glcbt-",
            "glptt-",
            "glft-",
            "glimt-",
            "gloas-",
            "glagent-",
            "glwt-",
            "glsoat-",
            "glffct-",
            "GR1348941",
        ],
        r"(?-u:\b)(?:gl(?:pat|dt|rtr?|cbt|ptt|ft|imt|oas|agent|wt|soat|ffct)-|GR1348941)[A-Za-z0-9_-]{16,}(?:\.[0-9a-z]{2}\.?[0-9a-z]{7,9}(?-u:\b)|(?:\.[A-Za-z0-9_-]{20,}){1,2})?",
    ),
    token(
        "github-token",
        &["ghp_", "gho_", "ghu_", "ghs_", "ghr_", "github_pat_"],
        r"(?-u:\b)(?:gh[pousr]_[A-Za-z0-9_]{30,}(?:\.[A-Za-z0-9_-]{20,}){0,2}|github_pat_[A-Za-z0-9_]{30,})",
    ),
    token(
        "aws-key",
        &["AKIA", "ASIA", "ABIA", "ACCA", "A3T"],
        r"(?-u:\b)(?:AKIA|ASIA|ABIA|ACCA|A3T[A-Z0-9])[A-Z2-7]{16}(?-u:\b)",
    ),
    token(
        "aws-secret",
        &[
            "secret_access_key",
            "secretaccesskey",
            "session_token",
            "sessiontoken",
            "aws_secret",
        ],
        r#"(?i)(?-u:\b)(?:aws_?)?(?:secret_?access_?key|session_?token|secret_?key)["']{0,2}\s{0,3}(?:[:=]|=>)\s{0,3}["']?(?<secret>[A-Za-z0-9/+]{40,}={0,2})"#,
    ),
    token(
        "google-key",
        &["AIza", "ya29.", "GOCSPX-"],
        r"(?-u:\b)(?:AIza[A-Za-z0-9_-]{35}|ya29\.[A-Za-z0-9_.-]{20,}|GOCSPX-[A-Za-z0-9_-]{20,})",
    ),
    token(
        "azure-key",
        &["AccountKey=", "SharedAccessKey=", "sig=", "Q~"],
        r"(?i:(?:AccountKey|SharedAccessKey|[?&;]sig)=)(?<secret>[A-Za-z0-9%+/]{20,}={0,2})|(?-u:\b)[A-Za-z0-9_~.-]{3}[0-9]Q~[A-Za-z0-9_~.-]{31,34}",
    ),
    token(
        "npm-token",
        &["npm_"],
        r"(?-u:\b)npm_[A-Za-z0-9]{36,}(?-u:\b)",
    ),
    token(
        "pypi-token",
        &["pypi-Ag"],
        r"(?-u:\b)pypi-Ag[A-Za-z0-9_-]{50,}",
    ),
    token(
        "slack-token",
        &["xox", "xapp-", "hooks.slack.com"],
        r"(?-u:\b)(?:xox[abeoprs]-[A-Za-z0-9-]{10,}|xapp-[0-9]-[A-Za-z0-9-]{20,})|hooks\.slack\.com/(?:services|workflows|triggers)/(?<secret>[A-Za-z0-9+/]{20,})",
    ),
    token(
        "token",
        &[
            "dckr_",
            "hvs.",
            "hvb.",
            "hf_",
            "sk_live_",
            "rk_live_",
            "SG.",
            "sk-ant-",
            "sk-proj-",
            "dop_v1_",
            "sqp_",
            "squ_",
            "sqa_",
            "rubygems_",
            "oy2",
            "glsa_",
            "glc_",
            "pul-",
            "dapi",
            ".atlasv1.",
            "shpat_",
            "lin_api_",
        ],
        r"(?-u:\b)(?:dckr_[po]at_[A-Za-z0-9_-]{20,}|hv[sb]\.[A-Za-z0-9_-]{24,}|hf_[A-Za-z0-9]{30,}|[sr]k_live_[A-Za-z0-9]{16,}|SG\.[A-Za-z0-9_-]{16,}\.[A-Za-z0-9_-]{30,}|sk-(?:ant|proj)-[A-Za-z0-9_-]{20,}|dop_v1_[a-f0-9]{64}|sq[pua]_[a-f0-9]{40}|rubygems_[a-f0-9]{48}|oy2[a-z0-9]{43}|gl(?:sa|c)_[A-Za-z0-9+/=_]{30,}|pul-[a-f0-9]{40}|dapi[a-f0-9]{32}|[A-Za-z0-9]{14}\.atlasv1\.[A-Za-z0-9_-]{50,}|shpat_[a-fA-F0-9]{32}|lin_api_[A-Za-z0-9]{40})",
    ),
    token(
        "token",
        &[
            "AKCp",
            "cmVmd",
            "ATATT3",
            "ATBB",
            "CCIPAT_",
            "sk_test_",
            "rk_test_",
            "doo_v1_",
            "dor_v1_",
            "sntrys_",
            "sntryu_",
            "HRKU-",
            "dp.pt.",
            "PMAK-",
            "ops_eyJ",
            "AGE-SECRET-KEY-1",
            "shpca_",
            "shppa_",
            "shpss_",
            "ntn_",
            "sgp_",
            "NRAK-",
            "T3BlbkFJ",
            "sk-svcacct-",
            "sk-admin-",
            "pscale_",
            "ABSK",
            "bedrock-api-key-",
            "LTAI",
            "fo1_",
            "fm1",
            "fm2_",
            "clojars_",
        ],
        r"(?-u:\b)(?:AKCp[A-Za-z0-9]{69}|cmVmd[A-Za-z0-9]{59}|ATATT3[A-Za-z0-9_=-]{100,}|ATBB[A-Za-z0-9]{28,}|CCIPAT_[A-Za-z0-9_]{30,}|[sr]k_test_[A-Za-z0-9]{16,}|do[or]_v1_[a-f0-9]{64}|sntrys_[A-Za-z0-9+/=_-]{50,}|sntryu_[a-f0-9]{64}|HRKU-AA[A-Za-z0-9_-]{50,}|dp\.pt\.[A-Za-z0-9]{40,}|PMAK-[a-fA-F0-9]{24}-[a-fA-F0-9]{34}|ops_eyJ[A-Za-z0-9+/=_-]{100,}|AGE-SECRET-KEY-1[A-Z0-9]{58}|shp(?:ca|pa|ss)_[a-fA-F0-9]{32}|ntn_[0-9]{11}[A-Za-z0-9]{35}|sgp_(?:[a-fA-F0-9]{16}_|local_)?[a-fA-F0-9]{40}|NRAK-[A-Z0-9]{27}|sk-(?:svcacct|admin)-[A-Za-z0-9_-]{20,}|sk-[A-Za-z0-9]{20}T3BlbkFJ[A-Za-z0-9]{20}|pscale_(?:tkn|oauth|pw)_[A-Za-z0-9_=.-]{32,}|ABSK[A-Za-z0-9+/]{100,}={0,2}|bedrock-api-key-[A-Za-z0-9+/]{40,}={0,2}|LTAI[A-Za-z0-9]{20}(?-u:\b)|(?:fo1|fm1[ar]|fm2)_[A-Za-z0-9+/_-]{40,}={0,3}|(?i:clojars)_[a-f0-9]{60})",
    ),
    // Behind the name or the address that says whose it is.
    token(
        "token",
        &[
            "_gitlab_session=",
            "webhook.office.com",
            "/api/webhooks/",
            "telegram.org",
        ],
        r"(?:_gitlab_session=|\.webhook\.office\.com/webhookb2/|discord(?:app)?\.com/api/webhooks/[0-9]{10,22}/|api\.telegram\.org/(?:file/)?bot[0-9]{5,16}:)(?<secret>[A-Za-z0-9_@/-]{32,})",
    ),
    given(
        &["<add key="],
        r#"(?i)<add key="(?:cleartext)?password"\s{1,3}value="(?<secret>[^"]{3,})""#,
        judge::value,
    ),
    // A token that the bound on kept text cut short.
    token(
        "token",
        &["…"],
        r"(?-u:\b)(?:gl[a-z]{2,6}-|gh[pousr]_|github_pat_|npm_|pypi-|xox[a-z]-|eyJ)[A-Za-z0-9_.-]+…$",
    ),
    given(
        &["…"],
        r"^…(?<secret>[A-Za-z0-9_+/=.~-]{16,})",
        judge::residue,
    ),
    // user:password@, and a token in place of both.
    given(
        &["://"],
        r#"://(?<key>[^\s/@:"'<>\[]*):(?<secret>[^\s/"'<>]+)@"#,
        judge::value,
    ),
    given(
        &["://"],
        r#"://(?<secret>[A-Za-z0-9_~.-]{20,})@"#,
        judge::residue,
    ),
    given(
        &["authorization"],
        r#"(?i)(?-u:\b)authorization["']{0,2}\s{0,3}[:=]\s{0,3}["']?(?:(?:basic|bearer|token|digest|negotiate|ntlm|apikey)\s+(?<secret>[^\s"',;<>]{6,}))"#,
        judge::value,
    ),
    given(
        &["authorization", "bearer"],
        r#"(?i)(?-u:\b)(?:authorization["']{0,2}\s{0,3}[:=]\s{0,3}["']?|bearer\s+)(?<secret>[^\s"',;<>]{16,})"#,
        judge::residue,
    ),
    given(
        &["-token", "-key"],
        r#"(?i)(?-u:\b)(?<key>(?:private|job|deploy|runner|registration|x-[a-z-]{2,24})-(?:token|key))["']{0,2}\s{0,3}[:=]\s{0,3}["']?(?<secret>[^\s"',;<>]{6,})"#,
        judge::value,
    ),
    // Options of commands.
    given(
        &[
            "--pass",
            "--token",
            "--api-key",
            "--auth-token",
            "--access-token",
            "--client-secret",
            "--registration-token",
        ],
        r#"(?i)\s--(?<key>password|passwd|passphrase|token|api-key|auth-token|access-token|client-secret|registration-token)[=\s]\s{0,3}["']?(?<secret>[^\s"'<>;|&]{3,})"#,
        judge::value,
    ),
    given(
        // Not "login", which stands in many logs: this regex is dear to compile.
        &[" -p", "\t-p"],
        r#"(?-u:\b)(?:docker|podman|nerdctl|buildah|skopeo|crane|helm|oras|oc|az)(?-u:\b)[^|;&]{0,300}(?-u:\b)login(?-u:\b)[^|;&]{0,300}?\s-p[=\s]?\s{0,3}["']?(?<secret>[^\s"'<>;|&]{3,})"#,
        judge::value,
    ),
    given(
        &[" -u", "\t-u", "--user", "--proxy-user", "sshpass"],
        r#"(?-u:\b)(?:curl(?-u:\b)[^|;&]{0,300}?\s(?:-u|--user|--proxy-user|-U)[=\s]?\s{0,3}["']?[^\s:"']{1,100}:|sshpass\s{1,3}-p\s{0,3}["']?)(?<secret>[^\s"'<>;|&]{3,})"#,
        judge::value,
    ),
    // name=value, "name": "value".
    given(
        judge::NAMES,
        r#"(?i)(?<key>[a-z0-9_.-]*(?:passw(?:or)?d|passphrase|pwd|secret|token|api_?-?key|private_?-?key|access_?-?key|secret_?-?key|signing_?-?key|encryption_?-?key|credentials?|_auth))["']?\s?(?:=|:=|=>|:)\s?"(?<secret>[^"\s][^"]{2,})""#,
        judge::quoted,
    ),
    given(
        judge::NAMES,
        r#"(?i)(?<key>[a-z0-9_.-]*(?:passw(?:or)?d|passphrase|pwd|secret|token|api_?-?key|private_?-?key|access_?-?key|secret_?-?key|signing_?-?key|encryption_?-?key|credentials?|_auth))["']?\s?(?:=|:=|=>|:)\s?'(?<secret>[^'\s][^']{2,})'"#,
        judge::quoted,
    ),
    given(
        judge::NAMES,
        r#"(?i)(?<key>[a-z0-9_.-]*(?:passw(?:or)?d|passphrase|pwd|secret|token|api_?-?key|private_?-?key|access_?-?key|secret_?-?key|signing_?-?key|encryption_?-?key|credentials?|_auth))=(?<secret>[^\s"'`=,;&|()<>{}~][^\s"'`,;&|()<>]{3,})"#,
        judge::assigned,
    ),
    given(
        judge::NAMES,
        r#"(?i)(?<key>[a-z0-9_.-]*(?:passw(?:or)?d|passphrase|pwd|secret|token|api_?-?key|private_?-?key|access_?-?key|secret_?-?key|signing_?-?key|encryption_?-?key|_auth))["']?(?:\s{1,3}(?:=|:=|=>)\s{1,3}|\s?:\s{0,3})(?<secret>[A-Za-z0-9+/_=!@#$%^*.-]{8,})(?:[\s,;]|$)"#,
        judge::spaced,
    ),
    given(
        judge::NAMES,
        r#"(?i)^\s*(?:- )?["']?(?<key>[a-z0-9_.-]*(?:passw(?:or)?d|passphrase|secret|token|api_?-?key|private_?-?key|access_?-?key|secret_?-?key))["']?:\s{1,3}(?<secret>[^\s"'<>\[\]{}]{6,})\s*$"#,
        judge::assigned,
    ),
];

/// Which rules a text asks for, one bit each.
pub(super) fn wanted(text: &str) -> u64 {
    static LITERALS: OnceLock<Option<(AhoCorasick, Vec<u64>)>> = OnceLock::new();
    let compile = || {
        let all = || {
            RULES
                .iter()
                .enumerate()
                .flat_map(|(k, rule)| rule.literals.iter().map(move |l| (k, *l)))
        };
        // Every literal of the table is short and plain: building cannot fail.
        let searcher = AhoCorasick::builder()
            .ascii_case_insensitive(true)
            .match_kind(MatchKind::Standard)
            .build(all().map(|(_, literal)| literal))
            .ok()?;
        Some((searcher, all().map(|(k, _)| 1 << k).collect()))
    };
    match LITERALS.get_or_init(compile) {
        Some((searcher, bits)) => searcher
            .find_overlapping_iter(text)
            .fold(0, |wanted, found| wanted | bits[found.pattern().as_usize()]),
        None => u64::MAX,
    }
}

/// The regex of a rule, compiled when first used. A test proves that every one compiles.
pub(super) fn regex(rule: usize) -> Option<&'static Regex> {
    static COMPILED: [OnceLock<Option<Regex>>; 64] = [const { OnceLock::new() }; 64];
    COMPILED
        .get(rule)?
        .get_or_init(|| Regex::new(RULES.get(rule)?.regex).ok())
        .as_ref()
}
