//! Buildkite (buildkite.com/docs/pipelines/configure). Its `retry:` and `cache:` are called like GitLab's.

use super::{Term, same, term};

pub(super) const TERMS: &[Term] = &[
    same(".gitlab-ci.yml", "`.buildkite/pipeline.yml`"),
    term(
        "before_script",
        "a line before it in `command:`, or the hook `pre-command`",
        "`command:`에서 앞에 두는 줄 또는 `pre-command` hook",
    ),
    term(
        "after_script",
        "the hook `post-command`",
        "`post-command` hook",
    ),
    term(
        "job image",
        "the agent's machine, or the image of the `docker` plugin",
        "agent의 머신 또는 `docker` plugin의 image",
    ),
    term(
        "`image`",
        "`image:` of the `docker` plugin",
        "`docker` plugin의 `image:`",
    ),
    same("`tags`", "`agents:`"),
    same("`artifacts`", "`artifact_paths:`"),
    same("`dependencies`", "`buildkite-agent artifact download`"),
    same("`rules`", "`if:`"),
    same("`variables`", "`env:`"),
    term(
        "CI/CD variable",
        "a Buildkite secret (`buildkite-agent secret get NAME`), or a variable that a hook of the agent sets",
        "Buildkite secret (`buildkite-agent secret get NAME`) 또는 agent hook이 설정하는 variable",
    ),
    same("`id_tokens`", "`buildkite-agent oidc request-token`"),
    same("`allow_failure`", "`soft_fail:`"),
    term(
        "`resource_group`",
        "`concurrency_group:` with `concurrency: 1`",
        "`concurrency: 1`인 `concurrency_group:`",
    ),
    same("`timeout`", "`timeout_in_minutes:`"),
    same("`needs`", "`depends_on:`"),
    same("$CI_PROJECT_DIR", "`$BUILDKITE_BUILD_CHECKOUT_PATH`"),
    same("CI_COMMIT_REF_NAME", "`$BUILDKITE_BRANCH`"),
    same("CI_COMMIT_BRANCH", "`$BUILDKITE_BRANCH`"),
    same("CI_COMMIT_TAG", "`$BUILDKITE_TAG`"),
    same("CI_COMMIT_SHA", "`$BUILDKITE_COMMIT`"),
    same("CI_DEFAULT_BRANCH", "`$BUILDKITE_PIPELINE_DEFAULT_BRANCH`"),
    term(
        "GIT_DEPTH",
        "`--depth` in `BUILDKITE_GIT_CLONE_FLAGS`",
        "`BUILDKITE_GIT_CLONE_FLAGS`의 `--depth`",
    ),
    same("GIT_STRATEGY", "`BUILDKITE_CLEAN_CHECKOUT`"),
];
