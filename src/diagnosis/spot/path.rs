//! Decides which paths belong to the project, and writes them relative to the checkout, with slashes.

use super::shape::{LONGEST, is_drive, is_odd};

/// Folders of foreign sources and of build results, which nobody mends there.
const FOREIGN: &[&str] = &[
    ".build",
    ".bundle",
    ".cache",
    ".cargo",
    ".conan2",
    ".go",
    ".gradle",
    ".m2",
    ".next",
    ".nox",
    ".npm",
    ".nuxt",
    ".pnpm-store",
    ".pub-cache",
    ".rustup",
    ".terraform",
    ".tox",
    ".venv",
    ".yarn",
    "CMakeFiles",
    "Carthage",
    "Pods",
    "_deps",
    "bower_components",
    "dist",
    "dist-packages",
    "node_modules",
    "site-packages",
    "tmp",
    "vendor",
    "venv",
];

/// Endings of files that people write.
const ENDINGS: &[&str] = &[
    "S", "ac", "adb", "adoc", "ads", "am", "asm", "bash", "bat", "bats", "bib", "bzl", "c", "cc",
    "cfg", "cjs", "cl", "clj", "cljs", "cmake", "cmd", "coffee", "conf", "config", "cpp", "cr",
    "cs", "cshtml", "csproj", "css", "cts", "cu", "cue", "cuh", "cxx", "d", "dart", "dts", "dtsi",
    "ebuild", "eex", "el", "elm", "erb", "erl", "ex", "exs", "f", "f03", "f08", "f90", "f95",
    "feature", "fish", "fs", "fsi", "fsproj", "fsx", "gemspec", "glsl", "go", "gql", "gradle",
    "graphql", "groovy", "h", "haml", "hbs", "hcl", "heex", "hh", "hlsl", "hpp", "hrl", "hs",
    "htm", "html", "hxx", "ini", "ipynb", "j2", "java", "jinja", "jinja2", "jl", "js", "json",
    "json5", "jsonc", "jsonnet", "jsx", "kt", "kts", "ksh", "leex", "less", "lhs", "lisp", "lua",
    "m", "md", "mdx", "mjs", "mk", "ml", "mli", "mm", "mts", "nim", "nix", "pas", "php", "phpt",
    "phtml", "pl", "plist", "pm", "po", "pot", "proto", "ps1", "psd1", "psm1", "pug", "purs", "py",
    "pyi", "pyx", "r", "R", "rake", "razor", "rb", "resource", "rkt", "rmd", "robot", "rs", "rst",
    "ru", "sass", "sbt", "scala", "scm", "scss", "sh", "slim", "sol", "sql", "star", "sv",
    "svelte", "svh", "swift", "t", "tcl", "tex", "tf", "tfvars", "thrift", "tmpl", "toml", "tpl",
    "ts", "tsx", "twig", "txt", "v", "vb", "vbproj", "vhd", "vhdl", "vue", "vy", "wgsl", "xaml",
    "xml", "xsd", "xsl", "yaml", "yml", "zig", "zsh",
];

/// Names of files that have no ending.
const NAMES: &[&str] = &[
    "BUILD",
    "Brewfile",
    "Containerfile",
    "Dockerfile",
    "Fastfile",
    "GNUmakefile",
    "Gemfile",
    "Jenkinsfile",
    "Justfile",
    "Makefile",
    "Podfile",
    "Procfile",
    "Rakefile",
    "Tiltfile",
    "Vagrantfile",
    "WORKSPACE",
    "justfile",
    "makefile",
];

/// System folders, without the slash before them.
const SYSTEM: &[&str] = &["home/", "proc/", "root/", "usr/", "var/"];

/// Sources of Node.js, as old versions name them.
const NODE: &[&str] = &[
    "_http_client.js",
    "_http_server.js",
    "_stream_readable.js",
    "_stream_writable.js",
    "assert.js",
    "async_hooks.js",
    "bootstrap_node.js",
    "child_process.js",
    "events.js",
    "fs.js",
    "module.js",
    "net.js",
    "timers.js",
    "util.js",
    "vm.js",
];

/// The folder of the project in which commands run: empty for the checkout, `None` if unknown.
pub(super) type Folder = Option<String>;

/// A printed path, relative to the checkout. `project` is the project's name in the log.
pub(super) fn in_project(path: &str, project: Option<&str>, folder: &Folder) -> Option<String> {
    let path = path.trim();
    let path = path.strip_prefix("file://").unwrap_or(path);
    // `/C:/`, as in addresses.
    let path = path
        .strip_prefix('/')
        .filter(|p| is_drive(p))
        .unwrap_or(path);
    let slashed = (!path.contains('/') || is_drive(path)).then(|| path.replace('\\', "/"));
    let path = slashed.as_deref().unwrap_or(path);
    let path = if path.starts_with('/') || is_drive(path) {
        below_checkout(path, project)?.to_owned()
    } else if SYSTEM.iter().any(|system| path.starts_with(system)) {
        return None;
    } else {
        join(folder.as_deref()?, path)?
    };
    is_own(&path).then_some(path)
}

/// Whether people write files with that name. The ending decides, so that hosts and versions do not count.
pub(super) fn is_file(path: &str) -> bool {
    let name = path.rsplit(['/', '\\']).next().unwrap_or(path);
    let of_kind = name.split('.').any(|part| NAMES.contains(&part));
    let ending = name.rsplit_once('.').map(|(_, ending)| ending);
    of_kind || ending.is_some_and(|ending| ENDINGS.contains(&ending))
}

/// Whether Node.js, up to version 14, calls one of its own sources so.
pub(super) fn is_of_node(path: &str) -> bool {
    path.ends_with(".js") && (path.starts_with("internal/") || NODE.contains(&path))
}

/// A path below `folder`, relative to the checkout; `None` if it leads out of the checkout.
pub(super) fn join(folder: &str, path: &str) -> Option<String> {
    // A log can lead into further folders without end.
    if folder.len() + path.len() > 2 * LONGEST {
        return None;
    }
    let mut parts: Vec<&str> = folder.split('/').filter(|part| !part.is_empty()).collect();
    for part in path.trim_end_matches('/').split('/') {
        match part {
            "." => {}
            ".." => drop(parts.pop()?),
            // The empty path is the folder itself.
            "" if path.is_empty() => {}
            part => parts.push(part),
        }
    }
    Some(parts.join("/"))
}

/// The part of a path below the checkout: `/builds/group/app/src/a.c`. A shell executor puts the runner's token
/// and a number in between; GitHub's runner has a work folder, and repeats the name in it.
pub(super) fn below_checkout<'p>(path: &'p str, project: Option<&str>) -> Option<&'p str> {
    let project = project?;
    let name = project.rsplit('/').next().unwrap_or(project);
    let below = |path: &'p str, folder: &str| match path.strip_prefix(folder)? {
        "" => Some(""),
        rest => rest.strip_prefix('/'),
    };
    let of_gitlab = || {
        let (_, path) = path.split_once("/builds/")?;
        let of_shell = || {
            let (_, path) = path.split_once('/')?;
            let (number, path) = path.split_once('/')?;
            let counts = number.bytes().all(|b| b.is_ascii_digit());
            counts.then(|| below(path, project)).flatten()
        };
        below(path, project).or_else(of_shell)
    };
    let of_github = || {
        let twice = format!("{name}/{name}");
        // On GitHub's machines, on self-hosted ones, in a container, and on Windows.
        ["work", "_work", "__w", "a"].iter().find_map(|root| {
            let (before, path) = path.split_once(&format!("/{root}/"))?;
            let drive = before.len() == 2 && before.ends_with(':');
            (*root != "a" || drive)
                .then(|| below(path, &twice))
                .flatten()
        })
    };
    of_gitlab().or_else(of_github)
}

/// Whether the project may have a path, relative to the checkout.
fn is_own(path: &str) -> bool {
    let odd = |c: char| c.is_control() || c == '\\' || is_odd(c);
    let part = |part: &str| part.is_empty() || part == "." || part == ".." || part.ends_with(' ');
    let stream = ["stdin", "stdout", "stderr"].contains(&path);
    !stream
        && path.len() <= LONGEST
        && !path.starts_with(['~', '-', ' '])
        && !path.contains(odd)
        && !path.split('/').any(|p| part(p) || FOREIGN.contains(&p))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn root() -> Folder {
        Some(String::new())
    }

    #[test]
    fn only_what_can_be_in_the_project() {
        for (path, taken) in [
            ("src/main.c", Some("src/main.c")),
            ("./Dockerfile", Some("Dockerfile")),
            ("docs/한국어 문서.md", Some("docs/한국어 문서.md")),
            ("@scope/x.ts", Some("@scope/x.ts")),
            ("src\\Shop\\Cart.cs", Some("src/Shop/Cart.cs")),
            ("a/../b.c", Some("b.c")),
            ("/etc/passwd", None),
            ("../secret", None),
            ("a/../../b", None),
            ("C:\\x.c", None),
            ("https://example.com/x", None),
            ("~/x", None),
            ("$HOME/x", None),
            ("a\nb", None),
            ("<stdin>", None),
            ("stdin", None),
            ("a//b", None),
            ("", None),
            ("node_modules/x/a.js", None),
            ("web/node_modules/x/a.js", None),
            ("vendor/x/a.go", None),
            ("usr/local/bin/run.sh", None),
            (".venv/lib/python3.11/site-packages/a.py", None),
            ("/usr/lib/python3/dist-packages/a.py", None),
            ("/root/go/pkg/mod/x/a.go", None),
        ] {
            let of = in_project(path, Some("group/app"), &root());
            assert_eq!(of.as_deref(), taken, "{path}");
        }
    }

    #[test]
    fn a_path_below_the_checkout_is_one_of_the_project() {
        for (path, there) in [
            ("/builds/group/app/src/a.c", Some("src/a.c")),
            ("file:///builds/group/app/src/a.c", Some("src/a.c")),
            (
                "/home/ci/builds/Ab3xYz/0/group/app/src/a.c",
                Some("src/a.c"),
            ),
            (
                "/opt/runner/_work/app/app/src/group/app/A.java",
                Some("src/group/app/A.java"),
            ),
            ("/__w/app/app/a.c", Some("a.c")),
            ("D:\\a\\app\\app\\src\\a.cs", Some("src/a.cs")),
            (
                "/C:/GitLab-Runner/builds/x7Kq2Zb9P/0/group/app/src/A.kt",
                Some("src/A.kt"),
            ),
            ("/srv/a/app/app/a.c", None),
            ("/builds/group/app2/a.c", None),
            ("/builds/group/app/../b/a.c", None),
            ("/builds/group/app/.venv/lib/a.py", None),
            ("/usr/include/group/app/a.h", None),
        ] {
            // Wherever the command ran.
            for folder in [root(), Some("web".to_owned()), None] {
                let of = in_project(path, Some("group/app"), &folder);
                assert_eq!(of.as_deref(), there, "{path}");
            }
        }
        for root in ["work", "_work", "__w"] {
            let path = format!("/home/runner/{root}/app/app/src/a.c");
            let of = in_project(&path, Some("group/app"), &None);
            assert_eq!(of.as_deref(), Some("src/a.c"), "{path}");
        }
        assert_eq!(in_project("/builds/group/app/a.c", None, &root()), None);
    }

    #[test]
    fn a_path_stands_in_the_folder_of_the_command() {
        let web = Some("web".to_owned());
        let of = |path| in_project(path, Some("group/app"), &web);
        assert_eq!(of("src/a.ts").as_deref(), Some("web/src/a.ts"));
        assert_eq!(of("../lib/a.ts").as_deref(), Some("lib/a.ts"));
        assert_eq!(of("../../lib/a.ts"), None);
        assert_eq!(in_project("src/a.ts", Some("group/app"), &None), None);
    }

    #[test]
    fn files_are_told_from_hosts() {
        assert!(is_of_node("internal/timers.js") && is_of_node("timers.js"));
        assert!(!is_of_node("src/timers.js") && !is_of_node("internal/a.go"));
        for file in [
            "a.c",
            "src/x.test.ts",
            "Dockerfile",
            "docker/Dockerfile.prod",
            "x\\A.cs",
        ] {
            assert!(is_file(file), "{file}");
        }
        for other in [
            "db.example.com",
            "localhost",
            "1.2.3",
            "10.0.0.1",
            "bash",
            "v1.2",
            "main",
        ] {
            assert!(!is_file(other), "{other}");
        }
    }

    #[test]
    fn endings_are_in_order() {
        assert!(FOREIGN.is_sorted() && NAMES.is_sorted());
        let mut unique = ENDINGS.to_vec();
        unique.sort_unstable();
        unique.dedup();
        assert_eq!(unique.len(), ENDINGS.len());
    }
}
