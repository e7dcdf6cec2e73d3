//! The bar on stderr: files, bytes, rate, time left, failures without a cause so far.

use std::env;
use std::io::{self, IsTerminal};
use std::time::{Duration, Instant};

use indicatif::{ProgressBar, ProgressDrawTarget, ProgressStyle};

use crate::source::walk::Found;

/// Shorter work shows no bar.
const PATIENCE: Duration = Duration::from_millis(500);
/// Redraws a second.
const RATE: u8 = 10;

/// The bar; hidden if stderr is no terminal or is a job's log.
pub struct Progress {
    bar: ProgressBar,
    files: usize,
    done: usize,
    unexplained: usize,
    /// When to show the bar; `None` if it is shown or never will be.
    shown_from: Option<Instant>,
}

impl Progress {
    /// A bar over files whose sizes are known.
    pub fn over(files: &[Found]) -> Self {
        let bytes = files.iter().map(|file| file.bytes).sum();
        let wanted = io::stderr().is_terminal() && env::var_os("CI").is_none();
        let bar = ProgressBar::with_draw_target(Some(bytes), ProgressDrawTarget::hidden());
        let template =
            "{spinner} {prefix} · {bytes}/{total_bytes} · {bytes_per_sec} · {eta} left{msg}";
        if let Ok(style) = ProgressStyle::with_template(template) {
            bar.set_style(style);
        }
        Self {
            bar,
            files: files.len(),
            done: 0,
            unexplained: 0,
            shown_from: wanted.then(|| Instant::now() + PATIENCE),
        }
    }

    /// Whether a long run would show the bar.
    pub fn may_show(&self) -> bool {
        self.shown_from.is_some()
    }

    /// Counts a file.
    pub fn file(&mut self, bytes: u64) {
        self.done += 1;
        self.bar.inc(bytes);
        self.tick();
    }

    /// Counts a failure without a known cause.
    pub fn unexplained(&mut self) {
        self.unexplained += 1;
    }

    /// Redraws if it is time.
    pub fn tick(&mut self) {
        if self.shown_from.is_some_and(|from| Instant::now() >= from) {
            self.shown_from = None;
            self.bar
                .set_draw_target(ProgressDrawTarget::stderr_with_hz(RATE));
            self.bar.enable_steady_tick(Duration::from_millis(200));
        }
        self.bar
            .set_prefix(format!("{}/{} files", self.done, self.files));
        if self.unexplained > 0 {
            self.bar
                .set_message(format!(" · {} unexplained", self.unexplained));
        }
    }

    /// Removes the bar.
    pub fn clear(&self) {
        self.bar.finish_and_clear();
    }
}
