//! AWS CodeBuild (docs.aws.amazon.com/codebuild). Its `artifacts:` and `cache:` are called like GitLab's.

use super::{Term, same, term};

pub(super) const TERMS: &[Term] = &[
    same(".gitlab-ci.yml", "`buildspec.yml`"),
    term(
        "before_script",
        "the phase `pre_build`",
        "`pre_build` phase",
    ),
    term(
        "after_script",
        "`finally:` of the phase, or the phase `post_build`",
        "phase의 `finally:` 또는 `post_build` phase",
    ),
    term(
        "job image",
        "the image of the project's environment",
        "project environment의 image",
    ),
    term(
        "`image`",
        "the image of the project's environment",
        "project environment의 image",
    ),
    same("artifacts:reports", "`reports:`"),
    same("`variables`", "`env: variables:`"),
    term(
        "CI/CD variable",
        "a variable of the project's environment, or `env: secrets-manager:` and `parameter-store:`",
        "project environment의 variable, 또는 `env: secrets-manager:`와 `parameter-store:`",
    ),
    term("`timeout`", "the project's Timeout", "project의 Timeout"),
    same("$CI_PROJECT_DIR", "`$CODEBUILD_SRC_DIR`"),
    same("CI_COMMIT_SHA", "`$CODEBUILD_RESOLVED_SOURCE_VERSION`"),
    term(
        "GIT_DEPTH",
        "the project's Git clone depth",
        "project의 Git clone depth",
    ),
    term(
        "GIT_SUBMODULE_STRATEGY",
        "Use Git submodules of the project",
        "project의 Use Git submodules",
    ),
];
