//! Redirects.

use http::header::LOCATION;
use http::{HeaderValue, StatusCode};
use percent_encoding::{AsciiSet, CONTROLS, utf8_percent_encode};

#[cfg(feature = "openapi")]
use crate::description::Operation;
use crate::failure::{IntoStatus, Problem};
use crate::response::{IntoResponse, Response};

/// A redirect to another URI (RFC 9110 §15.4).
///
/// Characters that a URI cannot have are percent-encoded: those beyond ASCII, spaces and backslashes for example. A location with a
/// control character, such as a line feed, is a 500 response.
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

    /// Creates a redirect with another status: 201, 300 to 303, 307 or 308. With any other it is a 500 response, because clients
    /// would not follow it.
    pub fn with(status: impl IntoStatus, location: impl Into<String>) -> Redirect {
        Redirect {
            status: status.into_status(),
            location: location.into(),
        }
    }
}

impl IntoResponse for Redirect {
    fn into_response(self) -> Response {
        if !has_location(self.status) {
            let cause = format!(
                "a redirect has a status of 201, 300 to 303, 307 or 308, not {}",
                self.status
            );
            return Problem::new(500).because(cause).into_response();
        }
        let location = utf8_percent_encode(&self.location, &NOT_IN_URIS).to_string();
        let location = match HeaderValue::try_from(location) {
            Ok(location) => location,
            Err(error) => return Problem::new(500).because(error).into_response(),
        };
        let mut response = self.status.into_response();
        response.headers_mut().insert(LOCATION, location);
        response
    }

    #[cfg(feature = "openapi")]
    fn describe(operation: &mut Operation) {
        operation.redirect();
    }
}

/// The printable ASCII characters that are not in RFC 3986. A `%` stays, as the location may be encoded already, and so do control
/// characters, which are refused.
const NOT_IN_URIS: AsciiSet = without_controls(CONTROLS)
    .add(b' ')
    .add(b'"')
    .add(b'<')
    .add(b'>')
    .add(b'\\')
    .add(b'^')
    .add(b'`')
    .add(b'{')
    .add(b'|')
    .add(b'}');

const fn without_controls(all: &AsciiSet) -> AsciiSet {
    let mut set = all.remove(0x7f);
    let mut byte = 0;
    while byte < 0x20 {
        set = set.remove(byte);
        byte += 1;
    }
    set
}

fn has_location(status: StatusCode) -> bool {
    matches!(status.as_u16(), 201 | 300..=303 | 307 | 308)
}
