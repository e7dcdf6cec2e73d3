//! Google Cloud Build (cloud.google.com/build/docs/build-config-file-schema). Its `timeout:` is called like GitLab's.

use super::{Term, same, term};

pub(super) const TERMS: &[Term] = &[
    same(".gitlab-ci.yml", "`cloudbuild.yaml`"),
    term("before_script", "a step before it", "앞에 두는 step"),
    term("job image", "`name:` of the step", "step의 `name:`"),
    term("`image`", "`name:` of the step", "step의 `name:`"),
    same("`artifacts`", "`artifacts: objects:`"),
    term("`variables`", "`env:` of the step", "step의 `env:`"),
    term(
        "CI/CD variable",
        "a secret of Secret Manager (`availableSecrets:` and the step's `secretEnv:`), or a substitution of the trigger",
        "Secret Manager의 secret (`availableSecrets:`와 step의 `secretEnv:`) 또는 trigger의 substitution",
    ),
    same("`allow_failure`", "`allowFailure: true`"),
    same("`needs`", "`waitFor:`"),
    same("$CI_PROJECT_DIR", "`/workspace`"),
    same("CI_COMMIT_REF_NAME", "`$BRANCH_NAME`"),
    same("CI_COMMIT_BRANCH", "`$BRANCH_NAME`"),
    same("CI_COMMIT_TAG", "`$TAG_NAME`"),
    same("CI_COMMIT_SHA", "`$COMMIT_SHA`"),
];
