//! Patterns are data: what a pattern file may say, and what becomes of it.

mod captures;
pub mod checked;
pub mod compile;
pub mod error;
pub mod literal;
pub mod places;
pub mod redirect;
pub mod schema;
pub mod text;
mod word;

pub use checked::{Condition, Expr, Match, Near, Note, Pattern};
pub use error::PatternError;

/// The words that `patterns new` writes where the author must write something. A file that still holds them
/// is not in force, and the lint `unfinished` reports it.
pub const UNFINISHED: &str = "CHANGE ME";
