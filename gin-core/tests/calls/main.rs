//! Calls of attribute routes by a test's client.

mod inputs;
mod values;
