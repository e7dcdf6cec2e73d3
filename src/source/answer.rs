//! Recognises a server's answer in place of a log: `curl -o job.log` saves the refusal of an API, or the page
//! of a proxy.

use super::{Reading, Refusal};
use crate::model::Problem;

/// Keys in the refusals of GitLab, GitHub and OAuth (RFC 6749, 5.2). An object with any other key is no
/// refusal.
const KEYS: &[&str] = &[
    "message",
    "error",
    "error_description",
    "errors",
    "documentation_url",
    "scope",
    "status",
    "code",
];
/// Messages of a refused log. Other messages (a rate limit) may be a job's own last output.
const REFUSALS: &[&str] = &[
    "401 ",
    "404 ",
    "unauthorized",
    "bad credentials",
    "requires authentication",
    "invalid_token",
    "token ",
    "the access token ",
    "insufficient_scope",
    "403 forbidden",
    "must have admin rights",
    "resource not accessible",
    "not found",
];
/// Characters of the server's message that are shown.
const LONGEST: usize = 120;

/// Why a text that a server sent in place of a log is not read, judged by its beginning; `is_whole` if it has
/// no more.
pub(super) fn refusal(
    label: &str,
    head: &[u8],
    is_whole: bool,
    reading: Reading,
) -> Option<Refusal> {
    if reading.text || reading.answers {
        return None;
    }
    let text = String::from_utf8_lossy(head);
    let text = text.trim_start_matches('\u{feff}').trim();
    let (what, said) = match refused(text).filter(|_| is_whole) {
        Some(said) => ("the answer of an API", Some(said)),
        None if is_page(text, is_whole) => ("a web page", title(text)),
        None => return None,
    };
    let said = said.map(|said| {
        let short: String = said.split_whitespace().collect::<Vec<_>>().join(" ");
        let cut: String = short.chars().take(LONGEST).collect();
        let more = if cut.len() < short.len() { "…" } else { "" };
        format!(": {cut}{more}")
    });
    Some(Refusal::Binary(Problem {
        source: label.to_owned(),
        message: format!("is no log but {what}{}", said.unwrap_or_default()),
        hint: Some(
            "fetch the log anew: is the token valid, and the number of the job right? `--text` reads it all the same"
                .to_owned(),
        ),
    }))
}

/// The message of an API that refuses: `{"message":"401 Unauthorized"}`.
fn refused(text: &str) -> Option<String> {
    if !text.starts_with('{') {
        return None;
    }
    let answer: serde_json::Map<String, serde_json::Value> = serde_json::from_str(text).ok()?;
    let known = answer.keys().all(|key| KEYS.contains(&key.as_str()));
    let said = ["message", "error_description", "error"]
        .iter()
        .find_map(|key| answer.get(*key))?;
    let said = match said {
        serde_json::Value::String(said) => said.clone(),
        other => other.to_string(),
    };
    let lower = said.to_ascii_lowercase();
    let refuses = REFUSALS.iter().any(|refusal| lower.starts_with(refusal));
    (known && refuses).then_some(said)
}

/// Whether a text begins as a web page, and ends as one as far as can be seen.
fn is_page(text: &str, is_whole: bool) -> bool {
    let begins = |with: &str| {
        text.get(..with.len())
            .is_some_and(|start| start.eq_ignore_ascii_case(with))
    };
    let ends = || text.to_ascii_lowercase().ends_with("</html>");
    // Jenkins' own page contains the log.
    let holds_log = || text.contains("console-output");
    (begins("<!doctype html") || begins("<html")) && (!is_whole || ends()) && !holds_log()
}

/// The title of a page.
fn title(text: &str) -> Option<String> {
    let lower = text.to_ascii_lowercase();
    let from = lower.find("<title>")? + "<title>".len();
    let title = &text[from..from + lower[from..].find("</title>")?];
    (!title.trim().is_empty()).then(|| title.to_owned())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn message_of(text: &str, is_whole: bool) -> Option<String> {
        let refusal = refusal("a.log", text.as_bytes(), is_whole, Reading::default());
        refusal.map(|refusal| refusal.problem().message.clone())
    }

    #[test]
    fn what_a_server_says_is_no_log() {
        for (text, said) in [
            (
                "{\"message\":\"401 Unauthorized\"}",
                "is no log but the answer of an API: 401 Unauthorized",
            ),
            (
                "{\n  \"message\": \"Not Found\",\n  \"documentation_url\": \"https://docs.example.com\",\n  \"status\": \"404\"\n}\n",
                "is no log but the answer of an API: Not Found",
            ),
            (
                "{\"error\":\"invalid_token\",\"error_description\":\"Token was revoked.\"}",
                "is no log but the answer of an API: Token was revoked.",
            ),
            (
                "<html>\r\n<head><title>502 Bad\nGateway</title></head>\r\n<body></body>\r\n</html>\r\n",
                "is no log but a web page: 502 Bad Gateway",
            ),
            ("<!DOCTYPE html><p>x</html>", "is no log but a web page"),
        ] {
            assert_eq!(message_of(text, true).as_deref(), Some(said));
        }
        assert!(message_of("<!doctype HTML>\n<title>Sign in</title>", false).is_some());
    }

    #[test]
    fn what_a_job_printed_of_one_is() {
        for text in [
            "{\"message\":\"401 Unauthorized\"}\ncurl: (22) The requested URL returned error: 401\n",
            "{\"level\":\"error\",\"message\":\"no lamp is lit\"}",
            "{\"message\":",
            "{\"message\":\"API rate limit exceeded\",\"status\":\"403\"}",
            "{\"message\":\"deploy failed: the page is not found\",\"code\":1}",
            "<html><pre class=\"console-output\">make: *** no\nFinished: FAILURE</pre></html>",
            "<html><title>502</title></html>\nERROR: Job failed: exit code 1\n",
            "$ curl -s https://example.com\n<html></html>",
        ] {
            assert_eq!(message_of(text, true), None, "{text}");
        }
        for (text, answers) in [(true, false), (false, true)] {
            let reading = Reading { text, answers };
            assert!(refusal("a.log", b"{\"message\":\"x\"}", true, reading).is_none());
        }
    }
}
