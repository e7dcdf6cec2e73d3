//! GitHub Actions (docs.github.com/actions).

use super::{Term, same, term};

pub(super) const TERMS: &[Term] = &[
    same(".gitlab-ci.yml", "`.github/workflows/*.yml`"),
    term("before_script", "a step before it", "앞에 두는 step"),
    term(
        "after_script",
        "a step with `if: always()`",
        "`if: always()` step",
    ),
    term(
        "job image",
        "the image of `runs-on:`, or the job's `container:`",
        "`runs-on:`의 image 또는 job의 `container:`",
    ),
    term("`image`", "the job's `container:`", "job의 `container:`"),
    same("`tags`", "`runs-on:`"),
    term(
        "artifacts:reports",
        "unknown (write results to `$GITHUB_STEP_SUMMARY`)",
        "없음 (결과는 `$GITHUB_STEP_SUMMARY`에 씁니다)",
    ),
    same("`artifacts`", "`actions/upload-artifact`"),
    same("`dependencies`", "`actions/download-artifact`"),
    same("`cache`", "`actions/cache`"),
    same("`rules`", "`if:`"),
    same("`variables`", "`env:`"),
    term(
        "CI/CD variable",
        "a secret or variable of the repository (`${{ secrets.NAME }}`)",
        "repository의 secret 또는 variable (`${{ secrets.NAME }}`)",
    ),
    same("`id_tokens`", "`permissions: id-token: write`"),
    same("`allow_failure`", "`continue-on-error:`"),
    same("`resource_group`", "`concurrency:`"),
    same("`timeout`", "`timeout-minutes:`"),
    term(
        "`retry`",
        "unknown (re-run the failed jobs, or repeat the command in the script)",
        "없음 (실패한 job을 다시 실행하거나 script에서 명령을 반복합니다)",
    ),
    same("$CI_PROJECT_DIR", "`$GITHUB_WORKSPACE`"),
    same("CI_COMMIT_REF_NAME", "`$GITHUB_REF_NAME`"),
    same("CI_COMMIT_BRANCH", "`$GITHUB_REF_NAME`"),
    same("CI_COMMIT_TAG", "`$GITHUB_REF_NAME`"),
    same("CI_COMMIT_SHA", "`$GITHUB_SHA`"),
    same(
        "CI_DEFAULT_BRANCH",
        "`${{ github.event.repository.default_branch }}`",
    ),
    term(
        "GIT_DEPTH",
        "`fetch-depth:` of `actions/checkout`",
        "`actions/checkout`의 `fetch-depth:`",
    ),
    term(
        "GIT_STRATEGY",
        "`clean:` of `actions/checkout`",
        "`actions/checkout`의 `clean:`",
    ),
    term(
        "GIT_SUBMODULE_STRATEGY",
        "`submodules:` of `actions/checkout`",
        "`actions/checkout`의 `submodules:`",
    ),
];
