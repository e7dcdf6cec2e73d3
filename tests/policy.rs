//! The policy of `deny.toml`, as far as it can be checked without `cargo deny`: sources, forbidden crates, licences, and how
//! small the default tree is.

use std::collections::{BTreeMap, BTreeSet};
use std::fs;
use std::path::Path;
use std::process::Command;

use serde_json::Value as Json;
use toml::{Table, Value};

fn read(name: &str) -> Table {
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join(name);
    fs::read_to_string(path).unwrap().parse().unwrap()
}

fn words(of: &Value) -> BTreeSet<String> {
    let list = of.as_array().unwrap().iter();
    list.map(|word| {
        word.get("crate")
            .unwrap_or(word)
            .as_str()
            .unwrap()
            .to_owned()
    })
    .collect()
}

fn text<'v>(value: &'v Value, key: &str) -> Option<&'v str> {
    value.get(key).and_then(Value::as_str)
}

#[test]
fn nothing_is_locked_that_the_policy_forbids() {
    let (lock, policy) = (read("Cargo.lock"), read("deny.toml"));
    let forbidden = words(&policy["bans"]["deny"]);
    assert!(forbidden.contains("cc") && forbidden.contains("openssl-sys"));
    for package in lock["package"].as_array().unwrap() {
        let name = text(package, "name").unwrap();
        assert!(!forbidden.contains(name), "{name}");
        let source = text(package, "source").unwrap_or("here");
        let registry = source
            == concat!(
                "registry+https://github.com/rust-lang/",
                "crates",
                ".io-index"
            );
        assert!(registry || name == "jobtriage", "{name}: {source}");
        assert_eq!(registry, text(package, "checksum").is_some(), "{name}");
    }
}

/// What cargo knows of everything that is built on this machine.
fn metadata(more: &[&str]) -> Json {
    let rustc = Command::new("rustc").arg("-vV").output().unwrap().stdout;
    let rustc = String::from_utf8(rustc).unwrap();
    let host = rustc
        .lines()
        .find_map(|line| line.strip_prefix("host: "))
        .unwrap();
    let output = Command::new(env!("CARGO"))
        .args(["metadata", "--format-version", "1", "--offline", "--locked"])
        .args(["--filter-platform", host])
        .args(more)
        .current_dir(env!("CARGO_MANIFEST_DIR"))
        .output()
        .unwrap();
    let errors = String::from_utf8_lossy(&output.stderr);
    assert!(output.status.success(), "{errors}");
    serde_json::from_slice(&output.stdout).unwrap()
}

/// Is a licence expression satisfied by these? `AND` binds its parts, `OR` (or `/`) offers a choice.
fn is_allowed(expression: &str, allowed: &BTreeSet<String>) -> bool {
    let plain = expression.replace(['(', ')'], "").replace('/', " OR ");
    plain.split(" AND ").all(|part| {
        part.split(" OR ")
            .any(|licence| allowed.contains(licence.trim()))
    })
}

#[test]
fn licences_are_permissive() {
    let policy = read("deny.toml");
    let allowed = words(&policy["licenses"]["allow"]);
    assert!(is_allowed("(MIT OR GPL-3.0) AND Zlib", &allowed));
    assert!(!is_allowed("GPL-3.0", &allowed) && !is_allowed("MIT AND GPL-3.0", &allowed));
    for package in metadata(&["--all-features"])["packages"]
        .as_array()
        .unwrap()
    {
        let licence = package["license"].as_str().unwrap_or("none");
        assert!(
            is_allowed(licence, &allowed),
            "{}: {licence}",
            package["name"]
        );
        // Who links to a library of the system says so.
        assert_eq!(package["links"], Json::Null, "{}", package["name"]);
    }
}

#[test]
fn the_default_tree_is_small() {
    let metadata = metadata(&[]);
    let mut needs: BTreeMap<&str, Vec<&str>> = BTreeMap::new();
    for node in metadata["resolve"]["nodes"].as_array().unwrap() {
        let own = node["deps"].as_array().unwrap().iter();
        // What only tests need does not count.
        let real = own.filter(|dep| {
            let kinds = dep["dep_kinds"].as_array().unwrap();
            kinds.iter().any(|kind| kind["kind"] != "dev")
        });
        let real = real.map(|dep| dep["pkg"].as_str().unwrap());
        needs.insert(node["id"].as_str().unwrap(), real.collect());
    }
    let mut tree = BTreeSet::new();
    let mut open = vec![metadata["resolve"]["root"].as_str().unwrap()];
    while let Some(id) = open.pop() {
        if tree.insert(id) {
            open.extend(&needs[id]);
        }
    }
    // Raise it with a reason: what is gained, and why not with what is there.
    assert!(tree.len() <= MOST, "{} packages: {tree:#?}", tree.len());
}

/// Packages of the default build, build scripts and macros among them.
const MOST: usize = 113;
