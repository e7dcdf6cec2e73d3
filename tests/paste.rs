//! `jobtriage` alone in a terminal: what is pasted there, however long, becomes a report, and the terminal is left as it was.
#![cfg(unix)]

use std::fs::{File, OpenOptions};
use std::io::{Read, Write};
use std::os::fd::{AsFd, OwnedFd};
use std::os::unix::ffi::OsStrExt;
use std::os::unix::process::ExitStatusExt;
use std::process::{Child, Command, ExitStatus};
use std::sync::{Arc, Mutex};
use std::thread;
use std::time::{Duration, Instant};

use rustix::process::{Pid, Signal, WaitOptions, kill_process, waitpid};
use rustix::pty::{OpenptFlags, grantpt, openpt, ptsname, unlockpt};
use rustix::termios::{Termios, Winsize, tcgetattr, tcsetwinsize};

#[path = "common/program.rs"]
mod program;

/// A test hangs no longer than this; nothing depends on how long things take.
const PATIENCE: Duration = Duration::from_secs(60);

const PASTE_ON: &str = "\x1b[?2004h";
const PASTE_OFF: &str = "\x1b[?2004l";

const LOG: &str = "Running with gitlab-runner 14.2.0 (58ba2b95)\n\
    Executing \"step_script\" stage of the job script\n\
    $ git clone https://git.example.com/group/app.git\n\
    fatal: unable to access 'https://git.example.com/group/app.git/': Could not resolve host: git.example.com\n\
    ERROR: Job failed: exit code 128\n";

/// A pseudo-terminal with the program in it.
struct Session {
    master: File,
    terminal: OwnedFd,
    before: Termios,
    screen: Arc<Mutex<Vec<u8>>>,
    child: Child,
}

impl Session {
    fn start(args: &[&str]) -> Self {
        Self::with(args, |_| {})
    }

    fn with(args: &[&str], change: impl FnOnce(&mut Command)) -> Self {
        let master = openpt(OpenptFlags::RDWR | OpenptFlags::NOCTTY).unwrap();
        grantpt(&master).unwrap();
        unlockpt(&master).unwrap();
        let name = ptsname(&master, Vec::new()).unwrap();
        let name = std::ffi::OsStr::from_bytes(name.as_bytes());
        let terminal = OpenOptions::new()
            .read(true)
            .write(true)
            .open(name)
            .unwrap();
        let size = Winsize {
            ws_row: 24,
            ws_col: 80,
            ws_xpixel: 0,
            ws_ypixel: 0,
        };
        tcsetwinsize(&terminal, size).unwrap();
        let before = tcgetattr(&terminal).unwrap();
        let mut command = program::command(args);
        command.env("TERM", "xterm").env("NO_COLOR", "1");
        command.stdin(terminal.try_clone().unwrap());
        command.stdout(terminal.try_clone().unwrap());
        command.stderr(terminal.try_clone().unwrap());
        change(&mut command);
        let child = command.spawn().unwrap();
        let screen = Arc::new(Mutex::new(Vec::new()));
        let mut reader = File::from(master.try_clone().unwrap());
        let seen = Arc::clone(&screen);
        thread::spawn(move || {
            let mut bytes = [0; 4096];
            while let Ok(n @ 1..) = reader.read(&mut bytes) {
                seen.lock().unwrap().extend_from_slice(&bytes[..n]);
            }
        });
        Self {
            master: File::from(master),
            terminal: terminal.into(),
            before,
            screen,
            child,
        }
    }

    fn screen(&self) -> String {
        String::from_utf8_lossy(&self.screen.lock().unwrap()).into_owned()
    }

    /// Waits until the screen shows `text`.
    fn expect(&self, text: &str) {
        let start = Instant::now();
        while !self.screen().contains(text) {
            assert!(
                start.elapsed() < PATIENCE,
                "no {text:?} in {:?}",
                self.screen()
            );
            thread::sleep(Duration::from_millis(5));
        }
    }

    fn send(&mut self, text: &str) {
        self.master.write_all(text.as_bytes()).unwrap();
    }

    /// What a terminal sends for a paste: carriage returns for line ends.
    fn paste(&mut self, text: &str) {
        self.send(&format!("\x1b[200~{}\x1b[201~", text.replace('\n', "\r")));
    }

    /// Waits for the end; the terminal must be as it was before.
    fn end(mut self) -> (ExitStatus, String) {
        let start = Instant::now();
        let status = loop {
            if let Some(status) = self.child.try_wait().unwrap() {
                break status;
            }
            if start.elapsed() > PATIENCE {
                self.child.kill().unwrap();
                panic!("does not end; screen: {:?}", self.screen());
            }
            thread::sleep(Duration::from_millis(5));
        };
        let after = tcgetattr(&self.terminal).unwrap();
        assert_eq!(
            modes(&after),
            modes(&self.before),
            "the terminal was not put back"
        );
        // What the program wrote may still be on its way: a last word of our own comes behind it.
        const LAST: &str = "<end of the session>";
        File::from(self.terminal.try_clone().unwrap())
            .write_all(LAST.as_bytes())
            .unwrap();
        self.expect(LAST);
        let screen = self.screen();
        let (on, off) = (
            screen.matches(PASTE_ON).count(),
            screen.matches(PASTE_OFF).count(),
        );
        assert_eq!(on, off, "bracketed paste stays on: {screen:?}");
        (status, screen.replace(LAST, ""))
    }
}

fn modes(termios: &Termios) -> String {
    format!("{termios:?}")
}

#[test]
fn a_bracketed_paste_is_analysed_by_itself() {
    let mut session = Session::start(&[]);
    session.expect("Paste the job log here");
    session.paste(LOG);
    let (status, screen) = session.end();
    assert_eq!(status.code(), Some(0), "{screen}");
    assert!(screen.contains("received 5 lines\r\n"), "{screen}");
    assert!(screen.contains("FAILED"), "{screen}");
    assert!(screen.contains("git/could-not-resolve-host"), "{screen}");
    assert!(screen.contains("4 │ fatal: unable"), "{screen}");
    assert!(
        !screen.contains("Executing"),
        "the paste is echoed: {screen}"
    );
}

#[test]
fn lines_longer_than_the_line_mode_takes_arrive_whole() {
    let long = format!(
        "{} the end of the long line: Could not resolve host: git.example.com",
        "x".repeat(50_000)
    );
    let log = LOG.replace("fatal:", &format!("{long}\nfatal:"));
    let mut session = Session::start(&["-f", "json"]);
    session.expect("Paste the job log here");
    session.paste(&log);
    let (status, screen) = session.end();
    assert_eq!(status.code(), Some(0), "{screen}");
    let json = &screen[screen.find("\r\n{").unwrap()..];
    let report: serde_json::Value = serde_json::from_str(json).unwrap();
    let input = &report["logs"][0]["inputs"][0];
    assert_eq!(input["bytes"], log.len());
    assert_eq!(input["lines"], 6);
    assert_eq!(report["logs"][0]["exit_code"], 128);
}

#[test]
fn many_lines_are_counted_while_they_come() {
    let log: String = (0..20_000)
        .map(|k| format!("line {k} of a long log\n"))
        .collect();
    let mut session = Session::start(&["--short"]);
    session.expect("Paste the job log here");
    session.paste(&format!("{log}{LOG}"));
    let (status, screen) = session.end();
    assert_eq!(status.code(), Some(0), "{screen}");
    assert!(screen.contains("received 20005 lines\r\n"), "{screen}");
    assert!(screen.contains("<paste>:20004"), "{screen}");
}

#[test]
fn without_brackets_ctrl_d_ends_the_paste() {
    let mut session = Session::start(&[]);
    session.expect("Paste the job log here");
    session.send(&LOG.replace('\n', "\r"));
    session.expect("received 5 lines; Ctrl-D ends the paste");
    session.send("\x04");
    let (status, screen) = session.end();
    assert_eq!(status.code(), Some(0), "{screen}");
    assert!(screen.contains("received 5 lines\r\n"), "{screen}");
    assert!(screen.contains("git/could-not-resolve-host"), "{screen}");
}

#[test]
fn pastes_that_follow_one_another_make_one_log() {
    let (first, second) = LOG.split_at(LOG.find("fatal").unwrap());
    let mut session = Session::start(&[]);
    session.expect("Paste the job log here");
    session.send(&format!(
        "\x1b[200~{}\x1b[201~\x1b[200~{}\x1b[201~",
        first.replace('\n', "\r"),
        second.replace('\n', "\r\n")
    ));
    let (_, screen) = session.end();
    assert!(screen.contains("received 5 lines\r\n"), "{screen}");
    assert!(screen.contains("4 │ fatal: unable"), "{screen}");
}

#[test]
fn ctrl_c_leaves_by_the_signal_and_prints_nothing() {
    let mut session = Session::start(&[]);
    session.expect("Paste the job log here");
    session.send(&LOG.replace('\n', "\r"));
    session.expect("received 5 lines");
    session.send("\x03");
    let (status, screen) = session.end();
    assert_eq!(status.signal(), Some(2), "a shell says 130");
    assert!(!screen.contains("FAILED"), "{screen}");
}

#[test]
fn ctrl_c_works_inside_a_paste_that_never_ends() {
    let mut session = Session::start(&[]);
    session.expect("Paste the job log here");
    session.send("\x1b[200~a log that stops");
    session.expect("received 1 line");
    session.send("\x03");
    let (status, _) = session.end();
    assert_eq!(status.signal(), Some(2));
}

#[test]
fn what_comes_behind_ctrl_c_is_not_left_to_the_shell() {
    let mut session = Session::start(&[]);
    session.expect("Paste the job log here");
    session.send("\x03rm -r important\r");
    let terminal = session.terminal.try_clone().unwrap();
    let (status, _) = session.end();
    assert_eq!(status.signal(), Some(2));
    rustix::io::ioctl_fionbio(terminal.as_fd(), true).unwrap();
    let mut left = [0; 64];
    let read = rustix::io::read(&terminal, &mut left);
    assert_eq!(
        read,
        Err(rustix::io::Errno::AGAIN),
        "the shell would run it"
    );
}

#[test]
fn signals_find_the_terminal_put_back() {
    for (signal, number) in [(Signal::TERM, 15), (Signal::INT, 2), (Signal::HUP, 1)] {
        let session = Session::start(&[]);
        session.expect("Paste the job log here");
        kill_process(Pid::from_child(&session.child), signal).unwrap();
        let (status, screen) = session.end();
        assert_eq!(status.signal(), Some(number));
        assert!(!screen.contains("FAILED"), "{screen}");
    }
}

#[test]
fn ctrl_z_suspends_with_the_terminal_put_back() {
    let mut session = Session::start(&[]);
    session.expect("Paste the job log here");
    session.send("\x1a");
    let pid = Pid::from_child(&session.child);
    let (_, status) = waitpid(Some(pid), WaitOptions::UNTRACED).unwrap().unwrap();
    assert!(status.stopped());
    let suspended = tcgetattr(&session.terminal).unwrap();
    assert_eq!(modes(&suspended), modes(&session.before));
    kill_process(pid, Signal::CONT).unwrap();
    let start = Instant::now();
    while modes(&tcgetattr(&session.terminal).unwrap()) == modes(&session.before) {
        assert!(start.elapsed() < PATIENCE, "does not go on");
        thread::sleep(Duration::from_millis(5));
    }
    session.paste(LOG);
    let (status, screen) = session.end();
    assert_eq!(status.code(), Some(0), "{screen}");
}

#[test]
fn nothing_pasted_is_trouble_with_advice() {
    let mut session = Session::start(&[]);
    session.expect("Paste the job log here");
    session.send("\x04");
    let (status, screen) = session.end();
    assert_eq!(status.code(), Some(2));
    assert!(screen.contains("nothing was pasted"), "{screen}");
}

#[test]
fn a_wrong_flag_is_told_before_anything_is_asked_for() {
    let session = Session::start(&["-f", "jsn"]);
    let (status, screen) = session.end();
    assert_eq!(status.code(), Some(2));
    assert!(screen.contains("did you mean `json`?"), "{screen}");
    assert!(!screen.contains("Paste the job log"), "{screen}");
}

#[test]
fn a_dumb_terminal_gets_no_escapes() {
    let mut session = Session::with(&[], |command| {
        command.env("TERM", "dumb");
    });
    session.expect("then press Ctrl-D");
    session.send(&LOG.replace('\n', "\r"));
    session.send("\x04");
    let (status, screen) = session.end();
    assert_eq!(status.code(), Some(0), "{screen}");
    assert!(!screen.contains('\x1b'), "{screen:?}");
    assert!(screen.contains("git/could-not-resolve-host"), "{screen}");
}

#[test]
fn clean_takes_a_paste_as_well() {
    let mut session = Session::start(&["clean"]);
    session.expect("Paste the job log here");
    session.paste("one\n\x1b[31mtwo\x1b[0m\n");
    let (status, screen) = session.end();
    assert_eq!(status.code(), Some(0), "{screen}");
    assert!(screen.ends_with("one\r\ntwo\r\n"), "{screen:?}");
}

#[test]
fn paste_can_be_asked_for_where_there_is_no_terminal() {
    use std::process::Stdio;
    let mut child = program::command(&["--paste", "--short"])
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .stderr(Stdio::piped())
        .spawn()
        .unwrap();
    child
        .stdin
        .take()
        .unwrap()
        .write_all(LOG.as_bytes())
        .unwrap();
    let output = child.wait_with_output().unwrap();
    assert_eq!(output.status.code(), Some(0));
    let (out, err) = (
        String::from_utf8_lossy(&output.stdout),
        String::from_utf8_lossy(&output.stderr),
    );
    assert!(
        out.contains("<paste>:4") && err.contains("Paste the job log here"),
        "{out}{err}"
    );
}
