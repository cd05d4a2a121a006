//! Branches: the groups of an app as a tree, and who responds for several routes at once.

use std::sync::Arc;

use crate::dispatch::endpoint::Endpoint;

/// The number of a branch.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct BranchId(usize);

/// A group, or a route with settings of its own.
struct Branch {
    /// The group around it. The outermost one is around itself.
    parent: BranchId,
    depth: usize,
    /// The endpoint of the responses that the engine gives in the place of the branch's routes.
    endpoint: Arc<Endpoint>,
}

/// All branches of an app. The first is the outermost group.
#[derive(Default)]
pub(crate) struct Branches(Vec<Branch>);

impl Branches {
    /// The branch of the outermost group.
    pub(crate) const ROOT: BranchId = BranchId(0);

    /// Returns the number of the branch that is added next.
    pub(crate) fn next(&self) -> BranchId {
        BranchId(self.0.len())
    }

    /// Adds a branch inside `parent`.
    pub(crate) fn add(&mut self, parent: BranchId, endpoint: Arc<Endpoint>) {
        let depth = self.0.get(parent.0).map_or(0, |parent| parent.depth + 1);
        self.0.push(Branch {
            parent,
            depth,
            endpoint,
        });
    }

    /// Returns the innermost branch around both. Its middleware is what the two have in common.
    pub(crate) fn common(&self, mut a: BranchId, mut b: BranchId) -> BranchId {
        while a != b {
            if self.0[a.0].depth >= self.0[b.0].depth {
                a = self.0[a.0].parent;
            } else {
                b = self.0[b.0].parent;
            }
        }
        a
    }

    pub(crate) fn endpoint(&self, id: BranchId) -> &Arc<Endpoint> {
        &self.0[id.0].endpoint
    }
}
