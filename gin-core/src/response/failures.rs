//! Failures as responses. They get their shape once the request is known.

use crate::content::Body;
#[cfg(feature = "openapi")]
use crate::description::Operation;
use crate::failure::{BoxError, Error, Panic, Problem};
use crate::response::{IntoResponse, Response};

impl Problem {
    /// Returns the problem that a response was made from, for middleware that looks at the response.
    ///
    /// ```
    /// # use gin::{prelude::*, testing::Client};
    /// async fn count_fields(cx: &mut Context, next: Next<'_>) -> Response {
    ///     let mut response = next.run(cx).await;
    ///     if let Some(problem) = Problem::of(&response) {
    ///         let fields = problem.fields().len();
    ///         response.headers_mut().insert("x-wrong-fields", fields.into());
    ///     }
    ///     response
    /// }
    ///
    /// let sign_up = async || Problem::new(422).field("name", "is empty").field("age", "is negative");
    /// let app = Group::new("").with(count_fields).post("/sign-up", sign_up);
    /// # tokio::runtime::Runtime::new()?.block_on(async {
    /// Client::new(app).post("/sign-up").await.is(422).has_header("x-wrong-fields", "2");
    /// # });
    /// # Ok::<(), std::io::Error>(())
    /// ```
    pub fn of(response: &Response) -> Option<&Problem> {
        response.extensions().get()
    }
}

impl IntoResponse for Problem {
    fn into_response(self) -> Response {
        let mut response = Response::default();
        *response.status_mut() = self.status();
        *response.body_mut() = Body::problem(self);
        response
    }

    #[cfg(feature = "openapi")]
    fn describe(operation: &mut Operation) {
        operation.problem_unknown();
    }
}

impl IntoResponse for Error {
    fn into_response(self) -> Response {
        Problem::from(self).into_response()
    }

    #[cfg(feature = "openapi")]
    fn describe(operation: &mut Operation) {
        operation.problem_unknown();
    }
}

/// A 500, as for an error that becomes an [`Error`] by `?`.
impl IntoResponse for BoxError {
    fn into_response(self) -> Response {
        Error::from(self).into_response()
    }

    #[cfg(feature = "openapi")]
    fn describe(operation: &mut Operation) {
        operation.problem_unknown();
    }
}

/// A 500, as for an error that becomes an [`Error`] by `?`, so that a handler may return an `anyhow::Result`.
#[cfg(feature = "anyhow")]
#[cfg_attr(docsrs, doc(cfg(feature = "anyhow")))]
impl IntoResponse for anyhow::Error {
    fn into_response(self) -> Response {
        Error::from(self).into_response()
    }

    #[cfg(feature = "openapi")]
    fn describe(operation: &mut Operation) {
        operation.problem_unknown();
    }
}

impl IntoResponse for Panic {
    fn into_response(self) -> Response {
        Problem::from(self).into_response()
    }

    #[cfg(feature = "openapi")]
    fn describe(operation: &mut Operation) {
        operation.problem_unknown();
    }
}
