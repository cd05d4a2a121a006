//! One request: its context, and the scope of the group that handles it.

mod access;
mod body;
#[cfg(any(feature = "compression", feature = "files"))]
mod codings;
mod context;
mod cookie_pairs;
mod error_map;
mod extensions;
mod fields;
mod forwarded;
mod host;
mod matched;
mod network;
mod outcome;
mod pairs;
mod params;
mod places;
mod proxies;
mod rest;
mod routing;
mod scope;
mod target;
mod trace_context;
mod values;
mod words;

pub(crate) use body::RequestBody;
#[cfg(any(feature = "compression", feature = "files"))]
pub(crate) use codings::Codings;
pub use context::Context;
pub(crate) use cookie_pairs::cookie_pairs;
pub(crate) use error_map::ErrorMap;
#[cfg(any(feature = "files", feature = "websocket"))]
pub(crate) use fields::only;
pub(crate) use fields::{is_token, weight};
pub(crate) use host::is_host;
pub(crate) use outcome::Outcome;
pub(crate) use pairs::pairs;
pub(crate) use params::Params;
pub(crate) use places::{Place, Places};
pub(crate) use proxies::BadProxies;
pub use proxies::Proxies;
pub(crate) use rest::stays_below;
pub use routing::{Routing, TrailingSlash};
pub(crate) use scope::{ErrorHook, MessageHook, Scope, Site, States};
pub use trace_context::TraceContext;
pub(crate) use words::{word, words};
