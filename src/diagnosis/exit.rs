//! The meaning of exit codes.

use crate::model::Lang;

/// One clause about an exit code; `None` if it means no more than "failed".
pub(super) fn meaning(code: i64, lang: Lang) -> Option<String> {
    let (en, ko): (&str, &str) = match code {
        126 => (
            "the command was found but could not be executed",
            "명령을 찾았지만 실행할 수 없습니다",
        ),
        127 => ("a command was not found", "명령을 찾을 수 없습니다"),
        128 => (
            "git, or the shell, stopped with a fatal error",
            "git 또는 shell이 치명적 오류로 중단되었습니다",
        ),
        130 => ("interrupted (SIGINT)", "중단되었습니다(SIGINT)"),
        132 => (
            "illegal instruction (SIGILL): built for another CPU?",
            "잘못된 CPU 명령(SIGILL): 다른 CPU용으로 빌드되었을 수 있습니다",
        ),
        134 => (
            "aborted (SIGABRT): a failed assertion, or out of memory in the program itself",
            "abort됨(SIGABRT): assertion 실패 또는 프로그램 내부의 메모리 부족",
        ),
        135 => ("bus error (SIGBUS)", "bus error(SIGBUS)"),
        136 => ("arithmetic error (SIGFPE)", "산술 오류(SIGFPE)"),
        137 => (
            "killed (SIGKILL): out of memory, or stopped from outside",
            "강제 종료됨(SIGKILL): 메모리 부족 또는 외부에서 중지",
        ),
        139 => (
            "segmentation fault (SIGSEGV)",
            "segmentation fault(SIGSEGV)",
        ),
        141 => (
            "wrote to a closed pipe (SIGPIPE)",
            "닫힌 pipe에 기록했습니다(SIGPIPE)",
        ),
        143 => (
            "terminated (SIGTERM): stopped from outside",
            "종료 요청을 받았습니다(SIGTERM): 외부에서 중지",
        ),
        152 => (
            "CPU time limit exceeded (SIGXCPU)",
            "CPU 시간 제한 초과(SIGXCPU)",
        ),
        153 => (
            "file size limit exceeded (SIGXFSZ)",
            "파일 크기 제한 초과(SIGXFSZ)",
        ),
        255 => (
            "ssh lost its connection or was refused, or the program exited with -1",
            "ssh 연결이 끊겼거나 거부되었습니다. 또는 프로그램이 -1로 종료했습니다",
        ),
        9009 => (
            "a command was not found (cmd.exe)",
            "명령을 찾을 수 없습니다(cmd.exe)",
        ),
        _ => match windows(code) {
            Some((name, ko)) => (name, ko),
            None => return None,
        },
    };
    Some(
        match lang {
            Lang::En => en,
            Lang::Ko => ko,
        }
        .to_owned(),
    )
}

/// What the failure of a command means that only tests something and prints nothing.
pub(super) fn of_test(code: i64, command: &str, lang: Lang) -> Option<String> {
    let asks = [
        "test ",
        "[ ",
        "[[ ",
        "cmp -s ",
        "cmp --silent ",
        "diff -q ",
        "git diff --quiet",
        "git diff-index --quiet",
        "git merge-base --is-ancestor ",
        "pgrep -q",
        "systemctl is-active ",
        "command -v ",
        "which ",
    ];
    let command = command.trim_start_matches(['!', ' ']);
    let grep = command.strip_prefix("grep ").is_some_and(|rest| {
        let mut options = rest.split_whitespace().take_while(|w| w.starts_with('-'));
        options
            .any(|w| w == "--quiet" || w == "--silent" || !w.starts_with("--") && w.contains('q'))
    });
    if code != 1 || !(grep || asks.iter().any(|ask| command.starts_with(ask))) {
        return None;
    }
    Some(
        match lang {
            Lang::En => "the command only tests something and prints nothing: what it asks for does not hold",
            Lang::Ko => "이 명령은 출력 없이 조건만 검사합니다: 조건이 성립하지 않았습니다",
        }
        .to_owned(),
    )
}

/// NTSTATUS codes, as the unsigned number that the runner prints or the signed one of PowerShell.
fn windows(code: i64) -> Option<(&'static str, &'static str)> {
    let code = if code < 0 { code + (1 << 32) } else { code };
    Some(match code {
        0xc000_0005 => (
            "access violation: the program crashed",
            "access violation: 프로그램이 비정상 종료되었습니다",
        ),
        0xc000_0017 => ("not enough memory", "메모리가 부족합니다"),
        0xc000_00fd => ("stack overflow", "stack overflow"),
        0xc000_0135 => ("a DLL was not found", "DLL을 찾을 수 없습니다"),
        0xc000_0139 => (
            "a DLL lacks a function: versions do not fit",
            "DLL에 필요한 함수가 없습니다: 버전이 맞지 않습니다",
        ),
        0xc000_013a => ("interrupted (Ctrl-C)", "중단되었습니다(Ctrl-C)"),
        0xc000_0142 => (
            "a DLL could not be initialised",
            "DLL을 초기화할 수 없습니다",
        ),
        0xc000_0374 => (
            "heap corruption: the program crashed",
            "heap 손상: 프로그램이 비정상 종료되었습니다",
        ),
        0xc000_0409 => (
            "stack buffer overrun, or an abort: the program crashed",
            "stack buffer overrun 또는 abort: 프로그램이 비정상 종료되었습니다",
        ),
        _ => return None,
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn codes_mean_what_shells_and_kernels_make_of_them() {
        let says =
            |code, words: &str| assert!(meaning(code, Lang::En).unwrap().contains(words), "{code}");
        says(137, "SIGKILL");
        says(127, "not found");
        says(-1073741819, "access violation");
        says(0xc000_013a, "Ctrl-C");
        assert_eq!(meaning(1, Lang::En), None);
        for silent in [
            "test -f a",
            "[ -n \"$X\" ]",
            "! grep -rq TODO src",
            "grep -E --quiet x y",
        ] {
            assert!(of_test(1, silent, Lang::En).is_some(), "{silent}");
        }
        for other in ["grep -r q", "make", "tester x", "grep --color=auto -n q x"] {
            assert_eq!(of_test(1, other, Lang::En), None, "{other}");
        }
        assert_eq!(of_test(2, "test -f a", Lang::En), None);
        assert!(meaning(137, Lang::Ko).unwrap().contains("메모리"));
    }
}
