//! Steps that are for one executor only: where the job ran on another, they come last.

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

/// The places of the steps in the order in which they are told.
pub(super) fn order(steps: &[String], executor: Option<&str>) -> Vec<usize> {
    let is_foreign = |step: &String| {
        let scope = SCOPES.iter().find(|(words, _)| step.starts_with(words));
        executor
            .zip(scope)
            .is_some_and(|(executor, (_, own))| !executor.starts_with(own))
    };
    let (foreign, own): (Vec<usize>, Vec<usize>) =
        (0..steps.len()).partition(|&place| is_foreign(&steps[place]));
    own.into_iter().chain(foreign).collect()
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
        assert_eq!(order(&steps, None), [0, 1, 2, 3]);
        assert_eq!(order(&steps, Some("kubernetes")), [0, 1, 2, 3]);
        assert_eq!(order(&steps, Some("docker+machine")), [1, 3, 0, 2]);
        assert_eq!(order(&steps, Some("shell")), [1, 2, 0, 3]);
        assert_eq!(order(&steps, Some("ssh")), [1, 0, 2, 3]);
    }
}
