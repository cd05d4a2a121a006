//! The routes of an app: groups, patterns, and the rules for paths that no route matches.

pub use gin_router::{Pattern, PatternError};

pub use crate::app::{BuildError, Group, Route, Routes, default};
pub use crate::dispatch::{Engine, RouteEntry};
pub use crate::request::{Routing, TrailingSlash};
pub use crate::routes;
