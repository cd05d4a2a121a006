//! What can be an argument of a handler.

use crate::extract::{Needs, Severity};
use crate::request::Context;
use crate::response::{IntoResponse, Response, respond};

/// What can be an argument of a handler.
///
/// ```
/// # use gin::prelude::*;
/// struct User { name: String }
///
/// impl FromContext for User {
///     type Rejection = StatusCode;
///
///     async fn from_context(cx: &mut Context) -> Result<User, StatusCode> {
///         let name = cx.header("x-user").ok_or(StatusCode::UNAUTHORIZED)?;
///         Ok(User { name: name.to_owned() })
///     }
/// }
///
/// async fn me(user: User) -> String {
///     user.name
/// }
/// ```
#[diagnostic::on_unimplemented(
    message = "`{Self}` is not an extractor",
    label = "cannot be made from a request",
    note = "handlers take `Path`, `Query`, `Form`, `Json`, `State`, `Bytes`, `String`, an `Option` or `Result` of one of these, or a type that implements `FromContext`",
    note = "what is in a `Path`, `Query`, `Form` or `Json` implements `serde::Deserialize`, what is in a `State` implements `Clone`"
)]
pub trait FromContext: Sized {
    /// The response where there is no value.
    type Rejection: IntoResponse + Send;

    /// Makes the value, or says why it cannot be made.
    fn from_context(cx: &mut Context)
    -> impl Future<Output = Result<Self, Self::Rejection>> + Send;

    /// Says what must have been given before the first request. Default: nothing.
    fn needs(needs: &mut Needs) {
        let _ = needs;
    }

    /// How bad a rejection is, which decides what an `Option` or a `Result` of this makes of it. Default: [`Severity::Absent`].
    fn severity(rejection: &Self::Rejection) -> Severity {
        let _ = rejection;
        Severity::Absent
    }
}

/// Makes the value, or the response where there is none.
pub(crate) async fn extract<T: FromContext>(cx: &mut Context) -> Result<T, Response> {
    match T::from_context(cx).await {
        Ok(value) => Ok(value),
        Err(rejection) => Err(respond(cx, rejection)),
    }
}

/// `None` where the value is absent; one that is there and wrong is still rejected.
impl<T: FromContext> FromContext for Option<T> {
    type Rejection = T::Rejection;

    async fn from_context(cx: &mut Context) -> Result<Self, Self::Rejection> {
        match T::from_context(cx).await {
            Ok(value) => Ok(Some(value)),
            Err(rejection) if T::severity(&rejection) == Severity::Absent => Ok(None),
            Err(rejection) => Err(rejection),
        }
    }

    fn severity(rejection: &Self::Rejection) -> Severity {
        T::severity(rejection)
    }
}

/// The rejection as a value, unless the request is beyond repair.
impl<T: FromContext> FromContext for Result<T, T::Rejection> {
    type Rejection = T::Rejection;

    async fn from_context(cx: &mut Context) -> Result<Self, Self::Rejection> {
        match T::from_context(cx).await {
            Ok(value) => Ok(Ok(value)),
            Err(rejection) if T::severity(&rejection) == Severity::Fatal => Err(rejection),
            Err(rejection) => Ok(Err(rejection)),
        }
    }

    fn needs(needs: &mut Needs) {
        T::needs(needs);
    }
}
