//! The order that our linker finds beside itself: which program it may link early.
//!
//! A file, not a variable, which macros and build scripts could see.

use std::fs;
use std::io;
use std::path::{Path, PathBuf};

use serde::{Deserialize, Serialize};

const FILE: &str = "order.json";

/// The order to link a program early.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub(super) struct Order {
    /// The complete program, as rustc has it linked.
    pub(super) output: PathBuf,
    /// The early program.
    pub(super) program: PathBuf,
    /// The directory of the base.
    pub(super) directory: PathBuf,
}

impl Order {
    /// Writes it into the directory of the linker.
    pub(super) fn write(&self, directory: &Path) -> io::Result<()> {
        fs::write(directory.join(FILE), serde_json::to_vec(self)?)
    }

    pub(super) fn read(directory: &Path) -> io::Result<Order> {
        Ok(serde_json::from_slice(&fs::read(directory.join(FILE))?)?)
    }
}
