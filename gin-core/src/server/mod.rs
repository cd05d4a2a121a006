//! From sockets to the engine: accepting, HTTP/1.1 and HTTP/2, deadlines, limits, and stopping.

mod activity;
mod io;
mod limits;
mod linger;
mod listener;
mod protocol;
mod serve;
mod tracked;

pub(crate) use limits::{Limits, Pace};
pub use listener::Listener;
pub use serve::Server;
