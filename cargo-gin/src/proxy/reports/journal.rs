//! The last incidents, for programs that come to see them later.

use std::collections::VecDeque;
use std::sync::{Mutex, MutexGuard, PoisonError};

use crate::page::Digest;

/// The last [`Journal::LENGTH`] incidents, each with the id of its request, the newest first.
#[derive(Default)]
pub(super) struct Journal(Mutex<VecDeque<(u64, Digest)>>);

impl Journal {
    /// The most incidents that are kept.
    const LENGTH: usize = 20;

    /// Adds the incident of a request, and forgets the oldest beyond the limit.
    pub(super) fn add(&self, request: u64, incident: Digest) {
        let mut incidents = self.lock();
        incidents.truncate(Self::LENGTH - 1);
        incidents.push_front((request, incident));
    }

    /// Returns the incidents, the newest first, or only that of one request.
    pub(super) fn newest(&self, request: Option<u64>) -> Vec<Digest> {
        let incidents = self.lock();
        let wanted = incidents
            .iter()
            .filter(|(of, _)| request.is_none_or(|id| id == *of));
        wanted.map(|(_, incident)| incident.clone()).collect()
    }

    fn lock(&self) -> MutexGuard<'_, VecDeque<(u64, Digest)>> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}
