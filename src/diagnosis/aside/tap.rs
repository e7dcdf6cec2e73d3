//! Comments of the Test Anything Protocol (`# …`), which belong to the result that stands next to them.

use std::ops::RangeInclusive;

use crate::model::TailLine;

/// Comments that stand next to no test that failed: behind one that did (Perl's way), or before it (that of Node.js), they tell.
pub(super) fn comments(lines: &[TailLine]) -> Vec<RangeInclusive<u64>> {
    let mut found = Vec::new();
    let mut open: Vec<u64> = Vec::new();
    let mut failed = false;
    for line in lines {
        let text = line.content().trim_start();
        if text.starts_with("not ok ") {
            failed = true;
            open.clear();
        } else if text.starts_with("ok ") {
            failed = false;
            found.extend(open.drain(..).map(|line| line..=line));
        } else if text.starts_with("# ") && !failed {
            open.push(line.place.line);
        }
    }
    found
}

#[cfg(test)]
mod tests {
    use super::super::found_in;
    use super::*;

    #[test]
    fn next_to_tests_that_passed() {
        let log = "TAP version 13\n# error: one\nok 1 - a\n# error: two\nnot ok 2 - b\n#   Failed test 'b'\n# error: three\n\
             ok 3 - c\n# error: four\n";
        assert_eq!(found_in(comments, log), [2]);
    }
}
