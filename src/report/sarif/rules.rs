//! Rules: what all results of one pattern have in common.
//!
//! A finding's texts concern one log and name its hosts and images. A rule concerns all logs, so captured
//! values are replaced by the names of their captures.

use super::model::{Configuration, Level, Message, Rule, RuleProperties};
use super::{UNEXPLAINED, plain};
use crate::model::{Confidence, Finding, Role};
use crate::report::markdown::escape;
use crate::report::{sanitize, width};

/// Characters of a rule's description that GitHub takes.
const MOST_CHARS: usize = 1_000;
/// Shortest captured value that is replaced; shorter ones occur in texts by chance.
const TELLING: usize = 3;

/// The rule of a finding.
pub(super) fn of(id: &str, finding: &Finding) -> Rule {
    let title = general(&finding.title, finding);
    let cause = general(&finding.cause, finding);
    let steps: Vec<String> = finding
        .fix
        .iter()
        .map(|fix| general(fix, finding))
        .collect();
    let level = level(finding);
    Rule {
        id: id.to_owned(),
        short_description: short(&title, id),
        full_description: short(&cause, &title),
        help: help(&steps, &title),
        help_uri: finding
            .links
            .iter()
            .find(|url| sanitize::is_web_address(url))
            .cloned(),
        default_configuration: Configuration { level },
        properties: RuleProperties {
            tags: vec![
                finding.category.to_string(),
                format!("owner/{}", finding.owner),
                format!("retry/{}", finding.retry),
            ],
            precision: match finding.confidence {
                Confidence::High => "high",
                Confidence::Medium => "medium",
                Confidence::Low => "low",
            },
            severity: severity(level),
        },
    }
}

/// The rule of failures that no pattern knows.
pub(super) fn unexplained() -> Rule {
    let text = |text: &str| Message {
        text: text.to_owned(),
        markdown: None,
    };
    Rule {
        id: UNEXPLAINED.to_owned(),
        short_description: text("The job failed for a reason that no pattern knows"),
        full_description: text(
            "The job failed and no known cause was found in its log. The line shown is the most \
             telling one.",
        ),
        help: text("Teach it: jobtriage patterns new FAMILY/NAME --from LOG:LINE"),
        help_uri: None,
        default_configuration: Configuration {
            level: Level::Warning,
        },
        properties: RuleProperties {
            tags: vec!["unexplained".to_owned()],
            precision: "low",
            severity: severity(Level::Warning),
        },
    }
}

/// The level of a cause: a symptom is rated lower than a root cause.
pub(super) fn level(finding: &Finding) -> Level {
    match (finding.role, finding.confidence) {
        (Role::RootCause, Confidence::High | Confidence::Medium) => Level::Error,
        _ => Level::Warning,
    }
}

fn severity(level: Level) -> &'static str {
    match level {
        Level::Error => "error",
        Level::Warning => "warning",
    }
}

/// A description; an empty one is replaced by `otherwise`.
fn short(text: &str, otherwise: &str) -> Message {
    let text = if text.trim().is_empty() {
        otherwise
    } else {
        text
    };
    let text = plain(text);
    Message {
        text: width::cut_end(&text, MOST_CHARS, "…"),
        markdown: None,
    }
}

fn help(steps: &[String], title: &str) -> Message {
    if steps.is_empty() {
        return Message {
            text: plain(title),
            markdown: Some(escape::text(title)),
        };
    }
    let numbered = |show: fn(&str) -> String| {
        let steps = steps.iter().enumerate();
        let steps: Vec<String> = steps
            .map(|(at, step)| format!("{}. {}", at + 1, show(step)))
            .collect();
        steps.join("\n")
    };
    Message {
        text: numbered(plain),
        markdown: Some(numbered(escape::text)),
    }
}

/// The text with captured values replaced by their names: `image busybox:latest` becomes `image <image>`.
fn general(text: &str, finding: &Finding) -> String {
    let mut values: Vec<(&str, &str)> = finding
        .captures
        .iter()
        .filter_map(|(name, value)| Some((name.as_str(), value.as_deref()?)))
        .filter(|(_, value)| value.chars().count() >= TELLING)
        .collect();
    // Longest first, since a value may be part of another.
    values.sort_by_key(|(_, value)| std::cmp::Reverse(value.len()));
    let mut text = text.to_owned();
    for (name, value) in values {
        text = text.replace(value, &format!("<{name}>"));
    }
    text
}
