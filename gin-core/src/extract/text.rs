//! A text value, deserialized into the type of an argument.

use serde::de::value::BorrowedStrDeserializer;
use serde::de::{DeserializeSeed, EnumAccess, IntoDeserializer, SeqAccess, VariantAccess, Visitor};
use serde::{Deserializer, forward_to_deserialize_any};

use crate::extract::attempt::{Attempt, Style};
use crate::extract::mistake::{Kind, Mistake};
use crate::extract::separated::{self, Pieces};
use crate::extract::spelled::{Spelled, bool_of};

/// A deserializer of a text value.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Text<'a, 't> {
    pub(crate) given: Given<'t>,
    pub(crate) attempt: &'a Attempt<'t>,
}

/// The text of a value, if it was sent.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Given<'t> {
    Text(&'t str),
    /// A text as the only element of a list.
    Element(&'t str),
    /// A field without a value that is required.
    Absent,
    /// A field without a value in a map, of which the type is not known.
    Unknown,
}

/// Methods that pass their arguments on to the deserializer that the method `$to` returns.
macro_rules! delegate {
    ($to:ident: $($deserialize:ident($($argument:ident: $type:ty),*))*) => {$(
        fn $deserialize<V: Visitor<'t>>(self, $($argument: $type,)* visitor: V) -> Result<V::Value, Mistake> {
            self.$to()?.$deserialize($($argument,)* visitor)
        }
    )*};
}

pub(crate) use delegate;

/// Numbers from text. The parsers are apart from the methods, which are compiled again for every type of the app.
macro_rules! numbers {
    ($($type:ident $deserialize:ident $visit:ident $one:literal $is_valid:expr,)*) => {
        mod number {
            use super::{Mistake, Text};

            $(
                pub(super) fn $type(text: Text<'_, '_>) -> $type {
                    let is_valid: fn(&$type) -> bool = $is_valid;
                    let mistake = match text.number() {
                        None => Mistake::missing(),
                        Some(given) => match given.parse().ok().filter(is_valid) {
                            Some(number) => return number,
                            None => Mistake::wrong(stringify!($type)),
                        },
                    };
                    // Reading goes on with any number, to find further mistakes. Its result is dropped.
                    text.attempt.refuse(text.text(), mistake);
                    $one
                }
            )*
        }

        macro_rules! deserialize_numbers {
            () => {$(
                fn $deserialize<V: Visitor<'t>>(self, visitor: V) -> Result<V::Value, Mistake> {
                    visitor.$visit(number::$type(self))
                }
            )*};
        }
    };
}

numbers! {
    i8 deserialize_i8 visit_i8 1 |_| true,
    i16 deserialize_i16 visit_i16 1 |_| true,
    i32 deserialize_i32 visit_i32 1 |_| true,
    i64 deserialize_i64 visit_i64 1 |_| true,
    i128 deserialize_i128 visit_i128 1 |_| true,
    u8 deserialize_u8 visit_u8 1 |_| true,
    u16 deserialize_u16 visit_u16 1 |_| true,
    u32 deserialize_u32 visit_u32 1 |_| true,
    u64 deserialize_u64 visit_u64 1 |_| true,
    u128 deserialize_u128 visit_u128 1 |_| true,
    f32 deserialize_f32 visit_f32 1.0 |number| number.is_finite(),
    f64 deserialize_f64 visit_f64 1.0 |number| number.is_finite(),
}

impl<'t> Text<'_, 't> {
    /// Returns the text, if it was sent.
    fn text(self) -> Option<&'t str> {
        match self.given {
            Given::Text(text) | Given::Element(text) => Some(text),
            Given::Absent | Given::Unknown => None,
        }
    }

    /// Returns the text to parse as a number.
    fn number(self) -> Option<&'t str> {
        match self.attempt.style {
            Style::Form => self.text().map(str::trim),
            Style::Exact => self.text(),
        }
    }

    fn bool(self) -> bool {
        let parsed = match (self.text(), self.attempt.style) {
            // Browsers do not send a checkbox that is not checked.
            (None, Style::Form) => Some(false),
            (None, Style::Exact) => return self.skip(Mistake::missing(), false),
            (Some(text), Style::Form) => bool_of(text),
            (Some(text), Style::Exact) => text.parse().ok(),
        };
        parsed.unwrap_or_else(|| self.skip(Mistake::wrong("a boolean"), false))
    }

    fn char(self) -> char {
        let Some(text) = self.text() else {
            return self.skip(Mistake::missing(), '-');
        };
        text.parse().unwrap_or_else(|_| {
            self.attempt
                .refuse(Some(text), Mistake::wrong("a character"));
            '-'
        })
    }

    fn str(self) -> &'t str {
        self.text()
            .unwrap_or_else(|| self.skip(Mistake::missing(), ""))
    }

    /// Returns the name of a variant. Reading goes on with the first if none was sent, to find further mistakes.
    fn variant(self, variants: &[&'static str]) -> &'t str {
        let first = variants.first().copied().unwrap_or_default();
        self.text()
            .unwrap_or_else(|| self.skip(Mistake::missing(), first))
    }

    /// Records a mistake, and returns the value to go on with.
    fn skip<T>(self, mistake: Mistake, value: T) -> T {
        self.attempt.record(mistake);
        value
    }

    /// Returns the value for a type that takes any.
    fn any(self) -> Result<Any<'t>, Mistake> {
        let text = match self.given {
            Given::Absent => return Err(Mistake::missing()),
            Given::Unknown => return Ok(Any::Spelled(Spelled::Bool(false))),
            Given::Text(text) if self.attempt.is_list(text) => return Ok(Any::List(text)),
            Given::Text(text) | Given::Element(text) => text,
        };
        let spelled = self.attempt.spelled(text);
        Ok(spelled.map_or(Any::Text(text), Any::Spelled))
    }
}

/// A value for a type that takes any.
enum Any<'t> {
    Text(&'t str),
    List(&'t str),
    Spelled(Spelled),
}

impl<'t> Deserializer<'t> for Text<'_, 't> {
    type Error = Mistake;

    deserialize_numbers!();

    fn deserialize_any<V: Visitor<'t>>(self, visitor: V) -> Result<V::Value, Mistake> {
        match self.any()? {
            Any::Text(text) => visitor.visit_borrowed_str(text),
            Any::List(text) => visitor.visit_seq(Once(Some(text), self.attempt)),
            Any::Spelled(Spelled::Null) => visitor.visit_unit(),
            Any::Spelled(Spelled::Bool(value)) => visitor.visit_bool(value),
            Any::Spelled(Spelled::Unsigned(value)) => visitor.visit_u64(value),
            Any::Spelled(Spelled::Signed(value)) => visitor.visit_i64(value),
            Any::Spelled(Spelled::Float(value)) => visitor.visit_f64(value),
        }
    }

    fn deserialize_bool<V: Visitor<'t>>(self, visitor: V) -> Result<V::Value, Mistake> {
        visitor.visit_bool(self.bool())
    }

    fn deserialize_char<V: Visitor<'t>>(self, visitor: V) -> Result<V::Value, Mistake> {
        visitor.visit_char(self.char())
    }

    fn deserialize_str<V: Visitor<'t>>(self, visitor: V) -> Result<V::Value, Mistake> {
        visitor.visit_borrowed_str(self.str())
    }

    /// Browsers send a field of a form that is left empty as empty text, so empty text is `None`.
    fn deserialize_option<V: Visitor<'t>>(self, visitor: V) -> Result<V::Value, Mistake> {
        match self.text() {
            None | Some("") => visitor.visit_none(),
            Some(_) => visitor.visit_some(self),
        }
    }

    fn deserialize_unit<V: Visitor<'t>>(self, visitor: V) -> Result<V::Value, Mistake> {
        visitor.visit_unit()
    }

    fn deserialize_newtype_struct<V: Visitor<'t>>(
        self,
        _name: &'static str,
        visitor: V,
    ) -> Result<V::Value, Mistake> {
        visitor.visit_newtype_struct(self)
    }

    fn deserialize_tuple_struct<V: Visitor<'t>>(
        self,
        name: &'static str,
        length: usize,
        visitor: V,
    ) -> Result<V::Value, Mistake> {
        if name == separated::NAME {
            let texts = self.text().into_iter();
            return visitor.visit_seq(Pieces::of(self.attempt, texts, length));
        }
        self.deserialize_any(visitor)
    }

    fn deserialize_enum<V: Visitor<'t>>(
        self,
        _name: &'static str,
        variants: &'static [&'static str],
        visitor: V,
    ) -> Result<V::Value, Mistake> {
        visitor.visit_enum(Variant(self.variant(variants)))
    }

    fn deserialize_string<V: Visitor<'t>>(self, visitor: V) -> Result<V::Value, Mistake> {
        self.deserialize_str(visitor)
    }

    fn deserialize_identifier<V: Visitor<'t>>(self, visitor: V) -> Result<V::Value, Mistake> {
        self.deserialize_str(visitor)
    }

    forward_to_deserialize_any! {
        <V: Visitor<'t>> bytes byte_buf seq tuple map struct unit_struct ignored_any
    }
}

impl<'t> IntoDeserializer<'t, Mistake> for Text<'_, 't> {
    type Deserializer = Self;

    fn into_deserializer(self) -> Self {
        self
    }
}

/// A list of one text.
struct Once<'a, 't>(Option<&'t str>, &'a Attempt<'t>);

impl<'t> SeqAccess<'t> for Once<'_, 't> {
    type Error = Mistake;

    fn next_element_seed<S: DeserializeSeed<'t>>(
        &mut self,
        seed: S,
    ) -> Result<Option<S::Value>, Mistake> {
        let Some(text) = self.0.take() else {
            return Ok(None);
        };
        let given = Given::Element(text);
        let text = Text {
            given,
            attempt: self.1,
        };
        seed.deserialize(text).map(Some)
    }
}

/// A deserializer of an enum from the name of a variant.
struct Variant<'t>(&'t str);

impl<'t> EnumAccess<'t> for Variant<'t> {
    type Error = Mistake;
    type Variant = Unit;

    fn variant_seed<S: DeserializeSeed<'t>>(self, seed: S) -> Result<(S::Value, Unit), Mistake> {
        let name = BorrowedStrDeserializer::new(self.0);
        Ok((seed.deserialize(name)?, Unit))
    }
}

/// A deserializer of a variant's content, of which text has none.
struct Unit;

impl<'t> VariantAccess<'t> for Unit {
    type Error = Mistake;

    fn unit_variant(self) -> Result<(), Mistake> {
        Ok(())
    }

    fn newtype_variant_seed<S: DeserializeSeed<'t>>(self, _: S) -> Result<S::Value, Mistake> {
        Err(lacks_content())
    }

    fn tuple_variant<V: Visitor<'t>>(self, _: usize, _: V) -> Result<V::Value, Mistake> {
        Err(lacks_content())
    }

    fn struct_variant<V: Visitor<'t>>(
        self,
        _: &'static [&'static str],
        _: V,
    ) -> Result<V::Value, Mistake> {
        Err(lacks_content())
    }
}

fn lacks_content() -> Mistake {
    Mistake::new(Kind::Wrong, "lacks the fields of this choice")
}
