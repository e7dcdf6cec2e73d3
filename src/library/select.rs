//! Chooses patterns by glob for `--only`, `--skip` and `--fail-on`.

use globset::{Glob, GlobSet, GlobSetBuilder};

use super::Library;
use crate::pattern::error::nearest;

/// A glob that fits no pattern.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Unfit {
    /// The glob as it was written.
    pub glob: String,
    /// What is wrong with it.
    pub message: String,
    /// What was most likely meant.
    pub hint: String,
}

impl Library {
    /// What one glob means, whether enabled or not. The old name of a renamed pattern means the new one too.
    ///
    /// # Errors
    /// The glob fits no pattern, so it is most likely misspelt.
    pub fn fitting(&self, text: &str) -> Result<GlobSet, Unfit> {
        let unfit = |message: String, hint: Option<String>| Unfit {
            glob: text.to_owned(),
            message,
            hint: hint.unwrap_or_else(|| "`jobtriage patterns list` shows them all".to_owned()),
        };
        let no_glob =
            |e: globset::Error| unfit(format!("`{text}` is not a glob: {}", e.kind()), None);
        let mut builder = GlobSetBuilder::new();
        let glob = Glob::new(text).map_err(no_glob)?;
        let matcher = glob.compile_matcher();
        builder.add(glob);
        if let Some(new) = self.redirected(text) {
            builder.add(Glob::new(new).map_err(no_glob)?);
        } else if !self.indices().any(|k| matcher.is_match(self.id(k))) {
            let all: Vec<&str> = self.indices().map(|k| self.id(k)).collect();
            let near = nearest(text, &all).map(|near| format!("did you mean `{near}`?"));
            return Err(unfit(format!("no pattern is called `{text}`"), near));
        }
        builder.build().map_err(no_glob)
    }

    /// Enables only what `only` names (all patterns if it is empty) and `skip` does not.
    ///
    /// # Errors
    /// The first glob that fits no pattern.
    pub fn select(&mut self, only: &[String], skip: &[String]) -> Result<(), Unfit> {
        let sets = |globs: &[String]| -> Result<Vec<GlobSet>, Unfit> {
            globs.iter().map(|text| self.fitting(text)).collect()
        };
        let (only_sets, skip_sets) = (sets(only)?, sets(skip)?);
        let any = |sets: &[GlobSet], id: &str| sets.iter().any(|set| set.is_match(id));
        self.disabled = self
            .indices()
            .filter(|&k| {
                let id = self.id(k);
                !(only.is_empty() || any(&only_sets, id)) || any(&skip_sets, id)
            })
            .collect();
        Ok(())
    }
}
