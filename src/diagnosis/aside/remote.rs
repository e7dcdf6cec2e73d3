//! What a script printed that drone-ssh ran on other hosts and that passed there.

use std::ops::RangeInclusive;

use super::github;
use crate::model::TailLine;
use crate::trace::remote;

/// The lines of a step, or below a command, up to the words that the script passed on every host.
pub(super) fn passed(lines: &[TailLine]) -> Vec<RangeInclusive<u64>> {
    let mut found = Vec::new();
    let mut first = 0;
    for line in lines {
        let number = line.place.line;
        if line.command || github::begins(line) {
            first = number;
        } else if remote::passed_on_all_hosts(line.content()) {
            found.push(first..=number);
            first = number + 1;
        }
    }
    found
}

#[cfg(test)]
mod tests {
    use super::super::found_in;
    use super::*;

    #[test]
    fn a_script_that_passed_on_every_host() {
        let log = "$ make\nerror\n$ drone-ssh\nerr: no\n====\n\u{2705} Successfully executed commands to all hosts.\n====\nerror\n\
            ##[group]Run x/y@v1\nerr: no\nSuccessfully executed commands to all host.\nerr: no\n";
        assert_eq!(found_in(passed, log), [3, 4, 5, 6, 9, 10, 11]);
        let log = "err: no\nout: Successfully executed commands to all hosts but one.\n";
        assert_eq!(found_in(passed, log), [0; 0]);
        let log = "err: no\nSuccessfully executed commands to all host.\nerr: no\n";
        assert_eq!(found_in(passed, log), [0, 1, 2]);
    }
}
