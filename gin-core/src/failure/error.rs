//! The error of handlers, which any other error becomes by `?`.

use std::borrow::Cow;
use std::error::Error as StdError;
use std::fmt;
use std::panic::Location;

use http::StatusCode;

use crate::failure::chain::texts;
use crate::failure::convert::IntoError;
use crate::failure::problem::{BoxError, Cause, Problem};
use crate::failure::{IntoStatus, OfStd};

/// `std::result::Result` with [`Error`] as the default error.
///
/// ```
/// fn port(text: &str) -> gin::Result<u16> {
///     Ok(text.parse()?)
/// }
///
/// assert_eq!(port("80").unwrap(), 80);
/// assert_eq!(port("x").unwrap_err().status(), 500);
/// ```
pub type Result<T, E = Error> = std::result::Result<T, E>;

/// The error of a handler.
///
/// `?` turns any error into one, with status 500: a [`std::error::Error`], an `anyhow::Error`, a `Box<dyn Error + Send + Sync>` and
/// text. It is logged and never sent. An error that the client may read is made with [`Error::new`], or with
/// [`or_404`](crate::failure::OrStatus::or_404) and [`or_status`](crate::failure::OrStatus::or_status).
///
/// ```
/// # use gin::{prelude::*, testing::Client};
/// async fn config() -> gin::Result<String> {
///     Ok(std::fs::read_to_string("/no/such/config.toml")?)
/// }
///
/// async fn user(Path(id): Path<u32>) -> gin::Result<String> {
///     if id == 0 {
///         return Err(gin::Error::new(404, "there is no user 0"));
///     }
///     Ok(format!("user {id}"))
/// }
/// # tokio::runtime::Runtime::new()?.block_on(async {
/// let client = Client::new(Group::new("").get("/config", config).get("/users/:id", user));
/// client.get("/config").await.is(500).has_text("500 Internal Server Error\n");
/// client.get("/users/0").await.is(404).contains("there is no user 0");
/// client.get("/users/7").await.is(200).has_text("user 7");
/// # });
/// # Ok::<(), std::io::Error>(())
/// ```
///
/// # Errors with a response of their own
///
/// `?` makes a 500 of every error, also of a type that implements [`IntoResponse`](crate::response::IntoResponse), as Rust cannot
/// decide there which traits a type has. A handler that returns `Result<T, AppError>` sends the response of its `AppError`.
/// [`Group::map_error`](crate::Group::map_error) gives an error its response in all handlers of a group, also in those that return a
/// [`gin::Result`](Result).
///
/// # In functions with other errors
///
/// `?` turns an `Error` into a `Box<dyn std::error::Error>` and, with the feature `anyhow`, into an `anyhow::Error`. For other types
/// there is [`into_std`](Error::into_std). Its status comes back with it when `?` makes an `Error` of it again.
pub struct Error(Problem);

impl Error {
    /// Returns an error whose text the client may read.
    #[cfg_attr(debug_assertions, track_caller)]
    pub fn new(status: impl IntoStatus, detail: impl Into<Cow<'static, str>>) -> Error {
        Error(Problem::new(status).detail(detail))
    }

    /// Changes the status.
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

    /// Changes the text that the client gets. Default: none.
    ///
    /// ```
    /// # use gin::Error;
    /// let error = Error::from("the disk is full").with_status(507).with_detail("there is no space left");
    /// assert_eq!(error.problem().to_string(), "507 Insufficient Storage: there is no space left");
    /// ```
    #[must_use]
    pub fn with_detail(self, detail: impl Into<Cow<'static, str>>) -> Error {
        Error(self.0.detail(detail))
    }

    /// Returns the status that the client gets. Default: 500.
    pub fn status(&self) -> StatusCode {
        self.0.status()
    }

    /// Returns the error that this one was made from by `?`.
    #[doc(alias = "Unwrap")]
    pub fn cause(&self) -> Option<&(dyn StdError + Send + Sync + 'static)> {
        self.0.cause().map(Cause::error)
    }

    /// Returns the problem that the client gets.
    pub fn problem(&self) -> &Problem {
        &self.0
    }

    /// Returns a [`std::error::Error`], which `Error` itself is not, as `?` could not make one of any other error then.
    ///
    /// ```
    /// # use gin::Error;
    /// fn load() -> Result<(), Box<dyn std::error::Error + Send + Sync>> {
    ///     Err(Error::new(409, "it is being edited")).map_err(Error::into_std)?
    /// }
    ///
    /// fn save() -> gin::Result<()> {
    ///     Ok(load()?)
    /// }
    ///
    /// assert_eq!(load().unwrap_err().to_string(), "409 Conflict: it is being edited");
    /// assert_eq!(save().unwrap_err().status(), 409);
    /// ```
    pub fn into_std(self) -> OfStd {
        OfStd::new(self)
    }

    #[track_caller]
    pub(super) fn caused_by(error: BoxError) -> Error {
        Error(match error.downcast::<OfStd>() {
            Ok(own) => return (*own).into_error(),
            Err(error) => Problem::caused_by(error, Location::caller()),
        })
    }
}

impl<E: IntoError> From<E> for Error {
    #[track_caller]
    fn from(error: E) -> Error {
        error.into_error()
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

/// The error and its chain of causes, one a line, as `main` prints an error that it returns. A cause that the error's text names already
/// is left out.
impl fmt::Debug for Error {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Display::fmt(self, f)?;
        let texts = self.cause().map(|cause| texts(cause)).unwrap_or_default();
        texts
            .iter()
            .skip(1)
            .try_for_each(|text| write!(f, "\n  caused by: {text}"))
    }
}
