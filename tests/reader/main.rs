//! What the reader makes of the bytes of a job log.

#[path = "../common/rows.rs"]
mod rows;

mod damaged;
mod folds;
mod laws;
mod long_lines;
mod naive;
mod numbers;
mod vectors;
