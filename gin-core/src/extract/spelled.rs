//! The values that texts spell.

use crate::extract::mistake::Wanted;

/// A text as the value that it spells.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(crate) enum Spelled {
    Null,
    Bool(bool),
    Unsigned(u64),
    Signed(i64),
    Float(f64),
}

impl Spelled {
    /// Returns the value that a text spells, if it is one that is wanted.
    pub(super) fn of(text: &str, wanted: Wanted) -> Option<Spelled> {
        match wanted {
            Wanted::List => None,
            _ if text.is_empty() => Some(Spelled::Null),
            Wanted::Bool => bool_of(text).map(Spelled::Bool),
            Wanted::Number => number_of(text),
            Wanted::Other => {
                let exact = text.parse().ok().map(Spelled::Bool);
                exact.or_else(|| number_of(text))
            }
        }
    }
}

/// Returns the `bool` that a form's text spells, as checkboxes and scripts send it.
pub(crate) fn bool_of(text: &str) -> Option<bool> {
    let text = text.trim();
    let is_one = |words: [&str; 4]| words.iter().any(|word| word.eq_ignore_ascii_case(text));
    if is_one(["true", "on", "1", "yes"]) {
        return Some(true);
    }
    is_one(["false", "off", "0", "no"]).then_some(false)
}

fn number_of(text: &str) -> Option<Spelled> {
    let text = text.trim();
    let unsigned = text.parse().ok().map(Spelled::Unsigned);
    let signed = || text.parse().ok().map(Spelled::Signed);
    let float = || text.parse().ok().filter(|float: &f64| float.is_finite());
    unsigned
        .or_else(signed)
        .or_else(|| float().map(Spelled::Float))
}
