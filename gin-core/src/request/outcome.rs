//! The result of routing.

use http::{HeaderValue, StatusCode};

use crate::failure::Problem;

/// The result of routing a request.
#[derive(Debug)]
pub(crate) enum Outcome {
    /// A route handles the request.
    Matched,
    /// No pattern matches the path.
    NotFound,
    /// A pattern matches, but only for these methods.
    NotAllowed(HeaderValue),
    /// `OPTIONS` on a path that has these methods.
    Options(HeaderValue),
    /// Another form of the path matches: with or without a trailing slash, or cleaned.
    Redirect(StatusCode, String),
    /// The request is invalid, whatever its path.
    Refused(Problem),
    /// The path's percent-encoding is malformed.
    Malformed,
}
