//! The question if a type is a struct, which serde reads from an array as well.

use std::fmt;

use serde::de::{DeserializeOwned, Deserializer, Error, Visitor};
use serde::forward_to_deserialize_any;

/// Returns `true` if `T` reads a struct. An array of its fields in their order would fit, too, which no client means.
pub(crate) fn wants_object<T: DeserializeOwned>() -> bool {
    matches!(T::deserialize(Probe), Err(Wanted::Struct))
}

/// A deserializer without a value: it only shows what is read first.
struct Probe;

/// The value that a type reads first.
#[derive(Debug)]
enum Wanted {
    Struct,
    Other,
}

impl fmt::Display for Wanted {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("no value")
    }
}

impl std::error::Error for Wanted {}

impl Error for Wanted {
    fn custom<T: fmt::Display>(_: T) -> Wanted {
        Wanted::Other
    }
}

impl<'de> Deserializer<'de> for Probe {
    type Error = Wanted;

    fn deserialize_any<V: Visitor<'de>>(self, _: V) -> Result<V::Value, Wanted> {
        Err(Wanted::Other)
    }

    fn deserialize_struct<V: Visitor<'de>>(
        self,
        _: &'static str,
        _: &'static [&'static str],
        _: V,
    ) -> Result<V::Value, Wanted> {
        Err(Wanted::Struct)
    }

    forward_to_deserialize_any! {
        bool i8 i16 i32 i64 i128 u8 u16 u32 u64 u128 f32 f64 char str string bytes byte_buf option unit unit_struct newtype_struct
        seq tuple tuple_struct map enum identifier ignored_any
    }
}

#[cfg(test)]
mod tests {
    use serde::Deserialize;

    use super::*;

    #[derive(Deserialize)]
    #[expect(dead_code, reason = "no value is read")]
    struct Named {
        name: String,
    }

    #[derive(Deserialize)]
    #[expect(dead_code, reason = "no value is read")]
    struct Pair(u8, u8);

    #[test]
    fn only_a_struct_with_named_fields_wants_an_object() {
        assert!(wants_object::<Named>());
        assert!(!wants_object::<Pair>());
        assert!(!wants_object::<Vec<Named>>());
        assert!(!wants_object::<serde_json::Value>());
    }
}
