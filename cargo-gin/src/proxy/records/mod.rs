//! The last requests that passed through the proxy, and what became of them.

mod masked;
mod record;
mod recorder;

pub(crate) use masked::{content, exchange, fields, request};
pub(crate) use record::{Bodies, Capture, Happened, InPlace, Record};
pub(crate) use recorder::{Recorder, Trace};
