//! The app's process: socket, start, ready, last words, stop.

mod app;
mod output;
#[cfg(unix)]
mod pty;
mod stdio;

pub(crate) use app::{App, Launch, Port, Socket};
