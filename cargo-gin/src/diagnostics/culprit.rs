//! The dependency that a message of cargo is about, and its line in the manifest that requires it.

use std::ops::Range;
use std::path::PathBuf;

use crate::source::Source;

/// The text before the name of the dependency, in the order of reliability.
const BEFORE_NAME: [&str; 7] = [
    "for dependency `",
    "failed to get `",
    "no matching package named `",
    "for the requirement `",
    " depends on `",
    "failed to select a version for `",
    "error inheriting `",
];
/// The text before a package and, in parentheses, the directory of its manifest.
const BEFORE_DEPENDENT: [&str; 2] = ["required by package `", "as a dependency of package `"];

/// A dependency that cargo cannot provide.
#[derive(Debug, PartialEq, Eq)]
pub(crate) struct Culprit<'a> {
    /// The manifest that requires it.
    pub(crate) manifest: PathBuf,
    name: &'a str,
}

impl<'a> Culprit<'a> {
    /// Reads the dependency from a message of cargo.
    pub(crate) fn of(text: &'a str) -> Option<Culprit<'a>> {
        let quoted = |before: &&str| {
            let (_, after) = text.split_once(*before)?;
            after.split_once('`').map(|(quoted, _)| quoted)
        };
        let name = BEFORE_NAME.iter().find_map(quoted)?.split(' ').next()?;
        let dependent = BEFORE_DEPENDENT.iter().find_map(quoted);
        let directory = dependent.and_then(|package| package.strip_suffix(')')?.split_once(" ("));
        let manifest = match directory {
            Some((_, directory)) => PathBuf::from(directory).join("Cargo.toml"),
            None => ["workspace member `", "manifest at `"]
                .iter()
                .find_map(quoted)
                .map(|path| PathBuf::from(path.trim_end_matches("/Cargo.toml")))?
                .join("Cargo.toml"),
        };
        Some(Culprit { manifest, name })
    }

    /// Finds the line of `manifest` that requires it, and the characters of its name there, both counted from 1.
    pub(crate) fn place(&self, manifest: &Source) -> Option<(usize, Range<usize>)> {
        let mut in_dependencies = false;
        (1..=manifest.lines()).find_map(|number| {
            let line = manifest.line(number)?;
            if let Some(section) = line.trim().strip_prefix('[') {
                let section = section.trim_end_matches(']');
                in_dependencies = section.ends_with("dependencies");
                let own = section.strip_suffix(self.name)?;
                if !own.ends_with("dependencies.") {
                    return None;
                }
            } else {
                let rest = line.trim_start().strip_prefix(self.name)?;
                let is_key = rest.starts_with(['.', ' ', '=']) && rest.contains('=');
                if !in_dependencies || !is_key {
                    return None;
                }
            }
            let start = line[..line.find(self.name)?].chars().count() + 1;
            Some((number, start..start + self.name.chars().count()))
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_message_of_cargo_names_the_dependency_and_the_manifest() {
        for (text, manifest, name) in [
            (
                "failed to load manifest for workspace member `/x/app`\nreferenced by workspace at `/x/Cargo.toml`\n\nCaused by:\n  failed \
                 to load manifest for dependency `serde`",
                "/x/app/Cargo.toml",
                "serde",
            ),
            (
                "failed to get `serde` as a dependency of package `app v0.0.0 (/x/a b)`",
                "/x/a b/Cargo.toml",
                "serde",
            ),
            (
                "failed to select a version for the requirement `log = \"^99\"`\nrequired by package `app v0.0.0 (/x)`",
                "/x/Cargo.toml",
                "log",
            ),
            (
                "no matching package named `lgo` found\nrequired by package `app v0.0.0 (/x)`",
                "/x/Cargo.toml",
                "lgo",
            ),
            (
                "failed to select a version for `tokio`.\n    ... required by package `app v0.0.0 (/x)`\npackage `app` depends on `log` with \
                 feature `nope` but `log` does not have that feature.",
                "/x/Cargo.toml",
                "log",
            ),
            (
                "failed to parse manifest at `/x/Cargo.toml`\n\nCaused by:\n  error inheriting `log` from workspace root manifest's",
                "/x/Cargo.toml",
                "log",
            ),
        ] {
            let manifest = PathBuf::from(manifest);
            assert_eq!(Culprit::of(text), Some(Culprit { manifest, name }));
        }
        for text in [
            "no matching package named `x` found",
            "no matching package named `x` found\nrequired by package `log v0.4.1`",
            "could not compile",
        ] {
            assert_eq!(Culprit::of(text), None);
        }
    }

    #[test]
    fn a_dependency_is_found_in_the_manifest_that_requires_it() {
        let key = "[package]\nlog = 1\n[target.'cfg(unix)'.dev-dependencies]\nlogger = \"1\"\n  log.workspace = true\n";
        let table = "[features]\nlog = []\n[dependencies.log]\nversion = \"1\"\n";
        for (manifest, place) in [
            (key, Some((5, 3..6))),
            (table, Some((3, 15..18))),
            ("[dependencies]\nlogger = \"1\"", None),
        ] {
            let culprit = Culprit {
                manifest: PathBuf::new(),
                name: "log",
            };
            assert_eq!(culprit.place(&Source::new(manifest)), place, "{manifest}");
        }
    }
}
