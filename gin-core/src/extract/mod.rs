//! What handlers take: values made from a request.

mod fields;
mod form;
mod from_context;
mod header;
mod input;
mod json;
mod json_path;
mod param;
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
pub use input::Extractor;
pub(crate) use json::is_json;
pub(crate) use param::FromParam;
pub use param::{ParamBytes, param, param_str};
pub use path::Path;
pub use peer::ClientIp;
pub use query::Query;
pub use rejection::{Fault, Rejection};
pub use state::{Needs, State};
