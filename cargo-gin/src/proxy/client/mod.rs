//! Connections of clients.

mod connection;
mod stream;

pub(crate) use connection::Client;
