use serde_json::Value;

use super::*;
use crate::report::testing::*;

fn sarif(logs: &[LogReport]) -> Value {
    let out = written("sarif", &Style::default(), logs, &[]);
    serde_json::from_str(&out).expect("JSON")
}

#[test]
fn a_result_points_to_its_rule_and_its_line() {
    let log = sarif(&[back_off(), from_variable(), back_off()]);
    let run = &log["runs"][0];
    let rules = run["tool"]["driver"]["rules"].as_array().unwrap();
    assert_eq!(rules.len(), 2);
    let results = run["results"].as_array().unwrap();
    assert_eq!(results.len(), 3);
    for result in results {
        let index = result["ruleIndex"].as_u64().unwrap() as usize;
        assert_eq!(result["ruleId"], rules[index]["id"]);
    }
    let place = &results[1]["locations"][0]["physicalLocation"];
    let uri = &place["artifactLocation"]["uri"];
    assert_eq!(uri, "02-docker-build-arg-without-arg.log");
    assert_eq!(place["region"]["startLine"], 6);
    assert_eq!(place["region"]["endColumn"], 25);
    assert_eq!(
        place["region"]["snippet"]["text"],
        "invalid reference format"
    );
    assert_eq!(results[1]["relatedLocations"].as_array().unwrap().len(), 3);
}

#[test]
fn a_rule_speaks_of_all_logs() {
    let mut log = back_off();
    let cause = log.cause.as_mut().unwrap();
    let captures = [("image", "busybox:latest"), ("repo", "busybox"), ("n", "1")];
    cause.captures = captures
        .map(|(name, value)| (name.into(), Some(value.into())))
        .into();
    let log = sarif(&[log]);
    let rule = &log["runs"][0]["tool"]["driver"]["rules"][0];
    let title = &rule["shortDescription"]["text"];
    assert_eq!(title, "The cluster could not pull image <image>");
    let said = log["runs"][0]["results"][0]["message"]["text"].as_str();
    assert!(said.is_some_and(|said| said.contains("image busybox:latest: Kubernetes tried")));
}

#[test]
fn a_finding_that_names_a_file_lies_there() {
    let mut log = from_variable();
    let cause = log.cause.as_mut().unwrap();
    cause.place = Some(crate::model::Spot {
        path: "app/Docker file".into(),
        line: None,
    });
    let log = sarif(&[log]);
    let result = &log["runs"][0]["results"][0];
    let place = |of: &str| result[of][0]["physicalLocation"]["artifactLocation"]["uri"].clone();
    assert_eq!(place("locations"), "app/Docker%20file");
    assert_eq!(
        place("relatedLocations"),
        "02-docker-build-arg-without-arg.log"
    );
}

#[test]
fn sources_become_uris() {
    for (source, expected) in [
        ("logs/02.log", "logs/02.log"),
        ("./a b.log", "a%20b.log"),
        ("<stdin>", "stdin"),
        ("/var/log/x.log", "file:///var/log/x.log"),
        ("C:\\logs\\x.log", "file:///C:/logs/x.log"),
        ("javascript:alert(1)", "javascript%3Aalert%281%29"),
        ("로그", "%EB%A1%9C%EA%B7%B8"),
        ("", "log"),
    ] {
        assert_eq!(uri(source), expected);
    }
}

#[test]
fn messages_make_no_links() {
    let log = sarif(&[saying("see [here](https://example.com/x)")]);
    let said = log["runs"][0]["results"][0]["message"]["text"].as_str();
    let said = said.unwrap();
    assert!(
        said.contains("[here] (https") && !said.contains("]("),
        "{said}"
    );
}

#[test]
fn more_results_than_github_takes_are_counted() {
    let mut out = Vec::new();
    let logs = vec![unexplained("a.log"); 10];
    let mut writer = SarifWriter::new(Box::new(&mut out), &tool(), 3);
    for log in &logs {
        writer.log(log).unwrap();
    }
    writer.finish(&[], &summary(&logs)).unwrap();
    drop(writer);
    let log: Value = serde_json::from_slice(&out).unwrap();
    let run = &log["runs"][0];
    assert_eq!(run["results"].as_array().unwrap().len(), 3);
    let notice = &run["invocations"][0]["toolExecutionNotifications"][0];
    assert_eq!(
        notice["message"]["text"],
        "7 results left out: a SARIF file may have 3"
    );
}
