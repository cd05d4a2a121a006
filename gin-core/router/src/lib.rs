//! The router of `gin-core`: it finds which of many [`Pattern`]s a path matches, and with which values.
//!
//! # Patterns
//!
//! A pattern consists of static text, `:name` for a param, and `*name` for a catch-all. A param takes one segment or the end of
//! one, and is never empty. A catch-all takes the rest of the path, from its slash on.
//!
//! ```
//! use gin_router::Pattern;
//!
//! let pattern = Pattern::parse("/users/:id/files/*path")?;
//! assert!(pattern.names().eq(["id", "path"]));
//!
//! let error = Pattern::parse("users/:id").unwrap_err();
//! assert_eq!(error.to_string(), "bad pattern `users/:id`: a pattern starts with `/`");
//! # Ok::<(), gin_router::PatternError>(())
//! ```
//!
//! # Lookups
//!
//! A [`Router`] contains patterns, each with a number of the caller's choice. [`Router::find`] returns the number of the pattern
//! that a path matches, and writes the positions of the values to [`Params`].
//!
//! ```
//! use gin_router::{Params, Pattern, Router};
//!
//! let mut router = Router::default();
//! router.insert(&Pattern::parse("/hello/:name")?, 7).expect("the router is empty");
//!
//! let mut params = Params::default();
//! assert_eq!(router.find("/hello/ann", &mut params), Some(7));
//! assert_eq!(params.value(0, "/hello/ann"), Some("ann"));
//! # Ok::<(), gin_router::PatternError>(())
//! ```
//!
//! # Precedence
//!
//! A path is matched segment by segment. In each segment the router prefers static text, then a param after a static prefix
//! (longer prefixes first), then a plain param, then a catch-all. It backtracks from dead ends, so it finds a pattern whenever
//! one matches.
//!
//! ```
//! # use gin_router::{Params, Pattern, Router};
//! let patterns = ["/users/me", "/users/user_:name", "/users/:id", "/*path"];
//! let mut router = Router::default();
//! for (number, pattern) in (0..).zip(patterns) {
//!     router.insert(&Pattern::parse(pattern)?, number).expect("the shapes are different");
//! }
//! let find = |path| router.find(path, &mut Params::default()).map(|number| patterns[number as usize]);
//! assert_eq!(find("/users/me"), Some("/users/me"));
//! assert_eq!(find("/users/user_ann"), Some("/users/user_:name"));
//! assert_eq!(find("/users/7"), Some("/users/:id"));
//! assert_eq!(find("/users/7/posts"), Some("/*path"));
//! # Ok::<(), gin_router::PatternError>(())
//! ```
//!
//! # Paths
//!
//! A path can be percent-encoded in many ways. [`path::canonicalize`] returns the spelling to look up. The module [`path`] also
//! decodes values, and encodes and cleans paths.

mod grammar;
mod params;
mod pattern;
mod router;

mod search;

mod edges;
mod segment;
mod swar;

mod case_folding;
mod fix_case;
pub mod path;

pub use grammar::{PatternErrorKind, check, same_shape, shape_hash};
pub use params::Params;
pub use pattern::{Pattern, PatternError, Piece};
pub use router::Router;
