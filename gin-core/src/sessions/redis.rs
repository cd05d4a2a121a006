//! Sessions in Redis.

use std::fmt;
use std::time::Duration;

use tower_sessions_redis_store::RedisStore;
use tower_sessions_redis_store::fred::prelude::{
    Builder, Client, ClientLike, Config, Error, Options, ReconnectPolicy,
};

use crate::sessions::Sessions;

/// The time in which a connection or an operation must succeed.
const TIMEOUT: Duration = Duration::from_secs(5);

/// The error of [`Sessions::redis`]. It does not show the password of the URL.
///
/// ```
/// # tokio::runtime::Runtime::new()?.block_on(async {
/// use gin::sessions::Sessions;
///
/// let error = Sessions::redis("redis://:secret@127.0.0.1:1/").await.unwrap_err();
/// assert!(error.to_string().starts_with("cannot connect to Redis at 127.0.0.1:1: "));
/// # });
/// # Ok::<(), std::io::Error>(())
/// ```
#[derive(Debug)]
pub struct RedisError {
    address: String,
    error: Error,
}

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
        let config = Config::from_url(url).map_err(|error| RedisError {
            address: "the URL that was given".to_owned(),
            error,
        })?;
        let hosts = config.server.hosts();
        let hosts = hosts.iter().map(ToString::to_string);
        let address = hosts.collect::<Vec<_>>().join(", ");
        match connected(config).await {
            Ok(client) => {
                // A command waits for no connection, so that requests are refused at once, and nothing is written after that.
                let options = Options {
                    fail_fast: true,
                    timeout: Some(TIMEOUT),
                    ..Options::default()
                };
                Ok(Sessions::new(RedisStore::new(
                    client.with_options(&options),
                )))
            }
            Err(error) => Err(RedisError { address, error }),
        }
    }
}

async fn connected(config: Config) -> Result<Client, Error> {
    const FOR_EVER: u32 = 0;
    // In milliseconds.
    let (shortest, longest) = (50, 2_000);
    let client = Builder::from_config(config)
        .with_connection_config(|connection| {
            connection.connection_timeout = TIMEOUT;
            connection.internal_command_timeout = TIMEOUT;
            connection.unresponsive.max_timeout = Some(TIMEOUT);
        })
        .set_policy(ReconnectPolicy::new_exponential(
            FOR_EVER, shortest, longest, 2,
        ))
        .build()?;
    client.init().await?;
    Ok(client)
}

impl fmt::Display for RedisError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(
            f,
            "cannot connect to Redis at {}: {}",
            self.address, self.error
        )
    }
}

impl std::error::Error for RedisError {
    fn source(&self) -> Option<&(dyn std::error::Error + 'static)> {
        Some(&self.error)
    }
}
