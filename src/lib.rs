//! Says why a CI job failed and what to do about it, from its log alone.
//!
//! ```
//! use jobtriage::diagnosis::{Case, Input, diagnose};
//! use jobtriage::engine::Scanner;
//! use jobtriage::library::Library;
//! use jobtriage::model::Lang;
//!
//! let log = b"$ git clone https://git.example.com/group/app.git\n\
//!     fatal: unable to access 'https://git.example.com/group/app.git/': Could not resolve host: git.example.com\n\
//!     ERROR: Job failed: exit code 128\n";
//! let library = Library::embedded();
//! let scan = Scanner::new(&library).scan(&log[..]);
//! let case = Case::single(Input { source: "job.log".into(), scan });
//! let cause = diagnose(&case, &library, Lang::En).cause.expect("a known failure");
//! assert_eq!(cause.id, "git/could-not-resolve-host");
//! assert_eq!(cause.line, 2);
//! ```
//!
//! Bytes flow one way: [`source`] → [`trace`] → [`engine`] → [`diagnosis`] → [`report`]. [`pattern`] and
//! [`library`] hold what the engine knows, [`matcher`] runs their regexes, [`prefilter`] finds the lines for
//! them. [`redact`] keeps secrets out of reports, [`model`] has the plain values between the stages,
//! [`authoring`] the tools for people who write patterns, [`cli`] the program.

pub mod authoring;
pub mod cli;
pub mod diagnosis;
pub mod engine;
pub mod library;
pub mod matcher;
pub mod model;
pub mod pattern;
pub mod prefilter;
pub mod redact;
pub mod report;
pub mod source;
pub mod trace;
