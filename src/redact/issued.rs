//! Token forms of public rule sets (gitleaks): each true form is masked, each near miss stays.
//!
//! They are assembled from pieces, so that the repository holds no tokens.

use std::borrow::Cow;

use super::tests::{masked, random};
use super::text;

/// Fixed texts, each with the number and kind of the characters that follow.
type Form = [(&'static str, usize, char)];

/// A secret of that form.
fn made(form: &Form) -> String {
    form.iter()
        .map(|(before, length, kind)| {
            let some = random(*length, before.len() as u64 + *length as u64);
            let some = match kind {
                'h' => "0123456789abcdef".repeat(length / 16 + 1)[..*length].to_owned(),
                'd' => "7012345689".repeat(length / 10 + 1)[..*length].to_owned(),
                'U' => some.to_ascii_uppercase(),
                _ => some,
            };
            format!("{before}{some}")
        })
        .collect()
}

#[test]
fn forms_of_issuers() {
    let forms: &[(&str, &Form)] = &[
        ("aws-key", &[(concat!("A3", "TX"), 16, 'U')]),
        ("aws-key", &[(concat!("AB", "IA"), 16, 'U')]),
        ("aws-key", &[(concat!("AC", "CA"), 16, 'U')]),
        ("token", &[(concat!("AB", "SK"), 120, 'a')]),
        ("token", &[(concat!("bedrock-", "api-key-"), 60, 'a')]),
        ("token", &[(concat!("AK", "Cp"), 69, 'a')]),
        ("token", &[(concat!("cm", "Vmd"), 59, 'a')]),
        ("token", &[(concat!("AT", "ATT3"), 186, 'a')]),
        ("token", &[(concat!("AT", "BB"), 32, 'a')]),
        (
            "token",
            &[(concat!("CC", "IPAT_"), 22, 'a'), ("_", 40, 'h')],
        ),
        ("token", &[(concat!("sk_", "test_"), 24, 'a')]),
        ("token", &[(concat!("rk_", "live_"), 24, 'a')]),
        ("token", &[(concat!("do", "o_v1_"), 64, 'h')]),
        ("token", &[(concat!("do", "r_v1_"), 64, 'h')]),
        (
            "token",
            &[(concat!("snt", "rys_"), 60, 'a'), ("_", 43, 'a')],
        ),
        ("token", &[(concat!("snt", "ryu_"), 64, 'h')]),
        ("token", &[(concat!("HR", "KU-AA"), 58, 'a')]),
        ("token", &[(concat!("dp", ".pt."), 43, 'a')]),
        ("token", &[(concat!("PM", "AK-"), 24, 'h'), ("-", 34, 'h')]),
        ("token", &[(concat!("ops_", "eyJ"), 260, 'a')]),
        ("token", &[(concat!("AGE-SECRET", "-KEY-1"), 58, 'U')]),
        ("token", &[(concat!("shp", "ca_"), 32, 'h')]),
        ("token", &[(concat!("shp", "ss_"), 32, 'h')]),
        ("token", &[(concat!("nt", "n_"), 11, 'd'), ("", 35, 'a')]),
        ("token", &[(concat!("sg", "p_"), 40, 'h')]),
        ("token", &[(concat!("sg", "p_"), 16, 'h'), ("_", 40, 'h')]),
        ("token", &[(concat!("NR", "AK-"), 27, 'U')]),
        (
            "token",
            &[("sk-", 20, 'a'), (concat!("T3", "BlbkFJ"), 20, 'a')],
        ),
        ("token", &[(concat!("sk-", "svcacct-"), 74, 'a')]),
        ("token", &[(concat!("pscale", "_tkn_"), 43, 'a')]),
        ("token", &[(concat!("LT", "AI"), 20, 'a')]),
        ("token", &[(concat!("fm", "2_"), 120, 'a')]),
        ("token", &[(concat!("CLO", "JARS_"), 60, 'h')]),
        ("token", &[(concat!("gls", "a_"), 32, 'a'), ("_", 8, 'h')]),
        (
            "gitlab-token",
            &[(concat!("glr", "t-t1_"), 27, 'a'), (".01.", 9, 'h')],
        ),
        ("slack-token", &[(concat!("xoxe.", "xoxb-1-"), 163, 'U')]),
        ("token", &[(concat!("nf", "p_"), 36, 'a')]),
        ("token", &[(concat!("fig", "d_"), 40, 'a')]),
        ("token", &[(concat!("sb", "p_"), 40, 'h')]),
        ("token", &[(concat!("ci", "o"), 32, 'a')]),
        ("token", &[("", 10, 'd'), (concat!(":", "AA"), 33, 'a')]),
        ("token", &[(concat!("gs", "k_"), 52, 'a')]),
        ("token", &[(concat!("xa", "i-"), 80, 'a')]),
        ("token", &[(concat!("r", "8_"), 37, 'a')]),
        ("token", &[(concat!("pp", "lx-"), 48, 'a')]),
        ("token", &[(concat!("wh", "sec_"), 32, 'a')]),
        ("token", &[(concat!("vc", "p_"), 56, 'a')]),
        ("token", &[(concat!("nt", "n_"), 46, 'a')]),
        ("token", &[(concat!("sec", "ret_"), 43, 'a')]),
        ("token", &[(concat!("dp", ".st.prd."), 43, 'a')]),
        ("token", &[(concat!("dp", ".st."), 43, 'a')]),
        ("token", &[(concat!("AT", "CTT3"), 186, 'a')]),
        ("token", &[(concat!("S", "K"), 32, 'h')]),
        ("token", &[("", 36, 'h'), (concat!("NR", "AL"), 0, 'a')]),
        ("token", &[(concat!("NR", "II-"), 32, 'a')]),
        ("token", &[("", 76, 'a'), (concat!("AZ", "DO"), 4, 'a')]),
        ("token", &[("", 52, 'a'), (concat!("JQ", "QJ99"), 26, 'a')]),
        ("token", &[("", 32, 'h'), (concat!("-u", "s21"), 0, 'a')]),
        ("token", &[(concat!("EA", "AA"), 60, 'a')]),
        ("token", &[(concat!("sk-", "or-v1-"), 64, 'h')]),
        (
            "token",
            &[(concat!("lsv", "2_pt_"), 32, 'h'), ("_", 10, 'h')],
        ),
        (
            "token",
            &[(concat!("ts", "key-auth-"), 17, 'a'), ("-", 32, 'a')],
        ),
        ("token", &[(concat!("nv", "api-"), 64, 'a')]),
        (
            "token",
            &[(concat!("xkey", "sib-"), 64, 'h'), ("-", 16, 'a')],
        ),
        (
            "token",
            &[(concat!("dt0", "c01."), 24, 'U'), (".", 64, 'U')],
        ),
        ("token", &[(concat!("AP", "I-"), 26, 'U')]),
        ("token", &[(concat!("bk", "ua_"), 40, 'h')]),
        ("token", &[(concat!("sb_", "secret_"), 36, 'a')]),
        ("token", &[(concat!("sha", "256~"), 43, 'a')]),
        (
            "token",
            &[(concat!("SWM", "TKN-1-"), 50, 'h'), ("-", 25, 'h')],
        ),
        ("token", &[(concat!("pat", ""), 14, 'a'), (".", 64, 'h')]),
        ("token", &[(concat!("CF", "PAT-"), 43, 'a')]),
        ("token", &[(concat!("cfu", "t_"), 48, 'a')]),
        ("token", &[(concat!("cfa", "t_"), 48, 'a')]),
        ("token", &[(concat!("hv", "r."), 60, 'a')]),
        ("token", &[(concat!("sk_", "prod_"), 24, 'a')]),
        ("token", &[(concat!("tvly", "-dev-"), 32, 'a')]),
        ("token", &[(concat!("lin_", "oauth_"), 64, 'h')]),
        (
            "token",
            &[(concat!("CCIP", "RJ_"), 22, 'a'), ("_", 40, 'h')],
        ),
        ("token", &[(concat!("dbt", "c_"), 40, 'a')]),
        ("token", &[(concat!("mdb_", "sa_sk_"), 40, 'a')]),
        ("token", &[(concat!("sq0", "atp-"), 22, 'a')]),
        ("token", &[(concat!("AQ", "VN"), 36, 'a')]),
        ("token", &[(concat!("wandb", "_v1_"), 77, 'a')]),
        ("token", &[(concat!("api_", "org_"), 34, 'a')]),
        ("token", &[(concat!("e2", "b_"), 40, 'h')]),
        ("token", &[(concat!("EZ", "AK"), 54, 'a')]),
        ("token", &[(concat!("ship", "po_live_"), 40, 'h')]),
        ("token", &[(concat!("ZX", "lK"), 80, 'a')]),
        (
            "token",
            &[("", 76, 'a'), (concat!("+A", "St"), 6, 'a'), ("==", 0, 'a')],
        ),
        (
            "token",
            &[("", 44, 'a'), (concat!("Az", "Fu"), 6, 'a'), ("==", 0, 'a')],
        ),
        ("token", &[("", 42, 'a'), (concat!("+A", "CR"), 6, 'a')]),
        ("google-key", &[(concat!("AQ", ".Ab"), 44, 'a')]),
        ("google-key", &[(concat!("1/", "/0g"), 60, 'a')]),
        (
            "private-key",
            &[(concat!("LS0tLS1CRUdJTi", "BSU0EgUFJJVkFURSBLRVkt"), 60, 'a')],
        ),
        (
            "private-key",
            &[(concat!("LS0tLS1CRUdJTi", "BQUklWQVRFIEtFWS"), 60, 'a')],
        ),
    ];
    for (kind, form) in forms {
        let secret = made(form);
        // A part of a form may be recognised alone; nothing of the random part may stay.
        let told = text(&format!("error: '{secret}' was refused by git.example.com")).into_owned();
        assert!(
            told.contains(&format!("[redacted:{kind}#")),
            "{secret} -> {told}"
        );
        assert!(told.ends_with("' was refused by git.example.com"), "{told}");
        let (_, length, _) = form[form.len() - 1];
        let end = &secret[secret.len() - length.clamp(4, 12)..];
        assert!(!told.contains(end), "{secret} -> {told}");
        // With one character fewer in its last part it is no token.
        if !matches!(*kind, "gitlab-token" | "slack-token") && length < 60 && form.len() == 1 {
            masked("x=", &secret, ", ");
        }
    }
}

#[test]
fn secrets_behind_an_address() {
    let id = "7012345689";
    for (before, length, after) in [
        ("Cookie: _gitlab_session=", 32, "; path=/"),
        (
            "POST https://example.webhook.office.com/webhookb2/",
            110,
            " 400",
        ),
        (
            "POST https://discord.com/api/webhooks/123456789012345678/",
            68,
            ": 404",
        ),
        ("<add key=\"ClearTextPassword\" value=\"", 12, "\" />"),
        ("      <password>", 14, "</password>"),
        ("<passphrase>", 14, "</passphrase>"),
        ("<password encrypted=\"no\">", 14, "</password>"),
        ("<password><![CDATA[", 14, "]]></password>"),
        ("$ /usr/bin/mysqlcheck -u root -p", 12, " --all-databases"),
        (
            "{\"auths\":{\"registry.example.com\":{\"auth\":\"",
            28,
            "\"}}}",
        ),
        (
            "{\\\"auths\\\": {\\\"registry.example.com\\\": {\\\"auth\\\": \\\"",
            28,
            "\\\"}}}",
        ),
        ("machine git.example.com login ci password ", 16, " # netrc"),
        ("$ mysql -h db -u root -p", 12, " app < dump.sql"),
        ("mysqldump --host=db -uroot -p'", 12, "' app"),
        ("$ mariadb -p", 12, " app"),
        ("export CYPRESS_RECORD_KEY=", 36, ""),
    ] {
        masked(before, &random(length, length as u64), after);
    }
    let uuid = "0123abcd-4567-89ef-0123-456789abcdef";
    masked("$ cypress run --record --key ", uuid, " --parallel");
    masked("$ npx cypress run --key=", uuid, "");
    let token = format!("AA{}", random(33, 5));
    let line = format!("POST https://chat.example.com/bot{id}:{token}/x");
    assert!(!text(&line).contains(&token), "{}", text(&line));
    let token = format!("A{}", random(34, 3));
    let before = format!("GET https://api.telegram.org/bot{id}:");
    masked(&before, &token, " failed");
}

#[test]
fn a_form_is_known_behind_what_is_written_to_it() {
    let gitlab = made(&[(concat!("gl", "pat-"), 20, 'a')]);
    let github = made(&[(concat!("gh", "p_"), 36, 'a')]);
    for secret in [&gitlab, &github] {
        for before in [
            "https://oauth2%3A",
            "step_",
            "x=a%20",
            "cache_key_",
            "user",
            "tokenIs",
        ] {
            masked(before, secret, " was refused");
        }
    }
    for line in [
        "singlert-some-long-dashed-name-of-a-thing",
        "xghp_short",
        "rangloas-configuration-of-all-things",
    ] {
        assert_eq!(text(line), line);
    }
}

#[test]
fn signatures_of_addresses() {
    let hex = "0123456789abcdef".repeat(4);
    for (before, after) in [
        (
            "GET https://files.example.com/b/k?X-Amz-Date=20260101T000000Z&X-Amz-Signature=",
            " 403",
        ),
        (
            "https://files.example.com/k?X-Amz-Security-Token=",
            "&X-Amz-Expires=60",
        ),
        (
            "https://files.example.com/k?X-Goog-Signature=",
            "&X-Goog-Expires=60",
        ),
        (
            "https://files.example.com/k?Expires=1&Signature=",
            "&Key-Pair-Id=K2",
        ),
        (
            "Authorization: AWS4-HMAC-SHA256 SignedHeaders=host, Signature=",
            "",
        ),
        ("https://files.example.com/k?sv=2026&sig=", "&se=1"),
        ("POST https://a.example.com/api/run?code=", "&x=1 500"),
    ] {
        masked(before, &hex, after);
    }
    for line in [
        "config=1 sig=SIGTERM, orig=abcdefghijklmnopqrstuvwxyz0123",
        "&sig=short ?Signature=none; X-Amz-Signature=missing",
        "Signature=RSA-SHA256, SignedHeaders=host",
        "error: X-Amz-Signature is required",
    ] {
        assert_eq!(text(line), line);
    }
}

#[test]
fn near_misses_stay() {
    let long = random(30, 9);
    for line in [
        format!("A3T {}", concat!("AK", "IA", " is a prefix")),
        format!("commit {}", "0123456789abcdef".repeat(4)),
        "sk_test_short rk_live_x sk-admin-page sk-proj-a".to_owned(),
        "npm warn using cmVmd and AKCp, ATBB, ATATT3".to_owned(),
        "the doo_v1_ and dor_v1_ prefixes, dp.pt.example".to_owned(),
        "import ntn_config; sgp_local; pscale_tkn_short".to_owned(),
        "AGE-SECRET-KEY-1EXAMPLE".to_owned(),
        "LTAI-short fo1_x fm2_y clojars_ NRAK-".to_owned(),
        "GET https://example.webhook.office.com/webhookb2/ 404".to_owned(),
        "https://discord.com/api/webhooks/123456789012345678/ gone".to_owned(),
        "_gitlab_session=deleted; path=/".to_owned(),
        "<add key=\"ClearTextPassword\" value=\"%NUGET_PASSWORD%\" />".to_owned(),
        "<password>${env.DEPLOY_PASSWORD}</password> <password>***</password>".to_owned(),
        "{\"auth\": \"\"} {\"auth\": \"required\"} {\"auth\": true}".to_owned(),
        "machine git.example.com login ci password authentication failed".to_owned(),
        "machine git.example.com login ci password $CI_JOB_TOKEN".to_owned(),
        "mysql -h db -p app; mysql -P 3306 -p\"$MYSQL_ROOT_PASSWORD\" app".to_owned(),
        "mysql: [Warning] Using a password on the command line interface -p can be insecure."
            .to_owned(),
        "cp mysql-plugin.conf /etc/mysql/conf.d -prv".to_owned(),
        "cache --key 0123abcd; record_key=4711 is not in the table".to_owned(),
        "gcc -I/usr/include/mysql -pthread -pipe; find /var/lib/mysql -print0".to_owned(),
        "docker run -d --name mysql -p3306:3306 mysql:8; go test ./mysql -parallel 4".to_owned(),
        "restore-cache --key 0123abcd-4567-89ef-0123-456789abcdef".to_owned(),
        "nfp_short figd_x sbp_local cio.rs cionline scion".to_owned(),
        "at 12:AA 1234567890:AAPL rose".to_owned(),
        "https://api.telegram.org/bot$TOKEN/sendMessage".to_owned(),
        format!("digest sha512-{long}"),
        "gsk_init xai-sdk r8_x pplx-api whsec_test vcp_x vcr_cassettes ntn_x".to_owned(),
        "part SK1234567890 of SK-32, SKU 0123456789abcdef0123456789abcdef".to_owned(),
        "dp.st.prd and dp.pt.example, ATCTT is a prefix, NRAL too, AZDO agent".to_owned(),
        "NRAK-, NRII-short, EAAA, sk-or-v1-, lsv2_pt_x, tskey-auth-, API-KEY-MISSING-IN-CONFIG"
            .to_owned(),
        format!("secret_name_of_{}", "a_thing".repeat(6)),
        format!("sha256:{}", "0123456789abcdef".repeat(4)),
        "region-us1, bucket-us2-east, 0123456789abcdef-us1".to_owned(),
        "cfk_short cfat_x hvr.x sk-lf-x napi_x tvly-dev-short dbtc_x AQVN, y0_axis, sl.u.x, e2b_x".to_owned(),
        "rpa_robot_name_of_a_long_thing wandb_v1_x jina_embeddings access-production-database-of-all".to_owned(),
        format!("certificate-authority-data: LS0tLS1CRUdJTiBDRVJUSUZJQ0FURS0tLS0t{long}"),
        format!("GET https://git.example.com/login?code=short&state=1; exit?code=1 x//0{long}"),
        "patterns.0123 pat.abc dt0c01.X sha256~short SWMTKN-1-x CFPAT-x bkua_x".to_owned(),
    ] {
        assert!(
            matches!(text(&line), Cow::Borrowed(_)),
            "{line} -> {}",
            text(&line)
        );
    }
}
