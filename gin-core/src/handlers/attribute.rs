//! What an attribute makes of a function: a handler that is a constant.
//!
//! An attribute is read again at every build of the app, so it writes as little as it can: where each argument is from, as types.
//! The rest is here.

use std::any::type_name;
use std::marker::PhantomData;

use crate::extract::Needs;
use crate::future::BoxFuture;
use crate::handlers::argument::Extractor;
use crate::handlers::handler::{Handler, pin};
use crate::handlers::output::{self, answer};
use crate::handlers::param::{FromParam, param};
use crate::request::Context;
use crate::response::Response;

/// The handler of an attribute's route.
#[doc(hidden)]
pub trait Attribute: Handler {
    /// The full name of the function.
    fn name(&self) -> &'static str;
}

/// The kind of type that fits where a handler has it.
#[doc(hidden)]
#[derive(Debug)]
pub struct Fit;

/// The kind of type that does not: there is none.
///
/// With two kinds to choose from, rustc does not know what an unfit type is marked as. So it says once that the type is unfit,
/// where that is written, and nothing of what follows.
#[doc(hidden)]
#[derive(Debug)]
pub struct Unfit;

/// What no type implements.
#[doc(hidden)]
pub trait Never {}

/// Where an argument is from.
#[doc(hidden)]
pub trait Source {
    /// What the function takes.
    type Value: Send;

    /// Makes the argument, or the response where there is none. `name` is of the param that it may be.
    fn value(
        cx: &mut Context,
        name: &'static str,
    ) -> impl Future<Output = Result<Self::Value, Response>> + Send;

    /// Says what the argument needs to have been given.
    fn needs(needs: &mut Needs);
}

/// An argument that is a param of the pattern.
#[doc(hidden)]
#[derive(Debug)]
pub struct Param<T>(PhantomData<fn() -> T>);

/// Says that an argument is a param.
#[doc(hidden)]
pub const fn from_param<T: FromParam<K>, K>() -> PhantomData<T::Mark> {
    PhantomData
}

impl<T: FromParam<Fit> + Send> Source for Param<T> {
    type Value = T;

    fn value(
        cx: &mut Context,
        name: &'static str,
    ) -> impl Future<Output = Result<T, Response>> + Send {
        let value = param(cx, name);
        std::future::ready(value.map_err(|rejection| answer(cx, rejection)))
    }

    fn needs(_: &mut Needs) {}
}

/// An argument that is an extractor.
#[doc(hidden)]
#[derive(Debug)]
pub struct Extracted<T>(PhantomData<fn() -> T>);

/// Says that an argument is an extractor.
#[doc(hidden)]
pub const fn from_request<T: Extractor<K>, K>() -> PhantomData<T::Mark> {
    PhantomData
}

impl<T: Extractor<Fit> + Send> Source for Extracted<T> {
    type Value = T;

    fn value(
        cx: &mut Context,
        _: &'static str,
    ) -> impl Future<Output = Result<T, Response>> + Send {
        T::input(cx)
    }

    fn needs(needs: &mut Needs) {
        T::needs(needs);
    }
}

/// What a function returns.
#[doc(hidden)]
#[derive(Debug)]
pub struct Output<T>(PhantomData<fn() -> T>);

/// Says what the function returns.
#[doc(hidden)]
pub const fn to_response<T: output::Output<K>, K>() -> PhantomData<T::Mark> {
    PhantomData
}

/// Where the output goes.
#[doc(hidden)]
pub trait Target {
    /// What the function returns.
    type Value;

    /// Turns it into the response to this request.
    fn answer(cx: &mut Context, value: Self::Value) -> Response;
}

impl<T: output::Output<Fit>> Target for Output<T> {
    type Value = T;

    fn answer(cx: &mut Context, value: T) -> Response {
        answer(cx, value)
    }
}

/// A function as a handler. `Sources` are where its arguments are from.
#[doc(hidden)]
#[derive(Debug)]
pub struct Adapter<F, Sources, O> {
    function: F,
    /// Of the params, which are the first arguments.
    names: &'static [&'static str],
    kind: PhantomData<fn() -> (Sources, O)>,
}

impl<F, Sources, O> Adapter<F, Sources, O> {
    pub const fn new(
        names: &'static [&'static str],
        function: F,
        sources: Sources,
        output: O,
    ) -> Self {
        // A constant drops nothing of a type that it does not know.
        std::mem::forget((sources, output));
        Self {
            function,
            names,
            kind: PhantomData,
        }
    }
}

impl<F: 'static, Sources: 'static, O: 'static> Attribute for Adapter<F, Sources, O>
where
    Self: Handler,
{
    fn name(&self) -> &'static str {
        type_name::<F>()
    }
}

macro_rules! adapter_of_sources {
    ($($Source:ident $argument:ident $index:literal),*) => {
        impl<F, Fut, O, $($Source),*> Handler for Adapter<F, ($(PhantomData<$Source>,)*), PhantomData<O>>
        where
            F: Fn($($Source::Value),*) -> Fut + Send + Sync + 'static,
            Fut: Future<Output = O::Value> + Send,
            O: Target + 'static,
            $($Source: Source + 'static,)*
        {
            fn call<'a>(&'a self, cx: &'a mut Context) -> BoxFuture<'a, Response> {
                pin(Box::new(async move {
                    $(
                        let name = self.names.get($index).copied().unwrap_or_default();
                        let $argument = match $Source::value(cx, name).await {
                            Ok(value) => value,
                            Err(response) => return response,
                        };
                    )*
                    let output = (self.function)($($argument),*).await;
                    O::answer(cx, output)
                }))
            }

            fn needs(&self, needs: &mut Needs) {
                let _ = &needs;
                $(<$Source as Source>::needs(needs);)*
            }
        }
    };
}

adapter_of_sources!();
adapter_of_sources!(A a 0);
adapter_of_sources!(A a 0, B b 1);
adapter_of_sources!(A a 0, B b 1, C c 2);
adapter_of_sources!(A a 0, B b 1, C c 2, D d 3);
adapter_of_sources!(A a 0, B b 1, C c 2, D d 3, E e 4);
adapter_of_sources!(A a 0, B b 1, C c 2, D d 3, E e 4, G g 5);

/// A function that takes its arguments itself.
type Call = for<'a> fn(&'a mut Context) -> BoxFuture<'a, Response>;

/// A closure that makes the arguments of a function and calls it, for arguments that an [`Adapter`] cannot name: those that
/// borrow from the context.
#[doc(hidden)]
#[derive(Debug)]
pub struct Closure<F> {
    function: PhantomData<F>,
    needs: &'static [fn(&mut Needs)],
    call: Call,
}

impl<F: Copy> Closure<F> {
    pub const fn new(_: F, needs: &'static [fn(&mut Needs)], call: Call) -> Self {
        Self {
            function: PhantomData,
            needs,
            call,
        }
    }
}

impl<F: Send + Sync + 'static> Attribute for Closure<F> {
    fn name(&self) -> &'static str {
        type_name::<F>()
    }
}

impl<F: Send + Sync + 'static> Handler for Closure<F> {
    fn call<'a>(&'a self, cx: &'a mut Context) -> BoxFuture<'a, Response> {
        (self.call)(cx)
    }

    fn needs(&self, needs: &mut Needs) {
        self.needs.iter().for_each(|each| each(needs));
    }
}
