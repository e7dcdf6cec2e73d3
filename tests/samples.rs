//! One named test for each pattern file.
fn main() {}
