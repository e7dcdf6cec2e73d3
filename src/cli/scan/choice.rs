//! Which logs are told, and in which order: `--since`, `--until`, `--sort`.

use std::collections::HashMap;
use std::time::{SystemTime, UNIX_EPOCH};

use crate::cli::args::{Order, Scan};
use crate::cli::complaint::Complaint;
use crate::cli::output::Reports;
use crate::model::{LogReport, Status, Time};

/// Lets logs through in path order, or keeps them until all are known.
pub struct Choice {
    since: Option<Time>,
    until: Option<Time>,
    order: Order,
    kept: Vec<LogReport>,
}

impl Choice {
    /// What the flags ask for.
    ///
    /// # Errors
    /// A time that is none.
    pub fn of(args: &Scan) -> Result<Self, Complaint> {
        let since = args
            .since
            .as_deref()
            .map(|text| moment("--since", text, false));
        let until = args
            .until
            .as_deref()
            .map(|text| moment("--until", text, true));
        let (since, until) = (since.transpose()?, until.transpose()?);
        if since.zip(until).is_some_and(|(since, until)| since > until) {
            let text = |flag: &Option<String>| flag.clone().unwrap_or_default();
            return Err(Complaint::hint(
                format!(
                    "--since {} is later than --until {}",
                    text(&args.since),
                    text(&args.until)
                ),
                "no log is of such a time: exchange the two",
            ));
        }
        Ok(Self {
            since,
            until,
            order: args.sort,
            kept: Vec::new(),
        })
    }

    /// Is it a log of the time asked for?
    pub fn is_within(&self, report: &LogReport) -> bool {
        let bounded = self.since.is_some() || self.until.is_some();
        let within = report.time().is_some_and(|time| {
            self.since.is_none_or(|since| since <= time)
                && self.until.is_none_or(|until| time <= until)
        });
        !bounded || within
    }

    /// Takes up a log.
    ///
    /// # Errors
    /// What writing it met.
    pub fn take(&mut self, report: LogReport, reports: &mut Reports) -> Result<(), Complaint> {
        if self.order == Order::Path {
            return reports.log(&report);
        }
        self.kept.push(report);
        Ok(())
    }

    /// Hands out what was kept.
    ///
    /// # Errors
    /// What writing it met.
    pub fn rest(&mut self, reports: &mut Reports) -> Result<(), Complaint> {
        let mut kept = std::mem::take(&mut self.kept);
        match self.order {
            Order::Path => {}
            Order::Time => kept.sort_by_key(LogReport::time),
            Order::Cause => by_cause(&mut kept),
        }
        kept.iter().try_for_each(|report| reports.log(report))
    }
}

fn by_cause(logs: &mut [LogReport]) {
    let mut counts: HashMap<String, usize> = HashMap::new();
    for cause in logs.iter().filter_map(|log| log.cause.as_ref()) {
        *counts.entry(cause.id.clone()).or_default() += 1;
    }
    logs.sort_by_cached_key(|log| {
        let id = log.cause.as_ref().map(|cause| cause.id.clone());
        let logs = id.as_ref().and_then(|id| counts.get(id)).copied();
        let shape = log.unexplained.as_ref().map(|u| u.fingerprint.clone());
        let rank = match log.status {
            Status::Explained => 0,
            Status::Unexplained => 1,
            Status::Clean => 2,
        };
        (rank, std::cmp::Reverse(logs), id, shape)
    });
}

/// A time, or an age. A date alone is its first second, or its last.
fn moment(flag: &str, text: &str, last: bool) -> Result<Time, Complaint> {
    let now = SystemTime::now().duration_since(UNIX_EPOCH);
    let now = now.map_or(0, |since| since.as_secs() as i64);
    let aged = || age(text).and_then(|seconds| Time::from_unix(now - seconds));
    let whole_day = last && text.len() == "2026-01-02".len();
    let time = Time::parse(text).map(|time| match whole_day {
        true => Time::of_day(time.day() + 1).before(),
        false => time,
    });
    time.or_else(aged).ok_or_else(|| {
        Complaint::hint(
            format!("{flag} {text}: no time"),
            "give a date `2026-01-02`, a time `2026-01-02T03:04` (UTC, or with a zone: `+09:00`, `+0900`), or an age: `90m`, `24h`, `7d`, `2w`",
        )
    })
}

/// `7d`: seconds.
fn age(text: &str) -> Option<i64> {
    let unit = text.chars().last()?;
    let seconds = match unit {
        'm' => 60,
        'h' => 3_600,
        'd' => 86_400,
        'w' => 604_800,
        _ => return None,
    };
    let count: i64 = text.strip_suffix(unit)?.parse().ok()?;
    (count >= 0).then(|| count.checked_mul(seconds)).flatten()
}
