//! What answers a request: a function from extractors, or from `&mut Context`, to a response.
//!
//! Only the few lines of [`Function`] are compiled again for each handler; whatever calls one sees an `Arc<dyn Handler>`.

use std::fmt;
use std::marker::PhantomData;
use std::sync::Arc;

use crate::extract::{FromContext, Needs};
use crate::future::BoxFuture;
use crate::request::Context;
use crate::response::{IntoResponse, Response, respond, settle};

/// What answers a request, once its type no longer matters.
///
/// Functions and closures become one through [`IntoHandler`].
pub trait Handler: Send + Sync + 'static {
    /// Answers the request that `cx` holds.
    fn call<'a>(&'a self, cx: &'a mut Context) -> BoxFuture<'a, Response>;

    /// Says what must have been given before the first request. Default: nothing.
    fn needs(&self, needs: &mut Needs) {
        let _ = needs;
    }
}

impl fmt::Debug for dyn Handler {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Handler")
    }
}

/// What can be registered as a handler.
///
/// `Kind` tells the kinds of function apart and is always inferred: [`Args`] for functions of extractors, [`Cx`] for functions
/// of `&mut Context`, [`Itself`] for a type that implements [`Handler`].
#[diagnostic::on_unimplemented(
    message = "`{Self}` is not a handler",
    label = "not a handler",
    note = "a handler is an async function of extractors, or of `&mut Context`, that returns something that implements `IntoResponse`",
    note = "a param is taken as `Path(id): Path<u64>`; by its name alone it is an argument only under an attribute, as in `#[get(\"/users/:id\")]`",
    note = "an attribute shows which argument of a function does not fit, that what it returns does not, or what it holds across an `.await` that is not `Send`"
)]
pub trait IntoHandler<Kind> {
    /// Erases the type.
    fn into_handler(self) -> Arc<dyn Handler>;
}

/// The kind of handler that is a function from extractors `T` to a response.
#[derive(Debug)]
pub struct Args<T>(PhantomData<fn() -> T>);

/// The kind of handler that is a function from `&mut Context` to a response.
#[derive(Debug)]
pub struct Cx;

/// The kind of handler that implements [`Handler`] itself.
#[derive(Debug)]
pub struct Itself;

impl<H: Handler> IntoHandler<Itself> for H {
    fn into_handler(self) -> Arc<dyn Handler> {
        Arc::new(self)
    }
}

/// A function as a handler: the glue that the user's crate compiles.
struct Function<F, Kind> {
    function: F,
    kind: PhantomData<fn() -> Kind>,
}

/// What `Arc::new` does is compiled for each handler; this is compiled once.
fn share(handler: Box<dyn Handler>) -> Arc<dyn Handler> {
    Arc::from(handler)
}

/// As `Box::pin` does: of that, too, more is compiled for each handler.
pub(crate) fn pin<'a>(
    future: Box<dyn Future<Output = Response> + Send + 'a>,
) -> BoxFuture<'a, Response> {
    Box::into_pin(future)
}

/// An async function of `&mut Context`, for one lifetime of the loan.
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
        share(Box::new(Function::<F, Cx> {
            function: self,
            kind: PhantomData,
        }))
    }
}

impl<F> Handler for Function<F, Cx>
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
                share(Box::new(Function::<F, Args<($($Arg,)*)>> { function: self, kind: PhantomData }))
            }
        }

        impl<F, Fut, $($Arg),*> Handler for Function<F, Args<($($Arg,)*)>>
        where
            F: Fn($($Arg),*) -> Fut + Send + Sync + 'static,
            Fut: Future<Output: IntoResponse> + Send,
            $($Arg: FromContext + Send + 'static,)*
        {
            fn call<'a>(&'a self, cx: &'a mut Context) -> BoxFuture<'a, Response> {
                pin(Box::new(async move {
                    $(
                        let $arg = match $Arg::from_context(cx).await {
                            Ok(value) => value,
                            Err(rejection) => return respond(cx, rejection),
                        };
                    )*
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
