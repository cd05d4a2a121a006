//! The names that nearly every file of an app uses: `use gin::prelude::*;`.

pub use bytes::Bytes;
pub use gin_macros::{any, delete, get, head, options, patch, post, put, route};
pub use http::{HeaderMap, HeaderName, HeaderValue, Method, StatusCode, Uri};
pub use serde_json::json;
pub use tracing::{debug, error, info, warn};

#[doc(hidden)]
#[expect(deprecated, reason = "the deprecation is for those who use the name")]
pub use crate::app::Router;
pub use crate::app::{Group, Route};
pub use crate::content::Body;
pub use crate::dispatch::Engine;
pub use crate::extract::{
    ClientIp, Cookies, Extension, Form, FromContext, ParamBytes, Path, Query, Rejection, State,
};
#[cfg(feature = "multipart")]
#[cfg_attr(docsrs, doc(cfg(feature = "multipart")))]
pub use crate::extract::{Multipart, Upload};
pub use crate::failure::{OrStatus, Problem, Result};
pub use crate::middleware::{Logger, Next, Recovery};
pub use crate::request::Context;
pub use crate::response::{Html, IntoResponse, Json, Redirect, Response};
pub use crate::routes;
#[cfg(feature = "sessions")]
pub use crate::sessions::Session;
#[cfg(feature = "templates")]
#[cfg_attr(docsrs, doc(cfg(feature = "templates")))]
pub use crate::templates::{View, context};
