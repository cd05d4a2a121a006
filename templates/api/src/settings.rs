//! The settings, from environment variables.

use std::env;

use crate::auth::Tokens;

pub struct Settings {
    pub database_url: String,
    pub redis_url: Option<String>,
    pub tokens: Tokens,
    /// The networks of load balancers, whose `X-Forwarded-For` is believed.
    pub proxies: Vec<String>,
}

impl Settings {
    pub fn from_env() -> gin::Result<Settings> {
        let local = "sqlite://tasks.db?mode=rwc";
        let proxies = env::var("TRUSTED_PROXIES").unwrap_or_default();
        Ok(Settings {
            database_url: env::var("DATABASE_URL").unwrap_or_else(|_| local.to_owned()),
            redis_url: env::var("REDIS_URL").ok(),
            tokens: Tokens::from_env()?,
            proxies: proxies.split_whitespace().map(str::to_owned).collect(),
        })
    }
}
