//! Small libraries of patterns made on the spot.

use jobtriage::library::Library;
use jobtriage::pattern::compile::compile;

const HEAD: &str = r#"
role = "root_cause"
confidence = "high"
owner = "project"
retry = "never"
category = "build"
"#;

const FOOT: &str = r#"
[provenance]
level = "unverified"
[text.en]
title = "A test"
cause = "A test"
fix = ["None"]
"#;

/// A library of patterns: id, and the tables of a file that tests want to choose.
pub fn library(patterns: &[(&str, &str)]) -> Library {
    let compiled = patterns.iter().map(|(id, tables)| {
        let source = format!("{HEAD}{FOOT}{tables}");
        match compile(id, id, &source, &|_| 0) {
            Ok((pattern, _)) => pattern,
            Err(fault) => panic!("{fault}\n{source}"),
        }
    });
    Library::of(compiled.collect())
}
