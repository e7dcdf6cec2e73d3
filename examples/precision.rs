//! How often is each pattern right? `cargo run --release --example precision -- DIR...` writes `patterns/_precision.tsv`.
//!
//! A folder with a `labels.tsv` holds logs whose cause is known: the verdict of a log is right or wrong, in the way
//! `score` counts it. A folder without one holds logs of jobs that passed: there, patterns that fire at all are counted.

mod labels;

use std::collections::{BTreeMap, BTreeSet};
use std::path::{Path, PathBuf};
use std::{env, fs, process};

use jobtriage::diagnosis::{Case, Input, diagnose, settle};
use jobtriage::engine::Scanner;
use jobtriage::library::Library;
use jobtriage::library::precision::{FILE, Precision};
use jobtriage::model::{Lang, Role};
use jobtriage::source::{self, Reading};

fn main() {
    let folders: Vec<PathBuf> = env::args_os().skip(1).map(PathBuf::from).collect();
    if folders.is_empty() {
        eprintln!(
            "usage: precision DIR...   (folders with labels.tsv, and folders of passing logs)"
        );
        process::exit(2);
    }
    let library = Library::embedded();
    let mut counter = Counter {
        scanner: Scanner::new(&library),
        library: &library,
        figures: BTreeMap::new(),
        labelled: 0,
        passing: 0,
    };
    for folder in &folders {
        if folder.join("labels.tsv").is_file() {
            for label in labels::labels(folder) {
                counter.log(
                    &folder.join(&label.file),
                    Some(&label).filter(|l| !l.passes),
                );
            }
        } else {
            let (files, _) =
                source::walk::files(&source::walk::Root::named(std::slice::from_ref(folder)));
            for file in files {
                counter.log(&file.path(), None);
            }
        }
    }
    let mut table = format!(
        "# Counted by examples/precision.rs over {} logs whose cause is known and {} logs of jobs that passed.\n\
         id\tright\twrong\tpassing\n",
        counter.labelled, counter.passing
    );
    for (id, f) in &counter.figures {
        table.push_str(&format!("{id}\t{}\t{}\t{}\n", f.right, f.wrong, f.passing));
    }
    let path = Path::new("patterns").join(FILE);
    if let Err(error) = fs::write(&path, table) {
        eprintln!("{}: {error}", path.display());
        process::exit(2);
    }
    let poor: Vec<&String> = counter
        .figures
        .iter()
        .filter(|(_, f)| f.is_poor())
        .map(|(id, _)| id)
        .collect();
    println!(
        "{} patterns counted over {} labelled and {} passing logs",
        counter.figures.len(),
        counter.labelled,
        counter.passing
    );
    for id in poor {
        println!("wrong more often than right: {id}: {}", counter.figures[id]);
    }
}

struct Counter<'l> {
    library: &'l Library,
    scanner: Scanner<'l>,
    figures: BTreeMap<String, Precision>,
    labelled: usize,
    passing: usize,
}

impl Counter<'_> {
    /// Counts one log; without a label it is that of a job that passed.
    fn log(&mut self, path: &Path, label: Option<&labels::Label>) {
        let Ok(source) = source::open(path, Reading::anything()) else {
            eprintln!("{}: cannot be read", path.display());
            return;
        };
        let case = Case::single(Input {
            source: path.display().to_string(),
            scan: self.scanner.scan(source.reader),
        });
        let Some(label) = label else {
            self.passing += 1;
            let fired: BTreeSet<String> = settle(&case, self.library)
                .iter()
                .map(|s| s.pattern())
                .filter(|p| matches!(p.role, Role::RootCause | Role::Symptom))
                .map(|p| p.id.clone())
                .collect();
            for id in fired {
                self.figures.entry(id).or_default().passing += 1;
            }
            return;
        };
        self.labelled += 1;
        if let Some(cause) = diagnose(&case, self.library, Lang::En).cause {
            let right = label.ids.contains(&cause.id) || label.names(cause.line, &cause.text);
            let figure = self.figures.entry(cause.id).or_default();
            if right {
                figure.right += 1;
            } else {
                figure.wrong += 1;
            }
        }
    }
}
