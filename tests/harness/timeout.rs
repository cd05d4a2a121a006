//! The timeout of tests. They wait for events only, never for time to pass.

use std::time::Duration;

use tokio::time::timeout;

/// Longer than any event takes on a loaded machine.
pub(crate) const TIMEOUT: Duration = Duration::from_secs(180);

/// Returns the output of `event`. Fails the test, naming `what` it waited for, when that takes longer than `TIMEOUT`.
pub async fn within<T>(what: &str, event: impl Future<Output = T>) -> T {
    let output = timeout(TIMEOUT, event).await;
    output.unwrap_or_else(|_| panic!("waited {TIMEOUT:?} for {what}"))
}
