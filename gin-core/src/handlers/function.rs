//! Functions as handlers.
//!
//! Only the few lines of [`HandlerFunction`] are compiled again for each handler. Its callers know it as an `Arc<dyn Handler>`.

use std::marker::PhantomData;
use std::sync::Arc;

use crate::extract::{FromContext, Needs};
use crate::future::BoxFuture;
use crate::handlers::gather::arguments;
use crate::handlers::handler::{Args, Handler, Itself};
use crate::request::Context;
use crate::response::{IntoResponse, Response, respond, settle};

/// A type with the shape of a handler, from which the compiler infers `Kind`: a function of up to nine arguments, of whatever types.
#[doc(hidden)]
pub trait Shape<Kind> {}

/// A kind of handlers, with the conditions for an `H` of that kind.
///
/// Each kind has one implementation, so that the compiler reports the condition that fails.
#[doc(hidden)]
pub trait HandlerOf<H> {
    /// The conversion, a constant because a function that calls another would be compiled again for each handler.
    const CONVERT: fn(H) -> Arc<dyn Handler>;
}

impl<H: Handler> Shape<Itself> for H {}

impl<H: Handler> HandlerOf<H> for Itself {
    const CONVERT: fn(H) -> Arc<dyn Handler> = |handler| Arc::new(handler);
}

/// The first argument of a function, which decides how the function is called.
#[doc(hidden)]
#[diagnostic::on_unimplemented(
    message = "`{Self}` is not an extractor",
    label = "cannot be made from a request",
    note = "a handler takes `&mut Context` as its first argument, and `Path`, `Query`, `Form`, `Json`, `State`, `Bytes`, `String`, an `Option` or `Result` of one of these, or a type that implements `FromContext`",
    note = "a param is `Path(id): Path<u64>`; by its name alone it is an argument only under an attribute, as in `#[get(\"/users/:id\")]`",
    note = "a value that a group gives by `.state(…)` is `State(value): State<…>`, and one that a middleware sets by `cx.set(…)` is `Extension(value): Extension<…>`",
    note = "the type inside a `Path`, `Query`, `Form` or `Json` implements `serde::Deserialize`, and inside a `Valid` `validator::Validate` as well; the type inside a `State` implements `Clone`"
)]
pub trait FirstArgument {
    type Call;
}

/// The way to call functions of extractors alone.
#[doc(hidden)]
#[derive(Debug)]
pub struct WithExtractors;

/// The way to call functions of `&mut Context` and of extractors.
#[doc(hidden)]
#[derive(Debug)]
pub struct WithContext;

#[diagnostic::do_not_recommend]
impl<T: FromContext> FirstArgument for T {
    type Call = WithExtractors;
}

impl FirstArgument for &mut Context {
    type Call = WithContext;
}

/// A way to call functions with the arguments in `T`.
#[doc(hidden)]
pub trait Call<Func, T> {
    fn handler(function: Func) -> Arc<dyn Handler>;
}

/// A function as a handler: the glue that the app's crate compiles.
struct HandlerFunction<Func, T> {
    function: Func,
    arguments: PhantomData<fn() -> T>,
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

/// An async function of `&mut Context` and of the extractors in `T`, for one lifetime of the borrow.
#[doc(hidden)]
pub trait ContextFn<'a, T>: Send + Sync {
    type Future: Future<Output: IntoResponse> + Send + 'a;

    fn call(&self, cx: &'a mut Context, arguments: T) -> Self::Future;
}

macro_rules! shape {
    ($($Arg:ident)*) => {
        impl<Func, Fut, $($Arg),*> Shape<Args<($($Arg,)*)>> for Func where Func: Fn($($Arg),*) -> Fut {}
    };
}

macro_rules! handler_of_extractors {
    ($($Arg:ident $arg:ident),*) => {
        impl<Func, Fut, $($Arg),*> Call<Func, ($($Arg,)*)> for WithExtractors
        where
            Func: Fn($($Arg),*) -> Fut + Send + Sync + 'static,
            Fut: Future<Output: IntoResponse> + Send,
            $($Arg: FromContext + Send + 'static,)*
        {
            fn handler(function: Func) -> Arc<dyn Handler> {
                share(Box::new(HandlerFunction::<Func, ($($Arg,)*)> { function, arguments: PhantomData }))
            }
        }

        impl<Func, Fut, $($Arg),*> Handler for HandlerFunction<Func, ($($Arg,)*)>
        where
            Func: Fn($($Arg),*) -> Fut + Send + Sync + 'static,
            Fut: Future<Output: IntoResponse> + Send,
            $($Arg: FromContext + Send + 'static,)*
        {
            fn call<'a>(&'a self, cx: &'a mut Context) -> BoxFuture<'a, Response> {
                pin(Box::new(async move {
                    arguments!(cx; $($arg = $Arg::from_context(cx)),*);
                    let output = (self.function)($($arg),*).await;
                    respond(cx, output)
                }))
            }

            fn needs(&self, needs: &mut Needs) {
                $(<$Arg as FromContext>::needs(needs);)*
                needs.response::<Fut::Output>();
            }
        }
    };
}

macro_rules! handler_of_context {
    ($($Arg:ident $arg:ident),*) => {
        shape!(First $($Arg)*);

        impl<Func, First, $($Arg),*> HandlerOf<Func> for Args<(First, $($Arg,)*)>
        where
            First: FirstArgument,
            $($Arg: FromContext + Send + 'static,)*
            First::Call: Call<Func, (First, $($Arg,)*)>,
        {
            const CONVERT: fn(Func) -> Arc<dyn Handler> = First::Call::handler;
        }

        impl<'a, Func, Fut, $($Arg),*> ContextFn<'a, ($($Arg,)*)> for Func
        where
            Func: Fn(&'a mut Context, $($Arg),*) -> Fut + Send + Sync,
            Fut: Future<Output: IntoResponse> + Send + 'a,
        {
            type Future = Fut;

            fn call(&self, cx: &'a mut Context, ($($arg,)*): ($($Arg,)*)) -> Fut {
                self(cx, $($arg),*)
            }
        }

        impl<Func, $($Arg),*> Call<Func, (&mut Context, $($Arg,)*)> for WithContext
        where
            Func: for<'a> ContextFn<'a, ($($Arg,)*)> + 'static,
            $($Arg: FromContext + Send + 'static,)*
        {
            fn handler(function: Func) -> Arc<dyn Handler> {
                share(Box::new(HandlerFunction::<Func, (WithContext, $($Arg,)*)> { function, arguments: PhantomData }))
            }
        }

        impl<Func, $($Arg),*> Handler for HandlerFunction<Func, (WithContext, $($Arg,)*)>
        where
            Func: for<'a> ContextFn<'a, ($($Arg,)*)> + 'static,
            $($Arg: FromContext + Send + 'static,)*
        {
            fn call<'a>(&'a self, cx: &'a mut Context) -> BoxFuture<'a, Response> {
                pin(Box::new(async move {
                    arguments!(cx; $($arg = $Arg::from_context(cx)),*);
                    let mut response = self.function.call(cx, ($($arg,)*)).await.into_response();
                    settle(cx, &mut response);
                    response
                }))
            }

            fn needs(&self, needs: &mut Needs) {
                $(<$Arg as FromContext>::needs(needs);)*
                needs.response::<<<Func as ContextFn<'_, ($($Arg,)*)>>::Future as Future>::Output>();
            }
        }
    };
}

shape!();

impl<Func> HandlerOf<Func> for Args<()>
where
    WithExtractors: Call<Func, ()>,
{
    const CONVERT: fn(Func) -> Arc<dyn Handler> = WithExtractors::handler;
}

handler_of_extractors!();
handler_of_extractors!(A a);
handler_of_extractors!(A a, B b);
handler_of_extractors!(A a, B b, C c);
handler_of_extractors!(A a, B b, C c, D d);
handler_of_extractors!(A a, B b, C c, D d, E e);
handler_of_extractors!(A a, B b, C c, D d, E e, F f);
handler_of_extractors!(A a, B b, C c, D d, E e, F f, G g);
handler_of_extractors!(A a, B b, C c, D d, E e, F f, G g, H h);
handler_of_extractors!(A a, B b, C c, D d, E e, F f, G g, H h, I i);

handler_of_context!();
handler_of_context!(A a);
handler_of_context!(A a, B b);
handler_of_context!(A a, B b, C c);
handler_of_context!(A a, B b, C c, D d);
handler_of_context!(A a, B b, C c, D d, E e);
handler_of_context!(A a, B b, C c, D d, E e, F f);
handler_of_context!(A a, B b, C c, D d, E e, F f, G g);
handler_of_context!(A a, B b, C c, D d, E e, F f, G g, H h);
