//! Sessions in memory.

use std::collections::HashMap;
use std::fmt;
use std::sync::{Mutex, MutexGuard, PoisonError};

use async_trait::async_trait;
use tower_sessions_core::SessionStore;
use tower_sessions_core::session::{Id, Record};
use tower_sessions_core::session_store::{Error, Result};

use crate::sessions::clock;

/// A store in this process. Sessions that have expired are dropped while others are created.
#[derive(Default)]
pub(super) struct Memory(Mutex<Kept>);

#[derive(Default)]
struct Kept {
    records: HashMap<Id, Record>,
    /// The number of records at which the expired ones are dropped next.
    sweep_at: usize,
}

impl Memory {
    fn kept(&self) -> MutexGuard<'_, Kept> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Kept {
    /// Drops the expired sessions when there are twice as many as after the last time, so that each costs a constant time.
    fn sweep(&mut self) {
        const FIRST: usize = 1024;
        if self.records.len() < self.sweep_at.max(FIRST) {
            return;
        }
        let now = clock::now();
        self.records
            .retain(|_, record| record.expiry_date.unix_timestamp() > now);
        self.sweep_at = 2 * self.records.len();
    }
}

#[async_trait]
impl SessionStore for Memory {
    async fn create(&self, record: &mut Record) -> Result<()> {
        let mut kept = self.kept();
        kept.sweep();
        if kept.records.contains_key(&record.id) {
            return Err(Error::Backend("the id is in use".to_owned()));
        }
        kept.records.insert(record.id, record.clone());
        Ok(())
    }

    async fn save(&self, record: &Record) -> Result<()> {
        let mut kept = self.kept();
        if let Some(own) = kept.records.get_mut(&record.id) {
            own.clone_from(record);
        }
        Ok(())
    }

    async fn load(&self, id: &Id) -> Result<Option<Record>> {
        Ok(self.kept().records.get(id).cloned())
    }

    async fn delete(&self, id: &Id) -> Result<()> {
        self.kept().records.remove(id);
        Ok(())
    }
}

impl fmt::Debug for Memory {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Memory({} sessions)", self.kept().records.len())
    }
}

#[cfg(test)]
mod tests {
    use std::time::Duration;

    use super::*;

    fn record(id: i128) -> Record {
        let expiry = clock::now() + 60;
        Record {
            id: Id(id),
            data: HashMap::default(),
            expiry_date: cookie::time::OffsetDateTime::from_unix_timestamp(expiry).unwrap(),
        }
    }

    #[tokio::test(start_paused = true)]
    async fn sessions_that_have_expired_are_dropped() {
        let memory = Memory::default();
        for id in 0..1024 {
            memory.create(&mut record(id)).await.unwrap();
        }
        tokio::time::advance(Duration::from_secs(61)).await;
        memory.create(&mut record(1024)).await.unwrap();
        assert_eq!(format!("{memory:?}"), "Memory(1 sessions)");
    }
}
