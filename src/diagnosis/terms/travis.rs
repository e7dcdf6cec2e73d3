//! Travis CI (docs.travis-ci.com). It has `before_script`, `after_script` and `services` under the same names.

use super::{Term, same, term};

pub(super) const TERMS: &[Term] = &[
    same(".gitlab-ci.yml", "`.travis.yml`"),
    term(
        "job image",
        "the machine that `dist:` and `language:` choose",
        "`dist:`와 `language:`로 고르는 머신",
    ),
    term(
        "`image`",
        "the machine that `dist:` and `language:` choose (another image: `docker run` in the script)",
        "`dist:`와 `language:`로 고르는 머신 (다른 image는 script의 `docker run`)",
    ),
    term(
        "`tags`",
        "unknown (`os:`, `arch:` and `dist:` choose the machine)",
        "없음 (`os:`, `arch:`, `dist:`로 머신을 고릅니다)",
    ),
    term(
        "artifacts:reports",
        "unknown (print the results)",
        "없음 (결과를 출력하세요)",
    ),
    term(
        "`artifacts`",
        "unknown (print the file, or upload it: `addons: artifacts:` does to S3)",
        "없음 (파일을 출력하거나 직접 upload하세요. `addons: artifacts:`는 S3로 보냅니다)",
    ),
    same("`cache`", "`cache: directories:`"),
    same("`rules`", "`if:`"),
    same("`variables`", "`env:`"),
    term(
        "CI/CD variable",
        "an entry of Environment Variables in the settings of the repository",
        "repository Settings의 Environment Variables 항목",
    ),
    same("`allow_failure`", "`jobs: allow_failures:`"),
    term(
        "`resource_group`",
        "unknown (Limit concurrent jobs in the settings of the repository)",
        "없음 (repository Settings의 Limit concurrent jobs)",
    ),
    term(
        "`timeout`",
        "unknown (the limits are fixed; `travis_wait` is for a command that prints nothing)",
        "없음 (제한은 고정되어 있고 `travis_wait`는 출력이 없는 명령용입니다)",
    ),
    term(
        "`needs`",
        "`stage:` of the jobs (stages run one after the other)",
        "job의 `stage:` (stage는 차례로 실행됩니다)",
    ),
    term(
        "`retry`",
        "unknown (`travis_retry` before the command)",
        "없음 (명령 앞에 `travis_retry`)",
    ),
    same("$CI_PROJECT_DIR", "`$TRAVIS_BUILD_DIR`"),
    same("CI_COMMIT_REF_NAME", "`$TRAVIS_BRANCH`"),
    same("CI_COMMIT_BRANCH", "`$TRAVIS_BRANCH`"),
    same("CI_COMMIT_TAG", "`$TRAVIS_TAG`"),
    same("CI_COMMIT_SHA", "`$TRAVIS_COMMIT`"),
    same("GIT_DEPTH", "`git: depth:`"),
    term(
        "GIT_STRATEGY",
        "unknown (each job clones anew)",
        "없음 (job마다 새로 clone합니다)",
    ),
    same("GIT_SUBMODULE_STRATEGY", "`git: submodules:`"),
];
