#![no_main]

#[path = "../../tests/hostile/checks.rs"]
mod checks;

libfuzzer_sys::fuzz_target!(|bytes: &[u8]| {
    // The first byte says how the rest is dressed up.
    if let Some((dress, text)) = bytes.split_first() {
        checks::dialects(text, *dress);
    }
});
