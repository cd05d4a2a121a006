//! The errors of sessions.

use std::fmt;

/// The error of a session's value. By `?` it becomes a 500, and the log gets its text.
///
/// ```
/// # use gin::{prelude::*, testing::Client};
/// use gin::sessions::{Session, SessionError, Sessions};
///
/// async fn handler(session: Session) {
///     session.insert("age", "seven").expect("it is text");
///     let error = session.get::<u8>("age").unwrap_err();
///     assert!(matches!(error, SessionError::Value { .. }));
///     assert!(error.to_string().starts_with("the session's `age`: invalid type"));
/// }
/// # tokio::runtime::Runtime::new()?.block_on(async {
/// let app = Group::new("").with(Sessions::memory()).get("/", handler);
/// Client::new(app).get("/").await.is(200);
/// # });
/// # Ok::<(), std::io::Error>(())
/// ```
#[derive(Debug)]
#[non_exhaustive]
pub enum SessionError {
    /// The value is not of the type, or cannot be serialized.
    Value {
        /// The name of the value.
        name: String,
        /// The reason.
        error: serde_json::Error,
    },
    /// The session does not fit into its cookie ([`Sessions::cookie`](crate::sessions::Sessions::cookie)).
    TooLarge {
        /// Its size in bytes.
        size: usize,
        /// The largest size in bytes.
        limit: usize,
    },
    /// The session is written already: the response is on its way.
    Closed,
}

impl SessionError {
    pub(super) fn value(name: &str, error: serde_json::Error) -> SessionError {
        SessionError::Value {
            name: name.to_owned(),
            error,
        }
    }
}

impl fmt::Display for SessionError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            SessionError::Value { name, error } => write!(f, "the session's `{name}`: {error}"),
            SessionError::TooLarge { size, limit } => write!(
                f,
                "the session has {size} bytes, and a cookie holds {limit}; keep it in `Sessions::memory()`, Redis or a database"
            ),
            SessionError::Closed => {
                f.write_str("the session is written already; change it before the handler returns")
            }
        }
    }
}

impl std::error::Error for SessionError {
    fn source(&self) -> Option<&(dyn std::error::Error + 'static)> {
        match self {
            SessionError::Value { error, .. } => Some(error),
            _ => None,
        }
    }
}

/// The error of a store that fails, or does not respond in time. It is for the log only.
#[derive(Debug)]
pub(super) enum StoreError {
    Store(tower_sessions_core::session_store::Error),
    TimedOut,
}

impl fmt::Display for StoreError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            StoreError::Store(error) => write!(f, "the session store failed: {error}"),
            StoreError::TimedOut => f.write_str("the session store did not respond in time"),
        }
    }
}

impl std::error::Error for StoreError {}

/// The error of a session that is taken where no middleware provides it. It is for the log only.
#[derive(Debug)]
pub(super) struct NoSessions;

impl fmt::Display for NoSessions {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(
            f,
            "no session is provided here; {}, outside of the middleware that takes a session",
            NoSessions::REMEDY
        )
    }
}

impl std::error::Error for NoSessions {}

impl NoSessions {
    pub(super) const REMEDY: &str =
        "add `.with(Sessions::memory())`, or `Sessions` with another store, to the group";
}
