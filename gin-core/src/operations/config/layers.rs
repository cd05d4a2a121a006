//! Settings of several sources, the later of which replace those of the earlier.

use std::borrow::Cow;
use std::fmt;

use crate::extract::{Leaf, Tree};

/// Settings by their paths.
#[derive(Debug, Default)]
pub(super) struct Layers(Vec<Setting>);

/// A value, and the place that sets it.
#[derive(Debug)]
struct Setting {
    keys: Vec<String>,
    text: String,
    origin: Origin,
}

/// The place that sets a value.
#[derive(Debug, Clone)]
pub(super) enum Origin {
    File { name: String, line: usize },
    Variable(String),
}

impl Layers {
    /// Sets a value. It replaces a value, a list or a table at its place.
    pub(super) fn set(&mut self, keys: &[String], text: String, origin: Origin) {
        self.clear(keys);
        // A value above this one was set by an earlier layer.
        self.0.retain(|setting| !keys.starts_with(&setting.keys));
        self.0.push(Setting {
            keys: keys.to_vec(),
            text,
            origin,
        });
    }

    /// Removes everything at a place, before a list is set.
    pub(super) fn clear(&mut self, keys: &[String]) {
        self.0.retain(|setting| !setting.keys.starts_with(keys));
    }

    /// Returns the place that sets the value at a path as errors have it, `items[0].name`, or one below it.
    pub(super) fn origin(&self, path: &str) -> Option<&Origin> {
        let path = plain(path);
        let below = format!("{path}.");
        let found = self.0.iter().find(|setting| {
            let own = setting.keys.join(".");
            own == path || own.starts_with(&below)
        });
        found.map(|setting| &setting.origin)
    }

    /// Returns the values as a tree, which types are read from.
    pub(super) fn tree(&self) -> Result<Tree<'_>, String> {
        let pairs = self.0.iter().map(|setting| {
            let text = Cow::Borrowed(&*setting.text);
            (Cow::Owned(name(&setting.keys)), Leaf::Text(text))
        });
        let tree = Tree::nested(pairs, usize::MAX);
        tree.map_err(|_| "a setting nests too deep".to_owned())
    }
}

/// Returns a path without brackets: `items.0.name`.
fn plain(path: &str) -> String {
    path.replace('[', ".").replace(']', "")
}

/// Returns the name that a tree splits into these keys.
fn name(keys: &[String]) -> String {
    let mut name = String::new();
    for key in keys {
        match (name.is_empty(), key.contains(['.', '['])) {
            (true, _) => name.push_str(key),
            (false, true) => name.extend(["[", key, "]"]),
            (false, false) => name.extend([".", key]),
        }
    }
    name
}

impl fmt::Display for Origin {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Origin::File { name, line } => write!(f, "{name}:{line}"),
            Origin::Variable(name) => f.write_str(name),
        }
    }
}
