//! The routes of probes.

use std::borrow::Cow;
use std::sync::Arc;

use crate::app::{At, Group, Part, PlacedRoute};
use crate::handlers::IntoHandler;
use crate::operations::health::checks::Health;
use crate::operations::health::probe::Probe;
use crate::operations::health::report::plain;
use crate::request::Context;

/// The flaws of a group's health, for the error of [`Engine::new`](crate::Engine::new).
struct Checked {
    at: At,
    flaws: Vec<String>,
}

impl Part for Checked {
    fn assemble(&self, _: &[PlacedRoute]) -> Vec<String> {
        let flaws = self.flaws.iter();
        let flaws = flaws.map(|flaw| format!("the health at {}: {flaw}", self.at));
        flaws.collect()
    }
}

impl Group {
    /// Responds to probes at `pattern` with the result of the checks: 200 if all of them pass, else 503.
    ///
    /// The group's middleware is around it, like around any route. A [`Logger`](crate::middleware::Logger) leaves probes out by
    /// [`skip`](crate::middleware::Logger::skip).
    ///
    /// ```
    /// # use gin::{operations::Health, prelude::*, testing::Client};
    /// let health = Health::new().check("disk", async || std::fs::metadata("/").map(drop));
    /// let app = Group::new("").health("/healthz", health);
    /// # tokio::runtime::Runtime::new()?.block_on(async {
    /// Client::new(app).get("/healthz").await.is(200);
    /// # });
    /// # Ok::<(), std::io::Error>(())
    /// ```
    #[doc(alias("healthcheck", "liveness"))]
    #[track_caller]
    pub fn health(mut self, pattern: impl Into<Cow<'static, str>>, health: Health) -> Group {
        self.parts.push(Arc::new(Checked {
            at: At::caller(),
            flaws: health.flaws(),
        }));
        let probe = Arc::new(Probe::new(health));
        let respond = move || {
            let probe = probe.clone();
            async move { probe.respond().await }
        };
        self.own_route(pattern.into(), respond.into_handler(), "gin::health")
    }

    /// Responds to probes at `pattern` with 200, and with 503 from the moment in which the server begins to shut down. So a load
    /// balancer sends no more requests to this server during its [`drain_delay`](crate::Server::drain_delay).
    ///
    /// ```
    /// # use gin::{prelude::*, testing::Client};
    /// let app = Group::new("").ready("/readyz");
    /// # tokio::runtime::Runtime::new()?.block_on(async {
    /// Client::new(app).get("/readyz").await.is(200).has_json(json!({ "status": "up" }));
    /// # });
    /// # Ok::<(), std::io::Error>(())
    /// ```
    #[doc(alias("readiness", "healthcheck"))]
    #[track_caller]
    pub fn ready(self, pattern: impl Into<Cow<'static, str>>) -> Group {
        let respond = async |cx: &mut Context| plain(!cx.connection().is_draining());
        self.own_route(pattern.into(), respond.into_handler(), "gin::ready")
    }
}
