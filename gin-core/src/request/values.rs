//! The values and errors that middleware and handlers leave for each other.

use crate::failure::Error;
use crate::request::context::Context;

/// Values and errors that middleware and handlers leave for each other.
impl Context {
    /// Keeps a value for the rest of the request. It replaces a value of the same type. A handler takes it as an argument of type
    /// [`Extension<T>`](crate::extract::Extension).
    ///
    /// ```
    /// # use gin::{prelude::*, testing::Client};
    /// struct Plan(&'static str);
    ///
    /// async fn plan(cx: &mut Context, next: Next<'_>) -> Response {
    ///     cx.set(Plan("free"));
    ///     next.run(cx).await
    /// }
    ///
    /// let app = Group::new("").with(plan).get("/", async |cx: &mut Context| cx.get::<Plan>().map_or("none", |plan| plan.0));
    /// # tokio::runtime::Runtime::new()?.block_on(async {
    /// Client::new(app).get("/").await.has_text("free");
    /// # });
    /// # Ok::<(), std::io::Error>(())
    /// ```
    #[doc(alias = "Set")]
    pub fn set<T: Send + Sync + 'static>(&mut self, value: T) {
        self.extensions.set(value);
    }

    /// Returns `true` if [`set`](Context::set) has kept values.
    pub(crate) fn has_values(&self) -> bool {
        !self.extensions.is_empty()
    }

    /// Returns the value of type `T` that [`set`](Context::set) has kept, else that of [`extensions`](Context::extensions).
    #[doc(alias("MustGet", "extensions"))]
    pub fn get<T: Send + Sync + 'static>(&self) -> Option<&T> {
        let own = self.extensions.get();
        own.or_else(|| self.head.extensions.get())
    }

    /// Returns the value of type `T` that was kept, mutably.
    pub fn get_mut<T: Send + Sync + 'static>(&mut self) -> Option<&mut T> {
        let own = self.extensions.get_mut();
        own.or_else(|| self.head.extensions.get_mut())
    }

    /// Removes the value of type `T` that was kept, and returns it.
    #[doc(alias = "Delete")]
    pub fn take<T: Send + Sync + 'static>(&mut self) -> Option<T> {
        let own = self.extensions.take();
        own.or_else(|| self.head.extensions.remove())
    }

    /// Returns the values that come with the request itself: those of the server, and of layers and services of tower.
    ///
    /// [`get`](Context::get) and [`Extension`](crate::extract::Extension) find them as well.
    #[doc(alias = "Keys")]
    pub fn extensions(&self) -> &http::Extensions {
        &self.head.extensions
    }

    /// Returns the values that come with the request itself. A value that is inserted here is one that layers and services of tower
    /// see, unlike that of [`set`](Context::set), and can be cloned.
    ///
    /// ```
    /// # use gin::{extract::Extension, prelude::*, testing::Client};
    /// #[derive(Clone)]
    /// struct Tenant(&'static str);
    ///
    /// async fn tenant(cx: &mut Context, next: Next<'_>) -> Response {
    ///     cx.extensions_mut().insert(Tenant("acme"));
    ///     next.run(cx).await
    /// }
    ///
    /// let app = Group::new("").with(tenant).get("/", async |Extension(tenant): Extension<Tenant>| tenant.0);
    /// # tokio::runtime::Runtime::new()?.block_on(async {
    /// Client::new(app).get("/").await.has_text("acme");
    /// # });
    /// # Ok::<(), std::io::Error>(())
    /// ```
    pub fn extensions_mut(&mut self) -> &mut http::Extensions {
        &mut self.head.extensions
    }

    /// Returns a clone of the value that `make` makes of this request, once: the first call makes it, and the others return it.
    ///
    /// There is one value of each type, so a value of a common type gets a type of its own. A value that is expensive to clone gets
    /// an `Arc` around it. A `Result` is a value as well: a failure is not tried again.
    ///
    /// ```
    /// # use gin::{prelude::*, testing::Client};
    /// #[derive(Clone)]
    /// struct User(String);
    ///
    /// async fn user(cx: &mut Context) -> Option<User> {
    ///     cx.cached(async |cx| {
    ///         println!("looked up once");
    ///         cx.header("x-user").map(|name| User(name.to_owned()))
    ///     })
    ///     .await
    /// }
    ///
    /// async fn auth(cx: &mut Context, next: Next<'_>) -> Response {
    ///     match user(cx).await {
    ///         Some(_) => next.run(cx).await,
    ///         None => StatusCode::UNAUTHORIZED.into_response(),
    ///     }
    /// }
    ///
    /// let me = async |cx: &mut Context| user(cx).await.map_or_else(String::new, |User(name)| name);
    /// let app = Group::new("").with(auth).get("/me", me);
    /// # tokio::runtime::Runtime::new()?.block_on(async {
    /// Client::new(app).get("/me").header("x-user", "Ann").await.has_text("Ann");
    /// # });
    /// # Ok::<(), std::io::Error>(())
    /// ```
    #[doc(alias("local_cache", "once", "memoize"))]
    pub async fn cached<T, F>(&mut self, make: F) -> T
    where
        T: Clone + Send + Sync + 'static,
        F: AsyncFnOnce(&mut Context) -> T,
    {
        if let Some(Cached(value)) = self.get::<Cached<T>>() {
            return value.clone();
        }
        let value = make(self).await;
        self.set(Cached(value.clone()));
        value
    }

    /// Records an error that the handler recovered from, for the log.
    ///
    /// ```
    /// # use gin::{prelude::*, testing::Client};
    /// async fn prices(cx: &mut Context) -> String {
    ///     match std::fs::read_to_string("/no/such/prices") {
    ///         Ok(prices) => prices,
    ///         Err(error) => {
    ///             cx.error(error);
    ///             "the prices of yesterday".to_owned()
    ///         }
    ///     }
    /// }
    ///
    /// let app = Group::new("").get("/prices", prices);
    /// # tokio::runtime::Runtime::new()?.block_on(async {
    /// Client::new(app).get("/prices").await.is(200).has_text("the prices of yesterday");
    /// # });
    /// # Ok::<(), std::io::Error>(())
    /// ```
    pub fn error(&mut self, error: impl Into<Error>) {
        self.errors.push(error.into());
    }

    /// Returns the errors that were recorded.
    #[doc(alias = "ByType")]
    pub fn errors(&self) -> &[Error] {
        &self.errors
    }
}

/// A value that [`Context::cached`] has made.
struct Cached<T>(T);
