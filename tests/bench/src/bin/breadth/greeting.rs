//! The JSON that is sent behind middleware.

use std::time::Duration;

use serde::Serialize;

/// The time after which a handler is ended.
pub(crate) const TIMEOUT: Duration = Duration::from_secs(30);

pub(crate) const GREETING: Greeting = Greeting { message: "hello" };

/// A greeting, which is too short to be compressed.
#[derive(Serialize)]
pub(crate) struct Greeting {
    message: &'static str,
}
