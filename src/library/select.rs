//! `--only` and `--skip`: choosing patterns by glob.

use globset::{Glob, GlobSetBuilder};

use super::Library;

impl Library {
    /// Leaves in force only what `only` names (all where it is empty) and `skip` does not.
    ///
    /// # Errors
    /// The glob that cannot be used, and why; a glob that fits no pattern is an error as well, since it is most likely
    /// misspelt.
    pub fn select(&mut self, only: &[String], skip: &[String]) -> Result<(), String> {
        let set = |globs: &[String]| -> Result<_, String> {
            let mut builder = GlobSetBuilder::new();
            for text in globs {
                let glob =
                    Glob::new(text).map_err(|e| format!("`{text}` is not a glob: {}", e.kind()))?;
                let matcher = glob.compile_matcher();
                let old = self.redirected(text);
                if old.is_none() && !self.indices().any(|k| matcher.is_match(self.id(k))) {
                    return Err(format!("no pattern is called `{text}`"));
                }
                if let Some(new) = old {
                    builder.add(Glob::new(new).map_err(|e| e.to_string())?);
                }
                builder.add(glob);
            }
            builder.build().map_err(|e| e.to_string())
        };
        let (only_set, skip_set) = (set(only)?, set(skip)?);
        self.disabled = self
            .indices()
            .filter(|&k| {
                let id = self.id(k);
                !(only.is_empty() || only_set.is_match(id)) || skip_set.is_match(id)
            })
            .collect();
        Ok(())
    }
}
