//! What steps of an image build printed that passed, within one command: the builder says where one ends, or begins the next, and stops at
//! the first that fails. (Gradle's `> Task :a` is no such mark: what daemons write on stderr stands below any of them.)

use std::collections::HashMap;
use std::ops::RangeInclusive;

use crate::model::TailLine;

/// BuildKit (progress `plain`): `#5 DONE 0.7s` ends step 5, whose lines all begin with `#5 `, whatever stands between.
pub(super) fn of_buildkit(lines: &[TailLine]) -> Vec<RangeInclusive<u64>> {
    let mut open: HashMap<u32, Vec<u64>> = HashMap::new();
    let mut found = Vec::new();
    for line in lines {
        if line.command {
            open.clear();
        }
        let Some(step) = vertex(line) else { continue };
        let content = line.content();
        if content.starts_with("DONE ") || content == "CACHED" {
            let passed = open.remove(&step).unwrap_or_default();
            found.extend(passed.into_iter().map(|number| number..=number));
        } else if content.starts_with("ERROR") || content == "CANCELED" {
            open.remove(&step);
        } else {
            open.entry(step).or_default().push(line.place.line);
        }
    }
    found
}

/// The number of the step (BuildKit's word is vertex) that a line is of.
fn vertex(line: &TailLine) -> Option<u32> {
    let prefix = line.text.get(..line.content_at)?;
    let (_, behind) = prefix.rsplit_once('#')?;
    let (number, _) = behind.split_once(' ')?;
    number.parse().ok()
}

/// The classic builder of Docker (`Step 3/8 : RUN make`), Buildah and Podman (`STEP 3/8: RUN make`, `[1/2] STEP 3/8: …`, older ones
/// `STEP 3: …`): the next one begins where that one passed.
pub(super) fn of_dockerfile(lines: &[TailLine]) -> Vec<RangeInclusive<u64>> {
    let mut found = Vec::new();
    let mut last: Option<(u32, u64)> = None;
    for line in lines {
        if line.command {
            last = None;
        }
        let Some(number) = instruction(line.content()) else {
            continue;
        };
        if let Some((before, first)) = last
            && number == before + 1
        {
            found.push(first..=line.place.line - 1);
        }
        last = Some((number, line.place.line));
    }
    found
}

/// Which instruction of a Dockerfile begins with that line.
fn instruction(text: &str) -> Option<u32> {
    let of_stage = text
        .strip_prefix('[')
        .and_then(|text| text.split_once("] "))
        .map_or(text, |(_, step)| step);
    let rest = of_stage
        .strip_prefix("STEP ")
        .or_else(|| text.strip_prefix("Step "))?;
    let (number, _) = rest.split_once(':')?;
    let number = number.trim_end();
    number
        .split_once('/')
        .map_or(number, |(k, _)| k)
        .parse()
        .ok()
}

/// kaniko: what it ran passed where it looks at the files behind it.
pub(super) fn of_kaniko(lines: &[TailLine]) -> Vec<RangeInclusive<u64>> {
    let mut found = Vec::new();
    let mut began = None;
    for line in lines {
        let said = line.content();
        let said = said.split_once("] ").map_or(said, |(_, said)| said);
        if line.command {
            began = None;
        } else if said.starts_with("Running: [") {
            began = Some(line.place.line);
        } else if said.starts_with("Taking snapshot of ")
            && let Some(first) = began.take()
        {
            found.push(first..=line.place.line);
        }
    }
    found
}

#[cfg(test)]
mod tests {
    use super::super::found_in;
    use super::*;

    #[test]
    fn a_step_of_buildkit_that_is_done() {
        let log = "#5 [1/2] RUN ./a.sh\n#6 [2/2] RUN ./b.sh\n#5 0.5 curl: (6) no\n#6 0.5 error\n#5 DONE 0.7s\n#6 0.6 error\n\
                   #6 ERROR: process \"/bin/sh\" did not complete\n#7 CACHED\nerror\n";
        assert_eq!(found_in(of_buildkit, log), [1, 3]);
        // Another build counts from 1 again.
        let log = "#5 0.1 error\n$ docker build b\n#5 DONE 0.1s\n";
        assert_eq!(found_in(of_buildkit, log), [0; 0]);
    }

    #[test]
    fn an_instruction_behind_which_the_next_begins() {
        let log = "Step 1/3 : RUN a\n ---> Running in 1\ncurl: (6) no\n ---> 123456789012\nStep 2/3 : RUN b\nerror\n";
        assert_eq!(found_in(of_dockerfile, log), [1, 2, 3, 4]);
        let log = "STEP 1/2: FROM a\nSTEP 2/2: RUN b\nerror\nSTEP 1/9: FROM c\nerror\n";
        assert_eq!(found_in(of_dockerfile, log), [1]);
        let log = "[1/2] STEP 3/4: RUN a\nno\n[1/2] STEP 4/4: RUN b\nerror\n";
        assert_eq!(found_in(of_dockerfile, log), [1, 2]);
        let log = "INFO[0001] RUN ./a\nINFO[0001] Running: [/bin/sh -c ./a]\ncurl: no\nINFO[0002] Taking snapshot of full filesystem...\n\
                   INFO[0003] Running: [/bin/sh -c ./b]\nerror\n";
        assert_eq!(found_in(of_kaniko, log), [2, 3, 4]);
    }
}
