//! What a client may take, and how long.

use std::time::Duration;

/// What a client may take, and how long.
#[derive(Debug, Clone)]
pub(crate) struct Limits {
    /// From accepting a connection, or from the first octet of a later request, to a complete head.
    pub(crate) head: Duration,
    /// Between two requests of a connection.
    pub(crate) idle: Duration,
    /// Without the client taking an octet of what is there for it.
    pub(crate) stall: Duration,
    /// From the signal to stop, for what runs to end.
    pub(crate) stop: Duration,
    /// In octets.
    pub(crate) head_size: usize,
    pub(crate) fields: usize,
    /// In octets.
    pub(crate) target_size: usize,
    pub(crate) pace: Pace,
}

/// How slowly a body may come.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Pace {
    /// In octets a second.
    pub(crate) rate: u32,
    /// How long one may wait for a body in all, besides what `rate` allows.
    pub(crate) grace: Duration,
}

impl Default for Limits {
    fn default() -> Limits {
        Limits {
            head: Duration::from_secs(10),
            idle: Duration::from_secs(75),
            stall: Duration::from_secs(30),
            stop: Duration::from_secs(10),
            head_size: 64 << 10,
            fields: 100,
            target_size: 16 << 10,
            pace: Pace::default(),
        }
    }
}

impl Default for Pace {
    fn default() -> Pace {
        Pace {
            rate: 240,
            grace: Duration::from_secs(10),
        }
    }
}

impl Limits {
    /// The shortest time in which any deadline of a connection can come.
    pub(crate) fn shortest(&self) -> Duration {
        self.head.min(self.idle).min(self.stall)
    }
}
