//! The declaration of extensions that come with the requests.

use std::any::type_name;
use std::fmt;
use std::marker::PhantomData;

use crate::future::BoxFuture;
use crate::middleware::{Middleware, Next, Provided};
use crate::request::Context;
use crate::response::Response;

/// Returns a middleware which declares that requests come with an extension of type `T`, from what runs around the engine.
///
/// [`Engine::new`](crate::Engine::new) refuses handlers that take an [`Extension`](crate::extract::Extension) which nothing sets. It
/// cannot know what a layer around the engine does, or the router of axum that the engine is in.
///
/// ```
/// use gin::{Engine, extract::Extension, prelude::*, tower::given};
/// use tower::ServiceExt;
/// use tower_http::add_extension::AddExtension;
///
/// #[derive(Clone)]
/// struct User(&'static str);
///
/// # tokio::runtime::Runtime::new()?.block_on(async {
/// let app = Group::new("").with(given::<User>()).get("/me", async |Extension(user): Extension<User>| user.0);
/// let service = AddExtension::new(Engine::new(app)?, User("Ann"));
/// let response = service.oneshot(http::Request::get("http://localhost/me").body(Body::empty())?).await?;
/// assert_eq!(response.into_body().collect_bytes(1024).await?, "Ann");
/// # gin::Result::Ok(())
/// # }).map_err(gin::Error::into_std)?;
/// # Ok::<(), Box<dyn std::error::Error + Send + Sync>>(())
/// ```
pub fn given<T: Send + Sync + 'static>() -> Given<T> {
    Given(PhantomData)
}

/// The declaration of an extension, from [`given`].
pub struct Given<T>(PhantomData<fn() -> T>);

impl<T: Send + Sync + 'static> Middleware for Given<T> {
    fn call<'a>(&'a self, cx: &'a mut Context, next: Next<'a>) -> BoxFuture<'a, Response> {
        next.run(cx)
    }

    fn provides(&self, provided: &mut Provided) {
        provided.extension::<T>();
    }
}

impl<T> fmt::Debug for Given<T> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Given<{}>", type_name::<T>())
    }
}
