//! Reads structured log records, whose level decides whatever their words.

/// The level of a structured record: everyday, or an error.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Level {
    Quiet,
    Warning,
    Error,
}

/// The score of an error record.
pub(super) const WORTH: i32 = 11;

/// The level of a JSON record (`{"level":"info",…}`; pino has numbers), or of fields (`time=… level=error
/// msg=…`).
pub(super) fn level(text: &str) -> Option<Level> {
    const KEYS: &[&str] = &["level", "severity", "lvl", "levelname", "log.level"];
    let of = |word: &str| match word.to_ascii_lowercase().as_str() {
        "trace" | "debug" | "info" | "information" | "notice" | "10" | "20" | "30" => {
            Some(Level::Quiet)
        }
        "warn" | "warning" | "40" => Some(Level::Warning),
        "error" | "err" | "fatal" | "critical" | "panic" | "alert" | "emergency" | "50" | "60" => {
            Some(Level::Error)
        }
        _ => None,
    };
    let value = |text: &str| -> Option<Level> {
        let text = text.trim_start().trim_start_matches('"');
        of(text.split(|c: char| !c.is_ascii_alphanumeric()).next()?)
    };
    if text.starts_with("{\"") && text.ends_with('}') {
        return KEYS.iter().find_map(|key| {
            let quoted = format!("\"{key}\"");
            let behind = text.split_once(quoted.as_str())?.1.trim_start();
            value(behind.strip_prefix(':')?)
        });
    }
    // zerolog, for people: `10:04AM ERR …`
    let starts_with_digit = text.bytes().next().is_some_and(|b| b.is_ascii_digit());
    if starts_with_digit
        && let Some((time, rest)) = text.split_once(' ')
        && time.contains(':')
    {
        match rest.split(' ').next() {
            Some("TRC" | "DBG" | "INF") => return Some(Level::Quiet),
            Some("WRN") => return Some(Level::Warning),
            Some("ERR" | "FTL" | "PNC") => return Some(Level::Error),
            _ => {}
        }
    }
    // Most lines are ruled out here.
    memchr::memchr(b'=', text.as_bytes())?;
    let fields = text.contains(" msg=") || text.contains(" message=");
    let at = text
        .find("level=")
        .filter(|&at| at == 0 || text.as_bytes()[at - 1] == b' ');
    at.filter(|_| fields)
        .and_then(|at| value(&text[at + "level=".len()..]))
}

/// Whether a record has an everyday level.
pub(super) fn is_quiet(line: &str) -> bool {
    level(line.trim_start()) == Some(Level::Quiet)
}

#[cfg(test)]
mod tests {
    use super::super::telling::score;
    use super::*;

    #[test]
    fn the_level_of_a_record_counts_whatever_it_tells() {
        for line in [
            r#"{"level":"info","msg":"test failed as planned","error":"invalid input"}"#,
            r#"{"level":30,"time":1,"msg":"cannot say"}"#,
            "time=1 level=info msg=\"error table read\"",
            r#"{"ts":"1","severity": "DEBUG","message":"timeout"}"#,
        ] {
            assert_eq!(score(line), 0, "{line}");
        }
        for line in [
            r#"{"level":50,"time":1,"msg":"migration 3 stopped"}"#,
            r#"{"ts": "1", "level": "error", "msg": "license is of 2024"}"#,
            "time=1 level=error msg=\"two labels of one name\" file=c.yml",
        ] {
            assert!(score(line) >= WORTH, "{line}");
        }
        assert!(score("option level=info, failed") > 0);
        assert!(score("10:04AM ERR rule 6 names an interface nobody has") >= WORTH);
        assert_eq!(score("2026-11-20T10:04:12Z INF error table read"), 0);
        assert!(is_quiet("10:04AM INF bye") && !is_quiet("INF bye"));
    }
}
