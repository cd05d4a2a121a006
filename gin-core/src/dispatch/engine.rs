//! An engine: a group, checked and frozen, that answers requests.

use std::fmt;
use std::sync::Arc;

use crate::app::{BuildError, Group};
use crate::dispatch::assembly::Assembly;
use crate::dispatch::endpoint::Endpoint;
use crate::dispatch::listing::RouteEntry;
use crate::dispatch::refusal::refusal;
use crate::dispatch::table::Table;
use crate::request::{Context, Site};

/// An app that answers requests: a [`Group`], checked and frozen. Cloning it is cheap.
#[derive(Clone)]
pub struct Engine(Arc<Table>);

impl Engine {
    /// Checks everything that `group` says, once.
    ///
    /// # Errors
    ///
    /// All that is wrong with it: bad patterns, routes of equal shape, state that no one gave, each with its `file:line`.
    pub fn new(group: Group) -> Result<Engine, BuildError> {
        let table = Assembly::of(group)?;
        Ok(Engine(Arc::new(table)))
    }

    /// All routes, in the order they were mounted.
    pub fn routes(&self) -> &[RouteEntry] {
        &self.0.listing
    }

    /// Where a request is until it is known where it goes.
    pub(crate) fn site(&self) -> Arc<Site> {
        self.0.root.site.clone()
    }

    /// Looks up what answers a request, and leaves in `cx` what was found out.
    pub(crate) fn admit(&self, cx: &mut Context) -> &Endpoint {
        let (endpoint, outcome) = match refusal(cx) {
            Some(problem) => self.0.refuse(problem),
            None => self.0.land(cx),
        };
        cx.arrive(endpoint.site.clone(), outcome);
        endpoint
    }
}

impl Group {
    /// Builds the engine.
    pub fn build(self) -> Result<Engine, BuildError> {
        Engine::new(self)
    }
}

impl fmt::Debug for Engine {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Engine({} leaves)", self.0.leaves.len())
    }
}
