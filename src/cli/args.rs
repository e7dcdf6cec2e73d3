//! The command line: every flag and command, with its help.

use std::path::PathBuf;

use clap::builder::styling::{AnsiColor, Styles};
use clap::builder::{OsStringValueParser, RangedU64ValueParser, TypedValueParser};
use clap::{Args, Parser, Subcommand, ValueEnum, ValueHint};

use crate::model::{Category, GroupBy, Lang, Owner, Role};

const STYLES: Styles = Styles::styled()
    .header(AnsiColor::Blue.on_default().bold())
    .usage(AnsiColor::Blue.on_default().bold())
    .literal(AnsiColor::Cyan.on_default())
    .placeholder(AnsiColor::Cyan.on_default());

/// Find out why a CI job failed, from its log: what broke, why, who must act, what to type.
#[derive(Debug, Parser)]
#[command(
    name = "jobtriage",
    version = concat!(
        env!("CARGO_PKG_VERSION"),
        " (", env!("JOBTRIAGE_PATTERNS"), " patterns, library ", env!("JOBTRIAGE_LIBRARY"), ")"
    ),
    styles = STYLES,
    args_conflicts_with_subcommands = true,
    max_term_width = 100,
    after_help = "\
Examples:
  glab ci trace 4711 | jobtriage                pipe a log
  jobtriage job.log old.log.gz                  read files, packed ones too
  jobtriage                                     paste one
  jobtriage job.log node.txt --together         the log and a check's output
  jobtriage job.log --baseline passing.log      set off what it alone says
  jobtriage scan exported/                      a folder of logs
  jobtriage explain git/tls-ssl-error-syscall   all about one failure

Exit codes:
  0    every failed log got a cause, or none failed
  1    some failure has no known cause
  2    the work could not be done as asked
  3    --fail-on is met
  130  interrupted
Packed logs (.zip, .tar, .gz, .zst, .xz, .bz2) are read as they are.
Nothing leaves this machine."
)]
pub struct Cli {
    /// What to do; without a command, logs are analysed.
    #[command(subcommand)]
    pub command: Option<Command>,
    /// The main job.
    #[command(flatten)]
    pub analyze: Analyze,
}

/// The commands.
#[derive(Debug, Subcommand)]
pub enum Command {
    /// Analyse many logs and sum them up in a table
    Scan(Scan),
    /// Show everything known about one failure
    Explain(Explain),
    /// List, check and write failure patterns
    #[command(subcommand)]
    Patterns(Patterns),
    /// Print a log the way a person should see it
    Clean(Clean),
    /// Show the settings in effect and where they come from
    #[command(subcommand)]
    Config(Config),
    /// Print a completion script for a shell
    Completions {
        /// The shell
        shell: clap_complete::Shell,
    },
    /// Print the manual page
    Man,
}

/// `jobtriage [FILE]...`
#[derive(Debug, Args)]
pub struct Analyze {
    /// Logs to read; `-` or none: standard input, or a paste in a terminal
    #[arg(value_name = "FILE", value_hint = ValueHint::FilePath)]
    pub files: Vec<PathBuf>,
    /// Read all inputs as one case: one job's log, and what checks printed
    #[arg(long)]
    pub together: bool,
    /// Ask for a paste even where standard input is no terminal
    #[arg(long, conflicts_with = "files")]
    pub paste: bool,
    /// Log of a passing run of the same job, or a folder of such logs; repeatable. A line that a passing run prints too is no
    /// cause. (`jobtriage scan` has another --baseline: a file that lists known failures)
    #[arg(long, value_name = "PATH", value_hint = ValueHint::AnyPath)]
    pub baseline: Vec<PathBuf>,
    /// What to write, and how to show it.
    #[command(flatten)]
    pub output: Output,
    /// Which patterns.
    #[command(flatten)]
    pub choice: Choice,
    /// How to read.
    #[command(flatten)]
    pub reading: ReadingArgs,
}

/// `jobtriage scan PATH...`
#[derive(Debug, Args)]
#[command(after_help = "\
Examples:
  jobtriage scan exported/
      a table, totals by cause, groups of unknown failures
  jobtriage scan exported/ -f jsonl=all.jsonl
      one object a log, for other tools
  jobtriage scan a.log b.log.gz 'logs/**/*.log' -f json
  jobtriage scan exported/ --since 7d --group-by owner --top 10
  jobtriage scan exported/ --write-baseline known.json
  jobtriage scan exported/ --baseline known.json --fail-on new
  jobtriage scan exported/ --cache .jobtriage-cache -f html=report.html
  find . -name trace -mtime -1 -print0 | jobtriage scan --files-from -

Ctrl-C ends the reading: what is done is reported, and said to be partial
(exit code 130).")]
pub struct Scan {
    /// Files, folders and globs of logs (also .zip, .tar, .gz, .zst, .xz, .bz2)
    #[arg(value_name = "PATH", required_unless_present = "files_from", value_hint = ValueHint::AnyPath)]
    pub paths: Vec<PathBuf>,
    /// Read paths from a file, `-` for standard input: a path a line, or each ended by NUL; repeatable
    #[arg(long, value_name = "FILE", value_hint = ValueHint::FilePath)]
    pub files_from: Vec<PathBuf>,
    /// Order of the logs in the report; other than `path` keeps all results in memory until the end
    #[arg(long, value_enum, default_value = "path", value_name = "WHAT")]
    pub sort: Order,
    /// Sum up the logs by this as well
    #[arg(long, value_enum, default_value = "cause", value_name = "WHAT")]
    pub group_by: GroupBy,
    /// Only the sums, no list of logs: the N most frequent causes, groups and unknown failures
    #[arg(long, value_name = "N", value_parser = clap::value_parser!(u32).range(1..))]
    pub top: Option<u32>,
    /// Only logs that end at this time or later: a date, a date with time (UTC unless it has a zone), or an age (`90m`, `24h`,
    /// `7d`, `2w`). The time is the last one that the log itself tells; a log that tells none is left out, and counted
    #[arg(long, value_name = "TIME")]
    pub since: Option<String>,
    /// Only logs that end at this time or earlier, the whole day if it is a date; as --since
    #[arg(long, value_name = "TIME")]
    pub until: Option<String>,
    /// List of known failures, as --write-baseline writes it: only other failures are reported; known ones are counted, and
    /// meet no --fail-on. (For one log --baseline is another thing: the log of a passing run)
    #[arg(long, value_name = "FILE", value_hint = ValueHint::FilePath)]
    pub baseline: Option<PathBuf>,
    /// Write the failures found, and those that --baseline knows, for a later --baseline
    #[arg(long, value_name = "FILE", value_hint = ValueHint::FilePath)]
    pub write_baseline: Option<PathBuf>,
    /// Keep results in this folder, and take them from there for files whose content is known: nothing is analysed twice
    /// until the program, the patterns or the options change. May be shared by several scans, and deleted at any time
    #[arg(long, value_name = "DIR", env = "JOBTRIAGE_CACHE", value_parser = folder(), value_hint = ValueHint::DirPath)]
    pub cache: Option<PathBuf>,
    /// Logs read at the same time [default: the number of processors]
    #[arg(short = 'j', long, value_name = "N", env = "JOBTRIAGE_JOBS", value_parser = RangedU64ValueParser::<usize>::new().range(1..))]
    pub jobs: Option<usize>,
    /// What to write, and how to show it.
    #[command(flatten)]
    pub output: Output,
    /// Which patterns.
    #[command(flatten)]
    pub choice: Choice,
    /// How to read.
    #[command(flatten)]
    pub reading: ReadingArgs,
}

/// `jobtriage explain ID`
#[derive(Debug, Args)]
pub struct Explain {
    /// The pattern, e.g. `git/tls-ssl-error-syscall`; of a part of an id, or a glob, what fits is listed, or shown if it is one
    #[arg(value_name = "ID")]
    pub id: String,
    /// How to show it.
    #[command(flatten)]
    pub look: Basics,
    /// Which patterns.
    #[command(flatten)]
    pub choice: Choice,
}

/// `jobtriage patterns …`
#[derive(Debug, Subcommand)]
pub enum Patterns {
    /// List the patterns in force
    List(PatternsList),
    /// Check pattern files: mistakes that no test in them shows
    Lint(PatternsLint),
    /// Run the tests in pattern files
    Test(PatternsTest),
    /// Begin a pattern file from a line of a log
    New(PatternsNew),
    /// Show what a pattern would do on a folder of logs
    Try(PatternsTry),
}

/// `jobtriage patterns list`
#[derive(Debug, Args)]
pub struct PatternsList {
    /// Only ids that contain this, in whatever letter case
    #[arg(value_name = "TEXT")]
    pub text: Option<String>,
    /// Only this family: the part before the `/`; this and all of the following are repeatable
    #[arg(long, value_name = "NAME")]
    pub family: Vec<String>,
    /// Only this category
    #[arg(long, value_enum, value_name = "WORD")]
    pub category: Vec<Category>,
    /// Only what this owner has to act on
    #[arg(long, value_enum, value_name = "WORD")]
    pub owner: Vec<Owner>,
    /// Only this role
    #[arg(long, value_enum, value_name = "WORD")]
    pub role: Vec<Role>,
    /// Only patterns from this layer
    #[arg(long, value_enum, value_name = "NAME")]
    pub layer: Vec<LayerName>,
    /// What to write
    #[arg(short, long, value_enum, default_value = "text", value_name = "NAME")]
    pub format: PlainFormat,
    /// How to show it.
    #[command(flatten)]
    pub look: Basics,
    /// Which patterns.
    #[command(flatten)]
    pub choice: Choice,
}

/// `jobtriage patterns lint`
#[derive(Debug, Args)]
#[command(after_help = "\
Without WHAT: the library of the checkout you are in, else your own patterns
and the project's. A pattern with a reason to do otherwise says so in a
comment: `# lint: allow(SLUG) the reason`.
Exit codes: 0 no errors, warnings at most · 2 errors")]
pub struct PatternsLint {
    /// Pattern files, folders, ids or globs of ids
    #[arg(value_name = "WHAT", value_hint = ValueHint::AnyPath)]
    pub what: Vec<String>,
    /// Logs of jobs that passed, on which no root cause may fire; repeatable [default: samples/ok of a checkout]
    #[arg(long, value_name = "PATH", value_hint = ValueHint::AnyPath)]
    pub ok: Vec<PathBuf>,
    /// Only these lints; repeatable
    #[arg(long, value_name = "SLUG")]
    pub only: Vec<String>,
    /// List the lints
    #[arg(long)]
    pub list: bool,
    /// What to write
    #[arg(short, long, value_enum, default_value = "text", value_name = "NAME")]
    pub format: PlainFormat,
    /// How to show it.
    #[command(flatten)]
    pub look: Look,
}

/// `jobtriage patterns test`
#[derive(Debug, Args)]
#[command(after_help = "\
Without WHAT: the library of the checkout you are in, else your own patterns
and the project's. What `patterns new` left to be written is told: such a
pattern is never the cause.
Exit codes: 0 all pass · 2 some fail")]
pub struct PatternsTest {
    /// Pattern files, folders, ids or globs of ids
    #[arg(value_name = "WHAT", value_hint = ValueHint::AnyPath)]
    pub what: Vec<String>,
    /// How to show it.
    #[command(flatten)]
    pub look: Look,
}

/// `jobtriage patterns new`
#[derive(Debug, Args)]
#[command(after_help = "\
Example:
  jobtriage patterns new acme/license-server-down --from job.log:954")]
pub struct PatternsNew {
    /// Its id: family and name of the failure, `acme/license-server-down`
    #[arg(value_name = "ID")]
    pub id: String,
    /// The line that says what went wrong: file and line number
    #[arg(long, value_name = "LOG:LINE")]
    pub from: String,
    /// Folder to put it in [default: the project's .jobtriage/patterns]
    #[arg(short, long, value_name = "DIR", value_hint = ValueHint::DirPath)]
    pub out: Option<PathBuf>,
    /// Overwrite a file that is there
    #[arg(long)]
    pub force: bool,
    /// Language of the texts to be written: English, and with `ko` Korean as well [default: from the locale, else en]
    #[arg(long, value_enum, env = "JOBTRIAGE_LANG", value_name = "LANG")]
    pub lang: Option<Lang>,
}

/// `jobtriage patterns try`
#[derive(Debug, Args)]
#[command(after_help = "\
Example:
  jobtriage patterns try acme/license-server-down --on exported/")]
pub struct PatternsTry {
    /// The pattern file, or the id of one
    #[arg(value_name = "FILE", value_hint = ValueHint::FilePath)]
    pub what: String,
    /// Logs, or folders of them; repeatable
    #[arg(long, required = true, value_name = "PATH", value_hint = ValueHint::AnyPath)]
    pub on: Vec<PathBuf>,
    /// How to show it.
    #[command(flatten)]
    pub look: Look,
}

/// Where a pattern comes from.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub enum LayerName {
    /// The program itself.
    BuiltIn,
    /// The user's configuration folder.
    User,
    /// The project's `.jobtriage/patterns`.
    Project,
    /// `--patterns`.
    Option,
}

/// For people or for programs.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub enum PlainFormat {
    /// Lines for people.
    Text,
    /// One JSON document.
    Json,
}

/// `jobtriage clean [FILE…]`
#[derive(Debug, Args)]
#[command(after_help = "\
The log is shown as it is, secrets included, unless --redact is given.")]
pub struct Clean {
    /// Logs, one below the other; `-` or none: standard input
    #[arg(value_name = "FILE", value_hint = ValueHint::FilePath)]
    pub files: Vec<PathBuf>,
    /// Only the outline: sections with their lines and times
    #[arg(long)]
    pub sections: bool,
    /// Take tokens and passwords out, as reports do
    #[arg(long, conflicts_with = "sections")]
    pub redact: bool,
    /// How to read.
    #[command(flatten)]
    pub reading: ReadingArgs,
}

/// What to write.
#[derive(Debug, Clone, Args)]
pub struct Output {
    /// What to write, and where to (`-`: standard output); repeatable (text, short, table, tsv, csv, json, jsonl, markdown, html, sarif,
    /// junit, gitlab-codequality, github, prompt) [default: text; scan: table]
    #[arg(short = 'f', long = "format", value_name = "NAME[=PATH]")]
    pub formats: Vec<String>,
    /// Most bytes of the formats that must not be long [default: markdown 60000, prompt 8192]
    #[arg(long, value_name = "N", value_parser = clap::value_parser!(u32).range(2000..))]
    pub max_bytes: Option<u32>,
    /// Show tokens and passwords as the log has them: only `text`, `short` and `table`, on a terminal or into a file
    #[arg(long)]
    pub no_redact: bool,
    /// Write nothing to standard output: only the exit code, and the files of `-f NAME=FILE`
    #[arg(short, long)]
    pub quiet: bool,
    /// One line a log; the same as `--format short`
    #[arg(short, long)]
    pub short: bool,
    /// 0 in place of the exit codes 1 and 3; `--exit-zero=1`: of 1 only, so that what --fail-on asks for still fails
    #[arg(long, value_name = "CODES", num_args = 0..=1, require_equals = true, default_missing_value = "all")]
    pub exit_zero: Option<ExitZero>,
    /// Exit with 3 if a cause fits: `any`, `owner:WORD`, `category:WORD` or a glob of ids; `new` with scan's --baseline:
    /// if any failure is not known there
    #[arg(long, value_name = "WHAT")]
    pub fail_on: Vec<String>,
    /// Where a settings file has them.
    #[arg(skip)]
    pub fail_on_origin: Option<String>,
    /// How to show it.
    #[command(flatten)]
    pub look: Look,
}

/// Which exit codes become 0.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub enum ExitZero {
    /// 1 and 3.
    All,
    /// 1: an unexplained failure; a gate that is met stays 3.
    #[value(name = "1")]
    Unexplained,
}

/// How to show things.
#[derive(Debug, Clone, Args)]
pub struct Basics {
    /// Language of causes and fixes [default: from the locale, else en]
    #[arg(long, value_enum, env = "JOBTRIAGE_LANG", value_name = "LANG")]
    pub lang: Option<Lang>,
    /// When to use colours [default: auto]
    #[arg(long, value_enum, env = "JOBTRIAGE_COLOR", value_name = "WHEN")]
    pub color: Option<When>,
    /// Columns to fill [default: the terminal's, else 80]
    #[arg(long, value_name = "N")]
    pub width: Option<usize>,
    /// Draw with ASCII only
    #[arg(long)]
    pub ascii: bool,
}

/// How to show things, and how much of them.
#[derive(Debug, Clone, Args)]
pub struct Look {
    /// How to show things.
    #[command(flatten)]
    pub basics: Basics,
    /// Show how the verdict was reached
    #[arg(long)]
    pub why: bool,
    /// Show what is otherwise summed up
    #[arg(short = 'A', long)]
    pub all: bool,
}

/// Which patterns are in force.
#[derive(Debug, Clone, Args)]
pub struct Choice {
    /// Only these patterns, by glob: `git/*`; repeatable
    #[arg(long, value_name = "GLOB")]
    pub only: Vec<String>,
    /// Not these patterns, by glob; repeatable
    #[arg(long, value_name = "GLOB")]
    pub skip: Vec<String>,
    /// Further patterns: a folder with <family>/<name>.toml files, or one such file; repeatable
    #[arg(id = "patterns", long = "patterns", value_name = "PATH", value_hint = ValueHint::AnyPath)]
    pub paths: Vec<PathBuf>,
    /// Leave out what the project brings: its .jobtriage/patterns and its jobtriage.toml
    #[arg(long)]
    pub no_project: bool,
    /// Values that a settings file brought, and where they stand.
    #[arg(skip)]
    pub origins: Vec<Origin>,
}

/// A value that a settings file brought.
#[derive(Debug, Clone)]
pub struct Origin {
    /// The value.
    pub value: String,
    /// Where it stands: path:line and key.
    pub setting: String,
    /// The file is the user's own.
    pub of_user: bool,
}

/// The order of logs in a report.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub enum Order {
    /// By path.
    Path,
    /// The latest last; those without a time first.
    Time,
    /// By cause: the most frequent first, then failures without one, then the rest.
    Cause,
}

/// How inputs are read.
#[derive(Debug, Clone, Copy, Default, Args)]
pub struct ReadingArgs {
    /// Read files that look binary all the same
    #[arg(long)]
    pub text: bool,
}

/// `jobtriage config …`
#[derive(Debug, Subcommand)]
#[command(after_help = "\
Settings stand in `jobtriage.toml`, of the project (the nearest one up to the
root of the repository) and of the user. A flag counts more than a variable,
that more than the project's file, that more than the user's. For example:

  lang = \"ko\"
  fail_on = [\"owner:ci-config\"]
  # Of all files together, as are patterns and redact.names:
  disable = [\"node/*\"]
  patterns = [\"ci/patterns\"]
  [redact]
  # Variables whose values are secrets:
  names = [\"ACME_*\"]")]
pub enum Config {
    /// Every setting, its value, and where that comes from
    Show {
        /// What to write
        #[arg(short, long, value_enum, default_value = "text", value_name = "NAME")]
        format: PlainFormat,
        /// Leave out the project's file
        #[arg(long)]
        no_project: bool,
    },
    /// The settings files in force
    Path {
        /// Leave out the project's file
        #[arg(long)]
        no_project: bool,
    },
}

/// `--color`
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub enum When {
    /// In a terminal, and in job logs that show colours.
    Auto,
    /// Always.
    Always,
    /// Never.
    Never,
}

/// A folder; an empty name, as an empty variable has it, is none.
fn folder() -> impl TypedValueParser<Value = PathBuf> {
    OsStringValueParser::new().map(PathBuf::from)
}

impl std::fmt::Display for When {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.pad(match self {
            When::Auto => "auto",
            When::Always => "always",
            When::Never => "never",
        })
    }
}

/// Makes a closed word list an argument: the words are those of files and reports.
macro_rules! word_arguments {
    ($($name:ty),+) => {$(
        impl ValueEnum for $name {
            fn value_variants<'a>() -> &'a [Self] {
                <$name>::ALL
            }

            fn to_possible_value(&self) -> Option<clap::builder::PossibleValue> {
                Some(clap::builder::PossibleValue::new(self.as_str()))
            }
        }
    )+};
}

word_arguments!(Lang, Category, Owner, Role, GroupBy);

#[cfg(test)]
mod tests {
    use clap::{Command, CommandFactory};

    use super::*;

    /// In a terminal of 80 columns clap breaks what is wider wherever it ends, in the middle of an example.
    const COLUMNS: usize = 78;

    fn further(command: &Command, seen: &mut usize) {
        for part in command.get_subcommands() {
            further(part, seen);
        }
        let Some(text) = command.get_after_help() else {
            return;
        };
        *seen += 1;
        for line in text.to_string().lines() {
            let name = command.get_name();
            assert!(line.chars().count() <= COLUMNS, "{name}: {line}");
        }
    }

    #[test]
    fn examples_fit_a_terminal() {
        let mut seen = 0;
        further(&Cli::command(), &mut seen);
        assert!(seen >= 8, "{seen}");
    }

    #[test]
    fn the_example_of_a_settings_file_is_one() {
        let command = Cli::command();
        let config = command.find_subcommand("config").expect("the command");
        let text = config.get_after_help().expect("its help").to_string();
        let (_, example) = text.split_once("For example:").expect("an example");
        assert!(example.parse::<toml::Table>().is_ok(), "{example}");
    }
}
