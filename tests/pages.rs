//! What is generated from the patterns is fresh: `docs/patterns/` and `schema/pattern.schema.json`.
//!
//! `UPDATE=1 cargo test --test pages` writes both anew.

use std::collections::BTreeSet;
use std::path::{Path, PathBuf};
use std::{env, fs};

use jobtriage::authoring::{page, schema};
use jobtriage::library::{Library, precision};

fn root() -> PathBuf {
    PathBuf::from(env!("CARGO_MANIFEST_DIR"))
}

fn updating() -> bool {
    env::var_os("UPDATE").is_some()
}

#[test]
fn every_pattern_is_found_by_its_id() {
    let library = Library::embedded();
    for index in library.indices() {
        assert_eq!(
            library.find(library.id(index)),
            Some(index),
            "{}",
            library.id(index)
        );
    }
}

#[test]
fn the_pages_are_fresh() {
    let library = Library::embedded();
    let whole: Vec<_> = library.indices().map(|k| library.whole(k)).collect();
    let patterns: Vec<_> = whole.iter().collect();
    let pages = page::all(&patterns, &precision::built_in());
    let folder = root().join("docs/patterns");
    let there: BTreeSet<String> = fs::read_dir(&folder)
        .into_iter()
        .flatten()
        .flatten()
        .map(|entry| entry.file_name().to_string_lossy().into_owned())
        .collect();
    let wanted: BTreeSet<String> = pages.iter().map(|(name, _)| name.clone()).collect();
    if updating() {
        fs::create_dir_all(&folder).expect("docs/patterns can be made");
        for name in there.difference(&wanted) {
            fs::remove_file(folder.join(name)).expect("an old page can be removed");
        }
        for (name, text) in &pages {
            fs::write(folder.join(name), text).expect("a page can be written");
        }
        return;
    }
    let stale: Vec<&str> = pages
        .iter()
        .filter(|(name, text)| fs::read_to_string(folder.join(name)).ok().as_ref() != Some(text))
        .map(|(name, _)| name.as_str())
        .chain(there.difference(&wanted).map(String::as_str))
        .collect();
    assert!(
        stale.is_empty(),
        "stale in docs/patterns: {}; run: UPDATE=1 cargo test --test pages",
        stale.join(", ")
    );
}

/// Links between pages lead to a page and a heading that exist.
#[test]
fn the_pages_hang_together() {
    let library = Library::embedded();
    let whole: Vec<_> = library.indices().map(|k| library.whole(k)).collect();
    let patterns: Vec<_> = whole.iter().collect();
    let pages = page::all(&patterns, &precision::built_in());
    let headings: BTreeSet<String> = pages
        .iter()
        .flat_map(|(name, text)| {
            let heads = text.lines().filter_map(|line| line.strip_prefix("## "));
            heads.map(move |head| format!("{name}#{head}"))
        })
        .chain(pages.iter().map(|(name, _)| name.clone()))
        .collect();
    let mut broken = Vec::new();
    for (name, text) in &pages {
        for target in text
            .split("](")
            .skip(1)
            .filter_map(|rest| rest.split(')').next())
        {
            let full = match target.strip_prefix('#') {
                Some(head) => format!("{name}#{head}"),
                None => target.to_owned(),
            };
            let ours = full.contains(".md") && !full.contains("://") && !full.starts_with("..");
            if ours && !headings.contains(&full) {
                broken.push(format!("{name}: {target}"));
            }
        }
    }
    assert!(broken.is_empty(), "{}", broken.join("\n"));
}

fn schema_file() -> PathBuf {
    root().join("schema/pattern.schema.json")
}

#[test]
fn the_schema_is_fresh() {
    let fresh = serde_json::to_string_pretty(&schema::json()).expect("a schema is JSON") + "\n";
    if updating() {
        fs::write(schema_file(), &fresh).expect("the schema can be written");
    }
    let published = fs::read_to_string(schema_file()).unwrap_or_default();
    assert!(published == fresh, "run: UPDATE=1 cargo test --test pages");
}

/// What editors check against the schema is what the program accepts.
#[test]
fn every_pattern_file_is_valid() {
    let validator = jsonschema::validator_for(&schema::json()).expect("a schema");
    let mut wrong = Vec::new();
    let mut files = Vec::new();
    collect(&root().join("patterns"), &mut files);
    for file in &files {
        let text = fs::read_to_string(file).expect("a pattern file can be read");
        // A file that is no TOML is the business of other tests.
        let Ok(value) = toml::from_str::<serde_json::Value>(&text) else {
            continue;
        };
        let faults = validator.iter_errors(&value);
        wrong.extend(faults.map(|fault| format!("{}: {fault}", file.display())));
    }
    assert!(files.len() > 100, "only {} files", files.len());
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}

#[test]
fn misspelt_keys_and_words_are_not_valid() {
    let validator = jsonschema::validator_for(&schema::json()).expect("a schema");
    let file = root().join("tests/lint/clean/demo/file.toml");
    let text = fs::read_to_string(file).expect("the example can be read");
    let valid = |text: &str| {
        let value: serde_json::Value = toml::from_str(text).expect("TOML");
        validator.is_valid(&value)
    };
    let note = "\n[[note]]\nwithin = 3\nbefore = 'second try'\ntext.en = \"x\"\n";
    assert!(valid(&text));
    assert!(valid(&(text.clone() + note)));
    assert!(!valid(&(text.clone() + &note.replace("within", "witin"))));
    assert!(!valid(&text.replace("retry = ", "retries = ")));
    assert!(!valid(&text.replace("\"project\"", "\"projekt\"")));
    assert!(!valid(&text.replace("regex = ", "regexp = ")));
}

fn collect(dir: &Path, files: &mut Vec<PathBuf>) {
    for entry in fs::read_dir(dir).into_iter().flatten().flatten() {
        let path = entry.path();
        if path.is_dir() {
            collect(&path, files);
        } else if path.extension().is_some_and(|e| e == "toml")
            && !entry.file_name().to_string_lossy().starts_with('_')
        {
            files.push(path);
        }
    }
}
