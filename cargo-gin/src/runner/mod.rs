//! The app's process: socket, start, ready, last words, stop.

mod app;
mod output;

pub(crate) use app::{App, Launch, Port, Socket};
