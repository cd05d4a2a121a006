//! Cargo's configuration files. `cargo run` gives the app the variables of their `[env]` tables.
//!
//! <https://doc.rust-lang.org/cargo/reference/config.html>

use std::collections::btree_map::Entry;
use std::collections::{BTreeMap, BTreeSet};
use std::ffi::OsString;
use std::fs;
use std::path::{Path, PathBuf};

use anyhow::Context as _;
use serde::Deserialize;
use toml::{Table, Value};

/// A variable that a configuration file sets.
#[derive(Debug, PartialEq, Eq)]
pub(crate) struct Variable {
    pub(crate) value: OsString,
    /// `true` if it overrides a variable of the user's.
    pub(crate) is_forced: bool,
}

/// A configuration file that cargo reads, or would read if it existed.
#[derive(Debug)]
pub(crate) struct ConfigFile {
    pub(crate) path: PathBuf,
    content: Content,
}

/// The content of a configuration file.
#[derive(Debug)]
enum Content {
    /// The file does not exist and does not have to, or another one takes its place.
    Unread,
    /// Cargo cannot read it.
    Broken(anyhow::Error),
    /// Cargo can read it.
    Read(Config),
}

impl ConfigFile {
    /// Lists the files for a cargo that is called in `directory`, those of greater precedence first. `home` is cargo's own
    /// directory.
    pub(crate) fn all(directory: &Path, home: Option<&Path>) -> Vec<ConfigFile> {
        let mut search = Search::default();
        let nearby = directory
            .ancestors()
            .map(|directory| directory.join(".cargo"));
        for directory in nearby.chain(home.map(Path::to_owned)) {
            let mut is_taken = false;
            for name in ["config", "config.toml"] {
                let path = directory.join(name);
                if path.is_file() && !is_taken {
                    is_taken = true;
                    search.read(path);
                } else {
                    search.skip(path);
                }
            }
        }
        search.files
    }

    /// Returns the directory that its relative paths start from: the parent of `.cargo`.
    pub(crate) fn base(&self) -> &Path {
        let directory = self.path.parent().unwrap_or(&self.path);
        directory.parent().unwrap_or(directory)
    }

    /// Returns the value of a key in a table, such as `build.target`.
    pub(crate) fn value(&self, table: &str, key: &str) -> Option<&Value> {
        self.top(table)?.as_table()?.get(key)
    }

    /// Returns the value of a key outside of tables, or a table itself.
    pub(crate) fn top(&self, key: &str) -> Option<&Value> {
        match &self.content {
            Content::Read(config) => config.rest.get(key),
            Content::Unread | Content::Broken(_) => None,
        }
    }
}

/// Returns the variables of all files that cargo reads when it is called in `directory`. `home` is cargo's own directory.
pub(crate) fn variables(
    directory: &Path,
    home: Option<&Path>,
) -> anyhow::Result<BTreeMap<String, Variable>> {
    let mut variables = BTreeMap::new();
    for file in ConfigFile::all(directory, home) {
        let base = file.base().to_owned();
        let env = match file.content {
            Content::Unread => continue,
            Content::Broken(error) => return Err(error),
            Content::Read(config) => config.env,
        };
        for (name, setting) in env {
            // The first file that sets a variable wins.
            if let Entry::Vacant(entry) = variables.entry(name) {
                entry.insert(setting.variable(&base));
            }
        }
    }
    Ok(variables)
}

/// The files that were found so far, each once.
#[derive(Default)]
struct Search {
    files: Vec<ConfigFile>,
    seen: BTreeSet<PathBuf>,
}

impl Search {
    /// Reads a file and those that it includes.
    fn read(&mut self, path: PathBuf) {
        if !self.seen.insert(path.clone()) {
            return;
        }
        let directory = path.parent().unwrap_or(&path).to_owned();
        let config = Config::read(&path);
        let mut includes = Vec::new();
        let content = match config {
            Ok(mut config) => {
                includes = std::mem::take(&mut config.include).all();
                Content::Read(config)
            }
            Err(error) => Content::Broken(error),
        };
        self.files.push(ConfigFile { path, content });
        // A later include overrides an earlier one, and the file that includes them overrides both.
        for include in includes.iter().rev() {
            let path = directory.join(include.path());
            if path.is_file() || !include.is_optional() {
                self.read(path);
            } else {
                self.skip(path);
            }
        }
    }

    /// Notes a file that cargo does not read now.
    fn skip(&mut self, path: PathBuf) {
        if self.seen.insert(path.clone()) {
            let content = Content::Unread;
            self.files.push(ConfigFile { path, content });
        }
    }
}

#[derive(Debug, Deserialize)]
struct Config {
    #[serde(default)]
    env: BTreeMap<String, Setting>,
    #[serde(default)]
    include: Includes,
    #[serde(flatten)]
    rest: Table,
}

impl Config {
    fn read(path: &Path) -> anyhow::Result<Config> {
        let text = fs::read_to_string(path);
        let text = text.with_context(|| format!("cannot read {}", path.display()))?;
        toml::from_str(&text).with_context(|| format!("cannot read {}", path.display()))
    }
}

#[derive(Debug, Deserialize)]
#[serde(untagged)]
enum Setting {
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
    fn variable(self, directory: &Path) -> Variable {
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

#[derive(Debug, Deserialize)]
#[serde(untagged)]
enum Includes {
    One(Include),
    Several(Vec<Include>),
}

impl Default for Includes {
    fn default() -> Includes {
        Includes::Several(Vec::new())
    }
}

impl Includes {
    fn all(self) -> Vec<Include> {
        match self {
            Includes::One(include) => vec![include],
            Includes::Several(includes) => includes,
        }
    }
}

#[derive(Debug, Deserialize)]
#[serde(untagged)]
enum Include {
    Path(PathBuf),
    Table {
        path: PathBuf,
        #[serde(default)]
        optional: bool,
    },
}

impl Include {
    fn path(&self) -> &Path {
        let (Include::Path(path) | Include::Table { path, .. }) = self;
        path
    }

    fn is_optional(&self) -> bool {
        matches!(self, Include::Table { optional: true, .. })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Returns the variables for a directory `app` with these files in it and around it, and `true` for the forced ones.
    fn variables_of(files: &[(&str, &str)]) -> Vec<(String, String, bool)> {
        let root = tempfile::tempdir().unwrap();
        let app = root.path().join("app");
        for (name, text) in files {
            let path = root.path().join(name);
            fs::create_dir_all(path.parent().unwrap()).unwrap();
            fs::write(path, text).unwrap();
        }
        let home = root.path().join("home");
        let here = root.path().display().to_string();
        let of = |(name, variable): (String, Variable)| {
            let value = variable.value.into_string().unwrap().replace(&here, "…");
            (name, value, variable.is_forced)
        };
        let found = variables(&app, Some(&home)).unwrap();
        found.into_iter().map(of).collect()
    }

    fn variable(name: &str, value: &str) -> (String, String, bool) {
        (name.to_owned(), value.to_owned(), false)
    }

    #[test]
    fn the_nearest_file_wins() {
        let files = [
            (
                "home/config.toml",
                "env = { A = 'home', B = 'home', C = 'home' }",
            ),
            (".cargo/config.toml", "env = { A = 'above', B = 'above' }"),
            ("app/.cargo/config.toml", "env = { A = 'app' }"),
        ];
        let expected = [("A", "app"), ("B", "above"), ("C", "home")];
        assert_eq!(
            variables_of(&files),
            expected.map(|(name, value)| variable(name, value))
        );
    }

    #[test]
    fn a_relative_value_is_a_path_from_the_parent_of_the_config_directory() {
        let text = "[env]\nA = { value = 'certs', relative = true }";
        assert_eq!(
            variables_of(&[("app/.cargo/config.toml", text)]),
            [variable("A", "…/app/certs")]
        );
    }

    #[test]
    fn a_forced_value_is_marked_as_forced() {
        let text = "[env]\nA = { value = '1', force = true }\n[build]\njobs = 2";
        assert_eq!(
            variables_of(&[("app/.cargo/config", text)]),
            [("A".to_owned(), "1".to_owned(), true)]
        );
    }

    #[test]
    fn a_file_overrides_those_that_it_includes() {
        let files = [
            (
                "app/.cargo/config.toml",
                "include = ['one.toml', { path = 'two.toml', optional = true }, { path = 'none.toml', optional = true }]\n\
                 env = { A = 'own' }",
            ),
            (
                "app/.cargo/one.toml",
                "env = { A = 'one', B = 'one', C = 'one' }",
            ),
            ("app/.cargo/two.toml", "env = { B = 'two' }"),
        ];
        let expected = [("A", "own"), ("B", "two"), ("C", "one")];
        assert_eq!(
            variables_of(&files),
            expected.map(|(name, value)| variable(name, value))
        );
    }

    #[test]
    fn a_file_that_is_not_toml_is_named() {
        let root = tempfile::tempdir().unwrap();
        fs::create_dir(root.path().join(".cargo")).unwrap();
        fs::write(root.path().join(".cargo/config.toml"), "env =").unwrap();
        let error = variables(root.path(), None).unwrap_err();
        assert!(
            error.to_string().ends_with("/.cargo/config.toml"),
            "{error}"
        );
    }
}
