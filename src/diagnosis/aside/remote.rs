//! What a script printed that drone-ssh ran on other hosts and that passed there.

use std::ops::RangeInclusive;

use super::{alone, github};
use crate::model::TailLine;
use crate::trace::{header, remote};

/// What drone-ssh prints above the script that it is about to run (drone-ssh: plugin.go).
const BEGINS: &str = "======CMD======";

/// The lines above the words that the script passed on every host: of the step of an action, or below the line with which drone-ssh begins.
/// In other places programs may have printed next to it whose failure ends the step later on, and only lines count that are certainly of
/// a remote script.
pub(super) fn passed(lines: &[TailLine]) -> Vec<RangeInclusive<u64>> {
    let mut found = Vec::new();
    // Where all lines are drone-ssh's from, and the index of the line from which some may be.
    let (mut all, mut some) = (None, 0);
    for (k, line) in lines.iter().enumerate() {
        let (number, text) = (line.place.line, line.content());
        if line.command || text.starts_with("+ ") || text.starts_with("[Pipeline] {") {
            (all, some) = (None, k);
        } else if let Some(title) = github::title(line) {
            (all, some) = (header::is_action(title.trim_end()).then_some(number), k);
        } else if text.trim_end() == BEGINS {
            all = all.or(Some(number));
        } else if remote::last_words(text).is_some() {
            // It has failed.
            (all, some) = (None, k);
        } else if remote::passed_on_all_hosts(text) {
            match all {
                Some(first) => found.push(first..=number),
                None => found.extend(
                    lines[some..=k]
                        .iter()
                        .filter(|line| is_remote(line))
                        .map(alone),
                ),
            }
            (all, some) = (None, k + 1);
        }
    }
    found
}

/// Whether drone-ssh passes on that line of a remote script: `err: …`, `out: …`.
fn is_remote(line: &TailLine) -> bool {
    let text = line.content();
    text.starts_with("err: ") || text.starts_with("out: ")
}

#[cfg(test)]
mod tests {
    use super::super::found_in;
    use super::*;

    #[test]
    fn a_script_that_passed_on_every_host() {
        let log = "$ make\nerror\n$ drone-ssh\nerr: no\n====\n\u{2705} Successfully executed commands to all hosts.\n====\nerror\n\
            ##[group]Run x/y@v1\nerr: no\nSuccessfully executed commands to all host.\nerr: no\n";
        assert_eq!(found_in(passed, log), [4, 9, 10, 11]);
        let log = "err: no\nout: Successfully executed commands to all hosts but one.\n";
        assert_eq!(found_in(passed, log), [0; 0]);
        let log = "err: no\nSuccessfully executed commands to all host.\nerr: no\n";
        assert_eq!(found_in(passed, log), [1]);
    }

    #[test]
    fn what_others_printed_may_be_why() {
        const PASSED: &str = "\u{2705} Successfully executed commands to all hosts.\n";
        for before in [
            "npm error code E404\n",
            "+ npm ci\nnpm error code E404\n+ drone-ssh\n",
            "##[group]Run ./deploy.sh\n##[endgroup]\nnpm error code E404\n",
            "$ ./ci/run.sh\nnpm error code E404\ndeploying\n",
            "[Pipeline] { (Test)\nnpm error code E404\n[Pipeline] }\n[Pipeline] { (Deploy)\n",
        ] {
            let log = format!("{before}{PASSED}");
            assert_eq!(found_in(passed, &log), [0; 0], "{before}");
        }
        let log = format!(
            "npm error\n======CMD======\n./a\n======END======\nno\n{PASSED}error\n{PASSED}"
        );
        assert_eq!(found_in(passed, &log), [2, 3, 4, 5, 6]);
        // It failed once before.
        let log = format!(
            "======CMD======\nerr: no\n2026/05/01 10:00:00 Process exited with status 5\nout: ok\n{PASSED}"
        );
        assert_eq!(found_in(passed, &log), [4]);
    }
}
