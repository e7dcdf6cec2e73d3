//! Whose turn it is: results come in path order, and what is done too early must not pile up.

use std::sync::{Condvar, Mutex, PoisonError};
use std::time::Duration;

use super::stop::Stop;

/// How often somebody who waits looks whether the end is asked for.
const LOOK: Duration = Duration::from_millis(100);

/// The file whose results are taken up now.
#[derive(Debug, Default)]
pub struct Turn {
    next: Mutex<Next>,
    moved: Condvar,
}

#[derive(Debug, Default)]
struct Next {
    index: usize,
    /// How many wait for it to move.
    waiting: usize,
}

impl Turn {
    /// Waits until a file is among the `ahead` next ones. False: the end is asked for.
    pub fn wait(&self, index: usize, ahead: usize, stop: &Stop) -> bool {
        // A counter is whole whoever panicked.
        let mut next = self.next.lock().unwrap_or_else(PoisonError::into_inner);
        while index >= next.index.saturating_add(ahead) && !stop.is_wanted() {
            next.waiting += 1;
            let woken = self.moved.wait_timeout(next, LOOK);
            next = woken.unwrap_or_else(PoisonError::into_inner).0;
            next.waiting -= 1;
        }
        !stop.is_wanted()
    }

    /// The turn goes to that file.
    pub fn pass(&self, to: usize) {
        let mut next = self.next.lock().unwrap_or_else(PoisonError::into_inner);
        next.index = to;
        // To wake nobody costs a call of the system as well.
        if next.waiting > 0 {
            self.moved.notify_all();
        }
    }

    /// Nobody takes anything up any more: nobody need wait.
    pub fn end(&self) {
        self.pass(usize::MAX);
    }
}
