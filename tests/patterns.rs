//! One named test for each pattern file: it loads, and the tests in it come out, through the engine that users run.
//!
//! The same as `jobtriage patterns test`. One pattern: `cargo test --test patterns -- git/could-not-resolve-host`.

use std::path::Path;
use std::sync::Arc;

use jobtriage::authoring::{Workshop, selftest};
use libtest_mimic::{Arguments, Failed, Trial};

fn main() {
    let args = Arguments::from_args();
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("patterns");
    let workshop = Arc::new(Workshop::of_folder(&root));
    let broken = workshop.faults.iter().map(|fault| {
        let text = match &fault.hint {
            Some(hint) => format!("{fault}\n  hint: {hint}"),
            None => fault.to_string(),
        };
        Trial::test(fault.file.clone(), move || Err(Failed::from(text)))
    });
    let drafts = (0..workshop.drafts.len()).map(|k| {
        let workshop = Arc::clone(&workshop);
        Trial::test(workshop.drafts[k].id.clone(), move || {
            let failures = selftest::run(&workshop.drafts[k], &workshop).failures;
            if failures.is_empty() {
                return Ok(());
            }
            let told: Vec<String> = failures.iter().map(|f| f.to_string()).collect();
            Err(told.join("\n").into())
        })
    });
    let tests = broken.chain(drafts).collect();
    libtest_mimic::run(&args, tests).exit();
}
