//! Finds output of steps of an image build that passed, within one command. The builder says where a step ends
//! or the next begins, and stops at the first failure. (Gradle's `> Task :a` is no such mark: daemons write to
//! stderr below any of them.)

use std::collections::{HashMap, HashSet};
use std::ops::RangeInclusive;

use super::passed;
use crate::model::TailLine;

/// BuildKit (progress `plain`). `#5 DONE 0.7s` ends step 5, whose lines all begin with `#5 `, whatever stands
/// between. If a step of that number also failed, its lines may belong to either build.
pub(super) fn of_buildkit(lines: &[TailLine]) -> Vec<RangeInclusive<u64>> {
    let mut found = Vec::new();
    for lines in lines.split(|line| line.command) {
        let steps = || lines.iter().filter_map(|line| Some((vertex(line)?, line)));
        let failed: HashSet<u32> = steps()
            .filter(|(_, line)| line.content().starts_with("ERROR"))
            .map(|(step, _)| step)
            .collect();
        let mut open: HashMap<u32, Vec<&TailLine>> = HashMap::new();
        for (step, line) in steps().filter(|(step, _)| !failed.contains(step)) {
            let content = line.content();
            if content.starts_with("DONE ") || content == "CACHED" {
                found.extend(passed(open.remove(&step).unwrap_or_default()));
            } else {
                open.entry(step).or_default().push(line);
            }
        }
    }
    found
}

/// The number of the step (BuildKit: vertex) that printed a line.
fn vertex(line: &TailLine) -> Option<u32> {
    let prefix = line.text.get(..line.content_at)?;
    let (_, behind) = prefix.rsplit_once('#')?;
    let (number, _) = behind.split_once(' ')?;
    number.parse().ok()
}

/// The classic builder of Docker (`Step 3/8 : RUN make`), Buildah and Podman (`STEP 3/8: RUN make`, `[1/2] STEP
/// 3/8: …`, older ones `STEP 3: …`). The next step begins only if this one passed.
pub(super) fn of_dockerfile(lines: &[TailLine]) -> Vec<RangeInclusive<u64>> {
    let mut found = Vec::new();
    // The stage, the number, and where the instruction began.
    let mut last: Option<(&str, u32, usize)> = None;
    for (k, line) in lines.iter().enumerate() {
        if line.command {
            last = None;
        }
        let Some((stage, number)) = instruction(line.content()) else {
            continue;
        };
        if let Some((of, before, first)) = last
            && of == stage
            && before.checked_add(1) == Some(number)
        {
            found.extend(passed(&lines[first..k]));
        }
        last = Some((stage, number, k));
    }
    found
}

/// The stage and number of the Dockerfile instruction that begins with a line.
fn instruction(text: &str) -> Option<(&str, u32)> {
    const WORDS: &[&str] = &[
        "ADD",
        "ARG",
        "CMD",
        "COPY",
        "ENTRYPOINT",
        "ENV",
        "EXPOSE",
        "FROM",
        "HEALTHCHECK",
        "LABEL",
        "MAINTAINER",
        "ONBUILD",
        "RUN",
        "SHELL",
        "STOPSIGNAL",
        "USER",
        "VOLUME",
        "WORKDIR",
    ];
    let (stage, step) = text
        .strip_prefix('[')
        .and_then(|text| text.split_once("] "))
        .unwrap_or(("", text));
    let rest = step
        .strip_prefix("STEP ")
        .or_else(|| text.strip_prefix("Step "))?;
    let (number, instruction) = rest.split_once(':')?;
    let word = instruction.split_whitespace().next()?;
    let number = number.trim_end();
    let number = number.split_once('/').map_or(number, |(k, _)| k);
    WORDS
        .contains(&word)
        .then_some((stage, number.parse().ok()?))
}

/// kaniko. A command passed if kaniko then looks at the files.
pub(super) fn of_kaniko(lines: &[TailLine]) -> Vec<RangeInclusive<u64>> {
    let mut found = Vec::new();
    let mut began = None;
    for (k, line) in lines.iter().enumerate() {
        let said = line.content();
        let said = said.split_once("] ").map_or(said, |(_, said)| said);
        if line.command {
            began = None;
        } else if said.starts_with("Running: [") {
            began = Some(k);
        } else if said.starts_with("Taking snapshot of ")
            && let Some(first) = began.take()
        {
            found.extend(passed(&lines[first..=k]));
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
        // Another build counts from 1 again, and may run at the same time.
        let log = "#5 0.1 error\n#5 ERROR: no\n#5 0.1 a\n#5 DONE 0.1s\n";
        assert_eq!(found_in(of_buildkit, log), [0; 0]);
        let log = "#5 0.1 W: Failed to fetch\n#5 0.1 b\n#5 DONE 0.1s\n";
        assert_eq!(found_in(of_buildkit, log), [2]);
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
        for log in [
            "[1/2] STEP 2/3: RUN a\nno\n[2/2] STEP 3/3: RUN b\n",
            "STEP 1: probe\nno\nSTEP 2: check\nerror\n",
            "Step 4294967295 : RUN a\nStep 1 : RUN b\n",
        ] {
            assert_eq!(found_in(of_dockerfile, log), [0; 0], "{log}");
        }
        let log = "INFO[0001] RUN ./a\nINFO[0001] Running: [/bin/sh -c ./a]\ncurl: no\nINFO[0002] Taking snapshot of full filesystem...\n\
                   INFO[0003] Running: [/bin/sh -c ./b]\nerror\n";
        assert_eq!(found_in(of_kaniko, log), [2, 3, 4]);
    }
}
