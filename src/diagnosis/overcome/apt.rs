//! What `apt-get update` only warned of (`W: `), and says that it ignored: where it knows an error it says `E: `, and what runs behind it
//! needs nothing of what it did not fetch, unless it says so itself.

use crate::model::TailLine;

/// How apt ends what it could not fetch (apt-pkg/update.cc).
const IGNORED: &str = "W: Some index files failed to download. They have been ignored";

/// What apt and dpkg print whatever happens.
const EVERYDAY: &[&str] = &[
    "Building dependency tree",
    "Err:",
    "Fetched ",
    "Get:",
    "Hit:",
    "Ign:",
    "Reading package lists",
    "Reading state information",
    "W: ",
];

/// The lines of the warnings behind which the command went on to something else, and apt failed of nothing.
pub(in crate::diagnosis) fn warnings(lines: &[&TailLine]) -> Vec<u64> {
    let Some(last) = lines
        .iter()
        .rposition(|line| line.content().starts_with(IGNORED))
    else {
        return Vec::new();
    };
    let command = lines[last].place.command;
    let own = |line: &&&TailLine| line.place.command == command;
    let mut went_on = false;
    for line in lines[last + 1..].iter().filter(own) {
        let text = line.content();
        if text.starts_with("E: ") {
            return Vec::new();
        }
        went_on |= !EVERYDAY.iter().any(|words| text.starts_with(words));
    }
    let above = lines[..=last].iter().filter(own);
    let warns = |line: &&&TailLine| {
        ["W: ", "Err:"]
            .iter()
            .any(|mark| line.content().starts_with(mark))
    };
    match went_on {
        true => above.filter(warns).map(|line| line.place.line).collect(),
        false => Vec::new(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::diagnosis::testing;

    #[test]
    fn what_apt_ignored_and_went_on_behind() {
        let found = |texts: &[&str]| {
            let lines = testing::lines(texts);
            warnings(&lines.iter().collect::<Vec<_>>())
        };
        let fetch = "W: Failed to fetch http://deb.example.com/x/InRelease  Could not resolve 'deb.example.com'";
        let ignored = "W: Some index files failed to download. They have been ignored, or old ones used instead.";
        assert_eq!(found(&[fetch, ignored, "Setting up jq (1.6) ..."]), [1, 2]);
        // Nothing else was done, or apt lacks what was not fetched.
        assert_eq!(found(&[fetch, ignored, "Reading package lists..."]), [0; 0]);
        let lacks = "E: Unable to locate package jq";
        assert_eq!(found(&[fetch, ignored, lacks, "jq is missing"]), [0; 0]);
        assert_eq!(found(&[fetch, "Setting up jq (1.6) ..."]), [0; 0]);
    }
}
