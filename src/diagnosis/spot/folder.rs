//! Which folder of the project the paths of a line start from: what commands before it went into, and what tools say of it.
//!
//! A path that starts elsewhere is a wrong place. Where nobody knows, there is none.

use super::path::{Folder, below_checkout, join};
use crate::model::{Dialect, JobFacts, Place, TailLine};

/// Names of the checkout's folder.
const CHECKOUT: &[&str] = &[
    "$CI_PROJECT_DIR",
    "${CI_PROJECT_DIR}",
    "$GITHUB_WORKSPACE",
    "${GITHUB_WORKSPACE}",
    "$WORKSPACE",
    "${WORKSPACE}",
];

/// Options that have a tool work in another folder.
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

/// Words by which a program runs another one elsewhere.
const INSIDE: &[&str] = &["-c", "-ec", "-lc", "compose", "exec", "run"];

/// Does an option choose one of several packages, whose folder only the tool knows?
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

/// What make and ninja say when they change folders.
const ENTERS: &str = ": Entering directory ";
const LEAVES: &str = ": Leaving directory ";

/// Words without one of which no line leads into a folder.
pub(super) const MOVES: &[&str] = &[ENTERS, LEAVES, "cd "];

/// The folder that the paths of a line start from. `above`: the lines above it.
pub(super) fn of(facts: &JobFacts, place: Place, prefix: &str, above: &[TailLine]) -> Folder {
    let project = facts.project.as_deref();
    let mut folder = Some(String::new());
    let stage = |section: u32| facts.sections.get(section as usize).map(|s| s.stage);
    let own = stage(place.section);
    let before = facts
        .commands
        .iter()
        .filter(|c| c.index <= place.command && stage(c.section) == own);
    let mut cloned = None;
    for command in before {
        let last = command.index == place.command;
        let words: Vec<&str> = command.text.split_whitespace().collect();
        match words.as_slice() {
            // Where the runner does not, the job fetches the project itself; else it is another one.
            ["cd", to] if cloned == Some(*to) => {
                folder = (facts.dialect == Dialect::Plain).then(String::new);
            }
            _ => command_in(&mut folder, &command.text, project, last),
        }
        if let ["git", "clone", .., to] = words.as_slice() {
            let address = to.contains("://") || to.contains('@');
            let name = to.rsplit(['/', ':']).next().filter(|_| address);
            cloned = Some(name.map_or(*to, |name| name.trim_end_matches(".git")));
        }
    }
    let mut entered: Vec<Folder> = Vec::new();
    for line in above {
        let content = line.content();
        if line.command || content.starts_with("[Pipeline] ") {
            entered.clear();
        }
        if let Some(command) = content.strip_prefix("+ ") {
            let (word, to) = command.split_once(' ').unwrap_or((command, ""));
            if word == "cd" {
                let from = entered.last().unwrap_or(&folder);
                let to = into(from, to, project);
                entered.push(to);
            }
        } else if line.echo && facts.dialect == Dialect::Github && content.starts_with("cd ") {
            // A script is shown as a whole; of its lines only the first is known as a command.
            let first = |c: &crate::model::Command| c.text.as_ref() == content.trim();
            if !facts.commands.iter().any(first) {
                folder = None;
            }
        } else if let Some((_, to)) = content.split_once(ENTERS) {
            let to = to.trim_matches(['\'', '`', '"', ' ']);
            entered.push(into(&folder, to, project));
        } else if content.contains(LEAVES) {
            entered.pop();
        }
    }
    let folder = entered.pop().unwrap_or(folder);
    within(folder, prefix)
}

/// The folder behind a command. `last`: it is the one in force, whose options tell where it works.
fn command_in(folder: &mut Folder, command: &str, project: Option<&str>, last: bool) {
    // What a subshell does ends with it.
    let inner = command.trim_start().strip_prefix('(');
    if inner.is_some() && !last {
        return;
    }
    let command = inner.unwrap_or(command);
    for part in command.split(['\n', ';', '&', '|', ')']) {
        let mut words = part.split_whitespace();
        match words.next() {
            Some("cd" | "pushd") => {
                let to = words.next().unwrap_or("~");
                *folder = into(folder, to, project);
            }
            Some("popd") => *folder = None,
            // What runs there has folders of its own.
            Some("bash" | "docker" | "kubectl" | "podman" | "sh" | "ssh" | "vagrant")
                if last && words.clone().any(|word| INSIDE.contains(&word)) =>
            {
                *folder = None;
            }
            Some("then" | "do" | "{" | "!" | "time") if words.clone().any(|word| word == "cd") => {
                *folder = None;
            }
            Some("bun" | "npm" | "pnpm" | "yarn" | "cargo")
                if last && words.clone().any(of_package) =>
            {
                *folder = None;
            }
            Some(tool) if last => {
                let options = ELSEWHERE.iter().find(|(name, _)| *name == tool);
                let options = options.map_or(&[][..], |(_, options)| options);
                if let Some(to) = option(options, words) {
                    *folder = into(folder, to, project);
                }
            }
            _ => {}
        }
    }
}

/// The value of one of these options: `-C DIR`, `-CDIR`, `--dir DIR`, `--dir=DIR`.
fn option<'w>(options: &[&str], mut words: impl Iterator<Item = &'w str>) -> Option<&'w str> {
    while let Some(word) = words.next() {
        for option in options {
            match word.strip_prefix(option) {
                Some("") => return words.next(),
                Some(rest) if rest.starts_with('=') => return Some(&rest[1..]),
                Some(rest) if option.len() == 2 => return Some(rest),
                _ => {}
            }
        }
    }
    None
}

/// The folder that a word leads to.
pub(super) fn into(folder: &Folder, to: &str, project: Option<&str>) -> Folder {
    let to = to.trim_matches(['"', '\'']);
    for checkout in CHECKOUT {
        match to.strip_prefix(checkout) {
            Some("") => return Some(String::new()),
            Some(rest) if rest.starts_with('/') => {
                return simple(rest).then(|| join("", &rest[1..]))?;
            }
            _ => {}
        }
    }
    if !simple(to) {
        return None;
    }
    if to.starts_with('/') {
        return below_checkout(to, project).and_then(|path| join("", path));
    }
    join(folder.as_deref()?, to)
}

/// Is that a folder as it stands, without a shell?
fn simple(to: &str) -> bool {
    !to.is_empty() && !to.starts_with(['~', '-']) && !to.contains(['$', '`', '*', '?', '{', '\\'])
}

/// `[some_package]: `, as melos puts it before a line; a level (`[ERROR]: `) is none.
pub(super) fn package_named(text: &str) -> &str {
    let name = text
        .strip_prefix('[')
        .and_then(|rest| rest.split_once("]: "));
    let is_package = |name: &str| {
        let sign = |b: u8| b.is_ascii_lowercase() || b.is_ascii_digit() || b"_-@/.".contains(&b);
        name.bytes().all(sign) && name.contains(['_', '-', '/'])
    };
    match name {
        Some((name, _)) if is_package(name) => &text[..name.len() + 4],
        _ => "",
    }
}

/// The folder of the package that a tool names before the line: pnpm its path, turbo and others a name that is none.
fn within(folder: Folder, prefix: &str) -> Folder {
    let prefix = prefix.trim();
    let Some(named) = prefix.strip_suffix(':') else {
        // compose names the service, whose folders are others; BuildKit a step, act a job.
        let compose = prefix.ends_with('|') && !prefix.starts_with('[');
        return folder.filter(|_| !compose);
    };
    match named.split_once(' ') {
        Some((package, _)) if package.contains('/') && !package.starts_with('@') => {
            join(&folder?, package)
        }
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::model::{Command, Section};

    fn facts(commands: &[&str]) -> JobFacts {
        let section = Section {
            path: Some("step_script".into()),
            stage: 0,
            first_line: 1,
            last_line: 99,
            started: None,
            ended: None,
        };
        let commands = commands.iter().enumerate().map(|(at, text)| Command {
            line: at as u64 + 1,
            section: 0,
            index: at as u32 + 1,
            text: (*text).into(),
        });
        JobFacts {
            sections: vec![section],
            commands: commands.collect(),
            project: Some("group/app".into()),
            ..JobFacts::default()
        }
    }

    fn line(text: &str) -> TailLine {
        TailLine {
            place: Place::default(),
            text: text.into(),
            content_at: 0,
            command: false,
            echo: false,
        }
    }

    fn folder(commands: &[&str], prefix: &str, above: &[&str]) -> Option<String> {
        let facts = facts(commands);
        let place = Place {
            command: commands.len() as u32,
            ..Place::default()
        };
        let above: Vec<_> = above.iter().map(|text| line(text)).collect();
        of(&facts, place, prefix, &above)
    }

    #[test]
    fn commands_lead_into_folders() {
        let of = |commands: &[&str]| folder(commands, "", &[]);
        let at = |path: &str| Some(path.to_owned());
        assert_eq!(of(&["make"]), at(""));
        assert_eq!(of(&["cd web", "npm ci", "npm test"]), at("web"));
        assert_eq!(
            of(&["cd web && npm ci", "cd ../api", "go test ./..."]),
            at("api")
        );
        assert_eq!(of(&["(cd web && npm ci)", "npm test"]), at(""));
        assert_eq!(of(&["(cd web && npm test)"]), at("web"));
        assert_eq!(of(&["cd \"$CI_PROJECT_DIR/web\"", "npm test"]), at("web"));
        assert_eq!(of(&["cd web", "cd $CI_PROJECT_DIR", "make"]), at(""));
        assert_eq!(of(&["cd /builds/group/app/web", "make"]), at("web"));
        assert_eq!(of(&["make -C lib all"]), at("lib"));
        assert_eq!(of(&["terraform -chdir=infra plan"]), at("infra"));
        assert_eq!(of(&["npm --prefix web test"]), at("web"));
        for elsewhere in [
            "docker exec -w /srv app npm test",
            "bash -c \"cd web && npm test\"",
            "npm run build -w web",
            "cargo build --manifest-path=lib/Cargo.toml",
            "if x; then cd web; fi; npm test",
        ] {
            assert_eq!(of(&[elsewhere]), None, "{elsewhere}");
        }
        // However often a log leads on.
        assert_eq!(of(&["cd a/b/c/d/e/f/g"; 200]), None);
        for unknown in [
            "cd /tmp/x",
            "cd $DIR",
            "cd ..",
            "cd -",
            "cd",
            "pushd \"$(mktemp -d)\"",
        ] {
            assert_eq!(of(&[unknown, "make"]), None, "{unknown}");
        }
    }

    #[test]
    fn a_project_that_was_cloned() {
        let clone = "git clone --depth=50 https://git.example.com/a/b.git a/b";
        let mut facts = facts(&[clone, "cd a/b", "make"]);
        let place = Place {
            command: 3,
            ..Place::default()
        };
        assert_eq!(of(&facts, place, "", &[]).as_deref(), Some(""));
        facts.commands[0].text = "git clone https://git.example.com/a/b.git".into();
        facts.commands[1].text = "cd b".into();
        assert_eq!(of(&facts, place, "", &[]).as_deref(), Some(""));
        facts.dialect = Dialect::Gitlab;
        assert_eq!(of(&facts, place, "", &[]), None);
    }

    #[test]
    fn tools_tell_where_they_work() {
        let of = |above: &[&str]| folder(&["make"], "", above);
        let enters = "make[1]: Entering directory '/builds/group/app/lib'";
        let leaves = "make[1]: Leaving directory '/builds/group/app/lib'";
        assert_eq!(of(&[enters]).as_deref(), Some("lib"));
        assert_eq!(of(&[enters, leaves]).as_deref(), Some(""));
        assert_eq!(of(&["make[1]: Entering directory '/src/lib'"]), None);
        assert_eq!(of(&["+ cd web", "+ npm test"]).as_deref(), Some("web"));
        assert_eq!(
            folder(&["pnpm -r build"], "apps/web build: ", &[]).as_deref(),
            Some("apps/web")
        );
        assert_eq!(folder(&["turbo build"], "web:build: ", &[]), None);
        let melos = package_named("[app_core]:   error - lib/a.dart:1:2 - x");
        assert_eq!(folder(&["melos analyze"], melos, &[]), None);
        assert_eq!(package_named("[ERROR]: x"), "");
        assert_eq!(folder(&["docker compose up"], "web-1  | ", &[]), None);
        assert_eq!(
            folder(&["docker build ."], "#12 3.456 ", &[]).as_deref(),
            Some("")
        );
    }
}
