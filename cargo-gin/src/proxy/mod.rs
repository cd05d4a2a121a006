//! The server that the browser talks to: it holds a request, forwards it to the app, or shows a page.
//!
//! ```text
//! server, line ─► front ─► host, origin        may it be asked at all?
//!                   ├────► endpoints ─► events  `/__gin/…`: ours; permit: who may have actions done
//!                   │         └───────► actions, requests  recorder: what was asked before
//!                   └────► hold                 waits until the phase says what to do
//!                           ├─► page            the app can't answer
//!                           └─► forward         the app answers: errand (what it is asked), lane (by which way),
//!                                  │            headers and body (what passes), watched
//!                                  ├─► reports  the app tells what went wrong in it
//!                                  ├─► document a page gets the script that keeps it true: policy, extended
//!                                  └─► tunnel   WebSockets and other upgrades
//! ```

mod actions;
mod body;
mod document;
mod endpoints;
mod errand;
mod events;
mod extended;
mod forward;
mod front;
mod headers;
mod hold;
mod host;
mod lane;
mod line;
mod origin;
mod permit;
mod policy;
mod recorder;
mod refusal;
mod reports;
mod requests;
mod server;
mod tasks;
#[cfg(test)]
mod tests;
mod tunnel;
mod watched;
mod websocket;

pub(crate) use host::AllowedHosts;
pub(crate) use origin::Token;
pub(crate) use permit::Permit;
pub(crate) use recorder::Bodies;
pub(crate) use server::{Proxy, Rules};
#[cfg(fuzzing)]
pub(crate) use {
    host::Host,
    origin::is_own,
    policy::{Needs, make_room},
    websocket::Frames,
};
