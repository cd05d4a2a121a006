//! Handlers: functions from extractors, or from `&mut Context`, to a response.
//!
//! Only the few lines of [`HandlerFunction`] are compiled again for each handler. Its callers know it as an `Arc<dyn Handler>`.

use std::fmt;
use std::marker::PhantomData;
use std::sync::Arc;

use crate::extract::{FromContext, Needs};
use crate::future::BoxFuture;
use crate::handlers::gather::{arguments, gather};
use crate::request::Context;
use crate::response::{IntoResponse, Response, respond, settle};

/// A handler whose type is erased.
///
/// [`IntoHandler`] turns functions and closures into one. A handler with values of its own is a type that implements this trait:
///
/// ```
/// # use gin::{BoxFuture, handlers::Handler, prelude::*, testing::Client};
/// /// Responds with a text.
/// struct Text {
///     text: String,
/// }
///
/// impl Handler for Text {
///     fn call<'a>(&'a self, cx: &'a mut Context) -> BoxFuture<'a, Response> {
///         Box::pin(async move { cx.string(200, self.text.as_str()) })
///     }
/// }
///
/// let app = Group::new("").get("/version", Text { text: format!("version {}", 7) });
/// # tokio::runtime::Runtime::new()?.block_on(async {
/// Client::new(app).get("/version").await.has_text("version 7");
/// # });
/// # Ok::<(), std::io::Error>(())
/// ```
pub trait Handler: Send + Sync + 'static {
    /// Responds to the request in `cx`.
    fn call<'a>(&'a self, cx: &'a mut Context) -> BoxFuture<'a, Response>;

    /// Declares what the handler needs, which [`Engine::new`](crate::Engine::new) checks. Default: nothing.
    fn needs(&self, needs: &mut Needs) {
        let _ = needs;
    }
}

impl fmt::Debug for dyn Handler {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Handler")
    }
}

/// A type that a group takes as a handler.
///
/// The compiler infers `Kind`, which keeps the implementations apart: [`Args`] for functions of extractors, [`Cx`] for functions of
/// `&mut Context`, [`Itself`] for types that implement [`Handler`]. A function that passes handlers on is generic over it:
///
/// ```
/// # use gin::{handlers::IntoHandler, prelude::*, testing::Client};
/// /// Routes `GET` and `POST` requests to the same handler.
/// fn get_and_post<H: IntoHandler<K> + Copy, K>(group: Group, path: &'static str, handler: H) -> Group {
///     group.get(path, handler).post(path, handler)
/// }
///
/// let app = get_and_post(Group::new(""), "/greet", async || "hello");
/// # tokio::runtime::Runtime::new()?.block_on(async {
/// Client::new(app).post("/greet").await.has_text("hello");
/// # });
/// # Ok::<(), std::io::Error>(())
/// ```
#[diagnostic::on_unimplemented(
    message = "`{Self}` is not a handler",
    label = "not a handler",
    note = "a handler is an async function of extractors, or of `&mut Context`, that returns something that implements `IntoResponse`",
    note = "take a param as `Path(id): Path<u64>`; by its name alone it is an argument only under an attribute, as in `#[get(\"/users/:id\")]`",
    note = "an attribute such as `#[get(\"/\")]` on the function reports the argument or the return type that does not fit, or the value across an `.await` that is not `Send`"
)]
pub trait IntoHandler<Kind> {
    /// Erases the type of the handler.
    fn into_handler(self) -> Arc<dyn Handler>;
}

/// The kind of handlers that are functions of extractors. `T` is the tuple of the extractors.
///
/// ```
/// # use gin::{handlers::{Args, IntoHandler}, prelude::*};
/// fn of_one_extractor<E>(handler: impl IntoHandler<Args<(E,)>>) -> Group {
///     Group::new("").get("/users/:id", handler)
/// }
///
/// assert!(of_one_extractor(async |Path(id): Path<u32>| id.to_string()).build().is_ok());
/// ```
#[derive(Debug)]
pub struct Args<T>(PhantomData<fn() -> T>);

/// The kind of handlers that are functions of `&mut Context`.
///
/// ```
/// # use gin::{handlers::{Cx, IntoHandler}, prelude::*};
/// fn of_context(handler: impl IntoHandler<Cx>) -> Group {
///     Group::new("").get("/ping", handler)
/// }
///
/// assert!(of_context(async |cx: &mut Context| cx.string(200, "pong")).build().is_ok());
/// ```
#[derive(Debug)]
pub struct Cx;

/// The kind of handlers and middleware that are types of their own: they implement [`Handler`] or
/// [`Middleware`](crate::middleware::Middleware) themselves.
///
/// ```
/// # use gin::{middleware::IntoMiddleware, handlers::Itself, prelude::*};
/// fn of_own_type(middleware: impl IntoMiddleware<Itself>) -> Group {
///     Group::new("").with(middleware)
/// }
///
/// assert!(of_own_type(Recovery::new()).build().is_ok());
/// ```
#[derive(Debug)]
pub struct Itself;

impl<H: Handler> IntoHandler<Itself> for H {
    fn into_handler(self) -> Arc<dyn Handler> {
        Arc::new(self)
    }
}

/// A function as a handler: the glue that the app's crate compiles.
struct HandlerFunction<F, Kind> {
    function: F,
    kind: PhantomData<fn() -> Kind>,
}

/// Moves a handler into an `Arc`. This is compiled once, where `Arc::new` would be compiled for each handler.
fn share(handler: Box<dyn Handler>) -> Arc<dyn Handler> {
    Arc::from(handler)
}

/// Pins a future, as `Box::pin` does. That, too, would compile more for each handler.
pub(crate) fn pin<'a>(
    future: Box<dyn Future<Output = Response> + Send + 'a>,
) -> BoxFuture<'a, Response> {
    Box::into_pin(future)
}

/// An async function of `&mut Context`, for one lifetime of the borrow.
#[doc(hidden)]
pub trait ContextFn<'a>: Send + Sync {
    type Future: Future<Output: IntoResponse> + Send + 'a;

    fn call(&self, cx: &'a mut Context) -> Self::Future;
}

impl<'a, F, Fut> ContextFn<'a> for F
where
    F: Fn(&'a mut Context) -> Fut + Send + Sync,
    Fut: Future<Output: IntoResponse> + Send + 'a,
{
    type Future = Fut;

    fn call(&self, cx: &'a mut Context) -> Fut {
        self(cx)
    }
}

impl<F> IntoHandler<Cx> for F
where
    F: for<'a> ContextFn<'a> + 'static,
{
    fn into_handler(self) -> Arc<dyn Handler> {
        share(Box::new(HandlerFunction::<F, Cx> {
            function: self,
            kind: PhantomData,
        }))
    }
}

impl<F> Handler for HandlerFunction<F, Cx>
where
    F: for<'a> ContextFn<'a> + 'static,
{
    fn call<'a>(&'a self, cx: &'a mut Context) -> BoxFuture<'a, Response> {
        pin(Box::new(async move {
            let mut response = self.function.call(cx).await.into_response();
            settle(cx, &mut response);
            response
        }))
    }
}

macro_rules! handler_of_extractors {
    ($($Arg:ident $arg:ident),*) => {
        impl<F, Fut, $($Arg),*> IntoHandler<Args<($($Arg,)*)>> for F
        where
            F: Fn($($Arg),*) -> Fut + Send + Sync + 'static,
            Fut: Future<Output: IntoResponse> + Send,
            $($Arg: FromContext + Send + 'static,)*
        {
            fn into_handler(self) -> Arc<dyn Handler> {
                share(Box::new(HandlerFunction::<F, Args<($($Arg,)*)>> { function: self, kind: PhantomData }))
            }
        }

        impl<F, Fut, $($Arg),*> Handler for HandlerFunction<F, Args<($($Arg,)*)>>
        where
            F: Fn($($Arg),*) -> Fut + Send + Sync + 'static,
            Fut: Future<Output: IntoResponse> + Send,
            $($Arg: FromContext + Send + 'static,)*
        {
            fn call<'a>(&'a self, cx: &'a mut Context) -> BoxFuture<'a, Response> {
                pin(Box::new(async move {
                    arguments!(cx; $($arg = gather::<$Arg>(cx)),*);
                    let output = (self.function)($($arg),*).await;
                    respond(cx, output)
                }))
            }

            fn needs(&self, needs: &mut Needs) {
                let _ = &needs;
                $(<$Arg as FromContext>::needs(needs);)*
            }
        }
    };
}

handler_of_extractors!();
handler_of_extractors!(A a);
handler_of_extractors!(A a, B b);
handler_of_extractors!(A a, B b, C c);
handler_of_extractors!(A a, B b, C c, D d);
handler_of_extractors!(A a, B b, C c, D d, E e);
handler_of_extractors!(A a, B b, C c, D d, E e, G g);
handler_of_extractors!(A a, B b, C c, D d, E e, G g, H h);
handler_of_extractors!(A a, B b, C c, D d, E e, G g, H h, I i);
