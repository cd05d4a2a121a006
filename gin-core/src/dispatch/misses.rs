//! The endpoints of requests that no route matches, by the prefixes of groups and mounts.

use std::sync::Arc;

use gin_router::{Pattern, Router, path};

use crate::app::{At, Flaw};
use crate::dispatch::endpoint::Endpoint;

/// The endpoint of requests below a prefix that no route matches.
pub(super) struct Missing {
    pub(super) prefix: String,
    pub(super) at: At,
    /// The identities of the fallback and the mounts that belong to the prefix alone.
    pub(super) own: Vec<usize>,
    /// The identities of the fallback and of all mounts that the endpoint tries.
    pub(super) tried: Vec<usize>,
    pub(super) endpoint: Arc<Endpoint>,
}

impl Missing {
    /// Returns `true` if the endpoint tries everything that belongs to `other`.
    fn includes(&self, other: &Missing) -> bool {
        other.own.iter().all(|own| self.tried.contains(own))
    }
}

/// Returns a number that no other value has while the engine is built. Groups that one line makes have equal places.
pub(super) fn identity<T: ?Sized>(of: &Arc<T>) -> usize {
    Arc::as_ptr(of).cast::<()>().addr()
}

/// Returns the prefixes, and the endpoint of misses below each. Of several with one prefix, the endpoint that tries everything that
/// belongs to the others owns it.
pub(super) fn by_prefix(
    misses: Vec<Missing>,
    flaws: &mut Vec<Flaw>,
) -> (Router, Vec<Arc<Endpoint>>) {
    let mut prefixes = Router::default();
    let mut owners: Vec<Missing> = Vec::new();
    for miss in misses {
        let index = u32::try_from(owners.len()).expect("no app has 2³² groups");
        let Some(owner) = enter(&mut prefixes, &miss.prefix, index) else {
            continue;
        };
        match owners.get_mut(owner as usize) {
            None => owners.push(miss),
            Some(owner) if owner.includes(&miss) => {}
            Some(owner) if miss.includes(owner) => *owner = miss,
            Some(owner) => flaws.push(Flaw::SecondFallback(miss.prefix, miss.at, owner.at)),
        }
    }
    let endpoints = owners.into_iter().map(|owner| owner.endpoint);
    (prefixes, endpoints.collect())
}

/// Enters `prefix` and everything below it under `index`. Returns the index that it is entered under already, else `index`.
fn enter(prefixes: &mut Router, prefix: &str, index: u32) -> Option<u32> {
    let below = Pattern::parse(&path::join(prefix, "/*below")).ok()?;
    let owner = prefixes.insert(&below, index).err().unwrap_or(index);
    if let Ok(exact) = Pattern::parse(prefix) {
        // The prefix itself has the same owner as what is below it, also if it is entered a second time.
        let _ = prefixes.insert(&exact, owner);
    }
    Some(owner)
}
