//! The limits of what a client may send, and the timeouts of a connection.

use std::time::Duration;

/// The limits and timeouts of a connection. The table in `activity` says when each timeout starts and ends.
#[derive(Debug, Clone)]
pub(crate) struct Limits {
    pub(crate) header_read_timeout: Duration,
    pub(crate) keep_alive_timeout: Duration,
    pub(crate) write_timeout: Duration,
    pub(crate) shutdown_timeout: Duration,
    /// In bytes.
    pub(crate) max_header_size: usize,
    pub(crate) max_headers: usize,
    /// In bytes.
    pub(crate) max_uri_size: usize,
    pub(crate) min_body_rate: BodyRate,
    /// In bytes: the most that the messages of an HTTP/2 connection hold in memory.
    pub(crate) max_http2_buffer: usize,
}

/// The slowest rate at which a request's body may come.
#[derive(Debug, Clone, Copy)]
pub(crate) struct BodyRate {
    pub(crate) bytes_per_second: u32,
    /// The time that may be spent waiting for a body in all, besides what the rate allows.
    pub(crate) grace: Duration,
}

impl Default for Limits {
    fn default() -> Limits {
        Limits {
            header_read_timeout: Duration::from_secs(10),
            keep_alive_timeout: Duration::from_secs(75),
            write_timeout: Duration::from_secs(30),
            shutdown_timeout: Duration::from_secs(10),
            max_header_size: 64 << 10,
            max_headers: 100,
            max_uri_size: 16 << 10,
            min_body_rate: BodyRate::default(),
            max_http2_buffer: 64 << 20,
        }
    }
}

impl Default for BodyRate {
    fn default() -> BodyRate {
        BodyRate {
            bytes_per_second: 240,
            grace: Duration::from_secs(10),
        }
    }
}

impl Limits {
    /// Returns the longest time between two looks at the timeouts that [`Activity`](crate::connection::Activity) watches: the
    /// shortest of them, but not so short that idle connections keep the processor busy. For a blocked write there are two looks.
    pub(crate) fn look_interval(&self) -> Duration {
        const SHORTEST: Duration = Duration::from_millis(50);
        self.header_read_timeout
            .min(self.keep_alive_timeout)
            .min(self.write_timeout / 2)
            .max(SHORTEST)
    }
}
