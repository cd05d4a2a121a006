//! The behavior of an app built on gin, in process and on real sockets.

mod binding;
mod child;
mod context;
mod disconnects;
mod endurance;
mod errors;
mod extractors;
mod formats;
mod forms;
mod framing;
mod gathering;
mod http2;
mod listening;
mod logging;
mod middleware;
mod panics;
mod process;
mod protocol;
mod reports;
mod routing;
mod shutdown;
mod timeouts;
mod validation;
mod wire;
