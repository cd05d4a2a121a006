//! A look-up: down the tree along the path, and back up where it leads nowhere.
//!
//! Back up it is led by the tree's own links and the path's slashes, so it keeps no stack.

use crate::params::Params;
use crate::router::{Node, ROOT, Router, Via};
use crate::segment::{self, Segment};
use crate::swar::narrow;

/// The longest path that is looked up, in octets: far longer than any server takes, and no sum of positions overflows.
const LONGEST: usize = 1 << 30;

/// Whether a leaf will do.
type Accepts<'a> = &'a mut dyn FnMut(u32) -> bool;

/// How far a look-up has come: at `node`, with the path from `start` on still to match.
#[derive(Clone, Copy)]
struct Place {
    node: u32,
    /// Where the next segment starts; one past the end of the path when there is none.
    start: u32,
}

impl Place {
    #[inline]
    fn after(segment: &Segment<'_>, node: u32) -> Self {
        Self {
            node,
            start: segment.end() + 1,
        }
    }
}

/// What a detour leads to.
enum Way {
    On(Place),
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
        let mut place = Place {
            node: ROOT,
            start: 1,
        };
        loop {
            let dead_end = match self.descend(path, place, params, accepts) {
                Ok(leaf) => return Some(leaf),
                Err(dead_end) => dead_end,
            };
            place = match self.detour(path, dead_end, params, accepts)? {
                Way::Found(leaf) => return Some(leaf),
                Way::On(place) => place,
            };
        }
    }

    /// Goes down from `place`, always to the first child that fits, to a leaf or to a dead end.
    #[inline]
    fn descend(
        &self,
        path: &[u8],
        mut place: Place,
        params: &mut Params,
        accepts: Accepts<'_>,
    ) -> Result<u32, Place> {
        let len = narrow(path.len());
        while place.start <= len {
            let node = self.node(place.node);
            let segment = Segment::at(path, place.start);
            let by_text = self.static_child(place.node, node, &segment);
            let child = match by_text {
                Some(_) => by_text,
                None => self.param_child(node, node.prefix, &segment, params),
            };
            let Some(child) = child else {
                return rest(node, path, place, params, accepts).ok_or(place);
            };
            place = Place::after(&segment, child);
        }
        let leaf = self.node(place.node).leaf;
        leaf.filter(|&leaf| accepts(leaf)).ok_or(place)
    }

    /// Goes back up from a dead end to the nearest place where there is another way.
    #[cold]
    fn detour(
        &self,
        path: &[u8],
        mut place: Place,
        params: &mut Params,
        accepts: Accepts<'_>,
    ) -> Option<Way> {
        loop {
            let tried = self.node(place.node);
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
            place = Place {
                node: tried.parent,
                start: segment::start(path, place.start - 1),
            };
            let segment = Segment::at(path, place.start);
            let child =
                untried.and_then(|prefixes| self.param_child(parent, prefixes, &segment, params));
            if let Some(node) = child {
                return Some(Way::On(Place::after(&segment, node)));
            }
            if let Some(leaf) = rest(parent, path, place, params, accepts) {
                return Some(Way::Found(leaf));
            }
        }
    }

    /// The first child by a param that fits `segment`: of those with a prefix from `prefixes` on, or the one without.
    #[expect(
        clippy::inline_always,
        reason = "a look-up is one loop; calls cost it a third"
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
            && let Some(child) = self.prefix_child(first, segment.octets())
        {
            let prefix = narrow(self.node(child).text.len());
            params.push(segment.start() + prefix, segment.end());
            return Some(child);
        }
        let child = node.param.filter(|_| segment.start() < segment.end())?;
        params.push(segment.start(), segment.end());
        Some(child)
    }

    /// The first of the siblings from `first` on whose text `segment` starts with, and leaves a value.
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

/// The catch-all at `place`, for the path from the slash on.
fn rest(
    node: &Node,
    path: &[u8],
    place: Place,
    params: &mut Params,
    accepts: Accepts<'_>,
) -> Option<u32> {
    let leaf = node.rest.filter(|&leaf| accepts(leaf))?;
    params.push(place.start - 1, narrow(path.len()));
    Some(leaf)
}
