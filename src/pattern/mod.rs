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

pub use checked::{Condition, Expr, Match, Near, Note, Pattern};
pub use error::PatternError;

/// What `patterns new` writes where a person has to write something. A file that still holds it is not in force, and the lint
/// `unfinished` finds it.
pub const UNFINISHED: &str = "CHANGE ME";
