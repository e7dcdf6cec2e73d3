//! Differences as `git diff` prints them: what changed says nothing about why a job failed, and its lines hold any word.

/// Which of these lines belong to a difference in unified form, or to the summary of one (`git diff --stat`).
pub(super) fn lines<'t>(texts: impl Iterator<Item = &'t str>) -> Vec<bool> {
    let mut hunk = Hunk::default();
    texts
        .map(|text| hunk.goes_on(text) || hunk.begins(text) || is_header(text) || is_summary(text))
        .collect()
}

/// How many lines of the old and of the new text are still to come.
#[derive(Debug, Default)]
struct Hunk {
    old: u32,
    new: u32,
}

impl Hunk {
    /// `@@ -1,7 +1,9 @@ fn main() {`
    fn begins(&mut self, text: &str) -> bool {
        let count = |range: &str, sign: char| {
            let (line, count) = range.strip_prefix(sign)?.split_once(',').map_or_else(
                || (range.strip_prefix(sign).unwrap_or_default(), "1"),
                |both| both,
            );
            line.parse::<u32>().ok()?;
            count.parse::<u32>().ok()
        };
        let ranges = || {
            let (ranges, _) = text.strip_prefix("@@ ")?.split_once(" @@")?;
            let (old, new) = ranges.split_once(' ')?;
            Some((count(old, '-')?, count(new, '+')?))
        };
        let Some((old, new)) = ranges() else {
            return false;
        };
        *self = Self { old, new };
        true
    }

    fn goes_on(&mut self, text: &str) -> bool {
        if self.old == 0 && self.new == 0 {
            return text.starts_with("\\ No newline at end of file");
        }
        match text.as_bytes().first() {
            Some(b'-') if self.old > 0 => self.old -= 1,
            Some(b'+') if self.new > 0 => self.new -= 1,
            Some(b' ') | None => {
                self.old = self.old.saturating_sub(1);
                self.new = self.new.saturating_sub(1);
            }
            Some(b'\\') => {}
            _ => {
                *self = Self::default();
                return false;
            }
        }
        true
    }
}

fn is_header(text: &str) -> bool {
    const BEGIN: &[&str] = &[
        "diff --git ",
        "--- a/",
        "--- /dev/null",
        "+++ b/",
        "+++ /dev/null",
        "new file mode ",
        "deleted file mode ",
        "similarity index ",
        "rename from ",
        "rename to ",
    ];
    // `index 7898192..6178079 100644`
    let index = || {
        let (old, new) = text.strip_prefix("index ")?.split_once("..")?;
        let sum = |text: &str| text.len() >= 7 && text.bytes().all(|b| b.is_ascii_hexdigit());
        Some(sum(old) && new.split(' ').next().is_some_and(sum))
    };
    BEGIN.iter().any(|begin| text.starts_with(begin)) || index().unwrap_or(false)
}

/// ` src/a.rs | 2 +-`, ` 1 file changed, 1 insertion(+), 1 deletion(-)`
fn is_summary(text: &str) -> bool {
    let Some(text) = text.strip_prefix(' ') else {
        return false;
    };
    let changed = || {
        let (count, rest) = text.split_once(" file")?;
        let counted = count.parse::<u32>().is_ok();
        Some(counted && (rest.starts_with(" changed,") || rest.starts_with("s changed,")))
    };
    let file = || {
        let (_, bars) = text.rsplit_once(" | ")?;
        let (count, bars) = bars.trim().split_once(' ')?;
        Some(count.parse::<u32>().is_ok() && bars.bytes().all(|b| b"+-".contains(&b)))
    };
    changed().unwrap_or(false) || file().unwrap_or(false)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_difference_is_told_from_what_stands_around_it() {
        let text = "Files are out of date.\n gen.txt | 2 +-\n 1 file changed, 1 insertion(+), 1 deletion(-)\n\
            diff --git a/gen.txt b/gen.txt\nindex 7898192..6178079 100644\n--- a/gen.txt\n+++ b/gen.txt\n\
            @@ -1,2 +1,2 @@ fn main\n-a\n+error: b\n c\n- no\n@@ -9 +9 @@\n-x\n+y\n\\ No newline at end of file\n+ make\n";
        let of = lines(text.lines());
        let others: Vec<&str> = text
            .lines()
            .zip(of)
            .filter(|(_, of)| !of)
            .map(|(line, _)| line)
            .collect();
        assert_eq!(others, ["Files are out of date.", "- no", "+ make"]);
    }

    #[test]
    fn other_lines_are_none() {
        for text in [
            "- a\n+ b",
            "@@ @@\n-'a'\n+'b'",
            "--- Expected\n+++ Actual",
            "index out of range",
            "index 12..34",
            " web | 2 errors",
            "1 file changed",
            "@@ -1 @@",
            "",
        ] {
            assert!(lines(text.lines()).iter().all(|of| !of), "{text}");
        }
    }

    #[test]
    fn what_breaks_off_a_hunk_ends_it() {
        let of = lines("@@ -1,9 +1,9 @@\n a\nerror: x\n-b".lines());
        assert_eq!(of, [true, true, false, false]);
    }
}
