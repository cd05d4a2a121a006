//! Settings from variables of the environment: `APP_DATABASE__URL` is `database.url`.

use std::ffi::OsString;

use toml::Spanned;
use toml::de::DeValue;

use crate::operations::config::file::spread;
use crate::operations::config::layers::{Layers, Origin};

/// A variable of the environment.
pub(super) type Variable = (OsString, OsString);

/// Adds the settings of the variables whose names start with the prefix. Returns the flaws of their values.
pub(super) fn add(layers: &mut Layers, prefix: &str, variables: Vec<Variable>) -> Vec<String> {
    let mut flaws = Vec::new();
    // In the order of their names, so that the outcome does not depend on the system.
    let mut named: Vec<_> = variables
        .into_iter()
        .filter_map(of_prefix(prefix))
        .collect();
    named.sort();
    for (name, mut keys, value) in named {
        match value.into_string() {
            Ok(text) => match list(&text) {
                Some(list) => spread(layers, &mut keys, &list, &|_| {
                    Origin::Variable(name.clone())
                }),
                None => layers.set(&keys, text, Origin::Variable(name)),
            },
            Err(_) => flaws.push(format!("{name}: is not UTF-8")),
        }
    }
    flaws
}

/// Returns the list that a text spells in TOML, such as `["a", "b"]`. Any other text is meant as it stands.
fn list(text: &str) -> Option<Spanned<DeValue<'_>>> {
    let value = text.starts_with('[').then(|| DeValue::parse(text).ok())??;
    matches!(value.get_ref(), DeValue::Array(_)).then_some(value)
}

/// Returns a function that reads the keys from a variable's name, unless it is not a setting.
fn of_prefix(prefix: &str) -> impl Fn(Variable) -> Option<(String, Vec<String>, OsString)> {
    let start = format!("{prefix}_");
    move |(name, value)| {
        let name = name.into_string().ok()?;
        let path = name.strip_prefix(&start)?.to_lowercase();
        let keys: Vec<_> = path.split("__").map(str::to_owned).collect();
        let is_path = keys.iter().all(|key| !key.is_empty());
        is_path.then_some((name, keys, value))
    }
}
