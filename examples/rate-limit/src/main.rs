//! Limits of rates: in Redis, which all instances share, or in the memory of one.

use std::env;

use gin::middleware::RateLimit;
use gin::prelude::*;

#[get("/search")]
async fn search() -> &'static str {
    "nothing found"
}

/// A login has a tighter limit of its own.
#[post("/login")]
async fn login() -> StatusCode {
    StatusCode::UNAUTHORIZED
}

/// The limits, which `redis` keeps if there is one.
struct Limits {
    search: RateLimit,
    login: RateLimit,
}

impl Limits {
    async fn new(redis: Option<&str>) -> Result<Limits> {
        let mut search = RateLimit::per_second(5).burst(10).name("search");
        let mut login = RateLimit::per_minute(3).name("login");
        if let Some(url) = redis {
            search = search.redis(url).await?;
            login = login.redis(url).await?;
        }
        Ok(Limits { search, login })
    }
}

fn app(limits: Limits) -> Group {
    let routes = routes![search.with(limits.search), login.with(limits.login)];
    // Behind a proxy, `trust_proxies` makes the client known; all would share a quota without it.
    gin::default().trust_proxies(["127.0.0.1"]).mount(routes)
}

#[gin::main]
async fn main() -> gin::Result<()> {
    let redis = env::var("REDIS_URL").ok();
    app(Limits::new(redis.as_deref()).await?).run().await
}

#[cfg(test)]
mod tests;
