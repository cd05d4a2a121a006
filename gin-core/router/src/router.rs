//! The tree of patterns, with one node for each segment.

use crate::edges::Edges;
use crate::params::Params;
use crate::pattern::{End, Pattern};
use crate::segment::{Key, Segment};

/// A set of patterns, each with a number, that finds the one a path matches.
///
/// Look up paths as [`path::canonicalize`](crate::path::canonicalize) returns them. A lookup does not allocate, unless a pattern
/// has more than eight params.
///
/// ```
/// use gin_router::{Params, Pattern, Router, path};
///
/// let mut router = Router::default();
/// router.insert(&Pattern::parse("/users/:name")?, 1).expect("the router is empty");
/// router.insert(&Pattern::parse("/users/me")?, 2).expect("the shapes are different");
///
/// let path = path::canonicalize("/users/Ann%20B").expect("the path is well-formed");
/// let mut params = Params::default();
/// assert_eq!(router.find(&path, &mut params), Some(1));
/// assert_eq!(params.value(0, &path), Some("Ann B"));
///
/// assert_eq!(router.find("/users/me", &mut params), Some(2));
/// assert_eq!(router.find("/users", &mut params), None);
/// # Ok::<(), gin_router::PatternError>(())
/// ```
#[derive(Clone, Debug)]
pub struct Router {
    nodes: Vec<Node>,
    edges: Edges,
}

/// A node of the tree: the patterns that end here, and the links to its parent, its children and its sibling.
#[derive(Clone, Debug)]
pub(crate) struct Node {
    /// The key of the static text that leads here.
    key: Key,
    /// Distinguishes the keys of its children from those of other nodes' children in the table of [`Edges`].
    seed: u64,
    pub(crate) parent: u32,
    pub(crate) via: Via,
    /// The pattern that ends here.
    pub(crate) leaf: Option<u32>,
    /// The pattern that continues from here with a catch-all.
    pub(crate) catch_all: Option<u32>,
    /// The child by a param without a prefix.
    pub(crate) param: Option<u32>,
    /// The first child by a param with a prefix. Its siblings' prefixes are not longer.
    pub(crate) prefix: Option<u32>,
    /// The first child by static text. [`Edges`] finds the right one without a walk over the siblings.
    pub(crate) first_static: Option<u32>,
    /// The next child of the same parent and kind.
    pub(crate) sibling: Option<u32>,
    /// The static text of the segment that leads here.
    pub(crate) text: Box<str>,
}

/// The kind of segment that leads to a node.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Via {
    Root,
    Static,
    Prefix,
    Param,
}

pub(crate) const ROOT: u32 = 0;

impl Default for Router {
    fn default() -> Self {
        Self {
            nodes: vec![Node::new(ROOT, Via::Root, "")],
            edges: Edges::default(),
        }
    }
}

impl Router {
    /// Adds `pattern` with the number `leaf`, by which lookups return it.
    ///
    /// # Errors
    ///
    /// Returns the number of the pattern of equal shape, if there is one already. The router is then unchanged.
    ///
    /// ```
    /// use gin_router::{Pattern, Router};
    ///
    /// let mut router = Router::default();
    /// assert_eq!(router.insert(&Pattern::parse("/users/:id")?, 1), Ok(()));
    /// assert_eq!(router.insert(&Pattern::parse("/users/:name")?, 2), Err(1));
    /// # Ok::<(), gin_router::PatternError>(())
    /// ```
    pub fn insert(&mut self, pattern: &Pattern, leaf: u32) -> Result<(), u32> {
        let mut node = ROOT;
        for segment in pattern.segments() {
            // In a canonical path, a `%` that is meant literally is written `%25`.
            let text = segment.text.replace('%', "%25");
            node = match segment.end {
                End::Nothing => self.add_static(node, &text),
                End::Param if text.is_empty() => self.add_param(node),
                End::Param => self.add_prefix(node, &text),
                End::CatchAll => return claim(&mut self.nodes[node as usize].catch_all, leaf),
            };
        }
        claim(&mut self.nodes[node as usize].leaf, leaf)
    }

    /// Returns the number of the pattern that `path` matches, and writes its values to `params`.
    pub fn find(&self, path: &str, params: &mut Params) -> Option<u32> {
        self.find_with(path, params, |_, _| true)
    }

    /// Returns the number of the first pattern, by precedence, that `path` matches and `accepts` allows.
    ///
    /// `accepts` gets the pattern's number and the values of its params. A pattern that it refuses leaves the path to the others.
    /// An engine uses it to look for a method, and for params that have a type.
    ///
    /// ```
    /// use gin_router::{Params, Pattern, Router};
    ///
    /// let mut router = Router::default();
    /// router.insert(&Pattern::parse("/users/me")?, 1).expect("the router is empty");
    /// router.insert(&Pattern::parse("/users/:id")?, 2).expect("the shapes are different");
    ///
    /// let mut params = Params::default();
    /// assert_eq!(router.find_with("/users/me", &mut params, |number, _| number != 1), Some(2));
    /// assert_eq!(params.value(0, "/users/me"), Some("me"));
    /// # Ok::<(), gin_router::PatternError>(())
    /// ```
    pub fn find_with(
        &self,
        path: &str,
        params: &mut Params,
        mut accepts: impl FnMut(u32, &Params) -> bool,
    ) -> Option<u32> {
        self.search(path.as_bytes(), params, &mut accepts)
    }

    pub(crate) fn node(&self, index: u32) -> &Node {
        &self.nodes[index as usize]
    }

    /// Returns the child of `parent` by the static text `segment`; `index` is the parent's own.
    #[expect(
        clippy::inline_always,
        reason = "a lookup is one loop, and calls would cost it a third"
    )]
    #[inline(always)]
    pub(crate) fn static_child(
        &self,
        index: u32,
        parent: &Node,
        segment: &Segment<'_>,
    ) -> Option<u32> {
        parent.first_static?;
        let key = segment.key();
        self.edges.find(key.hash(parent.seed), |child| {
            let child = self.node(child);
            let is_same = child.key == key && child.parent == index;
            is_same && (!key.is_partial() || child.has_text(*segment))
        })
    }

    fn add_static(&mut self, parent: u32, text: &str) -> u32 {
        let segment = Segment::at(text.as_bytes(), 0);
        if let Some(child) = self.static_child(parent, self.node(parent), &segment) {
            return child;
        }
        let child = self.add(Node {
            key: segment.key(),
            ..Node::new(parent, Via::Static, text)
        });
        let node = |index: u32| &self.nodes[index as usize];
        self.edges.insert(child, |child| {
            node(child).key.hash(node(node(child).parent).seed)
        });
        self.nodes[child as usize].sibling =
            self.nodes[parent as usize].first_static.replace(child);
        child
    }

    fn add_param(&mut self, node: u32) -> u32 {
        if let Some(child) = self.node(node).param {
            return child;
        }
        let child = self.add(Node::new(node, Via::Param, ""));
        self.nodes[node as usize].param = Some(child);
        child
    }

    fn add_prefix(&mut self, node: u32, text: &str) -> u32 {
        let (mut longer, mut next) = (None, self.node(node).prefix);
        while let Some(child) = next {
            let found = self.node(child);
            if *found.text == *text {
                return child;
            }
            if found.text.len() < text.len() {
                break;
            }
            (longer, next) = (Some(child), found.sibling);
        }
        let child = self.add(Node::new(node, Via::Prefix, text));
        self.nodes[child as usize].sibling = next;
        match longer {
            Some(longer) => self.nodes[longer as usize].sibling = Some(child),
            None => self.nodes[node as usize].prefix = Some(child),
        }
        child
    }

    fn add(&mut self, node: Node) -> u32 {
        let index = u32::try_from(self.nodes.len()).expect("a tree has fewer than 2³² nodes");
        let seed = u64::from(index).wrapping_mul(0x9E37_79B9_7F4A_7C15);
        self.nodes.push(Node { seed, ..node });
        index
    }
}

impl Node {
    // Only segments of more than 16 bytes need this comparison, so it stays out of the lookup's loop.
    #[inline(never)]
    fn has_text(&self, segment: Segment<'_>) -> bool {
        self.text.as_bytes() == segment.bytes()
    }

    fn new(parent: u32, via: Via, text: &str) -> Self {
        Self {
            key: Key::EMPTY,
            seed: 0,
            leaf: None,
            catch_all: None,
            param: None,
            prefix: None,
            first_static: None,
            sibling: None,
            text: text.into(),
            parent,
            via,
        }
    }
}

/// Stores `leaf` in a free slot, or returns the leaf that is there.
fn claim(slot: &mut Option<u32>, leaf: u32) -> Result<(), u32> {
    match slot.replace(leaf) {
        Some(taken) => {
            *slot = Some(taken);
            Err(taken)
        }
        None => Ok(()),
    }
}
