//! Matches the patterns in force against blocks of clean text. The result is hits, the facts of the frame,
//! and the tail of the section that may have failed.
//!
//! [`sought`] finds the library's literals in a block, [`scan`] drives a log through, [`run`] is the state of
//! one log and checks its lines, [`near`] settles the conditions about other lines, [`store`] bounds the
//! number of hits, [`evidence`] the text they keep, [`tail`] keeps the end of the section that may have
//! failed, on which [`unkeyed`] patterns run.

mod evidence;
mod near;
mod run;
pub mod scan;
mod sought;
mod store;
pub mod tail;
mod unkeyed;

pub use scan::{Scan, Scanner};
pub use tail::Tail;
