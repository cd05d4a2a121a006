//! The content of messages: bodies, whole or as they come, and recycled header maps.

mod body;
pub(crate) mod header_pool;
mod incoming;
mod writer;

pub use body::Body;
pub use incoming::BodyError;
pub use writer::BodyWriter;
