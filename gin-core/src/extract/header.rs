//! Header fields.

use std::borrow::Cow;

use serde::de::DeserializeOwned;

#[cfg(feature = "openapi")]
use crate::description::Operation;
use crate::extract::node::Reading;
use crate::extract::tree::Tree;
use crate::extract::{FromContext, Rejection, Severity};
use crate::failure::Place;
use crate::request::Context;

/// The request's header fields as a struct: the field `user_agent` is `User-Agent`. A value that does not fit is 400.
///
/// ```
/// # use gin::{extract::Header, prelude::*, testing::Client};
/// #[derive(serde::Deserialize)]
/// struct Caller { user_agent: Option<String>, x_retry: u8 }
///
/// async fn retry(Header(caller): Header<Caller>) -> String {
///     format!("{} of {}", caller.x_retry, caller.user_agent.unwrap_or_default())
/// }
///
/// # tokio::runtime::Runtime::new()?.block_on(async {
/// let client = Client::new(Group::new("").get("/", retry));
/// client.get("/").header("x-retry", "2").header("user-agent", "curl").await.has_text("2 of curl");
/// client.get("/").header("x-retry", "many").await.is(400);
/// # });
/// # Ok::<(), std::io::Error>(())
/// ```
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Header<T>(pub T);

impl<T: DeserializeOwned + Send> FromContext for Header<T> {
    type Rejection = Rejection;

    async fn from_context(cx: &mut Context) -> Result<Self, Rejection> {
        let tree = tree(cx);
        match Reading::of(&tree).read() {
            Ok(value) => Ok(Header(value)),
            Err(errors) => Err(Rejection::of_fields(
                Severity::Invalid,
                400,
                Place::HEADER,
                errors,
            )),
        }
    }

    fn severity(rejection: &Rejection) -> Severity {
        rejection.severity()
    }

    #[cfg(feature = "openapi")]
    fn describe(operation: &mut Operation) {
        operation.headers_of::<T>();
    }
}

fn tree(cx: &Context) -> Tree<'_> {
    let pairs = cx.headers().iter().filter_map(|(name, value)| {
        let name = name.as_str().replace('-', "_");
        Some((Cow::Owned(name), Cow::Borrowed(value.to_str().ok()?)))
    });
    Tree::flat(pairs)
}
