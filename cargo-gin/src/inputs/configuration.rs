//! The files that configure cargo and choose the toolchain.

use std::collections::BTreeSet;
use std::path::{Path, PathBuf};

use toml::Value;

use crate::cargo::{self, ConfigFile};
use crate::inputs::Inputs;
use crate::inputs::manifest::patched;
use crate::state::Effect;

/// The inputs of cargo besides the packages, and the packages that they name.
#[derive(Debug, Default)]
pub(super) struct Configuration {
    pub(super) inputs: Inputs,
    /// The directories of packages that replace others.
    pub(super) packages: Vec<PathBuf>,
}

impl Configuration {
    /// Finds the files for these directories. `home` is cargo's own directory.
    pub(super) fn of(directories: &[&Path], home: Option<&Path>) -> Configuration {
        let mut configuration = Configuration::default();
        let Configuration { inputs, packages } = &mut configuration;
        for directory in directories {
            for file in ConfigFile::all(directory, home) {
                packages.extend(replaced_by(&file));
                for specification in targets(&file) {
                    inputs.add(specification, Effect::Resolve);
                }
                inputs.add(file.path, Effect::Resolve);
            }
        }
        let above = directories.iter().flat_map(|dir| dir.ancestors());
        for directory in above.collect::<BTreeSet<_>>() {
            for name in ["rust-toolchain", "rust-toolchain.toml"] {
                inputs.add(directory.join(name), Effect::Resolve);
            }
        }
        // It has the default toolchain, and those of directories.
        if let Some(rustup) = cargo::home("RUSTUP_HOME", ".rustup") {
            inputs.add(rustup.join("settings.toml"), Effect::Resolve);
        }
        configuration
    }
}

/// Returns the directories of the packages that a configuration file puts in the place of others.
fn replaced_by(file: &ConfigFile) -> Vec<PathBuf> {
    let paths = file.top("paths").and_then(Value::as_array);
    let paths = paths.into_iter().flatten().filter_map(Value::as_str);
    let patches = file.top("patch").and_then(Value::as_table);
    let patches = patches.map(patched).unwrap_or_default();
    let all = paths.map(PathBuf::from).chain(patches);
    all.map(|path| file.base().join(path)).collect()
}

/// Returns the specifications of custom targets.
fn targets(file: &ConfigFile) -> Vec<PathBuf> {
    let targets = match file.value("build", "target") {
        Some(Value::Array(targets)) => targets.as_slice(),
        Some(target) => std::slice::from_ref(target),
        None => &[],
    };
    let targets = targets.iter().filter_map(Value::as_str).map(Path::new);
    let is_path = |target: &&Path| target.extension().is_some_and(|name| name == "json");
    let specifications = targets.filter(is_path);
    specifications.map(|path| file.base().join(path)).collect()
}
