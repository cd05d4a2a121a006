//! Values that middleware sets for handlers.

use std::any::type_name;
use std::fmt;
use std::panic::Location;

use crate::extract::{FromContext, Needs, Rejection, Severity};
use crate::failure::Problem;
use crate::request::Context;

/// A clone of the value of type `T` that a middleware has left with [`Context::set`](crate::Context::set).
///
/// If nothing could have set it, because every middleware around the handler
/// [declares](crate::middleware::Middleware::provides) what it provides and none provides a `T`, that is an error of
/// [`Engine::new`](crate::Engine::new). If a middleware has not set it for this request, the client gets a 500, and the log gets the
/// reason; `Option<Extension<T>>` is `None`.
///
/// ```
/// # use gin::{extract::Extension, prelude::*, testing::Client};
/// #[derive(Clone)]
/// struct User { name: String }
///
/// async fn auth(cx: &mut Context, next: Next<'_>) -> Result<Response, StatusCode> {
///     let name = cx.header("x-user").ok_or(StatusCode::UNAUTHORIZED)?.to_owned();
///     cx.set(User { name });
///     Ok(next.run(cx).await)
/// }
///
/// async fn me(Extension(user): Extension<User>) -> String {
///     user.name
/// }
///
/// let app = || Group::new("").get("/me", me);
/// assert!(app().build().is_err(), "nothing sets a user");
/// # tokio::runtime::Runtime::new()?.block_on(async {
/// let client = Client::new(app().with(auth));
/// client.get("/me").header("x-user", "Ann").await.has_text("Ann");
/// # });
/// # Ok::<(), std::io::Error>(())
/// ```
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Extension<T>(pub T);

impl<T: Clone + Send + Sync + 'static> FromContext for Extension<T> {
    type Rejection = Rejection;

    async fn from_context(cx: &mut Context) -> Result<Self, Rejection> {
        match cx.get::<T>() {
            Some(value) => Ok(Extension(value.clone())),
            None => Err(absent(type_name::<T>())),
        }
    }

    fn needs(needs: &mut Needs) {
        needs.extension::<T>();
    }
}

fn absent(name: &'static str) -> Rejection {
    let problem = Problem::caused_by(Box::new(NotSet(name)), Location::caller());
    Rejection::new(Severity::Absent, problem)
}

/// The error of an extension that no middleware has set. It is for the log only.
#[derive(Debug)]
struct NotSet(&'static str);

impl fmt::Display for NotSet {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let NotSet(name) = self;
        write!(
            f,
            "no middleware has set Extension<{name}> for this request; one that runs before the handler sets it with `cx.set(…)`"
        )
    }
}

impl std::error::Error for NotSet {}
