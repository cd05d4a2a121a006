//! What a handler returns when something failed: any error, by `?`.

use std::borrow::Cow;
use std::error::Error as StdError;
use std::fmt;
use std::panic::Location;

use http::StatusCode;

use crate::failure::IntoStatus;
use crate::failure::problem::{Cause, Problem};

/// `std::result::Result` with [`Error`] as the error unless another is named.
pub type Result<T, E = Error> = std::result::Result<T, E>;

/// Any error, boxed.
pub type BoxError = Box<dyn StdError + Send + Sync>;

/// Why a handler could not do what was asked.
///
/// Any [`std::error::Error`] becomes one by `?`, with status 500; its text is logged and stays on the server. An error that the
/// client should read is made with [`Error::new`].
///
/// ```
/// # use gin::prelude::*;
/// async fn config() -> gin::Result<String> {
///     Ok(std::fs::read_to_string("config.toml")?)
/// }
///
/// async fn user(Path(id): Path<u32>) -> gin::Result<String> {
///     if id == 0 {
///         return Err(gin::Error::new(404, "there is no user 0"));
///     }
///     Ok(format!("user {id}"))
/// }
/// ```
pub struct Error(Problem);

impl Error {
    /// An error that the client may read.
    #[cfg_attr(debug_assertions, track_caller)]
    pub fn new(status: impl IntoStatus, detail: impl Into<Cow<'static, str>>) -> Error {
        Error(Problem::new(status).detail(detail))
    }

    /// The same error under another status.
    ///
    /// ```
    /// # use gin::Error;
    /// let port = "x".parse::<u16>().map_err(|error| Error::from(error).with_status(400));
    /// assert_eq!(port.unwrap_err().status(), 400);
    /// ```
    #[must_use]
    pub fn with_status(self, status: impl IntoStatus) -> Error {
        Error(self.0.status_of(status))
    }

    /// The status that the client gets. Default: 500.
    pub fn status(&self) -> StatusCode {
        self.0.status()
    }

    /// The error that this one was made from by `?`.
    pub fn cause(&self) -> Option<&(dyn StdError + Send + Sync + 'static)> {
        self.0.cause().map(Cause::error)
    }

    /// What the client gets to see.
    pub fn problem(&self) -> &Problem {
        &self.0
    }
}

impl<E: StdError + Send + Sync + 'static> From<E> for Error {
    #[track_caller]
    fn from(error: E) -> Error {
        Error(Problem::caused_by(Box::new(error), Location::caller()))
    }
}

impl From<Problem> for Error {
    fn from(problem: Problem) -> Error {
        Error(problem)
    }
}

impl From<Error> for Problem {
    fn from(error: Error) -> Problem {
        error.0
    }
}

impl fmt::Display for Error {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self.cause() {
            Some(cause) => fmt::Display::fmt(cause, f),
            None => fmt::Display::fmt(&self.0, f),
        }
    }
}

/// As `main` prints it: the error, then what it was caused by, one a line.
impl fmt::Debug for Error {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Display::fmt(self, f)?;
        let mut source = self.cause().and_then(StdError::source);
        while let Some(error) = source {
            write!(f, "\n  caused by: {error}")?;
            source = error.source();
        }
        Ok(())
    }
}
