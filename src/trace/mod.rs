//! Turns the bytes of a job log into clean text and its frame. Knows nothing of patterns.
//!
//! [`reader`] cuts the byte stream into [`block::Block`]s of clean text, [`frame`] follows sections, commands
//! and the verdict, [`line`](mod@line) is the view of one line that all other rooms use. `docs/trace.md` describes what
//! GitLab Runner writes.

pub mod block;
mod cases;
pub mod clean;
pub mod cut;
pub mod decode;
pub mod dialect;
pub mod escape;
mod fold;
pub(crate) mod foreign;
pub mod frame;
pub mod header;
mod held;
mod hosts;
pub mod level;
pub mod line;
mod lines;
pub mod literals;
pub mod marker;
pub mod page;
pub mod prefix;
pub mod reader;
pub(crate) mod remote;
mod seam;
pub mod stamp;
pub mod verdict;
mod wide;
mod wrappers;

pub use block::{Block, Piece};
pub use frame::Frame;
pub use line::{Kind, Line};
pub use reader::BlockReader;
pub use wrappers::Wrappers;
