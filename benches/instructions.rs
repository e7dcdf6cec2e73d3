//! How many instructions the program takes for a few generated inputs, against a stored baseline.
//!
//! `cargo bench --bench instructions` says whether something got dearer; `-- --save` stores what is measured. Unlike time,
//! instructions hardly depend on the machine or on what else runs there, so that a few per cent can be told. Needs valgrind.

mod corpus;
#[path = "measure/mod.rs"]
mod measure;

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};
use std::process::{Command, ExitCode};
use std::{env, fs};

/// Instructions may differ by this much, in per cent: other standard libraries, other addresses.
const TOLERANCE: f64 = 3.0;

fn main() -> ExitCode {
    let Some(valgrind) = measure::tool("valgrind") else {
        println!("skipped: valgrind is not on the path");
        return ExitCode::SUCCESS;
    };
    let dir = PathBuf::from(env!("CARGO_TARGET_TMPDIR")).join("instructions");
    let inputs = match make(&dir) {
        Ok(inputs) => inputs,
        Err(error) => {
            eprintln!("the inputs cannot be written to {}: {error}", dir.display());
            return ExitCode::from(2);
        }
    };
    let baseline_file = Path::new(env!("CARGO_MANIFEST_DIR")).join("benches/instructions.tsv");
    let baseline = read(&baseline_file);
    let save = env::args().any(|arg| arg == "--save");
    let mut measured = String::new();
    let mut worse = false;
    for (name, args) in inputs {
        let Some(count) = count(&valgrind, &args) else {
            eprintln!("{name}: valgrind did not tell a number");
            return ExitCode::from(2);
        };
        measured += &format!("{name}\t{count}\n");
        match baseline.get(name) {
            Some(&before) => {
                let change = (count as f64 / before as f64 - 1.0) * 100.0;
                let word = if change > TOLERANCE {
                    worse = true;
                    "REGRESSION"
                } else if change < -TOLERANCE {
                    "better: store it with --save"
                } else {
                    "ok"
                };
                println!(
                    "{name:<12} {count:>14} instructions, {change:+.1} % against {before}: {word}"
                );
            }
            None => println!("{name:<12} {count:>14} instructions, no baseline"),
        }
    }
    if save {
        let head = "# Instructions of the release binary; written by `cargo bench --bench instructions -- --save`.\n";
        if let Err(error) = fs::write(&baseline_file, head.to_owned() + &measured) {
            eprintln!("{} cannot be written: {error}", baseline_file.display());
            return ExitCode::from(2);
        }
    }
    ExitCode::from(u8::from(worse && !save))
}

/// Inputs and the arguments they are read with.
fn make(dir: &Path) -> std::io::Result<Vec<(&'static str, Vec<String>)>> {
    // Made anew: the generator may have changed.
    let _ = fs::remove_dir_all(dir);
    fs::create_dir_all(dir)?;
    let path = |name: &str| dir.join(name);
    corpus::big(&path("big.log"), 8 << 20)?;
    corpus::big(&path("one.log"), 60 << 10)?;
    corpus::folder(&path("folder"), 40)?;
    corpus::write(&path("foreign.txt"), 4 << 20, |turn, out| {
        out.extend(corpus::foreign(&mut corpus::Gen::new(turn)).bytes())
    })?;
    let with = |args: &[&str], name: &str| {
        args.iter()
            .map(|arg| (*arg).to_owned())
            .chain([path(name).display().to_string()])
            .collect()
    };
    Ok(vec![
        ("big", with(&[], "big.log")),
        ("cold", with(&[], "one.log")),
        ("folder", with(&["scan", "-j1"], "folder")),
        ("foreign", with(&[], "foreign.txt")),
    ])
}

fn count(valgrind: &Path, args: &[String]) -> Option<u64> {
    let output = Command::new(valgrind)
        .args([
            "--tool=cachegrind",
            "--cache-sim=no",
            "--cachegrind-out-file=/dev/null",
        ])
        .arg(measure::jobtriage())
        .args(args)
        .output()
        .ok()?;
    let told = String::from_utf8_lossy(&output.stderr);
    let line = told.lines().find(|line| {
        line.contains("I refs:") || line.contains("I  refs:") || line.contains("I   refs:")
    })?;
    line.rsplit(':')
        .next()?
        .trim()
        .replace(',', "")
        .parse()
        .ok()
}

fn read(path: &Path) -> BTreeMap<String, u64> {
    let text = fs::read_to_string(path).unwrap_or_default();
    text.lines()
        .filter(|line| !line.starts_with('#'))
        .filter_map(|line| line.split_once('\t'))
        .filter_map(|(name, count)| Some((name.to_owned(), count.parse().ok()?)))
        .collect()
}
