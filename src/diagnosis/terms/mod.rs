//! Translates GitLab's terms in the texts of patterns for other systems. One note for logs from there replaces
//! a second text of each pattern.

use crate::model::{Dialect, Lang};

mod azure;
mod buildkite;
mod circleci;
mod cloudbuild;
mod codebuild;
mod github;
mod jenkins;
mod travis;

/// A term of GitLab, and its counterpart. Keys of `.gitlab-ci.yml` are written as code (docs.gitlab.com/ci/yaml).
struct Term {
    word: &'static str,
    en: &'static str,
    ko: &'static str,
}

const fn term(word: &'static str, en: &'static str, ko: &'static str) -> Term {
    Term { word, en, ko }
}

const fn same(word: &'static str, there: &'static str) -> Term {
    term(word, there, there)
}

/// A system that is not GitLab.
struct System {
    name: &'static str,
    /// How the family or the name of patterns begins whose texts speak of this system anyway.
    own: &'static str,
    terms: &'static [Term],
}

/// The system whose logs have that dialect; `None` for those without terms.
fn system(dialect: Dialect) -> Option<System> {
    let (name, own, terms) = match dialect {
        // act runs the workflows of GitHub Actions.
        Dialect::Github | Dialect::Act => ("GitHub Actions", "github-actions", github::TERMS),
        Dialect::Azure => ("Azure Pipelines", "azure-pipelines", azure::TERMS),
        Dialect::Buildkite => ("Buildkite", "buildkite-", buildkite::TERMS),
        Dialect::Circleci => ("CircleCI", "circleci-", circleci::TERMS),
        Dialect::Cloudbuild => ("Google Cloud Build", "cloudbuild-", cloudbuild::TERMS),
        Dialect::Codebuild => ("AWS CodeBuild", "codebuild-", codebuild::TERMS),
        Dialect::Jenkins => ("Jenkins", "jenkins-", jenkins::TERMS),
        Dialect::Travis => ("Travis CI", "travis-", travis::TERMS),
        Dialect::Gitlab | Dialect::Netlify | Dialect::Patchew | Dialect::Plain => return None,
    };
    Some(System { name, own, terms })
}

/// The note for texts of the pattern `id` that mention GitLab's settings; `None` for other texts.
pub(super) fn of<'t>(
    dialect: Dialect,
    id: &str,
    texts: impl Iterator<Item = &'t str> + Clone,
    lang: Lang,
) -> Option<String> {
    let system = system(dialect)?;
    if id.split('/').any(|part| part.starts_with(system.own)) {
        return None;
    }
    let found = system
        .terms
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
    let (name, told) = (system.name, told.join("; "));
    Some(match lang {
        Lang::Ko => format!("{name}에서는 {told}."),
        Lang::En => format!("In {name} {told}."),
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
        let of = |text: &str, lang| of(Dialect::Github, "git/x", [text].into_iter(), lang);
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

    #[test]
    fn each_system_has_words_of_its_own() {
        let of = |dialect, text: &str, lang| of(dialect, "git/x", [text].into_iter(), lang);
        let step = "Keep it by `artifacts: paths:`; set a CI/CD variable.";
        assert_eq!(
            of(Dialect::Jenkins, step, Lang::En).as_deref(),
            Some(
                "In Jenkins `artifacts` is the step `archiveArtifacts`; a CI/CD variable is a credential of Jenkins, \
                 bound by `withCredentials` or `credentials('ID')`."
            )
        );
        assert_eq!(
            of(Dialect::Travis, "`image: node:22`", Lang::Ko).as_deref(),
            Some(
                "Travis CI에서는 `image` → `dist:`와 `language:`로 고르는 머신 (다른 image는 script의 `docker run`)."
            )
        );
        // act runs GitHub's workflows.
        let act = of(Dialect::Act, "`tags: [gpu]`", Lang::En);
        assert_eq!(
            act.as_deref(),
            Some("In GitHub Actions `tags` is `runs-on:`.")
        );
        for dialect in [Dialect::Gitlab, Dialect::Plain, Dialect::Netlify] {
            assert_eq!(of(dialect, step, Lang::En), None, "{dialect:?}");
        }
        // Travis has it too.
        assert_eq!(of(Dialect::Travis, "`after_script`", Lang::En), None);
    }

    #[test]
    fn texts_about_a_system_need_no_translation() {
        let of = |dialect, id| of(dialect, id, ["`image: x`"].into_iter(), Lang::En);
        assert_eq!(of(Dialect::Jenkins, "shell/jenkins-docker-inside"), None);
        assert_eq!(of(Dialect::Azure, "azure-pipelines/input-missing"), None);
        assert!(of(Dialect::Azure, "shell/jenkins-docker-inside").is_some());
    }

    #[test]
    fn the_tables_are_sound() {
        for dialect in Dialect::ALL {
            let Some(system) = system(*dialect) else {
                continue;
            };
            let mut words = std::collections::BTreeSet::new();
            for term in system.terms {
                assert!(words.insert(term.word), "{}: {}", system.name, term.word);
                for text in [term.en, term.ko] {
                    assert!(text.matches('`').count().is_multiple_of(2), "{text}");
                    assert!(!text.ends_with('.'), "{text}");
                }
            }
        }
    }
}
