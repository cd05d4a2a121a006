//! A store with its limits: timeouts, expiry, and turns for the requests of one session.

use std::sync::Arc;
use std::time::Duration;

use cookie::time::OffsetDateTime;
use tokio::sync::{Mutex, MutexGuard};
use tokio::time::timeout;
use tower_sessions_core::SessionStore;
use tower_sessions_core::session::{Id, Record};
use tower_sessions_core::session_store;

use crate::sessions::clock;
use crate::sessions::error::StoreError;
use crate::sessions::session::Values;

/// The number of locks that all sessions share.
const LOCKS: usize = 64;

#[derive(Debug, Clone)]
pub(super) struct Store {
    inner: Arc<dyn SessionStore>,
    locks: Arc<[Mutex<()>]>,
    pub(super) timeout: Duration,
}

impl Store {
    pub(super) fn new(inner: Arc<dyn SessionStore>) -> Store {
        Store {
            inner,
            locks: (0..LOCKS).map(|_| Mutex::new(())).collect(),
            timeout: Duration::from_secs(5),
        }
    }

    /// Waits for the turn to write a session. The trait of stores has no transactions, so the requests of this process take turns.
    pub(super) async fn turn(&self, id: Id) -> MutexGuard<'_, ()> {
        let index = usize::from(id.0.to_le_bytes()[0]) % LOCKS;
        let lock = self.locks.get(index);
        lock.expect("the index is below the number of locks")
            .lock()
            .await
    }

    /// Returns the values of a session that has not expired, and its expiry.
    pub(super) async fn load(&self, id: Id) -> Result<Option<(Values, i64)>, StoreError> {
        let record = self.within(self.inner.load(&id)).await?;
        let record = record.map(|record| (record.data, record.expiry_date.unix_timestamp()));
        Ok(record.filter(|(_, expiry)| *expiry > clock::now()))
    }

    pub(super) async fn create(
        &self,
        id: Id,
        values: Values,
        expiry: i64,
    ) -> Result<(), StoreError> {
        let mut record = record(id, values, expiry);
        self.within(self.inner.create(&mut record)).await?;
        // A store may choose another id if this one is taken. Chance does not repeat 128 random bits.
        if record.id != id {
            let error = session_store::Error::Backend("the new id is in use".to_owned());
            return Err(StoreError::Store(error));
        }
        Ok(())
    }

    pub(super) async fn save(&self, id: Id, values: Values, expiry: i64) -> Result<(), StoreError> {
        let record = record(id, values, expiry);
        self.within(self.inner.save(&record)).await
    }

    pub(super) async fn delete(&self, id: Id) -> Result<(), StoreError> {
        self.within(self.inner.delete(&id)).await
    }

    async fn within<T>(
        &self,
        operation: impl Future<Output = session_store::Result<T>>,
    ) -> Result<T, StoreError> {
        match timeout(self.timeout, operation).await {
            Ok(done) => done.map_err(StoreError::Store),
            Err(_) => Err(StoreError::TimedOut),
        }
    }
}

fn record(id: Id, data: Values, expiry: i64) -> Record {
    let latest = OffsetDateTime::from_unix_timestamp(i64::from(u32::MAX));
    let expiry_date = OffsetDateTime::from_unix_timestamp(expiry).or(latest);
    Record {
        id,
        data,
        expiry_date: expiry_date.expect("the year 2106 is a date"),
    }
}
