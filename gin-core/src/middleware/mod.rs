//! What runs around handlers: functions of a context and of [`Next`], the rest of the chain.

mod blocking;
mod chain;
mod function;
mod logger;
mod recovery;

pub(crate) use blocking::warn_if_blocking;
pub(crate) use chain::{Chain, Layer};
pub use chain::{Middleware, Next};
pub use function::IntoMiddleware;
pub use logger::Logger;
pub use recovery::Recovery;
pub(crate) use recovery::caught;
