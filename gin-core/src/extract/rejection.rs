//! Rejections: the errors of the framework's extractors.

#[cfg(feature = "openapi")]
use crate::description::Operation;
use crate::failure::{Error, FieldError, Place, Problem};
use crate::response::{IntoResponse, Response};

/// The error of an extractor: its severity, and the problem that is sent to the client.
///
/// A handler that takes a `Result` gets it as a value:
///
/// ```
/// # use gin::{prelude::*, testing::Client};
/// #[derive(serde::Deserialize)]
/// struct User { name: String }
///
/// async fn create(user: Result<Json<User>, Rejection>) -> String {
///     match user {
///         Ok(Json(user)) => user.name,
///         Err(rejection) => format!("try again: {} is wrong", rejection.problem().fields()[0].path),
///     }
/// }
///
/// # tokio::runtime::Runtime::new()?.block_on(async {
/// let client = Client::new(Group::new("").post("/users", create));
/// client.post("/users").json(&json!({ "name": "Ann" })).await.has_text("Ann");
/// client.post("/users").json(&json!({ "name": 7 })).await.has_text("try again: name is wrong");
/// # });
/// # Ok::<(), std::io::Error>(())
/// ```
#[derive(Debug, Clone)]
pub struct Rejection {
    severity: Severity,
    problem: Problem,
}

/// The severity of a rejection, which decides how `Option<E>` and `Result<E, E::Rejection>` of an extractor `E` treat it.
///
/// ```
/// # use gin::{extract::Severity, prelude::*, testing::Client};
/// struct Page(u32);
///
/// impl FromContext for Page {
///     type Rejection = Rejection;
///
///     async fn from_context(cx: &mut Context) -> Result<Page, Rejection> {
///         let reject = |severity, message| Rejection::new(severity, Problem::new(400).field("page", message));
///         let page = cx.query("page").ok_or_else(|| reject(Severity::Absent, "is missing"))?;
///         page.parse().map(Page).map_err(|_| reject(Severity::Invalid, "is not a number"))
///     }
///
///     fn severity(rejection: &Rejection) -> Severity {
///         rejection.severity()
///     }
/// }
///
/// async fn posts(page: Option<Page>) -> String {
///     format!("page {}", page.map_or(1, |Page(number)| number))
/// }
///
/// # tokio::runtime::Runtime::new()?.block_on(async {
/// let client = Client::new(Group::new("").get("/posts", posts));
/// client.get("/posts").await.has_text("page 1");
/// client.get("/posts?page=3").await.has_text("page 3");
/// client.get("/posts?page=x").await.is(400);
/// # });
/// # Ok::<(), std::io::Error>(())
/// ```
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Severity {
    /// The request does not have the value: `None` for an `Option`.
    Absent,
    /// The request has the value, and it is wrong: an `Err` for a `Result`, a rejection for an `Option`.
    Invalid,
    /// The request is unusable, for example because its body is cut off or too large: no handler runs.
    Fatal,
}

impl Rejection {
    /// Creates a rejection that sends `problem` to the client.
    pub fn new(severity: Severity, problem: Problem) -> Rejection {
        Rejection { severity, problem }
    }

    /// Creates the rejection of a request that does not have the value: 400.
    pub(crate) fn absent(detail: impl Into<std::borrow::Cow<'static, str>>) -> Rejection {
        Rejection::new(Severity::Absent, Problem::new(400).detail(detail))
    }

    /// Creates the rejection of a request with a wrong value: 400.
    pub(crate) fn invalid(detail: impl Into<std::borrow::Cow<'static, str>>) -> Rejection {
        Rejection::new(Severity::Invalid, Problem::new(400).detail(detail))
    }

    /// Creates the rejection of input with wrong fields. An error about all fields has an empty path.
    pub(crate) fn of_fields(
        severity: Severity,
        status: u16,
        place: Place,
        mut errors: Vec<FieldError>,
    ) -> Rejection {
        for error in &mut errors {
            error.place = Some(place);
        }
        Rejection::new(severity, Problem::new(status).field_errors(errors))
    }

    /// Adds a field of the body that is wrong.
    pub(crate) fn with_field(mut self, mut error: FieldError) -> Rejection {
        error.place = Some(Place::BODY);
        self.problem.fields_mut().push(error);
        self
    }

    /// Returns the severity.
    pub fn severity(&self) -> Severity {
        self.severity
    }

    /// Returns the problem that is sent to the client.
    pub fn problem(&self) -> &Problem {
        &self.problem
    }
}

impl IntoResponse for Rejection {
    fn into_response(self) -> Response {
        self.problem.into_response()
    }

    #[cfg(feature = "openapi")]
    fn describe(operation: &mut Operation) {
        operation.problem_unknown();
    }
}

impl From<Rejection> for Problem {
    fn from(rejection: Rejection) -> Problem {
        rejection.problem
    }
}

impl From<Rejection> for Error {
    fn from(rejection: Rejection) -> Error {
        rejection.problem.into()
    }
}

/// Creates the rejection of a path param that is not UTF-8: 400.
pub(crate) fn not_text(name: &str) -> Rejection {
    Rejection::invalid(format!("`{name}` is not UTF-8"))
}
