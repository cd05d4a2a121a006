//! The reasons why a body is incomplete.

use std::error::Error as StdError;
use std::{fmt, io};

use http::HeaderValue;
use http::header::{CONNECTION, RETRY_AFTER};

use crate::failure::{BoxError, Error, OfStd, Problem};

/// The reason why a [`Body`](crate::Body) is incomplete.
///
/// A handler that reads a request's body as [`Bytes`](bytes::Bytes), text, JSON or a form never sees it, as the client gets a 400,
/// 408 or 413 then. A handler that streams the body passes it on by `?`, and the client gets the same:
///
/// ```
/// # use gin::{prelude::*, testing::Client};
/// async fn count(mut body: Body) -> Result<String> {
///     let mut length = 0;
///     while let Some(chunk) = body.chunk().await? {
///         length += chunk.len();
///     }
///     Ok(format!("{length} bytes"))
/// }
///
/// # tokio::runtime::Runtime::new()?.block_on(async {
/// let client = Client::new(Group::new("").body_limit(5).post("/count", count));
/// client.post("/count").body("hello").await.has_text("5 bytes");
/// client.post("/count").body("hello!").await.is(413);
/// # });
/// # Ok::<(), std::io::Error>(())
/// ```
///
/// That holds inside another error as well, such as the [`io::Error`] of a reader: the innermost reason decides.
#[derive(Debug)]
#[non_exhaustive]
pub enum BodyError {
    /// The body came too slowly; see [`Server::min_body_rate`](crate::Server::min_body_rate). It is 408.
    Slow,
    /// The body is larger than its limit; see [`Group::body_limit`](crate::Group::body_limit). It is 413.
    TooLarge {
        /// The limit, in bytes.
        limit: u64,
    },
    /// The body was cut off or is malformed. It is 400.
    Broken(BoxError),
    /// The compressed content is malformed or was cut off. It is 400.
    Undecodable(io::Error),
    /// The requests and responses of the connection hold too much in memory; see
    /// [`Server::max_http2_buffer`](crate::Server::max_http2_buffer). It is 503.
    Crowded,
    /// The source of a body that the app made has failed. It is 500, unless the error has one of these, or a
    /// [`gin::Error`](crate::Error), among its sources.
    Failed(BoxError),
}

impl BodyError {
    pub(crate) fn broken(error: impl Into<BoxError>) -> BodyError {
        BodyError::Broken(error.into())
    }

    pub(crate) fn from_boxed(error: BoxError) -> BodyError {
        match error.downcast() {
            Ok(error) => *error,
            Err(error) => BodyError::Failed(error),
        }
    }

    /// Returns the reason that `error` or one of its sources is.
    pub(crate) fn within<'a>(error: &'a (dyn StdError + 'static)) -> Option<&'a BodyError> {
        let mut next = Some(error);
        while let Some(error) = next {
            if let Some(reason) = error.downcast_ref() {
                return Some(reason);
            }
            // The source of an I/O error is that of the error inside it.
            let inner = error.downcast_ref().and_then(io::Error::get_ref);
            next = match inner {
                Some(inner) => Some(inner),
                None => error.source(),
            };
        }
        None
    }

    /// Returns the problem that the client gets, or `None` if the client is not to blame.
    pub(crate) fn problem(&self) -> Option<Problem> {
        match self {
            BodyError::Slow => Some(closing(408).detail("the body came too slowly")),
            BodyError::TooLarge { limit } => Some(Problem::new(413).detail(larger_than(*limit))),
            BodyError::Broken(_) => Some(closing(400).detail(BROKEN)),
            BodyError::Undecodable(_) => Some(Problem::new(400).detail(UNDECODABLE)),
            BodyError::Crowded => Some(BodyError::crowded()),
            BodyError::Failed(error) => wrapped(&**error),
        }
    }

    /// Returns the problem of a message for which an HTTP/2 connection has no room.
    pub(crate) fn crowded() -> Problem {
        let soon = HeaderValue::from_static("1");
        Problem::new(503).detail(CROWDED).header(RETRY_AFTER, soon)
    }

    /// Returns the error of a body that came from a client by way of another server. It is 400, unless it says what else it is.
    pub(crate) fn of_client(error: BoxError) -> BoxError {
        if wrapped(&*error).is_some() {
            return error;
        }
        let problem = closing(400).detail(BROKEN).because(error);
        Error::from(problem).into_std().into()
    }
}

const UNDECODABLE: &str = "the compressed body is malformed";

/// Returns the problem of an error that a layer or another crate has put around that of a client's body.
fn wrapped(error: &(dyn StdError + 'static)) -> Option<Problem> {
    let of_body = || BodyError::within(error).and_then(BodyError::problem);
    let own = || OfStd::problem_in(error).cloned();
    of_body().or_else(own).or_else(|| of_limit(error))
}

/// Returns the problem of a body that is larger than the limit of a layer of tower-http.
#[cfg(feature = "tower")]
fn of_limit(error: &(dyn StdError + 'static)) -> Option<Problem> {
    let mut next = Some(error);
    while let Some(error) = next {
        if error.is::<http_body_util::LengthLimitError>() {
            return Some(Problem::new(413).detail("the body is too large"));
        }
        next = error.source();
    }
    None
}

#[cfg(not(feature = "tower"))]
fn of_limit(_: &(dyn StdError + 'static)) -> Option<Problem> {
    None
}

const CROWDED: &str = "the requests of this connection take too much at once";

const BROKEN: &str = "the body was cut off or is malformed";

fn larger_than(limit: u64) -> String {
    format!("the body is larger than {limit} bytes")
}

/// Returns a response that closes the connection, as the next bytes on it may be a part of the body.
fn closing(status: u16) -> Problem {
    Problem::new(status).header(CONNECTION, HeaderValue::from_static("close"))
}

impl fmt::Display for BodyError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            BodyError::Slow => f.write_str("the body came too slowly"),
            BodyError::TooLarge { limit } => f.write_str(&larger_than(*limit)),
            BodyError::Broken(_) => f.write_str(BROKEN),
            BodyError::Undecodable(_) => f.write_str(UNDECODABLE),
            BodyError::Crowded => f.write_str(CROWDED),
            BodyError::Failed(error) => error.fmt(f),
        }
    }
}

impl StdError for BodyError {
    fn source(&self) -> Option<&(dyn StdError + 'static)> {
        match self {
            BodyError::Slow | BodyError::TooLarge { .. } | BodyError::Crowded => None,
            BodyError::Broken(error) => Some(&**error),
            BodyError::Undecodable(error) => Some(error),
            BodyError::Failed(error) => error.source(),
        }
    }
}

impl From<BodyError> for io::Error {
    fn from(error: BodyError) -> io::Error {
        let kind = match error {
            BodyError::Slow => io::ErrorKind::TimedOut,
            BodyError::TooLarge { .. } => io::ErrorKind::FileTooLarge,
            BodyError::Broken(_) => io::ErrorKind::UnexpectedEof,
            BodyError::Undecodable(_) => io::ErrorKind::InvalidData,
            BodyError::Crowded => io::ErrorKind::QuotaExceeded,
            BodyError::Failed(error) => match error.downcast::<io::Error>() {
                Ok(error) => return *error,
                Err(error) => return io::Error::other(error),
            },
        };
        io::Error::new(kind, error)
    }
}

#[cfg(test)]
mod tests {
    use std::{fmt, io};

    use super::BodyError;
    use crate::failure::{Error, Problem};

    #[derive(Debug)]
    struct Outer(io::Error);

    impl fmt::Display for Outer {
        fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
            f.write_str("cannot import")
        }
    }

    impl std::error::Error for Outer {
        fn source(&self) -> Option<&(dyn std::error::Error + 'static)> {
            Some(&self.0)
        }
    }

    #[test]
    fn the_innermost_reason_decides_the_status() {
        let io = |error: BodyError| io::Error::from(error);
        let too_large = || BodyError::TooLarge { limit: 7 };
        for (error, status) in [
            (Error::from(BodyError::Slow), 408),
            (Error::from(too_large()), 413),
            (Error::from(io(too_large())), 413),
            (Error::from(io::Error::other(io(too_large()))), 413),
            (Error::from(Outer(io(BodyError::Slow))), 408),
            (
                Error::from(Outer(io::Error::other("the disk is full"))),
                500,
            ),
            (
                Error::from(BodyError::Failed("the disk is full".into())),
                500,
            ),
        ] {
            assert_eq!(error.status(), status, "{error}");
        }
        let problem = Problem::from(Error::from(io(too_large())));
        assert_eq!(
            problem.detail_text(),
            Some("the body is larger than 7 bytes")
        );
    }
}
