#![no_main]

#[path = "../../tests/hostile/checks.rs"]
mod checks;

libfuzzer_sys::fuzz_target!(|bytes: &[u8]| {
    let path = std::env::temp_dir().join(format!("jobtriage-fuzz-{}", std::process::id()));
    checks::archive(&path, bytes);
});
