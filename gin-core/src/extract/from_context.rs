//! The trait of extractors.

#[cfg(feature = "openapi")]
use crate::description::Operation;
use crate::extract::{Needs, Severity};
use crate::request::Context;
use crate::response::IntoResponse;

/// An extractor: a type that can be an argument of a handler.
///
/// ```
/// # use gin::{prelude::*, testing::Client};
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
///
/// # tokio::runtime::Runtime::new()?.block_on(async {
/// let client = Client::new(Group::new("").get("/me", me));
/// client.get("/me").await.is(401);
/// client.get("/me").header("x-user", "Ann").await.has_text("Ann");
/// # });
/// # Ok::<(), std::io::Error>(())
/// ```
#[diagnostic::on_unimplemented(
    message = "`{Self}` is not an extractor",
    label = "cannot be made from a request",
    note = "handlers take `Path`, `Query`, `Form`, `Json`, `State`, `Bytes`, `String`, an `Option` or `Result` of one of these, or a type that implements `FromContext`",
    note = "the context is `&mut Context`, as the first argument",
    note = "the type inside a `Path`, `Query`, `Form` or `Json` implements `serde::Deserialize`, the type inside a `State` implements `Clone`"
)]
pub trait FromContext: Sized {
    /// The response if the value cannot be made.
    type Rejection: IntoResponse + Send;

    /// Makes the value from the request.
    ///
    /// # Errors
    ///
    /// The response to a request that has no such value. The handler does not run.
    fn from_context(cx: &mut Context)
    -> impl Future<Output = Result<Self, Self::Rejection>> + Send;

    /// Declares what the extractor needs, which [`Engine::new`](crate::Engine::new) checks. Default: nothing.
    fn needs(needs: &mut Needs) {
        let _ = needs;
    }

    /// Returns how severe a rejection is, which decides how an `Option` and a `Result` treat it. Default: [`Severity::Absent`].
    fn severity(rejection: &Self::Rejection) -> Severity {
        let _ = rejection;
        Severity::Absent
    }

    /// Adds what clients should know about the extractor to the description of its route. Default: nothing.
    #[cfg(feature = "openapi")]
    #[cfg_attr(docsrs, doc(cfg(feature = "openapi")))]
    fn describe(operation: &mut Operation) {
        let _ = operation;
    }
}

/// `None` if the request does not have the value. A value that is present and wrong is still rejected.
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

    #[cfg(feature = "openapi")]
    fn describe(operation: &mut Operation) {
        operation.optional(T::describe);
    }
}

/// The rejection as a value, unless it is [fatal](Severity::Fatal).
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

    #[cfg(feature = "openapi")]
    fn describe(operation: &mut Operation) {
        operation.caught(T::describe);
    }
}
