//! Jenkins: a Jenkinsfile (jenkins.io/doc/book/pipeline/syntax, jenkins.io/doc/pipeline/steps).

use super::{Term, same, term};

pub(super) const TERMS: &[Term] = &[
    same(".gitlab-ci.yml", "`Jenkinsfile`"),
    term("before_script", "a step before it", "앞에 두는 step"),
    same("after_script", "`post { always { … } }`"),
    term(
        "job image",
        "the agent, or the image of `agent { docker { image '…' } }`",
        "agent 자신 또는 `agent { docker { image '…' } }`의 image",
    ),
    same("`image`", "`agent { docker { image '…' } }`"),
    same("`tags`", "`agent { label '…' }`"),
    term(
        "artifacts:reports",
        "the step `junit` for test results",
        "test 결과라면 `junit` step",
    ),
    term(
        "`artifacts`",
        "the step `archiveArtifacts`",
        "`archiveArtifacts` step",
    ),
    term(
        "`dependencies`",
        "`unstash` of what a stage before kept by `stash`",
        "앞 stage가 `stash`로 남긴 것의 `unstash`",
    ),
    term(
        "`cache`",
        "unknown (a folder that stays on the agent)",
        "없음 (agent에 남는 폴더를 쓰세요)",
    ),
    same("`rules`", "`when { … }`"),
    same("`variables`", "`environment { … }`"),
    term(
        "CI/CD variable",
        "a credential of Jenkins, bound by `withCredentials` or `credentials('ID')`",
        "Jenkins의 credential (`withCredentials` 또는 `credentials('ID')`로 연결)",
    ),
    same(
        "`allow_failure`",
        "`catchError(buildResult: 'SUCCESS', stageResult: 'FAILURE') { … }`",
    ),
    term(
        "`resource_group`",
        "`lock('NAME') { … }` (Lockable Resources), or the option `disableConcurrentBuilds()`",
        "`lock('NAME') { … }` (Lockable Resources) 또는 `disableConcurrentBuilds()` option",
    ),
    same("`timeout`", "`options { timeout(time: 1, unit: 'HOURS') }`"),
    term(
        "`services`",
        "unknown (start the container in the script, or by `docker.image('…').withRun`)",
        "없음 (script에서 컨테이너를 시작하거나 `docker.image('…').withRun`을 쓰세요)",
    ),
    same("`retry`", "`retry(2) { … }`"),
    same("$CI_PROJECT_DIR", "`$WORKSPACE`"),
    term(
        "CI_COMMIT_REF_NAME",
        "`$BRANCH_NAME` (of a multibranch job)",
        "`$BRANCH_NAME` (multibranch job)",
    ),
    term(
        "CI_COMMIT_BRANCH",
        "`$BRANCH_NAME` (of a multibranch job)",
        "`$BRANCH_NAME` (multibranch job)",
    ),
    term(
        "CI_COMMIT_TAG",
        "`$TAG_NAME` (of a multibranch job)",
        "`$TAG_NAME` (multibranch job)",
    ),
    same("CI_COMMIT_SHA", "`$GIT_COMMIT`"),
    term(
        "GIT_DEPTH",
        "`cloneOption(depth: …)` of `checkout scmGit(…)`",
        "`checkout scmGit(…)`의 `cloneOption(depth: …)`",
    ),
    term(
        "GIT_STRATEGY",
        "`cleanBeforeCheckout()` of `checkout scmGit(…)`",
        "`checkout scmGit(…)`의 `cleanBeforeCheckout()`",
    ),
    term(
        "GIT_SUBMODULE_STRATEGY",
        "`submodule(…)` of `checkout scmGit(…)`",
        "`checkout scmGit(…)`의 `submodule(…)`",
    ),
];
