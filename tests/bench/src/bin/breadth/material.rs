//! The files that the servers serve.

use std::fs;
use std::path::Path;

use anyhow::Result;
use tempfile::TempDir;

/// The files that the servers serve, in a directory that is removed in the end.
pub(crate) struct Material {
    directory: TempDir,
}

impl Material {
    pub(crate) fn create() -> Result<Material> {
        let directory = TempDir::new()?;
        for (name, length) in [("small.png", 1 << 10), ("large.png", 1 << 20)] {
            let bytes: Vec<u8> = (0..=u8::MAX).cycle().take(length).collect();
            fs::write(directory.path().join(name), bytes)?;
        }
        Ok(Material { directory })
    }

    pub(crate) fn directory(&self) -> &Path {
        self.directory.path()
    }
}
