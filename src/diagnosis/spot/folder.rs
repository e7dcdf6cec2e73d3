//! Finds the folder of the project from which the paths of a line start, by the commands before it and what
//! tools say.
//!
//! A path from the wrong folder is a wrong place. If the folder is unknown, there is no place.

use super::path::{Folder, below_checkout, join};
use super::script;
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

/// How make and ninja announce a change of folder.
const ENTERS: &str = ": Entering directory ";
const LEAVES: &str = ": Leaving directory ";

/// Words, one of which is in every line that changes the folder.
pub(super) const MOVES: &[&str] = &[
    ENTERS,
    LEAVES,
    "cd ",
    "pushd ",
    "> ",
    "+ ",
    "$ ",
    " -C ",
    " --prefix",
];

/// How runners of several packages begin their lines. Each package has its own folder.
const OF_MANY: &[&str] = &[
    "> nx run ",
    " NX ",
    "lerna ",
    "\u{2022} Packages in scope: ",
];

/// Most levels of a shell's trace.
const LEVELS: usize = 8;

/// The folder from which the paths of a line start. `above` are the lines above it; `stage` is the folder that
/// a Jenkins stage went into.
pub(super) fn of(
    facts: &JobFacts,
    place: Place,
    prefix: &str,
    above: &[TailLine],
    stage: Option<Folder>,
) -> Folder {
    let project = facts.project.as_deref();
    let mut folder = stage.unwrap_or(Some(String::new()));
    let stage = |section: u32| facts.sections.get(section as usize).map(|s| s.stage);
    let own = stage(place.section);
    let before = facts
        .commands
        .iter()
        .filter(|c| c.index <= place.command && stage(c.section) == own);
    let mut cloned = None;
    let mut inside = folder.clone();
    for command in before {
        let words: Vec<&str> = command.text.split_whitespace().collect();
        match words.as_slice() {
            // If the runner does not fetch the project, the job does so itself; otherwise this is another one.
            ["cd", to] if cloned == Some(*to) => {
                folder = (!facts.dialect.has_frame()).then(String::new);
                inside = folder.clone();
            }
            _ => inside = script::follow(&mut folder, &command.text, project),
        }
        // What the last command does inside matters only for its own output.
        if command.index != place.command {
            inside = folder.clone();
        }
        if let ["git", "clone", .., to] = words.as_slice() {
            let address = to.contains("://") || to.contains('@');
            let name = to.rsplit(['/', ':']).next().filter(|_| address);
            cloned = Some(name.map_or(*to, |name| name.trim_end_matches(".git")));
        }
    }
    let mut trail = Trail::new(facts, inside);
    for line in above {
        trail.pass(line);
    }
    within(trail.now, prefix)
}

/// The folder that the lines above lead to.
struct Trail<'f> {
    facts: &'f JobFacts,
    /// The folder of the command.
    command: Folder,
    /// The same, as far as its output leaves it known.
    base: Folder,
    /// Folders that make and ninja entered.
    entered: Vec<Folder>,
    /// A traced shell and those inside it (`++ `).
    levels: Vec<Level>,
    now: Folder,
    /// An earlier line began with `> `, as npm shows scripts.
    quoted: bool,
}

#[derive(Debug, Default)]
struct Level {
    folder: Folder,
    /// The folder where its programs run.
    inside: Folder,
    /// It changed the folder, and did not only ask for its path (`$(cd .. && pwd)`).
    moved: bool,
}

impl<'f> Trail<'f> {
    fn new(facts: &'f JobFacts, base: Folder) -> Self {
        Self {
            facts,
            now: base.clone(),
            command: base.clone(),
            base,
            entered: Vec::new(),
            levels: Vec::new(),
            quoted: false,
        }
    }

    fn pass(&mut self, line: &TailLine) {
        let content = line.content();
        let project = self.facts.project.as_deref();
        if line.command || content.starts_with("[Pipeline] ") {
            self.entered.clear();
            self.levels.clear();
            self.base = self.command.clone();
            self.now = self.base.clone();
        }
        let quoted = content
            .strip_prefix("> ")
            .filter(|rest| !rest.starts_with([' ', '|']));
        let follows_quote = std::mem::replace(&mut self.quoted, quoted.is_some());
        if line.command {
            return;
        }
        let signs = content.bytes().take_while(|b| *b == b'+').count();
        let traced = content[signs..].strip_prefix(' ').filter(|_| signs > 0);
        if OF_MANY.iter().any(|words| content.starts_with(words)) {
            (self.base, self.now) = (None, None);
        } else if let Some(command) = traced {
            self.trace(signs, command);
        } else if line.echo
            && self.facts.dialect == Dialect::Github
            && ["cd ", "pushd ", "(cd ", " -C "]
                .iter()
                .any(|w| content.contains(w))
        {
            // The log shows a whole script, but only its first line is known as a command.
            let first = |c: &crate::model::Command| c.text.as_ref() == content.trim();
            if !self.facts.commands.iter().any(first) {
                (self.base, self.now) = (None, None);
            }
        } else if let Some((_, to)) = content.split_once(ENTERS) {
            let to = to.trim_matches(['\'', '`', '"', ' ']);
            self.now = into(&self.base, to, project);
            self.entered.push(self.now.clone());
        } else if content.contains(LEAVES) {
            self.entered.pop();
            self.now = self.outside();
        } else if let Some(script) = quoted {
            self.npm(script, follows_quote);
        } else if let Some(script) = content.strip_prefix("$ ") {
            // How yarn and bun show a script.
            self.now = script::follow(&mut self.outside(), script, project);
        } else if script::is_recipe(content) {
            self.now = script::follow(&mut self.outside(), content, project);
        }
    }

    /// The folder around a tool's own scripts.
    fn outside(&self) -> Folder {
        let traced = self.levels.last().map(|level| &level.inside);
        let outside = self.entered.last().or(traced).unwrap_or(&self.base);
        outside.clone()
    }

    /// Reads npm's `> name@1.0.0 build` and the script below it. Older versions name the folder behind it.
    fn npm(&mut self, script: &str, follows: bool) {
        let project = self.facts.project.as_deref();
        let mut words = script.split(' ');
        let names_package = words.next().is_some_and(|word| {
            let version = word.rsplit_once('@').map_or("", |(_, version)| version);
            version.starts_with(|c: char| c.is_ascii_digit())
        });
        if names_package {
            let folder = words.nth(1).filter(|folder| folder.starts_with('/'));
            self.now = match folder {
                Some(folder) => into(&self.base, folder, project),
                None => self.outside(),
            };
        } else if follows {
            self.now = script::follow(&mut self.now.clone(), script, project);
        }
    }

    /// Reads a command that a shell traced with that many signs.
    fn trace(&mut self, signs: usize, command: &str) {
        // A difference has such lines too.
        if self.levels.is_empty() && !script::moves(command) {
            return;
        }
        if signs > LEVELS {
            self.now = None;
            return;
        }
        let mut moved = false;
        while self.levels.len() > signs {
            moved |= self.levels.pop().is_some_and(|level| level.moved);
        }
        while self.levels.len() < signs {
            let folder = match self.levels.last() {
                Some(level) => level.folder.clone(),
                None => self.outside(),
            };
            self.levels.push(Level {
                inside: folder.clone(),
                folder,
                moved: false,
            });
        }
        let Some(level) = self.levels.last_mut() else {
            return;
        };
        // A sourced script (`. ./env`) keeps its folder; a substitution does not.
        if moved {
            level.folder = None;
        }
        let before = level.folder.clone();
        let project = self.facts.project.as_deref();
        level.inside = script::follow(&mut level.folder, command, project);
        level.moved |= level.folder != before;
        level.moved &= command != "pwd" && command != "pwd -P";
        self.now = level.inside.clone();
    }
}

/// The folder that a Jenkins stage has gone into (`dir('web')`), below the job's own; `None` if it went into
/// none.
pub(super) fn of_stage<'t>(lines: impl Iterator<Item = &'t str>) -> Option<Folder> {
    let mut workspace: Option<&str> = None;
    let mut folders: Vec<Folder> = Vec::new();
    for line in lines {
        if let Some((_, to)) = line
            .strip_prefix("Running on ")
            .and_then(|rest| rest.split_once(" in "))
        {
            workspace = Some(to.trim_end());
        } else if line.trim_end() == "[Pipeline] // dir" {
            folders.pop();
        } else if let Some((before, to)) = line.split_once(RUNNING) {
            // One of several parallel branches, each in its own folder.
            let alone = before.is_empty();
            folders.push(below_workspace(to.trim_end(), workspace).filter(|_| alone));
        }
    }
    folders.pop()
}

/// Jenkins' announcement of a folder.
pub(super) const RUNNING: &str = "Running in ";

fn below_workspace(path: &str, workspace: Option<&str>) -> Folder {
    let rest = match workspace {
        Some(workspace) => path.strip_prefix(workspace)?,
        None => {
            let (_, rest) = path.split_once("/workspace/")?;
            &rest[rest.find('/').unwrap_or(rest.len())..]
        }
    };
    match rest {
        "" => Some(String::new()),
        rest => join("", rest.strip_prefix('/')?),
    }
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

/// Whether a word is a plain folder that no shell would expand.
fn simple(to: &str) -> bool {
    !to.is_empty() && !to.starts_with(['~', '-']) && !to.contains(['$', '`', '*', '?', '{', '\\'])
}

/// The package in `[some_package]: `, which melos puts before a line. A level (`[ERROR]: `) is none.
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

/// The folder of the package that a tool names before the line. pnpm names its path, turbo and others only its
/// name.
fn within(folder: Folder, prefix: &str) -> Folder {
    let prefix = prefix.trim();
    let Some(named) = prefix.strip_suffix(':') else {
        // compose names a service with folders of its own, BuildKit a step, act a job.
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
        of(&facts, place, prefix, &above, None)
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
        assert_eq!(of(&facts, place, "", &[], None).as_deref(), Some(""));
        facts.commands[0].text = "git clone https://git.example.com/a/b.git".into();
        facts.commands[1].text = "cd b".into();
        assert_eq!(of(&facts, place, "", &[], None).as_deref(), Some(""));
        facts.dialect = Dialect::Gitlab;
        assert_eq!(of(&facts, place, "", &[], None), None);
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
        for (above, there) in [
            // make shows its recipes, npm, yarn and bun their scripts.
            (&["cd web && npx tsc -p ."][..], Some("web")),
            (&["cd $d && npx tsc -p ."], None),
            (&["> root@1.0.0 build", "> cd web && tsc -p ."], Some("web")),
            (&["> root@1.0.0 build", "> tsc -p ."], Some("")),
            (
                &["> web@1.0.0 build /builds/group/app/web", "> tsc"],
                Some("web"),
            ),
            (&["> web@1.0.0 build /srv/web", "> tsc"], None),
            (&["> root@1.0.0 build", "> lerna run build"], None),
            (&["> nx run web:build"], None),
            (&["lerna notice cli v8.1.2"], None),
            (&["$ cd web && tsc"], Some("web")),
            // A traced shell, with others inside it.
            (&["++ cd web", "++ npx tsc"], Some("web")),
            (&["+ cd 'my web'"], Some("my web")),
            (&["+ env -C web npx tsc"], Some("web")),
            (&["++ cd web", "++ pwd", "+ npx tsc"], Some("")),
            (&["++ cd web", "+ npx tsc"], None),
            (&["+ pushd web", "+ popd", "+ make"], None),
            (&["+ cd $DIR", "+ make"], None),
            (&["- a", "+ b", enters, "+ c"], Some("lib")),
        ] {
            assert_eq!(of(above).as_deref(), there, "{above:?}");
        }
        let melos = package_named("[app_core]:   error - lib/a.dart:1:2 - x");
        assert_eq!(folder(&["melos analyze"], melos, &[]), None);
        assert_eq!(package_named("[ERROR]: x"), "");
        assert_eq!(folder(&["docker compose up"], "web-1  | ", &[]), None);
        assert_eq!(
            folder(&["docker build ."], "#12 3.456 ", &[]).as_deref(),
            Some("")
        );
    }

    #[test]
    fn stages_of_jenkins_tell_where_they_work() {
        let on = "Running on agent-1 in /var/jenkins/workspace/app@2";
        let into = "Running in /var/jenkins/workspace/app@2/web";
        let of = |lines: &[&str]| of_stage(lines.iter().copied());
        let web = Some(Some("web".to_owned()));
        assert_eq!(of(&[on, "[Pipeline] dir", into, "[Pipeline] {"]), web);
        assert_eq!(of(&[into]), web);
        assert_eq!(of(&[on, into, "[Pipeline] // dir"]), None);
        assert_eq!(of(&[on]), None);
        assert_eq!(of(&[on, "Running in /tmp/web"]), Some(None));
        assert_eq!(of(&[on, &format!("[a] {into}")]), Some(None));
    }
}
