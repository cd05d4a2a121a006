//! Connections of clients.

mod connection;
mod socket;
mod stream;

pub(crate) use connection::{Client, Security};
pub(crate) use stream::ClientStream;
