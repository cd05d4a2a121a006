//! How long a test waits before it fails: for an event, never for time to pass.

use std::time::Duration;

use tokio::time::timeout;

/// Longer than anything takes that happens at all.
pub(crate) const TIMEOUT: Duration = Duration::from_secs(180);

/// What `happens` yields. Fails the test, naming `what` it waited for, when that takes too long.
pub async fn within<T>(what: &str, happens: impl Future<Output = T>) -> T {
    let happened = timeout(TIMEOUT, happens).await;
    happened.unwrap_or_else(|_| panic!("waited {TIMEOUT:?} for {what}"))
}
