//! TLS on a real socket: versions, protocols, names, client certificates, reload, and clients that misbehave.

mod fixture;
mod flood;
mod handshake;
mod identity;
mod log;
mod openssl;
mod promise;
mod redirect;
mod reload;
mod start;
mod truncation;
