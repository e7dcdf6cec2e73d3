//! The plain values that flow from room to room. No logic beyond trivial accessors, no I/O.

mod facts;
mod hit;
mod report;
mod vocabulary;

pub use facts::{Command, Dialect, JobFacts, Outcome, Runner, Section, Verdict};
pub use hit::{Captures, Hit, Place, TailLine, WatchHit};
pub use report::{
    Batch, CauseCount, Check, CheckOutcome, Consequence, Diagnosis, Evidence, Finding, InputInfo,
    InputKind, LogReport, Problem, RunnerInfo, SCHEMA_VERSION, Status, Summary, ToolInfo,
    Unexplained, UnexplainedLine, WhyRow, WhyTerm,
};
pub use vocabulary::{Category, Confidence, Lang, Owner, Retry, Role};
