//! A feature that a manifest turns on for a dependency.

use std::path::Path;

use anyhow::Context as _;
use toml_edit::{Array, DocumentMut, InlineTable, Item, TableLike, Value};

use crate::tune::change::{Change, File, Setting};

/// The name of the features that a dependency has unless its manifest entry says otherwise.
const DEFAULT: &str = "default";

/// The tables of dependencies that a program is built of.
const TABLES: [&str; 2] = ["dependencies", "build-dependencies"];

/// Returns the features that a manifest turns on, each as the change that leaves it out.
pub(super) fn listed(file: &File, manifest: &str) -> anyhow::Result<Vec<Change>> {
    let document: DocumentMut = manifest.parse().context("it is not TOML")?;
    let root = document.as_table();
    let mut changes = Vec::new();
    for table in TABLES {
        collect(file, root, &[table], &mut changes);
    }
    collect(file, root, &["workspace", "dependencies"], &mut changes);
    let platforms = root.get("target").and_then(Item::as_table_like);
    for (platform, _) in platforms.into_iter().flat_map(TableLike::iter) {
        for table in TABLES {
            collect(file, root, &["target", platform, table], &mut changes);
        }
    }
    Ok(changes)
}

/// Adds the features of the dependencies in the table at `keys`.
fn collect(file: &File, root: &dyn TableLike, keys: &[&str], changes: &mut Vec<Change>) {
    let Some((first, rest)) = keys.split_first() else {
        return;
    };
    let table = rest
        .iter()
        .try_fold(root.get(first), |item, key| Some(item?.get(key)));
    let Some(table) = table.flatten().and_then(Item::as_table_like) else {
        return;
    };
    for (dependency, item) in table.iter() {
        let keys: Vec<&str> = keys.iter().copied().chain([dependency]).collect();
        let features = features(item).into_iter();
        changes.extend(features.map(|feature| {
            let setting = Setting::WithoutFeature(feature);
            Change::new(file.clone(), &keys, setting)
        }));
    }
}

/// Returns the features of a dependency's entry.
fn features(dependency: &Item) -> Vec<String> {
    let Some(table) = dependency.as_table_like() else {
        return vec![DEFAULT.to_owned()];
    };
    let is = |key: &str, value| table.get(key).and_then(Item::as_bool) == Some(value);
    // The entry of the workspace decides about the default ones.
    let has_default = !is("workspace", true) && !is("default-features", false);
    let default = has_default.then(|| DEFAULT.to_owned());
    let listed = table.get("features").and_then(Item::as_array);
    let listed = listed.into_iter().flatten().filter_map(Value::as_str);
    default
        .into_iter()
        .chain(listed.map(str::to_owned))
        .collect()
}

/// Leaves a feature out of a dependency's entry.
pub(super) fn leave_out(dependency: &mut Item, feature: &str) -> anyhow::Result<()> {
    if let Some(version) = dependency.as_value().filter(|value| value.is_str()) {
        let decor = version.decor().clone();
        let mut version = version.clone();
        version.decor_mut().clear();
        let mut table = InlineTable::from_iter([("version", version)]);
        *table.decor_mut() = decor;
        *dependency = Item::Value(Value::InlineTable(table));
    }
    let table = dependency
        .as_table_like_mut()
        .context("it is not a dependency")?;
    if feature == DEFAULT {
        table.insert("default-features", Item::Value(Value::from(false)));
    } else {
        let features = table.get_mut("features").and_then(Item::as_array_mut);
        let features = features.context("it has no features")?;
        remove(features, feature)?;
        if features.is_empty() {
            table.remove("features");
        }
    }
    if let Some(table) = dependency.as_inline_table_mut() {
        table.fmt();
    }
    Ok(())
}

/// Removes a feature from a list, whose first entry stays where it was.
fn remove(features: &mut Array, feature: &str) -> anyhow::Result<()> {
    let place = features
        .iter()
        .position(|listed| listed.as_str() == Some(feature));
    let place = place.with_context(|| format!("it has no feature `{feature}`"))?;
    let removed = features.remove(place);
    if let (0, Some(first)) = (place, features.get_mut(0)) {
        *first.decor_mut() = removed.decor().clone();
    }
    Ok(())
}

/// Returns the feature for users, as cargo writes it: `tokio/full`.
pub(super) fn label(keys: &[String], feature: &str) -> String {
    let dependency = keys.last().map_or("", String::as_str);
    format!("{dependency}/{feature}")
}

/// Returns the file of a package's manifest. `directory` is below the workspace's root.
pub(super) fn file_of(root: &Path, directory: &Path) -> Option<File> {
    let directory = directory.strip_prefix(root).ok()?;
    Some(if directory.as_os_str().is_empty() {
        File::Manifest
    } else {
        File::Package(directory.to_owned())
    })
}

#[cfg(test)]
mod tests {
    use crate::tune::change::make_all;

    use super::*;

    fn labels(manifest: &str) -> Vec<String> {
        let changes = listed(&File::Manifest, manifest).unwrap();
        changes.iter().map(Change::label).collect()
    }

    #[test]
    fn features_are_found_wherever_a_manifest_turns_them_on() {
        for (manifest, expected) in [
            ("[dependencies]\na = '1'", &["a/default"][..]),
            (
                "[dependencies.a]\nversion = '1'\nfeatures = ['x', 'y']",
                &["a/default", "a/x", "a/y"],
            ),
            (
                "dependencies.a = { version = '1', default-features = false, features = ['x'] }",
                &["a/x"],
            ),
            (
                "[workspace.dependencies]\na = '1'\n[dependencies]\na = { workspace = true, features = ['x'] }",
                &["a/x", "a/default"],
            ),
            (
                "[build-dependencies]\na = '1'\n[target.'cfg(unix)'.dependencies]\nb = '1'",
                &["a/default", "b/default"],
            ),
            ("[dev-dependencies]\na = '1'\n[features]\nx = []", &[]),
        ] {
            let found = labels(manifest);
            let found: Vec<&str> = found
                .iter()
                .filter_map(|label| label.strip_prefix("Cargo.toml: without "))
                .collect();
            assert_eq!(found, expected, "{manifest}");
        }
    }

    #[test]
    fn the_rest_of_an_entry_stays() {
        for (manifest, expected) in [
            (
                "[dependencies]\na = \"1\" # mine\n",
                "[dependencies]\na = { version = \"1\", default-features = false } # mine\n",
            ),
            (
                "[dependencies.a]\nversion = '1' # mine\n",
                "[dependencies.a]\nversion = '1' # mine\ndefault-features = false\n",
            ),
            (
                "[dependencies]\na = { version = '1', default-features = true }\n",
                "[dependencies]\na = { version = '1', default-features = false }\n",
            ),
            (
                "[dependencies]\na = { default-features = false, features = ['x', 'y'] }\n",
                "[dependencies]\na = { default-features = false, features = ['y'] }\n",
            ),
            (
                "[dependencies.a]\ndefault-features = false\nfeatures = [\n    'x',\n    'y', # mine\n]\n",
                "[dependencies.a]\ndefault-features = false\nfeatures = [\n    'y', # mine\n]\n",
            ),
            (
                "[dependencies]\na = { workspace = true, features = ['x'] }\n",
                "[dependencies]\na = { workspace = true }\n",
            ),
        ] {
            let changes = listed(&File::Manifest, manifest).unwrap();
            let made = make_all(manifest, &changes[..1]).unwrap();
            assert_eq!(made, expected, "{manifest}");
        }
    }
}
