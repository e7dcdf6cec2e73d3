//! Resolves paths that start from what is built: a package of Go, an image.

use super::path::{Folder, join};
use crate::model::TailLine;

/// Hosts where a project's path has two parts.
const HOSTS: &[&str] = &["bitbucket.org", "codeberg.org", "github.com"];

/// The folder of the package whose tests failed. `go test` names the package below them, by its import path.
pub(super) fn package(below: &[TailLine], project: Option<&str>, folder: &Folder) -> Folder {
    let named = below.iter().find_map(|line| {
        let rest = line.content().strip_prefix("FAIL")?;
        let rest = rest.strip_prefix(['\t', ' '])?;
        rest.split_whitespace().next()
    })?;
    let folder = folder.as_deref()?;
    let inner = of_module(named, project)?;
    // An import path of the project starts from the checkout, whatever folder the command ran in.
    match folder {
        "" => Some(inner),
        _ if inner.is_empty() => Some(folder.to_owned()),
        _ => inner.starts_with(folder).then_some(inner),
    }
}

/// The path of a package below its module.
fn of_module(package: &str, project: Option<&str>) -> Option<String> {
    let (host, path) = package.split_once('/').unwrap_or((package, ""));
    let below = |root: &str| {
        let rest = path.strip_prefix(root)?;
        (rest.is_empty() || rest.starts_with('/')).then(|| rest.trim_start_matches('/'))
    };
    let inner = match project.and_then(below) {
        Some(inner) => inner,
        None if HOSTS.contains(&host) => {
            let mut parts = path.splitn(3, '/').skip(1);
            parts.next()?;
            parts.next().unwrap_or_default()
        }
        // A host and a name, or a name alone.
        None if path.is_empty() || host.contains('.') && !path.contains('/') => "",
        None => return None,
    };
    let (first, rest) = inner.split_once('/').unwrap_or((inner, ""));
    let number = first.strip_prefix('v').unwrap_or_default();
    let major = !number.is_empty() && number.bytes().all(|b| b.is_ascii_digit());
    Some(if major { rest } else { inner }.to_owned())
}

/// The path of a Dockerfile that BuildKit names without its folder; the build command names the folder.
pub(super) fn dockerfile(name: &str, command: &str) -> Option<String> {
    let builds = ["docker", "podman", "nerdctl", "buildah", "depot"];
    let words: Vec<&str> = command.split_whitespace().collect();
    let at = words.iter().position(|word| builds.contains(word))?;
    let words = &words[at..];
    let is_build = words
        .iter()
        .take(3)
        .any(|word| matches!(*word, "build" | "bud"));
    // Compose has the folders in its file. Of several commands, it is unknown which one built.
    let other = |word: &&str| ["&&", "|", ";", "||", "compose"].contains(word);
    if !is_build || name.contains('/') || words.iter().any(other) {
        return None;
    }
    let bare = |word: &str| !word.contains(['$', '`', '*', ':']);
    let named = words.iter().enumerate().find_map(|(at, word)| match *word {
        "-f" | "--file" => words.get(at + 1).copied(),
        word => word
            .strip_prefix("--file=")
            .or_else(|| word.strip_prefix("-f=")),
    });
    if let Some(named) = named {
        let named = named.trim_matches(['"', '\'']);
        let ends = named == name || named.ends_with(&format!("/{name}"));
        return (ends && bare(named)).then(|| named.to_owned());
    }
    let context = words.last()?.trim_matches(['"', '\'']);
    let context = (bare(context) && !context.starts_with(['-', '/'])).then_some(context)?;
    join("", &format!("{context}/{name}"))
}

/// The source folder that CMake configures. Paths of its files start there, wherever CMake runs.
pub(super) fn source(command: &str) -> Option<&str> {
    let mut words = command.split_whitespace();
    words.by_ref().find(|word| *word == "cmake")?;
    let mut last = None;
    while let Some(word) = words.next() {
        match word {
            "-S" => return words.next(),
            "&&" | "||" | ";" | "|" => break,
            "-B" | "-G" | "-D" | "-C" | "-A" | "-T" => drop(words.next()),
            _ if word.contains('>') => break,
            _ if word.starts_with("--build") => return None,
            _ => match word.strip_prefix("-S") {
                Some(folder) => return Some(folder),
                None if word.starts_with('-') => {}
                None => last = Some(word),
            },
        }
    }
    last
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::model::Place;

    #[test]
    fn a_package_stands_where_its_path_says() {
        for (package, project, there) in [
            ("a", None, Some("")),
            ("example.com/shop", Some("group/app"), Some("")),
            ("gitlab.example.com/group/app", Some("group/app"), Some("")),
            (
                "gitlab.example.com/group/app/pkg/cart",
                Some("group/app"),
                Some("pkg/cart"),
            ),
            (
                "gitlab.example.com/group/app/v2/cart",
                Some("group/app"),
                Some("cart"),
            ),
            ("gitlab.example.com/a/b/c/cart", Some("a/b/c"), Some("cart")),
            (
                "github.com/owner/name/cart",
                Some("group/app"),
                Some("cart"),
            ),
            ("gitlab.example.com/other/app/cart", Some("group/app"), None),
            ("example.com/shop/cart", None, None),
            ("shop/cart", None, None),
        ] {
            assert_eq!(of_module(package, project).as_deref(), there, "{package}");
        }
    }

    #[test]
    fn the_package_is_named_below() {
        let line = |text: &str| TailLine {
            place: Place::default(),
            text: text.into(),
            content_at: 0,
            command: false,
            echo: false,
        };
        let below = [
            "    a_test.go:8: got 1",
            "FAIL",
            "FAIL\tgithub.com/o/n/cart\t0.01s",
        ]
        .map(line);
        let of = |folder: &str| package(&below, None, &Some(folder.to_owned()));
        assert_eq!(of("").as_deref(), Some("cart"));
        assert_eq!(of("cart").as_deref(), Some("cart"));
        assert_eq!(of("other"), None);
        assert_eq!(package(&below[..2], None, &Some(String::new())), None);
    }

    #[test]
    fn the_command_says_where_the_dockerfile_is() {
        for (command, there) in [
            ("docker build -t app .", Some("Dockerfile")),
            ("docker buildx build --push .", Some("Dockerfile")),
            ("docker build -t app web", Some("web/Dockerfile")),
            ("docker build -f ci/Dockerfile .", Some("ci/Dockerfile")),
            ("docker build --file=ci/Dockerfile .", Some("ci/Dockerfile")),
            ("docker build -f ci/Other .", None),
            ("docker build -f $F .", None),
            ("docker build https://example.com/x.git", None),
            ("docker build . && docker push app", None),
            ("docker compose build web", None),
            ("make image", None),
        ] {
            assert_eq!(
                dockerfile("Dockerfile", command).as_deref(),
                there,
                "{command}"
            );
        }
    }

    #[test]
    fn cmake_tells_files_from_its_sources_on() {
        for (command, folder) in [
            ("cmake -S . -B b", Some(".")),
            ("cmake -S src -B build -DX=1", Some("src")),
            ("mkdir b && cd b && cmake ..", Some("..")),
            ("cmake -DX=1 -G Ninja ../lib && make", Some("../lib")),
            ("cmake -B b", None),
            ("cmake --build b", None),
            ("make", None),
        ] {
            assert_eq!(source(command), folder, "{command}");
        }
    }
}
