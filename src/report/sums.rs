//! The sums of many logs for a terminal: totals, times, causes, groups, unknown failures.

use std::io::{self, Write};

use super::grid::Grid;
use super::paint::{Ink, Row};
use super::{Style, prose};
use crate::model::{CauseCount, GroupBy, Owner, Problem, Summary, Time};

/// Unknown failures and groups that are shown unless all are asked for.
const SHOWN: usize = 40;
/// Widths from which share and category are shown.
const FOR_SHARE: usize = 105;
/// Width from which the times are shown.
const FOR_TIMES: usize = 130;

/// Columns from which owner and retry are shown beside cause and log.
const FOR_OWNER: usize = 60;

/// Writes the sums.
pub(super) struct SumsWriter<'s> {
    pub out: &'s mut dyn Write,
    pub style: &'s Style,
    pub summary: &'s Summary,
}

impl<'s> SumsWriter<'s> {
    /// All of them, `errors` being what could not be read.
    pub fn write(&mut self, errors: &[Problem]) -> io::Result<()> {
        self.totals(errors)?;
        self.causes()?;
        self.groups()?;
        self.unexplained()
    }

    fn totals(&mut self, errors: &[Problem]) -> io::Result<()> {
        let (words, summary) = (self.style.words(), self.summary);
        let mut totals = words.totals(summary, errors.len());
        let failures = summary.explained + summary.unexplained;
        if let (Some(explained), true) = (totals.get_mut(2), failures > 0) {
            explained.push_str(&format!(" ({} %)", summary.explained * 100 / failures));
        }
        let dot = format!(" {} ", self.style.symbols().dot);
        self.say(Ink::Strong, &totals.join(&dot))?;
        let outcomes: Vec<String> = [
            (words.succeeded, summary.succeeded),
            (words.canceled, summary.canceled),
            (words.no_verdict, summary.no_verdict),
        ]
        .iter()
        .filter(|(_, logs)| *logs > 0)
        .map(|(name, logs)| format!("{logs} {}", name.to_lowercase()))
        .collect();
        if !outcomes.is_empty() {
            self.say(Ink::Faint, &outcomes.join(&dot))?;
        }
        if let (Some(first), Some(last)) = (summary.first_seen, summary.last_seen) {
            self.say(
                Ink::Faint,
                &(words.between)(&minute(first), &minute(last), summary.undated),
            )?;
        }
        if summary.outside > 0 {
            self.say(Ink::Faint, &(words.outside)(summary.outside))?;
        }
        if summary.known > 0 {
            self.say(Ink::Faint, &(words.known)(summary.known))?;
        }
        if summary.retry.helps() > 0 {
            let (usually, maybe) = (summary.retry.usually, summary.retry.maybe);
            self.say(Ink::Plain, &(words.retry_helps)(usually, maybe, failures))?;
        }
        if summary.partial {
            let warning = self.style.symbols().warning;
            self.say(Ink::Doubt, &format!("{warning} {}", words.partial))?;
        }
        Ok(())
    }

    fn causes(&mut self) -> io::Result<()> {
        let causes = &self.summary.causes;
        if causes.is_empty() {
            return Ok(());
        }
        self.blank()?;
        let words = self.style.words();
        let shown = self.style.top.unwrap_or(usize::MAX).min(causes.len());
        let mut grid = self.cause_grid(&causes[..shown], "");
        let folder = shared_folder(causes[..shown].iter().map(|count| &*count.log));
        // Said once, it leaves room for what tells the logs apart.
        if grid.is_too_wide() && !folder.is_empty() {
            grid = self.cause_grid(&causes[..shown], folder);
            self.say(Ink::Faint, &(words.logs_in)(folder))?;
        }
        grid.write(self.out)?;
        self.left(causes.len() - shown, words.more_causes)
    }

    /// A row for each cause, with the first log of it without the folder that all lie in.
    fn cause_grid(&self, causes: &[CauseCount], folder: &str) -> Grid<'s> {
        let (words, width) = (self.style.words(), self.style.width);
        let wide = width >= FOR_SHARE;
        let timed = width >= FOR_TIMES && self.summary.first_seen.is_some();
        let owned = width >= FOR_OWNER;
        let [cause, logs, who, retry, log] = words.cause_columns;
        let mut names = vec![cause, logs];
        names.extend(owned.then_some([who, retry]).into_iter().flatten());
        names.extend(
            wide.then_some([words.share, words.category])
                .into_iter()
                .flatten(),
        );
        names.extend(timed.then_some(words.seen_column));
        names.push(log);
        let last = names.len() - 1;
        let mut grid = Grid::new(self.style, names.iter().map(|n| (*n).to_owned()).collect());
        grid.text(0).right(1).path(last);
        if wide {
            grid.right(4);
        }
        for count in causes {
            let mut cells = vec![
                (Ink::Code, count.id.clone()),
                (Ink::Plain, count.logs.to_string()),
            ];
            if owned {
                cells.push((Ink::Plain, words.who(count.owner).to_owned()));
                cells.push((Ink::Plain, words.retry_short(count.retry).to_owned()));
            }
            if wide {
                cells.push((Ink::Plain, percent(count.share)));
                cells.push((Ink::Plain, count.category.as_str().to_owned()));
            }
            if timed {
                cells.push((Ink::Plain, self.days(count.first_seen, count.last_seen)));
            }
            let log = count.log.strip_prefix(folder).unwrap_or(&count.log);
            cells.push((Ink::Plain, log.to_owned()));
            grid.row(cells);
        }
        grid
    }

    fn groups(&mut self) -> io::Result<()> {
        let groups = &self.summary.groups;
        if groups.is_empty() {
            return Ok(());
        }
        self.blank()?;
        let (words, none) = (self.style.words(), self.style.symbols().none);
        let timed = self.style.width >= FOR_TIMES && self.summary.first_seen.is_some();
        let by = match self.summary.group_by {
            GroupBy::Cause => words.cause_columns[0],
            GroupBy::Owner => words.cause_columns[2],
            GroupBy::Category => words.category,
            GroupBy::Project => words.project,
            GroupBy::Runner => words.runner_column,
        };
        let mut names = vec![by.to_owned()];
        names.extend(words.group_columns.map(str::to_owned));
        names.extend(timed.then(|| words.seen_column.to_owned()));
        let mut grid = Grid::new(self.style, names);
        grid.path(0).right(1).right(2).right(3).right(4).text(5);
        let shown = self.shown(groups.len());
        for group in &groups[..shown] {
            let owner = |key: &str| Owner::ALL.iter().find(|owner| owner.as_str() == key);
            let key = match (&group.key, self.summary.group_by) {
                (None, GroupBy::Owner | GroupBy::Category) => words.unknown,
                (None, _) => none,
                (Some(key), GroupBy::Owner) => {
                    owner(key).map_or(key.as_str(), |owner| words.who(*owner))
                }
                (Some(key), _) => key,
            };
            let mut cells = vec![
                (Ink::Code, key.to_owned()),
                (Ink::Plain, group.logs.to_string()),
                (Ink::Plain, group.failures.to_string()),
                (Ink::Plain, group.unexplained.to_string()),
                (Ink::Plain, group.retry_helps.to_string()),
                (
                    Ink::Plain,
                    group.top_cause.as_deref().unwrap_or(none).to_owned(),
                ),
            ];
            if timed {
                cells.push((Ink::Plain, self.days(group.first_seen, group.last_seen)));
            }
            grid.row(cells);
        }
        grid.write(self.out)?;
        let left: usize = groups[shown..].iter().map(|group| group.logs).sum();
        self.left(left + self.summary.groups_left, words.more_group_logs)
    }

    fn unexplained(&mut self) -> io::Result<()> {
        let groups = &self.summary.unexplained_groups;
        if groups.is_empty() {
            return Ok(());
        }
        let (words, symbols) = (self.style.words(), self.style.symbols());
        self.blank()?;
        self.say(Ink::Strong, words.unknown_groups)?;
        let shown = self.shown(groups.len());
        let mut grid = Grid::new(self.style, Vec::new());
        grid.right(0).text(1).path(2);
        for group in &groups[..shown] {
            let text = if group.text.is_empty() {
                symbols.none
            } else {
                &group.text
            };
            grid.row(vec![
                (Ink::Doubt, format!("{}{}", group.logs, symbols.cross)),
                (Ink::Plain, text.to_owned()),
                (Ink::Plain, group.log.clone()),
            ]);
        }
        grid.write(self.out)?;
        let left: usize = groups[shown..].iter().map(|group| group.logs).sum();
        self.left(
            left + self.summary.unexplained_groups_left,
            words.more_groups,
        )
    }

    /// How many entries of a list are shown.
    fn shown(&self, all: usize) -> usize {
        let most = if self.style.all { usize::MAX } else { SHOWN };
        self.style.top.unwrap_or(most).min(all)
    }

    /// Says how many entries were left out.
    fn left(&mut self, count: usize, text: fn(usize) -> String) -> io::Result<()> {
        if count == 0 {
            return Ok(());
        }
        let ellipsis = self.style.symbols().ellipsis;
        self.say(Ink::Doubt, &format!("{ellipsis} {}", text(count)))
    }

    /// A range of days, or one day.
    fn days(&self, first: Option<Time>, last: Option<Time>) -> String {
        let symbols = self.style.symbols();
        match (first, last) {
            (Some(first), Some(last)) if first.day() == last.day() => day(first),
            (Some(first), Some(last)) => {
                format!("{} {} {}", day(first), symbols.ellipsis, day(last))
            }
            _ => symbols.none.to_owned(),
        }
    }

    fn blank(&mut self) -> io::Result<()> {
        writeln!(self.out)
    }

    fn say(&mut self, ink: Ink, text: &str) -> io::Result<()> {
        let room = self.style.width.max(40).saturating_sub(1);
        for line in prose::wrap(text, ink, room, self.style.color) {
            let mut row = Row::new();
            row.push(ink, " ");
            prose::pour(&line, &mut row);
            row.write(self.style.color, self.out)?;
        }
        Ok(())
    }
}

/// The folder that all of these lie in, with its slash; empty if there is none.
fn shared_folder<'p>(mut paths: impl Iterator<Item = &'p str>) -> &'p str {
    let Some(first) = paths.next() else { return "" };
    let same = |end: usize, path: &str| {
        let pairs = first[..end].bytes().zip(path.bytes());
        pairs.take_while(|(a, b)| a == b).count()
    };
    let shared = paths.fold(first.len(), same);
    // A slash is one byte, and ends no other character.
    let folder = first.as_bytes()[..shared].iter().rposition(|b| *b == b'/');
    folder.map_or("", |at| &first[..=at])
}

/// `2026-01-02`
pub(super) fn day(time: Time) -> String {
    time.to_string()[..10].to_owned()
}

/// `2026-01-02 03:04`
pub(super) fn minute(time: Time) -> String {
    time.to_string()[..16].replace('T', " ")
}

fn percent(share: f64) -> String {
    format!("{:.0} %", share * 100.0)
}
