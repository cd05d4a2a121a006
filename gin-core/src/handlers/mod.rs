//! Functions that respond to requests: from extractors, or from `&mut Context`, to a response.

mod argument;
mod attribute;
mod handler;
mod output;
mod param;
mod route_handler;

pub use argument::Extractor;
pub(crate) use attribute::Attribute;
pub use attribute::{Adapter, Closure, from_param, from_request, to_response};
pub use handler::{Args, Cx, Handler, IntoHandler, Itself};
pub use output::{answer, response, settled};
pub(crate) use param::not_text;
pub use param::{ParamBytes, param, param_str};
pub(crate) use route_handler::RouteHandler;
