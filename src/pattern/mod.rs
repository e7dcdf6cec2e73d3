//! Patterns are data: what a pattern file may say, and what becomes of it.

pub mod compile;
pub mod error;
pub mod literal;
pub mod redirect;
pub mod schema;
pub mod text;

pub use compile::{Condition, Expr, Match, Near, Note, Pattern};
pub use error::PatternError;
