//! Compression of responses.

mod coding;
mod encoded;
mod encoder;
mod middleware;
mod representation;

pub use coding::{Coding, Effort};
pub use middleware::Compression;
