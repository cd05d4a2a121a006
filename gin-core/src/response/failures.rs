//! Failures as responses, which are put into words once the request is known.

use crate::content::Body;
use crate::failure::{Error, Panic, Problem};
use crate::response::{IntoResponse, Response};

impl Problem {
    /// The problem that a response was made from.
    pub fn of(response: &Response) -> Option<&Problem> {
        response.extensions().get()
    }
}

impl IntoResponse for Problem {
    fn into_response(self) -> Response {
        let mut response = Response::default();
        *response.status_mut() = self.status();
        *response.body_mut() = Body::problem(self);
        response
    }
}

impl IntoResponse for Error {
    fn into_response(self) -> Response {
        Problem::from(self).into_response()
    }
}

impl IntoResponse for Panic {
    fn into_response(self) -> Response {
        Problem::from(self).into_response()
    }
}
