//! The rest of a chain as a service of tower.

use std::convert::Infallible;
use std::future::ready;
use std::task::{Context as Task, Poll};

use bytes::Buf;
use http::Request;
use http_body::Body as HttpBody;
use tower_service::Service;

use crate::content::Body;
use crate::failure::BoxError;
use crate::future::BoxFuture;
use crate::response::{IntoResponse, Response, settle};
use crate::tower::passage::{Errand, Misuse};

/// The service inside a layer: the middleware further in, and the handler.
///
/// It is ready at any time, never fails, and clones for free. A layer may call it later, in another task, never, or several times one
/// after the other, with requests that keep the extensions of the one that it has got. Everything else is a 500, with the mistake in the
/// log.
///
/// ```
/// # use gin::{prelude::*, testing::Client};
/// use gin::tower::NextService;
///
/// let app = Group::new("")
///     .layer(::tower::layer::layer_fn(|next: NextService| {
///         ::tower::service_fn(move |request: http::Request<Body>| {
///             let mut next = next.clone();
///             async move { ::tower::Service::call(&mut next, request).await }
///         })
///     }))
///     .get("/", async || "home");
/// # tokio::runtime::Runtime::new()?.block_on(async {
/// Client::new(app).get("/").await.has_text("home");
/// # });
/// # Ok::<(), std::io::Error>(())
/// ```
#[derive(Debug, Clone)]
pub struct NextService(());

impl NextService {
    pub(super) fn new() -> NextService {
        NextService(())
    }
}

impl<B> Service<Request<B>> for NextService
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
        run(request.map(Body::erase))
    }
}

/// Runs the rest of the chain.
async fn rest(mut errand: Errand) -> Result<Response, Infallible> {
    let Some((next, cx)) = errand.parts() else {
        return Ok(Misuse::OtherRequest.into_response());
    };
    let mut response = next.run(cx).await;
    settle(cx, &mut response);
    Ok(response)
}

fn run(request: Request<Body>) -> BoxFuture<'static, Result<Response, Infallible>> {
    match Errand::begin(request) {
        Ok(errand) => Box::pin(rest(errand)),
        Err(misuse) => Box::pin(ready(Ok(misuse.into_response()))),
    }
}
