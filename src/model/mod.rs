//! The plain values that flow from room to room. No logic beyond trivial accessors, no I/O.

mod facts;
mod hit;
mod hostile;
mod report;
mod summary;
mod time;
mod vocabulary;

pub use facts::{Command, Dialect, JobFacts, Outcome, Runner, Section, Verdict};
pub use hit::{Captures, Hit, Place, TailLine, WatchHit};
pub use hostile::is_hostile;
pub use report::{
    Advice, Batch, Check, CheckOutcome, Consequence, Diagnosis, Evidence, Finding, Further,
    InputInfo, InputKind, LogReport, Problem, RunnerInfo, SCHEMA_VERSION, Spot, Status, ToolInfo,
    Unexplained, UnexplainedLine, Untold, WhyRow, WhyTerm,
};
pub use summary::{CauseCount, GroupCount, RetryCount, Summary, UnexplainedCount};
pub use time::Time;
pub use vocabulary::{Category, Confidence, GroupBy, Lang, Owner, Retry, Role};
