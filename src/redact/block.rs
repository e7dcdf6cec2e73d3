//! Secrets over many lines: private keys, of which every line between their armour is the secret, and what only the lines around
//! tell for one: the passwords of a netrc with a word a line, the values of a Secret of Kubernetes in YAML, the value below a
//! variable's name.

use std::ops::Range;

use super::{file, judge, place};
use crate::trace::prefix;

/// What a line of a key becomes.
pub const LINE: &str = "[redacted:private-key]";
/// Most lines of a key, and of a file that is followed.
const MOST: usize = 200;
/// How far below the machine of a netrc its password may stand.
const NETRC: usize = 4;
/// Longest line with a value that is told by the lines above.
const LONGEST: usize = 4000;

/// Line `at` without its secrets, as the lines around tell them; `None` where they tell none. `line` gives the text of a line,
/// the lines standing one after another.
pub fn redact_line_at<'t>(at: usize, line: impl Fn(usize) -> Option<&'t str>) -> Option<String> {
    let text = line(at)?;
    if is_armoured(text) && in_key(at, &line) {
        return Some(LINE.to_owned());
    }
    let (_, own) = body(text)?;
    let above = at.saturating_sub(MOST)..at;
    let follows = file::may_hold_value(own)
        || file::may_go_on(own) && above.clone().filter_map(&line).any(begins_values);
    if !follows {
        return None;
    }
    let lines = above;
    let mut above = Lines::default();
    for text in lines.filter_map(&line) {
        above.redact_next(text);
    }
    above.redact_next(text)
}

/// A line without what a clock or a tool puts before every line, and how long that is.
fn body(line: &str) -> Option<(usize, &str)> {
    let content = prefix::split(line.as_bytes()).content;
    Some((content, line.get(content..)?))
}

fn in_key<'t>(at: usize, line: impl Fn(usize) -> Option<&'t str>) -> bool {
    let above = (0..at).rev().take(MOST).map_while(&line);
    for text in above {
        if begins(text) {
            return true;
        }
        if ends(text) {
            break;
        }
    }
    // The log, or what is kept of it, may begin within the key.
    let below = (at + 1..at + MOST).map_while(&line);
    for text in below {
        if ends(text) {
            return true;
        }
        if begins(text) || !is_armoured(text) {
            return false;
        }
    }
    false
}

/// Follows a log line by line, where what comes next is not known.
#[derive(Debug, Default)]
pub struct Lines {
    /// Lines for which a key may still go on.
    key: usize,
    /// The same for the words of a machine in a netrc.
    netrc: usize,
    /// The same for the values of an object of Kubernetes.
    values: usize,
    /// How far the name above those values is indented.
    indent: usize,
    /// The same for the name of a value that stands on the lines below.
    block: Option<usize>,
    /// What kind of object it is.
    kind: Kind,
    /// The variable that the line above names, if it is called like a secret.
    variable: Option<String>,
    /// It is one that could be a secret: the version of its kind stands above.
    version: bool,
}

#[derive(Debug, Default, Clone, Copy, PartialEq, Eq)]
enum Kind {
    /// The `kind` may follow below.
    #[default]
    Unknown,
    Secret,
    Other,
}

impl Lines {
    /// The next line without its secrets, if the lines above tell any.
    pub fn redact_next(&mut self, line: &str) -> Option<String> {
        if begins(line) {
            self.key = MOST;
        } else if ends(line) {
            self.key = 0;
        } else if self.key > 0 {
            self.key -= 1;
            if is_armoured(line) {
                return Some(LINE.to_owned());
            }
        }
        let value = self.value(line)?;
        let (before, behind) = (&line[..value.start], &line[value.end..]);
        let before = super::text(before);
        (!is_known(&line[value])).then(|| format!("{before}[redacted:secret]{behind}"))
    }

    fn value(&mut self, line: &str) -> Option<Range<usize>> {
        if line.len() > LONGEST {
            return None;
        }
        let (content, body) = body(line)?;
        let netrc = self.of_netrc(body);
        let kubernetes = self.of_kubernetes(body);
        let variable = self.of_variable(body);
        let value = netrc.or(kubernetes).or(variable)?;
        Some(content + value.start..content + value.end)
    }

    /// `machine X`, `login Y` and `password Z`, a line each.
    fn of_netrc(&mut self, line: &str) -> Option<Range<usize>> {
        if line.trim_ascii() == "default" {
            self.netrc = NETRC;
        }
        let left = std::mem::take(&mut self.netrc);
        let Some((keyword, value)) = file::two_words(line) else {
            self.netrc = left.saturating_sub(1);
            return file::of_netrc(line.as_bytes(), 0).map(|found| found.value);
        };
        match keyword {
            "machine" => self.netrc = NETRC,
            "login" | "account" if left > 0 => self.netrc = NETRC,
            "password" if left > 0 => return Some(value),
            _ => self.netrc = left.saturating_sub(1),
        }
        None
    }

    /// `- name: DB_PASSWORD` and `value: X`, a line each: the environment of a container, of a pod or a task.
    fn of_variable(&mut self, line: &str) -> Option<Range<usize>> {
        let above = self.variable.take();
        let text = line.trim_start();
        if let Some(name) = entry(text, "name") {
            let is_name = name.bytes().all(place::is_name);
            let secret = is_name && place::is_secret_name(name.as_bytes());
            self.variable = secret.then(|| name.to_owned());
            return None;
        }
        let name = above?;
        entry(text, "value")?;
        let value = file::value_of_yaml(line)?;
        judge::alone(&name, &line[value.clone()])?;
        Some(value)
    }

    /// `data:` of a Secret, and its values below.
    fn of_kubernetes(&mut self, line: &str) -> Option<Range<usize>> {
        let text = line.trim_start();
        let indent = line.len() - text.len();
        if text.starts_with("---") {
            (self.values, self.kind, self.version) = (0, Kind::Unknown, false);
        } else if self.block.is_some_and(|block| indent > block) {
            // Whatever a value looks like.
        } else if let Some(kind) = entry(text, "kind") {
            self.kind = match kind {
                "Secret" => Kind::Secret,
                _ => Kind::Other,
            };
        } else if let Some(version) = entry(text, "apiVersion") {
            (self.version, self.kind) = (version == "v1", Kind::Unknown);
        }
        match text.trim_end() {
            "data:" | "stringData:" | "\"data\": {" | "\"stringData\": {"
                if self.block.is_none_or(|block| indent <= block) =>
            {
                (self.values, self.indent, self.block) = (MOST, indent, None);
                // Nothing else has those.
                if self.kind == Kind::Unknown && text.contains("stringData") {
                    self.kind = Kind::Secret;
                }
                return None;
            }
            "" => return None,
            _ if self.values == 0 => return None,
            _ => {}
        }
        self.values -= 1;
        if indent <= self.indent {
            self.values = 0;
            return None;
        }
        self.block = self.block.filter(|block| indent > *block);
        let start = line.len() - text.len();
        let value = match self.block {
            Some(_) => start..start + text.trim_ascii_end().len(),
            None => file::value_of_yaml(line)?,
        };
        let encoded = &line[value.clone()];
        if self.block.is_none() && file::is_block(encoded) {
            self.block = Some(indent);
            return None;
        }
        let is = match self.kind {
            Kind::Secret => true,
            Kind::Unknown => self.version && file::looks_encoded(encoded),
            Kind::Other => false,
        };
        is.then_some(value)
    }
}

/// Could the values of an object of Kubernetes begin below?
fn begins_values(line: &str) -> bool {
    line.contains("ata:") || line.contains("ata\": {")
}

/// The value of `name: value` or `"name": "value",`.
fn entry<'t>(text: &'t str, name: &str) -> Option<&'t str> {
    let text = text.strip_prefix("- ").unwrap_or(text);
    let rest = text.trim_start_matches('"').strip_prefix(name)?;
    let value = rest.trim_start_matches('"').strip_prefix(": ")?;
    Some(value.trim_matches([' ', '"', ',', '\r']))
}

/// What stands for a secret, or was taken out already.
fn is_known(value: &str) -> bool {
    super::judge::value("", value).is_none()
}

/// Base64 and nothing else, as the lines of a key are; short ones close it.
fn is_armoured(text: &str) -> bool {
    let word = text.rsplit(char::is_whitespace).next().unwrap_or(text);
    !word.is_empty()
        && word.len() >= text.trim().len().min(64)
        && word
            .bytes()
            .all(|b| b.is_ascii_alphanumeric() || b"+/=".contains(&b))
}

fn begins(text: &str) -> bool {
    text.contains("-----BEGIN ") && text.contains("PRIVATE KEY")
}

fn ends(text: &str) -> bool {
    text.contains("-----END ") && text.contains("PRIVATE KEY")
}
