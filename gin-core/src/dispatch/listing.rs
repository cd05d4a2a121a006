//! The routes of an engine, to be shown.

use std::fmt;

/// A route of an engine, as [`Engine::routes`](crate::Engine::routes) lists it.
#[derive(Debug, Clone, PartialEq, Eq)]
#[non_exhaustive]
pub struct RouteEntry {
    /// The method, or `ANY`.
    pub method: &'static str,
    /// The pattern with the prefixes of its groups.
    pub pattern: String,
    /// The prefixes of its groups; empty outside all of them.
    pub group: String,
    /// The full name of the handler's function.
    pub handler: &'static str,
    /// Where it was registered.
    pub file: &'static str,
    /// Where it was registered.
    pub line: u32,
    /// The full names of what runs around it, from the outside in.
    pub middlewares: Vec<&'static str>,
}

/// `GET     /users/:id  app::users::show (src/users.rs:12) in Logger, Recovery`
impl fmt::Display for RouteEntry {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let RouteEntry {
            method,
            pattern,
            group: _,
            handler,
            file,
            line,
            middlewares,
        } = self;
        write!(f, "{method:<7} {pattern}  {handler} ({file}:{line})")?;
        if middlewares.is_empty() {
            return Ok(());
        }
        let short = middlewares.iter().map(|name| name.rsplit("::").next());
        let short: Vec<_> = short.flatten().collect();
        write!(f, " in {}", short.join(", "))
    }
}
