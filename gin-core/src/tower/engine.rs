//! Engines as services of tower.

use std::convert::Infallible;
use std::task::{Context as Task, Poll};

use bytes::Buf;
use http::Request;
use http_body::Body as HttpBody;
use tower_service::Service;

use crate::content::Body;
use crate::dispatch::Engine;
use crate::failure::BoxError;
use crate::future::BoxFuture;
use crate::response::Response;
use crate::server::handle;

/// An engine is a service that is ready at any time and never fails, as [`Engine::handle`].
#[cfg_attr(docsrs, doc(cfg(feature = "tower")))]
impl<B> Service<Request<B>> for Engine
where
    B: HttpBody<Data: Buf, Error: Into<BoxError>> + Send + 'static,
{
    type Response = Response;
    type Error = Infallible;
    type Future = BoxFuture<'static, Result<Response, Infallible>>;

    fn poll_ready(&mut self, _: &mut Task<'_>) -> Poll<Result<(), Infallible>> {
        Poll::Ready(Ok(()))
    }

    fn call(&mut self, request: Request<B>) -> Self::Future {
        respond(self.clone(), request.map(Body::of_client))
    }
}

fn respond(
    engine: Engine,
    request: Request<Body>,
) -> BoxFuture<'static, Result<Response, Infallible>> {
    Box::pin(async { Ok(handle(engine, request).await) })
}
