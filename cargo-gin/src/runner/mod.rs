//! The app's process: it is started, watched until it is ready, and stopped. Its output is passed on.
//!
//! The parts that any other process needs as well are shared: its streams, their readers, and the wait for its port.

mod app;
mod executable;
mod output;
mod program;
#[cfg(unix)]
mod pty;
mod readiness;
mod stdio;

pub(crate) use app::{App, Launch, Port, Socket};
pub(crate) use executable::Executable;
pub(crate) use output::{AwaitedText, OutputReaders};
pub(crate) use program::Program;
pub(crate) use readiness::{Door, accepting};
pub(crate) use stdio::ProcessStreams;
