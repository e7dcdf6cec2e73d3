//! One named test for each pattern file: it loads, its lines match, its near misses do not.

use std::path::{Path, PathBuf};

use jobtriage::pattern::compile::compile;
use libtest_mimic::{Arguments, Failed, Trial};

fn main() {
    let args = Arguments::from_args();
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("patterns");
    let mut files = Vec::new();
    collect(&root, &mut files);
    files.sort();
    let tests = files
        .into_iter()
        .map(|path| {
            let id = path
                .strip_prefix(&root)
                .unwrap()
                .with_extension("")
                .to_string_lossy()
                .replace('\\', "/");
            let name = id.clone();
            Trial::test(name, move || check(&path, &id))
        })
        .collect();
    libtest_mimic::run(&args, tests).exit();
}

fn collect(dir: &Path, files: &mut Vec<PathBuf>) {
    for entry in std::fs::read_dir(dir).unwrap() {
        let path = entry.unwrap().path();
        if path.is_dir() {
            collect(&path, files);
        } else if path.extension().is_some_and(|e| e == "toml")
            && !path.file_name().unwrap().to_string_lossy().starts_with('_')
        {
            files.push(path);
        }
    }
}

fn check(path: &Path, id: &str) -> Result<(), Failed> {
    let source = std::fs::read_to_string(path)?;
    let (pattern, file) = compile(&format!("patterns/{id}.toml"), id, &source, &|_| 0)
        .map_err(|e| format!("{e}\n  {}", e.hint.clone().unwrap_or_default()))?;
    let regexes: Vec<_> = pattern
        .matches
        .iter()
        .map(|m| m.regex.compile().unwrap())
        .collect();
    if file.tests.matches.is_empty() && file.test.is_empty() {
        return Err("no line that matches under [tests]".into());
    }
    if file.tests.ignores.is_empty() && !file.test.iter().any(|t| t.expect.is_some()) {
        return Err("no near miss under [tests]".into());
    }
    for line in &file.tests.matches {
        if !regexes
            .iter()
            .any(|r| r.is_match(line.trim_end().as_bytes()))
        {
            return Err(format!("should match and does not: {line}").into());
        }
    }
    for line in &file.tests.ignores {
        if regexes
            .iter()
            .any(|r| r.is_match(line.trim_end().as_bytes()))
        {
            return Err(format!("should not match and does: {line}").into());
        }
    }
    Ok(())
}
