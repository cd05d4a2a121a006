//! What became of a request's path, where no handler of the app answers it.

use http::{HeaderValue, StatusCode};

use crate::failure::Problem;

/// What the router said about a request.
#[derive(Debug)]
pub(crate) enum Outcome {
    /// A route takes it.
    Matched,
    /// No pattern matches the path.
    NotFound,
    /// A pattern matches, for these methods only.
    NotAllowed(HeaderValue),
    /// `OPTIONS` on a path that has these methods.
    Options(HeaderValue),
    /// The other form of the path matches: with the slash at its end, or cleaned.
    Redirect(StatusCode, String),
    /// The request itself will not do, whatever its path.
    Refused(Problem),
    /// The path's percent-encoding is malformed.
    Malformed,
}
