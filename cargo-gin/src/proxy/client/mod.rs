//! Connections of clients.

mod stream;

pub(crate) use stream::{ClientHandle, ClientStream};
