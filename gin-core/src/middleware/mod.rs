//! What runs around handlers: functions of a context and of [`Next`], the rest of the chain.

mod chain;
mod entry;
mod function;
mod logger;
mod recovery;

pub(crate) use chain::Chain;
pub use chain::Next;
pub use function::{IntoMiddleware, Middleware};
pub use logger::Logger;
pub use recovery::Recovery;
