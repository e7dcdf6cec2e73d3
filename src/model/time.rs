//! A moment, as logs tell it: seconds, UTC.

use std::borrow::Cow;
use std::fmt;

use schemars::{JsonSchema, Schema, SchemaGenerator, json_schema};
use serde::{Deserialize, Deserializer, Serialize, Serializer, de};

/// Seconds since 1970 in UTC; written as `2026-01-02T03:04:05Z`.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Time(i64);

/// Seconds of a day.
const DAY: i64 = 86_400;
/// No runner has run before 2001, and none will tell times beyond 2100: what else is told is no time.
const BELIEVED: std::ops::Range<i64> = 1_000_000_000..4_102_444_800;

impl Time {
    /// The moment, if a log can be of it.
    pub fn from_unix(seconds: i64) -> Option<Self> {
        BELIEVED.contains(&seconds).then_some(Self(seconds))
    }

    /// Seconds since 1970.
    pub fn unix(self) -> i64 {
        self.0
    }

    /// Days since 1970.
    pub fn day(self) -> i64 {
        self.0.div_euclid(DAY)
    }

    /// The start of a day, given as days since 1970.
    pub fn of_day(day: i64) -> Self {
        Self(day * DAY)
    }

    /// The second before.
    #[must_use]
    pub fn before(self) -> Self {
        Self(self.0 - 1)
    }

    /// A moment from its parts; `None` where the calendar has none.
    pub fn from_parts(date: [i64; 3], clock: [i64; 3]) -> Option<Self> {
        let ([year, month, day], [hour, minute, second]) = (date, clock);
        let valid = (1..=12).contains(&month)
            && (1..=31).contains(&day)
            && (0..24).contains(&hour)
            && (0..60).contains(&minute)
            && (0..=60).contains(&second);
        let days = days(year, month, day);
        let seconds = days * DAY + hour * 3600 + minute * 60 + second;
        (valid && civil(days) == (year, month, day)).then_some(Self(seconds))
    }

    /// `2026-01-02`, with `T03:04` or `T03:04:05` and a zone (`Z`, `+09:00`, `+0900` as `date +%z` prints it) or without: then it
    /// is UTC.
    pub fn parse(text: &str) -> Option<Self> {
        let (date, clock) = match text.split_once(['T', 't', ' ']) {
            Some((date, clock)) => (date, Some(clock)),
            None => (text, None),
        };
        let mut date = date.splitn(3, '-').map(number::<4>);
        let date = [date.next()??, date.next()??, date.next()??];
        let Some(clock) = clock else {
            return Self::from_parts(date, [0; 3]);
        };
        let (clock, offset) = zone(clock)?;
        // Fractions of a second say nothing here.
        let mut parts = clock.split('.').next()?.split(':').map(number::<2>);
        let clock = [
            parts.next()??,
            parts.next()??,
            parts.next().unwrap_or(Some(0))?,
        ];
        let time = Self::from_parts(date, clock)?;
        parts.next().is_none().then_some(Self(time.0 - offset))
    }
}

/// Splits a zone off a time of day, in seconds east of Greenwich.
fn zone(clock: &str) -> Option<(&str, i64)> {
    if let Some(clock) = clock.strip_suffix(['Z', 'z']) {
        return Some((clock, 0));
    }
    let Some(at) = clock.rfind(['+', '-']) else {
        return Some((clock, 0));
    };
    let digits = &clock[at + 1..];
    let (hours, minutes) = match digits.split_once(':') {
        Some(parts) => parts,
        // Both have two digits: `+900` could be nine hours as well as ninety.
        None if digits.len() == 4 => digits.split_at_checked(2)?,
        None => return None,
    };
    let offset = number::<2>(hours)? * 3600 + number::<2>(minutes)? * 60;
    let sign = if clock[at..].starts_with('-') { -1 } else { 1 };
    Some((&clock[..at], sign * offset))
}

/// At most `MOST` digits.
fn number<const MOST: usize>(digits: &str) -> Option<i64> {
    let fits = (1..=MOST).contains(&digits.len()) && digits.bytes().all(|b| b.is_ascii_digit());
    fits.then(|| digits.parse().ok()).flatten()
}

/// Days since 1970 of a date (years begin in March, so that leap days come last).
fn days(year: i64, month: i64, day: i64) -> i64 {
    let year = if month <= 2 { year - 1 } else { year };
    let (era, of_era) = (year.div_euclid(400), year.rem_euclid(400));
    let of_year = (153 * ((month + 9) % 12) + 2) / 5 + day - 1;
    era * 146_097 + of_era * 365 + of_era / 4 - of_era / 100 + of_year - 719_468
}

/// The date of a day, counted from 1970.
fn civil(days: i64) -> (i64, i64, i64) {
    let days = days + 719_468;
    let (era, of_era) = (days.div_euclid(146_097), days.rem_euclid(146_097));
    let year = (of_era - of_era / 1460 + of_era / 36_524 - of_era / 146_096) / 365;
    let of_year = of_era - (365 * year + year / 4 - year / 100);
    let shifted = (5 * of_year + 2) / 153;
    let day = of_year - (153 * shifted + 2) / 5 + 1;
    let month = if shifted < 10 {
        shifted + 3
    } else {
        shifted - 9
    };
    let year = year + era * 400 + i64::from(month <= 2);
    (year, month, day)
}

impl fmt::Display for Time {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let (year, month, day) = civil(self.day());
        let rest = self.0.rem_euclid(DAY);
        let (hour, minute, second) = (rest / 3600, rest / 60 % 60, rest % 60);
        let text = format!("{year:04}-{month:02}-{day:02}T{hour:02}:{minute:02}:{second:02}Z");
        f.pad(&text)
    }
}

impl Serialize for Time {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_str(self)
    }
}

impl<'de> Deserialize<'de> for Time {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let text = String::deserialize(deserializer)?;
        Self::parse(&text).ok_or_else(|| de::Error::custom("no time"))
    }
}

impl JsonSchema for Time {
    fn schema_name() -> Cow<'static, str> {
        "Time".into()
    }

    fn json_schema(_: &mut SchemaGenerator) -> Schema {
        json_schema!({
            "type": "string",
            "format": "date-time",
            "description": "Seconds, in UTC: `2026-01-02T03:04:05Z`."
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn parsed(text: &str) -> Option<String> {
        Time::parse(text).map(|time| time.to_string())
    }

    #[test]
    fn times_are_read_in_many_forms_and_written_in_one() {
        for (text, written) in [
            ("2026-01-02", "2026-01-02T00:00:00Z"),
            ("2026-01-02T03:04", "2026-01-02T03:04:00Z"),
            ("2026-01-02 03:04:05", "2026-01-02T03:04:05Z"),
            ("2026-01-02T03:04:05.678901Z", "2026-01-02T03:04:05Z"),
            ("2026-01-02T03:04:05+09:00", "2026-01-01T18:04:05Z"),
            ("2026-01-02T23:04:05-01:30", "2026-01-03T00:34:05Z"),
            ("2026-01-02T03:04:05+0900", "2026-01-01T18:04:05Z"),
            ("2026-01-02T23:04-0130", "2026-01-03T00:34:00Z"),
            ("2024-02-29", "2024-02-29T00:00:00Z"),
        ] {
            assert_eq!(parsed(text).as_deref(), Some(written), "{text}");
        }
        for text in [
            "",
            "2026",
            "2026-13-01",
            "2025-02-29",
            "2026-01-32",
            "2026-01-02T24:00",
            "yesterday",
            "2026-01-02T03",
            "2026-01-02T1:2:3:4",
            "2026-01-02T03:04+9",
            "2026-01-02T03:04+900",
            "2026-01-02T03:04+09000",
            "2026-01-02T03:04+0\u{e9}0",
            "99999-01-01",
            "-1-01-01",
        ] {
            assert_eq!(parsed(text), None, "{text}");
        }
    }

    #[test]
    fn every_day_of_four_centuries_comes_back() {
        for day in days(1900, 1, 1)..days(2301, 1, 1) {
            let (y, m, d) = civil(day);
            assert_eq!(days(y, m, d), day);
        }
        assert_eq!(Time(0).to_string(), "1970-01-01T00:00:00Z");
        assert_eq!(Time(1_700_000_000).to_string(), "2023-11-14T22:13:20Z");
        assert_eq!(Time(1_700_000_000).day(), days(2023, 11, 14));
    }

    #[test]
    fn what_no_runner_can_have_told_is_no_time() {
        assert_eq!(Time::from_unix(7), None);
        assert_eq!(Time::from_unix(i64::MAX), None);
        assert!(Time::from_unix(1_700_000_000).is_some());
    }
}
