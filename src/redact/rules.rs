//! The table of rules, one for each kind of secret: literals that a text must hold, how the secret is found,
//! and the final check of its value. Of two rules that find the same, the earlier one wins.
//!
//! Token forms are published by their issuers and collected by secret scanners (gitleaks, GitLab's own). The
//! words around (assignments, headers, options) are our own, since a report must not lose `token: unexpected
//! end of file`.

use std::ops::Range;
use std::sync::OnceLock;

use regex::bytes::{Regex, RegexBuilder};

use super::judge;
use super::place::{self, Found};
use super::{command, file, language};

/// One kind of secret.
pub(super) struct Rule {
    /// The word in its placeholder.
    pub kind: &'static str,
    /// Every text with such a secret holds one of these, in either case.
    pub literals: &'static [&'static str],
    /// How it is found.
    pub place: Place,
    /// Made by a machine.
    pub random: bool,
    /// The part of that key's value which is the secret, if any.
    pub is_secret: fn(&str, &str) -> Option<Range<usize>>,
}

/// How a secret is found.
#[derive(Clone, Copy)]
pub(super) enum Place {
    /// By its form: a regex over bytes with ASCII blanks and classes. The group `secret`, or else the whole
    /// match, is the secret.
    Form {
        regex: &'static str,
        /// The regex runs only if this many bytes without blanks or quotes stand from a literal on: compiling
        /// it is expensive.
        least: usize,
    },
    /// By the text around it.
    Found(fn(&[u8], usize) -> Option<Found>),
}

impl Place {
    /// Whether a secret could begin with the literal at `at`.
    fn may_begin(self, text: &[u8], at: usize) -> bool {
        match self {
            Self::Found(_) => true,
            Self::Form { least, .. } => {
                let ends = |b: &u8| b.is_ascii_whitespace() || b"\"'<>".contains(b);
                text[at..].iter().take(least).position(ends).is_none() && text.len() - at >= least
            }
        }
    }
}

const fn token(
    kind: &'static str,
    literals: &'static [&'static str],
    least: usize,
    regex: &'static str,
) -> Rule {
    Rule {
        kind,
        literals,
        place: Place::Form { regex, least },
        random: true,
        is_secret: judge::token,
    }
}

const fn given(
    literals: &'static [&'static str],
    find: fn(&[u8], usize) -> Option<Found>,
    is_secret: fn(&str, &str) -> Option<Range<usize>>,
) -> Rule {
    Rule {
        kind: "secret",
        literals,
        place: Place::Found(find),
        random: false,
        is_secret,
    }
}

/// At most 128 rules, since the rules of a text are bits of one word.
pub(super) const RULES: &[Rule] = &[
    Rule {
        kind: "private-key",
        literals: &["PRIVATE KEY"],
        place: Place::Form {
            regex: r"-----BEGIN [A-Z0-9 ]{0,20}PRIVATE KEY(?: BLOCK)?-----(?:\s|\\{1,2}[nr])*(?<secret>(?:[A-Za-z0-9+/=\s]|\\{1,2}[nr])*[A-Za-z0-9+/=])",
            least: 0,
        },
        random: true,
        is_secret: judge::any,
    },
    // A key in Base64, as in the `client-key-data` of a kubeconfig: `-----BEGIN PRIVATE KEY` and its kin.
    token(
        "private-key",
        &["LS0tLS1CRUdJTi"],
        60,
        r"(?-u:\b)LS0tLS1CRUdJTi(?:BQUklWQVRFIEtFWS|BSU0EgUFJJVkFURSBLRVkt|BFQyBQUklWQVRFIEtFWS|BPUEVOU1NIIFBSSVZBVEUgS0VZ|BFTkNSWVBURUQgUFJJVkFURSBLRVkt|BEU0EgUFJJVkFURSBLRVkt|BQR1AgUFJJVkFURSBLRVkg)[A-Za-z0-9+/_-]{10,}={0,2}",
    ),
    token(
        "jwt",
        &["eyJ"],
        23,
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
        21,
        r"(?-u:\b)(?:gl(?:pat|dt|rtr?|cbt|ptt|ft|imt|oas|agent|wt|soat|ffct)-|GR1348941)[A-Za-z0-9_-]{16,}(?:\.[0-9a-z]{2}\.?[0-9a-z]{7,9}(?-u:\b)|(?:\.[A-Za-z0-9_-]{20,}){1,2})?",
    ),
    token(
        "github-token",
        &["ghp_", "gho_", "ghu_", "ghs_", "ghr_", "github_pat_"],
        34,
        r"(?-u:\b)(?:gh[pousr]_[A-Za-z0-9_]{30,}(?:\.[A-Za-z0-9_-]{20,}){0,2}|github_pat_[A-Za-z0-9_]{30,})",
    ),
    token(
        "aws-key",
        &["AKIA", "ASIA", "ABIA", "ACCA", "A3T"],
        20,
        r"(?-u:\b)(?:AKIA|ASIA|ABIA|ACCA|A3T[A-Z0-9])[A-Z2-7]{16}(?-u:\b)",
    ),
    Rule {
        kind: "aws-secret",
        literals: &[
            "secret_access_key",
            "secretaccesskey",
            "session_token",
            "sessiontoken",
            "secret access key",
            "session token",
            "aws_secret",
        ],
        place: Place::Found(place::of_aws),
        random: true,
        is_secret: judge::token,
    },
    token(
        "google-key",
        &["AIza", "ya29.", "GOCSPX-", "AQ.Ab", "1//0"],
        25,
        r"(?-u:\b)(?:AIza[A-Za-z0-9_-]{35}|AQ\.Ab[A-Za-z0-9_-]{40,}|1//0[A-Za-z0-9_-]{40,}|ya29\.[A-Za-z0-9_.-]{20,}|GOCSPX-[A-Za-z0-9_-]{20,})",
    ),
    token(
        "azure-key",
        &[
            "AccountKey=",
            "SharedAccessKey=",
            "sig=",
            "code=",
            "0Q~",
            "1Q~",
            "2Q~",
            "3Q~",
            "4Q~",
            "5Q~",
            "6Q~",
            "7Q~",
            "8Q~",
            "9Q~",
        ],
        24,
        r"(?i:(?:AccountKey|SharedAccessKey|[?&;]sig)=)(?<secret>[A-Za-z0-9%+/_-]{20,}={0,2})|(?-u:\b)[A-Za-z0-9_~.-]{3}[0-9]Q~[A-Za-z0-9_~.-]{31,34}",
    ),
    token(
        "npm-token",
        &["npm_"],
        40,
        r"(?-u:\b)npm_[A-Za-z0-9]{36,}(?-u:\b)",
    ),
    token(
        "pypi-token",
        &["pypi-Ag"],
        57,
        r"(?-u:\b)pypi-Ag[A-Za-z0-9_-]{50,}",
    ),
    token(
        "slack-token",
        &["xox", "xapp-"],
        15,
        r"(?-u:\b)(?:xox[abeoprs]-[A-Za-z0-9-]{10,}|xapp-[0-9]-[A-Za-z0-9-]{20,})",
    ),
    token(
        "slack-token",
        &["hooks.slack.com"],
        45,
        r"hooks\.slack\.com/(?:services|workflows|triggers)/(?<secret>[A-Za-z0-9+/]{20,})",
    ),
    token(
        "token",
        &[
            "dckr_",
            "hvs.",
            "hvb.",
            "hvr.",
            "hf_",
            "sk_live_",
            "rk_live_",
            "sk_prod_",
            "rk_prod_",
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
        24,
        r"(?-u:\b)(?:dckr_[po]at_[A-Za-z0-9_-]{20,}|hv[sbr]\.[A-Za-z0-9_-]{24,}|hf_[A-Za-z0-9]{30,}|[sr]k_(?:live|prod)_[A-Za-z0-9]{16,}|SG\.[A-Za-z0-9_-]{16,}\.[A-Za-z0-9_-]{30,}|sk-(?:ant|proj)-[A-Za-z0-9_-]{20,}|dop_v1_[a-f0-9]{64}|sq[pua]_[a-f0-9]{40}|rubygems_[a-f0-9]{48}|oy2[a-z0-9]{43}|gl(?:sa|c)_[A-Za-z0-9+/=_]{30,}|pul-[a-f0-9]{40}|dapi[a-f0-9]{32}|[A-Za-z0-9]{14}\.atlasv1\.[A-Za-z0-9_-]{50,}|shpat_[a-fA-F0-9]{32}|lin_api_[A-Za-z0-9]{40})",
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
            "nfp_",
            "figd_",
            "sbp_",
            "cio",
            ":AA",
        ],
        24,
        r"(?-u:\b)(?:AKCp[A-Za-z0-9]{69}|cmVmd[A-Za-z0-9]{59}|ATATT3[A-Za-z0-9_=-]{100,}|ATBB[A-Za-z0-9]{28,}|CCIPAT_[A-Za-z0-9_]{30,}|[sr]k_test_[A-Za-z0-9]{16,}|do[or]_v1_[a-f0-9]{64}|sntrys_[A-Za-z0-9+/=_-]{50,}|sntryu_[a-f0-9]{64}|HRKU-AA[A-Za-z0-9_-]{50,}|dp\.pt\.[A-Za-z0-9]{40,}|PMAK-[a-fA-F0-9]{24}-[a-fA-F0-9]{34}|ops_eyJ[A-Za-z0-9+/=_-]{100,}|AGE-SECRET-KEY-1[A-Z0-9]{58}|shp(?:ca|pa|ss)_[a-fA-F0-9]{32}|ntn_[0-9]{11}[A-Za-z0-9]{35}|sgp_(?:[a-fA-F0-9]{16}_|local_)?[a-fA-F0-9]{40}|NRAK-[A-Z0-9]{27}|sk-(?:svcacct|admin)-[A-Za-z0-9_-]{20,}|sk-[A-Za-z0-9]{20}T3BlbkFJ[A-Za-z0-9]{20}|pscale_(?:tkn|oauth|pw)_[A-Za-z0-9_=.-]{32,}|ABSK[A-Za-z0-9+/]{100,}={0,2}|bedrock-api-key-[A-Za-z0-9+/]{40,}={0,2}|LTAI[A-Za-z0-9]{20}(?-u:\b)|(?:fo1|fm1[ar]|fm2)_[A-Za-z0-9+/_-]{40,}={0,3}|(?i:clojars)_[a-f0-9]{60}|nfp_[A-Za-z0-9]{36,}|figd_[A-Za-z0-9_-]{40,}|sbp_(?:v0_)?[a-f0-9]{40}|cio[A-Za-z0-9]{32}(?-u:\b)|(?:bot)?[0-9]{8,10}:AA[A-Za-z0-9_-]{33}(?-u:\b))",
    ),
    token(
        "token",
        &[
            "gsk_",
            "xai-",
            "r8_",
            "pplx-",
            "whsec_",
            "vcp_",
            "vci_",
            "vca_",
            "vcr_",
            "vck_",
            "ntn_",
            "secret_",
            "dp.st.",
            "dp.ct.",
            "dp.sa.",
            "dp.scim.",
            "dp.audit.",
            "ATCTT3",
            "NRII-",
            "EAAA",
            "sk-or-v1-",
            "lsv2_",
            "tskey-",
            "nvapi-",
            "xkeysib-",
            "xsmtpsib-",
            "dt0c01.",
            "dt0s",
            "bkua_",
            "sb_secret_",
            "sha256~",
            "SWMTKN-",
            "CFPAT-",
            "pnu_",
            "rnd_",
            "pcsk_",
            "phx_",
            "BBDC-",
        ],
        30,
        r"(?-u:\b)(?:gsk_[A-Za-z0-9]{40,}|xai-[A-Za-z0-9]{60,}|r8_[A-Za-z0-9]{37}(?-u:\b)|pplx-[A-Za-z0-9]{40,}|whsec_[A-Za-z0-9+/]{32,}={0,2}|vc[pciark]_[A-Za-z0-9]{24,}|ntn_[A-Za-z0-9]{40,}|secret_[A-Za-z0-9]{43}(?-u:\b)|dp\.(?:st|ct|sa|scim|audit)\.(?:[a-z0-9_-]{2,35}\.)?[A-Za-z0-9]{40,44}(?-u:\b)|ATCTT3[A-Za-z0-9_=-]{100,}|NRII-[A-Za-z0-9-]{32}|EAAA[A-Za-z0-9_-]{60}(?-u:\b)|sk-or-v1-[a-f0-9]{64}|lsv2_(?:pt|sk)_[a-f0-9]{32}_[a-f0-9]{10}|tskey-[a-z]{3,12}-[A-Za-z0-9]{8,}-[A-Za-z0-9]{20,}|nvapi-[A-Za-z0-9_-]{60,}|x(?:key|smtp)sib-[a-f0-9]{64}-[A-Za-z0-9]{16}|dt0[a-z][0-9]{2}\.[A-Z0-9]{24}\.[A-Z0-9]{64}|bkua_[a-f0-9]{40}|sb_secret_[A-Za-z0-9_-]{20,}|sha256~[A-Za-z0-9_-]{43}|SWMTKN-1-[a-z0-9]{50}-[a-z0-9]{25}|CFPAT-[A-Za-z0-9_-]{43}|pnu_[A-Za-z0-9]{36}|rnd_[A-Za-z0-9]{26,}|pcsk_[A-Za-z0-9_]{50,}|phx_[A-Za-z0-9]{40,}|BBDC-[A-Za-z0-9+/@_-]{40,50})",
    ),
    token(
        "token",
        &[
            "cfk_",
            "cfut_",
            "cfat_",
            "sk-lf-",
            "napi_",
            "tvly-",
            "polar_oat_",
            "lin_oauth_",
            "CCIPRJ_",
            "dbtc_",
            "dbtu_",
            "mdb_sa_sk_",
            "sq0atp-",
            "sq0csp-",
            "AQVN",
            "y0_",
            "sl.u.",
            "eyJrIjoi",
            "sk.eyJ",
            "wandb_v1_",
            "rpa_",
            "api_org_",
            "tgp_v1_",
            "e2b_",
            "jina_",
            "EZAK",
            "EZTK",
            "hcaik_",
            "hcxik_",
            "shippo_",
            "duffel_",
            "access-pro",
            "access-dev",
            "access-san",
            "rdme_",
            "xaat-",
            "xapt-",
            "snyk_uat.",
            "snyk_sat.",
            "ZXlK",
        ],
        26,
        r"(?-u:\b)(?:cf(?:k|ut|at)_[A-Za-z0-9]{40,}|sk-lf-[a-f0-9]{8}(?:-[a-f0-9]{4}){3}-[a-f0-9]{12}|napi_[a-z0-9]{40,}|tvly-(?:dev-|prod-)?[A-Za-z0-9-]{24,}|polar_oat_[A-Za-z0-9]{30,}|lin_oauth_[A-Za-z0-9]{40,}|CCIPRJ_[A-Za-z0-9_]{30,}|dbt[cu]_[A-Za-z0-9_=-]{30,}|mdb_sa_sk_[A-Za-z0-9_-]{30,}|sq0(?:atp-[A-Za-z0-9_-]{22}|csp-[A-Za-z0-9_-]{43})|AQVN[A-Za-z0-9_-]{35,38}(?-u:\b)|y0_[A-Za-z0-9_-]{50,}|sl\.u\.[A-Za-z0-9_-]{100,}|eyJrIjoi[A-Za-z0-9]{70,}={0,3}|sk\.eyJ[A-Za-z0-9_-]{40,}\.[A-Za-z0-9_-]{20,}|wandb_v1_[A-Za-z0-9_]{40,}|rpa_[A-Za-z0-9]{40,}|api_org_[A-Za-z0-9]{34}(?-u:\b)|tgp_v1_[A-Za-z0-9_-]{40,}|e2b_[a-f0-9]{40}(?-u:\b)|jina_[A-Za-z0-9_-]{50,}|EZ[AT]K[A-Za-z0-9]{54}|hc[ax]ik_[A-Za-z0-9]{50,}|shippo_(?:live|test)_[a-fA-F0-9]{40}|duffel_(?:live|test)_[A-Za-z0-9_=-]{43}|access-(?:sandbox|development|production)-[a-f0-9]{8}(?:-[a-f0-9]{4}){3}-[a-f0-9]{12}|rdme_[a-z0-9]{70}|xa[ap]t-[a-f0-9]{8}(?:-[a-f0-9]{4}){3}-[a-f0-9]{12}|snyk_[us]at\.[A-Za-z0-9._-]{30,}|ZXlK[A-Za-z0-9+/_-]{60,}={0,2})",
    ),
    // Their literal stands behind the random part, or is short.
    token(
        "token",
        &[
            "+ASt", "+ABa", "ACDb", "AzFu", "AzSe", "+ACR", "+ASb", "+AEh", "AIoT", "AzCa", "_mmk",
            "NRAL", "AZDO", "JQQJ99", "-us1", "-us2", "-us3", "-us4", "-us5", "-us6", "-us7",
            "-us8", "-us9",
        ],
        4,
        r"(?-u:\b)(?:[A-Za-z0-9]{32,40}NRAL(?-u:\b)|[A-Za-z0-9]{76}AZDO[A-Za-z0-9]{4}(?-u:\b)|[A-Za-z0-9]{52}JQQJ99[A-Za-z0-9]{20,28}(?-u:\b)|[a-f0-9]{32}-us[0-9]{1,2}(?-u:\b)|[A-Za-z0-9+/]{75,76}(?:\+ASt|\+ABa|ACDb)[A-Za-z0-9+/]{6}==|[A-Za-z0-9_-]{43,44}AzFu[A-Za-z0-9_-]{6}==|[A-Za-z0-9]{42}AzSe[A-Za-z0-9]{6}(?-u:\b)|[A-Za-z0-9+/]{41,42}\+ACR[A-Za-z0-9+/]{6}(?-u:\b)|[A-Za-z0-9+/]{32,33}(?:\+ASb|\+AEh|AIoT|AzCa)[A-Za-z0-9+/]{6}=|[A-Za-z0-9]{6}_[A-Za-z0-9]{29}_mmk(?-u:\b))",
    ),
    // Their literals begin many words, so each has a small regex of its own.
    token(
        "token",
        &["pat"],
        82,
        r"(?-u:\b)pat[A-Za-z0-9]{14}\.[a-f0-9]{64}(?-u:\b)",
    ),
    token("token", &["API-"], 30, r"(?-u:\b)API-[A-Z0-9]{26}(?-u:\b)"),
    token(
        "token",
        &[
            "SK0", "SK1", "SK2", "SK3", "SK4", "SK5", "SK6", "SK7", "SK8", "SK9", "SKa", "SKb",
            "SKc", "SKd", "SKe", "SKf",
        ],
        34,
        r"(?-u:\b)SK[0-9a-f]{32}(?-u:\b)",
    ),
    // Attached to the text before them, so only a long random value counts.
    Rule {
        kind: "token",
        literals: &[
            "glpat-",
            "gldt-",
            "glrt-",
            "glcbt-",
            "glptt-",
            "glft-",
            "gloas-",
            "glagent-",
            "ghp_",
            "gho_",
            "ghu_",
            "ghs_",
            "ghr_",
            "github_pat_",
            "pypi-Ag",
        ],
        place: Place::Form {
            regex: r"(?<secret>gl(?:pat|dt|rt|cbt|ptt|ft|oas|agent)-[A-Za-z0-9_-]{20,}(?:\.[0-9a-z]{2}\.?[0-9a-z]{7,9}(?-u:\b))?|gh[pousr]_[A-Za-z0-9]{36,}|github_pat_[A-Za-z0-9_]{40,}|pypi-Ag[A-Za-z0-9_-]{50,})",
            least: 25,
        },
        random: true,
        is_secret: judge::random_token,
    },
    // Addresses that give access to whoever knows them.
    token(
        "token",
        &[
            "X-Amz-Signature=",
            "X-Amz-Security-Token=",
            "X-Goog-Signature=",
            "Signature=",
            "?code=",
            "&code=",
        ],
        50,
        r"(?i:X-(?:Amz|Goog)-(?:Signature|Security-Token)=|[?&;, ]Signature=|[?&]code=)(?<secret>[A-Za-z0-9%+/_~-]{40,}={0,2})",
    ),
    Rule {
        kind: "secret",
        literals: &["jdbc:oracle:"],
        place: Place::Form {
            regex: r#"(?i)jdbc:oracle:[a-z0-9]{3,8}:[^\s/@:"']{1,80}/(?<secret>[^\s/@"']{3,})@"#,
            least: 0,
        },
        random: false,
        is_secret: judge::value,
    },
    // Behind a name or an address that says whose token it is.
    token(
        "token",
        &[
            "_gitlab_session=",
            "webhook.office.com",
            "/api/webhooks/",
            "telegram.org",
        ],
        48,
        r"(?:_gitlab_session=|\.webhook\.office\.com/webhookb2/|discord(?:app)?\.com/api/webhooks/[0-9]{10,22}/|api\.telegram\.org/(?:file/)?bot[0-9]{5,16}:)(?<secret>[A-Za-z0-9_@/-]{32,})",
    ),
    Rule {
        kind: "secret",
        literals: &["<add key="],
        place: Place::Form {
            regex: r#"(?i)<add key="(?:cleartext)?password"\s{1,3}value="(?<secret>[^"]{3,})""#,
            least: 0,
        },
        random: false,
        is_secret: judge::value,
    },
    Rule {
        kind: "secret",
        literals: &[
            "<passw",
            "<passphrase",
            "<apikey",
            "<secretkey",
            "<clientsecret",
            "<authtoken",
            "<accesstoken",
        ],
        place: Place::Form {
            regex: r"(?i)<(?:password|passphrase|apikey|secretkey|clientsecret|authtoken|accesstoken)(?:\s[^<>]{0,80})?>(?:<!\[CDATA\[)?(?<secret>[^<\s\]]{3,})(?:\]\]>)?</",
            least: 0,
        },
        random: false,
        is_secret: judge::value,
    },
    Rule {
        kind: "secret",
        literals: &["--key ", "--key="],
        place: Place::Form {
            regex: r"(?-u:\b)cypress(?-u:\b)[^|;&]{0,200}\s--key[\s=](?<secret>[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12})(?-u:\b)",
            least: 0,
        },
        random: true,
        is_secret: judge::any,
    },
    Rule {
        kind: "secret",
        literals: &["codecov"],
        place: Place::Form {
            regex: r"(?-u:\b)codecov(?-u:\b)[^|;&]{0,200}\s-t[\s=](?<secret>[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12})(?-u:\b)",
            least: 0,
        },
        random: true,
        is_secret: judge::any,
    },
    // User and password of a registry in Docker's configuration, in Base64; perhaps inside a quoted text.
    Rule {
        kind: "secret",
        literals: &["\"auth\\", "\"auth\""],
        place: Place::Form {
            regex: r#""auth\\{0,2}"\s{0,3}:\s{0,3}\\{0,2}"(?<secret>[A-Za-z0-9+/]{12,}={0,2})\\{0,2}""#,
            least: 0,
        },
        random: true,
        is_secret: judge::residue,
    },
    // A token that the bound on kept text cut.
    Rule {
        kind: "token",
        literals: &["…"],
        place: Place::Found(place::before_cut),
        random: true,
        is_secret: judge::token,
    },
    given(&["…"], place::at_cut, judge::residue),
    given(&["://"], place::in_address, judge::value),
    given(&["://"], place::instead_of_user, judge::residue),
    given(&["authorization"], place::with_scheme, judge::credential),
    given(
        &["authorization", "bearer"],
        place::without_scheme,
        judge::residue,
    ),
    given(
        &["-token", "-key", "-art-api"],
        place::in_token_header,
        judge::header,
    ),
    given(
        &[
            "-H \"",
            "-H '",
            "header \"",
            "header '",
            "header=\"",
            "header='",
        ],
        command::in_header,
        judge::header,
    ),
    given(&["cookie"], place::in_cookie, judge::value),
    given(
        &[
            "passw",
            "--pass",
            "-pass",
            "_pass",
            "-passphrase",
            "token",
            "-key",
            "apikey",
            "api_key",
            "-secret",
            "--auth",
            "--pat ",
            "--pat=",
        ],
        command::in_option,
        judge::option,
    ),
    given(
        &[
            "login",
            "upload",
            "push",
            "secret",
            "curl",
            "lftp",
            "smbclient",
            "rpcclient",
            "sshpass",
            "mysql",
            "mariadb",
            " -p",
            "\t-p",
            "\"-p",
            "'-p",
            "mongo",
            "redis-cli",
            "sqlcmd",
            "bcp",
            "zip",
            "ldap",
            "-storepass",
            "-keypass",
            "pass:",
            "creds",
            "keychain",
            "useradd",
            "usermod",
            "openssl",
            "cqlsh",
            "poetry publish",
            "doctl",
            "ncftp",
            "security import",
            "set-key-partition-list",
            "altool",
            "ipmitool",
            "psexec",
            "vercel",
            "put-parameter",
            "oauth2-bearer",
            "ssh-keygen",
        ],
        command::of_tool,
        judge::value,
    ),
    given(command::input::TAKERS, command::input::given, judge::value),
    given(command::word::VERBS, command::word::own, judge::value),
    given(&["secrets set"], command::rare::of_secrets, judge::value),
    given(&["signtool"], command::rare::of_signtool, judge::value),
    given(&["BUNDLE_"], command::login::of_bundle, judge::value),
    given(
        &["-u ", "--user ", "--user="],
        command::login::of_any,
        judge::login,
    ),
    given(command::rare::SIGNS, command::rare::found, judge::value),
    given(&["sqlplus "], command::word::of_sqlplus, judge::value),
    given(&["htpasswd "], command::word::of_htpasswd, judge::value),
    given(&["bundle config"], command::word::of_bundler, judge::value),
    given(judge::NAMES, command::set, judge::option),
    given(language::OF_SQL, language::of_sql, judge::value),
    given(
        &["@tcp(", "@unix(", "@//"],
        language::of_source,
        judge::value,
    ),
    given(
        &["unseal key", "recovery key"],
        language::unsealed,
        judge::value,
    ),
    given(&["ENV "], place::of_dockerfile, judge::of_variable),
    given(&["password"], file::of_netrc, judge::value),
    given(
        &["dockerconfigjson", "dockercfg"],
        file::of_registry,
        judge::encoded,
    ),
    given(
        &["\"secret\"", "\"secret\\"],
        file::of_kubernetes,
        judge::encoded,
    ),
    given(
        &["value=", "value\"", "value'", "value\\", "value ="],
        place::beside,
        judge::quoted,
    ),
    given(judge::NAMES, place::changed, judge::quoted),
    given(&["\"\"\"", "'''"], place::triple_quoted, judge::quoted),
    given(judge::NAMES, place::listed, judge::assigned),
    given(judge::NAMES, place::back_quoted, judge::back_quoted),
    given(judge::NAMES, place::double_quoted, judge::quoted),
    given(judge::NAMES, place::in_escaped_quotes, judge::quoted),
    given(judge::NAMES, place::single_quoted, judge::quoted),
    given(judge::NAMES, place::assigned, judge::assigned),
    given(judge::NAMES, place::spaced, judge::spaced),
    given(judge::NAMES, place::alone, judge::alone),
    given(judge::NAMES, place::tabled, judge::tabled),
    given(&["passw", "token", "passphrase"], place::said, judge::said),
];

/// The rules whose literals a text holds, one bit each.
pub(super) fn wanted(text: &[u8]) -> u128 {
    static LITERALS: Literals = Literals::new();
    LITERALS.rules(text)
}

/// How many literals all rules have.
const COUNT: usize = {
    let (mut count, mut rule) = (0, 0);
    while rule < RULES.len() {
        count += RULES[rule].literals.len();
        rule += 1;
    }
    count
};

/// The literals of all rules, found in one pass. Few texts hold one, so that costly checks rarely run.
struct Literals {
    /// Bits by the hash of the first three folded bytes.
    starts: [u64; 64],
    /// Sorted: the first three folded bytes of a literal, the literal, its rule.
    all: [(u32, &'static str, u8); COUNT],
}

const fn fold(b: u8) -> u8 {
    b | 0x20
}

const fn hash(start: &[u8]) -> usize {
    let first = fold(start[0]) as usize * 0x51;
    let second = fold(start[1]) as usize * 0x1d;
    (first ^ second ^ (fold(start[2]) as usize) << 4) & 0xfff
}

const fn key(start: &[u8]) -> u32 {
    u32::from_be_bytes([0, fold(start[0]), fold(start[1]), fold(start[2])])
}

impl Literals {
    /// Made and sorted by the compiler: a short run would spend a twenty-fifth of its time on that.
    const fn new() -> Self {
        let mut starts = [0; 64];
        let mut all = [(0, "", 0); COUNT];
        let (mut filled, mut rule) = (0, 0);
        while rule < RULES.len() {
            let mut k = 0;
            while k < RULES[rule].literals.len() {
                let literal = RULES[rule].literals[k];
                let hash = hash(literal.as_bytes());
                starts[hash / 64] |= 1 << (hash % 64);
                let key = key(literal.as_bytes());
                let mut at = filled;
                while at > 0 && all[at - 1].0 > key {
                    all[at] = all[at - 1];
                    at -= 1;
                }
                all[at] = (key, literal, rule as u8);
                filled += 1;
                k += 1;
            }
            rule += 1;
        }
        Self { starts, all }
    }

    fn rules(&self, text: &[u8]) -> u128 {
        let mut wanted = 0;
        for (at, start) in text.windows(3).enumerate() {
            let hash = hash(start);
            if self.starts[hash / 64] >> (hash % 64) & 1 == 0 {
                continue;
            }
            let start = key(start);
            let from = self.all.partition_point(|(key, ..)| *key < start);
            for (key, literal, k) in &self.all[from..] {
                if *key != start {
                    break;
                }
                let rest = &text[at..];
                let stands = rest.len() >= literal.len()
                    && rest
                        .iter()
                        .zip(literal.bytes())
                        .all(|(b, l)| fold(*b) == fold(l));
                if stands
                    && wanted >> k & 1 == 0
                    && RULES[usize::from(*k)].place.may_begin(text, at)
                {
                    wanted |= 1 << k;
                }
            }
        }
        wanted
    }
}

/// The first secret of a rule at or behind an offset.
pub(super) fn find_at(rule: usize, text: &[u8], from: usize) -> Option<Found> {
    let regex = match RULES[rule].place {
        Place::Found(find) => return find(text, from),
        Place::Form { .. } => regex(rule)?,
    };
    let captures = regex.captures_at(text, from)?;
    let value = captures.name("secret").or_else(|| captures.get(0))?;
    Some(Found {
        key: 0..0,
        value: value.range(),
    })
}

/// The regex of a rule, compiled when first used. A test proves that every one compiles.
pub(super) fn regex(rule: usize) -> Option<&'static Regex> {
    static COMPILED: [OnceLock<Option<Regex>>; 128] = [const { OnceLock::new() }; 128];
    let Place::Form { regex, .. } = RULES.get(rule)?.place else {
        return None;
    };
    let regex = match regex.strip_prefix(r"(?-u:\b)") {
        // A token may follow the last word of a name, an escape of an address, an escape in a quoted text, or
        // a colour without its ESC.
        Some(form) if !form.contains("(?<secret>") => {
            &*format!(r"(?:(?-u:\b)|_|%[0-9A-Fa-f]{{2}}|\\[nrt]|\[[0-9;]{{0,8}}m)(?<secret>{form})")
        }
        _ => regex,
    };
    let compile = || RegexBuilder::new(regex).unicode(false).build().ok();
    COMPILED.get(rule)?.get_or_init(compile).as_ref()
}
