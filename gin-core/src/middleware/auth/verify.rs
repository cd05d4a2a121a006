//! Async functions that check credentials.

use std::marker::PhantomData;
use std::sync::Arc;

#[cfg(feature = "openapi")]
use crate::description::Operation;
use crate::extract::{FromContext, Needs};
use crate::future::BoxFuture;
use crate::handlers::Args;
use crate::middleware::Provided;
use crate::middleware::auth::{Denial, Verdict};
use crate::request::Context;
use crate::response::IntoResponse;

/// An async function of credentials, and of up to three extractors after them, that returns a [`Verdict`].
///
/// The compiler infers `Kind`. An extractor's needs, such as state, are checked by [`Engine::new`](crate::Engine::new).
///
/// ```
/// # use gin::{prelude::*, testing::Client};
/// # use std::{collections::HashMap, sync::Arc};
/// use gin::middleware::{Token, bearer};
///
/// #[derive(Clone)]
/// struct User(&'static str);
///
/// #[derive(Clone)]
/// struct Tokens(Arc<HashMap<&'static str, User>>);
///
/// async fn verify(token: Token, State(Tokens(tokens)): State<Tokens>) -> gin::Result<Option<User>> {
///     Ok(tokens.get(token.as_str()).cloned())
/// }
///
/// let app = || Group::new("").with(bearer(verify)).get("/", async |user: Extension<User>| user.0.0);
/// assert!(app().build().is_err(), "no group gives the tokens");
/// # tokio::runtime::Runtime::new()?.block_on(async {
/// let tokens = Tokens(Arc::new(HashMap::from([("7f3a", User("Ann"))])));
/// let client = Client::new(app().state(tokens));
/// client.get("/").header("authorization", "Bearer 7f3a").await.has_text("Ann");
/// # });
/// # Ok::<(), std::io::Error>(())
/// ```
#[diagnostic::on_unimplemented(
    message = "`{Self}` does not check a `{C}`",
    label = "not a function that checks credentials",
    note = "it is an `async fn(credentials: {C}) -> Option<User>`, with up to three extractors after the first argument",
    note = "it may also return `gin::Result<Option<User>>` or `Result<User, Denial>`"
)]
pub trait Verify<C, Kind> {
    /// Erases the type of the function.
    #[doc(hidden)]
    fn into_verifier(self) -> Arc<dyn Verifier<C>>;
}

/// A function that checks credentials of type `C`, whose type is erased.
#[doc(hidden)]
pub trait Verifier<C>: Send + Sync {
    /// Keeps the user of the credentials in `cx`.
    fn verify<'a>(
        &'a self,
        cx: &'a mut Context,
        credentials: C,
    ) -> BoxFuture<'a, Result<(), Denial>>;

    fn provides(&self, provided: &mut Provided);

    fn needs(&self, needs: &mut Needs);

    #[cfg(feature = "openapi")]
    fn describe(&self, operation: &mut Operation);
}

/// A function as a verifier: the glue that the app's crate compiles.
struct VerifyFunction<F, T> {
    function: F,
    arguments: PhantomData<fn() -> T>,
}

macro_rules! verify {
    ($($Arg:ident $arg:ident),*) => {
        impl<C, F, Fut, $($Arg),*> Verify<C, Args<(C, $($Arg,)*)>> for F
        where
            F: Fn(C, $($Arg),*) -> Fut + Send + Sync + 'static,
            Fut: Future<Output: Verdict> + Send,
            C: Send + 'static,
            $($Arg: FromContext + Send + 'static,)*
        {
            fn into_verifier(self) -> Arc<dyn Verifier<C>> {
                Arc::new(VerifyFunction::<F, (C, $($Arg,)*)> { function: self, arguments: PhantomData })
            }
        }

        impl<C, F, Fut, $($Arg),*> Verifier<C> for VerifyFunction<F, (C, $($Arg,)*)>
        where
            F: Fn(C, $($Arg),*) -> Fut + Send + Sync + 'static,
            Fut: Future<Output: Verdict> + Send,
            C: Send + 'static,
            $($Arg: FromContext + Send + 'static,)*
        {
            fn verify<'a>(&'a self, cx: &'a mut Context, credentials: C) -> BoxFuture<'a, Result<(), Denial>> {
                Box::pin(async move {
                    $(
                        let $arg = match $Arg::from_context(cx).await {
                            Ok(value) => value,
                            Err(rejection) => return Err(Denial::failed(rejection.into_response())),
                        };
                    )*
                    let verdict = (self.function)(credentials, $($arg),*).await;
                    cx.set(verdict.into_user()?);
                    Ok(())
                })
            }

            fn provides(&self, provided: &mut Provided) {
                provided.extension::<<Fut::Output as Verdict>::User>();
            }

            fn needs(&self, needs: &mut Needs) {
                let _ = &needs;
                $(<$Arg as FromContext>::needs(needs);)*
            }

            #[cfg(feature = "openapi")]
            fn describe(&self, operation: &mut Operation) {
                $(<$Arg as FromContext>::describe(operation);)*
                <Fut::Output as Verdict>::describe(operation);
            }
        }
    };
}

verify!();
verify!(A a);
verify!(A a, B b);
verify!(A a, B b, D d);
