//! The tests of the server's faults once more, over TLS: the same files, with a wire that shakes hands first.

#[path = "../server/clients.rs"]
mod clients;
#[path = "../http/disconnects.rs"]
mod disconnects;
#[path = "../http/framing.rs"]
mod framing;
#[path = "../http/guards.rs"]
mod guards;
#[path = "../server/heads.rs"]
mod heads;
#[path = "../server/http2.rs"]
mod http2;
#[path = "../http/interplay.rs"]
mod interplay;
#[path = "../http/http2.rs"]
mod multiplexing;
#[path = "../http/panics.rs"]
mod panics;
#[path = "../server/paths.rs"]
mod paths;
#[path = "../server/refused.rs"]
mod refused;
#[path = "../server/framing.rs"]
mod responses;
#[path = "../server/settings.rs"]
mod settings;
#[path = "../server/shutdown.rs"]
mod shutdown;
#[path = "../http/timeouts.rs"]
mod timeouts;
mod wire;
