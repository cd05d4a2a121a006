//! Named text values of a path, a query or a form, deserialized into the type of an argument.

use std::borrow::Cow;
use std::collections::HashMap;
use std::{fmt, vec};

use serde::de::value::CowStrDeserializer;
use serde::de::{self, DeserializeSeed, IntoDeserializer, MapAccess, SeqAccess, Visitor};
use serde::{Deserialize, Deserializer, forward_to_deserialize_any};

use crate::extract::text::{Text, delegate, unit_and_newtype};
use crate::extract::{Rejection, Severity};
use crate::failure::Problem;

/// Named text values in the order in which they were sent, those of one name together.
#[derive(Default)]
pub(crate) struct Fields<'de>(Vec<(Cow<'de, str>, Values<'de>)>);

pub(crate) type Values<'de> = Vec<Cow<'de, str>>;

impl<'de> FromIterator<(Cow<'de, str>, Cow<'de, str>)> for Fields<'de> {
    fn from_iter<I: IntoIterator<Item = (Cow<'de, str>, Cow<'de, str>)>>(pairs: I) -> Self {
        let mut fields = Fields::default();
        let mut places = HashMap::new();
        for (name, value) in pairs {
            let place = *places.entry(name.clone()).or_insert(fields.0.len());
            match fields.0.get_mut(place) {
                Some((_, values)) => values.push(value),
                None => fields.0.push((name, vec![value])),
            }
        }
        fields
    }
}

impl<'de> Fields<'de> {
    /// Deserializes the fields into a struct or a map.
    pub(crate) fn named<T: Deserialize<'de>>(self) -> Result<T, FieldsError> {
        T::deserialize(self.by_name())
    }

    /// Returns a deserializer of the fields by their names.
    pub(crate) fn by_name(self) -> Named<'de> {
        Named(self.0.into_iter())
    }
}

/// Text values do not fit the type that they are deserialized into.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct FieldsError {
    /// The path of the field. Empty if the error is about all fields.
    path: String,
    message: String,
}

impl FieldsError {
    /// Adds the field's `name` to the path.
    pub(crate) fn at(mut self, name: &str) -> FieldsError {
        if self.path.is_empty() {
            name.clone_into(&mut self.path);
        } else if self.path.starts_with('[') {
            self.path.insert_str(0, name);
        }
        self
    }

    fn at_index(mut self, index: usize) -> FieldsError {
        self.path = format!("[{index}]");
        self
    }

    /// Turns the error into a rejection with `status` that names the field.
    pub(crate) fn reject(self, severity: Severity, status: u16) -> Rejection {
        let problem = Problem::new(status);
        let problem = if self.path.is_empty() {
            problem.detail(self.message)
        } else {
            problem.field(self.path, self.message)
        };
        Rejection::new(severity, problem)
    }
}

impl fmt::Display for FieldsError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.message)
    }
}

impl std::error::Error for FieldsError {}

impl de::Error for FieldsError {
    fn custom<T: fmt::Display>(message: T) -> FieldsError {
        FieldsError {
            path: String::new(),
            message: message.to_string(),
        }
    }

    fn missing_field(field: &'static str) -> FieldsError {
        FieldsError::custom("is missing").at(field)
    }
}

/// A deserializer of fields into a struct or a map.
pub(crate) struct Named<'de>(vec::IntoIter<(Cow<'de, str>, Values<'de>)>);

impl<'de> Deserializer<'de> for Named<'de> {
    type Error = FieldsError;

    fn deserialize_any<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, FieldsError> {
        visitor.visit_map(Entries {
            rest: self.0,
            current: None,
        })
    }

    fn deserialize_option<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, FieldsError> {
        if self.0.as_slice().is_empty() {
            return visitor.visit_none();
        }
        visitor.visit_some(self)
    }

    unit_and_newtype!();

    forward_to_deserialize_any! {
        bool i8 i16 i32 i64 i128 u8 u16 u32 u64 u128 f32 f64 char str string bytes byte_buf
        unit_struct seq tuple tuple_struct map struct enum identifier ignored_any
    }
}

struct Entries<'de> {
    rest: vec::IntoIter<(Cow<'de, str>, Values<'de>)>,
    /// The entry whose name was read, but whose values were not.
    current: Option<(Cow<'de, str>, Values<'de>)>,
}

impl<'de> MapAccess<'de> for Entries<'de> {
    type Error = FieldsError;

    fn next_key_seed<K: DeserializeSeed<'de>>(
        &mut self,
        seed: K,
    ) -> Result<Option<K::Value>, FieldsError> {
        self.current = self.rest.next();
        let Some((name, _)) = &self.current else {
            return Ok(None);
        };
        let name: CowStrDeserializer<'de, FieldsError> = name.clone().into_deserializer();
        seed.deserialize(name).map(Some)
    }

    fn next_value_seed<V: DeserializeSeed<'de>>(
        &mut self,
        seed: V,
    ) -> Result<V::Value, FieldsError> {
        let (name, values) = self.current.take().unwrap_or_default();
        seed.deserialize(Repeated(values))
            .map_err(|error| error.at(&name))
    }
}

/// A deserializer of the values of one name: all of them into a sequence, the first into any other type.
pub(crate) struct Repeated<'de>(pub(crate) Values<'de>);

impl<'de> Repeated<'de> {
    fn first(self) -> Text<'de> {
        Text(self.0.into_iter().next().unwrap_or_default())
    }

    fn all(self) -> Sequence<'de> {
        Sequence {
            rest: self.0.into_iter(),
            index: 0,
        }
    }
}

impl<'de> Deserializer<'de> for Repeated<'de> {
    type Error = FieldsError;

    delegate! {
        first:
        deserialize_any() deserialize_bool() deserialize_i8() deserialize_i16() deserialize_i32() deserialize_i64()
        deserialize_i128() deserialize_u8() deserialize_u16() deserialize_u32() deserialize_u64() deserialize_u128()
        deserialize_f32() deserialize_f64() deserialize_char()
        deserialize_enum(name: &'static str, variants: &'static [&'static str])
    }

    fn deserialize_option<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, FieldsError> {
        if self.0.iter().all(|value| value.is_empty()) {
            return visitor.visit_none();
        }
        visitor.visit_some(self)
    }

    fn deserialize_seq<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, FieldsError> {
        visitor.visit_seq(self.all())
    }

    fn deserialize_tuple<V: Visitor<'de>>(
        self,
        _length: usize,
        visitor: V,
    ) -> Result<V::Value, FieldsError> {
        self.deserialize_seq(visitor)
    }

    unit_and_newtype!();

    forward_to_deserialize_any! {
        str string bytes byte_buf unit_struct tuple_struct map struct identifier ignored_any
    }
}

struct Sequence<'de> {
    rest: vec::IntoIter<Cow<'de, str>>,
    index: usize,
}

impl<'de> SeqAccess<'de> for Sequence<'de> {
    type Error = FieldsError;

    fn next_element_seed<T: DeserializeSeed<'de>>(
        &mut self,
        seed: T,
    ) -> Result<Option<T::Value>, FieldsError> {
        let Some(value) = self.rest.next() else {
            return Ok(None);
        };
        let index = self.index;
        self.index += 1;
        let element = seed.deserialize(Text(value));
        element.map(Some).map_err(|error| error.at_index(index))
    }
}
