//! The lookup: it descends the tree along the path and backtracks from dead ends.
//!
//! The tree's own links and the path's slashes lead the way back, so the lookup needs no stack.

use crate::params::Params;
use crate::router::{Node, ROOT, Router, Via};
use crate::segment::{self, Segment};
use crate::swar::narrow;

/// The longest path that is looked up, in bytes. It is far longer than any server allows, and no sum of positions overflows.
const LONGEST: usize = 1 << 30;

/// A predicate that returns `true` for the leaves that the caller allows, with these values of their params.
type Accepts<'a> = &'a mut dyn FnMut(u32, &Params) -> bool;

/// The state of a lookup: it has reached `node`, and the path from `start` on is still to match.
#[derive(Clone, Copy)]
struct Position {
    node: u32,
    /// The start of the next segment; one past the end of the path if there is none.
    start: u32,
}

impl Position {
    #[inline]
    fn after(segment: &Segment<'_>, node: u32) -> Self {
        Self {
            node,
            start: segment.end() + 1,
        }
    }
}

/// The result of backtracking.
enum Backtracked {
    /// An untried child, to descend from.
    To(Position),
    /// The leaf of a catch-all.
    Found(u32),
}

impl Router {
    pub(crate) fn search(
        &self,
        path: &[u8],
        params: &mut Params,
        accepts: Accepts<'_>,
    ) -> Option<u32> {
        params.clear();
        if path.first() != Some(&b'/') || path.len() > LONGEST {
            return None;
        }
        let mut position = Position {
            node: ROOT,
            start: 1,
        };
        loop {
            let dead_end = match self.descend(path, position, params, accepts) {
                Ok(leaf) => return Some(leaf),
                Err(dead_end) => dead_end,
            };
            position = match self.backtrack(path, dead_end, params, accepts)? {
                Backtracked::Found(leaf) => return Some(leaf),
                Backtracked::To(position) => position,
            };
        }
    }

    /// Descends from `position`, always to the first child that fits. Returns the leaf, or the dead end as an error.
    #[inline]
    fn descend(
        &self,
        path: &[u8],
        mut position: Position,
        params: &mut Params,
        accepts: Accepts<'_>,
    ) -> Result<u32, Position> {
        let len = narrow(path.len());
        while position.start <= len {
            let node = self.node(position.node);
            let segment = Segment::at(path, position.start);
            let by_text = self.static_child(position.node, node, &segment);
            let child = match by_text {
                Some(_) => by_text,
                None => self.param_child(node, node.prefix, &segment, params),
            };
            let Some(child) = child else {
                return catch_all(node, path, position, params, accepts).ok_or(position);
            };
            position = Position::after(&segment, child);
        }
        let leaf = self.node(position.node).leaf;
        leaf.filter(|&leaf| accepts(leaf, params)).ok_or(position)
    }

    /// Ascends from a dead end to the nearest node with an untried child or a catch-all.
    #[cold]
    fn backtrack(
        &self,
        path: &[u8],
        mut position: Position,
        params: &mut Params,
        accepts: Accepts<'_>,
    ) -> Option<Backtracked> {
        loop {
            let tried = self.node(position.node);
            let parent = self.node(tried.parent);
            let untried = match tried.via {
                Via::Root => return None,
                Via::Static => Some(parent.prefix),
                Via::Prefix => Some(tried.sibling),
                Via::Param => None,
            };
            if tried.via != Via::Static {
                params.pop();
            }
            position = Position {
                node: tried.parent,
                start: segment::start(path, position.start - 1),
            };
            let segment = Segment::at(path, position.start);
            let child =
                untried.and_then(|prefixes| self.param_child(parent, prefixes, &segment, params));
            if let Some(node) = child {
                return Some(Backtracked::To(Position::after(&segment, node)));
            }
            if let Some(leaf) = catch_all(parent, path, position, params, accepts) {
                return Some(Backtracked::Found(leaf));
            }
        }
    }

    /// Returns the first child by a param that fits `segment`: one with a prefix, from `prefixes` on, else the plain param.
    #[expect(
        clippy::inline_always,
        reason = "a lookup is one loop, and calls would cost it a third"
    )]
    #[inline(always)]
    fn param_child(
        &self,
        node: &Node,
        prefixes: Option<u32>,
        segment: &Segment<'_>,
        params: &mut Params,
    ) -> Option<u32> {
        if let Some(first) = prefixes
            && let Some(child) = self.prefix_child(first, segment.bytes())
        {
            let prefix = narrow(self.node(child).text.len());
            params.push(segment.start() + prefix, segment.end());
            return Some(child);
        }
        let child = node.param.filter(|_| segment.start() < segment.end())?;
        params.push(segment.start(), segment.end());
        Some(child)
    }

    /// Returns the first of the siblings, from `first` on, whose text is a prefix of `segment` and leaves a value.
    fn prefix_child(&self, first: u32, segment: &[u8]) -> Option<u32> {
        let mut next = Some(first);
        while let Some(index) = next {
            let child = self.node(index);
            if let Some([_, ..]) = segment.strip_prefix(child.text.as_bytes()) {
                return Some(index);
            }
            next = child.sibling;
        }
        None
    }
}

/// Matches the node's catch-all with the rest of the path, from its slash on.
fn catch_all(
    node: &Node,
    path: &[u8],
    position: Position,
    params: &mut Params,
    accepts: Accepts<'_>,
) -> Option<u32> {
    let leaf = node.catch_all?;
    params.push(position.start - 1, narrow(path.len()));
    if accepts(leaf, params) {
        return Some(leaf);
    }
    params.pop();
    None
}
