//! Private keys over many lines: between their armour every line is the secret.

/// What a line of a key becomes.
pub const LINE: &str = "[redacted:private-key]";
/// Most lines of a key.
const MOST: usize = 200;

/// Does line `at` stand within a private key? `line` gives the text of a line, the lines standing one after another.
pub fn holds<'t>(at: usize, line: impl Fn(usize) -> Option<&'t str>) -> bool {
    if !line(at).is_some_and(is_armoured) {
        return false;
    }
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
    left: usize,
}

impl Lines {
    /// Does the next line stand within a private key?
    pub fn holds(&mut self, line: &str) -> bool {
        if begins(line) {
            self.left = MOST;
        } else if ends(line) {
            self.left = 0;
        } else if self.left > 0 {
            self.left -= 1;
            return is_armoured(line);
        }
        false
    }
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
