//! The layers of cargo's configuration. Arguments beat variables, which beat files.

use std::collections::BTreeMap;
use std::collections::btree_map::Entry;
use std::ffi::OsString;
use std::path::{Path, PathBuf};

use anyhow::Context as _;
use toml::Value;

use crate::cargo::config::content::{Config, Variable};
use crate::cargo::config::file::ConfigFile;
use crate::cargo::environment::home;

/// The variables of an environment. Those that are not text are left out.
pub(crate) type Variables = BTreeMap<String, String>;

/// The configuration of a cargo that is called in the current directory.
#[derive(Debug)]
pub(crate) struct Layers {
    /// Those of `--config`, the last first.
    arguments: Vec<Layer>,
    environment: Variables,
    /// Those of files, the nearest first.
    files: Vec<Layer>,
}

/// An argument or a file.
#[derive(Debug)]
struct Layer {
    /// The argument, or the path of the file.
    name: String,
    /// The directory that its relative paths start from.
    base: PathBuf,
    config: Config,
}

/// A value of the configuration, and its origin.
#[derive(Debug)]
pub(crate) struct Found {
    pub(crate) value: Value,
    /// The argument, the variable, or the path of the file.
    pub(crate) name: String,
    /// The directory that its relative paths start from.
    pub(crate) base: PathBuf,
}

impl Layers {
    /// Reads the files, and this process's environment. `arguments` are those of `--config`.
    pub(crate) fn read(arguments: &[String]) -> anyhow::Result<Layers> {
        let here = std::env::current_dir().context("cannot find the current directory")?;
        let home = home("CARGO_HOME", ".cargo");
        Layers::of(arguments, environment(), &here, home.as_deref())
    }

    /// Reads the files of a cargo that is called in `directory`. `home` is cargo's own directory.
    pub(crate) fn of(
        arguments: &[String],
        environment: Variables,
        directory: &Path,
        home: Option<&Path>,
    ) -> anyhow::Result<Layers> {
        let mut given = Vec::new();
        for argument in arguments.iter().rev() {
            match file_of(argument, directory) {
                Some(path) => given.extend(layers(ConfigFile::named(path))?),
                None => given.push(Layer {
                    name: format!("--config {argument}"),
                    base: directory.to_owned(),
                    config: Config::of_argument(argument)?,
                }),
            }
        }
        Ok(Layers {
            arguments: given,
            environment,
            files: layers(ConfigFile::all(directory, home))?,
        })
    }

    /// Returns the paths of the files that arguments of `--config` name.
    pub(crate) fn named(arguments: &[String], directory: &Path) -> Vec<PathBuf> {
        let files = arguments
            .iter()
            .filter_map(|argument| file_of(argument, directory));
        let files = files.flat_map(ConfigFile::named);
        files.map(|file| file.path).collect()
    }

    /// Returns the variables of `[env]`. The first layer that sets a variable wins.
    pub(crate) fn variables(&self) -> BTreeMap<String, Variable> {
        let mut variables = BTreeMap::new();
        for layer in self.all() {
            for (name, setting) in &layer.config.env {
                if let Entry::Vacant(entry) = variables.entry(name.clone()) {
                    entry.insert(setting.clone().variable(&layer.base));
                }
            }
        }
        variables
    }

    /// Returns the value of a key that a variable can set as well: `build.target` is also `CARGO_BUILD_TARGET`.
    pub(crate) fn find(&self, keys: &[&str]) -> Option<Found> {
        let argument = first(&self.arguments, keys);
        let variable = || {
            let name = variable_of(keys);
            let value = self.variable(&name)?;
            Some(Found {
                value: Value::String(value.to_owned()),
                name,
                base: std::env::current_dir().ok()?,
            })
        };
        argument
            .or_else(variable)
            .or_else(|| first(&self.files, keys))
    }

    /// Returns the value of a key that no variable can set.
    pub(crate) fn find_written(&self, keys: &[&str]) -> Option<Found> {
        first(&self.arguments, keys).or_else(|| first(&self.files, keys))
    }

    /// Returns a variable of the environment, also one that is not a key of the configuration.
    pub(crate) fn variable(&self, name: &str) -> Option<&str> {
        self.environment.get(name).map(String::as_str)
    }

    /// Returns the keys of a table in all layers. A key may repeat.
    pub(crate) fn keys(&self, table: &str) -> impl Iterator<Item = &str> {
        self.all().flat_map(move |layer| layer.config.keys(table))
    }

    fn all(&self) -> impl Iterator<Item = &Layer> {
        self.arguments.iter().chain(&self.files)
    }
}

/// Returns the variables of this process that are text.
fn environment() -> Variables {
    let text = |value: OsString| value.into_string().ok();
    let variables = std::env::vars_os();
    variables
        .filter_map(|(name, value)| Some((text(name)?, text(value)?)))
        .collect()
}

/// Returns the file that an argument of `--config` names, if there is one.
fn file_of(argument: &str, directory: &Path) -> Option<PathBuf> {
    let path = directory.join(argument);
    (!argument.is_empty() && path.is_file()).then_some(path)
}

fn layers(files: Vec<ConfigFile>) -> anyhow::Result<Vec<Layer>> {
    let mut layers = Vec::new();
    for file in files {
        let (name, base) = (file.path.display().to_string(), file.base().to_owned());
        if let Some(config) = file.into_config()? {
            layers.push(Layer { name, base, config });
        }
    }
    Ok(layers)
}

fn first(layers: &[Layer], keys: &[&str]) -> Option<Found> {
    layers.iter().find_map(|layer| {
        Some(Found {
            value: layer.config.value(keys)?.clone(),
            name: layer.name.clone(),
            base: layer.base.clone(),
        })
    })
}

/// Returns the variable that sets a key.
fn variable_of(keys: &[&str]) -> String {
    let name = format!("CARGO_{}", keys.join("_"));
    name.replace(['-', '.'], "_").to_ascii_uppercase()
}

#[cfg(test)]
mod tests {
    use std::fs;

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
        let layers = Layers::of(&[], Variables::new(), &app, Some(&home)).unwrap();
        let found = layers.variables();
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
        let error = Layers::of(&[], Variables::new(), root.path(), None).unwrap_err();
        assert!(
            error.to_string().ends_with("/.cargo/config.toml"),
            "{error}"
        );
    }

    #[test]
    fn an_argument_beats_a_variable_beats_a_file() {
        let root = tempfile::tempdir().unwrap();
        let write = |name: &str, text: &str| fs::write(root.path().join(name), text).unwrap();
        fs::create_dir(root.path().join(".cargo")).unwrap();
        write(
            ".cargo/config.toml",
            "[build]\njobs = 1\n[env]\nA = 'file'\nB = 'file'",
        );
        write("given.toml", "[build]\njobs = 2\n[env]\nB = 'given'");
        let of_variable = Variables::from([("CARGO_BUILD_JOBS".to_owned(), "4".to_owned())]);
        let none = Variables::new();
        for (arguments, environment, jobs, b) in [
            (&[][..], &none, Value::from(1), "file"),
            (&[], &of_variable, Value::from("4"), "file"),
            (&["given.toml"], &of_variable, Value::from(2), "given"),
            (
                &["build.jobs=3", "given.toml"],
                &none,
                Value::from(2),
                "given",
            ),
            (
                &["given.toml", "build.jobs = 3", "env.B = 'last'"],
                &none,
                Value::from(3),
                "last",
            ),
        ] {
            let arguments: Vec<_> = arguments.iter().map(|text| (*text).to_owned()).collect();
            let layers = Layers::of(&arguments, environment.clone(), root.path(), None).unwrap();
            let found = layers.find(&["build", "jobs"]).unwrap();
            assert_eq!(found.value, jobs, "{arguments:?}");
            let variables = layers.variables();
            assert_eq!(variables["A"].value, "file", "{arguments:?}");
            assert_eq!(variables["B"].value, b, "{arguments:?}");
        }
        let error = Layers::of(&["nothing".to_owned()], none, root.path(), None).unwrap_err();
        let error = error.to_string();
        assert!(
            error.contains("`--config nothing` is neither a file nor"),
            "{error}"
        );
    }
}
