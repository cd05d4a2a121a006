//! The list of an engine's routes.

use std::fmt;

/// A route of an engine, as [`Engine::routes`](crate::Engine::routes) lists it. A route with several methods has an entry for each.
///
/// ```
/// # use gin::prelude::*;
/// let engine = gin::default().nest(Group::new("/api").get("/users/:id", async || "a user")).build()?;
/// let entry = &engine.routes()[0];
/// assert_eq!((entry.method, &*entry.pattern, &*entry.group), ("GET", "/api/users/:id", "/api"));
/// assert_eq!(entry.middlewares.len(), 2);
/// assert!(entry.to_string().starts_with("GET     /api/users/:id"));
/// # Ok::<(), gin::routing::BuildError>(())
/// ```
#[derive(Debug, Clone, PartialEq, Eq)]
#[non_exhaustive]
pub struct RouteEntry {
    /// The method, or `ANY`.
    pub method: &'static str,
    /// The pattern with the prefixes of its groups.
    pub pattern: String,
    /// The prefixes of its groups, joined. Empty if none of them has a prefix.
    pub group: String,
    /// The handler's full name: the path of a function or the type of a closure.
    pub handler: &'static str,
    /// The source file that adds the route, as the compiler names it.
    pub file: &'static str,
    /// The line in that file, from 1.
    pub line: u32,
    /// The full names of the middleware around it, from the outside in.
    pub middlewares: Vec<&'static str>,
}

/// One line: `GET     /users/:id  app::users::show (src/users.rs:12) in Logger, Recovery`.
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
