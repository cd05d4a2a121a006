//! Forwards requests to the app, once it can take them.

mod forward;
mod gated;
mod hold;
mod outbound;
mod tunnel;
mod websocket;

pub(crate) use forward::{Forwarded, Forwarder};
pub(crate) use hold::{Hold, Unserved};
#[cfg(fuzzing)]
pub(crate) use websocket::Frames;
