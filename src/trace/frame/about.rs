//! Reads what the top of a log says about the runner and the project.

use super::super::line::Line;
use super::stages::name_of;
use crate::model::Runner;

/// What is known so far.
#[derive(Debug, Default)]
pub(super) struct About {
    pub(super) runner: Runner,
    pub(super) project: Option<String>,
    /// The runner's header was the last line, so its name comes next.
    name_comes: bool,
}

impl About {
    /// Reads the first line of a block, in case the runner's header ended the block before.
    pub(super) fn resume(&mut self, line: &[u8]) {
        if std::mem::take(&mut self.name_comes) {
            self.runner_name(line);
        }
    }

    /// Reads a line at the top of a trace (runner: common/build.go, the executors' `Prepare`). Returns
    /// whether it is the first of them.
    pub(super) fn header(&mut self, text: &str, next: Option<&[u8]>) -> bool {
        let runner = &mut self.runner;
        // Its name before 10.0 was another.
        let begins = [
            "Running with gitlab-runner ",
            "Running with gitlab-ci-multi-runner ",
        ];
        if let Some(rest) = begins.iter().find_map(|words| text.strip_prefix(words)) {
            runner.version = rest
                .split_whitespace()
                .next()
                .map(|v| v.trim_start_matches('v').to_owned());
            self.name_comes = next.is_none();
            if let Some(next) = next {
                self.runner_name(next);
            }
            return true;
        }
        if let Some(rest) = text.strip_prefix("Preparing the \"")
            && let Some((executor, _)) = rest.split_once("\" executor")
        {
            runner.executor = Some(executor.to_ascii_lowercase());
        } else if let Some(rest) = text.strip_prefix("Using ")
            && let Some((executor, image)) = rest.split_once(" executor with image ")
        {
            if runner.executor.is_none() {
                runner.executor = executor
                    .split_whitespace()
                    .next()
                    .map(str::to_ascii_lowercase);
            }
            runner.image = Some(
                image
                    .trim_end_matches(" ...")
                    .trim_end_matches("...")
                    .trim_end()
                    .to_owned(),
            );
        } else if text.starts_with("Using Shell (") && runner.executor.is_none() {
            runner.executor = Some("shell".to_owned());
        } else if let Some(namespace) = text.strip_prefix("Using Kubernetes namespace: ") {
            runner.namespace = Some(namespace.trim().to_owned());
        } else if let Some(pod) = text.strip_prefix("Waiting for pod ")
            && let Some((namespace, rest)) = pod.split_once('/')
            && rest.contains(" to be running, status is ")
            && runner.executor.as_deref().is_none_or(|e| e == "kubernetes")
        {
            runner.executor = Some("kubernetes".to_owned());
            runner.namespace.get_or_insert_with(|| namespace.to_owned());
        }
        false
    }

    /// Reads the line below the runner's header: `on NAME TOKEN, system ID: …`.
    fn runner_name(&mut self, line: &[u8]) {
        let line = String::from_utf8_lossy(Line::new(line, false).text);
        let Some(name) = line.trim_start().strip_prefix("on ") else {
            return;
        };
        let name = name.split(", system ID").next().unwrap_or(name);
        // The last word is the short token.
        let name = name.rsplit_once(' ').map_or(name, |(name, _)| name);
        self.runner.name = Some(name_of(name).to_owned());
    }

    /// Reads the project from a line that the runner itself may have printed.
    pub(super) fn project_line(&mut self, text: &str) {
        self.project = project(text).map(|name| name_of(name).to_owned());
    }
}

/// The project that a line names: `Initialized empty Git repository in /builds/group/project/.git/` of GitLab
/// Runner, `Syncing repository: owner/name` of GitHub's checkout.
fn project(text: &str) -> Option<&str> {
    if let Some(name) = text.strip_prefix("Syncing repository: ") {
        return Some(name.trim()).filter(|name| name.contains('/'));
    }
    let (said, path) = text.split_once(" Git repository in /")?;
    if !matches!(said, "Initialized empty" | "Reinitialized existing") {
        return None;
    }
    let (_, path) = path.split_once("builds/")?;
    let path = path
        .trim_end()
        .trim_end_matches('/')
        .strip_suffix("/.git")?;
    // A shell executor puts two folders above the project: the runner's token and a number.
    let mut parts = path.splitn(3, '/');
    let (_, number, rest) = (parts.next()?, parts.next()?, parts.next());
    let concurrent = number.bytes().all(|b| b.is_ascii_digit()) && !number.is_empty();
    let path = rest
        .filter(|rest| concurrent && rest.contains('/'))
        .unwrap_or(path);
    path.contains('/').then_some(path)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn older_runners_and_pods_that_are_waited_for_tell_of_the_runner() {
        let mut about = About::default();
        assert!(about.header("Running with gitlab-ci-multi-runner 1.11.1 (a67a225)", None));
        assert_eq!(about.runner.version.as_deref(), Some("1.11.1"));
        about.header("Waiting for pod ci/runner-abc to be ready", None);
        assert_eq!(about.runner.executor, None);
        let waits = "Waiting for pod ci/runner-abc to be running, status is Pending";
        about.header(waits, None);
        assert_eq!(about.runner.executor.as_deref(), Some("kubernetes"));
        assert_eq!(about.runner.namespace.as_deref(), Some("ci"));
        // Words of a script that runs elsewhere.
        let mut about = About::default();
        about.header("Preparing the \"docker\" executor", None);
        about.header(waits, None);
        assert_eq!(about.runner.namespace, None);
    }
}
