use super::super::tests::{masked, random};
use super::super::{block, text};

/// What each line becomes, by the lines around it, the same from both ends.
fn over_lines(log: &[&str]) -> Vec<String> {
    let mut lines = block::Lines::default();
    let held = |k: usize| block::redact_line_at(k, |k| log.get(k).copied());
    let told = log.iter().enumerate().map(|(k, line)| {
        let streamed = lines.redact_next(line);
        assert_eq!(streamed, held(k), "{line}");
        streamed.unwrap_or_else(|| text(line).into_owned())
    });
    told.collect()
}

#[test]
fn a_netrc_with_a_word_a_line() {
    let masked = "password [redacted:secret]";
    for (head, secret) in [
        ("machine git.example.com", "hunter2"),
        ("machine git.example.com", "correcthorse"),
        ("default", "correcthorse"),
    ] {
        let secret = format!("password {secret}");
        let log = [head, "login ci", &secret, "password required"];
        let told = over_lines(&log);
        assert_eq!(told[..2], log[..2]);
        assert_eq!(told[2], masked);
        let told: Vec<&str> = told.iter().map(String::as_str).collect();
        assert_eq!(over_lines(&told), told, "twice");
        // Indented, and behind a clock.
        let clock = |line: &str| format!("2026-05-01T10:00:00.123456Z 01O   {line}");
        let stamped: Vec<String> = log.iter().map(|line| clock(line)).collect();
        let stamped: Vec<&str> = stamped.iter().map(String::as_str).collect();
        assert_eq!(over_lines(&stamped)[2], clock(masked));
    }
    // On one line, with more or fewer words.
    for (before, after) in [
        ("default login ci password ", ""),
        (
            "$ echo \"machine git.example.com login ci password ",
            "\" >> ~/.netrc",
        ),
        (
            "$ printf \"machine git.example.com\\nlogin ci\\npassword ",
            "\\n\" > ~/.netrc",
        ),
        ("machine git.example.com password ", ""),
        (
            "machine git.example.com login ci account a password ",
            " macdef x",
        ),
        ("  login ci password ", ""),
        ("password ", ""),
    ] {
        assert_eq!(self::masked(before, "hunter2", after), "[redacted:secret]");
    }
}

#[test]
fn what_only_reads_like_a_netrc_stays() {
    for log in [
        &["the machine is up", "login failed", "password incorrect"][..],
        &[
            "machine git.example.com",
            "login ci",
            "password $CI_JOB_TOKEN",
            "password: ",
        ],
        &["machine learning", "a", "b", "c", "d", "password reset"],
        &[
            "login and password combination",
            "password login is disabled",
            "password hashing",
        ],
        &[
            "level default",
            "password hashing",
            "password sha1",
            "Change the password abc123 now",
        ],
    ] {
        assert_eq!(over_lines(log), log);
    }
}

#[test]
fn secrets_of_kubernetes() {
    let config = format!("eyJhdXRocyI6e{}", random(60, 77));
    masked("  .dockerconfigjson: ", &config, "");
    masked("{\"data\":{\".dockerconfigjson\":\"", &config, "\"}}");
    masked("{\\\"data\\\":{\\\".dockercfg\\\":\\\"", &config, "\\\"}}");
    let data = |kind: &str| {
        let data = "{\"db\":\"aHVudGVyMg==\",\"user\" : \"Y2kx\"}";
        format!(
            "{{\"apiVersion\":\"v1\",\"data\": {data},\"kind\":\"{kind}\",\"metadata\":{{\"name\":\"x\"}}}}"
        )
    };
    let told = text(&data("Secret")).into_owned();
    let masked = "{\"apiVersion\":\"v1\",\"data\": {\"db\":\"[redacted:secret]\",\"user\" : \"[redacted:secret]\"},\"kind\":\"Secret\",\"metadata\":{\"name\":\"x\"}}";
    assert_eq!(told, masked);
    assert_eq!(text(&told), told);
    let escaped = text(&data("Secret").replace('"', "\\\"")).into_owned();
    assert_eq!(escaped, masked.replace('"', "\\\""));
    assert_eq!(text(&data("ConfigMap")), data("ConfigMap"));

    // In a list each object is what it says it is.
    let list = |objects: &[String]| {
        let objects = objects.join(",");
        format!("{{\"apiVersion\":\"v1\",\"items\":[{objects}],\"kind\":\"List\"}}")
    };
    let (config, secret) = (data("ConfigMap"), data("Secret"));
    let all = list(&[config.clone(), secret.clone(), config.clone()]);
    let told = list(&[config.clone(), masked.to_owned(), config.clone()]);
    assert_eq!(text(&all), told);
    assert_eq!(text(&told), told);
    assert_eq!(text(&all.replace('"', "\\\"")), told.replace('"', "\\\""));
    // What stands in a string opens nothing.
    let odd = config.replace("\"x\"", "\"}]\\\"{ {\"");
    assert_eq!(
        text(&list(&[odd.clone(), secret.clone(), odd.clone()])),
        list(&[odd.clone(), masked.to_owned(), odd])
    );
    // The one that the bound on kept text cut short may be a secret.
    let cut = &all[all.find(",{").unwrap() + 1..all.rfind("\"kind\":\"ConfigMap\"").unwrap()];
    assert_eq!(text(cut).matches("[redacted:secret]").count(), 4);

    let data = [
        "data:",
        "  db: aHVudGVyMg==",
        "  note: \"Zm9vYmFy12==\"",
        "  level: debug",
    ];
    let below = [
        "name: aHVudGVyMg==",
        "---",
        "apiVersion: v1",
        "kind: ConfigMap",
        "data:",
        "  a: aHVudGVyMg==",
    ];
    let masked = ["  db: [redacted:secret]", "  note: \"[redacted:secret]\""];
    // As it is printed, the kind comes last; as it is written, first.
    let printed = [&["apiVersion: v1"][..], &data, &["kind: Secret"], &below].concat();
    let told = over_lines(&printed);
    assert_eq!(told[2..4], masked);
    assert_eq!(told[4..], printed[4..]);
    let written = [&["apiVersion: v1", "kind: Secret"][..], &data, &below].concat();
    let told = over_lines(&written);
    assert_eq!(told[3..5], masked);
    assert_eq!(told[6..], written[6..]);
    let told: Vec<&str> = told.iter().map(String::as_str).collect();
    assert_eq!(over_lines(&told), told, "twice");
    // A value over many lines, whatever stands in it; a word that says how it is given is none.
    let block = [
        "kind: Secret",
        "stringData:",
        "  app.yaml: |",
        "    user: ci",
        "",
        "      words and words, hunter2",
        "  key: >-",
        "    hunter2",
        "  note: two words",
        "  two: |2-",
        "      hunter2",
        "  last: \"\"",
        "type: Opaque",
        "    hunter2",
    ];
    let told = over_lines(&block);
    let masked = [
        "  app.yaml: |",
        "    [redacted:secret]",
        "",
        "      [redacted:secret]",
        "  key: >-",
        "    [redacted:secret]",
        "  note: [redacted:secret]",
        "  two: |2-",
        "      [redacted:secret]",
    ];
    assert_eq!(told[2..11], masked);
    assert_eq!(told[11..], block[11..]);
    let told: Vec<&str> = told.iter().map(String::as_str).collect();
    assert_eq!(over_lines(&told), told, "twice");
    // Base64 over many lines; the kind comes last.
    let printed = [
        "apiVersion: v1",
        "data:",
        "  tls.crt: |",
        "    aHVudGVyMg==",
        "    level: debug, and more",
        "kind: Secret",
    ];
    let told = over_lines(&printed);
    assert_eq!(told[3], "    [redacted:secret]");
    assert_eq!(told[4..], printed[4..]);
    let config = [
        "apiVersion: v1",
        "kind: ConfigMap",
        "data:",
        "  app.yaml: |",
        "    user: ci",
        "    level: debug",
    ];
    assert_eq!(over_lines(&config), config);
    let json = [
        "\"apiVersion\": \"v1\",",
        "\"data\": {",
        "  \"db\": \"aHVudGVyMg==\",",
        "},",
    ];
    assert_eq!(over_lines(&json)[2], "  \"db\": \"[redacted:secret]\",");
    // Not every object with data is a secret.
    assert_eq!(over_lines(&json[1..]), json[1..]);
    let other = [&["apiVersion: v1", "kind: ConfigMap"][..], &data].concat();
    assert_eq!(over_lines(&other), other);
    assert_eq!(over_lines(&data), data);
}

#[test]
fn a_value_below_the_name_of_a_variable() {
    let secret = random(14, 91);
    for (name, value) in [
        ("    - name: DB_PASSWORD", format!("      value: {secret}")),
        ("    - name: DB_PASS", format!("      value: \"{secret}\"")),
        (
            "  \"name\": \"API_TOKEN\",",
            format!("  \"value\": \"{secret}\""),
        ),
    ] {
        let told = over_lines(&[name, &value]);
        assert_eq!(told[0], name);
        assert_eq!(told[1], value.replace(&secret, "[redacted:secret]"));
    }
    for log in [
        ["- name: DB_HOST", "  value: db1.example.com"],
        ["- name: TOKEN_URL", "  value: https://a1.example.com"],
        ["- name: DB_PASSWORD", "  value: ${DB_PASSWORD}"],
        ["- name: DB_PASSWORD", "  valueFrom: a1b2c3"],
        ["- name: TESTS_PASS", "  value: 12"],
        ["- name: DB_PASSWORD", "- name: X1"],
        ["name: reset password", "value: a1b2c3d4"],
    ] {
        assert_eq!(over_lines(&log), log);
    }
}
