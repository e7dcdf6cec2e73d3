//! Turns `patterns/` into what the binary embeds: checked patterns in a form that needs no parsing, and the tables of
//! the prefilter. A file with a fault stops the build and says where the fault stands.

#![allow(dead_code, unused_imports)] // The build uses a part of the modules it shares with the crate.

use std::path::{Path, PathBuf};
use std::{env, fs, process};

use sha2::{Digest, Sha256};

#[path = "src/prefilter/background.rs"]
mod background;
#[path = "src/prefilter/gram/mod.rs"]
mod gram;
#[path = "src/trace/literals.rs"]
mod literals;
#[path = "src/matcher/mod.rs"]
mod matcher;
#[path = "src/model/mod.rs"]
mod model;
#[path = "src/library/pack.rs"]
mod pack;
#[path = "src/pattern/mod.rs"]
mod pattern;
#[path = "src/library/rule.rs"]
mod rule;
use pattern::literal;

fn main() {
    println!("cargo:rerun-if-changed=patterns");
    println!("cargo:rerun-if-changed=src/prefilter/background.bin");
    let root = PathBuf::from("patterns");
    let mut files = Vec::new();
    collect(&root, &mut files);
    files.sort();
    let mut patterns = Vec::new();
    let mut faults = Vec::new();
    for path in &files {
        let id = path.strip_prefix(&root).unwrap_or(path).with_extension("");
        let id = id.to_string_lossy().replace('\\', "/");
        let name = path.to_string_lossy().replace('\\', "/");
        let source = match fs::read_to_string(path) {
            Ok(source) => source,
            Err(error) => {
                faults.push(format!("{name}: {error}"));
                continue;
            }
        };
        match pattern::compile::compile(&name, &id, &source, &background::literal_cost) {
            Ok((pattern, _)) => patterns.push(pattern),
            Err(fault) => {
                let hint = fault
                    .hint
                    .as_ref()
                    .map(|h| format!(" ({h})"))
                    .unwrap_or_default();
                faults.push(format!("{fault}{hint}"));
            }
        }
    }
    // Not as paths are: there `a-b.toml` stands before `a.toml`. Ids are looked up in their order.
    patterns.sort_by(|a, b| a.id.cmp(&b.id));
    if !faults.is_empty() {
        for fault in &faults {
            println!("cargo::error={fault}");
        }
        process::exit(1);
    }
    let redirects = match fs::read_to_string(root.join("_redirects.toml")) {
        Ok(text) => match pattern::redirect::parse(&text) {
            Ok(redirects) => redirects,
            Err(message) => {
                println!("cargo::error=patterns/_redirects.toml: {message}");
                process::exit(1);
            }
        },
        Err(_) => Vec::new(),
    };
    let out = PathBuf::from(env::var_os("OUT_DIR").unwrap_or_default());
    let library = pack::pack(&patterns, redirects, &background::literal_cost);
    // What `--version` says: two programs that say the same know the same.
    let digest = Sha256::digest(&library);
    let digest: String = digest.iter().take(6).map(|b| format!("{b:02x}")).collect();
    println!("cargo:rustc-env=JOBTRIAGE_LIBRARY={digest}");
    println!("cargo:rustc-env=JOBTRIAGE_PATTERNS={}", patterns.len());
    let [tables, awaited] = pack::entries((0..).zip(&patterns), true)
        .map(|set| gram::build(&set, &background::gram_cost));
    for (name, bytes) in [
        ("library.bin", library),
        ("tables.bin", tables),
        ("awaited.bin", awaited),
    ] {
        if let Err(error) = fs::write(out.join(name), bytes) {
            println!("cargo::error=cannot write {name}: {error}");
            process::exit(1);
        }
    }
}

fn collect(dir: &Path, files: &mut Vec<PathBuf>) {
    let Ok(entries) = fs::read_dir(dir) else {
        return;
    };
    for entry in entries.flatten() {
        let path = entry.path();
        let name = entry.file_name();
        if path.is_dir() {
            collect(&path, files);
        } else if path.extension().is_some_and(|e| e == "toml")
            && !name.to_string_lossy().starts_with('_')
        {
            files.push(path);
        }
    }
}
