//! All params of a path.

use std::borrow::Cow;

use serde::de::{DeserializeOwned, Visitor};
use serde::{Deserializer, forward_to_deserialize_any};

use crate::extract::fields::{Fields, FieldsError, Named, Repeated};
use crate::extract::rejection::not_text;
use crate::extract::text::{Text, delegate, unit_and_newtype};
use crate::extract::{FromContext, Needs, Rejection, Severity};
use crate::request::Context;

/// The params of the path: one value, a tuple in their order, or a struct by their names.
///
/// A value that does not fit is 404, and one that is not UTF-8 is 400. [`Engine::new`](crate::Engine::new) reports a route that
/// takes a `Path` and has no params, unless it takes an `Option<Path<T>>`.
///
/// ```
/// # use gin::{prelude::*, testing::Client};
/// async fn comment(Path((post, comment)): Path<(u32, u32)>) -> String {
///     format!("comment {comment} on post {post}")
/// }
///
/// # tokio::runtime::Runtime::new()?.block_on(async {
/// let client = Client::new(Group::new("").get("/posts/:post/comments/:comment", comment));
/// client.get("/posts/7/comments/12").await.has_text("comment 12 on post 7");
/// client.get("/posts/x/comments/12").await.is(404);
/// # });
/// # Ok::<(), std::io::Error>(())
/// ```
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Path<T>(pub T);

impl<T: DeserializeOwned + Send> FromContext for Path<T> {
    type Rejection = Rejection;

    async fn from_context(cx: &mut Context) -> Result<Self, Rejection> {
        all_text(cx)?;
        let value = T::deserialize(Positional(cx)).map(Path);
        value.map_err(|error| {
            let severity = match cx.params().next() {
                Some(_) => Severity::Invalid,
                None => Severity::Absent,
            };
            error.reject(severity, 404)
        })
    }

    fn needs(needs: &mut Needs) {
        needs.params();
    }

    fn severity(rejection: &Rejection) -> Severity {
        rejection.severity()
    }
}

/// Rejects params that are not UTF-8 with 400: such a request is malformed, where 404 would claim that it names nothing.
fn all_text(cx: &Context) -> Result<(), Rejection> {
    match cx.all_params().find(|(_, value)| value.is_err()) {
        Some((name, _)) => Err(not_text(name)),
        None => Ok(()),
    }
}

/// A deserializer of the params: by name into a struct or a map, by order into a tuple or a sequence, the first into any other
/// type. The first is borrowed without collecting the others.
struct Positional<'de>(&'de Context);

impl<'de> Positional<'de> {
    fn named(&self) -> Named<'de> {
        let cow = |(name, value)| (Cow::Borrowed(name), Cow::Borrowed(value));
        let fields: Fields<'_> = self.0.params().map(cow).collect();
        fields.by_name()
    }

    fn values(&self) -> Repeated<'de> {
        let values = self.0.params().map(|(_, value)| Cow::Borrowed(value));
        Repeated(values.collect())
    }
}

macro_rules! first {
    ($($deserialize:ident)*) => {$(
        fn $deserialize<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, FieldsError> {
            let (name, value) = self.0.params().next().unwrap_or_default();
            let value = Text(Cow::Borrowed(value));
            value.$deserialize(visitor).map_err(|error| error.at(name))
        }
    )*};
}

impl<'de> Deserializer<'de> for Positional<'de> {
    type Error = FieldsError;

    first! {
        deserialize_bool deserialize_i8 deserialize_i16 deserialize_i32 deserialize_i64 deserialize_i128
        deserialize_u8 deserialize_u16 deserialize_u32 deserialize_u64 deserialize_u128 deserialize_f32 deserialize_f64
        deserialize_char deserialize_str deserialize_string deserialize_bytes deserialize_byte_buf
    }

    delegate! { named: deserialize_any() }

    delegate! {
        values:
        deserialize_seq() deserialize_tuple(length: usize)
        deserialize_enum(name: &'static str, variants: &'static [&'static str])
    }

    fn deserialize_option<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, FieldsError> {
        if self.0.params().next().is_none() {
            visitor.visit_none()
        } else {
            visitor.visit_some(self)
        }
    }

    fn deserialize_tuple_struct<V: Visitor<'de>>(
        self,
        _name: &'static str,
        length: usize,
        visitor: V,
    ) -> Result<V::Value, FieldsError> {
        self.deserialize_tuple(length, visitor)
    }

    unit_and_newtype!();

    forward_to_deserialize_any! { unit_struct map struct identifier ignored_any }
}
