//! The options of `cargo gin dev` in one manifest, and the lines of their keys.

use std::fs;
use std::path::Path;

use serde_json::Value;
use toml::de::{DeTable, DeValue};

/// The options of `cargo gin dev` in one manifest.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Section<'a> {
    /// The name of the table.
    pub(crate) name: &'static str,
    pub(crate) table: &'a Value,
    /// The directory of the manifest.
    pub(crate) directory: &'a Path,
}

impl Section<'_> {
    /// Returns the place of a key for a message: `/app/Cargo.toml:12: in [package.metadata.gin.with.vite]`. Dots separate the keys
    /// below the table.
    pub(crate) fn place(&self, key: &str) -> String {
        let table = format!("in [{}.{key}]", self.name);
        let manifest = self.directory.join("Cargo.toml");
        match line(&manifest, &format!("{}.{key}", self.name)) {
            Some(line) => format!("{}:{line}: {table}", manifest.display()),
            None => table,
        }
    }
}

/// Returns the line of a key in a manifest, from 1.
fn line(manifest: &Path, key: &str) -> Option<usize> {
    let text = fs::read_to_string(manifest).ok()?;
    let offset = offset(&text, key)?;
    Some(text.get(..offset)?.matches('\n').count() + 1)
}

fn offset(text: &str, key: &str) -> Option<usize> {
    let document = DeTable::parse(text).ok()?;
    let mut table = document.get_ref();
    let mut found = None;
    for part in key.split('.') {
        let (key, value) = table.iter().find(|(key, _)| key.get_ref() == part)?;
        found = Some(key.span().start);
        match value.get_ref() {
            DeValue::Table(inner) => table = inner,
            _ => break,
        }
    }
    found
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_key_is_shown_with_its_line() {
        let directory = tempfile::tempdir().unwrap();
        let manifest = directory.path().join("Cargo.toml");
        let text = "[package]\nname = 'x'\n\n[package.metadata.gin]\nport = 1\non = { build = 1 }\n[package.metadata.gin.with.css]\nrun = ''\n";
        fs::write(&manifest, text).unwrap();
        let section = Section {
            name: "package.metadata.gin",
            table: &Value::Null,
            directory: directory.path(),
        };
        for (key, line) in [("port", 5), ("on", 6), ("on.build", 6), ("with.css", 7)] {
            let expected = format!(
                "{}:{line}: in [package.metadata.gin.{key}]",
                manifest.display()
            );
            assert_eq!(section.place(key), expected);
        }
        assert_eq!(section.place("absent"), "in [package.metadata.gin.absent]");
    }
}
