//! The app as plain data: groups, routes and their URLs.

mod build_error;
mod group;
mod part;
mod route;
mod shapes;
mod url;

pub use build_error::BuildError;
pub(crate) use build_error::{Flaw, Label};
pub use group::{Group, default};
pub(crate) use part::{Part, PlacedRoute};
pub(crate) use route::At;
pub use route::{Route, Routes};
pub use shapes::distinct;
#[cfg(feature = "templates")]
pub(crate) use url::path_of;
pub use url::{UrlParam, url};
