//! Names of stages: which of them can fail the job, and the titles that open them.

use super::super::marker::STAGES;

/// Stages whose failure does not fail the job (runner: common/build.go).
const HARMLESS: &[&str] = &[
    "restore_cache",
    "archive_cache",
    "archive_cache_on_failure",
    "after_script",
    "upload_artifacts_on_failure",
    "cleanup_file_variables",
    // Travis CI. Its last phase has the same name as GitLab's.
    "after_failure",
    "after_success",
    POST_STEP,
];
/// GitHub's clean-up of the steps. A job never fails there first.
pub(super) const POST_STEP: &str = "post-job";
/// Longest name kept, of a section or a runner, in bytes.
const MAX_NAME: usize = 128;

/// Whether a section with that outermost name can fail the job.
pub fn can_fail(stage: Option<&str>) -> bool {
    stage.is_none_or(|name| !HARMLESS.contains(&name))
}

/// Whether a section is a stage. Later runners call them `step_NAME`; a script may name its own sections so
/// too.
pub(super) fn is_stage(name: &str) -> bool {
    STAGES.contains(&name) || name.starts_with("step_")
}

/// At most [`MAX_NAME`] bytes, cut at a character border.
pub(super) fn name_of(text: &str) -> &str {
    &text[..text.floor_char_boundary(MAX_NAME)]
}

/// The runner's titles and the stages they open.
const TITLES: &[(&str, &str)] = &[
    ("Resolving secrets", "resolve_secrets"),
    ("Preparing the \"", "prepare_executor"),
    ("Preparing environment", "prepare_script"),
    ("Getting source from Git repository", "get_sources"),
    ("Restoring cache", "restore_cache"),
    ("Downloading artifacts", "download_artifacts"),
    ("Running after_script", "after_script"),
    // Until runner 12.
    ("Running after script...", "after_script"),
    ("Saving cache for successful job", "archive_cache"),
    ("Saving cache for failed job", "archive_cache_on_failure"),
    ("Saving cache for ", "archive_cache"),
    (
        "Uploading artifacts for successful job",
        "upload_artifacts_on_success",
    ),
    (
        "Uploading artifacts for failed job",
        "upload_artifacts_on_failure",
    ),
    ("Uploading artifacts for ", "upload_artifacts_on_success"),
    (
        "Cleaning up project directory and file based variables",
        "cleanup_file_variables",
    ),
    ("Cleaning up file based variables", "cleanup_file_variables"),
];

/// The stage that one of the runner's titles opens (runner: shells/abstract.go), for logs that lost their
/// markers. A web page adds the duration behind the title.
pub fn title(text: &[u8]) -> Option<&'static str> {
    // The first bytes rule out most lines.
    if !matches!(
        text,
        [b'C', b'l', ..]
            | [b'D', b'o', ..]
            | [b'E', b'x', ..]
            | [b'G', b'e', ..]
            | [b'P', b'r', ..]
            | [b'R', b'e' | b'u', ..]
            | [b'S', b'a', ..]
            | [b'U', b'p', ..]
    ) {
        return None;
    }
    if text.starts_with(b"Executing \"")
        && memchr::memmem::find(text, b"\" stage of the job script").is_some()
    {
        return Some("step_script");
    }
    let begins = |title: &str| text.starts_with(title.as_bytes());
    let (title, stage) = TITLES.iter().find(|(title, _)| begins(title))?;
    let duration = |rest: &str| rest.trim().chars().all(|c| c.is_ascii_digit() || c == ':');
    (title.ends_with(['"', ' ']) || std::str::from_utf8(&text[title.len()..]).is_ok_and(duration))
        .then_some(stage)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn titles_are_known_with_and_without_a_duration() {
        for (text, stage) in TITLES {
            assert_eq!(title(text.as_bytes()), Some(*stage), "{text}");
            assert_eq!(title(format!("{text} 00:12").as_bytes()), Some(*stage));
        }
        for text in [
            "",
            "R",
            "Restoring",
            "Restoring cache of npm",
            " Restoring cache",
            "restoring cache",
            "Executing \"step_script\"",
        ] {
            assert_eq!(title(text.as_bytes()), None, "{text}");
        }
        let executing = b"Executing \"step_script\" stage of the job script";
        assert_eq!(title(executing), Some("step_script"));
        assert_eq!(title(b"Restoring cache \xff"), None);
        assert_eq!(title(b"Preparing the \"\xff"), Some("prepare_executor"));
    }
}
