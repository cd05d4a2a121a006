//! One request: its context, and the scope of the group that handles it.

mod body;
mod context;
mod error_map;
mod extensions;
mod outcome;
mod pairs;
mod params;
mod proxies;
mod routing;
mod scope;
mod words;

pub(crate) use body::RequestBody;
pub use context::Context;
pub(crate) use error_map::ErrorMap;
pub(crate) use outcome::Outcome;
pub(crate) use pairs::pairs;
pub(crate) use params::Params;
pub(crate) use proxies::{NotANetwork, Proxies};
pub use routing::{Routing, TrailingSlash};
pub(crate) use scope::{ErrorHook, Scope, Site, States};
pub(crate) use words::words;
