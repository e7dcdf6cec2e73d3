#![no_main]

#[path = "../../tests/hostile/checks.rs"]
mod checks;

libfuzzer_sys::fuzz_target!(|bytes: &[u8]| {
    // Case, then the regex up to a line end, then the text.
    let Some((flags, rest)) = bytes.split_first() else {
        return;
    };
    let end = rest.iter().position(|&b| b == b'\n').unwrap_or(rest.len());
    if let Ok(source) = std::str::from_utf8(&rest[..end]) {
        checks::matcher(source, flags & 1 == 1, rest.get(end + 1..).unwrap_or_default());
    }
});
