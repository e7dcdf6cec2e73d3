//! Finds the wording of Gherkin's steps: what is expected, never what happened.

use std::ops::RangeInclusive;

use super::alone;
use crate::model::TailLine;

/// How a step begins.
const BEGINS: &[&str] = &["Given ", "When ", "Then ", "And ", "But "];

/// Steps with the place of their code behind them: `Then the answer is 401  # steps/api.py:12 0.001s`, ` # None` for one that did not
/// run (behave: formatter/pretty.py), ` # steps/api.rb:12` (Cucumber), ` # api.Steps.answer(int)` (Cucumber-JVM).
pub(super) fn steps(lines: &[TailLine]) -> Vec<RangeInclusive<u64>> {
    let of_step = lines
        .iter()
        .filter(|line| !line.command && is_step(line.content()));
    of_step.map(alone).collect()
}

fn is_step(text: &str) -> bool {
    let text = text.trim();
    let begins = BEGINS.iter().any(|begin| text.starts_with(begin));
    let place = text.rsplit_once(" # ").filter(|_| begins);
    place.is_some_and(|(_, place)| is_place(place.trim()))
}

fn is_place(text: &str) -> bool {
    let mut words = text.split_whitespace();
    let place = words.next().unwrap_or_default();
    let time = words
        .next()
        .is_none_or(|time| time.ends_with('s') || time.ends_with(')'));
    let line = place.rsplit_once(':').map(|(_, line)| line);
    let of_line =
        line.is_some_and(|line| !line.is_empty() && line.bytes().all(|b| b.is_ascii_digit()));
    let of_method = place.contains('.') && place.contains('(');
    time && (place == "None" || of_line || of_method)
}

#[cfg(test)]
mod tests {
    use super::super::found_in;
    use super::*;

    #[test]
    fn wording_of_steps() {
        let log = "  Scenario: no token # a.feature:3\n\
             \x20   Given an API # features/steps/api.py:7 0.002s\n\
             \x20   When it is asked # features/steps/api.rb:9\n\
             \x20   Then the answer is 401 Unauthorized # None\n\
             \x20   And it is JSON # api.Steps.json(int)\n\
             \x20   But no # comment\n\
             Then the answer was 401\nelse # a.py:3\n$ Then x # None\n";
        assert_eq!(found_in(steps, log), [2, 3, 4, 5]);
    }
}
