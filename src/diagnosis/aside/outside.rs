//! Whether the text of a failed test points beyond the test, at the network or a server.

/// Clear words of test runners and languages for time-outs.
const TIMES: &[&str] = &[
    "timed out",
    "Timed out",
    "ETIMEDOUT",
    "TimeoutE",
    "imeout of ",
    "imeout exceeded",
    "Call retries were exceeded",
];
/// HTTP statuses of a failing server.
const STATUSES: &[&str] = &["500", "502", "503", "504"];
/// Text before such a number if it is a status, and behind it.
const BEFORE: &[&str] = &[
    "status", "code", "http", "http/1.0", "http/1.1", "http/2", "error", "returned", "received",
    "got", "response", "expected", "assert", "that", "with",
];
const BEHIND: &[&str] = &["Internal Server", "Bad Gateway", "Service ", "Gateway "];

/// Whether the network or a server may have caused a failure: a test waited in vain, or received a server's
/// error. Durations, line numbers and names (`took 502 ms`, `setTimeout(`) do not count.
pub(in crate::diagnosis) fn may_come_from_outside(text: &str) -> bool {
    TIMES.iter().any(|word| text.contains(word))
        || text
            .match_indices("imeout")
            .any(|(at, _)| is_word(text, at))
        || STATUSES.iter().any(|status| {
            text.match_indices(status)
                .any(|(at, _)| is_status(text, at, status.len()))
        })
}

/// Whether `timeout` stands there as a word, not as a name, option or key.
fn is_word(text: &str, at: usize) -> bool {
    let (before, behind) = (&text[..at], &text[at + "imeout".len()..]);
    let Some(start) = before.strip_suffix(['t', 'T']) else {
        return false;
    };
    let joins = |c: char| c.is_alphanumeric() || "_-.$".contains(c);
    let ends = |c: char| joins(c) || "(=:\"'`".contains(c);
    !start.ends_with(joins) && !behind.starts_with(ends)
}

/// Whether the number of `len` bytes at `at` is a server's answer.
fn is_status(text: &str, at: usize, len: usize) -> bool {
    let (before, behind) = (&text[..at], &text[at + len..]);
    let joins = |c: char| c.is_alphanumeric() || "_.,:/-".contains(c);
    let fraction = behind
        .strip_prefix('.')
        .is_some_and(|b| b.starts_with(|c: char| c.is_ascii_digit()));
    let part = before.ends_with(|c: char| c.is_alphanumeric() || "_.-/".contains(c));
    if part || fraction || behind.starts_with(|c: char| c.is_alphanumeric() || c == '_') {
        return false;
    }
    let before = before.trim_end_matches(|c: char| c.is_whitespace() || ":=(<\"'[".contains(c));
    let word = before.rsplit(|c: char| !joins(c)).next().unwrap_or(before);
    let word = word.to_ascii_lowercase();
    // `statusCode`, `response_code`
    let named = BEFORE.iter().any(|b| word.ends_with(b));
    let behind = behind.trim_start_matches([' ', '"', ')', ':']);
    named || BEHIND.iter().any(|b| behind.starts_with(b))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_points_beyond_a_test() {
        for text in [
            "thrown: \"Exceeded timeout of 5000 ms for a test.\"",
            "Error: Timeout of 2000ms exceeded.",
            "Test timed out in 5000ms.",
            "TimeoutError: locator.click",
            "java.net.SocketTimeoutException: x timed out",
            "Error: request timeout",
            "Error: connect ETIMEDOUT 10.0.0.1:443",
            "    Received: 500",
            "expected 500 to equal 200",
            "Failed asserting that 503 is identical to 200.",
            "E       assert 500 == 200",
            "Error: expected 200 \"OK\", got 500 \"Internal Server Error\"",
            "AxiosError: Request failed with status code 502",
            "HTTP/1.1 503 Service Unavailable",
            "statusCode: 500,",
            "502 Bad Gateway",
        ] {
            assert!(may_come_from_outside(text), "{text}");
        }
        for text in [
            "Time:        2.502 s",
            "   Duration  502ms (transform 500ms)",
            "Finished in 0.03502 seconds",
            "  3 passing (503ms)",
            "    at a.js:502:7",
            "  500 |   setTimeout(() => {",
            "    clearTimeout(timer)",
            "  testTimeout: 5000,",
            "ran 500 tests",
            "jest --timeout=500",
            "id 1500, 5000",
            "took 500 ms",
        ] {
            assert!(!may_come_from_outside(text), "{text}");
        }
    }
}
