//! What the engine finds, held against the plainest way to find it.

#[allow(dead_code)] // Other tests use the rest.
#[path = "../common/rows.rs"]
mod rows;

mod bounds;
mod conditions;
mod differential;
mod long_lines;
mod naive;
mod patterns;
mod tails;
