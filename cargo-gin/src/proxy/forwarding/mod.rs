//! Forwards requests to the app.

mod forward;
mod hold;
pub(crate) mod outbound;
mod tunnel;
mod websocket;

pub(crate) use hold::Turn;
