//! The error of a value that does not fit the type that it is deserialized into.

use std::cell::RefCell;
use std::fmt;

use serde::de::{self, Expected, Unexpected};

use crate::failure::FieldError;

/// A value that does not fit, in words for the client.
#[derive(Debug)]
pub(crate) struct Mistake {
    pub(crate) kind: Kind,
    /// The path of the field, once it is known. Empty if the mistake is about all fields.
    pub(crate) path: Option<String>,
    pub(crate) message: String,
}

/// The kind of a mistake, with the facts that a further attempt is based on.
#[derive(Debug)]
pub(crate) enum Kind {
    /// A struct lacks a field. The level says of which struct, once it is known.
    Missing(&'static str, Option<Level>),
    /// A struct has no such field.
    Unknown(String),
    /// A text was refused by a type that takes other values.
    Refused(Address),
    /// A value was refused that stands for an absent or an empty one.
    RefusedStandIn,
    /// A group of fields was refused by a type that takes one value.
    RefusedGroup,
    /// A text is wrong for its type.
    Wrong,
    /// Anything else, with the text of a type of the app.
    Custom,
}

/// The fields of a struct, or a place where fields are not known.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum Level {
    Struct(&'static str, &'static [&'static str]),
    Map(String),
}

/// The place of a text in memory, which identifies a value as long as nothing moves.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub(crate) struct Address(usize, usize);

/// A text that a type refused, and the values that the type takes.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Refusal {
    pub(crate) address: Address,
    pub(crate) wanted: Wanted,
}

/// The values that a type takes, as far as its description says.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Wanted {
    Bool,
    Number,
    List,
    Other,
}

thread_local! {
    /// The texts that were refused lately. An untagged enum drops the errors of its variants, so they are noted here as well.
    static REFUSALS: RefCell<Vec<Refusal>> = const { RefCell::new(Vec::new()) };
}

/// The most refusals that are noted.
const NOTED: usize = 1_000;

/// Takes the refusals that were noted since the last call.
pub(crate) fn take_refusals() -> Vec<Refusal> {
    REFUSALS.take()
}

impl Address {
    pub(crate) fn of(text: &str) -> Address {
        Address(text.as_ptr().addr(), text.len())
    }
}

impl Mistake {
    pub(crate) fn new(kind: Kind, message: impl Into<String>) -> Mistake {
        Mistake {
            kind,
            path: None,
            message: message.into(),
        }
    }

    /// Returns the mistake of a text that does not spell a value of the type `expected`.
    pub(crate) fn wrong(expected: &str) -> Mistake {
        Mistake::new(Kind::Wrong, must_be(expected))
    }

    pub(crate) fn missing() -> Mistake {
        Mistake::new(Kind::Missing("", None), MISSING)
    }

    /// Gives the mistake a path, unless it has one.
    pub(crate) fn at(mut self, path: &str) -> Mistake {
        self.path.get_or_insert_with(|| path.to_owned());
        self
    }

    pub(crate) fn code(&self) -> &'static str {
        match self.kind {
            Kind::Missing(..) => "missing",
            Kind::Unknown(_) => "unknown",
            Kind::Custom => "invalid",
            Kind::Refused(_) | Kind::RefusedStandIn | Kind::RefusedGroup | Kind::Wrong => "type",
        }
    }

    pub(crate) fn into_field_error(self) -> FieldError {
        let code = self.code();
        FieldError::new(self.path.unwrap_or_default(), code, self.message)
    }
}

const MISSING: &str = "is missing";

impl fmt::Display for Mistake {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.message)
    }
}

impl std::error::Error for Mistake {}

impl de::Error for Mistake {
    fn custom<T: fmt::Display>(message: T) -> Mistake {
        Mistake::new(Kind::Custom, message.to_string())
    }

    fn invalid_type(found: Unexpected<'_>, expected: &dyn Expected) -> Mistake {
        refused(found, &expected.to_string())
    }

    fn invalid_value(_: Unexpected<'_>, expected: &dyn Expected) -> Mistake {
        Mistake::wrong(&expected.to_string())
    }

    fn invalid_length(length: usize, expected: &dyn Expected) -> Mistake {
        let message = format!("has {length} values instead of {expected}");
        Mistake::new(Kind::Wrong, message)
    }

    fn unknown_variant(_: &str, variants: &'static [&'static str]) -> Mistake {
        Mistake::new(Kind::Wrong, one_of(variants))
    }

    fn unknown_field(field: &str, _: &'static [&'static str]) -> Mistake {
        Mistake::new(Kind::Unknown(field.to_owned()), "is unknown")
    }

    fn missing_field(field: &'static str) -> Mistake {
        Mistake::new(Kind::Missing(field, None), MISSING)
    }

    fn duplicate_field(_: &'static str) -> Mistake {
        Mistake::new(Kind::Custom, "a field was sent twice")
    }
}

fn refused(found: Unexpected<'_>, expected: &str) -> Mistake {
    let kind = match found {
        Unexpected::Str(text) => Kind::Refused(note(text, expected)),
        Unexpected::Bool(false) | Unexpected::Unit => Kind::RefusedStandIn,
        Unexpected::Map => Kind::RefusedGroup,
        _ => Kind::Wrong,
    };
    Mistake::new(kind, must_be(expected))
}

fn note(text: &str, expected: &str) -> Address {
    let address = Address::of(text);
    let wanted = Wanted::of(expected);
    REFUSALS.with_borrow_mut(|refusals| {
        if refusals.len() < NOTED {
            refusals.push(Refusal { address, wanted });
        }
    });
    address
}

impl Wanted {
    fn of(expected: &str) -> Wanted {
        match expected {
            "a boolean" => Wanted::Bool,
            "a sequence" => Wanted::List,
            _ if number(expected).is_some() => Wanted::Number,
            _ if expected.starts_with("a tuple") || expected.starts_with("an array") => {
                Wanted::List
            }
            _ => Wanted::Other,
        }
    }
}

/// Returns the words for a type, which `expected` describes as serde does.
fn must_be(expected: &str) -> String {
    if let Some(number) = number(expected) {
        return format!("must be {number}");
    }
    match expected {
        "a boolean" => "must be true or false".to_owned(),
        "a string" => "must be a single text".to_owned(),
        "a character" => "must be one character".to_owned(),
        "a sequence" => "must be a list".to_owned(),
        "a map" => "must be a group of fields".to_owned(),
        // The client does not know the names of the app's types.
        _ if expected.starts_with("struct ") || expected.contains("enum ") => {
            "must be a group of fields".to_owned()
        }
        _ => format!("must be {expected}"),
    }
}

fn number(expected: &str) -> Option<&'static str> {
    Some(match expected {
        "i8" => "a whole number from -128 to 127",
        "i16" => "a whole number from -32768 to 32767",
        "i32" => "a whole number from -2147483648 to 2147483647",
        "i64" | "i128" | "isize" => "a whole number",
        "u8" => "a whole number from 0 to 255",
        "u16" => "a whole number from 0 to 65535",
        "u32" => "a whole number from 0 to 4294967295",
        "u64" | "u128" | "usize" => "a whole number, not negative",
        "f32" | "f64" => "a number",
        _ => return None,
    })
}

fn one_of(variants: &[&str]) -> String {
    match variants {
        [] => "must be left out".to_owned(),
        [one] => format!("must be `{one}`"),
        [others @ .., last] => format!("must be `{}` or `{last}`", others.join("`, `")),
    }
}
