//! The times of a session: how long it lasts unused, and at most.

use std::time::Duration;

use crate::sessions::clock;
use crate::sessions::middleware::Config;
use crate::sessions::session::{KEPT, Origin, Values};

/// The times after which a session ends.
#[derive(Clone, Copy)]
pub(super) struct Times {
    idle: Duration,
    lifetime: Duration,
}

impl Times {
    /// Returns the times of a session with these values: its own, or those of all.
    pub(super) fn of(values: &Values, config: &Config) -> Times {
        let own = values.get(KEPT).and_then(serde_json::Value::as_u64);
        match own.map(Duration::from_secs) {
            Some(own) => Times {
                idle: own,
                lifetime: own,
            },
            None => Times {
                idle: config.idle,
                lifetime: config.lifetime,
            },
        }
    }

    /// Returns the latest end of a session.
    pub(super) fn end(self, created: i64) -> i64 {
        created.saturating_add_unsigned(self.lifetime.as_secs())
    }

    /// Returns the end of a session that is used now.
    pub(super) fn expiry(self, created: i64, now: i64) -> i64 {
        let idle = now.saturating_add_unsigned(self.idle.as_secs());
        idle.min(self.end(created))
    }

    /// Returns `true` if a tenth of the idle time has passed since the session was written.
    pub(super) fn is_touch_due(self, origin: Origin) -> bool {
        let expiry = self.expiry(origin.created, clock::now());
        let tenth = i64::try_from(self.idle.as_secs() / 10).unwrap_or(i64::MAX);
        expiry.saturating_sub(origin.expiry) > tenth
    }
}
