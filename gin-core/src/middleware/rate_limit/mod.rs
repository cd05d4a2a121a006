//! Limits of the rate at which a client may send requests.

mod fields;
mod key;
mod limit;
mod memory;
mod quota;
#[cfg(feature = "redis")]
mod shared;

pub use limit::RateLimit;
