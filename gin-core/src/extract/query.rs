//! The query of the URI.

use serde::de::DeserializeOwned;

#[cfg(feature = "openapi")]
use crate::description::Operation;
use crate::extract::node::Reading;
use crate::extract::tree::{Leaf, Tree};
use crate::extract::{FromContext, Rejection, Severity};
use crate::failure::{FieldError, Place};
use crate::request::{Context, pairs};

/// The query as a struct, a map or a list of pairs. A query that does not fit is 400, and the problem names all fields that are wrong.
///
/// Values are read and nest as in a [`Form`](crate::extract::Form).
///
/// ```
/// # use gin::{prelude::*, testing::Client};
/// #[derive(serde::Deserialize)]
/// struct Page { #[serde(default)] number: u32, tag: Vec<String> }
///
/// async fn posts(Query(page): Query<Page>) -> String {
///     format!("page {} of {:?}", page.number, page.tag)
/// }
///
/// # tokio::runtime::Runtime::new()?.block_on(async {
/// let client = Client::new(Group::new("").get("/posts", posts));
/// client.get("/posts?tag=a&tag=b").await.has_text("page 0 of [\"a\", \"b\"]");
/// client.get("/posts?tag=a&number=x").await.is(400);
/// # });
/// # Ok::<(), std::io::Error>(())
/// ```
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Query<T>(pub T);

impl<T: DeserializeOwned + Send> FromContext for Query<T> {
    type Rejection = Rejection;

    async fn from_context(cx: &mut Context) -> Result<Self, Rejection> {
        // This is compiled for every type of the app, so it decides little.
        match tree(cx) {
            Ok(tree) => match Reading::of(&tree).read() {
                Ok(value) => Ok(Query(value)),
                Err(errors) => Err(unfit(cx, errors)),
            },
            Err(rejection) => Err(rejection),
        }
    }

    fn severity(rejection: &Rejection) -> Severity {
        rejection.severity()
    }

    #[cfg(feature = "openapi")]
    fn describe(operation: &mut Operation) {
        operation.query_of::<T>();
    }
}

/// Returns the values of the query.
pub(crate) fn tree(cx: &Context) -> Result<Tree<'_>, Rejection> {
    let pairs = pairs(cx.query_string()).map(|(name, text)| (name, Leaf::Text(text)));
    Tree::nested(pairs, cx.scope().max_fields).map_err(Rejection::from)
}

/// Returns the rejection of a query with these errors.
fn unfit(cx: &Context, errors: Vec<FieldError>) -> Rejection {
    let severity = match cx.uri().query() {
        Some(_) => Severity::Invalid,
        // A URI without a query is accepted if every field has a default.
        None => Severity::Absent,
    };
    Rejection::of_fields(severity, 400, Place::QUERY, errors)
}
