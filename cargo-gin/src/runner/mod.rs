//! The app's process: it is started, watched until it is ready, and stopped. Its output is passed on.

mod app;
mod output;
#[cfg(unix)]
mod pty;
mod readiness;
mod stdio;

pub(crate) use app::{App, Launch, Port, Socket};
