//! Connections of clients.

mod connection;
mod socket;
mod stream;
mod timer;

pub(crate) use connection::{Client, Security};
pub(crate) use stream::ClientStream;
pub(crate) use timer::ConnectionTimer;
