//! The terminal while a log is pasted: no line mode (it cuts lines at 4,095 bytes), no echo, bracketed paste, a counter.
//!
//! Put back on every way out: the end of the paste, a key, a signal, a panic.

use std::io::{self, IsTerminal, Read, Write};
use std::os::fd::{AsFd, OwnedFd};
use std::sync::atomic::{AtomicBool, AtomicUsize, Ordering};
use std::sync::{Arc, Mutex, Once, PoisonError};
use std::time::{Duration, Instant};
use std::{env, panic};

use rustix::termios::{
    InputModes, LocalModes, OptionalActions, SpecialCodeIndex, Termios, tcgetattr, tcsetattr,
};
use signal_hook::consts::{SIGHUP, SIGINT, SIGQUIT, SIGTERM, SIGTSTP};
use signal_hook::{flag, low_level};

use super::prompt;
use super::stream::{Event, Key, Keys, Stream};

/// How long one read waits, in tenths of a second: so often the counter, signals and the deadline are looked at.
const TICK: u8 = 1;
/// The analysis starts so long after the end of a bracketed paste.
const SETTLE: Duration = Duration::from_millis(500);
/// How long what is still on its way is swallowed when a key ends the paste early.
const DRAIN: Duration = Duration::from_secs(2);
/// Reads in a row that wait for nothing and bring nothing: the terminal is gone.
const MOST_EMPTY: u32 = 10;
/// Longest piece read at a time.
const PIECE: usize = 16 << 10;

const SIGNALS: &[i32] = &[SIGINT, SIGTERM, SIGHUP, SIGQUIT, SIGTSTP];

const BRACKETED_ON: &str = "\x1b[?2004h";
const BRACKETED_OFF: &str = "\x1b[?2004l";
const LINE_START: &str = "\r\x1b[K";

/// How the terminal was: what [`restore`] puts back. One process has one paste at a time.
static BEFORE: Mutex<Option<Before>> = Mutex::new(None);

struct Before {
    terminal: OwnedFd,
    modes: Termios,
    screen: bool,
}

/// Puts the terminal back as it was; does nothing the second time.
///
/// What is still waiting to be read is dropped: it must not become commands of the shell.
fn restore() {
    // A panic may have happened under the lock; the state is whole all the same.
    let before = BEFORE.lock().unwrap_or_else(PoisonError::into_inner).take();
    if let Some(before) = before {
        if before.screen {
            let _ = write!(io::stderr(), "{BRACKETED_OFF}");
        }
        // Nothing can be done about a terminal that is gone.
        let _ = tcsetattr(&before.terminal, OptionalActions::Flush, &before.modes);
    }
}

/// A terminal that takes a paste. Reading gives the pasted text as UTF-8 lines.
pub struct Terminal {
    input: OwnedFd,
    stream: Stream,
    /// Text that is not handed out yet.
    text: Vec<u8>,
    at: usize,
    raw: Vec<u8>,
    /// Bracketed paste and a counter: stderr is a terminal that obeys.
    screen: bool,
    shown: Option<(u64, Instant)>,
    settled_at: Option<Instant>,
    empty: u32,
    done: bool,
    /// The signal that came last; 0 for none.
    signal: Arc<AtomicUsize>,
    /// Signals do again what they always do.
    released: Arc<AtomicBool>,
}

impl Terminal {
    /// Takes the terminal over and asks for the paste.
    ///
    /// # Errors
    /// It is no terminal, or it cannot be changed.
    pub fn open(input: impl AsFd) -> io::Result<Self> {
        let input = rustix::io::fcntl_dupfd_cloexec(input, 3)?;
        let modes = tcgetattr(&input)?;
        let screen = io::stderr().is_terminal() && env::var_os("TERM").is_none_or(|t| t != "dumb");
        let terminal = Self {
            stream: Stream::new(keys(&modes)),
            input,
            text: Vec::new(),
            at: 0,
            raw: vec![0; PIECE],
            screen,
            shown: None,
            settled_at: None,
            empty: 0,
            done: false,
            signal: Arc::default(),
            released: Arc::default(),
        };
        for &signal in SIGNALS {
            flag::register_conditional_default(signal, Arc::clone(&terminal.released))?;
            flag::register_usize(signal, Arc::clone(&terminal.signal), signal as usize)?;
        }
        restore_on_panic();
        terminal.take_over()?;
        prompt(if screen {
            "Paste the job log here."
        } else {
            "Paste the job log here, then press Ctrl-D."
        });
        Ok(terminal)
    }

    fn take_over(&self) -> io::Result<()> {
        let modes = tcgetattr(&self.input)?;
        *BEFORE.lock().unwrap_or_else(PoisonError::into_inner) = Some(Before {
            terminal: self.input.try_clone()?,
            modes: modes.clone(),
            screen: self.screen,
        });
        tcsetattr(&self.input, OptionalActions::Now, &pasting(modes))?;
        if self.screen {
            write!(io::stderr(), "{BRACKETED_ON}")?;
        }
        Ok(())
    }

    /// Reads until there is text to hand out, or the paste is over.
    fn fill(&mut self) -> io::Result<()> {
        self.text.clear();
        self.at = 0;
        while self.text.is_empty() && !self.done {
            self.obey_signal()?;
            let asked = Instant::now();
            match rustix::io::read(&self.input, &mut self.raw[..]) {
                Ok(0) => self.nothing_came(asked)?,
                Ok(n) => {
                    self.empty = 0;
                    self.settled_at = None;
                    match self.stream.push(&self.raw[..n], &mut self.text) {
                        Some(Event::Key(key)) => self.press(key)?,
                        Some(Event::Perhaps) | None => {}
                    }
                }
                Err(rustix::io::Errno::INTR) => {}
                // The terminal is gone, and with it the rest of the paste.
                Err(rustix::io::Errno::IO) => self.end(),
                Err(error) => {
                    self.end();
                    return Err(error.into());
                }
            }
            self.count(false);
        }
        Ok(())
    }

    /// A read came back without anything: a pause in the input, or its end.
    fn nothing_came(&mut self, asked: Instant) -> io::Result<()> {
        let tick = Duration::from_millis(100 * u64::from(TICK));
        self.empty = if asked.elapsed() < tick / 2 {
            self.empty + 1
        } else {
            0
        };
        if self.empty > MOST_EMPTY {
            self.end();
        } else if let Some(key) = self.stream.pressed() {
            self.press(key)?;
        } else if self.stream.complete() {
            // One tick has passed already when the pause is noticed.
            let quiet_since = *self.settled_at.get_or_insert(asked);
            if quiet_since.elapsed() >= SETTLE {
                self.end();
            }
        }
        Ok(())
    }

    fn press(&mut self, key: Key) -> io::Result<()> {
        match key {
            Key::End => {
                self.drain();
                self.end();
                Ok(())
            }
            Key::Interrupt => self.stop_by(SIGINT),
            Key::Quit => self.stop_by(SIGQUIT),
            Key::Suspend => self.stop_by(SIGTSTP),
        }
    }

    fn obey_signal(&mut self) -> io::Result<()> {
        match self.signal.swap(0, Ordering::Relaxed) {
            0 => Ok(()),
            signal => self.stop_by(signal as i32),
        }
    }

    /// Does what a signal does by itself, with the terminal put back before. Comes back only from a suspension.
    fn stop_by(&mut self, signal: i32) -> io::Result<()> {
        self.drain();
        restore();
        self.erase_counter();
        low_level::emulate_default_handler(signal)?;
        self.take_over()
    }

    /// Swallows what is still on its way, so that the shell does not get the rest of a log as commands.
    fn drain(&mut self) {
        let until = Instant::now() + DRAIN;
        while Instant::now() < until
            && rustix::io::read(&self.input, &mut self.raw[..]).is_ok_and(|n| n > 0)
        {}
    }

    fn end(&mut self) {
        if !self.done {
            self.done = true;
            self.stream.finish(&mut self.text);
            restore();
            self.released.store(true, Ordering::Relaxed);
            self.count(true);
        }
    }

    /// Draws the counter, at most ten times a second.
    fn count(&mut self, last: bool) {
        const REDRAW: Duration = Duration::from_millis(100);
        if !self.screen || (self.done && !last) {
            return;
        }
        let lines = self.stream.lines();
        let due = self
            .shown
            .is_none_or(|(shown, when)| shown != lines && when.elapsed() >= REDRAW);
        let mut err = io::stderr().lock();
        if last {
            let _ = writeln!(err, "{LINE_START}received {}", amount(lines));
        } else if due && lines > 0 {
            let hint = if self.stream.unannounced() {
                "; Ctrl-D ends the paste"
            } else {
                ""
            };
            let _ = write!(err, "{LINE_START}received {}{hint}", amount(lines));
            self.shown = Some((lines, Instant::now()));
        }
        let _ = err.flush();
    }

    fn erase_counter(&mut self) {
        if self.shown.take().is_some() {
            let _ = write!(io::stderr(), "{LINE_START}");
        }
    }
}

impl Read for Terminal {
    fn read(&mut self, buf: &mut [u8]) -> io::Result<usize> {
        if self.at == self.text.len() {
            self.fill()?;
        }
        let n = buf.len().min(self.text.len() - self.at);
        buf[..n].copy_from_slice(&self.text[self.at..self.at + n]);
        self.at += n;
        Ok(n)
    }
}

impl Drop for Terminal {
    fn drop(&mut self) {
        self.end();
    }
}

/// The modes while a paste is taken: bytes as they come, no echo, keys as bytes. Output stays as it was.
fn pasting(mut modes: Termios) -> Termios {
    modes.local_modes -= LocalModes::ICANON
        | LocalModes::ECHO
        | LocalModes::ECHONL
        | LocalModes::ISIG
        | LocalModes::IEXTEN;
    modes.input_modes -= InputModes::ICRNL
        | InputModes::INLCR
        | InputModes::IGNCR
        | InputModes::ISTRIP
        | InputModes::IXON;
    // A read waits for one tick, and comes back empty behind it.
    modes.special_codes[SpecialCodeIndex::VMIN] = 0;
    modes.special_codes[SpecialCodeIndex::VTIME] = TICK;
    modes
}

/// The keys that this terminal has for things.
fn keys(modes: &Termios) -> Keys {
    // 0 (Linux) or 255 (BSD, macOS) switches a key off.
    let key = |index| Some(modes.special_codes[index]).filter(|code| !matches!(code, 0 | 255));
    Keys {
        end: key(SpecialCodeIndex::VEOF),
        interrupt: key(SpecialCodeIndex::VINTR),
        quit: key(SpecialCodeIndex::VQUIT),
        suspend: key(SpecialCodeIndex::VSUSP),
    }
}

/// Release builds abort on a panic, so nothing is dropped: a hook has to do it.
fn restore_on_panic() {
    static HOOK: Once = Once::new();
    HOOK.call_once(|| {
        let before = panic::take_hook();
        panic::set_hook(Box::new(move |info| {
            restore();
            before(info);
        }));
    });
}

fn amount(lines: u64) -> String {
    format!("{lines} line{}", if lines == 1 { "" } else { "s" })
}

#[cfg(test)]
mod tests {
    use super::*;
    use rustix::pty::{OpenptFlags, grantpt, openpt, ptsname, unlockpt};
    use std::fs::OpenOptions;

    #[test]
    fn a_panic_finds_the_terminal_put_back_before_anything_is_dropped() {
        let master = openpt(OpenptFlags::RDWR | OpenptFlags::NOCTTY).unwrap();
        grantpt(&master).unwrap();
        unlockpt(&master).unwrap();
        let name = ptsname(&master, Vec::new()).unwrap();
        let input = OpenOptions::new()
            .read(true)
            .write(true)
            .open(name.to_str().unwrap())
            .unwrap();
        let modes = || format!("{:?}", tcgetattr(&input).unwrap());
        let before = modes();
        let terminal = Terminal::open(&input).unwrap();
        assert_ne!(modes(), before);
        // Release builds abort here: the hook is all that runs.
        let result = panic::catch_unwind(|| panic!("for the test"));
        assert!(result.is_err());
        assert_eq!(modes(), before);
        drop(terminal);
    }
}
