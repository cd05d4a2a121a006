//! Sessions in Redis.

use async_trait::async_trait;
use tower_sessions_core::session::{Id, Record};
use tower_sessions_core::{SessionStore, session_store};
use tower_sessions_redis_store::fred::clients::WithOptions;
use tower_sessions_redis_store::fred::prelude::Client;
use tower_sessions_redis_store::{RedisStore, RedisStoreError};

use crate::redis::{RedisError, connect, unless_lost};
use crate::sessions::Sessions;

/// A store whose operations fail as soon as the connection is lost. [`Sessions::timeout`] bounds them while it is not.
#[derive(Debug)]
struct Prompt {
    client: WithOptions<Client>,
    store: RedisStore<WithOptions<Client>>,
}

impl Sessions {
    /// Keeps sessions in Redis or Valkey, so that all servers share them: `redis://:password@host:6379/0`.
    ///
    /// It waits for the first connection. A connection that is lost later is opened again; until then, requests that use their
    /// session are a 503 at once, also those that wait for Redis when it is lost. Sessions have random keys without a prefix, so they
    /// best have a database of their own. For TLS, a cluster or a pool, pass a `RedisStore` of the crate `tower-sessions-redis-store`
    /// to [`Sessions::new`].
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
        let client = connect(url).await?;
        let store = RedisStore::new(client.clone());
        Ok(Sessions::new(Prompt { client, store }))
    }
}

impl Prompt {
    async fn run<T>(
        &self,
        operation: impl Future<Output = session_store::Result<T>>,
    ) -> session_store::Result<T> {
        let result = unless_lost(&self.client, operation).await;
        result.map_err(RedisStoreError::Redis)?
    }
}

#[async_trait]
impl SessionStore for Prompt {
    async fn create(&self, record: &mut Record) -> session_store::Result<()> {
        self.run(self.store.create(record)).await
    }

    async fn save(&self, record: &Record) -> session_store::Result<()> {
        self.run(self.store.save(record)).await
    }

    async fn load(&self, id: &Id) -> session_store::Result<Option<Record>> {
        self.run(self.store.load(id)).await
    }

    async fn delete(&self, id: &Id) -> session_store::Result<()> {
        self.run(self.store.delete(id)).await
    }
}
