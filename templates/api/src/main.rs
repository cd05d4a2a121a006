//! A JSON service: tasks in a database, which all may read, and clients with a token may change.

mod auth;
mod failure;
mod settings;
mod store;
mod tasks;
#[cfg(test)]
mod tests;

use std::time::Duration;

use gin::middleware::{RateLimit, RequestId, Timeout, bearer};
use gin::openapi::OpenApi;
use gin::operations::{Health, Metrics};
use gin::prelude::*;
use gin::{Engine, Server};

use crate::auth::{Tokens, verify};
use crate::settings::Settings;
use crate::store::Store;

#[gin::main]
async fn main() -> gin::Result<()> {
    let settings = Settings::from_env()?;
    let store = Store::open(&settings.database_url).await?;
    let mut limit = RateLimit::per_second(20).burst(40);
    if let Some(url) = &settings.redis_url {
        limit = limit.redis(url).await?;
    }
    let app = app(store, settings.tokens, limit)
        .trust_proxies(settings.proxies.iter().map(String::as_str));
    // A load balancer that probes every second learns in time that this instance leaves.
    let drain = Duration::from_secs(if cfg!(debug_assertions) { 0 } else { 3 });
    Server::new(Engine::new(app)?)
        .drain_delay(drain)
        .run()
        .await
}

fn app(store: Store, tokens: Tokens, limit: RateLimit) -> Group {
    let database = store.clone();
    let health = Health::new().check("database", move || {
        let database = database.clone();
        async move { database.ping().await }
    });
    let api = Group::new("/api")
        .with(limit)
        .with(Timeout::new(Duration::from_secs(10)))
        .mount(routes![tasks::list, tasks::show])
        .nest(Group::new("").with(bearer(verify)).mount(routes![
            tasks::create,
            tasks::update,
            tasks::remove
        ]));
    gin::default()
        .metrics("/metrics", &Metrics::new())
        .with(RequestId::new())
        .state(store)
        .state(tokens)
        .health("/livez", Health::new())
        .health("/healthz", health)
        .ready("/readyz")
        .get("/", async || Redirect::to("/api/openapi"))
        .openapi(
            OpenApi::new("/api/openapi.json")
                .title("Tasks")
                .version("1"),
        )
        .nest(api)
}
