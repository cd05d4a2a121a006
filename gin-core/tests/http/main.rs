//! The behavior of an app built on gin, in process and on real sockets.

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
mod multipart;
mod panics;
mod process;
mod protocol;
mod reports;
mod routing;
mod shutdown;
mod streams;
mod timeouts;
mod uploads;
mod validation;
mod wire;
