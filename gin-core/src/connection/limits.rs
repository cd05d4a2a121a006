//! What a client may take, and how long.

use std::time::Duration;

/// What a client may take, and how long.
#[derive(Debug, Clone)]
pub(crate) struct Limits {
    /// From accepting a connection, or from the first octet of a later request, to a complete head.
    pub(crate) header_read_timeout: Duration,
    /// Between two requests of a connection.
    pub(crate) keep_alive_timeout: Duration,
    /// Without the client taking an octet of what is there for it.
    pub(crate) write_timeout: Duration,
    /// From the signal to stop, for what runs to end.
    pub(crate) shutdown_timeout: Duration,
    /// In octets.
    pub(crate) max_header_size: usize,
    pub(crate) max_headers: usize,
    /// In octets.
    pub(crate) max_uri_size: usize,
    pub(crate) min_body_rate: BodyRate,
}

/// How slowly a body may come.
#[derive(Debug, Clone, Copy)]
pub(crate) struct BodyRate {
    /// In octets a second.
    pub(crate) bytes_per_second: u32,
    /// How long one may wait for a body in all, besides what `rate` allows.
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
    /// The shortest time in which any deadline of a connection can come.
    pub(crate) fn shortest_timeout(&self) -> Duration {
        self.header_read_timeout
            .min(self.keep_alive_timeout)
            .min(self.write_timeout)
    }
}
