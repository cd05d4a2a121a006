//! Sessions in Redis.

use std::time::Duration;

use tower_sessions_redis_store::RedisStore;

use crate::redis::{RedisError, connect};
use crate::sessions::Sessions;

/// The time in which an operation must succeed.
const TIMEOUT: Duration = Duration::from_secs(5);

impl Sessions {
    /// Keeps sessions in Redis or Valkey, so that all servers share them: `redis://:password@host:6379/0`.
    ///
    /// It waits for the first connection. A connection that is lost later is opened again; until then, requests that use their
    /// session are a 503. Sessions have random keys without a prefix, so they best have a database of their own. For TLS, a cluster or a
    /// pool, pass a `RedisStore` of the crate `tower-sessions-redis-store` to [`Sessions::new`].
    ///
    /// # Errors
    ///
    /// Fails if the URL is malformed, or if no connection is made within 5 seconds.
    ///
    /// ```no_run
    /// use gin::{prelude::*, sessions::Sessions};
    ///
    /// #[gin::main]
    /// async fn main() -> gin::Result<()> {
    ///     let sessions = Sessions::redis("redis://127.0.0.1:6379").await?;
    ///     gin::default().with(sessions).run().await
    /// }
    /// ```
    #[cfg_attr(docsrs, doc(cfg(feature = "redis")))]
    #[doc(alias("RedisStore", "valkey"))]
    pub async fn redis(url: &str) -> Result<Sessions, RedisError> {
        let client = connect(url, TIMEOUT).await?;
        Ok(Sessions::new(RedisStore::new(client)))
    }
}
