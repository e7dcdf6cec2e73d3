//! Chooses the best line: the last line before words that only say that something failed, else the most telling
//! line, else the last output, else the first difference between two texts.

use super::super::aside::is_traced;
use super::super::{faint, hollow, telling};
use super::lines::Lines;
use super::quiet::{Quiet, is_end};
use super::rating::{Rated, WRAPPED};
use crate::model::TailLine;

/// Most lines between a telling line and the end.
const NEAR: usize = 12;

/// The chosen line.
#[derive(Debug)]
pub(super) struct Choice<'t> {
    /// That line.
    pub line: Option<&'t TailLine>,
    /// It was chosen as the last line before words that only say that something failed.
    pub before_wrapper: bool,
}

impl<'t> Choice<'t> {
    /// Chooses among lines; `best` is the most telling one.
    pub fn of(
        rated: &[Rated<'t>],
        best: Option<&Rated<'t>>,
        lines: &Lines<'t>,
        quiet: &Quiet<'_, 't>,
    ) -> Self {
        let said_last = said_last(rated, best, |line| quiet.says_nothing(line));
        Self {
            line: said_last
                .or(best.map(|best| best.line))
                .or_else(|| last_output(lines, quiet))
                .or_else(|| first_difference(lines)),
            before_wrapper: said_last.is_some(),
        }
    }

    /// The chosen line, if it is the last one before such words.
    pub fn said_last(&self) -> Option<&'t TailLine> {
        self.line.filter(|_| self.before_wrapper)
    }
}

/// The most telling of those lines. Of equals the first, since later ones mostly follow from it.
pub(super) fn best<'r, 't>(
    rated: &'r [Rated<'t>],
    telling: impl Fn(&Rated<'t>) -> bool,
) -> Option<&'r Rated<'t>> {
    let of_those = rated
        .iter()
        .filter(|r| r.score > 0 && telling(r) && !is_end(r.line));
    of_those.max_by(|a, b| {
        a.score
            .cmp(&b.score)
            .then(b.line.place.line.cmp(&a.line.place.line))
    })
}

/// The last output of a program before the words that it failed, if those words are the best line. It usually
/// is a reason without a telling word.
fn said_last<'t>(
    rated: &[Rated<'t>],
    best: Option<&Rated<'t>>,
    says_nothing: impl Fn(&TailLine) -> bool,
) -> Option<&'t TailLine> {
    let wrapper = best.filter(|best| best.score <= WRAPPED)?;
    let at = rated.iter().position(|r| std::ptr::eq(r, wrapper))?;
    let unsaid = |r: &&Rated<'_>| {
        let content = r.line.content();
        says_nothing(r.line) || telling::is_progress(content) || faint::is_advice(content)
    };
    let last = rated[..at]
        .iter()
        .rev()
        .filter(|r| !is_end(r.line) && !(1..=WRAPPED).contains(&r.score))
        .find(|r| r.score > 0 || !unsaid(r))?;
    // `> app@1.0.0 test` (npm), `$ jest` (Yarn) show the command, which printed nothing.
    let command = ["> ", "$ "]
        .iter()
        .any(|mark| last.line.content().starts_with(mark));
    let said = last.score == 0 && !last.line.command && !last.line.echo && !command;
    said.then_some(last.line)
}

/// The last output: near the end a line that may tell, else one that is neither advice nor a closing phrase,
/// else one that says anything, else any. If a shell traced its commands, only lines below the last of them
/// count, or that one itself.
fn last_output<'t>(lines: &Lines<'t>, quiet: &Quiet<'_, 't>) -> Option<&'t TailLine> {
    // The last traced command printed the lines below it, or nothing.
    let traced = lines.all.iter().rposition(|line| is_traced(line));
    let below = &lines.all[traced.map_or(0, |at| at + 1)..];
    let mut last = below.iter().rev().filter(|line| {
        let said = !line.echo && !line.command && !quiet.is_noise(line) && !is_end(line);
        said && !hollow::is_bare(line.content())
    });
    let any = last.clone().next();
    let near = last.clone().filter(|line| {
        let content = line.content();
        !quiet.says_nothing(line) && !faint::is_advice(content) && !faint::is_end(content)
    });
    let may_tell = |line: &&&TailLine| faint::may_tell(line.content());
    let telling = near.clone().take(NEAR).find(may_tell);
    let said = telling.or_else(|| near.clone().next());
    said.or_else(|| last.find(|line| !quiet.says_nothing(line)))
        .or(any)
        .or(traced.map(|at| &lines.all[at]))
        .copied()
}

/// Where two texts begin to differ.
fn first_difference<'t>(lines: &Lines<'t>) -> Option<&'t TailLine> {
    lines.all.iter().copied().find(|line| lines.differs(line))
}

#[cfg(test)]
mod tests {
    use super::super::super::aside::Aside;
    use super::super::known::Known;
    use super::super::rating;
    use super::*;
    use crate::diagnosis::testing;

    /// The number of the chosen line in a log with a verdict, and whether it stands before a wrapper.
    /// `wrappers` are the numbers of wrapper lines.
    fn chosen(texts: &[&str], wrappers: &[u64]) -> (Option<u64>, bool) {
        let tail = testing::lines(texts);
        let lines = Lines::new(&tail, None);
        let mut known = Known::default();
        for &line in wrappers {
            known.hit(line, crate::model::Role::Wrapper);
            known.wrapper(line, false, false);
        }
        let aside = Aside::default();
        let mut rated = rating::of(&lines, &known, &aside, false, |_| None);
        rating::bound_wrappers(&mut rated, &lines, &known);
        let quiet = Quiet::new(&lines, &known, &aside, false);
        let best = best(&rated, |_| true);
        let choice = Choice::of(&rated, best, &lines, &quiet);
        let said_last = choice.said_last().map(|line| line.place.line);
        let number = choice.line.map(|line| line.place.line);
        assert!(said_last.is_none() || said_last == number);
        (number, choice.before_wrapper)
    }

    #[test]
    fn the_most_telling_line_wins_and_of_equals_the_first() {
        let log = [
            "$ ./check",
            "error: lamp is dark",
            "error: lamp is dark",
            "done",
        ];
        assert_eq!(chosen(&log, &[]), (Some(2), false));
        let log = [
            "$ ./check",
            "failed: 3",
            "fatal: no such file: a.txt",
            "done",
        ];
        assert_eq!(chosen(&log, &[]), (Some(3), false));
    }

    #[test]
    fn before_words_that_only_say_that_something_failed_what_was_said_last_wins() {
        let log = [
            "$ make",
            "3 files have no licence",
            "make: *** [Makefile:3: check] Error 1",
        ];
        assert_eq!(chosen(&log, &[3]), (Some(2), true));
        // What npm shows of a script is none of its words.
        let log = [
            "$ npm test",
            "> app@1.0.0 test",
            "npm error Lifecycle script failed",
        ];
        assert_eq!(chosen(&log, &[3]), (Some(3), false));
        // A telling line wins for itself.
        let log = [
            "$ make",
            "fatal: no such file: a.txt",
            "3 files",
            "make: *** [check] Error 1",
        ];
        assert_eq!(chosen(&log, &[4]), (Some(2), false));
    }

    #[test]
    fn where_nothing_tells_what_was_printed_last_wins() {
        let log = [
            "$ ./check",
            "3 files have no licence",
            "See the handbook",
            "Done.",
        ];
        let (line, before) = chosen(&log, &[]);
        assert_eq!((line, before), (Some(2), false));
        // Below the last traced command, or that one.
        let log = ["$ ./check", "looked at 3", "+ ./report --all"];
        assert_eq!(chosen(&log, &[]), (Some(3), false));
        assert_eq!(chosen(&["$ ./check"], &[]), (None, false));
    }

    #[test]
    fn where_nothing_was_printed_but_a_difference_its_first_line_wins() {
        let log = [
            "$ git diff --exit-code",
            "diff --git a/a b/a",
            "--- a/a",
            "+++ b/a",
            "@@ -1 +1 @@",
            "-error: a",
            "+error: b",
        ];
        assert_eq!(chosen(&log, &[]), (Some(2), false));
    }
}
