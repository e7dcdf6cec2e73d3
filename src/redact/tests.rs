//! Token-shaped strings are built from pieces here, so that none stands in the repository.

use super::*;

/// Random-looking text of a length, from a seed: letters of both cases and digits.
pub(super) fn random(length: usize, seed: u64) -> String {
    const LETTERS: &[u8] = b"abcdefghijkmnopqrstuvwxyzABCDEFGHJKLMNPQRSTUVWXYZ234567";
    let mut state = seed.wrapping_mul(6_364_136_223_846_793_005) | 1;
    let mut out = String::from("a7");
    while out.len() < length {
        state = state
            .wrapping_mul(6_364_136_223_846_793_005)
            .wrapping_add(1_442_695_040_888_963_407);
        out.push(LETTERS[(state >> 33) as usize % LETTERS.len()] as char);
    }
    out.truncate(length);
    out
}

/// The text around a secret must stay, the secret must go.
pub(super) fn masked(before: &str, secret: &str, after: &str) -> String {
    let line = format!("{before}{secret}{after}");
    let told = text(&line).into_owned();
    assert!(!told.contains(secret), "not redacted: {line} -> {told}");
    assert!(
        told.starts_with(before),
        "ate what is before: {line} -> {told}"
    );
    assert!(
        told.ends_with(after),
        "ate what is behind: {line} -> {told}"
    );
    assert_eq!(text(&told), told, "twice");
    told[before.len()..told.len() - after.len()].to_owned()
}

#[test]
fn every_regex_compiles_and_there_is_a_bit_for_each() {
    assert!(rules::RULES.len() <= 128);
    for (k, rule) in rules::RULES.iter().enumerate() {
        if let rules::Place::Form { regex, .. } = rule.place {
            assert!(rules::regex(k).is_some(), "{regex}");
        }
        assert!(rule.literals.iter().all(|literal| literal.len() >= 3));
        assert!(!rule.literals.is_empty());
    }
}

#[test]
fn what_headers_carry() {
    for (before, after) in [
        ("Cookie: session=", ""),
        ("< set-cookie: JSESSIONID=", ""),
        ("curl -H 'Cookie: a=", "' https://files.example.com"),
        ("error: curl -H 'X-JFrog-Art-Api: ", "' failed"),
        ("fetch https://[MASKED]:", "@git.example.com/a.git"),
    ] {
        assert_eq!(
            masked(before, "hunter2Secret", after),
            "[redacted:secret]",
            "{before}"
        );
    }
    masked("set-cookie: id=", "hunter2Secret", "; path=/; Secure");
    masked(
        "Cookie: a=",
        "hunter2Secret; b=hunter3Secret",
        " was refused",
    );
    masked(
        "body: \"{\\\\\\\"password\\\\\\\":\\\\\\\"",
        "hunter2Secret",
        "\\\\\\\"}\"",
    );
    for line in [
        "the cookie: session1 is missing",
        "Cookie: a=$SESSION",
        "Set-Cookie: SameSite=Strict; Secure",
        "Error: cookie: name=foo is not valid because the door is shut",
        "GET https://[::1]:8080/a@b",
    ] {
        assert_eq!(text(line), line);
    }
}

#[test]
fn tokens_with_a_known_form() {
    let upper = |n, seed| {
        random(n, seed)
            .to_ascii_uppercase()
            .replace(['0', '1', '8', '9'], "2")
    };
    let hex = |n: usize| "0123456789abcdef".repeat(n / 16 + 1)[..n].to_owned();
    let mut cases: Vec<(&str, String)> = Vec::new();
    for prefix in [
        "glpat", "gldt", "glrt", "glrtr", "glcbt", "glptt", "glft", "glimt", "glagent", "gloas",
        "glsoat", "glffct",
    ] {
        cases.push(("gitlab-token", format!("{prefix}-{}", random(20, 1))));
    }
    cases.push((
        "gitlab-token",
        format!("glpat-{}.01.0z{}", random(40, 2), "1abcdef"),
    ));
    cases.push((
        "gitlab-token",
        format!("glpat-{}.01{}", random(40, 2), "1abcdef"),
    ));
    cases.push(("gitlab-token", format!("glrt-t3_{}", random(20, 3))));
    cases.push(("gitlab-token", format!("glcbt-64_{}", random(20, 4))));
    cases.push((
        "gitlab-token",
        format!("{}{}", concat!("GR13", "48941"), random(20, 5)),
    ));
    for prefix in ["ghp", "gho", "ghu", "ghs", "ghr"] {
        cases.push(("github-token", format!("{prefix}_{}", random(36, 6))));
    }
    cases.push((
        "github-token",
        format!("github_{}_{}_{}", "pat", random(22, 7), random(59, 8)),
    ));
    cases.push((
        "aws-key",
        format!("{}{}", concat!("AK", "IA"), upper(16, 9)),
    ));
    cases.push((
        "aws-key",
        format!("{}{}", concat!("AS", "IA"), upper(16, 10)),
    ));
    cases.push((
        "google-key",
        format!("{}{}", concat!("AI", "za"), random(35, 11)),
    ));
    cases.push((
        "google-key",
        format!("{}{}", concat!("ya", "29."), random(60, 12)),
    ));
    cases.push((
        "azure-key",
        format!("{}8{}{}", random(3, 13), "Q~", random(34, 14)),
    ));
    cases.push(("npm-token", format!("{}_{}", "npm", random(36, 15))));
    cases.push((
        "pypi-token",
        format!("{}-{}{}", "pypi", "AgEIcHlwaS5vcmc", random(80, 16)),
    ));
    cases.push((
        "slack-token",
        format!(
            "{}-{}-{}",
            concat!("xo", "xb"),
            "123456789012",
            random(24, 17)
        ),
    ));
    cases.push(("token", format!("{}_{}_{}", "dckr", "pat", random(27, 18))));
    cases.push(("token", format!("{}.{}", "hvs", random(90, 19))));
    cases.push(("token", format!("{}_v1_{}", "dop", hex(64))));
    let jwt = format!(
        "{}{}.{}{}.{}",
        "ey",
        concat!("J", "hbGciOiJIUzI1NiJ9"),
        "ey",
        concat!("J", "zdWIiOiIxMjM0In0"),
        random(43, 20)
    );
    cases.push(("jwt", jwt));
    for (kind, secret) in &cases {
        let found = masked("fatal: cannot use '", secret, "' on git.example.com");
        assert!(found.starts_with(&format!("[redacted:{kind}#")), "{found}");
        assert_eq!(masked("", secret, ""), found, "the same everywhere");
        masked("https://git.example.com/a?x=", secret, "&page=2 failed");
        masked("refused: ", secret, ".");
        masked("오류 «", secret, "» …");
    }
}

#[test]
fn different_tokens_differ_and_the_hash_is_that_of_the_token() {
    let (a, b) = (random(20, 30), random(20, 31));
    let line = format!("glpat-{a} glpat-{b} glpat-{a}");
    let told = text(&line);
    let words: Vec<&str> = told.split(' ').collect();
    assert_eq!(words[0], words[2]);
    assert_ne!(words[0], words[1]);
    assert_eq!(
        without_hashes(&told),
        "[redacted:gitlab-token] ".repeat(3).trim_end()
    );
}

#[test]
fn what_is_secret_by_its_place() {
    let long = random(40, 40);
    for (before, secret, after) in [
        (
            "https://deploy:",
            "hunter2",
            "@git.example.com/group/app.git/': 403",
        ),
        (
            "https://gitlab-ci-token:",
            &long,
            "@git.example.com/group/app.git",
        ),
        (
            "postgres://app:",
            "p@ss:word",
            "@db.example.com:5432/app: timeout",
        ),
        ("https://", &long, "@git.example.com/app.git"),
        ("> Authorization: Bearer ", &long, ""),
        (
            "-H 'Authorization: Basic ",
            "ZGVwbG95Omh1bnRlcjI=",
            "' https://git.example.com",
        ),
        ("Authorization: ", &long, " (401)"),
        (
            "curl --header \"PRIVATE-TOKEN: ",
            &long,
            "\" https://git.example.com/api",
        ),
        ("curl --header \"JOB-TOKEN: ", "abc123def", "\""),
        (
            "curl -fsSL -u deploy:",
            "hunter2",
            " https://files.example.com/a.tgz",
        ),
        ("docker login -u ci -p ", "hunter2", " registry.example.com"),
        ("helm upgrade --password ", "hunter2", " --install app"),
        ("sshpass -p ", "hunter2", " ssh deploy@host.example.com"),
        ("DB_PASSWORD=", "hunter2", " make migrate"),
        ("export API_KEY='", "abc-123", "'"),
        (
            "{\"user\": \"ci\", \"password\": \"",
            "correct horse 7",
            "\", \"host\": \"db\"}",
        ),
        ("{\"token\":\"", &long, "\"}"),
        ("GET /api/v4/user?private_token=", &long, "&per_page=1 401"),
        ("client_secret = \"", "qwertyuiop", "\""),
        ("password: ", "hunter2secret9", ""),
        ("  secret_key: ", "0987654321abcdef", ""),
        ("aws_secret_access_key = ", &long, ""),
        (
            "AccountName=a;AccountKey=",
            "YWJjZGVmZ2hpamtsbW5vcHFyc3R1dnd4eXo=",
            ";EndpointSuffix=core",
        ),
        (
            "/c/blob?sv=2022&sig=",
            "abc%2Fdefghijklmnop0123456%3D",
            "&se=1",
        ),
        ("//registry.example.com/:_authToken=", &long, ""),
    ] {
        let found = masked(before, secret, after);
        assert!(found.starts_with("[redacted:"), "{found}");
    }
}

#[test]
fn a_value_of_an_environment_may_hold_what_a_shell_parts() {
    for (before, secret) in [
        ("PASSWORD=", "abc;hunter2"),
        ("PASSWORD=", ";hunter2"),
        ("  DB_PASSWORD=", "`hunter2"),
        ("export API_TOKEN=", "hunter2|abc"),
        ("declare -x SSHPASS=", "a&b)hunter2"),
        ("2026-05-01T10:00:00.123Z DB_PASSWORD=", "hun`ter2<xyz"),
        ("spring.datasource.password=", "a,b\"hunter2"),
    ] {
        assert_eq!(masked(before, secret, ""), "[redacted:secret]", "{before}");
    }
    masked("the password=`", "hunter2", "` is wrong");
    // A shell's own, a list of a connection, an address.
    for (before, after) in [
        ("$ PASSWORD=", ";make"),
        ("PASSWORD=", "; make test"),
        ("password=", ";server=db"),
        ("token=", "&page=2"),
        ("`PASSWORD=", "`"),
        ("(PASSWORD=", ")"),
    ] {
        assert_eq!(masked(before, "hunter2", after), "[redacted:secret]");
    }
    for line in [
        "error: expected token: `foo1bar`, found `;`",
        "export TOKEN=`cat /run/token2`",
        "TOKEN=`get-token`",
        "TOKEN=$(cat a2);make",
        "PASSWORD=;make",
        "PASSWORD=<empty>",
    ] {
        assert_eq!(text(line), line);
    }
}

#[test]
fn a_value_in_quotes_may_hold_blanks() {
    for (before, after) in [
        ("password='", "'"),
        ("host=db password='", "' user=ci"),
        ("DB_PASSWORD=\"", "\" make"),
        ("passphrase: \"", "\""),
        ("password = \"\"\"", "\"\"\""),
        ("password = '''", "'''"),
        ("password               = \"", "\""),
        ("  ~ client_secret      = \"", "\""),
    ] {
        assert_eq!(
            masked(before, "my long pw", after),
            "[redacted:secret]",
            "{before}"
        );
    }
    for line in [
        "\"password\": \"This field is required.\"",
        "password: 'must not be empty'",
        "password=\"is too short\"",
        "secret: \"does not exist\", password = \"Confirm password\"",
        "unexpected token: \"string literal\", token='end of file'",
        "password = \"\"\"; password = \"\"",
    ] {
        assert_eq!(text(line), line);
    }
}

#[test]
fn both_values_of_a_change() {
    for (before, between, after) in [
        ("  ~ password = \"", "\" -> \"", "\""),
        (
            "  ~ master_password      = \"",
            "\" -> \"",
            "\" # forces replacement",
        ),
        ("db_password: \"", "\" => \"", "\""),
    ] {
        let line = format!("{before}old-pw-1{between}new-pw-2{after}");
        let want = format!("{before}[redacted:secret]{between}[redacted:secret]{after}");
        assert_eq!(text(&line), want);
        assert_eq!(text(&want), want);
    }
    masked("  ~ password = null -> \"", "new-pw-2", "\"");
    masked("  ~ password = (sensitive value) -> \"", "new-pw-2", "\"");
    for line in [
        "  ~ password = (sensitive value) -> (known after apply)",
        "  ~ name = \"old-pw-1\" -> \"new-pw-2\"",
        "fn password(a: &str) -> \"x1\"",
        "match token: x1 -> \"y12345\", Token::LeftParen => \"`(`\"",
        "    secret: name => \"some-thing-1\"",
    ] {
        assert_eq!(text(line), line);
    }
}

#[test]
fn variables_of_a_dockerfile() {
    for before in [
        "ENV DB_PASSWORD ",
        "#7 [3/4] ENV NPM_TOKEN ",
        "#7 [build 3/4] ENV NPM_TOKEN ",
        "Step 3/9 : ENV API_KEY ",
        "STEP 3/9: ENV API_KEY ",
        "   3 | >>> ENV API_KEY ",
        "INFO[0003] ENV API_KEY ",
    ] {
        masked(before, "hunter2", "");
        masked(before, "my long pw", "");
    }
    for line in [
        "ENV DB_PASSWORD $PW",
        "ENV DB_HOST db.example.com",
        "ENV PWD /app",
        "ERROR: ENV API_TOKEN not set",
        "ERROR: ENV API_TOKEN is missing",
        "the ENV TOKEN hunter2 of prose",
        "Step 3/9 : ENV NODE_ENV production",
        "ENV DB_PASSWORD",
    ] {
        assert_eq!(text(line), line);
    }
}

#[test]
fn names_that_only_a_random_value_makes_secret() {
    let value = random(20, 91);
    for before in [
        "PAT=",
        "GITHUB_PAT=",
        "AZURE_DEVOPS_EXT_PAT: ",
        "export GH_PAT='",
        "LICENSE_KEY=",
        "licence-key: ",
        "pass: ",
        "pass=",
        "PASS=",
        "\"pass\": \"",
    ] {
        let after = match before.as_bytes() {
            [.., b'\''] => "'",
            [.., b'"'] => "\"",
            _ => "",
        };
        masked(before, &value, after);
    }
    for line in [
        "PAT=*.log FILE_PAT=error GREP_PAT='^[a-z0-9]+ failed.*$' expat=libexpat-2.6.0-dev1",
        "pass: 12 fail: 3; pass=12 pass: 12/20 pass: 1234.567ms",
        "PASS: test-login-2 PASS: tests/run12345.sh",
        "PASS: testnumber12345",
        "pass: test_login_2, pass: true, bypass=abcdef123456",
        "license_key: apache-2.0 license_key=GPL-3.0-or-later \"license_key\": \"BSD-3-Clause\"",
        "LICENSE_KEY=missing PASS=$PASS PAT=${PAT}",
    ] {
        assert_eq!(text(line), line);
    }
}

#[test]
fn passwords_that_a_sentence_tells() {
    let value = random(16, 92);
    for before in [
        "Root password set to ",
        "The generated password for the user is ",
        "Your token is: ",
        "admin password is ",
    ] {
        masked(before, &value, "");
        masked(before, &value, ".");
    }
    for line in [
        "the password is incorrect, the token is required",
        "your token is Base64Encoded2; password set to expire12",
        "unexpected token is ArrowFunction here, password for the user is a1b2",
    ] {
        assert_eq!(text(line), line);
    }
}

#[test]
fn a_token_of_codecov() {
    let token = "0f1e2d3c-4b5a-6978-8796-a5b4c3d2e1f0";
    masked(
        "$ bash <(curl -s https://codecov.example.com/bash) -t ",
        token,
        " -F unit",
    );
    masked("$ ./codecov -t ", token, "");
    let other = format!("$ deploy -t {token}");
    assert_eq!(text(&other), other);
}

#[test]
fn a_secret_may_stand_behind_an_escape() {
    let token = format!("glpat-{}", random(20, 61));
    let slack = format!("xoxb-{}", random(24, 62));
    for secret in [&token, &slack] {
        for before in [
            "{\"log\": \"one\\n",
            "\"\\t",
            "'a\\r\\n",
            "\\u001b[32m",
            "[0;32m",
        ] {
            masked(before, secret, "\", more");
        }
    }
    masked(
        "_header: 'GET / HTTP/1.1\\r\\nAuthorization: Bearer ",
        "hunter2hunter2",
        "' +",
    );
    masked("'a\\nPRIVATE-TOKEN: ", "hunter2", "'");
    // Nothing else ends in such a way.
    let other = format!("{}ghp_{}", random(9, 63), "x".repeat(36));
    assert_eq!(text(&other), other);
}

#[test]
fn what_nobody_sees_hides_no_secret() {
    let token = format!("glpat-{}", random(20, 64));
    for unseen in ["\u{200b}", "\u{ad}", "\u{feff}", "\u{2060}\u{200d}"] {
        let (a, b) = token.split_at(13);
        masked("오류\u{200b}: ", &format!("{a}{unseen}{b}"), "\u{200b} …");
        masked(
            "$ deploy --pass\u{200b}word ",
            &format!("hun{unseen}ter2"),
            "",
        );
    }
}

#[test]
fn private_keys_on_one_line_and_on_many() {
    let body = "MIIEvQIBADANBgkqhkiG9w0BAQEFAASC\\n".repeat(4);
    let begin = concat!("-----BEGIN ", "PRIVATE KEY-----\\n");
    let end = concat!("\\n-----END ", "PRIVATE KEY-----\\n\"");
    let secret = body.trim_end_matches("\\n");
    masked(&format!("\"private_key\": \"{begin}"), secret, end);

    let line = "b3BlbnNzaC1rZXktdjEAAAAABG5vbmUAAAAEbm9uZQAAAAAAAAABAAAAMwAAAAtz";
    let begin = concat!("-----BEGIN OPENSSH ", "PRIVATE KEY-----");
    let end = concat!("-----END OPENSSH ", "PRIVATE KEY-----");
    let log = [
        "$ cat key",
        begin,
        line,
        line,
        "QyNTUx==",
        end,
        "Load key: error in libcrypto",
        line,
    ];
    let held = |log: &[&str]| -> Vec<usize> {
        (0..log.len())
            .filter(|&k| {
                block::redact_line_at(k, |k| log.get(k).copied()).as_deref() == Some(block::LINE)
            })
            .collect()
    };
    assert_eq!(held(&log), [2, 3, 4]);
    // What is kept may begin within the key.
    assert_eq!(held(&log[3..]), [0, 1]);
    assert_eq!(held(&[line, "error: no end"]), [0usize; 0]);
}

#[test]
fn what_is_no_secret_stays() {
    for line in [
        "fatal: Authentication failed for 'https://git.example.com/group/app.git/'",
        "SyntaxError: Unexpected token '<' in JSON at position 0",
        "SyntaxError: Unexpected token: punc (;)",
        "error: token: unexpected end of file",
        "password: authentication failed",
        "Error: secrets \"regcred\" not found",
        "imagePullSecret=regcred not found",
        "MountVolume.SetUp failed for volume \"x\": secret: notfound",
        "Password: incorrect",
        "token=[MASKED] password=[MASKED] https://ci:[MASKED]@git.example.com/",
        "curl -H \"PRIVATE-TOKEN: $CI_TOKEN\" -H \"Authorization: Bearer ${TOKEN}\"",
        "https://user:$PASSWORD@git.example.com https://oauth2:${TOKEN}@git.example.com",
        "docker login -u $CI_REGISTRY_USER -p $CI_REGISTRY_PASSWORD registry.example.com",
        "docker build --secret id=npmrc,src=/root/.npmrc .",
        "DB_PASSWORD_FILE=/run/secrets/db TOKEN=/var/run/secrets/token",
        "PWD=/builds/group/app OLDPWD=/",
        "max_tokens=4096 tokens: 512 token_type: bearer secretName: tls",
        "    token = self.lexer.next_token()",
        "connect(host=host, password=db_password, token=self.token)",
        "password=true token=null secret=None",
        "glpat-short glpat-<your_token> glrt- gldt-[MASKED]",
        "npm error npm_config_registry npm_lifecycle_event",
        "AKIAIOSFODNN is short, eyJ too, xoxb- as well",
        "Authorization: required",
        "https://registry.example.com:5000/v2/ https://[::1]:8080/a@b http://a:80/x@y",
        "ghp_short sha256:0123456789abcdef0123456789abcdef0123456789abcdef0123456789abcdef",
        "ssh://git@git.example.com:22/group/app.git git@git.example.com:group/app.git",
        "Using Docker executor with image alpine@sha256:0123abcd ...",
        "if token == expected: secret != other",
        "Error: Process completed with exit code 1.",
        "key=value cache-key: main-protected",
        "MIIEvQIBADANBgkqhkiG9w0BAQEFAASC without armour",
    ] {
        assert!(
            matches!(text(line), Cow::Borrowed(_)),
            "{line} -> {}",
            text(line)
        );
    }
}

#[test]
fn captures_and_the_span_follow_the_line() {
    let token = format!("glpat-{}", random(20, 50));
    let line = format!("fatal: unable to access 'https://ci:{token}@git.example.com/a.git/': 403");
    let at = line.find("unable").unwrap();
    let mut one = Hit {
        pattern: 0,
        place: Default::default(),
        span: (at as u32, line.len() as u32),
        captures: [
            ("url", format!("https://ci:{token}@git.example.com/a.git/")),
            ("host", "git.example.com".to_owned()),
            ("middle", token[8..16].to_owned()),
            ("code", "403".to_owned()),
        ]
        .into_iter()
        .map(|(n, v)| (n.to_owned(), v))
        .collect(),
        context: Vec::new(),
        command: Some(format!("git clone https://ci:{token}@git.example.com/a.git").into()),
        dropped: 0,
        text: line,
    };
    hit(&mut one);
    assert!(!format!("{one:?}").contains(&token[8..16]), "{one:?}");
    let placeholder = one.captures["middle"].clone();
    assert!(placeholder.starts_with("[redacted:gitlab-token#"));
    assert_eq!(
        one.captures["url"],
        format!("https://ci:{placeholder}@git.example.com/a.git/")
    );
    assert_eq!(one.captures["host"], "git.example.com");
    assert_eq!(one.captures["code"], "403");
    let told = &one.text[one.span.0 as usize..one.span.1 as usize];
    assert_eq!(
        told,
        format!("unable to access 'https://ci:{placeholder}@git.example.com/a.git/': 403")
    );
    assert_eq!(
        one.command.as_deref(),
        Some(&*format!(
            "git clone https://ci:{placeholder}@git.example.com/a.git"
        ))
    );
}

#[test]
fn a_cut_text_shows_no_half_of_a_token() {
    let token = format!("glpat-{}", random(20, 51));
    assert_eq!(
        text(&format!("x {}…", &token[..12])),
        text(&format!("x {}…", &token[..12]))
    );
    assert!(!text(&format!("x {}…", &token[..14])).contains(&token[6..14]));
    assert!(!text(&format!("…{} refused", &token[3..])).contains(&token[10..20]));
}

/// What is refused is looked into again, which must not make a long line dear.
#[test]
fn many_stand_ins_cost_little() {
    let start = std::time::Instant::now();
    for one in [
        concat!("gl", "pat-xxxxxxxxxxxxxxxxx-"),
        concat!("gl", "pat-"),
        "password = (",
        "token=",
    ] {
        let line = one.repeat(60_000 / one.len());
        assert!(!text(&line).is_empty());
    }
    assert!(start.elapsed().as_secs() < 10, "{:?}", start.elapsed());
}

/// A command is read only so far, however often it stands on a line.
#[test]
fn many_commands_cost_little() {
    let start = std::time::Instant::now();
    for one in [
        "vault kv put a ",
        "http -a a:abc1 ",
        "secrets set A ",
        "signtool /p abc1 ",
        "-u a:abc123x ",
        "set PASSWORD 'abc",
        "\"password\" value=\"",
        "-H \"apikey: ",
        "BUNDLE_",
        "BUNDLE_A__B=",
    ] {
        let line = one.repeat(20_000 / one.len());
        assert!(!text(&line).is_empty());
    }
    assert!(start.elapsed().as_secs() < 10, "{:?}", start.elapsed());
}

#[test]
fn what_is_no_secret_hides_none_behind_it() {
    // The value of the first match takes in the name of the second; found by fuzzing.
    let told = text("?-token=dtoaredtoken=\"i:\0//\n//?-tokbn=dtoaredtoken=\"i:\0\"i").into_owned();
    assert_eq!(text(&told), told);
    // A `;` within a password ends no command; found by fuzzing.
    let told = text("docker login -u x https://u:a;b1c@h -phunter2").into_owned();
    assert!(!told.contains("hunter2") && !told.contains("b1c"), "{told}");
    assert_eq!(text(&told), told);
    // A token may be the name of what follows.
    for name in [
        "glagent-production-cluster-token",
        "glrt-runner-registration-token",
    ] {
        let told = text(&format!("fatal: {name}=hunter2secret9 was refused")).into_owned();
        assert!(!told.contains("hunter2"), "{told}");
        assert_eq!(text(&told), told);
    }
    // The colon of a placeholder parts no user from a password; found by fuzzing.
    let told = text("curl -sS -u abc-token=s3cretion_x: there").into_owned();
    assert_eq!(text(&told), told);
    // However long the user is; found by fuzzing.
    let line = format!("curl -u x-token={};y:carer now", random(95, 7));
    let told = text(&line).into_owned();
    assert!(!told.contains("carer"), "{told}");
    assert_eq!(text(&told), told);
    let told = text("curl -u [redacted:hunter2] -u [redacted:secret#12]").into_owned();
    assert!(!told.contains("hunter2"), "{told}");
    // `db_password` is a name and no secret; what follows is one, though quotes do not pair.
    let told = text("say \"password=db_password\" password=\"hunter2\" now").into_owned();
    assert!(!told.contains("hunter2"), "{told}");
}

#[test]
fn passwords_of_any_account() {
    let secret = random(13, 77);
    for (before, after) in [
        ("vault_pass=", ""),
        ("$ ansible-playbook -e vault_pass=", " --check x.yml"),
        ("$ ansible-playbook -e \"vault_pass=", " x=1\" x.yml"),
        ("$ deploy --db-pass=", " x"),
        ("$ deploy --db-pass ", " x"),
        ("$ rclone copy a b --sftp-pass=", ""),
        ("$ tool --license-server-pass ", " run"),
        ("wiki_pass: ", ""),
        ("$ set -gx DB_PASS ", ""),
    ] {
        masked(before, &secret, after);
    }
    // Passes, and what is said of them.
    for text in [
        "two_pass=shadow2d first_pass=12 render_pass: 3.5ms tests_pass=true",
        "ffmpeg --two-pass 12345; clang --start-after-pass=loop-vectorize2",
        "opt --print-before-pass SimplifyCFG1/2, --first-pass fast2",
        "FAILED test_pass=False: --db-pass is required; --db-pass must be given",
        "vault_pass: not set, db_pass=${DB_PASS}, vault_pass={{ lookup('env', 'V1') }}",
        "set -x DEBUG 1; set -x; DB_PASS is unset",
    ] {
        assert_eq!(super::text(text), text);
    }
}

/// What a rule looks back to may come nearer when what stands between is replaced; found by fuzzing.
#[test]
fn what_comes_nearer_is_found_at_once() {
    // A netrc's words are read only so far.
    let long = random(230, 3);
    for line in [
        format!("API_TOKEN={long},login\nto password hunter2x"),
        format!("machine git.example.com login ci?token={long} password hunter2x"),
        format!(
            "docker login -u ci --note token={} -p hunter2x",
            random(300, 4)
        ),
    ] {
        let told = text(&line).into_owned();
        assert!(!told.contains("hunter2x"), "{told}");
        assert_eq!(text(&told), told);
    }
    // And farther, where placeholders are longer than what they replace.
    let pairs = "token=abc1 ".repeat(20);
    let line = format!("docker login -u ci {pairs} -p hunter2x");
    let told = text(&line).into_owned();
    assert!(!told.contains("hunter2x"), "{told}");
    assert_eq!(text(&told), told);
}

#[test]
fn a_secret_stands_where_it_stood_in_the_text() {
    let long = random(300, 4);
    let line = format!("docker login -u é --note token={long} -p hunter2x é");
    let told = text(&line).into_owned();
    assert_eq!(
        told,
        "docker login -u é --note token=[redacted:secret] -p [redacted:secret] é"
    );
    let at = line.find("ter2x").unwrap();
    assert_eq!(within(&line, at..at + 2), "[redacted:secret]");
    assert_eq!(within(&line, at + 5..line.len()), " é");
}

#[test]
fn keys_and_pins_that_only_a_random_value_makes_secret() {
    let value = random(20, 93);
    for before in [
        "DEPLOY_KEY=",
        "deploy_key = \"",
        "deploy_key: ",
        "deploy-key: ",
        "AUTH_KEY=",
        "AZURE_STORAGE_KEY=",
        "storage_account_key: ",
        "JWT_KEY=",
        "APP_KEY=base64:",
        "pin = ",
        "pin=",
        "\"pin\": \"",
        "DB_PW=",
        "pw: ",
    ] {
        let after = if before.ends_with('"') { "\"" } else { "" };
        if before == "APP_KEY=base64:" {
            let told = text(&format!("{before}{}", random(44, 5))).into_owned();
            assert_eq!(told, "APP_KEY=[redacted:secret]");
            continue;
        }
        masked(before, &value, after);
    }
    masked("HSM_PIN=", "1234", "");
    masked("sim-pin=", "123456", " x");
    masked("MYSQL_PW=", "hunter2", "");
    for line in [
        "deploy_key = deploy_key.pub; deploy_key: ~/.ssh/id_rsa2 deploy_key = my-deploy-key-2",
        "deploy_key = \"/run/secrets/key1\"",
        "deploy_key: SHA256:abcdefghijklmnopqrstuvwxyz0123456789ABCDEFG",
        "DEPLOY_KEY=$DEPLOY_KEY deploy_key = true, deploy_key: not found, deploy_key_id = 12345",
        "account_key=acct-2, session_key=s:1 app_key=app1 auth_key: env2 client_key: /x/a1.pem",
        "pin: 12 pin=13 pin = 17 led_pin = 13 pin: PA10 PIN: GPIO12 \"pin\": \"A12\" pin=1234",
        "pin = \"1.2.3\"; pin: 0123456789abcdef0123456789abcdef01234567; spin=aB3cD4eF5g",
        "const int pin = D13; led_pin = LED_BUILTIN2; pin = \"v2.0.0-rc1\"",
        "pw: 12 rpw=aB3cD4eF5g pw = none",
    ] {
        assert_eq!(text(line), line);
    }
}

#[test]
fn a_key_of_an_assembly_is_public() {
    for line in [
        "Could not load 'A.B, Version=13.0.0.0, Culture=neutral, PublicKeyToken=30ad4fe6b2a6aeed'.",
        "mscorlib, Version=4.0.0.0, Culture=neutral, PublicKeyToken=b77a5c561934e089",
        "A, PublicKeyToken=null, \"publicKeyToken\": \"b77a5c561934e089\"",
        "<assemblyIdentity name=\"A\" publicKeyToken=\"b03f5f7f11d50a3a\" culture=\"neutral\" />",
        "PublicKeyToken: b77a5c561934e089",
    ] {
        assert_eq!(text(line), line);
    }
    masked("accessKeyToken=", "b77a5c561934e089", "");
}

#[test]
fn values_beside_and_below_a_name() {
    for (before, after) in [
        ("{\"name\":\"DB_PASSWORD\",\"value\":\"", "\"}"),
        (
            "{\\\"name\\\": \\\"DB_PASSWORD\\\", \\\"value\\\": \\\"",
            "\\\"}",
        ),
        ("<env name=\"DB_PASSWORD\" value=\"", "\"/>"),
        ("<property name='password' value='", "'/>"),
        ("set { name = \"db.password\" value = \"", "\" }"),
        ("<apiKey>", "</apiKey>"),
        ("      POSTGRES_PASSWORD:       ", ""),
        ("DB_PASSWORD                    ", ""),
        ("  API_TOKEN\t", "  "),
    ] {
        masked(before, "Hunter2secret", after);
    }
    masked("token               ", &random(24, 8), "");
    for line in [
        "{\"name\":\"DB_HOST\",\"value\":\"db1.example.com\"} {\"name\":\"TOKEN\",\"value\":\"\"}",
        "{\"name\":\"DB_PASSWORD\",\"valueFrom\":\"arn:aws:ssm:x1\"} \"password\" value missing1",
        "<env name=\"DB_PASSWORD\" value=\"$DB_PASSWORD\"/>",
        "      DB_PASSWORD:  <set to the key 'password' in secret 'db1'>  Optional: false",
        "Secret:        my-app-secret",
        "token       tests/a1.py",
        "js-token       9.0.0",
        "my_token       string12",
        "token          Ident2",
        "token          3 passed1",
    ] {
        assert_eq!(text(line), line);
    }
}

#[test]
fn schemes_and_lists_of_headers() {
    for (before, after) in [
        ("Authorization: GenieKey ", ""),
        ("Authorization: Bot ", "'"),
        ("\"Authorization\": [\"Basic ", "\"]"),
        ("'x-api-key': [ '", "' ],"),
        ("map[Accept:[a] X-Api-Key:[", "]]"),
        ("curl -H \"apikey: ", "\" https://git.example.com"),
        ("curl --header 'DD-API-KEY: ", "' x"),
        ("curl -H 'circle-token: ", "' x"),
        ("curl -H \"X-Sentry-Auth: ", "\""),
    ] {
        masked(before, "Hunter2secret", after);
    }
    for line in [
        "authorization: key rotation, Authorization: bot accounts",
        "curl -H 'apikey: $KEY' -H \"Content-Type: a1b2c3\" -H 'Idempotency-Key: a1b2c3d4'",
        "X-Cache-Key: /a/b/c123456, x-primary-key: user12345",
        "setpriv --user node:node20lts, {\"name\":\"token\",\"value\":\"expected 3 segments, got 2\"}",
    ] {
        assert_eq!(text(line), line);
    }
}

#[test]
fn passwords_at_the_end_of_a_sentence() {
    let value = random(14, 94);
    for before in [
        "A temporary password is generated for root@localhost: ",
        "Password for the user elastic (see the manual): ",
    ] {
        let before = format!("[Note] {before}");
        masked(&before, &value, "");
    }
    for line in [
        "the password check failed for: AbstractThing2, see above",
        "no password of user: admin",
        "could not find keystore password for alias: ReleaseArm64V8a2",
        "wrong password for user: Svc-Deploy-2024",
        "password policy violated by user: GitlabCIUser2024",
        "a password was changed in commit: 0123456789abcdef0123456789abcdef01234567",
    ] {
        assert_eq!(text(line), line);
    }
}

#[test]
fn names_and_places_of_secrets_stay() {
    for line in [
        "existingSecret: my-db-secret-v1",
        "  secret: grafana-admin-v2",
        "helm --set existingSecret=my-secret1 x",
        "passwordSecret: app-db-pass-v2",
        "const password = process.env.DB_PASSWORD1;",
        "password = random_password.db1.result",
        "secret = aws_secretsmanager_secret.db1.arn",
        "secret: arn:aws:secretsmanager:eu-west-1:123456789012:secret:db-AbCdEf",
        "\"secret\": \"projects/123/secrets/db1/versions/2\"",
        "password: vault:secret/data/app1#password",
        "secret=ssm:/app1/db",
        "secretKey: Uint8Array, privateKey: Uint8ClampedArray",
    ] {
        assert_eq!(text(line), line);
    }
    for (before, secret) in [
        ("secret: ", "correct-horse-1999"),
        ("APP_SECRET=", "dev-secret-1"),
        ("password: ", "grafana-admin-v2"),
        ("secret = ", "S3cret.Hunter2"),
    ] {
        masked(before, secret, "");
    }
}
