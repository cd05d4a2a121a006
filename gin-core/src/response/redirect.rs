//! Redirects.

use http::header::LOCATION;
use http::{HeaderValue, StatusCode};

use crate::failure::{IntoStatus, Problem};
use crate::response::{IntoResponse, Response};

/// A redirect to another address.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Redirect {
    status: StatusCode,
    location: String,
}

impl Redirect {
    /// 303: the client gets `location` with `GET`, as after a form was sent.
    pub fn to(location: impl Into<String>) -> Redirect {
        Redirect::with(303, location)
    }

    /// 307: the client repeats its request at `location`, this time only.
    pub fn temporary(location: impl Into<String>) -> Redirect {
        Redirect::with(307, location)
    }

    /// 308: the client repeats its request at `location`, from now on.
    pub fn permanent(location: impl Into<String>) -> Redirect {
        Redirect::with(308, location)
    }

    /// A redirect under a status of one's own choice.
    pub fn with(status: impl IntoStatus, location: impl Into<String>) -> Redirect {
        Redirect {
            status: status.into_status(),
            location: location.into(),
        }
    }
}

impl IntoResponse for Redirect {
    fn into_response(self) -> Response {
        let Ok(location) = HeaderValue::try_from(self.location) else {
            return Problem::new(500).into_response();
        };
        let mut response = self.status.into_response();
        response.headers_mut().insert(LOCATION, location);
        response
    }
}
