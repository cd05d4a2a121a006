//! Certificates that the server requests by itself, of a real ACME server: Pebble, of Let's Encrypt. Without it, the tests say that they
//! are skipped.

mod failures;
mod first;
mod fixture;
mod pebble;
mod renewal;
mod sharing;
mod start;
