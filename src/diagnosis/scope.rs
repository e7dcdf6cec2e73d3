//! Steps that are for one executor or for GitLab only: where the job ran elsewhere, they come last.

use crate::model::{Dialect, JobFacts};

/// How such a step begins (in English), and its executor. Names of executors may go on: `docker+machine`.
const SCOPES: &[(&str, &str)] = &[
    ("Docker executor", "docker"),
    ("For the docker executor", "docker"),
    ("Kubernetes:", "kubernetes"),
    ("Kubernetes executor", "kubernetes"),
    ("On a Kubernetes ", "kubernetes"),
    ("On Kubernetes", "kubernetes"),
    ("Runner on Kubernetes", "kubernetes"),
    ("On a shell runner", "shell"),
    ("On the shell executor", "shell"),
    ("Shell executor", "shell"),
    ("Shell runner", "shell"),
];

/// Only GitLab, its runner and its executors have these.
const GITLABS: &[&str] = &[
    ".gitlab-ci.yml",
    "[runners.",
    "[[runners",
    "in config.toml",
    "in `config.toml",
    "(config.toml",
    "runner's config.toml",
    "gitlab-runner",
    "CI_JOB_TOKEN",
    "Job token",
    "job token",
    "GET_SOURCES_ATTEMPTS",
    "Docker executor",
    "docker executor",
    "Kubernetes executor",
    "Shell executor",
    "shell executor",
];

/// How a step begins that goes on with the one above it, and stays there.
const GOES_ON: &[&str] = &["And ", "Else ", "Or ", "Otherwise", "Then ", "With it "];

/// The places of the steps in the order in which they are told.
pub(super) fn order(steps: &[String], facts: &JobFacts) -> Vec<usize> {
    let executor = facts.runner.executor.as_deref();
    let elsewhere = !matches!(facts.dialect, Dialect::Gitlab | Dialect::Plain);
    let mut foreign = false;
    let (own, foreign): (Vec<usize>, Vec<usize>) = (0..steps.len()).partition(|&place| {
        let step = &steps[place];
        if !GOES_ON.iter().any(|words| step.starts_with(words)) {
            foreign = of_other_executor(step, executor) || elsewhere && is_gitlabs(step);
        }
        !foreign
    });
    own.into_iter().chain(foreign).collect()
}

/// Whether a step begins with an executor that is not the job's.
fn of_other_executor(step: &str, executor: Option<&str>) -> bool {
    let scope = SCOPES.iter().find(|(words, _)| step.starts_with(words));
    executor
        .zip(scope)
        .is_some_and(|(executor, (_, own))| !executor.starts_with(own))
}

/// Whether the first part of a step names what only GitLab has. Further parts may be for others.
fn is_gitlabs(step: &str) -> bool {
    let first = step.split("; ").next().unwrap_or(step);
    GITLABS.iter().any(|words| first.contains(words))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn steps_of_another_executor_come_last() {
        let steps = [
            "On Kubernetes raise the limit of the pod.",
            "Retry the job.",
            "Shell executor: clean the host.",
            "Docker executor: set `memory`.",
        ]
        .map(str::to_owned);
        let order = |steps: &[String], executor: Option<&str>| {
            let mut facts = JobFacts::default();
            facts.runner.executor = executor.map(str::to_owned);
            order(steps, &facts)
        };
        assert_eq!(order(&steps, None), [0, 1, 2, 3]);
        assert_eq!(order(&steps, Some("kubernetes")), [0, 1, 2, 3]);
        assert_eq!(order(&steps, Some("docker+machine")), [1, 3, 0, 2]);
        assert_eq!(order(&steps, Some("shell")), [1, 2, 0, 3]);
        assert_eq!(order(&steps, Some("ssh")), [1, 0, 2, 3]);
    }

    #[test]
    fn steps_of_gitlab_come_last_elsewhere() {
        let steps = [
            "Raise it: `memory = \"4g\"` in `[runners.docker]`.",
            "Give it the token: `$CI_JOB_TOKEN`.",
            "And allow this project in the settings of the other.",
            "Use less: `-Xmx1g`; or `memory` in config.toml.",
            "Declare it in `.cargo/config.toml`.",
            "Set `GET_SOURCES_ATTEMPTS: 3`.",
            "On the Kubernetes executor `localhost` works.",
            "Run it again.",
        ]
        .map(str::to_owned);
        let order = |dialect| {
            let facts = JobFacts {
                dialect,
                ..JobFacts::default()
            };
            order(&steps, &facts)
        };
        let own = [0, 1, 2, 3, 4, 5, 6, 7];
        assert_eq!(order(Dialect::Gitlab), own);
        assert_eq!(order(Dialect::Plain), own);
        let elsewhere = [3, 4, 7, 0, 1, 2, 5, 6];
        assert_eq!(order(Dialect::Github), elsewhere);
        assert_eq!(order(Dialect::Jenkins), elsewhere);
    }
}
