//! The server under faults: wrong lengths, disguised paths, silent and slow clients, settings at their ends.

mod framing;
mod paths;
#[path = "../http/wire.rs"]
#[allow(dead_code, reason = "the helpers are shared")]
mod wire;
