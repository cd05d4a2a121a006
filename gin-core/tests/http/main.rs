//! What an app built on gin promises, in process and on real sockets.

mod deadlines;
mod errors;
mod extractors;
mod listening;
mod logging;
mod onion;
mod process;
mod protocol;
mod routing;
mod stopping;
mod wire;
