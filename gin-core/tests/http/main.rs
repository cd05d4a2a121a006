//! What an app built on gin promises, in process and on real sockets.

mod child;
mod context;
mod deadlines;
mod endurance;
mod errors;
mod extractors;
mod framing;
mod http2;
mod leaving;
mod listening;
mod logging;
mod onion;
mod panics;
mod process;
mod protocol;
mod reports;
mod routing;
mod stopping;
mod wire;
