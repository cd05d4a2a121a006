//! Forwards requests to the app, once it can take them.

mod forward;
mod gated;
mod hold;
mod loss;
mod outbound;
mod room;
mod tunnel;
mod websocket;

pub(crate) use forward::{Forwarded, Forwarder, Responded};
pub(crate) use hold::{Hold, Unserved};
pub(crate) use loss::Loss;
pub(crate) use room::Room;
#[cfg(fuzzing)]
pub(crate) use websocket::Frames;
