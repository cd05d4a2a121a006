//! The form in which clients see everything that goes wrong: a problem of RFC 9457.

use std::borrow::Cow;
use std::error::Error as StdError;
use std::fmt;
use std::io;
use std::panic::Location;
use std::sync::Arc;

use bytes::Bytes;
use http::{HeaderMap, HeaderName, HeaderValue, StatusCode};

use crate::failure::members::Members;
#[cfg(feature = "anyhow")]
use crate::failure::of_anyhow::OfAnyhow;
use crate::failure::{BodyError, FieldError, IntoStatus, OfStd};

/// A failed request: the status and text for the client, and the cause for the log.
///
/// Rejections, 404s, 405s, limits, timeouts, caught panics and [`Error`](crate::Error)s all become a problem. As a response, it is
/// rendered once the request is known: as `application/problem+json` for API clients, as a small page for browsers, as text for
/// the rest, or as [`Group::on_error`](crate::Group::on_error) says.
///
/// ```
/// # use gin::{prelude::*, testing::Client};
/// async fn pay() -> Problem {
///     let retry_after = HeaderName::from_static("retry-after");
///     Problem::new(503).detail("the bank is closed").header(retry_after, HeaderValue::from_static("3600"))
/// }
/// # tokio::runtime::Runtime::new()?.block_on(async {
/// let client = Client::new(Group::new("").post("/pay", pay));
/// let response = client.post("/pay").header("accept", "application/json").await;
/// response.is(503).has_header("retry-after", "3600").has_json(json!({
///     "title": "Service Unavailable",
///     "status": 503,
///     "detail": "the bank is closed",
/// }));
/// # });
/// # Ok::<(), std::io::Error>(())
/// ```
#[derive(Clone)]
pub struct Problem(Box<Parts>);

#[derive(Clone)]
struct Parts {
    status: StatusCode,
    detail: Option<Cow<'static, str>>,
    fields: Vec<FieldError>,
    headers: HeaderMap,
    members: Members,
    cause: Option<Cause>,
    #[cfg(debug_assertions)]
    place: &'static Location<'static>,
}

/// A boxed error of any type. It is the error of a [`Body`](crate::Body)'s frames.
///
/// ```
/// use gin::failure::BoxError;
///
/// let error = BoxError::from("the disk is full");
/// assert_eq!(error.to_string(), "the disk is full");
/// ```
pub type BoxError = Box<dyn StdError + Send + Sync>;

/// The error behind a problem, and the line that turned it into one. It is never sent to clients.
///
/// ```
/// use gin::{Error, Problem};
///
/// let error = Error::from("x".parse::<u16>().unwrap_err());
/// let problem = Problem::from(error);
/// let cause = problem.cause().expect("an error is the cause");
/// assert_eq!(cause.error().to_string(), "invalid digit found in string");
/// assert_eq!(cause.location().file(), file!());
/// ```
#[derive(Debug, Clone)]
pub struct Cause {
    error: Arc<dyn StdError + Send + Sync>,
    location: &'static Location<'static>,
}

impl Cause {
    /// Returns the error.
    pub fn error(&self) -> &(dyn StdError + Send + Sync + 'static) {
        unwrapped(&*self.error)
    }

    /// Returns the error of type `E` that is the error `level` of the chain, or a context of anyhow's that it adds.
    #[cfg_attr(
        not(feature = "anyhow"),
        expect(
            clippy::unused_self,
            reason = "only an error of anyhow has more than `level` shows"
        )
    )]
    pub(crate) fn at<'a, E>(&'a self, level: &'a (dyn StdError + 'static)) -> Option<&'a E>
    where
        E: StdError + Send + Sync + 'static,
    {
        let own = level.downcast_ref();
        #[cfg(feature = "anyhow")]
        let own = own.or_else(|| self.error.downcast_ref::<OfAnyhow>()?.at(level));
        own
    }

    /// Returns the error after `level` in the chain.
    #[cfg_attr(
        not(feature = "anyhow"),
        expect(
            clippy::unused_self,
            reason = "only an error of anyhow has more than `level` shows"
        )
    )]
    pub(crate) fn after<'a>(
        &'a self,
        level: &'a (dyn StdError + 'static),
    ) -> Option<&'a (dyn StdError + 'static)> {
        #[cfg(feature = "anyhow")]
        if let Some(anyhow) = self.error.downcast_ref::<OfAnyhow>()
            && let Some(boxed) = anyhow.boxed_at(level)
        {
            return Some(boxed);
        }
        // The source of an I/O error is that of the error inside it.
        match level.downcast_ref().and_then(io::Error::get_ref) {
            Some(inner) => Some(inner),
            None => level.source(),
        }
    }

    /// Returns the line where `?` turned the error into a problem.
    pub fn location(&self) -> &'static Location<'static> {
        self.location
    }
}

/// Returns the error inside an `anyhow::Error`.
fn unwrapped<'a>(
    error: &'a (dyn StdError + Send + Sync + 'static),
) -> &'a (dyn StdError + Send + Sync + 'static) {
    #[cfg(feature = "anyhow")]
    if let Some(OfAnyhow(anyhow)) = error.downcast_ref() {
        return &**anyhow;
    }
    error
}

impl Problem {
    /// Returns a problem that has only a status.
    #[doc(alias("abort", "HTTPError", "AbortWithStatus"))]
    #[cfg_attr(debug_assertions, track_caller)]
    pub fn new(status: impl IntoStatus) -> Problem {
        Problem(Box::new(Parts {
            status: status.into_status(),
            detail: None,
            fields: Vec::new(),
            headers: HeaderMap::new(),
            members: Members::default(),
            cause: None,
            #[cfg(debug_assertions)]
            place: Location::caller(),
        }))
    }

    /// Returns the problem of an error: 500, or the one of an [`Error`](crate::Error) that it has among its sources.
    pub(crate) fn caused_by(error: BoxError, location: &'static Location<'static>) -> Problem {
        // A client that broke off its own body must not look like a failure of the app.
        let inner = unwrapped(&*error);
        let of_body = || BodyError::within(inner).and_then(BodyError::problem);
        let problem = OfStd::problem_in(inner).cloned().or_else(of_body);
        let mut problem =
            problem.unwrap_or_else(|| Problem::new(StatusCode::INTERNAL_SERVER_ERROR));
        problem.0.cause = Some(Cause {
            error: error.into(),
            location,
        });
        problem
    }

    /// Sets the error behind the problem. It is logged and never sent to the client.
    ///
    /// ```
    /// # use gin::Problem;
    /// let problem = Problem::new(502).detail("the bank does not respond").because("10.0.0.7:443 refused");
    /// assert_eq!(problem.to_string(), "502 Bad Gateway: the bank does not respond");
    /// let cause = problem.cause().expect("it was set");
    /// assert_eq!(cause.error().to_string(), "10.0.0.7:443 refused");
    /// ```
    #[must_use]
    #[track_caller]
    pub fn because(mut self, error: impl Into<BoxError>) -> Problem {
        self.0.cause = Some(Cause {
            error: error.into().into(),
            location: Location::caller(),
        });
        self
    }

    /// Adds what `other` was caused by, unless the problem has a cause of its own.
    pub(crate) fn or_cause_of(mut self, other: &Problem) -> Problem {
        self.0.cause = self.0.cause.or_else(|| other.0.cause.clone());
        self
    }

    pub(super) fn members(&self) -> &Members {
        &self.0.members
    }

    pub(super) fn members_mut(&mut self) -> &mut Members {
        &mut self.0.members
    }

    /// Adds a text for the client about what went wrong this time.
    #[must_use]
    pub fn detail(mut self, detail: impl Into<Cow<'static, str>>) -> Problem {
        self.0.detail = Some(detail.into());
        self
    }

    /// Adds a field that is wrong.
    #[must_use]
    pub fn field(mut self, path: impl Into<String>, message: impl Into<String>) -> Problem {
        self.0.fields.push(FieldError::new(path, "", message));
        self
    }

    /// Adds fields that are wrong.
    ///
    /// ```
    /// use gin::failure::FieldError;
    /// use gin::{Problem, prelude::*};
    ///
    /// let taken = FieldError::new("email", "taken", "is in use already");
    /// let problem = Problem::new(422).field_errors([taken]);
    /// assert_eq!(problem.fields()[0].code, "taken");
    /// assert_eq!(problem.to_string(), "422 Unprocessable Entity: email is in use already");
    /// ```
    #[must_use]
    pub fn field_errors(mut self, errors: impl IntoIterator<Item = FieldError>) -> Problem {
        self.0.fields.extend(errors);
        self
    }

    pub(crate) fn fields_mut(&mut self) -> &mut Vec<FieldError> {
        &mut self.0.fields
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

    /// Returns the status of the response.
    pub fn status(&self) -> StatusCode {
        self.0.status
    }

    /// Returns the title of the problem's [kind](Problem::kind), else the status in words: "Not Found".
    pub fn title(&self) -> &str {
        let reason = self.0.status.canonical_reason();
        let title = self.0.members.title().or(reason);
        title.unwrap_or("Unknown Status")
    }

    /// Returns the text that [`detail`](Problem::detail) added.
    pub fn detail_text(&self) -> Option<&str> {
        self.0.detail.as_deref()
    }

    /// Returns the status, the title and the detail, without fields.
    pub(crate) fn headline(&self) -> String {
        let (status, title) = (self.0.status.as_u16(), self.title());
        match self.detail_text() {
            Some(detail) => format!("{status} {title}: {detail}"),
            None => format!("{status} {title}"),
        }
    }

    /// Returns the fields that are wrong.
    pub fn fields(&self) -> &[FieldError] {
        &self.0.fields
    }

    /// Returns the error behind the problem. It is never sent to clients.
    pub fn cause(&self) -> Option<&Cause> {
        self.0.cause.as_ref()
    }

    /// Returns the line of the app that made the problem, or `None` if gin made it.
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

    /// Returns the problem as JSON (RFC 9457 §3).
    #[doc(alias = "MarshalJSON")]
    pub fn to_json(&self) -> Bytes {
        serde_json::to_vec(self).map_or_else(|_| Bytes::new(), Bytes::from)
    }
}

/// The problem in one line: `404 Not Found: there is no user 0`, `422 Unprocessable Entity: name is missing`.
impl fmt::Display for Problem {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.headline())?;
        for (number, field) in self.fields().iter().enumerate() {
            let separator = if number == 0 { ": " } else { ", " };
            let words = format!("{} {}", field.path, field.message);
            write!(f, "{separator}{}", words.trim_start())?;
        }
        Ok(())
    }
}

impl fmt::Debug for Problem {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Problem({self})")
    }
}
