//! The tests of the server's faults once more, over TLS: the same files, with a wire that shakes hands first.

#[path = "../server/aborted.rs"]
mod aborted;
#[path = "../http/child.rs"]
#[expect(dead_code, reason = "some of it is for other tests")]
mod child;
#[path = "../server/clients.rs"]
mod clients;
#[path = "../http/cut_streams.rs"]
mod cut_streams;
#[path = "../http/disconnects.rs"]
mod disconnects;
#[path = "../http/endurance.rs"]
mod endurance;
#[path = "../http/frames.rs"]
mod frames;
#[path = "../http/framing.rs"]
mod framing;
#[path = "../http/guards.rs"]
mod guards;
#[path = "../server/heads.rs"]
mod heads;
#[path = "../server/held.rs"]
mod held;
#[path = "../server/http2.rs"]
mod http2;
#[path = "../http/interplay.rs"]
mod interplay;
#[path = "../server/isolation.rs"]
mod isolation;
mod listening;
#[path = "../http/multiplex.rs"]
mod multiplex;
#[path = "../http/http2.rs"]
mod multiplexing;
#[path = "../http/panics.rs"]
mod panics;
#[path = "../server/paths.rs"]
mod paths;
#[path = "../http/protocol.rs"]
mod protocol;
#[path = "../http/refusals.rs"]
mod refusals;
#[path = "../server/refused.rs"]
mod refused;
#[path = "../server/framing.rs"]
mod responses;
#[path = "../server/settings.rs"]
mod settings;
#[path = "../server/shutdown.rs"]
mod shutdown;
#[path = "../http/signals.rs"]
mod signals;
#[path = "../http/sse.rs"]
mod sse;
#[path = "../http/shutdown.rs"]
mod stopping;
#[path = "../http/streams.rs"]
mod streams;
#[path = "../http/timeouts.rs"]
mod timeouts;
mod transport;
#[path = "../http/websocket.rs"]
mod websocket;
mod wire;
