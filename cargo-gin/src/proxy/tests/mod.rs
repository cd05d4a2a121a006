//! Tests of the real proxy on loopback sockets. They write the bytes of the client and of the app, and set the phase.

mod access;
mod actions;
mod app;
mod comparisons;
mod dashboard;
mod documents;
mod endpoints;
mod failures;
mod fronts;
mod holding;
mod http2;
mod mcp;
mod places;
mod recording;
mod reports;
mod requests;
mod responses;
mod restarts;
mod rig;
mod timeouts;
mod tls;
mod upgrades;
mod wire;
