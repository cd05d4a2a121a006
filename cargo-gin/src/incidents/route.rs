//! The app's routes.

use serde::{Deserialize, Deserializer, Serialize};

use crate::incidents::pattern;

/// A route of the app.
#[derive(Clone, Debug, Deserialize, PartialEq, Eq, Serialize)]
pub(crate) struct Route {
    /// The method, or `ANY`.
    pub(crate) method: String,
    /// The whole pattern.
    pub(crate) pattern: String,
    /// The full name of the handler's function.
    pub(crate) handler: String,
    /// The file in which it was registered.
    pub(crate) file: String,
    /// The line in which it was registered.
    pub(crate) line: usize,
    /// The middleware around it, from the outside in.
    #[serde(deserialize_with = "short_names")]
    pub(crate) middleware: Vec<String>,
    /// The prefixes of its groups. Empty outside all of them.
    pub(crate) group: String,
    /// The params that are parsed, each with its type.
    #[serde(default, rename = "params", skip_serializing_if = "Vec::is_empty")]
    pub(crate) typed_params: Vec<(String, String)>,
    /// The limit of bodies that the app sets, in bytes.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(crate) body_limit: Option<u64>,
    /// The timeout of the route itself, with its unit.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(crate) timeout: Option<String>,
}

impl Route {
    /// Iterates over the names of the params in the pattern.
    pub(crate) fn params(&self) -> impl Iterator<Item = &str> {
        pattern::names(&self.pattern)
    }

    /// Returns `true` if the route takes requests with this method.
    pub(crate) fn answers(&self, method: &str) -> bool {
        let is_head = method == "HEAD" && self.method == "GET";
        self.method == method || self.method == "ANY" || is_head
    }
}

/// All routes, in the order they were mounted.
#[derive(Clone, Debug, Deserialize)]
pub(crate) struct Routes {
    pub(crate) routes: Vec<Route>,
}

fn short_names<'de, D: Deserializer<'de>>(names: D) -> Result<Vec<String>, D::Error> {
    let names = Vec::<String>::deserialize(names)?;
    Ok(names.iter().map(|name| short(name).to_owned()).collect())
}

/// Removes the path from the name of a type or a function: `gin::middleware::logger::Logger` is `Logger`. A closure has the
/// name of the function around it.
fn short(name: &str) -> &str {
    let name = name.split_once('<').map_or(name, |(name, _)| name);
    let own = name.trim_end_matches("::{{closure}}");
    let start = own.rfind("::").map_or(0, |at| at + 2);
    &name[start..]
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_are_short() {
        for (name, expected) in [
            ("gin::middleware::logger::Logger", "Logger"),
            ("blog::auth", "auth"),
            ("auth", "auth"),
            ("blog::Limit<alloc::string::String>", "Limit"),
            ("blog::app::{{closure}}", "app::{{closure}}"),
            ("", ""),
        ] {
            assert_eq!(short(name), expected);
        }
    }
}
