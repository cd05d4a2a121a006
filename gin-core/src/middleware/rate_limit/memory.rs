//! The quotas of keys in memory that is bounded.

use std::collections::HashMap;
use std::hash::{BuildHasher, RandomState};
use std::mem;
use std::sync::{Mutex, PoisonError};

use tokio::time::Instant;

use crate::middleware::rate_limit::key::Key;
use crate::middleware::rate_limit::quota::{Balance, Quota};

/// Locks that requests with different keys rarely share.
const SHARDS: usize = 16;

/// The quotas of the keys that were used last.
///
/// Each shard has two generations. A key moves to the younger one when it is used. When that is full, or when so much time has passed
/// that every key in the older one has its whole burst again, the older one is forgotten and the younger one takes its place. So a
/// flood of keys costs no more than two full generations, forgetting costs nothing while it goes on, and a key that is used
/// again and again is never forgotten.
#[derive(Debug)]
pub(super) struct Memory {
    /// The monotonic clock of tokio, which changes of the system's clock do not affect.
    start: Instant,
    /// Two hashers with random keys make 128 bits, which nobody can choose a second key for. So keys of any length cost the same.
    hashers: [RandomState; 2],
    shards: Box<[Mutex<Shard>]>,
    /// The most keys in a generation of a shard.
    capacity: usize,
}

#[derive(Debug, Default)]
struct Shard {
    /// The moments at which keys are full, in nanoseconds since the start.
    younger: HashMap<u128, u64>,
    older: HashMap<u128, u64>,
    /// The moment at which the younger generation began.
    began: u64,
}

impl Memory {
    /// Returns a memory of at most `keys` keys and as many older ones.
    pub(super) fn new(keys: usize) -> Memory {
        let shards = (0..SHARDS).map(|_| Mutex::default());
        Memory {
            start: Instant::now(),
            hashers: [RandomState::new(), RandomState::new()],
            shards: shards.collect(),
            capacity: keys.div_ceil(SHARDS).max(1),
        }
    }

    /// Charges `key` for a request.
    pub(super) fn charge(&self, key: &Key, quota: Quota) -> Balance {
        let [low, high] = self.hashers.each_ref().map(|hasher| hasher.hash_one(key));
        let hash = u128::from(high) << 64 | u128::from(low);
        let now = u64::try_from(self.start.elapsed().as_nanos()).unwrap_or(u64::MAX);
        let index = usize::try_from(low % SHARDS as u64).unwrap_or_default();
        let Some(shard) = self.shards.get(index) else {
            unreachable!("a remainder is less than the divisor");
        };
        let mut shard = shard.lock().unwrap_or_else(PoisonError::into_inner);
        let forgotten = shard.make_room(self.capacity, quota.window(), now);
        let full_at = shard.younger.get(&hash).or(shard.older.get(&hash));
        let (full_at, balance) = quota.charge(full_at.copied().unwrap_or(0), now);
        shard.younger.insert(hash, full_at);
        drop(shard);
        // Freed outside the lock.
        drop(forgotten);
        balance
    }

    #[cfg(test)]
    fn len(&self) -> usize {
        let shards = self.shards.iter().map(|shard| {
            let shard = shard.lock().unwrap_or_else(PoisonError::into_inner);
            shard.younger.len() + shard.older.len()
        });
        shards.sum()
    }
}

impl Shard {
    /// Returns the generation that is forgotten, if one is.
    fn make_room(&mut self, capacity: usize, window: u64, now: u64) -> HashMap<u128, u64> {
        // The keys of the older generation were used before the younger one began.
        let is_settled = now.saturating_sub(self.began) >= window;
        if self.younger.len() < capacity && !is_settled {
            return HashMap::new();
        }
        self.began = now;
        let younger = mem::take(&mut self.younger);
        mem::replace(&mut self.older, younger)
    }
}

#[cfg(test)]
mod tests {
    use std::time::Duration;

    use super::{Key, Memory, Quota};
    use crate::middleware::rate_limit::quota::Outcome;

    fn key(name: &impl ToString) -> Key {
        Key::Own(name.to_string())
    }

    #[tokio::test(start_paused = true)]
    async fn a_flood_of_keys_costs_bounded_memory_and_frees_nobody_who_goes_on() {
        let memory = Memory::new(1_000);
        let quota = Quota::new(1, Duration::from_secs(3_600));
        let refused = |balance: super::Balance| matches!(balance.outcome, Outcome::Refused(_));
        assert!(!refused(memory.charge(&key(&"greedy"), quota)));
        for number in 0..100_000 {
            memory.charge(&key(&number), quota);
            if number % 50 == 0 {
                assert!(refused(memory.charge(&key(&"greedy"), quota)), "{number}");
            }
        }
        assert!(memory.len() <= 2_100, "{}", memory.len());
    }

    #[tokio::test(start_paused = true)]
    async fn keys_that_are_full_again_are_forgotten() {
        let memory = Memory::new(1_000_000);
        let quota = Quota::new(10, Duration::from_secs(1));
        for number in 0..10_000 {
            memory.charge(&key(&number), quota);
        }
        assert_eq!(memory.len(), 10_000);
        // A shard forgets when it is used. So many keys leave no shard out, wherever they are hashed to.
        for _ in 0..2 {
            tokio::time::advance(Duration::from_secs(1)).await;
            for number in 0..1_000 {
                memory.charge(&key(&format!("again {number}")), quota);
            }
        }
        assert!(memory.len() <= 2_000, "{}", memory.len());
    }
}
