//! The tools of those who write patterns: does a file say what it should, and does it do what it says?
//!
//! [`workshop`] reads pattern files with the library around them; [`selftest`] runs the tests in a file through the real
//! engine; [`lint`] finds what no test shows; [`skeleton`] begins a file from a line of a log, [`trial`] tries it on a
//! folder of them; [`page`] is what people read about it, [`conditions`] says in words when it counts. This room may use `pattern`, `library`, `engine`, `diagnosis` and `source`;
//! only `cli` uses it.

mod bench;
pub mod conditions;
pub mod lint;
pub mod page;
pub mod schema;
pub mod selftest;
pub mod skeleton;
pub mod trial;
pub mod workshop;

pub use workshop::{Draft, Workshop};
