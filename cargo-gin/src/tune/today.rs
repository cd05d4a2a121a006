//! The settings that are in effect today.

use std::fs;
use std::path::PathBuf;

use anyhow::Context as _;
use toml::{Table, Value};

use crate::cargo::{Found, Layers};
use crate::cli::Selection;
use crate::workspace::Workspace;

/// The variable that decides for every profile. Cargo compiles incrementally if it is `1`, and not with any other value.
const INCREMENTAL: &str = "CARGO_INCREMENTAL";

/// The settings of a project's builds, from its manifest and cargo's configuration.
pub(super) struct Today {
    pub(super) profile: String,
    /// The target triple that it is built for.
    pub(super) triple: String,
    pub(super) is_for_host: bool,
    /// The minor version of rustc 1. 0 if it is unknown.
    pub(super) rustc: u32,
    /// The names of the project's own crates.
    pub(super) members: Vec<String>,
    manifest: Table,
    layers: Layers,
}

/// The amount of debug information, the least first.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum Debug {
    None,
    Lines,
    Full,
}

/// The place for more arguments of rustc.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum Flags {
    /// At these keys of the configuration.
    At(Vec<String>),
    /// Nowhere, because of this.
    Fixed(String),
}

impl Today {
    /// Reads the settings of a workspace.
    pub(super) fn read(workspace: &Workspace, selection: &Selection) -> anyhow::Result<Today> {
        let path = manifest(workspace);
        let text =
            fs::read_to_string(&path).with_context(|| format!("cannot read {}", path.display()))?;
        let recipe = &workspace.target.recipe;
        let members = workspace.target.packages.iter().filter_map(|directory| {
            let is_own = directory.starts_with(&workspace.target.root);
            is_own.then(|| package_name(directory)).flatten()
        });
        Ok(Today {
            profile: recipe.profile.clone(),
            triple: workspace.platform.triple().to_owned(),
            is_for_host: workspace.platform.triple() == workspace.host,
            rustc: minor(&recipe.toolchain),
            members: members.collect(),
            manifest: toml::from_str(&text)
                .with_context(|| format!("cannot read {}", path.display()))?,
            layers: Layers::read(&selection.config)?,
        })
    }

    /// Returns a setting of the profile.
    pub(super) fn setting(&self, keys: &[&str]) -> Option<Value> {
        let keys = self.keys(keys);
        let keys: Vec<&str> = keys.iter().map(String::as_str).collect();
        if let Some(found) = self.layers.find(&keys) {
            return Some(found.value);
        }
        let (first, rest) = keys.split_first()?;
        let value = self.manifest.get(*first)?;
        rest.iter()
            .try_fold(value, |value, key| value.get(*key))
            .cloned()
    }

    /// Returns the reason for which a setting in the manifest would have no effect, if there is one.
    pub(super) fn overridden(&self, keys: &[&str]) -> Option<String> {
        let keys = self.keys(keys);
        let names: Vec<&str> = keys.iter().map(String::as_str).collect();
        let found = self.layers.find(&names)?;
        Some(format!(
            "{} sets `{}`, which beats Cargo.toml",
            found.name,
            keys.join(".")
        ))
    }

    /// Returns the keys of a setting of the profile.
    pub(super) fn keys(&self, keys: &[&str]) -> Vec<String> {
        let profile = ["profile", &self.profile];
        let keys = profile.iter().chain(keys);
        keys.map(|key| (*key).to_owned()).collect()
    }

    /// Returns the amount of debug information.
    pub(super) fn debug(&self) -> Debug {
        match self.setting(&["debug"]) {
            Some(value) => debug(&value),
            None if self.is_optimized() => Debug::None,
            None => Debug::Full,
        }
    }

    /// Returns `true` if dependencies have no debug information.
    pub(super) fn are_dependencies_without_debug(&self) -> bool {
        let own = self.setting(&["package", "*", "debug"]);
        own.map_or(self.debug(), |value| debug(&value)) == Debug::None
    }

    /// Returns `true` if crates are compiled incrementally.
    pub(super) fn is_incremental(&self) -> bool {
        match (self.incremental_variable(), self.incremental_of_all()) {
            (Some(value), _) => value == "1",
            (None, Some(found)) => is_true(&found.value),
            (None, None) => {
                let value = self.setting(&["incremental"]);
                value.map_or(!self.is_optimized(), |value| is_true(&value))
            }
        }
    }

    /// Returns the reason for which `incremental` in a profile has no effect, if there is one.
    pub(super) fn overridden_incremental(&self) -> Option<String> {
        if self.incremental_variable().is_some() {
            return Some(format!("{INCREMENTAL} is set, which beats Cargo.toml"));
        }
        let found = self.incremental_of_all()?;
        let name = found.name;
        Some(format!(
            "{name} sets `build.incremental`, which beats Cargo.toml"
        ))
    }

    fn incremental_variable(&self) -> Option<&str> {
        self.layers.variable(INCREMENTAL)
    }

    fn incremental_of_all(&self) -> Option<Found> {
        self.layers.find(&["build", "incremental"])
    }

    /// Returns `true` for the profile `release` and those that may inherit from it.
    fn is_optimized(&self) -> bool {
        let parent = self.setting(&["inherits"]);
        let parent = parent.as_ref().and_then(Value::as_str);
        parent.unwrap_or(&self.profile) != "dev"
    }

    /// Finds the place for more arguments of rustc. Cargo takes them from one of several, in this order.
    pub(super) fn flags(&self) -> Flags {
        for name in ["CARGO_ENCODED_RUSTFLAGS", "RUSTFLAGS"] {
            if self
                .layers
                .variable(name)
                .is_some_and(|value| !value.is_empty())
            {
                return Flags::Fixed(format!("{name} is set, which beats cargo's configuration"));
            }
        }
        let of_target = ["target", self.triple.as_str(), "rustflags"];
        let has_conditions = self.layers.keys("target").any(|key| {
            let flags = ["target", key, "rustflags"];
            key.starts_with("cfg(") && self.layers.find_written(&flags).is_some()
        });
        let build = ["build", "rustflags"];
        for keys in [&of_target[..], &build] {
            let Some(found) = self.layers.find(keys) else {
                continue;
            };
            if words(&found.value).any(|word| word.contains("-fuse-ld") || word.contains("ld-path"))
            {
                return Flags::Fixed(format!("{} chooses a linker already", found.name));
            }
            if !found.name.ends_with("config.toml") && !found.name.ends_with("config") {
                return Flags::Fixed(format!("{} sets `{}`", found.name, keys.join(".")));
            }
            if keys == build && has_conditions {
                // Cargo ignores these while the others exist.
                break;
            }
            return Flags::At(keys.iter().map(|key| (*key).to_owned()).collect());
        }
        Flags::At(of_target.map(str::to_owned).to_vec())
    }

    /// Returns the linker that the configuration names.
    pub(super) fn linker(&self) -> Option<PathBuf> {
        let found = self.layers.find(&["target", &self.triple, "linker"])?;
        let name = found.value.as_str()?;
        Some(if name.contains(std::path::is_separator) {
            found.base.join(name)
        } else {
            PathBuf::from(name)
        })
    }

    /// Returns `true` if the configuration moves cargo's intermediate files.
    pub(super) fn has_build_dir(&self) -> bool {
        self.layers.find(&["build", "build-dir"]).is_some()
    }
}

/// Returns the manifest of a workspace's root.
pub(super) fn manifest(workspace: &Workspace) -> PathBuf {
    workspace.target.root.join("Cargo.toml")
}

/// Returns `true` for a switch that is on. Variables set it by text.
fn is_true(value: &Value) -> bool {
    match value {
        Value::Boolean(value) => *value,
        Value::String(text) => text == "true",
        _ => false,
    }
}

fn debug(value: &Value) -> Debug {
    match value {
        Value::Boolean(true) | Value::Integer(2..) => Debug::Full,
        Value::Boolean(false) | Value::Integer(..=0) => Debug::None,
        Value::String(name) => match name.as_str() {
            "none" | "0" | "false" => Debug::None,
            "full" | "2" | "true" => Debug::Full,
            _ => Debug::Lines,
        },
        _ => Debug::Lines,
    }
}

/// Returns the words of a setting that is text or a list of it.
fn words(value: &Value) -> impl Iterator<Item = &str> {
    let list = value.as_array().map(Vec::as_slice).unwrap_or_default();
    let items = list.iter().filter_map(Value::as_str);
    value.as_str().into_iter().chain(items)
}

/// Returns the minor version in `rustc 1.95.0 (59807616e 2026-04-14)`.
fn minor(version: &str) -> u32 {
    let mut parts = version.split(['.', ' ']).skip(2);
    parts
        .next()
        .and_then(|minor| minor.parse().ok())
        .unwrap_or(0)
}

/// Returns the name of the package in a directory.
fn package_name(directory: &std::path::Path) -> Option<String> {
    let text = fs::read_to_string(directory.join("Cargo.toml")).ok()?;
    let manifest: Table = toml::from_str(&text).ok()?;
    let name = manifest.get("package")?.get("name")?.as_str()?;
    Some(name.to_owned())
}

#[cfg(test)]
impl Today {
    /// Makes the settings of these files, for a rustc 1.95 on Linux.
    pub(super) fn of(manifest: &str, configuration: &str) -> Today {
        Today::with(manifest, configuration, &[])
    }

    /// Makes the settings of these files and variables, for a rustc 1.95 on Linux.
    pub(super) fn with(manifest: &str, configuration: &str, variables: &[(&str, &str)]) -> Today {
        let variables = variables.iter();
        let variables = variables.map(|(name, value)| ((*name).to_owned(), (*value).to_owned()));
        let root = tempfile::tempdir().unwrap();
        fs::create_dir(root.path().join(".cargo")).unwrap();
        fs::write(root.path().join(".cargo/config.toml"), configuration).unwrap();
        Today {
            profile: "dev".to_owned(),
            triple: "x86_64-unknown-linux-gnu".to_owned(),
            is_for_host: true,
            rustc: 95,
            members: vec!["app".to_owned()],
            manifest: toml::from_str(manifest).unwrap(),
            layers: Layers::of(&[], variables.collect(), root.path(), None).unwrap(),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn debug_information_is_ordered_by_its_amount() {
        for (manifest, expected) in [
            ("", Debug::Full),
            ("profile.dev.debug = true", Debug::Full),
            ("profile.dev.debug = 1", Debug::Lines),
            ("profile.dev.debug = 'line-tables-only'", Debug::Lines),
            ("profile.dev.debug = 0", Debug::None),
            ("profile.dev.debug = 'none'", Debug::None),
            ("profile.release.debug = 0", Debug::Full),
        ] {
            assert_eq!(Today::of(manifest, "").debug(), expected, "{manifest}");
        }
        let configured = Today::of("profile.dev.debug = 0", "profile.dev.debug = 1");
        assert_eq!(configured.debug(), Debug::Lines);
        let reason = configured.overridden(&["debug"]).unwrap();
        assert!(
            reason.ends_with("config.toml sets `profile.dev.debug`, which beats Cargo.toml"),
            "{reason}"
        );
    }

    #[test]
    fn a_variable_and_the_configuration_decide_before_the_profile() {
        let of_profile = "profile.dev.incremental = false";
        let of_all = "build.incremental = true";
        let on: &[_] = &[("CARGO_INCREMENTAL", "1")];
        let off: &[_] = &[("CARGO_INCREMENTAL", "0")];
        for (manifest, configuration, variables, is_incremental, reason) in [
            ("", "", &[][..], true, None),
            (of_profile, "", &[], false, None),
            (of_profile, of_all, &[], true, Some("`build.incremental`")),
            (of_profile, "", on, true, Some("CARGO_INCREMENTAL is set")),
            ("", of_all, off, false, Some("CARGO_INCREMENTAL is set")),
        ] {
            let today = Today::with(manifest, configuration, variables);
            let found = today.overridden_incremental();
            assert_eq!(today.is_incremental(), is_incremental, "{found:?}");
            assert_eq!(found.is_some(), reason.is_some(), "{found:?}");
            let found = found.unwrap_or_default();
            assert!(found.contains(reason.unwrap_or_default()), "{found}");
        }
    }

    #[test]
    fn flags_of_a_variable_cannot_be_added_to() {
        let flags = Today::with("", "", &[("RUSTFLAGS", "-Ca=1")]).flags();
        let reason = "RUSTFLAGS is set, which beats cargo's configuration";
        assert_eq!(flags, Flags::Fixed(reason.to_owned()));
        let empty = Today::with("", "", &[("RUSTFLAGS", "")]).flags();
        assert_eq!(empty, Today::of("", "").flags());
    }

    #[test]
    fn more_arguments_go_where_cargo_reads_them() {
        let at = |keys: &[&str]| Flags::At(keys.iter().map(|key| (*key).to_owned()).collect());
        let of_target = at(&["target", "x86_64-unknown-linux-gnu", "rustflags"]);
        let of_build = at(&["build", "rustflags"]);
        for (configuration, expected) in [
            ("", &of_target),
            ("build.rustflags = ['-Ca=1']", &of_build),
            (
                "target.x86_64-unknown-linux-gnu.rustflags = ['-Ca=1']\nbuild.rustflags = ''",
                &of_target,
            ),
            (
                "target.'cfg(unix)'.rustflags = ['-Ca=1']\nbuild.rustflags = ''",
                &of_target,
            ),
        ] {
            assert_eq!(
                &Today::of("", configuration).flags(),
                expected,
                "{configuration}"
            );
        }
        let chosen = "build.rustflags = ['-Clink-arg=-fuse-ld=lld']";
        let Flags::Fixed(reason) = Today::of("", chosen).flags() else {
            panic!("the linker is chosen already");
        };
        assert!(
            reason.ends_with("config.toml chooses a linker already"),
            "{reason}"
        );
    }

    #[test]
    fn the_minor_version_of_rustc_is_its_second_number() {
        assert_eq!(minor("rustc 1.95.0 (59807616e 2026-04-14)"), 95);
        assert_eq!(minor(""), 0);
    }
}
