//! The values of a view, by name.

use minijinja::Value;
use minijinja::value::{Serde, merge_maps};
use serde::Serialize;

/// Converts anything that serializes to the value of a template. A value of a template stays as it is.
#[doc(hidden)]
pub fn to_value(value: impl Serialize) -> Value {
    Value::from(Serde(value))
}

/// Joins the entries of a `context!` and the maps behind them. The first value of a name counts.
#[doc(hidden)]
pub fn values(entries: Vec<(&'static str, Value)>, others: Vec<Value>) -> Value {
    let own = Value::from_pairs(entries);
    if others.is_empty() {
        return own;
    }
    merge_maps(others.into_iter().rev().chain([own]))
}
