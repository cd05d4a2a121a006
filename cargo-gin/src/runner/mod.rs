//! The app's process: socket, start, ready, last words, stop.

mod app;
mod output;
#[cfg(unix)]
mod pty;
mod wires;

pub(crate) use app::{App, Launch, Port, Socket};
