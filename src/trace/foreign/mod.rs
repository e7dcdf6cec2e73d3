//! Reads the closing lines of other systems: Jenkins, Azure Pipelines, Travis, CircleCI, Buildkite, AppVeyor,
//! CodeBuild, Cloud Build, Netlify, Patchew, act and gitlab-ci-local.
//!
//! They tell only whose log it is, how the job ended and which line ended it. In every other respect such logs
//! are plain ones.

use super::verdict::integer;
use super::{prefix, stamp};
use crate::model::{Dialect, Outcome};

pub mod codebuild;
pub mod travis;

/// How much a closing line decides.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Reach {
    /// A command failed here; later commands only ran because they run always.
    Command,
    /// The job failed, or is about to; other lines tell where.
    Job,
    /// The final word on the job.
    Last,
}

/// What a closing line says.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Closing {
    /// How the job ended, unless a later line contradicts it.
    pub outcome: Outcome,
    /// The exit code, where the line names one.
    pub exit_code: Option<i64>,
    /// How much it decides.
    pub reach: Reach,
    /// Who alone writes such a line; [`Dialect::Plain`] if several do.
    pub by: Dialect,
}

impl Closing {
    /// Builds a closing of no system in particular.
    pub fn new(outcome: Outcome, exit_code: Option<i64>, reach: Reach) -> Self {
        Self {
            outcome,
            exit_code,
            reach,
            by: Dialect::Plain,
        }
    }
}

/// The mark of an error, of Azure Pipelines and of GitHub.
pub const ERROR: &str = "##[error]";

/// The text before the exit code, the text behind it, and who alone writes it so.
const COMMAND_FAILED: &[(&str, &str, Dialect)] = &[
    ("##[error]Bash exited with code '", "'.", Dialect::Azure),
    (
        "##[error]PowerShell exited with code '",
        "'.",
        Dialect::Azure,
    ),
    ("##[error]Cmd.exe exited with code '", "'.", Dialect::Azure),
    ("Exited with code exit status ", "", Dialect::Circleci),
    // CircleCI, and tools that start others.
    ("Exited with code ", "", Dialect::Plain),
    ("CircleCI received exit code ", "", Dialect::Circleci),
    (
        "🚨 Error: The command exited with status ",
        "",
        Dialect::Buildkite,
    ),
    // AppVeyor, and tools that start others.
    ("Command exited with code ", "", Dialect::Plain),
    // Patchew tests patches that are sent to a mailing list.
    ("Test command exited with code: ", "", Dialect::Patchew),
];

/// Whole lines, and who alone writes them.
const WORDS: &[(&str, Outcome, Reach, Dialect)] = &[
    (
        "Finished: SUCCESS",
        Outcome::Succeeded,
        Reach::Last,
        Dialect::Jenkins,
    ),
    (
        "Finished: FAILURE",
        Outcome::Failed,
        Reach::Last,
        Dialect::Jenkins,
    ),
    (
        "Finished: UNSTABLE",
        Outcome::Failed,
        Reach::Last,
        Dialect::Jenkins,
    ),
    (
        "Finished: ABORTED",
        Outcome::Canceled,
        Reach::Last,
        Dialect::Jenkins,
    ),
    (
        "Cancelling nested steps due to timeout",
        Outcome::TimedOut,
        Reach::Job,
        Dialect::Jenkins,
    ),
    (
        "Done: Job Cancelled",
        Outcome::Canceled,
        Reach::Last,
        Dialect::Travis,
    ),
    (
        "The job exceeded the maximum time limit for jobs, and has been terminated.",
        Outcome::TimedOut,
        Reach::Job,
        Dialect::Travis,
    ),
    (
        "Failing build: Failed to build site",
        Outcome::Failed,
        Reach::Job,
        Dialect::Netlify,
    ),
    (
        "##[error]The task has timed out.",
        Outcome::TimedOut,
        Reach::Command,
        Dialect::Azure,
    ),
];

/// How lines begin that are no closing ones, but of one system only: the marks of Jenkins' pipelines, the headings of
/// Travis' worker and of CircleCI's agent.
const SIGNS: &[(&str, Dialect)] = &[
    ("[Pipeline] ", Dialect::Jenkins),
    ("Build system information", Dialect::Travis),
    ("Build-agent version ", Dialect::Circleci),
];

/// The system that such a sign is of.
pub fn sign(line: &str) -> Option<Dialect> {
    let line = behind_time(line);
    let sign = SIGNS.iter().find(|(begin, _)| line.starts_with(begin));
    sign.map(|(_, dialect)| *dialect)
}

/// Jenkins may put the time before each line; Netlify always does.
fn behind_time(line: &str) -> &str {
    let time = stamp::twelve_hours(line.as_bytes());
    &line[time.unwrap_or_else(|| stamp::time_of_day(line.as_bytes()))..]
}

/// Reads a closing line; `None` for any other line.
pub fn closing(line: &str) -> Option<Closing> {
    let line = behind_time(line).trim_end();
    let says = |outcome, exit_code, reach, by| {
        Some(Closing {
            by,
            ..Closing::new(outcome, exit_code, reach)
        })
    };
    if let Some((_, outcome, reach, by)) = WORDS.iter().find(|(word, ..)| *word == line) {
        return says(*outcome, None, *reach, *by);
    }
    let failed = |code: i64, reach, by| match code {
        0 => None,
        _ => says(Outcome::Failed, Some(code), reach, by),
    };
    let failing = COMMAND_FAILED.iter().find_map(|(before, behind, by)| {
        let code = line.strip_prefix(before)?.strip_suffix(behind)?;
        Some((code.parse::<i64>().ok()?, *by))
    });
    let of_process = || Some((azure_process(line)?, Dialect::Azure));
    if let Some((code, by)) = failing.or_else(of_process) {
        return failed(code, Reach::Command, by);
    }
    match line.split_whitespace().next()? {
        // Travis: `The command "make test" exited with 2.`
        "The" if line.starts_with("The command \"") => {
            failed(travis::exit_code(line)?, Reach::Command, Dialect::Travis)
        }
        // The end of a command of several lines.
        "\"" => failed(travis::exit_code(line)?, Reach::Command, Dialect::Plain),
        "Done." => {
            let code = line.strip_prefix("Done. Your build exited with ")?;
            match code.strip_suffix('.')?.parse().ok()? {
                0 => says(Outcome::Succeeded, None, Reach::Last, Dialect::Travis),
                code => says(Outcome::Failed, Some(code), Reach::Last, Dialect::Travis),
            }
        }
        "No" if line.starts_with("No output has been received in the last ") => {
            says(Outcome::TimedOut, None, Reach::Job, Dialect::Travis)
        }
        // CircleCI
        "Too" if line.starts_with("Too long with no output (exceeded ") => {
            says(Outcome::TimedOut, None, Reach::Command, Dialect::Circleci)
        }
        // Jenkins
        "Build"
            if line.starts_with("Build step '") && line.ends_with("' marked build as failure") =>
        {
            says(Outcome::Failed, None, Reach::Job, Dialect::Jenkins)
        }
        "Build" if line.starts_with("Build timed out (after ") => {
            says(Outcome::TimedOut, None, Reach::Job, Dialect::Jenkins)
        }
        "ERROR:" => {
            if let Some(code) = line.strip_prefix("ERROR: script returned exit code ") {
                return failed(integer(code)?, Reach::Job, Dialect::Jenkins);
            }
            let step = line.strip_prefix("ERROR: build step ")?;
            let (_, code) = step.split_once(" failed: step exited with non-zero status: ")?;
            failed(integer(code)?, Reach::Job, Dialect::Cloudbuild)
        }
        _ if line.starts_with("##[error]The job running on agent ")
            && line.contains(" ran longer than the maximum time of ") =>
        {
            says(Outcome::TimedOut, None, Reach::Job, Dialect::Azure)
        }
        _ => failed(of_local_job(line)?, Reach::Job, Dialect::Plain),
    }
}

/// `lint finished in 1.2 s  FAIL 1` (gitlab-ci-local).
fn of_local_job(line: &str) -> Option<i64> {
    let (job, code) = line.rsplit_once(" FAIL ")?;
    let (_, time) = job.trim_end().rsplit_once(" finished in ")?;
    let timed = time.starts_with(|c: char| c.is_ascii_digit()) && time.ends_with(['s', 'm']);
    integer(code).filter(|code| timed && (0..256).contains(code))
}

/// What act, or a runner built on it, says about a job.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Act<'t> {
    /// A step begins.
    Runs(&'t str),
    /// The step that fails in the next line was allowed to.
    GoesOn,
    /// A step failed.
    Failed,
    /// The job ended.
    Ended(Outcome),
}

/// The stages of a step.
const STAGES: &[&str] = &["Pre ", "Main ", "Post "];

/// Reads a line of act, `[workflow/job] 🏁  Job failed`: the job's name, padded or missing, and what is said
/// about it.
pub fn act(line: &str) -> Option<(&str, Act<'_>)> {
    let line = line.trim_end();
    let (job, said) = match prefix::act_job(line.as_bytes()) {
        Some((name, len)) => (&line[1..=name.len()], line.get(len..)?),
        None => ("", line),
    };
    // Without the job's name, only the complete form is certain.
    let step = |step: &str| !job.is_empty() || STAGES.iter().any(|s| step.starts_with(s));
    let says = match said {
        "🏁  Job succeeded" => Act::Ended(Outcome::Succeeded),
        "🏁  Job failed" => Act::Ended(Outcome::Failed),
        "Failed but continue next step" => Act::GoesOn,
        _ => match said.strip_prefix("  ❌  Failure - ") {
            Some(name) => step(name).then_some(Act::Failed)?,
            None => {
                let name = said.strip_prefix("⭐ Run ").filter(|name| step(name))?;
                Act::Runs(name.strip_prefix("Main ").unwrap_or(name))
            }
        },
    };
    Some((job.trim_end(), says))
}

/// The exit code in the line that act prints behind a failed step: `[workflow/job] exitcode '2': failure`.
pub fn act_code(line: &str) -> Option<i64> {
    let at = prefix::act_job(line.as_bytes()).map_or(0, |(_, len)| len);
    let code = line.get(at..)?.strip_prefix("exitcode '")?;
    code.trim_end().strip_suffix("': failure")?.parse().ok()
}

/// Whether only Azure Pipelines writes such a line. Its other marks look like GitHub's.
pub fn is_azure(line: &str) -> bool {
    let ends = || {
        let mut said = COMMAND_FAILED
            .iter()
            .filter(|(before, ..)| before.starts_with(ERROR));
        line.starts_with(ERROR) && said.any(|(before, ..)| line.starts_with(before))
    };
    // GitHub's runner of 2020 and 2021 began its logs with this.
    let github = |section: &str| section.ends_with("Request a runner to run this job");
    line.strip_prefix("##[section]")
        .is_some_and(|section| !github(section))
        || ends()
        || azure_process(line).is_some()
}

/// The exit code in `##[error]Exit code 137 returned from process: file name '/usr/bin/docker', arguments …`
/// (Azure Pipelines, when the task itself died).
fn azure_process(line: &str) -> Option<i64> {
    let said = line.strip_prefix("##[error]Exit code ")?;
    integer(said.split_once(" returned from process: file name '")?.0)
}

/// The task that Azure Pipelines starts (`Some(Some(name))`) or finishes (`Some(None)`) in this line.
pub fn azure_task(line: &str) -> Option<Option<&str>> {
    let section = line.strip_prefix("##[section]")?;
    Some(section.strip_prefix("Starting: ").map(str::trim_end))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn read(line: &str) -> Option<(Outcome, Option<i64>, Reach)> {
        closing(line).map(|c| (c.outcome, c.exit_code, c.reach))
    }

    #[test]
    fn each_system_has_its_last_words() {
        use Outcome::{Canceled, Failed, Succeeded, TimedOut};
        let cases = [
            ("Finished: FAILURE", Failed, None, Reach::Last),
            (
                "lint finished in 1.2 s  FAIL 3",
                Failed,
                Some(3),
                Reach::Job,
            ),
            ("Finished: SUCCESS", Succeeded, None, Reach::Last),
            ("Finished: ABORTED", Canceled, None, Reach::Last),
            (
                "ERROR: script returned exit code 2",
                Failed,
                Some(2),
                Reach::Job,
            ),
            (
                "Build step 'Execute shell' marked build as failure",
                Failed,
                None,
                Reach::Job,
            ),
            (
                "Build timed out (after 10 minutes). Marking the build as failed.",
                TimedOut,
                None,
                Reach::Job,
            ),
            (
                "##[error]Bash exited with code '1'.",
                Failed,
                Some(1),
                Reach::Command,
            ),
            (
                "##[error]Exit code 137 returned from process: file name '/usr/bin/docker', arguments 'exec -i x'.",
                Failed,
                Some(137),
                Reach::Command,
            ),
            (
                "The command \"make \"all\"\" exited with 2.",
                Failed,
                Some(2),
                Reach::Command,
            ),
            (
                "The command \"npm ci\" failed and exited with 1 during .",
                Failed,
                Some(1),
                Reach::Command,
            ),
            ("\" exited with 1.", Failed, Some(1), Reach::Command),
            (
                "Done. Your build exited with 1.",
                Failed,
                Some(1),
                Reach::Last,
            ),
            (
                "Done. Your build exited with 0.",
                Succeeded,
                None,
                Reach::Last,
            ),
            (
                "Exited with code exit status 137",
                Failed,
                Some(137),
                Reach::Command,
            ),
            (
                "Too long with no output (exceeded 10m0s): context deadline exceeded",
                TimedOut,
                None,
                Reach::Command,
            ),
            (
                "🚨 Error: The command exited with status 1",
                Failed,
                Some(1),
                Reach::Command,
            ),
            (
                "ERROR: build step 1 \"registry.example.com/go\" failed: step exited with non-zero status: 3",
                Failed,
                Some(3),
                Reach::Job,
            ),
        ];
        for (line, outcome, code, reach) in cases {
            assert_eq!(read(line), Some((outcome, code, reach)), "{line}");
        }
    }

    #[test]
    fn lines_of_one_system_name_it() {
        let by = |line: &str| closing(line).map(|c| c.by).or_else(|| sign(line));
        for (line, dialect) in [
            ("Finished: FAILURE", Some(Dialect::Jenkins)),
            ("15:40:07  [Pipeline] sh", Some(Dialect::Jenkins)),
            ("ERROR: script returned exit code 2", Some(Dialect::Jenkins)),
            ("##[error]Bash exited with code '1'.", Some(Dialect::Azure)),
            ("The command \"make\" exited with 2.", Some(Dialect::Travis)),
            ("Build system information", Some(Dialect::Travis)),
            ("Exited with code exit status 1", Some(Dialect::Circleci)),
            ("Build-agent version 1.0.9-abc", Some(Dialect::Circleci)),
            (
                "🚨 Error: The command exited with status 1",
                Some(Dialect::Buildkite),
            ),
            (
                "ERROR: build step 1 \"go\" failed: step exited with non-zero status: 3",
                Some(Dialect::Cloudbuild),
            ),
            // Several say so.
            ("Exited with code 1", Some(Dialect::Plain)),
            ("Command exited with code 1", Some(Dialect::Plain)),
            ("see [Pipeline] sh", None),
        ] {
            assert_eq!(by(line), dialect, "{line}");
        }
    }

    #[test]
    fn what_tools_say_is_no_last_word() {
        for line in [
            "The command \"true\" exited with 0.",
            "npm error command exited with code 1",
            "Finished: SUCCESS with warnings",
            "the suite finished in total FAIL 3",
            "lint finished in 1.2 s  FAIL 0",
            "Exited with code 0",
            "CircleCI received exit code 0",
            "ERROR: script returned nothing",
            "The command \"x\" is unknown.",
            "\" exited with 0.",
            "Done. 3 files written.",
            "No output",
        ] {
            assert_eq!(read(line), None, "{line}");
        }
    }

    #[test]
    fn act_speaks_of_steps_and_jobs() {
        let failed = Act::Ended(Outcome::Failed);
        assert_eq!(act("[ci/build] 🏁  Job failed"), Some(("ci/build", failed)));
        assert_eq!(
            act("[a b/build  ] 🏁  Job failed "),
            Some(("a b/build", failed))
        );
        assert_eq!(act("🏁  Job failed"), Some(("", failed)));
        let succeeded = Act::Ended(Outcome::Succeeded);
        assert_eq!(act("[ci/b] 🏁  Job succeeded"), Some(("ci/b", succeeded)));
        assert_eq!(
            act("[ci/b] ⭐ Run Main npm ci"),
            Some(("ci/b", Act::Runs("npm ci")))
        );
        assert_eq!(
            act("[ci/b] ⭐ Run Post npm ci"),
            Some(("ci/b", Act::Runs("Post npm ci")))
        );
        assert_eq!(
            act("[ci/b]   ❌  Failure - Main npm ci [1.2s]"),
            Some(("ci/b", Act::Failed))
        );
        assert_eq!(
            act("[ci/b] Failed but continue next step"),
            Some(("ci/b", Act::GoesOn))
        );
        for line in [
            "[ci/b]   | 🏁  Job failed",
            "[ci/b]   ✅  Success - Main npm ci",
            "[b] 🏁  Job failed",
            "🏁  Job failed to start",
            "❌  Failure - Main npm ci",
            "  ❌  Failure - of the tests",
            "⭐ Run the tests",
        ] {
            assert_eq!(act(line), None, "{line}");
        }
        assert_eq!(act_code("[ci/b] exitcode '2': failure"), Some(2));
        assert_eq!(act_code("[ci/b] exitcode 2"), None);
    }

    #[test]
    fn the_time_before_a_last_word_is_no_part_of_it() {
        let failed = Some((Outcome::Failed, None, Reach::Last));
        assert_eq!(read("15:40:07  Finished: FAILURE"), failed);
        assert_eq!(read("15:40 Finished: FAILURE"), None);
        let netlify = Some((Outcome::Failed, None, Reach::Job));
        let said = "Failing build: Failed to build site";
        assert_eq!(read(&format!("9:40:07 PM: {said}")), netlify);
        assert_eq!(read(&format!("he said: {said}")), None);
    }

    #[test]
    fn azure_names_its_tasks() {
        assert_eq!(
            azure_task("##[section]Starting: Run tests"),
            Some(Some("Run tests"))
        );
        assert_eq!(azure_task("##[section]Finishing: Run tests"), Some(None));
        assert!(is_azure("##[section]Finishing: Run tests"));
        assert!(is_azure("##[error]PowerShell exited with code '1'."));
        assert!(!is_azure("##[error]Process completed with exit code 1."));
        assert!(!is_azure(
            "##[section]Starting: Request a runner to run this job"
        ));
        assert!(!is_azure("Exited with code 1"));
        assert_eq!(azure_task("##[group]Run tests"), None);
    }
}
