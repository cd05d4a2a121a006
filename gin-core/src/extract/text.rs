//! A text value, deserialized into the type of an argument.

use std::borrow::Cow;

use serde::de::value::CowStrDeserializer;
use serde::de::{
    DeserializeSeed, EnumAccess, Error as _, IntoDeserializer, Unexpected, VariantAccess, Visitor,
};
use serde::{Deserializer, forward_to_deserialize_any};

use crate::extract::fields::FieldsError;

/// A deserializer of a text value.
pub(crate) struct Text<'de>(pub(crate) Cow<'de, str>);

/// The methods that every deserializer of text has in common: a unit ignores it, and a newtype takes what its inner type takes.
macro_rules! unit_and_newtype {
    () => {
        fn deserialize_unit<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, FieldsError> {
            visitor.visit_unit()
        }

        fn deserialize_newtype_struct<V: Visitor<'de>>(
            self,
            _name: &'static str,
            visitor: V,
        ) -> Result<V::Value, FieldsError> {
            visitor.visit_newtype_struct(self)
        }
    };
}

/// Methods that pass their arguments on to the deserializer that the method `$to` returns.
macro_rules! delegate {
    ($to:ident: $($deserialize:ident($($argument:ident: $type:ty),*))*) => {$(
        fn $deserialize<V: Visitor<'de>>(self, $($argument: $type,)* visitor: V) -> Result<V::Value, FieldsError> {
            self.$to().$deserialize($($argument,)* visitor)
        }
    )*};
}

pub(crate) use {delegate, unit_and_newtype};

macro_rules! parse {
    ($($deserialize:ident => $visit:ident $expected:literal,)*) => {$(
        fn $deserialize<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, FieldsError> {
            match self.0.parse() {
                Ok(value) => visitor.$visit(value),
                Err(_) => Err(unparsable(&self.0, $expected)),
            }
        }
    )*};
}

fn unparsable(text: &str, expected: &str) -> FieldsError {
    FieldsError::invalid_value(Unexpected::Str(text), &expected)
}

impl<'de> Deserializer<'de> for Text<'de> {
    type Error = FieldsError;

    parse! {
        deserialize_bool => visit_bool "true or false",
        deserialize_i8 => visit_i8 "a number from -128 to 127",
        deserialize_i16 => visit_i16 "a number from -32768 to 32767",
        deserialize_i32 => visit_i32 "a number of 32 bits",
        deserialize_i64 => visit_i64 "a number of 64 bits",
        deserialize_i128 => visit_i128 "a number of 128 bits",
        deserialize_u8 => visit_u8 "a number from 0 to 255",
        deserialize_u16 => visit_u16 "a number from 0 to 65535",
        deserialize_u32 => visit_u32 "a number of 32 bits, not negative",
        deserialize_u64 => visit_u64 "a number of 64 bits, not negative",
        deserialize_u128 => visit_u128 "a number of 128 bits, not negative",
        deserialize_f32 => visit_f32 "a number",
        deserialize_f64 => visit_f64 "a number",
        deserialize_char => visit_char "one character",
    }

    fn deserialize_any<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, FieldsError> {
        match self.0 {
            Cow::Borrowed(text) => visitor.visit_borrowed_str(text),
            Cow::Owned(text) => visitor.visit_string(text),
        }
    }

    /// Browsers send a field of a form that is left empty as empty text, so empty text is `None`.
    fn deserialize_option<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, FieldsError> {
        if self.0.is_empty() {
            return visitor.visit_none();
        }
        visitor.visit_some(self)
    }

    unit_and_newtype!();

    fn deserialize_enum<V: Visitor<'de>>(
        self,
        _name: &'static str,
        _variants: &'static [&'static str],
        visitor: V,
    ) -> Result<V::Value, FieldsError> {
        visitor.visit_enum(Variant(self.0))
    }

    forward_to_deserialize_any! {
        str string bytes byte_buf unit_struct seq tuple tuple_struct map struct identifier ignored_any
    }
}

/// A deserializer of an enum from the name of a variant.
struct Variant<'de>(Cow<'de, str>);

impl<'de> EnumAccess<'de> for Variant<'de> {
    type Error = FieldsError;
    type Variant = Unit;

    fn variant_seed<S: DeserializeSeed<'de>>(
        self,
        seed: S,
    ) -> Result<(S::Value, Unit), FieldsError> {
        let name: CowStrDeserializer<'de, FieldsError> = self.0.into_deserializer();
        Ok((seed.deserialize(name)?, Unit))
    }
}

/// A deserializer of a variant's content, of which text has none.
struct Unit;

impl<'de> VariantAccess<'de> for Unit {
    type Error = FieldsError;

    fn unit_variant(self) -> Result<(), FieldsError> {
        Ok(())
    }

    fn newtype_variant_seed<T: DeserializeSeed<'de>>(
        self,
        _seed: T,
    ) -> Result<T::Value, FieldsError> {
        Err(FieldsError::custom(
            "a variant that holds a value cannot come as text",
        ))
    }

    fn tuple_variant<V: Visitor<'de>>(self, _: usize, _: V) -> Result<V::Value, FieldsError> {
        Err(FieldsError::custom(
            "a variant that holds values cannot come as text",
        ))
    }

    fn struct_variant<V: Visitor<'de>>(
        self,
        _: &'static [&'static str],
        _: V,
    ) -> Result<V::Value, FieldsError> {
        Err(FieldsError::custom(
            "a variant that holds fields cannot come as text",
        ))
    }
}
