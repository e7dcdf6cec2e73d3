//! What finds literals in text, and what a literal costs: the tables of a library are made of it, the engine runs it.
//!
//! [`gram`] makes the tables and looks text up in them; [`background`] says which stretches of a literal are rare.

pub mod background;
pub mod gram;
