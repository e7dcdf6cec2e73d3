//! What a command may have overcome by itself, as it says further down: a service that came up, a warning of a tool that knows errors, an
//! error of a program that lives on, what a script does without by its own word ([`fallback`]), what a database refused while the tests of
//! another service failed ([`compose`]). It is told as unsure.

use super::Case;
use super::candidates::{Candidate, content};
use super::logger;
use super::recovered::{Region, Where};
use crate::model::TailLine;

mod apt;
mod compose;
mod fallback;

pub(super) use apt::warnings as warnings_of_apt;
pub(super) use fallback::by_its_script;

/// Families of what may only have to be waited for.
const FAMILIES: &[&str] = &["network-dns-tls/", "services-databases/"];
/// So many lines of the same logger behind its error are a program that lives on.
const LIVES: usize = 20;
/// Longest line that says that something came up.
const SHORT: usize = 90;

/// Marks what may have been overcome.
pub(super) fn apply(candidates: &mut [Candidate<'_>], case: &Case, region: &Region) {
    compose::apply(candidates, case);
    of_kinds(candidates, case, region);
    fallback::apply(candidates, case, region);
}

fn of_kinds(candidates: &mut [Candidate<'_>], case: &Case, region: &Region) {
    let kinds: Vec<Option<Kind>> = candidates.iter().map(Kind::of).collect();
    let told = candidates
        .iter()
        .zip(&kinds)
        .filter(|(_, kind)| kind.is_some());
    let Some(first) = told.map(|(c, _)| c.lead().hit.place.line).min() else {
        return;
    };
    let scan = &case.inputs()[case.job].scan;
    let lines = scan.tail.lines_from(&scan.facts, first);
    for (candidate, kind) in candidates.iter_mut().zip(kinds) {
        let Some(kind) = kind else { continue };
        let command = candidate.lead().hit.place.command;
        let from = candidate.last_line();
        let below: Vec<&TailLine> = lines
            .iter()
            .filter(|line| line.place.line > from && line.place.command == command)
            .filter(|line| !line.echo && region.locate(case, line.place) == Where::Command)
            .collect();
        kind.judge(candidate, &below);
    }
}

/// What may have been overcome.
#[derive(Debug, PartialEq, Eq)]
struct Kind {
    /// Something that does not answer.
    of_network: bool,
    /// All of it are warnings of apt, which says `E: ` where it fails.
    of_apt: bool,
    /// How the records of the logger begin that wrote it as an error.
    logger: Option<String>,
}

impl Kind {
    fn of(candidate: &Candidate<'_>) -> Option<Self> {
        if !candidate.is_reason() || candidate.doubt.is_some() {
            return None;
        }
        let id = &candidate.pattern().id;
        let kind = Self {
            of_network: FAMILIES.iter().any(|family| id.starts_with(family)),
            of_apt: candidate
                .hits
                .iter()
                .all(|one| content(one.hit).starts_with("W: ")),
            logger: logger::record(content(candidate.hits[0].hit))
                .filter(|(_, loud)| *loud)
                .map(|(form, _)| form),
        };
        let any = kind.of_network || kind.of_apt || kind.logger.is_some();
        any.then_some(kind)
    }

    fn judge(&self, candidate: &mut Candidate<'_>, below: &[&TailLine]) {
        let texts = || below.iter().map(|line| line.content());
        let said = content(candidate.lead().hit).to_ascii_lowercase();
        let id = &candidate.pattern().id;
        let comes_up = |text: &str| comes_up(text).is_some_and(|who| is_meant(&who, id, &said));
        let up = texts().position(comes_up).filter(|_| self.of_network);
        let lives = |form: &String| {
            let records = texts().filter(|text| is_record(text, form) && !ends(text));
            records.count() >= LIVES
        };
        candidate.doubt = if up
            .is_some_and(|k| below.len() > k + 1 && !texts().skip(k + 1).any(of_network))
        {
            Some("what did not answer came up")
        } else if self.of_apt && !below.is_empty() && !texts().any(|text| text.starts_with("E: ")) {
            Some("apt only warned")
        } else if self.logger.as_ref().is_some_and(lives) {
            Some("the program that logged it lived on")
        } else {
            None
        };
    }
}

/// Does a line say that something answers now: `database is up`, `db:5432 is available after 3 seconds` (wait-for-it.sh), `mysqld is
/// alive` (mysqladmin), `/tmp:5432 - accepting connections` (pg_isready), `Connection to db 5432 port [tcp/*] succeeded!` (nc)? Then who
/// does, in lower case.
fn comes_up(text: &str) -> Option<String> {
    const STATES: &[&str] = &[
        "up",
        "ready",
        "available",
        "reachable",
        "healthy",
        "online",
        "alive",
        "responding",
        "running",
        "listening",
    ];
    const DENIES: &[&str] = &[
        "not ", "n't ", "until ", "when ", "if ", "unless ", "whether ", "once ", "wait", "check",
        "sure", "?", "\"", "that ", "which ",
    ];
    let text = text.trim();
    if text.len() > SHORT {
        return None;
    }
    let lower = text.to_ascii_lowercase();
    let lower = lower.strip_prefix("wait-for-it.sh: ").unwrap_or(&lower);
    if let Some(who) = lower.strip_suffix(" - accepting connections") {
        return Some(who.to_owned());
    }
    if let Some(to) = lower.strip_prefix("connection to ")
        && lower.ends_with(" succeeded!")
    {
        return to.split(' ').next().map(str::to_owned);
    }
    if DENIES.iter().any(|word| lower.contains(word)) || logger::record(text).is_some() {
        return None;
    }
    let (who, behind) = lower.split_once(" is ")?;
    let behind = behind.strip_prefix("now ").unwrap_or(behind);
    let state = behind.split(|c: char| !c.is_ascii_alphabetic()).next();
    let state = state.filter(|state| STATES.contains(state))?;
    let rest = behind[state.len()..].trim_matches(|c: char| !c.is_ascii_alphanumeric());
    let ends = rest.is_empty()
        || ["after ", "and running", "now"]
            .iter()
            .any(|more| rest.starts_with(more));
    ends.then(|| who.strip_prefix("the ").unwrap_or(who).to_owned())
}

/// Is it the one that did not answer before: by a word for any of them, or one that the failure holds?
fn is_meant(who: &str, id: &str, said: &str) -> bool {
    const ANY: &[&str] = &["database", "db", "host", "it", "port", "server", "service"];
    let name = who.split([':', '/', ' ']).find(|part| !part.is_empty());
    // `postgresql`, `mysqld`: the pattern has the name of the program.
    let of_pattern = |name: &str| {
        let mut words = id.split(['/', '-']).filter(|word| word.len() >= 4);
        words.any(|word| name.starts_with(word))
    };
    let addressed = who.ends_with(|c: char| c.is_ascii_digit()) && who.contains(':');
    name.is_none_or(|name| {
        ANY.contains(&who)
            || said.contains(name)
            || of_pattern(name)
            || addressed && name == "localhost"
    })
}

/// Does a line still speak of something that does not answer?
fn of_network(text: &str) -> bool {
    const WORDS: &[&str] = &[
        "refused",
        "timed out",
        "timeout",
        "unreachable",
        "connect",
        "resolve",
        "no route",
        "not known",
        "network",
    ];
    let lower = text.to_ascii_lowercase();
    WORDS.iter().any(|word| lower.contains(word))
}

/// Does a record tell that a program ends, or takes back what it did?
fn ends(text: &str) -> bool {
    const WORDS: &[&str] = &[
        "abort", "cancel", "clean", "clos", "delet", "destroy", "dispos", "drain", "exit", "kill",
        "remov", "releas", "revert", "roll", "shut", "stop", "teardown", "terminat", "undo",
    ];
    let lower = text.to_ascii_lowercase();
    WORDS.iter().any(|word| lower.contains(word))
}

/// Is that a record of the same logger, and of no error?
fn is_record(text: &str, form: &str) -> bool {
    logger::record(text).is_some_and(|(own, loud)| own == form && !loud)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_came_up() {
        for text in [
            "database is up",
            "Postgres is up and running",
            "wait-for-it.sh: db:5432 is available after 3 seconds",
            "mysqld is alive",
            "db:5432 - accepting connections",
            "Connection to db 5432 port [tcp/postgresql] succeeded!",
            "Server is ready!",
        ] {
            assert!(comes_up(text).is_some(), "{text}");
        }
        for text in [
            "database is not up",
            "waiting until db is up",
            "is it up?",
            "check that the server is running",
            "the server is running on that host",
            "2026-05-01 10:00:00 INFO server is up",
            "db-1 | database system is ready to accept connections",
            "version is available at https://docs.example.com",
        ] {
            assert_eq!(comes_up(text), None, "{text}");
        }
    }

    #[test]
    fn who_came_up_is_who_did_not_answer() {
        let refused = "psql: error: connection to server at \"db\" (10.0.0.7), port 5432 failed";
        let id = "services-databases/postgres-connection";
        for line in [
            "database is up",
            "the server is ready",
            "db:5432 is available after 3 seconds",
            "PostgreSQL is up and running",
        ] {
            let who = comes_up(line).unwrap();
            assert!(is_meant(&who, id, refused), "{line}");
        }
        for line in ["web is up", "mock server is listening", "redis is ready"] {
            let who = comes_up(line).unwrap();
            assert!(!is_meant(&who, id, refused), "{line}");
        }
    }

    #[test]
    fn records_of_an_end() {
        assert!(ends("10:00:00 INFO deploy: rolling back step 3"));
        assert!(ends("10:00:00 INFO Shutting down"));
        assert!(!ends("10:00:00 INFO fetched page 3"));
    }
}
