//! The values that middleware set for what is further in.

use std::any::TypeId;

/// The types of values that the middleware around a handler set with [`Context::set`](crate::Context::set).
///
/// A middleware declares its own in [`Middleware::provides`](crate::middleware::Middleware::provides), so that
/// [`Engine::new`](crate::Engine::new) finds handlers that need a value nothing provides.
///
/// ```
/// # use gin::{extract::Extension, prelude::*, testing::Client};
/// use gin::{BoxFuture, middleware::{Middleware, Provided}};
///
/// #[derive(Clone)]
/// struct Tenant(String);
///
/// struct Tenants;
///
/// impl Middleware for Tenants {
///     fn call<'a>(&'a self, cx: &'a mut Context, next: Next<'a>) -> BoxFuture<'a, Response> {
///         cx.set(Tenant("acme".to_owned()));
///         next.run(cx)
///     }
///
///     fn provides(&self, provided: &mut Provided) {
///         provided.extension::<Tenant>();
///     }
/// }
///
/// let app = || Group::new("").get("/", async |Extension(Tenant(name)): Extension<Tenant>| name);
/// # tokio::runtime::Runtime::new()?.block_on(async {
/// Client::new(app().with(Tenants)).get("/").await.has_text("acme");
/// let error = app().with(Recovery::new()).build().unwrap_err();
/// assert!(error.to_string().contains("needs Extension<"));
/// # });
/// # Ok::<(), std::io::Error>(())
/// ```
#[derive(Debug, Clone, Default)]
pub struct Provided {
    types: Vec<TypeId>,
    is_open: bool,
}

impl Provided {
    /// Declares that the middleware sets a value of type `T`.
    pub fn extension<T: 'static>(&mut self) {
        self.types.push(TypeId::of::<T>());
    }

    /// Declares that the middleware may set values of any type. That is how a function counts, which cannot declare anything.
    pub fn anything(&mut self) {
        self.is_open = true;
    }

    pub(crate) fn has(&self, id: TypeId) -> bool {
        self.types.contains(&id)
    }

    /// Returns `true` if a middleware may set the type.
    pub(crate) fn may_have(&self, id: TypeId) -> bool {
        self.is_open || self.has(id)
    }
}
