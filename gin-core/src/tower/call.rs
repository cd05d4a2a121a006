//! The call of a service of tower, in steps: the request leaves its context only when the service is ready.

use std::future::poll_fn;
use std::panic::Location;

use bytes::Buf;
use http::{Request, StatusCode};
use http_body::Body as HttpBody;
use tower_service::Service;

use crate::content::Body;
use crate::failure::{BoxError, Problem};
use crate::response::Response;

/// The reason why a service has no response.
pub(super) enum Failure {
    /// It takes no requests.
    NotReady(BoxError),
    Failed(BoxError),
}

impl Failure {
    /// Returns the problem that the client gets: that of a [`gin::Error`](crate::Error) in the error, else 503 or 500.
    pub(super) fn problem(self, place: &'static Location<'static>) -> Problem {
        match self {
            Failure::Failed(error) => Problem::caused_by(error, place),
            Failure::NotReady(error) => {
                let problem = Problem::caused_by(error, place);
                match problem.status() {
                    StatusCode::INTERNAL_SERVER_ERROR => {
                        problem.status_of(StatusCode::SERVICE_UNAVAILABLE)
                    }
                    _ => problem,
                }
            }
        }
    }
}

/// Waits until `service` takes a request.
pub(super) async fn ready<S>(service: &mut S) -> Result<(), Failure>
where
    S: Service<Request<Body>, Error: Into<BoxError>>,
{
    let ready = poll_fn(|task| service.poll_ready(task)).await;
    ready.map_err(|error| Failure::NotReady(error.into()))
}

/// Returns the response of a service that was called.
pub(super) fn response<B>(
    called: Result<http::Response<B>, impl Into<BoxError>>,
) -> Result<Response, Failure>
where
    B: HttpBody<Data: Buf, Error: Into<BoxError>> + Send + 'static,
{
    let response = called.map_err(|error| Failure::Failed(error.into()))?;
    Ok(response.map(Body::erase))
}
