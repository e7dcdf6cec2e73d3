#![no_main]

#[path = "../../tests/hostile/checks.rs"]
mod checks;

libfuzzer_sys::fuzz_target!(|bytes: &[u8]| {
    // Which secret is planted, in what words, and where.
    if let Some(([secret, place, high, low], text)) = bytes.split_first_chunk() {
        checks::pipeline(text, *secret, *place, u16::from_be_bytes([*high, *low]));
    }
});
