//! Recognises differences as `git diff` prints them. They do not say why a job failed, and their lines contain
//! any words.

/// Most lines of a hunk.
const LONGEST: u32 = 5000;

/// For each of these numbered lines, whether it belongs to a unified diff or to the summary of one (`git diff
/// --stat`). Empty lines may be missing.
pub(super) fn lines<'t>(texts: impl Iterator<Item = (u64, &'t str)>) -> Vec<bool> {
    let mut hunk = Hunk::default();
    let (mut in_header, mut last) = (false, None);
    texts
        .map(|(number, text)| {
            // A missing empty line of a hunk belongs to both texts.
            let left_out = last.map_or(0, |last| number.saturating_sub(last + 1));
            last = Some(number);
            hunk.pass(u32::try_from(left_out).unwrap_or(u32::MAX));
            if hunk.goes_on(text) || hunk.begins(text) {
                in_header = false;
                return true;
            }
            in_header = text.starts_with("diff --git ") || in_header && is_header(text);
            in_header || is_summary(text)
        })
        .collect()
}

/// How many lines of the old and the new text are still to come.
#[derive(Debug, Default)]
struct Hunk {
    old: u32,
    new: u32,
}

impl Hunk {
    /// Takes lines that both texts have.
    fn pass(&mut self, lines: u32) {
        self.old = self.old.saturating_sub(lines);
        self.new = self.new.saturating_sub(lines);
    }

    /// `@@ -1,7 +1,9 @@ fn main() {`
    fn begins(&mut self, text: &str) -> bool {
        let count = |range: &str, sign: char| {
            let range = range.strip_prefix(sign)?;
            let (line, count) = range.split_once(',').unwrap_or((range, "1"));
            line.parse::<u32>().ok()?;
            count.parse::<u32>().ok()
        };
        let ranges = || {
            let (ranges, _) = text.strip_prefix("@@ ")?.split_once(" @@")?;
            let (old, new) = ranges.split_once(' ')?;
            Some((count(old, '-')?, count(new, '+')?)).filter(|(old, new)| old.max(new) <= &LONGEST)
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
            Some(b' ') | None => self.pass(1),
            Some(b'\\') => {}
            _ => {
                *self = Self::default();
                return false;
            }
        }
        true
    }
}

/// Whether it is a header line between `diff --git` and the first hunk.
fn is_header(text: &str) -> bool {
    const BEGIN: &[&str] = &[
        "--- a/",
        "--- /dev/null",
        "+++ b/",
        "+++ /dev/null",
        "old mode ",
        "new mode ",
        "new file mode ",
        "deleted file mode ",
        "similarity index ",
        "dissimilarity index ",
        "rename from ",
        "rename to ",
        "copy from ",
        "copy to ",
    ];
    // `index 7898192..6178079 100644`
    let index = || {
        let (old, new) = text.strip_prefix("index ")?.split_once("..")?;
        let sum = |text: &str| text.len() >= 7 && text.bytes().all(|b| b.is_ascii_hexdigit());
        Some(sum(old) && new.split(' ').next().is_some_and(sum))
    };
    let binary = text.starts_with("Binary files ") && text.contains(" and ");
    binary || BEGIN.iter().any(|begin| text.starts_with(begin)) || index().unwrap_or(false)
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

    /// The lines of a text that belong to no difference, without empty ones.
    fn others(text: &str) -> Vec<&str> {
        let numbered = || (1..).zip(text.lines()).filter(|(_, line)| !line.is_empty());
        numbered()
            .zip(lines(numbered()))
            .filter(|(_, of)| !of)
            .map(|((_, line), _)| line)
            .collect()
    }

    #[test]
    fn a_difference_is_told_from_what_stands_around_it() {
        let text = "Files are out of date.\n gen.txt | 2 +-\n 1 file changed, 1 insertion(+), 1 deletion(-)\n\
            diff --git a/gen.txt b/gen.txt\nold mode 100644\nnew mode 100755\nindex 7898192..6178079 100644\n--- a/gen.txt\n\
            +++ b/gen.txt\n@@ -1,2 +1,2 @@ fn main\n-a\n+error: b\n c\n- no\n@@ -9 +9 @@\n-x\n+y\n\\ No newline at end of file\n\
            + make\ndiff --git a/a.bin b/a.bin\nBinary files a/a.bin and b/a.bin differ\nBinary files differ\n";
        assert_eq!(
            others(text),
            [
                "Files are out of date.",
                "- no",
                "+ make",
                "Binary files differ"
            ]
        );
        // Both texts have the empty lines.
        assert_eq!(
            others("@@ -1,3 +1,3 @@\n\n-a\n+b\n\n  ERROR: no"),
            ["  ERROR: no"]
        );
    }

    #[test]
    fn other_lines_are_none() {
        for text in [
            "- a\n+ b",
            "@@ @@\n-'a'\n+'b'",
            "--- Expected\n+++ Actual",
            "index out of range",
            "index 12..34",
            "rename from a to b failed",
            " web | 2 errors",
            "1 file changed",
            "@@ -1 @@",
            "@@ -1,4294967295 +1,4294967295 @@",
        ] {
            assert_eq!(others(text).len(), text.lines().count(), "{text}");
        }
    }

    #[test]
    fn what_breaks_off_a_hunk_ends_it() {
        assert_eq!(
            others("@@ -1,9 +1,9 @@\n a\nerror: x\n-b"),
            ["error: x", "-b"]
        );
    }
}
