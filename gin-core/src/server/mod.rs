//! From sockets to the engine: accepting, HTTP/1.1 and HTTP/2, deadlines, limits, and stopping.

mod io;
mod linger;
mod listener;
mod log;
mod outgoing;
mod port_owner;
mod protocol;
mod runtime;
mod serve;
mod side_task;
mod signals;
#[cfg(unix)]
mod unix;
mod upgrade;

pub use listener::Listener;
pub use runtime::block_on;
pub use serve::Server;
pub use upgrade::Upgraded;

pub use crate::connection::Stop;
