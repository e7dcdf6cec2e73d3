#![no_main]

#[path = "../../tests/hostile/checks.rs"]
mod checks;

libfuzzer_sys::fuzz_target!(|parts: (&str, &str)| checks::template(parts.0, parts.1));
