//! A client's connection.

mod stream;

pub(crate) use stream::{Line, Side};
