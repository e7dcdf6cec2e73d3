//! Recognises lines of a known form: a tool's progress, a commit's message, a program's death, advice.

/// Whether a line shows a commit's message: `[main 1a2b3c4] Fix the error` (git commit), `1a2b3c4 Fix the
/// error` (git log --oneline). A hash before a level is a request's id, not a commit.
pub(super) fn is_commit(text: &str) -> bool {
    const LEVELS: &[&str] = &["error", "fatal", "critical", "panic", "failed"];
    let hash = |word: &str| {
        let hex = word.bytes().all(|b| matches!(b, b'0'..=b'9' | b'a'..=b'f'));
        let mixed = |digit: bool| word.bytes().any(|b| b.is_ascii_digit() == digit);
        hex && matches!(word.len(), 7..=12 | 40) && mixed(true) && mixed(false)
    };
    let (hash_of, message) = match text
        .strip_prefix('[')
        .and_then(|text| text.split_once("] "))
    {
        Some((inside, message)) => (inside.rsplit_once(' ').map(|(_, last)| last), message),
        None => {
            let (first, message) = text.split_once(' ').unwrap_or_default();
            (Some(first), message)
        }
    };
    let first = message.split(|c: char| !c.is_ascii_alphabetic()).next();
    let level = first.is_none_or(|word| LEVELS.iter().any(|l| l.eq_ignore_ascii_case(word)));
    hash_of.is_some_and(hash) && !level
}

/// Whether a line says what is being done to a package, whatever its name: `Compiling thiserror v1.0.69`
/// (cargo).
pub(in crate::diagnosis) fn is_progress(text: &str) -> bool {
    const DOES: &[&str] = &[
        "Compiling",
        "Checking",
        "Documenting",
        "Downloaded",
        "Downloading",
        "Fresh",
        "Adding",
        "Updating",
        "Locking",
        "Installing",
    ];
    // `> Task :app:checkErrors SKIPPED` (Gradle)
    let is_task = text.strip_prefix("Task :").is_some_and(|task| {
        let outcomes = [" SKIPPED", " UP-TO-DATE", " NO-SOURCE", " FROM-CACHE"];
        outcomes.iter().any(|outcome| task.ends_with(outcome))
    });
    if is_task {
        return true;
    }
    let mut words = text.split_whitespace();
    let (does, name, version) = (words.next(), words.next(), words.next());
    let is_version = version.and_then(|v| v.strip_prefix('v'));
    // `(/srv/app)`, `-> v1.2.3`; other words say how it came out.
    let is_all = words
        .next()
        .is_none_or(|word| word.starts_with('(') || word == "->");
    is_all
        && does.is_some_and(|word| DOES.contains(&word))
        && name.is_some()
        && is_version.is_some_and(|v| v.starts_with(|c: char| c.is_ascii_digit()))
}

/// Whether Perl or Ruby say in this line what they died of.
pub(super) fn is_death(text: &str) -> bool {
    let perl = || {
        let (_, line) = text.strip_suffix('.')?.rsplit_once(" line ")?;
        let place = text.rsplit_once(" at ")?.1;
        (line.bytes().all(|b| b.is_ascii_digit()) && place.split(' ').count() == 3).then_some(())
    };
    let ruby = || {
        let (before, name) = text.strip_suffix(')')?.rsplit_once(" (")?;
        let (place, said) = before
            .split_once(":in ")
            .filter(|(place, _)| place.contains(".rb:"))?;
        let class = name.starts_with(|c: char| c.is_ascii_uppercase()) && !name.contains(' ');
        (class && !place.contains(' ') && said.contains(": ")).then_some(())
    };
    perl().is_some() || ruby().is_some()
}

/// The name in `FAIL name: …`, `[FAIL] name`; `FAIL 0 tests` only counts.
pub(super) fn what_failed(text: &str) -> Option<&str> {
    let behind = text
        .strip_prefix("[FAIL] ")
        .or_else(|| text.strip_prefix("FAIL "))
        .or_else(|| text.strip_prefix("FAIL\t"));
    behind
        .map(str::trim)
        .filter(|what| what.starts_with(|c: char| c.is_alphabetic() || "/.'\"`".contains(c)))
}

/// Whether a line is a row in a table of checks: `CHECK_BASE: FAIL`. Where the others read `OK`, it names the one that failed.
pub(super) fn is_failed_row(text: &str) -> bool {
    let name = |c: char| c.is_ascii_alphanumeric() || "_-.".contains(c);
    let row = text.split_once(':');
    row.is_some_and(|(check, result)| {
        let named = check.contains(|c: char| "_-.".contains(c)) && check.chars().all(name);
        named && matches!(result.trim(), "FAIL" | "KO")
    })
}

/// Whether a line says how something ended that runs elsewhere: `workflow status TERMINATED`.
pub(super) fn is_bad_status(text: &str) -> bool {
    const ENDS: &[&str] = &["TERMINATED", "FAILED", "ERROR", "ABORTED"];
    let words = text.rsplit_once(' ');
    words.is_some_and(|(before, end)| ENDS.contains(&end) && before.ends_with(" status"))
}

/// Whether a line gives advice, behind any level.
pub(super) fn advises(text: &str) -> bool {
    const BEGINS: &[&str] = &[
        "If ",
        "To ",
        "Please ",
        "Try ",
        "See ",
        "Make sure ",
        "Consider ",
        "Check ",
        "Ensure ",
        "You may ",
        "You can ",
        "Did you ",
        "Perhaps ",
        "Note: ",
        "Hint: ",
        "hint: ",
    ];
    let levels = [
        "[ERROR] ",
        "Error: ",
        "ERROR: ",
        "error: ",
        "npm error ",
        "npm ERR! ",
    ];
    let said = levels.iter().find_map(|level| text.strip_prefix(level));
    let said = said.unwrap_or(text).trim_start();
    BEGINS.iter().any(|begin| said.starts_with(begin))
}

/// Marks of failures. The last six are such marks in UTF-8, misread as code page 437 or 850.
const CROSSES: &[&str] = &[
    "✗", "✘", "×", "❌", "✖", "Γ¥î", "Γ£û", "Γ£ù", "ÔØî", "Ô£û", "Ô£ù",
];

/// The text behind a cross: a script's own message behind its own mark, `❌ PR title should start with …`.
pub(super) fn behind_cross(text: &str) -> Option<&str> {
    let said = CROSSES.iter().find_map(|cross| text.strip_prefix(cross))?;
    Some(said.trim_start_matches(|c: char| c.is_whitespace() || c == '\u{fe0f}'))
}

/// Longest ending of a file's name.
const ENDING: usize = 4;

/// Whether a text is only the name of a file (`errors.js`, in a listing).
pub(super) fn is_file_name(text: &str) -> bool {
    let name = |c: char| c.is_alphanumeric() || "._-/+@".contains(c);
    let ending = text.rsplit_once('.').map_or("", |(_, ending)| ending);
    let in_lower = |b: u8| b.is_ascii_lowercase() || b.is_ascii_digit();
    (1..=ENDING).contains(&ending.len()) && ending.bytes().all(in_lower) && text.chars().all(name)
}
