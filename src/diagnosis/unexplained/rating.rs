//! Rates how telling each line is.

use super::super::aside::Aside;
use super::super::{hollow, telling};
use super::known::Known;
use super::lines::Lines;
use crate::model::{Role, TailLine};
use crate::trace::{foreign, verdict};

/// The score of GitHub's own error mark.
const MARKED: i32 = 8;

/// The score of a line that only names an exit code, and of one that names what failed but not why.
const EXIT: i32 = 1;
pub(super) const WRAPPED: i32 = 2;

/// The score of a line that only counts failures.
const COUNT: i32 = 2;

/// The bonus of a line that a pattern knows.
const KNOWN: i32 = 4;

/// The score of the runner's own reason: nothing else in the log says why the environment failed.
const REASONED: i32 = 40;

/// The bonus of a line that passing runs do not print.
const UNUSUAL: i32 = 4;

/// A line and its score.
pub(in crate::diagnosis) struct Rated<'t> {
    pub line: &'t TailLine,
    pub score: i32,
    pub in_baseline: Option<bool>,
}

/// Rates each line by itself. `counts` includes lines that only count failures; `usual` says whether passing
/// runs print a line too.
pub(super) fn of<'t>(
    lines: &Lines<'t>,
    known: &Known,
    aside: &Aside,
    counts: bool,
    usual: impl Fn(&str) -> Option<bool>,
) -> Vec<Rated<'t>> {
    let one = |(k, line): (usize, &&'t TailLine)| {
        let number = line.place.line;
        let overcome = || known.is_overcome(number) || lines.is_retried(k);
        let quiet = || aside.why(number).is_some() || overcome();
        let score = match lines.differs(line) || quiet() {
            true => 0,
            false if lines.is_reason(line) => REASONED,
            false => rate(line, known, lines.all.len() - k, counts),
        };
        let in_baseline = usual(&line.text);
        let score = match in_baseline {
            Some(false) if !line.echo && !line.command => score + UNUSUAL,
            Some(true) => score.min(1),
            _ => score,
        };
        Rated {
            line,
            score,
            in_baseline,
        }
    };
    lines.all.iter().enumerate().map(one).collect()
}

/// Limits the score of lines that only say that something inside failed, even at the head of a list.
pub(super) fn bound_wrappers(rated: &mut [Rated<'_>], lines: &Lines<'_>, known: &Known) {
    let wraps = |line: &TailLine| known.wraps(line.place.line) && !lines.is_reason(line);
    for rated in rated.iter_mut().filter(|rated| wraps(rated.line)) {
        rated.score = rated.score.min(WRAPPED);
    }
}

/// The score of a line in the tail: its words, what patterns say about it, and its distance from the end.
/// `counts` includes lines that only count failures.
fn rate(line: &TailLine, known: &Known, from_end: usize, counts: bool) -> i32 {
    if line.echo || line.command {
        return 0;
    }
    let content = line.content();
    let mut score = telling::score(content);
    // GitHub marks an action's error message; the exit code behind it says nothing.
    if line.text.starts_with("##[error]")
        && verdict::github(content).is_none()
        && !hollow::is_bare(content)
        && !hollow::names_exit(content)
    {
        score += MARKED;
    }
    let mut explains = false;
    for role in known.roles(line.place.line) {
        match role {
            Role::Noise if known.harmless => score += KNOWN,
            Role::Noise => return 0,
            Role::Wrapper if score > 0 && hollow::only_exits(content) => return EXIT,
            Role::Wrapper => return if score > 0 { WRAPPED } else { 0 },
            Role::RootCause | Role::Symptom => {
                explains = true;
                score += KNOWN;
            }
        }
    }
    let says_how = || hollow::only_exits(content) || foreign::closing(content).is_some();
    if !explains && score > 0 && says_how() {
        return EXIT;
    }
    if !explains
        && !counts
        && score > 0
        && (hollow::only_counts(content) || hollow::is_general(content))
    {
        return COUNT;
    }
    if score > 0 {
        score += match from_end {
            0..=5 => 3,
            6..=20 => 2,
            21..=100 => 1,
            _ => 0,
        };
    }
    score
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::diagnosis::testing;

    fn scores(tail: &[TailLine], known: &Known, usual: impl Fn(&str) -> Option<bool>) -> Vec<i32> {
        let lines = Lines::new(tail, None);
        let mut rated = of(&lines, known, &Aside::default(), false, usual);
        bound_wrappers(&mut rated, &lines, known);
        rated.iter().map(|rated| rated.score).collect()
    }

    #[test]
    fn what_patterns_say_of_a_line_counts() {
        let tail = testing::lines(&["error: lamp is dark"; 5]);
        let mut known = Known::default();
        known.hit(2, Role::Noise);
        known.hit(3, Role::Wrapper);
        known.wrapper(3, false, false);
        known.hit(4, Role::Symptom);
        let of = |known: &Known| scores(&tail, known, |_| None);
        let rated = of(&known);
        assert_eq!(rated[1..3], [0, WRAPPED]);
        assert_eq!(rated[3], rated[0] + KNOWN);
        assert_eq!(rated[4], rated[0]);
        // Where the log shows only what does no harm, that is what is asked about.
        known.harmless = true;
        assert!(of(&known)[1] > of(&known)[0]);
    }

    #[test]
    fn what_was_overcome_is_worth_nothing_unless_another_pattern_blames_it() {
        let tail = testing::lines(&["error: lamp is dark"; 3]);
        let mut known = Known::default();
        known.overcome(1);
        known.overcome(2);
        known.hit(2, Role::RootCause);
        let rated = scores(&tail, &known, |_| None);
        assert_eq!(rated[0], 0);
        assert!(rated[1] > rated[2] && rated[2] > 0);
    }

    #[test]
    fn what_passing_runs_print_is_worth_little_and_anything_else_more() {
        let tail = testing::lines(&["error: lamp is dark", "error: no oil", "$ error", "hm"]);
        let rated = scores(&tail, &Known::default(), |text| Some(text.contains("oil")));
        assert!(rated[0] > UNUSUAL);
        assert_eq!(rated[1..], [1, 0, UNUSUAL]);
    }

    #[test]
    fn the_reason_of_the_runner_is_worth_most_and_what_is_retried_nothing() {
        let tail = testing::lines(&[
            "curl: (7) Failed to connect",
            "Warning: timeout. Will retry in 1 seconds.",
            "fatal error: panic: no such file",
            "ERROR: Job failed (system failure): no room",
        ]);
        let lines = Lines::new(&tail, Some(&tail[3]));
        let rated = of(&lines, &Known::default(), &Aside::default(), false, |_| {
            None
        });
        assert_eq!(rated[0].score, 0);
        assert!(rated[2].score > 0 && rated[2].score < rated[3].score);
    }
}
