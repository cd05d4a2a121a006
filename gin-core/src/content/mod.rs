//! The content of messages: bodies, whole or as they come, and recycled header maps.

mod body;
mod erased;
mod handoff;
pub(crate) mod header_pool;
mod held;
mod incoming;
mod limited;
pub(crate) mod media;
mod reading;
mod stream;
mod writer;

pub use body::Body;
pub(crate) use handoff::{Giver, Taker, handoff};
pub(crate) use incoming::WireBody;
pub(crate) use limited::{Limited, Outcome};
pub use reading::{BodyReader, DataStream};
pub use writer::BodyWriter;
