//! Path params.

use std::borrow::Cow;

use serde::de::{DeserializeOwned, Visitor};
use serde::{Deserializer, forward_to_deserialize_any};

use crate::extract::fields::{Fields, FieldsError, Repeated};
use crate::extract::rejection::not_text;
use crate::extract::text::{Text, unit_and_newtype};
use crate::extract::{Fault, FromContext, Needs, Rejection};
use crate::failure::Problem;
use crate::request::Context;

/// The path's params: one value, a tuple in their order, or a struct by their names. A value that does not fit is 404, one that
/// is no UTF-8 is 400. That there are params is checked when the engine is built, unless it is an `Option` of this.
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
        all_text(cx)?;
        match T::deserialize(Positional(cx)) {
            Ok(value) => Ok(Path(value)),
            Err(error) => Err(Rejection::new(
                Fault::Invalid,
                error.describe(Problem::new(404)),
            )),
        }
    }

    fn needs(needs: &mut Needs) {
        needs.params();
    }
}

/// What is no UTF-8 is 400, and not merely no such thing.
fn all_text(cx: &Context) -> Result<(), Rejection> {
    match cx.params_as_sent().find(|(_, value)| value.is_err()) {
        Some((name, _)) => Err(not_text(name)),
        None => Ok(()),
    }
}

/// The params by their order where the type has no names. A single value is taken from where it stands.
struct Positional<'de>(&'de Context);

impl<'de> Positional<'de> {
    fn fields(&self) -> Fields<'de> {
        let cow = |(name, value)| (Cow::Borrowed(name), Cow::Borrowed(value));
        self.0.params().map(cow).collect()
    }

    fn values(&self) -> Repeated<'de> {
        let values = self.0.params().map(|(_, value)| Cow::Borrowed(value));
        Repeated(values.collect())
    }
}

macro_rules! only {
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

    only! {
        deserialize_bool deserialize_i8 deserialize_i16 deserialize_i32 deserialize_i64 deserialize_i128
        deserialize_u8 deserialize_u16 deserialize_u32 deserialize_u64 deserialize_u128 deserialize_f32 deserialize_f64
        deserialize_char deserialize_str deserialize_string deserialize_bytes deserialize_byte_buf
    }

    fn deserialize_any<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, FieldsError> {
        self.fields().by_name().deserialize_any(visitor)
    }

    fn deserialize_option<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, FieldsError> {
        if self.0.params().next().is_none() {
            visitor.visit_none()
        } else {
            visitor.visit_some(self)
        }
    }

    fn deserialize_seq<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, FieldsError> {
        self.values().deserialize_seq(visitor)
    }

    fn deserialize_tuple<V: Visitor<'de>>(
        self,
        length: usize,
        visitor: V,
    ) -> Result<V::Value, FieldsError> {
        self.values().deserialize_tuple(length, visitor)
    }

    fn deserialize_tuple_struct<V: Visitor<'de>>(
        self,
        _name: &'static str,
        length: usize,
        visitor: V,
    ) -> Result<V::Value, FieldsError> {
        self.values().deserialize_tuple(length, visitor)
    }

    unit_and_newtype!();

    fn deserialize_enum<V: Visitor<'de>>(
        self,
        name: &'static str,
        variants: &'static [&'static str],
        visitor: V,
    ) -> Result<V::Value, FieldsError> {
        self.values().deserialize_enum(name, variants, visitor)
    }

    forward_to_deserialize_any! { unit_struct map struct identifier ignored_any }
}
