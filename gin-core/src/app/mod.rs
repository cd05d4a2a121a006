//! The app as plain data: groups, routes and their URLs.

mod build_error;
mod group;
mod group_settings;
mod link;
mod missing_state;
mod mount;
mod part;
mod route;
mod route_settings;
mod shapes;
mod url;
mod words;

pub use build_error::BuildError;
pub(crate) use build_error::{Flaw, Label};
pub use group::{Group, default};
pub use link::UrlError;
pub(crate) use link::link;
pub(crate) use missing_state::MissingState;
pub(crate) use mount::Mounted;
#[cfg(feature = "files")]
pub(crate) use mount::{Mount, Reach, Source, Visit};
#[cfg(feature = "openapi")]
pub(crate) use part::DescribedRoute;
pub(crate) use part::{Part, PlacedRoute};
pub(crate) use route::At;
pub use route::{Route, Routes};
pub(crate) use route_settings::RouteSettings;
pub use shapes::distinct;
#[cfg(feature = "templates")]
pub(crate) use url::path_of;
pub use url::{UrlParam, url};
#[expect(deprecated, reason = "the deprecation is for those who use the name")]
pub use words::Router;
