//! What handlers take: values made from a request.

mod bind;
mod fields;
mod form;
mod from_context;
mod header;
mod json;
mod json_path;
mod param_bytes;
mod path;
mod peer;
mod query;
mod rejection;
mod state;
mod text;
mod whole;

pub use form::Form;
pub use from_context::FromContext;
pub(crate) use from_context::extract;
pub use header::{Cookies, Header};
pub use param_bytes::ParamBytes;
pub use path::Path;
pub use peer::ClientIp;
pub use query::Query;
pub(crate) use rejection::not_text;
pub use rejection::{Rejection, Severity};
pub use state::{Needs, State};

pub use crate::content::BodyError;
