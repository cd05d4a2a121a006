//! The list of an engine's routes.

use std::fmt;
use std::time::Duration;

use serde_json::{Value, json};

use crate::extract::type_name;

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
    /// The params that the handler takes as something other than text, each with the full name of its type. They are known of
    /// handlers with an attribute.
    pub params: Vec<(&'static str, &'static str)>,
    /// The limit of request bodies that the route or its groups set, in bytes. Without one it is 2 MiB.
    pub body_limit: Option<usize>,
    /// The timeout that the route itself sets. That of a group is one of the `middlewares`.
    pub timeout: Option<Duration>,
}

impl RouteEntry {
    /// Returns the route as the tools of the dev server read it.
    pub(crate) fn json(&self) -> Value {
        let params = self.params.iter();
        let params: Vec<_> = params
            .map(|(name, kind)| (name, type_name::short(kind)))
            .collect();
        json!({
            "method": self.method,
            "pattern": self.pattern,
            "handler": self.handler,
            "file": self.file,
            "line": self.line,
            "middleware": self.middlewares,
            "group": self.group,
            "params": params,
            "body_limit": self.body_limit,
            "timeout": self.timeout.map(|timeout| format!("{timeout:?}")),
        })
    }
}

/// One line: `POST    /upload  app::upload (src/upload.rs:12) in Logger, Recovery, body up to 50 MB, timeout 30s`.
impl fmt::Display for RouteEntry {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let RouteEntry {
            method,
            pattern,
            handler,
            file,
            line,
            ..
        } = self;
        write!(f, "{method:<7} {pattern}  {handler} ({file}:{line})")?;
        if !self.middlewares.is_empty() {
            let short = self.middlewares.iter().map(|name| short(name));
            write!(f, " in {}", short.collect::<Vec<_>>().join(", "))?;
        }
        if let Some(bytes) = self.body_limit {
            write!(f, ", body up to {}", Size(bytes))?;
        }
        match self.timeout {
            Some(timeout) => write!(f, ", timeout {timeout:?}"),
            None => Ok(()),
        }
    }
}

/// Removes the path from a type's name.
fn short(name: &str) -> &str {
    name.rsplit("::").next().unwrap_or(name)
}

/// A number of bytes, shown in the largest unit of which it is a multiple.
struct Size(usize);

impl fmt::Display for Size {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        const UNITS: [(usize, &str); 6] = [
            (1 << 30, "GiB"),
            (1_000_000_000, "GB"),
            (1 << 20, "MiB"),
            (1_000_000, "MB"),
            (1 << 10, "KiB"),
            (1_000, "kB"),
        ];
        let Size(bytes) = *self;
        let fits = |(unit, _): &&(usize, &str)| bytes >= *unit && bytes.is_multiple_of(*unit);
        match UNITS.iter().find(fits) {
            Some((unit, name)) => write!(f, "{} {name}", bytes / unit),
            None => write!(f, "{bytes} B"),
        }
    }
}
