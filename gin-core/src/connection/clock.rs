//! The time, as exactly as deadlines of seconds need it.

use std::time::Duration;

use tokio::time::sleep;

/// Waits until all that clients have done up to now is known, so that none is blamed for what it did in time where the server
/// itself was late: it had too much to do, or was stopped for a while.
pub(crate) async fn sockets_are_seen() {
    // The runtime looks at sockets before it looks at timers.
    sleep(Duration::from_millis(1)).await;
}

/// Milliseconds since some moment before the first call.
///
/// A request asks twice, so this takes the clock that the kernel ticks anyway, up to 10 ms behind, instead of reading the hardware.
#[cfg(target_os = "linux")]
pub(crate) fn millis() -> u64 {
    use nix::time::{ClockId, clock_gettime};

    let time = clock_gettime(ClockId::CLOCK_MONOTONIC_COARSE);
    let time = time.expect("Linux has had this clock since 2.6.32");
    let millis = time.tv_sec() * 1_000 + time.tv_nsec() / 1_000_000;
    millis.cast_unsigned()
}

/// Milliseconds since the first call.
#[cfg(not(target_os = "linux"))]
pub(crate) fn millis() -> u64 {
    use std::sync::OnceLock;
    use std::time::Instant;

    static START: OnceLock<Instant> = OnceLock::new();
    let elapsed = START.get_or_init(Instant::now).elapsed();
    u64::try_from(elapsed.as_millis()).unwrap_or(u64::MAX)
}
