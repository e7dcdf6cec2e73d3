//! What the frame of a log says about the job, whatever the patterns say.

use std::ops::RangeInclusive;
use std::sync::Arc;

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use super::{Place, TailLine};

/// How the job ended, as far as the log tells.
#[derive(
    Debug, Clone, Copy, Default, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize, JsonSchema,
)]
#[serde(rename_all = "snake_case")]
pub enum Outcome {
    /// The verdict says so.
    Failed,
    /// The verdict says so.
    Succeeded,
    /// Somebody or a newer pipeline stopped it.
    Canceled,
    /// The job, or one of its stages, ran out of time.
    TimedOut,
    /// The log ends before a verdict.
    #[default]
    Unknown,
}

impl Outcome {
    /// The word as reports spell it.
    pub fn as_str(self) -> &'static str {
        match self {
            Outcome::Failed => "failed",
            Outcome::Succeeded => "succeeded",
            Outcome::Canceled => "canceled",
            Outcome::TimedOut => "timed_out",
            Outcome::Unknown => "unknown",
        }
    }

    /// True for every outcome that calls for a cause.
    pub fn is_failure(self) -> bool {
        matches!(self, Outcome::Failed | Outcome::TimedOut)
    }
}

/// Whose log it is.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum Dialect {
    /// GitLab Runner.
    Gitlab,
    /// GitHub Actions.
    Github,
    /// act, which runs workflows of GitHub Actions on one's own machine.
    Act,
    /// Azure Pipelines.
    Azure,
    /// Buildkite.
    Buildkite,
    /// CircleCI.
    Circleci,
    /// Google Cloud Build.
    Cloudbuild,
    /// AWS CodeBuild.
    Codebuild,
    /// Jenkins.
    Jenkins,
    /// Netlify.
    Netlify,
    /// Patchew.
    Patchew,
    /// Travis CI.
    Travis,
    /// Nobody's that is known: tool output only.
    #[default]
    Plain,
}

impl Dialect {
    /// Every dialect, as patterns may name them.
    pub const ALL: &[Self] = &[
        Self::Gitlab,
        Self::Github,
        Self::Act,
        Self::Azure,
        Self::Buildkite,
        Self::Circleci,
        Self::Cloudbuild,
        Self::Codebuild,
        Self::Jenkins,
        Self::Netlify,
        Self::Patchew,
        Self::Travis,
        Self::Plain,
    ];

    /// The word as reports and patterns spell it.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Gitlab => "gitlab",
            Self::Github => "github",
            Self::Act => "act",
            Self::Azure => "azure",
            Self::Buildkite => "buildkite",
            Self::Circleci => "circleci",
            Self::Cloudbuild => "cloudbuild",
            Self::Codebuild => "codebuild",
            Self::Jenkins => "jenkins",
            Self::Netlify => "netlify",
            Self::Patchew => "patchew",
            Self::Travis => "travis",
            Self::Plain => "plain",
        }
    }

    /// The dialect of that name.
    pub fn of_name(name: &str) -> Option<Self> {
        Self::ALL.iter().copied().find(|one| one.as_str() == name)
    }

    /// Whether the frame of such logs is read whole. Of the other systems only marks and closing lines are known.
    pub fn has_frame(self) -> bool {
        matches!(self, Self::Gitlab | Self::Github)
    }
}

/// What the runner says of itself at the top of a trace.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Runner {
    /// `14.2.0`, from `Running with gitlab-runner 14.2.0 (58ba2b95)`.
    pub version: Option<String>,
    /// The description behind `on` in the second line.
    pub name: Option<String>,
    /// `docker`, `kubernetes`, `shell`, … in lower case.
    pub executor: Option<String>,
    /// The job image, where the executor has one.
    pub image: Option<String>,
    /// The Kubernetes namespace of the job pod.
    pub namespace: Option<String>,
}

/// A stretch of the log between two section markers (or titles).
///
/// Spans tile the log: what stands between two sections is a span without a name.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Section {
    /// Names of the open sections, outermost first, joined by `/`; `None` outside of all.
    /// Filled in late where only the end marker tells.
    pub path: Option<String>,
    /// Which stage instance this span belongs to: spans of one stage share the number.
    pub stage: u32,
    /// First line of the span (1-based, raw).
    pub first_line: u64,
    /// Last line of the span.
    pub last_line: u64,
    /// Unix time of the start marker, seconds.
    pub started: Option<i64>,
    /// Unix time of the end marker, seconds.
    pub ended: Option<i64>,
}

impl Section {
    /// A name as a part of a path: steps of GitHub Actions may have a `/` in theirs.
    pub fn escape(name: &str) -> String {
        name.replace('/', "\u{2215}")
    }

    /// A name as people know it.
    pub fn unescape(name: &str) -> String {
        name.replace('\u{2215}', "/")
    }

    /// The outermost name: the runner's stage (`step_script`), or a user section outside of any.
    pub fn stage_name(&self) -> Option<&str> {
        self.path
            .as_deref()
            .map(|path| path.split('/').next().unwrap_or(path))
    }

    /// The innermost name.
    pub fn name(&self) -> Option<&str> {
        self.path
            .as_deref()
            .map(|path| path.rsplit('/').next().unwrap_or(path))
    }

    /// Lines the span covers.
    pub fn lines(&self) -> RangeInclusive<u64> {
        self.first_line..=self.last_line
    }
}

/// An echoed command.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Command {
    /// Raw line of the echo.
    pub line: u64,
    /// Index into [`JobFacts::sections`].
    pub section: u32,
    /// Which command of the log it is, from 1 on: [`super::Place::command`] of the lines below it.
    pub index: u32,
    /// The command without `$ `, at most 2,000 bytes.
    pub text: Arc<str>,
}

/// The closing line of a job.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Verdict {
    /// Raw line.
    pub line: u64,
    /// The clean text, bounded.
    pub text: String,
    /// The runner could not prepare or keep the environment.
    pub system_failure: bool,
}

/// Everything the frame of one log tells.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct JobFacts {
    /// Whose log it is.
    pub dialect: Dialect,
    /// How the job ended.
    pub outcome: Outcome,
    /// The exit code of the verdict; `None` where it has none, or it is masked.
    pub exit_code: Option<i64>,
    /// The closing line.
    pub verdict: Option<Verdict>,
    /// What the runner says of itself.
    pub runner: Runner,
    /// Spans in log order, bounded.
    pub sections: Vec<Section>,
    /// Echoed commands in log order, bounded: the first and the last ones are kept.
    pub commands: Vec<Command>,
    /// Index of the span that holds what failed the job.
    pub failing_section: Option<u32>,
    /// Lines of another step that failed too (GitHub Actions).
    pub failed_besides: Option<RangeInclusive<u64>>,
    /// The output limit cut the log.
    pub truncated: bool,
    /// The first time that the log tells, Unix seconds: a stamp of a line of the frame, or a section marker.
    pub started: Option<i64>,
    /// The last one.
    pub ended: Option<i64>,
    /// The project whose job it was: `group/project`, from where its repository was put.
    pub project: Option<String>,
    /// A line that says who ended a canceled job, or when the limit struck.
    pub ended_by: Option<String>,
    /// Stretches of lines that test cases printed which passed, in order; bounded, the last ones are kept.
    pub passed_tests: Vec<RangeInclusive<u64>>,
    /// LF-counted lines of the input.
    pub lines: u64,
    /// Bytes of the input, after decompression.
    pub bytes: u64,
}

impl JobFacts {
    /// The name reports give for the failing section: its outermost name.
    pub fn failing_section_name(&self) -> Option<&str> {
        self.sections
            .get(self.failing_section? as usize)?
            .stage_name()
    }

    /// The verdict as a line: it says how the script ended, or why the environment failed.
    pub fn verdict_line(&self) -> Option<TailLine> {
        let verdict = self.verdict.as_ref()?;
        let section = self
            .sections
            .partition_point(|s| s.first_line <= verdict.line)
            .saturating_sub(1) as u32;
        Some(TailLine {
            place: Place {
                line: verdict.line,
                section,
                command: self.commands.last().map_or(0, |c| c.index),
                ..Place::default()
            },
            text: verdict.text.clone(),
            content_at: 0,
            command: false,
            echo: false,
        })
    }

    /// Did the script pass, though the verdict is missing? The runner saves cache and artifacts under these names only then, and Travis CI
    /// has a phase for it.
    pub fn shows_success(&self) -> bool {
        let passed = [
            "archive_cache",
            "upload_artifacts_on_success",
            "after_success",
        ];
        let failing = self.failing_section_name();
        self.sections
            .iter()
            .filter_map(Section::stage_name)
            .any(|name| passed.contains(&name) && failing != Some(name))
    }

    /// Did the script fail, though the verdict is missing? The runner has stages that run only then, and Travis CI a phase.
    pub fn shows_failure(&self) -> bool {
        let failed = [
            "archive_cache_on_failure",
            "upload_artifacts_on_failure",
            "after_failure",
        ];
        self.sections
            .iter()
            .filter_map(Section::stage_name)
            .any(|name| failed.contains(&name))
    }

    /// The command with that number, if it is still known: of a long log some in the middle are not.
    pub fn command(&self, index: u32) -> Option<&Command> {
        let at = self.commands.partition_point(|c| c.index < index);
        self.commands.get(at).filter(|c| c.index == index)
    }

    /// The last command that was echoed in the stage that failed.
    pub fn last_command(&self) -> Option<&Command> {
        let stage = self.sections.get(self.failing_section? as usize)?.stage;
        self.commands.iter().rev().find(|c| {
            self.sections
                .get(c.section as usize)
                .is_some_and(|s| s.stage == stage)
        })
    }
}
