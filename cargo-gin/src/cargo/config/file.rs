//! Cargo's configuration files.

use std::collections::BTreeSet;
use std::path::{Path, PathBuf};

use toml::Value;

use crate::cargo::config::content::Config;

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

    /// Reads the file that an argument of cargo names, and those that it includes, those of greater precedence first.
    pub(super) fn named(path: PathBuf) -> Vec<ConfigFile> {
        let mut search = Search::default();
        search.read(path);
        search.files
    }

    /// Returns what it configures, or `None` for a file that cargo does not read.
    pub(super) fn into_config(self) -> anyhow::Result<Option<Config>> {
        match self.content {
            Content::Unread => Ok(None),
            Content::Broken(error) => Err(error),
            Content::Read(config) => Ok(Some(config)),
        }
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
