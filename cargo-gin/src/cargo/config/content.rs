//! The content of a configuration file, or of an argument that stands for one.

use std::collections::BTreeMap;
use std::ffi::OsString;
use std::fs;
use std::path::{Path, PathBuf};

use anyhow::Context as _;
use serde::Deserialize;
use toml::{Table, Value};

/// A variable that the configuration sets.
#[derive(Debug, PartialEq, Eq)]
pub(crate) struct Variable {
    pub(crate) value: OsString,
    /// `true` if it overrides a variable of the user's.
    pub(crate) is_forced: bool,
}

/// The content of a configuration file.
#[derive(Debug, Deserialize)]
pub(super) struct Config {
    #[serde(default)]
    pub(super) env: BTreeMap<String, Setting>,
    #[serde(default)]
    pub(super) include: Includes,
    #[serde(flatten)]
    pub(super) rest: Table,
}

impl Config {
    /// Reads a file.
    pub(super) fn read(path: &Path) -> anyhow::Result<Config> {
        let text = fs::read_to_string(path);
        let text = text.with_context(|| format!("cannot read {}", path.display()))?;
        toml::from_str(&text).with_context(|| format!("cannot read {}", path.display()))
    }

    /// Parses `--config KEY=VALUE`.
    pub(super) fn of_argument(argument: &str) -> anyhow::Result<Config> {
        toml::from_str(argument).with_context(|| {
            format!("`--config {argument}` is neither a file nor KEY=VALUE, such as build.jobs=1")
        })
    }

    /// Returns the value at these keys, such as `build` and `target`.
    pub(super) fn value(&self, keys: &[&str]) -> Option<&Value> {
        let (first, rest) = keys.split_first()?;
        let value = self.rest.get(*first)?;
        rest.iter().try_fold(value, |value, key| value.get(*key))
    }

    /// Returns the keys of a table.
    pub(super) fn keys(&self, table: &str) -> impl Iterator<Item = &str> {
        let table = self.rest.get(table).and_then(Value::as_table);
        table.into_iter().flat_map(Table::keys).map(String::as_str)
    }
}

/// A variable in `[env]`.
#[derive(Clone, Debug, Deserialize)]
#[serde(untagged)]
pub(super) enum Setting {
    Value(String),
    Table {
        value: String,
        #[serde(default)]
        force: bool,
        #[serde(default)]
        relative: bool,
    },
}

impl Setting {
    /// Returns the variable. A relative value is a path in `directory`.
    pub(super) fn variable(self, directory: &Path) -> Variable {
        match self {
            Setting::Value(value) => Variable {
                value: value.into(),
                is_forced: false,
            },
            Setting::Table {
                value,
                force,
                relative,
            } => Variable {
                value: if relative {
                    directory.join(value).into()
                } else {
                    value.into()
                },
                is_forced: force,
            },
        }
    }
}

/// The value of `include`.
#[derive(Debug, Deserialize)]
#[serde(untagged)]
pub(super) enum Includes {
    One(Include),
    Several(Vec<Include>),
}

impl Default for Includes {
    fn default() -> Includes {
        Includes::Several(Vec::new())
    }
}

impl Includes {
    pub(super) fn all(self) -> Vec<Include> {
        match self {
            Includes::One(include) => vec![include],
            Includes::Several(includes) => includes,
        }
    }
}

/// A file that another one includes.
#[derive(Debug, Deserialize)]
#[serde(untagged)]
pub(super) enum Include {
    Path(PathBuf),
    Table {
        path: PathBuf,
        #[serde(default)]
        optional: bool,
    },
}

impl Include {
    pub(super) fn path(&self) -> &Path {
        let (Include::Path(path) | Include::Table { path, .. }) = self;
        path
    }

    pub(super) fn is_optional(&self) -> bool {
        matches!(self, Include::Table { optional: true, .. })
    }
}
