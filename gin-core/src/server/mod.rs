//! From sockets to the engine: accepting, HTTP/1.1 and HTTP/2, deadlines, limits, and stopping.

mod alarm;
mod holder;
mod io;
mod linger;
mod listener;
mod outgoing;
mod protocol;
mod serve;
mod signals;
#[cfg(unix)]
mod unix;

pub use listener::Listener;
pub use serve::Server;
