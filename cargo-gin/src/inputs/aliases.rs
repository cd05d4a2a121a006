//! Aliases: names through links by which the compiler has read files of a package.
//!
//! Cargo resolves a name that leads to a file in the package and only compares that file afterwards. It does not notice when
//! a link leads elsewhere.

use std::collections::BTreeSet;
use std::fs;
use std::path::{Path, PathBuf};

use crate::inputs::Inputs;
use crate::inputs::dep_info::DepInfo;
use crate::inputs::paths::without_dots;
use crate::workspace::Workspace;

impl Inputs {
    /// Adds the aliases of the files that `executable` was built from, which these crates have read.
    pub(crate) fn add_aliases(
        &mut self,
        executable: &Path,
        crates: &BTreeSet<String>,
        workspace: &Workspace,
    ) {
        for dep_info in of_crates(crates, &directories(executable, workspace)) {
            for file in &dep_info.files {
                self.add_alias(without_dots(&workspace.target.root.join(file)));
            }
        }
    }

    fn add_alias(&mut self, name: PathBuf) {
        if self.paths.contains_key(&name) || self.aliases.contains_key(&name) {
            return;
        }
        if let Ok(file) = name.canonicalize()
            && self.paths.contains_key(&file)
        {
            self.aliases.insert(name, file);
        }
    }
}

/// Returns the directories in which the compiler has put the executable and its libraries, before cargo copied the executable.
fn directories(executable: &Path, workspace: &Workspace) -> Vec<PathBuf> {
    let directory = executable.parent().unwrap_or(executable);
    let target_dir = &workspace.target.recipe.target_dir;
    let directory = match directory.strip_prefix(target_dir) {
        Ok(inside) => workspace.build_dir.join(inside),
        Err(_) => directory.to_owned(),
    };
    // An example is in a directory beside that of its libraries.
    let beside = directory.parent().map(|parent| parent.join("deps"));
    let libraries = directory.join("deps");
    [directory, libraries].into_iter().chain(beside).collect()
}

/// Reads what the compiler has written about these crates, in any configuration.
fn of_crates(crates: &BTreeSet<String>, directories: &[PathBuf]) -> Vec<DepInfo> {
    let entries = directories.iter().flat_map(fs::read_dir).flatten();
    let files = entries.flatten().map(|entry| entry.path());
    let is_wanted = |path: &PathBuf| {
        let stem = path.file_stem().and_then(|stem| stem.to_str());
        let name = stem.and_then(|stem| stem.rsplit_once('-'));
        path.extension().is_some_and(|extension| extension == "d")
            && name.is_some_and(|(name, _)| crates.contains(name))
    };
    let texts = files.filter(is_wanted).map(fs::read_to_string);
    texts.flatten().map(|text| DepInfo::parse(&text)).collect()
}
