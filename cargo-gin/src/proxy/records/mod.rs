//! The last requests that passed through the proxy.

mod recorder;

pub(crate) use recorder::{Bodies, Copied, Record, Recorder, Trace};
