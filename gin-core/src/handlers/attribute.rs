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
use crate::handlers::output::{Output, response_to};
use crate::handlers::param::{FromParam, param};
use crate::request::Context;
use crate::response::{IntoResponse, Response};

/// The handler of an attribute's route. It is a trait of its own so that rustc does not list other handlers beside one that does not
/// fit.
#[doc(hidden)]
pub trait Attribute: Respond {}

/// The function of a handler of an attribute's route. It does not declare what it needs, which would be one function more for each
/// route.
#[doc(hidden)]
pub trait Respond: Send + Sync {
    /// Responds to the request in `cx`.
    fn call<'a>(&'a self, cx: &'a mut Context) -> BoxFuture<'a, Response>;
}

/// Declares what a param needs, given its name.
type DeclareParam = fn(&mut Needs, &'static str);

/// The needs of an attribute's route, which are those of its params, of its extractors and of its response.
#[doc(hidden)]
#[derive(Debug, Clone, Copy)]
pub struct AttributeNeeds {
    /// Each param with its name.
    pub params: &'static [(&'static str, DeclareParam)],
    /// The extractors and the response.
    pub others: &'static [fn(&mut Needs)],
    /// The templates that the function names for its views, each with its line.
    pub views: &'static [(&'static str, u32)],
}

impl AttributeNeeds {
    /// Declares the needs.
    pub(crate) fn declare(self, needs: &mut Needs) {
        self.params
            .iter()
            .for_each(|(name, each)| each(needs, name));
        self.others.iter().for_each(|each| each(needs));
        #[cfg(feature = "templates")]
        needs.add_views(self.views);
    }
}

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
pub trait Argument: Send + Sync {
    /// The type that the function takes.
    type Value: Send;

    /// The response if the argument cannot be made.
    type Rejection: IntoResponse + Send;

    /// Makes the argument. `name` is the param's, if the argument is a param.
    fn value(
        cx: &mut Context,
        name: &'static str,
    ) -> impl Future<Output = Result<Self::Value, Self::Rejection>> + Send;
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
pub trait Return: Send + Sync {
    /// The type that the function returns.
    type Value;

    /// Turns the value into the response to this request.
    fn respond(cx: &mut Context, value: Self::Value) -> Response;
}

impl<T: Output<Fit>> Return for Returned<T> {
    type Value = T;

    fn respond(cx: &mut Context, value: T) -> Response {
        response_to(cx, value)
    }
}

/// A function as a handler. `Function` is a pointer to it, `Arguments` are the sources of its arguments, and `R` is the marker of its
/// return type.
///
/// To call a pointer costs the app's crate nothing. To call a generic `F: Fn(…)` costs it a function for each route. An attribute
/// writes the fields, because a call of a constructor would cost it the types and the evaluation of that.
#[doc(hidden)]
#[derive(Debug)]
pub struct Adapter<Function, Arguments, R> {
    /// The names of the params, which are the first arguments.
    pub names: &'static [&'static str],
    /// The pointer to the function.
    pub function: Function,
    /// The marker of each argument.
    pub arguments: Arguments,
    /// The marker of the return type.
    pub output: R,
}

impl<Function, Arguments, R> Attribute for Adapter<Function, Arguments, R> where Self: Respond {}

/// Returns the name of an argument that is a param.
fn name_of(names: &[&'static str], index: usize) -> &'static str {
    names.get(index).copied().unwrap_or_default()
}

/// Names the adapter of a number of arguments. A function that is given to it becomes a pointer without a cast.
macro_rules! adapter_type {
    ($name:ident $($Argument:ident)*) => {
        #[doc(hidden)]
        pub type $name<$($Argument,)* Fut, Arguments, R> = Adapter<fn($($Argument),*) -> Fut, Arguments, R>;
    };
}

adapter_type!(Adapter0);
adapter_type!(Adapter1 A);
adapter_type!(Adapter2 A B);
adapter_type!(Adapter3 A B C);
adapter_type!(Adapter4 A B C D);
adapter_type!(Adapter5 A B C D E);
adapter_type!(Adapter6 A B C D E F);

macro_rules! adapter_of_arguments {
    ($($Argument:ident $argument:ident $index:literal),*) => {
        impl<Fut, R, $($Argument),*> Respond
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
    call: Call,
}

impl Closure {
    pub const fn new(call: Call) -> Self {
        Self { call }
    }
}

impl Attribute for Closure {}

impl Respond for Closure {
    fn call<'a>(&'a self, cx: &'a mut Context) -> BoxFuture<'a, Response> {
        (self.call)(cx)
    }
}
