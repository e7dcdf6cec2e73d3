//! Recognises lines that a program's logger wrote at an everyday level: a refused request in a test, a retry, a
//! probe.
//!
//! They fail no job, so a finding behind such a level is no cause, unless its pattern names the level itself.
//! A level that a tool puts before all its output (`[INFO]` of Maven, `[info]` of sbt) proves nothing.

use crate::model::{Hit, Role};
use crate::trace::level::{LOUD, QUIET};
use crate::trace::{prefix, stamp};

/// How far behind the time a level may stand, in bytes: a thread and a class may come first.
const REACH: usize = 120;

/// The everyday level before the match of a pattern, if there is one.
fn level(hit: &Hit) -> Option<&'static str> {
    let content = prefix::split(hit.text.as_bytes()).content;
    head(hit.text.get(content..hit.span.0 as usize)?)
}

/// The everyday level at which a logger wrote a hit of that role, so that it is dropped. What wraps a failure, and
/// noise, counts at any level.
pub(crate) fn everyday(role: Role, hit: &Hit) -> Option<&'static str> {
    match role {
        Role::RootCause | Role::Symptom => level(hit),
        Role::Wrapper | Role::Noise => None,
    }
}

/// Whether a line has an everyday level.
pub(super) fn is_everyday(text: &str) -> bool {
    head(text).is_some()
}

/// The head of a record with a time, digits replaced by `0`, and whether its level is that of an error.
/// Records of one logger have equal heads.
pub(super) fn record(text: &str) -> Option<(String, bool)> {
    let text = text.trim_start();
    if !is_time(text) {
        return None;
    }
    let of_time = |c: char| c.is_ascii_digit() || "[](){}-:.,/TZ+ ".contains(c);
    let time = &text[..text.find(|c: char| !of_time(c)).unwrap_or(text.len())];
    let near = &text[..text.floor_char_boundary(REACH)];
    let mut words = near.split(|c: char| !c.is_ascii_alphabetic());
    let loud = words.find_map(|word| {
        let is = |levels: &[&str]| levels.iter().any(|level| level.eq_ignore_ascii_case(word));
        let error = is(LOUD)
            && !["warn", "warning"]
                .iter()
                .any(|w| w.eq_ignore_ascii_case(word));
        (is(QUIET) || is(LOUD)).then_some(error)
    })?;
    let form = time
        .chars()
        .map(|c| if c.is_ascii_digit() { '0' } else { c });
    Some((form.collect(), loud))
}

/// The everyday level in the head of a line.
fn head(head: &str) -> Option<&'static str> {
    let quiet = |word: &str| QUIET.iter().copied().find(|level| *level == word);
    // `[config]` names a part of a program.
    let begins = |word: &str| match word {
        "config" | "Config" | "fine" | "Fine" => None,
        word => quiet(word.to_ascii_uppercase().as_str()),
    };
    let head = head.trim_start();
    // `[DEBUG] …`
    if let Some((word, _)) = head.strip_prefix('[').and_then(|h| h.split_once(']')) {
        let level = begins(word).filter(|level| *level != "INFO");
        if level.is_some() {
            return level;
        }
    }
    let word = head.split(|c: char| !c.is_ascii_alphabetic()).next()?;
    let rest = &head[word.len()..];
    // `INFO: …` (java.util.logging), `DEBUG:root:…` (Python)
    if rest.starts_with(": ") || rest.starts_with(':') && rest[1..].contains(':') {
        return quiet(word);
    }
    // `INFO[0003] …`, `time="…" level=info msg="…"` (logrus)
    let numbered = rest.starts_with('[') && rest[1..].starts_with(|c: char| c.is_ascii_digit());
    if numbered && word.len() == 4 {
        return QUIET.iter().copied().find(|l| l.starts_with(word));
    }
    // It must be a field of its own: `--log-level=info` is an option in a quoted command.
    let field = head.match_indices("level=").find(|(at, _)| {
        let before = head[..*at].chars().next_back();
        before.is_none_or(|c| c == ' ' || c == '\t' || c == ',')
    });
    if let Some((at, name)) = field {
        let behind = &head[at + name.len()..];
        let behind = behind.trim_start_matches('"');
        return begins(behind.split(|c: char| !c.is_ascii_alphabetic()).next()?);
    }
    if !is_time(head) {
        return None;
    }
    // The first level behind the time.
    let mut at = 0;
    let near = &head[..head.floor_char_boundary(REACH)];
    for word in near.split(|c: char| !c.is_ascii_alphabetic()) {
        let bracketed = at > 0 && head.as_bytes()[at - 1] == b'[';
        let own = if bracketed { begins(word) } else { quiet(word) };
        let loud = LOUD
            .iter()
            .any(|level| level.eq_ignore_ascii_case(word) && (bracketed || *level == word));
        if own.is_some() || loud {
            return own;
        }
        at += word.len()
            + head[at + word.len()..]
                .chars()
                .next()
                .map_or(0, char::len_utf8);
    }
    None
}

/// Does a time stand there: `2026-05-01 10:00:00`, `[2026-…`, `10:00:00.123`, `May 01, 2026 …`?
fn is_time(text: &str) -> bool {
    let text = text.trim_start_matches(['[', '(']);
    [
        "dddd-dd-dd",
        "dddd/dd/dd",
        "dd:dd:dd",
        "dd/dd/dd",
        "aaa dd ",
        "aaa dd, ",
    ]
    .iter()
    .any(|form| stamp::like(text.as_bytes(), form).is_some())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn everyday_levels_of_loggers() {
        for (text, level) in [
            ("INFO: MockServer[4] responded: ", "INFO"),
            ("FINE: closing ", "FINE"),
            ("DEBUG:urllib3.connectionpool:", "DEBUG"),
            ("[DEBUG] ", "DEBUG"),
            ("[trace] ", "TRACE"),
            ("INFO[0003] ", "INFO"),
            ("DEBU[0003] ", "DEBUG"),
            ("time=\"2026-05-01T10:00:00Z\" level=info msg=\"", "INFO"),
            ("2026-05-01 10:00:00,123 DEBUG o.e.Client - ", "DEBUG"),
            (
                "2026-05-01 10:00:00.123  INFO 812 --- [main] o.e.App : ",
                "INFO",
            ),
            ("10:00:00.123 [main] DEBUG org.example.Client - ", "DEBUG"),
            ("[2026-05-01 10:00:00] [info     ] ", "INFO"),
            ("May 01, 2026 10:00:00 INFO ", "INFO"),
        ] {
            assert_eq!(head(text), Some(level), "{text}");
        }
    }

    #[test]
    fn records_of_a_logger_begin_alike() {
        let of = |text: &str| record(text).map(|(form, loud)| format!("{form}{loud}"));
        let error = of("2026-01-26 01:58:31 [error    ] failed");
        assert_eq!(error.as_deref(), Some("0000-00-00 00:00:00 [true"));
        let info = of("2026-01-26 01:59:32 [info     ] went on");
        assert_eq!(info.as_deref(), Some("0000-00-00 00:00:00 [false"));
        let warning = of("10:00:00.123 WARN  o.e.App - no");
        assert_eq!(warning.as_deref(), Some("00:00:00.000 false"));
        for text in ["ERROR: no", "2026-01-26 01:58:31 no", "[INFO] x", "오류"] {
            assert_eq!(of(text), None, "{text}");
        }
    }

    #[test]
    fn other_lines_are_no_everyday() {
        for text in [
            "",
            "[INFO] ",
            "[info] - ",
            "[config] ",
            "2026-05-01 10:00:00 [config] ",
            "INFO ",
            "info: ",
            "error: ",
            "DEBUG build of app: ",
            "2026-05-01 10:00:00 ERROR INFO ",
            "2026-05-01 10:00:00 [error    ] the info ",
            "2026-05-01 10:00:00 WARN ",
            "2026-05-01 10:00:00 see INFORMATION of ",
            "time=\"x\" level=error msg=\"level=info ",
            "npm error ",
            "ERROR[0003] ",
            "cannot run agent --log-level=info: ",
            "error in server --log.level=debug: ",
            "오류 INFO ",
        ] {
            assert_eq!(head(text), None, "{text}");
        }
    }
}
