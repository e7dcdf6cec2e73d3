//! A log pasted into the terminal.

use std::io::{self, Read, Write};

use super::complaint::Complaint;

/// Asks for a paste and reads it to its end.
///
/// # Errors
/// What reading met.
pub fn receive() -> Result<Vec<u8>, Complaint> {
    let mut err = io::stderr();
    let _ = writeln!(
        err,
        "Paste the job log here, then press Ctrl-D.        (or: jobtriage FILE · --help)"
    );
    let mut bytes = Vec::new();
    io::stdin().read_to_end(&mut bytes)?;
    Ok(bytes)
}
