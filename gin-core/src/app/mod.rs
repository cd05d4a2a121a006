//! The app as plain data: groups, routes and their URLs.

mod attribute_route;
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

pub use attribute_route::{AttributeRoute, HasRoute, adapted, adapted_with_views, closed};
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
pub use shapes::{collected, distinct};
pub use url::UrlParam;
#[cfg(feature = "templates")]
pub(crate) use url::path_of;
pub(crate) use url::url;
#[expect(deprecated, reason = "the deprecation is for those who use the name")]
pub use words::Router;
