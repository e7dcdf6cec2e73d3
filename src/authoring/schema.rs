//! The schema of a pattern file, for editors.

use crate::pattern::schema::PatternFile;

/// As JSON schema; an editor finds it by the first line of a file, `#:schema ../../schema/pattern.schema.json`.
pub fn json() -> serde_json::Value {
    let settings = schemars::generate::SchemaSettings::draft2020_12();
    let mut schema = settings
        .into_generator()
        .into_root_schema_for::<PatternFile>();
    schema.insert("title".to_owned(), "jobtriage pattern".into());
    schema.to_value()
}
