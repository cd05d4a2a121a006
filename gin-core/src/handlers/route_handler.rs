//! Handlers of routes, their types erased.

use std::sync::Arc;

use crate::extract::Needs;
use crate::future::BoxFuture;
use crate::handlers::attribute::{Attribute, AttributeNeeds};
use crate::handlers::handler::Handler;
use crate::request::Context;
use crate::response::Response;

/// The handler of a route: a constant that an attribute makes, or one that is made at run time.
#[derive(Clone)]
pub(crate) enum RouteHandler {
    Attribute {
        handler: &'static dyn Attribute,
        needs: AttributeNeeds,
        /// A hash of the pattern, equal for patterns of equal shapes.
        shape: u64,
    },
    Shared(Arc<dyn Handler>),
}

impl Handler for RouteHandler {
    fn call<'a>(&'a self, cx: &'a mut Context) -> BoxFuture<'a, Response> {
        match self {
            RouteHandler::Attribute { handler, .. } => handler.call(cx),
            RouteHandler::Shared(handler) => handler.call(cx),
        }
    }

    fn needs(&self, needs: &mut Needs) {
        match self {
            RouteHandler::Attribute { needs: own, .. } => own.declare(needs),
            RouteHandler::Shared(handler) => handler.needs(needs),
        }
    }
}
