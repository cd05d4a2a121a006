//! The time, as exactly as timeouts of seconds need it.

use std::time::Duration;

use tokio::time::sleep;

/// Waits until the runtime has seen everything that clients have sent up to now.
///
/// Without it a server that was late itself, because it was busy or suspended, would blame clients that were in time.
pub(crate) async fn sockets_are_seen() {
    // The runtime looks at sockets before it looks at timers.
    sleep(Duration::from_millis(1)).await;
}

/// Returns the milliseconds since some moment before the first call.
///
/// Every request reads the clock twice, so this is the coarse one: the kernel updates it anyway, at most 10 ms late, and the
/// hardware is not read.
#[cfg(all(target_os = "linux", not(test)))]
pub(crate) fn millis() -> u64 {
    use nix::time::{ClockId, clock_gettime};

    let time = clock_gettime(ClockId::CLOCK_MONOTONIC_COARSE);
    let time = time.expect("Linux has had this clock since 2.6.32");
    let millis = time.tv_sec() * 1_000 + time.tv_nsec() / 1_000_000;
    millis.cast_unsigned()
}

/// Returns the milliseconds since the first call. Tests in this crate may pause tokio's time, and move it.
#[cfg(any(not(target_os = "linux"), test))]
pub(crate) fn millis() -> u64 {
    use std::sync::OnceLock;

    use tokio::time::Instant;

    static START: OnceLock<Instant> = OnceLock::new();
    let elapsed = START.get_or_init(Instant::now).elapsed();
    u64::try_from(elapsed.as_millis()).unwrap_or(u64::MAX)
}
