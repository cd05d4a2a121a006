//! The time that each middleware and the handler take, as browsers show it.

mod stopwatch;
mod timing;

pub(crate) use stopwatch::with_stopwatches;
pub use timing::ServerTiming;
