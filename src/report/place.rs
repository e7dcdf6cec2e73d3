//! Where in the repository a finding points to, for the formats that show findings beside code.
//!
//! A log is no file of the repository. But many patterns capture the file (and the line) that a tool
//! complains of; what does not look like a path in the repository is left out rather than guessed.

use super::sanitize;
use crate::model::{Finding, LogReport};

/// Longest path that is believed.
const MOST_BYTES: usize = 300;

/// A place in the repository.
#[derive(Debug, PartialEq, Eq)]
pub(super) struct Place {
    /// Relative, with slashes.
    pub path: String,
    pub line: Option<u64>,
}

/// The file that a finding names.
pub(super) fn of(report: &LogReport, finding: &Finding) -> Option<Place> {
    let capture = |name: &str| finding.captures.get(name)?.as_deref();
    let path = relative(within(capture("file")?, report.project.as_deref()))?;
    let line = capture("line").and_then(|line| line.trim().parse().ok());
    Some(Place {
        path,
        line: line.filter(|line| *line > 0),
    })
}

/// A path below the checkout of the project, from there on: `/builds/group/app/src/a.c` (a shell executor's has the runner's token
/// and a number between); GitHub's runner has a folder for its work, and repeats the name in it.
fn within<'p>(path: &'p str, project: Option<&str>) -> &'p str {
    let Some(project) = project.filter(|_| path.starts_with('/')) else {
        return path;
    };
    let name = project.rsplit('/').next().unwrap_or(project);
    let of_gitlab = || {
        let (_, below) = path.split_once("/builds/")?;
        let rest = |below: &'p str| below.strip_prefix(project)?.strip_prefix('/');
        let of_shell = || {
            let (_, below) = below.split_once('/')?;
            let (number, below) = below.split_once('/')?;
            let counts = number.bytes().all(|b| b.is_ascii_digit());
            counts.then(|| rest(below)).flatten()
        };
        rest(below).or_else(of_shell)
    };
    let of_github = || {
        let twice = format!("{name}/{name}/");
        // On its own machines, on those of others, and in a container.
        ["work", "_work", "__w"].iter().find_map(|root| {
            let (_, below) = path.split_once(&format!("/{root}/"))?;
            below.strip_prefix(twice.as_str())
        })
    };
    of_gitlab().or_else(of_github).unwrap_or(path)
}

/// The path, if it can be one of the repository.
fn relative(path: &str) -> Option<String> {
    let mut path = path.trim();
    while let Some(rest) = path.strip_prefix("./") {
        path = rest;
    }
    let odd = |c: char| sanitize::is_hostile(c) || "\\:*?\"<>|$`{}'%#&;".contains(c);
    let parts = |part: &str| part.is_empty() || part == "." || part == ".." || part.ends_with(' ');
    let stream = ["stdin", "stdout", "stderr"].contains(&path);
    let fits = !path.is_empty()
        && !stream
        && path.len() <= MOST_BYTES
        && !path.starts_with(['/', '~', '-', ' '])
        && !path.contains(odd)
        && !path.split('/').any(parts);
    fits.then(|| path.to_owned())
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::report::testing::{clean, finding};

    #[test]
    fn only_what_can_be_in_the_repository() {
        for (path, taken) in [
            ("src/main.c", Some("src/main.c")),
            ("./Dockerfile", Some("Dockerfile")),
            ("docs/한국어 문서.md", Some("docs/한국어 문서.md")),
            ("@scope/x.ts", Some("@scope/x.ts")),
            ("/etc/passwd", None),
            ("../secret", None),
            ("a/../../b", None),
            ("C:\\x.c", None),
            ("https://example.com/x", None),
            ("~/x", None),
            ("$HOME/x", None),
            ("a\nb", None),
            ("<stdin>", None),
            ("stdin", None),
            ("a//b", None),
            ("", None),
        ] {
            assert_eq!(relative(path).as_deref(), taken, "{path}");
        }
    }

    #[test]
    fn a_path_below_the_checkout_is_one_of_the_repository() {
        for (path, there) in [
            ("/builds/group/app/src/a.c", "src/a.c"),
            ("/home/runner/work/app/app/src/a.c", "src/a.c"),
            ("/home/ci/builds/Ab3xYz/0/group/app/src/a.c", "src/a.c"),
            (
                "/opt/runner/_work/app/app/src/group/app/A.java",
                "src/group/app/A.java",
            ),
            ("/__w/app/app/a.c", "a.c"),
            ("/usr/include/group/app/a.h", "/usr/include/group/app/a.h"),
            ("src/group/app/a.c", "src/group/app/a.c"),
        ] {
            assert_eq!(within(path, Some("group/app")), there);
        }
        assert_eq!(
            within("/builds/group/app/a.c", None),
            "/builds/group/app/a.c"
        );
    }

    #[test]
    fn the_line_goes_with_the_file() {
        let mut finding = finding("a/b", 1, "x");
        let report = clean("a.log");
        assert_eq!(of(&report, &finding), None);
        let mut capture = |name: &str, value: Option<&str>| {
            let value = value.map(str::to_owned);
            finding.captures.insert(name.into(), value);
            of(&report, &finding)
        };
        assert_eq!(capture("line", Some("12")), None);
        let place = |line| {
            Some(Place {
                path: "a.c".into(),
                line,
            })
        };
        assert_eq!(capture("file", Some("a.c")), place(Some(12)));
        assert_eq!(capture("line", Some("0")), place(None));
        assert_eq!(capture("line", None), place(None));
    }
}
