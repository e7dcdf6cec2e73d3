//! Pattern files as their authors see them, and the library that stands around them.

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};
use std::{env, fs, thread};

use globset::Glob;

use crate::library::precision::{self, Precision};
use crate::library::{Layer, Library, layers};
use crate::pattern::checked::{Condition, Pattern, names};
use crate::pattern::compile::compile;
use crate::pattern::schema::PatternFile;
use crate::pattern::{PatternError, redirect};
use crate::prefilter::background;

/// A pattern file, and what becomes of it.
#[derive(Debug)]
pub struct Draft {
    /// The file as people name it.
    pub file: String,
    /// The id that its path makes.
    pub id: String,
    /// Its text.
    pub source: String,
    /// What stands in it, key by key.
    pub written: PatternFile,
    /// What the engine makes of it.
    pub pattern: Pattern,
}

impl Draft {
    /// Is something left to be written, so that the pattern is not in force?
    pub fn is_unfinished(&self) -> bool {
        layers::is_unfinished(&self.source, &self.written)
    }
}

/// Drafts and everything else that is in force beside them.
#[derive(Debug, Default)]
pub struct Workshop {
    /// Every file that could be loaded, by id.
    pub drafts: Vec<Draft>,
    /// Which of them were asked for; the others are context.
    chosen: Vec<bool>,
    /// Files that were asked for and could not be loaded.
    pub faults: Vec<PatternError>,
    /// Files that could not be loaded and nobody asked for, by id.
    broken: Vec<(String, PatternError)>,
    /// Patterns in force that are not among the drafts.
    pub others: Vec<Pattern>,
    /// Renamed ids.
    pub redirects: Vec<(String, String)>,
    /// What was counted of them.
    pub figures: BTreeMap<String, Precision>,
    /// The checkout that the drafts belong to.
    pub checkout: Option<PathBuf>,
    /// The drafts are, or are to become, the library of the program: more is asked of that than of patterns of one's own.
    pub for_all: bool,
}

/// A file to load: its name, its path, the folder that its id counts from, and whether it was asked for.
struct Wanted {
    path: PathBuf,
    root: PathBuf,
    chosen: bool,
}

/// The pattern files of a folder, or the file that a path names.
fn wanted_in(path: &Path, chosen: bool, faults: &mut Vec<PatternError>) -> Vec<Wanted> {
    let files = layers::files(path, faults).into_iter();
    let wanted = files.map(|file| Wanted {
        path: file,
        root: path.to_owned(),
        chosen,
    });
    wanted.collect()
}

/// Whether an argument was meant as a path rather than as an id or a glob.
fn is_path(argument: &str) -> bool {
    argument.ends_with(".toml")
        || argument.ends_with('/')
        || argument.starts_with(['.', '/'])
        || Glob::new(argument).is_err()
}

/// What to say, with advice, where there are no pattern files at all.
fn no_files(globs: &[&String]) -> (String, String) {
    if let Some(told) = globs.iter().find_map(|id| built_in(id)) {
        return told;
    }
    match globs.first() {
        Some(asked) => (
            format!("`{asked}`: no such file, folder or pattern"),
            "there are no pattern files here that an id could name: give a path".into(),
        ),
        None => (
            "no pattern files here".into(),
            "give a path, or work in a folder with .jobtriage/patterns/<family>/<name>.toml".into(),
        ),
    }
}

type Loaded<'w> = (&'w Wanted, Result<Draft, PatternError>);

impl Workshop {
    /// Loads what these arguments name: pattern files, folders of them, or ids and globs of ids.
    ///
    /// Without arguments: the library of the checkout around the working folder, else the user's and the project's own
    /// patterns. Files of a checkout are seen with all of that checkout's library, others with what `layers` puts in force.
    ///
    /// # Errors
    /// An argument that names nothing, with advice.
    pub fn open(arguments: &[String], layers: &[Layer]) -> Result<Self, (String, String)> {
        let here = env::current_dir().unwrap_or_default();
        let (paths, globs): (Vec<&String>, Vec<&String>) =
            arguments.iter().partition(|a| Path::new(a).exists());
        if let Some(stray) = globs.iter().find(|glob| is_path(glob)) {
            return Err((
                format!("'{stray}': no such file or folder"),
                "give a pattern file, a folder with <family>/<name>.toml files, or an id".into(),
            ));
        }
        let mut workshop = Self::default();
        let mut checkout = paths.iter().find_map(|p| checkout_of(Path::new(p)));
        if paths.is_empty() {
            checkout = checkout.or_else(|| checkout_around(&here));
        }
        let mut wanted = Vec::new();
        let mut all_of = |folder: &Path, faults: &mut Vec<PatternError>| {
            wanted.extend(wanted_in(folder, arguments.is_empty(), faults));
        };
        if let Some(root) = &checkout {
            all_of(&root.join("patterns"), &mut workshop.faults);
        } else if paths.is_empty() {
            for folder in layers.iter().filter_map(Layer::path) {
                all_of(folder, &mut workshop.faults);
            }
            if wanted.is_empty() && workshop.faults.is_empty() {
                return Err(no_files(&globs));
            }
        }
        for path in &paths {
            for file in wanted_in(Path::new(path), true, &mut workshop.faults) {
                let same = |w: &Wanted| same_file(&w.path, &file.path);
                match wanted.iter_mut().find(|w| same(w)) {
                    Some(known) => known.chosen = true,
                    None => wanted.push(file),
                }
            }
        }
        workshop.load(wanted, &here);
        workshop.choose(&globs)?;
        match checkout {
            Some(root) => workshop.belong_to(root),
            None => workshop.surround(layers),
        }
        Ok(workshop)
    }

    /// Loads a folder by itself, as the library of the program: nothing else is in force.
    pub fn of_folder(folder: &Path) -> Self {
        let mut workshop = Self {
            for_all: true,
            ..Self::default()
        };
        let wanted = wanted_in(folder, true, &mut workshop.faults);
        workshop.load(wanted, folder);
        workshop.figures = figures(folder);
        workshop
    }

    /// Reads and compiles files, on all processors: regexes take their time. Of two with one id the later counts.
    fn load(&mut self, wanted: Vec<Wanted>, here: &Path) {
        let threads = thread::available_parallelism().map_or(1, Into::into);
        let share = wanted.len().div_ceil(threads).max(1);
        fn each<'w>(part: &'w [Wanted], here: &Path) -> Vec<Loaded<'w>> {
            part.iter().map(|w| (w, read(w, here))).collect()
        }
        let loaded: Vec<Loaded<'_>> = thread::scope(|scope| {
            let workers: Vec<_> = wanted
                .chunks(share)
                .map(|part| scope.spawn(move || each(part, here)))
                .collect();
            workers
                .into_iter()
                .flat_map(|w| w.join().expect("reading a file does not panic"))
                .collect()
        });
        let mut by_id: BTreeMap<String, (Draft, bool)> = BTreeMap::new();
        for (wanted, result) in loaded {
            match result {
                Ok(draft) => {
                    by_id.insert(draft.id.clone(), (draft, wanted.chosen));
                }
                Err(fault) if wanted.chosen => self.faults.push(fault),
                Err(fault) => {
                    let id = layers::id_of(&wanted.root, &wanted.path);
                    self.broken.push((id, fault));
                }
            }
        }
        for (draft, chosen) in by_id.into_values() {
            self.drafts.push(draft);
            self.chosen.push(chosen);
        }
    }

    /// Takes those that ids and globs name.
    fn choose(&mut self, globs: &[&String]) -> Result<(), (String, String)> {
        for text in globs {
            let Ok(glob) = Glob::new(text) else { continue };
            let matcher = glob.compile_matcher();
            let mut any = false;
            for (draft, chosen) in self.drafts.iter().zip(&mut self.chosen) {
                if matcher.is_match(&draft.id) {
                    *chosen = true;
                    any = true;
                }
            }
            let broken = std::mem::take(&mut self.broken);
            for (id, fault) in broken {
                if matcher.is_match(&id) {
                    self.faults.push(fault);
                    any = true;
                } else {
                    self.broken.push((id, fault));
                }
            }
            if !any {
                if let Some(told) = built_in(text) {
                    return Err(told);
                }
                let all: Vec<&str> = self.drafts.iter().map(|d| d.id.as_str()).collect();
                let hint = crate::pattern::error::nearest(text, &all).map_or_else(
                    || {
                        "give a pattern file, a folder, or the id of a pattern that has a file here"
                            .into()
                    },
                    |near| format!("did you mean `{near}`?"),
                );
                return Err((format!("`{text}`: no such file, folder or pattern"), hint));
            }
        }
        Ok(())
    }

    /// Takes what a checkout keeps beside its pattern files.
    fn belong_to(&mut self, checkout: PathBuf) {
        let folder = checkout.join("patterns");
        if let Ok(text) = fs::read_to_string(folder.join("_redirects.toml")) {
            self.redirects = redirect::parse(&text).unwrap_or_else(|message| {
                let fault = PatternError::whole("patterns/_redirects.toml", message);
                self.faults.push(fault.slug("bad-toml"));
                Vec::new()
            });
        }
        self.figures = figures(&folder);
        self.for_all = true;
        self.checkout = Some(checkout);
    }

    /// What else is in force: the embedded library and the layers, but for ids that are drafts.
    fn surround(&mut self, layers: &[Layer]) {
        let (library, _) = layers::load(layers);
        self.redirects = library.redirects().to_vec();
        self.others = library
            .indices()
            .filter(|&k| self.draft(library.id(k)).is_none())
            .map(|k| library.whole(k))
            .collect();
    }

    /// The drafts that were asked for.
    pub fn chosen(&self) -> impl Iterator<Item = &Draft> {
        let chosen = self.drafts.iter().zip(&self.chosen);
        chosen
            .filter(|(_, chosen)| **chosen)
            .map(|(draft, _)| draft)
    }

    /// Was this one asked for?
    pub fn is_chosen(&self, id: &str) -> bool {
        self.position(id).is_some_and(|k| self.chosen[k])
    }

    /// The draft of that id.
    pub fn draft(&self, id: &str) -> Option<&Draft> {
        self.position(id).map(|k| &self.drafts[k])
    }

    fn position(&self, id: &str) -> Option<usize> {
        self.drafts.binary_search_by(|d| d.id.as_str().cmp(id)).ok()
    }

    /// Every pattern in force: drafts, and what stands around them.
    pub fn patterns(&self) -> impl Iterator<Item = &Pattern> {
        self.drafts.iter().map(|d| &d.pattern).chain(&self.others)
    }

    /// A library of everything in force.
    pub fn library(&self) -> Library {
        Library::of(self.patterns().cloned().collect())
    }

    /// A library of what was asked for, and of the patterns it refers to.
    pub fn library_of_chosen(&self) -> Library {
        let mut patterns: BTreeMap<String, Pattern> = BTreeMap::new();
        for draft in self.chosen() {
            let own = std::iter::once(draft.pattern.clone());
            let fellows = self.fellows(&draft.pattern);
            patterns.extend(own.chain(fellows).map(|p| (p.id.clone(), p)));
        }
        Library::of(patterns.into_values().collect())
    }

    /// The patterns that a pattern wants `seen` or `unseen`: without them its conditions cannot be judged.
    pub fn fellows(&self, pattern: &Pattern) -> Vec<Pattern> {
        let notes = pattern.notes.iter().flat_map(|n| &n.conditions);
        let lists: Vec<&[String]> = pattern
            .conditions
            .iter()
            .chain(notes)
            .filter_map(|c| match c {
                Condition::Seen(list) | Condition::Unseen(list) => Some(list.as_slice()),
                _ => None,
            })
            .collect();
        if lists.is_empty() {
            return Vec::new();
        }
        self.patterns()
            .filter(|p| p.id != pattern.id && lists.iter().any(|list| names(list, &p.id)))
            .cloned()
            .collect()
    }
}

fn figures(folder: &Path) -> BTreeMap<String, Precision> {
    let table = fs::read_to_string(folder.join(precision::FILE));
    table
        .map(|text| precision::parse(&text))
        .unwrap_or_default()
}

fn read(wanted: &Wanted, here: &Path) -> Result<Draft, PatternError> {
    let shown = wanted.path.strip_prefix(here).unwrap_or(&wanted.path);
    let file = shown.to_string_lossy().replace('\\', "/");
    let source = layers::source_of(&file, &wanted.path)?;
    if let Some(fault) = layers::without_family(&wanted.path, &file) {
        return Err(fault);
    }
    let id = layers::id_of(&wanted.root, &wanted.path);
    let (pattern, written) = compile(&file, &id, &source, &background::literal_cost)?;
    Ok(Draft {
        file,
        id,
        source,
        written,
        pattern,
    })
}

fn same_file(a: &Path, b: &Path) -> bool {
    a == b || matches!((a.canonicalize(), b.canonicalize()), (Ok(a), Ok(b)) if a == b)
}

/// The checkout of jobtriage that a pattern file or folder lies in: the folder that holds `patterns/`.
fn checkout_of(path: &Path) -> Option<PathBuf> {
    let full = path.canonicalize().ok()?;
    full.ancestors()
        .filter(|dir| dir.ends_with("patterns"))
        .find_map(|dir| Some(dir.parent()?.to_owned()).filter(|root| is_checkout(root)))
}

/// The checkout around a folder.
pub fn checkout_around(folder: &Path) -> Option<PathBuf> {
    let mut above = folder.ancestors();
    above.find(|dir| is_checkout(dir)).map(Path::to_owned)
}

fn is_checkout(root: &Path) -> bool {
    root.join("patterns").is_dir()
        && fs::read_to_string(root.join("Cargo.toml"))
            .is_ok_and(|text| text.lines().any(|line| line == "name = \"jobtriage\""))
}

/// What to say of a pattern that the program knows, and whose file is not at hand.
fn built_in(id: &str) -> Option<(String, String)> {
    Library::embedded().find(id)?;
    Some((
        format!("`{id}` is built in, and its file is not here"),
        "files of built-in patterns are in a checkout of jobtriage: work there".into(),
    ))
}
