//! Connections to Redis, which sessions and limits of rates share.

use std::fmt;
use std::time::Duration;

use tokio::select;
use tower_sessions_redis_store::fred::clients::WithOptions;
use tower_sessions_redis_store::fred::prelude::{
    Builder, Client, ClientLike, Config, Error, ErrorKind, EventInterface, Options, ReconnectPolicy,
};

/// The time in which a connection must be made or fail.
const TIMEOUT: Duration = Duration::from_secs(5);

/// The error of [`Sessions::redis`](crate::sessions::Sessions::redis) and
/// [`RateLimit::redis`](crate::middleware::RateLimit::redis). It does not show the password of the URL.
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

/// Connects to the Redis at `url`. A connection that is lost later is made again, and commands fail until then.
pub(crate) async fn connect(url: &str) -> Result<WithOptions<Client>, RedisError> {
    let config = Config::from_url(url).map_err(|error| RedisError {
        address: "the URL that was given".to_owned(),
        error,
    })?;
    let hosts = config.server.hosts();
    let hosts = hosts.iter().map(ToString::to_string);
    let address = hosts.collect::<Vec<_>>().join(", ");
    match connected(config).await {
        Ok(client) => Ok(with_timeout(&client, None)),
        Err(error) => Err(RedisError { address, error }),
    }
}

/// Returns the client with another time after which a command fails.
pub(crate) fn with_timeout(client: &Client, timeout: Option<Duration>) -> WithOptions<Client> {
    // A command waits for no connection, so that requests are refused at once. One that a cluster redirects is sent twice.
    let options = Options {
        fail_fast: true,
        max_attempts: (!client.is_clustered()).then_some(1),
        timeout,
        ..Options::default()
    };
    client.with_options(&options)
}

/// Waits for a command, or until its connection is lost.
///
/// fred learns of the loss before it reports it. A command of that moment would wait until there is a connection again.
pub(crate) async fn unless_lost<T>(
    client: &Client,
    command: impl Future<Output = T>,
) -> Result<T, Error> {
    let mut errors = client.error_rx();
    select! {
        biased;
        result = command => Ok(result),
        lost = errors.recv() => Err(match lost {
            Ok((error, _)) => error,
            Err(_) => Error::new(ErrorKind::IO, "the connection was lost"),
        }),
    }
}

async fn connected(config: Config) -> Result<Client, Error> {
    const FOR_EVER: u32 = 0;
    // In milliseconds. The first is short, since commands are accepted until it is over.
    let (shortest, longest) = (1, 2_000);
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
