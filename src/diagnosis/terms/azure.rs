//! Azure Pipelines (learn.microsoft.com/azure/devops/pipelines). Its `variables:` are GitLab's.

use super::{Term, same, term};

pub(super) const TERMS: &[Term] = &[
    same(".gitlab-ci.yml", "`azure-pipelines.yml`"),
    term("before_script", "a step before it", "앞에 두는 step"),
    term(
        "after_script",
        "a step with `condition: always()`",
        "`condition: always()` step",
    ),
    term(
        "job image",
        "the image of `pool: vmImage:`, or the job's `container:`",
        "`pool: vmImage:`의 image 또는 job의 `container:`",
    ),
    term(
        "`image`",
        "the job's `container:` (the machine: `pool: vmImage:`)",
        "job의 `container:` (머신은 `pool: vmImage:`)",
    ),
    term(
        "`tags`",
        "`pool:` with its `demands:`",
        "`pool:`과 그 `demands:`",
    ),
    term(
        "artifacts:reports",
        "the task `PublishTestResults@2` for test results",
        "test 결과라면 `PublishTestResults@2` task",
    ),
    term(
        "`artifacts`",
        "the task `PublishPipelineArtifact@1`",
        "`PublishPipelineArtifact@1` task",
    ),
    term(
        "`dependencies`",
        "the task `DownloadPipelineArtifact@2`",
        "`DownloadPipelineArtifact@2` task",
    ),
    term("`cache`", "the task `Cache@2`", "`Cache@2` task"),
    same("`rules`", "`condition:`"),
    term(
        "CI/CD variable",
        "a variable of the pipeline or of a variable group (a secret one reaches a script only through `env:`)",
        "pipeline variable 또는 variable group (secret variable은 `env:`를 통해서만 script에 전달됨)",
    ),
    term(
        "`id_tokens`",
        "a service connection with workload identity federation",
        "workload identity federation을 쓰는 service connection",
    ),
    same("`allow_failure`", "`continueOnError: true`"),
    term(
        "`resource_group`",
        "the check Exclusive lock of an environment",
        "environment의 Exclusive lock check",
    ),
    same("`timeout`", "`timeoutInMinutes:`"),
    term(
        "`services`",
        "`services:` of the job, by names from `resources: containers:`",
        "job의 `services:` (이름은 `resources: containers:`에서)",
    ),
    same("`needs`", "`dependsOn:`"),
    term(
        "`retry`",
        "`retryCountOnTaskFailure:` of the step",
        "step의 `retryCountOnTaskFailure:`",
    ),
    same("$CI_PROJECT_DIR", "`$BUILD_SOURCESDIRECTORY`"),
    same("CI_COMMIT_REF_NAME", "`$BUILD_SOURCEBRANCHNAME`"),
    same("CI_COMMIT_BRANCH", "`$BUILD_SOURCEBRANCHNAME`"),
    same("CI_COMMIT_SHA", "`$BUILD_SOURCEVERSION`"),
    term(
        "GIT_DEPTH",
        "`fetchDepth:` of `checkout: self`",
        "`checkout: self`의 `fetchDepth:`",
    ),
    term(
        "GIT_STRATEGY",
        "`clean:` of `checkout: self`",
        "`checkout: self`의 `clean:`",
    ),
    term(
        "GIT_SUBMODULE_STRATEGY",
        "`submodules:` of `checkout: self`",
        "`checkout: self`의 `submodules:`",
    ),
];
