//! Finds the folder in which the programs of a shell command run.
//!
//! It follows only `cd DIR`, options with which tools work elsewhere, and subshells. The folder is unknown
//! behind a condition or in a loop, if a variable names it, if several programs run in several folders, and in
//! another shell, a container, or a runner of several packages.

use super::super::shell;
use super::folder::into;
use super::path::Folder;

/// Longest command that is read, in bytes.
const LONGEST: usize = 8 << 10;

/// Options with which a tool works in another folder.
const ELSEWHERE: &[(&str, &[&str])] = &[
    ("cargo", &["-C"]),
    ("cmake", &["--build"]),
    ("gmake", &["-C", "--directory"]),
    ("go", &["-C"]),
    ("make", &["-C", "--directory"]),
    ("meson", &["-C"]),
    ("npm", &["--prefix", "-C"]),
    ("ninja", &["-C"]),
    ("pnpm", &["-C", "--dir"]),
    ("poetry", &["-C", "--directory"]),
    ("terraform", &["-chdir"]),
    ("terragrunt", &["--working-dir"]),
    ("tofu", &["-chdir"]),
    ("uv", &["--directory"]),
    ("yarn", &["--cwd"]),
];

/// Options of other tools that probably mean the same.
const UNKNOWN: &[&str] = &[
    "-C",
    "--chdir",
    "--cwd",
    "--directory",
    "--working-dir",
    "--working-directory",
    "-execdir",
];

/// Tools whose `-C` means something else.
const OTHER: &[&str] = &[
    "ansible-playbook",
    "black",
    "cpack",
    "ctest",
    "curl",
    "diff",
    "egrep",
    "grep",
    "mvn",
    "rg",
    "rustc",
];

/// Programs that run another one elsewhere, with the words for that.
const SHELLS: &[&str] = &[
    "bash", "dash", "docker", "eval", "kubectl", "podman", "pwsh", "sh", "ssh", "su", "vagrant",
    "zsh",
];
const INSIDE: &[&str] = &["-c", "-ec", "-lc", "compose", "exec", "run"];

/// Runners of scripts of several packages, each in its own folder.
const RUNNERS: &[&str] = &[
    "lage",
    "lerna",
    "melos",
    "moon",
    "npm-run-all",
    "npm-run-all2",
    "nx",
    "run-p",
    "run-s",
    "rush",
    "turbo",
    "wsrun",
];

/// Words before a command.
const KEYWORDS: &[&str] = &[
    "!", "do", "elif", "else", "if", "then", "time", "until", "while", "{",
];

/// Programs that run the program named behind them.
const WRAPPERS: &[&str] = &[
    "command", "env", "exec", "nice", "nohup", "stdbuf", "sudo", "time", "timeout",
];

/// Programs that never report on files that people write.
const QUIET: &[&str] = &[
    ".", ":", "[", "[[", "apk", "apt", "apt-get", "chmod", "chown", "cp", "date", "dnf", "echo",
    "exit", "export", "false", "git", "ln", "ls", "mkdir", "mv", "pip", "pip3", "printf", "pwd",
    "read", "return", "rm", "set", "shopt", "sleep", "source", "test", "touch", "trap", "true",
    "ulimit", "umask", "unset", "wait", "yum",
];

/// Follows a command and updates the folder; returns the one in which its programs run.
pub(super) fn follow(folder: &mut Folder, command: &str, project: Option<&str>) -> Folder {
    if command.len() > LONGEST {
        *folder = None;
        return None;
    }
    let mut shell = Shell {
        folder: folder.take(),
        ran: Vec::new(),
        outer: Vec::new(),
        depth: 0,
        project,
    };
    let leads = ["cd ", "pushd ", "Location "]
        .iter()
        .any(|word| command.contains(word));
    let (mut words, mut behind_or): (Vec<String>, bool) = (Vec::new(), false);
    for token in tokens(command) {
        match token {
            Token::Word(word) => words.push(word),
            sign => {
                // `name() {`: the body runs elsewhere.
                let opens = words
                    .last()
                    .is_none_or(|word| KEYWORDS.contains(&word.as_str()));
                if sign == Token::Open && !opens && leads {
                    shell.folder = None;
                }
                shell.follow(&std::mem::take(&mut words), behind_or);
                behind_or = sign == Token::Or;
                match sign {
                    Token::Open => {
                        shell.outer.push((shell.folder.clone(), shell.depth));
                        shell.depth = 0;
                    }
                    // A subshell ends, and with it its folder.
                    Token::Close => {
                        if let Some((folder, depth)) = shell.outer.pop() {
                            (shell.folder, shell.depth) = (folder, depth);
                        }
                    }
                    Token::Or | Token::End | Token::Word(_) => {}
                }
            }
        }
    }
    shell.follow(&words, behind_or);
    let behind = shell.outer.into_iter().next();
    let inside = match shell.ran.as_slice() {
        [] => shell.folder.clone(),
        [one] => one.clone(),
        _ => None,
    };
    *folder = behind.map_or(shell.folder, |(folder, _)| folder);
    inside
}

/// Whether a line may change the folder in a way that [`follow`] understands.
pub(super) fn moves(line: &str) -> bool {
    let known = |word: &str| {
        let word = word.trim_start_matches('(');
        let option = word.split('=').next().unwrap_or(word);
        matches!(word, "cd" | "pushd" | "popd" | "--prefix")
            || UNKNOWN.contains(&option)
            || RUNNERS.contains(&word)
            || SHELLS.contains(&word)
    };
    line.split_whitespace().any(known)
}

/// Whether a line begins a make recipe that works in another folder.
pub(super) fn is_recipe(line: &str) -> bool {
    let goes_on = || line.contains("&&") || line.contains(';');
    if line.starts_with("cd ") || line.starts_with("(cd ") {
        return goes_on();
    }
    let mut words = line.split(' ');
    let tool = words.next().unwrap_or_default();
    options(tool).is_some_and(|options| option(options, words).is_some())
}

/// The state of a shell between two commands.
struct Shell<'p> {
    folder: Folder,
    /// Folders in which programs ran.
    ran: Vec<Folder>,
    /// Folder and conditions around each open subshell.
    outer: Vec<(Folder, u32)>,
    /// Open conditions and loops.
    depth: u32,
    project: Option<&'p str>,
}

impl Shell<'_> {
    fn follow(&mut self, words: &[String], behind_or: bool) {
        let mut words = words;
        // A condition ends with the words behind it.
        while let [first, rest @ ..] = words {
            match first.as_str() {
                "if" | "while" | "until" => self.depth += 1,
                "for" | "case" | "select" => {
                    self.depth += 1;
                    return;
                }
                "fi" | "done" | "esac" => self.depth = self.depth.saturating_sub(1),
                "then" | "do" | "elif" | "else" | "{" | "}" | "!" | "time" => {}
                "function" => {
                    self.folder = None;
                    return;
                }
                word if shell::is_assignment(word) => {}
                _ => break,
            }
            words = rest;
        }
        let Some(first) = words.first() else {
            return;
        };
        match first.as_str() {
            "cd" | "chdir" | "pushd" | "Push-Location" | "Set-Location" => {
                let flag = |word: &&String| matches!(word.as_str(), "--" | "-L" | "-P" | "-Path");
                let target = |word: &&String| !word.contains(['>', '<']);
                let mut to = words[1..].iter().take_while(target).skip_while(flag);
                let first = to.next().map_or("~", String::as_str);
                let odd = behind_or || self.depth > 0 || to.next().is_some();
                let folder = into(&self.folder, first, self.project);
                self.folder = folder.filter(|_| !odd);
            }
            "popd" | "Pop-Location" => self.folder = None,
            tool if QUIET.contains(&tool) => {}
            _ => {
                let place = self.place_of(words);
                if !self.ran.contains(&place) {
                    self.ran.push(place);
                }
            }
        }
    }

    /// The folder in which a program works.
    fn place_of(&self, words: &[String]) -> Folder {
        let mut folder = self.folder.clone();
        let mut words = words;
        while let [first, rest @ ..] = words {
            if !WRAPPERS.contains(&first.as_str()) {
                break;
            }
            let mut rest = rest;
            while let [word, behind @ ..] = rest {
                let number = word.starts_with(|c: char| c.is_ascii_digit());
                rest = match (word.as_str(), word.strip_prefix("--chdir="), behind) {
                    ("-C" | "--chdir", _, [to, behind @ ..]) => {
                        folder = into(&folder, to, self.project);
                        behind
                    }
                    (_, Some(to), _) => {
                        folder = into(&folder, to, self.project);
                        behind
                    }
                    (word, ..) if word.starts_with('-') || shell::is_assignment(word) || number => {
                        behind
                    }
                    _ => break,
                };
            }
            words = rest;
        }
        let first = words.first()?;
        let tool = base(first);
        let args = || words[1..].iter().map(String::as_str);
        let many = words.iter().any(|word| RUNNERS.contains(&base(word)));
        let shell = words.iter().position(|word| SHELLS.contains(&base(word)));
        let inside =
            shell.is_some_and(|at| words[at..].iter().any(|w| INSIDE.contains(&w.as_str())));
        let packages = matches!(tool, "bun" | "npm" | "pnpm" | "yarn" | "cargo");
        if many || inside || args().any(goes) || packages && args().any(of_package) {
            return None;
        }
        match options(tool) {
            Some(options) => match option(options, args()) {
                Some(to) => into(&folder, to, self.project),
                None => folder,
            },
            None if OTHER.contains(&tool) => folder,
            None => folder.filter(|_| option(UNKNOWN, args()).is_none()),
        }
    }
}

/// Whether a word holds a command that changes the folder: `sh -c 'cd web && make'`.
fn goes(word: &str) -> bool {
    let begins = |at: usize| {
        let before = word[..at].chars().next_back();
        !before.is_some_and(|c| c.is_alphanumeric() || "-_./".contains(c))
    };
    matches!(word, "cd" | "pushd")
        || word.match_indices("cd ").any(|(at, _)| begins(at))
        || word.contains("pushd ")
}

fn base(word: &str) -> &str {
    word.rsplit('/').next().unwrap_or(word)
}

/// Whether an option selects one of several packages, whose folder only the tool knows.
fn of_package(word: &str) -> bool {
    const OPTIONS: &[&str] = &[
        "--filter",
        "--manifest-path",
        "--workspace",
        "--workspaces",
        "-F",
        "-w",
        "-ws",
        "workspace",
        "workspaces",
    ];
    let name = word.split('=').next().unwrap_or(word);
    OPTIONS.contains(&name)
}

fn options(tool: &str) -> Option<&'static [&'static str]> {
    let known = ELSEWHERE.iter().find(|(name, _)| *name == tool);
    known.map(|(_, options)| *options)
}

/// The value of one of these options: `-C DIR`, `-CDIR`, `--dir DIR`, `--dir=DIR`. Options behind `--` are
/// another program's.
fn option<'w>(options: &[&str], words: impl Iterator<Item = &'w str>) -> Option<&'w str> {
    let mut words = words.take_while(|word| *word != "--");
    while let Some(word) = words.next() {
        for option in options {
            match word.strip_prefix(option) {
                Some("") => return Some(words.next().unwrap_or("-")),
                Some(rest) if rest.starts_with('=') => return Some(&rest[1..]),
                Some(rest) if option.len() == 2 => return Some(rest),
                _ => {}
            }
        }
    }
    None
}

#[derive(Debug, PartialEq, Eq)]
enum Token {
    /// A word without its quotes. What a shell would expand (`$`, `` ` ``, `\`) stays.
    Word(String),
    /// `(`
    Open,
    /// `)`
    Close,
    /// `||`
    Or,
    /// `;`, `&`, `&&`, `|`, the end of a line.
    End,
}

/// Splits a command into words and operators.
fn tokens(command: &str) -> Vec<Token> {
    let mut out = Vec::new();
    let mut word: Option<String> = None;
    let mut chars = command.chars().peekable();
    let mut quote = None;
    // Open brackets of `$(…)`, which is one word whatever it contains.
    let mut inner = 0_u32;
    while let Some(c) = chars.next() {
        if quote.is_some() || inner > 0 {
            let text = word.get_or_insert_default();
            match c {
                c if quote == Some(c) => {
                    quote = None;
                    if inner == 0 {
                        continue;
                    }
                }
                '\'' | '"' if quote.is_none() => quote = Some(c),
                '(' if quote.is_none() => inner += 1,
                ')' if quote.is_none() => inner -= 1,
                _ => {}
            }
            text.push(c);
            continue;
        }
        let sign = match c {
            '\'' | '"' | '`' => {
                let text = word.get_or_insert_default();
                if c == '`' {
                    text.push(c);
                }
                quote = Some(c);
                continue;
            }
            '$' if chars.peek() == Some(&'(') => {
                chars.next();
                inner = 1;
                word.get_or_insert_default().push_str("$(");
                continue;
            }
            '\\' => {
                match chars.next() {
                    Some('\n') | None => out.extend(word.take().map(Token::Word)),
                    Some(next) => word.get_or_insert_default().extend(['\\', next]),
                }
                continue;
            }
            '#' if word.is_none() => {
                while chars.next_if(|c| *c != '\n').is_some() {}
                continue;
            }
            '&' if word
                .as_deref()
                .is_some_and(|word| word.ends_with(['>', '<'])) =>
            {
                None
            }
            '\n' | ';' | '&' | '|' if chars.next_if_eq(&c).is_some() && c == '|' => Some(Token::Or),
            '\n' | ';' | '|' | '&' => Some(Token::End),
            '(' => Some(Token::Open),
            ')' => Some(Token::Close),
            c if c.is_whitespace() => {
                out.extend(word.take().map(Token::Word));
                continue;
            }
            _ => None,
        };
        match sign {
            Some(sign) => {
                out.extend(word.take().map(Token::Word));
                out.push(sign);
            }
            None => word.get_or_insert_default().push(c),
        }
    }
    out.extend(word.map(Token::Word));
    out
}

#[cfg(test)]
mod tests {
    use super::*;

    /// The folder in which its programs run, and the folder behind it.
    fn of(command: &str) -> (Folder, Folder) {
        let mut folder = Some(String::new());
        let ran = follow(&mut folder, command, Some("group/app"));
        (ran, folder)
    }

    #[test]
    fn programs_run_where_the_command_went() {
        for (command, ran) in [
            ("make", ""),
            ("(cd web && npx tsc -p .)", "web"),
            ("set -e; cd web; npx tsc -p .", "web"),
            ("mkdir -p b && cd b && cmake .. && make", "b"),
            ("cd \"my web\" && npx tsc", "my web"),
            ("cd 'my web' && npx tsc", "my web"),
            ("cd -- web && npx tsc", "web"),
            ("pushd web >/dev/null && npx tsc", "web"),
            ("pushd web > /dev/null && npx tsc", "web"),
            ("[ -d web ] && cd web", "web"),
            ("cd web # collapsed multi-line command", "web"),
            ("cd web || exit 1", "web"),
            ("env -C web npx tsc", "web"),
            ("A=1 env B=2 --chdir=web npx tsc", "web"),
            ("sudo -E make -C lib all", "lib"),
            ("if test -f a; then (cd web && make); fi", "web"),
            ("cargo rustc -- -C opt-level=3", ""),
            ("ctest -C Debug", ""),
            ("make 2>&1 | tee log; exit ${PIPESTATUS[0]}", ""),
            ("time make", ""),
            ("echo \"cd web\"", ""),
            ("make CC=\"ccache gcc\"", ""),
        ] {
            assert_eq!(of(command).0.as_deref(), Some(ran), "{command}");
        }
    }

    #[test]
    fn what_is_not_understood_is_no_folder() {
        for command in [
            "make deps && (cd web && npx tsc -p .)",
            "for d in web api; do (cd $d && npx tsc -p .); done",
            "for d in web api; do cd $d && npx tsc; cd ..; done",
            "npm ci && cd web && npm test",
            "if x; then cd web; fi; npm test",
            "cd web || cd app; make",
            "cd my web && make",
            "git -C web status && tool -C web",
            "bash -c 'cd web && npx tsc'",
            "timeout 5 sh -c 'cd web; make'",
            "su - ci -c \"cd web && make\"",
            "find . -name go.mod -execdir go vet \\;",
            "npx lerna run build",
            "npx nx run web:build",
            "yarn turbo build",
            "npm-run-all build",
            "run-s lint test",
            "docker run -w /srv app make",
            "build() { cd web && make; }; build",
            "cd web\\app && make",
            "cd $(mktemp -d) && make",
            "cd `mktemp -d` && make",
            "cd \"$DIR\" && make",
            "make -C",
            "env -C \"$DIR\" make",
        ] {
            assert_eq!(of(command).0, None, "{command}");
        }
        let long = format!("cd web; {}", "a;".repeat(LONGEST));
        assert_eq!(of(&long), (None, None));
    }

    #[test]
    fn the_folder_behind_is_that_of_the_shell_itself() {
        let behind = |command: &str| of(command).1;
        let at = |path: &str| Some(path.to_owned());
        assert_eq!(behind("(cd web && npm ci)"), at(""));
        assert_eq!(behind("(cd web && (cd ../api; make)) && cd lib"), at("lib"));
        assert_eq!(behind("X=$(cd web && pwd)"), at(""));
        assert_eq!(behind("make -C lib"), at(""));
        assert_eq!(behind("pushd web && make && popd"), None);
        assert_eq!(behind("case a in b) cd web;; esac"), None);
    }

    #[test]
    fn odd_commands_are_no_harm() {
        for command in [
            "",
            "(",
            ")",
            "((((",
            "))))",
            "'",
            "\"",
            "`",
            "$(",
            "$((1))",
            "\\",
            "cd",
            "cd '",
            "env",
            "env -C",
            "sudo",
            "fi",
            "a | | b",
            "#",
            "가 (나",
            "cd 가 && (",
        ] {
            of(command);
        }
    }

    #[test]
    fn lines_of_recipes_are_told_from_others() {
        assert!(is_recipe("cd web && npx tsc") && is_recipe("(cd web; npx tsc)"));
        assert!(is_recipe("npm --prefix web test") && is_recipe("make -C lib"));
        assert!(!is_recipe("cd is no command") && !is_recipe("make: *** [a] Error 1"));
        assert!(moves("bash -x b.sh") && moves("(cd web") && moves("tool -C x"));
        assert!(!moves("npx tsc -p ."));
    }
}
