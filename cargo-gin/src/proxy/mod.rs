//! The server that browsers and other clients talk to. It holds a request, forwards it to the app, or responds with a page.
//!
//! ```text
//! server, client ─► gateway ─┬► access      may this request be served?
//!                            ├► own         `/__gin/…`: pages, actions, events, recorded requests
//!                            ├► beside      requests for the processes beside the app
//!                            ├► records     the last requests, and what became of them
//!                            ├► forwarding  holds the request until the app is ready, then sends it:
//!                            │    │         hold ─► outbound ─► forward ─► tunnel (WebSockets and other upgrades)
//!                            │    └► upstream   the pool of connections to the app, and the header fields that cross
//!                            ├► reports     an app on gin-core says what went wrong: this becomes a page
//!                            ├► underway    requests that a reload would abort
//!                            └► reload      a page of the app gets the script that keeps it up to date
//! ```
//!
//! Imports go down in this order: `server`, `gateway`, `own`, `beside`, `reload`, `reports`, `forwarding`, `client`, `access`, `upstream`,
//! `records`, `underway`, `streams`, `places`. `settings` holds what the rest of the dev server plugs in, `response` builds what the proxy itself sends,
//! and `tasks` owns everything that runs.

mod access;
mod beside;
mod client;
mod forwarding;
mod gateway;
mod own;
mod places;
mod records;
mod reload;
mod reports;
mod response;
mod server;
mod settings;
mod streams;
mod tasks;
#[cfg(test)]
mod tests;
mod underway;
mod upstream;

pub(crate) use access::{AllowedHosts, Permit, Token};
pub(crate) use places::Capacity;
pub(crate) use records::Bodies;
pub(crate) use server::serve;
pub(crate) use settings::{Overlay, Settings, Wiring};
#[cfg(fuzzing)]
pub(crate) use {
    access::{Host, Origin, is_own},
    forwarding::Frames,
    reload::{Needs, allow_script},
};
