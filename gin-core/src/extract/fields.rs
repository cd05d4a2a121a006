//! Named text values, from a path, a query or a form, as whatever type the handler wants.

use std::borrow::Cow;
use std::collections::HashMap;
use std::{fmt, vec};

use serde::de::value::CowStrDeserializer;
use serde::de::{self, DeserializeSeed, IntoDeserializer, MapAccess, SeqAccess, Visitor};
use serde::{Deserialize, Deserializer, forward_to_deserialize_any};

use crate::extract::text::{Text, unit_and_newtype};
use crate::failure::Problem;

/// Named text values in the order they came, those of one name together.
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
    /// All fields as a struct or a map.
    pub(crate) fn named<T: Deserialize<'de>>(self) -> Result<T, FieldsError> {
        T::deserialize(self.by_name())
    }

    /// What gives the fields by their names.
    pub(crate) fn by_name(self) -> Named<'de> {
        Named(self.0.into_iter())
    }
}

/// Why text values are not of the wanted type.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct FieldsError {
    /// Empty if it is about all of them.
    path: String,
    message: String,
}

impl FieldsError {
    /// The error, said of the field `name`.
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

    /// `problem`, with this as its field or, if it is about no field, as its detail.
    pub(crate) fn describe(self, problem: Problem) -> Problem {
        if self.path.is_empty() {
            problem.detail(self.message)
        } else {
            problem.field(self.path, self.message)
        }
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

/// The fields as a struct or a map.
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
    /// The entry whose name was read and whose values were not.
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

/// The values of one name: a sequence, or the first where one is wanted.
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

macro_rules! first {
    ($($deserialize:ident)*) => {$(
        fn $deserialize<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, FieldsError> {
            self.first().$deserialize(visitor)
        }
    )*};
}

impl<'de> Deserializer<'de> for Repeated<'de> {
    type Error = FieldsError;

    first! {
        deserialize_any deserialize_bool deserialize_i8 deserialize_i16 deserialize_i32 deserialize_i64 deserialize_i128
        deserialize_u8 deserialize_u16 deserialize_u32 deserialize_u64 deserialize_u128 deserialize_f32 deserialize_f64
        deserialize_char
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
        visitor.visit_seq(self.all())
    }

    unit_and_newtype!();

    fn deserialize_enum<V: Visitor<'de>>(
        self,
        name: &'static str,
        variants: &'static [&'static str],
        visitor: V,
    ) -> Result<V::Value, FieldsError> {
        self.first().deserialize_enum(name, variants, visitor)
    }

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
