//! Ctrl-C: the first one stops reading and reports what is done; the second one ends the program.

use std::io::{self, Read};
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};

use crate::cli::exit::Exit;

/// Whether somebody asked for the end. It is cheap to copy and to ask.
#[derive(Debug, Clone, Default)]
pub struct Stop {
    /// The signal; 0 for none.
    signal: Arc<AtomicUsize>,
}

impl Stop {
    /// Starts to listen for signals that end a program.
    #[cfg(unix)]
    pub fn listen() -> Self {
        use signal_hook::consts::{SIGINT, SIGTERM};
        use signal_hook::flag;
        use std::sync::atomic::AtomicBool;

        let stop = Self::default();
        let again = Arc::new(AtomicBool::new(false));
        for signal in [SIGINT, SIGTERM] {
            // In this order: the second signal finds the flag that the first one set. Where a handler cannot be had, the
            // signal ends the program, as it would have.
            let _ = flag::register_conditional_default(signal, Arc::clone(&again))
                .and_then(|_| flag::register(signal, Arc::clone(&again)))
                .and_then(|_| {
                    flag::register_usize(signal, Arc::clone(&stop.signal), signal as usize)
                });
        }
        stop
    }

    /// Signals end the program as they always do.
    #[cfg(not(unix))]
    pub fn listen() -> Self {
        Self::default()
    }

    /// Has it been asked for?
    pub fn is_wanted(&self) -> bool {
        self.signal.load(Ordering::Relaxed) != 0
    }

    /// Ends the program the way the signal would have, so that a calling shell stops as well.
    pub fn end(&self) -> Exit {
        #[cfg(unix)]
        {
            let signal = self.signal.load(Ordering::Relaxed);
            let _ = signal_hook::low_level::emulate_default_handler(signal as i32);
        }
        Exit::Interrupted
    }
}

/// A reader that ends when it is asked for, so that no large file holds anybody up.
pub struct Stoppable<R> {
    /// What is read.
    pub inner: R,
    /// Who may ask.
    pub stop: Stop,
}

impl<R: Read> Read for Stoppable<R> {
    fn read(&mut self, buf: &mut [u8]) -> io::Result<usize> {
        if self.stop.is_wanted() {
            return Ok(0);
        }
        self.inner.read(buf)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_reader_ends_when_it_is_asked_for() {
        let stop = Stop::default();
        let mut reader = Stoppable {
            inner: io::repeat(b'x'),
            stop: stop.clone(),
        };
        let mut buf = [0; 8];
        assert_eq!(reader.read(&mut buf).unwrap(), 8);
        stop.signal.store(2, Ordering::Relaxed);
        assert_eq!(reader.read(&mut buf).unwrap(), 0);
    }
}
