//! Redirects.

use http::header::LOCATION;
use http::{HeaderValue, StatusCode};

use crate::failure::{IntoStatus, Problem};
use crate::response::{IntoResponse, Response};

/// A redirect to another URI (RFC 9110 §15.4). A location that is not valid in a header is a 500 response.
///
/// ```
/// # use gin::{prelude::*, testing::Client};
/// async fn sign_up() -> Redirect {
///     Redirect::to("/welcome")
/// }
///
/// # tokio::runtime::Runtime::new()?.block_on(async {
/// let client = Client::new(Group::new("").post("/sign-up", sign_up));
/// client.post("/sign-up").await.is(303).has_header("location", "/welcome");
/// # });
/// # Ok::<(), std::io::Error>(())
/// ```
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Redirect {
    status: StatusCode,
    location: String,
}

impl Redirect {
    /// Creates a 303: the client requests `location` with `GET`, for example after it sent a form.
    pub fn to(location: impl Into<String>) -> Redirect {
        Redirect::with(303, location)
    }

    /// Creates a 307: the client repeats its request at `location`, this time only.
    pub fn temporary(location: impl Into<String>) -> Redirect {
        Redirect::with(307, location)
    }

    /// Creates a 308: the client repeats its request at `location`, and goes there directly from now on.
    pub fn permanent(location: impl Into<String>) -> Redirect {
        Redirect::with(308, location)
    }

    /// Creates a redirect with another status.
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
