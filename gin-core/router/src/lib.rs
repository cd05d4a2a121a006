//! The router of `gin-core`: which of many [`Pattern`]s a path matches, and with what values.
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
//! A path is matched segment by segment. In each segment static text is preferred to a param after a static prefix (of
//! two prefixes the longer), that to a plain param, and that to a catch-all; what fails further down is taken back, so a
//! path is only not found when no pattern matches it. Params are never empty.

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
