//! Decompression of requests.

mod decoded;
mod decoder;
mod middleware;

pub use middleware::Decompression;
