//! The middleware that limits rates.

use std::fmt::{self, Display};
use std::sync::Arc;
use std::time::Duration;

use http::header::RETRY_AFTER;
use http::{HeaderMap, HeaderValue};

#[cfg(feature = "openapi")]
use crate::description::Operation;
use crate::failure::Problem;
use crate::future::BoxFuture;
use crate::middleware::rate_limit::fields::{self, RATE_LIMIT, RATE_LIMIT_POLICY};
use crate::middleware::rate_limit::key::{Key, KeySource};
use crate::middleware::rate_limit::memory::Memory;
use crate::middleware::rate_limit::quota::{Balance, Outcome, Quota};
#[cfg(feature = "redis")]
use crate::middleware::rate_limit::shared::{Shared, WhenDown};
use crate::middleware::{Middleware, Next, Provided};
use crate::request::Context;
use crate::response::{IntoResponse, Response, settle};

/// Limits the rate at which each client may send requests. Those above it are a 429 [`Problem`] with `Retry-After`.
///
/// A client is known by its IP address, as [`Context::client_ip`] has it; of an IPv6 address, the first 64 bits count. Behind a
/// proxy that is not [trusted](crate::Group::proxies), all clients have the address of the proxy, and share one quota. Another key,
/// such as that of an account, is set by [`RateLimit::by`].
///
/// A client may send its whole burst at once, and earns one request after the other again (the generic cell rate algorithm). A
/// request that is refused costs nothing. The response shows the quota in `RateLimit-Policy` and what is left in `RateLimit`.
///
/// Quotas are kept in memory, which is bounded: a flood of clients makes those be forgotten that have not come for the longest time.
/// A clone shares them, so one value can limit several groups together. The time is monotonic, so a change of the
/// system's clock has no effect.
///
/// ```
/// # use gin::{prelude::*, testing::Client};
/// use gin::middleware::RateLimit;
///
/// let app = Group::new("").with(RateLimit::per_minute(60).burst(2)).get("/", async || "home");
/// # tokio::runtime::Runtime::new()?.block_on(async {
/// let client = Client::new(app).from("203.0.113.7:4000");
/// let response = client.get("/").await.is(200);
/// let response = response.has_header("ratelimit-policy", "\"default\";q=2;w=2");
/// response.has_header("ratelimit", "\"default\";r=1;t=1");
/// client.get("/").await.is(200);
/// client.get("/").await.is(429).has_header("retry-after", "1");
/// client.from("203.0.113.8:4000").get("/").await.is(200);
/// # });
/// # Ok::<(), std::io::Error>(())
/// ```
#[derive(Clone)]
pub struct RateLimit {
    quota: Quota,
    count: u32,
    interval: Duration,
    name: String,
    key: KeySource,
    exempt: Option<Exemption>,
    memory: Arc<Memory>,
    #[cfg(feature = "redis")]
    pub(super) shared: Option<Arc<Shared>>,
}

type Exemption = Arc<dyn Fn(&Context) -> bool + Send + Sync>;

/// The most keys in a generation of the memory. An entry takes 32 bytes, so that two generations take about 10 MB.
const KEYS: usize = 100_000;

impl RateLimit {
    /// Allows `count` requests in each second, and as many at once.
    pub fn per_second(count: u32) -> RateLimit {
        RateLimit::new(count, Duration::from_secs(1))
    }

    /// Allows `count` requests in each minute, and as many at once.
    pub fn per_minute(count: u32) -> RateLimit {
        RateLimit::new(count, Duration::from_secs(60))
    }

    /// Allows `count` requests in each hour, and as many at once.
    pub fn per_hour(count: u32) -> RateLimit {
        RateLimit::new(count, Duration::from_secs(3_600))
    }

    /// Allows `count` requests in each `interval`, and as many at once. A count or an interval of 0 is an error of
    /// [`Engine::new`](crate::Engine::new).
    pub fn new(count: u32, interval: Duration) -> RateLimit {
        RateLimit {
            quota: Quota::new(count, interval),
            count,
            interval,
            name: "default".to_owned(),
            key: KeySource::ClientIp,
            exempt: None,
            memory: Arc::new(Memory::new(KEYS)),
            #[cfg(feature = "redis")]
            shared: None,
        }
    }

    /// Sets the number of requests that may come at once. Default: the number in each interval. It is at least 1.
    #[must_use]
    pub fn burst(mut self, count: u32) -> RateLimit {
        self.quota.burst = count;
        self
    }

    /// Counts requests by the key that `key` returns, such as that of an account. A request for which it returns `None` is counted
    /// by the IP address of the client.
    ///
    /// A key must be one that the client cannot choose freely: with a new one for each request, it is never limited. So a user or
    /// an API key is checked by a middleware further out.
    ///
    /// ```
    /// # use gin::{prelude::*, testing::Client};
    /// use gin::middleware::RateLimit;
    ///
    /// struct Account(u64);
    ///
    /// async fn auth(cx: &mut Context, next: Next<'_>) -> Response {
    ///     let id = cx.header("x-account").and_then(|id| id.parse().ok());
    ///     let Some(id) = id else {
    ///         return StatusCode::UNAUTHORIZED.into_response();
    ///     };
    ///     cx.set(Account(id));
    ///     next.run(cx).await
    /// }
    ///
    /// let limit = RateLimit::per_minute(1).by(|cx| cx.get::<Account>().map(|account| account.0));
    /// let app = Group::new("").with(auth).with(limit).get("/", async || "home");
    /// # tokio::runtime::Runtime::new()?.block_on(async {
    /// let client = Client::new(app);
    /// client.get("/").header("x-account", "7").await.is(200);
    /// client.get("/").header("x-account", "7").await.is(429);
    /// client.get("/").header("x-account", "8").await.is(200);
    /// # });
    /// # Ok::<(), std::io::Error>(())
    /// ```
    #[must_use]
    #[doc(alias("KeyExtractor", "key_extractor", "KeyFunc"))]
    pub fn by<K: Display>(
        mut self,
        key: impl Fn(&Context) -> Option<K> + Send + Sync + 'static,
    ) -> RateLimit {
        let key = move |cx: &Context| key(cx).map(|key| key.to_string());
        self.key = KeySource::Function(Arc::new(key));
        self
    }

    /// Exempts requests for which `is_exempt` returns `true`, such as those of a health check.
    ///
    /// ```
    /// # use gin::{prelude::*, testing::Client};
    /// use gin::middleware::RateLimit;
    ///
    /// let limit = RateLimit::per_hour(1).exempt(|cx| cx.path() == "/health");
    /// let app = Group::new("").with(limit).get("/health", async || "fine");
    /// # tokio::runtime::Runtime::new()?.block_on(async {
    /// let client = Client::new(app);
    /// client.get("/health").await.is(200);
    /// client.get("/health").await.is(200);
    /// # });
    /// # Ok::<(), std::io::Error>(())
    /// ```
    #[must_use]
    #[doc(alias("skip", "Next"))]
    pub fn exempt(
        mut self,
        is_exempt: impl Fn(&Context) -> bool + Send + Sync + 'static,
    ) -> RateLimit {
        self.exempt = Some(Arc::new(is_exempt));
        self
    }

    /// Sets the name that headers show, of letters, digits, `-`, `_` and `.`. Default: `default`.
    ///
    /// Limits around the same route get different names.
    #[must_use]
    pub fn name(mut self, name: impl Into<String>) -> RateLimit {
        self.name = name.into();
        self
    }

    #[cfg_attr(
        not(feature = "redis"),
        expect(clippy::unused_async, reason = "only Redis is awaited")
    )]
    async fn charge(&self, key: &Key) -> Result<Balance, Problem> {
        #[cfg(feature = "redis")]
        if let Some(shared) = &self.shared {
            let charged = shared.charge(&self.name, key, self.quota).await;
            return match charged {
                Ok(balance) => Ok(balance),
                Err(WhenDown::LimitAlone) => Ok(self.memory.charge(key, self.quota)),
                Err(WhenDown::Refuse) => Err(Problem::new(503).detail("the server is busy")),
            };
        }
        Ok(self.memory.charge(key, self.quota))
    }

    fn add_fields(&self, balance: &Balance, headers: &mut HeaderMap) {
        if let Some(policy) = fields::policy(&self.name, self.quota) {
            headers.append(RATE_LIMIT_POLICY, policy);
        }
        if let Some(balance) = fields::balance(&self.name, balance) {
            headers.append(RATE_LIMIT, balance);
        }
    }

    fn refusal(retry_after: Duration) -> Problem {
        let seconds = fields::seconds(retry_after).max(1);
        Problem::new(429)
            .detail("too many requests; try again later")
            .header(RETRY_AFTER, HeaderValue::from(seconds))
    }
}

impl Middleware for RateLimit {
    fn call<'a>(&'a self, cx: &'a mut Context, next: Next<'a>) -> BoxFuture<'a, Response> {
        if self.exempt.as_ref().is_some_and(|exempt| exempt(cx)) {
            return next.run(cx);
        }
        Box::pin(async move {
            let key = self.key.key(cx);
            let balance = match self.charge(&key).await {
                Ok(balance) => balance,
                Err(problem) => return problem.into_response(),
            };
            let mut response = match balance.outcome {
                Outcome::Admitted => next.run(cx).await,
                Outcome::Refused(retry_after) => RateLimit::refusal(retry_after).into_response(),
            };
            settle(cx, &mut response);
            self.add_fields(&balance, response.headers_mut());
            response
        })
    }

    fn provides(&self, _: &mut Provided) {}

    #[cfg(feature = "openapi")]
    fn describe(&self, operation: &mut Operation) {
        operation.problem(429);
        operation.retry_after(429);
        for name in ["RateLimit", "RateLimit-Policy"] {
            operation.header_of_all(name, serde_json::json!({ "type": "string" }));
        }
        #[cfg(feature = "redis")]
        if self.shared.as_ref().is_some_and(|shared| shared.refuses()) {
            operation.problem(503);
        }
    }

    fn flaws(&self) -> Vec<String> {
        let mut flaws = Vec::new();
        if self.count == 0 || self.interval.is_zero() {
            flaws.push(
                "a rate of 0 refuses every request; set at least 1 in an interval".to_owned(),
            );
        }
        if self.quota.burst == 0 {
            flaws.push("a burst of 0 refuses every request; set at least 1".to_owned());
        }
        #[cfg(feature = "redis")]
        if self.shared.as_ref().is_some_and(|it| it.timeout.is_zero()) {
            flaws.push(
                "a timeout of 0 never waits for Redis; give at least 1 ms, or leave it out"
                    .to_owned(),
            );
        }
        if !fields::is_name(&self.name) {
            let name = &self.name;
            flaws.push(format!(
                "`{name}` is not a name; use letters, digits, `-`, `_` and `.`"
            ));
        }
        flaws
    }
}

impl fmt::Debug for RateLimit {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("RateLimit")
            .field("quota", &self.quota)
            .field("name", &self.name)
            .field("key", &self.key)
            .finish_non_exhaustive()
    }
}
