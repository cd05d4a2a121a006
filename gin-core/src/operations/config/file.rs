//! The file of settings, in TOML.

use std::io::ErrorKind;
use std::path::Path;

use strsim::jaro_winkler;
use toml::Spanned;
use toml::de::{DeInteger, DeTable, DeValue};

use crate::operations::config::layers::{Layers, Origin};

/// The top-level table with the tables of environments.
const ENVIRONMENTS: &str = "env";

/// A file of settings.
pub(super) struct File<'a> {
    /// The path, as messages show it.
    name: String,
    text: &'a str,
}

/// Returns the text of a file, or `None` if it is optional and is not there.
pub(super) fn read(path: &Path, presence: Presence) -> Result<Option<String>, String> {
    match std::fs::read_to_string(path) {
        Ok(text) => Ok(Some(text)),
        Err(error) if error.kind() == ErrorKind::NotFound && presence == Presence::Optional => {
            Ok(None)
        }
        Err(error) => Err(format!("cannot read {}: {error}", path.display())),
    }
}

/// The presence that is expected of a file.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Presence {
    Optional,
    Required,
}

impl<'a> File<'a> {
    pub(super) fn new(path: &Path, text: &'a str) -> File<'a> {
        File {
            name: path.display().to_string(),
            text,
        }
    }

    /// Adds the settings of the file, and then those of its table for `environment`. Returns warnings.
    ///
    /// # Errors
    ///
    /// Returns all mistakes of syntax.
    pub(super) fn add_to(
        &self,
        layers: &mut Layers,
        environment: &str,
    ) -> Result<Vec<String>, Vec<String>> {
        let (table, errors) = DeTable::parse_recoverable(self.text);
        if !errors.is_empty() {
            let flaws = errors.iter().map(|error| {
                let start = error.span().map_or(0, |span| span.start);
                format!("{}:{}: {}", self.name, self.line(start), error.message())
            });
            return Err(flaws.collect());
        }
        let table = table.get_ref();
        for (key, value) in table {
            if key.get_ref() != ENVIRONMENTS {
                self.add(layers, key.get_ref(), value);
            }
        }
        let environments = table.get(ENVIRONMENTS).map(Spanned::get_ref);
        let Some(DeValue::Table(environments)) = environments else {
            return Ok(Vec::new());
        };
        match environments.get(environment).map(Spanned::get_ref) {
            Some(DeValue::Table(own)) => {
                for (key, value) in own {
                    self.add(layers, key.get_ref(), value);
                }
                Ok(Vec::new())
            }
            _ => Ok(self.misspelled(environments, environment)),
        }
    }

    /// Warns of an environment without a table that is nearly the name of one with a table.
    fn misspelled(&self, environments: &DeTable<'_>, environment: &str) -> Vec<String> {
        let names = environments.keys().map(|name| name.get_ref().as_ref());
        let near = nearest(environment, names);
        let warning = near.map(|near| {
            let name = &self.name;
            format!("{name} has no table [env.{environment}]; did you mean `{near}`?")
        });
        warning.into_iter().collect()
    }

    fn add(&self, layers: &mut Layers, key: &str, value: &Spanned<DeValue<'_>>) {
        let origin = |at| Origin::File {
            name: self.name.clone(),
            line: self.line(at),
        };
        spread(layers, &mut vec![key.to_owned()], value, &origin);
    }

    /// Returns the line of a byte, from 1.
    fn line(&self, at: usize) -> usize {
        let before = self.text.bytes().take(at);
        before.filter(|byte| *byte == b'\n').count() + 1
    }
}

/// Adds a value, with those inside it. `origin` returns the place of a byte of the source.
pub(super) fn spread(
    layers: &mut Layers,
    keys: &mut Vec<String>,
    value: &Spanned<DeValue<'_>>,
    origin: &dyn Fn(usize) -> Origin,
) {
    let text = match value.get_ref() {
        DeValue::Table(table) => {
            for (key, value) in table {
                keys.push(key.get_ref().to_string());
                spread(layers, keys, value, origin);
                keys.pop();
            }
            return;
        }
        DeValue::Array(array) => {
            layers.clear(keys);
            for (index, value) in array.iter().enumerate() {
                keys.push(index.to_string());
                spread(layers, keys, value, origin);
                keys.pop();
            }
            return;
        }
        DeValue::String(text) => text.to_string(),
        DeValue::Integer(number) => decimal(number),
        DeValue::Float(number) => number.as_str().to_owned(),
        DeValue::Boolean(value) => value.to_string(),
        DeValue::Datetime(time) => time.to_string(),
    };
    layers.set(keys, text, origin(value.span().start));
}

/// Returns a number in decimal digits, which types are read from.
fn decimal(number: &DeInteger<'_>) -> String {
    match i128::from_str_radix(number.as_str(), number.radix()) {
        Ok(number) => number.to_string(),
        // The type refuses it, too.
        Err(_) => number.as_str().to_owned(),
    }
}

/// Returns the most similar of `names`, if it is similar.
pub(super) fn nearest<'n>(name: &str, names: impl Iterator<Item = &'n str>) -> Option<&'n str> {
    const SIMILAR: f64 = 0.8;
    let near = names.map(|other| (jaro_winkler(name, other), other));
    let near = near.filter(|(similarity, _)| *similarity > SIMILAR);
    let best = near.max_by(|(one, _), (other, _)| one.total_cmp(other));
    best.map(|(_, name)| name)
}
