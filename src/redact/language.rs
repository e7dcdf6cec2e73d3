//! Finds secrets in what programs say to each other: statements of SQL, addresses of databases that have no scheme, and what a
//! vault prints when it is set up.

use std::ops::Range;

use super::place::{
    self, Found, any_here, is_name, is_quote, is_space, run_end, run_end_within, words,
};

/// Longest distance between a statement's verb and its password, and longest user and password of an address.
const REACH: usize = 300;

/// Words that show that a statement may hold a password.
pub(super) const OF_SQL: &[&str] = &[
    "identified by",
    "password '",
    "password \"",
    "password('",
    "password(\"",
    "password n'",
    "password = n'",
];

/// `CREATE USER a IDENTIFIED BY 'value'`, `ALTER ROLE a WITH PASSWORD 'value'`, `SET PASSWORD = PASSWORD('value')`
pub(super) fn of_sql(text: &[u8], from: usize) -> Option<Found> {
    const VERBS: &[&str] = &["create ", "alter ", "grant ", "set "];
    words(text, from).find_map(|start| {
        let end = any_here(text, start, &["identified by", "password"])?;
        let at = run_end_within(text, end, 3, |b| is_space(b) || b == b'(' || b == b'=');
        // Of a text in Unicode.
        let at = at + usize::from(matches!(text.get(at..at + 2), Some(b"N'" | b"n'")));
        let quote = *text.get(at).filter(|b| is_quote(**b) && at > end)?;
        let value = place::value(text, at + 1, 3, |b| b != quote)?;
        let low = start.saturating_sub(REACH);
        let mut before = words(&text[..start], low);
        // Of a statement that is told from there on; prose names things so (`revision identified by 'a1b2'`).
        let own = text[start..].starts_with(b"IDENTIFIED");
        let told = own || before.any(|at| any_here(text, at, VERBS).is_some());
        (told && value.end < text.len()).then(|| Found::unnamed(value))
    })
}

/// `user:value@tcp(host:3306)/name` of Go's MySQL, `user/value@//host:1521/name` of Oracle
pub(super) fn of_source(text: &[u8], from: usize) -> Option<Found> {
    let signs: [(&[u8], u8); 3] = [(b"@tcp(", b':'), (b"@unix(", b':'), (b"@//", b'/')];
    let found = signs.iter().filter_map(|(sign, by)| {
        memchr::memmem::find_iter(&text[from..], sign).find_map(|at| {
            let end = from + at;
            let low = end.saturating_sub(REACH).max(from);
            let is = |b: &&u8| !is_space(**b) && !is_quote(**b) && !b"<>=,".contains(b);
            let start = end - text[low..end].iter().rev().take_while(is).count();
            let user = start..run_end(&text[..end], start, is_name);
            let value = user.end + 1..end;
            let is = !user.is_empty() && text.get(user.end) == Some(by) && value.len() >= 3;
            is.then_some(Found { key: user, value })
        })
    });
    found.min_by_key(|found| found.value.start)
}

/// `Unseal Key 1: value`, `Recovery Key 1: value`: what `vault operator init` prints
pub(super) fn unsealed(text: &[u8], from: usize) -> Option<Found> {
    words(text, from).find_map(|at| {
        let end = any_here(text, at, &["unseal key", "recovery key"])?;
        let number = run_end_within(text, end, 4, |b| b == b' ' || b.is_ascii_digit());
        let blank = run_end(text, number + 1, is_space);
        let is = |b: u8| b.is_ascii_alphanumeric() || b"+/=".contains(&b);
        let value: Range<usize> = place::value(text, blank, 40, is)?;
        (text.get(number) == Some(&b':')).then(|| Found::unnamed(value))
    })
}

#[cfg(test)]
mod tests {
    use super::super::tests::{masked, random};
    use super::super::text;

    #[test]
    fn passwords_in_statements() {
        for (before, after) in [
            ("CREATE USER 'app'@'%' IDENTIFIED BY '", "';"),
            ("CREATE USER app WITH PASSWORD '", "';"),
            ("ALTER ROLE app PASSWORD '", "' LOGIN"),
            ("CREATE LOGIN app WITH PASSWORD = N'", "'"),
            ("SET PASSWORD FOR 'app' = PASSWORD('", "')"),
            ("grant all on x.* to app identified by \"", "\""),
            ("near 'IDENTIFIED BY '", "'' at line 1"),
        ] {
            assert_eq!(masked(before, "hunter2", after), "[redacted:secret]");
        }
        for line in [
            "ERROR: syntax error at or near \"PASSWORD\" at 'a1'",
            "unknown option password 'abc1', use a file",
            "Can't locate revision identified by 'ae1027a6acf0'",
            "CREATE USER app WITH PASSWORD '$PASSWORD'; ALTER ROLE app PASSWORD NULL",
            "ALTER USER app IDENTIFIED WITH 'auth_socket'",
        ] {
            assert_eq!(text(line), line);
        }
    }

    #[test]
    fn passwords_in_addresses_without_a_scheme() {
        masked("dial app:", "hunter2", "@tcp(db.example.com:3306)/app");
        masked("DSN='app:", "hunter2", "@unix(/run/db.sock)/app'");
        masked("connect app/", "hunter2", "@//db.example.com:1521/app");
        for line in [
            "root:@tcp(127.0.0.1:3306)/app, app:$DB_PASSWORD@tcp(db:3306)/app",
            "dial @tcp(db:3306): refused; @//a1 and x@//b1, a/@//c1",
        ] {
            assert_eq!(text(line), line);
        }
    }

    #[test]
    fn keys_of_a_vault() {
        masked("Unseal Key 1: ", &random(44, 5), "");
        masked("Recovery Key 12: ", &random(44, 5), "");
        for line in [
            "Unseal Key (will be hidden):",
            "Unseal Key 1: none",
            "unseal keys: 5",
        ] {
            assert_eq!(text(line), line);
        }
    }
}
