//! How drone-ssh (plugins of Drone and Woodpecker, GitHub's appleboy/ssh-action) says that a script on other hosts ended.

/// Whether drone-ssh (appleboy/ssh-action) says that its script passed on every host. It ends well behind these words, whatever the script
/// said (drone-ssh: plugin.go).
pub fn passed_on_all_hosts(text: &str) -> bool {
    let said = text.trim();
    let said = said.strip_prefix('\u{2705}').unwrap_or(said).trim_start();
    let said = said.strip_prefix("Successfully executed commands to all host");
    said.is_some_and(|rest| matches!(rest, "." | "s."))
}

/// The exit code of a remote script by which drone-ssh ends: `2026/05/01 10:00:00 Process exited with status 1` (Go's `log.Fatal` with the
/// error of golang.org/x/crypto/ssh).
pub(super) fn exit_code(text: &str) -> Option<i64> {
    let code = last_words(text)?.strip_prefix("Process exited with status ")?;
    code.trim_end().parse().ok().filter(|&code| code != 0)
}

/// What drone-ssh itself says in the end, behind the stamp of Go's `log.Fatal`.
pub fn last_words(text: &str) -> Option<&str> {
    const STAMP: &str = "0000/00/00 00:00:00 ";
    let (stamp, said) = text.split_at_checked(STAMP.len())?;
    let mut pairs = stamp.bytes().zip(STAMP.bytes());
    let form = pairs.all(|(byte, form)| {
        if form == b'0' {
            byte.is_ascii_digit()
        } else {
            byte == form
        }
    });
    form.then_some(said)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn words_of_a_remote_script_that_passed() {
        for text in [
            "\u{2705} Successfully executed commands to all host.",
            "\u{2705} Successfully executed commands to all hosts.",
            "Successfully executed commands to all host.",
        ] {
            assert!(passed_on_all_hosts(text), "{text}");
        }
        for text in [
            "Successfully executed commands to all hosts but one.",
            "echo Successfully executed commands to all host.",
            "Successfully executed commands",
        ] {
            assert!(!passed_on_all_hosts(text), "{text}");
        }
    }

    #[test]
    fn the_code_of_a_remote_script() {
        let code = |text| exit_code(text);
        assert_eq!(
            code("2026/05/01 10:00:00 Process exited with status 1"),
            Some(1)
        );
        assert_eq!(
            code("2026/05/01 10:00:00 Process exited with status 137\r"),
            Some(137)
        );
        for text in [
            "Process exited with status 1",
            "err: 2026/05/01 10:00:00 Process exited with status 1",
            "2026-05-01 10:00:00 Process exited with status 1",
            "2026/05/01 10:00:00 Process exited with status x",
            "2026/05/01 10:00:00 Process exited with status 0",
            "2026/05/01 10:00:00",
            "\u{2705}\u{2705}\u{2705}\u{2705}\u{2705}\u{2705}\u{2705}",
        ] {
            assert_eq!(code(text), None, "{text}");
        }
    }
}
