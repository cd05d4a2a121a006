//! Operations: health and readiness, metrics, traces, and settings.
//!
//! # Health and readiness
//!
//! [`Group::health`](crate::Group::health) responds to probes by running checks, and [`Group::ready`](crate::Group::ready) with 503
//! once the server shuts down. Together with [`Server::drain_delay`](crate::Server::drain_delay) it lets a server be replaced
//! without a lost request:
//!
//! ```
//! use gin::{operations::Health, prelude::*, testing::Client};
//!
//! async fn ping_database() -> std::io::Result<()> {
//!     Ok(())
//! }
//!
//! let app = Group::new("")
//!     .health("/healthz", Health::new().check("database", ping_database))
//!     .ready("/readyz");
//! # tokio::runtime::Runtime::new()?.block_on(async {
//! let probe = Client::new(app);
//! probe.get("/healthz").await.is(200).has_json(json!({ "status": "up" }));
//! probe.get("/readyz").await.is(200).has_json(json!({ "status": "up" }));
//! # });
//! # Ok::<(), std::io::Error>(())
//! ```
//!
//! In Kubernetes, `/readyz` is the readiness probe. A liveness probe is best a [`Health`] without checks: to restart all servers
//! because the database is down helps nobody.

mod health;

pub use health::{CheckOutput, Health};
