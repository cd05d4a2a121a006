//! The time of day, which a test can pause.

use std::time::{Instant, SystemTime, UNIX_EPOCH};

/// Returns the seconds since 1970.
///
/// It is the time of day, because stores share it, moved as far as a test has moved the time of the runtime.
pub(super) fn now() -> i64 {
    let (runtime, system) = (tokio::time::Instant::now().into_std(), Instant::now());
    let moved = runtime.saturating_duration_since(system);
    let paused = system.saturating_duration_since(runtime);
    let since = SystemTime::now().duration_since(UNIX_EPOCH);
    let since = (since.unwrap_or_default() + moved).saturating_sub(paused);
    i64::try_from(since.as_secs()).unwrap_or(i64::MAX)
}
