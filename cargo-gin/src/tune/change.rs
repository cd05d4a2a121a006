//! A change of a setting: a key in the manifest of the workspace, or in cargo's configuration.

use std::path::PathBuf;

use anyhow::{Context as _, ensure};
use toml_edit::{Array, InlineTable, Item, Key, Table, Value};

use crate::tune::feature;
use crate::workspace::edited;

/// A change of one setting.
#[derive(Clone, Debug)]
pub(super) struct Change {
    pub(super) file: File,
    /// The keys that lead to it, such as `profile`, `dev` and `debug`.
    pub(super) keys: Vec<String>,
    pub(super) setting: Setting,
}

/// The file that has a setting.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum File {
    /// `Cargo.toml` of the workspace.
    Manifest,
    /// `Cargo.toml` of a package, in this directory below the workspace's root.
    Package(PathBuf),
    /// `.cargo/config.toml` beside it.
    Configuration,
}

/// The new value of a setting.
#[derive(Clone, Debug)]
pub(super) enum Setting {
    /// This value in place of the old one.
    Value(Value),
    /// These words after those that are there.
    Words(Vec<String>),
    /// The dependency that is there, without this feature.
    WithoutFeature(String),
}

impl Change {
    /// Sets a key of the manifest.
    pub(super) fn manifest(keys: &[&str], value: impl Into<Value>) -> Change {
        Change::new(File::Manifest, keys, Setting::Value(value.into()))
    }

    pub(super) fn new(file: File, keys: &[&str], setting: Setting) -> Change {
        Change {
            file,
            keys: keys.iter().map(|key| (*key).to_owned()).collect(),
            setting,
        }
    }

    /// Returns the change as cargo's `--config` takes it: `profile.dev.debug="line-tables-only"`. `None` if cargo only takes it from
    /// the manifest.
    pub(super) fn argument(&self) -> Option<String> {
        let value = match &self.setting {
            Setting::Value(value) => value.clone(),
            // Cargo joins the lists of all layers.
            Setting::Words(words) => Value::Array(words.iter().collect()),
            Setting::WithoutFeature(_) => return None,
        };
        Some(format!("{}={}", self.path(), value.to_string().trim()))
    }

    /// Returns the change for users: as an argument, or `Cargo.toml: without tokio/full`.
    pub(super) fn label(&self) -> String {
        match &self.setting {
            Setting::WithoutFeature(feature) => {
                let directory = match &self.file {
                    File::Package(directory) => directory.clone(),
                    File::Manifest | File::Configuration => PathBuf::new(),
                };
                let file = directory.join("Cargo.toml");
                let feature = feature::label(&self.keys, feature);
                format!("{}: without {feature}", file.display())
            }
            Setting::Value(_) | Setting::Words(_) => self.argument().unwrap_or_default(),
        }
    }

    /// Returns the keys as a path in TOML.
    pub(super) fn path(&self) -> String {
        let keys = self.keys.iter().map(|key| Key::new(key).to_string());
        keys.collect::<Vec<_>>().join(".")
    }

    /// Makes the change in a file's text.
    fn make(&self, text: &str) -> anyhow::Result<String> {
        edited(text, |document| {
            let keys: Vec<&str> = self.keys.iter().map(String::as_str).collect();
            set(document.as_item_mut(), &keys, &self.setting)
                .with_context(|| format!("cannot set `{}`", self.path()))
        })
    }
}

/// Makes the changes of one file in its text.
pub(super) fn make_all<'a>(
    text: &str,
    changes: impl IntoIterator<Item = &'a Change>,
) -> anyhow::Result<String> {
    let mut changes = changes.into_iter();
    changes.try_fold(text.to_owned(), |text, change| change.make(&text))
}

fn set(item: &mut Item, keys: &[&str], setting: &Setting) -> anyhow::Result<()> {
    let is_inline = item.is_inline_table();
    if let ([_], Some(table)) = (keys, item.as_table_mut())
        && table.is_implicit()
        && table.decor().prefix().is_none()
    {
        // The empty line above the header that it gets.
        table.decor_mut().set_prefix("\n");
    }
    let table = item
        .as_table_like_mut()
        .context("its place is not a table")?;
    match keys {
        [] => Ok(()),
        [key] => {
            let entry = table.entry(key).or_insert(Item::None);
            assign(entry, setting)
        }
        [key, rest @ ..] => {
            let next = table.entry(key).or_insert_with(|| {
                if is_inline {
                    return Item::Value(Value::InlineTable(InlineTable::new()));
                }
                let mut table = Table::new();
                // Only the last table needs a header.
                table.set_implicit(rest.len() > 1);
                Item::Table(table)
            });
            set(next, rest, setting)
        }
    }
}

fn assign(item: &mut Item, setting: &Setting) -> anyhow::Result<()> {
    let new = match (setting, item.as_value_mut()) {
        (Setting::Value(value), _) => value.clone(),
        (Setting::Words(words), Some(Value::Array(list))) => {
            list.extend(words);
            return Ok(());
        }
        (Setting::Words(words), Some(Value::String(text))) => {
            Value::from(format!("{} {}", text.value(), words.join(" ")))
        }
        (Setting::Words(words), None) => Value::Array(words.iter().collect::<Array>()),
        (Setting::Words(_), Some(_)) => {
            anyhow::bail!("its value is neither text nor a list of it")
        }
        (Setting::WithoutFeature(feature), _) => return feature::leave_out(item, feature),
    };
    ensure!(!item.is_table(), "it is a table");
    match item.as_value_mut() {
        Some(old) => {
            // The comment behind the value stays.
            let decor = old.decor().clone();
            *old = new;
            *old.decor_mut() = decor;
        }
        None => *item = Item::Value(new),
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn debug() -> Change {
        Change::manifest(&["profile", "dev", "debug"], "line-tables-only")
    }

    fn flags() -> Change {
        let words = vec!["-Clink-arg=-fuse-ld=mold".to_owned()];
        let keys = ["target", "x86_64-unknown-linux-gnu", "rustflags"];
        Change::new(File::Configuration, &keys, Setting::Words(words))
    }

    #[test]
    fn a_change_is_an_argument_of_cargo() {
        let dependencies = Change::manifest(&["profile", "dev", "package", "*", "debug"], false);
        for (change, expected) in [
            (debug(), r#"profile.dev.debug="line-tables-only""#),
            (dependencies, r#"profile.dev.package."*".debug=false"#),
            (
                flags(),
                r#"target.x86_64-unknown-linux-gnu.rustflags=["-Clink-arg=-fuse-ld=mold"]"#,
            ),
        ] {
            assert_eq!(change.argument().as_deref(), Some(expected));
        }
    }

    #[test]
    fn a_change_keeps_the_rest_of_the_file() {
        for (text, expected) in [
            ("", "[profile.dev]\ndebug = \"line-tables-only\"\n"),
            (
                "[package]\nname = 'a' # mine\n",
                "[package]\nname = 'a' # mine\n\n[profile.dev]\ndebug = \"line-tables-only\"\n",
            ),
            (
                "[profile.dev]\ndebug = true # all\npanic = 'abort'\n",
                "[profile.dev]\ndebug = \"line-tables-only\" # all\npanic = 'abort'\n",
            ),
            (
                "profile.dev = { panic = 'abort' }\r\n",
                "profile.dev = { panic = 'abort' , debug = \"line-tables-only\" }\r\n",
            ),
            (
                "[lib]\n\n[profile.dev.package.a]\nopt-level = 1\n",
                "[lib]\n\n[profile.dev]\ndebug = \"line-tables-only\"\n\n[profile.dev.package.a]\nopt-level = 1\n",
            ),
        ] {
            let made = debug().make(text).unwrap();
            let plain = |text: &str| text.replace(" ,", ",").trim_start().to_owned();
            assert_eq!(plain(&made), plain(expected), "{text}");
        }
    }

    #[test]
    fn words_are_added_to_those_that_are_there() {
        for (text, expected) in [
            (
                "",
                "[target.x86_64-unknown-linux-gnu]\nrustflags = [\"-Clink-arg=-fuse-ld=mold\"]\n",
            ),
            (
                "target.x86_64-unknown-linux-gnu.rustflags = ['-Ccodegen-units=1']\n",
                "target.x86_64-unknown-linux-gnu.rustflags = ['-Ccodegen-units=1', \"-Clink-arg=-fuse-ld=mold\"]\n",
            ),
            (
                "target.x86_64-unknown-linux-gnu.rustflags = '-Cx=1'\n",
                "target.x86_64-unknown-linux-gnu.rustflags = \"-Cx=1 -Clink-arg=-fuse-ld=mold\"\n",
            ),
        ] {
            assert_eq!(flags().make(text).unwrap(), expected, "{text}");
        }
    }

    #[test]
    fn a_value_that_is_not_a_setting_is_refused() {
        for text in ["profile = 1", "[profile.dev.debug]\na = 1", "profile ="] {
            assert!(debug().make(text).is_err(), "{text}");
        }
    }
}
