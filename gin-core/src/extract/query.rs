//! The query.

use serde::de::DeserializeOwned;

use crate::extract::fields::Fields;
use crate::extract::{FromContext, Rejection, Severity};
use crate::failure::Problem;
use crate::request::{Context, pairs};

/// The query as a struct or a map. A value that does not fit is 400.
///
/// A field that is a sequence takes all values of its name, any other the first.
///
/// ```
/// # use gin::prelude::*;
/// #[derive(serde::Deserialize)]
/// struct Page { #[serde(default)] number: u32, tag: Vec<String> }
///
/// async fn posts(Query(page): Query<Page>) -> String {
///     format!("page {} of {:?}", page.number, page.tag)
/// }
/// ```
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Query<T>(pub T);

impl<T: DeserializeOwned + Send> FromContext for Query<T> {
    type Rejection = Rejection;

    async fn from_context(cx: &mut Context) -> Result<Self, Rejection> {
        if cx.uri().query().is_none() {
            return absent();
        }
        let fields: Fields<'_> = pairs(cx.query_string()).collect();
        match fields.named() {
            Ok(value) => Ok(Query(value)),
            Err(error) => Err(Rejection::new(
                Severity::Invalid,
                error.describe(Problem::new(400)),
            )),
        }
    }

    fn severity(rejection: &Rejection) -> Severity {
        rejection.severity()
    }
}

/// No query at all: fine where every field has a default.
fn absent<T: DeserializeOwned>() -> Result<Query<T>, Rejection> {
    match Fields::default().named() {
        Ok(value) => Ok(Query(value)),
        Err(error) => Err(Rejection::new(
            Severity::Absent,
            error.describe(Problem::new(400)),
        )),
    }
}
