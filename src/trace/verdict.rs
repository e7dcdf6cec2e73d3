//! The closing line of a job: `Job succeeded` or `ERROR: Job failed…` (runner: common/build.go and the executors).

use crate::model::Outcome;

/// A closing line, parsed.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Parsed {
    /// How the job ended.
    pub outcome: Outcome,
    /// The exit code, where it names one that is not masked.
    pub exit_code: Option<i64>,
    /// `(system failure)`: the environment failed, not the script.
    pub system_failure: bool,
}

/// Reads a closing line; `None` for any other.
pub fn gitlab(line: &str) -> Option<Parsed> {
    let line = line.trim_end();
    if line == "Job succeeded" {
        return Some(Parsed {
            outcome: Outcome::Succeeded,
            exit_code: None,
            system_failure: false,
        });
    }
    let (system_failure, reason) = of_failure(line)?;
    Some(Parsed {
        outcome: outcome(reason),
        exit_code: exit_code(reason),
        system_failure,
    })
}

/// The reason in a closing line of failure, and whether it was a system failure.
fn of_failure(line: &str) -> Option<(bool, &str)> {
    if let Some(reason) = of_old_runner(line) {
        return Some((false, reason));
    }
    let rest = line.strip_prefix("ERROR: Job failed")?;
    let (system_failure, rest) = match rest.strip_prefix(" (system failure)") {
        Some(rest) => (true, rest),
        None => (false, rest),
    };
    Some((system_failure, rest.strip_prefix(':')?.trim()))
}

/// The reason in the words of runners before 9.0 (`ERROR: Build failed: exit status 1`, `… failed with: exit code 1`; runner 1.11:
/// common/build.go). Other tools begin so as well: only how a script ended is read.
fn of_old_runner(line: &str) -> Option<&str> {
    let rest = line.strip_prefix("ERROR: Build failed")?;
    let reason = rest.strip_prefix(" with").unwrap_or(rest);
    let reason = reason.strip_prefix(": ")?;
    let code = ["exit code ", "exit status "]
        .iter()
        .find_map(|words| reason.strip_prefix(words))
        .or_else(|| over_ssh(reason))
        .or_else(|| out_of_time(reason))?;
    (!code.is_empty() && code.bytes().all(|b| b.is_ascii_digit())).then_some(reason)
}

/// The exit code in the words of the library by which old runners called a script over SSH
/// (`Process exited with: 1. Reason was:  ()`; golang.org/x/crypto/ssh/session.go).
fn over_ssh(reason: &str) -> Option<&str> {
    let rest = reason.strip_prefix("Process exited with: ")?;
    rest.split_once(". Reason was: ").map(|(code, _)| code)
}

/// The seconds in the words of old runners for a job that ran out of time (`execution took longer than 3600 seconds`).
fn out_of_time(reason: &str) -> Option<&str> {
    let rest = reason.strip_prefix("execution took longer than ")?;
    rest.strip_suffix(" seconds")
}

/// Whether GitLab's closing line gives a reason of its own, beyond how the script or one of the runner's
/// programs ended (`ERROR: Job failed (system failure): pod "runner-x" is disrupted: …`).
pub fn says_why(line: &str) -> bool {
    const ENDED: &[&str] = &[
        "exit code",
        "exit status",
        "exited with",
        " from signal ",
        "timed out waiting",
    ];
    const OF_SCRIPTS: &[&str] = &["prepare environment: ", "failed to pull image "];
    of_failure(line.trim()).is_some_and(|(system, reason)| {
        let known = system || OF_SCRIPTS.iter().any(|words| reason.starts_with(words));
        let ended = ENDED.iter().any(|words| reason.contains(words));
        // A paste may have cut the line off.
        let whole = !reason.ends_with(':') || reason.contains(": ");
        known && !ended && whole && !reason.is_empty() && outcome(reason) == Outcome::Failed
    })
}

fn outcome(reason: &str) -> Outcome {
    const TIMEOUTS: &[&str] = &[
        "execution took longer than ",
        "script timeout: ",
        "prepare timeout: exceeded timeout",
        "get sources timeout: exceeded timeout",
        "step_script timeout",
    ];
    if reason == "canceled" {
        Outcome::Canceled
    } else if TIMEOUTS.iter().any(|t| reason.contains(t)) {
        Outcome::TimedOut
    } else {
        Outcome::Failed
    }
}

/// The exit code in a reason. Every executor words it differently.
fn exit_code(reason: &str) -> Option<i64> {
    if let Some((_, signal)) = reason.split_once(" from signal ") {
        return signal_number(signal.trim()).map(|n| 128 + n);
    }
    [
        "exit code ",
        "exit code: ",
        "exit status ",
        "exited with status ",
        "exited with: ",
    ]
    .iter()
    .filter_map(|words| {
        reason
            .rfind(words)
            .map(|at| (at, &reason[at + words.len()..]))
    })
    .max_by_key(|(at, _)| *at)
    .and_then(|(_, number)| integer(number))
}

pub(super) fn integer(text: &str) -> Option<i64> {
    if let Some(hex) = text.strip_prefix("0x") {
        let end = hex
            .find(|c: char| !c.is_ascii_hexdigit())
            .unwrap_or(hex.len());
        return i64::from_str_radix(&hex[..end], 16).ok();
    }
    let sign = usize::from(text.starts_with('-'));
    let end = text[sign..]
        .find(|c: char| !c.is_ascii_digit())
        .map_or(text.len(), |k| k + sign);
    text[..end].parse().ok()
}

fn signal_number(name: &str) -> Option<i64> {
    let known = [
        ("HUP", 1),
        ("INT", 2),
        ("QUIT", 3),
        ("ILL", 4),
        ("TRAP", 5),
        ("ABRT", 6),
        ("BUS", 7),
        ("FPE", 8),
        ("KILL", 9),
        ("USR1", 10),
        ("SEGV", 11),
        ("USR2", 12),
        ("PIPE", 13),
        ("ALRM", 14),
        ("TERM", 15),
    ];
    known
        .iter()
        .find(|(signal, _)| name.starts_with(signal))
        .map(|(_, n)| *n)
}

/// `Process completed with exit code 2.`: the closing line of a failed step on GitHub Actions.
pub fn github(content: &str) -> Option<i64> {
    let rest = content
        .trim_end()
        .strip_prefix("Process completed with exit code ")?;
    rest.strip_suffix('.').unwrap_or(rest).parse().ok()
}

/// The exit code in `Docker pull failed with exit code 1`, which the runner prints if it cannot set up a
/// container (runner: ContainerOperationProvider.cs, ContainerActionHandler.cs). A pull that is retried is
/// only a warning.
fn of_container(message: &str) -> Option<i64> {
    let said = message.strip_prefix("Docker ")?;
    let (_, code) = said.split_once(" failed with exit code ")?;
    code.trim_end_matches('.').parse().ok()
}

/// What an error of GitHub Actions says about its step.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Github {
    /// The script ended with that code.
    ExitCode(i64),
    /// Somebody, or something, canceled the job.
    Canceled,
    /// The machine was shut down.
    Shutdown,
    /// The step, or the job, ran out of time.
    TimedOut,
    /// Any other message of a tool. The step need not have failed.
    Something,
}

impl Github {
    /// Whether this closing error of a step explains the other.
    pub fn outranks(self, other: Self) -> bool {
        let rank = |says| match says {
            Github::Something => 0,
            // Codes of a process that was told to stop.
            Github::ExitCode(130 | 137 | 143) => 1,
            Github::Canceled => 2,
            Github::ExitCode(_) => 3,
            Github::Shutdown => 4,
            Github::TimedOut => 5,
        };
        rank(self) > rank(other)
    }
}

/// Reads the message of an error (runner: JobRunner.cs, StepsRunner.cs, ProcessInvoker's callers).
pub fn github_says(message: &str) -> Github {
    let message = message.trim_end();
    if let Some(code) = github(message).or_else(|| of_container(message)) {
        Github::ExitCode(code)
    } else if message.contains(" has exceeded the maximum execution time of ")
        || (message.starts_with("The action '") && message.contains("' has timed out after "))
    {
        Github::TimedOut
    } else if message.starts_with("The runner has received a shutdown signal.")
        || message.contains(" lost communication with the server.")
    {
        Github::Shutdown
    } else if message == "The operation was canceled." {
        Github::Canceled
    } else {
        Github::Something
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_executor_has_its_own_words() {
        let cases = [
            ("exit code 1", Some(1)),
            ("exit status 2", Some(2)),
            ("exit status 0xc000013a", Some(0xc000_013a)),
            ("exit status -1", Some(-1)),
            ("command terminated with exit code 137", Some(137)),
            ("Process exited with status 255", Some(255)),
            ("Process exited with status 143 from signal TERM", Some(143)),
            ("step user_script: exit code 3", Some(3)),
            (
                "step \"user_script\": exec: executing script: exit status 4",
                Some(4),
            ),
            ("run exit (exit code: 5)", Some(5)),
            ("exit code [MASKED]", None),
            ("execution took longer than 1h0m0s seconds", None),
        ];
        for (reason, code) in cases {
            let parsed = gitlab(&format!("ERROR: Job failed: {reason}")).unwrap();
            assert_eq!(parsed.exit_code, code, "{reason}");
            assert!(!parsed.system_failure);
        }
    }

    #[test]
    fn outcomes_are_told_apart() {
        let outcome = |line: &str| gitlab(line).map(|p| p.outcome);
        assert_eq!(outcome("Job succeeded"), Some(Outcome::Succeeded));
        assert_eq!(
            outcome("ERROR: Job failed: canceled"),
            Some(Outcome::Canceled)
        );
        assert_eq!(
            outcome("ERROR: Job failed: execution took longer than 1h0m0s seconds"),
            Some(Outcome::TimedOut)
        );
        assert_eq!(
            outcome("ERROR: Job failed (system failure): aborted: terminated"),
            Some(Outcome::Failed)
        );
        assert!(
            gitlab("ERROR: Job failed (system failure): aborted: terminated")
                .unwrap()
                .system_failure
        );
        assert_eq!(outcome("Job succeeded?"), None);
        assert_eq!(outcome("see ERROR: Job failed: x"), None);
        for line in [
            "ERROR: Build failed: exit status 2",
            "ERROR: Build failed with: exit code 2",
            "ERROR: Build failed: Process exited with: 2. Reason was:  ()",
        ] {
            assert_eq!(gitlab(line).and_then(|p| p.exit_code), Some(2), "{line}");
        }
        assert_eq!(
            outcome("ERROR: Build failed: execution took longer than 3600 seconds"),
            Some(Outcome::TimedOut)
        );
        for line in [
            "ERROR: Build failed: execution took longer than usual",
            "ERROR: Build failed: no such target",
            "ERROR: Build failed: exit code 2, see above",
            "ERROR: Build failed: Process exited with: 2",
            "ERROR: Build failed",
        ] {
            assert_eq!(gitlab(line), None, "{line}");
        }
    }

    #[test]
    fn github_names_the_code() {
        assert_eq!(github("Process completed with exit code 127."), Some(127));
        assert_eq!(github("Process completed"), None);
    }

    #[test]
    fn a_reason_is_told_from_how_something_ended() {
        for line in [
            "ERROR: Job failed (system failure): no room in the pool (executor.go:1:0s)",
            "  ERROR: Job failed: failed to pull image \"a\": no such host",
        ] {
            assert!(says_why(line), "{line}");
        }
        for line in [
            "ERROR: Job failed: exit code 1",
            "ERROR: Job failed: exit status 1",
            "ERROR: Job failed: Process exited with status 2",
            "ERROR: Job failed: prepare environment:",
            "ERROR: Job failed: process returned 1",
            "ERROR: Job failed: execution took longer than 1h0m0s seconds",
            "ERROR: Job failed (system failure): prepare environment: timed out waiting for pod to start",
            "Job succeeded",
        ] {
            assert!(!says_why(line), "{line}");
        }
    }
}
