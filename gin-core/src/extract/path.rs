//! Path params.

use std::borrow::Cow;

use serde::de::DeserializeOwned;

use crate::{
    context::Context,
    extract::{Fault, FromContext, Rejection, fields::Fields},
    problem::Problem,
};

/// The path's params: one value, a tuple in their order, or a struct by their names. A value that does not fit is 404.
///
/// ```
/// # use gin::prelude::*;
/// async fn comment(Path((post, comment)): Path<(u32, u32)>) -> String {
///     format!("comment {comment} on post {post}")
/// }
///
/// let app = Group::new("").get("/posts/:post/comments/:comment", comment);
/// ```
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Path<T>(pub T);

impl<T: DeserializeOwned + Send> FromContext for Path<T> {
    type Rejection = Rejection;

    async fn from_context(cx: &mut Context) -> Result<Self, Rejection> {
        match fields(cx).positional() {
            Ok(value) => Ok(Path(value)),
            Err(error) => Err(Rejection::new(
                Fault::Invalid,
                error.describe(Problem::new(404)),
            )),
        }
    }
}

fn fields(cx: &Context) -> Fields<'_> {
    cx.params()
        .map(|(name, value)| (Cow::Borrowed(name), Cow::Borrowed(value)))
        .collect()
}
