//! The time that each middleware and the handler take, as browsers show it.

mod stopwatch;
mod timing;

pub(crate) use stopwatch::with_stopwatches;
#[cfg(debug_assertions)]
pub(crate) use timing::Measurement;
pub use timing::ServerTiming;
