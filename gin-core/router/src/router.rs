//! The tree of patterns: one node a segment, walked down along a path, and back up where it leads nowhere.

use crate::edges::Edges;
use crate::params::Params;
use crate::pattern::{End, Pattern};
use crate::segment::{Key, Segment};

/// Patterns with a number each, and the search for the one that a path matches.
///
/// A path is looked up as [`path::canonicalize`](crate::path::canonicalize) spells it. That allocates nothing, unless a
/// pattern has more than eight params.
#[derive(Clone, Debug)]
pub struct Router {
    nodes: Vec<Node>,
    edges: Edges,
}

/// A place in the tree: what ends there, and what may follow.
#[derive(Clone, Debug)]
pub(crate) struct Node {
    /// Of the static text that leads here.
    key: Key,
    /// What parts the keys of its children from those of other nodes' children, in the table of [`Edges`].
    seed: u64,
    pub(crate) parent: u32,
    pub(crate) via: Via,
    /// The pattern that ends here.
    pub(crate) leaf: Option<u32>,
    /// The pattern that goes on from here with a catch-all.
    pub(crate) rest: Option<u32>,
    /// The child by a param without a prefix.
    pub(crate) param: Option<u32>,
    /// The first child by a param with a prefix; its siblings have shorter prefixes.
    pub(crate) prefix: Option<u32>,
    /// The first child by static text, which [`Edges`] finds without going through the siblings.
    pub(crate) first_static: Option<u32>,
    /// The next child of the same parent, of the same kind.
    pub(crate) sibling: Option<u32>,
    /// The static text of the segment that leads here.
    pub(crate) text: Box<str>,
}

/// What kind of segment leads to a node.
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
    /// Adds `pattern` under the number `leaf`, or gives the number of the pattern of equal shape that is there already.
    pub fn insert(&mut self, pattern: &Pattern, leaf: u32) -> Result<(), u32> {
        let mut node = ROOT;
        for segment in pattern.segments() {
            // A `%` that a path says is spelt `%25` in its canonical form.
            let text = segment.text.replace('%', "%25");
            node = match segment.end {
                End::Nothing => self.add_static(node, &text),
                End::Param if text.is_empty() => self.add_param(node),
                End::Param => self.add_prefix(node, &text),
                End::Rest => return put(&mut self.nodes[node as usize].rest, leaf),
            };
        }
        put(&mut self.nodes[node as usize].leaf, leaf)
    }

    /// The number of the pattern that `path` matches; its values are then in `params`.
    pub fn find(&self, path: &str, params: &mut Params) -> Option<u32> {
        self.find_with(path, params, |_| true)
    }

    /// The number of the first pattern that `path` matches and that `accepts` takes, by precedence.
    pub fn find_with(
        &self,
        path: &str,
        params: &mut Params,
        mut accepts: impl FnMut(u32) -> bool,
    ) -> Option<u32> {
        self.search(path.as_bytes(), params, &mut accepts)
    }

    pub(crate) fn node(&self, index: u32) -> &Node {
        &self.nodes[index as usize]
    }

    /// The child of `parent` by the static text `segment`.
    #[expect(
        clippy::inline_always,
        reason = "a look-up is one loop; calls cost it a third"
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
            is_same && (!key.is_partial() || child.bears(*segment))
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
    #[inline(never)]
    fn bears(&self, segment: Segment<'_>) -> bool {
        self.text.as_bytes() == segment.octets()
    }

    fn new(parent: u32, via: Via, text: &str) -> Self {
        Self {
            key: Key::EMPTY,
            seed: 0,
            leaf: None,
            rest: None,
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

fn put(place: &mut Option<u32>, leaf: u32) -> Result<(), u32> {
    match place.replace(leaf) {
        Some(taken) => {
            *place = Some(taken);
            Err(taken)
        }
        None => Ok(()),
    }
}
