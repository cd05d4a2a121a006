//! The server under faults: wrong lengths, disguised paths, silent and slow clients, settings at their ends.

mod aborted;
mod clients;
mod framing;
mod heads;
mod held;
mod http2;
mod isolation;
#[path = "../http/multiplex.rs"]
mod multiplex;
mod paths;
mod refused;
mod settings;
mod shutdown;
#[path = "../http/wire.rs"]
mod wire;
