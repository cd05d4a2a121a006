//! Quotas in Redis, which all instances of an app share.

use std::fmt;
use std::sync::Arc;
use std::sync::atomic::AtomicBool;
use std::sync::atomic::Ordering::Relaxed;
use std::time::Duration;

use tower_sessions_redis_store::fred::clients::WithOptions;
use tower_sessions_redis_store::fred::prelude::{Client, ClientLike, Error, Value};
use tower_sessions_redis_store::fred::types::CustomCommand;
use tracing::{info, warn};

use crate::middleware::rate_limit::RateLimit;
use crate::middleware::rate_limit::key::Key;
use crate::middleware::rate_limit::quota::{Balance, Outcome, Quota};
use crate::redis::{RedisError, connect, unless_lost, with_timeout};

/// The time in which Redis must respond if none is set. A limit must not delay what it protects.
const TIMEOUT: Duration = Duration::from_millis(500);

/// The steps of [`Quota::charge`] at once, by the clock of Redis, in microseconds.
///
/// A clock that is set back leaves a key that is full far in the future. It is taken for one that has just used up its burst, and
/// written as such: else each request would find it so, until the clock is where it was.
const SCRIPT: &str = "
local time = redis.call('TIME')
local now = time[1] * 1000000 + time[2]
local period, burst = tonumber(ARGV[1]), tonumber(ARGV[2])
local window = period * burst
local function set(moment)
  redis.call('SET', KEYS[1], string.format('%.0f', moment), 'PX', math.ceil((moment - now) / 1000))
end
local stored = tonumber(redis.call('GET', KEYS[1]) or now)
local full_at = math.min(math.max(stored, now), now + window)
local following = full_at + period
if following - now > window then
  if stored > full_at then
    set(full_at)
  end
  return {0, full_at - now, following - now - window}
end
set(following)
return {math.floor((window - following + now) / period), following - now, 0}
";

/// A Redis that keeps quotas.
pub(super) struct Shared {
    client: WithOptions<Client>,
    /// The time in which Redis must respond.
    pub(super) timeout: Duration,
    /// The SHA-1 of the script, by which Redis knows it.
    script: String,
    when_down: WhenDown,
    /// It is logged once that Redis fails, and once that it works again.
    is_down: AtomicBool,
}

/// The treatment of requests while Redis does not respond.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum WhenDown {
    /// Each instance limits the requests that it gets.
    LimitAlone,
    Refuse,
}

impl RateLimit {
    /// Keeps the quotas in Redis or Valkey, so that all instances of the app share them: `redis://:password@host:6379/0`.
    ///
    /// It waits for the first connection. While Redis does not respond later, each instance limits the requests that it gets by
    /// itself, and the log has a line; see [`refuse_when_down`](RateLimit::refuse_when_down). The time is that of Redis, so the
    /// clocks of the instances need not agree. Limits with the same [name](RateLimit::name) share their keys, which begin
    /// with `gin:rate:` and vanish by themselves.
    ///
    /// # Errors
    ///
    /// Fails if the URL is malformed, or if no connection is made within 5 seconds.
    ///
    /// ```no_run
    /// use gin::{middleware::RateLimit, prelude::*};
    ///
    /// #[gin::main]
    /// async fn main() -> gin::Result<()> {
    ///     let limit = RateLimit::per_second(20).burst(40).redis("redis://127.0.0.1:6379").await?;
    ///     gin::default().with(limit).run().await
    /// }
    /// ```
    #[cfg_attr(docsrs, doc(cfg(feature = "redis")))]
    #[doc(alias("valkey", "distributed"))]
    pub async fn redis(mut self, url: &str) -> Result<RateLimit, RedisError> {
        let client = connect(url).await?;
        let client = with_timeout(&client, Some(TIMEOUT));
        self.shared = Some(Arc::new(Shared {
            script: sha1_of_script(&client).await.unwrap_or_default(),
            client,
            timeout: TIMEOUT,
            when_down: WhenDown::LimitAlone,
            is_down: AtomicBool::new(false),
        }));
        Ok(self)
    }

    /// Sets how long a request waits for Redis, which counts as down after that. Default: 500 ms. A connection that is lost counts as
    /// down at once. The time is set after [`redis`](RateLimit::redis) and before [`RateLimit`] is cloned. A time of 0 is an error
    /// of [`Engine::new`](crate::Engine::new).
    #[cfg_attr(docsrs, doc(cfg(feature = "redis")))]
    #[must_use]
    pub fn redis_timeout(mut self, timeout: Duration) -> RateLimit {
        if let Some(shared) = self.shared.as_mut().and_then(Arc::get_mut) {
            shared.timeout = timeout;
            shared.client = with_timeout(&shared.client, Some(timeout));
        }
        self
    }

    /// Refuses all requests with 503 while Redis does not respond. Default: each instance limits by itself. It is set before
    /// [`RateLimit`] is cloned.
    #[cfg_attr(docsrs, doc(cfg(feature = "redis")))]
    #[must_use]
    pub fn refuse_when_down(mut self) -> RateLimit {
        if let Some(shared) = self.shared.as_mut().and_then(Arc::get_mut) {
            shared.when_down = WhenDown::Refuse;
        }
        self
    }
}

async fn sha1_of_script(client: &WithOptions<Client>) -> Result<String, Error> {
    let command = CustomCommand::new_static("SCRIPT", None, false);
    client.custom(command, vec!["LOAD", SCRIPT]).await
}

impl Shared {
    /// Returns `true` if requests are refused while Redis does not respond.
    #[cfg(feature = "openapi")]
    pub(super) fn refuses(&self) -> bool {
        self.when_down == WhenDown::Refuse
    }

    /// Charges `key` for a request, unless Redis does not respond.
    pub(super) async fn charge(
        &self,
        name: &str,
        key: &Key,
        quota: Quota,
    ) -> Result<Balance, WhenDown> {
        let key = format!("gin:rate:{name}:{key}");
        match self.run(key, quota).await {
            Ok([remaining, full_in, retry_in]) => {
                if self.is_down.swap(false, Relaxed) {
                    info!("Redis limits rates again");
                }
                Ok(Balance {
                    remaining: u32::try_from(remaining).unwrap_or(u32::MAX),
                    full_in: Duration::from_micros(full_in),
                    outcome: match retry_in {
                        0 => Outcome::Admitted,
                        micros => Outcome::Refused(Duration::from_micros(micros)),
                    },
                })
            }
            Err(error) => {
                if !self.is_down.swap(true, Relaxed) {
                    let effect = match self.when_down {
                        WhenDown::LimitAlone => "this instance limits rates by itself",
                        WhenDown::Refuse => "requests are refused",
                    };
                    warn!("Redis does not limit rates, so {effect} until it does: {error}");
                }
                Err(self.when_down)
            }
        }
    }

    async fn run(&self, key: String, quota: Quota) -> Result<[u64; 3], Error> {
        let response = self.call("EVALSHA", &self.script, &key, quota).await;
        let response = match response {
            // A Redis that was started again has forgotten the script.
            Err(error) if error.details().starts_with("NOSCRIPT") => {
                self.call("EVAL", SCRIPT, &key, quota).await
            }
            response => response,
        };
        let numbers: Vec<u64> = response?.convert()?;
        let numbers: Result<[u64; 3], _> = numbers.try_into();
        Ok(numbers.expect("the script returns three numbers"))
    }

    async fn call(
        &self,
        command: &'static str,
        script: &str,
        key: &str,
        quota: Quota,
    ) -> Result<Value, Error> {
        let command = CustomCommand::new_static(command, key, false);
        let (period, burst) = (quota.period_micros().to_string(), quota.burst.to_string());
        let arguments = vec![script, "1", key, &period, &burst];
        let arguments = arguments.into_iter().map(str::to_owned).collect();
        unless_lost(&self.client, self.client.custom(command, arguments)).await?
    }
}

impl fmt::Debug for Shared {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Shared")
    }
}
