//! Translates GitLab's terms in the texts of patterns for GitHub Actions. One note for logs from there
//! replaces a second text of each pattern.

use crate::model::Lang;

/// A term of GitLab, and its counterpart.
struct Term {
    word: &'static str,
    en: &'static str,
    ko: &'static str,
}

const fn same(word: &'static str, there: &'static str) -> Term {
    Term {
        word,
        en: there,
        ko: there,
    }
}

/// Keys of `.gitlab-ci.yml` are written as code (docs.gitlab.com/ci/yaml, docs.github.com/actions).
const TERMS: &[Term] = &[
    same(".gitlab-ci.yml", "`.github/workflows/*.yml`"),
    Term {
        word: "before_script",
        en: "a step before it",
        ko: "앞에 두는 step",
    },
    Term {
        word: "after_script",
        en: "a step with `if: always()`",
        ko: "`if: always()` step",
    },
    Term {
        word: "job image",
        en: "the image of `runs-on:`, or the job's `container:`",
        ko: "`runs-on:`의 image 또는 job의 `container:`",
    },
    Term {
        word: "`image`",
        en: "the job's `container:`",
        ko: "job의 `container:`",
    },
    same("`tags`", "`runs-on:`"),
    Term {
        word: "artifacts:reports",
        en: "unknown (write results to `$GITHUB_STEP_SUMMARY`)",
        ko: "없음 (결과는 `$GITHUB_STEP_SUMMARY`에 씁니다)",
    },
    same("`artifacts`", "`actions/upload-artifact`"),
    same("`cache`", "`actions/cache`"),
    same("`rules`", "`if:`"),
    same("`variables`", "`env:`"),
    Term {
        word: "CI/CD variable",
        en: "a secret or variable of the repository (`${{ secrets.NAME }}`)",
        ko: "repository의 secret 또는 variable (`${{ secrets.NAME }}`)",
    },
    same("`id_tokens`", "`permissions: id-token: write`"),
    same("`allow_failure`", "`continue-on-error:`"),
    same("`resource_group`", "`concurrency:`"),
    same("`timeout`", "`timeout-minutes:`"),
    same("$CI_PROJECT_DIR", "`$GITHUB_WORKSPACE`"),
    same("CI_COMMIT_REF_NAME", "`$GITHUB_REF_NAME`"),
    same("CI_COMMIT_BRANCH", "`$GITHUB_REF_NAME`"),
    same("CI_COMMIT_SHA", "`$GITHUB_SHA`"),
    same(
        "CI_DEFAULT_BRANCH",
        "`${{ github.event.repository.default_branch }}`",
    ),
    Term {
        word: "GIT_DEPTH",
        en: "`fetch-depth:` of `actions/checkout`",
        ko: "`actions/checkout`의 `fetch-depth:`",
    },
    Term {
        word: "GIT_STRATEGY",
        en: "`clean:` of `actions/checkout`",
        ko: "`actions/checkout`의 `clean:`",
    },
    Term {
        word: "GIT_SUBMODULE_STRATEGY",
        en: "`submodules:` of `actions/checkout`",
        ko: "`actions/checkout`의 `submodules:`",
    },
];

/// The note for texts that mention GitLab's settings; `None` for other texts.
pub(super) fn of_github<'t>(
    texts: impl Iterator<Item = &'t str> + Clone,
    lang: Lang,
) -> Option<String> {
    let found = TERMS
        .iter()
        .filter(|term| texts.clone().any(|text| names(text, term.word)));
    let told: Vec<String> = found
        .map(|term| {
            let word = match term.word.trim_matches('`') {
                words if words.contains(' ') => words.to_owned(),
                code => format!("`{code}`"),
            };
            match lang {
                Lang::Ko => format!("{word} → {}", term.ko),
                Lang::En => format!("{}{word} is {}", article(term.word), term.en),
            }
        })
        .collect();
    if told.is_empty() {
        return None;
    }
    let told = told.join("; ");
    Some(match lang {
        Lang::Ko => format!("GitHub Actions에서는 {told}."),
        Lang::En => format!("In GitHub Actions {told}."),
    })
}

/// What is no code needs one in English.
fn article(word: &str) -> &'static str {
    match word {
        "CI/CD variable" => "a ",
        "job image" => "the ",
        _ => "",
    }
}

/// Does a text name that? What is in code may go on: `image: alpine`.
fn names(text: &str, word: &str) -> bool {
    let Some(key) = word.strip_suffix('`') else {
        return text.contains(word);
    };
    let mut found = text.match_indices(key);
    found.any(|(at, _)| {
        let rest = &text[at + key.len()..];
        // That key has a term of its own.
        rest.starts_with(['`', ':']) && !rest.starts_with(":reports")
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn words_of_gitlab_are_called_by_their_other_names() {
        let of = |text: &str, lang| of_github([text].into_iter(), lang);
        assert_eq!(
            of(
                "Install it in `before_script`, or set `image: node:22`.",
                Lang::En
            )
            .as_deref(),
            Some(
                "In GitHub Actions `before_script` is a step before it; `image` is the job's `container:`."
            )
        );
        assert_eq!(
            of("Keep it below `$CI_PROJECT_DIR`.", Lang::Ko).as_deref(),
            Some("GitHub Actions에서는 `$CI_PROJECT_DIR` → `$GITHUB_WORKSPACE`.")
        );
        assert_eq!(
            of(
                "Set a CI/CD variable; keep `artifacts:reports:junit`.",
                Lang::En
            )
            .as_deref(),
            Some(
                "In GitHub Actions `artifacts:reports` is unknown (write results to `$GITHUB_STEP_SUMMARY`); \
                 a CI/CD variable is a secret or variable of the repository (`${{ secrets.NAME }}`)."
            )
        );
        for text in [
            "Run `docker image ls`, `imagetool`, `tagsoup`.",
            "Pull the image.",
            "",
        ] {
            assert_eq!(of(text, Lang::En), None, "{text}");
        }
    }
}
