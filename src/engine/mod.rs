//! Blocks of clean text and the patterns in force come in; hits, the facts of the frame and the tail of what failed leave.
//!
//! [`sought`] finds the literals of a library in a block; [`scan`] drives; [`run`] is the state of
//! one log, and looks at lines; [`near`] settles the conditions about other lines; [`store`] keeps hits within bounds, [`evidence`] their text; [`tail`] keeps the end of the section that may have failed, where [`unkeyed`] patterns are tried.

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
