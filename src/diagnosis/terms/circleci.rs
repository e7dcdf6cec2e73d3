//! CircleCI (circleci.com/docs/reference/configuration-reference, circleci.com/docs/reference/variables).

use super::{Term, same, term};

pub(super) const TERMS: &[Term] = &[
    same(".gitlab-ci.yml", "`.circleci/config.yml`"),
    term(
        "before_script",
        "a `run` step before it",
        "앞에 두는 `run` step",
    ),
    term(
        "after_script",
        "a `run` step with `when: always`",
        "`when: always`인 `run` step",
    ),
    term(
        "job image",
        "the first image of `docker:`, or that of `machine:`",
        "`docker:`의 첫 번째 image 또는 `machine:`의 image",
    ),
    same("`image`", "`docker: - image:`"),
    same("`tags`", "`resource_class:`"),
    term(
        "artifacts:reports",
        "the step `store_test_results` for test results",
        "test 결과라면 `store_test_results` step",
    ),
    term(
        "`artifacts`",
        "the step `store_artifacts` (for later jobs `persist_to_workspace`)",
        "`store_artifacts` step (다음 job에는 `persist_to_workspace`)",
    ),
    term(
        "`dependencies`",
        "the step `attach_workspace`",
        "`attach_workspace` step",
    ),
    term(
        "`cache`",
        "the steps `save_cache` and `restore_cache`",
        "`save_cache`와 `restore_cache` step",
    ),
    term(
        "`rules`",
        "`filters:` of the job in its workflow, or `when:` of the workflow",
        "workflow 안 job의 `filters:` 또는 workflow의 `when:`",
    ),
    same("`variables`", "`environment:`"),
    term(
        "CI/CD variable",
        "an environment variable of the project, or of a context",
        "project의 environment variable 또는 context",
    ),
    same("`id_tokens`", "`$CIRCLE_OIDC_TOKEN`"),
    term(
        "`resource_group`",
        "`serial-group:` of the job in its workflow",
        "workflow 안 job의 `serial-group:`",
    ),
    term(
        "`timeout`",
        "`no_output_timeout:` of a `run` step (how long a job may run depends on the plan)",
        "`run` step의 `no_output_timeout:` (job 전체의 제한은 plan에 따름)",
    ),
    term(
        "`services`",
        "further images of `docker:`, reached at `localhost`",
        "`docker:`의 나머지 image (`localhost`로 접속)",
    ),
    same("`needs`", "`requires:`"),
    same("`retry`", "`max_auto_reruns:`"),
    same("$CI_PROJECT_DIR", "`$CIRCLE_WORKING_DIRECTORY`"),
    same("CI_COMMIT_REF_NAME", "`$CIRCLE_BRANCH`"),
    same("CI_COMMIT_BRANCH", "`$CIRCLE_BRANCH`"),
    same("CI_COMMIT_TAG", "`$CIRCLE_TAG`"),
    same("CI_COMMIT_SHA", "`$CIRCLE_SHA1`"),
    term(
        "GIT_SUBMODULE_STRATEGY",
        "a `run` step with `git submodule update --init`",
        "`git submodule update --init`을 실행하는 `run` step",
    ),
];
