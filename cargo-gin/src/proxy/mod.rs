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

mod access;
mod client;
mod forwarding;
mod front;
mod own;
mod records;
mod reload;
mod reports;
mod server;
mod streams;
mod tasks;
#[cfg(test)]
mod tests;
mod upstream;

pub(crate) use access::AllowedHosts;
pub(crate) use access::Permit;
pub(crate) use access::Token;
pub(crate) use records::Bodies;
pub(crate) use server::{Proxy, Rules};
#[cfg(fuzzing)]
pub(crate) use {
    access::{Host, is_own},
    forwarding::Frames,
    reload::{Needs, allow_script},
};
