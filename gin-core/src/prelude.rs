//! What nearly every file of an app uses: `use gin::prelude::*;`.

pub use crate::{
    Body, ClientIp, Context, Cookies, Engine, Form, FromContext, Group, Html, IntoResponse, Json,
    Logger, Next, ParamBytes, Path, Problem, Query, Recovery, Redirect, Rejection, Response,
    Result, Route, State, routes,
};
pub use bytes::Bytes;
pub use gin_macros::{any, delete, get, head, options, patch, post, put, route};
pub use http::{HeaderMap, HeaderName, HeaderValue, Method, StatusCode, Uri};
pub use serde_json::json;
pub use tracing::{debug, error, info, warn};
