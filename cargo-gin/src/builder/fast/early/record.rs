//! The record of a complete link, from which a base can be made.

use std::collections::BTreeSet;
use std::fs;
use std::io;
use std::path::Path;

use serde::{Deserialize, Serialize};

const FILE: &str = "record.json";

/// The record of a complete link.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub(super) struct Record {
    pub(super) arguments: Vec<String>,
    pub(super) trace: String,
    /// The symbols of other languages that the program's own objects need.
    pub(super) needed: BTreeSet<String>,
    /// The symbols that the program offers to shared libraries.
    pub(super) offered: BTreeSet<String>,
}

impl Record {
    /// Writes it into the directory of the base.
    pub(super) fn write(&self, directory: &Path) -> io::Result<()> {
        fs::write(directory.join(FILE), serde_json::to_vec(self)?)
    }

    /// Takes it out of the directory.
    pub(super) fn take(directory: &Path) -> io::Result<Record> {
        let path = directory.join(FILE);
        let text = fs::read(&path)?;
        fs::remove_file(path)?;
        Ok(serde_json::from_slice(&text)?)
    }

    pub(super) fn is_in(directory: &Path) -> bool {
        directory.join(FILE).exists()
    }
}
