//! Handlers that attributes make from functions, as constants.
//!
//! An attribute expands again in every build of the app, so it generates little: the source of each argument, as a type. The rest
//! is here.

use std::marker::PhantomData;

use crate::extract::{FromContext, Needs, Rejection};
use crate::future::BoxFuture;
use crate::handlers::argument::Extractor;
use crate::handlers::function::pin;
use crate::handlers::gather::arguments;
use crate::handlers::handler::Handler;
use crate::handlers::output::{Output, response_to};
use crate::handlers::param::{FromParam, param};
use crate::request::Context;
use crate::response::{IntoResponse, Response};

/// The handler of an attribute's route. It is a trait of its own so that rustc does not list other handlers beside one that does not
/// fit.
#[doc(hidden)]
pub trait Attribute: Handler {}

/// The kind of types that fit in their place in a handler.
#[doc(hidden)]
#[derive(Debug)]
pub struct Fit;

/// The kind of types that do not fit. No type is of this kind.
///
/// With two kinds to choose from, rustc cannot infer the marker of an unfit type. So it reports the type once, where the function
/// names it, and none of the errors that would follow.
#[doc(hidden)]
#[derive(Debug)]
pub struct Unfit;

/// A trait that no type implements.
#[doc(hidden)]
pub trait Never {}

/// The source of an argument.
#[doc(hidden)]
pub trait Argument {
    /// The type that the function takes.
    type Value: Send;

    /// The response if the argument cannot be made.
    type Rejection: IntoResponse + Send;

    /// Makes the argument. `name` is the param's, if the argument is a param.
    fn value(
        cx: &mut Context,
        name: &'static str,
    ) -> impl Future<Output = Result<Self::Value, Self::Rejection>> + Send;

    /// Declares what the argument needs. `name` is the param's, if the argument is a param.
    fn needs(needs: &mut Needs, name: &'static str);
}

/// The source of an argument that is a param of the pattern.
#[doc(hidden)]
#[derive(Debug)]
pub struct ParamArgument<T>(PhantomData<fn() -> T>);

/// Marks an argument as a param.
#[doc(hidden)]
pub const fn from_param<T: FromParam<K>, K>() -> PhantomData<T::Marker> {
    PhantomData
}

impl<T: FromParam<Fit> + Send> Argument for ParamArgument<T> {
    type Value = T;
    type Rejection = Rejection;

    fn value(
        cx: &mut Context,
        name: &'static str,
    ) -> impl Future<Output = Result<T, Rejection>> + Send {
        std::future::ready(param(cx, name))
    }

    fn needs(needs: &mut Needs, name: &'static str) {
        T::needs(needs, name);
    }
}

/// The source of an argument that is an extractor.
#[doc(hidden)]
#[derive(Debug)]
pub struct ExtractorArgument<T>(PhantomData<fn() -> T>);

/// Marks an argument as an extractor.
#[doc(hidden)]
pub const fn from_request<T: Extractor<K>, K>() -> PhantomData<T::Marker> {
    PhantomData
}

// The condition is not `Extractor`, whose functions would be compiled again for each extractor to call those of `FromContext`.
impl<T: FromContext + Send> Argument for ExtractorArgument<T> {
    type Value = T;
    type Rejection = T::Rejection;

    fn value(
        cx: &mut Context,
        _: &'static str,
    ) -> impl Future<Output = Result<T, T::Rejection>> + Send {
        T::from_context(cx)
    }

    fn needs(needs: &mut Needs, _: &'static str) {
        T::needs(needs);
    }
}

/// The marker of a function's return type.
#[doc(hidden)]
#[derive(Debug)]
pub struct Returned<T>(PhantomData<fn() -> T>);

/// Marks the return type of a function.
#[doc(hidden)]
pub const fn to_response<T: Output<K>, K>() -> PhantomData<T::Marker> {
    PhantomData
}

/// The conversion of a returned value.
#[doc(hidden)]
pub trait Return {
    /// The type that the function returns.
    type Value;

    /// Turns the value into the response to this request.
    fn respond(cx: &mut Context, value: Self::Value) -> Response;

    /// Declares what the response needs.
    fn needs(needs: &mut Needs);
}

impl<T: Output<Fit>> Return for Returned<T> {
    type Value = T;

    fn respond(cx: &mut Context, value: T) -> Response {
        response_to(cx, value)
    }

    fn needs(needs: &mut Needs) {
        needs.response::<T>();
    }
}

/// A function as a handler. `Function` is a pointer to it, `Arguments` are the sources of its arguments, and `R` is the marker of its
/// return type.
///
/// To call a pointer costs the app's crate nothing. To call a generic `F: Fn(…)` costs it a function for each route.
#[doc(hidden)]
#[derive(Debug)]
pub struct Adapter<Function, Arguments, R> {
    function: Function,
    /// The names of the params, which are the first arguments.
    names: &'static [&'static str],
    kind: PhantomData<fn() -> (Arguments, R)>,
}

// A constant function cannot drop the markers unless they are `Copy`, and to forget them costs each route the types of that.
impl<Function: Copy, Arguments: Copy, R: Copy> Adapter<Function, Arguments, R> {
    pub const fn new(
        names: &'static [&'static str],
        function: Function,
        _: Arguments,
        _: R,
    ) -> Self {
        Self {
            function,
            names,
            kind: PhantomData,
        }
    }
}

impl<Function, Arguments, R> Attribute for Adapter<Function, Arguments, R> where Self: Handler {}

/// Returns the name of an argument that is a param.
fn name_of(names: &[&'static str], index: usize) -> &'static str {
    names.get(index).copied().unwrap_or_default()
}

macro_rules! adapter_of_arguments {
    ($($Argument:ident $argument:ident $index:literal),*) => {
        impl<Fut, R, $($Argument),*> Handler
            for Adapter<fn($($Argument::Value),*) -> Fut, ($(PhantomData<$Argument>,)*), PhantomData<R>>
        where
            Fut: Future<Output = R::Value> + Send + 'static,
            R: Return + 'static,
            $($Argument: Argument + 'static,)*
        {
            fn call<'a>(&'a self, cx: &'a mut Context) -> BoxFuture<'a, Response> {
                pin(Box::new(async move {
                    arguments!(cx; $($argument = $Argument::value(cx, name_of(self.names, $index))),*);
                    let output = (self.function)($($argument),*).await;
                    R::respond(cx, output)
                }))
            }

            fn needs(&self, needs: &mut Needs) {
                $(<$Argument as Argument>::needs(needs, name_of(self.names, $index));)*
                R::needs(needs);
            }
        }
    };
}

adapter_of_arguments!();
adapter_of_arguments!(A a 0);
adapter_of_arguments!(A a 0, B b 1);
adapter_of_arguments!(A a 0, B b 1, C c 2);
adapter_of_arguments!(A a 0, B b 1, C c 2, D d 3);
adapter_of_arguments!(A a 0, B b 1, C c 2, D d 3, E e 4);
adapter_of_arguments!(A a 0, B b 1, C c 2, D d 3, E e 4, G g 5);

/// A function from the context to the response.
type Call = for<'a> fn(&'a mut Context) -> BoxFuture<'a, Response>;

/// A closure that makes the arguments of a function and calls it. It serves functions whose arguments borrow from the context,
/// which the types of an [`Adapter`] cannot express.
#[doc(hidden)]
#[derive(Debug)]
pub struct Closure {
    needs: &'static [fn(&mut Needs)],
    call: Call,
}

impl Closure {
    pub const fn new(needs: &'static [fn(&mut Needs)], call: Call) -> Self {
        Self { needs, call }
    }
}

impl Attribute for Closure {}

impl Handler for Closure {
    fn call<'a>(&'a self, cx: &'a mut Context) -> BoxFuture<'a, Response> {
        (self.call)(cx)
    }

    fn needs(&self, needs: &mut Needs) {
        self.needs.iter().for_each(|each| each(needs));
    }
}
