//! Selects the lines that are shown with the best one.

use super::choice::Choice;
use super::quiet::Quiet;
use super::rating::Rated;

/// Most lines shown.
const MOST: usize = 12;
/// Lines at the end that are shown if no line is telling.
const LAST: usize = 6;

/// The most telling lines, else the last ones, together with the best line and the last command; in the order
/// of the log.
pub(super) fn lines<'r, 't>(
    rated: &'r [Rated<'t>],
    choice: &Choice<'t>,
    quiet: &Quiet<'_, 't>,
) -> Vec<&'r Rated<'t>> {
    let mut shown: Vec<&Rated<'_>> = rated.iter().filter(|r| r.score > 0).collect();
    shown.sort_by(|a, b| {
        b.score
            .cmp(&a.score)
            .then(a.line.place.line.cmp(&b.line.place.line))
    });
    shown.truncate(MOST - 1 - usize::from(choice.before_wrapper));
    // The reason stands before words that say only that something failed.
    if let Some(said) = choice.said_last() {
        let before = rated
            .iter()
            .rev()
            .filter(|r| r.line.place.line < said.place.line && !r.line.echo && !r.line.command)
            .filter(|r| r.score == 0 && !quiet.says_nothing(r.line));
        let room = (MOST - 2).saturating_sub(shown.len()).min(LAST - 1);
        shown.extend(before.take(room));
    }
    if shown.is_empty() {
        let last = || rated.iter().rev().filter(|r| !r.line.echo);
        shown = last()
            .filter(|r| !quiet.says_nothing(r.line))
            .take(LAST)
            .collect();
        if shown.is_empty() {
            shown = last()
                .filter(|r| !quiet.is_opening(r.line))
                .take(LAST)
                .collect();
        }
    }
    let last_command = rated.iter().rev().find(|r| r.line.command);
    let is_best = |r: &&Rated<'_>| choice.line.is_some_and(|best| std::ptr::eq(best, r.line));
    for more in [last_command, rated.iter().find(is_best)]
        .into_iter()
        .flatten()
    {
        let number = |r: &Rated<'_>| r.line.place.line;
        if !shown.iter().any(|s| number(s) == number(more)) {
            shown.push(more);
        }
    }
    shown.sort_by_key(|r| r.line.place.line);
    shown
}

#[cfg(test)]
mod tests {
    use super::super::super::aside::Aside;
    use super::super::known::Known;
    use super::super::lines::Lines;
    use super::*;
    use crate::diagnosis::testing;

    /// The numbers of the shown lines, given each line's score and the number of the best one.
    fn shown(texts: &[(&str, i32)], won: usize, before_wrapper: bool) -> Vec<u64> {
        let tail = testing::lines(&texts.iter().map(|(text, _)| *text).collect::<Vec<_>>());
        let lines = Lines::new(&tail, None);
        let (known, aside) = (Known::default(), Aside::default());
        let quiet = Quiet::new(&lines, &known, &aside, false);
        let rated: Vec<Rated<'_>> = tail
            .iter()
            .zip(texts)
            .map(|(line, (_, score))| Rated {
                line,
                score: *score,
                in_baseline: None,
            })
            .collect();
        let choice = Choice {
            line: tail.get(won.wrapping_sub(1)),
            before_wrapper,
        };
        let shown = super::lines(&rated, &choice, &quiet);
        shown.iter().map(|r| r.line.place.line).collect()
    }

    #[test]
    fn the_most_telling_lines_are_shown_with_the_command_in_the_order_of_the_log() {
        let log = [
            ("$ a", 0),
            ("b", 0),
            ("c", 3),
            ("$ d", 0),
            ("e", 9),
            ("f", 0),
        ];
        assert_eq!(shown(&log, 5, false), [3, 4, 5]);
        let mut many = vec![("x", 5); 40];
        many[20].1 = 9;
        let numbers = shown(&many, 21, false);
        assert_eq!(numbers.len(), MOST - 1);
        assert!(numbers.contains(&21) && numbers.is_sorted());
    }

    #[test]
    fn where_nothing_tells_the_last_lines_are_shown() {
        let log = [
            ("lamp one", 0),
            ("lamp two", 0),
            ("lamp three", 0),
            ("lamp four", 0),
            ("lamp five", 0),
            ("lamp six", 0),
            ("lamp seven", 0),
        ];
        assert_eq!(shown(&log, 7, false), [2, 3, 4, 5, 6, 7]);
        assert_eq!(shown(&log, 1, false), [1, 2, 3, 4, 5, 6, 7]);
        assert_eq!(shown(&[("$ a", 0)], 0, false), [1]);
    }

    #[test]
    fn before_a_wrapper_what_led_to_it_is_shown() {
        let log = [
            ("$ make", 0),
            ("first", 0),
            ("second", 0),
            ("make: Error 1", 2),
        ];
        assert_eq!(shown(&log, 3, true), [1, 2, 3, 4]);
        assert_eq!(shown(&log, 4, false), [1, 4]);
    }
}
