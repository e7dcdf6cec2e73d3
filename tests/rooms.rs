//! Modules depend one way: what the sources use is what `docs/design.md` draws, no more and no less.

use std::collections::{BTreeMap, BTreeSet};
use std::fs;
use std::path::{Path, PathBuf};

/// What each room uses.
type Arrows = BTreeMap<String, BTreeSet<String>>;

fn root() -> &'static Path {
    Path::new(env!("CARGO_MANIFEST_DIR"))
}

/// The rooms of a drawing (`room ← this, that`), from the lowest up.
fn drawn(page: &str) -> Vec<(String, BTreeSet<String>)> {
    let blocks = page.split("```\n").skip(1).step_by(2);
    let block = blocks
        .map(str::trim_end)
        .find(|block| block.starts_with("model\n"))
        .expect("a block that begins with `model`");
    let room = |line: &str| {
        let (room, uses) = line.split_once('←').unwrap_or((line, ""));
        let uses = uses.split(',').map(|used| used.trim().to_owned());
        let uses = uses.filter(|used| !used.is_empty()).collect();
        (room.trim().to_owned(), uses)
    };
    block.lines().map(room).collect()
}

/// The source without comments and what only tests use.
fn code(source: &str) -> String {
    let end = ["#[cfg(test)]\nmod tests {", "#[cfg(test)]\nmod testing {"];
    let end = end.iter().filter_map(|words| source.find(words)).min();
    let lines = source[..end.unwrap_or(source.len())].lines();
    let is_code = |line: &&str| !line.trim_start().starts_with("//");
    lines.filter(is_code).collect::<Vec<_>>().join("\n")
}

/// The first name of a path, or those in braces (`{a::b, c}`).
fn heads(path: &str) -> Vec<&str> {
    let name = |text: &str| {
        let end = text.find(|c: char| !c.is_ascii_alphanumeric() && c != '_');
        end.unwrap_or(text.len())
    };
    let Some(group) = path.strip_prefix('{') else {
        return vec![&path[..name(path)]];
    };
    let (mut heads, mut depth, mut fresh) = (Vec::new(), 0, true);
    for (at, c) in group.char_indices() {
        match c {
            '}' if depth == 0 => break,
            '{' => depth += 1,
            '}' => depth -= 1,
            ',' if depth == 0 => fresh = true,
            c if fresh && !c.is_whitespace() => {
                heads.push(&group[at..at + name(&group[at..])]);
                fresh = false;
            }
            _ => {}
        }
    }
    heads
}

/// Which rooms a file uses besides its own: by `crate::…`, and by `super::…` that leads out of it.
fn used_by(file: &Path, source: &str) -> BTreeSet<String> {
    let code = code(source);
    let mut modules: Vec<_> = file.iter().map(|part| part.to_str().unwrap()).collect();
    if modules.last() == Some(&"mod.rs") {
        modules.pop();
    }
    let room = modules[0].trim_end_matches(".rs");
    let mut used = BTreeSet::new();
    let mut add = |path: &str| {
        let heads = heads(path).into_iter().map(str::to_owned);
        used.extend(heads.filter(|head| head != room && !head.is_empty()));
    };
    for (at, words) in code.match_indices("crate::") {
        let part = code[..at].ends_with(|c: char| c.is_ascii_alphanumeric() || c == '_');
        if !part {
            add(&code[at + words.len()..]);
        }
    }
    let out = "super::".repeat(modules.len());
    for (at, _) in code.match_indices(&out) {
        if !code[..at].ends_with("super::") {
            add(&code[at + out.len()..]);
        }
    }
    used
}

fn files(folder: &Path, found: &mut Vec<PathBuf>) {
    for entry in fs::read_dir(folder).unwrap() {
        let path = entry.unwrap().path();
        if path.is_dir() {
            files(&path, found);
        } else if path.extension().is_some_and(|ending| ending == "rs") {
            found.push(path);
        }
    }
}

/// What the sources use.
fn built() -> Arrows {
    let source = root().join("src");
    let mut found = Vec::new();
    files(&source, &mut found);
    let mut arrows = Arrows::new();
    for path in found {
        let file = path.strip_prefix(&source).unwrap();
        // What stands beside the rooms is the front door; and what tests look at is no part of a room.
        if file.components().count() == 1 || file.ends_with("tests.rs") {
            continue;
        }
        let room = file.iter().next().unwrap().to_str().unwrap();
        let used = used_by(file, &fs::read_to_string(&path).unwrap());
        arrows.entry(room.to_owned()).or_default().extend(used);
    }
    arrows
}

/// What is wrong with the sources, or with the drawing.
fn faults(drawn: &[(String, BTreeSet<String>)], built: &Arrows) -> Vec<String> {
    let mut faults = Vec::new();
    let mut above = BTreeSet::new();
    for (room, uses) in drawn {
        let circles = uses.difference(&above);
        faults.extend(
            circles.map(|used| format!("{room} ← {used} is drawn, which does not stand above it")),
        );
        above.insert(room.clone());
        let Some(built) = built.get(room) else {
            faults.push(format!("{room} is drawn, and not there"));
            continue;
        };
        let new = built.difference(uses);
        faults.extend(new.map(|used| format!("{room} ← {used} is not drawn")));
        let gone = uses.difference(built);
        faults.extend(gone.map(|used| format!("{room} ← {used} is drawn, and nothing uses it")));
    }
    let rooms = built.keys().filter(|room| !above.contains(*room));
    faults.extend(rooms.map(|room| format!("{room} is not drawn")));
    faults
}

#[test]
fn modules_depend_as_drawn() {
    let page = fs::read_to_string(root().join("docs/design.md")).unwrap();
    let faults = faults(&drawn(&page), &built());
    assert!(faults.is_empty(), "{}", faults.join("\n"));
}

#[test]
fn a_new_arrow_is_noticed() {
    let page = fs::read_to_string(root().join("docs/design.md")).unwrap();
    let (drawn, mut built) = (drawn(&page), built());
    // What was a circle once.
    let layers = used_by(
        Path::new("library/layers.rs"),
        "use crate::engine::background;\nuse crate::model::Lang;\n",
    );
    built.get_mut("library").unwrap().extend(layers);
    assert_eq!(faults(&drawn, &built), ["library ← engine is not drawn"]);
    built.insert("attic".to_owned(), BTreeSet::new());
    built.get_mut("report").unwrap().remove("model");
    assert_eq!(faults(&drawn, &built).len(), 3);
    let circle = "text\n\n```\nmodel\na ← b\nb ← model, a\n```\n";
    let uses = |room: &str, used: &[&str]| {
        let used = used.iter().map(|used| (*used).to_owned());
        (room.to_owned(), used.collect())
    };
    let built = Arrows::from([
        uses("model", &[]),
        uses("a", &["b"]),
        uses("b", &["a", "model"]),
    ]);
    let told = faults(&self::drawn(circle), &built);
    assert_eq!(told, ["a ← b is drawn, which does not stand above it"]);
}

#[test]
fn what_a_file_uses_is_seen_in_every_form() {
    let used = |file: &str, source: &str| {
        let used = used_by(Path::new(file), source);
        used.into_iter().collect::<Vec<_>>().join(" ")
    };
    assert_eq!(
        used("a/b.rs", "use crate::{c::{d, e}, f,\n  a::g, h::*};"),
        "c f h"
    );
    assert_eq!(
        used(
            "a/b.rs",
            "let x = crate::c::d();\n// crate::e\n//! [`crate::f`]"
        ),
        "c"
    );
    assert_eq!(
        used("a/b.rs", "use super::c;\nuse super::super::d::e;"),
        "d"
    );
    assert_eq!(used("a/mod.rs", "use super::c::d;\nuse self::e;"), "c");
    assert_eq!(
        used(
            "a/b/c.rs",
            "use super::super::d;\nuse super::super::super::e;"
        ),
        "e"
    );
    assert_eq!(
        used("a/b/mod.rs", "pub(crate) fn f() {}\nuse super::super::c;"),
        "c"
    );
    assert_eq!(
        used(
            "a/b.rs",
            "use crate::c;\n#[cfg(test)]\nmod tests {\n use crate::d;\n}"
        ),
        "c"
    );
    assert_eq!(used("a/b.rs", "use serde::de;\nmycrate::x;"), "");
}
