//! Forwards requests to the app, once it can take them.

mod forward;
mod gated;
mod hold;
pub(crate) mod outbound;
mod tunnel;
mod websocket;

pub(crate) use hold::Turn;
#[cfg(fuzzing)]
pub(crate) use websocket::Frames;
