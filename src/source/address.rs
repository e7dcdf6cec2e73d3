//! Recognises a web address in place of a file name, which many people try first. Nothing is fetched; a
//! problem says which tool fetches it.

use std::path::Path;

use crate::model::Problem;

/// The problem to report for a path that is an address; `None` for any other path.
///
/// The numbers are those of the job pages of GitLab and GitHub: `…/-/jobs/8123`, `…/actions/runs/8123/job/24`.
pub fn problem(path: &Path) -> Option<Problem> {
    let address = path.to_str()?;
    let (scheme, rest) = address.split_once("://")?;
    let known = ["http", "https"]
        .iter()
        .any(|known| scheme.eq_ignore_ascii_case(known));
    if !known || rest.is_empty() {
        return None;
    }
    let hint = match (number(rest, "/-/jobs/"), number(rest, "/actions/runs/")) {
        (Some(job), _) => format!("in the project's checkout: `glab ci trace {job} | jobtriage`"),
        (None, Some(run)) => {
            format!("in the checkout: `gh run view {run} --log-failed | jobtriage`")
        }
        (None, None) => "pipe the log in: `curl -fsSL ADDRESS | jobtriage`; a job's: `glab ci trace ID`, `gh run view ID --log-failed`".to_owned(),
    };
    Some(Problem {
        source: address.to_owned(),
        message: "is an address, and nothing is fetched".to_owned(),
        hint: Some(hint),
    })
}

/// The digits behind a part of an address.
fn number<'a>(address: &'a str, part: &str) -> Option<&'a str> {
    let (_, rest) = address.split_once(part)?;
    let digits = rest.bytes().take_while(u8::is_ascii_digit).count();
    let ends = matches!(rest.as_bytes().get(digits), None | Some(b'/' | b'?' | b'#'));
    (digits > 0 && ends).then(|| &rest[..digits])
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_fetches_it_is_named() {
        for (address, what) in [
            (
                "https://git.example.com/a/b/-/jobs/8123",
                "glab ci trace 8123 |",
            ),
            (
                "https://git.example.com/a/b/-/jobs/8123/raw",
                "glab ci trace 8123 |",
            ),
            (
                "https://github.com/a/b/actions/runs/17/job/24?pr=3",
                "gh run view 17 --log-failed |",
            ),
            ("HTTP://files.example.com/job.log", "curl -fsSL ADDRESS |"),
            ("https://x/-/jobs/1;id", "curl -fsSL ADDRESS |"),
        ] {
            let problem = problem(Path::new(address)).expect(address);
            let hint = problem.hint.unwrap_or_default();
            assert!(hint.contains(what), "{address}: {hint}");
        }
        for name in ["job.log", "C:\\a\\b", "https:", "https://", "s3://a/b", ""] {
            assert_eq!(problem(Path::new(name)), None, "{name}");
        }
    }
}
