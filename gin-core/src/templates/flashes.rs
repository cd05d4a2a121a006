//! The session for templates that show its messages: a view takes it, if the handler has not.

use std::any::TypeId;
use std::sync::Arc;

use crate::extract::Needs;
use crate::future::BoxFuture;
use crate::handlers::{Handler, RouteHandler};
use crate::middleware::{Layer, Provided};
use crate::request::{Context, Scope};
use crate::response::{Response, complete_prepared, settle};
use crate::sessions::Session;
use crate::templates::renderer::Renderer;

/// The function of templates that returns the messages.
pub(super) const FUNCTION: &str = "flashes";

/// A handler whose views may show the messages of the session.
struct WithFlashes(RouteHandler);

/// Returns the handler of a route so that its views may show the messages of the session, if there are views and a session.
pub(crate) fn with_flashes(handler: RouteHandler, scope: &Scope, layers: &[Layer]) -> RouteHandler {
    let mut provided = Provided::default();
    for layer in layers {
        layer.middleware.provides(&mut provided);
    }
    let has_views = scope.states.has(TypeId::of::<Arc<Renderer>>());
    if has_views && provided.has(TypeId::of::<Session>()) {
        RouteHandler::Shared(Arc::new(WithFlashes(handler)))
    } else {
        handler
    }
}

impl Handler for WithFlashes {
    fn call<'a>(&'a self, cx: &'a mut Context) -> BoxFuture<'a, Response> {
        Box::pin(async move {
            cx.prepares = true;
            let mut response = self.0.call(cx).await;
            cx.prepares = false;
            complete_prepared(cx, &mut response).await;
            settle(cx, &mut response);
            response
        })
    }

    fn needs(&self, needs: &mut Needs) {
        self.0.needs(needs);
    }
}

/// Takes the session for a view, if its templates show messages. A store that fails does not take the page with it: the messages
/// are there for the next one.
pub(super) fn take_session(cx: &mut Context) -> BoxFuture<'_, ()> {
    Box::pin(async move {
        let renderer = cx.state::<Arc<Renderer>>();
        if !renderer.is_some_and(|renderer| renderer.mentions_flashes()) {
            return;
        }
        if let Err(rejection) = cx.session().await {
            tracing::warn!("a page is shown without the messages of its session: {rejection:?}");
        }
    })
}
