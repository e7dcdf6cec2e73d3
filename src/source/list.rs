//! Reads lists of files: one name a line, or names that end with NUL.

use std::io::{self, Read};
use std::path::PathBuf;

/// Reads a list of paths. One NUL anywhere means that names end with NUL (`find -print0`), so that a name may
/// contain a newline.
///
/// # Errors
/// Reading failed.
pub fn paths(mut source: impl Read) -> io::Result<Vec<PathBuf>> {
    let mut bytes = Vec::new();
    source.read_to_end(&mut bytes)?;
    let nul = memchr::memchr(0, &bytes).is_some();
    let names = bytes.split(|&b| b == if nul { 0 } else { b'\n' });
    let names = names.map(|name| match name.strip_suffix(b"\r") {
        Some(name) if !nul => name,
        _ => name,
    });
    Ok(names.filter(|name| !name.is_empty()).map(path).collect())
}

#[cfg(unix)]
fn path(name: &[u8]) -> PathBuf {
    use std::os::unix::ffi::OsStrExt;
    std::ffi::OsStr::from_bytes(name).into()
}

#[cfg(not(unix))]
fn path(name: &[u8]) -> PathBuf {
    String::from_utf8_lossy(name).into_owned().into()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn read(list: &str) -> Vec<String> {
        let paths = paths(list.as_bytes()).unwrap();
        paths.iter().map(|p| p.display().to_string()).collect()
    }

    #[test]
    fn a_name_a_line() {
        assert_eq!(
            read("a.log\nb c.log\r\n\nd.log"),
            ["a.log", "b c.log", "d.log"]
        );
        assert!(read("\n\n").is_empty() && read("").is_empty());
    }

    #[test]
    fn one_nul_means_that_all_end_in_one() {
        assert_eq!(read("a\nb.log\0c.log\0"), ["a\nb.log", "c.log"]);
        assert_eq!(read("a.log\r\0"), ["a.log\r"]);
    }
}
