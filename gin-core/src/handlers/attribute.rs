//! Handlers that attributes make from functions, as constants.
//!
//! An attribute expands again in every build of the app, so it generates little: a mark for each argument. The rest is here.

use crate::extract::Needs;
use crate::future::BoxFuture;
use crate::handlers::function::pin;
use crate::handlers::gather::arguments;
use crate::handlers::source::{Argument, Return, Returned, Source};
use crate::request::Context;
use crate::response::Response;

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

/// A function that declares what an argument or a response needs.
#[doc(hidden)]
#[derive(Debug, Clone, Copy)]
pub enum Declare {
    /// The function of a param, which takes its name.
    Param(fn(&mut Needs, &'static str)),
    /// The function of an extractor or of a response.
    Other(fn(&mut Needs)),
}

/// The needs of an attribute's route, which are those of its params, of its extractors and of its response.
#[derive(Debug, Clone, Copy)]
pub(crate) struct AttributeNeeds {
    /// The names of the params.
    pub(crate) names: &'static [&'static str],
    /// The params, the extractors and the response.
    pub(crate) declared: &'static [Declare],
    /// The templates that the function names for its views, each with its line.
    #[cfg_attr(
        not(feature = "templates"),
        expect(dead_code, reason = "without templates there are no views")
    )]
    pub(crate) views: &'static [(&'static str, u32)],
}

impl AttributeNeeds {
    /// Declares the needs.
    pub(crate) fn declare(self, needs: &mut Needs) {
        let mut names = self.names.iter();
        for each in self.declared {
            match each {
                Declare::Param(declare) => {
                    declare(needs, names.next().copied().unwrap_or_default());
                }
                Declare::Other(declare) => declare(needs),
            }
        }
        #[cfg(feature = "templates")]
        needs.add_views(self.views);
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

/// A handler whose type determines what it needs.
#[doc(hidden)]
pub trait Declares {
    /// The needs of its arguments, in order, and of its response.
    const NEEDS: &'static [Declare];
}

/// Returns the name of an argument that is a param.
fn name_of(names: &[&'static str], index: usize) -> &'static str {
    names.get(index).copied().unwrap_or_default()
}

/// Names the adapter of a number of arguments. A function that is given to it becomes a pointer without a cast.
macro_rules! adapter_type {
    ($name:ident $($Argument:ident $Kind:ident)*) => {
        #[doc(hidden)]
        pub type $name<$($Argument, $Kind,)* Fut, K> = Adapter<
            fn($($Argument),*) -> Fut,
            ($(Source<$Argument, $Kind>,)*),
            Returned<<Fut as Future>::Output, K>,
        >;
    };
}

adapter_type!(Adapter0);
adapter_type!(Adapter1 A KA);
adapter_type!(Adapter2 A KA B KB);
adapter_type!(Adapter3 A KA B KB C KC);
adapter_type!(Adapter4 A KA B KB C KC D KD);
adapter_type!(Adapter5 A KA B KB C KC D KD E KE);
adapter_type!(Adapter6 A KA B KB C KC D KD E KE F KF);

macro_rules! adapter_of_arguments {
    ($($Argument:ident $argument:ident $index:literal),*) => {
        impl<Fut, R, $($Argument),*> Respond
            for Adapter<fn($($Argument::Value),*) -> Fut, ($($Argument,)*), R>
        where
            Fut: Future<Output = R::Value> + Send + 'static,
            R: Return + 'static,
            $($Argument: Argument<Value: Send> + 'static,)*
        {
            fn call<'a>(&'a self, cx: &'a mut Context) -> BoxFuture<'a, Response> {
                pin(Box::new(async move {
                    arguments!(cx; $($argument = $Argument::value(cx, name_of(self.names, $index))),*);
                    let output = (self.function)($($argument),*).await;
                    R::respond(cx, output)
                }))
            }
        }

        impl<Function, R, $($Argument),*> Declares for Adapter<Function, ($($Argument,)*), R>
        where
            R: Return,
            $($Argument: Argument,)*
        {
            const NEEDS: &'static [Declare] = &[$($Argument::NEEDS,)* R::NEEDS];
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
