//! Says why a CI job failed and what to do about it, from its log alone.
pub mod model;
pub mod pattern;
