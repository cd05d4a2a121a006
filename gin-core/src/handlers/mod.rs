//! Functions that respond to requests: from extractors, or from `&mut Context`, to a response.

mod argument;
mod attribute;
mod handler;
mod output;
mod param;
mod route_handler;

pub(crate) use attribute::Attribute;
pub use handler::{Args, Cx, Handler, IntoHandler, Itself};
pub(crate) use route_handler::RouteHandler;

#[doc(hidden)]
pub mod __private {
    pub use crate::handlers::argument::Extractor;
    pub use crate::handlers::attribute::{Adapter, Closure, from_param, from_request, to_response};
    pub use crate::handlers::output::{answer, response, settled};
    pub use crate::handlers::param::{param, param_str};
}
