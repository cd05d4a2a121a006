//! Work that blocks, off the threads that serve connections.

use std::panic;

use tokio::task::spawn_blocking;

use crate::failure::{Error, Result};

/// Runs `work` on a thread that may block. A panic in it continues in the caller.
///
/// # Errors
///
/// The runtime shuts down.
pub(super) async fn run_blocking<T: Send + 'static>(
    work: impl FnOnce() -> T + Send + 'static,
) -> Result<T> {
    match spawn_blocking(work).await {
        Ok(value) => Ok(value),
        Err(error) => match error.try_into_panic() {
            Ok(payload) => panic::resume_unwind(payload),
            Err(error) => Err(Error::from(error)),
        },
    }
}
