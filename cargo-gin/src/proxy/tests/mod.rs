//! The real proxy on loopback sockets, between a client and an app that speak octets, with the phase in the test's hand.

mod access;
mod actions;
mod answers;
mod app;
mod dashboard;
mod deadlines;
mod documents;
mod failures;
mod holding;
mod http2;
mod own;
mod recording;
mod reports;
mod requests;
mod restarts;
mod rig;
mod upgrades;
mod wire;
