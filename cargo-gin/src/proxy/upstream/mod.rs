//! Connections to the app.

mod connection;
pub(crate) mod headers;

pub(crate) use connection::{App, Busy, Lane, Lanes, Patient};
pub(crate) use headers::{FORWARDED_FOR, REPORT, RUN, Trailers, tokens};
