//! The one shape of everything that goes wrong: a problem in the sense of RFC 9457.

use std::borrow::Cow;
use std::error::Error as StdError;
use std::fmt;
use std::panic::Location;
use std::sync::Arc;

use bytes::Bytes;
use http::{HeaderMap, HeaderName, HeaderValue, StatusCode};
use serde::ser::SerializeMap;
use serde::{Serialize, Serializer};

use crate::failure::IntoStatus;
use crate::failure::error::BoxError;

/// Something went wrong: what the client is told about it, and what only the log is.
///
/// Rejections, 404s, 405s, limits, deadlines, caught panics and [`Error`](crate::Error)s all become one of these. A response made
/// from it is put into words once the request is known: `application/problem+json` for API clients, a small page for browsers,
/// text for the rest, or whatever [`Group::on_error`](crate::Group::on_error) says.
#[derive(Clone)]
pub struct Problem(Box<Parts>);

#[derive(Clone)]
struct Parts {
    status: StatusCode,
    detail: Option<Cow<'static, str>>,
    fields: Vec<FieldError>,
    headers: HeaderMap,
    cause: Option<Cause>,
    /// Where it was made.
    #[cfg(debug_assertions)]
    place: &'static Location<'static>,
}

/// What is wrong with one field of the input.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct FieldError {
    /// Where the field is: `items[0].name`.
    pub path: String,
    /// What is wrong with it.
    pub message: String,
}

/// The error behind a problem, and where it became one. Never sent to clients.
#[derive(Debug, Clone)]
pub struct Cause {
    error: Arc<dyn StdError + Send + Sync>,
    location: &'static Location<'static>,
}

impl Cause {
    /// The error.
    pub fn error(&self) -> &(dyn StdError + Send + Sync + 'static) {
        &*self.error
    }

    /// Where `?` turned the error into a response.
    pub fn location(&self) -> &'static Location<'static> {
        self.location
    }
}

impl Problem {
    /// A problem that is known by its status alone.
    #[cfg_attr(debug_assertions, track_caller)]
    pub fn new(status: impl IntoStatus) -> Problem {
        Problem(Box::new(Parts {
            status: status.into_status(),
            detail: None,
            fields: Vec::new(),
            headers: HeaderMap::new(),
            cause: None,
            #[cfg(debug_assertions)]
            place: Location::caller(),
        }))
    }

    pub(crate) fn caused_by(error: BoxError, location: &'static Location<'static>) -> Problem {
        let mut problem = Problem::new(StatusCode::INTERNAL_SERVER_ERROR);
        problem.0.cause = Some(Cause {
            error: error.into(),
            location,
        });
        problem
    }

    /// Says what went wrong this time, in words for the client.
    #[must_use]
    pub fn detail(mut self, detail: impl Into<Cow<'static, str>>) -> Problem {
        self.0.detail = Some(detail.into());
        self
    }

    /// Adds a field that is wrong.
    #[must_use]
    pub fn field(mut self, path: impl Into<String>, message: impl Into<String>) -> Problem {
        self.0.fields.push(FieldError {
            path: path.into(),
            message: message.into(),
        });
        self
    }

    /// Adds a header to the response, `Allow` or `Retry-After` for example.
    #[must_use]
    pub fn header(mut self, name: HeaderName, value: HeaderValue) -> Problem {
        self.0.headers.append(name, value);
        self
    }

    pub(crate) fn status_of(mut self, status: impl IntoStatus) -> Problem {
        self.0.status = status.into_status();
        self
    }

    /// The status of the response.
    pub fn status(&self) -> StatusCode {
        self.0.status
    }

    /// The status in words: "Not Found".
    pub fn title(&self) -> &'static str {
        self.0.status.canonical_reason().unwrap_or("Unknown Status")
    }

    /// What went wrong this time, in words for the client.
    pub fn detail_text(&self) -> Option<&str> {
        self.0.detail.as_deref()
    }

    /// The fields that are wrong.
    pub fn fields(&self) -> &[FieldError] {
        &self.0.fields
    }

    /// The error behind it. Never sent to clients.
    pub fn cause(&self) -> Option<&Cause> {
        self.0.cause.as_ref()
    }

    /// Where the app made it or an error became it; `None` if gin did.
    #[cfg(debug_assertions)]
    pub(crate) fn place(&self) -> Option<&'static Location<'static>> {
        let own = file!()
            .strip_suffix("failure/problem.rs")
            .unwrap_or(file!());
        let place = self.cause().map_or(self.0.place, Cause::location);
        (!place.file().starts_with(own)).then_some(place)
    }

    pub(crate) fn headers(&self) -> &HeaderMap {
        &self.0.headers
    }

    /// The problem as the JSON of RFC 9457.
    pub fn to_json(&self) -> Bytes {
        serde_json::to_vec(self).map_or_else(|_| Bytes::new(), Bytes::from)
    }
}

/// The members of RFC 9457 §3.1, and `errors` for the fields.
impl Serialize for Problem {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let mut members = serializer.serialize_map(None)?;
        members.serialize_entry("title", self.title())?;
        members.serialize_entry("status", &self.0.status.as_u16())?;
        if let Some(detail) = &self.0.detail {
            members.serialize_entry("detail", detail)?;
        }
        if !self.0.fields.is_empty() {
            members.serialize_entry("errors", &self.0.fields)?;
        }
        members.end()
    }
}

/// In one line, as a log has it: `404 Not Found: there is no user 0`.
impl fmt::Display for Problem {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{} {}", self.0.status.as_u16(), self.title())?;
        if let Some(detail) = &self.0.detail {
            write!(f, ": {detail}")?;
        }
        Ok(())
    }
}

impl fmt::Debug for Problem {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Problem({self})")
    }
}
