//! TLS on a real socket: versions, protocols, names, client certificates, reload, and clients that misbehave.

mod fixture;
mod handshake;
mod identity;
mod reload;
mod start;
