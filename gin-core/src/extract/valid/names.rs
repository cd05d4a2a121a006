//! The names of fields as a client sends them.

use std::borrow::Cow;
use std::collections::BTreeMap;

use serde_json::Value;

#[cfg(feature = "multipart")]
use crate::extract::multipart::SentNames;
use crate::request::{Context, pairs};
use crate::response::is_json;

/// The names in a request, by a spelling that does not depend on the case: `first_name`, `firstName` and `first-name` are one.
#[derive(Debug, Default)]
pub(super) struct Names(BTreeMap<String, String>);

/// The spelling of a name without its case, underscores and dashes.
fn folded(name: &str) -> String {
    let name = name.chars().filter(|c| !matches!(c, '_' | '-'));
    name.map(|c| c.to_ascii_lowercase()).collect()
}

impl Names {
    /// Returns the names in a query or a urlencoded form.
    pub(super) fn of_pairs(text: &str) -> Names {
        let mut names = Names::default();
        for (name, _) in pairs(text) {
            names.add_path(&name);
        }
        names
    }

    /// Returns the names in the body, which was read already.
    pub(super) fn of_body(cx: &Context) -> Names {
        let mut names = Names::default();
        #[cfg(feature = "multipart")]
        if let Some(SentNames(sent)) = cx.get() {
            for name in sent {
                names.add_path(name);
            }
        }
        let Some(bytes) = cx.whole_body() else {
            return names;
        };
        match cx.content_type() {
            Some(sent) if is_json(sent) => {
                let value = serde_json::from_slice(bytes).unwrap_or_default();
                names.add_keys(&value);
                names
            }
            Some("application/x-www-form-urlencoded") => {
                Names::of_pairs(&String::from_utf8_lossy(bytes))
            }
            _ => names,
        }
    }

    /// Adds the keys in the name of a form's field.
    fn add_path(&mut self, name: &str) {
        name.split(['[', ']', '.']).for_each(|key| self.add(key));
    }

    fn add(&mut self, name: &str) {
        self.0
            .entry(folded(name))
            .or_insert_with(|| name.to_owned());
    }

    fn add_keys(&mut self, value: &Value) {
        match value {
            Value::Array(elements) => elements.iter().for_each(|value| self.add_keys(value)),
            Value::Object(members) => {
                for (key, value) in members {
                    self.add(key);
                    self.add_keys(value);
                }
            }
            _ => {}
        }
    }

    /// Returns the name that was sent for a field, or the field's own.
    pub(super) fn sent<'a>(&'a self, field: &'a str) -> Cow<'a, str> {
        match self.0.get(&folded(field)) {
            Some(name) => Cow::Borrowed(name),
            None if self.is_camel_case() => Cow::Owned(camel_case(field)),
            None => Cow::Borrowed(field),
        }
    }

    /// Returns `true` if the client spells its names like `firstName`.
    fn is_camel_case(&self) -> bool {
        let has_capital = |name: &String| name.chars().skip(1).any(|c| c.is_ascii_uppercase());
        let has_dash = |name: &String| name.contains(['_', '-']);
        self.0.values().any(has_capital) && !self.0.values().any(has_dash)
    }
}

fn camel_case(field: &str) -> String {
    let mut words = field.split('_');
    let first = words.next().unwrap_or_default().to_owned();
    words.fold(first, |mut name, word| {
        let mut chars = word.chars();
        name.extend(chars.next().map(|c| c.to_ascii_uppercase()));
        name.extend(chars);
        name
    })
}
