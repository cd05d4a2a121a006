//! One connection: its limits, its timeouts, and what its requests share.

mod activity;
pub(crate) mod clock;
mod held;
mod limits;
mod shared;
mod shutdown;
#[cfg(all(test, target_os = "linux"))]
mod slow_reader;
mod stream;
mod traffic;
mod unsent;

pub(crate) use activity::{Activity, RequestGuard};
pub(crate) use limits::{BodyRate, Limits};
pub(crate) use shared::Connection;
pub use shutdown::Shutdown;
pub(crate) use stream::Http2Stream;
pub(crate) use traffic::Traffic;
pub(crate) use unsent::Addresses;
