//! Finds literals in text and estimates their cost. The library's tables are built with it, and the engine runs
//! it.
//!
//! [`gram`] builds the tables and searches text with them; [`background`] knows which stretches of a literal
//! are rare.

pub mod background;
pub mod gram;
