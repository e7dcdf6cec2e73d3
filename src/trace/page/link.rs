//! Removes links that an editor or a web page put into a copied log.
//!
//! A copy as Markdown has a link before each line (`[98](https://…/-/jobs/7#L98)$ make`, or an empty text in
//! the brackets). GitHub's editor finds the numbers of lines again in the text and links digits that are text
//! (`Python 3.1[2](https://…/actions/runs/1/job/2#step:4:2).9`). Other editors link the addresses in the text
//! (`[https://example.com/v2/](https://example.com/v2/)`).

use std::ops::Range;

use memchr::memmem;

use super::{numbers::DIGITS, prefix};

/// Longest address, in bytes.
const ADDRESS: usize = 400;
const OPENS: &[u8] = b"](http";

/// How a text holds such links.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub(super) enum Links {
    #[default]
    None,
    /// A line number before each line.
    Before,
    /// Around digits of the text.
    Within,
}

impl Links {
    /// Detects from the beginning of a text which links it holds.
    pub(super) fn recognise(head: &[u8]) -> Self {
        let mut how = Self::None;
        let mut addresses = false;
        for link in found(head) {
            if !link.of_line {
                addresses = true;
                continue;
            }
            if !link.shown.is_empty() && !begins_line(&head[..link.whole.start]) {
                return Self::Within;
            }
            how = Self::Before;
        }
        match how {
            Self::None if addresses => Self::Within,
            how => how,
        }
    }

    /// Whether nothing needs to be removed.
    pub(super) fn is_none(self) -> bool {
        self == Self::None
    }

    /// Appends one or more lines to `out` without their links.
    pub(super) fn remove(self, line: &[u8], out: &mut Vec<u8>) {
        let mut from = 0;
        for link in found(line) {
            let Link {
                whole,
                shown,
                of_line,
            } = link;
            if whole.start < from {
                continue;
            }
            out.extend_from_slice(&line[from..whole.start]);
            if !of_line || self == Self::Within || !begins_line(&line[..whole.start]) {
                out.extend_from_slice(&line[shown]);
            }
            from = whole.end;
        }
        out.extend_from_slice(&line[from..]);
    }
}

/// A link in a text.
struct Link {
    whole: Range<usize>,
    /// Its visible text: the digits of a line number, or an address.
    shown: Range<usize>,
    /// It leads to a line of a job's page.
    of_line: bool,
}

/// The links of a text that lead to a line or show their own address.
fn found(text: &[u8]) -> impl Iterator<Item = Link> + '_ {
    memmem::find_iter(text, OPENS).filter_map(|closes| {
        let address = &text[closes + 2..];
        let address = &address[..address.len().min(ADDRESS)];
        let len = memchr::memchr(b')', address)?;
        let address = &address[..len];
        let end = closes + 2 + len + 1;
        let shows_it = closes
            .checked_sub(len)
            .filter(|&from| from > 0 && text[from - 1] == b'[' && &text[from..closes] == address);
        if let Some(from) = shows_it {
            return Some(Link {
                whole: from - 1..end,
                shown: from..closes,
                of_line: false,
            });
        }
        let digits = text[..closes]
            .iter()
            .rev()
            .take(DIGITS)
            .take_while(|byte| byte.is_ascii_digit())
            .count();
        let start = (closes - digits)
            .checked_sub(1)
            .filter(|&k| text[k] == b'[')?;
        leads_to_a_line(address).then_some(Link {
            whole: start..end,
            shown: closes - digits..closes,
            of_line: true,
        })
    })
}

/// Whether an address is that of a line on a job's page. GitHub's end in `#step:4:12`, GitLab's in
/// `/-/jobs/7#L12`.
fn leads_to_a_line(address: &[u8]) -> bool {
    let Some(hash) = memchr::memchr(b'#', address) else {
        return false;
    };
    let (page, fragment) = (&address[..hash], &address[hash + 1..]);
    let number = |text: &[u8]| !text.is_empty() && prefix::digits(text) == text.len();
    let plain = page
        .iter()
        .all(|b| b.is_ascii_graphic() && !b"[]()".contains(b));
    let github = || {
        let (step, line) = fragment
            .strip_prefix(b"step:")?
            .split_at_checked(prefix::digits(&fragment[5..]))?;
        Some(number(step) && number(line.strip_prefix(b":")?))
    };
    let gitlab =
        || Some(number(fragment.strip_prefix(b"L")?) && memmem::find(page, b"/-/jobs/").is_some());
    plain && (github().unwrap_or(false) || gitlab().unwrap_or(false))
}

/// Whether a line begins behind that text. Quotation marks of a mail may stand before it.
fn begins_line(text: &[u8]) -> bool {
    let start = memchr::memrchr(b'\n', text).map_or(0, |k| k + 1);
    text[start..]
        .iter()
        .all(|b| matches!(b, b' ' | b'\t' | b'>'))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn removed(text: &str) -> String {
        let links = Links::recognise(text.as_bytes());
        let mut out = Vec::new();
        for line in text.split_inclusive('\n') {
            links.remove(line.as_bytes(), &mut out);
        }
        String::from_utf8(out).unwrap()
    }

    const GITHUB: &str = "https://github.com/group/app/actions/runs/1438/job/4034?pr=68#step:4";
    const GITLAB: &str = "https://gitlab.example.com/group/app/-/jobs/227002#L";

    #[test]
    fn numbers_of_lines_are_taken_out() {
        let text = format!(
            "[98]({GITLAB}98)$ make\n\n[99]({GITLAB}99)make: *** [all] Error 2\n> [100]({GITLAB}100)done\n"
        );
        assert_eq!(
            removed(&text),
            "$ make\n\nmake: *** [all] Error 2\n> done\n"
        );
        let text = format!("Run uv sync\n\n[]({GITHUB}:2)uv sync\n\n[]({GITHUB}:3)shell: bash\n");
        assert_eq!(removed(&text), "Run uv sync\n\nuv sync\n\nshell: bash\n");
        let of_checks = "https://github.com/group/app/pull/18/checks?check_run_id=84#step:5:12";
        assert_eq!(
            removed(&format!("[12]({of_checks})\n  168:1 error\n")),
            "\n  168:1 error\n"
        );
    }

    #[test]
    fn digits_of_the_text_stay() {
        let text =
            format!("Python 3.1[2]({GITHUB}:2).9\n[3]({GITHUB}:3) failed, x6[4]({GITHUB}:4)\n");
        assert_eq!(removed(&text), "Python 3.12.9\n3 failed, x64\n");
        let text = format!("sha[2]({GITLAB}2)56:7c\n");
        assert_eq!(removed(&text), "sha256:7c\n");
    }

    #[test]
    fn of_links_within_links_the_inner_one_counts() {
        assert_eq!(
            removed("a[1](https://x[2](http://y#step:1:2)\n"),
            "a[1](https://x2\n"
        );
    }

    #[test]
    fn addresses_stay() {
        let text =
            "Head \"[https://r.example.com/v2/x](https://r.example.com/v2/x)\": unauthorized\n";
        assert_eq!(
            removed(text),
            "Head \"https://r.example.com/v2/x\": unauthorized\n"
        );
        let both = format!("[98]({GITLAB}98)$ curl [http://a](http://a)\n");
        assert_eq!(removed(&both), "$ curl http://a\n");
        let other = "[http://a](http://b) [http://a/](http://a)\n";
        assert_eq!(removed(other), other);
    }

    #[test]
    fn other_links_are_text() {
        for text in [
            "see [1](https://docs.example.com/a#L12) and [2](https://docs.example.com/b#step:1)\n",
            "[the log](https://gitlab.example.com/group/app/-/jobs/7#L98)\n",
            "[12](https://gitlab.example.com/group/app/-/jobs/7)\n",
            "[12](https://gitlab.example.com/group/app/-/jobs/7#L98\n",
            "](https://gitlab.example.com/group/app/-/jobs/7#L98)\n",
            "[1](https://example.com/a b#step:4:2)\n",
            "[1](https://example.com/a#step::2)\n",
            "[1](https://x[2](http://y#step:1:x)\n",
        ] {
            assert_eq!(removed(text), text);
        }
    }
}
