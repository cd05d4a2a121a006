//! Files of cargo, edited in the form that they have.

use anyhow::Context as _;
use toml_edit::DocumentMut;

/// Edits the text of a TOML file. Its byte order mark and its line endings stay.
pub(crate) fn edited(
    text: &str,
    edit: impl FnOnce(&mut DocumentMut) -> anyhow::Result<()>,
) -> anyhow::Result<String> {
    const MARK: char = '\u{feff}';
    let plain = text.strip_prefix(MARK).unwrap_or(text);
    let mut document: DocumentMut = plain.parse().context("cannot read it as TOML")?;
    edit(&mut document)?;
    let mut edited = document.to_string();
    if text.contains("\r\n") {
        edited = edited.replace("\r\n", "\n").replace('\n', "\r\n");
    }
    if text.starts_with(MARK) {
        edited.insert(0, MARK);
    }
    Ok(edited)
}
