//! Runs whole processes in turn and tells what each cost.

#![allow(dead_code)] // Each bench uses a part.

use std::fs::File;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};
use std::time::{Duration, Instant};

use wait4::Wait4;

/// The program that is measured: `JOBTRIAGE_BIN`, or the one that was built for this bench.
pub fn jobtriage() -> PathBuf {
    std::env::var_os("JOBTRIAGE_BIN")
        .map_or_else(|| env!("CARGO_BIN_EXE_jobtriage").into(), PathBuf::from)
}

/// A program on the path.
pub fn tool(name: &str) -> Option<PathBuf> {
    if let Some(given) = std::env::var_os(name.to_uppercase()) {
        return Some(given.into());
    }
    let path = std::env::var_os("PATH")?;
    std::env::split_paths(&path)
        .map(|dir| dir.join(name))
        .find(|file| file.is_file())
}

/// A command line, without a shell.
#[derive(Clone)]
pub struct Run {
    program: PathBuf,
    args: Vec<String>,
    stdin: Option<PathBuf>,
    /// So often in a row: a short one is lost in the noise.
    times: u32,
}

impl Run {
    pub fn new(program: impl Into<PathBuf>, args: &[&str]) -> Self {
        Self {
            program: program.into(),
            args: args.iter().map(|&arg| arg.to_owned()).collect(),
            stdin: None,
            times: 1,
        }
    }

    pub fn file(mut self, path: &Path) -> Self {
        self.args.push(path.display().to_string());
        self
    }

    pub fn stdin(mut self, path: &Path) -> Self {
        self.stdin = Some(path.to_owned());
        self
    }

    pub fn times(mut self, times: u32) -> Self {
        self.times = times;
        self
    }
}

/// What a command cost at the least.
#[derive(Debug, Clone, Copy)]
pub struct Cost {
    /// User and system.
    pub cpu: Duration,
    pub wall: Duration,
    /// Most memory that was resident, in bytes; no less than what this process has at the time.
    pub peak: u64,
}

fn once(run: &Run) -> std::io::Result<Cost> {
    let mut cost = Cost {
        cpu: Duration::ZERO,
        wall: Duration::ZERO,
        peak: 0,
    };
    for _ in 0..run.times {
        let mut command = Command::new(&run.program);
        command
            .args(&run.args)
            .stdout(Stdio::null())
            .stderr(Stdio::null());
        command.stdin(match &run.stdin {
            Some(path) => File::open(path)?.into(),
            None => Stdio::null(),
        });
        let start = Instant::now();
        let used = command.spawn()?.wait4()?;
        cost.wall += start.elapsed();
        // 1 is a finding, of rg's as of ours; a command that could not do its work has no cost.
        if !matches!(used.status.code(), Some(0 | 1)) {
            return Err(std::io::Error::other(format!(
                "{} ended with {}",
                run.program.display(),
                used.status
            )));
        }
        cost.cpu += used.rusage.utime + used.rusage.stime;
        cost.peak = cost.peak.max(used.rusage.maxrss);
    }
    cost.cpu /= run.times;
    cost.wall /= run.times;
    Ok(cost)
}

/// The least that each command cost in so many rounds, in turn so that noise hits all alike. A command may be several.
pub fn in_turn(rounds: u32, commands: &[Vec<Run>]) -> std::io::Result<Vec<Cost>> {
    let mut least: Vec<Option<Cost>> = vec![None; commands.len()];
    for _ in 0..rounds {
        for (runs, least) in commands.iter().zip(&mut least) {
            let mut sum: Option<Cost> = None;
            for run in runs {
                let cost = once(run)?;
                sum = Some(sum.map_or(cost, |sum| Cost {
                    cpu: sum.cpu + cost.cpu,
                    wall: sum.wall + cost.wall,
                    peak: sum.peak.max(cost.peak),
                }));
            }
            let Some(sum) = sum else { continue };
            *least = Some(least.map_or(sum, |least| Cost {
                cpu: least.cpu.min(sum.cpu),
                wall: least.wall.min(sum.wall),
                peak: least.peak.max(sum.peak),
            }));
        }
    }
    Ok(least.into_iter().flatten().collect())
}

/// CPU time of this thread so far, where the system tells it; else the time on the clock.
pub fn thread_time() -> Duration {
    static START: std::sync::LazyLock<Instant> = std::sync::LazyLock::new(Instant::now);
    let told = std::fs::read_to_string("/proc/thread-self/schedstat").ok();
    let spent = told.and_then(|told| told.split(' ').next()?.parse().ok());
    spent.map_or_else(|| START.elapsed(), Duration::from_nanos)
}
