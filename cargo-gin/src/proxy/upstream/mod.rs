//! Connections to the app, and the header fields that cross the proxy.

mod connection;
mod dialer;
pub(crate) mod headers;
mod pool;
mod socket;
mod speech;
mod transport;

pub(crate) use connection::{Connection, Upstream};
pub(crate) use dialer::Dialer;
pub(crate) use pool::{Lent, Pool};
pub(crate) use socket::WriteTolerant;
pub(crate) use transport::Transport;
