//! Finds the script of a CircleCI step, which its page shows above the output. Its lines are no evidence.
//!
//! No mark ends the script. Usually an empty line follows, but a script may contain one too. So a line
//! belongs to the script as long as something above is still open, or the line begins as a command does.

use std::ops::RangeInclusive;

use super::Case;
use crate::model::TailLine;

/// How the common commands of scripts begin, apart from assignments and paths.
const COMMANDS: &[&str] = &[
    "#",
    ".",
    "[",
    "[[",
    "apt-get",
    "aws",
    "bash",
    "bundle",
    "cargo",
    "cat",
    "cd",
    "chmod",
    "chown",
    "cp",
    "curl",
    "docker",
    "docker-compose",
    "done",
    "echo",
    "elif",
    "else",
    "esac",
    "eval",
    "exit",
    "export",
    "fi",
    "find",
    "for",
    "function",
    "gcloud",
    "git",
    "go",
    "gradle",
    "helm",
    "if",
    "kubectl",
    "ln",
    "ls",
    "make",
    "mkdir",
    "mv",
    "mvn",
    "node",
    "npm",
    "npx",
    "php",
    "pip",
    "pip3",
    "pnpm",
    "poetry",
    "printf",
    "python",
    "python3",
    "return",
    "rm",
    "set",
    "sh",
    "shopt",
    "sleep",
    "source",
    "sudo",
    "tar",
    "terraform",
    "test",
    "then",
    "touch",
    "trap",
    "unset",
    "unzip",
    "wget",
    "while",
    "yarn",
    "}",
];
/// Words that open and close a shell's blocks.
const OPENS: &[&str] = &["if", "for", "while", "until", "case"];
const CLOSES: &[&str] = &["fi", "done", "esac", "}"];

/// The script lines in the log of a job that ended with CircleCI's words.
pub(super) fn of(case: &Case) -> Vec<RangeInclusive<u64>> {
    const ENDS: &[&str] = &["Exited with code ", "CircleCI received exit code "];
    let ended = |text: &str| ENDS.iter().any(|end| text.starts_with(end));
    let verdict = case.facts().verdict.as_ref();
    if !verdict.is_some_and(|v| ended(&v.text)) {
        return Vec::new();
    }
    scripts(&case.inputs()[case.job].scan.tail_lines())
}

fn scripts(lines: &[TailLine]) -> Vec<RangeInclusive<u64>> {
    let mut scripts = Vec::new();
    let mut at = 0;
    while at < lines.len() {
        let first = lines[at].place.line;
        at += 1;
        if !is_shebang(lines[at - 1].content()) {
            continue;
        }
        let mut open = Open::default();
        let mut last = first;
        let mut before_blank = None;
        let mut ended = false;
        while let Some(line) = lines.get(at).filter(|line| !is_shebang(line.content())) {
            let text = line.content();
            let blank = line.place.line > last + 1;
            let part = open.any() || last == first || !blank && open.begins_command(text);
            if !part {
                ended = true;
                break;
            }
            if blank {
                before_blank.get_or_insert(last);
            }
            open.read(text);
            last = line.place.line;
            at += 1;
        }
        // A construct that is never closed was misread, such as a line of Python in quotes.
        if !ended && open.any() {
            last = before_blank.unwrap_or(last);
        }
        scripts.push(first..=last);
    }
    scripts
}

/// `#!/bin/bash -eo pipefail`, with which CircleCI starts every step; script files usually have at most `-e`.
fn is_shebang(line: &str) -> bool {
    let shell = line
        .strip_prefix("#!/bin/bash ")
        .or_else(|| line.strip_prefix("#!/bin/sh "));
    shell.is_some_and(|options| {
        options.starts_with('-') && options.trim_end().ends_with("o pipefail")
    })
}

/// The constructs of a script that are still open.
#[derive(Debug, Default)]
struct Open {
    blocks: u32,
    /// The line continues: a backslash, a pipe, `&&`.
    goes_on: bool,
    /// The word that ends a here-document.
    text: Option<String>,
    /// The script's own functions.
    functions: Vec<String>,
}

impl Open {
    fn any(&self) -> bool {
        self.blocks > 0 || self.goes_on || self.text.is_some()
    }

    /// Whether a line begins as a command does: with a known command, a path, a variable.
    fn begins_command(&self, line: &str) -> bool {
        let Some(word) = line.split_whitespace().next() else {
            return false;
        };
        let name = |c: char| c.is_ascii_alphanumeric() || c == '_';
        let assigns = word
            .split_once('=')
            .is_some_and(|(before, _)| !before.is_empty() && before.chars().all(name));
        // A tool that names itself in a message: `curl: (7) …`, `npm ERR! …`.
        let speaks = line
            .split_whitespace()
            .nth(1)
            .is_some_and(|w| w.eq_ignore_ascii_case("err!") || w.eq_ignore_ascii_case("error"));
        !speaks
            && (assigns
                || word.starts_with("./")
                || word.starts_with('#')
                || COMMANDS.contains(&word)
                || self.functions.iter().any(|f| f == word))
    }

    fn read(&mut self, line: &str) {
        let line = line.trim();
        if let Some(end) = &self.text {
            if line == end {
                self.text = None;
            }
            return;
        }
        let mut words = line.split(|c: char| c.is_whitespace() || ";|&)".contains(c));
        if line.starts_with('#') {
            return;
        }
        let first = words.clone().next().unwrap_or_default();
        let count = |of: &[&str]| words.clone().filter(|word| of.contains(word)).count() as u32;
        let function = line.strip_suffix("() {");
        if OPENS.contains(&first) || function.is_some() {
            self.blocks += 1;
        }
        self.functions.extend(function.map(str::to_owned));
        self.blocks = self.blocks.saturating_sub(count(CLOSES));
        self.goes_on = ["\\", "|", "&&", "||"]
            .iter()
            .any(|end| line.ends_with(end));
        let heredoc = words.find_map(|word| {
            let (_, end) = word.split_once("<<")?;
            let end = end.trim_start_matches('-').trim_matches(['"', '\'']);
            (!end.is_empty() && !end.starts_with('<')).then(|| end.to_owned())
        });
        self.text = heredoc;
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::model::Place;

    /// The script lines of a text.
    fn of(text: &str) -> Vec<RangeInclusive<u64>> {
        let line = |(k, text): (usize, &str)| TailLine {
            place: Place {
                line: k as u64 + 1,
                ..Place::default()
            },
            text: text.to_owned(),
            content_at: 0,
            command: false,
            echo: false,
        };
        let lines: Vec<TailLine> = text
            .lines()
            .enumerate()
            .filter(|(_, text)| !text.is_empty())
            .map(line)
            .collect();
        scripts(&lines)
    }

    const SHEBANG: &str = "#!/bin/bash -eo pipefail";

    #[test]
    fn a_script_ends_where_its_output_begins() {
        for (script, output) in [
            ("npm ci", "\nnpm ERR! code E404"),
            ("cfn-lint -t a.yml", "W2031 no default"),
            ("chmod +x a\n./a prod 9", "\nSetting the environment"),
            (
                "if [ ! -f a ]; then\n  echo \"Unable to find a\"\n\n  exit 1\nfi",
                "\nUnable to find a",
            ),
            (
                "for a in x y; do\n  cp $a b\ndone\nNAME=x make",
                "make: *** no rule",
            ),
            (
                "curl -f \\\n  https://a.example.com |\n  sh",
                "curl: (7) no route",
            ),
            ("cat > a <<EOF\nerror: x\n\nEOF", "error: y"),
            ("f() {\n  error\n}\nf", "error: y"),
            ("npm test", "npm ERR! code 1"),
            ("# Not found: error\nnpm ci", "x"),
            ("for a in x y; do\n  ./b $a\ndone|tee log", "\nerror: y"),
            ("if a; then\n  b\nfi|tee log", "\nerror: y"),
            // What opens nothing: a line of Python in quotes.
            (
                "python3 -c \"\nfor a in b:\n  print(a)\"\nmake",
                "\nerror: y\nmake: *** [all] Error 1",
            ),
        ] {
            let end = 1 + script.lines().count() as u64;
            let text = format!("{SHEBANG}\n{script}\n{output}\nExited with code exit status 1\n");
            assert_eq!(of(&text), [1..=end], "{text}");
        }
    }

    #[test]
    fn a_file_that_is_printed_is_no_step() {
        for shebang in ["#!/bin/sh -e", "#!/bin/bash", "#!/usr/bin/env bash"] {
            assert_eq!(of(&format!("{shebang}\nnpm ci\n\nerror\n")), []);
        }
    }
}
